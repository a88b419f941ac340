internal import FoundationEssentials

/// Brings a database to the schema that a folder of numbered SQL files describes, and tells whether it is there.
///
/// The files are called `0001_residents.sql`, `0002_…`; each runs once, in a transaction of its own, in the order of
/// the numbers. What has run is written down in the table `schema_migration` with the SHA-256 of the file, so that an
/// edited file is noticed. Several processes may migrate at once: an advisory lock lets one work and the others wait.
public struct Migrator: Sendable {
    private let directory: String

    /// The number of the advisory lock: “Tilleul” in ASCII.
    private static let lock = 0x54_696C_6C65_756C

    /// A migrator for the files of this folder.
    public init(directory: String) {
        self.directory = directory
    }

    /// Why a schema cannot be brought up to date, or cannot be used.
    public enum Problem: Error, Sendable, Hashable, CustomStringConvertible {
        /// The folder cannot be read, or holds nothing.
        case unreadable(String)
        /// A file whose name is not four digits, `_`, a name and `.sql`.
        case badName(String)
        /// Two files with one number.
        case sameNumber(String, String)
        /// A file failed; nothing of it remains.
        case failed(String, PostgresError)
        /// Files that were changed after they had run.
        case edited([String])
        /// Files that have not run yet.
        case outOfDate([String])
        /// What has run is not among the files: the database belongs to a newer version.
        case newer([String])
        /// A file that has not run although a later one has.
        case late(String, after: String)

        /// One sentence for whoever started the program.
        public var description: String {
            switch self {
            case .unreadable(let directory):
                "There are no migrations to read in \(directory)."
            case .badName(let file):
                "The migration \(file) is not named like 0001_residents.sql."
            case .sameNumber(let one, let other):
                "The migrations \(one) and \(other) have the same number."
            case .failed(let file, let error):
                "The migration \(file) failed and nothing of it remains: \(error.message) [\(error.sqlState)]"
            case .edited(let files):
                "These migrations were edited after they had run: \(files.joined(separator: ", "))."
            case .outOfDate(let files):
                "The schema of the database is out of date; these migrations have not run: "
                    + files.joined(separator: ", ") + "."
            case .newer(let files):
                "The database belongs to a newer version of this program, which has run: "
                    + files.joined(separator: ", ") + "."
            case .late(let file, let after):
                "The migration \(file) has not run although the later \(after) has."
            }
        }
    }

    private struct File {
        let version: Int
        /// The name without the folder, such as `0001_residents.sql`.
        let name: String
        let text: String
    }

    private struct Applied {
        let version: Int
        let name: String
        let checksum: String
    }

    /// Runs what has not run yet and returns the names of those files; throws a `Problem` and stops at the first file
    /// that fails.
    @discardableResult
    public func migrate(_ pool: Pool) async throws -> [String] {
        let files = try files()
        return try await pool.withConnection { connection in
            try await connection.execute("migrate.lock", "SELECT pg_advisory_lock(\(Self.lock))")
            do {
                let names = try await run(files, on: connection)
                try await connection.script(
                    "migrate.unlock", "SELECT pg_advisory_unlock(\(Self.lock))", isCancellable: false)
                return names
            } catch {
                // A connection that failed here is of no use to unlock; the lock then goes with it.
                _ = try? await connection.script(
                    "migrate.unlock", "ROLLBACK; SELECT pg_advisory_unlock(\(Self.lock))", isCancellable: false)
                throw error
            }
        }
    }

    /// Throws a `Problem` unless the schema is exactly what the files describe.
    public func check(_ pool: Pool) async throws {
        let files = try files()
        try await pool.withConnection { connection in
            let pending = try await pending(files, on: connection)
            guard pending.isEmpty else { throw Problem.outOfDate(pending.map(\.name)) }
        }
    }

    // MARK: - Files

    private func files() throws -> [File] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
            throw Problem.unreadable(directory)
        }
        var files: [File] = []
        for name in names.sorted() where name.hasSuffix(".sql") {
            guard let version = Self.version(of: name) else { throw Problem.badName(name) }
            if let last = files.last, last.version == version { throw Problem.sameNumber(last.name, name) }
            guard let text = try? String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8) else {
                throw Problem.unreadable("\(directory)/\(name)")
            }
            files.append(File(version: version, name: name, text: text))
        }
        guard !files.isEmpty else { throw Problem.unreadable(directory) }
        return files
    }

    /// The number of a file named `0001_residents.sql`.
    private static func version(of name: String) -> Int? {
        let parts = name.dropLast(4).split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 4, !parts[1].isEmpty,
            parts[0].utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return Int(parts[0])
    }

    // MARK: - Database

    private func run(_ files: [File], on connection: Connection) async throws -> [String] {
        try await connection.script(
            "migrate.table",
            """
            CREATE TABLE IF NOT EXISTS schema_migration (
                version integer PRIMARY KEY,
                name text NOT NULL,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """)
        let pending = try await pending(files, on: connection)
        for file in pending {
            do {
                try await connection.script("migrate.begin", "BEGIN")
                try await connection.script("migrate.run", file.text)
                try await connection.execute(
                    "migrate.record",
                    """
                    INSERT INTO schema_migration (version, name, checksum)
                    VALUES (\(file.version)::integer, \(file.name), encode(sha256(\(Array(file.text.utf8))), 'hex'))
                    """)
                guard try await connection.script("migrate.commit", "COMMIT") == "COMMIT" else {
                    throw PostgresError(
                        kind: .usage, sqlState: "25P02", query: "migrate.commit",
                        message: "the transaction had been undone")
                }
            } catch let error as PostgresError {
                throw Problem.failed(file.name, error)
            }
        }
        return pending.map(\.name)
    }

    /// The files that have not run, after everything that has run was found to be in order.
    private func pending(_ files: [File], on connection: Connection) async throws -> [File] {
        let applied = try await applied(on: connection)
        let checksums = try await checksums(of: files, on: connection)
        let known = Dictionary(uniqueKeysWithValues: zip(files.map(\.version), zip(files, checksums)))
        let newer = applied.filter { known[$0.version] == nil }
        guard newer.isEmpty else { throw Problem.newer(newer.map(\.name)) }
        let edited = applied.filter { known[$0.version]?.1 != $0.checksum }
        guard edited.isEmpty else { throw Problem.edited(edited.map(\.name)) }
        let versions = Set(applied.map(\.version))
        let pending = files.filter { !versions.contains($0.version) }
        if let last = applied.last, let late = pending.first, late.version < last.version {
            throw Problem.late(late.name, after: last.name)
        }
        return pending
    }

    private func applied(on connection: Connection) async throws -> [Applied] {
        let table = try await connection.one(
            "migrate.exists", "SELECT to_regclass('schema_migration') IS NOT NULL AS present")
        guard try table?.get("present", as: Bool.self) == true else { return [] }
        return try await connection.query(
            "migrate.applied", "SELECT version, name, checksum FROM schema_migration ORDER BY version"
        ).map { row in
            Applied(
                version: try row.get("version"), name: try row.get("name"), checksum: try row.get("checksum"))
        }
    }

    /// PostgreSQL computes the checksums, which spares this room a cryptographic library.
    private func checksums(of files: [File], on connection: Connection) async throws -> [String] {
        let texts = files.map { Array($0.text.utf8) }
        return try await connection.query(
            "migrate.checksums",
            """
            SELECT encode(sha256(content), 'hex') AS checksum
            FROM unnest(\(texts)) WITH ORDINALITY AS file (content, number)
            ORDER BY number
            """
        ).map { try $0.get("checksum") }
    }
}
