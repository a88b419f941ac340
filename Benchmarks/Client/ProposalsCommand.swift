import ArgumentParser
import Foundation
import Participation
import Postgres

/// Lists, searches and compares proposals, as readers and writers do.
struct ProposalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proposals",
        abstract: "Does what each line of the standard input asks, and prints milliseconds and the titles found.",
        discussion: """
            A line is the handle of a process, what to do (newest, supported, search, similar) and words, with tabs \
            between them.
            """)

    @Argument(help: "The database.") var url: String

    func run() async throws {
        let pool = Pool.measuring(url, connections: 2)
        let lists = ProposalLists(pool: pool, calls: ProposalCalls(pool: pool, zone: "Europe/Paris"))
        let similar = SimilarProposals(pool: pool)
        var processes: [String: ID<Participation.Process>] = [:]
        for process in try await Processes(pool: pool).list() { processes[process.slug] = process.id }
        while let line = readLine() {
            let parts: [String] = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let process = processes[parts[0]] else {
                throw ValidationError("Not understood: \(line)")
            }
            let clock = ContinuousClock()
            let start = clock.now
            let titles: [String]
            switch parts[1] {
            case "similar":
                titles = try await similar.like(title: parts[2], body: parts[2], language: .french, in: process).map(
                    \.title)
            case "search":
                titles = try await lists.list(ProposalSearch(words: parts[2], order: .bestMatch), of: process).cards
                    .map(\.title)
            case "supported":
                titles = try await lists.list(ProposalSearch(order: .mostSupported), of: process).cards.map(\.title)
            default: titles = try await lists.list(ProposalSearch(), of: process).cards.map(\.title)
            }
            let milliseconds: Double = (clock.now - start).inSeconds * 1000
            print(([String(milliseconds)] + titles.map { $0.replacing("\t", with: " ") }).joined(separator: "\t"))
        }
        await pool.close()
    }
}
