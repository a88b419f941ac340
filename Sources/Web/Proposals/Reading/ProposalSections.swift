/// The loaders of the parts of the page of a proposal, one for each capability that has something to say there.
struct ProposalSections: Sendable {
    // A line each: `let supports: SupportSection`.
    let supports: SupportSection
    let comments: CommentSection
    let suggestions: SuggestionSection
    let joins: JoinSection
    let examinations: ExaminationSection

    /// The page, each part loaded.
    func page(of scene: ProposalScene) async throws -> ProposalPage {
        var page = ProposalPage(scene)
        // And a line each: `page.supports = try await supports.view(of: scene)`.
        page.supports = try await supports.view(of: scene)
        page.comments = try await comments.view(of: scene)
        page.suggestions = try await suggestions.view(of: scene)
        page.joins = try await joins.view(of: scene)
        page.examination = try await examinations.view(of: scene)
        return page
    }
}
