import Hummingbird
import Participation

/// The comments on something: read, written, answered, mended and withdrawn, below the address of its page.
struct CommentController<Scene: CommentScene>: Sendable {
    private let site: Site
    private let comments: Comments
    private let path: String
    private let scene: @Sendable (Site, AppContext) async throws -> Scene
    private var section: CommentSection { CommentSection(comments: comments) }

    /// Conversations on a page.
    private static var pageSize: Int { 20 }

    /// The pages over the comments.
    ///
    /// - Parameters:
    ///   - path: the route of the page of what is commented on.
    ///   - scene: finds what is commented on by such a route; throws `Absent`.
    init(
        site: Site, comments: Comments, at path: String,
        scene: @escaping @Sendable (Site, AppContext) async throws -> Scene
    ) {
        self.site = site
        self.comments = comments
        self.path = path
        self.scene = scene
    }

    /// Adds the routes below `…/comments`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("\(path)/comments", use: list)
        routes.post("\(path)/comments", use: write)
        routes.get("\(path)/comments/{comment}", use: conversation)
        routes.post("\(path)/comments/{comment}/answers", use: answer)
        routes.get("\(path)/comments/{comment}/correction", use: edit)
        routes.post("\(path)/comments/{comment}/correction", use: correct)
        routes.get("\(path)/comments/{comment}/withdrawal", use: confirm)
        routes.post("\(path)/comments/{comment}/withdrawal", use: withdraw)
    }

    // MARK: The list

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        try await listPage(
            try await scene(site, context), Fields(pairs: []), FieldErrors(), request, context)
    }

    @Sendable private func write(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: Scene = try await self.scene(site, context)
        let form: Fields = try await site.form(request, context)
        do {
            let comment: ID<Comment> = try await comments.write(
                form.text("body"), Comment.Position(rawValue: form.text("position")), in: context.language,
                on: scene.host, by: try scene.speaker(form))
            return site.see("\(scene.here)#comment-\(comment)", flash: .done("talk.comment.written"))
        } catch let refusal as CommentRefusal {
            return try await listPage(scene, form, refusal.fieldErrors(scene.strings), request, context)
        }
    }

    private func listPage(
        _ scene: Scene, _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        let query: Fields = try request.query()
        let order = CommentOrder(rawValue: query.text("order")) ?? .newest
        let cursor: CommentCursor? = query.has("after") ? CommentCursor(query.text("after")) : nil
        let page: CommentPage = try await comments.list(
            under: scene.host, order, after: cursor, limit: Self.pageSize, answers: CommentSection.answers)
        let isOpen: Bool = try await section.mayWrite(scene)
        let lines = CommentLines(scene: scene, isOpen: isOpen && scene.account != nil)
        let base = "\(scene.here)/comments"
        let count: String = strings.plural("talk.comment.count", scene.commentCount)
        return site.page(
            CommentsPage(
                hostHref: scene.here, hostTitle: scene.title, wroteHostIn: scene.wroteIn,
                errors: errors.summary(strings), count: count,
                form: isOpen && scene.account != nil && cursor == nil ? CommentSection.form(scene, form, errors) : nil,
                signIn: isOpen && scene.account == nil ? "/sign-in?next=\(PercentDecoding.encode(base))" : nil,
                closed: isOpen ? nil : strings(scene.closedWords),
                orders: CommentOrder.allCases.map {
                    CommentsPage.Order(
                        label: strings("talk.order.\($0.rawValue)"), href: "\(base)?order=\($0.rawValue)",
                        isCurrent: $0 == order)
                }, lines: page.conversations.map(lines.line), isEmpty: page.conversations.isEmpty,
                onward: page.next.map { "\(base)?order=\(order.rawValue)&after=\($0.text)" }, isFirst: cursor == nil,
                firstHref: "\(base)?order=\(order.rawValue)"),
            title: errors.title("\(count) – \(scene.title)", strings), request, context,
            status: errors.status, scripts: ["count.js"])
    }

    // MARK: A conversation

    @Sendable private func conversation(_ request: Request, _ context: AppContext) async throws -> Response {
        try await conversationPage(
            try await scene(site, context), Fields(pairs: []), FieldErrors(), request, context)
    }

    @Sendable private func answer(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: Scene = try await self.scene(site, context)
        let form: Fields = try await site.form(request, context)
        let (_, comment) = try await find(scene, context)
        do {
            let answer: ID<Comment> = try await comments.answer(
                comment.id, form.text("body"), in: context.language, by: try scene.speaker(form))
            return site.see(
                "\(scene.here)/comments/\(answer)#comment-\(answer)", flash: .done("talk.comment.answered"))
        } catch let refusal as CommentRefusal {
            return try await conversationPage(scene, form, refusal.fieldErrors(scene.strings), request, context)
        }
    }

    private func conversationPage(
        _ scene: Scene, _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (conversation, comment) = try await find(scene, context)
        let strings: Strings = scene.strings
        let isOpen: Bool = try await section.mayWrite(scene)
        let mayAnswer: Bool = isOpen && comment.depth < Comment.deepest && comment.withdrawnAt == nil
        let line: CommentLine = CommentLines(scene: scene, isOpen: isOpen && scene.account != nil).line(conversation)
        let here = "\(scene.here)/comments/\(comment.id)"
        let name: String = comment.name.isEmpty ? strings("talk.comment.nobody") : comment.name
        let title: String = strings("talk.conversation.title", ["title": scene.title])
        return site.page(
            ConversationPage(
                hostHref: scene.here, hostTitle: scene.title, wroteHostIn: scene.wroteIn,
                commentsHref: "\(scene.here)/comments", errors: errors.summary(strings), line: line,
                answering: mayAnswer ? strings("talk.comment.answer_to", ["name": name]) : nil,
                form: mayAnswer && scene.account != nil
                    ? CommentForm(
                        action: "\(here)/answers", label: "talk.comment.answer_label",
                        submit: "talk.comment.answer_submit", form, errors, strings, asksPosition: false,
                        mayBeCity: scene.cityRole != nil) : nil,
                signIn: mayAnswer && scene.account == nil ? "/sign-in?next=\(PercentDecoding.encode(here))" : nil),
            title: errors.title(title, strings), request, context, status: errors.status, scripts: ["count.js"])
    }

    // MARK: One's own

    @Sendable private func edit(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, comment) = try await own(context)
        let body = Fields(pairs: [("body", comment.body)])
        return editPage(scene, comment, body, FieldErrors(), request, context)
    }

    @Sendable private func correct(_ request: Request, _ context: AppContext) async throws -> Response {
        let form: Fields = try await site.form(request, context)
        let (scene, comment) = try await own(context)
        do {
            try await comments.edit(comment.id, form.text("body"), by: .resident(comment.account))
            return site.see(
                "\(scene.here)/comments/\(comment.id)#comment-\(comment.id)", flash: .done("talk.comment.corrected"))
        } catch let refusal as CommentRefusal {
            return editPage(scene, comment, form, refusal.fieldErrors(scene.strings), request, context)
        }
    }

    private func editPage(
        _ scene: Scene, _ comment: Comment, _ form: Fields, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.strings
        let here = "\(scene.here)/comments/\(comment.id)"
        return site.page(
            CommentEditPage(
                hostHref: scene.here, hostTitle: scene.title, wroteHostIn: scene.wroteIn,
                errors: errors.summary(strings),
                form: CommentForm(
                    action: "\(here)/correction", label: "talk.comment.label", submit: "talk.comment.correct", form,
                    errors, strings, asksPosition: false, mayBeCity: false), backHref: here),
            title: errors.title(strings("talk.comment.edit_title"), strings), request, context, status: errors.status,
            scripts: ["count.js"])
    }

    @Sendable private func confirm(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, comment) = try await own(context)
        let here = "\(scene.here)/comments/\(comment.id)"
        return site.page(
            CommentWithdrawalPage(
                hostHref: scene.here, hostTitle: scene.title, wroteHostIn: scene.wroteIn,
                line: CommentLines(scene: scene, isOpen: false).line(comment), action: "\(here)/withdrawal",
                backHref: here),
            title: scene.strings("talk.comment.withdraw_title"), request, context)
    }

    @Sendable private func withdraw(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try await site.form(request, context)
        let (scene, comment) = try await own(context)
        try await comments.withdraw(comment.id, by: .resident(comment.account))
        return site.see("\(scene.here)/comments", flash: .done("talk.comment.gone"))
    }

    // MARK: Parts

    /// The conversation and the comment of it that the path names.
    private func find(_ scene: Scene, _ context: AppContext) async throws -> (Conversation, Comment) {
        let id: ID<Comment> = try context.id("comment", of: Comment.self)
        guard let conversation = try await comments.conversation(with: id, under: scene.host),
            let comment = ([conversation.comment] + conversation.answers).first(where: { $0.id == id })
        else { throw Absent() }
        return (conversation, comment)
    }

    /// A comment that its author may still do something with.
    private func own(_ context: AppContext) async throws -> (Scene, Comment) {
        let account: SignedInAccount = try context.requireAccount()
        let scene: Scene = try await self.scene(site, context)
        let (_, comment) = try await find(scene, context)
        guard comment.mayWithdraw(account.id) else { throw Absent() }
        return (scene, comment)
    }
}
