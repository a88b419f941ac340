/// Whoever can run statements: the pool (one connection per statement), a connection, or a transaction.
///
/// Every statement has a name, which is what errors and logs speak of; by convention `capability.verb`.
public protocol Executor: Sendable {
    /// Runs one statement and returns its rows.
    func query(_ name: StaticString, _ sql: SQL) async throws -> [Row]

    /// Runs one statement and returns its row, or nil when there is none; more than one row is an error.
    func one(_ name: StaticString, _ sql: SQL) async throws -> Row?

    /// Runs one statement and returns how many rows it affected.
    @discardableResult
    func execute(_ name: StaticString, _ sql: SQL) async throws -> Int

    /// Runs several statements in one round trip and returns the rows of each.
    ///
    /// Outside a transaction they form one: when a statement fails, none has had an effect and its error is thrown.
    func pipeline(_ statements: [(StaticString, SQL)]) async throws -> [[Row]]
}
