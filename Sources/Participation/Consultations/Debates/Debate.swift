public import Foundation
import Postgres

/// A question on which several sides are heard.
public struct Debate: Sendable {
    /// A side that arguments speak for.
    public struct Side: Sendable, Hashable {
        /// Its place, from 1.
        public let number: Int
        /// What it says.
        public let title: Texts
        /// What was heard on it, in Markdown; with the conclusions.
        public let heard: Texts

        /// The side at a place.
        public init(number: Int, title: Texts, heard: Texts = Texts([:])) {
            self.number = number
            self.title = title
            self.heard = heard
        }
    }

    /// How many sides there may be.
    public static let sideLimits = 2...5

    /// Its identity, and its handle within the consultation.
    public let id: ID<Debate>, handle: String
    /// The consultation that it is part of.
    public let consultation: ID<Consultation>
    /// What is debated, and what one has to know, in Markdown.
    public let question: Texts, context: Texts
    /// Whether nobody sees how many find an argument convincing before it is closed.
    public let hidesCounts: Bool
    /// What came of it, in Markdown, and since when it stands there for everybody.
    public let conclusions: Texts, concludedAt: Date?
    /// When residents could see it first; nil while it is being prepared.
    public let publishedAt: Date?
    /// Grows with each change of its words.
    public let revision: Int
    /// Whether arguments were taken when it was read, by the database's clock.
    public let isOpen: Bool
    /// The sides, by number.
    public let sides: [Side]
    /// How many arguments stand, those joined to others left out.
    public let arguments: Int

    /// Whether how many find an argument convincing is shown.
    public var showsCounts: Bool { !hidesCounts || !isOpen }

    /// What `init(row:)` reads, of ``tables``.
    static let columns: SQL = """
        debate.id, debate.handle, debate.consultation_id, debate.question::text AS question,
        debate.context::text AS context, debate.hides_counts, debate.conclusions::text AS conclusions,
        debate.concluded_at, debate.published_at, debate.revision,
        \(sql: isOpen) AS is_open,
        (SELECT coalesce(json_agg(json_build_array(debate_side.title, debate_side.heard) ORDER BY debate_side.number),
                         '[]'::json)::text
         FROM debate_side WHERE debate_side.debate_id = debate.id) AS sides,
        (SELECT count(*) FROM argument
         WHERE argument.debate_id = debate.id AND argument.joined_into IS NULL
           AND argument.withdrawn_at IS NULL)::int AS arguments
        """
    static let tables: SQL = "debate JOIN consultation ON consultation.id = debate.consultation_id"

    /// Whether arguments are taken, of ``tables``: while the consultation collects, until conclusions close it.
    static let isOpen: SQL = """
        (debate.published_at IS NOT NULL AND debate.concluded_at IS NULL AND consultation.published_at IS NOT NULL
         AND \(sql: Consultation.stage) = \(Int32(Consultation.Stage.collection.rawValue)))
        """

    init(row: Row) throws {
        id = try row.get("id")
        handle = try row.get("handle")
        consultation = try row.get("consultation_id")
        question = try Texts(json: row.get("question"))
        context = try Texts(json: row.get("context"))
        hidesCounts = try row.get("hides_counts")
        conclusions = try Texts(json: row.get("conclusions"))
        concludedAt = try row.get("concluded_at")
        publishedAt = try row.get("published_at")
        revision = Int(try row.get("revision", as: Int32.self))
        isOpen = try row.get("is_open")
        let pairs: [[[String: String]]] = try JSONDecoder().decode(
            [[[String: String]]].self, from: Data(row.get("sides", as: String.self).utf8))
        sides = pairs.enumerated().map { index, pair in
            Side(number: index + 1, title: Texts(pair[0]), heard: Texts(pair[1]))
        }
        arguments = Int(try row.get("arguments", as: Int32.self))
    }
}

/// What agents say of a debate.
public struct DebateDraft: Sendable, Hashable {
    /// What is debated, and what one has to know.
    public var question: Texts, context: Texts
    /// What each side says; an empty one at the end is no side.
    public var sides: [Texts]
    /// Whether nobody sees how many find an argument convincing before it is closed.
    public var hidesCounts: Bool

    /// What agents say of a debate.
    public init(question: Texts, context: Texts = Texts([:]), sides: [Texts], hidesCounts: Bool = false) {
        self.question = question
        self.context = context
        self.sides = sides
        self.hidesCounts = hidesCounts
    }

    /// The sides that are said, empty ones at the end left out.
    var saidSides: [Texts] {
        Array(sides.prefix(sides.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 0))
    }

    /// Everything that is wrong with it.
    var problems: [DebateRefusal] {
        var problems: [DebateRefusal] = question.isEmpty ? [.questionMissing] : []
        let said: [Texts] = saidSides
        if !Debate.sideLimits.contains(said.count) {
            problems.append(.sides)
        } else if let gap = said.firstIndex(where: \.isEmpty) {
            problems.append(.sideMissing(gap + 1))
        }
        return problems
    }
}

/// Why a debate is not planned, changed, published, closed or taken away.
public enum DebateRefusal: Hashable, Sendable {
    case questionMissing, malformedHandle, handleTaken
    /// Fewer than two sides, or more than five.
    case sides
    /// A side before another one has no words.
    case sideMissing(Int)
    /// Somebody has argued for a side that would go.
    case sideInUse
    /// Somebody else has changed it meanwhile.
    case changedMeanwhile
    /// Published, or not published.
    case published, notPublished
    /// Somebody has argued.
    case inUse
    /// Conclusions without words; closed already.
    case conclusionsMissing, concluded
}
