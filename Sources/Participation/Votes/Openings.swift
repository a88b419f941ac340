import Crypto
import Foundation
public import Postgres
import PublicRecord

/// The acts that begin and end a vote: its seal is made, its definition frozen, its ballots shut out.
public struct Openings: Sendable {
    private let pool: Pool
    private let secrets: Secrets
    private let host: String

    /// Acts on the votes of the database of `pool`, whose records are published under `host` (`city.example:8080`).
    public init(pool: Pool, secrets: Secrets, host: String) {
        self.pool = pool
        self.secrets = secrets
        self.host = host
    }

    /// Makes the vote's pair of keys anew and returns the custodian's file; only the public half is kept.
    ///
    /// - Throws: `VoteRefusal.alreadyOpened`, `.shortPassphrase`; `NotAllowed` unless the actor is a custodian or a
    ///   returning officer of the vote, or the operator.
    public func makeSeal(_ id: ID<Vote>, passphrase: String, by actor: Actor) async throws -> String {
        try await Authority.require([.custodian, .returningOfficer], of: actor, for: id, in: pool)
        let key = CustodianKey()
        let file: String = try await key.file(passphrase: passphrase)
        try await pool.transaction("vote.seal") { transaction in
            let vote: Vote = try await Votes.lock(id, by: actor, [.custodian, .returningOfficer], transaction)
            guard vote.opening == nil else { throw VoteRefusal.alreadyOpened }
            try await transaction.execute(
                "vote_seal.make",
                """
                INSERT INTO vote_seal (vote_id, public_key) VALUES (\(id.uuid), \(key.publicKey))
                ON CONFLICT (vote_id) DO UPDATE SET public_key = excluded.public_key, made_at = now()
                """)
            try await Acts.record("vote_sealed", by: actor, on: "vote", id, in: transaction)
        }
        return file
    }

    /// Freezes the definition and opens the vote from its first minute on.
    ///
    /// The custodian's file is handed in once to prove that it can be opened: no vote opens whose ballots could not be
    /// read in the end. A first minute that has passed is moved to the present one.
    ///
    /// - Throws: `VoteRefusal`; `NotAllowed` unless the actor is a returning officer of the vote or the operator.
    public func open(_ id: ID<Vote>, keyFile: String, passphrase: String, by actor: Actor) async throws {
        try await Authority.require([.returningOfficer], of: actor, for: id, in: pool)
        guard let seal = try await Votes.load(where: "vote.id = \(id.uuid)", in: pool).first?.sealKey else {
            throw VoteRefusal.noSeal
        }
        _ = try await CustodianKey(file: keyFile, passphrase: passphrase, publicKey: seal)
        try await pool.transaction("vote.open") { transaction in
            var vote: Vote = try await Votes.lock(id, by: actor, [.returningOfficer], transaction)
            guard vote.opening == nil else { throw VoteRefusal.alreadyOpened }
            guard vote.sealKey == seal else { throw VoteRefusal.wrongKey }
            guard !vote.projects.isEmpty else { throw VoteRefusal.noProjects }
            let roll: RollCommitment? = try await Rolls.commitment(of: vote, in: transaction)
            try await transaction.execute(
                "vote.settle_times",
                """
                UPDATE vote
                SET opens_at = date_trunc('minute', greatest(opens_at, clock_timestamp())),
                    closes_at = date_trunc('minute', closes_at)
                WHERE id = \(id.uuid)
                """)
            vote = try await Votes.lock(id, by: actor, [.returningOfficer], transaction)
            guard vote.settings.opens < vote.settings.closes else { throw VoteRefusal.deadlinePassed }
            let definition = Definition(vote, origin: "\(host)/votes/\(vote.slug)/record")
            let bytes: [UInt8] = definition.json.encoded()
            let hash = Hash(of: bytes)
            try await transaction.execute(
                "vote_opening.insert",
                """
                INSERT INTO vote_opening (vote_id, definition, definition_hash, origin, log_key, seal_key, opened_at)
                VALUES (\(id.uuid), \(bytes), \(hash.bytes), \(definition.origin),
                        \(LogKey.publicKey(secrets, origin: definition.origin)), \(seal), clock_timestamp())
                """)
            let committed: [Entry] = roll.map { [Entry.rollCommitted(size: $0.size, root: $0.root)] } ?? []
            try await Record.append(
                committed + [
                    Entry.voteOpened(
                        definition: hash, opens: definition.opens, closes: definition.closes, seal: seal)
                ], to: id, in: transaction)
            try await Acts.record("vote_opened", by: actor, on: "vote", id, in: transaction)
        }
    }

    /// Closes the vote: nothing is accepted any more. Closing a closed vote changes nothing.
    ///
    /// - Parameter early: closes before the deadline of the definition, which the record then tells.
    /// - Throws: `VoteRefusal.tooEarly`, `.notOpened`; `NotAllowed` unless the actor is a returning officer of the vote
    ///   or the operator.
    public func close(_ id: ID<Vote>, early: Bool = false, by actor: Actor) async throws {
        try await pool.transaction("vote.close") { transaction in
            let vote: Vote = try await Votes.lock(id, by: actor, [.returningOfficer], transaction)
            guard vote.opening != nil else { throw VoteRefusal.notOpened }
            guard vote.closedAt == nil else { return }
            // Waits for every ballot that is being cast; those that come later see the closing.
            try await transaction.execute("vote.shut", "SELECT pg_advisory_xact_lock(\(id.lockKey))::text")
            let clock: Row? = try await transaction.one(
                "vote.clock", "SELECT clock_timestamp() AS now, clock_timestamp() < \(vote.settings.closes) AS early")
            guard let clock else { throw VoteRefusal.notOpened }
            let isEarly: Bool = try clock.get("early")
            if isEarly {
                guard early else { throw VoteRefusal.tooEarly(until: vote.settings.closes) }
                try await Record.append(
                    [Entry.staffActed(act: "close_early", role: actor.recordedRole, object: "vote")], to: id,
                    in: transaction)
            }
            try await transaction.execute(
                "vote_closing.insert",
                "INSERT INTO vote_closing (vote_id, closed_at) VALUES (\(id.uuid), \(try clock.get("now", as: Date.self)))"
            )
            let rows: [Row] = try await transaction.query(
                "vote.account",
                """
                SELECT mark.channel, place.handle AS place, count(*) AS marks, count(mark.annulled_at) AS annulled,
                       count(sealed_ballot.mark_id) FILTER (WHERE mark.annulled_at IS NULL) AS sealed
                FROM mark LEFT JOIN sealed_ballot ON sealed_ballot.mark_id = mark.id
                LEFT JOIN place ON place.id = mark.place_id
                WHERE mark.vote_id = \(id.uuid) GROUP BY mark.channel, place.handle
                """)
            let account: [Entry.ClosingLine] = try rows.map(Entry.ClosingLine.init(row:))
            try await Record.append(
                [
                    Entry.voteClosed(
                        at: Int64((try clock.get("now", as: Date.self)).timeIntervalSince1970) / 60 * 60,
                        account: account)
                ], to: id, in: transaction)
            try await Acts.record(
                isEarly ? "vote_closed_early" : "vote_closed", by: actor, on: "vote", id, in: transaction)
        }
    }
}

extension Entry.ClosingLine {
    fileprivate init(row: Row) throws {
        self.init(
            // The schema's check leaves no other channel.
            channel: Channel(rawValue: try row.get("channel"))!, place: try row.get("place"),
            counts: Entry.ClosingCounts(
                marks: try row.get("marks"), annulled: try row.get("annulled"), sealed: try row.get("sealed")))
    }
}

extension Actor {
    /// The role under which an act on a vote stands in the public record: the role, never the name.
    var recordedRole: String { role?.rawValue ?? kind }
}

extension Definition {
    /// The definition that opening freezes.
    init(_ vote: Vote, origin: String) {
        let settings: VoteSettings = vote.settings
        self.init(
            origin: origin, title: settings.title.byLanguage, languages: settings.languages, budget: settings.budget,
            currency: settings.currency,
            projects: vote.projects.map { project in
                Project(
                    number: project.number, id: project.key, title: project.title.byLanguage, cost: project.cost,
                    district: project.district)
            }, ballot: settings.ballot, counting: settings.counting, eligibility: settings.eligibility,
            rollFields: settings.rollFields, channels: settings.channels, policy: settings.policy,
            revote: settings.revote,
            minimumAge: settings.minimumAge, opens: Int64(settings.opens.timeIntervalSince1970),
            closes: Int64(settings.closes.timeIntervalSince1970), smallCell: settings.smallCell)
    }
}
