public import Foundation
import Postgres

/// What a service of the city answers to what was seen.
public struct ServiceAnswer: Sendable {
    /// What becomes of it.
    public enum Decision: String, Sendable, CaseIterable {
        case done, planned, study, refused

        /// Whether it comes with a day: until when it is done, or studied.
        public var isDated: Bool { self == .planned || self == .study }
    }

    /// Its identity.
    public let id: ID<ServiceAnswer>
    /// The service, and its name.
    public let service: ID<ExaminingService>, serviceName: Texts
    /// What becomes of it, why, and until when.
    public let decision: Decision, words: Texts, dueOn: Day?
    /// When it was written and by whom; the name is empty once the account is closed, and where the operator did.
    public let givenAt: Date, author: String
    /// When everybody could read it; nil while it waits for that.
    public let publishedAt: Date?

    /// Whether the service that wrote it has the observation now. What waits of another one is neither shown nor
    /// published; should the observation come back, so does it.
    static let isOfHolder: SQL = """
        EXISTS (SELECT FROM observation_assignment AS held
                WHERE held.observation_id = observation_answer.observation_id AND held.withdrawn_at IS NULL
                  AND held.service_id = observation_answer.service_id)
        """

    /// Answers of one observation, what waits first and then the latest.
    static func selection(where condition: SQL) -> SQL {
        """
        SELECT observation_answer.id, observation_answer.service_id, service.name::text AS service_name,
               observation_answer.decision, observation_answer.words::text AS words,
               observation_answer.due_on::text AS due_on, observation_answer.given_at,
               coalesce(account.name, '') AS author, observation_answer.published_at
        FROM observation_answer JOIN service ON service.id = observation_answer.service_id
        LEFT JOIN account ON account.id = observation_answer.given_by
        WHERE \(sql: condition) AND (observation_answer.published_at IS NOT NULL OR \(sql: isOfHolder))
        ORDER BY observation_answer.published_at DESC NULLS FIRST
        """
    }

    init(row: Row) throws {
        id = try row.get("id")
        service = try row.get("service_id")
        serviceName = try Texts(json: row.get("service_name"))
        // The schema's check leaves no other word.
        decision = Decision(rawValue: try row.get("decision"))!
        words = try Texts(json: row.get("words"))
        dueOn = try row.day("due_on")
        givenAt = try row.get("given_at")
        author = try row.get("author")
        publishedAt = try row.get("published_at")
    }
}

/// What is written as an answer.
public struct ServiceAnswerDraft: Sendable, Hashable {
    /// What becomes of it; nil while nobody has chosen.
    public var decision: ServiceAnswer.Decision?
    /// Why and how.
    public var words: Texts
    /// Until when it is done, or studied.
    public var dueOn: Day?

    /// All of it.
    public init(decision: ServiceAnswer.Decision?, words: Texts, dueOn: Day? = nil) {
        self.decision = decision
        self.words = words
        self.dueOn = dueOn
    }

    /// The most characters of an answer in one language.
    public static let longestWords = 5_000

    func misfits() -> [AnswerRefusal] {
        var reasons: [AnswerRefusal] = []
        if decision == nil { reasons.append(.decisionMissing) }
        if words.isEmpty { reasons.append(.wordsMissing) }
        if words.byLanguage.values.contains(where: { $0.unicodeScalars.count > Self.longestWords }) {
            reasons.append(.wordsTooLong)
        }
        if decision?.isDated == true, dueOn == nil { reasons.append(.dayMissing) }
        return reasons
    }
}

/// Something that happened after the answer.
public struct FollowUpTurn: Sendable {
    /// What stands from then on.
    public let status: FollowUp.Status
    /// The day that was promised before, and the one that is since.
    public let dueBefore: Day?, dueOn: Day?
    /// Why another day, or what shows that it is done.
    public let words: Texts
    /// When it was written and by whom; the name is empty once the account is closed, and where the operator did.
    public let at: Date, author: String

    /// Turns of one observation, the latest first.
    static func selection(where condition: SQL) -> SQL {
        """
        SELECT observation_turn.status, observation_turn.due_before::text AS due_before,
               observation_turn.due_on::text AS due_on, observation_turn.words::text AS words,
               observation_turn.made_at, coalesce(account.name, '') AS author
        FROM observation_turn LEFT JOIN account ON account.id = observation_turn.made_by
        WHERE \(sql: condition) ORDER BY observation_turn.made_at DESC, observation_turn.id DESC
        """
    }

    init(row: Row) throws {
        // The schema's check leaves no other word.
        status = FollowUp.Status(rawValue: try row.get("status"))!
        dueBefore = try row.day("due_before")
        dueOn = try row.day("due_on")
        words = try Texts(json: row.get("words"))
        at = try row.get("made_at")
        author = try row.get("author")
    }
}

/// Why an answer is not given, not published, or not changed.
public enum AnswerRefusal: Error, Hashable, Sendable {
    /// Nothing was chosen, or nothing of it is public.
    case nothingChosen
    /// No service of the process was chosen.
    case noService
    case decisionMissing, wordsMissing, wordsTooLong
    /// A day is missing, or over.
    case dayMissing, dayOver
    /// No service has it, or not the actor's.
    case notGiven
    /// There is no answer to publish.
    case nothingToPublish
    /// What is so cannot become that.
    case wrongStatus
    /// Another day, or an end, is explained in public.
    case reasonMissing
    /// Nothing would change.
    case unchanged
}
