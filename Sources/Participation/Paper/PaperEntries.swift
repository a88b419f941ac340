import Foundation
public import Postgres
import PublicRecord

/// Entries: what one operator reads of a batch on the screen, paper by paper, to be handed in when every paper has a
/// line. Nobody sees the entry of somebody else before both are handed in.
public struct PaperEntries: Sendable {
    /// Who enters papers.
    public static let operators: [Role] = [.entryOperator]

    private let pool: Pool

    /// The entries kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// An entry in the hands of its operator.
    public struct Progress: Sendable {
        /// What is entered so far.
        public let totals: PaperTotals
        /// The first paper without a line; nil when every paper has one.
        public let next: Int?
        /// The lines around the paper that was asked for, in order.
        public let lines: [PaperLine]
    }

    // MARK: On the screen

    /// Begins an entry; whoever has begun it goes on with it.
    ///
    /// - Throws: `BatchRefusal`; `NotAllowed` unless the actor is an entry operator of the vote.
    @discardableResult
    public func begin(_ letter: PaperEntry.Letter, of batch: ID<Batch>, by actor: Actor) async throws -> ID<PaperEntry>
    {
        try await Self.refusing {
            try await pool.transaction("batch_entry.begin") { transaction in
                let (vote, batch) = try await Batches.lock(batch, by: actor, Self.operators, transaction)
                let account: ID<Account> = try Self.account(of: actor)
                guard vote.closedAt != nil else { throw BatchRefusal.voteStillOpen }
                guard batch.settlement == nil else { throw BatchRefusal.alreadySettled }
                if let own = batch.entry(letter) {
                    guard own.account == account else { throw BatchRefusal.entryTaken }
                    guard own.submittedAt == nil else { throw BatchRefusal.alreadySubmitted }
                    return own.id
                }
                return try await Self.add(letter, to: batch, by: actor, account, import: nil, in: transaction)
            }
        }
    }

    /// Writes down a paper, or corrects it. The text is kept as it was meant, in its normal form.
    ///
    /// - Throws: `BatchRefusal.unreadable` for a text that no paper can say, and other refusals; `NotAllowed`.
    @discardableResult
    public func write(
        _ text: String, paper: Int, in entry: PaperEntry, of batch: Batch, vote: Vote, by actor: Actor
    ) async throws -> PaperLine {
        guard let definition = vote.opening?.definition else { throw BatchRefusal.notOnPaper }
        guard (1...batch.papers).contains(paper) else { throw BatchRefusal.unknownPaper(paper) }
        let line: PaperLine
        do throws(PaperProblem) { line = PaperLine(paper, try PaperReader(definition).read(text)) } catch {
            throw BatchRefusal.unreadable(error)
        }
        try await Self.refusing {
            try await pool.transaction("batch_line.write") { transaction in
                try await Authority.require(
                    Self.operators, of: actor, process: vote.process, vote: vote.id, in: transaction)
                let written: Int = try await transaction.execute(
                    "batch_line.upsert",
                    """
                    INSERT INTO batch_line (entry_id, paper, content, outcome)
                    SELECT id, \(paper), \(line.text), \(line.outcome) FROM batch_entry
                    WHERE id = \(entry.id) AND batch_id = \(batch.id) AND account_id = \(actor.account)
                      AND import_id IS NULL
                    ON CONFLICT (entry_id, paper) DO UPDATE
                    SET content = excluded.content, outcome = excluded.outcome
                    """)
                guard written == 1 else { throw BatchRefusal.entryTaken }
            }
        }
        return line
    }

    /// How far an entry is, with the lines around a paper; nil when it is not the actor's.
    public func progress(
        of entry: PaperEntry, in batch: Batch, around paper: Int? = nil, count: Int = 12, by actor: Actor
    ) async throws -> Progress? {
        guard entry.account == actor.account else { return nil }
        let next: Row? = try await pool.one(
            "batch_line.next",
            """
            SELECT candidate FROM (
                SELECT 1 AS candidate UNION ALL SELECT paper + 1 FROM batch_line WHERE entry_id = \(entry.id)
            ) AS candidates
            WHERE candidate <= \(batch.papers)
              AND NOT EXISTS (SELECT FROM batch_line WHERE entry_id = \(entry.id) AND paper = candidate)
            ORDER BY candidate LIMIT 1
            """)
        let first: Int? = try next?.get("candidate")
        let last: Int = paper ?? first ?? batch.papers + 1
        let lines: [Row] = try await pool.query(
            "batch_line.around",
            """
            SELECT paper, content, outcome FROM batch_line
            WHERE entry_id = \(entry.id) AND paper <= \(last) ORDER BY paper DESC LIMIT \(count)
            """)
        return Progress(
            totals: try await Self.totals(of: entry.id, in: pool), next: first,
            lines: try lines.reversed().map(PaperLine.init(row:)))
    }

    /// Hands an entry in. It is never changed again, and the record names its file.
    ///
    /// - Throws: `BatchRefusal.incomplete` while papers have no line, and other refusals; `NotAllowed`.
    public func submit(_ entry: ID<PaperEntry>, of batch: ID<Batch>, by actor: Actor) async throws {
        try await Self.refusing {
            try await pool.transaction("batch_entry.submit") { transaction in
                let (vote, batch) = try await Batches.lock(batch, by: actor, Self.operators, transaction)
                guard let own = batch.entries.first(where: { $0.id == entry }), own.account == actor.account else {
                    throw BatchRefusal.unknownBatch
                }
                guard own.submittedAt == nil else { throw BatchRefusal.alreadySubmitted }
                guard !own.isImporting else { throw BatchRefusal.importUnderWay }
                try await Self.handIn(own, of: batch, vote: vote.id, by: actor, in: transaction)
            }
        }
    }

    /// Throws an entry away that was not handed in, so that it can be begun anew, perhaps by somebody else.
    ///
    /// - Throws: `BatchRefusal.alreadySubmitted`; `NotAllowed` unless the entry is the actor's, or the actor is a
    ///   returning officer of the vote.
    public func discard(_ entry: ID<PaperEntry>, of batch: ID<Batch>, by actor: Actor) async throws {
        try await Self.refusing {
            try await pool.transaction("batch_entry.discard") { transaction in
                let (_, batch) = try await Batches.lock(
                    batch, by: actor, Self.operators + [.returningOfficer], transaction)
                guard let known = batch.entries.first(where: { $0.id == entry }) else {
                    throw BatchRefusal.unknownBatch
                }
                guard known.account == actor.account || actor.role == .returningOfficer else {
                    throw NotAllowed(roles: [.returningOfficer])
                }
                guard known.submittedAt == nil else { throw BatchRefusal.alreadySubmitted }
                try await transaction.execute(
                    "paper_import.discard",
                    """
                    DELETE FROM paper_import
                    WHERE id = (SELECT import_id FROM batch_entry WHERE id = \(entry)) AND finished_at IS NULL
                    """)
                try await transaction.execute("batch_entry.delete", "DELETE FROM batch_entry WHERE id = \(entry)")
                try await Acts.record(
                    "batch_entry_discarded", by: actor, on: "batch", batch.id,
                    detail: ["entry": known.letter.rawValue, "lines": String(known.lines)], in: transaction)
            }
        }
    }

    // MARK: Parts of the acts

    /// The account that reads the papers: the command line has none, and papers are read by people.
    static func account(of actor: Actor) throws(NotAllowed) -> ID<Account> {
        guard let account = actor.account else { throw NotAllowed(roles: operators) }
        return account
    }

    static func add(
        _ letter: PaperEntry.Letter, to batch: Batch, by actor: Actor, _ account: ID<Account>,
        import file: ID<PaperImport>?, in transaction: Transaction
    ) async throws -> ID<PaperEntry> {
        let id = ID<PaperEntry>()
        try await transaction.execute(
            "batch_entry.insert",
            """
            INSERT INTO batch_entry (id, batch_id, letter, account_id, import_id)
            VALUES (\(id), \(batch.id), \(letter.rawValue), \(account), \(file))
            """)
        try await Acts.record(
            "batch_entry_begun", by: actor, on: "batch", batch.id, detail: ["entry": letter.rawValue],
            in: transaction)
        return id
    }

    /// The end of an entry, on the screen or from a file: every paper has a line, the file stands in the record.
    static func handIn(
        _ entry: PaperEntry, of batch: Batch, vote: ID<Vote>, by actor: Actor, in transaction: Transaction
    ) async throws {
        let rows: [Row] = try await transaction.query(
            "batch_line.all", "SELECT paper, content FROM batch_line WHERE entry_id = \(entry.id) ORDER BY paper")
        guard rows.count == batch.papers else {
            let present: Set<Int> = Set(try rows.map { try $0.get("paper", as: Int.self) })
            let missing: [Int] = (1...batch.papers).filter { !present.contains($0) }
            throw BatchRefusal.incomplete(count: missing.count, first: Array(missing.prefix(10)))
        }
        let file = PaperFile(
            batch: batch.handle, reading: entry.letter.rawValue, salt: Random.bytes(16),
            lines: try rows.map { try $0.get("content") })
        let hash: Hash = try await RecordFiles.keep(file.bytes, of: vote, published: false, in: transaction)
        try await transaction.execute(
            "batch_entry.hand_in",
            """
            UPDATE batch_entry SET submitted_at = clock_timestamp(), file_hash = \(hash.bytes) WHERE id = \(entry.id)
            """)
        try await Record.append(
            [.batchEntered(batch: batch.handle, entry: entry.letter.rawValue, file: hash, rows: rows.count)],
            to: vote, in: transaction)
        try await Acts.record(
            "batch_entered", by: actor, on: "batch", batch.id,
            detail: ["entry": entry.letter.rawValue, "papers": String(rows.count)], in: transaction)
    }

    static func totals(of entry: ID<PaperEntry>, in executor: some Executor) async throws -> PaperTotals {
        let rows: [Row] = try await executor.query(
            "batch_line.totals",
            "SELECT outcome, count(*) AS papers FROM batch_line WHERE entry_id = \(entry) GROUP BY outcome")
        return PaperTotals(
            try Dictionary(rows.map { (try $0.get("outcome"), try $0.get("papers")) }) { first, _ in first })
    }

    /// Runs an act and tells a refusal by its name.
    static func refusing<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as PostgresError {
            switch error.constraint {
            case "batch_entry_once": throw BatchRefusal.entryTaken
            case "batch_entry_two_people", "batch_settled_by_third": throw BatchRefusal.anotherPersonNeeded
            case "batch_entry_final": throw BatchRefusal.alreadySubmitted
            case "paper_import_once": throw BatchRefusal.sameFile
            default: throw error
            }
        }
    }
}
