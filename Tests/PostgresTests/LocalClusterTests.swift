import Foundation
import TestSupport
import Testing

@testable import Postgres

/// Each test starts a server of its own, so they take turns.
@Suite(.serialized) struct LocalClusterTests {
    private func withFolder(_ name: String = "", _ body: (String) async throws -> Void) async throws {
        let folder = "/tmp/tilleul-cluster-\(UUID().uuidString.prefix(8))" + name
        do {
            try await body(folder + "/postgres")
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func start(_ folder: String, fsync: Bool = false) async throws -> LocalCluster {
        try await LocalCluster.start(
            dataDirectory: folder, options: .init(fsync: fsync, diesWithProcess: true), logger: TestCluster.logger)
    }

    private func pool(_ cluster: LocalCluster) -> Pool {
        Pool(.init(url: cluster.url, acquireTimeout: .seconds(60)), logger: TestCluster.logger)
    }

    @Test func `a cluster is made, keeps its data over a restart, and is joined by others meanwhile`() async throws {
        try await withFolder { folder in
            let first = try await start(folder)
            #expect(!first.wasRunning)
            let pool = pool(first)
            let row = try await pool.one(
                "test.facts",
                """
                SELECT current_setting('server_encoding') AS encoding, current_setting('listen_addresses') AS addresses,
                    lower('ÉTÉ') AS lower, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS super
                """)!
            #expect(try row.get("encoding", as: String.self) == "UTF8")
            #expect(try row.get("addresses", as: String.self) == "")
            #expect(try row.get("lower", as: String.self) == "été")
            #expect(try row.get("super", as: Bool.self) == false)
            try await pool.execute("test.create", "CREATE TABLE kept (n int)")

            let second = try await start(folder)
            #expect(second.wasRunning)
            await first.stop()
            // The other one still uses it.
            #expect(second.process != nil)
            try await stillWorks(pool)
            await pool.close()
            await second.stop()
            #expect(second.process == nil)

            let third = try await start(folder)
            #expect(!third.wasRunning)
            let again = self.pool(third)
            try await isEmpty("kept", again)
            await again.close()
            await third.stop()
        }
    }

    @Test func `a killed server is started again at once, and the pool finds it`() async throws {
        try await withFolder { folder in
            let cluster = try await start(folder, fsync: true)
            let pool = pool(cluster)
            try await pool.execute("test.create", "CREATE TABLE kept (n int)")
            for signal in [SIGKILL, SIGKILL, SIGQUIT] {
                kill(try #require(cluster.process), signal)
                let other = try await start(folder, fsync: true)
                try await isEmpty("kept", pool)
                #expect(other.directory == cluster.directory)
            }
            await pool.close()
            await cluster.stop()
        }
    }

    @Test func `a statement under way when the server dies is an error, and the next one works`() async throws {
        try await withFolder { folder in
            let cluster = try await start(folder)
            let pool = pool(cluster)
            let sleeper = Task { try await pool.query("test.sleep", "SELECT pg_sleep(60)") }
            let open = Task {
                try await pool.transaction("test.open") { transaction in
                    try await transaction.execute("test.create", "CREATE TABLE lost (n int)")
                    _ = try await transaction.query("test.sleep", "SELECT pg_sleep(60)")
                }
            }
            try await untilRunning("pg_sleep(60)", count: 2, pool)
            kill(try #require(cluster.process), SIGINT)
            for task in [
                Task { try await sleeper.value.count },
                Task {
                    try await open.value; return 0
                },
            ] {
                let error = await #expect(throws: PostgresError.self) { try await task.value }
                #expect(error?.kind == .connection)
            }
            _ = try await start(folder)
            let row = try await pool.one("test.lost", "SELECT to_regclass('lost') IS NULL AS gone")!
            #expect(try row.get("gone", as: Bool.self))
            await pool.close()
            await cluster.stop()
        }
    }

    @Test func `a long path and odd characters are no trouble`() async throws {
        try await withFolder("/" + String(repeating: "é l%", count: 30)) { folder in
            let cluster = try await start(folder)
            let pool = pool(cluster)
            try await stillWorks(pool)
            await pool.close()
            await cluster.stop()
        }
    }

    @Test func `processes that start at once share one server`() async throws {
        try await withFolder { folder in
            let clusters = try await withThrowingTaskGroup(of: LocalCluster.self) { group in
                for _ in 0..<4 { group.addTask { try await start(folder) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(clusters.filter { !$0.wasRunning }.count == 1)
            for cluster in clusters { await cluster.stop() }
            #expect(clusters[0].process == nil)
        }
    }
}
