internal import FoundationEssentials
internal import Glibc
public import Logging
public import ServiceLifecycle
internal import Synchronization

/// A private PostgreSQL server in a folder of ours, reached by a Unix socket and by nothing else.
///
/// Several processes may use one cluster: the first starts it, the others find it running, and the last to leave stops
/// it. Run as root, the server runs as an unprivileged user, as PostgreSQL wants it.
///
/// The folder holds `data` (PostgreSQL's own), `run` (the socket), `log` (what the server says) and two lock files.
public final class LocalCluster: Service {
    /// What a cluster is for.
    public struct Options: Sendable {
        /// False gives up durability for speed: for tests alone.
        public var fsync: Bool
        /// The server is stopped when this process dies, however it dies.
        public var diesWithProcess: Bool
        /// How many connections the server accepts.
        public var maximumConnections: Int

        /// Options; without any, those of a server that is to keep its data.
        public init(fsync: Bool = true, diesWithProcess: Bool = false, maximumConnections: Int = 100) {
            self.fsync = fsync
            self.diesWithProcess = diesWithProcess
            self.maximumConnections = maximumConnections
        }
    }

    /// Why a cluster cannot be had, in a sentence for whoever started the program.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        /// The sentence.
        public let description: String
    }

    /// The database that a cluster is born with, and the role that owns it.
    public static let database = "tilleul"

    /// `postgresql://…` of that database.
    public let url: String
    /// The folder of the cluster, after symbolic links.
    public let directory: String
    /// True when the cluster was running already.
    public let wasRunning: Bool

    private let place: ClusterPlace
    private let options: Options
    private let logger: Logger
    /// Held, shared, as long as this process uses the cluster.
    private let users: FileLock
    private let isStopped = Atomic(false)

    private init(place: ClusterPlace, options: Options, users: FileLock, wasRunning: Bool, logger: Logger) {
        self.place = place
        self.options = options
        self.logger = logger
        self.users = users
        self.wasRunning = wasRunning
        directory = place.directory
        url = place.url(role: Self.database, database: Self.database)
    }

    /// Starts the cluster of a folder, creating it if need be, or joins it when it runs already; returns when it accepts
    /// connections.
    public static func start(
        dataDirectory: String, options: Options = Options(), logger: Logger
    ) async throws -> LocalCluster {
        try await Threads.run("cluster-start") {
            try start(dataDirectory, options, logger)
        }
    }

    /// Stops the cluster unless another process still uses it; returns when it is down.
    ///
    /// Connections of this process should be closed before: what they are doing is undone.
    public func stop() async {
        _ = try? await Threads.run("cluster-stop") { self.stopNow() }
    }

    /// The same, on the calling thread: for the end of a process.
    public func stopNow() {
        guard isStopped.exchange(true, ordering: .relaxed) == false else { return }
        if users.becomeExclusive() { place.stopServer() }
        users.release()
    }

    /// The number of the server's main process, while it runs.
    public var process: Int32? {
        place.runningProcess()
    }

    // MARK: - Keeping

    /// Starts the server again whenever it has died, until the service stops: a private database has nobody else to
    /// look after it. Connections that were lost are for the pool to open again.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if self.place.runningProcess() == nil {
                        try await Threads.run("cluster-revive") { try self.revive() }
                    }
                } catch {
                    self.logger.error("The private database does not start again", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func revive() throws {
        let starting = try FileLock(path: place.directory + "/start.lock", exclusive: true)
        defer { starting.release() }
        // Another process that uses the cluster may have been quicker.
        guard try !place.waitForRunningServer() else { return }
        logger.error("The private database has died and is started again", metadata: ["directory": "\(directory)"])
        try place.startServer(options)
    }

    // MARK: - Starting

    private static func start(_ path: String, _ options: Options, _ logger: Logger) throws -> LocalCluster {
        let place = try ClusterPlace(preparing: path)
        let starting = try FileLock(path: place.directory + "/start.lock", exclusive: true)
        defer { starting.release() }
        let users = try FileLock(path: place.directory + "/users.lock", exclusive: false)
        do {
            try place.initialise(syncing: options.fsync, logger: logger)
            let wasRunning = try place.waitForRunningServer()
            if !wasRunning { try place.startServer(options) }
            try place.createDatabase(database)
            logger.debug(
                wasRunning ? "Joined the running database." : "Started the private database.",
                metadata: ["directory": "\(place.directory)"])
            return LocalCluster(
                place: place, options: options, users: users, wasRunning: wasRunning, logger: logger)
        } catch {
            users.release()
            throw error
        }
    }
}

/// A lock between processes, on a file; it goes with the process that holds it.
final class FileLock: Sendable {
    private let file: Int32

    /// Waits for the lock for a minute.
    init(path: String, exclusive: Bool) throws {
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw LocalCluster.Problem(description: "The file \(path) cannot be written.") }
        let deadline = ContinuousClock.now + .seconds(60)
        while flock(file, (exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0 {
            guard ContinuousClock.now < deadline else {
                Glibc.close(file)
                throw LocalCluster.Problem(description: "Another process has held \(path) for a minute.")
            }
            usleep(50_000)
        }
    }

    /// True when nobody else held a shared lock.
    func becomeExclusive() -> Bool {
        flock(file, LOCK_EX | LOCK_NB) == 0
    }

    func release() {
        Glibc.close(file)
    }
}
