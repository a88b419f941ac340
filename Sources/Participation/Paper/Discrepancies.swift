public import Foundation
public import Postgres
import PublicRecord

/// Why the account of a place does not close: written by one officer, confirmed by another, told by the record.
public struct Discrepancy: Sendable {
    /// Its identity.
    public let id: ID<Discrepancy>
    /// The handle of the place.
    public let place: String
    /// Marks that stand less papers: what it explains.
    public let difference: Int
    /// Why.
    public let explanation: String
    /// Who wrote it.
    public let writer: ID<Account>
    /// When it was written, and when somebody else confirmed it; nil while nobody has.
    public let writtenAt: Date, confirmedAt: Date?
}

/// Why a discrepancy is not recorded, or minutes are not signed.
public enum ClosingRefusal: Error, Hashable, Sendable {
    /// There is no place of that handle, or nothing to confirm.
    case unknown
    /// Batches of the place are not settled: first they are.
    case unsettled
    /// The place closes: there is nothing to explain.
    case nothingToExplain
    /// An explanation of the place waits for a second officer already.
    case waiting
    /// It has no text, or too much.
    case noExplanation
    /// It takes somebody else than who wrote it.
    case anotherOfficerNeeded
    /// The account has changed since it was written; the difference is another one now.
    case accountChanged(Int)
    /// The vote is not closed yet.
    case notClosed
    /// The result is public: nothing of the account changes.
    case alreadyPublished
    /// Minutes are signed once the result is public.
    case notPublished
    /// The officer has signed already.
    case alreadySigned
    /// Nobody certifies alone.
    case oneSignature
    /// The minutes are certified already.
    case alreadyCertified
}

/// Discrepancies: recorded by two different officers.
public struct Discrepancies: Sendable {
    /// Who may write and confirm one.
    public static let officers: [Role] = [.returningOfficer, .pollingOfficer]

    private let pool: Pool

    /// The discrepancies kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// What was written about a vote's account and not withdrawn, in order.
    public func list(of vote: ID<Vote>) async throws -> [Discrepancy] {
        try await pool.query(
            "discrepancy.list",
            """
            SELECT discrepancy.id, place.handle AS place, discrepancy.difference, discrepancy.explanation,
                   discrepancy.written_by, discrepancy.written_at, discrepancy.confirmed_at
            FROM discrepancy JOIN place ON place.id = discrepancy.place_id
            WHERE discrepancy.vote_id = \(vote) AND discrepancy.withdrawn_at IS NULL ORDER BY discrepancy.id
            """
        ).map(Discrepancy.init(row:))
    }

    /// Writes down why a place does not close, for a second officer to confirm. Names of people do not belong in it:
    /// it will be public.
    ///
    /// - Throws: `ClosingRefusal`; `NotAllowed` unless the actor is a returning or polling officer of the vote.
    @discardableResult
    public func write(
        _ explanation: String, place: String, in vote: ID<Vote>, by actor: Actor
    ) async throws -> ID<Discrepancy> {
        guard !explanation.isEmpty, explanation.count <= 10_000 else { throw ClosingRefusal.noExplanation }
        let id = ID<Discrepancy>()
        do {
            try await pool.transaction("discrepancy.write") { transaction in
                let (account, role, line) = try await open(place, in: vote, by: actor, transaction)
                guard line.paperDifference != 0 else { throw ClosingRefusal.nothingToExplain }
                try await transaction.execute(
                    "discrepancy.insert",
                    """
                    INSERT INTO discrepancy (
                        id, vote_id, place_id, difference, explanation, written_by, written_role)
                    SELECT \(id), \(vote), place.id, \(line.paperDifference), \(explanation), \(account), \(role)
                    FROM place WHERE place.vote_id = \(vote) AND place.handle = \(place)
                    """)
                try await Acts.record(
                    "discrepancy_written", by: actor, on: "discrepancy", id, detail: ["place": place],
                    in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "discrepancy_one_open" {
            throw ClosingRefusal.waiting
        }
        return id
    }

    /// Confirms what another officer wrote: now it stands in the record, and the account takes it in.
    ///
    /// - Throws: `ClosingRefusal`; `NotAllowed` unless the actor is a returning or polling officer of the vote.
    public func confirm(_ id: ID<Discrepancy>, in vote: ID<Vote>, by actor: Actor) async throws {
        do {
            try await pool.transaction("discrepancy.confirm") { transaction in
                guard let row = try await waiting(id, in: vote, transaction) else { throw ClosingRefusal.unknown }
                let discrepancy = try Discrepancy(row: row)
                let (account, role, line) = try await open(discrepancy.place, in: vote, by: actor, transaction)
                guard account != discrepancy.writer else { throw ClosingRefusal.anotherOfficerNeeded }
                guard line.paperDifference == discrepancy.difference else {
                    throw ClosingRefusal.accountChanged(line.paperDifference)
                }
                let done: Int = try await transaction.execute(
                    "discrepancy.confirm",
                    """
                    UPDATE discrepancy SET confirmed_by = \(account), confirmed_at = clock_timestamp()
                    WHERE id = \(id) AND confirmed_at IS NULL AND withdrawn_at IS NULL
                    """)
                guard done == 1 else { throw ClosingRefusal.unknown }
                let first: String = try await OfficerHandles.handle(
                    of: discrepancy.writer, as: try row.get("written_role"), in: vote, transaction)
                let second: String = try await OfficerHandles.handle(of: account, as: role, in: vote, transaction)
                let text: Hash = try await RecordFiles.keep(
                    Self.file(of: discrepancy.explanation), of: vote, published: true, in: transaction)
                try await Record.append(
                    [
                        .discrepancyRecorded(
                            place: discrepancy.place, count: discrepancy.difference, explanation: text,
                            officers: [first, second])
                    ], to: vote, in: transaction)
                try await Acts.record("discrepancy_confirmed", by: actor, on: "discrepancy", id, in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "discrepancy_two_officers" {
            throw ClosingRefusal.anotherOfficerNeeded
        }
    }

    /// Takes back what nobody has confirmed, so that it can be written anew.
    ///
    /// - Throws: `ClosingRefusal.unknown`; `NotAllowed` unless the actor is a returning or polling officer of the vote.
    public func withdraw(_ id: ID<Discrepancy>, in vote: ID<Vote>, by actor: Actor) async throws {
        try await pool.transaction("discrepancy.withdraw") { transaction in
            _ = try await Votes.lock(vote, by: actor, Self.officers, transaction)
            let done: Int = try await transaction.execute(
                "discrepancy.withdraw",
                """
                UPDATE discrepancy SET withdrawn_at = clock_timestamp()
                WHERE id = \(id) AND vote_id = \(vote) AND confirmed_at IS NULL AND withdrawn_at IS NULL
                """)
            guard done == 1 else { throw ClosingRefusal.unknown }
            try await Acts.record("discrepancy_withdrawn", by: actor, on: "discrepancy", id, in: transaction)
        }
    }

    /// The bytes under whose hash the record names an explanation.
    static func file(of explanation: String) -> [UInt8] { Array((explanation + "\n").utf8) }

    /// The line of a place whose account is still open, for an officer who is a person.
    private func open(
        _ place: String, in vote: ID<Vote>, by actor: Actor, _ transaction: Transaction
    ) async throws -> (ID<Account>, Role, ClosingAccount.Line) {
        let vote: Vote = try await Votes.lock(vote, by: actor, Self.officers, transaction)
        guard let account = actor.account, let role = actor.role else { throw NotAllowed(roles: Self.officers) }
        guard vote.closedAt != nil else { throw ClosingRefusal.notClosed }
        guard vote.publishedAt == nil else { throw ClosingRefusal.alreadyPublished }
        let whole: ClosingAccount = try await ClosingAccounts.account(of: vote.id, in: transaction)
        guard let line = whole.lines.first(where: { $0.place == place }) else { throw ClosingRefusal.unknown }
        guard line.unsettled == 0 else { throw ClosingRefusal.unsettled }
        return (account, role, line)
    }

    private func waiting(_ id: ID<Discrepancy>, in vote: ID<Vote>, _ transaction: Transaction) async throws -> Row? {
        try await transaction.one(
            "discrepancy.waiting",
            """
            SELECT discrepancy.id, place.handle AS place, discrepancy.difference, discrepancy.explanation,
                   discrepancy.written_by, discrepancy.written_role, discrepancy.written_at, discrepancy.confirmed_at
            FROM discrepancy JOIN place ON place.id = discrepancy.place_id
            WHERE discrepancy.id = \(id) AND discrepancy.vote_id = \(vote) AND discrepancy.confirmed_at IS NULL
              AND discrepancy.withdrawn_at IS NULL
            """)
    }
}

extension Discrepancy {
    fileprivate init(row: Row) throws {
        self.init(
            id: try row.get("id"), place: try row.get("place"), difference: try row.get("difference"),
            explanation: try row.get("explanation"), writer: try row.get("written_by"),
            writtenAt: try row.get("written_at"), confirmedAt: try row.get("confirmed_at"))
    }
}
