import Foundation
public import Hummingbird
public import Participation

/// The other ways to vote, for everybody: places, hours, how one gets in.
public struct VotePlacesController: Sendable {
    private let site: Site
    private let shelf: VoteShelf
    private let places: Places
    private let assistance: Assistance

    /// The page over the capabilities it needs.
    public init(site: Site, shelf: VoteShelf, places: Places, assistance: Assistance) {
        self.site = site
        self.shelf = shelf
        self.places = places
        self.assistance = assistance
    }

    /// Adds `/votes/{vote}/places`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/votes/{vote}/places", use: list)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        guard vote.opening != nil || context.account?.preparing(vote) == true else { throw Absent() }
        let strings: Strings = site.strings(context)
        let language: Language = context.language
        let list: [Place] = try await places.list(of: vote.id)
        let helped: Int = try await assistance.counts(in: vote.id).values.reduce(0, +)
        return site.page(
            VotePlacesPage(
                voteTitle: vote.settings.title(language), voteHref: "/votes/\(vote.slug)",
                places: list.map { place in
                    let draft: PlaceDraft = place.draft
                    return VotePlacesPage.PlaceCard(
                        name: draft.name(language), nameLanguage: draft.name.foreign(to: language),
                        kind: strings("places.public.\(draft.kind.rawValue)"),
                        facts: [
                            PlaceFact(name: strings("places.field.address"), text: draft.address),
                            PlaceFact(name: strings("places.field.hours"), text: draft.hours(language)),
                            PlaceFact(name: strings("places.field.accessibility"), text: draft.accessibility(language)),
                            PlaceFact(name: strings("places.field.contact"), text: draft.contact),
                        ].filter { !$0.text.isEmpty })
                }, isEmpty: list.isEmpty,
                policy: vote.settings.channels.count > 1 ? strings("policy.\(vote.settings.policy)") : nil,
                helped: helped == 0 ? nil : strings.plural("places.public.helped", helped)),
            title: strings("places.public.title"), request, context)
    }
}
