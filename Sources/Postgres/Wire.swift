internal import CLibPQ
internal import Glibc
internal import Synchronization

/// One connection of libpq, never blocking, shared by the task that uses it and the reactor's thread.
///
/// A task sends its statement itself, under the lock, and sleeps; the reactor's thread reads the answer and wakes the
/// task when it is complete. Statements asked for while one runs wait their turn here.
final class Wire: Sendable {
    // libpq allows a connection to one thread at a time: it is touched under the lock only.
    nonisolated(unsafe) private let connection: OpaquePointer
    private let socket: Int32
    private let state: Mutex<State>
    /// Called once, without any lock, when the server has gone away.
    private let onLoss: @Sendable (Wire) -> Void
    /// When the connection was made.
    let opened = ContinuousClock.now

    private struct State {
        var active: Operation?
        var queue: [Operation] = []
        var statements: StatementCache
        var listeners: [String: [UInt64: AsyncStream<Notification>.Continuation]] = [:]
        var nextListener: UInt64 = 0
        var watch: UInt64?
        var interest: Reactor.Interest = .readable
        var isBroken = false
        /// A cancellation request is on its way to the server; the operation may not end before it has arrived, lest it
        /// hits the next one.
        var isCancelling = false
    }

    /// Takes over an open connection.
    init(owning connection: OpaquePointer, statementLimit: Int, onLoss: @escaping @Sendable (Wire) -> Void) {
        self.connection = connection
        self.onLoss = onLoss
        socket = PQsocket(connection)
        state = Mutex(State(statements: StatementCache(limit: statementLimit)))
        PQsetnonblocking(connection, 1)
        // Notices would go to standard error, with whatever a trigger puts in them.
        PQsetNoticeReceiver(connection, { _, _ in }, nil)
        let watch = Reactor.shared.watch(socket) { [weak self] writable in self?.ready(writable: writable) ?? Wakes() }
        state.withLock { $0.watch = watch }
    }

    deinit {
        state.withLock { state in
            if let watch = state.watch { Reactor.shared.forget(socket, id: watch) }
            state.watch = nil
        }
        PQfinish(connection)
    }

    // MARK: - For the pool

    /// What a connection is like between two users.
    enum Condition {
        /// Nothing runs, no transaction is open: fit for anybody.
        case clean
        /// Something runs, a transaction is open, or channels are listened to.
        case dirty
        /// Of no use any more.
        case broken
    }

    /// What the connection is like now.
    var condition: Condition {
        state.withLock { state in
            if state.isBroken { return .broken }
            guard state.active == nil, state.listeners.isEmpty, PQtransactionStatus(connection) == PQTRANS_IDLE else {
                return .dirty
            }
            return .clean
        }
    }

    /// Ends whatever a user left behind; false when the connection is of no use afterwards.
    func clean() async -> Bool {
        for listener in takeListeners() { listener.finish() }
        if let running = state.withLock({ $0.active }) {
            abandon(running)
            cancel(running)
        }
        do {
            // Queued behind whatever still runs. Outside a transaction ROLLBACK only warns.
            _ = try await run(Operation("pool.clean", .script("ROLLBACK; UNLISTEN *"), isCancellable: false))
        } catch {
            return false
        }
        return condition == .clean
    }

    private func takeListeners() -> [AsyncStream<Notification>.Continuation] {
        state.withLock { state in
            defer { state.listeners.removeAll() }
            return state.listeners.values.flatMap(\.values)
        }
    }

    /// Ends the connection: whatever runs on it fails, and the socket is closed with the last reference.
    func close() {
        let (wakes, listeners) = state.withLock { state in lose(&state, "the connection was closed") }
        wakes.call()
        for listener in listeners { listener.finish() }
    }

    /// The process number of the server's end.
    var serverProcess: Int32 {
        state.withLock { _ in PQbackendPID(connection) }
    }

    // MARK: - Running operations

    /// Runs an operation to its end (a copy: to its beginning) and returns it, its outcome settled.
    func run(_ operation: Operation) async throws -> Operation {
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                submit(operation, continuation)
            }
        } onCancel: {
            cancel(operation)
        }
        return operation
    }

    /// Runs an operation whose outcome nobody waits for.
    func post(_ operation: Operation) {
        submit(operation, nil)
    }

    private func submit(_ operation: Operation, _ continuation: UnsafeContinuation<Void, any Error>?) {
        let wakes = state.withLock { state in
            var wakes = Wakes()
            operation.continuation = continuation
            if state.isBroken {
                var error = lost(operation)
                error.wasNotSent = true
                operation.failure = error
                settle(operation, &wakes)
            } else if operation.isCancelled, operation.isCancellable {
                operation.failure = CancellationError()
                settle(operation, &wakes)
            } else if state.active == nil {
                state.active = operation
                begin(operation, &state, &wakes)
            } else {
                state.queue.append(operation)
            }
            return wakes
        }
        finish(wakes)
    }

    /// Resumes tasks, outside the lock.
    private func finish(_ wakes: Wakes) {
        wakes.call()
        if wakes.isLost { onLoss(self) }
    }

    /// Marks the outcome of an operation and notes whom to tell.
    private func settle(_ operation: Operation, _ wakes: inout Wakes) {
        operation.step = .finished
        if let continuation = operation.continuation {
            operation.continuation = nil
            wakes.add(.done(continuation, operation.failure))
        }
        if let demand = operation.demand {
            operation.demand = nil
            wakes.add(.rows(demand, operation.failure.map { .failure($0) } ?? .success([])))
        }
    }

    /// Ends the active operation and begins the next one.
    private func complete(_ operation: Operation, _ state: inout State, _ wakes: inout Wakes) {
        if operation.isCancelled, (operation.failure as? PostgresError)?.kind == .statementCancelled {
            operation.failure = CancellationError()
        }
        guard !state.isCancelling else {
            operation.step = .finished
            return  // resumed when the cancellation request has arrived
        }
        settle(operation, &wakes)
        state.active = nil
        if !state.queue.isEmpty {
            let next = state.queue.removeFirst()
            state.active = next
            begin(next, &state, &wakes)
        }
    }

    // MARK: - Sending

    private func begin(_ operation: Operation, _ state: inout State, _ wakes: inout Wakes) {
        let sent: Bool
        switch operation.work {
        case .statement(let sql):
            sent = begin(operation, sql, &state)
        case .script(let text), .copyIn(let text), .copyOut(let text):
            operation.step = .executing(cached: false)
            sent = PQsendQuery(connection, text) == 1
        case .pipeline(let statements):
            operation.step = .executing(cached: false)
            sent = sendPipeline(operation, statements, &state)
        }
        sent ? flush(&state) : refuse(operation, &state, &wakes)
    }

    private func begin(_ operation: Operation, _ sql: SQL, _ state: inout State) -> Bool {
        if state.statements.limit == 0 {
            operation.step = .executing(cached: false)
            return sendUnprepared(sql)
        }
        if let name = state.statements.find(sql) {
            operation.step = .executing(cached: true)
            return send(sql, preparedAs: name)
        }
        if let victim = state.statements.victim(for: sql) {
            operation.step = .evicting(text: victim.text)
            return PQsendQuery(connection, "DEALLOCATE \(victim.name)") == 1
        }
        let name = state.statements.newName()
        operation.step = .preparing(name: name)
        return prepare(sql, as: name)
    }

    /// libpq would not send: the connection is gone, or the call was wrong.
    private func refuse(_ operation: Operation, _ state: inout State, _ wakes: inout Wakes) {
        if PQstatus(connection) == CONNECTION_BAD {
            let (others, _) = lose(&state, nil)
            wakes = others
        } else {
            operation.failure = PostgresError(
                kind: .usage, query: "\(operation.name)", message: "libpq refused to send the statement")
            complete(operation, &state, &wakes)
        }
    }

    private func prepare(_ sql: SQL, as name: String) -> Bool {
        withUnsafeTemporaryAllocation(of: Oid.self, capacity: sql.parameters.count) { types in
            for (index, parameter) in sql.parameters.enumerated() {
                types.initializeElement(at: index, to: parameter.type.rawValue)
            }
            return PQsendPrepare(connection, name, sql.text, Int32(sql.parameters.count), types.baseAddress) == 1
        }
    }

    private func send(_ sql: SQL, preparedAs name: String) -> Bool {
        withParameters(of: sql) { count, _, values, lengths, formats in
            PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1) == 1
        }
    }

    private func sendUnprepared(_ sql: SQL) -> Bool {
        withParameters(of: sql) { count, types, values, lengths, formats in
            PQsendQueryParams(connection, sql.text, count, types, values, lengths, formats, 1) == 1
        }
    }

    private func withParameters(
        of sql: SQL,
        _ body: (
            Int32, UnsafePointer<Oid>?, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?,
            UnsafePointer<Int32>?
        ) -> Bool
    ) -> Bool {
        let count = sql.parameters.count
        guard count > 0 else { return body(0, nil, nil, nil, nil) }
        return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { values in
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 3 * count) { numbers in
                // Types, lengths and formats lie one after the other in one piece of stack.
                numbers.withMemoryRebound(to: Int32.self) { signed in
                    sql.bytes.withUnsafeBufferPointer { bytes in
                        bytes.withMemoryRebound(to: CChar.self) { bytes in
                            let empty = UnsafePointer<CChar>(bytes.baseAddress ?? Self.noBytes)
                            for (index, parameter) in sql.parameters.enumerated() {
                                values.initializeElement(
                                    at: index, to: parameter.length < 0 ? nil : empty + parameter.offset)
                                numbers.initializeElement(at: index, to: parameter.type.rawValue)
                                signed.initializeElement(at: count + index, to: max(parameter.length, 0))
                                signed.initializeElement(at: 2 * count + index, to: 1)
                            }
                            return body(
                                Int32(count), numbers.baseAddress, values.baseAddress, signed.baseAddress! + count,
                                signed.baseAddress! + 2 * count)
                        }
                    }
                }
            }
        }
    }

    /// Where the value of an empty parameter points: it must not be null, which would be NULL.
    nonisolated(unsafe) private static let noBytes: UnsafePointer<CChar> = {
        let byte = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
        byte.initialize(to: 0)
        return UnsafePointer(byte)
    }()

    private func sendPipeline(
        _ operation: Operation, _ statements: [(StaticString, SQL)], _ state: inout State
    ) -> Bool {
        operation.items.removeAll(keepingCapacity: true)
        operation.nextItem = 0
        operation.results = Array(repeating: nil, count: statements.count)
        guard PQenterPipelineMode(connection) == 1 else { return false }
        var fresh: [String: (name: String, types: [PostgresType])] = [:]
        for (index, (_, sql)) in statements.enumerated() {
            if let name = state.statements.find(sql) {
                operation.usedCachedPlan = true
                guard send(sql, preparedAs: name) else { return false }
            } else if let (name, types) = fresh[sql.text], types == sql.parameters.map(\.type) {
                guard send(sql, preparedAs: name) else { return false }
            } else if fresh[sql.text] == nil, state.statements.victim(for: sql) == nil,
                state.statements.count + fresh.count < state.statements.limit
            {
                let name = state.statements.newName()
                fresh[sql.text] = (name, sql.parameters.map(\.type))
                operation.items.append(.prepare(statement: index, name: name))
                guard prepare(sql, as: name), send(sql, preparedAs: name) else { return false }
            } else {
                // No room to keep the plan: plan once and forget.
                guard sendUnprepared(sql) else { return false }
            }
            operation.items.append(.execute(statement: index))
        }
        return PQpipelineSync(connection) == 1
    }

    /// Hands the kernel what is left to send; when it will not take all, the reactor tells when it will.
    private func flush(_ state: inout State) {
        let isPending = PQflush(connection) == 1
        want(isPending ? state.interest.union(.writable) : state.interest.subtracting(.writable), &state)
    }

    private func want(_ interest: Reactor.Interest, _ state: inout State) {
        guard interest != state.interest, let watch = state.watch else { return }
        state.interest = interest
        Reactor.shared.change(socket, id: watch, to: interest)
    }

    // MARK: - Receiving

    /// The reactor's thread: the socket has something to read, or room to write.
    private func ready(writable: Bool) -> Wakes {
        let (wakes, notifications, listeners) = state.withLock {
            state -> (Wakes, [Arrival], [AsyncStream<Notification>.Continuation]) in
            guard !state.isBroken else { return (Wakes(), [], []) }
            guard PQconsumeInput(connection) == 1 else {
                let (wakes, listeners) = lose(&state, nil)
                return (wakes, [], listeners)
            }
            if writable { flush(&state) }
            var wakes = Wakes()
            receive(&state, &wakes)
            return (wakes, state.listeners.isEmpty ? noArrivals(&state) : arrivals(&state), [])
        }
        for (listeners, notification) in notifications {
            for listener in listeners { listener.yield(notification) }
        }
        for listener in listeners { listener.finish() }
        if wakes.isLost { onLoss(self) }
        return wakes
    }

    private typealias Arrival = ([AsyncStream<Notification>.Continuation], Notification)

    /// Takes whatever is complete off libpq.
    private func receive(_ state: inout State, _ wakes: inout Wakes) {
        while let operation = state.active {
            switch operation.step {
            case .finished:
                return  // held until its cancellation request has arrived
            case .copyingIn:
                if !state.interest.contains(.writable), let continuation = operation.continuation {
                    operation.continuation = nil
                    wakes.add(.done(continuation, nil))
                }
                return
            case .copyingOut:
                guard takeRows(operation, &state, &wakes) else { return }
            default:
                guard PQisBusy(connection) == 0 else { return }
                if let result = PQgetResult(connection) {
                    absorb(result, operation, &state, &wakes)
                } else {
                    advance(operation, &state, &wakes)
                }
            }
        }
    }

    private func absorb(
        _ result: OpaquePointer, _ operation: Operation, _ state: inout State, _ wakes: inout Wakes
    ) {
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            keep(result, operation)
        case PGRES_COPY_IN:
            PQclear(result)
            guard case .copyIn = operation.work else {
                PQputCopyEnd(connection, "COPY needs copyIn")
                flush(&state)
                return
            }
            operation.step = .copyingIn
            opened(operation, &wakes)
        case PGRES_COPY_OUT:
            PQclear(result)
            operation.step = .copyingOut
            if case .copyOut = operation.work {
                want([], &state)
                opened(operation, &wakes)
            } else {
                operation.isAbandoned = true
                operation.failure = PostgresError(
                    kind: .usage, query: "\(operation.name)", message: "COPY … TO STDOUT needs copyOut")
            }
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            PQexitPipelineMode(connection)
            end(operation, cached: operation.usedCachedPlan, &state, &wakes)
        case PGRES_PIPELINE_ABORTED:
            PQclear(result)
        default:
            if operation.failure == nil { operation.failure = PostgresError(result, query: currentName(operation)) }
            PQclear(result)
        }
    }

    /// A copy has begun: the task that asked for it goes on.
    private func opened(_ operation: Operation, _ wakes: inout Wakes) {
        operation.wasOpened = true
        guard let continuation = operation.continuation else { return }
        operation.continuation = nil
        wakes.add(.done(continuation, nil))
    }

    private func keep(_ result: OpaquePointer, _ operation: Operation) {
        if case .pipeline(let statements) = operation.work {
            if operation.nextItem < operation.items.count,
                case .execute(let index) = operation.items[operation.nextItem]
            {
                operation.results[index] = ResultSet(owning: result, query: statements[index].0)
            } else {
                PQclear(result)
            }
        } else {
            operation.result = ResultSet(owning: result, query: operation.name)
        }
    }

    /// The name of the statement that runs now.
    private func currentName(_ operation: Operation) -> StaticString {
        guard case .pipeline(let statements) = operation.work, operation.nextItem < operation.items.count else {
            return operation.name
        }
        return switch operation.items[operation.nextItem] {
        case .prepare(let index, _), .execute(let index): statements[index].0
        }
    }

    /// The server has answered one command: goes on to the next step.
    private func advance(_ operation: Operation, _ state: inout State, _ wakes: inout Wakes) {
        if case .pipeline(let statements) = operation.work {
            if operation.nextItem < operation.items.count {
                if case .prepare(let index, let name) = operation.items[operation.nextItem], operation.failure == nil {
                    state.statements.insert(statements[index].1, name: name)
                }
                operation.nextItem += 1
            }
            return
        }
        switch (operation.step, operation.work) {
        case (.evicting(let text), .statement) where operation.failure == nil:
            state.statements.remove(text)
            proceed(operation, &state, &wakes)
        case (.preparing(let name), .statement(let sql)) where operation.failure == nil:
            state.statements.insert(sql, name: name)
            proceed(operation, &state, &wakes)
        case (.executing(let cached), _):
            end(operation, cached: cached, &state, &wakes)
        default:
            complete(operation, &state, &wakes)
        }
    }

    /// Goes on with the same statement, unless its task was cancelled meanwhile.
    private func proceed(_ operation: Operation, _ state: inout State, _ wakes: inout Wakes) {
        operation.result = nil
        if operation.isCancelled, operation.isCancellable {
            operation.failure = CancellationError()
            complete(operation, &state, &wakes)
        } else {
            begin(operation, &state, &wakes)
        }
    }

    /// The end of the last command; a plan that went stale is made anew, once, when no transaction was spoilt by it.
    private func end(_ operation: Operation, cached: Bool, _ state: inout State, _ wakes: inout Wakes) {
        guard cached, var error = operation.failure as? PostgresError,
            error.sqlState == "26000" || error.sqlState == "0A000"
        else {
            return complete(operation, &state, &wakes)
        }
        switch operation.work {
        case .statement(let sql): state.statements.remove(sql.text)
        case .pipeline(let statements): for (_, sql) in statements { state.statements.remove(sql.text) }
        default: break
        }
        if PQtransactionStatus(connection) == PQTRANS_IDLE, !operation.wasRetried {
            operation.wasRetried = true
            operation.failure = nil
            operation.usedCachedPlan = false
            proceed(operation, &state, &wakes)
        } else {
            error.isStalePlan = !operation.wasRetried
            operation.failure = error
            complete(operation, &state, &wakes)
        }
    }

    // MARK: - Loss

    private func lost(_ operation: Operation) -> PostgresError {
        PostgresError(
            kind: .connection, sqlState: "08006", query: "\(operation.name)",
            message: "the connection to the database was lost")
    }

    /// Gives the connection up: everything on it fails. What the server said last, if anything, is the reason.
    private func lose(
        _ state: inout State, _ reason: String?
    ) -> (Wakes, [AsyncStream<Notification>.Continuation]) {
        var wakes = Wakes()
        guard !state.isBroken else { return (wakes, []) }
        state.isBroken = true
        wakes.isLost = true
        if let watch = state.watch { Reactor.shared.forget(socket, id: watch) }
        state.watch = nil
        if let operation = state.active {
            if operation.failure == nil {
                operation.failure =
                    reason.map { PostgresError(kind: .connection, query: "\(operation.name)", message: $0) }
                    ?? lastWords(operation) ?? lost(operation)
            }
            settle(operation, &wakes)
        }
        for operation in state.queue {
            operation.failure = lost(operation)
            settle(operation, &wakes)
        }
        state.active = nil
        state.queue = []
        let listeners = state.listeners.values.flatMap(\.values)
        state.listeners = [:]
        // The other end learns of it now, not when the last reference goes.
        shutdown(socket, Int32(SHUT_RDWR))
        return (wakes, listeners)
    }

    /// The error with which the server closed the connection, if libpq still has it.
    private func lastWords(_ operation: Operation) -> PostgresError? {
        // On a dead connection libpq does not wait; the bound is against a loop in pipeline mode.
        for _ in 0..<4 {
            guard let result = PQgetResult(connection) else { return nil }
            defer { PQclear(result) }
            let error = PostgresError(result, query: operation.name)
            if !error.sqlState.isEmpty { return error }
        }
        return nil
    }

    // MARK: - Cancellation

    /// Asks the server to stop an operation, or takes it out of the queue.
    func cancel(_ operation: Operation) {
        let wakes = state.withLock { state in
            var wakes = Wakes()
            operation.isCancelled = true
            guard operation.isCancellable else { return wakes }
            if let place = state.queue.firstIndex(where: { $0 === operation }) {
                state.queue.remove(at: place)
                operation.failure = CancellationError()
                settle(operation, &wakes)
            } else if state.active === operation {
                requestCancel(operation, attempt: 0, &state)
            }
            return wakes
        }
        finish(wakes)
    }

    /// Sends a cancellation request, by a connection of its own as the protocol has it, from a thread of its own.
    private func requestCancel(_ operation: Operation, attempt: Int, _ state: inout State) {
        guard !state.isCancelling, let request = PQgetCancel(connection) else { return }
        state.isCancelling = true
        nonisolated(unsafe) let handle = request
        Threads.start("postgres-cancel") {
            var message = [CChar](repeating: 0, count: 256)
            PQcancel(handle, &message, 256)
            PQfreeCancel(handle)
            self.cancelArrived(operation, attempt: attempt)
        }
    }

    private func cancelArrived(_ operation: Operation, attempt: Int) {
        let (wakes, isRunning) = state.withLock { state in
            var wakes = Wakes()
            state.isCancelling = false
            guard state.active === operation else { return (wakes, false) }
            if case .finished = operation.step {
                complete(operation, &state, &wakes)
                receive(&state, &wakes)
                return (wakes, false)
            }
            return (wakes, true)
        }
        finish(wakes)
        // A request that arrives before the server has begun the statement is lost, so it is repeated for a while; a
        // server that does not react at all is given up.
        guard isRunning else { return }
        Reactor.shared.alarm(after: .milliseconds(50 << min(attempt, 5))) {
            let wakes = self.state.withLock { state in
                guard state.active === operation else { return Wakes() }
                if case .finished = operation.step { return Wakes() }
                guard attempt < 8 else { return self.lose(&state, "the server did not stop the statement").0 }
                self.requestCancel(operation, attempt: attempt + 1, &state)
                return Wakes()
            }
            self.finish(wakes)
        }
    }

    // MARK: - Copy in

    /// Hands rows to a copy in, and waits while the server does not keep up.
    func put(_ bytes: [UInt8], _ operation: Operation) async throws {
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                let wakes = state.withLock { state in
                    var wakes = Wakes()
                    guard state.active === operation, case .copyingIn = operation.step else {
                        wakes.add(.done(continuation, operation.failure ?? lost(operation)))
                        return wakes
                    }
                    let put = bytes.withUnsafeBytes {
                        PQputCopyData(connection, $0.bindMemory(to: CChar.self).baseAddress, Int32($0.count))
                    }
                    guard put == 1 else {
                        let (others, _) = lose(&state, nil)
                        wakes = others
                        wakes.add(.done(continuation, operation.failure ?? lost(operation)))
                        return wakes
                    }
                    flush(&state)
                    if state.interest.contains(.writable) {
                        operation.continuation = continuation
                    } else {
                        wakes.add(.done(continuation, nil))
                    }
                    return wakes
                }
                finish(wakes)
            }
        } onCancel: {
            cancel(operation)
        }
    }

    /// Ends a copy in: for good, or with a reason to undo it; waits for the server's verdict.
    func endPut(_ operation: Operation, reason: String?) async throws {
        try await withUnsafeThrowingContinuation { continuation in
            let wakes = state.withLock { state in
                var wakes = Wakes()
                guard state.active === operation, case .copyingIn = operation.step else {
                    wakes.add(.done(continuation, operation.failure ?? lost(operation)))
                    return wakes
                }
                operation.continuation = continuation
                operation.step = .executing(cached: false)
                if PQputCopyEnd(connection, reason) == 1 {
                    flush(&state)
                    receive(&state, &wakes)
                } else {
                    refuse(operation, &state, &wakes)
                }
                return wakes
            }
            finish(wakes)
        }
    }

    // MARK: - Copy out

    /// The next rows of a copy out, none at its end. The socket is read only while somebody waits for rows.
    func take(_ operation: Operation) async throws -> [[UInt8]] {
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                let wakes = state.withLock { state in
                    var wakes = Wakes()
                    guard state.active === operation else {
                        // The end, or the failure, was settled while nobody waited.
                        wakes.add(.rows(continuation, operation.failure.map { .failure($0) } ?? .success([])))
                        return wakes
                    }
                    operation.demand = continuation
                    receive(&state, &wakes)
                    if operation.demand != nil { want(state.interest.union(.readable), &state) }
                    return wakes
                }
                finish(wakes)
            }
        } onCancel: {
            cancel(operation)
        }
    }

    /// Takes the rows libpq holds, for the task that waits; false when there is nothing more to do now.
    private func takeRows(_ operation: Operation, _ state: inout State, _ wakes: inout Wakes) -> Bool {
        guard operation.demand != nil || operation.isAbandoned || operation.isCancelled else {
            want(state.interest.subtracting(.readable), &state)
            return false
        }
        var rows: [[UInt8]] = []
        var size = 0
        while size < 1 << 16 {
            var buffer: UnsafeMutablePointer<CChar>?
            let length = PQgetCopyData(connection, &buffer, 1)
            guard length > 0, let buffer else {
                if length < 0 {
                    // The end, or an error: PQgetResult says which.
                    operation.step = .executing(cached: false)
                    want(state.interest.union(.readable), &state)
                    if !rows.isEmpty { hand(rows, operation, &wakes) }
                    return true
                }
                break
            }
            if !operation.isAbandoned {
                rows.append(Array(UnsafeRawBufferPointer(start: buffer, count: Int(length))))
            }
            size += Int(length)
            PQfreemem(buffer)
        }
        if operation.isAbandoned { return size >= 1 << 16 }
        guard !rows.isEmpty else { return false }
        hand(rows, operation, &wakes)
        want(state.interest.subtracting(.readable), &state)
        return false
    }

    private func hand(_ rows: [[UInt8]], _ operation: Operation, _ wakes: inout Wakes) {
        guard let demand = operation.demand else { return }
        operation.demand = nil
        wakes.add(.rows(demand, .success(rows)))
    }

    /// Nobody reads the rest of a copy out: the server is asked to stop and what still comes is thrown away.
    func abandon(_ operation: Operation) {
        let wakes = state.withLock { state in
            var wakes = Wakes()
            guard state.active === operation, case .copyingOut = operation.step else { return wakes }
            operation.isAbandoned = true
            operation.isCancelled = true
            want(state.interest.union(.readable), &state)
            requestCancel(operation, attempt: 0, &state)
            receive(&state, &wakes)
            return wakes
        }
        finish(wakes)
    }

    // MARK: - Notifications

    /// Registers a listener; nil when the connection is lost.
    func addListener(_ channel: String, _ listener: AsyncStream<Notification>.Continuation) -> UInt64? {
        state.withLock { state in
            guard !state.isBroken else { return nil }
            state.nextListener += 1
            state.listeners[channel, default: [:]][state.nextListener] = listener
            return state.nextListener
        }
    }

    /// Removes a listener; true when it was the last one of its channel.
    func removeListener(_ channel: String, _ id: UInt64) -> Bool {
        state.withLock { state in
            guard state.listeners[channel]?.removeValue(forKey: id) != nil else { return false }
            guard state.listeners[channel]?.isEmpty == true else { return false }
            state.listeners[channel] = nil
            return true
        }
    }

    private func arrivals(_ state: inout State) -> [Arrival] {
        var arrivals: [Arrival] = []
        while let notify = PQnotifies(connection) {
            defer { PQfreemem(notify) }
            let channel = String(cString: notify.pointee.relname)
            guard let listeners = state.listeners[channel] else { continue }
            let notification = Notification(
                channel: channel, payload: String(cString: notify.pointee.extra), process: notify.pointee.be_pid)
            arrivals.append((Array(listeners.values), notification))
        }
        return arrivals
    }

    /// Nobody listens: lets libpq digest what came while the connection was idle, and drops it.
    private func noArrivals(_ state: inout State) -> [Arrival] {
        if state.active == nil {
            while let notify = PQnotifies(connection) { PQfreemem(notify) }
        }
        return []
    }
}
