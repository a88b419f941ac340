import Participation

/// What the page of something shows of the comments on it: the latest, and the form.
struct CommentView: Sendable {
    /// « 12 commentaires »
    let count: String
    let allHref: String
    let lines: [CommentLine]
    let isEmpty: Bool
    /// « Lire les 132 commentaires », where there are more.
    let more: String?
    let form: CommentForm?
    /// Where to sign in, when that is all that is missing.
    let signIn: String?
    /// Why nobody comments now.
    let closed: String?

    static let sample = CommentView(
        count: "12 commentaires", allHref: "/proposals/12/comments", lines: [.sample], isEmpty: true,
        more: "Lire les 132 commentaires", form: .sample, signIn: "/sign-in", closed: "Fermé.")
}

/// Loads that part of the page.
struct CommentSection: Sendable {
    /// Conversations on the page of the thing itself, and answers shown of each.
    static let conversations = 8, answers = 6

    let comments: Comments

    func view(of scene: some CommentScene) async throws -> CommentView {
        let page: CommentPage = try await comments.list(
            under: scene.host, .newest, limit: Self.conversations, answers: Self.answers)
        let isOpen: Bool = try await mayWrite(scene)
        let strings: Strings = scene.strings
        let lines = CommentLines(scene: scene, isOpen: isOpen && scene.account != nil)
        let count: String = strings.plural("talk.comment.count", scene.commentCount)
        return CommentView(
            count: count, allHref: "\(scene.here)/comments", lines: page.conversations.map(lines.line),
            isEmpty: page.conversations.isEmpty,
            more: page.next == nil ? nil : strings("talk.comment.all"),
            form: isOpen && scene.account != nil ? Self.form(scene, Fields(pairs: []), FieldErrors()) : nil,
            signIn: isOpen && scene.account == nil
                ? "/sign-in?next=\(PercentDecoding.encode("\(scene.here)/comments"))" : nil,
            closed: isOpen ? nil : strings(scene.closedWords))
    }

    /// Whether comments may be written now: by those who speak for the city whatever the phase.
    func mayWrite(_ scene: some CommentScene) async throws -> Bool {
        if try await scene.isOpen(comments) { return true }
        return !scene.isOver && scene.cityRole != nil
    }

    /// The form of a comment of the first level.
    static func form(_ scene: some CommentScene, _ fields: Fields, _ errors: FieldErrors) -> CommentForm {
        CommentForm(
            action: "\(scene.here)/comments", label: "talk.comment.label", submit: "talk.comment.submit", fields,
            errors, scene.strings, asksPosition: scene.takesPositions, mayBeCity: scene.cityRole != nil)
    }
}
