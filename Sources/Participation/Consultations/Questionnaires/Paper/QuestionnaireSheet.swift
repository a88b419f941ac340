import Foundation
import Postgres

/// One printed sheet of a questionnaire.
public struct QuestionnaireSheet: Sendable {
    /// What has become of it.
    public enum State: String, Sendable, CaseIterable {
        /// It was handed out and nobody has had it in hand since.
        case issued
        case entered
        /// It came back with nothing on it.
        case unused
        /// It was torn, soaked or written over.
        case spoiled
    }

    /// Where its double entry stands.
    public enum Check: Sendable, Hashable {
        /// It was not drawn, or is not entered.
        case none
        /// Somebody else has to read it too.
        case awaited
        /// Both readings agree, or a third has settled what differed.
        case done
        /// The readings differ, and nobody has settled it.
        case differing
    }

    /// What stands on it.
    public let number: PaperNumber
    /// The edition that it was printed in, and the questionnaire.
    public let edition: ID<SheetEdition>, questionnaire: ID<Questionnaire>
    /// The version that it asks.
    public let version: Int
    /// The language and the size that it is printed in, and where it was handed out.
    public let language: Language, format: SheetEdition.Format, place: String
    /// What has become of it, and where its double entry stands.
    public let state: State, check: Check
    /// Who entered it first, and on which day.
    public let enteredBy: ID<Account>?, enteredByName: String?, enteredOn: Day?

    static let columns: SQL = """
        questionnaire_sheet.number, questionnaire_sheet.edition_id, questionnaire_sheet.questionnaire_id,
        questionnaire_edition.version, questionnaire_edition.language, questionnaire_edition.format,
        questionnaire_edition.place, questionnaire_sheet.state, questionnaire_sheet.is_sampled,
        first.read_by, first.read_on::text AS read_on, account.name AS read_by_name,
        EXISTS (SELECT FROM questionnaire_reading
                WHERE sheet_number = questionnaire_sheet.number AND reading = 2) AS is_read_twice,
        \(sql: isOpen) AS is_open
        """

    /// A condition on a row of `questionnaire_sheet`: its readings differ and nobody has settled it.
    static let isOpen: SQL = """
        (EXISTS (SELECT FROM questionnaire_comparison
                 WHERE sheet_number = questionnaire_sheet.number AND differing > 0)
         AND NOT EXISTS (SELECT FROM questionnaire_settlement WHERE sheet_number = questionnaire_sheet.number))
        """

    /// A condition on a row of `questionnaire_sheet`: it was drawn and read once.
    static let isAwaited: SQL = """
        (questionnaire_sheet.state = 'entered' AND questionnaire_sheet.is_sampled
         AND NOT EXISTS (SELECT FROM questionnaire_reading
                         WHERE sheet_number = questionnaire_sheet.number AND reading = 2))
        """

    static let tables: SQL = """
        questionnaire_sheet
        JOIN questionnaire_edition ON questionnaire_edition.id = questionnaire_sheet.edition_id
        LEFT JOIN questionnaire_reading AS first
            ON first.sheet_number = questionnaire_sheet.number AND first.reading = 1
        LEFT JOIN account ON account.id = first.read_by
        """

    init(row: Row) throws {
        // The schema's checks leave no other numbers and words.
        number = PaperNumber(Int(try row.get("number", as: Int32.self)))!
        edition = try row.get("edition_id")
        questionnaire = try row.get("questionnaire_id")
        version = Int(try row.get("version", as: Int32.self))
        language = Language(rawValue: try row.get("language"))!
        format = SheetEdition.Format(rawValue: try row.get("format"))!
        place = try row.get("place")
        state = State(rawValue: try row.get("state"))!
        let isSampled: Bool = try row.get("is_sampled", as: Bool?.self) ?? false
        let isReadTwice: Bool = try row.get("is_read_twice")
        let isOpen: Bool = try row.get("is_open")
        check = state != .entered || !isSampled ? .none : !isReadTwice ? .awaited : isOpen ? .differing : .done
        enteredBy = try row.get("read_by", as: UUID?.self).map { ID($0) }
        enteredByName = try row.get("read_by_name")
        enteredOn = try row.get("read_on", as: String?.self).flatMap { Day($0) }
    }
}

/// Why there is no answer where something is written.
public enum PaperMark: String, Sendable, Codable, CaseIterable {
    /// Nobody can read it.
    case unreadable
    /// It says two things that cannot both be: two boxes where one may be ticked, a rank given twice.
    case contradictory
}

/// What somebody found on a sheet.
public struct PaperAnswers: Sendable, Hashable {
    /// The answers that can be read.
    public var answers: Answers
    /// Why there is none where something is written, by the key of the question.
    public var marks: [String: PaperMark]

    /// What was found.
    public init(answers: Answers = Answers(), marks: [String: PaperMark] = [:]) {
        self.answers = answers
        self.marks = marks
    }

    /// Whether nothing at all was found.
    public var isEmpty: Bool { answers.isEmpty && marks.isEmpty }

    /// What was found for one question.
    public func found(_ question: String) -> Found {
        marks[question].map(Found.mark) ?? answers[question].map(Found.answer) ?? .nothing
    }

    /// What was found for a question.
    public enum Found: Sendable, Hashable {
        case nothing
        case answer(AnswerValue)
        case mark(PaperMark)
    }

    /// Takes what was found for one question from somewhere else.
    mutating func set(_ question: String, to found: Found) {
        answers[question] = nil
        marks[question] = nil
        switch found {
        case .nothing: break
        case .answer(let value): answers[question] = value
        case .mark(let mark): marks[question] = mark
        }
    }

    /// Without what stands in questions that nobody was asked who answered like this.
    func counted(in form: QuestionnaireForm) -> PaperAnswers {
        let asked = Set(form.asked(given: answers).flatMap(\.questions).map(\.key))
        return PaperAnswers(answers: form.counted(answers), marks: marks.filter { asked.contains($0.key) })
    }

    var marksJSON: String {
        get throws { try PaperJSON.encode(marks) }
    }

    init(answers: String, marks: String) throws {
        self.answers = try Answers(json: answers)
        self.marks = try PaperJSON.decode([String: PaperMark].self, from: marks)
    }
}

/// JSON as the tables of paper keep it.
enum PaperJSON {
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from json: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(json.utf8))
    }
}
