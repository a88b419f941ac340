import Foundation
public import Postgres

/// One-time voting codes, for people without an account or an e-mail address.
///
/// A code belongs to a person of the roll, or to one about whom nothing else is known. It is shown once, when it is made; the database keeps
/// a keyed hash. It opens a session for its vote alone, as often as needed until the vote closes, so that a dropped
/// connection costs nobody their vote; the person it belongs to has one live mark all the same.
public struct VotingCodes: Sendable {
    /// Letters and digits that are not mistaken for one another, in any usual typeface: 12 of them carry 58 bits.
    private static let alphabet: [UInt8] = Array("23456789ABCDEFGHJKMNPQRSTVWXY".utf8)
    private static let length = 12

    let pool: Pool
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

    /// The code is known and opens nothing.
    public enum UnusableCode: String, Error, Hashable, Sendable {
        /// It tries out letters and pages; it never counts, since it opens no session.
        case test
        /// It was made void: another letter was written, or the person left the roll.
        case void
    }

    // MARK: Redeeming

    /// Opens a session for the vote to whoever knows a code of it.
    ///
    /// - Parameters:
    ///   - text: as it was typed: case, blanks and hyphens do not matter.
    ///   - device: the coarse description shown in the list of sessions.
    /// - Throws: `UnknownCode`, `UnusableCode`; `Throttle.TooMany` when too many wrong codes came from the network.
    public func redeem(_ text: String, in vote: ID<Vote>, device: String, network: Network) async throws -> Token {
        try await throttle.count(.votingCode(network))
        let token: Token = try await pool.transaction("voting_code.redeem") { transaction in
            let row: Row = try await living(text, in: vote, transaction)
            try await transaction.execute(
                "voting_code.used",
                """
                UPDATE voting_code SET used_on = current_date
                WHERE id = \(try row.get("id", as: UUID.self)) AND used_on IS NULL
                """)
            return try await sessions.beginVoting(
                person: ID(try row.get("person_id", as: UUID.self)), vote: vote, device: device, in: transaction)
        }
        try await throttle.succeeded(.votingCode(network))
        return token
    }

    /// Whom a code belongs to, for the question whether there is a mark in their name.
    ///
    /// - Throws: as ``redeem(_:in:device:network:)``.
    public func person(asking text: String, in vote: ID<Vote>, network: Network) async throws -> ID<Person> {
        try await throttle.count(.votingCode(network))
        let row: Row = try await living(text, in: vote, pool)
        try await throttle.succeeded(.votingCode(network))
        return ID(try row.get("person_id", as: UUID.self))
    }

    /// The code that was typed, if it can be used.
    private func living(_ text: String, in vote: ID<Vote>, _ executor: some Executor) async throws -> Row {
        let row: Row? = try await executor.one(
            "voting_code.find",
            """
            SELECT voting_code.id, voting_code.person_id, voting_code.is_test,
                   voting_code.voided_on IS NOT NULL
                       OR EXISTS (SELECT FROM roll_entry
                                  WHERE roll_entry.vote_id = voting_code.vote_id
                                    AND roll_entry.person_id = voting_code.person_id
                                    AND roll_entry.removed_at IS NOT NULL) AS is_void
            FROM voting_code
            WHERE voting_code.vote_id = \(vote.uuid) AND voting_code.code_hash = \(hash(text, vote))
            """)
        guard let row else { throw UnknownCode() }
        if try row.get("is_test", as: Bool.self) { throw UnusableCode.test }
        if try row.get("is_void", as: Bool.self) { throw UnusableCode.void }
        return row
    }

    // MARK: Secrets

    static func draw() -> String {
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

    func hash(_ code: String, _ vote: ID<Vote>) -> [UInt8] {
        secrets.keyedHash(Array("\(vote) \(Self.normalise(code))".utf8), label: "voting code")
    }
}
