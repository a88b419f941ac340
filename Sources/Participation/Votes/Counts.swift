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

    /// Opens every live envelope with the custodian's key, cuts it from its credential, and counts it with the settled
    /// papers.
    ///
    /// Everything is one transaction at the end: a crash on the way leaves a closed vote, to be counted again. Counting
    /// a counted vote changes nothing.
    ///
    /// - Throws: `VoteRefusal.notClosed`, `.wrongKey`, `.envelopesAttached`, `.swappedEnvelope`, `.batchesUnsettled`,
    ///   `.swappedBatch`;
    ///   `NotAllowed` unless the actor is a custodian or a returning officer of the vote, or the operator.
    public func count(_ id: ID<Vote>, keyFile: String, passphrase: String, by actor: Actor) async throws {
        guard let vote = try await Votes.load(where: "vote.id = \(id.uuid)", in: pool).first,
            let opening = vote.opening,
            vote.closedAt != nil
        else { throw VoteRefusal.notClosed }
        try await Authority.require(
            [.custodian, .returningOfficer], of: actor, process: vote.process, vote: id, in: pool)
        if vote.countedAt != nil { return }
        let key = try await CustodianKey(file: keyFile, passphrase: passphrase, publicKey: opening.sealKey)
        try await Self.requireSeparated(id, in: pool)
        try await Sequencer(pool: pool, secrets: secrets).drain(id)
        let promised: RecordedPromises = try await RecordedPromises(of: id, in: pool)
        let papers: [SettledBatch] = try await SettledBatch.load(promised.batches, of: vote, opening: opening, in: pool)
        let envelopes: [OpenedEnvelope] = try await OpenedEnvelope.open(
            promised.envelopes, of: id, opening: opening, key: key.key, in: pool)
        let count = try MixedCount(opening.definition, envelopes: envelopes, papers: papers)
        let result: [UInt8] = try count.result(definitionHash: Hash(of: opening.bytes))
        let entries: [Entry] = count.opened.map { Entry.ballotOpened($0, grades: opening.definition.ballot.grades) }
        try await pool.transaction("vote.count") { transaction in
            let locked: Vote = try await Votes.lock(id, by: actor, [.custodian, .returningOfficer], transaction)
            guard locked.countedAt == nil else { return }
            try await Self.requireSeparated(id, in: transaction)
            // A batch may have been declared, or opened again, while the envelopes were being opened.
            try await SettledBatch.confirm(papers, of: id, transaction)
            try await transaction.execute(
                "vote_count.insert",
                "INSERT INTO vote_count (vote_id, result, counted_at) VALUES (\(id.uuid), \(result), clock_timestamp())"
            )
            try await ResultColumns.keep(count.columns, of: id, in: transaction)
            try await SettledBatch.publishFiles(
                of: id, papers, in: count.groups, smallCell: opening.definition.smallCell, transaction)
            try await Record.append(entries, to: id, in: transaction)
            try await Acts.record("vote_counted", by: actor, on: "vote", id, in: transaction)
        }
        try await Sequencer(pool: pool, secrets: secrets).drain(id)
    }

    /// Refuses while the paper of a marked person is still in an envelope with their name on it.
    private static func requireSeparated(_ id: ID<Vote>, in executor: some Executor) async throws {
        let places: [String] = try await StubEnvelopes.waiting(of: id, in: executor).filter { $0.value.marked > 0 }
            .keys.sorted()
        guard places.isEmpty else { throw VoteRefusal.envelopesAttached(places) }
    }

    /// Makes the result public. Publishing a published result changes nothing.
    ///
    /// - Throws: `VoteRefusal.notCounted`; `.accountOpen` while the account of a place does not close and two officers
    ///   have not recorded why; `NotAllowed` unless the actor is a returning officer of the vote or the
    ///   operator.
    public func publish(_ id: ID<Vote>, by actor: Actor) async throws {
        try await pool.transaction("vote.publish") { transaction in
            let vote: Vote = try await Votes.lock(id, by: actor, [.returningOfficer], transaction)
            guard vote.countedAt != nil, let opening = vote.opening else { throw VoteRefusal.notCounted }
            if vote.publishedAt != nil { return }
            let account: ClosingAccount = try await ClosingAccounts.account(of: id, in: transaction)
            guard account.isClosed else { throw VoteRefusal.accountOpen(account.openPlaces) }
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
            try await BallotLinks.settle(id, by: actor, in: transaction)
            try await Acts.record("result_published", by: actor, on: "vote", id, in: transaction)
        }
        try await Sequencer(pool: pool, secrets: secrets).drain(id)
    }
}

/// What the record says of the program that counted.
public enum Software {
    /// Name and version, as in `result.published`.
    public static let version = "tilleul 0.1"
}
