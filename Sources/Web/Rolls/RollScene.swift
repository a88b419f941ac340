import Hummingbird
import Participation

/// Who works on the roll of which vote: what every desk page of a roll begins with.
struct RollScene: Sendable {
    let account: SignedInAccount
    let vote: Vote

    /// Where its pages are.
    var base: String { "/desk/votes/\(vote.slug)/roll" }

    /// Whether the account holds one of the roles for the vote.
    func holds(_ roles: [Role]) -> Bool {
        roles.contains { account.holds($0, process: vote.process, vote: vote.id) }
    }

    /// The account acting in the first of the roles that it holds.
    func acting(_ roles: [Role]) -> Actor { account.acting(for: vote, roles) }

    /// The vote of the path, for accounts that hold one of the roles; absent for everybody else.
    static func find(_ context: AppContext, _ votes: Votes, _ roles: [Role]) async throws -> RollScene {
        let account: SignedInAccount = try context.requireDesk()
        guard let vote = try await votes.find(try context.slug("vote")) else { throw Absent() }
        let scene = RollScene(account: account, vote: vote)
        guard scene.holds(roles) else { throw Absent() }
        return scene
    }

    /// The way back, above the title of each page but the first.
    func crumbs(_ strings: Strings, withRoll: Bool = true) -> [PlaceLink] {
        [
            PlaceLink(label: strings("desk.title"), href: "/desk"),
            PlaceLink(label: vote.settings.title(strings.language), href: "/desk/votes/\(vote.slug)"),
        ] + (withRoll ? [PlaceLink(label: strings("rolls.title"), href: base)] : [])
    }
}
