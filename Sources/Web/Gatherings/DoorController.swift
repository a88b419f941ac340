import Foundation
import Hummingbird
import Participation

/// The list at the meeting point, for crew and agents: one touch notes how many of a party have come.
struct DoorController: Sendable {
    private let site: Site
    private let walks: Walks
    private let gatherings: Gatherings

    /// The page over the capabilities it needs.
    init(site: Site, walks: Walks, gatherings: Gatherings) {
        self.site = site
        self.walks = walks
        self.gatherings = gatherings
    }

    /// Adds `/walks/{walk}/door`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/walks/{walk}/door", use: show)
        routes.post("/walks/{walk}/door", use: note)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (walk, actor) = try await crew(context)
        let (occasion, parties, turnout) = try await absent {
            try await gatherings.attendance(of: walk.gathering.id, by: actor)
        }
        let strings: Strings = site.strings(context)
        let (registered, waiting) = PartyLine.lines(parties, base: "", strings)
        let standing = GatheringStanding(occasion, turnout, at: Date())
        let words: String = strings(
            "gatherings.door.words", ["came": strings.number(turnout.came), "people": strings.number(turnout.people)])
        return site.page(
            DoorPage(
                head: GatheringHead(occasion, standing, strings), words: words,
                isTooEarly: occasion.gathering.startsAt.timeIntervalSinceNow > 86_400,
                action: "/walks/\(walk.handle)/door", parties: registered + waiting, hasParties: !parties.isEmpty),
            title: strings("gatherings.door.title"), request, context)
    }

    @Sendable private func note(_ request: Request, _ context: AppContext) async throws -> Response {
        let (walk, actor) = try await crew(context)
        let fields: Fields = try await site.form(request, context)
        guard let id = fields.id("registration", of: Registration.self) else { throw Refusal.malformed }
        let here = "/walks/\(walk.handle)/door"
        let came: Int? = fields.integer("came")
        // An empty field takes it back; what is no number does nothing.
        if came == nil, !fields.text("came").isEmpty { return site.see(here, flash: .failed("gatherings.door.people")) }
        do {
            try await absent {
                try await gatherings.note(came, of: id, at: walk.gathering.id, by: actor)
            }
            return site.see("\(here)#party-\(id)")
        } catch let refused as Refused<AttendanceRefusal> {
            let key: String =
                refused.reasons.contains(.tooEarly) ? "gatherings.door.too_early" : "gatherings.door.people"
            return site.see(here, flash: .failed(key))
        }
    }

    /// The walk, and whoever is signed in, as agent or as themselves: the capability knows the crew.
    private func crew(_ context: AppContext) async throws -> (Walk, Participation.Actor) {
        _ = try context.requireAccount()
        guard let walk = try await walks.find(try context.slug("walk")) else { throw Absent() }
        return (walk, context.actor(on: walk))
    }

    /// What is not the actor's is not there.
    private func absent<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch is NotAllowed { throw Absent() }
    }
}
