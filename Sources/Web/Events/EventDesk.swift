import Foundation
import Hummingbird
import Participation

/// The events of a process at the desk: their list, and the page of each from which everything is done.
struct EventDesk: Sendable {
    let site: Site
    let processes: Processes
    let events: Events
    let gatherings: Gatherings
    let contributions: EventContributions

    /// Adds `/desk/processes/{process}/events`, an event's page below it, and its publication.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/processes/{process}/events", use: list)
        routes.get("/desk/processes/{process}/events/{event}", use: show)
        routes.post("/desk/processes/{process}/events/{event}/publication", use: publish)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: EventScene = try await .find(context, processes, site.strings(context))
        let all: [Event] = try await events.all(of: scene.process.id, by: scene.actor)
        let turnouts: [ID<Gathering>: Turnout] = try await gatherings.turnouts(of: all.map(\.gathering.id))
        return site.page(
            EventsDeskPage(scene, all, turnouts), title: scene.strings("events.title"), request, context)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(.find(context, processes, site.strings(context), events), FieldErrors(), request, context)
    }

    @Sendable private func publish(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: EventScene = try await .find(context, processes, site.strings(context), events)
        _ = try await site.form(request, context)
        do {
            try await events.publish(try scene.required().id, by: scene.actor)
            return site.see(scene.own, flash: .done("events.done.publication"))
        } catch let refused as Refused<EventRefusal> {
            return try await page(scene, refused.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ scene: EventScene, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let event: Event = try scene.required()
        guard let turnout = try await gatherings.turnouts(of: [event.gathering.id])[event.gathering.id] else {
            throw Absent()
        }
        let said: Int = try await contributions.list(of: event.id).count
        let page = EventDeskPage(scene, event, turnout, said: said, errors)
        return site.page(
            page, title: errors.title(page.title, scene.strings), request, context, status: errors.status)
    }
}

/// The events of a process, at the desk.
struct EventsDeskPage: PageView {
    static let template = "events/desk-list"

    struct Line: Sendable {
        let title: String
        let href: String
        let date: String
        let kind: String
        let status: StatusWord
        let coming: String
    }

    let crumbs: [PlaceLink]
    let processTitle: String
    let base: String
    let lines: [Line]
    let isEmpty: Bool

    static let sample = EventsDeskPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], processTitle: "Diagonales", base: "/x",
        lines: [
            Line(title: "Atelier", href: "/x/a", date: "3 mars", kind: "En ligne", status: .sample, coming: "12")
        ], isEmpty: true)
}

extension EventsDeskPage {
    init(_ scene: EventScene, _ all: [Event], _ turnouts: [ID<Gathering>: Turnout]) {
        let strings: Strings = scene.strings
        crumbs = Array(scene.crumbs.dropLast())
        processTitle = scene.process.title(strings.language)
        base = scene.base
        let now = Date()
        lines = all.map { event in
            Line(
                title: event.title(strings.language), href: "\(scene.base)/\(event.handle)",
                date: strings.moment(event.gathering.startsAt), kind: EventWords(strings).kind(event.kind),
                status: EventStanding(event, at: now).word(strings),
                coming: strings.number(turnouts[event.gathering.id]?.people ?? 0))
        }
        isEmpty = all.isEmpty
    }
}

/// One event at the desk.
struct EventDeskPage: PageView {
    static let template = "events/desk-event"

    let crumbs: [PlaceLink]
    let errors: ErrorSummary?
    let title: String
    let when: String
    let status: StatusWord
    let publicHref: String?
    let publicationHref: String?
    let facts: [PlaceFact]
    let links: [PlaceLink]
    let acts: [PlaceLink]

    static let sample = EventDeskPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")],
        errors: ErrorSummary(items: [.init(field: nil, text: "Annulée")]), title: "Atelier", when: "samedi",
        status: .sample, publicHref: "/events/x", publicationHref: "/x/publication",
        facts: [PlaceFact(name: "Inscrits", text: "12")], links: [PlaceLink(label: "Inscriptions", href: "/x/r")],
        acts: [PlaceLink(label: "Annuler", href: "/x/cancellation")])
}

extension EventDeskPage {
    init(_ scene: EventScene, _ event: Event, _ turnout: Turnout, said: Int, _ errors: FieldErrors) {
        let strings: Strings = scene.strings
        let own: String = scene.own
        let isPublished: Bool = event.publishedAt != nil
        crumbs = scene.crumbs
        self.errors = errors.summary(strings)
        title = event.title(strings.language)
        when = GatheringWords(strings).when(event.gathering)
        status = EventStanding(event, at: Date()).word(strings)
        publicHref = isPublished ? "/events/\(event.handle)" : nil
        publicationHref = isPublished || event.gathering.cancelledAt != nil ? nil : "\(own)/publication"
        let place: String = event.place(strings.language)
        var facts: [PlaceFact] = [
            PlaceFact(name: strings("events.fact.kind"), text: EventWords(strings).kind(event.kind))
        ]
        if !place.isEmpty { facts.append(PlaceFact(name: strings("events.fact.place"), text: place)) }
        facts += [
            PlaceFact(
                name: strings("events.fact.places"),
                text: turnout.places.map { strings.number($0) } ?? strings("events.desk.any")),
            PlaceFact(name: strings("gatherings.desk.people"), text: strings.number(turnout.people)),
            PlaceFact(name: strings("gatherings.desk.waiting"), text: strings.number(turnout.waitingPeople)),
            PlaceFact(name: strings("gatherings.desk.present"), text: strings.number(turnout.came)),
            PlaceFact(name: strings("events.said"), text: strings.number(said)),
        ]
        self.facts = facts
        var links: [PlaceLink] = []
        if isPublished {
            links = [
                PlaceLink(label: strings("gatherings.desk.title"), href: "\(own)/registrations"),
                PlaceLink(label: strings("gatherings.door.title"), href: "/events/\(event.handle)/door"),
            ]
        }
        self.links =
            links + [
                PlaceLink(label: strings("events.contributions.title"), href: "\(own)/contributions"),
                PlaceLink(label: strings("events.minutes.title"), href: "\(own)/minutes"),
            ]
        acts = EventAct.allCases.filter { $0.isOffered(for: event) }.map {
            PlaceLink(label: strings("events.act.\($0.rawValue)"), href: "\(own)/\($0.rawValue)")
        }
    }
}
