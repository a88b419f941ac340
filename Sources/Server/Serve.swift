import ArgumentParser
import Foundation
import Hummingbird
import Logging
import NIOCore
import Participation
import Postgres
import ServiceLifecycle
import UnixSignals
import Web

/// `tilleul serve`: the service over HTTP, with its workers.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serves the city's pages until it is stopped.")

    @OptionGroup var data: DataOptions
    @Option(help: "The address to listen at.") var host: String = "127.0.0.1"
    @Option(help: "The port to listen at; 0 takes a free one.") var port: Int = 8080
    @Flag(help: "Bring the schema up to date first.") var migrate: Bool = false
    @Flag(help: "Load the demonstration city first, unless there is a process already.") var demo: Bool = false

    func run() async throws {
        try await House.run(data, port: port, migrating: migrate) { house in
            if demo { try await Demonstration.load(into: house) }
            let site = try house.site()
            let started: @Sendable (Int) async -> Void = { port in
                print("Tilleul serves \(house.settings.publicURL) (port \(port)).")
                if let signIns = try? String(contentsOfFile: house.file(Demonstration.file), encoding: .utf8) {
                    print(signIns)
                }
                fflush(nil)
            }
            let service = house.application(site: site, host: host, port: port, started: started)
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(
                    services: (house.cluster.map { [.init(service: $0)] } ?? []) + [
                        .init(service: Sequencer(pool: house.pool, secrets: house.secrets, logger: house.logger)),
                        .init(service: try house.mail()),
                        .init(service: Housekeeping(pool: house.pool, logger: house.logger)),
                        .init(service: PaperImports(pool: house.pool, logger: house.logger)),
                        .init(
                            service: BasketReminders(
                                pool: house.pool, logger: house.logger, words: Letters(site: site).reminder)),
                        .init(
                            service: ExaminationReminders(
                                pool: house.pool, zone: site.city.timeZone.identifier, logger: house.logger,
                                correspondent: Letters(site: site))),
                        .init(
                            service: AnswerReminders(
                                pool: house.pool, zone: site.city.timeZone.identifier, logger: house.logger,
                                correspondent: Letters(site: site))),
                        .init(
                            service: BallotNotices(
                                pool: house.pool, logger: house.logger, correspondent: Letters(site: site))),
                        .init(
                            service: GatheringRounds(
                                Gatherings(
                                    pool: house.pool, secrets: house.secrets, correspondent: Letters(site: site)),
                                zone: site.city.timeZone.identifier, logger: house.logger)),
                        .init(
                            service: ConsultationRounds(
                                ConsultationFollowers(
                                    pool: house.pool, secrets: house.secrets, correspondent: Letters(site: site)),
                                logger: house.logger)),
                        .init(
                            service: DecisionDigests(
                                Decisions(
                                    pool: house.pool, zone: site.city.timeZone.identifier,
                                    correspondent: Letters(site: site)),
                                for: ConsultationFollowers(
                                    pool: house.pool, secrets: house.secrets, correspondent: Letters(site: site)),
                                logger: house.logger)),
                        .init(service: AnalysisRounds(pool: house.pool, logger: house.logger)),
                        .init(
                            service: ResponseRounds(
                                Answering(
                                    pool: house.pool, secrets: house.secrets, zone: site.city.timeZone.identifier),
                                logger: house.logger)),
                        .init(service: service),
                    ], gracefulShutdownSignals: [.sigterm, .sigint], logger: house.logger))
            do {
                try await group.run()
            } catch let error as IOError where [EADDRINUSE, EADDRNOTAVAIL, EACCES].contains(error.errnoCode) {
                throw Failure(
                    message: "Nothing can listen at \(host), port \(port): "
                        + "\(String(cString: strerror(error.errnoCode))). Choose another with --port.")
            }
        }
    }
}

extension House {
    /// The site with its templates and words.
    func site() throws -> Site {
        try Site(city: settings.city, resources: settings.resources, secrets: secrets)
    }

    /// The whole service, as `serve` runs it and `routes` lists it.
    func application(
        site: Site, host: String, port: Int, started: @escaping @Sendable (Int) async -> Void
    ) -> some ApplicationProtocol {
        Web.application(
            site: site, sessions: SessionSource(Sessions(pool: pool, secrets: secrets)),
            settings: ServerSettings(host: host, port: port), logger: logger,
            ready: { try await migrator.check(pool) }, started: started
        ) { routes in
            add(to: routes, site: site)
        }
    }

    /// Every route of the service.
    func add(to routes: RouterGroup<AppContext>, site: Site) {
        City(pool: pool, secrets: secrets, host: settings.host, mailFolder: mailFolder).add(to: routes, site: site)
    }

    private var mailFolder: String? { if case .folder = settings.mail { file("mail") } else { nil } }

    /// The worker that sends mails: as is set, else into the data directory.
    func mail() throws -> MailDelivery {
        guard let sender = EmailAddress(settings.sender) else {
            throw Failure(message: "TILLEUL_MAIL_SENDER is not an e-mail address.", status: 2)
        }
        return MailDelivery(
            pool: pool, transport: try settings.mail.transport(folder: file("mail")), sender: sender, logger: logger)
    }
}
