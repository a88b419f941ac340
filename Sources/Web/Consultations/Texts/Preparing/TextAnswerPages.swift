import Participation

/// The form of the city's reply to what was written to a paragraph.
struct TextReplyPage: PageView {
    static let template = "consultations/text-reply"

    let crumbs: [PlaceLink]
    let heading: String
    let errors: ErrorSummary?
    let html: String
    let textLanguage: String?
    let notes: String
    let publicHref: String
    let action: String
    let reply: WordsField
    let backHref: String

    static let sample = TextReplyPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], heading: "Paragraphe 14",
        errors: ErrorSummary(items: [.init(field: "reply", text: "Écrivez.")]), html: "<p>La place.</p>",
        textLanguage: "de", notes: "3 commentaires", publicHref: "/consultations/x/texts/y/paragraphs/12",
        action: "/desk/x/texts/charte/paragraphs/12", reply: .sample, backHref: "/desk/x/texts/charte")
}

/// The suggested wordings of a text, by what became of them.
struct TextSuggestionsDeskPage: PageView {
    static let template = "consultations/text-suggestions"

    struct Choice: Sendable {
        let label: String
        let href: String
        let isCurrent: Bool
    }

    struct Line: Sendable {
        let label: String
        let href: String
        let about: String
        let excerpt: String
    }

    let crumbs: [PlaceLink]
    let states: [Choice]
    let lines: [Line]
    let isEmpty: Bool
    let onward: String?

    static let sample = TextSuggestionsDeskPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")],
        states: [Choice(label: "En attente", href: "?state=pending", isCurrent: true)],
        lines: [Line(label: "Suggestion n° 1", href: "/desk/x/suggestions/1", about: "Ada", excerpt: "Deux bancs.")],
        isEmpty: true, onward: "?before=1")
}

/// One suggestion, and what an agent decides about it.
struct TextDecisionPage: PageView {
    static let template = "consultations/text-decision"

    struct Decision: Sendable {
        let adoptAction: String
        let answerAction: String
        let body: WordsField
        let reason: WordsField

        static let sample = Decision(
            adoptAction: "/desk/x/adoption", answerAction: "/desk/x/answer", body: .sample, reason: .sample)
    }

    let crumbs: [PlaceLink]
    let heading: String
    let errors: ErrorSummary?
    let about: String
    let status: StatusWord
    let outcome: String
    let explanation: String?
    let explanationLanguage: String?
    let textLanguage: String?
    let against: String
    let pieces: [WordDiff.Piece]
    let decision: Decision?

    static let sample = TextDecisionPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], heading: "Suggestion n° 1",
        errors: ErrorSummary(items: [.init(field: "reason", text: "Dites pourquoi.")]), about: "Ada", status: .sample,
        outcome: "En attente.", explanation: "Il fait chaud.", explanationLanguage: "de", textLanguage: "de",
        against: "Version 1", pieces: WordDiff(from: "Un banc.", to: "Deux bancs.").pieces, decision: .sample)
}

extension TextDecisionPage {
    init(_ scene: TextDeskScene, _ suggestion: TextSuggestion, _ form: Fields?, _ errors: FieldErrors) {
        let (strings, words) = (scene.strings, TextWords(scene.strings))
        let own = "\(scene.own)/suggestions/\(suggestion.number)"
        crumbs = scene.crumbs(toText: true)
        heading = strings("talk.suggestion.number", ["number": String(suggestion.number)])
        self.errors = errors.summary(strings)
        about = words.about(suggestion)
        status = words.state(suggestion)
        outcome = suggestion.reason.nonempty ?? words.outcome(suggestion)
        explanation = suggestion.explanation.nonempty
        explanationLanguage = suggestion.language.foreign(to: strings.language)
        textLanguage = scene.foreign
        against = strings("consultations.text.against", ["number": String(suggestion.baseVersion)])
        pieces = WordDiff(from: suggestion.base.body, to: suggestion.body).pieces
        decision =
            suggestion.state != .pending
            ? nil
            : Decision(
                adoptAction: "\(own)/adoption", answerAction: "\(own)/answer",
                body: WordsField(
                    "body", label: "consultations.text.adopt.body", hint: "consultations.text.adopt.hint",
                    form?.has("body") == true ? form?.text("body") ?? "" : suggestion.body, errors, strings),
                reason: WordsField(
                    "reason", label: "consultations.text.answer.reason", form?.text("reason") ?? "", errors, strings,
                    rows: 4))
    }
}
