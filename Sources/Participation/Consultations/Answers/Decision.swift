public import Foundation
import Postgres

/// What the city decides after a consultation: what people said, what is done about it, and why.
public struct Decision: Sendable {
    /// What was decided.
    public enum Kind: String, Sendable, CaseIterable, Codable {
        /// It is done already.
        case done
        /// It will be done by a day.
        case planned
        /// It is looked into until a day.
        case study
        /// A part of it will be done by a day.
        case partly
        /// It will not be done.
        case refused

        /// Whether it promises a day.
        public var promises: Bool { self == .planned || self == .study || self == .partly }

        /// Where it stands on the day on which it is published.
        var status: Status {
            switch self {
            case .done: .done
            case .planned, .partly: .planned
            case .study: .study
            case .refused: .refused
            }
        }
    }

    /// Where a published decision stands.
    public enum Status: String, Sendable, CaseIterable, Codable {
        case study, planned
        case underWay = "under_way"
        case done, refused, abandoned

        /// Whether something is still to come.
        public var isOpen: Bool { self == .study || self == .planned || self == .underWay }
        /// What may become of an open decision.
        public static let turns: [Status] = [.study, .planned, .underWay, .done, .abandoned]
    }

    /// Its identity, and its number among the decisions of the consultation, which it keeps.
    public let id: ID<Decision>, number: Int
    /// What is written of it.
    public let draft: DecisionDraft
    /// Counts its changes.
    public let revision: Int
    /// When it was published first.
    public let publishedAt: Date?
    /// Where it stands, and until when the next thing is promised; nil before it is published.
    public let status: Status?, promisedOn: Day?
    /// What it answers.
    public internal(set) var voices: [Voice] = []

    static let columns: SQL = """
        decision.id, decision.number, decision.title::text AS title, decision.said::text AS said,
        decision.decided::text AS decided, decision.reason::text AS reason, decision.kind, decision.service,
        decision.due_on::text AS due_on, decision.revision, decision.published_at, decision.status,
        decision.promised_on::text AS promised_on
        """

    init(row: Row) throws {
        id = try row.get("id")
        number = Int(try row.get("number", as: Int32.self))
        draft = DecisionDraft(
            title: try Texts(json: row.get("title")), said: try Texts(json: row.get("said")),
            decided: try Texts(json: row.get("decided")), reason: try Texts(json: row.get("reason")),
            // The schema's checks leave no other words.
            kind: Kind(rawValue: try row.get("kind"))!, service: try row.get("service"), due: try row.day("due_on"))
        revision = Int(try row.get("revision", as: Int32.self))
        publishedAt = try row.get("published_at")
        status = try row.get("status", as: String?.self).flatMap(Status.init)
        promisedOn = try row.day("promised_on")
    }

    /// What it lacks to be published.
    public var lacks: [DecisionPart] {
        DecisionPart.allCases.filter { part in
            switch part {
            case .said: draft.said.isEmpty
            case .decided: draft.decided.isEmpty
            case .reason: draft.reason.isEmpty
            case .service: draft.service.isEmpty
            case .due: draft.kind.promises && draft.due == nil
            }
        }
    }
}

/// What agents write of a decision.
public struct DecisionDraft: Sendable, Hashable {
    /// A heading, what people said, what the city decides, and why.
    public var title: Texts, said: Texts, decided: Texts, reason: Texts
    /// What was decided.
    public var kind: Decision.Kind
    /// The service in charge.
    public var service: String
    /// The day that is promised.
    public var due: Day?

    /// A decision; nothing written unless more is said.
    public init(
        title: Texts, said: Texts = Texts([:]), decided: Texts = Texts([:]), reason: Texts = Texts([:]),
        kind: Decision.Kind = .planned, service: String = "", due: Day? = nil
    ) {
        self.title = title
        self.said = said
        self.decided = decided
        self.reason = reason
        self.kind = kind
        self.service = service
        self.due = due
    }
}

/// The decisions of a consultation as they are being written.
public struct DecisionFile: Sendable {
    /// Counts the changes of all of them.
    public let revision: Int
    /// The decisions, in order.
    public let decisions: [Decision]
    /// What the things are called that they answer.
    public let labels: [Voice: VoiceLabel]
    /// What was published of them, the last one first.
    public let editions: [Edition]
    /// Whether something was written after the last edition.
    public let isChanged: Bool
}

/// All that an edition of the answer says.
public struct AnswerContent: Codable, Sendable {
    /// One decision as it was published.
    public struct Decision: Codable, Sendable {
        /// Its identity, and its number.
        let id: UUID
        /// Its number.
        public let number: Int
        /// A heading, what people said, what the city decides, and why.
        public let title: Texts, said: Texts, decided: Texts, reason: Texts
        /// What was decided, and who is in charge.
        public let kind: Participation.Decision.Kind, service: String
        /// The day that was promised, as `yyyy-mm-dd`.
        let due: String?
        /// What it answers.
        public let voices: [Voice]

        /// Its identity.
        public var decision: ID<Participation.Decision> { ID(id) }
        /// The day that was promised.
        public var dueOn: Day? { due.flatMap { Day($0) } }
    }

    /// Title and handle of the consultation, title and handle of its process.
    public let title: Texts, consultation: String, processTitle: Texts, process: String
    /// The decisions, in order.
    public let decisions: [Decision]
}

/// What became of a decision on a day.
public struct DecisionTurn: Sendable {
    /// Its identity.
    public let id: ID<DecisionTurn>
    /// Whose turn it is, by its number and heading.
    public let decision: ID<Decision>, number: Int, title: Texts
    /// Where it stood from then on, until when the next thing was promised, and what there was to say.
    public let status: Decision.Status, due: Day?, words: Texts
    /// When it was written.
    public let notedAt: Date

    static let columns: SQL = """
        decision_turn.id, decision_turn.decision_id, decision.number, decision.title::text AS title,
        decision_turn.status, decision_turn.due_on::text AS due_on, decision_turn.words::text AS words,
        decision_turn.noted_at
        """

    init(row: Row) throws {
        id = try row.get("id")
        decision = try row.get("decision_id")
        number = Int(try row.get("number", as: Int32.self))
        title = try Texts(json: row.get("title"))
        // The schema's check leaves no other word.
        status = Decision.Status(rawValue: try row.get("status"))!
        due = try row.day("due_on")
        words = try Texts(json: row.get("words"))
        notedAt = try row.get("noted_at")
    }
}

/// The answer of the city as everybody reads it.
public struct PublishedAnswer: Sendable {
    /// Where a decision stands now.
    public struct Standing: Sendable {
        /// Where it stands, and until when the next thing is promised.
        public let status: Decision.Status, promisedOn: Day?
        /// By how many days that is over; 0 when it is not.
        public let daysLate: Int
        /// What became of it, the latest first.
        public let turns: [DecisionTurn]
    }

    /// What it says.
    public let content: AnswerContent
    /// Which edition it is; nil for a draft.
    public let edition: Edition?
    /// All editions, the last one first.
    public let editions: [Edition]
    /// What the things are called that the decisions answer. One that is no longer public has no name.
    public let labels: [Voice: VoiceLabel]
    /// Where the decisions stand now.
    public let standings: [ID<Decision>: Standing]
}
