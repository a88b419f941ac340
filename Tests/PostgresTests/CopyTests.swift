import TestSupport
import Testing

@testable import Postgres

@Suite(.emptyDatabase) struct CopyTests {
    struct Refusal: Error {}

    private func makeTable() async throws {
        try await TestDatabase.pool.execute("test.create", "CREATE TABLE line (n bigint, content text)")
    }

    @Test func `a hundred thousand rows go in and come out`() async throws {
        try await makeTable()
        try await TestDatabase.pool.withConnection { connection in
            let rows = (1...100_000).lazy.map { Array("\($0)\tligne numéro \($0)\n".utf8) }
            #expect(try await connection.copyIn("test.in", "COPY line FROM STDIN", rows: rows) == 100_000)
            let sum: Int = try await connection.one("test.sum", "SELECT sum(n)::bigint AS sum FROM line")!.get("sum")
            #expect(sum == 5_000_050_000)
            var count = 0
            for try await row in try await connection.copyOut(
                "test.out", "COPY (SELECT * FROM line ORDER BY n) TO STDOUT")
            {
                count += 1
                if count % 9_999 == 0 {
                    #expect(String(decoding: row, as: UTF8.self) == "\(count)\tligne numéro \(count)\n")
                }
            }
            #expect(count == 100_000)
            try await stillWorks(connection)
        }
    }

    @Test func `an error of the source undoes the copy and comes through`() async throws {
        try await makeTable()
        try await TestDatabase.pool.withConnection { connection in
            let source = AsyncThrowingStream<[UInt8], any Error> { continuation in
                for number in 0..<10_000 { continuation.yield(Array("\(number)\tx\n".utf8)) }
                continuation.finish(throwing: Refusal())
            }
            await #expect(throws: Refusal.self) {
                try await connection.copyIn("test.in", "COPY line FROM STDIN", rows: source)
            }
            try await isEmpty("line", connection)
        }
    }

    @Test func `a bad row is an error without its content`() async throws {
        try await makeTable()
        try await TestDatabase.pool.withConnection { connection in
            let error = await #expect(throws: PostgresError.self) {
                try await connection.copyIn("test.in", "COPY line FROM STDIN", rows: [Array("secret\tx\n".utf8)])
            }
            #expect(error?.sqlState == "22P02")
            #expect(error?.description.contains("secret") == false)
            try await isEmpty("line", connection)
        }
    }

    @Test func `whoever leaves the loop early stops the server`() async throws {
        try await TestDatabase.pool.withConnection { connection in
            for _ in 0..<5 {
                var count = 0
                for try await _ in try await connection.copyOut(
                    "test.out", "COPY (SELECT repeat('x', 100), generate_series(1, 100000000)) TO STDOUT")
                {
                    count += 1
                    if count == 10 { break }
                }
                try await stillWorks(connection)
            }
        }
    }

    @Test func `rows are fetched no faster than they are read`() async throws {
        try await TestDatabase.pool.withConnection { connection in
            let rows = try await connection.copyOut(
                "test.out", "COPY (SELECT repeat('x', 1000), generate_series(1, 100000000)) TO STDOUT")
            var iterator = rows.makeAsyncIterator()
            _ = try await iterator.next()
            try await until("the server waits for its reader") {
                let row = try await TestDatabase.pool.one(
                    "test.state",
                    """
                    SELECT wait_event FROM pg_stat_activity
                    WHERE datname = current_database() AND query LIKE 'COPY (SELECT repeat%'
                    """)
                return try row?.get("wait_event", as: String?.self) == "ClientWrite"
            }
        }
    }

    @Test func `a cancelled copy stops, in and out`() async throws {
        try await makeTable()
        try await TestDatabase.pool.withConnection { connection in
            let out = Task {
                var count = 0
                for try await _ in try await connection.copyOut(
                    "test.out", "COPY (SELECT pg_sleep(0.01) FROM generate_series(1, 100000)) TO STDOUT")
                { count += 1 }
                return count
            }
            try await untilRunning("COPY (SELECT pg_sleep", TestDatabase.pool)
            out.cancel()
            await #expect(throws: CancellationError.self) { try await out.value }
            let endless = AsyncStream { Array("1\tx\n".utf8) }
            let into = Task { try await connection.copyIn("test.in", "COPY line FROM STDIN", rows: endless) }
            try await untilRunning("COPY line FROM STDIN", TestDatabase.pool)
            into.cancel()
            await #expect(throws: CancellationError.self) { try await into.value }
            try await isEmpty("line", connection)
        }
    }

    @Test func `what is not a copy, or has parameters, is refused`() async throws {
        try await TestDatabase.pool.withConnection { connection in
            await #expect(throws: PostgresError.self) { try await connection.copyOut("test.out", "SELECT 1") }
            await #expect(throws: PostgresError.self) {
                try await connection.copyOut("test.out", "COPY (SELECT \(1)) TO STDOUT")
            }
            await #expect(throws: PostgresError.self) {
                try await connection.execute("test.plain", "COPY (SELECT 1) TO STDOUT")
            }
            try await stillWorks(connection)
        }
    }
}
