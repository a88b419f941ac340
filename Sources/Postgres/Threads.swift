internal import CLibPQ
internal import Glibc

/// Threads of our own, for what blocks: watching sockets, connecting, cancelling, waiting for a process.
enum Threads {
    /// Runs a body on a new detached thread that takes no signals, those being the affair of the main program.
    static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(Body(name: name, run: body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, &attributes,
            { context in
                let body = Unmanaged<Body>.fromOpaque(context!).takeRetainedValue()
                var all = sigset_t()
                sigfillset(&all)
                pthread_sigmask(SIG_BLOCK, &all, nil)
                pthread_setname_np(pthread_self(), body.name)
                body.run()
                return nil
            }, context.toOpaque())
        precondition(failure == 0, "the system refuses a new thread")
    }

    /// Runs a blocking body on a thread of its own and waits for it without holding a cooperative thread.
    static func run<T: Sendable>(_ name: String, _ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            start(name) { continuation.resume(with: Result { try body() }) }
        }
    }

    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }
}
