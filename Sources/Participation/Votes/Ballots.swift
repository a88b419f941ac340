import Crypto
import Foundation
public import Postgres
public import PublicRecord

/// Ballots cast online: each wholly or not at all, and nothing that can be read before the custodian's key comes.
public struct Ballots: Sendable {
    private let pool: Pool
    private let logKeys: LogKeys
    private let notices: MarkNotices?
    private let queue: CastQueue

    /// The ballots kept in the database of `pool`; receipts are signed with the log's key, derived from `secrets`.
    /// `correspondent` words the letters to people whose paper gave way; ballots that are imported tell nobody.
    public init(pool: Pool, secrets: Secrets, correspondent: (any MarkCorrespondent)? = nil) {
        self.pool = pool
        logKeys = LogKeys(secrets)
        notices = correspondent.map { MarkNotices(correspondent: $0) }
        queue = CastQueue { casts, vote in try await Casting.keep(casts, in: vote, in: pool) }
    }

    /// Why a ballot is not accepted. A ballot that breaks the definition's limits is an `InvalidBallot`.
    public enum Refusal: Error, Hashable, Sendable {
        /// The vote has not been opened, or its first minute has not come.
        case notYetOpen
        /// The deadline has passed by the database's clock, or the vote has been closed.
        case closed
        /// The person is marked already and the vote does not let them replace their ballot.
        case alreadyVoted
        /// The person voted in another channel.
        case votedElsewhere(channel: String)
        /// The way the person came in does not entitle them to this vote.
        case notEligible
    }

    /// Who casts a ballot, and how they showed that they may.
    public struct Voter: Sendable, Hashable {
        /// The person to be marked.
        public let person: ID<Person>
        /// `account` or `code`, as in the definition's eligibility.
        public let method: String
        /// The kiosk at which an officer let them in; nil on a device of their own.
        public internal(set) var seat: KioskSeat? = nil

        /// A person with an account whose address is confirmed.
        public static func account(_ person: ID<Person>) -> Voter { Voter(person: person, method: "account") }

        /// The person to whom a voting code of this very vote belongs.
        public static func code(_ person: ID<Person>) -> Voter { Voter(person: person, method: "code") }

        /// Somebody whom an officer let in at a kiosk: in person, whatever else the definition asks for.
        public static func kiosk(_ person: ID<Person>, at seat: KioskSeat) -> Voter {
            Voter(person: person, method: "desk", seat: seat)
        }
    }

    /// What a person has done in a vote, seen before they choose.
    public enum Standing: Sendable, Hashable {
        case notMarked
        /// Marked, in the channel.
        case marked(channel: String)
    }

    /// Whether the person is marked in the vote.
    public func standing(of person: ID<Person>, in vote: ID<Vote>) async throws -> Standing {
        let row: Row? = try await pool.one(
            "ballot.standing",
            """
            SELECT channel FROM mark
            WHERE vote_id = \(vote.uuid) AND person_id = \(person.uuid) AND annulled_at IS NULL
            """)
        return try row.map { .marked(channel: try $0.get("channel")) } ?? .notMarked
    }

    /// Casts a ballot: the mark, the sealed envelope, the entries of the record and the receipt, or none of them.
    ///
    /// A second call with the same nonce changes nothing and answers as the first did. First ballots that arrive while
    /// others are being committed share a transaction (`CastQueue`).
    ///
    /// - Parameters:
    ///   - ballot: valid under the vote's definition.
    ///   - half: the resident's five bytes of the tracker; nil lets the server draw them.
    ///   - nonce: from the form that was confirmed; whoever knows it can read the receipt.
    ///   - session: whose basket of this vote is emptied in the same transaction.
    /// - Returns: the token of the receipt.
    /// - Throws: `Refusal`; `Overloaded` when too many casts wait.
    public func cast(
        _ ballot: Ballot, by voter: Voter, in vote: Vote, half: [UInt8]? = nil, nonce: FormNonce,
        emptying session: ID<Session>? = nil
    ) async throws -> ReceiptToken {
        guard let opening = vote.opening else { throw Refusal.notYetOpen }
        let isAdmitted: Bool =
            voter.seat == nil
            ? opening.definition.eligibility.contains(voter.method) : opening.definition.channels.contains("kiosk")
        guard isAdmitted else { throw Refusal.notEligible }
        let token = ReceiptToken(nonce)
        func sealed(mark: UUID = Random.uuid(), credential: [UInt8] = Random.bytes(16)) throws -> SealedCast {
            try seal(
                ballot, mark: mark, credential: credential, by: voter, opening: opening, half: half, token: token,
                session: session)
        }
        // A second pass is needed only when the same person casts twice at the same moment.
        for _ in 0..<4 {
            do {
                // Nearly everybody casts once: whether something stands against it, the insertion itself finds out.
                if try await first(try sealed(), in: vote.id) { return token }
            } catch let refusal as Refusal {
                // A form that was accepted in time is answered by its receipt, however late it comes again.
                guard try await receipt(token, in: vote) != nil else { throw refusal }
                return token
            }
            let row: Row? = try await pool.one(
                "ballot.before",
                """
                SELECT EXISTS (SELECT FROM receipt WHERE token_hash = \(token.hash)) AS repeated,
                       mark.id, mark.credential, mark.channel
                FROM (VALUES (1)) AS one
                LEFT JOIN mark ON mark.vote_id = \(vote.id.uuid) AND mark.person_id = \(voter.person.uuid)
                              AND mark.annulled_at IS NULL
                """)
            guard let row else { continue }
            if try row.get("repeated", as: Bool.self) { return token }
            guard let mark: UUID = try row.get("id", as: UUID?.self) else { continue }
            let channel: String = try row.get("channel")
            if channel == "paper", opening.definition.policy == "online_prevails" {
                if try await prevail(try sealed(), over: mark, in: vote.id) { return token }
                continue
            }
            // What was cast at a kiosk, before an officer, is not replaced afterwards from elsewhere.
            guard channel == "online" else { throw Refusal.votedElsewhere(channel: channel) }
            guard opening.definition.revote else { throw Refusal.alreadyVoted }
            if try await replace(try sealed(mark: mark, credential: try row.get("credential")), in: vote.id) {
                return token
            }
        }
        throw Refusal.alreadyVoted
    }

    /// The receipt that the token opens, or nil.
    public func receipt(_ token: ReceiptToken, in vote: Vote) async throws -> CastReceipt? {
        guard let opening = vote.opening else { return nil }
        let row: Row? = try await pool.one(
            "ballot.receipt",
            "SELECT sealed FROM receipt WHERE token_hash = \(token.hash) AND vote_id = \(vote.id.uuid)")
        guard let row else { return nil }
        return try CastReceipt(sealed: try row.get("sealed"), token: token, checker: opening.checker)
    }

    // MARK: Parts of an act

    private func seal(
        _ ballot: Ballot, mark: UUID, credential: [UInt8], by voter: Voter, opening: VoteOpening, half: [UInt8]?,
        token: ReceiptToken, session: ID<Session>?
    ) throws -> SealedCast {
        let tracker = Tracker(server: Random.bytes(5), resident: half ?? Random.bytes(5))
        let envelope: [UInt8] = try opening.seal.seal(
            ballot, tracker: tracker, credential: credential,
            for: Curve25519.KeyAgreement.PublicKey(rawRepresentation: opening.sealKey))
        let receipt = Receipt(
            origin: opening.definition.origin, credential: credential, envelope: Hash(of: envelope), tracker: tracker)
        let stored = CastReceipt(
            receipt: receipt, note: try logKeys.key(of: opening).sign(receipt.text), ballot: ballot)
        return SealedCast(
            mark: mark, person: voter.person, credential: credential, envelope: envelope,
            markEntry: Entry.markMade(credential: credential, channel: voter.channel, place: voter.seat?.handle).bytes,
            ballotEntry: Entry.ballotSealed(credential: credential, envelope: receipt.envelope).bytes,
            receiptHash: token.hash, receipt: try stored.seal(token: token, definition: opening.definition),
            session: session, seat: voter.seat)
    }

    /// The first ballot of a person. False when they are marked, or the same form was accepted at this very moment.
    private func first(_ cast: SealedCast, in vote: ID<Vote>) async throws -> Bool {
        try await unlessRepeated {
            // At a kiosk there is one voter at a time.
            cast.seat == nil
                ? try await queue.submit(cast, in: vote)
                : try await Casting.keep([cast], in: vote, in: pool).contains(cast.mark)
        }
    }

    /// A later ballot of a person, in place of the one before. False when the mark has been annulled in the meantime.
    private func replace(_ cast: SealedCast, in vote: ID<Vote>) async throws -> Bool {
        try await unlessRepeated { try await Casting.replace(cast, in: vote, in: pool) }
    }

    /// The ballot of a person whose paper gives way to it (`online_prevails`), in one transaction with the annulment.
    /// A paper without its stub lies in a box, out of anybody's reach: then nothing gives way.
    private func prevail(_ cast: SealedCast, over mark: UUID, in vote: ID<Vote>) async throws -> Bool {
        do {
            return try await unlessRepeated {
                try await pool.transaction("ballot.prevail") { transaction in
                    try await transaction.execute(
                        "ballot.wait", "SELECT pg_advisory_xact_lock_shared(\(vote.lockKey))::text AS held")
                    guard try await StubEnvelopes.giveWay(ID(mark), in: vote, in: transaction) else {
                        throw Refusal.votedElsewhere(channel: "paper")
                    }
                    guard try await Casting.keep([cast], in: vote, in: transaction).contains(cast.mark) else {
                        throw Overtaken()
                    }
                    try await notices?.tell(
                        cast.person, of: vote, annulled: .paper, instead: cast.channel, in: transaction)
                }
                return true
            }
        } catch is Overtaken {
            return false
        }
    }

    /// Somebody marked the person in the meantime: nothing of the act stands.
    private struct Overtaken: Error {}

    /// False when the same form arrived twice at one moment and the other one was accepted.
    private func unlessRepeated(_ act: () async throws -> Bool) async throws -> Bool {
        do { return try await act() } catch let error as PostgresError where error.constraint == "receipt_pk" {
            return false
        }
    }
}

extension Ballots.Voter {
    /// The channel in which they are marked.
    var channel: Channel { seat == nil ? .online : .kiosk }
}

/// Random bytes from the system's generator.
enum Random {
    /// Eight bytes a call of the system, which is what a call costs for one byte too.
    static func bytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 7)
        while bytes.count < count {
            withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
        }
        return Array(bytes.prefix(count))
    }

    /// A random UUID (version 4), which tells nothing of when it was made. Foundation's opens a file for each.
    static func uuid() -> UUID {
        var bytes: [UInt8] = bytes(16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        return UUID(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7], bytes[8], bytes[9],
                bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
            ))
    }
}
