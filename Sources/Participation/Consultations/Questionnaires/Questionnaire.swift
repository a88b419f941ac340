public import Foundation
import Postgres

/// How a questionnaire is answered.
public enum AnswerWay: String, Sendable, CaseIterable, Codable {
    /// Signed in.
    case account
    /// With a one-time code from a letter or a stand.
    case code
    /// By whoever has the address.
    case link
    /// On a device of the agency that stands somewhere.
    case kiosk
    /// Said to an agent, who enters it.
    case agent
    /// On a printed sheet that somebody enters afterwards.
    case paper
}

/// A questionnaire of a consultation.
public struct Questionnaire: Sendable {
    /// Its identity.
    public let id: ID<Questionnaire>
    /// The consultation that it belongs to.
    public let consultation: ID<Consultation>
    /// Its handle below the consultation's: `/consultations/place-lambert/questionnaires/usages`.
    public let handle: String
    /// Its place among the questionnaires of the consultation.
    public let position: Int
    /// What it is called, what is said before the first question and after the last.
    public let title: Texts, introduction: Texts, thanks: Texts
    /// The ways in which it is answered; never empty.
    public let ways: Set<AnswerWay>
    /// Whether nothing that is kept leads from a person to an answer.
    public let isAnonymous: Bool
    /// Whether each account, each code and each sheet answers once.
    public let once: Bool
    /// Whether answers may be changed until the consultation closes.
    public let mayEdit: Bool
    /// The version that is answered now, and since when there is one; nil while it is being prepared.
    public let liveVersion: Int?, openedAt: Date?
    /// Grows with each change of its settings and its draft.
    public let revision: Int

    /// What `init(row:)` reads, of the table `questionnaire`.
    static let columns: SQL = """
        questionnaire.id, questionnaire.consultation_id, questionnaire.handle, questionnaire.position,
        questionnaire.title::text AS title, questionnaire.introduction::text AS introduction,
        questionnaire.thanks::text AS thanks, questionnaire.ways, questionnaire.is_anonymous, questionnaire.once,
        questionnaire.may_edit, questionnaire.live_version, questionnaire.opened_at, questionnaire.revision
        """

    init(row: Row) throws {
        id = try row.get("id")
        consultation = try row.get("consultation_id")
        handle = try row.get("handle")
        position = Int(try row.get("position", as: Int32.self))
        title = try Texts(json: row.get("title"))
        introduction = try Texts(json: row.get("introduction"))
        thanks = try Texts(json: row.get("thanks"))
        ways = Set(try row.get("ways", as: [String].self).compactMap(AnswerWay.init))
        isAnonymous = try row.get("is_anonymous")
        once = try row.get("once")
        mayEdit = try row.get("may_edit")
        liveVersion = try row.get("live_version", as: Int32?.self).map(Int.init)
        openedAt = try row.get("opened_at")
        revision = Int(try row.get("revision", as: Int32.self))
    }
}

/// One person's answers to a questionnaire. Only its identity and what hangs on it is used outside of answering.
public struct Response: Sendable {
    /// Its identity: random, so that it says nothing of an order.
    public let id: ID<Response>
    /// The questionnaire and the version of it that was answered.
    public let questionnaire: ID<Questionnaire>, version: Int
    /// How it came, in which language, and on which day.
    public let way: AnswerWay, language: Language, receivedOn: Day
    /// What was answered, by the key of the question.
    public let answers: Answers

    /// What `init(row:)` reads, of the table `response`.
    static let columns: SQL = """
        response.id, response.questionnaire_id, response.version, response.way, response.language,
        response.received_on::text AS received_on, response.answers::text AS answers
        """

    init(row: Row) throws {
        id = try row.get("id")
        questionnaire = try row.get("questionnaire_id")
        version = Int(try row.get("version", as: Int32.self))
        // The schema's checks leave no other words, and its days exist.
        way = AnswerWay(rawValue: try row.get("way"))!
        language = Language(rawValue: try row.get("language"))!
        receivedOn = Day(try row.get("received_on", as: String.self))!
        answers = try Answers(json: row.get("answers"))
    }
}

/// The questionnaires of a consultation.
extension Consultations {
    /// The questionnaires of a consultation in their order, those being prepared included.
    public func questionnaires(of consultation: ID<Consultation>) async throws -> [Questionnaire] {
        try await Self.questionnaires(where: "questionnaire.consultation_id = \(consultation)", in: pool)
    }

    /// The questionnaire with the handle, open or not: who shows it asks ``Questionnaire/liveVersion``.
    public func questionnaire(
        _ handle: String, of consultation: ID<Consultation>
    ) async throws -> Questionnaire? {
        try await Self.questionnaires(
            where: "questionnaire.consultation_id = \(consultation) AND questionnaire.handle = \(handle)", in: pool
        ).first
    }

    /// What a version of a questionnaire asks; nil when there is no such version.
    public func form(of questionnaire: ID<Questionnaire>, version: Int) async throws -> QuestionnaireForm? {
        try await Self.form(of: questionnaire, version: version, in: pool)
    }

    static func questionnaires(where condition: SQL, in executor: some Executor) async throws -> [Questionnaire] {
        try await executor.query(
            "questionnaire.list",
            """
            SELECT \(sql: Questionnaire.columns) FROM questionnaire WHERE \(sql: condition)
            ORDER BY questionnaire.consultation_id, questionnaire.position, questionnaire.handle
            """
        ).map(Questionnaire.init(row:))
    }

    static func form(
        of questionnaire: ID<Questionnaire>, version: Int, in executor: some Executor
    ) async throws -> QuestionnaireForm? {
        let row: Row? = try await executor.one(
            "questionnaire.form",
            """
            SELECT form::text AS form FROM questionnaire_version
            WHERE questionnaire_id = \(questionnaire) AND number = \(version)
            """)
        return try row.map { try QuestionnaireForm(json: $0.get("form")) }
    }
}
