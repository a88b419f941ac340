import ArgumentParser
import Foundation
import Participation
import PublicRecord

/// `tilleul roll …`: the acts on the roll of a vote, recorded as the operator's.
struct RollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roll", abstract: "Imports, lists and commits the roll of a vote.",
        subcommands: [Import.self, Versions.self, Commit.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads a CSV file and shows what it changes; with --confirm, makes it the next version.",
            discussion: """
                The file is read whole before anything is stored. A file with problems is refused with all of them, \
                each with its line. Columns are recognised by their headings in French, English and German; name them \
                with --columns where they are not.
                """)

        @OptionGroup var data: DataOptions
        @Argument(help: "The handle of the vote.") var slug: String
        @Argument(help: "The file.") var file: String
        @Option(
            help: """
                What the columns say, in their order, with commas: family_name, given_names, birth_date, birth_year, \
                address, postcode, roll_number, district, email, or - for none.
                """)
        var columns: String?
        @Flag(help: "Makes the difference the next version, without asking.") var confirm = false

        func run() async throws {
            let handle: FileHandle
            do { handle = try FileHandle(forReadingFrom: URL(filePath: file)) } catch {
                throw Failure(message: "\(file) cannot be read.", status: 2)
            }
            try await House.run(data) { house in
                let vote: Vote = try await house.vote(slug)
                let imports = RollImports(pool: house.pool)
                let id: ID<RollImport> = try await receive(handle, vote, imports)
                guard let found = try await imports.find(id, of: vote.id) else { return }
                let chosen: [RollField?] = try columns.map(parse) ?? found.columns
                do {
                    try await imports.choose(chosen, of: id, by: .operator)
                } catch {
                    try await imports.giveUp(id, by: .operator)
                    throw error
                }
                let read: RollImport = try await imports.read(id, by: .operator)
                try await finish(read, imports)
            }
        }

        private func receive(
            _ handle: FileHandle, _ vote: Vote, _ imports: RollImports
        ) async throws -> ID<RollImport> {
            let name: String = URL(filePath: file).lastPathComponent
            var reception: RollReception = try await imports.receive(name, for: vote.id, by: .operator)
            while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
                try await reception.take(Array(piece))
            }
            try await reception.finish()
            return reception.id
        }

        private func parse(_ text: String) throws -> [RollField?] {
            try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
                if name == "-" { return nil }
                guard let field = RollField(rawValue: String(name)) else {
                    throw Failure(message: "There is no field “\(name)”; see tilleul roll import --help.", status: 2)
                }
                return field
            }
        }

        private func finish(_ read: RollImport, _ imports: RollImports) async throws {
            guard read.state == .ready else {
                let problems: [RollProblem] = try await imports.problems(of: read.id, limit: 1000)
                let lines: [String] = problems.map { problem in
                    "\(file):\(problem.line): \(problem.field?.rawValue ?? "row"): \(problem.reason.rawValue)"
                        + (problem.argument.isEmpty ? "" : " “\(problem.argument)”")
                }
                try await imports.giveUp(read.id, by: .operator)
                let rest: String =
                    read.problems > lines.count ? "\n… and \(read.problems - lines.count) more." : ""
                throw Failure(
                    message: (lines.isEmpty ? "\(file) has no row of people." : lines.joined(separator: "\n")) + rest
                        + "\nNothing was stored.", status: 2)
            }
            print(
                "\(read.rows) people: \(read.added) added, \(read.changed) changed, \(read.removed) removed, "
                    + "\(read.kept) kept since they have a mark, \(read.minors) too young.")
            guard confirm else {
                try await imports.giveUp(read.id, by: .operator)
                print("Nothing was stored. To make this the next version, add --confirm.")
                return
            }
            try await imports.confirm(read.id, by: .operator)
            print("This is the roll now. Next: tilleul roll commit \(slug)")
        }
    }

    struct Versions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the versions of a roll.")

        @OptionGroup var data: DataOptions
        @Argument(help: "The handle of the vote.") var slug: String

        func run() async throws {
            try await House.run(data) { house in
                let vote: Vote = try await house.vote(slug)
                for version in try await Rolls(pool: house.pool).versions(of: vote.id) {
                    print(
                        "\(version.number)\t\(version.confirmedAt.formatted(.iso8601))\t\(version.size) people\t"
                            + "+\(version.added) ~\(version.changed) -\(version.removed)\t\(version.fileName)")
                }
            }
        }
    }

    struct Commit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Commits the latest version: what the vote opens with, and the record tells of.")

        @OptionGroup var data: DataOptions
        @Argument(help: "The handle of the vote.") var slug: String

        func run() async throws {
            try await House.run(data) { house in
                let vote: Vote = try await house.vote(slug)
                let commitment: RollCommitment = try await RollCommitments(pool: house.pool).commit(
                    vote.id, by: .operator)
                print("The roll of “\(slug)” is committed: \(commitment.size) people, root \(commitment.root.hex).")
            }
        }
    }
}

extension Plain {
    /// Why an act on a roll is not done.
    static func sentence(for refusal: RollRefusal) -> String {
        switch refusal {
        case .empty: "The file has no row of people."
        case .workbook: "This is a workbook of a spreadsheet: save it as CSV."
        case .utf16: "The file is UTF-16: save it as CSV UTF-8."
        case .fileTooLong(let limit): "The file is longer than \(limit) bytes."
        case .unreadableHeader(let problem):
            "The first row cannot be read: line \(problem.line), \(problem.reason.rawValue)."
        case .columnMissing(let field): "No column says \(field.rawValue), by which the vote finds people."
        case .columnTwice(let field): "Two columns are said to be \(field.rawValue)."
        case .wrongStep: "The import is at another step: somebody else has gone on."
        case .outdated: "Another version was confirmed meanwhile: read the file again."
        case .voteClosed: "The vote is closed: its roll changes no more."
        case .noVersion: "There is no version to commit: tilleul roll import."
        case .alreadyOpened: "The vote is open: the committed roll stands."
        case .notCommitted: "The roll has not been committed."
        case .outOfBounds: "The number is outside its bounds."
        }
    }
}
