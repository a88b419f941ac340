import Foundation
public import Postgres
import PublicRecord

/// The roll of a vote: who may vote, found by name in a queue, by line on a list, by person in the record of marks.
public struct Rolls: Sendable {
    private let pool: Pool

    /// The rolls kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// How many people are on the roll of the vote.
    public func size(of vote: ID<Vote>) async throws -> Int {
        try await pool.one(
            "roll.size",
            "SELECT count(*) AS size FROM roll_entry WHERE vote_id = \(vote.uuid) AND removed_at IS NULL"
        )?.get("size") ?? 0
    }

    /// The entry, or nil when no roll has it. Whoever was removed is found as well.
    public func entry(_ id: ID<RollEntry>) async throws -> RollEntry? {
        try await pool.one(
            "roll.entry", "SELECT \(sql: RollEntry.columns) FROM roll_entry WHERE id = \(id.uuid)"
        ).map(RollEntry.init(row:))
    }

    /// The entry of a person on the roll of a vote, or nil.
    public func entry(of person: ID<Person>, in vote: ID<Vote>) async throws -> RollEntry? {
        try await pool.one(
            "roll.entry_of_person",
            """
            SELECT \(sql: RollEntry.columns) FROM roll_entry
            WHERE vote_id = \(vote.uuid) AND person_id = \(person.uuid) AND removed_at IS NULL
            """
        ).map(RollEntry.init(row:))
    }

    /// The entry with the printed line number, or nil.
    public func entry(line: Int, of vote: ID<Vote>) async throws -> RollEntry? {
        try await pool.one(
            "roll.entry_of_line",
            """
            SELECT \(sql: RollEntry.columns) FROM roll_entry
            WHERE vote_id = \(vote.uuid) AND line = \(line) AND removed_at IS NULL
            """
        ).map(RollEntry.init(row:))
    }

    /// The people on the roll in the order of their printed lines, after the line `after`, at most `limit`.
    public func lines(of vote: ID<Vote>, after: Int = 0, limit: Int = 1000) async throws -> [RollEntry] {
        try await pool.query(
            "roll.lines",
            """
            SELECT \(sql: RollEntry.columns) FROM roll_entry
            WHERE vote_id = \(vote.uuid) AND line > \(after) AND removed_at IS NULL
            ORDER BY line LIMIT \(limit)
            """
        ).map(RollEntry.init(row:))
    }

    /// The people whose names begin with the words, in any order, however they are written; a number alone is the
    /// line of the printed list as well. Where no name begins so, the most similar ones that begin alike.
    ///
    /// A hundred thousand Martins are no slower than one: rows come in the order of an index, and no more than `limit`.
    public func search(_ words: String, in vote: ID<Vote>, limit: Int = 20) async throws -> [RollEntry] {
        let search = RollSearch(words)
        guard !search.isEmpty else { return [] }
        if let number = search.number { return try await lineOrNumber(number, words, in: vote, limit: limit) }
        let found: [RollEntry] = try await pool.query(
            "roll.search", search.byNames(in: vote, limit: limit)
        ).map(RollEntry.init(row:))
        guard found.isEmpty else { return found }
        return try await pool.query("roll.search_alike", search.alike(in: vote, limit: limit))
            .map(RollEntry.init(row:))
    }

    private func lineOrNumber(
        _ line: Int, _ words: String, in vote: ID<Vote>, limit: Int
    ) async throws -> [RollEntry] {
        let identity: [UInt8] = RollIdentity.ofNumber(words)
        return try await pool.query(
            "roll.search_number",
            """
            SELECT \(sql: RollEntry.columns) FROM roll_entry
            WHERE vote_id = \(vote.uuid) AND removed_at IS NULL
              AND (line = \(line) OR identity = \(identity))
            ORDER BY line LIMIT \(limit)
            """
        ).map(RollEntry.init(row:))
    }

    /// The confirmed versions, the latest first.
    public func versions(of vote: ID<Vote>) async throws -> [RollVersion] {
        try await pool.query(
            "roll.versions",
            """
            SELECT roll_version.number, roll_version.size, roll_version.added, roll_version.changed,
                   roll_version.removed, roll_version.kept, roll_version.file_name, roll_version.file_hash,
                   roll_version.confirmed_at, account.name
            FROM roll_version LEFT JOIN account ON account.id = roll_version.confirmed_by
            WHERE roll_version.vote_id = \(vote.uuid)
            ORDER BY roll_version.number DESC
            """
        ).map { row in
            RollVersion(
                number: try row.get("number"), size: try row.get("size"), added: try row.get("added"),
                changed: try row.get("changed"), removed: try row.get("removed"), kept: try row.get("kept"),
                fileName: try row.get("file_name"), fileHash: try row.get("file_hash"),
                confirmedAt: try row.get("confirmed_at"), confirmedBy: try row.get("name"))
        }
    }

    /// The roll that stands, or will stand, in the public record; nil before it has been committed.
    public func commitment(of vote: ID<Vote>) async throws -> RollCommitment? {
        try await Self.commitment(of: vote, in: pool)
    }

    static func commitment(of vote: ID<Vote>, in executor: some Executor) async throws -> RollCommitment? {
        try await executor.one(
            "roll.commitment",
            "SELECT version, size, root, committed_at FROM roll_commitment WHERE vote_id = \(vote.uuid)"
        ).map { row in
            RollCommitment(
                version: try row.get("version"), size: try row.get("size"),
                // The schema's check leaves no other length.
                root: Hash(bytes: try row.get("root", as: [UInt8].self))!, committedAt: try row.get("committed_at"))
        }
    }

    /// The commitment with which a vote opens: none for a vote without a roll.
    ///
    /// - Throws: `VoteRefusal.rollNotCommitted`.
    static func commitment(of vote: Vote, in executor: some Executor) async throws -> RollCommitment? {
        guard vote.settings.eligibility.contains("roll") else { return nil }
        guard let commitment = try await commitment(of: vote.id, in: executor) else {
            throw VoteRefusal.rollNotCommitted
        }
        return commitment
    }
}
