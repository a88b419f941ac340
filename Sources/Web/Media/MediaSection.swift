import Participation

/// The photos and documents on the page of a proposal.
struct MediaSection: Sendable {
    let media: ProposalMedia

    /// What the page shows; nil when there is none.
    func view(of scene: ProposalScene) async throws -> MediaView? {
        MediaView(try await media.list(of: scene.proposal.id), scene.strings)
    }
}
