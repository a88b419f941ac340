import TestSupport
import Testing

@testable import Postgres

@Suite(.emptyDatabase) struct PipelineTests {
    @Test func `each statement has its rows, in order, prepared or not yet`() async throws {
        for _ in 0..<3 {
            let results = try await TestDatabase.pool.pipeline([
                ("test.a", "SELECT \(1) AS n"), ("test.b", "SELECT n FROM generate_series(1, \(3)) AS n"),
                ("test.c", "SELECT 1 AS n WHERE false"), ("test.a", "SELECT \(2) AS n"),
                ("test.d", "SELECT \("x") AS n"),
            ])
            #expect(results.map(\.count) == [1, 3, 0, 1, 1])
            #expect(try results[3][0].get("n", as: Int.self) == 2)
            #expect(try results[4][0].get("n", as: String.self) == "x")
        }
        #expect(try await TestDatabase.pool.pipeline([]).isEmpty)
    }

    @Test func `an error in the middle undoes all, names its statement, and leaves the connection usable`() async throws
    {
        try await TestDatabase.pool.withConnection { connection in
            try await connection.execute("test.create", "CREATE TABLE thing (n bigint CONSTRAINT thing_once UNIQUE)")
            for _ in 0..<3 {
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.pipeline([
                        ("test.first", "INSERT INTO thing VALUES (\(1))"),
                        ("test.second", "INSERT INTO thing VALUES (\(1))"),
                        ("test.third", "INSERT INTO thing VALUES (\(3))"),
                    ])
                }
                #expect(error?.query == "test.second")
                #expect(error?.constraint == "thing_once")
                try await isEmpty("thing", connection)
            }
        }
    }

    @Test func `ten thousand statements and large answers do not block one another`() async throws {
        let statements = (0..<10_000).map { number in
            (
                "test.big" as StaticString,
                "SELECT \(number) AS n, repeat('x', 1000) AS filler, \(String(repeating: "y", count: 500)) AS y" as SQL
            )
        }
        let results = try await TestDatabase.pool.pipeline(statements)
        #expect(try results.enumerated().allSatisfy { try $1[0].get("n", as: Int.self) == $0 })
    }

    @Test func `inside a transaction it is a part of it`() async throws {
        let pool = TestDatabase.pool
        try await pool.execute("test.create", "CREATE TABLE thing (n bigint)")
        try await pool.transaction("test.outer") { transaction in
            _ = try await transaction.pipeline([
                ("test.a", "INSERT INTO thing VALUES (\(1))"), ("test.b", "INSERT INTO thing VALUES (\(2))"),
            ])
            try await isEmpty("thing", pool)
        }
        #expect(try await pool.query("test.seen", "SELECT n FROM thing").count == 2)
    }

    @Test func `a cancelled pipeline stops`() async throws {
        try await TestDatabase.pool.withConnection { connection in
            let task = Task {
                try await connection.pipeline([("test.a", "SELECT 1"), ("test.sleep", "SELECT pg_sleep(3600)")])
            }
            try await untilRunning("pg_sleep(3600)", TestDatabase.pool)
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            try await stillWorks(connection)
        }
    }
}
