import TestSupport
import Testing

@testable import Postgres

@Suite(.emptyDatabase) struct StatementCacheTests {
    private func pool(statements: Int) -> Pool {
        var configuration = TestDatabase.running.configuration
        configuration.maximumConnections = 1
        configuration.preparedStatements = statements
        return Pool(configuration, logger: TestCluster.logger)
    }

    private func prepared(_ connection: Connection) async throws -> [String] {
        // The simple protocol, so that the question is not among the answers.
        try await connection.copyOut(
            "test.prepared", "COPY (SELECT statement FROM pg_prepared_statements ORDER BY prepare_time) TO STDOUT"
        ).reduce(into: []) { $0.append(String(decoding: $1.dropLast(), as: UTF8.self)) }
    }

    @Test func `a statement is prepared once, and the least recently used goes first`() async throws {
        let pool = pool(statements: 3)
        try await pool.withConnection { connection in
            for sql in ["SELECT 1", "SELECT 2", "SELECT 3", "SELECT 1", "SELECT 1"] as [SQL] {
                _ = try await connection.query("test.n", sql)
            }
            #expect(try await prepared(connection) == ["SELECT 1", "SELECT 2", "SELECT 3"])
            _ = try await connection.query("test.n", "SELECT 4")
            #expect(try await prepared(connection) == ["SELECT 1", "SELECT 3", "SELECT 4"])
        }
        await pool.close()
    }

    @Test func `the same text with other types is another statement`() async throws {
        try await TestDatabase.pool.withConnection { connection in
            for _ in 0..<3 {
                let number = try await connection.one("test.t", "SELECT \(1) AS v")!
                #expect(try number.get("v", as: Int.self) == 1)
                let text = try await connection.one("test.t", "SELECT \("a") AS v")!
                #expect(try text.get("v", as: String.self) == "a")
            }
            #expect(try await prepared(connection) == ["SELECT $1 AS v"])
        }
    }

    @Test func `without a cache nothing is prepared`() async throws {
        let pool = pool(statements: 0)
        try await pool.withConnection { connection in
            for number in 0..<3 {
                let row = try await connection.one("test.n", "SELECT \(number) AS n")!
                #expect(try row.get("n", as: Int.self) == number)
            }
            _ = try await connection.pipeline([("test.a", "SELECT \(1)"), ("test.b", "SELECT \(2)")])
            #expect(try await prepared(connection).isEmpty)
        }
        await pool.close()
    }

    @Test func `a statement survives a change of the schema and the loss of its plan`() async throws {
        try await TestDatabase.pool.withConnection { connection in
            try await connection.execute("test.create", "CREATE TABLE thing (n int)")
            try await connection.execute("test.insert", "INSERT INTO thing VALUES (1)")
            let sql: SQL = "SELECT * FROM thing"
            #expect(try await connection.one("test.all", sql)!.columns == ["n"])
            try await connection.execute("test.alter", "ALTER TABLE thing ADD COLUMN m text")
            #expect(try await connection.one("test.all", sql)!.columns == ["n", "m"])
            try await connection.execute("test.alter", "ALTER TABLE thing DROP COLUMN n")
            #expect(try await connection.pipeline([("test.all", sql)])[0][0].columns == ["m"])
            try await connection.script("test.discard", "DEALLOCATE ALL")
            #expect(try await connection.one("test.all", sql)!.columns == ["m"])
            try await connection.script("test.discard", "DEALLOCATE ALL")
            #expect(try await connection.pipeline([("test.all", sql)])[0][0].columns == ["m"])
        }
    }

    @Test func `a transaction that meets a stale plan is tried again`() async throws {
        let pool = pool(statements: 16)
        let sql: SQL = "SELECT * FROM thing"
        try await pool.execute("test.create", "CREATE TABLE thing (n int)")
        _ = try await pool.query("test.all", sql)
        try await pool.execute("test.alter", "ALTER TABLE thing ADD COLUMN m text")
        try await pool.execute("test.insert", "INSERT INTO thing VALUES (1, 'x')")
        let columns = try await pool.transaction("test.read") { try await $0.one("test.all", sql)!.columns }
        #expect(columns == ["n", "m"])
        await pool.close()
    }
}
