import Participation

/// How a proposal, or the project that it became, is being built: on their pages.
struct DeliveriesView: Sendable {
    let cards: [DeliveryCard]

    static let sample = DeliveriesView(cards: [.sample])

    private init(cards: [DeliveryCard]) {
        self.cards = cards
    }

    init(_ deliveries: [Delivery], _ strings: Strings) {
        let words = DeliveryWords(strings)
        cards = deliveries.map { DeliveryCard($0, words) }
    }
}

/// The deliveries of a proposal, for its page.
struct DeliverySection: Sendable {
    let deliveries: Deliveries

    /// Nil for a proposal that is not being built.
    func view(of scene: ProposalScene) async throws -> DeliveriesView? {
        let all: [Delivery] = try await deliveries.list(of: scene.proposal.id)
        return all.isEmpty ? nil : DeliveriesView(all, scene.strings)
    }
}
