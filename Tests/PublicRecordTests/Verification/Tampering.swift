import Testing

@testable import PublicRecord

/// A way to spoil a record, and the failure by which it must be noticed.
struct Tampering: Sendable, CustomTestStringConvertible {
    let name: String
    let fault: Fault
    let paper: Bool
    /// What happens to the record before it is signed, by somebody who holds the log's key.
    let inside: @Sendable (inout SyntheticRecord) throws -> Void
    /// What happens to the published files, by somebody who does not.
    let outside: @Sendable (inout [String: [UInt8]]) throws -> Void
    /// What the verifier is told beside the record, made from the good record.
    let options: @Sendable (SyntheticRecord) throws -> VerificationOptions

    var testDescription: String { name }

    /// A tampering by somebody who holds the log's key and signs everything again.
    static func resigned(
        _ name: String, _ fault: Fault, paper: Bool = false,
        options: @escaping @Sendable (SyntheticRecord) throws -> VerificationOptions = { _ in VerificationOptions() },
        _ change: @escaping @Sendable (inout SyntheticRecord) throws -> Void
    ) -> Tampering {
        Tampering(name: name, fault: fault, paper: paper, inside: change, outside: { _ in }, options: options)
    }

    /// A tampering by somebody who can only change the published files.
    static func unsigned(
        _ name: String, _ fault: Fault, paper: Bool = false,
        options: @escaping @Sendable (SyntheticRecord) throws -> VerificationOptions = { _ in VerificationOptions() },
        _ change: @escaping @Sendable (inout [String: [UInt8]]) throws -> Void
    ) -> Tampering {
        Tampering(name: name, fault: fault, paper: paper, inside: { _ in }, outside: change, options: options)
    }

    static let all = withoutKey + log + entries + definition + marks + opened + batches + result + receipts + certified
}

extension Dictionary<String, [UInt8]> {
    /// Changes a file that must be there.
    fileprivate mutating func change(_ path: String, _ change: (inout [UInt8]) throws -> Void) throws {
        var bytes = try #require(self[path])
        try change(&bytes)
        self[path] = bytes
    }

    fileprivate mutating func rewrite(_ path: String, _ old: String, _ new: String) throws {
        try change(path) { bytes in
            let range = try #require(bytes.firstRange(of: Array(old.utf8)))
            bytes.replaceSubrange(range, with: Array(new.utf8))
        }
    }

    /// The path of the last bundle of entries.
    fileprivate func lastBundle() throws -> String {
        try #require(keys.filter { $0.hasPrefix("tile/entries/") }.max())
    }

    /// Changes the entries of the last bundle.
    fileprivate mutating func changeLast(_ change: (inout [[UInt8]]) -> Void) throws {
        let path = try lastBundle()
        var entries = try #require(Tiles.entries(self[path] ?? [])).map(Array.init)
        change(&entries)
        self[path] = Tiles.bundle(entries)
    }
}

extension PaperFile {
    /// The same file with another line.
    fileprivate func replacing(_ index: Int, with line: String) -> PaperFile {
        var lines: [String] = lines
        lines[index] = line
        return PaperFile(batch: batch, reading: reading, salt: salt, lines: lines)
    }
}

private let everybody: @Sendable (SyntheticRecord) throws -> VerificationOptions = { record in
    VerificationOptions(receipts: record.receipts)
}

private func other(_ choices: CanonicalJSON) -> CanonicalJSON {
    choices == ["P6"] ? ["P5"] : ["P6"]
}

// MARK: - Without the log's key

extension Tampering {
    static let withoutKey: [Tampering] = [
        .unsigned("An opened ballot is changed", .rootDiffers) { files in
            try files.changeLast { entries in
                entries[10] = Array(String(decoding: entries[10], as: UTF8.self).replacing("\"P", with: "\"Q").utf8)
                entries[10][entries[10].count - 3] ^= 1
            }
        },
        .unsigned("An opened ballot is dropped", .bundleMalformed) { files in
            try files.changeLast { $0.remove(at: 10) }
        },
        .unsigned("An opened ballot is added", .bundleMalformed) { files in
            try files.changeLast { $0.insert($0[10], at: 10) }
        },
        .unsigned("Opened ballots are reordered", .rootDiffers) { files in
            try files.changeLast { $0.swapAt(10, 11) }
        },
        .unsigned("An envelope is swapped", .tileDiffers) { files in
            try files.change("tile/entries/000") { bytes in
                var entries = try #require(Tiles.entries(bytes)).map(Array.init)
                try #require(String(decoding: entries[3], as: UTF8.self).contains("ballot.sealed"))
                let digit = try #require(entries[3].firstRange(of: Array("\"envelope\":\"".utf8))).upperBound
                entries[3][digit] = entries[3][digit] == 0x30 ? 0x31 : 0x30
                bytes = Tiles.bundle(entries)
            }
        },
        .unsigned("A project's cost is changed", .definitionDiffers) { files in
            try files.rewrite("definition.json", "\"cost\":300000", "\"cost\":200000")
        },
        .unsigned("The result is changed", .resultHash) { files in
            try files.rewrite("result.json", "\"winners\":[\"", "\"winners\":[\"P0\",\"")
        },
        .unsigned("The checkpoint's size is changed", .checkpointForged) { files in
            try files.change("checkpoint") { bytes in
                let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", maxSplits: 2)
                bytes = Array("\(lines[0])\n\((Int(lines[1]) ?? 0) - 1)\n\(lines[2])".utf8)
            }
        },
        .unsigned("A bundle is cut", .bundleMalformed) { files in
            try files.change("tile/entries/000") { $0.removeLast() }
        },
        .unsigned("A bundle is taken away", .bundleMissing) { $0["tile/entries/001"] = nil },
        .unsigned("A tile is changed", .tileDiffers) { files in try files.change("tile/0/000") { $0[40] ^= 1 } },
        .unsigned("A tile of the second level is changed", .tileDiffers) { files in
            let path = try #require(files.keys.first { $0.hasPrefix("tile/1/") })
            try files.change(path) { $0[0] ^= 1 }
        },
        .unsigned("A tile is taken away", .tileMissing) { $0["tile/0/001"] = nil },
        .unsigned("The checkpoint is no checkpoint", .checkpointMalformed) { $0["checkpoint"] = Array("hello\n".utf8) },
        .unsigned("The key is no key", .keyMalformed) { $0["key"] = Array("hello\n".utf8) },
        .unsigned("The definition is taken away", .definitionMissing) { $0["definition.json"] = nil },
        .unsigned("The definition is no definition", .definitionMalformed) { $0["definition.json"] = Array("{}".utf8) },
        .unsigned("The result is taken away", .resultMissing) { $0["result.json"] = nil },
        .unsigned("A witness's signature is not there", .cosignatureMissing) { _ in
            VerificationOptions(witnesses: [try #require(SyntheticRecord.witness).key])
        } _: { _ in
        },
        .unsigned("A witness's signature is forged", .cosignatureForged) { _ in
            VerificationOptions(witnesses: [try #require(SyntheticRecord.witness).key])
        } _: { files in
            let key = try #require(SyntheticRecord.witness).key
            let forged = SignedNote.Signature(name: key.name, keyID: key.keyID, bytes: Array(repeating: 1, count: 72))
            try files.change("checkpoint") { $0 = try SignedNote(parsing: $0).adding(forged).bytes }
        },
    ]
}

// MARK: - With the log's key

extension Tampering {
    static let log: [Tampering] = [
        .resigned("The checkpoint is signed by a stranger", .checkpointUnsigned) {
            $0.signer = SyntheticRecord.stranger
        },
        .resigned("Key and checkpoint are both a stranger's", .keyDiffers) { _ in
            VerificationOptions(key: try #require(SyntheticRecord.signer).key)
        } _: {
            $0.signer = SyntheticRecord.stranger
            $0.published = SyntheticRecord.stranger
        },
        .resigned("The key has another name", .checkpointOrigin) {
            let other = NoteSigner(name: "vote.example/other", seed: Array(repeating: 7, count: 32))
            $0.signer = other
            $0.published = other
        },
        .resigned("The log is truncated", .earlierLarger) { record in
            VerificationOptions(earlier: try record.checkpoint().bytes)
        } _: {
            $0.entries.removeLast(40)
        },
        .resigned("The log is truncated before the result", .resultUnannounced) {
            $0.entries.removeLast()
        },
        .resigned("An old entry is changed", .earlierDiffers) { record in
            VerificationOptions(earlier: try record.checkpoint(size: 300).bytes)
        } _: { record in
            try record.replace(record.index(of: "ballot.sealed", skip: 3)) { entry in
                guard case .ballotSealed(let credential, _) = entry else { return entry }
                return .ballotSealed(credential: credential, envelope: Hash(of: [1]))
            }
        },
        .resigned("The earlier checkpoint is another log's", .earlierOrigin) { _ in
            let signer = try #require(NoteSigner(name: "vote.example/other", seed: Array(repeating: 7, count: 32)))
            let text = Checkpoint(origin: "vote.example/other", size: 0, root: MerkleTree.emptyRoot).text
            return VerificationOptions(earlier: try signer.sign(text: text).bytes)
        } _: { _ in
        },
        .resigned("The earlier checkpoint is not signed by the log", .earlierForged) { record in
            var stranger = record
            stranger.signer = SyntheticRecord.stranger
            return VerificationOptions(earlier: try stranger.checkpoint(size: 100).bytes)
        } _: { _ in
        },
        .resigned("The earlier checkpoint is none", .earlierMalformed) { _ in
            VerificationOptions(earlier: Array("hello".utf8))
        } _: { _ in
        },
    ]

    static let entries: [Tampering] = [
        .resigned("An entry has a blank too many", .entryNotCanonical) {
            try $0.rewrite($0.index(of: "ballot.sealed"), "{\"credential", "{ \"credential")
        },
        .resigned("An entry's members are in another order", .entryNotCanonical) {
            try $0.rewrite($0.index(of: "result.published"), "\"kind\":\"result.published\",", "")
            try $0.rewrite($0.entries.count - 1, "}", ",\"kind\":\"result.published\"}")
        },
        .resigned("An entry is no JSON", .entryNotCanonical) { $0.entries[5] = Array("hello".utf8) },
        .resigned("A frequent entry is spoiled in its choices", .entryNotCanonical) {
            try $0.rewrite($0.index(of: "ballot.opened"), "\"choices\":[", "\"choices\":[ ")
        },
        .resigned("An entry is of an unknown kind", .entryUnknownKind) {
            $0.entries.append(Array(#"{"kind":"vote.forgotten"}"#.utf8))
        },
        .resigned("An entry has a field too many", .entryMalformed) {
            try $0.rewrite($0.index(of: "mark.made"), "{", "{\"age\":44,")
        },
        .resigned("An entry lacks a field", .entryMalformed) {
            try $0.rewrite($0.index(of: "mark.made"), ",\"place\":null", "")
        },
        .resigned("A credential is in capitals", .entryMalformed) { record in
            let index = try record.index(of: "mark.made")
            try record.rewrite(index, "\"credential\":\"", "\"credential\":\"A")
        },
        .resigned("A ballot is accepted before the opening", .entryBeforeOpening) {
            $0.entries.swapAt(0, try $0.index(of: "mark.made"))
        },
        .resigned("A ballot is accepted after the closing", .entryAfterClosing) {
            $0.entries.insert(
                Entry.markMade(credential: Array(repeating: 1, count: 16), channel: .online, place: nil).bytes,
                at: try $0.index(of: "vote.closed") + 1)
        },
        .resigned("A ballot is opened before the closing", .entryBeforeClosing) {
            $0.entries.swapAt(try $0.index(of: "vote.closed"), try $0.index(of: "ballot.opened"))
        },
        .resigned("A ballot is opened after the result", .entryAfterResult) {
            $0.entries.append($0.entries.remove(at: try $0.index(of: "ballot.opened", skip: 7)))
        },
        .resigned("The vote is opened twice", .entryTwice) {
            $0.entries.insert($0.entries[try $0.index(of: "vote.opened")], at: 20)
        },
        .resigned("The result is certified before it is published", .entryBeforeResult) { record in
            let root = MerkleTree.root(of: [MerkleTree.leafHash(record.entries[0])])
            let entry = Entry.voteCertified(at: SyntheticRecord.closes, size: 1, root: root, officers: ["a", "b"])
            record.entries.insert(entry.bytes, at: try record.index(of: "result.published"))
        },
        .resigned("The vote is closed an hour early", .closedTooEarly) { record in
            try record.replace(record.index(of: "vote.closed")) { entry in
                guard case .voteClosed(let at, let account) = entry else { return entry }
                return .voteClosed(at: at - 3600, account: account)
            }
        },
    ]

    static let definition: [Tampering] = [
        .resigned("A cost is changed after the opening", .definitionDiffers) {
            $0.definition.projects[2].cost = 5
            $0.definitionBytes = $0.definition.json.encoded()
        },
        .resigned("The definition names a roll, and none is committed", .definitionContradicted) { record in
            record.definition.eligibility = ["code", "roll"]
            record.definition.rollFields = ["birth_date", "family_name"]
            try record.coverUp()
        },
        .resigned("A roll is committed for a vote without one", .definitionContradicted) { record in
            record.entries.insert(
                Entry.rollCommitted(size: 9_000, root: Hash(of: [2])).bytes, at: try record.index(of: "vote.opened"))
        },
        .resigned("The deadline in the entry is not the definition's", .definitionContradicted) { record in
            try record.replace(record.index(of: "vote.opened")) { entry in
                guard case .voteOpened(let definition, let opens, let closes, let seal) = entry else { return entry }
                return .voteOpened(definition: definition, opens: opens, closes: closes - 60, seal: seal)
            }
        },
        .resigned("Ballots are not sealed", .definitionContradicted) { record in
            try record.replace(record.index(of: "vote.opened")) { entry in
                guard case .voteOpened(let definition, let opens, let closes, _) = entry else { return entry }
                return .voteOpened(definition: definition, opens: opens, closes: closes, seal: nil)
            }
        },
    ]

    static let marks: [Tampering] = [
        .resigned("A credential is marked twice", .markTwice) {
            $0.entries.insert($0.entries[try $0.index(of: "mark.made")], at: try $0.index(of: "mark.made", skip: 3))
        },
        .resigned("A channel that is not offered", .markChannel) {
            $0.definition.channels = ["kiosk"]
            try $0.coverUp()
        },
        .resigned("A ballot without a mark", .sealedWithoutMark) {
            $0.entries.insert(
                Entry.ballotSealed(credential: Array(repeating: 1, count: 16), envelope: Hash(of: [])).bytes,
                at: try $0.index(of: "vote.closed"))
        },
        .resigned("A sealed ballot for a mark on paper", .sealedOnPaper, paper: true) { record in
            let credential = Array(repeating: UInt8(1), count: 16)
            let closing = try record.index(of: "vote.closed")
            record.entries.insert(
                contentsOf: [
                    Entry.markMade(credential: credential, channel: .paper, place: "école").bytes,
                    Entry.ballotSealed(credential: credential, envelope: Hash(of: [])).bytes,
                ], at: closing)
        },
        .resigned("A ballot after its mark was annulled", .sealedAfterAnnulment) { record in
            let index = try record.index(of: "mark.annulled")
            guard case .markAnnulled(let credential, _) = try Entry(bytes: record.entries[index]) else { return }
            record.entries.insert(
                Entry.ballotSealed(credential: credential, envelope: Hash(of: [])).bytes, at: index + 1)
        },
        .resigned("A ballot is replaced where that is forbidden", .replacedWithoutRight) {
            $0.definition.revote = false
            try $0.coverUp()
        },
        .resigned("A mark is annulled that was never made", .annulledWithoutMark) { record in
            try record.replace(record.index(of: "mark.annulled")) { _ in
                .markAnnulled(credential: Array(repeating: 1, count: 16), reason: "error")
            }
        },
        .resigned("A mark is annulled twice", .annulledTwice) {
            let index = try $0.index(of: "mark.annulled")
            $0.entries.insert($0.entries[index], at: index)
        },
        .resigned("A mark is annulled for no reason of the definition", .annulledReason) { record in
            try record.rewrite(record.index(of: "mark.annulled"), "withdrawn", "disliked")
        },
        .resigned("A mark is annulled against the policy", .annulledAgainstPolicy, paper: true) {
            $0.definition.policy = "online_prevails"
            try $0.coverUp()
        },
        .resigned("A ballot is annulled at the last moment", .closingCounts) { record in
            guard
                case .markMade(let credential, _, _) = try Entry(
                    bytes: record.entries[record.index(of: "mark.made", skip: 20)])
            else { return }
            record.entries.insert(
                Entry.markAnnulled(credential: credential, reason: "error").bytes,
                at: try record.index(of: "vote.closed"))
        },
    ]

    static let opened: [Tampering] = [
        .resigned("A ballot is not opened, and the result is counted without it", .openedCount) {
            $0.entries.remove(at: try $0.index(of: "ballot.opened", skip: 7))
            try $0.coverUp()
        },
        .resigned("A ballot is opened that nobody sealed, and the result is counted with it", .openedCount) { record in
            let ballot = OpenedBallot(
                channel: .online, group: "online", ballot: .approval(["P6"]),
                tracker: Tracker(server: Array(repeating: 255, count: 5), resident: Array(repeating: 255, count: 5)))
            let result = try record.index(of: "result.published")
            record.entries.insert(Entry.ballotOpened(ballot, grades: []).bytes, at: result)
            try record.coverUp()
        },
        .resigned("More ballots are opened than were sealed, before any result", .openedCount) { record in
            record.entries.removeLast()
            record.result = nil
            let ballot = OpenedBallot(
                channel: .online, group: "online", ballot: .approval(["P6"]),
                tracker: Tracker(server: Array(repeating: 255, count: 5), resident: Array(repeating: 255, count: 5)))
            record.append(.ballotOpened(ballot, grades: []))
        },
        .resigned("Two people are given one tracker", .trackerTwice) { record in
            let index = try record.index(of: "ballot.opened", skip: 7)
            guard case .ballotOpened(_, _, _, let mark) = try Entry(bytes: record.entries[index]) else { return }
            try record.replace(index + 1) { entry in
                guard case .ballotOpened(let channel, let group, let choices, _) = entry else { return entry }
                return .ballotOpened(channel: channel, group: group, choices: choices, mark: mark)
            }
            try record.coverUp()
        },
        .resigned("Opened ballots stand in another order", .trackerOrder) {
            let index = try $0.index(of: "ballot.opened", skip: 7)
            $0.entries.swapAt(index, index + 1)
        },
        .resigned("Choices are of another type of ballot", .choicesShape) { record in
            try record.replace(record.index(of: "ballot.opened", skip: 7)) { entry in
                guard case .ballotOpened(let channel, let group, _, let mark) = entry else { return entry }
                return .ballotOpened(channel: channel, group: group, choices: ["P1": 3], mark: mark)
            }
            try record.coverUp()
        },
        .resigned("Choices are not sorted", .choicesNotNormal) { record in
            try record.replace(record.index(of: "ballot.opened", skip: 7)) { entry in
                guard case .ballotOpened(let channel, let group, _, let mark) = entry else { return entry }
                return .ballotOpened(channel: channel, group: group, choices: ["P2", "P1"], mark: mark)
            }
            try record.coverUp()
        },
        .resigned("A paper that breaks a rule is opened", .paperInvalid, paper: true) { record in
            let papers = try record.entries.indices.filter {
                guard case .ballotOpened(_, _, _, .paper) = try Entry(bytes: record.entries[$0]) else { return false }
                return true
            }
            try record.replace(#require(papers.first)) { entry in
                guard case .ballotOpened(let channel, let group, _, let mark) = entry else { return entry }
                return .ballotOpened(channel: channel, group: group, choices: ["P1", "P2", "P3", "P4"], mark: mark)
            }
            try record.coverUp()
        },
        .resigned("A small group is published alone", .groupTooSmall) { record in
            for index in record.entries.indices {
                guard
                    case .ballotOpened(let channel?, let group, let choices, let mark) = try Entry(
                        bytes: record.entries[index]), channel == .kiosk, group.contains("+")
                else { continue }
                // The first few of the joined group are given away as those of the market.
                if record.count(of: "ballot.opened") > 0, index % 4 == 0 {
                    try record.replace(index) { _ in
                        .ballotOpened(channel: channel, group: "kiosk:marché", choices: choices, mark: mark)
                    }
                }
            }
            try record.coverUp()
        },
        .resigned("A ballot moves to another group", .groupDiffers) { record in
            let online = try record.entries.indices.first {
                guard case .ballotOpened(.online, _, _, _) = try Entry(bytes: record.entries[$0]) else { return false }
                return true
            }
            try record.replace(#require(online)) { entry in
                guard case .ballotOpened(_, _, let choices, let mark) = entry else { return entry }
                return .ballotOpened(
                    channel: .kiosk, group: "kiosk:mairie+kiosk:marché", choices: choices, mark: mark)
            }
            try record.coverUp()
        },
    ]

    static let batches: [Tampering] = [
        .resigned("A batch is declared twice", .batchTwice, paper: true) {
            let index = try $0.index(of: "batch.declared")
            $0.entries.insert($0.entries[index], at: index)
        },
        .resigned("A batch is entered that was never declared", .batchUndeclared, paper: true) {
            $0.entries.remove(at: try $0.index(of: "batch.declared"))
        },
        .resigned("A batch is entered once only", .batchEntries, paper: true) {
            $0.entries.remove(at: try $0.index(of: "batch.entered"))
        },
        .resigned("A batch has more rows than papers", .batchRows, paper: true) { record in
            try record.replace(record.index(of: "batch.entered")) { entry in
                guard case .batchEntered(let batch, let letter, let file, let rows) = entry else { return entry }
                return .batchEntered(batch: batch, entry: letter, file: file, rows: rows + 1)
            }
        },
        .resigned("Five papers of a batch vanish", .batchSum, paper: true) { record in
            try record.replace(record.index(of: "batch.settled")) { entry in
                guard case .batchSettled(let batch, let counted, let blank, let invalid, let file) = entry else {
                    return entry
                }
                return .batchSettled(batch: batch, counted: counted - 5, blank: blank, invalid: invalid, file: file)
            }
        },
        .resigned("Papers are invalid for a reason of nobody's", .batchReason, paper: true) {
            try $0.rewrite($0.index(of: "batch.settled"), "too_many", "ugly")
        },
        .resigned("A batch is opened again before it was settled", .batchReopened, paper: true) { record in
            let settled = try record.index(of: "batch.settled")
            guard case .batchSettled(let batch, _, _, _, _) = try Entry(bytes: record.entries[settled]) else { return }
            let act = Entry.staffActed(act: Entry.reopening, role: "returning_officer", object: batch)
            record.entries.insert(act.bytes, at: settled)
        },
        .resigned("A batch is never settled", .batchUnsettled, paper: true) {
            $0.entries.remove(at: try $0.index(of: "batch.settled"))
        },
        .resigned("A paper is opened that no batch counted", .batchOpened, paper: true) { record in
            let result = try record.index(of: "result.published")
            record.entries.insert(
                Entry.ballotOpened(
                    OpenedBallot(group: "paper:M1+paper:M2", ballot: .approval(["P6"]), paper: 9999), grades: []
                ).bytes, at: result)
            try record.coverUp()
        },
        .unsigned("A published file of a batch is another", .batchFileDiffers, paper: true) { files in
            try files.change(try #require(files.keys.filter { $0.hasPrefix("files/") }.min())) { $0[20] ^= 1 }
        },
        .resigned("A file is that of another batch", .batchFileMalformed, paper: true) { record in
            try record.refile("A") { PaperFile(batch: "E1", reading: "A", salt: $0.salt, lines: $0.lines) }
        },
        .resigned("The second reading is the first one again", .batchFileMalformed, paper: true) { record in
            try record.refile("B") { PaperFile(batch: $0.batch, reading: "A", salt: $0.salt, lines: $0.lines) }
        },
        .resigned("A paper of a file names a project that there is not", .batchFileMalformed, paper: true) { record in
            try record.refile("B") { $0.replacing(0, with: "99") }
        },
        .resigned("A paper of a file is not written in its one form", .batchFileMalformed, paper: true) { record in
            try record.refile("A") { $0.replacing(0, with: "03") }
        },
        .resigned("A file of a batch has a paper less", .batchFileCounts, paper: true) { record in
            try record.refile("A") {
                PaperFile(batch: $0.batch, reading: $0.reading, salt: $0.salt, lines: $0.lines.dropLast())
            }
        },
        .resigned("A blank paper is torn in the settled file", .batchFileCounts, paper: true) { record in
            try record.refile(PaperFile.settled) { $0.replacing($0.lines.firstIndex(of: "-") ?? 0, with: "!torn") }
        },
        .resigned("A project stands twice on a paper that was counted", .batchFileCounts, paper: true) { record in
            try record.refile(PaperFile.settled) { $0.replacing(0, with: "3,3") }
        },
        .resigned("A paper was opened with other choices than its file has", .batchFileOpened, paper: true) { record in
            try record.refile(PaperFile.settled) { $0.replacing(0, with: $0.lines[0] == "6" ? "5" : "6") }
        },
        .resigned("An officer's explanation is left out", .balanceOfPlace, paper: true) {
            $0.entries.remove(at: try $0.index(of: "discrepancy.recorded"))
        },
        .resigned("Papers come from a place where nobody was marked", .balanceOfWhole, paper: true) { record in
            let settled = try record.index(of: "batch.settled", skip: 2)
            let file = Hash(of: [])
            record.entries.insert(
                contentsOf: [
                    Entry.batchDeclared(batch: "X", place: "gare", papers: 40, spoiled: 0).bytes,
                    Entry.batchEntered(batch: "X", entry: "A", file: file, rows: 40).bytes,
                    Entry.batchEntered(batch: "X", entry: "scan", file: file, rows: 40).bytes,
                    Entry.batchSettled(batch: "X", counted: 0, blank: 40, invalid: [], file: file).bytes,
                ], at: settled + 1)
        },
    ]

    static let result: [Tampering] = [
        .resigned("The result names other winners", .resultDiffers) { record in
            record.entries.removeLast()
            let text = String(decoding: record.result ?? [], as: UTF8.self)
            let changed = Array(text.replacing("\"winners\":[\"", with: "\"winners\":[\"P0\",\"").utf8)
            record.result = changed
            record.append(.resultPublished(result: Hash(of: changed), rule: "greedy_votes", software: "x"))
        },
        .resigned("A ballot is changed and the result is not", .resultDiffers) { record in
            try record.replace(record.index(of: "ballot.opened", skip: 7)) { entry in
                guard case .ballotOpened(let channel, let group, let choices, let mark) = entry else { return entry }
                return .ballotOpened(channel: channel, group: group, choices: other(choices), mark: mark)
            }
        },
        .resigned("A sealed ballot is spoiled on purpose", .resultDiffers) { record in
            try record.replace(record.index(of: "ballot.opened", skip: 7)) { entry in
                guard case .ballotOpened(let channel, let group, _, let mark) = entry else { return entry }
                return .ballotOpened(channel: channel, group: group, choices: ["P1", "P2", "P3", "P4"], mark: mark)
            }
        },
        .resigned("The log names another rule", .resultRule) { record in
            try record.rewrite(record.index(of: "result.published"), "greedy_votes", "greedy_per_cost")
        },
        .resigned("The log names another result", .resultHash) { record in
            record.entries.removeLast()
            record.append(.resultPublished(result: Hash(of: []), rule: "greedy_votes", software: "x"))
        },
        .resigned("Nobody knows the counting rule", .resultUncountable) { record in
            record.definition.counting.rule = "by_favour"
            record.definitionBytes = record.definition.json.encoded()
            let hash = Hash(of: record.definitionBytes)
            try record.replace(record.index(of: "vote.opened")) { entry in
                guard case .voteOpened(_, let opens, let closes, let seal) = entry else { return entry }
                return .voteOpened(definition: hash, opens: opens, closes: closes, seal: seal)
            }
            record.entries.removeLast()
            record.append(.resultPublished(result: Hash(of: record.result ?? []), rule: "by_favour", software: "x"))
        },
    ]

    static let receipts: [Tampering] = [
        .resigned(
            "Somebody's ballot is changed and all is counted and signed again", .receiptChoices, options: everybody
        ) { record in
            // The seventh opened ballot of the online group.
            let index = try record.onlineOpened(7)
            try record.replace(index) { entry in
                guard case .ballotOpened(let channel, let group, let choices, let mark) = entry else { return entry }
                return .ballotOpened(channel: channel, group: group, choices: other(choices), mark: mark)
            }
            try record.coverUp()
        },
        .resigned("Somebody's ballot is exchanged for another tracker", .receiptNotOpened, options: everybody) {
            record in
            let index = try record.onlineOpened(0)
            try record.replace(index) { entry in
                guard case .ballotOpened(let channel, let group, let choices, .tracker(let tracker)) = entry else {
                    return entry
                }
                var bytes = tracker.bytes
                bytes[9] ^= 1
                let changed = Tracker(server: Array(bytes.prefix(5)), resident: Array(bytes.suffix(5)))
                return .ballotOpened(channel: channel, group: group, choices: choices, mark: .tracker(changed))
            }
            try record.coverUp()
        },
        .resigned("Somebody's vote is taken out of the record altogether", .receiptNotIncluded, options: everybody) {
            record in
            guard
                case .markMade(let credential, _, _) = try Entry(
                    bytes: record.entries[record.index(of: "mark.made", skip: 20)])
            else { return }
            let hex = Array(Hex.encode(credential).utf8)
            record.entries.removeAll { $0.firstRange(of: hex) != nil }
            record.entries.remove(at: try record.onlineOpened(7))
            try record.coverUp()
        },
        .resigned("The server votes again for somebody", .receiptReplaced, options: everybody) { record in
            guard
                case .markMade(let credential, _, _) = try Entry(
                    bytes: record.entries[record.index(of: "mark.made", skip: 20)])
            else { return }
            record.entries.insert(
                Entry.ballotSealed(credential: credential, envelope: Hash(of: [])).bytes,
                at: try record.index(of: "vote.closed"))
            try record.coverUp()
        },
        .resigned("The server annuls somebody's mark", .receiptAnnulled, options: everybody) { record in
            guard
                case .markMade(let credential, _, _) = try Entry(
                    bytes: record.entries[record.index(of: "mark.made", skip: 20)])
            else { return }
            record.entries.insert(
                Entry.markAnnulled(credential: credential, reason: "error").bytes,
                at: try record.index(of: "vote.closed"))
            record.entries.remove(at: try record.onlineOpened(7))
            try record.coverUp()
        },
        .resigned("A receipt is forged", .receiptForged) { record in
            var claim = try #require(record.receipts.first)
            let note = try SignedNote(parsing: claim.note)
            claim.note = try #require(SyntheticRecord.stranger).sign(text: note.text).bytes
            return VerificationOptions(receipts: [claim])
        } _: { _ in
        },
        .resigned("A receipt is of another vote", .receiptOrigin) { record in
            let note = try SignedNote(parsing: #require(record.receipts.first).note)
            let receipt = try #require(Receipt(text: note.text))
            let other = Receipt(
                origin: "vote.example/other", credential: receipt.credential, envelope: receipt.envelope,
                tracker: receipt.tracker)
            let claim = ReceiptClaim(note: try #require(SyntheticRecord.signer).sign(text: other.text).bytes)
            return VerificationOptions(receipts: [claim])
        } _: { _ in
        },
        .resigned("A receipt is no receipt", .receiptMalformed) { record in
            VerificationOptions(receipts: [ReceiptClaim(note: try record.checkpoint().bytes)])
        } _: { _ in
        },
    ]

    static let certified: [Tampering] = [
        .resigned("The certified root is another", .certifiedDiffers, paper: true) { record in
            try record.replace(record.index(of: "vote.certified")) { entry in
                guard case .voteCertified(let at, let size, _, let officers) = entry else { return entry }
                return .voteCertified(at: at, size: size, root: Hash(of: []), officers: officers)
            }
        },
        .resigned("The certified size is more than there was", .certifiedTooLarge, paper: true) { record in
            try record.replace(record.index(of: "vote.certified")) { entry in
                guard case .voteCertified(let at, let size, let root, let officers) = entry else { return entry }
                return .voteCertified(at: at, size: size + 1, root: root, officers: officers)
            }
        },
    ]
}

extension SyntheticRecord {
    /// The index of the n-th opened ballot of the online group.
    fileprivate func onlineOpened(_ number: Int) throws -> Int {
        let found = entries.indices.filter {
            guard case .ballotOpened(.online, _, _, _)? = try? Entry(bytes: entries[$0]) else { return false }
            return true
        }
        return try #require(found.dropFirst(number).first)
    }
}
