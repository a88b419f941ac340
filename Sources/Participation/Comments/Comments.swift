import Foundation
public import Postgres

/// The comments on proposals, paragraphs and whatever else has a thread (``CommentHost``): written by whoever has an
/// account, three levels deep.
public struct Comments: Sendable {
    let pool: Pool
    let zone: String
    private let throttle: Throttle

    /// The comments kept in the database of `pool`; phases are days of the time zone with the IANA name `zone`.
    public init(pool: Pool, secrets: Secrets, zone: String) {
        self.pool = pool
        self.zone = zone
        throttle = Throttle(pool: pool, secrets: secrets)
    }

    /// Whether comments may be written under a proposal today.
    public func isOpen(_ proposal: Proposal) async throws -> Bool {
        guard !ProposalThread.closed.contains(proposal.status) else { return false }
        return try await ProposalCalls.rule(of: proposal.process, zone: zone, in: pool).mayComment
    }

    // MARK: Writing

    /// Comments on something, with a position where it asks for one.
    ///
    /// - Parameter actor: a resident, or somebody in a role that speaks for the city there, whose words are marked.
    /// - Throws: `CommentRefusal`; `NotAllowed` without an account and for a role that is not held.
    @discardableResult
    public func write(
        _ body: String, _ position: Comment.Position?, in language: Language, on host: CommentHost, by actor: Actor
    ) async throws -> ID<Comment> {
        try Self.check(body)
        let thread: any CommentThread = host.thread(zone: zone)
        if thread.takesPositions && position == nil { throw CommentRefusal.positionMissing }
        let position: Comment.Position? = thread.takesPositions ? position : nil
        try await count(actor)
        return try await pool.transaction("comment.write") { transaction in
            let locked: LockedThread = try await open(thread, to: actor, in: transaction)
            guard let place = locked.thread else { throw CommentRefusal.closed }
            let id = ID<Comment>()
            try await transaction.execute(
                "comment.insert",
                """
                INSERT INTO comment (id, thread_id, top_id, depth, position, language, body, account_id, role)
                VALUES (\(id), \(place), \(id), 1, \(position?.rawValue), \(language), \(body),
                        \(actor.account), \(actor.role))
                """)
            try await thread.recount(locked, in: transaction)
            try await Acts.record("comment_written", by: actor, on: "comment", id, in: transaction)
            return id
        }
    }

    /// Answers a comment, whatever it was said about.
    ///
    /// - Throws: as ``write(_:_:in:on:by:)``; `CommentRefusal.tooDeep`, `.parentWithdrawn`.
    @discardableResult
    public func answer(
        _ parent: ID<Comment>, _ body: String, in language: Language, by actor: Actor
    ) async throws -> ID<Comment> {
        try Self.check(body)
        try await count(actor)
        return try await pool.transaction("comment.answer") { transaction in
            guard let host = try await CommentHost.of(parent, in: transaction) else { throw CommentRefusal.closed }
            let thread: any CommentThread = host.thread(zone: zone)
            let locked: LockedThread = try await open(thread, to: actor, in: transaction)
            // Read under the lock of the thread, which whoever withdraws it takes too.
            let above: Row? = try await transaction.one(
                "comment.parent",
                """
                SELECT thread_id, top_id, depth, withdrawn_at IS NOT NULL AS is_withdrawn
                FROM comment WHERE id = \(parent)
                """)
            guard let above else { throw CommentRefusal.closed }
            let depth: Int = Int(try above.get("depth", as: Int32.self))
            guard depth < Comment.deepest else { throw CommentRefusal.tooDeep }
            guard try !above.get("is_withdrawn", as: Bool.self) else { throw CommentRefusal.parentWithdrawn }
            let top: ID<Comment> = try above.get("top_id")
            let id = ID<Comment>()
            try await transaction.execute(
                "comment.insert_answer",
                """
                INSERT INTO comment (id, thread_id, parent_id, top_id, depth, language, body, account_id, role)
                VALUES (\(id), \(try above.get("thread_id", as: UUID.self)), \(parent), \(top), \(depth + 1),
                        \(language), \(body), \(actor.account), \(actor.role))
                """)
            try await Self.countAnswers(of: top, in: transaction)
            try await thread.recount(locked, in: transaction)
            try await Acts.record("comment_written", by: actor, on: "comment", id, in: transaction)
            return id
        }
    }

    /// Mends a comment shortly after it was written; from then on it says that it was changed.
    ///
    /// - Throws: `CommentRefusal`; `NotAllowed` unless the actor wrote it.
    public func edit(_ comment: ID<Comment>, _ body: String, by actor: Actor) async throws {
        try Self.check(body)
        try await pool.transaction("comment.edit") { transaction in
            let row: Row? = try await transaction.one(
                "comment.own",
                """
                SELECT withdrawn_at IS NULL
                       AND clock_timestamp() < created_at + make_interval(secs => \(Comment.editWindow)) AS may_edit
                FROM comment WHERE id = \(comment) AND account_id = \(actor.account) FOR UPDATE
                """)
            guard let row else { throw NotAllowed(roles: []) }
            guard try row.get("may_edit") else { throw CommentRefusal.tooLate }
            let count: Int = try await transaction.execute(
                "comment.update",
                """
                UPDATE comment SET body = \(body), edited_at = clock_timestamp()
                WHERE id = \(comment) AND body <> \(body)
                """)
            guard count > 0 else { return }
            try await Acts.record("comment_edited", by: actor, on: "comment", comment, in: transaction)
        }
    }

    /// Withdraws a comment: its words and its author's name go for good, its place stays for the answers.
    ///
    /// Nothing happens when it is withdrawn already.
    ///
    /// - Throws: `NotAllowed` unless the actor wrote it.
    public func withdraw(_ comment: ID<Comment>, by actor: Actor) async throws {
        try await pool.transaction("comment.withdraw") { transaction in
            let row: Row? = try await transaction.one(
                "comment.host_of_own",
                """
                SELECT comment.top_id, \(sql: CommentHost.columns) FROM comment \(sql: CommentHost.joins)
                WHERE comment.id = \(comment) AND comment.account_id = \(actor.account)
                """)
            guard let row, let thread = try CommentHost(row: row)?.thread(zone: zone),
                let locked = try await thread.lock(in: transaction)
            else { throw NotAllowed(roles: []) }
            let count: Int = try await transaction.execute(
                "comment.erase",
                """
                UPDATE comment SET body = '', withdrawn_at = clock_timestamp()
                WHERE id = \(comment) AND withdrawn_at IS NULL
                """)
            guard count > 0 else { return }
            try await Self.countAnswers(of: try row.get("top_id"), in: transaction)
            try await thread.recount(locked, in: transaction)
            try await Acts.record("comment_withdrawn", by: actor, on: "comment", comment, in: transaction)
        }
    }

    // MARK: Parts

    static func check(_ body: String) throws(CommentRefusal) {
        guard !body.isEmpty else { throw .empty }
        // Counted as the schema counts: in code points.
        let length: Int = body.unicodeScalars.count
        guard length <= Comment.longest else { throw .tooLong(by: length - Comment.longest) }
    }

    /// Slows floods down; those who speak for the city answer many at a time.
    private func count(_ actor: Actor) async throws {
        guard case .resident(let account) = actor else { return }
        do {
            try await throttle.count(.saying(account))
        } catch let wait as Throttle.TooMany {
            throw CommentRefusal.tooFast(seconds: wait.seconds)
        }
    }

    /// Locks the thread for somebody who may write there: for staff whatever the phase, for the city answers when it can.
    private func open(
        _ thread: any CommentThread, to actor: Actor, in transaction: Transaction
    ) async throws -> LockedThread {
        guard actor.account != nil else { throw NotAllowed(roles: []) }
        guard let locked = try await thread.lock(in: transaction), !locked.isOver else { throw CommentRefusal.closed }
        if case .resident = actor {
            guard try await thread.isOpen(locked, in: transaction) else { throw CommentRefusal.closed }
        } else {
            try await Authority.require(thread.cityRoles, of: actor, process: locked.process, in: transaction)
        }
        return locked
    }

    private static func countAnswers(of top: ID<Comment>, in transaction: Transaction) async throws {
        try await transaction.execute(
            "comment.count_answers",
            """
            UPDATE comment
            SET answer_count = (SELECT count(*) FROM comment AS answer
                                WHERE answer.top_id = \(top) AND answer.depth > 1 AND answer.withdrawn_at IS NULL)
            WHERE id = \(top)
            """)
    }
}
