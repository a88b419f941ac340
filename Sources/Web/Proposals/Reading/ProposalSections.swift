/// The loaders of the parts of the page of a proposal, one for each capability that has something to say there.
struct ProposalSections: Sendable {
    // A line each: `let supports: SupportSection`.

    /// The page, each part loaded.
    func page(of scene: ProposalScene) async throws -> ProposalPage {
        let page = ProposalPage(scene)
        // And a line each: `page.supports = try await supports.view(of: scene)`.
        return page
    }
}
