import Testing

@testable import PublicRecord

@Suite("Verification of a record")
struct VerificationTests {
    @Test("A good record holds in every check", arguments: BallotKind.allCases)
    func good(type: BallotKind) throws {
        let record = try SyntheticRecord(type: type)
        let report = try verify(RecordSource(files: record.files()))
        #expect(report.failures == [])
        #expect(report.size == record.entries.count)
        #expect(report[.v6]?.figures.map(\.value) == [316, 1, 319, 3])
        #expect(report[.v7]?.figures.map(\.value) == [315, 315])
        for id in [CheckID.v3, .v9, .v13, .v14] { #expect(report[id]?.outcome == .notApplicable, "\(id)") }
        for id in [CheckID.v1, .v2, .v4, .v5, .v6, .v7, .v8, .v10, .v11, .v12] {
            #expect(report[id]?.outcome == .ok, "\(id)")
        }
    }

    @Test("A good record with paper holds in every check, certified and with everything that can be known beside it")
    func goodWithPaper() throws {
        let record = try SyntheticRecord(paper: true)
        let key = try #require(SyntheticRecord.signer).key
        let witness = try #require(SyntheticRecord.witness)
        var files = try record.files()
        files["checkpoint"] = try witness.sign(record.checkpoint(), at: 1_790_700_000).bytes
        let options = VerificationOptions(
            key: key, earlier: try record.checkpoint(size: 400).bytes, witnesses: [witness.key],
            receipts: record.receipts)
        let report = try verify(RecordSource(files: files), options: options)
        #expect(report.failures == [])
        for check in report.checks { #expect(check.outcome == .ok, "\(check.id)") }
        #expect(report[.v10]?.figures.map(\.value) == [370, 370, 1])
        #expect(report[.v13]?.figures.map(\.value) == [298, 298, 298])
    }

    @Test("A record holds at every moment of the vote")
    func everyMoment() throws {
        let record = try SyntheticRecord(online: 40, paper: true)
        let published = try record.index(of: "result.published")
        for size in 0...record.entries.count {
            var part = record
            part.entries.removeLast(record.entries.count - size)
            if size <= published { part.result = nil }
            let report = try verify(RecordSource(files: part.files()))
            #expect(report.failures == [], "\(size) entries")
        }
    }

    @Test("Every earlier checkpoint of a log is a prefix of it")
    func earlier() throws {
        let record = try SyntheticRecord()
        let source = RecordSource(files: try record.files())
        for size in [0, 1, 2, 255, 256, 257, 511, 512, 513, 700, record.entries.count] {
            let options = VerificationOptions(earlier: try record.checkpoint(size: size).bytes)
            #expect(try verify(source, options: options)[.v3]?.outcome == .ok, "\(size)")
        }
    }

    @Test("Partial tiles that were removed when they filled up are read from the full ones")
    func fullTiles() throws {
        let record = try SyntheticRecord()
        var part = record
        part.entries.removeLast(record.entries.count - 300)
        part.result = nil
        var files = try record.files()
        files["checkpoint"] = try part.checkpoint().bytes
        files["result.json"] = nil
        // A partial tile stays as long as its tile is not full.
        files["tile/1/000.p/1"] = try part.files()["tile/1/000.p/1"]
        #expect(try verify(RecordSource(files: files)).failures == [])
    }

    @Test("An envelope that could not be opened counts as an invalid ballot")
    func unreadable() throws {
        var record = try SyntheticRecord()
        let index = try record.index(of: "ballot.opened", skip: 40)
        let first = try record.index(of: "ballot.opened")
        guard case .ballotOpened(let channel, let group, _, _) = try Entry(bytes: record.entries[index]) else { return }
        record.entries.remove(at: index)
        let opened = OpenedBallot(unreadableIn: group, channel: channel)
        record.entries.insert(Entry.ballotOpened(opened, grades: []).bytes, at: first)
        try record.coverUp()
        let report = try verify(RecordSource(files: record.files()))
        #expect(report.failures == [])
        #expect(report[.v8]?.figures.last?.value == 1)
    }

    @Test("A vote with fewer ballots than the smallest group is one group, and the report says so")
    func smallVote() throws {
        let record = try SyntheticRecord(online: 12)
        var definition = record.definition
        definition.smallCell = 100
        let cells = [
            Groups.Cell(channel: .online, unit: nil, ballots: 11),
            Groups.Cell(channel: .kiosk, unit: "mairie", ballots: 12),
            Groups.Cell(channel: .kiosk, unit: "marché", ballots: 0),
            Groups.Cell(channel: .paper, unit: "B1", ballots: 3),
        ]
        let groups = Groups(cells, smallCell: 100).groups
        #expect(groups.map(\.name) == ["kiosk:mairie+online", "paper:B1"])
        #expect(groups.map(\.channel) == [nil, .paper])
        #expect(groups.map(\.ballots) == [23, 3])
    }

    @Test("A record without a checkpoint cannot be read", arguments: ["checkpoint", "key"])
    func missing(path: String) throws {
        var files = try SyntheticRecord(online: 12).files()
        files[path] = nil
        #expect(throws: MissingFile(path: path)) { try verify(RecordSource(files: files)) }
    }

    @Test("Every tampering is noticed by the check that must notice it", arguments: Tampering.all)
    func tampering(_ tampering: Tampering) throws {
        let (files, options) = try tampering.files()
        let report = try verify(RecordSource(files: files), options: options)
        #expect(!report.holds)
        let check = try #require(report[tampering.fault.check])
        #expect(check.outcome == .failed)
        #expect(check.failures.map(\.fault).contains(tampering.fault), "found \(report.failures)")
        #expect(try CanonicalJSON(parsing: report.json.encoded()) == report.json)
    }

    @Test("Every failure that the verifier can name is found in some tampering")
    func table() {
        let unproven = Set(Fault.allCases).subtracting(Tampering.all.map(\.fault))
        #expect(unproven == [])
    }

    @Test("Whatever byte of a published file is flipped, the verifier notices and does not crash")
    func flips() throws {
        let record = try SyntheticRecord(online: 30, paper: true)
        let good = try record.files()
        var random = SeededRandom(seed: 77)
        for path in good.keys.sorted() {
            for _ in 0..<12 {
                var files = good
                var bytes = try #require(files[path])
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                files[path] = bytes
                let report = try verify(RecordSource(files: files))
                #expect(!report.holds, "\(path)")
            }
        }
    }
}

extension Report {
    /// All failures, for a test's message.
    var failures: [String] {
        checks.flatMap { check in
            check.failures.map { "\(check.id.rawValue) \($0.fault.rawValue) \($0.entry ?? -1) \($0.detail)" }
        }
    }
}

extension Tampering {
    /// The spoiled record and what the verifier is told beside it.
    func files() throws -> ([String: [UInt8]], VerificationOptions) {
        let good = try SyntheticRecord(paper: paper)
        var record = good
        try inside(&record)
        var files = try record.files()
        try outside(&files)
        return (files, try options(good))
    }
}
