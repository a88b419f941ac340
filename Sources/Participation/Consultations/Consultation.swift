public import Foundation
import Postgres

/// A consultation: residents are asked something precise, and are told what the city makes of what they said.
public struct Consultation: Sendable {
    /// Where it stands. Each stage ends when the next begins; the last has no end.
    public enum Stage: Int, Sendable, CaseIterable, Comparable {
        /// It is said what will be asked, and when.
        case announcement
        /// Answers, annotations, arguments are taken.
        case collection
        /// What was said is being put together.
        case synthesis
        /// The synthesis is published, the city's answer is awaited.
        case answer
        /// The city has answered; what it promised is followed.
        case followUp

        /// The order in which they come.
        public static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
    }

    /// Its identity.
    public let id: ID<Consultation>
    /// The process that it belongs to.
    public let process: ID<Process>
    /// Its handle in addresses: `/consultations/place-lambert`.
    public let handle: String
    /// What it is called, and in one paragraph what it is about.
    public let title: Texts, summary: Texts
    /// What it is for, what can and what cannot change through it, in Markdown.
    public let purpose: Texts, canChange: Texts, cannotChange: Texts
    /// Who answers questions: where, when, by which telephone.
    public let contact: Texts
    /// From when until when answers are taken.
    public let collectsFrom: Date, collectsUntil: Date
    /// The days by which the synthesis and the answer are promised.
    public let synthesisDue: Day, answerDue: Day
    /// When residents could see it first; nil while it is being prepared.
    public let publishedAt: Date?
    /// When the synthesis was published, and when the city's answer was.
    public let synthesisedAt: Date?, answeredAt: Date?
    /// Grows with each change of its words.
    public let revision: Int
    /// Where it stood when it was read, by the database's clock.
    public let stage: Stage

    /// Whether answers are taken now.
    public var isCollecting: Bool { publishedAt != nil && stage == .collection }

    /// What `init(row:)` reads, of the table `consultation`.
    static let columns: SQL = """
        consultation.id, consultation.process_id, consultation.handle, consultation.title::text AS title,
        consultation.summary::text AS summary, consultation.purpose::text AS purpose,
        consultation.can_change::text AS can_change, consultation.cannot_change::text AS cannot_change,
        consultation.contact::text AS contact, consultation.collects_from, consultation.collects_until,
        consultation.synthesis_due::text AS synthesis_due, consultation.answer_due::text AS answer_due,
        consultation.published_at, consultation.synthesised_at, consultation.answered_at, consultation.revision,
        \(sql: stage) AS stage
        """

    /// The stage of a row of `consultation`, as the number of a ``Stage``.
    static let stage: SQL = """
        (CASE WHEN consultation.answered_at IS NOT NULL THEN 4
              WHEN consultation.synthesised_at IS NOT NULL THEN 3
              WHEN consultation.collects_until <= clock_timestamp() THEN 2
              WHEN consultation.collects_from <= clock_timestamp() THEN 1
              ELSE 0 END)
        """

    init(row: Row) throws {
        id = try row.get("id")
        process = try row.get("process_id")
        handle = try row.get("handle")
        title = try Texts(json: row.get("title"))
        summary = try Texts(json: row.get("summary"))
        purpose = try Texts(json: row.get("purpose"))
        canChange = try Texts(json: row.get("can_change"))
        cannotChange = try Texts(json: row.get("cannot_change"))
        contact = try Texts(json: row.get("contact"))
        collectsFrom = try row.get("collects_from")
        collectsUntil = try row.get("collects_until")
        // The database gives days that exist, and a stage that there is.
        synthesisDue = Day(try row.get("synthesis_due", as: String.self))!
        answerDue = Day(try row.get("answer_due", as: String.self))!
        publishedAt = try row.get("published_at")
        synthesisedAt = try row.get("synthesised_at")
        answeredAt = try row.get("answered_at")
        revision = Int(try row.get("revision", as: Int32.self))
        stage = Stage(rawValue: Int(try row.get("stage", as: Int32.self)))!
    }
}
