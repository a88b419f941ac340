import Logging
import ServiceLifecycle

/// Work that the service does again and again by itself: letters that are due, entries that wait, what has expired.
enum Rounds {
    /// Does `work`, sleeps for `pause` and begins again, until the service stops. A round that fails is logged with
    /// `failure`, a sentence, and the next one comes in its time.
    static func run(
        every pause: Duration, _ logger: Logger, _ failure: Logger.Message,
        _ work: @escaping @Sendable () async throws -> Void
    ) async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await work()
                } catch is CancellationError {
                    return
                } catch {
                    logger.error(failure, metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: pause)
            }
        }
    }
}
