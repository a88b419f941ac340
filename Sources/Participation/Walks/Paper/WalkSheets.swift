public import Foundation
public import Postgres

/// Printed sheets of walks: agents give them their numbers, and enter what comes back; a walk's crew helps with it.
public struct WalkSheets: Sendable {
    /// Sheets that were issued at once.
    public struct Run: Sendable, Hashable {
        /// The first and the last number.
        public let numbers: ClosedRange<Int>
        /// How they are printed.
        public let language: Language, format: WalkSheet.Format
        /// When they were issued.
        public let issuedAt: Date
    }

    /// Which sheets of a walk are issued.
    public enum Part: Sendable, Hashable {
        /// One for each stop, and one for what is seen between them.
        case all
        /// One stop by its number.
        case stop(Int)
        /// What is seen between the stops.
        case between
    }

    let pool: Pool
    let zone: String

    /// The sheets kept in the database of `pool`.
    ///
    /// - Parameter zone: the city's time zone by its IANA name, which decides on what day a sheet came back.
    public init(pool: Pool, zone: String) {
        self.pool = pool
        self.zone = zone
    }

    // MARK: Reading

    /// The sheets of a walk in the order of their numbers, at most `limit` after `last`.
    ///
    /// - Parameter state: only those of which this has become; nil for all.
    /// - Throws: `NotAllowed` unless the actor is of the crew or an agent of the process; so do all that read here.
    public func list(
        of walk: ID<Walk>, _ state: WalkSheet.State? = nil, after last: Int = 0, limit: Int = 50, by actor: Actor
    ) async throws -> [WalkSheet] {
        try await Walks.requireCrew(walk, of: actor, in: pool)
        return try await pool.query(
            "walk_sheet.list",
            """
            SELECT \(sql: WalkSheet.columns) FROM \(sql: WalkSheet.tables)
            WHERE walk_sheet.walk_id = \(walk) AND walk_sheet.number > \(last) AND \(sql: Self.condition(state))
            ORDER BY walk_sheet.number LIMIT \(limit)
            """
        ).map(WalkSheet.init(row:))
    }

    /// The sheets with the numbers, for the press.
    public func list(
        of walk: ID<Walk>, numbers: ClosedRange<Int>, by actor: Actor
    ) async throws -> [WalkSheet] {
        try await Walks.requireCrew(walk, of: actor, in: pool)
        return try await pool.query(
            "walk_sheet.range",
            """
            SELECT \(sql: WalkSheet.columns) FROM \(sql: WalkSheet.tables)
            WHERE walk_sheet.walk_id = \(walk)
              AND walk_sheet.number BETWEEN \(numbers.lowerBound) AND \(numbers.upperBound)
            ORDER BY walk_sheet.number
            """
        ).map(WalkSheet.init(row:))
    }

    /// How many sheets of a walk there are, by what has become of them.
    public func counts(of walk: ID<Walk>, by actor: Actor) async throws -> [WalkSheet.State: Int] {
        try await Walks.requireCrew(walk, of: actor, in: pool)
        let row: Row? = try await pool.one(
            "walk_sheet.counts",
            """
            SELECT count(*) FILTER (WHERE lost_at IS NULL AND entered_at IS NULL) AS issued,
                   count(*) FILTER (WHERE entered_at IS NOT NULL) AS entered, count(lost_at) AS lost
            FROM walk_sheet WHERE walk_id = \(walk)
            """)
        guard let row else { return [:] }
        return try Dictionary(
            uniqueKeysWithValues: WalkSheet.State.allCases.map { state in
                (state, Int(try row.get(state.rawValue, as: Int64.self)))
            })
    }

    /// The sheets of a walk by when they were issued, the latest first.
    public func runs(of walk: ID<Walk>, by actor: Actor) async throws -> [Run] {
        try await Walks.requireCrew(walk, of: actor, in: pool)
        return try await pool.query(
            "walk_sheet.runs",
            """
            SELECT min(number) AS first, max(number) AS last, language, format, issued_at
            FROM walk_sheet WHERE walk_id = \(walk)
            GROUP BY issued_at, language, format ORDER BY first DESC
            """
        ).map { row in
            Run(
                numbers: Int(try row.get("first", as: Int32.self))...Int(try row.get("last", as: Int32.self)),
                // The schema's checks leave no other words.
                language: Language(rawValue: try row.get("language"))!,
                format: WalkSheet.Format(rawValue: try row.get("format"))!, issuedAt: try row.get("issued_at"))
        }
    }

    // MARK: Issuing

    /// Gives numbers to sheets that are about to be printed, or to one that came back without: the next ones of the
    /// walk, stop after stop, so that the sheets of one person cannot be told by them.
    ///
    /// - Returns: the first and the last number.
    /// - Throws: ``WalkSheetRefusal``; `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func issue(
        _ copies: Int, of part: Part = .all, in language: Language, _ format: WalkSheet.Format = .a4,
        for id: ID<Walk>, by actor: Actor
    ) async throws -> ClosedRange<Int> {
        try await pool.transaction("walk_sheet.issue") { transaction in
            let walk: Walk = try await Walks.lock(id, by: actor, in: transaction)
            guard (1...100).contains(copies) else { throw WalkSheetRefusal.copies }
            let stops: [String] = try await Self.stops(of: part, walk, in: transaction)
            let row: Row? = try await transaction.one(
                "walk_sheet.last",
                "SELECT COALESCE(max(number), 0)::integer AS last FROM walk_sheet WHERE walk_id = \(id)")
            let first: Int = Int(try row?.get("last", as: Int32.self) ?? 0) + 1
            let targets: [String] = stops.flatMap { Array(repeating: $0, count: copies) }
            let numbers: [SheetNumber] = targets.indices.compactMap { SheetNumber(first + $0) }
            guard numbers.count == targets.count else { throw WalkSheetRefusal.tooManySheets }
            try await transaction.execute(
                "walk_sheet.insert",
                """
                INSERT INTO walk_sheet (id, walk_id, route_id, number, serial, stop_id, language, format, issued_by)
                SELECT made.id, \(id), \(walk.route), made.number, made.serial, NULLIF(made.stop, '')::uuid,
                       \(language.rawValue), \(format.rawValue), \(actor.account)
                FROM unnest(\(numbers.map { _ in ID<WalkSheet>() }), \(numbers.map { Int32($0.number) }),
                            \(numbers.map(\.text)), \(targets)) AS made (id, number, serial, stop)
                """)
            let range: ClosedRange<Int> = first...first + numbers.count - 1
            try await Acts.record(
                "walk_sheets_issued", by: actor, on: "walk", id,
                detail: ["walk": walk.handle, "first": String(first), "last": String(range.upperBound)],
                in: transaction)
            return range
        }
    }

    /// The identities of the stops of a part in their order; the empty one stands for what is between them.
    private static func stops(
        of part: Part, _ walk: Walk, in transaction: some Executor
    ) async throws -> [String] {
        let stops: [Stop] = try await Walks.route(walk.route, in: transaction)?.stops ?? []
        switch part {
        case .all: return stops.map(\.id.description) + [""]
        case .between: return [""]
        case .stop(let number):
            guard let stop = stops.first(where: { $0.number == number }) else { throw WalkSheetRefusal.noSuchStop }
            return [stop.id.description]
        }
    }

    /// Notes that a sheet did not come back.
    ///
    /// - Throws: `WalkSheetRefusal.alreadyEntered`; `NotAllowed` unless the actor is an agent of the process.
    public func lose(_ number: SheetNumber, of walk: ID<Walk>, by actor: Actor) async throws {
        try await set(number, of: walk, isLost: true, by: actor)
    }

    /// Notes that a lost sheet has been found.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the process.
    public func find(_ number: SheetNumber, lostBy walk: ID<Walk>, by actor: Actor) async throws {
        try await set(number, of: walk, isLost: false, by: actor)
    }

    private func set(_ number: SheetNumber, of id: ID<Walk>, isLost: Bool, by actor: Actor) async throws {
        try await pool.transaction("walk_sheet.lose") { transaction in
            let walk: Walk = try await Walks.lock(id, by: actor, in: transaction)
            let sheet: WalkSheet = try await Self.lock(number, of: id, in: transaction)
            guard sheet.enteredAt == nil else { throw WalkSheetRefusal.alreadyEntered }
            guard (sheet.lostAt != nil) != isLost else { return }
            try await transaction.execute(
                "walk_sheet.set_lost",
                "UPDATE walk_sheet SET lost_at = CASE WHEN \(isLost) THEN now() END WHERE id = \(sheet.id)")
            let detail: [String: String] = ["walk": walk.handle, "sheet": number.text]
            if isLost {
                try await Acts.record(
                    "walk_sheet_lost", by: actor, on: "walk_sheet", sheet.id, detail: detail, in: transaction)
            } else {
                try await Acts.record(
                    "walk_sheet_found", by: actor, on: "walk_sheet", sheet.id, detail: detail, in: transaction)
            }
        }
    }

    // MARK: Parts

    private static func condition(_ state: WalkSheet.State?) -> SQL {
        switch state {
        case nil: "true"
        case .issued: "walk_sheet.entered_at IS NULL AND walk_sheet.lost_at IS NULL"
        case .entered: "walk_sheet.entered_at IS NOT NULL"
        case .lost: "walk_sheet.lost_at IS NOT NULL"
        }
    }

    static func load(
        _ number: SheetNumber, of walk: ID<Walk>, in executor: some Executor
    ) async throws -> WalkSheet? {
        try await executor.one(
            "walk_sheet.find",
            """
            SELECT \(sql: WalkSheet.columns) FROM \(sql: WalkSheet.tables)
            WHERE walk_sheet.walk_id = \(walk) AND walk_sheet.number = \(number.number)
            """
        ).map(WalkSheet.init(row:))
    }

    /// The sheet, held by this transaction until its end. Whoever calls it has checked the actor.
    ///
    /// - Throws: `NotAllowed` where there is none: what is not there and what is not yours look the same.
    static func lock(
        _ number: SheetNumber, of walk: ID<Walk>, in transaction: some Executor
    ) async throws -> WalkSheet {
        try await transaction.execute(
            "walk_sheet.lock",
            "SELECT 1 FROM walk_sheet WHERE walk_id = \(walk) AND number = \(number.number) FOR UPDATE")
        guard let sheet = try await load(number, of: walk, in: transaction) else {
            throw NotAllowed(roles: Walks.planners)
        }
        return sheet
    }
}
