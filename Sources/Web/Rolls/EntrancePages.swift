/// A form in which somebody says who they are.
struct EntrancePage: PageView {
    static let template = "rolls/entrance"

    let voteTitle: String
    let voteHref: String
    let action: String
    let heading: String
    let lead: String
    let fields: [Field]
    let errors: ErrorSummary?
    let submit: String

    static let sample = EntrancePage(
        voteTitle: "Budget", voteHref: "/votes/x", action: "/votes/x/roll", heading: "Dites qui vous êtes", lead: "…",
        fields: [FieldErrors.sampleField], errors: ErrorSummary(items: [.init(field: "email", text: "Manque.")]),
        submit: "Continuer")
}

/// What was done, and what comes next.
struct NoticePage: PageView {
    static let template = "rolls/notice"

    let voteTitle: String
    let voteHref: String
    let heading: String
    let words: String
    let next: String

    static let sample = NoticePage(
        voteTitle: "Budget", voteHref: "/votes/x", heading: "Un message est parti", words: "Ouvrez-le.",
        next: "Ou venez.")
}

/// A page whose button does what the link of a letter promised.
struct ConfirmPage: PageView {
    static let template = "rolls/confirm"

    let voteTitle: String
    let voteHref: String
    let action: String
    let heading: String
    let words: String
    let submit: String

    static let sample = ConfirmPage(
        voteTitle: "Budget", voteHref: "/votes/x", action: "/x", heading: "Ouvrir", words: "…", submit: "Ouvrir")
}

/// Whether there is a mark in one's name.
struct MyMarkPage: PageView {
    static let template = "rolls/my-mark"

    let voteTitle: String
    let voteHref: String
    /// What is known of the reader's mark; nil before they have shown who they are.
    let answer: String?
    let annulled: String?
    let complaint: Bool
    let base: String
    let code: Input?
    let fields: [Field]
    let asksRoll: Bool
    let signInHref: String?
    let errors: ErrorSummary?

    static let sample = MyMarkPage(
        voteTitle: "Budget", voteHref: "/votes/x", answer: "Vous avez voté en ligne.", annulled: "Annulé.",
        complaint: true, base: "/votes/x/my-mark", code: Input(name: "code", error: "Inconnu."),
        fields: [FieldErrors.sampleField], asksRoll: true, signInHref: "/sign-in",
        errors: ErrorSummary(items: [.init(field: "code", text: "Inconnu.")]))
}
