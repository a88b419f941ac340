public import Foundation
import Postgres

/// What somebody read on a sheet.
public struct SheetReading: Sendable {
    /// What was found.
    public let found: PaperAnswers
    /// Who read it and on which day; nobody is named once the account is closed.
    public let by: ID<Account>, name: String?, on: Day
}

/// Something that became of a sheet after its first entry.
public struct SheetChange: Sendable {
    /// What became of it.
    public enum Kind: String, Sendable, CaseIterable {
        case corrected, settled, undone, unused, spoiled
    }

    /// What became of it, when, through whom and why.
    public let kind: Kind, at: Date, by: String?, reason: String
    /// What stood in the questions that changed, by their keys; empty where that is kept nowhere.
    public let before: [String: PaperAnswers.Found]
}

/// What lies before somebody who has a sheet in hand.
public struct SheetFile: Sendable {
    /// What the actor can do with it.
    public enum Task: Sendable, Hashable {
        case enter
        /// Read it a second time, without seeing the first.
        case enterAgain
        /// Look at what stands, and correct it.
        case stands
        /// It was set aside; nothing, unless somebody takes that back.
        case setAside
    }

    /// The sheet, and what it asks.
    public let sheet: QuestionnaireSheet, form: QuestionnaireForm
    /// What the actor can do.
    public let task: Task
    /// Whether the actor can settle what differs: an agent who read neither time.
    public let maySettle: Bool
    /// What stands; nil while the actor is the one to read it a second time.
    public let standing: PaperAnswers?
    /// The two readings, as far as they may be seen.
    public let first: SheetReading?, second: SheetReading?
    /// The keys of the questions in which the readings differ.
    public let differing: [String]
    /// What has become of it, the latest first.
    public let changes: [SheetChange]
    /// Its pictures.
    public let scans: [Medium]
}

extension QuestionnaireSheets {
    /// A sheet with all that the actor may see of it; nil when the questionnaire has none of that number.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent or an entry operator of the process.
    public func file(
        _ number: PaperNumber, of id: ID<Questionnaire>, by actor: Actor
    ) async throws -> SheetFile? {
        let (_, consultation) = try await Self.require(id, by: actor, in: pool)
        let isAgent: Bool = (try? await Consultations.require(consultation.id, by: actor, in: pool)) != nil
        guard
            let sheet = try await Self.list(
                where: """
                    questionnaire_sheet.number = \(number.number) AND questionnaire_sheet.questionnaire_id = \(id)
                    """, limit: 1, in: pool
            ).first, let form = try await Consultations.form(of: id, version: sheet.version, in: pool)
        else { return nil }
        let answers: [[Row]] = try await pool.pipeline([
            ("questionnaire_reading.list", Self.readings(of: number)),
            ("questionnaire_sheet.standing", Self.standing(of: number)),
            (
                "questionnaire_sheet_change.list",
                """
                SELECT kind, before::text AS before, reason, changed_at, account.name
                FROM questionnaire_sheet_change LEFT JOIN account ON account.id = changed_by
                WHERE sheet_number = \(number.number) ORDER BY changed_at DESC, questionnaire_sheet_change.id LIMIT 100
                """
            ),
            (
                "questionnaire_sheet_scan.list",
                """
                SELECT \(sql: Medium.columns)
                FROM questionnaire_sheet_scan JOIN medium ON medium.id = questionnaire_sheet_scan.medium_id
                     \(sql: Medium.renditions)
                WHERE questionnaire_sheet_scan.sheet_number = \(number.number) ORDER BY medium.id
                """
            ),
            (
                "questionnaire_comparison.list",
                """
                SELECT question FROM questionnaire_comparison
                WHERE sheet_number = \(number.number) AND differing > 0
                """
            ),
        ])
        let readings: [SheetReading] = try answers[0].map(SheetReading.init(row:))
        let isBlind: Bool = sheet.check == .awaited && readings.first?.by != actor.account
        let differing: Set<String> = Set(try answers[4].map { try $0.get("question", as: String.self) })
        let task: SheetFile.Task =
            switch sheet.state {
            case .issued: .enter
            case .unused, .spoiled: .setAside
            case .entered: isBlind ? .enterAgain : .stands
            }
        return SheetFile(
            sheet: sheet, form: form, task: task,
            maySettle: isAgent && sheet.check == .differing && !readings.contains { $0.by == actor.account },
            standing: isBlind ? nil : try answers[1].first.map { try PaperAnswers(row: $0) },
            first: isBlind ? nil : readings.first, second: isBlind ? nil : readings.dropFirst().first,
            differing: form.questions.map(\.key).filter(differing.contains),
            changes: try answers[2].map { try SheetChange(row: $0, hidesBefore: isBlind) },
            scans: try answers[3].map(Medium.init(row:)))
    }

    static func readings(of number: PaperNumber) -> SQL {
        """
        SELECT answers::text AS answers, marks::text AS marks, read_by, read_on::text AS read_on, account.name
        FROM questionnaire_reading LEFT JOIN account ON account.id = read_by
        WHERE sheet_number = \(number.number) ORDER BY reading
        """
    }

    /// What stands of a sheet: the answers that count, and the marks.
    static func standing(of number: PaperNumber) -> SQL {
        """
        SELECT response.answers::text AS answers, questionnaire_sheet.marks::text AS marks
        FROM questionnaire_sheet JOIN response ON response.id = questionnaire_sheet.response_id
        WHERE questionnaire_sheet.number = \(number.number)
        """
    }
}

extension SheetReading {
    init(row: Row) throws {
        found = try PaperAnswers(row: row)
        by = try row.get("read_by")
        name = try row.get("name")
        // The database gives days that exist.
        on = Day(try row.get("read_on", as: String.self))!
    }
}

extension PaperAnswers {
    init(row: Row) throws {
        try self.init(answers: row.get("answers"), marks: row.get("marks"))
    }
}

extension SheetChange {
    /// What stood in questions before, as the table keeps it.
    struct Before: Codable {
        var answers: [String: AnswerValue]
        var marks: [String: PaperMark]
        /// Questions in which nothing stood.
        var nothing: [String]
    }

    fileprivate init(row: Row, hidesBefore: Bool) throws {
        // The schema's check leaves no other word.
        kind = Kind(rawValue: try row.get("kind"))!
        at = try row.get("changed_at")
        by = try row.get("name")
        reason = try row.get("reason")
        let json: String? = try row.get("before")
        guard let json, !hidesBefore else {
            before = [:]
            return
        }
        let kept: Before = try PaperJSON.decode(Before.self, from: json)
        before = kept.answers.mapValues(PaperAnswers.Found.answer)
            .merging(kept.marks.mapValues(PaperAnswers.Found.mark)) { answer, _ in answer }
            .merging(kept.nothing.map { ($0, .nothing) }) { known, _ in known }
    }
}
