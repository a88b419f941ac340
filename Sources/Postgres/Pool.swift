public import Logging
public import ServiceLifecycle
internal import Synchronization

/// A bounded set of connections to one database, opened when they are needed and kept for the next caller.
///
/// The pool is an `Executor`: each statement borrows a connection for its own length. It works from the moment it is
/// made; run as a service it also closes itself at the end of a graceful shutdown.
public final class Pool: Executor, Service {
    /// How to reach the database and how much to ask of it.
    public struct Configuration: Sendable {
        /// `postgresql://…`, or `key=value …` as libpq reads it.
        public var url: String
        /// The database, when it is another one than the URL names.
        public var database: String?
        /// How many connections there may be.
        public var maximumConnections: Int
        /// How many callers may wait for a connection; one more is refused at once.
        public var maximumWaiters: Int
        /// How long a caller waits for a connection.
        public var acquireTimeout: Duration
        /// How long the server may take to accept a connection.
        public var connectTimeout: Duration = .seconds(5)
        /// After how long without use a connection is closed.
        public var idleLife: Duration = .seconds(300)
        /// After how long a connection is replaced, however busy.
        public var maximumLife: Duration = .seconds(3600)
        /// How many statements each connection keeps prepared; none behind a pooler that does not keep them.
        public var preparedStatements: Int = 256
        /// How often a transaction is tried in all when it fails to serialize or deadlocks.
        public var transactionAttempts: Int = 8
        /// Settings of every session.
        public var settings: [String: String] = ["TimeZone": "UTC"]

        /// A configuration for this server.
        public init(
            url: String, database: String? = nil, maximumConnections: Int = 10, maximumWaiters: Int = 1000,
            acquireTimeout: Duration = .seconds(5)
        ) {
            self.url = url
            self.database = database
            self.maximumConnections = max(1, maximumConnections)
            self.maximumWaiters = maximumWaiters
            self.acquireTimeout = acquireTimeout
        }
    }

    /// The configuration the pool was made with.
    public let configuration: Configuration
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        /// Free connections, the one used last at the end.
        var idle: [(wire: Wire, since: ContinuousClock.Instant)] = []
        /// Connections that are open, free or lent.
        var open = 0
        /// Connections being opened.
        var opening = 0
        /// Who waits for a connection, in order; those at the head may have left.
        var line: [Waiter] = []
        var head = 0
        var waiting = 0
        var hasTimeoutAlarm = false
        var hasSweepAlarm = false
        var isBackingOff = false
        var failures = 0
        var lastFailure: PostgresError?
        var isClosed = false
        var drainers: [CheckedContinuation<Void, Never>] = []
    }

    /// One caller in the line; its variables belong to the pool's lock.
    private final class Waiter: @unchecked Sendable {
        let name: StaticString
        let deadline: ContinuousClock.Instant
        var continuation: CheckedContinuation<Wire, any Error>?
        var isCancelled = false

        init(name: StaticString, deadline: ContinuousClock.Instant) {
            self.name = name
            self.deadline = deadline
        }
    }

    /// A pool for this configuration; nothing is opened yet.
    public init(_ configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    // MARK: - Statements

    /// Runs one statement on a connection of its own and returns its rows.
    public func query(_ name: StaticString, _ sql: SQL) async throws -> [Row] {
        try await onWire(name) { try await $0.query(name, sql) }
    }

    /// Runs one statement and returns its row, or nil when there is none; more than one row is an error.
    public func one(_ name: StaticString, _ sql: SQL) async throws -> Row? {
        try await onWire(name) { try await $0.one(name, sql) }
    }

    /// Runs one statement and returns how many rows it affected.
    @discardableResult
    public func execute(_ name: StaticString, _ sql: SQL) async throws -> Int {
        try await onWire(name) { try await $0.execute(name, sql) }
    }

    /// Runs several statements in one round trip and as one transaction.
    public func pipeline(_ statements: [(StaticString, SQL)]) async throws -> [[Row]] {
        try await onWire(statements.first?.0 ?? "pipeline") { try await $0.pipeline(statements) }
    }

    /// Lends a connection for the length of a body.
    @discardableResult
    public func withConnection<T: Sendable>(
        on actor: isolated (any Actor)? = #isolation, _ body: (Connection) async throws -> T
    ) async throws -> T {
        let wire = try await acquire("connection")
        let connection = Connection(wire)
        defer {
            connection.giveBack()
            release(wire)
        }
        return try await body(connection)
    }

    /// Runs a body in a transaction: committed when the body returns, undone when it throws.
    ///
    /// After a serialization failure or a deadlock the whole body runs again, after a pause that grows, up to
    /// `transactionAttempts` times in all: it must have no effect outside the database that may not happen twice.
    @discardableResult
    public func transaction<T: Sendable>(
        _ name: StaticString, isolation: Isolation = .readCommitted, on actor: isolated (any Actor)? = #isolation,
        _ body: (Transaction) async throws -> T
    ) async throws -> T {
        var attempt = 1
        var hasReconnected = false
        while true {
            let wire = try await acquire(name)
            do {
                defer { release(wire) }
                return try await Transaction.attempt(name, isolation: isolation, on: wire, body)
            } catch let retry as Transaction.Retry {
                guard attempt < configuration.transactionAttempts else { throw retry.cause }
                try await pause(attempt: attempt)
                attempt += 1
            } catch let error as PostgresError where error.wasNotSent && !hasReconnected {
                hasReconnected = true
            }
        }
    }

    /// Waits longer after each attempt, and never as long as a rival that failed at the same moment.
    private func pause(attempt: Int) async throws {
        let ceiling = 5_000 << min(attempt, 7)
        try await Task.sleep(for: .microseconds(Int.random(in: ceiling / 4...ceiling)))
    }

    private func onWire<T: Sendable>(_ name: StaticString, _ body: (Wire) async throws -> T) async throws -> T {
        let wire = try await acquire(name)
        do {
            let value = try await body(wire)
            release(wire)
            return value
        } catch let error as PostgresError where error.wasNotSent {
            // The connection had gone stale before anything was sent: a fresh one is tried, once.
            release(wire)
        } catch {
            release(wire)
            throw error
        }
        let fresh = try await acquire(name)
        defer { release(fresh) }
        return try await body(fresh)
    }

    // MARK: - Lending

    private func acquire(_ name: StaticString) async throws -> Wire {
        if let wire = takeIdle() { return wire }
        let waiter = Waiter(name: name, deadline: .now + configuration.acquireTimeout)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enqueue(waiter, continuation)
            }
        } onCancel: {
            leave(waiter)
        }
    }

    private func takeIdle() -> Wire? {
        while let wire = state.withLock({ $0.idle.popLast()?.wire }) {
            if wire.condition == .clean { return wire }
            discard(wire)
        }
        return nil
    }

    private func enqueue(_ waiter: Waiter, _ continuation: CheckedContinuation<Wire, any Error>) {
        enum Answer {
            case wire(Wire)
            case error(any Error)
            case wait(open: Int, needsAlarm: Bool)
        }
        let answer = state.withLock { state -> Answer in
            if waiter.isCancelled { return .error(CancellationError()) }
            if state.isClosed { return .error(poolError(waiter.name, "the connection pool is closed")) }
            // One may have come back between the first look and now.
            if let idle = state.idle.popLast() { return .wire(idle.wire) }
            guard state.waiting < configuration.maximumWaiters else {
                let crowd = "all connections are busy and \(state.waiting) callers wait already"
                return .error(poolError(waiter.name, crowd))
            }
            waiter.continuation = continuation
            state.line.append(waiter)
            state.waiting += 1
            let needsAlarm = !state.hasTimeoutAlarm
            state.hasTimeoutAlarm = true
            return .wait(open: wanted(&state), needsAlarm: needsAlarm)
        }
        switch answer {
        case .wire(let wire): continuation.resume(returning: wire)
        case .error(let error): continuation.resume(throwing: error)
        case .wait(let count, let needsAlarm):
            if needsAlarm { alarm(at: waiter.deadline) }
            open(count)
        }
    }

    private func poolError(_ name: StaticString, _ message: String) -> PostgresError {
        PostgresError(kind: .pool, query: "\(name)", message: message)
    }

    /// A caller gives up waiting.
    private func leave(_ waiter: Waiter) {
        let continuation = state.withLock { state in
            waiter.isCancelled = true
            return settle(waiter, &state)
        }
        continuation?.resume(throwing: CancellationError())
    }

    /// Takes a caller out of the line, which is then told by whoever called this.
    private func settle(_ waiter: Waiter, _ state: inout State) -> CheckedContinuation<Wire, any Error>? {
        guard let continuation = waiter.continuation else { return nil }
        waiter.continuation = nil
        state.waiting -= 1
        return continuation
    }

    private func nextWaiter(_ state: inout State) -> CheckedContinuation<Wire, any Error>? {
        while state.head < state.line.count {
            let waiter = state.line[state.head]
            state.head += 1
            if state.head >= 256, state.head * 2 >= state.line.count {
                state.line.removeFirst(state.head)
                state.head = 0
            }
            if let continuation = settle(waiter, &state) { return continuation }
        }
        state.line.removeAll(keepingCapacity: true)
        state.head = 0
        return nil
    }

    private func release(_ wire: Wire) {
        switch wire.condition {
        case .clean:
            if ContinuousClock.now - wire.opened > configuration.maximumLife {
                discard(wire)
            } else {
                offer(wire)
            }
        case .broken:
            discard(wire)
        case .dirty:
            Task {
                if await wire.clean() { offer(wire) } else { discard(wire) }
            }
        }
    }

    /// A connection is free: the first in line takes it, or it rests.
    private func offer(_ wire: Wire) {
        enum Answer {
            case waiter(CheckedContinuation<Wire, any Error>)
            case rests(needsSweep: Bool)
            case closed
        }
        let answer = state.withLock { state -> Answer in
            if state.isClosed { return .closed }
            if let waiter = nextWaiter(&state) { return .waiter(waiter) }
            state.idle.append((wire, .now))
            let needsSweep = !state.hasSweepAlarm
            state.hasSweepAlarm = true
            return .rests(needsSweep: needsSweep)
        }
        switch answer {
        case .waiter(let continuation): continuation.resume(returning: wire)
        case .rests(let needsSweep): if needsSweep { alarmSweep() }
        case .closed: discard(wire)
        }
    }

    /// A connection leaves the pool; when callers wait another one is opened.
    private func discard(_ wire: Wire) {
        wire.close()
        let (count, drainers) = state.withLock { state in
            state.open -= 1
            return (wanted(&state), state.open == 0 ? takeDrainers(&state) : [])
        }
        open(count)
        for drainer in drainers { drainer.resume() }
    }

    // MARK: - Opening

    /// How many connections to open for those who wait; they are counted as being opened.
    private func wanted(_ state: inout State) -> Int {
        guard !state.isClosed, !state.isBackingOff else { return 0 }
        let room = configuration.maximumConnections - state.open - state.opening
        let count = max(0, min(state.waiting - state.opening, room))
        state.opening += count
        return count
    }

    private func open(_ count: Int) {
        for _ in 0..<count {
            Threads.start("postgres-open") { self.openOne() }
        }
    }

    private func openOne() {
        do {
            let connection = try Address(configuration).connect()
            let wire = Wire(owning: connection, statementLimit: configuration.preparedStatements) { [weak self] wire in
                self?.lost(wire)
            }
            let isClosed = state.withLock { state in
                state.opening -= 1
                state.open += 1
                state.failures = 0
                state.lastFailure = nil
                return state.isClosed
            }
            logger.debug("A database connection was opened.", metadata: ["process": "\(wire.serverProcess)"])
            isClosed ? discard(wire) : offer(wire)
        } catch let failure as Address.Failure where failure.mayPass {
            logger.warning("The database does not answer.", metadata: ["error": "\(failure.error)"])
            backOff(failure.error)
        } catch {
            let error = (error as? Address.Failure)?.error ?? error
            logger.error("The database refuses the connection.", metadata: ["error": "\(error)"])
            refuse(error)
        }
    }

    /// The server may be back in a moment: those who wait go on waiting, and another attempt follows.
    private func backOff(_ error: PostgresError) {
        let delay = state.withLock { state -> Duration? in
            state.opening -= 1
            state.lastFailure = error
            guard !state.isBackingOff else { return nil }
            state.isBackingOff = true
            state.failures += 1
            return .milliseconds(min(20 << min(state.failures, 6), 1000))
        }
        guard let delay else { return }
        Reactor.shared.alarm(after: delay) { [weak self] in
            guard let self else { return }
            open(
                state.withLock { state in
                    state.isBackingOff = false
                    return wanted(&state)
                })
        }
    }

    /// The server will not have us: whoever waits is told so.
    private func refuse(_ error: any Error) {
        let (waiter, count) = state.withLock { state in
            state.opening -= 1
            let waiter = nextWaiter(&state)
            return (waiter, wanted(&state))
        }
        waiter?.resume(throwing: error)
        open(count)
    }

    /// A connection was found lost; if it rested here it goes, if it is lent it goes when it comes back.
    private func lost(_ wire: Wire) {
        let wasIdle = state.withLock { state in
            guard let place = state.idle.firstIndex(where: { $0.wire === wire }) else { return false }
            state.idle.remove(at: place)
            return true
        }
        if wasIdle {
            logger.debug("An idle database connection was lost.")
            discard(wire)
        }
    }

    // MARK: - Time

    private func alarm(at deadline: ContinuousClock.Instant) {
        Reactor.shared.alarm(after: deadline - .now) { [weak self] in self?.timeOut() }
    }

    /// Tells those who have waited too long, and sets the alarm for the next.
    private func timeOut() {
        let (late, next, cause, busy) = state.withLock { state in
            let now = ContinuousClock.now
            var late: [(Waiter, CheckedContinuation<Wire, any Error>)] = []
            var next: ContinuousClock.Instant?
            for waiter in state.line[state.head...] where waiter.continuation != nil {
                if waiter.deadline <= now, let continuation = settle(waiter, &state) {
                    late.append((waiter, continuation))
                } else {
                    next = waiter.deadline
                    break
                }
            }
            state.hasTimeoutAlarm = next != nil
            return (late, next, state.lastFailure, state.open)
        }
        for (waiter, continuation) in late {
            let unreachable = cause.map {
                PostgresError(kind: .connection, sqlState: $0.sqlState, query: "\(waiter.name)", message: $0.message)
            }
            let patience = configuration.acquireTimeout
            continuation.resume(
                throwing: unreachable
                    ?? poolError(waiter.name, "no connection came free within \(patience) (\(busy) are in use)"))
        }
        if let next { alarm(at: next) }
    }

    private func alarmSweep() {
        Reactor.shared.alarm(after: configuration.idleLife / 2) { [weak self] in self?.sweep() }
    }

    /// Closes what has not been used for long; runs as long as something rests.
    private func sweep() {
        let limit = ContinuousClock.now - configuration.idleLife
        let (old, goesOn) = state.withLock { state in
            let old = state.idle.filter { $0.since < limit }.map(\.wire)
            state.idle.removeAll { $0.since < limit }
            state.hasSweepAlarm = !state.idle.isEmpty
            return (old, state.hasSweepAlarm)
        }
        for wire in old { discard(wire) }
        if goesOn { alarmSweep() }
    }

    // MARK: - Life

    /// Waits for a graceful shutdown, then closes the pool.
    public func run() async throws {
        try? await gracefulShutdown()
        await close()
    }

    /// Refuses new callers, waits up to ten seconds for lent connections to come back, and closes everything.
    public func close() async {
        let (idle, waiters) = state.withLock { state in
            state.isClosed = true
            var waiters: [CheckedContinuation<Wire, any Error>] = []
            while let waiter = nextWaiter(&state) { waiters.append(waiter) }
            defer { state.idle = [] }
            return (state.idle.map(\.wire), waiters)
        }
        for waiter in waiters { waiter.resume(throwing: poolError("close", "the connection pool is closed")) }
        for wire in idle { discard(wire) }
        await withCheckedContinuation { continuation in
            let isDrained = state.withLock { state in
                if state.open == 0 { return true }
                state.drainers.append(continuation)
                return false
            }
            if isDrained { return continuation.resume() }
            Reactor.shared.alarm(after: .seconds(10)) {
                for drainer in self.state.withLock({ self.takeDrainers(&$0) }) { drainer.resume() }
            }
        }
    }

    private func takeDrainers(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
        defer { state.drainers = [] }
        return state.drainers
    }
}
