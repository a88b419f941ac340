import Foundation
import Participation
import Postgres
import PublicRecord
import Testing

/// Toulouse 2019, from its 1,494 ballots to a verified result, and what happens to whoever tampers with it.
@Suite struct ToulouseTests {
    @Test func `replayed end to end, the counts are the city's and every tampering is caught`() async throws {
        try await withPolls { polls in
            let bytes = try fixture("pabulib/France_Toulouse_2019.pb")
            let file = try #require(PabulibFile.parse(bytes).file)
            try await polls.imports.importVote(
                bytes, into: try await polls.process(),
                options: Imports.Options(slug: "toulouse", rule: "greedy_votes", tie: "lexico"), by: .operator)
            let (vote, key) = try await polls.open(try await polls.vote("toulouse"))
            let half = try await polls.imports.replay(Array(bytes.prefix(bytes.count)), in: vote)
            #expect(half.cast == 1494 && half.skipped.isEmpty)
            let again = try await polls.imports.replay(bytes, in: vote)
            #expect(again.cast == 1494)
            #expect(try await polls.number("SELECT count(*) AS n FROM mark") == 1494)

            // A resident of the test votes too, so that there is a receipt; their blank ballot changes no count.
            let token = try await polls.ballots.cast(
                .points([]), by: .code(try await polls.person()), in: vote, nonce: FormNonce())
            let receipt = try #require(try await polls.ballots.receipt(token, in: vote))
            let open = try await polls.files(of: vote)
            try await polls.openings.close(vote.id, early: true, by: .operator)
            try await polls.counts.count(vote.id, keyFile: key, passphrase: Polls.passphrase, by: .operator)
            try await polls.counts.publish(vote.id, by: .operator)
            let published = try await polls.vote("toulouse")
            let result = try #require(try await Results(pool: polls.pool).find(published))
            for project in file.projects {
                #expect(result.votes[project.id] == project.votes, "votes of \(project.id)")
                #expect(result.support[project.id] == project.score, "score of \(project.id)")
            }
            #expect(result.order == ["4", "16", "13", "29", "5", "10", "30", "20", "1", "18", "7", "27", "6", "26"])
            #expect(result.cost == 100_000_000)

            let files = try await polls.files(of: published)
            let options = VerificationOptions(
                earlier: open["checkpoint"], receipts: [ReceiptClaim(note: Array(receipt.note.utf8))])
            let report = try verify(RecordSource(files: files), options: options)
            #expect(report.holds, "\(report.checks.filter { $0.outcome == .failed })")
            #expect(report[.v12]?.outcome == .ok)

            let record = TamperedRecord(files, signer: polls.signer(published.opening!.definition.origin))
            for row in Tampering.table {
                let tampered = try row.change(record)
                let report = try verify(RecordSource(files: tampered), options: options)
                let failed = report.checks.filter { $0.outcome == .failed }.map(\.id)
                #expect(failed.contains(row.caughtBy), "\(row.name): \(failed)")
            }
        }
    }
}

/// A record whose files and entries can be changed, and signed again by an attacker who holds the log's key.
struct TamperedRecord: Sendable {
    var files: [String: [UInt8]]
    var entries: [[UInt8]]
    let signer: NoteSigner

    init(_ files: [String: [UInt8]], signer: NoteSigner) {
        self.files = files
        self.signer = signer
        entries = Tiles.paths(size: 100_000).compactMap { path in
            guard path.kind == .entries else { return nil }
            return files.first { $0.key.hasPrefix(TilePath(.entries, index: path.index).description) }?.value
        }.flatMap { Tiles.entries($0)!.map(Array.init) }
    }

    /// The place of the first entry of a kind.
    func first(_ kind: String) -> Int {
        entries.firstIndex { String(decoding: $0, as: UTF8.self).contains("\"kind\":\"\(kind)\"") }!
    }

    /// The files with changed entries, in the tiles and under the old checkpoint: the attacker has no key.
    func unsigned() -> [String: [UInt8]] { write(sign: false) }

    /// The files with changed entries under a new checkpoint: the attacker has the key.
    func signed() -> [String: [UInt8]] { write(sign: true) }

    private func write(sign: Bool) -> [String: [UInt8]] {
        var files = files.filter { !$0.key.hasPrefix("tile/") }
        var frontier = TileFrontier()
        var levels: [Int: [Hash]] = [:]
        for entry in entries {
            frontier.append(MerkleTree.leafHash(entry)) { levels[$0.level, default: []].append($0.hash) }
        }
        for path in Tiles.paths(size: entries.count) {
            let range = path.index * Tiles.width..<path.index * Tiles.width + path.width
            switch path.kind {
            case .hashes(let level): files[path.description] = Tiles.encode(Array(levels[level]![range]))
            case .entries: files[path.description] = Tiles.bundle(Array(entries[range]))
            }
        }
        if sign {
            let checkpoint = Checkpoint(origin: signer.key.name, size: frontier.size, root: frontier.root)
            files["checkpoint"] = try! signer.sign(text: checkpoint.text).bytes
        }
        return files
    }
}

/// One way to tamper, and the check that must catch it.
struct Tampering: Sendable {
    let name: String
    let caughtBy: CheckID
    let change: @Sendable (TamperedRecord) throws -> [String: [UInt8]]

    private static func replacing(_ old: String, with new: String, in bytes: [UInt8]) -> [UInt8] {
        Array(String(decoding: bytes, as: UTF8.self).replacing(old, with: new, maxReplacements: 1).utf8)
    }

    private typealias Change = @Sendable (TamperedRecord) -> TamperedRecord

    private static func changing(_ body: @escaping @Sendable (inout TamperedRecord) -> Void) -> Change {
        { record in
            var record = record
            body(&record)
            return record
        }
    }

    private static let changedBallot = changing { record in
        let place = record.entries.firstIndex { String(decoding: $0, as: UTF8.self).contains("\"4\":3") }!
        record.entries[place] = replacing("\"4\":3", with: "\"5\":3", in: record.entries[place])
    }
    private static let droppedBallot = changing { $0.entries.remove(at: $0.first("ballot.opened")) }
    private static let addedBallot = changing { record in
        let place = record.first("ballot.opened")
        record.entries.insert(
            Array(
                #"{"channel":"online","choices":{"4":3},"group":"online","kind":"ballot.opened","tracker":"0000-0000-0000-0000"}"#
                    .utf8), at: place)
    }
    private static let reorderedBallots = changing { record in
        let place = record.first("ballot.opened")
        record.entries.swapAt(place, place + 1)
    }
    private static let swappedEnvelope = changing { record in
        // The last ballot is that of the receipt's owner.
        let place = record.entries.lastIndex { String(decoding: $0, as: UTF8.self).contains("ballot.sealed") }!
        guard case .ballotSealed(let credential, _) = try! Entry(bytes: record.entries[place]) else { return }
        record.entries[place] = Entry.ballotSealed(credential: credential, envelope: Hash(of: [1])).bytes
    }
    private static let lateBallot = changing { record in
        let place = record.first("vote.closed")
        record.entries.insert(
            Entry.markMade(credential: Array(repeating: 3, count: 16), channel: .online, place: nil).bytes,
            at: place + 1)
    }

    static let table: [Tampering] = [
        Tampering(name: "changed ballot", caughtBy: .v2) { changedBallot($0).unsigned() },
        Tampering(name: "changed ballot, signed again", caughtBy: .v12) { changedBallot($0).signed() },
        Tampering(name: "dropped ballot", caughtBy: .v2) { droppedBallot($0).unsigned() },
        Tampering(name: "dropped ballot, signed again", caughtBy: .v7) { droppedBallot($0).signed() },
        Tampering(name: "added ballot", caughtBy: .v2) { addedBallot($0).unsigned() },
        Tampering(name: "added ballot, signed again", caughtBy: .v7) { addedBallot($0).signed() },
        Tampering(name: "reordered ballots", caughtBy: .v2) { reorderedBallots($0).unsigned() },
        Tampering(name: "reordered ballots, signed again", caughtBy: .v7) { reorderedBallots($0).signed() },
        Tampering(name: "mark after closing, signed again", caughtBy: .v4) { lateBallot($0).signed() },
        Tampering(name: "swapped envelope", caughtBy: .v2) { swappedEnvelope($0).unsigned() },
        Tampering(name: "swapped envelope, signed again", caughtBy: .v13) { swappedEnvelope($0).signed() },
        Tampering(name: "swapped envelope in an old entry, signed again", caughtBy: .v3) {
            swappedEnvelope($0).signed()
        },
        Tampering(name: "changed cost", caughtBy: .v5) { record in
            var files = record.files
            files["definition.json"] = replacing(
                "\"cost\":200000", with: "\"cost\":100000", in: files["definition.json"]!)
            return files
        },
        Tampering(name: "changed result", caughtBy: .v12) { record in
            var files = record.files
            files["result.json"] = replacing("\"left\":0", with: "\"left\":1", in: files["result.json"]!)
            return files
        },
        Tampering(name: "forged checkpoint", caughtBy: .v1) { record in
            var files = record.files
            let note = try SignedNote(parsing: files["checkpoint"]!)
            let checkpoint = Checkpoint(text: note.text)!
            let forged = Checkpoint(origin: checkpoint.origin, size: checkpoint.size, root: Hash(of: [0]))
            files["checkpoint"] = replacing(note.text, with: forged.text, in: files["checkpoint"]!)
            return files
        },
        Tampering(name: "truncated log, signed again", caughtBy: .v3) { record in
            var record = record
            record.entries.removeLast(record.entries.count - 100)
            return record.signed()
        },
        Tampering(name: "truncated log", caughtBy: .v2) { record in
            var record = record
            record.entries.removeLast(3)
            return record.unsigned()
        },
    ]
}
