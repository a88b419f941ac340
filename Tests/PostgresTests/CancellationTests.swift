import TestSupport
import Testing

@testable import Postgres

@Suite(.emptyDatabase, .timeLimit(.minutes(30))) struct CancellationTests {
    @Test func `a cancelled task stops its statement and leaves the connection usable`() async throws {
        try await TestDatabase.pool.withConnection { connection in
            let before: Int32 = try await connection.one("test.who", "SELECT pg_backend_pid() AS p")!.get("p")
            for delay in [0, 1, 5, 50] {
                let sleeper = Task { try await connection.query("test.sleep", "SELECT pg_sleep(3600)") }
                try await Task.sleep(for: .milliseconds(delay))
                sleeper.cancel()
                await #expect(throws: CancellationError.self) { try await sleeper.value }
                // Were the statement still running, this would wait for its hour.
                let after: Int32 = try await connection.one("test.who", "SELECT pg_backend_pid() AS p")!.get("p")
                #expect(after == before)
            }
        }
    }

    @Test func `a late cancellation never hits the next statement`() async throws {
        try await TestDatabase.pool.withConnection { connection in
            for _ in 0..<200 {
                let brief = Task { try await connection.query("test.brief", "SELECT 1") }
                brief.cancel()
                _ = try? await brief.value
                try await stillWorks(connection)
            }
        }
    }

    @Test func `a statement that waits its turn is cancelled without being sent`() async throws {
        try await TestDatabase.pool.withConnection { connection in
            try await connection.execute("test.create", "CREATE TABLE mark (n int)")
            try await TestDatabase.pool.withConnection { keeper in
                try await keeper.execute("test.lock", "SELECT pg_advisory_lock(1)")
                let first = Task { try await connection.query("test.wait", "SELECT pg_advisory_lock(1)::text") }
                try await untilRunning("pg_advisory_lock(1)::text", TestDatabase.pool)
                let second = Task { try await connection.execute("test.mark", "INSERT INTO mark VALUES (1)") }
                try await Task.sleep(for: .milliseconds(20))
                second.cancel()
                await #expect(throws: CancellationError.self) { try await second.value }
                try await keeper.execute("test.unlock", "SELECT pg_advisory_unlock(1)")
                _ = try await first.value
            }
            try await isEmpty("mark", connection)
        }
    }

    @Test func `a cancelled transaction is undone`() async throws {
        let pool = TestDatabase.pool
        try await pool.execute("test.create", "CREATE TABLE mark (n int)")
        let task = Task {
            try await pool.transaction("test.slow") { transaction in
                try await transaction.execute("test.mark", "INSERT INTO mark VALUES (1)")
                _ = try await transaction.query("test.sleep", "SELECT pg_sleep(3600)")
            }
        }
        try await untilRunning("pg_sleep(3600)", pool)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await isEmpty("mark", pool)
    }

    @Test func `a time-out of the server is not a cancellation of the task`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await TestDatabase.pool.transaction("test.limit") { transaction in
                try await transaction.execute("test.set", "SET LOCAL statement_timeout = 50")
                _ = try await transaction.query("test.sleep", "SELECT pg_sleep(60)")
            }
        }
        #expect(error?.kind == .statementCancelled)
    }
}
