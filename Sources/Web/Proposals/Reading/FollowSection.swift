import Participation

/// Following a proposal, as its page offers it.
struct FollowView: Sendable {
    let action: String
    let follows: Bool
    /// Where a visitor signs in first.
    let signIn: String?

    static let sample = FollowView(action: "/proposals/12/follower", follows: true, signIn: "/sign-in?next=%2F")
}

/// Loads that part of the page.
struct FollowSection: Sendable {
    let followers: Followers

    func view(of scene: ProposalScene) async throws -> FollowView {
        let account: ID<Account>? = scene.account?.id
        var follows = false
        if let account { follows = try await followers.isFollowing(scene.proposal.id, account) }
        return FollowView(
            action: "\(scene.here)/follower", follows: follows,
            signIn: account == nil ? "/sign-in?next=\(PercentDecoding.encode(scene.here))" : nil)
    }
}
