import Foundation
import Participation
import Postgres
import PublicRecord

/// Sentences for the operator.
enum Plain {
    /// What went wrong, in plain words; faults keep the description of their error.
    static func sentence(for error: any Error) -> String {
        switch error {
        case let refusal as VoteRefusal: sentence(for: refusal)
        case let refusal as ProcessRefusal: "The process is refused: \(refusal)."
        case let refused as Refused<AccountRefusal>:
            refused.reasons.map { "The account is refused: \($0)." }.joined(separator: "\n")
        case let refusal as RollRefusal: sentence(for: refusal)
        case let refused as Refused<RollRefusal>: refused.reasons.map(sentence).joined(separator: "\n")
        case let refusal as CodeRefusal: "The codes are refused: \(refusal)."
        case let refusal as Destructions.Refusal: sentence(for: refusal)
        case let refusal as Ballots.Refusal: "The ballot is refused: \(refusal)."
        case let refusal as BatchRefusal: "The papers are refused: \(refusal)."
        case let error as TallyError: "It cannot be counted: \(error)."
        case Migrator.Problem.outOfDate: "\(error) Run tilleul migrate first."
        case is NotAllowed: "This act is not allowed."
        case let error as any CustomStringConvertible: error.description
        default: String(reflecting: error)
        }
    }

    private static func sentence(for refusal: Destructions.Refusal) -> String {
        switch refusal {
        case .notPublished: "The result has not been published: nothing was destroyed."
        case .notCertified: "The minutes have not been signed: nothing was destroyed."
        case .appealsOpen(let until):
            "The vote can be contested until \(until.formatted(.iso8601)): nothing was destroyed."
        }
    }

    private static func sentence(for refusal: VoteRefusal) -> String {
        switch refusal {
        case .malformedSlug: "The handle takes lower-case letters, digits and single hyphens, 60 at most."
        case .slugTaken: "Another vote has this handle."
        case .unknownProcess: "There is no such process."
        case .untitled: "The vote needs a title."
        case .unknownRule(let name): "There is no rule “\(name)”; see tilleul tally --help."
        case .unknownTie(let name): "There is no tie order “\(name)”; see tilleul tally --help."
        case .unsuitedRule(let rule, let ballot): "The rule \(rule) cannot count ballots of the type \(ballot)."
        case .unsuitedCounting(let problem):
            "The rule does not go with the setting \(problem.setting): \(problem.code)."
        case .outOfBounds(let field): "The value of \(field) is outside its bounds."
        case .closesBeforeItOpens: "The vote would close before it opens."
        case .deadlinePassed: "The deadline has passed."
        case .noProjects: "The vote has no project."
        case .rollNotCommitted: "The vote has a roll, and none has been committed: tilleul roll commit."
        case .alreadyOpened: "The vote has been opened: nothing of its definition changes any more."
        case .notOpened: "The vote has not been opened."
        case .noSeal: "The custodian's key has not been made."
        case .wrongKey: "This is not the custodian's key of the vote, or the passphrase is wrong."
        case .shortPassphrase: "The passphrase needs twelve characters or more."
        case .tooEarly(let until): "The vote is open until \(until.formatted(.iso8601))."
        case .notClosed: "Close the vote first."
        case .notCounted: "Count the vote first."
        case .swappedEnvelope(let entry):
            "An envelope in the database is not the one of entry \(entry) of the record. Nothing was counted: restore "
                + "the database from a backup."
        case .swappedBatch(let entry):
            "The file of a batch is not the one of entry \(entry) of the record. Nothing was counted: restore the "
                + "database from a backup."
        case .envelopesAttached(let places):
            "Marked envelopes still have their stub at \(places.joined(separator: ", ")). Nothing was counted: separate them first."
        case .batchesUnsettled(let batches):
            "These batches are not settled: \(batches.joined(separator: ", ")). Nothing was counted."
        case .accountOpen(let places):
            "Marks and ballots differ at: \(places.joined(separator: ", ")). Nothing is published before the account "
                + "closes, or two officers have recorded why it does not."
        }
    }
}
