internal import Synchronization

/// How much a transaction is shielded from the others.
public enum Isolation: Sendable {
    /// Each statement sees what was committed before it.
    case readCommitted
    /// All statements see what was committed before the first.
    case repeatableRead
    /// As if the transactions had run one after the other.
    case serializable

    fileprivate var begin: String {
        switch self {
        case .readCommitted: "BEGIN ISOLATION LEVEL READ COMMITTED"
        case .repeatableRead: "BEGIN ISOLATION LEVEL REPEATABLE READ"
        case .serializable: "BEGIN ISOLATION LEVEL SERIALIZABLE"
        }
    }
}

/// An open transaction, lent for the length of the body; of no use afterwards.
public final class Transaction: Executor {
    private let wire: Wire
    private let state = Mutex(State())

    private struct State {
        var isOpen = true
        var savepoints = 0
        var isWorthRetrying = false
    }

    private init(_ wire: Wire) {
        self.wire = wire
    }

    /// Runs one statement and returns its rows.
    public func query(_ name: StaticString, _ sql: SQL) async throws -> [Row] {
        try await noting { try await open(name).query(name, sql) }
    }

    /// Runs one statement and returns its row, or nil when there is none; more than one row is an error.
    public func one(_ name: StaticString, _ sql: SQL) async throws -> Row? {
        try await noting { try await open(name).one(name, sql) }
    }

    /// Runs one statement and returns how many rows it affected.
    @discardableResult
    public func execute(_ name: StaticString, _ sql: SQL) async throws -> Int {
        try await noting { try await open(name).execute(name, sql) }
    }

    /// Runs several statements in one round trip; the first error is thrown and the transaction is spoilt by it.
    public func pipeline(_ statements: [(StaticString, SQL)]) async throws -> [[Row]] {
        try await noting { try await open(statements.first?.0 ?? "pipeline").pipeline(statements) }
    }

    /// Runs a body that can fail on its own: when it throws, what it did is undone, the transaction goes on, and the
    /// error is thrown.
    @discardableResult
    public func savepoint<T: Sendable>(
        _ name: StaticString, on actor: isolated (any Actor)? = #isolation, _ body: () async throws -> T
    ) async throws -> T {
        let wire = try open(name)
        let number = state.withLock { state in
            state.savepoints += 1
            return state.savepoints
        }
        try await wire.script(name, "SAVEPOINT p\(number)")
        let value: T
        do {
            value = try await body()
        } catch {
            _ = try? await wire.script(
                name, "ROLLBACK TO SAVEPOINT p\(number); RELEASE SAVEPOINT p\(number)", isCancellable: false)
            throw error
        }
        // Fails when the body swallowed an error of the database, which is right: its work is lost.
        _ = try await noting { try await wire.script(name, "RELEASE SAVEPOINT p\(number)") }
        return value
    }

    private func open(_ name: StaticString) throws -> Wire {
        guard state.withLock({ $0.isOpen }) else {
            throw PostgresError(kind: .usage, query: "\(name)", message: "the transaction was used after its end")
        }
        return wire
    }

    /// Remembers a failure after which the whole transaction is worth another attempt, whatever the body makes of it.
    private func noting<T: Sendable>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as PostgresError where error.isWorthRetrying {
            state.withLock { $0.isWorthRetrying = true }
            throw error
        }
    }

    // MARK: - Running

    /// A failure of a transaction that another attempt may well avoid.
    struct Retry: Error {
        let cause: any Error
    }

    /// One attempt: throws `Retry` when another one is worth it.
    static func attempt<T: Sendable>(
        _ name: StaticString, isolation: Isolation, on wire: Wire, actor: isolated (any Actor)? = #isolation,
        _ body: (Transaction) async throws -> T
    ) async throws -> T {
        try await wire.script(name, isolation.begin)
        let transaction = Transaction(wire)
        let value: T
        do {
            value = try await body(transaction)
            try Task.checkCancellation()
        } catch {
            let isWorthRetrying = transaction.end()
            // When even this fails the connection is lost, and the transaction with it.
            _ = try? await wire.script(name, "ROLLBACK", isCancellable: false)
            throw isWorthRetrying ? Retry(cause: error) : error
        }
        let isWorthRetrying = transaction.end()
        do {
            guard try await wire.script(name, "COMMIT", isCancellable: false) == "COMMIT" else {
                let error = PostgresError(
                    kind: .usage, sqlState: "25P02", query: "\(name)",
                    message: "the transaction was undone because one of its statements had failed")
                throw isWorthRetrying ? Retry(cause: error) : error
            }
        } catch let error as PostgresError where error.isWorthRetrying {
            throw Retry(cause: error)
        } catch let error as PostgresError where error.kind == .connection {
            throw PostgresError(
                kind: .connection, sqlState: "08007", query: "\(name)",
                message: "the connection was lost during COMMIT; whether it took effect is unknown")
        }
        return value
    }

    /// One attempt and no more.
    static func run<T: Sendable>(
        _ name: StaticString, isolation: Isolation, on wire: Wire, actor: isolated (any Actor)? = #isolation,
        _ body: (Transaction) async throws -> T
    ) async throws -> T {
        do {
            return try await attempt(name, isolation: isolation, on: wire, body)
        } catch let retry as Retry {
            throw retry.cause
        }
    }

    private func end() -> Bool {
        state.withLock { state in
            state.isOpen = false
            return state.isWorthRetrying
        }
    }
}

extension PostgresError {
    /// True for what another attempt of the same transaction may avoid.
    var isWorthRetrying: Bool {
        kind == .serializationFailure || kind == .deadlock || isStalePlan
    }
}
