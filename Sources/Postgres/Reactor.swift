internal import CLibPQ
internal import Glibc
internal import Synchronization

/// The one thread that watches the sockets of all connections, and the clock.
///
/// It blocks in `epoll_wait` and nowhere else: a watched connection reads what has come, and the task that waits for it
/// is resumed on the cooperative pool. Sockets stay registered, level-triggered, for as long as they are open, so that a
/// statement costs no call to epoll beyond the wait itself, and the loss of an idle connection is noticed at once.
final class Reactor: Sendable {
    /// What a watched socket wants to hear about.
    struct Interest: OptionSet {
        let rawValue: UInt32
        static let readable = Interest(rawValue: EPOLLIN.rawValue)
        static let writable = Interest(rawValue: EPOLLOUT.rawValue)
    }

    /// Deals with a socket that has something to read, or room to write, and says which tasks to resume.
    typealias Handler = @Sendable (_ writable: Bool) -> Wakes

    /// One alarm; cancel it when it is no longer wanted.
    struct Alarm: Sendable, Hashable {
        fileprivate let id: UInt64
    }

    private struct State {
        var handlers: [UInt64: Handler] = [:]
        var alarms: [(at: ContinuousClock.Instant, id: UInt64, action: @Sendable () -> Void)] = []
        var nextID: UInt64 = 1
    }

    static let shared = Reactor()

    private let epoll: Int32
    private let wakeUp: Int32
    private let state = Mutex(State())
    private static let wakeUpID: UInt64 = 0

    private init() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        precondition(epoll >= 0 && wakeUp >= 0, "the kernel refuses an epoll or event descriptor")
        control(EPOLL_CTL_ADD, wakeUp, .readable, id: Self.wakeUpID)
        Threads.start("postgres") { self.loop() }
    }

    // MARK: - Sockets

    /// Starts to watch a socket for reading; returns the number to speak of it by.
    func watch(_ socket: Int32, _ handler: @escaping Handler) -> UInt64 {
        let id = state.withLock { state in
            let id = state.nextID
            state.nextID += 1
            state.handlers[id] = handler
            return id
        }
        control(EPOLL_CTL_ADD, socket, .readable, id: id)
        return id
    }

    /// Changes what a watched socket wants to hear about.
    func change(_ socket: Int32, id: UInt64, to interest: Interest) {
        control(EPOLL_CTL_MOD, socket, interest, id: id)
    }

    /// Stops watching; to be called before the socket is closed.
    func forget(_ socket: Int32, id: UInt64) {
        control(EPOLL_CTL_DEL, socket, [], id: id)
        state.withLock { state in _ = state.handlers.removeValue(forKey: id) }
    }

    private func control(_ operation: Int32, _ socket: Int32, _ interest: Interest, id: UInt64) {
        var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: id))
        epoll_ctl(epoll, operation, socket, &event)
    }

    // MARK: - Alarms

    /// Calls an action on the reactor's thread after a while; it must not block.
    @discardableResult
    func alarm(after delay: Duration, _ action: @escaping @Sendable () -> Void) -> Alarm {
        let at = ContinuousClock.now + delay
        let (id, isSooner) = state.withLock { state in
            let id = state.nextID
            state.nextID += 1
            let place = state.alarms.firstIndex { $0.at > at } ?? state.alarms.endIndex
            state.alarms.insert((at, id, action), at: place)
            return (id, place == 0)
        }
        if isSooner {
            var one: UInt64 = 1
            write(wakeUp, &one, 8)
        }
        return Alarm(id: id)
    }

    /// Takes back an alarm that has not rung.
    func cancel(_ alarm: Alarm) {
        state.withLock { $0.alarms.removeAll { $0.id == alarm.id } }
    }

    // MARK: - The thread

    private func loop() -> Never {
        var events = [epoll_event](repeating: epoll_event(), count: 64)
        var ready: [(handler: Handler, writable: Bool)] = []
        var wakes: [Wakes] = []
        while true {
            let count = epoll_wait(epoll, &events, Int32(events.count), millisecondsToNextAlarm())
            if count > 0 {
                state.withLock { state in
                    for event in events[..<Int(count)] {
                        guard let handler = state.handlers[event.data.u64] else { continue }
                        let writable = event.events & (EPOLLOUT.rawValue | EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
                        ready.append((handler, writable))
                    }
                }
                // All sockets are read before any task is resumed: tasks and reactor would fight for the processors.
                for (handler, writable) in ready { wakes.append(handler(writable)) }
                ready.removeAll(keepingCapacity: true)
                for wake in wakes { wake.call() }
                wakes.removeAll(keepingCapacity: true)
                if events[..<Int(count)].contains(where: { $0.data.u64 == Self.wakeUpID }) {
                    var counter: UInt64 = 0
                    read(wakeUp, &counter, 8)
                }
            }
            ring()
        }
    }

    private func millisecondsToNextAlarm() -> Int32 {
        guard let next = state.withLock({ $0.alarms.first?.at }) else { return -1 }
        let wait = next - ContinuousClock.now
        // Rounded up, so that the alarm is due when the wait ends.
        let milliseconds = wait.components.seconds * 1000 + wait.components.attoseconds / 1_000_000_000_000_000 + 1
        return Int32(clamping: max(0, milliseconds))
    }

    private func ring() {
        let due = state.withLock { state -> [@Sendable () -> Void] in
            guard !state.alarms.isEmpty else { return [] }
            let now = ContinuousClock.now
            let count = state.alarms.prefix { $0.at <= now }.count
            let due = state.alarms.prefix(count).map(\.action)
            state.alarms.removeFirst(count)
            return due
        }
        for action in due { action() }
    }
}
