internal import CLibPQ
internal import FoundationEssentials
internal import Glibc
internal import Logging
internal import Synchronization

/// Where a private cluster lies, who runs it and with which programs. Everything here blocks.
struct ClusterPlace: Sendable {
    typealias Problem = LocalCluster.Problem

    /// The folder of the cluster, absolute and without symbolic links.
    let directory: String
    /// PostgreSQL's own folder.
    var data: String { directory + "/data" }
    /// The folder of the socket.
    let socketDirectory: String
    /// Who runs the server.
    private let owner: Account
    /// The folder of the programs `postgres` and `initdb`.
    private let programs: String

    private struct Account {
        let name: String
        let user: uid_t
        let group: gid_t
    }

    /// The port is only a part of the socket's name.
    private static let port = "5432"
    /// What `sockaddr_un` leaves for a path.
    private static let longestSocketPath = 107

    // MARK: - Preparing

    /// Finds or makes the folder, and settles who will run the server.
    init(preparing path: String) throws {
        let path = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        owner = try Self.owner(ofCluster: path)
        directory = try Self.makeDirectory(path, owner: owner)
        programs = try Self.findPrograms(data: directory + "/data")
        socketDirectory = try Self.makeSocketDirectory(directory, owner: owner)
    }

    /// Whoever owns an existing cluster runs it; a new one belongs to us or, when we are root, to `postgres` or
    /// `nobody`.
    private static func owner(ofCluster path: String) throws -> Account {
        var status = stat()
        if stat(path + "/data", &status) == 0 {
            guard status.st_uid != 0 else {
                throw Problem(description: "The database in \(path) belongs to root, whom PostgreSQL refuses.")
            }
            guard geteuid() == 0 || geteuid() == status.st_uid else {
                throw Problem(description: "The database in \(path) belongs to another user.")
            }
            return Account(name: name(of: status.st_uid), user: status.st_uid, group: status.st_gid)
        }
        guard geteuid() == 0 else { return Account(name: name(of: geteuid()), user: geteuid(), group: getegid()) }
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) {
                return Account(name: name, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
            }
        }
        throw Problem(description: "PostgreSQL refuses to run as root, and there is no user postgres or nobody.")
    }

    private static func name(of user: uid_t) -> String {
        getpwuid(user).map { String(cString: $0.pointee.pw_name) } ?? String(user)
    }

    /// Makes the folder. Below a folder that the owner may not enter, such as `/root`, it becomes a symbolic link to one
    /// in `/var/lib/tilleul`.
    private static func makeDirectory(_ path: String, owner: Account) throws -> String {
        let parent = path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
        do {
            if !FileManager.default.fileExists(atPath: path) {
                try FileManager.default.createDirectory(
                    atPath: parent.isEmpty ? "/" : parent, withIntermediateDirectories: true)
                if canEnter(parent, owner) {
                    // Another process may be making it at this moment, which is as good.
                    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                } else {
                    let elsewhere = "/var/lib/tilleul/" + fingerprint(path)
                    try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
                    // A link whose target was deleted is still in the way.
                    unlink(path)
                    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: elsewhere)
                }
            }
        } catch {
            throw Problem(description: "The folder \(path) cannot be made.")
        }
        guard let resolved = realpath(path, nil) else {
            throw Problem(description: "The folder \(path) cannot be read.")
        }
        defer { free(resolved) }
        let directory = String(cString: resolved)
        guard canEnter(directory, owner, exceptLast: true) else {
            throw Problem(
                description: "The user \(owner.name), who is to run the database, may not enter \(directory).")
        }
        if geteuid() == 0 { chown(directory, owner.user, owner.group) }
        chmod(directory, 0o700)
        return directory
    }

    /// Whether a user may pass through every folder of a path.
    private static func canEnter(_ path: String, _ owner: Account, exceptLast: Bool = false) -> Bool {
        guard geteuid() == 0 else { return true }
        var folder = ""
        let names = path.split(separator: "/")
        for name in exceptLast ? names.dropLast() : names[...] {
            folder += "/" + name
            var status = stat()
            guard stat(folder, &status) == 0 else { return false }
            let bit: mode_t = status.st_uid == owner.user ? 0o100 : status.st_gid == owner.group ? 0o010 : 0o001
            if status.st_mode & bit == 0 { return false }
        }
        return true
    }

    /// The socket lies in the cluster's folder unless its path would be too long for a socket.
    private static func makeSocketDirectory(_ directory: String, owner: Account) throws -> String {
        var path = directory + "/run"
        if (path + "/.s.PGSQL." + port).utf8.count > longestSocketPath {
            path = "/tmp/tilleul-" + fingerprint(directory)
        }
        mkdir(path, 0o700)
        if geteuid() == 0 { lchown(path, owner.user, owner.group) }
        // Anybody can make folders in /tmp: one that is not ours alone is not used.
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == owner.user,
            status.st_mode & 0o077 == 0
        else {
            throw Problem(description: "The folder \(path), for the database's socket, is not ours alone.")
        }
        return path
    }

    /// Sixteen hexadecimal digits that stand for a path (FNV-1a).
    private static func fingerprint(_ text: String) -> String {
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Finds the programs: those of the version that made the cluster, else the newest.
    private static func findPrograms(data: String) throws -> String {
        let made = try? String(contentsOfFile: data + "/PG_VERSION", encoding: .utf8)
        let version = made?.split(whereSeparator: \.isWhitespace).first.map(String.init)
        let debian = "/usr/lib/postgresql"
        let installed = ((try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? [])
            .filter { version == nil || $0 == version }
            .sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }
            .map { "\(debian)/\($0)/bin" }
        let searched = (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":").map(String.init)
        for folder in installed + searched
        where access(folder + "/postgres", X_OK) == 0 && access(folder + "/initdb", X_OK) == 0 {
            return folder
        }
        throw Problem(
            description: version.map { "The database was made by PostgreSQL \($0), which is not installed." }
                ?? "PostgreSQL is not installed (Debian: postgresql-15).")
    }

    // MARK: - Creating

    /// Runs `initdb` once; a folder that it did not finish is thrown away.
    func initialise(syncing: Bool, logger: Logger) throws {
        guard !FileManager.default.fileExists(atPath: data + "/PG_VERSION") else { return }
        logger.debug("Making a private database.", metadata: ["directory": "\(directory)"])
        let unfinished = directory + "/data.unfinished"
        try? FileManager.default.removeItem(atPath: unfinished)
        var arguments = [
            programs + "/initdb", "--pgdata", unfinished, "--username", "postgres", "--auth", "trust", "--encoding",
            "UTF8", "--locale", "C.UTF-8", "--locale-provider", "icu", "--icu-locale", "und", "--data-checksums",
        ]
        if !syncing { arguments.append("--no-sync") }
        guard try spawn(arguments).wait() == 0 else {
            throw Problem(description: "The database could not be made.\n\(lastWords())")
        }
        guard rename(unfinished, data) == 0 else {
            throw Problem(description: "The folder \(data) cannot be made.")
        }
    }

    /// Makes the role and the database, if they are not there.
    func createDatabase(_ name: String) throws {
        let server = try connect(database: "postgres", patience: .seconds(60))
        defer { PQfinish(server) }
        try run(
            server,
            """
            DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '\(name)') THEN
                    CREATE ROLE \(name) LOGIN CREATEDB;
                END IF;
            END $$
            """)
        let found = PQexec(server, "SELECT FROM pg_database WHERE datname = '\(name)'")
        defer { PQclear(found) }
        guard PQntuples(found) == 0 else { return }
        try run(server, "CREATE DATABASE \(name) OWNER \(name) TEMPLATE template0 ENCODING 'UTF8'")
    }

    private func run(_ server: OpaquePointer, _ statement: String) throws {
        let result = PQexec(server, statement)
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK else {
            let reason = String(cString: PQerrorMessage(server))
            throw Problem(description: "The database could not be made ready. \(reason)")
        }
    }

    private func connect(database: String, patience: Duration) throws -> OpaquePointer {
        let address = try Address(Pool.Configuration(url: url(role: "postgres", database: database)))
        let deadline = ContinuousClock.now + patience
        while true {
            do throws(Address.Failure) {
                return try address.connect()
            } catch {
                guard error.mayPass, ContinuousClock.now < deadline else {
                    throw Problem(description: error.error.message)
                }
                usleep(20_000)
            }
        }
    }

    /// The address of a database of this cluster.
    func url(role: String, database: String) -> String {
        var host = ""
        for byte in socketDirectory.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                host.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                host += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return "postgresql://\(role)@/\(database)?host=\(host)&port=\(Self.port)"
    }

    // MARK: - Running

    /// The server's main process, if it runs: the process that the lock file names and that works in this folder.
    func runningProcess() -> Int32? {
        guard let file = try? String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8),
            let line = file.split(separator: "\n", omittingEmptySubsequences: false).first, let process = Int32(line),
            let folder = realpath("/proc/\(process)/cwd", nil)
        else { return nil }
        defer { free(folder) }
        return String(cString: folder) == data ? process : nil
    }

    /// True when a server runs here and accepts connections, after it was given time to start; false when none runs,
    /// after one that was stopping was given time to do so.
    func waitForRunningServer() throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(60)
        while runningProcess() != nil {
            if let server = try? connect(database: "postgres", patience: .zero) {
                PQfinish(server)
                return true
            }
            guard ContinuousClock.now < deadline else {
                throw Problem(description: "The database in \(directory) runs but does not answer.\n\(lastWords())")
            }
            usleep(50_000)
        }
        return false
    }

    /// Starts the server and waits until it accepts connections. After a crash its predecessor's lock file and memory
    /// may be in the way for a moment: it is tried again for a while.
    func startServer(_ options: LocalCluster.Options) throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            let server = try spawn(
                [programs + "/postgres", "-D", data] + settings(options),
                dyingWithParent: options.diesWithProcess)
            while server.isRunning {
                if let connection = try? connect(database: "postgres", patience: .zero) {
                    PQfinish(connection)
                    return
                }
                guard ContinuousClock.now < deadline else {
                    kill(server.process, SIGQUIT)
                    throw Problem(description: "The database does not start.\n\(lastWords())")
                }
                usleep(20_000)
            }
            guard ContinuousClock.now < deadline, isWorthAnotherStart() else {
                throw Problem(description: "The database does not start.\n\(lastWords())")
            }
            usleep(200_000)
        }
    }

    private func isWorthAnotherStart() -> Bool {
        let words = lastWords()
        return ["lock file", "shared memory", "is already running"].contains { words.contains($0) }
    }

    private func settings(_ options: LocalCluster.Options) -> [String] {
        var settings = [
            "listen_addresses=", "unix_socket_directories=\(socketDirectory)", "unix_socket_permissions=0700",
            "port=\(Self.port)", "max_connections=\(options.maximumConnections)", "shared_buffers=128MB",
            "jit=off", "timezone=UTC", "log_timezone=UTC", "lc_messages=C", "datestyle=ISO",
            // The log is read by people: no statement, no parameter and no detail may get there.
            "log_min_error_statement=panic", "log_error_verbosity=terse", "log_parameter_max_length=0",
            "log_parameter_max_length_on_error=0", "log_checkpoints=off", "logging_collector=off",
        ]
        if !options.fsync {
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=4GB"]
        }
        return settings.flatMap { ["-c", $0] }
    }

    /// Asks the server to stop, undoing what is still going on, and waits for it.
    func stopServer() {
        guard let process = runningProcess() else { return }
        // SIGINT is a fast shutdown. A server that has not obeyed in half a minute is stopped without a checkpoint.
        for (signal, patience) in [(SIGINT, 30), (SIGQUIT, 10), (SIGKILL, 5)] {
            kill(process, signal)
            let deadline = ContinuousClock.now + .seconds(patience)
            while ContinuousClock.now < deadline {
                if runningProcess() != process { return }
                usleep(10_000)
            }
        }
    }

    /// The end of what the server, or `initdb`, had to say.
    private func lastWords() -> String {
        let text = (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(5).joined(separator: "\n")
    }

    // MARK: - Processes

    /// Starts a program as the cluster's owner, with its output in `log`.
    private func spawn(_ arguments: [String], dyingWithParent: Bool = false) throws -> Child {
        var command: [String] = []
        if geteuid() == 0 || dyingWithParent {
            command.append("setpriv")
            if geteuid() == 0 {
                command += ["--reuid", String(owner.user), "--regid", String(owner.group), "--clear-groups"]
            }
            // An immediate shutdown: nobody is left who could wait for a better one.
            if dyingWithParent { command += ["--pdeathsig", "QUIT"] }
        }
        return try Child(command + arguments, log: directory + "/log", folder: directory)
    }
}

/// A program that we started.
private final class Child: Sendable {
    private enum State {
        case starting
        case failed
        case running(Int32)
        /// The exit status, or -1 when a signal ended it.
        case ended(Int32)
    }

    private let state = Mutex(State.starting)

    /// Starts a program in a folder, with its output appended to a log; it gets none of our descriptors but that.
    init(_ command: [String], log: String, folder: String) throws {
        // The thread that starts it lives as long as the program: the signal at a parent's death, which the kernel was
        // asked for, is about the death of that thread, not of the process.
        Threads.start("cluster-child") { [self] in live(command, log, folder) }
        while case .starting = state.withLock({ $0 }) { usleep(500) }
        if case .failed = state.withLock({ $0 }) {
            throw LocalCluster.Problem(description: "The program \(command[0]) cannot be started.")
        }
    }

    /// The process number; 0 once it has ended.
    var process: Int32 {
        if case .running(let process) = state.withLock({ $0 }) { process } else { 0 }
    }

    var isRunning: Bool { process != 0 }

    /// Waits for the end and returns the exit status, or -1 when a signal ended it.
    func wait() -> Int32 {
        while true {
            if case .ended(let status) = state.withLock({ $0 }) { return status }
            usleep(5_000)
        }
    }

    private func live(_ command: [String], _ log: String, _ folder: String) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawn_file_actions_addchdir_np(&actions, folder)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A process group of its own, so that Ctrl-C in a terminal reaches us and not the server beneath us; and none of
        // the signals that this thread blocks.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        let arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process: pid_t = 0
        guard posix_spawnp(&process, command[0], &actions, &attributes, arguments, environ) == 0 else {
            return state.withLock { $0 = .failed }
        }
        state.withLock { [process] in $0 = .running(process) }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let exit = status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
        state.withLock { $0 = .ended(exit) }
    }
}
