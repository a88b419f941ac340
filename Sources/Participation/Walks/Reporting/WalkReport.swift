public import Foundation
import Postgres

/// By when a recommendation could be followed.
public enum Horizon: String, Sendable, CaseIterable, Codable {
    case immediate, planned, study
}

/// To whom a recommendation is addressed.
public enum RecommendationOwner: String, Sendable, CaseIterable, Codable {
    case town, landlord, metropolis, police, other
}

/// What agents write about the day itself.
public struct WalkReportFacts: Sendable, Hashable {
    /// Who asked for the walk, and what the weather was.
    public var commissioner: Texts, weather: Texts
    /// When it really began and ended; nil for as planned.
    public var startedAt: Date?, endedAt: Date?
    /// How long the way really was, in metres; nil for as long as the route.
    public var length: Int?
    /// Which services were expected and did not come.
    public var absentServices: Texts
    /// What the reader should know first, in Markdown.
    public var introduction: Texts
    /// When and where the city tells what became of it.
    public var returnAt: Date?, returnPlace: Texts

    /// Facts; nothing known unless more is said.
    public init(
        commissioner: Texts = Texts([:]), weather: Texts = Texts([:]), startedAt: Date? = nil, endedAt: Date? = nil,
        length: Int? = nil, absentServices: Texts = Texts([:]), introduction: Texts = Texts([:]),
        returnAt: Date? = nil, returnPlace: Texts = Texts([:])
    ) {
        self.commissioner = commissioner
        self.weather = weather
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.length = length
        self.absentServices = absentServices
        self.introduction = introduction
        self.returnAt = returnAt
        self.returnPlace = returnPlace
    }
}

/// A theme that runs through all stops, or a good practice: words of agents with figures of the observations.
public struct ReportSection: Sendable, Hashable {
    /// What it is.
    public enum Kind: String, Sendable, CaseIterable, Codable {
        case theme, practice
    }

    /// What it is.
    public var kind: Kind
    /// The key of the theme whose figures stand in it; nil for those of all observations.
    public var theme: String?
    /// Its heading, and its words in Markdown. ``ReportFigure`` are replaced by figures.
    public var title: Texts, words: Texts

    /// A section.
    public init(kind: Kind, theme: String? = nil, title: Texts, words: Texts) {
        self.kind = kind
        self.theme = theme
        self.title = title
        self.words = words
    }
}

/// A figure that agents put into their words, written `{problems}`: it is read from the observations when the report
/// is published.
public enum ReportFigure: String, Sendable, CaseIterable {
    case observations, strengths, problems, ideas, answered

    /// Its value.
    func value(_ tally: ObservationTally) -> Int {
        switch self {
        case .observations: tally.count
        case .strengths: tally.strengths
        case .problems: tally.problems
        case .ideas: tally.ideas
        case .answered: tally.answered
        }
    }

    /// The texts with every figure in its place.
    static func fill(_ texts: Texts, _ tally: ObservationTally) -> Texts {
        Texts(
            texts.byLanguage.mapValues { words in
                allCases.reduce(words) { $0.replacing("{\($1.rawValue)}", with: String($1.value(tally))) }
            })
    }
}

/// What the walk leads to: something to do, by when and by whom.
public struct Recommendation: Sendable, Hashable {
    /// By when, and to whom it is addressed.
    public var horizon: Horizon, owner: RecommendationOwner
    /// Who exactly; asked for where the owner is none of those that have a word.
    public var ownerName: String
    /// What to do, and why.
    public var title: Texts, words: Texts
    /// The numbers of the observations that it answers.
    public var observations: [Int]

    /// A recommendation.
    public init(
        horizon: Horizon, owner: RecommendationOwner, ownerName: String = "", title: Texts, words: Texts = Texts([:]),
        observations: [Int] = []
    ) {
        self.horizon = horizon
        self.owner = owner
        self.ownerName = ownerName
        self.title = title
        self.words = words
        self.observations = observations
    }
}

/// The report of a walk as it is being written.
public struct WalkReport: Sendable {
    /// Counts the changes; a form that was opened before another's change is refused.
    public let revision: Int
    /// The day itself.
    public let facts: WalkReportFacts
    /// What agents wrote, in order.
    public let sections: [(id: ID<ReportSection>, section: ReportSection)]
    /// What they recommend, in order.
    public let recommendations: [(id: ID<Recommendation>, recommendation: Recommendation)]
    /// What was published of it.
    public let versions: [ReportVersion]

    /// Whether something was changed after the last version.
    public let isChanged: Bool
}

/// A published version of a report.
public struct ReportVersion: Sendable, Hashable {
    /// Its number, from 1.
    public let number: Int
    /// When it was published.
    public let publishedAt: Date
}

/// Why a report is not changed or published.
public enum WalkReportRefusal: Error, Hashable, Sendable {
    /// Somebody else has changed it meanwhile.
    case changedMeanwhile
    /// It ends before it begins.
    case endsBeforeItBegins
    /// Not between 1 m and 100 km.
    case lengthOutOfRange
    /// The meeting at which the city answers would be before the walk.
    case returnBeforeTheWalk
    /// A heading is missing.
    case untitled
    /// Words are missing.
    case wordless
    /// There is no such theme.
    case noSuchTheme
    /// Nobody is named as the owner.
    case ownerMissing
    /// These numbers are not of published observations.
    case noSuchObservation([Int])
    /// Text that is longer than the limit, in the field named.
    case tooLong(field: String, limit: Int)
    /// The walk is not public.
    case walkNotPublished
    /// The walk has not been held.
    case notHeld
    /// There is no introduction.
    case introductionMissing
    /// Nothing of what was seen is public.
    case nothingPublished
    /// More observations than a report tells.
    case tooManyObservations(limit: Int)
}
