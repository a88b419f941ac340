import Foundation
public import Postgres
import PublicRecord

/// Settling a batch: a third person sees where two entries differ, decides each paper with a reason, and closes it.
/// The entries themselves are never touched.
public struct Settlements: Sendable {
    /// Who compares and decides.
    public static let adjudicators: [Role] = [.adjudicator]
    /// Who opens a settled batch again.
    public static let reopeners: [Role] = [.returningOfficer]

    private let pool: Pool

    /// The settlements kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// A paper that is read in two ways, or that somebody decided.
    public struct Difference: Sendable, Hashable {
        /// The paper.
        public let paper: Int
        /// What each entry says of it; `second` is nil for a batch with one entry and a scan.
        public let first: PaperLine, second: PaperLine?
        /// What was decided, and why.
        public let decided: PaperLine?, reason: String?
    }

    /// How far a comparison is.
    public struct Progress: Sendable, Hashable {
        /// Papers whose entries differ, and those of them that nobody has decided.
        public let differing: Int, undecided: Int
        /// What settling now would give.
        public let totals: PaperTotals
    }

    // MARK: Comparing

    /// The papers whose entries differ and those decided, in order, after one of them.
    public func differences(of batch: Batch, after paper: Int = 0, limit: Int = 50) async throws -> [Difference] {
        guard batch.isComparable else { return [] }
        return try await pool.query(
            "settlement.differences",
            """
            SELECT * FROM (\(sql: Self.readings(of: batch))) AS reading
            WHERE (first_text <> second_text OR decided_text IS NOT NULL) AND paper > \(paper)
            ORDER BY paper LIMIT \(limit)
            """
        ).map(Difference.init(row:))
    }

    /// How far the comparison of a batch is.
    public func progress(of batch: Batch) async throws -> Progress {
        try await Self.progress(of: batch, in: pool)
    }

    private static func progress(of batch: Batch, in executor: some Executor) async throws -> Progress {
        let rows: [Row] = try await executor.query(
            "settlement.progress",
            """
            SELECT coalesce(decided_outcome, first_outcome) AS outcome, count(*) AS papers,
                   count(*) FILTER (WHERE first_text <> second_text) AS differing,
                   count(*) FILTER (WHERE first_text <> second_text AND decided_text IS NULL) AS undecided
            FROM (\(sql: readings(of: batch))) AS reading GROUP BY 1
            """)
        return Progress(
            differing: try rows.reduce(0) { $0 + (try $1.get("differing", as: Int.self)) },
            undecided: try rows.reduce(0) { $0 + (try $1.get("undecided", as: Int.self)) },
            totals: PaperTotals(
                try Dictionary(rows.map { (try $0.get("outcome"), try $0.get("papers")) }, uniquingKeysWith: +)))
    }

    /// Every paper with its readings and the latest decision. A scan is no reading: its pictures are for the eye.
    private static func readings(of batch: Batch) -> SQL {
        let entries: [PaperEntry] = batch.entries.filter { $0.letter != .scan && $0.submittedAt != nil }
        return """
            SELECT one.paper, one.content AS first_text, one.outcome AS first_outcome,
                   other.content AS second_text, other.outcome AS second_outcome,
                   decision.content AS decided_text, decision.outcome AS decided_outcome, decision.reason
            FROM batch_line AS one
            LEFT JOIN batch_line AS other ON other.entry_id = \(entries.count > 1 ? entries[1].id : nil)
                                         AND other.paper = one.paper
            LEFT JOIN LATERAL (
                SELECT content, outcome, reason FROM batch_decision
                WHERE batch_id = \(batch.id) AND paper = one.paper ORDER BY id DESC LIMIT 1) AS decision ON true
            WHERE one.entry_id = \(entries.first?.id)
            """
    }

    // MARK: Deciding

    /// Decides what a paper says. A later decision about the same paper stands in its place; both are kept.
    ///
    /// - Throws: `BatchRefusal`; `NotAllowed` unless the actor is an adjudicator of the vote.
    public func decide(
        _ text: String, paper: Int, because reason: String, in batch: ID<Batch>, by actor: Actor
    ) async throws {
        guard !reason.isEmpty, reason.count <= 2000 else { throw BatchRefusal.noReason }
        try await PaperEntries.refusing {
            try await pool.transaction("batch_decision.make") { transaction in
                let (vote, batch) = try await comparable(batch, by: actor, transaction)
                guard let definition = vote.opening?.definition else { throw BatchRefusal.notOnPaper }
                guard (1...batch.papers).contains(paper) else { throw BatchRefusal.unknownPaper(paper) }
                let line: PaperLine
                do throws(PaperProblem) { line = PaperLine(paper, try PaperReader(definition).read(text)) } catch {
                    throw BatchRefusal.unreadable(error)
                }
                try await transaction.execute(
                    "batch_decision.insert",
                    """
                    INSERT INTO batch_decision (id, batch_id, paper, content, outcome, reason, account_id)
                    VALUES (\(ID<Difference>()), \(batch.id), \(paper), \(line.text), \(line.outcome), \(reason),
                            \(actor.account))
                    """)
                try await Acts.record(
                    "batch_paper_decided", by: actor, on: "batch", batch.id, detail: ["paper": String(paper)],
                    in: transaction)
            }
        }
    }

    /// Settles a batch whose differences are all decided: from now on it can be counted.
    ///
    /// - Throws: `BatchRefusal.undecided` and others; `NotAllowed` unless the actor is an adjudicator of the vote who
    ///   entered nothing of the batch.
    public func settle(_ batch: ID<Batch>, by actor: Actor) async throws {
        try await PaperEntries.refusing {
            try await pool.transaction("settlement.make") { transaction in
                let (vote, batch) = try await comparable(batch, by: actor, transaction)
                let progress: Progress = try await Self.progress(of: batch, in: transaction)
                guard progress.undecided == 0 else { throw BatchRefusal.undecided(progress.undecided) }
                let rows: [Row] = try await transaction.query(
                    "settlement.lines",
                    """
                    SELECT coalesce(decided_text, first_text) AS text
                    FROM (\(sql: Self.readings(of: batch))) AS reading ORDER BY paper
                    """)
                let file = PaperFile(
                    batch: batch.handle, reading: PaperFile.settled, salt: Random.bytes(16),
                    lines: try rows.map { try $0.get("text") })
                let hash: Hash = try await RecordFiles.keep(
                    file.bytes, of: vote.id, published: false, in: transaction)
                let totals: PaperTotals = progress.totals
                try await transaction.execute(
                    "settlement.insert",
                    """
                    INSERT INTO settlement (id, batch_id, counted, blank, invalid, file_hash, settled_by)
                    VALUES (\(ID<Settlement>()), \(batch.id), \(totals.counted), \(totals.blank),
                            \(ReasonCounts.json(totals.invalid))::jsonb, \(hash.bytes), \(actor.account))
                    """)
                try await Record.append(
                    [
                        .batchSettled(
                            batch: batch.handle, counted: totals.counted, blank: totals.blank,
                            invalid: totals.invalid, file: hash)
                    ], to: vote.id, in: transaction)
                try await Acts.record(
                    "batch_settled", by: actor, on: "batch", batch.id,
                    detail: ["differences": String(progress.differing)], in: transaction)
            }
        }
    }

    /// Opens a settled batch again, which the record tells: entries and decisions stay, and it is settled anew.
    ///
    /// - Throws: `BatchRefusal`; `NotAllowed` unless the actor is a returning officer of the vote or the operator.
    public func reopen(_ batch: ID<Batch>, because reason: String, by actor: Actor) async throws {
        guard !reason.isEmpty, reason.count <= 2000 else { throw BatchRefusal.noReason }
        try await pool.transaction("settlement.reopen") { transaction in
            let (vote, batch) = try await Batches.lock(batch, by: actor, Self.reopeners, transaction)
            guard batch.settlement != nil else { throw BatchRefusal.notSettled }
            try await transaction.execute(
                "settlement.end",
                """
                UPDATE settlement
                SET reopened_at = clock_timestamp(), reopened_by = \(actor.account), reopened_because = \(reason)
                WHERE batch_id = \(batch.id) AND reopened_at IS NULL
                """)
            try await Record.append(
                [.staffActed(act: Entry.reopening, role: actor.recordedRole, object: batch.handle)], to: vote.id,
                in: transaction)
            try await Acts.record("batch_reopened", by: actor, on: "batch", batch.id, in: transaction)
        }
    }

    private func comparable(
        _ batch: ID<Batch>, by actor: Actor, _ transaction: Transaction
    ) async throws -> (Vote, Batch) {
        let (vote, batch) = try await Batches.lock(batch, by: actor, Self.adjudicators, transaction)
        guard actor.account != nil else { throw NotAllowed(roles: Self.adjudicators) }
        guard batch.settlement == nil else { throw BatchRefusal.alreadySettled }
        guard batch.isComparable else { throw BatchRefusal.notComparable }
        return (vote, batch)
    }
}

extension Settlements.Difference {
    fileprivate init(row: Row) throws {
        let paper: Int = try row.get("paper")
        func line(_ name: String) throws -> PaperLine? {
            guard let text: String = try row.get("\(name)_text", as: String?.self) else { return nil }
            return PaperLine(paper: paper, text: text, outcome: try row.get("\(name)_outcome"))
        }
        guard let first = try line("first") else {
            preconditionFailure("every paper of a comparable batch has a first reading")
        }
        self.init(
            paper: paper, first: first, second: try line("second"), decided: try line("decided"),
            reason: try row.get("reason"))
    }
}
