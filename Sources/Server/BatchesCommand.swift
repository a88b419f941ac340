import ArgumentParser
import Foundation
import Participation
import PublicRecord

/// `tilleul batches …`: papers from files. They are read by people: each import names who made the entry.
struct BatchesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batches", abstract: "Imports entries of paper batches, and lists the batches of a vote.",
        subcommands: [Import.self, List.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads a CSV file as one entry of a batch, or of several.",
            discussion: """
                Columns: paper;choices, and batch for a file of several batches; for --entry scan, paper;sha256. The \
                file is read whole before anything is stored, and refused with every problem and its line. An import \
                that was interrupted goes on when the same command is given again; nothing counts before its end.
                """)

        @OptionGroup var data: DataOptions
        @Argument(help: "The handle of the vote.") var slug: String
        @Argument(help: "The file.") var file: String
        @Option(help: "Which entry it is: A, B or scan.") var entry: String
        @Option(name: .customLong("as"), help: "The e-mail address of the entry operator who made it.")
        var email: String
        @Option(help: "The batch, when the file has no column for it.") var batch: String?

        func run() async throws {
            guard
                let letter = PaperEntry.Letter.allCases.first(where: {
                    $0.rawValue.lowercased() == entry.lowercased()
                })
            else { throw Failure(message: "--entry is A, B or scan.", status: 2) }
            let bytes: [UInt8] = try Console.read(file)
            try await House.run(data) { house in
                let vote: Vote = try await house.vote(slug)
                guard let address = EmailAddress(email), let account = try await house.accounts.find(email: address)
                else { throw Failure(message: "No account has the address \(email).") }
                var only: Batch?
                if let batch {
                    only = try await Batches(pool: house.pool).find(batch, in: vote.id)
                    if only == nil { throw Failure(message: "The vote has no batch “\(batch)”.") }
                }
                let imports = PaperImports(pool: house.pool)
                do {
                    let id: ID<PaperImport> = try await imports.begin(
                        bytes, as: letter, of: only, in: vote, by: .official(account.id, .entryOperator))
                    try await imports.complete(id) { Console.error("\($0) of \($1) papers") }
                } catch BatchRefusal.file(let problems, let more) {
                    let lines: [String] = problems.map { Plain.sentence(for: $0, in: file) }
                    throw Failure(
                        message: (lines + (more > 0 ? ["and \(more) more"] : [])).joined(separator: "\n"), status: 2)
                }
                try await Sequencer(pool: house.pool, secrets: house.secrets).drain(vote.id)
                print("Entry \(letter.rawValue) is handed in.")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the batches of a vote and where they stand.")

        @OptionGroup var data: DataOptions
        @Argument(help: "The handle of the vote.") var slug: String

        func run() async throws {
            try await House.run(data) { house in
                let vote: Vote = try await house.vote(slug)
                for batch in try await Batches(pool: house.pool).list(of: vote.id) {
                    print("\(batch.handle)\t\(batch.place)\t\(batch.papers) papers\t\(batch.state.rawValue)")
                }
            }
        }
    }
}

extension Plain {
    /// What is wrong with a row of a file of papers, with where it stands: `file:line: column: …`.
    static func sentence(for problem: PaperRowProblem, in file: String) -> String {
        let place: String = [problem.line.map { String($0) }, problem.column].compactMap { $0 }.joined(separator: ": ")
        return "\(file):\(place.isEmpty ? "" : "\(place): ")\(words(of: problem.reason))"
    }

    private static func words(of reason: PaperRowProblem.Reason) -> String {
        switch reason {
        case .header: "The first line must name the columns paper and choices (or sha256), and batch for several."
        case .unknownColumn(let name): "There is no column “\(name)”."
        case .fieldCount(let expected, let found): "\(found) fields; the first line has \(expected)."
        case .malformed: "Quotation marks or characters that do not belong there."
        case .paperNumber(let text): "“\(text)” is not the number of a paper."
        case .paperBeyond(let paper, let papers): "There is no paper \(paper): the batch declares \(papers)."
        case .paperTwice(let paper, let line): "Paper \(paper) stands on line \(line) already."
        case .otherBatch(let name): "The row is one of batch “\(name)”."
        case .unknownBatch(let name): "The vote has no batch “\(name)”."
        case .otherEntry(let name): "The row is one of entry “\(name)”."
        case .otherDefinition(let name): "“\(name)” is not the definition of this vote."
        case .otherEdition(let name): "Edition “\(name)” was not declared."
        case .choices(let problem): words(of: problem)
        case .hash(let text): "“\(text)” is not a SHA-256."
        case .hashTwice(let line): "The same picture stands on line \(line)."
        case .moreRows(let rows, let papers): "\(rows) rows for \(papers) papers."
        case .missingRows(let count, let first):
            "\(count) papers have no row: \(first.map { String($0) }.joined(separator: ", "))"
                + "\(count > first.count ? "…" : ""). Write !missing for one that is not there."
        case .unreadable: "A quotation mark is never closed."
        case .rowTooLong: "The row is longer than any paper."
        case .fileTooLong: "The file is larger than any batch."
        case .empty: "There is no row of a paper."
        case .notCSV: "This is not CSV in UTF-8 or Windows-1252."
        }
    }

    private static func words(of problem: PaperProblem) -> String {
        switch problem {
        case .date, .decimal: "“\(problem.piece)” was changed by a spreadsheet: set the column choices to Text."
        case .unknownNumber: "No project has the number \(problem.piece)."
        case .empty: "Nothing is written; a blank paper is “-”."
        default: "“\(problem.piece)” is not what a paper can say (\(problem.code))."
        }
    }
}
