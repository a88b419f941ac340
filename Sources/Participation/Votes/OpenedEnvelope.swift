import Crypto
import Foundation
import Postgres
import PublicRecord

/// What the record promises of a vote's ballots: the live envelopes, and the batches as they were settled last.
struct RecordedPromises {
    /// The last envelope of a credential.
    struct Envelope {
        /// Its hash.
        let hash: Hash
        /// The place of the entry in the record.
        let index: Int64
    }

    /// By credential.
    private(set) var envelopes: [[UInt8]: Envelope] = [:]
    /// By batch.
    private(set) var batches: [String: SettledBatch.Promise] = [:]

    /// Reads the record of a vote, which must be in order.
    init(of vote: ID<Vote>, in pool: Pool) async throws {
        var next: Int64 = 0
        while true {
            let rows: [Row] = try await pool.query(
                "record_entry.page",
                """
                SELECT index, entry FROM record_entry
                WHERE vote_id = \(vote.uuid) AND index >= \(next) ORDER BY index LIMIT 10000
                """)
            for row in rows {
                next = try row.get("index", as: Int64.self) + 1
                read(try Entry(bytes: try row.get("entry", as: [UInt8].self)), at: next - 1)
            }
            if rows.count < 10_000 { return }
        }
    }

    private mutating func read(_ entry: Entry, at index: Int64) {
        switch entry {
        case .ballotSealed(let credential, let hash): envelopes[credential] = Envelope(hash: hash, index: index)
        case .markAnnulled(let credential, _): envelopes[credential] = nil
        case .batchSettled(let batch, let counted, let blank, let invalid, let file):
            batches[batch] = SettledBatch.Promise(
                file: file, counted: counted, blank: blank, invalid: invalid, index: index)
        case .staffActed(Entry.reopening, _, let batch?): batches[batch] = nil
        default: break
        }
    }
}

/// A sealed ballot that was opened and cut from its credential.
struct OpenedEnvelope {
    /// How it was cast, and where.
    let channel: Channel, place: String?
    /// What is in it; nil when it could not be opened, which is counted in the open, as invalid: one envelope must not
    /// hold up everybody's result.
    let content: (tracker: Tracker, ballot: Ballot)?

    /// The live envelopes of a vote, each compared with what the record promises.
    ///
    /// - Throws: `VoteRefusal.swappedEnvelope`.
    static func open(
        _ promised: [[UInt8]: RecordedPromises.Envelope], of id: ID<Vote>, opening: VoteOpening,
        key: Curve25519.KeyAgreement.PrivateKey, in pool: Pool
    ) async throws -> [OpenedEnvelope] {
        let seal: Seal = opening.seal
        let checker: BallotChecker = opening.checker
        var opened: [OpenedEnvelope] = []
        var missing: [[UInt8]: RecordedPromises.Envelope] = promised
        var last: UUID?
        while true {
            let rows: [Row] = try await pool.query(
                "sealed_ballot.page",
                """
                SELECT mark.id, mark.credential, mark.channel, place.handle AS place, sealed_ballot.envelope
                FROM mark JOIN sealed_ballot ON sealed_ballot.mark_id = mark.id
                LEFT JOIN place ON place.id = mark.place_id
                WHERE mark.vote_id = \(id.uuid) AND mark.annulled_at IS NULL
                  AND (\(last)::uuid IS NULL OR mark.id > \(last)::uuid)
                ORDER BY mark.id LIMIT 2000
                """)
            for row in rows {
                last = try row.get("id", as: UUID.self)
                let credential: [UInt8] = try row.get("credential")
                let envelope: [UInt8] = try row.get("envelope")
                guard let entry = missing.removeValue(forKey: credential), entry.hash == Hash(of: envelope) else {
                    throw VoteRefusal.swappedEnvelope(entry: promised[credential]?.index ?? -1)
                }
                let content = try? seal.open(envelope, credential: credential, with: key, checker: checker)
                opened.append(
                    OpenedEnvelope(
                        channel: Channel(rawValue: try row.get("channel")) ?? .online, place: try row.get("place"),
                        content: content.map { ($0.tracker, $0.ballot) }))
            }
            if rows.count < 2000 { break }
        }
        if let lost = missing.values.map(\.index).min() { throw VoteRefusal.swappedEnvelope(entry: lost) }
        return opened
    }
}
