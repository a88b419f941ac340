import Participation

/// Agents choose proposals to join, see what comes of it, and say why.
struct JoinPage: PageView {
    static let template = "joins/join"

    struct Member: Sendable {
        let number: String
        let href: String
        let title: String
        let wroteIn: String?
        let isTarget: Bool
        let authors: String
        let supports: String
        let followers: String
        let comments: String
    }

    /// What the join would make, and the form that does it.
    struct Preview: Sendable {
        let members: [Member]
        let supports: String
        let followers: String
        let comments: String
        let originNumbers: String
        let targetNumber: String?
        /// The words of a new proposal, when nothing takes the others in.
        let wording: WordingForm?
        let reason: String
        let reasonProblem: String?
    }

    let deskHref: String
    let processTitle: String
    let action: String
    let errors: ErrorSummary?
    let fields: [Field]
    let preview: Preview?

    static let sample = JoinPage(
        deskHref: "/desk/processes/d/joins", processTitle: "Diagonales", action: "/desk/processes/d/proposals/join",
        errors: nil, fields: [WordingForm.sample.title],
        preview: Preview(
            members: [
                Member(
                    number: "12", href: "/proposals/12", title: "Ein Brunnen", wroteIn: "de", isTarget: true,
                    authors: "Ada", supports: "12", followers: "3", comments: "4")
            ], supports: "14", followers: "3", comments: "4", originNumbers: "12", targetNumber: "15",
            wording: .sample, reason: "La même idée.", reasonProblem: "Dites pourquoi."))
}

/// What has been joined and split in a process, and undone again.
struct JoinsPage: PageView {
    static let template = "joins/joins"

    struct Line: Sendable {
        let what: String
        let href: String
        let why: String
        let who: String
        let undone: String?
        let undoHref: String?
    }

    let processTitle: String
    let processHref: String
    let joinHref: String
    let joins: [Line]
    let hasJoins: Bool
    let splits: [Line]
    let hasSplits: Bool
    let isEmpty: Bool
    let onward: String?

    static let sample = JoinsPage(
        processTitle: "Diagonales", processHref: "/desk/processes/d", joinHref: "/desk/processes/d/proposals/join",
        joins: [
            Line(
                what: "N° 15 dans n° 12", href: "/proposals/15", why: "La même idée.", who: "Agathe, 3 mars 2026",
                undone: "Défait le 4 mars 2026", undoHref: "/desk/processes/d/joins/1/undo")
        ], hasJoins: true,
        splits: [
            Line(
                what: "N° 16 sortie de n° 12", href: "/proposals/16", why: "Deux idées.", who: "Agathe, 3 mars 2026",
                undone: "Défait", undoHref: "/desk/processes/d/splits/16/undo")
        ], hasSplits: true, isEmpty: true, onward: "?before=x")
}

/// Asks why a join or a split is undone.
struct JoinUndoPage: PageView {
    static let template = "joins/undo"

    let processTitle: String
    let joinsHref: String
    let errors: ErrorSummary?
    let words: String
    let why: String
    let action: String
    let reason: String
    let reasonProblem: String?

    static let sample = JoinUndoPage(
        processTitle: "Diagonales", joinsHref: "/desk/processes/d/joins", errors: nil,
        words: "La proposition n° 15 redevient une proposition à part.", why: "La même idée.",
        action: "/desk/processes/d/joins/1/undo", reason: "Erreur.", reasonProblem: "Dites pourquoi.")
}

/// A proposal with two ideas, and the form that splits it.
struct SplitPage: PageView {
    static let template = "joins/split"

    let processTitle: String
    let joinsHref: String
    let proposalHref: String
    let proposalTitle: String
    let wroteIn: String?
    let errors: ErrorSummary?
    let lead: String
    let restTitle: String
    let rest: WordingForm
    let part: WordingForm
    let action: String
    let version: String
    let reason: String
    let reasonProblem: String?

    static let sample = SplitPage(
        processTitle: "Diagonales", joinsHref: "/desk/processes/d/joins", proposalHref: "/proposals/12",
        proposalTitle: "Ein Brunnen", wroteIn: "de", errors: nil, lead: "Quand une proposition a deux idées.",
        restTitle: "Ce qui reste", rest: .sample, part: .sample, action: "/desk/processes/d/proposals/12/split",
        version: "2", reason: "Deux idées.", reasonProblem: "Dites pourquoi.")
}

extension Refused<JoinRefusal> {
    /// Everything that stands in the way, at the fields it concerns.
    func fieldErrors(_ strings: Strings) -> FieldErrors {
        var errors = FieldErrors()
        for refusal in reasons {
            switch refusal {
            case .tooFew: errors.add("origins", "talk.join.refusal.too_few")
            case .unknown(let numbers):
                errors.add(
                    "origins", "talk.join.refusal.unknown",
                    ["numbers": numbers.map(String.init).joined(separator: ", ")])
            case .itself(let number):
                errors.add("into", "talk.join.refusal.itself", ["number": String(number)])
            case .joinedAlready(let number, let into):
                errors.add("origins", "talk.join.refusal.joined", ["number": String(number), "into": String(into)])
            case .settled(let number):
                errors.add("origins", "talk.join.refusal.settled", ["number": String(number)])
            case .reasonMissing: errors.add("reason", "talk.reason.missing")
            case .reasonTooLong(let excess):
                errors.add("reason", "talk.wording.too_long", ["count": strings.number(excess)])
            case .wording(let problem): problem.add(to: &errors, strings)
            case .partWording(let problem): problem.add(to: &errors, strings, prefix: "part-")
            case .undone: errors.add("", "talk.join.refusal.undone")
            case .outdated: errors.add("", "talk.suggestion.refusal.outdated")
            }
        }
        return errors
    }
}
