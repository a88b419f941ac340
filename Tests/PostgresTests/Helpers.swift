import Synchronization
import Testing

@testable import Postgres

/// Expects that a connection answers, and what is asked.
func stillWorks(_ executor: some Executor) async throws {
    let row = try await executor.one("test.still", "SELECT \(42) AS answer")
    #expect(try row?.get("answer", as: Int.self) == 42)
}

/// Expects that a table holds no row, which also shows that the connection answers.
func isEmpty(_ table: SQL, _ executor: some Executor) async throws {
    let rows = try await executor.query("test.empty", "SELECT 1 FROM \(sql: table)")
    #expect(rows.isEmpty)
}

/// Counts across tasks.
final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    @discardableResult
    func increase() -> Int { count.add(1, ordering: .relaxed).newValue }
}
