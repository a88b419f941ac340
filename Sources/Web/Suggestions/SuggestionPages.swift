import Participation

/// What the page of a proposal says of suggestions: how many, and the way to make one.
struct SuggestionView: Sendable {
    let words: String?
    let listHref: String
    /// « 2 suggestions attendent votre réponse », for authors.
    let waiting: String?
    let newHref: String?
    /// Where authors withdraw the proposal.
    let withdrawHref: String?

    static let sample = SuggestionView(
        words: "3 suggestions", listHref: "/proposals/12/suggestions", waiting: "2 suggestions attendent.",
        newHref: "/proposals/12/suggestions/new", withdrawHref: "/proposals/12/withdrawal")
}

/// Loads that part of the page.
struct SuggestionSection: Sendable {
    let suggestions: Suggestions

    func view(of scene: ProposalScene) async throws -> SuggestionView? {
        let counts: (all: Int, pending: Int) = try await suggestions.counts(of: scene.proposal.id)
        let isOpen: Bool = try await suggestions.isOpen(scene.proposal)
        let strings: Strings = scene.strings
        let mayWithdraw: Bool = scene.isAuthor && Withdrawals.mayWithdraw(scene.proposal.status)
        guard counts.all > 0 || isOpen || mayWithdraw else { return nil }
        let base = "\(scene.here)/suggestions"
        return SuggestionView(
            words: counts.all == 0 ? nil : strings.plural("talk.suggestions.count", counts.all), listHref: base,
            waiting: scene.isAuthor && counts.pending > 0
                ? strings.plural("talk.suggestions.waiting", counts.pending) : nil,
            newHref: isOpen && !scene.isAuthor ? "\(base)/new" : nil,
            withdrawHref: mayWithdraw ? "\(scene.here)/withdrawal" : nil)
    }
}

/// The suggestions to a proposal.
struct SuggestionsPage: PageView {
    static let template = "suggestions/suggestions"

    struct Line: Sendable {
        let href: String
        let label: String
        let state: String
        let tone: String?
        let about: String
    }

    let proposalHref: String
    let proposalTitle: String
    let wroteProposalIn: String?
    let lines: [Line]
    let isEmpty: Bool
    let newHref: String?
    let onward: String?

    static let sample = SuggestionsPage(
        proposalHref: "/proposals/12", proposalTitle: "Ein Brunnen", wroteProposalIn: "de",
        lines: [
            Line(
                href: "/proposals/12/suggestions/1", label: "Suggestion n° 1", state: "En attente", tone: "wait",
                about: "Ada")
        ], isEmpty: true, newHref: "/proposals/12/suggestions/new", onward: "?before=1")
}

/// The form of a new suggestion, filled with the present words.
struct SuggestionFormPage: PageView {
    static let template = "suggestions/new"

    let proposalHref: String
    let proposalTitle: String
    let wroteProposalIn: String?
    let errors: ErrorSummary?
    let action: String
    let version: String
    let wording: WordingForm
    let explanation: String
    let explanationProblem: String?

    static let sample = SuggestionFormPage(
        proposalHref: "/proposals/12", proposalTitle: "Ein Brunnen", wroteProposalIn: "de", errors: nil,
        action: "/proposals/12/suggestions", version: "2", wording: .sample, explanation: "Il fait chaud.",
        explanationProblem: "Raccourcissez.")
}

/// One suggestion: what it changes, what became of it, and what the reader can do.
struct SuggestionPage: PageView {
    static let template = "suggestions/suggestion"

    /// What an author decides.
    struct Decision: Sendable {
        let acceptAction: String
        let refuseAction: String
        let version: String
        /// The words that acceptance would publish, to adapt: the suggestion, or the present ones once it is outdated.
        let wording: WordingForm
        let refusal: String
        let refusalProblem: String?

        static let sample = Decision(
            acceptAction: "/proposals/12/suggestions/1/acceptance", refuseAction: "/proposals/12/suggestions/1/refusal",
            version: "2", wording: .sample, refusal: "Non.", refusalProblem: "Dites pourquoi.")
    }

    let proposalHref: String
    let proposalTitle: String
    let wroteProposalIn: String?
    let listHref: String
    let errors: ErrorSummary?
    let heading: String
    let about: String
    let state: String
    let tone: String?
    /// When it was decided, and by which words.
    let decided: String?
    let reason: String?
    let explanation: String?
    let diff: WordingDiff
    /// What the authors have changed since it was written.
    let since: WordingDiff?
    let decision: Decision?
    let withdrawAction: String?

    static let sample = SuggestionPage(
        proposalHref: "/proposals/12", proposalTitle: "Ein Brunnen", wroteProposalIn: "de",
        listHref: "/proposals/12/suggestions", errors: nil, heading: "Suggestion n° 1", about: "Ada, 3 mars 2026",
        state: "En attente", tone: "wait", decided: "Refusée le 4 mars 2026", reason: "Non.",
        explanation: "Il fait chaud.", diff: .sample, since: .sample, decision: .sample,
        withdrawAction: "/proposals/12/suggestions/1/withdrawal")
}

/// Asks whether a proposal is to be withdrawn.
struct ProposalWithdrawalPage: PageView {
    static let template = "suggestions/withdrawal"

    let proposalHref: String
    let proposalTitle: String
    let wroteProposalIn: String?
    let errors: ErrorSummary?
    let action: String

    static let sample = ProposalWithdrawalPage(
        proposalHref: "/proposals/12", proposalTitle: "Ein Brunnen", wroteProposalIn: "de", errors: nil,
        action: "/proposals/12/withdrawal")
}

extension Refused<SuggestionRefusal> {
    /// Everything that is wrong, at the fields of a wording whose names begin with `prefix`.
    func fieldErrors(_ strings: Strings, prefix: String = "", reason: String = "reason") -> FieldErrors {
        var errors = FieldErrors()
        for refusal in reasons { refusal.add(to: &errors, strings, prefix: prefix, reason: reason) }
        return errors
    }
}

extension SuggestionRefusal {
    /// Adds this one to the errors of a form.
    func add(to errors: inout FieldErrors, _ strings: Strings, prefix: String = "", reason: String = "reason") {
        func tooLong(_ field: String, _ excess: Int) {
            errors.add(field, "talk.wording.too_long", ["count": strings.number(excess)])
        }
        switch self {
        case .closed: errors.add("", "talk.suggestion.refusal.closed")
        case .titleMissing: errors.add("\(prefix)title", "talk.wording.title_missing")
        case .bodyMissing: errors.add("\(prefix)body", "talk.wording.body_missing")
        case .titleTooLong(let excess): tooLong("\(prefix)title", excess)
        case .bodyTooLong(let excess): tooLong("\(prefix)body", excess)
        case .placeTooLong(let excess): tooLong("\(prefix)place", excess)
        case .explanationTooLong(let excess): tooLong("explanation", excess)
        case .unchanged: errors.add("\(prefix)body", "talk.suggestion.refusal.unchanged")
        case .decided: errors.add("", "talk.suggestion.refusal.decided")
        case .outdated: errors.add("", "talk.suggestion.refusal.outdated")
        case .reasonMissing: errors.add(reason, "talk.reason.missing")
        case .reasonTooLong(let excess): tooLong(reason, excess)
        case .tooFast(let seconds):
            errors.add("", "talk.comment.refusal.too_fast", ["minutes": strings.number((seconds + 59) / 60)])
        }
    }
}
