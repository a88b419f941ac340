import Participation

/// All that was said about something, page by page, with the form.
struct CommentsPage: PageView {
    static let template = "comments/comments"

    struct Order: Sendable {
        let label: String
        let href: String
        let isCurrent: Bool
    }

    let hostHref: String
    let hostTitle: String
    let wroteHostIn: String?
    let errors: ErrorSummary?
    let count: String
    let form: CommentForm?
    let signIn: String?
    let closed: String?
    let orders: [Order]
    let lines: [CommentLine]
    let isEmpty: Bool
    let onward: String?
    let isFirst: Bool
    let firstHref: String

    static let sample = CommentsPage(
        hostHref: "/proposals/12", hostTitle: "Ein Brunnen", wroteHostIn: "de",
        errors: ErrorSummary(items: [.init(field: "body", text: "Écrivez.")]), count: "12 commentaires", form: .sample,
        signIn: "/sign-in", closed: "Fermé.",
        orders: [Order(label: "Les plus récents", href: "?order=newest", isCurrent: true)], lines: [.sample],
        isEmpty: true, onward: "?after=1_x", isFirst: false, firstHref: "/proposals/12/comments")
}

/// One conversation, and the form to answer one comment of it.
struct ConversationPage: PageView {
    static let template = "comments/conversation"

    let hostHref: String
    let hostTitle: String
    let wroteHostIn: String?
    let commentsHref: String
    let errors: ErrorSummary?
    let line: CommentLine
    /// Whom the form answers.
    let answering: String?
    let form: CommentForm?
    let signIn: String?

    static let sample = ConversationPage(
        hostHref: "/proposals/12", hostTitle: "Ein Brunnen", wroteHostIn: "de",
        commentsHref: "/proposals/12/comments", errors: nil, line: .sample, answering: "Répondre à Ada", form: .sample,
        signIn: "/sign-in")
}

/// Mending a comment shortly after it was written.
struct CommentEditPage: PageView {
    static let template = "comments/edit"

    let hostHref: String
    let hostTitle: String
    let wroteHostIn: String?
    let errors: ErrorSummary?
    let form: CommentForm
    let backHref: String

    static let sample = CommentEditPage(
        hostHref: "/proposals/12", hostTitle: "Ein Brunnen", wroteHostIn: "de", errors: nil, form: .sample,
        backHref: "/proposals/12/comments/1")
}

/// Asks whether a comment is to be withdrawn.
struct CommentWithdrawalPage: PageView {
    static let template = "comments/withdrawal"

    let hostHref: String
    let hostTitle: String
    let wroteHostIn: String?
    let line: CommentLine
    let action: String
    let backHref: String

    static let sample = CommentWithdrawalPage(
        hostHref: "/proposals/12", hostTitle: "Ein Brunnen", wroteHostIn: "de", line: .sample,
        action: "/proposals/12/comments/1/withdrawal", backHref: "/proposals/12/comments/1")
}

extension CommentRefusal {
    /// The refusal as the forms of comments show it.
    func fieldErrors(_ strings: Strings) -> FieldErrors {
        switch self {
        case .closed: FieldErrors("", "talk.comment.refusal.closed")
        case .empty: FieldErrors("body", "talk.comment.refusal.empty")
        case .tooLong(let excess):
            FieldErrors(
                "body", "talk.comment.refusal.too_long",
                ["count": strings.number(excess), "most": strings.number(Comment.longest)])
        case .tooDeep: FieldErrors("", "talk.comment.refusal.too_deep")
        case .parentWithdrawn: FieldErrors("", "talk.comment.refusal.parent_withdrawn")
        case .positionMissing: FieldErrors("position-for", "talk.comment.refusal.position")
        case .tooLate: FieldErrors("", "talk.comment.refusal.too_late")
        case .tooFast(let seconds):
            FieldErrors("", "talk.comment.refusal.too_fast", ["minutes": strings.number((seconds + 59) / 60)])
        }
    }
}
