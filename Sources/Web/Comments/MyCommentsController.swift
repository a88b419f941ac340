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
        let found: [(comment: Comment, place: CommentPlace)] = try await comments.list(
            of: account.id, before: last, limit: Self.pageSize + 1)
        let shown: [(comment: Comment, place: CommentPlace)] = Array(found.prefix(Self.pageSize))
        return site.page(
            MyCommentsPage(
                lines: shown.map { comment, place in
                    let words: String = Markdown.plain(comment.body)
                    return MyCommentsPage.Line(
                        href: "\(place.address)/comments/\(comment.id)#comment-\(comment.id)",
                        title: place.title(strings), words: words.count > 160 ? "\(words.prefix(159))…" : words,
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

extension CommentPlace {
    /// The address of the page of what was commented on.
    var address: String {
        switch self {
        case .proposal(let number, _): "/proposals/\(number)"
        case .paragraph(let consultation, let text, let number, _):
            "/consultations/\(consultation)/texts/\(text)/paragraphs/\(number)"
        case .argument(let consultation, let debate, let number, _):
            "/consultations/\(consultation)/debates/\(debate)/arguments/\(number)"
        }
    }

    /// What was commented on, as lists name it.
    func title(_ strings: Strings) -> String {
        switch self {
        case .proposal(_, let title): title
        case .paragraph(_, _, let number, let title):
            strings("consultations.text.paragraph_of", ["number": String(number), "title": title])
        case .argument(_, _, _, let title):
            title.isEmpty ? strings("consultations.debate.withdrawn") : title
        }
    }
}
