public import Foundation
public import Postgres
public import PublicRecord

/// The certificate of a vote: officers sign the minutes over one checkpoint of the record, and nobody does it alone.
public struct Certificates: Sendable {
    /// Who signs the minutes.
    public static let officers: [Role] = [.returningOfficer, .custodian]

    private let pool: Pool
    private let secrets: Secrets

    /// The certificates kept in the database of `pool`.
    public init(pool: Pool, secrets: Secrets) {
        self.pool = pool
        self.secrets = secrets
    }

    /// Who has signed so far, and over what.
    public struct Standing: Sendable {
        /// The checkpoint that is signed; nil while nobody has signed.
        public let checkpoint: Checkpoint?
        /// The officers as the record will name them, in the order in which they signed.
        public let officers: [String]
        /// Their accounts.
        public let signers: Set<ID<Account>>
        /// When the minutes were certified; nil while they are not.
        public let certifiedAt: Date?
    }

    /// Where the certificate of a vote stands.
    public func standing(of vote: ID<Vote>) async throws -> Standing {
        try await Self.standing(of: vote, in: pool)
    }

    /// The checkpoint that is signed, else the latest one; nil before the first entry has found its place.
    public func checkpoint(of vote: ID<Vote>) async throws -> Checkpoint? {
        if let signed = try await standing(of: vote).checkpoint { return signed }
        return try await Record(pool: pool).head(of: vote)?.checkpoint
    }

    /// Signs the minutes. The first signature fixes the checkpoint, the latest one; the others sign the same.
    ///
    /// - Throws: `ClosingRefusal.notPublished`, `.alreadySigned`, `.alreadyCertified`; `NotAllowed` unless the actor is a
    ///   returning officer or a custodian of the vote.
    public func sign(_ vote: ID<Vote>, by actor: Actor) async throws {
        // Whatever waits finds its place first: the result itself must stand under the signature.
        try await Sequencer(pool: pool, secrets: secrets).drain(vote)
        do {
            try await pool.transaction("certificate.sign") { transaction in
                let (account, role) = try await published(vote, by: actor, transaction)
                _ = try await OfficerHandles.handle(of: account, as: role, in: vote, transaction)
                try await transaction.execute(
                    "certificate_signature.insert",
                    """
                    INSERT INTO certificate_signature (vote_id, account_id, role, size, root)
                    (SELECT vote_id, \(account), \(role), size, root FROM certificate_signature
                     WHERE vote_id = \(vote) LIMIT 1)
                    UNION ALL
                    (SELECT vote_id, \(account), \(role), size, root FROM record_checkpoint
                     WHERE vote_id = \(vote) ORDER BY size DESC LIMIT 1)
                    LIMIT 1
                    """)
                try await Acts.record("minutes_signed", by: actor, on: "vote", vote, in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "certificate_signature_pk" {
            throw ClosingRefusal.alreadySigned
        }
    }

    /// Certifies minutes that two officers at least have signed: the last entry of the record.
    ///
    /// - Throws: `ClosingRefusal.oneSignature`, `.notPublished`, `.alreadyCertified`; `NotAllowed` unless the actor is a
    ///   returning officer or a custodian of the vote.
    public func certify(_ vote: ID<Vote>, by actor: Actor) async throws {
        try await pool.transaction("certificate.make") { transaction in
            _ = try await published(vote, by: actor, transaction)
            let standing: Standing = try await Self.standing(of: vote, in: transaction)
            let signers: [ID<Account>] = Array(standing.signers)
            guard signers.count >= 2, let checkpoint = standing.checkpoint else { throw ClosingRefusal.oneSignature }
            let row: Row? = try await transaction.one(
                "certificate.insert",
                """
                INSERT INTO certificate (vote_id, first_signer, second_signer, certified_at)
                VALUES (\(vote), \(signers[0]), \(signers[1]), clock_timestamp()) RETURNING certified_at
                """)
            let at: Date = try row?.get("certified_at") ?? Date()
            try await Record.append(
                [
                    .voteCertified(
                        at: Int64(at.timeIntervalSince1970) / 60 * 60, size: checkpoint.size, root: checkpoint.root,
                        officers: Array(standing.officers.prefix(20)))
                ], to: vote, in: transaction)
            try await Acts.record("vote_certified", by: actor, on: "vote", vote, in: transaction)
        }
        try await Sequencer(pool: pool, secrets: secrets).drain(vote)
    }

    private func published(
        _ id: ID<Vote>, by actor: Actor, _ transaction: Transaction
    ) async throws -> (ID<Account>, Role) {
        let vote: Vote = try await Votes.lock(id, by: actor, Self.officers, transaction)
        guard let account = actor.account, let role = actor.role else { throw NotAllowed(roles: Self.officers) }
        guard vote.publishedAt != nil else { throw ClosingRefusal.notPublished }
        guard try await Self.standing(of: id, in: transaction).certifiedAt == nil else {
            throw ClosingRefusal.alreadyCertified
        }
        return (account, role)
    }

    private static func standing(of vote: ID<Vote>, in executor: some Executor) async throws -> Standing {
        let rows: [Row] = try await executor.query(
            "certificate.standing",
            """
            SELECT certificate_signature.account_id, certificate_signature.role, officer_handle.number,
                   certificate_signature.size, certificate_signature.root, vote_opening.origin,
                   certificate.certified_at
            FROM certificate_signature
            JOIN vote_opening ON vote_opening.vote_id = certificate_signature.vote_id
            JOIN officer_handle ON officer_handle.vote_id = certificate_signature.vote_id
                               AND officer_handle.account_id = certificate_signature.account_id
                               AND officer_handle.role = certificate_signature.role
            LEFT JOIN certificate ON certificate.vote_id = certificate_signature.vote_id
            WHERE certificate_signature.vote_id = \(vote) ORDER BY certificate_signature.signed_at
            """)
        var checkpoint: Checkpoint?
        if let row = rows.first, let root = Hash(bytes: try row.get("root", as: [UInt8].self)) {
            checkpoint = Checkpoint(origin: try row.get("origin"), size: try row.get("size"), root: root)
        }
        return Standing(
            checkpoint: checkpoint,
            officers: try rows.map { "\(try $0.get("role", as: String.self))-\(try $0.get("number", as: Int.self))" },
            signers: Set(try rows.map { try $0.get("account_id", as: ID<Account>.self) }),
            certifiedAt: try rows.first?.get("certified_at"))
    }
}
