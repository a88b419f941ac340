import Participation

/// Where a proposal comes from, on its page: what was noted on a walk.
struct ObservationView: Sendable {
    let sentence: String
    let href: String

    static let sample = ObservationView(sentence: "Noté lors de la marche.", href: "/walks/x/observations/4")
}

/// Loads that part of the page.
struct ObservationSection: Sendable {
    let proposals: ObservationProposals

    /// Nil for a proposal that comes from elsewhere.
    func view(of scene: ProposalScene) async throws -> ObservationView? {
        guard let origin = try await proposals.origin(of: scene.proposal.id) else { return nil }
        return ObservationView(
            sentence: scene.strings(
                "walks.after.section",
                [
                    "walk": origin.walkTitle(scene.language), "number": String(origin.number),
                    "date": scene.strings.date(origin.at),
                ]), href: "/walks/\(origin.walkHandle)/observations/\(origin.number)")
    }
}
