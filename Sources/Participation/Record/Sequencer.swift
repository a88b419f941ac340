public import Logging
public import Postgres
import PublicRecord
public import ServiceLifecycle

/// Gives the entries that wait their place in the log, extends the tree and signs the checkpoint.
///
/// Any number of processes may run one: for each vote an advisory lock lets one at a time do a batch, and a batch is
/// one transaction. A crash leaves either the whole batch or none of it.
public struct Sequencer: Service {
    private static let batch = 2000

    private let pool: Pool
    private let secrets: Secrets
    private let logger: Logger
    private let pause: Duration

    /// A sequencer that looks for entries every `pause`.
    public init(pool: Pool, secrets: Secrets, logger: Logger = Logger(label: "record"), pause: Duration = .seconds(1)) {
        self.pool = pool
        self.secrets = secrets
        self.logger = logger
        self.pause = pause
    }

    /// Sequences until the service stops.
    public func run() async throws {
        await Rounds.run(every: pause, logger, "Entries could not be added to the record") {
            let votes: [Row] = try await pool.query(
                "record.waiting", "SELECT DISTINCT vote_id FROM record_pending LIMIT 100")
            for vote in votes { try await drain(ID(try vote.get("vote_id"))) }
        }
    }

    /// Adds everything that waits for a vote, unless another process is doing it.
    public func drain(_ vote: ID<Vote>) async throws {
        while try await sequence(vote) == Self.batch {}
    }

    /// One batch: how many entries found their place.
    private func sequence(_ vote: ID<Vote>) async throws -> Int {
        try await pool.transaction("record.sequence") { transaction in
            // Waits for the leader of the moment, if there is one: then this batch begins where that one ended.
            try await transaction.execute("record.lead", "SELECT pg_advisory_xact_lock(\(vote.lockKey ^ 1))::text")
            let rows: [Row] = try await transaction.query(
                "record.next",
                """
                WITH taken AS (
                    DELETE FROM record_pending
                    WHERE id IN (
                        SELECT id FROM record_pending WHERE vote_id = \(vote.uuid) ORDER BY id LIMIT \(Self.batch))
                    RETURNING id, entry
                )
                SELECT entry FROM taken ORDER BY id
                """)
            guard !rows.isEmpty else { return 0 }
            let entries: [[UInt8]] = try rows.map { try $0.get("entry") }
            let head: Row? = try await transaction.one(
                "record.head",
                """
                SELECT vote_opening.origin, vote_opening.log_key,
                       coalesce((SELECT max(record_checkpoint.size) FROM record_checkpoint
                                 WHERE record_checkpoint.vote_id = vote_opening.vote_id), 0) AS size
                FROM vote_opening WHERE vote_opening.vote_id = \(vote.uuid)
                """)
            guard let head else { return 0 }
            let origin: String = try head.get("origin")
            let size: Int = try head.get("size")
            var frontier: TileFrontier = try await frontier(of: vote, size: size, in: transaction)
            var levels: [Int16] = []
            var places: [Int64] = []
            var hashes: [[UInt8]] = []
            for entry in entries {
                frontier.append(MerkleTree.leafHash(entry)) { stored in
                    levels.append(Int16(stored.level))
                    places.append(Int64(stored.index))
                    hashes.append(stored.hash.bytes)
                }
            }
            let checkpoint = Checkpoint(origin: origin, size: frontier.size, root: frontier.root)
            let note: String = try LogKey(secrets, origin: origin, publicKey: try head.get("log_key"))
                .sign(checkpoint.text)
            _ = try await transaction.pipeline([
                (
                    "record_entry.insert",
                    """
                    INSERT INTO record_entry (vote_id, index, entry)
                    SELECT \(vote.uuid), \(size)::bigint + given.place - 1, given.entry
                    FROM unnest(\(entries)::bytea[]) WITH ORDINALITY AS given (entry, place)
                    """
                ),
                (
                    "record_hash.insert",
                    """
                    INSERT INTO record_hash (vote_id, level, index, hash)
                    SELECT \(vote.uuid), given.level, given.place, given.hash
                    FROM unnest(\(levels.map(Int.init))::int[], \(places)::bigint[], \(hashes)::bytea[])
                         AS given (level, place, hash)
                    """
                ),
                (
                    "record_checkpoint.insert",
                    """
                    INSERT INTO record_checkpoint (vote_id, size, root, note)
                    VALUES (\(vote.uuid), \(frontier.size), \(frontier.root.bytes), \(note))
                    """
                ),
            ])
            return entries.count
        }
    }

    private func frontier(of vote: ID<Vote>, size: Int, in transaction: some Executor) async throws -> TileFrontier {
        var stored: [Int: [Hash]] = [:]
        for (level, indices) in TileFrontier.needed(size: size) where !indices.isEmpty {
            stored[level] = try await Record.hashes(of: vote, level: level, indices: indices, in: transaction)
        }
        return try TileFrontier(size: size) { level, _ in stored[level] ?? [] }
    }
}
