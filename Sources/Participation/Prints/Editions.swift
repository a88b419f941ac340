public import Foundation
public import Postgres

/// Why nothing is declared or reserved.
public enum EditionRefusal: Error, Hashable, Sendable {
    /// Before the vote opens there are only drafts.
    case notOpened
    /// A new edition needs a reason of at most 500 characters.
    case noReason
    /// There are 99 editions.
    case tooMany
    /// Nobody has declared the edition.
    case unknownEdition
    /// The vote is not held in the language.
    case unknownLanguage
    /// One run has 1 to 100,000 papers, and a vote 9,999,999 at most.
    case outOfBounds
}

/// The editions of a vote's printed papers, and the serial numbers reserved for them.
public struct Editions: Sendable {
    /// An edition after the first.
    public struct Edition: Sendable, Hashable {
        /// From 2.
        public let number: Int
        /// Why it was made.
        public let reason: String
        /// When it was declared.
        public let declaredAt: Date
    }

    /// Serial numbers reserved for papers of one kind.
    public struct Run: Sendable, Hashable {
        /// The edition that bears them.
        public let edition: Int
        /// `ballot`, `large` or `easy-read`.
        public let document: String
        /// The language of the papers.
        public let language: Language
        /// The first and the last number.
        public let serials: ClosedRange<Int>
        /// When they were reserved.
        public let reservedAt: Date
    }

    private static let makers: [Role] = [.participationAgent, .returningOfficer]

    private let pool: Pool

    /// The editions kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The editions after the first, in order.
    public func list(of vote: ID<Vote>) async throws -> [Edition] {
        try await pool.query(
            "print_edition.list",
            """
            SELECT number, reason, declared_at FROM print_edition WHERE vote_id = \(vote.uuid) ORDER BY number
            """
        ).map { row in
            Edition(
                number: try row.get("number"), reason: try row.get("reason"), declaredAt: try row.get("declared_at"))
        }
    }

    /// How many editions there are, the first one included.
    public func count(of vote: ID<Vote>) async throws -> Int {
        try await Self.last(of: vote, in: pool)
    }

    /// The runs in the order of their numbers.
    public func runs(of vote: ID<Vote>) async throws -> [Run] {
        try await pool.query(
            "print_run.list",
            """
            SELECT edition, document, language, first_serial, last_serial, reserved_at
            FROM print_run WHERE vote_id = \(vote.uuid) ORDER BY first_serial
            """
        ).map { row in
            let first: Int = try row.get("first_serial"), last: Int = try row.get("last_serial")
            return Run(
                edition: try row.get("edition"), document: try row.get("document"), language: try row.get("language"),
                serials: first...last, reservedAt: try row.get("reserved_at"))
        }
    }

    /// Declares a new edition and returns its number.
    ///
    /// - Throws: ``EditionRefusal``; `NotAllowed` unless the actor is an agent or a returning officer of the vote, or
    ///   the operator.
    @discardableResult
    public func declare(because reason: String, in id: ID<Vote>, by actor: Actor) async throws -> Int {
        try await pool.transaction("print_edition.declare") { transaction in
            let vote: Vote = try await Votes.lock(id, by: actor, Self.makers, transaction)
            guard vote.opening != nil else { throw EditionRefusal.notOpened }
            guard (1...500).contains(reason.count) else { throw EditionRefusal.noReason }
            let number: Int = try await Self.last(of: id, in: transaction) + 1
            guard number <= 99 else { throw EditionRefusal.tooMany }
            try await transaction.execute(
                "print_edition.insert",
                """
                INSERT INTO print_edition (vote_id, number, reason, declared_by)
                VALUES (\(id.uuid), \(number), \(reason), \(actor.account))
                """)
            try await Acts.record(
                "print_edition_declared", by: actor, on: "vote", id, detail: ["edition": String(number)],
                in: transaction)
            return number
        }
    }

    /// Reserves the next `count` serial numbers for papers of one kind.
    ///
    /// - Parameter document: `ballot`, `large` or `easy-read`; the schema knows no other.
    /// - Throws: as ``declare(because:in:by:)``.
    @discardableResult
    public func reserve(
        _ count: Int, for document: String, edition: Int, language: Language, in id: ID<Vote>, by actor: Actor
    ) async throws -> Run {
        try await pool.transaction("print_run.reserve") { transaction in
            let vote: Vote = try await Votes.lock(id, by: actor, Self.makers, transaction)
            guard vote.opening != nil else { throw EditionRefusal.notOpened }
            guard vote.settings.languages.contains(language.rawValue) else { throw EditionRefusal.unknownLanguage }
            let editions: Int = try await Self.last(of: id, in: transaction)
            guard (1...editions).contains(edition) else { throw EditionRefusal.unknownEdition }
            let before: Row? = try await transaction.one(
                "print_run.last",
                "SELECT coalesce(max(last_serial), 0) AS last FROM print_run WHERE vote_id = \(id.uuid)")
            let first: Int = try before?.get("last", as: Int.self) ?? 0
            guard (1...100_000).contains(count), first + count <= 9_999_999 else { throw EditionRefusal.outOfBounds }
            let serials: ClosedRange<Int> = (first + 1)...(first + count)
            let row: Row? = try await transaction.one(
                "print_run.insert",
                """
                INSERT INTO print_run (
                    id, vote_id, edition, document, language, first_serial, last_serial, reserved_by)
                VALUES (\(ID<Run>().uuid), \(id.uuid), \(edition), \(document), \(language), \(serials.lowerBound),
                        \(serials.upperBound), \(actor.account))
                RETURNING reserved_at
                """)
            try await Acts.record(
                "print_run_reserved", by: actor, on: "vote", id,
                detail: ["first": String(serials.lowerBound), "last": String(serials.upperBound)], in: transaction)
            return Run(
                edition: edition, document: document, language: language, serials: serials,
                reservedAt: try row?.get("reserved_at", as: Date.self) ?? Date())
        }
    }

    private static func last(of vote: ID<Vote>, in executor: some Executor) async throws -> Int {
        let row: Row? = try await executor.one(
            "print_edition.last",
            "SELECT coalesce(max(number), 1) AS last FROM print_edition WHERE vote_id = \(vote.uuid)")
        return try row?.get("last", as: Int.self) ?? 1
    }
}
