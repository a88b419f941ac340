import TestSupport
import Testing

@testable import Postgres

@Suite(.emptyDatabase) struct NotificationTests {
    @Test func `a listener hears what others say, in order, and only its channel`() async throws {
        let pool = TestDatabase.pool
        try await pool.withConnection { connection in
            let heard = try await connection.listen("log \"entry\"")
            for number in 1...20 {
                try await pool.execute("test.notify", "SELECT pg_notify('log \"entry\"', \(String(number)))")
                try await pool.execute("test.notify", "SELECT pg_notify('other', 'nothing')")
            }
            var payloads: [String] = []
            for await notification in heard {
                payloads.append(notification.payload)
                if payloads.count == 20 { break }
            }
            #expect(payloads == (1...20).map { String($0) })
        }
    }

    @Test func `a listener hears while statements run, and two listeners hear the same`() async throws {
        let pool = TestDatabase.pool
        try await pool.withConnection { connection in
            var one = try await connection.listen("news").makeAsyncIterator()
            var two = try await connection.listen("news").makeAsyncIterator()
            _ = try await connection.query("test.notify", "SELECT pg_notify('news', 'a')")
            #expect(await one.next()?.payload == "a")
            #expect(await two.next()?.payload == "a")
        }
    }

    @Test func `the stream ends with the loan, and the connection no longer listens`() async throws {
        var configuration = TestDatabase.running.configuration
        configuration.maximumConnections = 1
        let pool = Pool(configuration, logger: TestCluster.logger)
        let heard = try await pool.withConnection { try await $0.listen("news") }
        for await _ in heard { Issue.record("nothing was said") }
        #expect(try await pool.query("test.channels", "SELECT pg_listening_channels()").isEmpty)
        await pool.close()
    }

    @Test func `the stream ends when the connection is lost`() async throws {
        let pool = TestDatabase.pool
        try await pool.withConnection { connection in
            let process: Int32 = try await connection.one("test.who", "SELECT pg_backend_pid() AS p")!.get("p")
            let heard = try await connection.listen("news")
            try await pool.execute("test.kill", "SELECT pg_terminate_backend(\(process))")
            for await _ in heard { Issue.record("nothing was said") }
        }
    }
}
