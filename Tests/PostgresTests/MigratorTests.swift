import Foundation
import TestSupport
import Testing

@testable import Postgres

@Suite(.emptyDatabase) struct MigratorTests {
    /// A folder of migrations, removed at the end.
    final class Folder: Sendable {
        let path = NSTemporaryDirectory() + "/migrations-\(UUID())"

        init(_ files: KeyValuePairs<String, String>) throws {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            for (name, text) in files { try write(name, text) }
        }

        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
        }

        func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private let pool = TestDatabase.pool
    private let good: KeyValuePairs = [
        "0001_streets.sql": "CREATE TABLE street (name text); INSERT INTO street VALUES ('rue des Tilleuls');",
        "0002_houses.sql": "CREATE TABLE house (number int);\n-- $1 and ; in a comment\n",
    ]

    private func problem(_ body: () async throws -> Void) async -> Migrator.Problem? {
        await #expect(throws: Migrator.Problem.self) { try await body() }
    }

    @Test func `files run once, in order, and are written down`() async throws {
        let folder = try Folder(good)
        let migrator = Migrator(directory: folder.path)
        #expect(try await migrator.migrate(pool) == ["0001_streets.sql", "0002_houses.sql"])
        #expect(try await migrator.migrate(pool) == [])
        try await migrator.check(pool)
        try folder.write("0003_more.sql", "ALTER TABLE house ADD COLUMN storey int")
        let outOfDate = await problem { try await migrator.check(pool) }
        #expect(
            outOfDate?.description
                == "The schema of the database is out of date; these migrations have not run: 0003_more.sql.")
        #expect(try await migrator.migrate(pool) == ["0003_more.sql"])
        let row = try await pool.one(
            "test.sum", "SELECT checksum FROM schema_migration WHERE version = 3")
        let known = "c7d4f5a00f4cf415e4e7c618817009be14e70e39c32056fdccaf3a205d0e8cbd"
        #expect(try row!.get("checksum", as: String.self) == known)
    }

    @Test func `an empty database is out of date`() async throws {
        let folder = try Folder(good)
        let problem = await problem { try await Migrator(directory: folder.path).check(pool) }
        #expect(problem == .outOfDate(["0001_streets.sql", "0002_houses.sql"]))
    }

    @Test func `an edited file is refused, by the check and by the next migration`() async throws {
        let folder = try Folder(good)
        let migrator = Migrator(directory: folder.path)
        try await migrator.migrate(pool)
        try folder.write("0001_streets.sql", "CREATE TABLE street (name varchar);")
        #expect(await problem { try await migrator.check(pool) } == .edited(["0001_streets.sql"]))
        #expect(await problem { try await migrator.migrate(pool) } == .edited(["0001_streets.sql"]))
    }

    @Test func `a database of a newer version is refused`() async throws {
        let folder = try Folder(good)
        let migrator = Migrator(directory: folder.path)
        try await migrator.migrate(pool)
        try folder.remove("0002_houses.sql")
        #expect(await problem { try await migrator.check(pool) } == .newer(["0002_houses.sql"]))
        #expect(await problem { try await migrator.migrate(pool) } == .newer(["0002_houses.sql"]))
    }

    @Test func `a file that comes too late is refused`() async throws {
        let folder = try Folder(["0002_houses.sql": "CREATE TABLE house (number int)"])
        let migrator = Migrator(directory: folder.path)
        try await migrator.migrate(pool)
        try folder.write("0001_streets.sql", "CREATE TABLE street (name text)")
        #expect(
            await problem { try await migrator.migrate(pool) } == .late("0001_streets.sql", after: "0002_houses.sql"))
    }

    @Test func `a file that fails leaves nothing of itself and all that came before`() async throws {
        let folder = try Folder(good)
        try folder.write("0003_bad.sql", "CREATE TABLE half (n int); SELECT 1 / 0;")
        let migrator = Migrator(directory: folder.path)
        guard case .failed("0003_bad.sql", let error) = await problem({ try await migrator.migrate(pool) }) else {
            Issue.record("another problem was expected")
            return
        }
        #expect(error.sqlState == "22012")
        let row = try await pool.one(
            "test.state",
            """
            SELECT to_regclass('half') IS NULL AS gone, (SELECT count(*) FROM schema_migration) AS count,
                (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS locks
            """)!
        #expect(try row.get("gone", as: Bool.self))
        #expect(try row.get("count", as: Int.self) == 2)
        #expect(try row.get("locks", as: Int.self) == 0)
        try folder.write("0003_bad.sql", "CREATE TABLE half (n int)")
        #expect(try await migrator.migrate(pool) == ["0003_bad.sql"])
    }

    @Test func `processes that migrate at once do the work once`() async throws {
        let folder = try Folder([
            "0001_slow.sql": "CREATE TABLE street (name text); SELECT pg_sleep(0.1)",
            "0002_fast.sql": "CREATE TABLE house (number int)",
        ])
        let applied = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<6 {
                let configuration = TestDatabase.running.configuration
                group.addTask {
                    let pool = Pool(configuration, logger: TestCluster.logger)
                    let applied = try await Migrator(directory: folder.path).migrate(pool)
                    await pool.close()
                    return applied
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied == ["0001_slow.sql", "0002_fast.sql"])
    }

    @Test(arguments: [
        ["1_short.sql": ""], ["0001.sql": ""], ["0001_a.sql": "", "0001_b.sql": ""], ["0001_.sql": ""],
        ["notes.sql": ""], [:],
    ])
    func `a folder that is not in order is refused`(files: [String: String]) async throws {
        let folder = try Folder([:])
        for (name, text) in files { try folder.write(name, text) }
        _ = await problem { try await Migrator(directory: folder.path).migrate(pool) }
    }

    @Test func `the project's own migrations are in order`() async throws {
        let migrator = Migrator(directory: TestCluster.repository + "/Migrations")
        try await migrator.migrate(pool)
        try await migrator.check(pool)
    }
}
