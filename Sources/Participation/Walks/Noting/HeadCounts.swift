public import Postgres

/// How many came to a walk, as its crew counts them at the start.
public struct HeadCounts: Sendable {
    /// The most that may be counted of one category.
    public static let most = 10_000

    /// More than ``most`` people, or fewer than none, of this category.
    public struct OutOfRange: Error, Hashable, Sendable {
        /// Of which category.
        public let category: HeadCategory

        /// A count of this category that cannot be.
        public init(category: HeadCategory) {
            self.category = category
        }
    }

    private let pool: Pool

    /// The counts kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// What was counted; a category that nobody counted is not there.
    ///
    /// - Throws: `NotAllowed` unless the actor is of the crew, or an agent of the process.
    public func list(of walk: ID<Walk>, by actor: Actor) async throws -> [HeadCategory: Int] {
        _ = try await Walks.requireCrew(walk, of: actor, in: pool)
        let rows: [Row] = try await pool.query(
            "head_count.list", "SELECT category, people FROM walk_head_count WHERE walk_id = \(walk)")
        var counts: [HeadCategory: Int] = [:]
        for row in rows {
            guard let category = HeadCategory(rawValue: try row.get("category")) else { continue }
            counts[category] = Int(try row.get("people", as: Int32.self))
        }
        return counts
    }

    /// Writes what was counted, over what was counted before; a category that is not in it is counted no more.
    ///
    /// - Throws: `Refused<OutOfRange>`; `NotAllowed` as ``list(of:by:)``.
    public func write(_ counts: [HeadCategory: Int], of walk: ID<Walk>, by actor: Actor) async throws {
        let wrong: [OutOfRange] = HeadCategory.allCases.filter { !(0...Self.most).contains(counts[$0] ?? 0) }
            .map(OutOfRange.init(category:))
        if !wrong.isEmpty { throw Refused(reasons: wrong) }
        let categories: [String] = counts.keys.map(\.rawValue)
        let people: [Int] = counts.values.map(\.self)
        try await pool.transaction("head_count.write") { transaction in
            _ = try await Walks.requireCrew(walk, of: actor, in: transaction)
            try await transaction.execute(
                "head_count.upsert",
                """
                INSERT INTO walk_head_count (walk_id, category, people)
                SELECT \(walk), counted.category, counted.people
                FROM unnest(\(categories), \(people)) AS counted (category, people)
                ON CONFLICT ON CONSTRAINT walk_head_count_pk DO UPDATE
                SET people = excluded.people, counted_at = now()
                """)
            try await transaction.execute(
                "head_count.clear",
                "DELETE FROM walk_head_count WHERE walk_id = \(walk) AND category <> ALL (\(categories))")
            try await Acts.record(
                "walk_heads_counted", by: actor, on: "walk", walk,
                detail: Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, String($0.value)) }),
                in: transaction)
        }
    }
}
