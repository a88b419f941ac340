import Foundation
import Hummingbird
import Participation

/// The list at the meeting point, for crew and agents: one touch notes how many of a party have come.
struct DoorController: Sendable {
    private let site: Site
    private let gatherings: Gatherings

    /// The page over the capability it needs.
    init(site: Site, gatherings: Gatherings) {
        self.site = site
        self.gatherings = gatherings
    }

    /// Adds `/walks/{walk}/door` and `/events/{event}/door`.
    func add(to routes: RouterGroup<AppContext>) {
        for kind in Occasion.Kind.allCases {
            let path = RouterPath("\(kind.pattern)/door")
            routes.get(path) { request, context in try await show(kind, request, context) }
            routes.post(path) { request, context in try await note(kind, request, context) }
        }
    }

    private func show(
        _ kind: Occasion.Kind, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (here, actor) = try await crew(kind, context)
        let (occasion, parties, turnout) = try await absent {
            try await gatherings.attendance(of: here.gathering.id, by: actor)
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
                action: "\(here.path)/door", parties: registered + waiting, hasParties: !parties.isEmpty),
            title: strings("gatherings.door.title"), request, context)
    }

    private func note(
        _ kind: Occasion.Kind, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (here, actor) = try await crew(kind, context)
        let fields: Fields = try await site.form(request, context)
        guard let id = fields.id("registration", of: Registration.self) else { throw Refusal.malformed }
        let door = "\(here.path)/door"
        let came: Int? = fields.integer("came")
        // An empty field takes it back; what is no number does nothing.
        if came == nil, !fields.text("came").isEmpty { return site.see(door, flash: .failed("gatherings.door.people")) }
        do {
            try await absent {
                try await gatherings.note(came, of: id, at: here.gathering.id, by: actor)
            }
            return site.see("\(door)#party-\(id)")
        } catch let refused as Refused<AttendanceRefusal> {
            let key: String =
                refused.reasons.contains(.tooEarly) ? "gatherings.door.too_early" : "gatherings.door.people"
            return site.see(door, flash: .failed(key))
        }
    }

    /// The walk or event, and whoever is signed in, as agent or as themselves: the capability knows the crew.
    private func crew(
        _ kind: Occasion.Kind, _ context: AppContext
    ) async throws -> (Occasion, Participation.Actor) {
        let account: SignedInAccount = try context.requireAccount()
        let occasion: Occasion = try await gatherings.named(kind, context)
        let isAgent: Bool = account.holds(.participationAgent, process: occasion.process)
        return (occasion, isAgent ? account.acting(as: .participationAgent) : .resident(account.id))
    }

    /// What is not the actor's is not there.
    private func absent<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch is NotAllowed { throw Absent() }
    }
}
