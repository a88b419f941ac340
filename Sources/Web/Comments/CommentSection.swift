import Participation

/// What the page of a proposal shows of its comments: the latest, and the form.
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
    /// Conversations on the page of the proposal itself, and answers shown of each.
    static let conversations = 8, answers = 6

    let comments: Comments

    func view(of scene: ProposalScene) async throws -> CommentView? {
        let page: CommentPage = try await comments.list(
            under: scene.proposal, .newest, limit: Self.conversations, answers: Self.answers)
        let isOpen: Bool = try await mayWrite(scene)
        let strings: Strings = scene.strings
        let lines = CommentLines(scene: scene, isOpen: isOpen && scene.account != nil)
        let count: String = strings.plural("talk.comment.count", scene.proposal.comments)
        return CommentView(
            count: count, allHref: "\(scene.here)/comments", lines: page.conversations.map(lines.line),
            isEmpty: page.conversations.isEmpty,
            more: page.next == nil ? nil : strings("talk.comment.all"),
            form: isOpen && scene.account != nil ? Self.form(scene, Fields(pairs: []), FieldErrors()) : nil,
            signIn: isOpen && scene.account == nil
                ? "/sign-in?next=\(PercentDecoding.encode("\(scene.here)/comments"))" : nil,
            closed: isOpen ? nil : strings("talk.comment.closed"))
    }

    /// Whether comments may be written now: by staff of the process whatever the phase.
    func mayWrite(_ scene: ProposalScene) async throws -> Bool {
        if try await comments.isOpen(scene.proposal) { return true }
        guard ![.withdrawn, .joined].contains(scene.proposal.status) else { return false }
        return scene.cityRole != nil
    }

    /// The form of a comment of the first level.
    static func form(_ scene: ProposalScene, _ fields: Fields, _ errors: FieldErrors) -> CommentForm {
        CommentForm(
            action: "\(scene.here)/comments", label: "talk.comment.label", submit: "talk.comment.submit", fields,
            errors, scene.strings, asksPosition: true, mayBeCity: scene.cityRole != nil)
    }
}

extension ProposalScene {
    /// The role in which the reader may speak for the city here.
    var cityRole: Role? {
        guard let account else { return nil }
        return [Role.participationAgent, .examiner].first { account.holds($0, process: proposal.process) }
    }

    /// The reader as the author of a comment: for the city when they may and say so.
    func speaker(_ form: Fields) throws(SignInNeeded) -> Actor {
        guard let account else { throw SignInNeeded() }
        if form.has("city"), let cityRole { return account.acting(as: cityRole) }
        return .resident(account.id)
    }
}
