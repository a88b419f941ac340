import Foundation
import Hummingbird
import Participation

/// Events as everybody reads them: the lists, the page of each, and their calendars.
struct EventController: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let events: Events
    let media: EventMedia
    let contributions: EventContributions
    let gatherings: Gatherings
    let map: CityMap

    /// Adds `/events`, `/processes/{process}/events`, `/events/{event}`, and the calendars `/events.ics` and
    /// `/events/{event}.ics`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/events", use: all)
        routes.get("/events.ics", use: calendar)
        routes.get("/processes/{process}/events", use: list)
        routes.get("/events/{event}.ics", use: eventCalendar)
        routes.get("/events/{event}", use: event)
    }

    private var shelf: EventShelf { EventShelf(events: events, gatherings: gatherings, processes: processes) }

    // MARK: Lists

    @Sendable private func all(_ request: Request, _ context: AppContext) async throws -> Response {
        let strings: Strings = site.strings(context)
        return site.page(
            EventsPage(try await shelf.cards(strings), of: nil, strings), title: strings("events.title"), request,
            context)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let process = try await processes.find(try context.slug("process")) else { throw Absent() }
        let strings: Strings = site.strings(context)
        return site.page(
            EventsPage(try await shelf.cards(of: process.id, strings), of: process, strings),
            title: strings("events.title_of", ["process": process.title(context.language)]), request, context)
    }

    // MARK: An event

    @Sendable private func event(_ request: Request, _ context: AppContext) async throws -> Response {
        let event: Event = try await published(context)
        let strings: Strings = site.strings(context)
        let id: ID<Gathering> = event.gathering.id
        guard let process = try await processes.find(event.process),
            let occasion = try await gatherings.occasion(of: id),
            let turnout = try await gatherings.turnouts(of: [id])[id]
        else { throw Absent() }
        var own: Registration?
        if let account = context.account { own = try await gatherings.find(of: account.id, for: id) }
        var consultation: Consultation?
        if let known = event.consultation { consultation = try await consultations.published(known) }
        var view: MapView?
        if let point = event.point {
            view = try await map.view(
                [CityMap.Spot(point: point, marker: nil)], words: strings("events.map"), strings.language)
        }
        let isTold: Bool = event.minutesPublishedAt != nil
        let isAgent: Bool = context.account?.holds(.participationAgent, process: event.process) == true
        let page = EventPage(
            EventPage.Scene(
                event: event, process: process, consultation: consultation, occasion: occasion, turnout: turnout,
                own: own, ownHref: own.map { "\(occasion.path)/registration/\(gatherings.token(of: $0).text)" },
                map: view, media: isTold ? try await media.list(of: event.id) : [],
                heads: isTold ? try await events.heads(of: event.id) : [:],
                said: try await contributions.list(of: event.id),
                deskHref: isAgent ? "/desk/processes/\(process.slug)/events/\(event.handle)" : nil,
                address: site.absolute(occasion.path), now: Date()), strings)
        return site.page(
            page, title: page.title, request, context, scripts: view == nil ? ["print.js"] : ["map.js", "print.js"])
    }

    private func published(_ context: AppContext) async throws -> Event {
        guard let event = try await events.find(try context.slug("event")), event.publishedAt != nil else {
            throw Absent()
        }
        return event
    }

    // MARK: Calendars

    @Sendable private func calendar(_ request: Request, _ context: AppContext) async throws -> Response {
        let strings: Strings = site.strings(context)
        // What is over stays for a quarter of a year, so that calendars do not lose it the day after.
        let occasions: [Occasion] = try await gatherings.published(
            .event, endingAfter: Date(timeIntervalSinceNow: -90 * 86_400))
        let known: [ID<Event>: Event] = Dictionary(
            uniqueKeysWithValues: try await events.list().map { ($0.id, $0) })
        let lines: [ICalendar.Event] = occasions.compactMap { occasion in
            guard case .event(let id) = occasion.subject else { return nil }
            return known[id].map { line(of: $0, occasion, strings) }
        }
        return ICalendar(
            name: strings("events.calendar", ["city": site.city.name]), language: strings.language, events: lines
        ).answer(file: "events")
    }

    @Sendable private func eventCalendar(_ request: Request, _ context: AppContext) async throws -> Response {
        let event: Event = try await published(context)
        guard let occasion = try await gatherings.occasion(of: event.gathering.id) else { throw Absent() }
        let strings: Strings = site.strings(context)
        return ICalendar(
            name: event.title(strings.language), language: strings.language,
            events: [line(of: event, occasion, strings)]
        ).answer(file: event.handle)
    }

    /// An event as calendars read it. The address to join from elsewhere is in it where everybody may see it.
    private func line(of event: Event, _ occasion: Occasion, _ strings: Strings) -> ICalendar.Event {
        let reader: Language = strings.language
        var words: [String] = [Markdown.plain(event.description(reader))]
        if event.gathering.cancelledAt != nil {
            words.insert(strings("events.called_off", ["reason": event.gathering.cancellation(reader)]), at: 0)
        }
        if event.isOnlineOpen, let address = event.onlineAddress {
            words.append(strings("gatherings.letter.online", ["address": address]))
        }
        let access: String = event.accessibility(reader)
        if !access.isEmpty { words.append(strings("events.access_line", ["words": access])) }
        return ICalendar.Event(
            uid: "event-\(event.id)@\(site.host)", sequence: occasion.sequence, changedAt: occasion.changedAt,
            startsAt: event.gathering.startsAt, endsAt: event.gathering.endsAt, summary: event.title(reader),
            description: words.filter { !$0.isEmpty }.joined(separator: "\n\n"),
            location: GatheringWords(strings).place(occasion), point: event.point, url: site.absolute(occasion.path),
            isCalledOff: event.gathering.cancelledAt != nil)
    }
}
