import ArgumentParser
import Foundation
import Participation
import PublicRecord

/// `tilleul votes …`: the acts on votes, recorded as the operator's.
struct VotesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "votes", abstract: "Prepares, opens, closes, counts and publishes votes.",
        subcommands: [
            Import.self, Open.self, Close.self, Count.self, Publish.self, Destroy.self, Codes.self, Replay.self,
            List.self,
        ])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Creates a vote with the projects of a Pabulib file.",
            discussion: "A file with errors is refused with all of them, each with its line; nothing is stored.")

        @OptionGroup var data: DataOptions
        @Argument(help: "The file, in the format of pabulib.org.") var file: String
        @Option(help: "The handle of the process the vote belongs to; made if there is none.") var process: String
        @Option(help: "The handle of the vote in addresses.") var slug: String
        @Option(help: "The counting rule; the file's own if left out.") var rule: String?
        @Option(help: "The tie order: lexico, natural, min_cost, max_cost, max_votes, file, draw:SEED.") var tie:
            String?
        @Option(help: "The first minute, as 2026-11-21T08:00:00+01:00; now if left out.") var opens: String?
        @Option(help: "The minute after the last; thirty days after the first if left out.") var closes: String?

        func run() async throws {
            let bytes: [UInt8] = try Console.read(file)
            let opens: Date? = try opens.map(moment)
            let closes: Date? = try closes.map(moment)
            try await House.run(data) { house in
                do {
                    let warnings: [PabulibProblem] = try await house.imports.importVote(
                        bytes, intoProcess: process,
                        options: Imports.Options(slug: slug, rule: rule, tie: tie, opens: opens, closes: closes),
                        by: .operator)
                    for warning in warnings { Console.error("\(file):\(warning)") }
                } catch let error as Imports.UnreadableFile {
                    throw Failure(
                        message: error.problems.map { "\(file):\($0)" }.joined(separator: "\n")
                            + "\nNothing was stored.", status: 2)
                }
                let vote: Vote = try await house.vote(slug)
                print("Vote “\(slug)” has \(vote.projects.count) projects. Next: tilleul votes open \(slug)")
            }
        }

        private func moment(_ text: String) throws -> Date {
            guard let date = try? Date(text, strategy: .iso8601) else {
                throw Failure(message: "“\(text)” is not a moment such as 2026-11-21T08:00:00+01:00.", status: 2)
            }
            return date
        }
    }

    /// How the custodian's key is given.
    struct KeyOptions: ParsableArguments {
        @Option(help: "A file with the passphrase of the custodian's key; asked for at the terminal if left out.")
        var passphraseFile: String?
        @Option(help: "The custodian's key; custodian/SLUG.key in the data directory if left out.")
        var keyFile: String?

        func path(_ slug: String, _ house: House) -> String { keyFile ?? house.file("custodian/\(slug).key") }
    }

    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes the custodian's key, freezes the definition and opens the vote.",
            discussion: """
                The custodian's key is written to a file, encrypted with the passphrase. Take it off this machine: \
                whoever loses it, or the passphrase, loses the ballots.
                """)

        @OptionGroup var data: DataOptions
        @OptionGroup var key: KeyOptions
        @Argument(help: "The handle of the vote.") var slug: String

        func run() async throws {
            let passphrase: String = try Console.secret(
                file: key.passphraseFile, prompt: "Passphrase for the custodian's key: ")
            try await House.run(data) { house in
                let vote: Vote = try await house.vote(slug)
                let path: String = key.path(slug, house)
                try await house.open(vote, keyFile: path, passphrase: passphrase)
                try await Sequencer(pool: house.pool, secrets: house.secrets).drain(vote.id)
                print("Vote “\(slug)” is open. The custodian's key is in \(path).")
            }
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Closes the vote; before its deadline this stands in the record as an early closing.")

        @OptionGroup var data: DataOptions
        @Argument(help: "The handle of the vote.") var slug: String

        func run() async throws {
            try await House.run(data) { house in
                let vote: Vote = try await house.vote(slug)
                try await house.openings.close(vote.id, early: true, by: .operator)
                try await Sequencer(pool: house.pool, secrets: house.secrets).drain(vote.id)
                print("Vote “\(slug)” is closed. Next: tilleul votes count \(slug)")
            }
        }
    }

    struct Count: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Opens the ballots with the custodian's key and counts them.")

        @OptionGroup var data: DataOptions
        @OptionGroup var key: KeyOptions
        @Argument(help: "The handle of the vote.") var slug: String

        func run() async throws {
            let passphrase: String = try Console.secret(
                file: key.passphraseFile, prompt: "Passphrase of the custodian's key: ")
            try await House.run(data) { house in
                let vote: Vote = try await house.vote(slug)
                guard vote.closedAt != nil else { throw VoteRefusal.notClosed }
                let file = String(decoding: try Console.read(key.path(slug, house)), as: UTF8.self)
                try await house.counts.count(vote.id, keyFile: file, passphrase: passphrase, by: .operator)
                print("Vote “\(slug)” is counted. Next: tilleul votes publish \(slug)")
            }
        }
    }

    struct Publish: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Publishes the result of a counted vote.")

        @OptionGroup var data: DataOptions
        @Argument(help: "The handle of the vote.") var slug: String

        func run() async throws {
            try await House.run(data) { house in
                let vote: Vote = try await house.vote(slug)
                try await house.counts.publish(vote.id, by: .operator)
                print("The result is public: \(house.settings.publicURL)/votes/\(slug)/result")
            }
        }
    }

    struct Destroy: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Destroys the envelopes and receipts of a vote that nobody can contest any more.",
            discussion: """
                Once the appeal period is over: afterwards nothing on this machine leads from a ballot to a person. This \
                cannot be undone, and stands in the public record. Backups made before are to be destroyed as well.
                """)

        @OptionGroup var data: DataOptions
        @Argument(help: "The handle of the vote.") var slug: String

        func run() async throws {
            try await House.run(data) { house in
                let vote: Vote = try await house.vote(slug)
                try await Destructions(pool: house.pool, secrets: house.secrets).destroy(vote.id, by: .operator)
                print("The envelopes and receipts of vote “\(slug)” are destroyed. Destroy the backups as well.")
            }
        }
    }

    struct Codes: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes one-time voting codes and writes them once, as CSV.",
            discussion: "Only keyed hashes are kept: codes that are lost cannot be shown again.")

        @OptionGroup var data: DataOptions
        @Argument(help: "The handle of the vote.") var slug: String
        @Option(help: "How many codes.") var count: Int
        @Option(help: "The file to write; the standard output if left out.") var output: String?

        func run() async throws {
            try await House.run(data) { house in
                let vote: Vote = try await house.vote(slug)
                if let output, FileManager.default.fileExists(atPath: output) {
                    throw Failure(message: "\(output) is there already; it is left as it is, and no code was made.")
                }
                let codes: [String] = try await house.codes.issue(count, for: vote.id, by: .operator)
                let address = "\(house.settings.publicURL)/votes/\(slug)/code"
                let csv: String =
                    "number,code,address\n"
                    + codes.enumerated().map { "\($0 + 1),\($1),\(address)\n" }.joined()
                if let output {
                    try Console.writeSecret(csv, to: output)
                    print("\(count) codes are in \(output).")
                } else {
                    print(csv, terminator: "")
                }
            }
        }
    }

    struct Replay: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Casts every ballot of a Pabulib file in an open vote, through the same code as the browser.",
            discussion: "A replay that was interrupted can be started again: each ballot is cast once.")

        @OptionGroup var data: DataOptions
        @Argument(help: "The handle of the vote.") var slug: String
        @Argument(help: "The file, in the format of pabulib.org.") var file: String

        func run() async throws {
            let bytes: [UInt8] = try Console.read(file)
            try await House.run(data) { house in
                let vote: Vote = try await house.vote(slug)
                let result: (cast: Int, skipped: [Imports.Skipped])
                do {
                    result = try await house.imports.replay(bytes, in: vote) { done, all in
                        Console.error("\(done) of \(all) ballots")
                    }
                } catch let error as Imports.UnreadableFile {
                    throw Failure(
                        message: error.problems.map { "\(file):\($0)" }.joined(separator: "\n"), status: 2)
                }
                try await Sequencer(pool: house.pool, secrets: house.secrets).drain(vote.id)
                for skipped in result.skipped {
                    Console.error(
                        "\(file):\(skipped.line): not cast: \(skipped.reasons.map(\.code).joined(separator: ", "))")
                }
                print("\(result.cast) ballots are cast, \(result.skipped.count) were not valid.")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the votes and where they stand.")

        @OptionGroup var data: DataOptions

        func run() async throws {
            try await House.run(data) { house in
                for vote in try await house.votes.list() {
                    print(
                        "\(vote.slug)\t\(vote.state(at: Date()).rawValue)\t\(vote.projects.count) projects\t"
                            + vote.settings.title(.french))
                }
            }
        }
    }
}
