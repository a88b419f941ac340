import ArgumentParser
import Configuration
import Foundation
import Logging
import Participation
import Postgres
import SystemPackage
import Web

/// Where the data of an installation is.
struct DataOptions: ParsableArguments {
    @Option(help: "The directory of the private database, the secret and the mails.")
    var dataDir: String = ".data"
}

/// The settings of an installation: environment before file.
struct Settings: Sendable {
    let databaseURL: String?
    let publicURL: String
    let city: Site.City
    let mail: MailSettings
    let sender: String
    let resources: String
    let connections: Int

    /// Reads the settings.
    ///
    /// - Parameter port: of `serve`, for the public address when none is set.
    static func load(dataDirectory: String, port: Int = 8080) async throws -> Settings {
        let file = URL(filePath: dataDirectory).appending(path: "tilleul.json").path(percentEncoded: false)
        var providers: [any ConfigProvider] = [EnvironmentVariablesProvider()]
        if FileManager.default.fileExists(atPath: file) {
            do {
                providers.append(try await FileProvider<JSONSnapshot>(filePath: FilePath(file)))
            } catch {
                throw Failure(message: "\(file) cannot be read: \(error)", status: 2)
            }
        }
        let root = ConfigReader(providers: providers)
        let own: ConfigReader = root.scoped(to: "tilleul")
        let publicURL: String = own.string(forKey: "public.url") ?? "http://localhost:\(port)"
        guard publicURL.hasPrefix("https://") || publicURL.hasPrefix("http://"), !publicURL.hasSuffix("/") else {
            throw Failure(
                message: "TILLEUL_PUBLIC_URL must begin with http:// or https:// and not end with /.", status: 2)
        }
        let isLocal: Bool = publicURL.hasPrefix("http://localhost")
        let zone: String = own.string(forKey: "city.time.zone") ?? "Europe/Paris"
        guard let timeZone = TimeZone(identifier: zone) else {
            throw Failure(message: "TILLEUL_CITY_TIME_ZONE: there is no time zone “\(zone)”.", status: 2)
        }
        return Settings(
            databaseURL: root.string(forKey: "database.url"),
            publicURL: publicURL,
            city: Site.City(
                name: own.string(forKey: "city.name") ?? "Ville de démonstration",
                help: Site.Help(
                    place: own.string(forKey: "help.place") ?? "Maison de la participation, 1 place du Tilleul",
                    hours: own.string(forKey: "help.hours") ?? "lun.–ven. 9 h–17 h, sam. 9 h–12 h",
                    phone: own.string(forKey: "help.phone") ?? "01 99 00 12 34"),
                isDemonstration: own.bool(forKey: "demonstration") ?? isLocal, timeZone: timeZone,
                publicURL: publicURL, isDevelopment: own.bool(forKey: "development") ?? isLocal, tiles: try tiles(own),
                emergency: Site.Emergency(
                    phone: own.string(forKey: "emergency.phone") ?? "112",
                    cityPhone: own.string(forKey: "emergency.city.phone") ?? (isLocal ? "01 99 00 17 17" : nil))),
            mail: try MailSettings.load(own),
            sender: own.string(forKey: "mail.sender") ?? "participation@localhost.localdomain",
            resources: try resources(own.string(forKey: "resources")),
            connections: own.int(forKey: "database.connections") ?? 16)
    }

    /// The name under which records are published: the public address without its scheme.
    var host: String { String(publicURL.drop { $0 != "/" }.dropFirst(2)) }

    /// The server of map tiles that is set; nil when none is.
    private static func tiles(_ settings: ConfigReader) throws -> MapTiles? {
        guard let template: String = settings.string(forKey: "tiles.url"), !template.isEmpty else { return nil }
        guard
            let tiles = MapTiles(
                template: template, attribution: settings.string(forKey: "tiles.attribution") ?? "")
        else {
            throw Failure(
                message: "TILLEUL_TILES_URL must begin with https:// and have {z}, {x} and {y} in it.", status: 2)
        }
        return tiles
    }

    /// The folder that holds `Templates`, `Public` and `Migrations`: the one set, the current one, or one above the
    /// program.
    private static func resources(_ set: String?) throws -> String {
        var candidates: [String] = [set ?? FileManager.default.currentDirectoryPath]
        if set == nil {
            var folder: URL = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            for _ in 0..<6 {
                folder.deleteLastPathComponent()
                candidates.append(folder.path(percentEncoded: false))
            }
        }
        for candidate in candidates {
            let page = URL(filePath: candidate).appending(path: "Templates/page.mustache").path(percentEncoded: false)
            if FileManager.default.fileExists(atPath: page) { return candidate }
        }
        throw Failure(
            message: "Templates are not found; start tilleul in its folder or set TILLEUL_RESOURCES.", status: 2)
    }
}

/// An installation at work: its database, its secret and its capabilities.
struct House: Sendable {
    let settings: Settings
    let dataDirectory: String
    let pool: Pool
    let secrets: Secrets
    let logger: Logger
    /// The private database; nil when the settings name another.
    let cluster: LocalCluster?

    /// Runs the body in the installation of the data directory, and leaves it as it was found.
    ///
    /// - Parameter migrating: brings the schema up to date instead of refusing one that is not.
    static func run<T: Sendable>(
        _ options: DataOptions, port: Int = 8080, migrating: Bool = false,
        _ body: @Sendable (House) async throws -> T
    ) async throws -> T {
        let house: House = try await open(options, port: port)
        do {
            let migrator: Migrator = house.migrator
            if migrating { _ = try await migrator.migrate(house.pool) } else { try await migrator.check(house.pool) }
            let result: T = try await body(house)
            await house.leave()
            return result
        } catch {
            await house.leave()
            throw error
        }
    }

    private static func open(_ options: DataOptions, port: Int) async throws -> House {
        let settings: Settings = try await Settings.load(dataDirectory: options.dataDir, port: port)
        let folder: String = URL(filePath: options.dataDir).path(percentEncoded: false)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var logger = Logger(label: "tilleul")
        logger.logLevel = .info
        var cluster: LocalCluster?
        let url: String
        if let given = settings.databaseURL {
            url = given
        } else {
            let local: LocalCluster = try await LocalCluster.start(
                dataDirectory: URL(filePath: folder).appending(path: "postgres").path(percentEncoded: false),
                logger: logger)
            url = local.url
            cluster = local
        }
        let secrets = try Secrets.load(
            file: URL(filePath: folder).appending(path: "secret").path(percentEncoded: false))
        return House(
            settings: settings, dataDirectory: folder,
            pool: Pool(Pool.Configuration(url: url, maximumConnections: settings.connections), logger: logger),
            secrets: secrets, logger: logger, cluster: cluster)
    }

    /// An installation that nobody enters: its settings and pages, without a database and without its secret.
    static func plan(_ options: DataOptions) async throws -> House {
        let logger = Logger(label: "tilleul")
        return House(
            settings: try await Settings.load(dataDirectory: options.dataDir),
            dataDirectory: URL(filePath: options.dataDir).path(percentEncoded: false),
            pool: Pool(Pool.Configuration(url: "", maximumConnections: 1), logger: logger),
            secrets: Secrets(master: (0..<32).map { _ in UInt8.random(in: .min ... .max) }), logger: logger,
            cluster: nil)
    }

    private func leave() async {
        await pool.close()
        await cluster?.stop()
    }

    /// A path in the data directory.
    func file(_ name: String) -> String {
        URL(filePath: dataDirectory).appending(path: name).path(percentEncoded: false)
    }

    /// The schema.
    var migrator: Migrator {
        Migrator(directory: URL(filePath: settings.resources).appending(path: "Migrations").path(percentEncoded: false))
    }

    var votes: Votes { Votes(pool: pool) }
    var processes: Processes { Processes(pool: pool) }
    var openings: Openings { Openings(pool: pool, secrets: secrets, host: settings.host) }
    var counts: Counts { Counts(pool: pool, secrets: secrets) }
    var imports: Imports { Imports(pool: pool, secrets: secrets) }
    var codes: VotingCodes { VotingCodes(pool: pool, secrets: secrets) }

    /// The vote with the handle.
    func vote(_ slug: String) async throws -> Vote {
        guard let vote = try await votes.find(slug) else { throw Failure(message: "There is no vote “\(slug)”.") }
        return vote
    }
}

extension House {
    /// Makes the custodian's key, writes it to a file and opens the vote.
    ///
    /// A key that is there already is never overwritten: it may be all that opens the ballots of some vote. When it is
    /// the one that an interrupted opening of this vote left, it is used.
    func open(_ vote: Vote, keyFile path: String, passphrase: String) async throws {
        guard vote.opening == nil else { throw VoteRefusal.alreadyOpened }
        let key: String
        if FileManager.default.fileExists(atPath: path) {
            key = String(decoding: try Console.read(path), as: UTF8.self)
        } else {
            key = try await openings.makeSeal(vote.id, passphrase: passphrase, by: .operator)
            try Console.writeSecret(key, to: path)
        }
        do {
            try await openings.open(vote.id, keyFile: key, passphrase: passphrase, by: .operator)
        } catch let refusal as VoteRefusal where refusal == .wrongKey || refusal == .noSeal {
            throw Failure(
                message: "The file \(path) holds another key, or the passphrase is not its own; it is left as it is. "
                    + "If no vote needs it, move it away and try again.")
        }
    }

    /// Accounts, with the words of the site in their letters.
    var accounts: Accounts {
        get throws {
            City(pool: pool, secrets: secrets, host: settings.host, mailFolder: nil).accounts(site: try site())
        }
    }
}
