import ArgumentParser
import Foundation
import PublicRecord

/// The verifier: reads the published files of a vote's record and says whether everything in them holds.
@main
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tilleul-verify",
        abstract: "Checks the public record of a vote without trusting the server that published it.",
        discussion: """
            RECORD is the address of a record (https://…/votes/<slug>/record), a folder with its files, or its \
            bundle.tar.gz. One line is printed for each check, with figures; where a check fails, the entry is named. \
            Documentation/Record.md explains every check and every failure.

            Without --key the key beside the record is believed: it then only shows that the record is consistent. \
            Compare the key with one from elsewhere, such as the printed minutes or the checkpoint you kept yourself.

            Exit status: 0 all checks hold, 1 a check fails, 2 the record cannot be read.
            """)

    @Argument(help: "An address, a folder or a bundle.tar.gz.")
    var record: String

    @Flag(help: "Print the report as JSON.")
    var json = false

    @Option(help: "An earlier checkpoint of the same log: the log must have grown from it.")
    var checkpoint: String?

    @Option(name: .customLong("receipt"), help: "A receipt to look for; may be repeated.")
    var receipts: [String] = []

    @Option(help: "What the owner of the receipt chose, as JSON, for instance '[\"12\",\"3\"]'.")
    var choices: String?

    @Option(name: .customLong("witness"), help: "The key of a witness who must have signed; may be repeated.")
    var witnesses: [String] = []

    @Option(help: "The key of the log, from a place that you trust.")
    var key: String?

    /// Runs the command and answers with the exit status that is promised above.
    static func main() async {
        do {
            var command = try parseAsRoot()
            if let verify = command as? VerifyCommand {
                try await verify.run()
            } else {
                try command.run()
            }
        } catch let error as ExitCode {
            Foundation.exit(error.rawValue)
        } catch let error as Unreadable {
            complain(error.sentence)
        } catch let error as MissingFile {
            complain(error.description)
        } catch {
            guard exitCode(for: error).isSuccess else {
                complain(fullMessage(for: error))
            }
            print(fullMessage(for: error))
        }
    }

    private static func complain(_ sentence: String) -> Never {
        FileHandle.standardError.write(Data((sentence + "\n").utf8))
        Foundation.exit(2)
    }

    func run() async throws {
        let options = try verificationOptions()
        let report = try await withRecord(record) { try PublicRecord.verify($0, options: options) }
        if json {
            print(String(decoding: report.json.encoded(), as: UTF8.self))
        } else {
            print(report.lines.joined(separator: "\n"))
        }
        if !report.holds { throw ExitCode(1) }
    }

    private func verificationOptions() throws -> VerificationOptions {
        var options = VerificationOptions()
        options.key = try key.map { try noteKey($0) }
        options.witnesses = try witnesses.map { try noteKey($0) }
        options.earlier = try checkpoint.map { try Self.file($0) }
        let expected: CanonicalJSON?
        do {
            expected = try choices.map { try CanonicalJSON(parsing: $0.utf8, canonical: false) }
        } catch { throw Unreadable("--choices: \(error)") }
        guard expected == nil || receipts.count == 1 else { throw Unreadable("--choices needs exactly one --receipt") }
        options.receipts = try receipts.map { ReceiptClaim(note: try Self.file($0), choices: expected) }
        return options
    }

    private func noteKey(_ text: String) throws -> NoteKey {
        guard let key = NoteKey(vkey: text) else {
            throw Unreadable("“\(text)” is not a key of the form <name>+<id>+<base64>")
        }
        return key
    }

    private static func file(_ path: String) throws -> [UInt8] {
        guard let bytes = try FolderReader.read(URL(filePath: path), limit: SignedNote.maximumLength) else {
            throw Unreadable("there is no file “\(path)”")
        }
        return bytes
    }
}

/// Why a record, or something beside it, cannot be read.
struct Unreadable: Error {
    let sentence: String

    init(_ sentence: String) {
        self.sentence = sentence
    }
}

extension Report {
    /// The report as people read it.
    var lines: [String] {
        var lines = ["\(origin.isEmpty ? "unreadable log" : origin), \(size) entries, root \(root.base64)"]
        for check in checks {
            let name = check.id.rawValue.padding(toLength: 4, withPad: " ", startingAt: 0)
            let outcome =
                switch check.outcome {
                case .ok: "ok    "
                case .failed: "FAILED"
                case .notApplicable: "–     "
                }
            let figures = check.figures.map { "\($0.name) \($0.value)" }.joined(separator: ", ")
            let remarks = [figures, check.note].filter { !$0.isEmpty }.joined(separator: "; ")
            lines.append("\(name) \(outcome) \(check.id.title)" + (remarks.isEmpty ? "" : " (\(remarks))"))
            for failure in check.failures {
                let place = failure.entry.map { "entry \($0): " } ?? ""
                let detail = failure.detail.isEmpty ? "" : " (\(failure.detail))"
                lines.append("            \(place)\(failure.fault.sentence)\(detail)")
            }
            let more = check.failureCount - check.failures.count
            if more > 0 { lines.append("            and \(more) more") }
        }
        let failed = checks.filter { $0.outcome == .failed }.map(\.id.rawValue)
        let idle = checks.count { $0.outcome == .notApplicable }
        lines.append(
            failed.isEmpty
                ? "The record holds: \(checks.count - idle) checks hold, \(idle) have nothing to check."
                : "The record does not hold: \(failed.joined(separator: ", ")).")
        return lines
    }
}
