import Hummingbird
import Participation

/// What somebody has said, for themselves.
struct MyCommentsController: Sendable {
    let site: Site
    let comments: Comments

    private static let pageSize = 20

    /// Adds `/account/comments`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/account/comments", use: list)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        let strings: Strings = site.strings(context)
        let last: ID<Comment>? = try request.query().id("before", of: Comment.self)
        let found: [(comment: Comment, title: String)] = try await comments.list(
            of: account.id, before: last, limit: Self.pageSize + 1)
        let shown: [(comment: Comment, title: String)] = Array(found.prefix(Self.pageSize))
        return site.page(
            MyCommentsPage(
                lines: shown.map { comment, title in
                    let words: String = Markdown.plain(comment.body)
                    return MyCommentsPage.Line(
                        href: "/proposals/\(comment.proposal)/comments/\(comment.id)#comment-\(comment.id)",
                        title: title, words: words.count > 160 ? "\(words.prefix(159))…" : words,
                        wroteIn: comment.language == context.language ? nil : comment.language.rawValue,
                        date: strings.date(comment.createdAt))
                }, isEmpty: shown.isEmpty,
                onward: found.count > Self.pageSize
                    ? shown.last.map { "/account/comments?before=\($0.comment.id)" } : nil),
            title: strings("talk.mine.title"), request, context)
    }
}

/// The comments of an account, the latest first.
struct MyCommentsPage: PageView {
    static let template = "comments/mine"

    struct Line: Sendable {
        let href: String
        let title: String
        let words: String
        let wroteIn: String?
        let date: String
    }

    let lines: [Line]
    let isEmpty: Bool
    let onward: String?

    static let sample = MyCommentsPage(
        lines: [
            Line(
                href: "/proposals/12/comments/1#comment-1", title: "Ein Brunnen", words: "Ja.", wroteIn: "de",
                date: "3 mars 2026")
        ], isEmpty: true, onward: "/account/comments?before=1")
}
