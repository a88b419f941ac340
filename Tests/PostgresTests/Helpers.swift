import Synchronization
import TestSupport
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

/// Waits until a condition holds. Machines may be slow: only a test that would never go on ends here, after a minute.
func until(_ what: String, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        guard ContinuousClock.now < end else { throw NeverCame(what: what) }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// What a test waited for in vain.
struct NeverCame: Error {
    let what: String
}

/// Waits until the server runs so many statements that contain a text, as another connection of `pool` sees them.
func untilRunning(_ text: String, count: Int = 1, _ pool: Pool) async throws {
    try await until("\(count) running: \(text)") {
        let rows = try await pool.query(
            "test.running",
            """
            SELECT 1 FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()
                AND position(\(text) IN query) > 0
            """)
        return rows.count >= count
    }
}

/// Borrows so many connections at once and returns the processes behind them.
func processes(_ count: Int, of pool: Pool) async throws -> Set<Int32> {
    let arrived = Counter()
    return try await withThrowingTaskGroup(of: Int32.self) { group in
        for _ in 0..<count {
            group.addTask {
                try await pool.withConnection { connection in
                    let process: Int32 = try await connection.one("test.who", "SELECT pg_backend_pid() AS p")!.get("p")
                    arrived.increase()
                    // Nobody gives back before all have one.
                    try await until("\(count) connections") { arrived.value >= count }
                    return process
                }
            }
        }
        return try await group.reduce(into: Set()) { $0.insert($1) }
    }
}

/// Counts across tasks.
final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    @discardableResult
    func increase() -> Int { count.add(1, ordering: .relaxed).newValue }
}
