import Foundation
import Postgres

/// What stands on a sheet, entered by an agent or by the walk's crew.
extension WalkSheets {
    /// A sheet with what was entered of it; nil when the walk has none of that number.
    ///
    /// - Throws: `NotAllowed` unless the actor is of the crew or an agent of the process.
    public func file(_ number: SheetNumber, of walk: ID<Walk>, by actor: Actor) async throws -> WalkSheetFile? {
        try await Walks.requireCrew(walk, of: actor, in: pool)
        guard let sheet = try await Self.load(number, of: walk, in: pool) else { return nil }
        let answers: [[Row]] = try await pool.pipeline([
            ("walk_sheet.lines", Self.lines(of: sheet)),
            (
                "walk_sheet.changes",
                """
                SELECT walk_sheet_change.line, walk_sheet_change.changed_at, account.name,
                       walk_sheet_change.before ->> 'kind' AS kind, walk_sheet_change.before ->> 'words' AS words
                FROM walk_sheet_change LEFT JOIN account ON account.id = walk_sheet_change.changed_by
                WHERE walk_sheet_change.sheet_id = \(sheet.id)
                ORDER BY walk_sheet_change.changed_at DESC, walk_sheet_change.line LIMIT 200
                """
            ),
            (
                "walk_sheet.scans",
                """
                SELECT \(sql: Medium.columns)
                FROM walk_sheet_scan JOIN medium ON medium.id = walk_sheet_scan.medium_id \(sql: Medium.renditions)
                WHERE walk_sheet_scan.sheet_id = \(sheet.id) ORDER BY walk_sheet_scan.added_at, medium.id
                """
            ),
        ])
        let observations: [Observation] = try answers[0].map(Observation.init(row:))
        return WalkSheetFile(
            sheet: sheet,
            lines: observations.map { EnteredLine(line: SheetLine($0), state: $0.state, number: $0.number) },
            language: observations.first?.language ?? sheet.language,
            manner: observations.first?.manner ?? .alone, people: observations.first?.people ?? 1,
            changes: try answers[1].map { row in
                WalkSheetChange(
                    line: Int(try row.get("line", as: Int32.self)), at: try row.get("changed_at"),
                    by: try row.get("name"),
                    kind: try row.get("kind", as: String?.self).flatMap(Observation.Kind.init(rawValue:)),
                    words: try row.get("words"))
            }, scans: try answers[2].map(Medium.init(row:)))
    }

    /// Enters what stands on a sheet, at any time after the walk: paper arrives late. Each line is an observation that
    /// waits to be read; without lines the sheet came back blank.
    ///
    /// - Throws: `Refused<WalkSheetRefusal>` with everything that is wrong; `NotAllowed` unless the actor is of the
    ///   crew or an agent of the process.
    public func enter(
        _ entry: SheetEntry, from number: SheetNumber, of walk: ID<Walk>, by actor: Actor
    ) async throws {
        try await settling {
            try await pool.transaction("walk_sheet.enter") { transaction in
                let walk: Walk = try await Walks.requireCrew(walk, of: actor, in: transaction)
                let sheet: WalkSheet = try await Self.lock(number, of: walk.id, in: transaction)
                guard sheet.enteredAt == nil else { throw Refused(WalkSheetRefusal.alreadyEntered) }
                guard sheet.lostAt == nil else { throw Refused(WalkSheetRefusal.lost) }
                try await Self.check(entry, of: sheet, walk, in: transaction)
                try await insert(entry.lines, of: sheet, entry, walk, in: transaction)
                try await transaction.execute(
                    "walk_sheet.entered",
                    "UPDATE walk_sheet SET entered_at = now(), entered_by = \(actor.account) WHERE id = \(sheet.id)")
                try await Acts.record(
                    "walk_sheet_entered", by: actor, on: "walk_sheet", sheet.id,
                    detail: ["walk": walk.handle, "sheet": number.text, "lines": String(entry.lines.count)],
                    in: transaction)
            }
        }
    }

    /// Corrects what was entered of a sheet. What a line said before is kept; lines that are left out go, and lines
    /// that somebody has read since stay as they are.
    ///
    /// - Throws: as ``enter(_:from:of:by:)``.
    public func correct(
        _ entry: SheetEntry, of number: SheetNumber, of walk: ID<Walk>, by actor: Actor
    ) async throws {
        try await settling {
            try await pool.transaction("walk_sheet.correct") { transaction in
                let walk: Walk = try await Walks.requireCrew(walk, of: actor, in: transaction)
                let sheet: WalkSheet = try await Self.lock(number, of: walk.id, in: transaction)
                guard sheet.enteredAt != nil else { throw Refused(WalkSheetRefusal.notEntered) }
                try await Self.check(entry, of: sheet, walk, in: transaction)
                // Held, so that nobody publishes a line while it changes.
                let known: [Observation] = try await transaction.query(
                    "walk_sheet.lock_lines", "\(sql: Self.lines(of: sheet)) FOR UPDATE"
                ).map(Observation.init(row:))
                let changes: SheetChanges = try SheetChanges(from: known, to: entry)
                guard !changes.isEmpty else { return }
                let built: Set<ID<Observation>> = try await Self.targets(among: changes.removed.map(\.id), transaction)
                guard built.isEmpty else {
                    throw Refused(
                        reasons: changes.removed.filter { built.contains($0.id) }
                            .map { WalkSheetRefusal.lineRead(line: $0.sheetLine ?? 0) })
                }
                try await Self.keep(changes, of: sheet, by: actor, in: transaction)
                try await transaction.execute(
                    "walk_sheet.remove_lines",
                    "DELETE FROM observation WHERE id = ANY (\(changes.removed.map(\.id)))")
                try await Self.rewrite(changes.rewritten, entry, in: transaction)
                try await insert(changes.added, of: sheet, entry, walk, in: transaction)
                try await Acts.record(
                    "walk_sheet_corrected", by: actor, on: "walk_sheet", sheet.id,
                    detail: [
                        "walk": walk.handle, "sheet": number.text,
                        "lines": changes.lines.map(String.init).joined(separator: ","),
                    ], in: transaction)
            }
        }
    }

    /// Takes back what was entered of a sheet, as long as nobody has read any of it.
    ///
    /// - Throws: `Refused<WalkSheetRefusal>`; `NotAllowed` unless the actor is an agent of the process.
    public func undo(_ number: SheetNumber, of walk: ID<Walk>, by actor: Actor) async throws {
        try await pool.transaction("walk_sheet.undo") { transaction in
            let walk: Walk = try await Walks.lock(walk, by: actor, in: transaction)
            let sheet: WalkSheet = try await Self.lock(number, of: walk.id, in: transaction)
            guard sheet.enteredAt != nil else { throw Refused(WalkSheetRefusal.notEntered) }
            // Held, so that nobody publishes a line while it goes.
            let lines: [Row] = try await transaction.query(
                "walk_sheet.undo_lines",
                """
                SELECT id, state FROM observation WHERE walk_id = \(walk.id) AND sheet = \(number.text) FOR UPDATE
                """)
            guard try lines.allSatisfy({ try $0.get("state", as: String.self) == "received" }) else {
                throw Refused(WalkSheetRefusal.alreadyRead)
            }
            guard try await Self.targets(among: lines.map { ID(try $0.get("id")) }, transaction).isEmpty else {
                throw Refused(WalkSheetRefusal.alreadyRead)
            }
            _ = try await transaction.pipeline([
                (
                    "walk_sheet.undo",
                    "DELETE FROM observation WHERE walk_id = \(walk.id) AND sheet = \(number.text)"
                ),
                ("walk_sheet.undo_changes", "DELETE FROM walk_sheet_change WHERE sheet_id = \(sheet.id)"),
                (
                    "walk_sheet.undone",
                    "UPDATE walk_sheet SET entered_at = NULL, entered_by = NULL WHERE id = \(sheet.id)"
                ),
            ])
            try await Acts.record(
                "walk_sheet_undone", by: actor, on: "walk_sheet", sheet.id,
                detail: ["walk": walk.handle, "sheet": number.text, "lines": String(lines.count)], in: transaction)
        }
    }

    /// Forgets what a line of paper said before it was corrected: somebody takes words out of it for good.
    static func forgettingWords(of observation: ID<Observation>) -> SQL {
        """
        UPDATE walk_sheet_change SET before = before - 'words'
        FROM walk_sheet JOIN observation
             ON observation.walk_id = walk_sheet.walk_id AND observation.sheet = walk_sheet.serial
        WHERE observation.id = \(observation) AND walk_sheet_change.sheet_id = walk_sheet.id
          AND walk_sheet_change.line = observation.sheet_line
        """
    }

    // MARK: Parts

    /// Those of them that an agent has joined others to: others build on them, whoever has read them.
    private static func targets(
        among ids: [ID<Observation>], _ transaction: some Executor
    ) async throws -> Set<ID<Observation>> {
        Set(
            try await transaction.query(
                "walk_sheet.targets",
                "SELECT DISTINCT joined_into AS id FROM observation WHERE joined_into = ANY (\(ids))"
            ).map { ID(try $0.get("id")) })
    }

    private func settling(_ act: () async throws -> Void) async throws {
        do {
            try await act()
        } catch let error as PostgresError where error.constraint == "observation_sheet_once" {
            throw Refused(WalkSheetRefusal.lineTwice)
        }
    }

    private static func lines(of sheet: WalkSheet) -> SQL {
        """
        SELECT \(sql: Observation.columns) FROM observation
        WHERE observation.walk_id = \(sheet.walk) AND observation.sheet = \(sheet.number.text)
        ORDER BY observation.sheet_line
        """
    }

    private static func check(
        _ entry: SheetEntry, of sheet: WalkSheet, _ walk: Walk, in transaction: some Executor
    ) async throws {
        let themes = Set(try await Walks.themes(of: walk.id, in: transaction).map(\.id))
        var reasons: [WalkSheetRefusal] = []
        if entry.lines.count > WalkSheet.mostLines { reasons.append(.tooManyLines) }
        if !(entry.manner == .group ? 1...200 : 1...1).contains(entry.people) { reasons.append(.people) }
        for line in entry.lines {
            if line.kind == nil { reasons.append(.kindMissing(line: line.line)) }
            if let theme = line.theme, !themes.contains(theme) { reasons.append(.noSuchTheme(line: line.line)) }
            if sheet.stop == nil, line.place.isEmpty { reasons.append(.placeMissing(line: line.line)) }
            if line.place.unicodeScalars.count > Observation.longestPlace {
                reasons.append(.placeTooLong(line: line.line))
            }
            if line.words.isEmpty { reasons.append(.wordsMissing(line: line.line)) }
            if line.words.unicodeScalars.count > Observation.longestWords {
                reasons.append(.wordsTooLong(line: line.line))
            }
        }
        if !reasons.isEmpty { throw Refused(reasons: reasons) }
    }

    /// The identities are random, as those that a phone makes: they say nothing of what was written before what.
    private func insert(
        _ lines: [SheetLine], of sheet: WalkSheet, _ entry: SheetEntry, _ walk: Walk, in transaction: some Executor
    ) async throws {
        guard !lines.isEmpty else { return }
        try await transaction.execute(
            "walk_sheet.insert_lines",
            """
            INSERT INTO observation (id, walk_id, route_id, stop_id, place, theme_id, kind, feeling, concerned, words,
                                     language, manner, people, channel, sheet, sheet_line, received_on)
            SELECT made.id, \(walk.id), \(walk.route), \(sheet.stop), made.place, NULLIF(made.theme, '')::uuid,
                   made.kind, NULLIF(made.feeling, '')::smallint, string_to_array(made.concerned, ' '), made.words,
                   \(entry.language.rawValue), \(entry.manner.rawValue), \(entry.people), 'paper',
                   \(sheet.number.text), made.line, (now() AT TIME ZONE \(zone))::date
            FROM unnest(\(lines.map { _ in ID<Observation>(UUID()) }), \(sql: Self.values(lines)))
                 AS made (id, line, place, theme, kind, feeling, concerned, words)
            """)
    }

    private static func rewrite(
        _ lines: [(id: ID<Observation>, line: SheetLine)], _ entry: SheetEntry, in transaction: some Executor
    ) async throws {
        guard !lines.isEmpty else { return }
        try await transaction.execute(
            "walk_sheet.rewrite_lines",
            """
            UPDATE observation
            SET place = made.place, theme_id = NULLIF(made.theme, '')::uuid, kind = made.kind,
                feeling = NULLIF(made.feeling, '')::smallint, concerned = string_to_array(made.concerned, ' '),
                words = made.words, language = \(entry.language.rawValue), manner = \(entry.manner.rawValue),
                people = \(entry.people)
            FROM unnest(\(lines.map(\.id)), \(sql: values(lines.map(\.line))))
                 AS made (id, line, place, theme, kind, feeling, concerned, words)
            WHERE observation.id = made.id
            """)
    }

    /// The columns of lines as arrays for `unnest`, texts standing for what may be missing.
    private static func values(_ lines: [SheetLine]) -> SQL {
        """
        \(lines.map { Int32($0.line) }), \(lines.map(\.place)), \(lines.map { $0.theme?.description ?? "" }),
        \(lines.map { $0.kind?.rawValue ?? "" }), \(lines.map { $0.feeling.map { String($0.rawValue) } ?? "" }),
        \(lines.map { $0.concerned.map(\.rawValue).joined(separator: " ") }), \(lines.map(\.words))
        """
    }

    /// Keeps what the lines said before.
    private static func keep(
        _ changes: SheetChanges, of sheet: WalkSheet, by actor: Actor, in transaction: some Executor
    ) async throws {
        let lines: [Int] = changes.lines
        try await transaction.execute(
            "walk_sheet.keep",
            """
            INSERT INTO walk_sheet_change (id, sheet_id, line, before, changed_by)
            SELECT made.id, \(sheet.id), made.line,
                   CASE WHEN observation.id IS NOT NULL THEN jsonb_build_object(
                       'kind', observation.kind, 'theme', observation.theme_id, 'feeling', observation.feeling,
                       'concerned', observation.concerned, 'place', observation.place, 'words', observation.words,
                       'language', observation.language, 'manner', observation.manner, 'people', observation.people)
                   END, \(actor.account)
            FROM unnest(\(lines.map { _ in ID<WalkSheetChange>() }), \(lines.map(Int32.init))) AS made (id, line)
            LEFT JOIN observation ON observation.walk_id = \(sheet.walk) AND observation.sheet = \(sheet.number.text)
                 AND observation.sheet_line = made.line
            """)
    }
}

/// What a correction changes.
private struct SheetChanges {
    var removed: [Observation] = []
    var rewritten: [(id: ID<Observation>, line: SheetLine)] = []
    var added: [SheetLine] = []

    /// - Throws: `Refused<WalkSheetRefusal>` for lines that somebody has read since.
    init(from known: [Observation], to entry: SheetEntry) throws {
        let drafts: [Int: SheetLine] = Dictionary(
            entry.lines.map { ($0.line, $0) }, uniquingKeysWith: { first, _ in first })
        var reasons: [WalkSheetRefusal] = []
        for observation in known {
            let line: Int = observation.sheetLine ?? 0
            let draft: SheetLine? = drafts[line]
            let isSame: Bool =
                draft == SheetLine(observation) && entry.language == observation.language
                && entry.manner == observation.manner && entry.people == observation.people
            if observation.state != .received {
                if draft != nil { reasons.append(.lineRead(line: line)) }
            } else if let draft {
                if !isSame { rewritten.append((observation.id, draft)) }
            } else {
                removed.append(observation)
            }
        }
        if !reasons.isEmpty { throw Refused(reasons: reasons) }
        let old = Set(known.compactMap(\.sheetLine))
        added = entry.lines.filter { !old.contains($0.line) }
    }

    var isEmpty: Bool { removed.isEmpty && rewritten.isEmpty && added.isEmpty }

    /// The numbers of all lines that change, in their order.
    var lines: [Int] {
        (removed.compactMap(\.sheetLine) + rewritten.map(\.line.line) + added.map(\.line)).sorted()
    }
}

extension SheetLine {
    init(_ observation: Observation) {
        self.init(
            line: observation.sheetLine ?? 0, theme: observation.theme, kind: observation.kind,
            feeling: observation.feeling, concerned: observation.concerned, place: observation.place,
            words: observation.words)
    }
}
