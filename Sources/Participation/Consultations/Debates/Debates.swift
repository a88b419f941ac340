import Foundation
public import Postgres

/// The debates of consultations: read by everybody, prepared and closed by agents of the process.
public struct Debates: Sendable {
    let pool: Pool
    private let notices: OutcomeNotices

    /// The debates kept in the database of `pool`; `correspondent` words the letters.
    public init(pool: Pool, correspondent: any OutcomeCorrespondent) {
        self.pool = pool
        notices = OutcomeNotices(correspondent: correspondent)
    }

    // MARK: Reading

    /// The debate with the handle in a consultation, published or not: who shows it asks ``Debate/publishedAt``.
    public func find(_ handle: String, of consultation: ID<Consultation>) async throws -> Debate? {
        try await Self.load(
            where: "debate.handle = \(handle) AND debate.consultation_id = \(consultation)", in: pool
        ).first
    }

    /// The published debates of a consultation, in the order in which they were begun.
    public func list(of consultation: ID<Consultation>) async throws -> [Debate] {
        try await Self.load(
            where: "debate.consultation_id = \(consultation) AND debate.published_at IS NOT NULL", in: pool)
    }

    /// All debates of a consultation.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of its process.
    public func all(of consultation: ID<Consultation>, by actor: Actor) async throws -> [Debate] {
        try await Consultations.require(consultation, by: actor, in: pool)
        return try await Self.load(where: "debate.consultation_id = \(consultation)", in: pool)
    }

    // MARK: Preparing

    /// Begins a debate.
    ///
    /// - Throws: `Refused<DebateRefusal>` with everything that is wrong; `NotAllowed` unless the actor is an agent of
    ///   the process.
    @discardableResult
    public func plan(
        _ draft: DebateDraft, handle: String, in consultation: ID<Consultation>, by actor: Actor
    ) async throws -> ID<Debate> {
        let id = ID<Debate>()
        do {
            try await pool.transaction("debate.plan") { transaction in
                try await Consultations.require(consultation, by: actor, in: transaction)
                let problems: [DebateRefusal] = draft.problems + (Slug.isValid(handle) ? [] : [.malformedHandle])
                if !problems.isEmpty { throw Refused(reasons: problems) }
                try await transaction.execute(
                    "debate.insert",
                    """
                    INSERT INTO debate (id, consultation_id, handle, question, context, hides_counts)
                    VALUES (\(id), \(consultation), \(handle), \(draft.question.json)::jsonb,
                            \(draft.context.json)::jsonb, \(draft.hidesCounts))
                    """)
                try await Self.write(draft.saidSides, of: id, in: transaction)
                try await Acts.record(
                    "debate_planned", by: actor, on: "debate", id, detail: ["debate": handle], in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "debate_handle" {
            throw Refused(DebateRefusal.handleTaken)
        }
        return id
    }

    /// Says anew what is debated. A side for which somebody has argued does not go.
    ///
    /// - Throws: `Refused<DebateRefusal>`; `NotAllowed` unless the actor is an agent of the process.
    public func describe(_ id: ID<Debate>, _ draft: DebateDraft, revision: Int, by actor: Actor) async throws {
        do {
            try await preparing("debate.describe", id, revision: revision, by: actor) { debate, transaction in
                if !draft.problems.isEmpty { throw Refused(reasons: draft.problems) }
                try await transaction.execute(
                    "debate.save",
                    """
                    UPDATE debate SET question = \(draft.question.json)::jsonb, context = \(draft.context.json)::jsonb,
                           hides_counts = \(draft.hidesCounts)
                    WHERE id = \(id)
                    """)
                try await Self.write(draft.saidSides, of: id, in: transaction)
                try await Acts.record("debate_described", by: actor, on: "debate", id, in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "argument_side" {
            throw Refused(DebateRefusal.sideInUse)
        }
    }

    /// Shows the debate to everybody; arguments are taken while the consultation collects.
    ///
    /// - Throws: `Refused<DebateRefusal>`: `.published`; `NotAllowed` unless the actor is an agent of the process.
    public func publish(_ id: ID<Debate>, by actor: Actor) async throws {
        try await acting("debate.publish", id, by: actor) { debate, transaction in
            if debate.publishedAt != nil { throw Refused(DebateRefusal.published) }
            try await transaction.execute(
                "debate.published",
                "UPDATE debate SET published_at = clock_timestamp(), revision = revision + 1 WHERE id = \(id)")
            try await Acts.record("debate_published", by: actor, on: "debate", id, in: transaction)
        }
    }

    /// Takes a published debate back while nobody has argued.
    ///
    /// - Throws: `Refused<DebateRefusal>`: `.notPublished`, `.inUse`; `NotAllowed` unless the actor is an agent of the
    ///   process.
    public func withdraw(_ id: ID<Debate>, by actor: Actor) async throws {
        try await acting("debate.withdraw", id, by: actor) { debate, transaction in
            if debate.publishedAt == nil { throw Refused(DebateRefusal.notPublished) }
            try await Self.requireUnused(id, in: transaction)
            try await transaction.execute(
                "debate.withdrawn", "UPDATE debate SET published_at = NULL, revision = revision + 1 WHERE id = \(id)")
            try await Acts.record("debate_withdrawn", by: actor, on: "debate", id, in: transaction)
        }
    }

    /// Takes away a debate that nobody but its agents has seen.
    ///
    /// - Throws: `Refused<DebateRefusal>`: `.published`, `.inUse`; `NotAllowed` unless the actor is an agent of the
    ///   process.
    public func remove(_ id: ID<Debate>, by actor: Actor) async throws {
        try await acting("debate.remove", id, by: actor) { debate, transaction in
            if debate.publishedAt != nil { throw Refused(DebateRefusal.published) }
            try await Self.requireUnused(id, in: transaction)
            try await transaction.execute("debate.delete", "DELETE FROM debate WHERE id = \(id)")
            try await Acts.record(
                "debate_removed", by: actor, on: "debate", id, detail: ["debate": debate.handle], in: transaction)
        }
    }

    // MARK: Closing

    /// Writes what came of the debate and what was heard on each side (Markdown), before it is closed and, to mend it,
    /// later.
    ///
    /// - Throws: `Refused<DebateRefusal>`: `.changedMeanwhile`, `.conclusionsMissing` where a closed debate would be
    ///   left without; `NotAllowed` unless the actor is an agent of the process.
    public func write(
        _ conclusions: Texts, heard: [Int: Texts], of id: ID<Debate>, revision: Int, by actor: Actor
    ) async throws {
        try await preparing("debate.write_conclusions", id, revision: revision, by: actor) { debate, transaction in
            if conclusions.isEmpty, debate.concludedAt != nil { throw Refused(DebateRefusal.conclusionsMissing) }
            let numbers: [Int] = debate.sides.map(\.number)
            let words: [String] = numbers.map { (heard[$0] ?? Texts([:])).json }
            _ = try await transaction.pipeline([
                (
                    "debate.save_conclusions",
                    "UPDATE debate SET conclusions = \(conclusions.json)::jsonb WHERE id = \(id)"
                ),
                (
                    "debate.save_heard",
                    """
                    UPDATE debate_side SET heard = said.words::jsonb
                    FROM unnest(\(numbers), \(words)) AS said (number, words)
                    WHERE debate_side.debate_id = \(id) AND debate_side.number = said.number
                    """
                ),
            ])
            try await Acts.record("debate_conclusions_written", by: actor, on: "debate", id, in: transaction)
        }
    }

    /// Closes the debate with its conclusions, for good: who argued, who answered and who follows the consultation is
    /// told.
    ///
    /// - Throws: `Refused<DebateRefusal>`: `.notPublished`, `.concluded`, `.conclusionsMissing`; `NotAllowed` unless
    ///   the actor is an agent of the process.
    public func conclude(_ id: ID<Debate>, by actor: Actor) async throws {
        try await acting("debate.conclude", id, by: actor) { debate, transaction in
            if debate.publishedAt == nil { throw Refused(DebateRefusal.notPublished) }
            if debate.concludedAt != nil { throw Refused(DebateRefusal.concluded) }
            if debate.conclusions.isEmpty { throw Refused(DebateRefusal.conclusionsMissing) }
            try await transaction.execute(
                "debate.concluded",
                "UPDATE debate SET concluded_at = clock_timestamp(), revision = revision + 1 WHERE id = \(id)")
            try await Acts.record("debate_concluded", by: actor, on: "debate", id, in: transaction)
            let found: [Consultation] = try await Consultations.load(
                where: "consultation.id = \(debate.consultation)", in: transaction)
            guard let consultation = found.first, consultation.publishedAt != nil else { return }
            try await notices.tell(
                .conclusions(debate, of: consultation), to: Self.audience(of: debate), in: transaction)
        }
    }

    /// Who argued, who answered an argument, and who follows the consultation.
    private static func audience(of debate: Debate) -> SQL {
        """
        SELECT account.email, account.name, account.language FROM account
        WHERE account.closed_at IS NULL AND account.id IN (
            SELECT argument.account_id FROM argument
            WHERE argument.debate_id = \(debate.id) AND argument.withdrawn_at IS NULL
            UNION
            SELECT comment.account_id FROM comment JOIN argument ON argument.thread_id = comment.thread_id
            WHERE argument.debate_id = \(debate.id) AND comment.withdrawn_at IS NULL AND comment.role IS NULL)
        UNION ALL
        \(sql: OutcomeNotices.followers(of: debate.consultation))
        """
    }

    // MARK: Parts

    static func load(where condition: SQL, in executor: some Executor) async throws -> [Debate] {
        try await executor.query(
            "debate.list",
            """
            SELECT \(sql: Debate.columns) FROM \(sql: Debate.tables) WHERE \(sql: condition) ORDER BY debate.id
            """
        ).map(Debate.init(row:))
    }

    /// The debate, held by this transaction until its end: whoever argues, joins or closes waits. Nil when there is none.
    static func lock(_ id: ID<Debate>, in transaction: some Executor) async throws -> Debate? {
        try await transaction.execute(
            "debate.lock", "SELECT 1 FROM debate WHERE id = \(id) FOR NO KEY UPDATE")
        return try await load(where: "debate.id = \(id)", in: transaction).first
    }

    /// The debate, held, for an act of an agent of its process.
    ///
    /// - Throws: `NotAllowed` also when there is none: what is not there and what is not yours look the same.
    static func lock(_ id: ID<Debate>, by actor: Actor, in transaction: some Executor) async throws -> Debate {
        guard let debate = try await lock(id, in: transaction) else {
            throw NotAllowed(roles: Consultations.planners)
        }
        try await Consultations.require(debate.consultation, by: actor, in: transaction)
        return debate
    }

    private func acting(
        _ name: StaticString, _ id: ID<Debate>, by actor: Actor, _ body: (Debate, Transaction) async throws -> Void
    ) async throws {
        try await pool.transaction(name) { transaction in
            try await body(try await Self.lock(id, by: actor, in: transaction), transaction)
        }
    }

    /// One act on a debate as its form showed it: held, checked and counted.
    private func preparing(
        _ name: StaticString, _ id: ID<Debate>, revision: Int, by actor: Actor,
        _ body: (Debate, Transaction) async throws -> Void
    ) async throws {
        try await acting(name, id, by: actor) { debate, transaction in
            guard debate.revision == revision else { throw Refused(DebateRefusal.changedMeanwhile) }
            try await transaction.execute(
                "debate.count_revision", "UPDATE debate SET revision = revision + 1 WHERE id = \(id)")
            try await body(debate, transaction)
        }
    }

    /// The sides as they are said now: those beyond them go, unless somebody has argued for one.
    private static func write(_ sides: [Texts], of id: ID<Debate>, in transaction: some Executor) async throws {
        let numbers: [Int] = sides.indices.map { $0 + 1 }
        _ = try await transaction.pipeline([
            (
                "debate.delete_sides",
                "DELETE FROM debate_side WHERE debate_id = \(id) AND number > \(Int32(sides.count))"
            ),
            (
                "debate.save_sides",
                """
                INSERT INTO debate_side (debate_id, number, title)
                SELECT \(id), side.number, side.title::jsonb
                FROM unnest(\(numbers), \(sides.map(\.json))) AS side (number, title)
                ON CONFLICT ON CONSTRAINT debate_side_pk DO UPDATE SET title = excluded.title
                """
            ),
        ])
    }

    private static func requireUnused(_ id: ID<Debate>, in transaction: some Executor) async throws {
        let row: Row? = try await transaction.one(
            "debate.in_use", "SELECT EXISTS (SELECT FROM argument WHERE debate_id = \(id)) AS used")
        if try row?.get("used") == true { throw Refused(DebateRefusal.inUse) }
    }
}
