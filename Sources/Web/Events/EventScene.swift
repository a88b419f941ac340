import Foundation
import Hummingbird
import Participation

/// Who works on the events of which process: what every page of them at the desk begins with.
struct EventScene: Sendable {
    let account: SignedInAccount
    let process: Participation.Process
    let strings: Strings
    /// The event of the path, where it names one.
    let event: Event?

    var actor: Actor { account.acting(as: .participationAgent) }
    var base: String { "/desk/processes/\(process.slug)/events" }
    /// The address of the event's own page at the desk, where the path names one.
    var own: String { event.map { "\(base)/\($0.handle)" } ?? base }

    /// The process of the path for its agents, with the event where one is asked for; absent for everybody else.
    static func find(
        _ context: AppContext, _ processes: Processes, _ strings: Strings, _ events: Events? = nil
    ) async throws -> EventScene {
        let (account, process) = try await processes.ofAgent(context)
        guard let events else { return EventScene(account: account, process: process, strings: strings, event: nil) }
        guard let event = try await events.find(try context.slug("event")), event.process == process.id else {
            throw Absent()
        }
        return EventScene(account: account, process: process, strings: strings, event: event)
    }

    /// The event of the path, for a page whose path always names one.
    func required() throws -> Event {
        guard let event else { throw Absent() }
        return event
    }

    /// The way back, above the title of each page; to the event too, where the path names one.
    var crumbs: [PlaceLink] {
        [
            PlaceLink(label: strings("desk.title"), href: "/desk"),
            PlaceLink(label: process.title(strings.language), href: "/desk/processes/\(process.slug)"),
            PlaceLink(label: strings("events.title"), href: base),
        ] + (event.map { [PlaceLink(label: $0.title(strings.language), href: own)] } ?? [])
    }
}

/// Where an event stands for its agents.
enum EventStanding: String, CaseIterable {
    case preparing, published, now, held, told
    case calledOff = "called_off"

    init(_ event: Event, at now: Date) {
        if event.publishedAt == nil {
            self = .preparing
        } else if event.gathering.cancelledAt != nil {
            self = .calledOff
        } else if now < event.gathering.startsAt {
            self = .published
        } else if now < event.gathering.endsAt {
            self = .now
        } else {
            self = event.minutesPublishedAt == nil ? .held : .told
        }
    }

    func word(_ strings: Strings) -> StatusWord {
        let tone: String? =
            switch self {
            case .preparing, .held: "wait"
            case .published, .told: "good"
            case .now: "now"
            case .calledOff: "bad"
            }
        return StatusWord(
            word: strings("events.standing.\(rawValue)"), tone: tone,
            meaning: strings("events.standing.\(rawValue).words"))
    }
}
