import Hummingbird
import Participation

extension Occasion.Kind {
    /// The part of addresses under which all of them are: `/walks/…`, `/events/…`.
    var room: String {
        switch self {
        case .walk: "walks"
        case .event: "events"
        }
    }

    /// The beginning of the patterns of routes about one: `/walks/{walk}`.
    var pattern: String { "/\(room)/{\(rawValue)}" }

    /// The list of all of them.
    func list(_ strings: Strings) -> PlaceLink { PlaceLink(label: strings("\(room).title"), href: "/\(room)") }
}

extension Occasion {
    /// The address of its page.
    var path: String { "/\(kind.room)/\(handle)" }
}

extension Gatherings {
    /// The walk or event that the path names, published or not; absent when there is none.
    func named(_ kind: Occasion.Kind, _ context: AppContext) async throws -> Occasion {
        guard let occasion = try await occasion(of: kind, try context.slug(kind.rawValue)) else { throw Absent() }
        return occasion
    }

    /// The same for residents: absent until it is published.
    func published(_ kind: Occasion.Kind, _ context: AppContext) async throws -> Occasion {
        let occasion: Occasion = try await named(kind, context)
        guard occasion.isPublished else { throw Absent() }
        return occasion
    }
}

/// A walk or an event of a process at the desk, without anybody who comes to it.
struct OccasionScene: Sendable {
    let account: SignedInAccount
    let process: Participation.Process
    let strings: Strings
    let occasion: Occasion

    var actor: Participation.Actor { account.acting(as: .participationAgent) }
    /// The page of it at the desk.
    var home: String { "/desk/processes/\(process.slug)/\(occasion.kind.room)/\(occasion.handle)" }
    /// Where its registrations are.
    var base: String { "\(home)/registrations" }

    /// The walk or event of the path for the agents of its process; absent for everybody else.
    static func find(
        _ kind: Occasion.Kind, _ context: AppContext, _ processes: Processes, _ gatherings: Gatherings,
        _ strings: Strings
    ) async throws -> OccasionScene {
        let (account, process) = try await processes.ofAgent(context)
        let occasion: Occasion = try await gatherings.named(kind, context)
        guard occasion.process == process.id else { throw Absent() }
        return OccasionScene(account: account, process: process, strings: strings, occasion: occasion)
    }

    /// The way back, above the title of each page.
    var crumbs: [PlaceLink] {
        let room: String = occasion.kind.room
        let own: String = "/desk/processes/\(process.slug)"
        return [
            PlaceLink(label: strings("desk.title"), href: "/desk"),
            PlaceLink(label: process.title(strings.language), href: own),
            PlaceLink(label: strings("\(room).title"), href: "\(own)/\(room)"),
            PlaceLink(label: occasion.title(strings.language), href: home),
        ]
    }
}
