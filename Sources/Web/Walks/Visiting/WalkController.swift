import Foundation
import Hummingbird
import Participation

/// Walks as everybody reads them: the lists, the page of each, and their calendars.
struct WalkController: Sendable {
    private let site: Site
    private let processes: Processes
    private let walks: Walks
    private let gatherings: Gatherings
    private let reports: WalkReports
    private let map: CityMap

    /// The pages over the capabilities they need.
    init(site: Site, processes: Processes, walks: Walks, gatherings: Gatherings, reports: WalkReports, map: CityMap) {
        self.site = site
        self.processes = processes
        self.walks = walks
        self.gatherings = gatherings
        self.reports = reports
        self.map = map
    }

    /// Adds `/walks`, `/processes/{process}/walks`, `/walks/{walk}` with its route, and the calendars `/walks.ics`
    /// and `/walks/{walk}.ics`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/walks", use: all)
        routes.get("/walks.ics", use: calendar)
        routes.get("/processes/{process}/walks", use: list)
        routes.get("/walks/{walk}.ics", use: walkCalendar)
        routes.get("/walks/{walk}", use: walk)
        routes.get("/walks/{walk}/route.geojson", use: line)
    }

    private var shelf: WalkShelf { WalkShelf(walks: walks, gatherings: gatherings, processes: processes) }

    // MARK: Lists

    @Sendable private func all(_ request: Request, _ context: AppContext) async throws -> Response {
        let strings: Strings = site.strings(context)
        return site.page(
            WalksPage(try await shelf.cards(strings), of: nil, strings), title: strings("walks.title"), request, context
        )
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let process = try await processes.find(try context.slug("process")) else { throw Absent() }
        let strings: Strings = site.strings(context)
        return site.page(
            WalksPage(try await shelf.cards(of: process.id, strings), of: process, strings),
            title: strings("walks.visit.title_of", ["process": process.title(context.language)]), request, context)
    }

    // MARK: A walk

    @Sendable private func walk(_ request: Request, _ context: AppContext) async throws -> Response {
        let walk: Walk = try await walks.published(context)
        let strings: Strings = site.strings(context)
        guard let process = try await processes.find(walk.process),
            let route = try await walks.route(walk.route),
            let occasion = try await gatherings.occasion(of: walk.gathering.id),
            let turnout = try await gatherings.turnouts(of: [walk.gathering.id])[walk.gathering.id]
        else { throw Absent() }
        var own: Registration?
        if let account = context.account {
            own = try await gatherings.find(of: account.id, for: walk.gathering.id)
        }
        let isAgent: Bool = context.account?.holds(.participationAgent, process: walk.process) == true
        let page = WalkPage(
            WalkPage.Scene(
                walk: walk, process: process, route: route, themes: try await walks.themes(of: walk.id),
                occasion: occasion, turnout: turnout, drawing: try await drawing(of: walk, route, strings),
                previous: try await previous(of: walk), hasReport: try await !reports.versions(of: walk.id).isEmpty,
                ownHref: own.map { "/walks/\(walk.handle)/registration/\(gatherings.token(of: $0).text)" },
                deskHref: isAgent ? "/desk/processes/\(process.slug)/walks/\(walk.handle)" : nil,
                address: site.absolute("/walks/\(walk.handle)"), now: Date()), strings)
        return site.page(page, title: page.title, request, context, scripts: ["map.js", "print.js"])
    }

    /// The published walk before on the same route, when there is one.
    private func previous(of walk: Walk) async throws -> Walk? {
        guard let previous = walk.previous else { return nil }
        return try await walks.published(previous)
    }

    /// The way with its stops and the meeting point; nil while nothing is drawn.
    private func drawing(of walk: Walk, _ route: Route, _ strings: Strings) async throws -> RouteDrawing? {
        try await map.drawing(
            of: route, meeting: walk.meetingPoint,
            words: strings.plural("walks.visit.map", route.stops.count),
            lineHref: "/walks/\(walk.handle)/route.geojson", strings)
    }

    /// The way and its stops as GeoJSON (RFC 7946), for the map that can be moved and for whoever walks it again.
    @Sendable private func line(_ request: Request, _ context: AppContext) async throws -> Response {
        let walk: Walk = try await walks.published(context)
        guard let route = try await walks.route(walk.route) else { throw Absent() }
        let json: Data = try JSONEncoder().encode(RouteFeatures(route, site.strings(context)))
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/geo+json", .contentLanguage: context.language.rawValue,
                .cacheControl: "private, no-cache",
            ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: json)))
    }

    // MARK: Calendars

    @Sendable private func calendar(_ request: Request, _ context: AppContext) async throws -> Response {
        let strings: Strings = site.strings(context)
        // What is over stays for a quarter of a year, so that calendars do not lose it the day after.
        let occasions: [Occasion] = try await gatherings.published(
            .walk, endingAfter: Date(timeIntervalSinceNow: -90 * 86_400))
        let name: String = strings("walks.visit.calendar", ["city": site.city.name])
        let known: [ID<Walk>: Walk] = Dictionary(
            uniqueKeysWithValues: try await walks.list().map { ($0.id, $0) })
        let events: [ICalendar.Event] = occasions.compactMap { occasion in
            guard case .walk(let id) = occasion.subject else { return nil }
            return known[id].map { event(of: $0, occasion, strings) }
        }
        return ICalendar(name: name, language: strings.language, events: events).answer(file: "walks")
    }

    @Sendable private func walkCalendar(_ request: Request, _ context: AppContext) async throws -> Response {
        let walk: Walk = try await walks.published(context)
        guard let occasion = try await gatherings.occasion(of: walk.gathering.id) else { throw Absent() }
        let strings: Strings = site.strings(context)
        return ICalendar(
            name: walk.title(strings.language), language: strings.language,
            events: [event(of: walk, occasion, strings)]
        ).answer(file: walk.handle)
    }

    private func event(of walk: Walk, _ occasion: Occasion, _ strings: Strings) -> ICalendar.Event {
        let reader: Language = strings.language
        var words: [String] = [walk.aim(reader)]
        if walk.gathering.cancelledAt != nil {
            words.insert(
                strings("walks.visit.called_off", ["reason": walk.gathering.cancellation(reader)]), at: 0)
        }
        let access: String = walk.accessibility(reader)
        if !access.isEmpty { words.append(strings("walks.visit.access_line", ["words": access])) }
        if let rain = walk.rainStartsAt {
            words.append(strings("walks.visit.rain", ["when": GatheringWords(strings).moment(rain)]))
        }
        return ICalendar.Event(
            uid: "walk-\(walk.id)@\(site.host)", sequence: occasion.sequence, changedAt: occasion.changedAt,
            startsAt: walk.gathering.startsAt, endsAt: walk.gathering.endsAt, summary: walk.title(reader),
            description: words.filter { !$0.isEmpty }.joined(separator: "\n\n"), location: walk.meetingPlace(reader),
            point: walk.meetingPoint, url: site.absolute("/walks/\(walk.handle)"),
            isCalledOff: walk.gathering.cancelledAt != nil)
    }
}
