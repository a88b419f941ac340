import Foundation
import Postgres

/// Sheets get their numbers, and their account is kept.
extension QuestionnaireSheets {
    /// Sets where and until when sheets are handed in, and how many are read twice from now on.
    ///
    /// - Throws: ``PaperRefusal``; `NotAllowed` unless the actor is an agent of the process; so do all verbs here.
    public func set(_ settings: PaperSettings, of id: ID<Questionnaire>, by actor: Actor) async throws {
        guard (0...100).contains(settings.samplePercent) else { throw PaperRefusal.percent }
        guard settings.handIn.byLanguage.values.allSatisfy({ $0.unicodeScalars.count <= Self.longestReason }) else {
            throw PaperRefusal.placeTooLong
        }
        try await pool.transaction("questionnaire_paper.set") { transaction in
            let (questionnaire, consultation) = try await Self.require(id, or: [], by: actor, in: transaction)
            try await transaction.execute(
                "questionnaire_paper.save",
                """
                INSERT INTO questionnaire_paper (questionnaire_id, sample_percent, hand_in, hand_in_until)
                VALUES (\(id), \(settings.samplePercent), \(settings.handIn.json)::jsonb,
                        \(settings.handInUntil?.description)::date)
                ON CONFLICT (questionnaire_id) DO UPDATE
                SET sample_percent = excluded.sample_percent, hand_in = excluded.hand_in,
                    hand_in_until = excluded.hand_in_until
                """)
            try await Acts.record(
                "questionnaire_paper_set", by: actor, on: "questionnaire", id,
                detail: [
                    "consultation": consultation.handle, "questionnaire": questionnaire.handle,
                    "percent": String(settings.samplePercent),
                ], in: transaction)
        }
    }

    /// Gives numbers to sheets of the live version that are about to be printed for a place: the next ones of the city.
    ///
    /// - Returns: the first and the last number.
    @discardableResult
    public func issue(
        _ copies: Int, in language: Language, _ format: SheetEdition.Format = .a4, for place: String,
        of id: ID<Questionnaire>, by actor: Actor
    ) async throws -> ClosedRange<Int> {
        try await pool.transaction("questionnaire_edition.issue") { transaction in
            let (questionnaire, consultation) = try await Self.require(id, or: [], by: actor, in: transaction)
            guard let version = questionnaire.liveVersion, questionnaire.ways.contains(.paper),
                let form = try await Consultations.form(of: id, version: version, in: transaction)
            else { throw PaperRefusal.notOnPaper }
            guard consultation.synthesisedAt == nil else { throw PaperRefusal.over }
            guard form.isComplete(in: language) else { throw PaperRefusal.notInLanguage }
            guard (1...SheetEdition.most).contains(copies) else { throw PaperRefusal.copies(most: SheetEdition.most) }
            guard !place.isEmpty else { throw PaperRefusal.placeMissing }
            guard place.unicodeScalars.count <= Self.longestPlace else { throw PaperRefusal.placeTooLong }
            // One after the other, whatever the questionnaire: numbers are the city's.
            try await transaction.execute(
                "questionnaire_edition.lock", "LOCK TABLE questionnaire_edition IN SHARE ROW EXCLUSIVE MODE")
            let row: Row? = try await transaction.one(
                "questionnaire_edition.last",
                "SELECT COALESCE(max(last_number), 0)::integer AS last FROM questionnaire_edition")
            let first: Int = Int(try row?.get("last", as: Int32.self) ?? 0) + 1
            let range: ClosedRange<Int> = first...first + copies - 1
            guard PaperNumber(range.upperBound) != nil else { throw PaperRefusal.numbersUsed }
            let edition = ID<SheetEdition>()
            try await transaction.execute(
                "questionnaire_edition.insert",
                """
                INSERT INTO questionnaire_edition (id, questionnaire_id, version, language, format, place, first_number,
                                                   last_number, issued_by)
                VALUES (\(edition), \(id), \(version), \(language.rawValue), \(format.rawValue), \(place), \(first),
                        \(range.upperBound), \(actor.account))
                """)
            try await transaction.execute(
                "questionnaire_sheet.insert",
                """
                INSERT INTO questionnaire_sheet (number, edition_id, questionnaire_id)
                SELECT number, \(edition), \(id) FROM generate_series(\(first)::integer, \(range.upperBound)::integer)
                       AS made (number)
                """)
            try await Acts.record(
                "questionnaire_edition_issued", by: actor, on: "questionnaire", id,
                detail: [
                    "consultation": consultation.handle, "questionnaire": questionnaire.handle,
                    "first": String(first), "last": String(range.upperBound),
                ], in: transaction)
            return range
        }
    }

    /// Notes how many sheets of an edition have come back by now, entered or not.
    public func count(
        _ returned: Int, backOf edition: ID<SheetEdition>, of id: ID<Questionnaire>, by actor: Actor
    ) async throws {
        try await pool.transaction("questionnaire_edition.count") { transaction in
            let (questionnaire, consultation) = try await Self.require(id, or: [], by: actor, in: transaction)
            let row: Row? = try await transaction.one(
                "questionnaire_edition.find",
                """
                SELECT \(sql: SheetEdition.columns) FROM \(sql: SheetEdition.tables)
                WHERE questionnaire_edition.id = \(edition) AND questionnaire_edition.questionnaire_id = \(id)
                FOR UPDATE OF questionnaire_edition
                """)
            guard let known = try row.map(SheetEdition.init(row:)) else {
                throw NotAllowed(roles: Consultations.planners)
            }
            let account: SheetAccount = known.account
            let least: Int = account.entered + account.unused + account.spoiled
            guard (least...account.issued).contains(returned) else {
                throw PaperRefusal.counted(least: least, most: account.issued)
            }
            try await transaction.execute(
                "questionnaire_edition.counted",
                "UPDATE questionnaire_edition SET counted_back = \(returned) WHERE id = \(edition)")
            try await Acts.record(
                "questionnaire_edition_counted", by: actor, on: "questionnaire", id,
                detail: [
                    "consultation": consultation.handle, "questionnaire": questionnaire.handle,
                    "first": String(known.numbers.lowerBound), "returned": String(returned),
                ], in: transaction)
        }
    }

    /// Sets sheets aside that came back and are not entered: nothing is on them, or nobody can use them.
    public func setAside(
        _ numbers: ClosedRange<Int>, asSpoiled isSpoiled: Bool, because reason: String, of id: ID<Questionnaire>,
        by actor: Actor
    ) async throws {
        if let misfit = Self.misfit(of: reason) { throw misfit }
        guard numbers.count <= SheetEdition.most else { throw PaperRefusal.range }
        try await pool.transaction("questionnaire_sheet.set_aside") { transaction in
            let (questionnaire, consultation) = try await Self.require(id, or: [], by: actor, in: transaction)
            let known: [Row] = try await transaction.query(
                "questionnaire_sheet.lock_range",
                """
                SELECT number, state FROM questionnaire_sheet
                WHERE questionnaire_id = \(id) AND number BETWEEN \(numbers.lowerBound) AND \(numbers.upperBound)
                ORDER BY number FOR UPDATE
                """)
            guard known.count == numbers.count else { throw PaperRefusal.range }
            let entered: Int = try known.count { try $0.get("state", as: String.self) == "entered" }
            guard entered == 0 else { throw PaperRefusal.entered(count: entered) }
            let state: QuestionnaireSheet.State = isSpoiled ? .spoiled : .unused
            let changes: [ID<SheetChange>] = known.map { _ in ID() }
            try await transaction.execute(
                "questionnaire_sheet.aside",
                """
                UPDATE questionnaire_sheet SET state = \(state.rawValue)
                WHERE questionnaire_id = \(id) AND number BETWEEN \(numbers.lowerBound) AND \(numbers.upperBound)
                """)
            try await transaction.execute(
                "questionnaire_sheet_change.aside",
                """
                INSERT INTO questionnaire_sheet_change (id, sheet_number, kind, reason, changed_by)
                SELECT made.id, made.number, \(state.rawValue), \(reason), \(actor.account)
                FROM unnest(\(changes), \(numbers.map { Int32($0) })) AS made (id, number)
                """)
            try await Acts.record(
                "questionnaire_sheets_set_aside", by: actor, on: "questionnaire", id,
                detail: [
                    "consultation": consultation.handle, "questionnaire": questionnaire.handle,
                    "first": String(numbers.lowerBound), "last": String(numbers.upperBound), "as": state.rawValue,
                ], in: transaction)
        }
    }

    /// What is wrong with a reason; nil when nothing is.
    static func misfit(of reason: String) -> PaperRefusal? {
        reason.isEmpty ? .reasonMissing : reason.unicodeScalars.count > longestReason ? .reasonTooLong : nil
    }
}

extension QuestionnaireForm {
    /// Whether everything that is asked has words in the language: what is printed is in one language from the first
    /// line to the last.
    public func isComplete(in language: Language) -> Bool {
        func has(_ texts: Texts) -> Bool { texts.isEmpty || texts.byLanguage[language.rawValue] != nil }
        return sections.allSatisfy { section in
            has(section.title) && has(section.introduction)
                && section.questions.allSatisfy { question in
                    has(question.title) && has(question.help) && has(question.lowestMeans)
                        && has(question.highestMeans) && has(question.unit)
                        && (question.options + question.rows).allSatisfy { has($0.title) }
                }
        }
    }
}
