internal import FoundationEssentials
internal import Glibc
public import Logging
public import Postgres
internal import Synchronization

/// The one PostgreSQL server of a test process: private, forgetful, and gone with the process however it ends.
public struct TestCluster: Sendable {
    /// The server itself.
    public let cluster: LocalCluster
    /// Connections to the database that is nobody's, from which others are made.
    let maintenance: Pool

    private static let starting = Task { try await TestCluster() }

    /// The server of this process, started by the first test that needs it.
    public static var shared: TestCluster {
        get async throws { try await starting.value }
    }

    /// The logger of the tests: it says nothing that does not matter.
    public static let logger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    /// The folder of the repository.
    public static let repository: String = {
        let file = #filePath
        return file.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
    }()

    /// The name of the database that holds the migrated schema, made by the first test that needs it.
    static var template: String {
        get async throws { try await migrating.value }
    }

    private static let migrating = Task {
        let cluster = try await shared
        let name = "migrated_template"
        try await cluster.maintenance.execute("test.template", "CREATE DATABASE \(sql: .identifier(name))")
        let pool = Pool(.init(url: cluster.cluster.url, database: name), logger: logger)
        try await Migrator(directory: repository + "/Migrations").migrate(pool)
        await pool.close()
        return name
    }

    private init() async throws {
        let directory = "/tmp/tilleul-test-\(getpid())"
        Self.sweep()
        try? FileManager.default.removeItem(atPath: directory)
        cluster = try await LocalCluster.start(
            dataDirectory: directory,
            options: .init(fsync: false, diesWithProcess: true, maximumConnections: 200), logger: Self.logger)
        Remains.cluster.withLock { [cluster] in $0 = cluster }
        atexit {
            guard let cluster = Remains.cluster.withLock({ $0 }) else { return }
            cluster.stopNow()
            try? FileManager.default.removeItem(atPath: cluster.directory)
        }
        maintenance = Pool(
            .init(url: cluster.url, maximumConnections: 4, acquireTimeout: .seconds(60)), logger: Self.logger)
    }

    /// Removes what test processes that were killed have left behind.
    private static func sweep() {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? [] {
            guard name.hasPrefix("tilleul-test-"), let process = pid_t(name.dropFirst(13)) else { continue }
            if kill(process, 0) != 0, errno == ESRCH {
                try? FileManager.default.removeItem(atPath: "/tmp/" + name)
            }
        }
    }
}

/// What has to be tidied up when the process ends.
private enum Remains {
    static let cluster = Mutex<LocalCluster?>(nil)
}
