public import Postgres

/// A role of the voting by-law. Given for everything, for one process or for one vote.
public enum Role: String, CaseIterable, Codable, Hashable, Sendable, PostgresEncodable, PostgresDecodable {
    /// Gives and takes roles, and nothing else.
    case administrator
    /// Runs processes, phases and votes from the first page to the last.
    case participationAgent = "participation_agent"
    case moderator
    /// Examines ideas for a technical service.
    case examiner
    /// Marks people and hands out papers at a polling place.
    case pollingOfficer = "polling_officer"
    /// Enters the papers of a batch.
    case entryOperator = "entry_operator"
    /// Settles differences between two entries.
    case adjudicator
    /// Answers for a vote: opens, closes, counts, publishes.
    case returningOfficer = "returning_officer"
    /// Keeps the key that opens the ballots.
    case custodian
    /// Reads everything that is not personal.
    case auditor
}

/// What a role is held for.
public enum Scope: Hashable, Sendable {
    case everything
    case process(ID<Process>)
    case vote(ID<Vote>)

    var processID: ID<Process>? { if case .process(let id) = self { id } else { nil } }
    var voteID: ID<Vote>? { if case .vote(let id) = self { id } else { nil } }

    init(process: ID<Process>?, vote: ID<Vote>?) {
        if let vote {
            self = .vote(vote)
        } else if let process {
            self = .process(process)
        } else {
            self = .everything
        }
    }
}

/// A role held now, with what it is held for.
public struct HeldRole: Hashable, Sendable {
    /// The role.
    public let role: Role
    /// What it is held for.
    public let scope: Scope

    /// `role`, held for `scope`.
    public init(_ role: Role, for scope: Scope = .everything) {
        self.role = role
        self.scope = scope
    }

    /// Whether the role covers this process and this vote of it.
    public func covers(process: ID<Process>?, vote: ID<Vote>?) -> Bool {
        switch scope {
        case .everything: true
        case .process(let held): held == process
        case .vote(let held): held == vote
        }
    }
}

extension Collection where Element == HeldRole {
    /// Whether `role` is held for everything, for `process`, or for `vote`.
    public func holds(_ role: Role, process: ID<Process>? = nil, vote: ID<Vote>? = nil) -> Bool {
        contains { $0.role == role && $0.covers(process: process, vote: vote) }
    }
}
