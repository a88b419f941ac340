import Foundation
import Testing

@testable import PublicRecord

/// The second verifier, `Public/verify.py`, must come to the same verdict as the first on every record.
@Suite("The second verifier agrees with the first")
struct SecondVerifierTests {
    private static let program = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Public/verify.py")

    @Test("On good records of every type of ballot", arguments: BallotKind.allCases, [false, true])
    func good(type: BallotKind, paper: Bool) throws {
        let record = try SyntheticRecord(paper: paper, type: type)
        try compare(record.files(), VerificationOptions())
    }

    @Test("On every counting rule, over every type of ballot that it reads", arguments: Rule.allCases)
    func rules(rule: Rule) throws {
        let ties = ["lexico", "max_votes", "draw:tilleul", "min_cost"]
        for (type, tie) in zip(BallotKind.allCases, ties) where rule.reads(type) {
            let counting = Definition.Counting(
                rule: rule.name, tie: tie, threshold: rule.readsThreshold ? 120 : nil,
                step: rule.raisesShares ? 15_000 : nil)
            let record = try SyntheticRecord(online: 60, paper: type == .approval, type: type, counting: counting)
            try compare(record.files(), VerificationOptions())
        }
    }

    @Test("Under every constraint, and under all that go together", arguments: Constrained.all)
    func constraints(_ constrained: Constrained) throws {
        for rule in constrained.rules {
            let counting = Definition.Counting(rule: rule.name, tie: "natural", constraints: constrained.constraints)
            let type: BallotKind = rule == .majorityJudgment ? .grades : .approval
            let record = try SyntheticRecord(online: 60, type: type, counting: counting)
            try compare(record.files(), VerificationOptions())
        }
    }

    @Test("On a good record with everything that can be known beside it")
    func goodWithOptions() throws {
        let record = try SyntheticRecord(paper: true)
        let witness = try #require(SyntheticRecord.witness)
        var files = try record.files()
        files["checkpoint"] = try witness.sign(record.checkpoint(), at: 1_790_700_000).bytes
        let options = VerificationOptions(
            key: try #require(SyntheticRecord.signer).key, earlier: try record.checkpoint(size: 300).bytes,
            witnesses: [witness.key], receipts: Array(record.receipts.prefix(1)))
        try compare(files, options)
    }

    @Test("On a good record of a vote with a roll")
    func roll() throws {
        let record = try SyntheticRecord(online: 20, roll: true)
        #expect(try verify(RecordSource(files: record.files())).holds)
        try compare(record.files(), VerificationOptions())
    }

    @Test("On a good record of a batch that was settled, opened again and settled again")
    func reopened() throws {
        var record = try SyntheticRecord(paper: true)
        let settled = try record.index(of: "batch.settled")
        guard case .batchSettled(let batch, _, _, _, _) = try Entry(bytes: record.entries[settled]) else { return }
        record.entries.insert(
            contentsOf: [
                Entry.staffActed(act: Entry.reopening, role: "returning_officer", object: batch).bytes,
                record.entries[settled],
            ], at: settled + 1)
        // The papers are the same, and so is the result.
        record.remove(kind: "vote.certified")
        try compare(record.files(), VerificationOptions())
        #expect(try verify(RecordSource(files: record.files())).holds)
    }

    @Test("On a record that is still growing", arguments: [0, 1, 2, 3, 40, 256, 320, 636, 637, 640, 955])
    func growing(size: Int) throws {
        var record = try SyntheticRecord()
        record.entries.removeLast(record.entries.count - size)
        record.result = nil
        try compare(record.files(), VerificationOptions())
    }

    @Test("On every tampering", arguments: Tampering.all)
    func tampering(_ tampering: Tampering) throws {
        var (files, options) = try tampering.files()
        if options.receipts.count > 1 {
            // One receipt that shows the tampering is enough, as it is for its owner.
            let all = options.receipts
            options.receipts = try all.filter { receipt in
                let report = try verify(
                    RecordSource(files: files), options: VerificationOptions(receipts: [receipt]))
                return report[.v13]?.failures.first?.fault == tampering.fault
            }.prefix(1).map { $0 }
            try #require(!options.receipts.isEmpty)
        }
        try compare(files, options)
    }

    @Test("A record without a checkpoint cannot be read by it either")
    func unreadable() throws {
        #expect(try run([:], VerificationOptions()).status == 2)
    }

    private func compare(
        _ files: [String: [UInt8]], _ options: VerificationOptions
    ) throws {
        let report = try verify(RecordSource(files: files), options: options)
        let (status, output, errors) = try run(files, options)
        try #require(status < 2, "\(errors)")
        let other = try CanonicalJSON(parsing: output.dropLast())
        #expect(status == (report.holds ? 0 : 1))
        for (check, theirs) in zip(report.checks, other["checks"].elements) {
            #expect(theirs["outcome"].text == check.outcome.rawValue, "\(check.id)")
            #expect(theirs["title"].text == check.id.title)
            #expect(
                Set(theirs["failures"].elements.map(\.["fault"].text)) == Set(check.failures.map(\.fault.rawValue)),
                "\(check.id)")
            #expect(
                Set(theirs["failures"].elements.map(\.["entry"].number)) == Set(check.failures.map { $0.entry ?? -1 }),
                "\(check.id)")
            let figures = CanonicalJSON.object(
                check.figures.map { CanonicalJSON.Member($0.name, .integer(Int64($0.value))) })
            #expect(theirs["figures"] == figures, "\(check.id)")
        }
        #expect(other["checks"].elements.count == report.checks.count)
    }

    private func run(
        _ files: [String: [UInt8]], _ options: VerificationOptions
    ) throws -> (status: Int32, output: [UInt8], errors: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "record-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let record = folder.appending(path: "record")
        try FileManager.default.createDirectory(at: record, withIntermediateDirectories: true)
        func write(_ bytes: [UInt8], _ file: URL) throws -> String {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
            return file.path
        }
        for (path, bytes) in files { _ = try write(bytes, record.appending(path: path)) }
        var arguments = ["python3", "-B", Self.program.path, record.path, "--json"]
        if let key = options.key { arguments += ["--key", key.description] }
        for witness in options.witnesses { arguments += ["--witness", witness.description] }
        if let earlier = options.earlier {
            arguments += ["--checkpoint", try write(earlier, folder.appending(path: "earlier"))]
        }
        for (number, claim) in options.receipts.enumerated() {
            arguments += ["--receipt", try write(claim.note, folder.appending(path: "receipt\(number)"))]
            if let choices = claim.choices {
                arguments += ["--choices", String(decoding: choices.encoded(), as: UTF8.self)]
            }
        }
        let output = folder.appending(path: "output")
        let errors = folder.appending(path: "errors")
        for file in [output, errors] { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        let bytes = Array(try Data(contentsOf: output))
        return (process.terminationStatus, bytes, String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }
}

/// What a definition may ask beside its rule, and the rules that it is tried with.
struct Constrained: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let constraints: Definition.Constraints
    var rules: [Rule] = Rule.allCases

    static let all: [Constrained] = [
        Constrained(
            testDescription: "a threshold that is a share of the ballots", constraints: .init(thresholdShare: 4_000),
            rules: [.greedyThreshold, .greedyNoSkip]),
        Constrained(testDescription: "one project of a district", constraints: .init(perDistrict: 1)),
        Constrained(
            testDescription: "projects that exclude one another",
            constraints: .init(exclusive: [["P1", "P2"], ["P2", "P5"]])),
        Constrained(
            testDescription: "envelopes of districts", constraints: .init(envelopes: ["nord": 250_000, "sud": 320_000])),
        Constrained(
            testDescription: "envelopes whose leftovers go to the city",
            constraints: .init(envelopes: ["nord": 350_000, "sud": 150_000], leftoversToCity: true)),
        Constrained(
            testDescription: "one more project in part", constraints: .init(fundsOneInPart: true),
            rules: Rule.allCases.filter(\.fundsInPart)),
        Constrained(
            testDescription: "everything together",
            constraints: .init(
                perDistrict: 1, exclusive: [["P1", "P6"]], envelopes: ["nord": 210_000], leftoversToCity: true)),
    ]
}

extension Rule {
    /// Whether the rule reads the ballots of a definition of that type.
    fileprivate func reads(_ type: BallotKind) -> Bool {
        switch type {
        case .approval: reads(BallotType.approval)
        case .points: reads(BallotType.points)
        case .ranking: reads(BallotType.ranking)
        case .grades: reads(BallotType.grades(scale: 4))
        }
    }
}
