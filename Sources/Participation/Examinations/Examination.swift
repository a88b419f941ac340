public import Foundation
import Postgres

/// One look of the city at a proposal: who was asked, what they found, what the city answers, what the authors say.
public struct Examination: Sendable {
    /// Its identity.
    public let id: ID<Examination>
    /// 1 for the first, 2 for the one after a refusal, and so on.
    public let round: Int
    /// When it began.
    public let openedAt: Date
    /// The services that were asked.
    public let assignments: [Assignment]
    /// What they found, each service's latest opinion first.
    public let opinions: [Opinion]
    /// What the city asks the authors to change.
    public let request: AdaptationRequest?
    /// What the city answers.
    public let verdict: Verdict?
    /// What the authors say.
    public let answers: [AuthorAnswer]

    /// The opinions that stand: the latest of each service.
    public var standing: [Opinion] {
        var seen: Set<ID<ExaminingService>> = []
        return opinions.filter { seen.insert($0.service).inserted }
    }

    /// The cost lines that stand.
    public var costs: [CostLine] { standing.flatMap(\.costs) }

    /// What it costs to build or to run by the opinions that stand, in cents; nil where no line says.
    public func cost(_ kind: CostLine.Kind) -> Int64? {
        let lines: [CostLine] = costs.filter { $0.kind == kind }
        return lines.isEmpty ? nil : lines.reduce(0) { $0 + $1.cents }
    }

    /// The assignments of services that have not given an opinion.
    public var awaited: [Assignment] {
        assignments.filter { assignment in !opinions.contains { $0.service == assignment.service } }
    }
}

/// A service of the city that examines the proposals of a process.
public struct ExaminingService: Sendable, Hashable {
    /// Somebody who works there.
    public struct Member: Sendable, Hashable {
        /// The account, and the name its owner gave it.
        public let account: ID<Account>, name: String
    }

    /// Its identity.
    public let id: ID<ExaminingService>
    /// Its name for readers.
    public let name: Texts
    /// Where letters to the whole service go, beside those to its members.
    public let email: EmailAddress?
    /// Who works there.
    public let members: [Member]
}

/// A file given to a service.
public struct Assignment: Sendable, Hashable {
    /// Its identity.
    public let id: ID<Assignment>
    /// The service, and its name.
    public let service: ID<ExaminingService>, serviceName: Texts
    /// The last day for its opinion.
    public let due: Day
    /// Whether that day is over.
    public let isOverdue: Bool
    /// When it was given.
    public let at: Date
}

/// What a service finds.
public struct Opinion: Sendable, Hashable {
    /// Whether it can be done.
    public enum Feasibility: String, Sendable, CaseIterable {
        case feasible
        case withChanges = "with_changes"
        case notFeasible = "not_feasible"
        /// The law gives it to somebody else than the city.
        case outsidePowers = "outside_powers"
        case needsStudy = "needs_study"
    }

    /// The answer to one question of the check-list.
    public enum Answer: String, Sendable, CaseIterable {
        case yes, no, unclear
    }

    /// Its identity.
    public let id: ID<Opinion>
    /// The service, and its name.
    public let service: ID<ExaminingService>, serviceName: Texts
    /// Whoever wrote it; empty when the account has been closed.
    public let author: String
    /// Whether it can be done.
    public let feasibility: Feasibility
    /// The public words.
    public let words: Texts
    /// The questions of the check-list that were answered, in their order.
    public let answers: [Check]
    /// What it costs.
    public let costs: [CostLine]
    /// When it was given.
    public let at: Date

    /// A question and its answer.
    public struct Check: Sendable, Hashable {
        /// The question.
        public let question: ID<ExaminationPoint>, title: Texts
        /// Its answer.
        public let answer: Answer
    }
}

/// One line of what a proposal costs.
public struct CostLine: Sendable, Hashable {
    /// Once, or every year.
    public enum Kind: String, Sendable, CaseIterable {
        case investment, running
    }

    /// Once, or every year.
    public var kind: Kind
    /// What for.
    public var label: String
    /// In cents of the call's currency.
    public var cents: Int64

    /// A line with all it says.
    public init(kind: Kind, label: String, cents: Int64) {
        self.kind = kind
        self.label = label
        self.cents = cents
    }
}

/// What the city asks the authors to change before it answers.
public struct AdaptationRequest: Sendable, Hashable {
    /// The public words.
    public let words: Texts
    /// When it was asked.
    public let at: Date
}

/// What the city answers.
public struct Verdict: Sendable, Hashable {
    /// Whether it will be done, or may be voted on.
    public enum Outcome: String, Sendable, CaseIterable {
        case accepted, refused
    }

    /// Whether it can be done.
    public let outcome: Outcome
    /// Why not, from the process's list.
    public let reason: Texts?
    /// The public words, in three languages.
    public let words: Texts
    /// What it costs to build, in cents; nil when nobody said.
    public let cost: Int64?
    /// When it was decided, and when everybody could read it.
    public let decidedAt: Date, publishedAt: Date?
}

/// What an author says to the city.
public struct AuthorAnswer: Sendable, Hashable {
    /// What it answers.
    public enum Cause: String, Sendable {
        case adaptation, verdict
    }

    /// What it answers.
    public let cause: Cause
    /// Whoever wrote it; empty when the account has been closed.
    public let author: String
    /// The words.
    public let words: String
    /// The wording of the proposal that came with it, by its number.
    public let version: Int?
    /// When.
    public let at: Date
}

/// What staff say among themselves.
public struct InternalNote: Sendable, Hashable {
    /// Whoever wrote it; empty when the account has been closed.
    public let author: String
    /// The words.
    public let words: String
    /// When.
    public let at: Date
}

/// A question of the check-list, or a reason of refusal, of one process.
public struct ExaminationPoint: Sendable, Hashable {
    /// Its identity.
    public let id: ID<ExaminationPoint>
    /// For readers.
    public let title: Texts
}

/// Why something about an examination is not done.
public enum ExaminationRefusal: Error, Hashable, Sendable {
    /// The service has no name.
    case nameless
    /// Another service of the process has the name.
    case nameTaken
    /// The address is none.
    case malformedAddress
    /// No account has this address.
    case noAccount
    /// The service has files that wait for it.
    case serviceAtWork
    /// No proposal was chosen, or none that the act can be done to.
    case nothingChosen
    /// No service was chosen.
    case noService
    /// The last day is over already.
    case dueInThePast
    /// The proposal is not being examined.
    case notInExamination
    /// The service has not been asked.
    case notAssigned
    /// The city has answered already, or somebody else was quicker.
    case alreadyDecided
    /// There is no answer that could be taken back or published.
    case notDecided
    /// The authors have been asked already.
    case alreadyAsked
    /// There is nothing that the authors could answer.
    case nothingToAnswer
    /// One of the authors has answered already.
    case alreadyAnswered
    /// The words are missing, in that language where one is named; or too long.
    case wordless(Language?), tooLong
    /// A refusal gives no reason, or one that is not the process's.
    case reasonless
    /// A cost line has no label or no amount.
    case malformedCost(line: Int)
    /// A wording has no title or no text.
    case malformedProposal
    /// A vote has it: it is examined no more.
    case onBallot
}
