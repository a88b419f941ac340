import Foundation
public import Postgres
public import PublicRecord

/// The public record of votes: what anyone can read, without an account.
public struct Record: Sendable {
    let pool: Pool

    /// The records kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// Where a log stands.
    public struct Head: Sendable {
        /// The number of entries and their root.
        public let checkpoint: Checkpoint
        /// The signed note.
        public let note: String
    }

    /// The latest checkpoint; nil before the first entry has found its place.
    public func head(of vote: ID<Vote>) async throws -> Head? {
        let row: Row? = try await pool.one(
            "record.checkpoint",
            """
            SELECT vote_opening.origin, record_checkpoint.size, record_checkpoint.root, record_checkpoint.note
            FROM record_checkpoint JOIN vote_opening USING (vote_id)
            WHERE record_checkpoint.vote_id = \(vote.uuid) ORDER BY record_checkpoint.size DESC LIMIT 1
            """)
        guard let row, let root = Hash(bytes: try row.get("root", as: [UInt8].self)) else { return nil }
        return Head(
            checkpoint: Checkpoint(origin: try row.get("origin"), size: try row.get("size"), root: root),
            note: try row.get("note"))
    }

    /// The bytes of a tile or an entry bundle; nil when the log has not come that far.
    public func tile(_ path: TilePath, of vote: ID<Vote>) async throws -> [UInt8]? {
        let start: Int = path.index * Tiles.width
        switch path.kind {
        case .hashes(let level):
            let hashes: [Hash] = try await Self.hashes(
                of: vote, level: level, indices: start..<start + path.width, in: pool)
            return hashes.count == path.width ? Tiles.encode(hashes) : nil
        case .entries:
            let entries: [[UInt8]] = try await self.entries(of: vote, start..<start + path.width)
            return entries.count == path.width ? Tiles.bundle(entries) : nil
        }
    }

    /// Whether the result stands in the log. Between the moment a result is published and the next signed checkpoint it
    /// does not, and whoever fetched both would hold a result that nobody has signed.
    public func holdsResult(of vote: ID<Vote>) async throws -> Bool {
        let waiting: [UInt8] = Array("\"kind\":\"result.published\"".utf8)
        let row: Row? = try await pool.one(
            "record.result_waits",
            """
            SELECT EXISTS (
                SELECT FROM record_pending WHERE vote_id = \(vote.uuid) AND position(\(waiting) IN entry) > 0) AS waits
            """)
        return try row?.get("waits", as: Bool.self) == false
    }

    /// The entries of a range that have found their place, in order.
    public func entries(of vote: ID<Vote>, _ range: Range<Int>) async throws -> [[UInt8]] {
        try await pool.query(
            "record.entries",
            """
            SELECT entry FROM record_entry
            WHERE vote_id = \(vote.uuid) AND index >= \(range.lowerBound) AND index < \(range.upperBound)
            ORDER BY index
            """
        ).map { try $0.get("entry") }
    }

    /// The stored hashes of a level in a range, in order; fewer than asked for where the log ends.
    static func hashes(
        of vote: ID<Vote>, level: Int, indices: Range<Int>, in executor: some Executor
    ) async throws -> [Hash] {
        try await executor.query(
            "record.hashes",
            """
            SELECT hash FROM record_hash
            WHERE vote_id = \(vote.uuid) AND level = \(level) AND index >= \(indices.lowerBound)
              AND index < \(indices.upperBound)
            ORDER BY index
            """
        ).compactMap { Hash(bytes: try $0.get("hash", as: [UInt8].self)) }
    }

    /// How many entries wait for their place.
    public func waiting(of vote: ID<Vote>) async throws -> Int {
        try await pool.one(
            "record.count_waiting",
            "SELECT count(*) AS entries FROM record_pending WHERE vote_id = \(vote.uuid)"
        )?.get("entries") ?? 0
    }

    /// Leaves entries to the sequencer, in the transaction of the act they tell of.
    static func append(_ entries: [Entry], to vote: ID<Vote>, in transaction: some Executor) async throws {
        for start in stride(from: 0, to: entries.count, by: 5000) {
            let part: [[UInt8]] = entries[start..<min(start + 5000, entries.count)].map(\.bytes)
            try await transaction.execute(
                "record.append",
                """
                INSERT INTO record_pending (vote_id, entry)
                SELECT \(vote.uuid), given.entry
                FROM unnest(\(part)::bytea[]) WITH ORDINALITY AS given (entry, place) ORDER BY given.place
                """)
        }
    }
}

/// What the log of a vote holds so far.
public struct VoteAccount: Sendable {
    /// People marked, annulled marks not counted.
    public let marks: Int
    /// Live marks with a sealed ballot.
    public let sealed: Int
    /// Opened ballots.
    public let opened: Int
}

extension Record {
    /// An opened ballot with its tracker.
    public struct Opened: Sendable {
        /// What was chosen.
        public let ballot: Ballot
        /// The place of the entry in the log.
        public let index: Int
    }

    /// The figures of a vote as they stand.
    public func account(of vote: ID<Vote>) async throws -> VoteAccount {
        let row: Row? = try await pool.one(
            "record.account",
            """
            SELECT marks, sealed, CASE WHEN is_counted THEN sealed ELSE 0 END AS opened
            FROM (
                SELECT count(*) AS marks,
                       -- Envelopes that were destroyed had been counted; their marks tell how many there were.
                       count(*) FILTER (WHERE sealed_ballot.mark_id IS NOT NULL
                                        OR vote_destruction.vote_id IS NOT NULL AND mark.channel <> 'paper') AS sealed,
                       EXISTS (SELECT FROM vote_count WHERE vote_count.vote_id = \(vote.uuid)) AS is_counted
                FROM mark LEFT JOIN sealed_ballot ON sealed_ballot.mark_id = mark.id
                LEFT JOIN vote_destruction ON vote_destruction.vote_id = mark.vote_id
                WHERE mark.vote_id = \(vote.uuid) AND mark.annulled_at IS NULL
            ) AS account
            """)
        return VoteAccount(
            marks: try row?.get("marks") ?? 0, sealed: try row?.get("sealed") ?? 0, opened: try row?.get("opened") ?? 0)
    }

    /// The place of an entry in the log; nil when it has none (yet).
    public func place(of entry: [UInt8], in vote: ID<Vote>) async throws -> Int? {
        let hash: [UInt8] = MerkleTree.leafHash(entry).bytes
        return try await pool.one(
            "record.place",
            """
            SELECT index FROM record_hash
            WHERE vote_id = \(vote.uuid) AND level = 0 AND hash = \(hash) ORDER BY index LIMIT 1
            """
        )?.get("index")
    }

    /// The opened ballot with the tracker; nil when there is none.
    public func opened(_ tracker: Tracker, in vote: Vote) async throws -> Opened? {
        guard let checker = vote.opening?.checker else { return nil }
        let row: Row? = try await pool.one(
            "record.opened",
            """
            SELECT index, entry FROM record_entry
            WHERE vote_id = \(vote.id.uuid)
              AND position('"tracker":"'::bytea IN entry) > 0
              AND substring(entry FROM position('"tracker":"'::bytea IN entry) + 11 FOR 19)
                  = \(Array(tracker.text.utf8))
            LIMIT 1
            """)
        guard let row,
            case .ballotOpened(_, _, let choices, _) = try Entry(bytes: try row.get("entry", as: [UInt8].self)),
            let lines = try? Ballot.lines(choices, type: checker.rules.type),
            let ballot = try? checker.ballot(lines)
        else { return nil }
        return Opened(ballot: ballot, index: try row.get("index"))
    }
}
