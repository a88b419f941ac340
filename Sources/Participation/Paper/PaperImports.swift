public import Foundation
public import Logging
public import Postgres
import PublicRecord
public import ServiceLifecycle

/// A file of papers on its way into one or several entries.
public struct PaperImport: Sendable {
    /// Its identity.
    public let id: ID<PaperImport>
    /// How many papers it holds, and how many of them are stored.
    public let lines: Int, stored: Int
    /// When all of it was handed in; nil while it counts for nothing.
    public let finishedAt: Date?
}

/// Entries from files: read whole and reported row by row before anything is stored, then stored a part at a time, and
/// handed in all at once. An import that was interrupted goes on where it stopped.
public struct PaperImports: Service {
    private static let part = 5000

    private let pool: Pool
    private let logger: Logger
    private let pause: Duration

    /// Imports into the database of `pool`; run as a service, it looks every `pause` for work that was left.
    public init(pool: Pool, logger: Logger = Logger(label: "paper"), pause: Duration = .seconds(1)) {
        self.pool = pool
        self.logger = logger
        self.pause = pause
    }

    /// The largest file that is read.
    public static let maximumBytes = PaperCSV.limits.file

    // MARK: Beginning

    /// Reads a file as an entry and keeps it to be stored.
    ///
    /// A file whose import was interrupted is taken up again by the person who began it.
    ///
    /// - Parameters:
    ///   - letter: which reading the file is; `scan` for a list of the hashes of pictures.
    ///   - batch: the batch of every row; nil for a file with a column `batch`.
    /// - Throws: `BatchRefusal.file` with every problem and nothing stored, and other refusals; `NotAllowed` unless the
    ///   actor is an entry operator of the vote.
    public func begin(
        _ bytes: [UInt8], as letter: PaperEntry.Letter, of batch: Batch?, in vote: Vote, by actor: Actor
    ) async throws -> ID<PaperImport> {
        try await Authority.require(PaperEntries.operators, of: actor, process: vote.process, vote: vote.id, in: pool)
        let account: ID<Account> = try PaperEntries.account(of: actor)
        guard let opening = vote.opening else { throw BatchRefusal.notOnPaper }
        let hash: [UInt8] = Hash(of: bytes).bytes
        if let known = try await known(hash, letter, account, vote.id) { return known }
        var csv = PaperCSV(
            letter: letter, batches: try await Batches(pool: pool).list(of: vote.id), only: batch, opening: opening,
            editions: try await editions(of: vote.id))
        let read: [(batch: Batch, lines: [PaperLine])] = try csv.read(bytes)
        let id = ID<PaperImport>()
        return try await PaperEntries.refusing {
            try await pool.transaction("paper_import.begin") { transaction in
                let locked: Vote = try await Votes.lock(vote.id, by: actor, PaperEntries.operators, transaction)
                try Batches.accepts(locked)
                guard locked.closedAt != nil else { throw BatchRefusal.voteStillOpen }
                try await transaction.execute(
                    "paper_import.insert",
                    """
                    INSERT INTO paper_import (id, vote_id, letter, account_id, source, source_hash, lines)
                    VALUES (\(id), \(vote.id), \(letter.rawValue), \(account), ''::bytea, \(hash),
                            \(read.reduce(0) { $0 + $1.lines.count }))
                    """)
                var source: [UInt8] = []
                for (batch, lines) in read {
                    guard let batch = try await Batches.load(where: "batch.id = \(batch.id)", in: transaction).first
                    else { throw BatchRefusal.unknownBatch }
                    guard batch.settlement == nil else { throw BatchRefusal.alreadySettled }
                    try await Self.clear(batch.entry(letter), of: account, in: transaction)
                    let entry: ID<PaperEntry> = try await PaperEntries.add(
                        letter, to: batch, by: actor, account, import: id, in: transaction)
                    for line in lines { source += Array("\(entry);\(line.paper);\(line.outcome);\(line.text)\n".utf8) }
                }
                try await transaction.execute(
                    "paper_import.source", "UPDATE paper_import SET source = \(source) WHERE id = \(id)")
                return id
            }
        }
    }

    /// The editions of the ballots that were declared; the first needs no declaration.
    private func editions(of vote: ID<Vote>) async throws -> Set<Int> {
        let rows: [Row] = try await pool.query(
            "paper_import.editions", "SELECT number FROM print_edition WHERE vote_id = \(vote)")
        return Set(try rows.map { try $0.get("number", as: Int.self) }).union([1])
    }

    /// The import of a file that the account has begun before and that is not finished.
    private func known(
        _ hash: [UInt8], _ letter: PaperEntry.Letter, _ account: ID<Account>, _ vote: ID<Vote>
    ) async throws -> ID<PaperImport>? {
        let row: Row? = try await pool.one(
            "paper_import.known",
            """
            SELECT id, finished_at IS NULL AND letter = \(letter.rawValue) AND account_id = \(account) AS is_mine
            FROM paper_import WHERE vote_id = \(vote) AND source_hash = \(hash)
            """)
        guard let row else { return nil }
        guard try row.get("is_mine", as: Bool.self) else { throw BatchRefusal.sameFile }
        return try row.get("id")
    }

    /// An entry that its operator had begun on the screen, and in which nothing stands, makes room for the file.
    private static func clear(
        _ entry: PaperEntry?, of account: ID<Account>, in transaction: Transaction
    ) async throws {
        guard let entry else { return }
        if entry.submittedAt != nil { throw BatchRefusal.alreadySubmitted }
        guard entry.account == account, entry.lines == 0, !entry.isImporting else { throw BatchRefusal.entryTaken }
        try await transaction.execute("batch_entry.clear", "DELETE FROM batch_entry WHERE id = \(entry.id)")
    }

    // MARK: Going on

    /// How far an import is; nil when there is none.
    public func find(_ id: ID<PaperImport>) async throws -> PaperImport? {
        try await pool.one(
            "paper_import.find", "SELECT id, lines, stored, finished_at FROM paper_import WHERE id = \(id)"
        ).map(PaperImport.init(row:))
    }

    /// Stores what is not stored yet, and hands everything in. Any number of processes may do it at once.
    ///
    /// - Parameter progress: told after each part, with the papers stored and all of them.
    public func complete(_ id: ID<PaperImport>, progress: @Sendable (Int, Int) -> Void = { _, _ in }) async throws {
        let row: Row? = try await pool.one(
            "paper_import.read", "SELECT source FROM paper_import WHERE id = \(id) AND finished_at IS NULL")
        guard let source: [UInt8] = try row?.get("source") else { return }
        let lines: [ArraySlice<UInt8>] = source.split(separator: UInt8(ascii: "\n"))
        while let (stored, all) = try await advance(id, lines) {
            progress(stored, all)
            if stored == all { return try await finish(id) }
        }
    }

    /// One part; nil when there is nothing left to do.
    private func advance(_ id: ID<PaperImport>, _ lines: [ArraySlice<UInt8>]) async throws -> (Int, Int)? {
        try await pool.transaction("paper_import.advance") { transaction in
            let row: Row? = try await transaction.one(
                "paper_import.take",
                "SELECT stored FROM paper_import WHERE id = \(id) AND finished_at IS NULL FOR UPDATE")
            guard let row else { return nil }
            let stored: Int = try row.get("stored")
            let part: ArraySlice<ArraySlice<UInt8>> = lines[stored..<min(stored + Self.part, lines.count)]
            var (entries, papers, outcomes, texts) = ([UUID](), [Int](), [String](), [String]())
            for line in part {
                let fields = line.split(separator: UInt8(ascii: ";"), maxSplits: 3, omittingEmptySubsequences: false)
                    .map { String(decoding: $0, as: UTF8.self) }
                guard fields.count == 4, let entry = UUID(uuidString: fields[0]), let paper = Int(fields[1]) else {
                    preconditionFailure("the import wrote its own lines")
                }
                entries.append(entry)
                papers.append(paper)
                outcomes.append(fields[2])
                texts.append(fields[3])
            }
            try await transaction.execute(
                "batch_line.store",
                """
                INSERT INTO batch_line (entry_id, paper, outcome, content)
                SELECT * FROM unnest(\(entries)::uuid[], \(papers)::int[], \(outcomes)::text[], \(texts)::text[])
                """)
            try await transaction.execute(
                "paper_import.stored", "UPDATE paper_import SET stored = \(stored + part.count) WHERE id = \(id)")
            return (stored + part.count, lines.count)
        }
    }

    /// Everything is handed in by one transaction, or nothing is.
    private func finish(_ id: ID<PaperImport>) async throws {
        try await pool.transaction("paper_import.finish") { transaction in
            let row: Row? = try await transaction.one(
                "paper_import.finish",
                """
                UPDATE paper_import SET finished_at = clock_timestamp(), source = ''::bytea
                WHERE id = \(id) AND finished_at IS NULL RETURNING vote_id, account_id
                """)
            guard let row else { return }
            let vote: ID<Vote> = try row.get("vote_id")
            let actor: Actor = .official(try row.get("account_id"), .entryOperator)
            let batches: [Batch] = try await Batches.load(
                where: "batch.id IN (SELECT batch_id FROM batch_entry WHERE import_id = \(id))", in: transaction)
            let entries: [Row] = try await transaction.query(
                "paper_import.entries", "SELECT id FROM batch_entry WHERE import_id = \(id)")
            let own: Set<ID<PaperEntry>> = Set(try entries.map { try $0.get("id", as: ID<PaperEntry>.self) })
            for batch in batches {
                for entry in batch.entries where own.contains(entry.id) {
                    try await PaperEntries.handIn(entry, of: batch, vote: vote, by: actor, in: transaction)
                }
            }
        }
    }

    // MARK: As a service

    /// Completes every import that is not finished, until the service stops.
    public func run() async throws {
        await Rounds.run(every: pause, logger, "Papers could not be stored") {
            let waiting: [Row] = try await pool.query(
                "paper_import.waiting",
                "SELECT id FROM paper_import WHERE finished_at IS NULL ORDER BY begun_at LIMIT 10")
            for row in waiting { try await complete(try row.get("id")) }
        }
    }
}

extension PaperImport {
    fileprivate init(row: Row) throws {
        self.init(
            id: try row.get("id"), lines: try row.get("lines"), stored: try row.get("stored"),
            finishedAt: try row.get("finished_at"))
    }
}
