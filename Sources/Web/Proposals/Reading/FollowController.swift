import Hummingbird
import Participation

/// Following proposals, and the list of those that one follows.
struct FollowController: Sendable {
    let site: Site
    let proposals: Proposals
    let followers: Followers

    /// Adds the routes below `/proposals/{number}/follower`, and `/account/followed`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.post("/proposals/{number}/follower", use: follow)
        routes.post("/proposals/{number}/follower/removal", use: unfollow)
        routes.get("/account/followed", use: list)
    }

    @Sendable private func follow(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        guard let proposal = try await proposals.find(Int64(try context.integer("number"))) else { throw Absent() }
        _ = try await site.form(request, context)
        try await followers.follow(proposal.id, by: .resident(account.id))
        return site.see("/proposals/\(proposal.number)", flash: .done("proposals.followed"))
    }

    @Sendable private func unfollow(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        guard let proposal = try await proposals.find(Int64(try context.integer("number"))) else { throw Absent() }
        let form: Fields = try await site.form(request, context)
        try await followers.unfollow(proposal.id, by: .resident(account.id))
        return site.see(
            form.has("list") ? "/account/followed" : "/proposals/\(proposal.number)",
            flash: .done("proposals.unfollowed"))
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        let strings: Strings = site.strings(context)
        let words = ProposalWords(strings)
        let items: [FollowedPage.Item] = try await followers.list(of: account.id).map { card in
            FollowedPage.Item(
                href: "/proposals/\(card.number)", number: String(card.number), title: card.title,
                wroteIn: card.language.foreign(to: strings.language), status: words.status(card.status))
        }
        return site.page(
            FollowedPage(items: items, isEmpty: items.isEmpty), title: strings("proposals.followed.title"), request,
            context)
    }
}

/// The proposals that an account follows.
struct FollowedPage: PageView {
    static let template = "proposals/followed"

    struct Item: Sendable {
        let href: String
        let number: String
        let title: String
        let wroteIn: String?
        let status: StatusWord
    }

    let items: [Item]
    let isEmpty: Bool

    static let sample = FollowedPage(
        items: [Item(href: "/proposals/12", number: "12", title: "Ein Brunnen", wroteIn: "de", status: .sample)],
        isEmpty: true)
}
