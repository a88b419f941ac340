import Crypto
import Foundation
public import Postgres
import PublicRecord

/// The acts after closing: the ballots are opened and counted, and the result is published.
public struct Counts: Sendable {
    private let pool: Pool
    private let secrets: Secrets

    /// Acts on the votes of the database of `pool`.
    public init(pool: Pool, secrets: Secrets) {
        self.pool = pool
        self.secrets = secrets
    }

    /// Opens every live envelope with the custodian's key, cuts it from its credential, and counts.
    ///
    /// Everything is one transaction at the end: a crash on the way leaves a closed vote, to be counted again. Counting
    /// a counted vote changes nothing.
    ///
    /// - Throws: `VoteRefusal.notClosed`, `.wrongKey`, `.swappedEnvelope`, `.unreadableEnvelope`; `NotAllowed` unless
    ///   the actor is a custodian or a returning officer of the vote, or the operator.
    public func count(_ id: ID<Vote>, keyFile: String, passphrase: String, by actor: Actor) async throws {
        guard let vote = try await Votes.load(where: "vote.id = \(id.uuid)", in: pool).first,
            let opening = vote.opening,
            vote.closedAt != nil
        else { throw VoteRefusal.notClosed }
        try await Authority.require(
            [.custodian, .returningOfficer], of: actor, process: vote.process, vote: id, in: pool)
        if vote.countedAt != nil { return }
        let key = try await CustodianKey(file: keyFile, passphrase: passphrase, publicKey: opening.sealKey)
        try await Sequencer(pool: pool, secrets: secrets).drain(id)
        let promised: [[UInt8]: SealedEntry] = try await sealedEntries(of: id)
        let ballots: [OpenedBallot] = try await open(promised, of: id, opening: opening, key: key.key)
        let result: [UInt8] = try ResultDocument(
            definition: opening.definition, definitionHash: Hash(of: opening.bytes), ballots: ballots
        ).bytes
        let entries: [Entry] = ballots.map { Entry.ballotOpened($0, grades: opening.definition.ballot.grades) }
        try await pool.transaction("vote.count") { transaction in
            let locked: Vote = try await Votes.lock(id, by: actor, [.custodian, .returningOfficer], transaction)
            guard locked.countedAt == nil else { return }
            try await transaction.execute(
                "vote_count.insert",
                "INSERT INTO vote_count (vote_id, result, counted_at) VALUES (\(id.uuid), \(result), clock_timestamp())"
            )
            try await Record.append(entries, to: id, in: transaction)
            try await Acts.record("vote_counted", by: actor, on: "vote", id, in: transaction)
        }
        try await Sequencer(pool: pool, secrets: secrets).drain(id)
    }

    /// Makes the result public. Publishing a published result changes nothing.
    ///
    /// - Throws: `VoteRefusal.notCounted`; `NotAllowed` unless the actor is a returning officer of the vote or the
    ///   operator.
    public func publish(_ id: ID<Vote>, by actor: Actor) async throws {
        try await pool.transaction("vote.publish") { transaction in
            let vote: Vote = try await Votes.lock(id, by: actor, [.returningOfficer], transaction)
            guard vote.countedAt != nil, let opening = vote.opening else { throw VoteRefusal.notCounted }
            if vote.publishedAt != nil { return }
            let row: Row? = try await transaction.one(
                "vote_publication.insert",
                """
                INSERT INTO vote_publication (vote_id, published_at)
                SELECT vote_id, clock_timestamp() FROM vote_count WHERE vote_id = \(id.uuid)
                RETURNING (SELECT sha256(result) FROM vote_count WHERE vote_id = \(id.uuid)) AS hash
                """)
            guard let row, let hash = Hash(bytes: try row.get("hash", as: [UInt8].self)) else {
                throw VoteRefusal.notCounted
            }
            try await Record.append(
                [
                    Entry.resultPublished(
                        result: hash, rule: opening.definition.counting.rule, software: Software.version)
                ], to: id, in: transaction)
            try await Acts.record("result_published", by: actor, on: "vote", id, in: transaction)
        }
        try await Sequencer(pool: pool, secrets: secrets).drain(id)
    }

    // MARK: Opening

    private struct SealedEntry {
        let envelope: Hash
        let index: Int64
    }

    /// The last `ballot.sealed` of each credential in the record.
    private func sealedEntries(of id: ID<Vote>) async throws -> [[UInt8]: SealedEntry] {
        var sealed: [[UInt8]: SealedEntry] = [:]
        var next: Int64 = 0
        while true {
            let rows: [Row] = try await pool.query(
                "record_entry.page",
                """
                SELECT index, entry FROM record_entry
                WHERE vote_id = \(id.uuid) AND index >= \(next) ORDER BY index LIMIT 10000
                """)
            for row in rows {
                next = try row.get("index", as: Int64.self) + 1
                let entry = try Entry(bytes: try row.get("entry", as: [UInt8].self))
                switch entry {
                case .ballotSealed(let credential, let envelope):
                    sealed[credential] = SealedEntry(envelope: envelope, index: next - 1)
                case .markAnnulled(let credential, _): sealed[credential] = nil
                default: break
                }
            }
            if rows.count < 10_000 { return sealed }
        }
    }

    /// The live envelopes, checked against the record, opened, cut from their credentials and put in the order of
    /// their trackers.
    private func open(
        _ promised: [[UInt8]: SealedEntry], of id: ID<Vote>, opening: VoteOpening,
        key: Curve25519.KeyAgreement.PrivateKey
    ) async throws -> [OpenedBallot] {
        let seal = Seal(opening.definition, hash: opening.hash)
        let checker = BallotChecker(opening.definition)
        var opened: [(tracker: Tracker, ballot: Ballot)] = []
        var unreadable = 0
        var missing: [[UInt8]: SealedEntry] = promised
        var last: UUID?
        while true {
            let rows: [Row] = try await pool.query(
                "sealed_ballot.page",
                """
                SELECT mark.id, mark.credential, sealed_ballot.envelope
                FROM mark JOIN sealed_ballot ON sealed_ballot.mark_id = mark.id
                WHERE mark.vote_id = \(id.uuid) AND mark.annulled_at IS NULL
                  AND (\(last)::uuid IS NULL OR mark.id > \(last)::uuid)
                ORDER BY mark.id LIMIT 2000
                """)
            for row in rows {
                last = try row.get("id", as: UUID.self)
                let credential: [UInt8] = try row.get("credential")
                let envelope: [UInt8] = try row.get("envelope")
                guard let entry = missing.removeValue(forKey: credential), entry.envelope == Hash(of: envelope) else {
                    throw VoteRefusal.swappedEnvelope(entry: promised[credential]?.index ?? -1)
                }
                do {
                    let content = try seal.open(envelope, credential: credential, with: key, checker: checker)
                    opened.append((content.tracker, content.ballot))
                } catch is UnreadableEnvelope {
                    // Counted in the open, as invalid: one envelope must not hold up everybody's result.
                    unreadable += 1
                }
            }
            if rows.count < 2000 { break }
        }
        if let lost = missing.values.map(\.index).min() { throw VoteRefusal.swappedEnvelope(entry: lost) }
        let cell = Groups.Cell(channel: .online, unit: nil, ballots: opened.count + unreadable)
        let groups = Groups([cell], smallCell: opening.definition.smallCell)
        guard let group = groups.group(of: .online, unit: nil)?.name else { return [] }
        let sorted = opened.map { (text: $0.tracker.text, $0.tracker, $0.ballot) }.sorted { $0.text < $1.text }
        // Those without a tracker come first, as the record wants them.
        return (0..<unreadable).map { _ in OpenedBallot(unreadableIn: group, channel: .online) }
            + sorted.map { OpenedBallot(channel: .online, group: group, ballot: $0.2, tracker: $0.1) }
    }
}

/// What the record says of the program that counted.
public enum Software {
    /// Name and version, as in `result.published`.
    public static let version = "tilleul 0.1"
}
