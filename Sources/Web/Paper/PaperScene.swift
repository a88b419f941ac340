import Foundation
import Hummingbird
import Participation
import PublicRecord

/// Who works with the papers of which vote: what every page about them begins with.
struct PaperScene: Sendable {
    let account: SignedInAccount
    let vote: Vote

    /// The vote of the path for those who hold one of the roles; absent for everybody else.
    static func find(_ context: AppContext, _ votes: Votes, _ roles: [Role]) async throws -> PaperScene {
        let account: SignedInAccount = try context.requireDesk()
        guard let vote = try await votes.find(try context.slug("vote")), account.holds(anyOf: roles, for: vote) else {
            throw Absent()
        }
        return PaperScene(account: account, vote: vote)
    }

    /// Where the pages are.
    var voteHref: String { "/desk/votes/\(vote.slug)" }
    /// The pages of the batches.
    var batches: String { "\(voteHref)/batches" }
    /// The page of a batch.
    func href(_ batch: Batch) -> String { "\(batches)/\(batch.handle)" }
    /// The account in the first of the roles that it holds.
    func actor(_ roles: [Role]) -> Actor { account.acting(for: vote, roles) }
    /// Whether the account holds one of the roles.
    func holds(_ roles: [Role]) -> Bool { account.holds(anyOf: roles, for: vote) }

    /// The definition of a vote whose papers are read: absent while there is none.
    func definition() throws(Absent) -> Definition {
        guard let definition = vote.opening?.definition else { throw Absent() }
        return definition
    }
}

/// Words about papers, for the reader.
struct PaperWords: Sendable {
    let strings: Strings

    init(_ strings: Strings) {
        self.strings = strings
    }

    /// What becomes of a paper: counted, blank, or invalid with its reason.
    func outcome(_ code: String) -> String {
        switch code {
        case "counted": strings("paper.counted")
        case "blank": strings("paper.blank")
        case "scan": strings("paper.scan")
        default: strings("paper.invalid", ["reason": strings("paper.reason.\(code)")])
        }
    }

    /// Invalid papers by reason: “2 torn, 1 over budget”.
    func reasons(_ counts: [Entry.ReasonCount]) -> String {
        counts.isEmpty
            ? "–"
            : counts.map { "\(strings.number($0.count)) × \(strings("paper.reason.\($0.reason)"))" }
                .joined(separator: ", ")
    }

    /// How a paper is typed, for one type of ballot.
    func syntax(_ type: BallotKind) -> String { strings("paper.syntax.\(type.rawValue)") }

    /// Where a batch stands.
    func state(_ batch: Batch) -> String { strings("paper.state.\(batch.state.rawValue)") }

    /// What an entry is called.
    func letter(_ letter: PaperEntry.Letter) -> String {
        letter == .scan ? strings("paper.entry.scan") : strings("paper.entry", ["letter": letter.rawValue])
    }

    /// Why a text is not what a paper can say, and what to do.
    func sentence(_ problem: PaperProblem) -> String {
        strings("paper.problem.\(problem.code)", ["text": problem.piece])
    }

    /// Why a row of a file is refused, and what to do.
    func sentence(_ problem: PaperRowProblem) -> String {
        func list(_ numbers: [Int]) -> String { numbers.map { String($0) }.joined(separator: ", ") }
        return switch problem.reason {
        case .header: strings("paper.row.header")
        case .unknownColumn(let name): strings("paper.row.column", ["name": name])
        case .fieldCount(let expected, let found):
            strings("paper.row.fields", ["expected": String(expected), "found": String(found)])
        case .malformed: strings("paper.row.malformed")
        case .paperNumber(let text): strings("paper.row.number", ["text": text])
        case .paperBeyond(let paper, let papers):
            strings("paper.row.beyond", ["paper": String(paper), "papers": strings.number(papers)])
        case .paperTwice(let paper, let line):
            strings("paper.row.twice", ["paper": String(paper), "line": String(line)])
        case .otherBatch(let name): strings("paper.row.other_batch", ["name": name])
        case .unknownBatch(let name): strings("paper.row.unknown_batch", ["name": name])
        case .otherEntry(let name): strings("paper.row.other_entry", ["name": name])
        case .otherDefinition(let name): strings("paper.row.other_definition", ["name": name])
        case .otherEdition(let name): strings("paper.row.other_edition", ["name": name])
        case .choices(let problem): sentence(problem)
        case .hash(let text): strings("paper.row.hash", ["text": text])
        case .hashTwice(let line): strings("paper.row.hash_twice", ["line": String(line)])
        case .moreRows(let rows, let papers):
            strings("paper.row.more", ["rows": strings.number(rows), "papers": strings.number(papers)])
        case .missingRows(let count, let first):
            strings.plural("paper.row.missing", count, ["papers": list(first) + (count > first.count ? "…" : "")])
        case .unreadable: strings("paper.row.unreadable")
        case .rowTooLong: strings("paper.row.too_long")
        case .fileTooLong: strings("paper.row.file_too_long")
        case .empty: strings("paper.row.empty")
        case .notCSV: strings("paper.row.not_csv")
        }
    }

    /// The refusal at the field it concerns.
    func errors(_ refusal: BatchRefusal) -> FieldErrors {
        switch refusal {
        case .notOnPaper: FieldErrors("", "paper.error.not_on_paper")
        case .unknownPlace: FieldErrors("place", "paper.error.place")
        case .malformedHandle: FieldErrors("handle", "paper.error.handle")
        case .handleTaken: FieldErrors("handle", "paper.error.handle_taken")
        case .outOfBounds(let field): FieldErrors(field, "paper.error.bounds")
        case .voteStillOpen: FieldErrors("", "paper.error.still_open")
        case .alreadyCounted: FieldErrors("", "paper.error.counted")
        case .entryTaken: FieldErrors("", "paper.error.taken")
        case .anotherPersonNeeded: FieldErrors("", "paper.error.another")
        case .alreadySubmitted: FieldErrors("", "paper.error.submitted")
        case .unknownPaper(let paper): FieldErrors("paper", "paper.error.paper", ["paper": String(paper)])
        case .unreadable(let problem):
            FieldErrors("line", "paper.problem.\(problem.code)", ["text": problem.piece])
        case .incomplete(let count, let first):
            FieldErrors(
                "line", "paper.error.incomplete",
                ["count": strings.number(count), "papers": first.map { String($0) }.joined(separator: ", ")])
        case .importUnderWay: FieldErrors("", "paper.error.importing")
        case .sameFile: FieldErrors("file", "paper.error.same_file")
        case .file: FieldErrors("file", "paper.error.file")
        case .notComparable: FieldErrors("", "paper.error.not_comparable")
        case .undecided(let count): FieldErrors("", "paper.error.undecided", ["count": strings.number(count)])
        case .alreadySettled: FieldErrors("", "paper.error.settled")
        case .notSettled: FieldErrors("", "paper.error.not_settled")
        case .noReason: FieldErrors("reason", "paper.error.reason")
        case .unknownBatch: FieldErrors("", "paper.error.unknown")
        }
    }

    /// The refusal of an act on the account, at the field it concerns.
    func errors(_ refusal: ClosingRefusal) -> FieldErrors {
        switch refusal {
        case .unknown: FieldErrors("", "account.error.unknown")
        case .unsettled: FieldErrors("place", "account.error.unsettled")
        case .nothingToExplain: FieldErrors("place", "account.error.nothing")
        case .waiting: FieldErrors("place", "account.error.waiting")
        case .noExplanation: FieldErrors("explanation", "account.error.explanation")
        case .anotherOfficerNeeded: FieldErrors("", "account.error.another")
        case .accountChanged(let difference):
            FieldErrors("", "account.error.changed", ["difference": strings.number(difference)])
        case .notClosed: FieldErrors("", "account.error.not_closed")
        case .alreadyPublished: FieldErrors("", "account.error.published")
        case .notPublished: FieldErrors("", "account.error.not_published")
        case .alreadySigned: FieldErrors("", "account.error.signed")
        case .oneSignature: FieldErrors("", "account.error.alone")
        case .alreadyCertified: FieldErrors("", "account.error.certified")
        }
    }
}
