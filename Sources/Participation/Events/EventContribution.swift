import Foundation
import Postgres

/// Something that was said at an event, as an agent wrote it down. Nobody is named.
public struct EventContribution: Sendable {
    /// Where it led.
    public enum Lead: Sendable, Hashable {
        case proposal(ID<Proposal>)
        case argument(ID<DebateArgument>)
        case paragraph(ID<TextParagraph>)
        /// It was written into a questionnaire. Which answers those are is not kept.
        case questionnaire(ID<Questionnaire>)
    }

    /// Where it led, as pages name it. What is not published is nowhere.
    public enum Place: Sendable, Hashable {
        case proposal(number: Int64, title: String)
        /// By the handles of the consultation and the debate.
        case argument(consultation: String, debate: String, number: Int, title: String)
        case paragraph(consultation: String, text: String, number: Int, title: String)
        case questionnaire(consultation: String, handle: String, title: Texts)
    }

    /// Its identity, and its number within the event.
    public let id: ID<EventContribution>, number: Int
    /// What was said, in one language.
    public let words: String, language: Language
    /// Where it led; nil where it stands by itself, or where that is not public.
    public let place: Place?
    /// What became of it, in words; empty while nobody has said so.
    public let outcome: Texts

    /// What `init(row:)` reads, of ``tables``.
    static let columns: SQL = """
        event_contribution.id, event_contribution.number, event_contribution.words, event_contribution.language,
        event_contribution.outcome::text AS outcome,
        proposal.number AS proposal_number, proposal.title AS proposal_title,
        argument.number AS argument_number, argument.title AS argument_title, debate.handle AS debate_handle,
        text_paragraph.number AS paragraph_number, consultation_text.handle AS text_handle,
        consultation_text.title AS text_title, questionnaire.handle AS questionnaire_handle,
        questionnaire.title::text AS questionnaire_title, consultation.handle AS consultation_handle
        """
    static let tables: SQL = """
        event_contribution
        LEFT JOIN proposal ON proposal.id = event_contribution.proposal_id AND proposal.published_at IS NOT NULL
        LEFT JOIN argument ON argument.id = event_contribution.argument_id AND argument.withdrawn_at IS NULL
        LEFT JOIN debate ON debate.id = argument.debate_id AND debate.published_at IS NOT NULL
        LEFT JOIN text_paragraph ON text_paragraph.id = event_contribution.paragraph_id
        LEFT JOIN consultation_text ON consultation_text.id = text_paragraph.text_id
            AND consultation_text.live_version IS NOT NULL
        LEFT JOIN questionnaire ON questionnaire.id = event_contribution.questionnaire_id
        LEFT JOIN consultation ON consultation.published_at IS NOT NULL AND consultation.id = coalesce(
            debate.consultation_id, consultation_text.consultation_id, questionnaire.consultation_id)
        """

    init(row: Row) throws {
        id = try row.get("id")
        number = Int(try row.get("number", as: Int32.self))
        words = try row.get("words")
        language = Language(rawValue: try row.get("language")) ?? .french
        place = try Place(row: row)
        outcome = try Texts(json: row.get("outcome"))
    }
}

extension EventContribution.Place {
    fileprivate init?(row: Row) throws {
        if let number = try row.get("proposal_number", as: Int64?.self) {
            self = .proposal(number: number, title: try row.get("proposal_title"))
            return
        }
        guard let consultation = try row.get("consultation_handle", as: String?.self) else { return nil }
        if let debate = try row.get("debate_handle", as: String?.self) {
            self = .argument(
                consultation: consultation, debate: debate, number: Int(try row.get("argument_number", as: Int32.self)),
                title: try row.get("argument_title"))
        } else if let text = try row.get("text_handle", as: String?.self) {
            self = .paragraph(
                consultation: consultation, text: text, number: Int(try row.get("paragraph_number", as: Int32.self)),
                title: try row.get("text_title"))
        } else if let handle = try row.get("questionnaire_handle", as: String?.self) {
            self = .questionnaire(
                consultation: consultation, handle: handle, title: try Texts(json: row.get("questionnaire_title")))
        } else {
            return nil
        }
    }
}

/// Why what was said is not written down.
public enum ContributionRefusal: Hashable, Sendable {
    case wordsMissing, wordsTooLong(by: Int)
    /// No published proposal of that number in the process of the event.
    case noSuchProposal
    /// Not of the event's consultation.
    case noSuchPlace
    /// The event has not begun.
    case tooEarly
}
