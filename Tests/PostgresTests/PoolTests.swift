import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Postgres

@Suite(.emptyDatabase) struct PoolTests {
    private func pool(_ change: (inout Pool.Configuration) -> Void) -> Pool {
        var configuration = TestDatabase.running.configuration
        change(&configuration)
        return Pool(configuration, logger: TestCluster.logger)
    }

    @Test func `there are never more connections than allowed, and all callers are served`() async throws {
        let pool = pool { $0.maximumConnections = 3 }
        let three = try await processes(3, of: pool)
        #expect(three.count == 3)
        let served = try await withThrowingTaskGroup(of: Int32.self) { group in
            for _ in 0..<60 {
                group.addTask {
                    try await pool.one("test.who", "SELECT pg_backend_pid() AS process, pg_sleep(0.005)")!.get(
                        "process")
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(served.isSubset(of: three))
        await pool.close()
    }

    @Test func `a caller who waits too long is told so`() async throws {
        let pool = pool {
            $0.maximumConnections = 1
            $0.acquireTimeout = .milliseconds(100)
        }
        try await pool.withConnection { _ in
            let error = await #expect(throws: PostgresError.self) { try await pool.query("test.late", "SELECT 1") }
            #expect(error?.kind == .pool)
            #expect(error?.description.hasPrefix("test.late: no connection came free within 0.1 seconds") == true)
        }
        try await stillWorks(pool)
        await pool.close()
    }

    @Test func `one caller too many is refused at once`() async throws {
        let pool = pool {
            $0.maximumConnections = 1
            $0.maximumWaiters = 2
        }
        try await pool.withConnection { connection in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<5 {
                    group.addTask {
                        do {
                            return try await pool.query("test.crowd", "SELECT 1").count
                        } catch let error as PostgresError where error.kind == .pool {
                            return 0
                        }
                    }
                }
                // The three refused come back while the connection is still lent.
                for _ in 0..<3 {
                    let rows = try await group.next()
                    #expect(rows == 0)
                }
                group.cancelAll()
                while let result = await group.nextResult() {
                    #expect(throws: CancellationError.self) { try result.get() }
                }
            }
        }
        try await stillWorks(pool)
        await pool.close()
    }

    @Test func `the connection used last is used first`() async throws {
        let pool = pool { $0.maximumConnections = 4 }
        // Four at once, then one after the other.
        #expect(try await processes(4, of: pool).count == 4)
        var used: Set<Int32> = []
        for _ in 0..<10 {
            used.insert(try await pool.one("test.who", "SELECT pg_backend_pid() AS process")!.get("process"))
        }
        #expect(used.count == 1)
        await pool.close()
    }

    @Test func `a connection that was left in a transaction is cleaned before the next user`() async throws {
        let pool = pool { $0.maximumConnections = 1 }
        try await pool.withConnection { connection in
            try await connection.script("test.begin", "BEGIN; CREATE TABLE half_done (n int)")
        }
        let row = try await pool.one("test.exists", "SELECT to_regclass('half_done') IS NULL AS gone")
        #expect(try row!.get("gone", as: Bool.self))
        await pool.close()
    }

    @Test func `a connection is of no use after its loan`() async throws {
        let kept = try await TestDatabase.pool.withConnection { $0 }
        let error = await #expect(throws: PostgresError.self) { try await kept.query("test.stray", "SELECT 1") }
        #expect(error?.kind == .usage)
    }

    @Test func `statements asked for at once on one connection run one after the other`() async throws {
        try await TestDatabase.pool.withConnection { connection in
            let sum = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 1...100 {
                    group.addTask { try await connection.one("test.n", "SELECT \(number) AS n")!.get("n") }
                }
                return try await group.reduce(0, +)
            }
            #expect(sum == 5050)
        }
    }

    @Test func `old and idle connections are replaced`() async throws {
        let pool = pool {
            $0.maximumLife = .milliseconds(20)
            $0.idleLife = .milliseconds(40)
        }
        let first: Int32 = try await pool.one("test.who", "SELECT pg_backend_pid() AS p, pg_sleep(0.03)")!.get("p")
        let second: Int32 = try await pool.one("test.who", "SELECT pg_backend_pid() AS p")!.get("p")
        #expect(first != second)
        try await until("both connections are closed") {
            try await TestDatabase.pool.query(
                "test.left", "SELECT 1 FROM pg_stat_activity WHERE pid IN (\(first), \(second))"
            ).isEmpty
        }
        await pool.close()
    }

    @Test func `an unknown database is refused with the reason, not after the time-out`() async throws {
        let pool = pool { $0.database = "nowhere" }
        let error = await #expect(throws: PostgresError.self) { try await pool.query("test.any", "SELECT 1") }
        // A caller whose time is out is told of the wait, with no state.
        #expect(error?.sqlState == "3D000")
        #expect(error?.kind == .connection)
        await pool.close()
    }

    @Test func `an absent server is waited for as long as a caller may wait`() async throws {
        let pool = pool {
            $0.url = "postgresql://someone:hidden@/x?host=/nowhere"
            $0.acquireTimeout = .milliseconds(200)
        }
        // A first caller's time may be out before the first attempt has failed.
        try await until("the reason is told") {
            let error = await #expect(throws: PostgresError.self) { try await pool.query("test.any", "SELECT 1") }
            #expect(error?.description.contains("hidden") == false)
            return error?.kind == .connection && error?.sqlState == "08001"
        }
        await pool.close()
    }

    @Test func `an unreadable address says nothing of itself`() async throws {
        let pool = pool { $0.url = "postgresql://someone:hid%zzden@host/x" }
        let error = await #expect(throws: PostgresError.self) { try await pool.query("test.any", "SELECT 1") }
        #expect(error?.description.contains("den") == false)
        await pool.close()
    }

    @Test func `as a service it closes after a graceful shutdown, when lent connections are back`() async throws {
        let pool = pool { $0.maximumConnections = 2 }
        let group = ServiceGroup(services: [pool], logger: TestCluster.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await pool.withConnection { connection in
                _ = try await connection.query("test.before", "SELECT 1")
                await group.triggerGracefulShutdown()
                // The loan goes on; new ones are refused.
                while true {
                    do {
                        _ = try await pool.query("test.new", "SELECT 1")
                    } catch {
                        #expect((error as? PostgresError)?.kind == .pool)
                        break
                    }
                }
                try await stillWorks(connection)
            }
            try await tasks.waitForAll()
        }
    }
}
