import Foundation
public import Postgres

/// The arguments of debates: written by whoever has an account and, at stands, by agents for whoever has none.
public struct Arguments: Sendable {
    let pool: Pool
    private let throttle: Throttle

    /// The arguments kept in the database of `pool`.
    public init(pool: Pool, secrets: Secrets) {
        self.pool = pool
        throttle = Throttle(pool: pool, secrets: secrets)
    }

    // MARK: Reading

    /// Arguments of a debate in an order, at most `limit` of each side, of one side alone when it is given.
    ///
    /// - Parameters:
    ///   - seed: what a reader's own order is made from; the same seed gives the same order.
    ///   - last: where the page before ended.
    /// - Returns: one more than `limit` of a side that goes on.
    public func list(
        of debate: ID<Debate>, side: Int? = nil, _ order: ArgumentOrder, seed: String,
        after last: ID<DebateArgument>? = nil,
        limit: Int, for reader: ID<Account>?
    ) async throws -> [DebateArgument] {
        func key(_ id: SQL) -> SQL {
            switch order {
            case .shuffled: "md5(\(sql: id)::text || \(seed)::text)"
            // Identities sort by time: the newest one comes first.
            case .newest: "translate(\(sql: id)::text, '0123456789abcdef', 'fedcba9876543210')"
            }
        }
        return try await pool.query(
            "argument.list",
            """
            SELECT \(sql: DebateArgument.columns(for: reader)) FROM (
                SELECT shown.id, row_number() OVER (PARTITION BY shown.side ORDER BY \(sql: key("shown.id"))) AS place
                FROM argument AS shown
                WHERE shown.debate_id = \(debate) AND shown.joined_into IS NULL
                  AND (shown.withdrawn_at IS NULL OR shown.comment_count > 0)
                  AND (\(side.map(Int32.init))::integer IS NULL OR shown.side = \(side.map(Int32.init)))
                  AND (\(last)::uuid IS NULL OR \(sql: key("shown.id")) > \(sql: key("\(last)::uuid")))
            ) AS chosen
            JOIN argument ON argument.id = chosen.id LEFT JOIN account ON account.id = argument.account_id
            WHERE chosen.place <= \(limit + 1)
            ORDER BY argument.side, chosen.place
            """
        ).map(DebateArgument.init(row:))
    }

    /// The argument of that number.
    public func find(_ number: Int, of debate: ID<Debate>, for reader: ID<Account>?) async throws -> DebateArgument? {
        try await pool.one(
            "argument.find",
            """
            SELECT \(sql: DebateArgument.columns(for: reader)) FROM \(sql: DebateArgument.tables)
            WHERE argument.debate_id = \(debate) AND argument.number = \(Int32(clamping: number))
            """
        ).map(DebateArgument.init(row:))
    }

    /// The argument of that identity; nil when there is none.
    public func find(_ id: ID<DebateArgument>, for reader: ID<Account>?) async throws -> DebateArgument? {
        try await pool.one(
            "argument.find_by_id",
            """
            SELECT \(sql: DebateArgument.columns(for: reader)) FROM \(sql: DebateArgument.tables) WHERE argument.id = \(id)
            """
        ).map(DebateArgument.init(row:))
    }

    /// What was joined into an argument, in the order in which it was written.
    public func joined(into argument: ID<DebateArgument>) async throws -> [DebateArgument] {
        try await pool.query(
            "argument.joined",
            """
            SELECT \(sql: DebateArgument.columns(for: nil)) FROM \(sql: DebateArgument.tables)
            WHERE argument.joined_into = \(argument) ORDER BY argument.number
            """
        ).map(DebateArgument.init(row:))
    }

    /// All arguments of a debate with those joined into others, by side and number, for its agents. A debate has some
    /// hundreds.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func all(of debate: Debate, by actor: Actor) async throws -> [DebateArgument] {
        try await Consultations.require(debate.consultation, by: actor, in: pool)
        return try await pool.query(
            "argument.all",
            """
            SELECT \(sql: DebateArgument.columns(for: nil)) FROM \(sql: DebateArgument.tables)
            WHERE argument.debate_id = \(debate.id) ORDER BY argument.side, argument.number
            """
        ).map(DebateArgument.init(row:))
    }

    /// How many arguments stand for each side.
    public func counts(of debate: ID<Debate>) async throws -> [Int: Int] {
        let rows: [Row] = try await pool.query(
            "argument.counts",
            """
            SELECT side, count(*)::int AS count FROM argument
            WHERE debate_id = \(debate) AND joined_into IS NULL AND withdrawn_at IS NULL GROUP BY side
            """)
        return Dictionary(
            uniqueKeysWithValues: try rows.map {
                (Int(try $0.get("side", as: Int32.self)), Int(try $0.get("count", as: Int32.self)))
            })
    }

    // MARK: Writing

    /// Argues for a side: for oneself, or as an agent of the process for somebody at a stand, which is marked.
    ///
    /// - Returns: the number of the argument.
    /// - Throws: `Refused<ArgumentRefusal>` with everything that is wrong; `NotAllowed` without an account, for a role
    ///   that is not held, and where there is no such debate.
    @discardableResult
    public func write(_ draft: ArgumentDraft, in debate: ID<Debate>, by actor: Actor) async throws -> Int {
        try await count(actor)
        return try await pool.transaction("argument.write") { transaction in
            let debate: Debate = try await Self.open(debate, to: actor, in: transaction)
            let problems: [ArgumentRefusal] = draft.problems(in: debate)
            if !problems.isEmpty { throw Refused(reasons: problems) }
            let (id, thread) = (ID<DebateArgument>(), UUID())
            let agent: ID<Account>? = actor.role == nil ? nil : actor.account
            try await transaction.execute("argument.thread", "INSERT INTO thread (id) VALUES (\(thread))")
            // The debate is held: no two arguments take one number.
            let row: Row? = try await transaction.one(
                "argument.insert",
                """
                INSERT INTO argument (id, debate_id, side, number, title, body, language, account_id, entered_by,
                                      thread_id)
                SELECT \(id), \(debate.id), \(Int32(draft.side ?? 0)), coalesce(max(number), 0) + 1, \(draft.title),
                       \(draft.body), \(draft.language), \(agent == nil ? actor.account : nil), \(agent), \(thread)
                FROM argument WHERE debate_id = \(debate.id)
                RETURNING number
                """)
            try await Self.write(draft.sources, of: id, in: transaction)
            try await Acts.record("argument_written", by: actor, on: "argument", id, in: transaction)
            return Int(try row!.get("number", as: Int32.self))
        }
    }

    /// Mends an argument shortly after it was written, while the debate is open; from then on it says that it was
    /// changed. Its side stays.
    ///
    /// - Throws: `Refused<ArgumentRefusal>`; `NotAllowed` unless the actor wrote it for themselves.
    public func edit(_ id: ID<DebateArgument>, _ draft: ArgumentDraft, by actor: Actor) async throws {
        try await pool.transaction("argument.edit") { transaction in
            let (debate, own) = try await Self.own(id, actor, in: transaction)
            guard debate.isOpen else { throw Refused(ArgumentRefusal.closed) }
            guard own.withdrawnAt == nil, own.joinedInto == nil else { throw Refused(ArgumentRefusal.gone) }
            guard own.mayEdit(actor.account, at: try await Gatherings.now(in: transaction)) else {
                throw Refused(ArgumentRefusal.tooLate)
            }
            var draft: ArgumentDraft = draft
            draft.side = own.side
            let problems: [ArgumentRefusal] = draft.problems(in: debate)
            if !problems.isEmpty { throw Refused(reasons: problems) }
            guard (draft.title, draft.body, draft.sources) != (own.title, own.body, own.sources) else { return }
            try await transaction.execute(
                "argument.save",
                """
                UPDATE argument SET title = \(draft.title), body = \(draft.body), edited_at = clock_timestamp()
                WHERE id = \(id)
                """)
            try await Self.write(draft.sources, of: id, in: transaction)
            try await Acts.record("argument_edited", by: actor, on: "argument", id, in: transaction)
        }
    }

    /// Withdraws an argument: its words, its sources and who found it convincing go for good, its place stays for the
    /// answers, and what was joined into it stands by itself again. Nothing happens when it is withdrawn already.
    ///
    /// - Throws: `NotAllowed` unless the actor wrote it for themselves.
    public func withdraw(_ id: ID<DebateArgument>, by actor: Actor) async throws {
        try await pool.transaction("argument.withdraw") { transaction in
            let (_, own) = try await Self.own(id, actor, in: transaction)
            guard own.withdrawnAt == nil else { return }
            _ = try await transaction.pipeline([
                ("argument.part_all", "UPDATE argument SET joined_into = NULL WHERE joined_into = \(id)"),
                ("argument.forget_sources", "DELETE FROM argument_source WHERE argument_id = \(id)"),
                (
                    // A synthesis may have quoted it: the words go there too.
                    "argument.forget_quotes",
                    """
                    DELETE FROM synthesis_quote USING argument JOIN debate ON debate.id = argument.debate_id
                    WHERE argument.id = \(id) AND synthesis_quote.consultation_id = debate.consultation_id
                      AND synthesis_quote.words = argument.title
                    """
                ),
                ("argument.forget_supports", "DELETE FROM argument_support WHERE argument_id = \(id)"),
                (
                    "argument.erase",
                    """
                    UPDATE argument SET title = '', body = '', withdrawn_at = clock_timestamp(), joined_into = NULL
                    WHERE id = \(id)
                    """
                ),
            ])
            try await Acts.record("argument_withdrawn", by: actor, on: "argument", id, in: transaction)
        }
    }

    // MARK: Convincing

    /// Says that an argument convinces, or takes that back; each person once, for all that are joined together.
    ///
    /// - Throws: `Refused<ArgumentRefusal>`: `.closed`, `.gone`, `.own`; `NotAllowed` unless the actor is a resident.
    public func support(_ id: ID<DebateArgument>, _ isGiven: Bool, by actor: Actor) async throws {
        guard case .resident(let account) = actor else { throw NotAllowed(roles: []) }
        try await pool.transaction("argument.support") { transaction in
            let (debate, argument) = try await Self.held(id, in: transaction)
            guard debate.isOpen else { throw Refused(ArgumentRefusal.closed) }
            guard argument.withdrawnAt == nil, argument.joinedInto == nil else {
                throw Refused(ArgumentRefusal.gone)
            }
            if argument.account == account { throw Refused(ArgumentRefusal.own) }
            let count: Int
            if isGiven {
                count = try await transaction.execute(
                    "argument.give_support",
                    """
                    INSERT INTO argument_support (argument_id, account_id) VALUES (\(id), \(account))
                    ON CONFLICT ON CONSTRAINT argument_support_once DO NOTHING
                    """)
            } else {
                count = try await transaction.execute(
                    "argument.take_support_back",
                    """
                    DELETE FROM argument_support USING argument
                    WHERE argument.id = argument_support.argument_id AND argument_support.account_id = \(account)
                      AND (argument.id = \(id) OR argument.joined_into = \(id))
                    """)
            }
            guard count > 0 else { return }
            if isGiven {
                try await Acts.record("argument_supported", by: actor, on: "argument", id, in: transaction)
            } else {
                try await Acts.record("argument_support_taken_back", by: actor, on: "argument", id, in: transaction)
            }
        }
    }

    // MARK: Joining

    /// Joins an argument into another of its side that says the same. Nothing is moved: it keeps its words, its answers
    /// and who found it convincing, and is read on the page of the other.
    ///
    /// - Throws: `Refused<ArgumentRefusal>`: `.gone`, `.cannotJoin`; `NotAllowed` unless the actor is an agent of the
    ///   process.
    public func join(_ id: ID<DebateArgument>, into target: ID<DebateArgument>, by actor: Actor) async throws {
        try await pool.transaction("argument.join") { transaction in
            // The debate is held: two agents who join A to B and B to A at once make no circle.
            let (debate, argument) = try await Self.held(id, in: transaction)
            try await Consultations.require(debate.consultation, by: actor, in: transaction)
            let found: [DebateArgument] = try await Self.load(
                where: "argument.id = \(target) AND argument.debate_id = \(debate.id)", in: transaction)
            guard let other = found.first, other.id != id, other.side == argument.side, other.joinedInto == nil else {
                throw Refused(ArgumentRefusal.cannotJoin)
            }
            guard argument.withdrawnAt == nil, other.withdrawnAt == nil, argument.joinedInto == nil else {
                throw Refused(ArgumentRefusal.gone)
            }
            let below: Row? = try await transaction.one(
                "argument.below", "SELECT 1 AS found FROM argument WHERE joined_into = \(id) LIMIT 1")
            guard below == nil else { throw Refused(ArgumentRefusal.cannotJoin) }
            try await transaction.execute(
                "argument.join_into", "UPDATE argument SET joined_into = \(target) WHERE id = \(id)")
            try await Acts.record(
                "argument_joined", by: actor, on: "argument", id, detail: ["into": target.description],
                in: transaction)
        }
    }

    /// Undoes that an argument was joined into another. Nothing happens when it stands by itself.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func part(_ id: ID<DebateArgument>, by actor: Actor) async throws {
        try await pool.transaction("argument.part") { transaction in
            let (debate, argument) = try await Self.held(id, in: transaction)
            try await Consultations.require(debate.consultation, by: actor, in: transaction)
            guard argument.joinedInto != nil else { return }
            try await transaction.execute(
                "argument.part_one", "UPDATE argument SET joined_into = NULL WHERE id = \(id)")
            try await Acts.record("argument_parted", by: actor, on: "argument", id, in: transaction)
        }
    }

    // MARK: Parts

    static func load(where condition: SQL, in executor: some Executor) async throws -> [DebateArgument] {
        try await executor.query(
            "argument.load",
            """
            SELECT \(sql: DebateArgument.columns(for: nil)) FROM \(sql: DebateArgument.tables) WHERE \(sql: condition)
            """
        ).map(DebateArgument.init(row:))
    }

    /// The debate, held, for whoever argues in it.
    private static func open(
        _ id: ID<Debate>, to actor: Actor, in transaction: some Executor
    ) async throws -> Debate {
        guard actor.account != nil, let debate = try await Debates.lock(id, in: transaction) else {
            throw NotAllowed(roles: Consultations.planners)
        }
        if actor.role != nil { try await Consultations.require(debate.consultation, by: actor, in: transaction) }
        guard debate.publishedAt != nil else { throw NotAllowed(roles: Consultations.planners) }
        guard debate.isOpen else { throw Refused(ArgumentRefusal.closed) }
        return debate
    }

    /// An argument while its debate is held.
    private static func held(
        _ id: ID<DebateArgument>, in transaction: some Executor
    ) async throws -> (Debate, DebateArgument) {
        let row: Row? = try await transaction.one(
            "argument.debate", "SELECT debate_id FROM argument WHERE id = \(id)")
        guard let row, let debate = try await Debates.lock(try row.get("debate_id"), in: transaction),
            let argument = try await load(where: "argument.id = \(id)", in: transaction).first
        else { throw NotAllowed(roles: Consultations.planners) }
        return (debate, argument)
    }

    /// The same for the account that wrote it for itself.
    private static func own(
        _ id: ID<DebateArgument>, _ actor: Actor, in transaction: some Executor
    ) async throws -> (Debate, DebateArgument) {
        guard case .resident(let account) = actor else { throw NotAllowed(roles: []) }
        let (debate, argument) = try await held(id, in: transaction)
        guard argument.account == account else { throw NotAllowed(roles: []) }
        return (debate, argument)
    }

    private static func write(_ sources: [String], of id: ID<DebateArgument>, in transaction: some Executor)
        async throws
    {
        _ = try await transaction.pipeline([
            ("argument.clear_sources", "DELETE FROM argument_source WHERE argument_id = \(id)"),
            (
                "argument.insert_sources",
                """
                INSERT INTO argument_source (argument_id, position, address)
                SELECT \(id), source.position, source.address
                FROM unnest(\(sources)) WITH ORDINALITY AS source (address, position)
                """
            ),
        ])
    }

    /// Slows floods down; agents write down what many say at a stand.
    private func count(_ actor: Actor) async throws {
        guard case .resident(let account) = actor else { return }
        do {
            try await throttle.count(.saying(account))
        } catch let wait as Throttle.TooMany {
            throw Refused(ArgumentRefusal.tooFast(seconds: wait.seconds))
        }
    }
}
