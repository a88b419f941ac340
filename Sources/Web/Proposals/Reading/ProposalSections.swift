import Participation

/// The loaders of the parts of the page of a proposal, one for each capability that has something to say there.
struct ProposalSections: Sendable {
    // A line each: `let supports: SupportSection`.
    let site: Site
    let media: MediaSection
    let follow: FollowSection
    let map: CityMap
    let supports: SupportSection
    let comments: CommentSection
    let suggestions: SuggestionSection
    let joins: JoinSection
    let examinations: ExaminationSection
    let deliveries: DeliverySection
    let observations: ObservationSection
    let voices: VoiceSection

    /// The page, each part loaded.
    func page(of scene: ProposalScene) async throws -> ProposalPage {
        var page = ProposalPage(scene, address: site.absolute(scene.here))
        // And a line each: `page.supports = try await supports.view(of: scene)`.
        page.media = try await media.view(of: scene)
        page.follow = try await follow.view(of: scene)
        if let point = scene.proposal.point {
            page.map = try await map.view(
                [.init(point: point, marker: (page.number, page.title, scene.here))],
                words: scene.strings("map.single"), scene.language)
        }
        page.supports = try await supports.view(of: scene)
        page.comments = try await comments.view(of: scene)
        page.suggestions = try await suggestions.view(of: scene)
        page.joins = try await joins.view(of: scene)
        page.examination = try await examinations.view(of: scene)
        page.deliveries = try await deliveries.view(of: scene)
        page.observation = try await observations.view(of: scene)
        page.cityAnswers = try await voices.view(of: scene)
        return page
    }
}
