import Crypto
import Foundation
public import Postgres

/// Files handed in for rolls: received in pieces, mapped, read as a whole before anything is stored, compared with the
/// roll, and confirmed by an agent.
///
/// Every step is kept in the database: it can be left, come back to, and gone on with by somebody else.
public struct RollImports: Sendable {
    /// The roles that may work on a roll.
    public static let roles: [Role] = [.participationAgent, .returningOfficer]
    /// The most bytes of a file.
    public static let longestFile = 1 << 30
    /// The most problems that are kept of one file; all are counted.
    public static let mostProblems = 100_000

    let pool: Pool

    /// Imports into the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    // MARK: Reading what is there

    /// The imports of a vote that are not finished, the latest first.
    public func list(of vote: ID<Vote>) async throws -> [RollImport] {
        try await pool.query(
            "roll_import.list",
            """
            SELECT \(sql: RollImport.columns) FROM roll_import
            WHERE vote_id = \(vote.uuid) AND state NOT IN ('confirmed', 'given_up')
            ORDER BY id DESC LIMIT 20
            """
        ).map(RollImport.init(row:))
    }

    /// The import, or nil when the vote has no such one.
    public func find(_ id: ID<RollImport>, of vote: ID<Vote>) async throws -> RollImport? {
        try await pool.one(
            "roll_import.find",
            "SELECT \(sql: RollImport.columns) FROM roll_import WHERE id = \(id.uuid) AND vote_id = \(vote.uuid)"
        ).map(RollImport.init(row:))
    }

    /// What stands in the way of a file, in the order of its lines.
    public func problems(of id: ID<RollImport>, after place: Int = 0, limit: Int = 100) async throws -> [RollProblem] {
        try await pool.query(
            "roll_problem.list",
            """
            SELECT line, field, reason, argument FROM roll_problem
            WHERE import_id = \(id.uuid) AND place > \(place) ORDER BY place LIMIT \(limit)
            """
        ).map { row in
            RollProblem(
                try row.get("line"), RollField(rawValue: try row.get("field")),
                RollProblem.Reason(rawValue: try row.get("reason")) ?? .notText, try row.get("argument"))
        }
    }

    // MARK: Receiving

    /// Begins to receive a file.
    ///
    /// - Throws: `RollRefusal.voteClosed`; `NotAllowed` unless the actor is an agent or a returning officer of the
    ///   vote, or the operator.
    public func receive(_ name: String, for vote: ID<Vote>, by actor: Actor) async throws -> RollReception {
        let id = ID<RollImport>()
        try await pool.transaction("roll_import.begin") { transaction in
            let locked: Vote = try await Votes.lock(vote, by: actor, Self.roles, transaction)
            guard locked.closedAt == nil else { throw RollRefusal.voteClosed }
            try await transaction.execute(
                "roll_import.insert",
                """
                INSERT INTO roll_import (id, vote_id, state, name, begun_by)
                VALUES (\(id.uuid), \(vote.uuid), 'receiving', \(String(name.prefix(200))), \(actor.account))
                """)
        }
        return RollReception(id: id, pool: pool)
    }

    // MARK: Columns

    /// Says what each column means.
    ///
    /// - Throws: `RollRefusal`, all of them in a `Refused`: a field that the vote needs and no column has, a field that
    ///   two columns have.
    public func choose(_ columns: [RollField?], of id: ID<RollImport>, by actor: Actor) async throws {
        try await pool.transaction("roll_import.choose") { transaction in
            let (vote, found) = try await lock(id, by: actor, transaction)
            guard [.mapping, .refused, .ready].contains(found.state), columns.count == found.header.count else {
                throw RollRefusal.wrongStep
            }
            let chosen: [RollField] = columns.compactMap(\.self)
            var reasons: [RollRefusal] = Self.required(vote).filter { field in
                // A date says the year.
                !chosen.contains(field) && !(field == .birthYear && chosen.contains(.birthDate))
            }.map(RollRefusal.columnMissing)
            for field in RollField.allCases where chosen.count(where: { $0 == field }) > 1 {
                reasons.append(.columnTwice(field))
            }
            guard reasons.isEmpty else { throw Refused(reasons: reasons) }
            try await transaction.execute(
                "roll_import.columns",
                """
                UPDATE roll_import
                SET columns = \(columns.map { $0?.rawValue ?? "" }), state = 'mapping', touched_at = now()
                WHERE id = \(id.uuid)
                """)
            try await Self.forget(id, in: transaction)
        }
    }

    /// The fields that no line may lack: the family name, and those by which the vote finds people.
    static func required(_ vote: Vote) -> [RollField] {
        let fields: [RollField] = vote.settings.rollFields.compactMap { RollField(rawValue: $0) }
        return RollField.allCases.filter { fields.contains($0) || $0 == .familyName }
    }

    /// Gives a file up: it is forgotten.
    public func giveUp(_ id: ID<RollImport>, by actor: Actor) async throws {
        try await pool.transaction("roll_import.give_up") { transaction in
            let (_, found) = try await lock(id, by: actor, transaction)
            guard found.state != .confirmed, found.state != .applying || found.isStalled else {
                throw RollRefusal.wrongStep
            }
            try await transaction.execute(
                "roll_import.given_up",
                "UPDATE roll_import SET state = 'given_up', difference = '{}', sample = '[]' WHERE id = \(id.uuid)")
            try await transaction.execute(
                "roll_piece.forget", "DELETE FROM roll_piece WHERE import_id = \(id.uuid)")
            try await Self.forget(id, in: transaction)
        }
    }

    // MARK: Parts of an act

    /// The import and its vote, held until the end of the transaction, for an act of staff.
    func lock(
        _ id: ID<RollImport>, by actor: Actor, _ transaction: some Executor
    ) async throws -> (Vote, RollImport) {
        let row: Row? = try await transaction.one(
            "roll_import.lock",
            "SELECT \(sql: RollImport.columns) FROM roll_import WHERE id = \(id.uuid) FOR UPDATE")
        guard let found = try row.map(RollImport.init(row:)) else { throw NotAllowed(roles: Self.roles) }
        let vote: Vote = try await Votes.lock(found.vote, by: actor, Self.roles, transaction)
        guard vote.closedAt == nil else { throw RollRefusal.voteClosed }
        return (vote, found)
    }

    /// Forgets what an earlier reading of the file found.
    static func forget(_ id: ID<RollImport>, in executor: some Executor) async throws {
        try await executor.execute("roll_row.forget", "DELETE FROM roll_row WHERE import_id = \(id.uuid)")
        try await executor.execute("roll_problem.forget", "DELETE FROM roll_problem WHERE import_id = \(id.uuid)")
    }
}
