import ArgumentParser
import Foundation
import Logging
import Postgres

/// The parts of `make bench` that need the service's own code; `Scripts/bench` calls them one by one.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures the parts of the service; called by Scripts/bench.",
        subcommands: [
            ClusterCommand.self, SelectCommand.self, VotersCommand.self, CastCommand.self,
            SearchCommand.self, ProposalsCommand.self,
        ])
}

/// Keeps a private server running, so that the service can come and go between two rounds.
struct ClusterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster", abstract: "Runs a durable private PostgreSQL until the standard input ends.")

    @Argument(help: "Its folder.") var folder: String

    func run() async throws {
        let cluster: LocalCluster = try await LocalCluster.start(
            dataDirectory: folder, options: LocalCluster.Options(fsync: true, diesWithProcess: true),
            logger: Logger(label: "bench"))
        print(cluster.url)
        fflush(nil)
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                while readLine() != nil {}
                continuation.resume()
            }
        }
        await cluster.stop()
    }
}

extension Pool {
    /// A pool without a log, for measuring.
    static func measuring(_ url: String, connections: Int, settings: [String: String] = [:]) -> Pool {
        var configuration = Configuration(url: url, maximumConnections: connections)
        configuration.settings.merge(settings) { $1 }
        return Pool(configuration, logger: Logger(label: "bench", factory: { _ in SwiftLogNoOpLogHandler() }))
    }
}

extension Duration {
    /// The duration in seconds.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
