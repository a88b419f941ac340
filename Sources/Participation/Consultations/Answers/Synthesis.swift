public import Foundation
import Postgres

/// A part of a synthesis. Each has to be written before it is published.
public enum SynthesisSection: String, Sendable, CaseIterable, Codable {
    /// What was asked.
    case asked
    /// Who took part.
    case people
    /// What was said.
    case said
    /// What the figures do not say.
    case limits
}

/// The synthesis of a consultation as it is being written.
public struct SynthesisDraft: Sendable {
    /// Counts the changes; a form that was opened before another's change is refused.
    public let revision: Int
    /// What is written, in Markdown with marks of figures.
    public let sections: [SynthesisSection: Texts]
    /// What was published of it, the last one first.
    public let editions: [Edition]
    /// Whether something was written after the last edition.
    public let isChanged: Bool
}

/// All that an edition of a synthesis says.
public struct SynthesisContent: Codable, Sendable {
    /// A part of it.
    public struct Section: Codable, Sendable {
        /// Which one.
        public let kind: SynthesisSection
        /// Markdown with marks of figures.
        public let words: Texts
    }

    /// Title and handle of the consultation, title and handle of its process.
    public let title: Texts, consultation: String, processTitle: Texts, process: String
    /// From when until when answers were taken.
    public let collectedFrom: Date, collectedUntil: Date
    /// Its parts.
    public let sections: [Section]
    /// Its figures by their marks.
    public internal(set) var figures: [String: SynthesisFigure]
}

/// A synthesis as it is read.
public struct PublishedSynthesis: Sendable {
    /// What it says.
    public let content: SynthesisContent
    /// Which edition it is; nil for a draft.
    public let edition: Edition?
    /// All editions, the last one first.
    public let editions: [Edition]
    /// How many quotes were taken out since.
    public let withdrawnQuotes: Int
}

/// Why a synthesis or an answer is not changed or published.
public enum SynthesisRefusal: Error, Hashable, Sendable {
    /// Somebody else has changed it meanwhile.
    case changedMeanwhile
    /// A text that is longer than the limit, in the field named.
    case tooLong(field: String, limit: Int)
    /// A line that names no figure: its section, the language, the line and what stands there.
    case noSuchFigure(SynthesisSection, language: String, line: Int, mark: String)
    /// A part of the synthesis has no words.
    case sectionMissing(SynthesisSection)
    /// The consultation is not public.
    case notPublished
    /// Answers are still taken.
    case stillCollecting
    /// Anonymous answers are still on their way.
    case stillArriving
    /// Nothing was changed since the last edition.
    case unchanged
    /// An edition after the first says what was changed and why.
    case changeMissing
    /// The synthesis comes before the answer.
    case notSynthesised
    /// There is no decision.
    case noDecision
    /// A decision of that number lacks something.
    case decisionLacks(Int, DecisionPart)
    /// A decision of that number promises a day that is over.
    case alreadyLate(Int)
    /// A heading is missing.
    case untitled
    /// Words are missing.
    case wordless
    /// A published decision stays; it is written anew with the reason.
    case alreadyPublished
    /// More decisions, or more links of one decision, than there may be.
    case tooMany(limit: Int)
    /// It names nothing that people said here, or nothing that is public.
    case noSuchVoice
    /// The decision was carried out, refused or given up: nothing more becomes of it.
    case settled
}

/// What a decision has to have before it is published.
public enum DecisionPart: String, Hashable, Sendable, CaseIterable {
    case said, decided, reason, service, due
}
