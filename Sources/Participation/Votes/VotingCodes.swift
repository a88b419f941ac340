import Foundation
public import Postgres

/// One-time voting codes, for people without an account or an e-mail address.
///
/// A code belongs to a person about whom nothing else is known. It is shown once, when it is made; the database keeps
/// a keyed hash. It opens a session for its vote alone, as often as needed until the vote closes, so that a dropped
/// connection costs nobody their vote; the person it belongs to has one live mark all the same.
public struct VotingCodes: Sendable {
    /// Letters and digits that are not mistaken for one another, in any usual typeface: 12 of them carry 58 bits.
    private static let alphabet: [UInt8] = Array("23456789ABCDEFGHJKMNPQRSTVWXY".utf8)
    private static let length = 12

    private let pool: Pool
    private let secrets: Secrets
    private let sessions: Sessions
    private let throttle: Throttle

    /// The codes kept in the database of `pool`.
    public init(pool: Pool, secrets: Secrets) {
        self.pool = pool
        self.secrets = secrets
        sessions = Sessions(pool: pool, secrets: secrets)
        throttle = Throttle(pool: pool, secrets: secrets)
    }

    /// The code is not one of this vote, or it is mistyped.
    public struct UnknownCode: Error, Hashable, Sendable {}

    /// Makes codes for a vote and returns them, written `XXXX-XXXX-XXXX`; they cannot be shown again.
    ///
    /// - Parameter count: 1 to 1,000,000.
    /// - Throws: `VoteRefusal.outOfBounds`; `NotAllowed` unless the actor is a returning officer of the vote or the
    ///   operator.
    public func issue(_ count: Int, for vote: ID<Vote>, by actor: Actor) async throws -> [String] {
        guard (1...1_000_000).contains(count) else { throw VoteRefusal.outOfBounds("count") }
        var codes: Set<String> = []
        while codes.count < count { codes.insert(Self.draw()) }
        let list: [String] = Array(codes)
        try await pool.transaction("voting_code.issue") { transaction in
            let locked: Vote = try await Votes.lock(vote, by: actor, [.returningOfficer], transaction)
            guard locked.closedAt == nil else { throw VoteRefusal.deadlinePassed }
            for start in stride(from: 0, to: list.count, by: 5000) {
                let part = list[start..<min(start + 5000, list.count)]
                let people: [UUID] = part.map { _ in ID<Person>().uuid }
                let codeIDs: [UUID] = part.map { _ in ID<VotingCodes>().uuid }
                let hashes: [[UInt8]] = part.map { hash($0, vote) }
                try await transaction.execute(
                    "voting_code.person", "INSERT INTO person (id) SELECT unnest(\(people)::uuid[])")
                try await transaction.execute(
                    "voting_code.insert",
                    """
                    INSERT INTO voting_code (id, vote_id, person_id, code_hash)
                    SELECT code.id, \(vote.uuid), code.person, code.hash
                    FROM unnest(\(codeIDs)::uuid[], \(people)::uuid[], \(hashes)::bytea[]) AS code (id, person, hash)
                    """)
            }
            try await Acts.record(
                "voting_codes_issued", by: actor, on: "vote", vote, detail: ["count": String(count)], in: transaction)
        }
        return list
    }

    /// Opens a session for the vote to whoever knows a code of it.
    ///
    /// - Parameters:
    ///   - text: as it was typed: case, blanks and hyphens do not matter.
    ///   - device: the coarse description shown in the list of sessions.
    /// - Throws: `UnknownCode`; `Throttle.TooMany` when too many wrong codes came from the network.
    public func redeem(_ text: String, in vote: ID<Vote>, device: String, network: Network) async throws -> Token {
        try await throttle.count(.votingCode(network))
        let hash: [UInt8] = hash(Self.normalise(text), vote)
        let token: Token = try await pool.transaction("voting_code.redeem") { transaction in
            let row: Row? = try await transaction.one(
                "voting_code.find",
                "SELECT person_id FROM voting_code WHERE vote_id = \(vote.uuid) AND code_hash = \(hash)")
            guard let row else { throw UnknownCode() }
            return try await sessions.beginVoting(
                person: ID(try row.get("person_id", as: UUID.self)), vote: vote, device: device, in: transaction)
        }
        try await throttle.succeeded(.votingCode(network))
        return token
    }

    /// How many codes the vote has.
    public func count(of vote: ID<Vote>) async throws -> Int {
        try await pool.one(
            "voting_code.count", "SELECT count(*) AS codes FROM voting_code WHERE vote_id = \(vote.uuid)"
        )?.get("codes") ?? 0
    }

    private static func draw() -> String {
        var generator = SystemRandomNumberGenerator()
        var letters: [UInt8] = []
        for position in 0..<length {
            if position > 0, position % 4 == 0 { letters.append(UInt8(ascii: "-")) }
            letters.append(alphabet.randomElement(using: &generator)!)
        }
        return String(decoding: letters, as: UTF8.self)
    }

    private static func normalise(_ text: String) -> String {
        let letters: [UInt8] = text.uppercased().utf8.filter { alphabet.contains($0) }.prefix(64).map { $0 }
        return String(decoding: letters, as: UTF8.self)
    }

    private func hash(_ code: String, _ vote: ID<Vote>) -> [UInt8] {
        secrets.keyedHash(Array("\(vote) \(Self.normalise(code))".utf8), label: "voting code")
    }
}
