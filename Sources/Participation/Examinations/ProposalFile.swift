public import Foundation
import Postgres

/// Everything that staff know of a proposal.
public struct ProposalFile: Sendable {
    /// The proposal.
    public let proposal: Proposal
    /// The services in whose name the reader may write; nil for all.
    public let services: [ID<ExaminingService>]?
    /// The currency of its costs.
    public let currency: String
    /// The name of its district and the title of its theme.
    public let district: Texts?, theme: Texts?
    /// The names of its authors; the name of a closed account is empty.
    public let authors: [String]
    /// The examinations, the latest first.
    public let examinations: [Examination]
    /// What staff said among themselves, by examination.
    public let notes: [ID<Examination>: [InternalNote]]
    /// What was done about it, the latest first.
    public let acts: [Act]
}

/// Which files a list shows.
public struct FileFilter: Sendable, Hashable {
    /// Those in one state.
    public var state: FileLine.State?
    /// Those that a service was asked about.
    public var service: ID<ExaminingService>?
    /// Those that are overdue.
    public var overdue: Bool

    /// Without arguments, all files.
    public init(state: FileLine.State? = nil, service: ID<ExaminingService>? = nil, overdue: Bool = false) {
        self.state = state
        self.service = service
        self.overdue = overdue
    }
}

/// A file as a line of a list.
public struct FileLine: Sendable {
    /// Where a file stands.
    public enum State: String, Sendable, CaseIterable {
        /// Received; nobody has looked at it.
        case waiting
        /// In examination, and no service has been asked.
        case unassigned
        /// Services are being waited for.
        case asked
        /// All services have answered; the city's answer is awaited.
        case ready
        /// The answer is written and not published.
        case decided
        /// The answer is published.
        case answered
        /// It ended otherwise: withdrawn, joined, or without an examination.
        case closed
    }

    /// Where a line stands in a list, to go on from.
    public struct Place: Sendable, Hashable {
        /// The last day, as the database writes it.
        public let day: String
        /// The number of the proposal.
        public let number: Int64

        /// The place of a line with that day, or with none, and that number.
        public init(day: Day?, number: Int64) {
            self.day = day?.description ?? "infinity"
            self.number = number
        }
    }

    /// The proposal.
    public let number: Int64, title: String, language: Language, status: Proposal.Status
    /// Where it stands.
    public let state: State
    /// How many people support it. For agents alone while counts are hidden.
    public let supports: Int
    /// Which examination it is in; 0 before the first.
    public let round: Int
    /// The first of the last days of opinions still awaited, and whether it is over.
    public let due: Day?, isOverdue: Bool
    /// The services that were asked.
    public let services: [Texts]
    /// The answer of the city, published or not.
    public let outcome: Verdict.Outcome?

    /// Where it stands in a list.
    public var place: Place { Place(day: due, number: number) }
}

/// What waits for a service.
public struct ServiceLoad: Sendable {
    /// The service, and its name.
    public let service: ID<ExaminingService>, name: Texts
    /// Files without its opinion, and those among them whose last day is over.
    public let waiting: Int, overdue: Int
    /// The first of their last days.
    public let next: Day?
}

/// A file as a row of a table for other programs: all that may leave the service.
public struct FileRecord: Sendable {
    /// The file.
    public let line: FileLine
    /// The code of its district.
    public let district: String?
    /// What the standing opinions add up to, and what the answer says, in cents.
    public let investment: Int64?, running: Int64?, final: Int64?
    /// Why it was refused.
    public let reason: Texts?
    /// When it was decided and published.
    public let decidedAt: Date?, publishedAt: Date?
}

// The schema's checks leave no other words than those of the enumerations.

extension FileLine {
    init(row: Row) throws {
        number = try row.get("number")
        title = try row.get("title")
        language = Language(rawValue: try row.get("language"))!
        status = Proposal.Status(rawValue: try row.get("status"))!
        state = State(rawValue: try row.get("state"))!
        supports = Int(try row.get("support_count", as: Int32.self))
        round = Int(try row.get("round", as: Int32.self))
        due = try row.get("due", as: String?.self).flatMap(Day.init)
        isOverdue = try row.get("overdue")
        services = try row.get("names", as: [String].self).map { try Texts(json: $0) }
        outcome = try row.get("outcome", as: String?.self).flatMap(Verdict.Outcome.init)
    }
}

extension FileRecord {
    init(row: Row) throws {
        line = try FileLine(row: row)
        district = try row.get("district_code")
        investment = try row.get("investment")
        running = try row.get("running")
        final = try row.get("final")
        reason = try row.get("reason", as: String?.self).map { try Texts(json: $0) }
        decidedAt = try row.get("decided_at")
        publishedAt = try row.get("published_at")
    }
}
