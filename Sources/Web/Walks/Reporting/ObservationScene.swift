import Hummingbird
import Participation

/// Where observations are looked at: on one walk, or on all walks of a process.
struct ObservationScene: Sendable {
    let process: Participation.Process
    /// The walk of the path; nil on the pages of a process.
    let walk: Walk?
    /// Its way.
    let route: Route?
    /// The published walks that are looked at.
    let walks: [Walk]
    /// Their themes, each key once.
    let themes: [WalkTheme]
    let strings: Strings

    /// The published walk of the path, or all those of the process of the path; absent when there is none.
    static func find(
        _ context: AppContext, _ processes: Processes, _ walks: Walks, _ lists: ObservationLists, _ strings: Strings
    ) async throws -> ObservationScene {
        let walk: Walk? = context.parameters.get("walk") == nil ? nil : try await walks.published(context)
        let found: Participation.Process? =
            if let walk {
                try await processes.find(walk.process)
            } else {
                try await processes.find(try context.slug("process"))
            }
        guard let process = found else { throw Absent() }
        let all: [Walk] = if let walk { [walk] } else { try await walks.list(of: process.id) }
        let scope: ObservationSearch.Scope = walk.map { .walk($0.id) } ?? .process(process.id)
        var route: Route?
        if let walk { route = try await walks.route(walk.route) }
        return ObservationScene(
            process: process, walk: walk, route: route, walks: all,
            themes: try await lists.themes(ObservationSearch(in: scope)), strings: strings)
    }

    var scope: ObservationSearch.Scope { walk.map { .walk($0.id) } ?? .process(process.id) }

    /// The address of the list.
    var here: String { "\(base)/observations" }

    /// What the pages of these observations lie below.
    var base: String { walk.map { "/walks/\($0.handle)" } ?? "/processes/\(process.slug)/walks" }

    /// The name of files that are saved.
    var fileName: String { walk.map(\.handle) ?? "\(process.slug)-walks" }

    /// Whose observations they are.
    var title: String { walk.map { $0.title(strings.language) } ?? process.title(strings.language) }

    /// The way back, above the title.
    var crumbs: [PlaceLink] {
        let home = PlaceLink(label: process.title(strings.language), href: "/processes/\(process.slug)")
        let all = PlaceLink(label: strings("walks.title"), href: "/processes/\(process.slug)/walks")
        return [home, all] + (walk.map { [PlaceLink(label: $0.title(strings.language), href: base)] } ?? [])
    }

    /// The facets that say something here.
    var facets: [ObservationSearch.Facet] {
        ObservationSearch.Facet.allCases.filter { facet in
            switch facet {
            case .stop: route?.stops.isEmpty == false
            case .walk, .light: walk == nil
            case .theme: !themes.isEmpty
            case .kind, .feeling, .concerned, .answer: true
            }
        }
    }

    /// The values of a facet with their names, in their order.
    func values(of facet: ObservationSearch.Facet) -> [(value: String, name: String)] {
        let words = WalkWords(strings)
        return switch facet {
        case .theme: themes.map { ($0.key, $0.title(strings.language)) }
        case .kind: Observation.Kind.allCases.map { ($0.rawValue, words.kind($0)) }
        case .feeling: Observation.Feeling.allCases.reversed().map { (String($0.rawValue), words.feeling($0)) }
        case .stop:
            (route?.stops ?? []).map { (String($0.number), "\($0.number). \($0.title(strings.language))") }
                + [(ObservationSearch.elsewhere, strings("walks.map.elsewhere"))]
        case .concerned: Concerned.allCases.map { ($0.rawValue, words.concerned($0)) }
        case .answer:
            [
                (ObservationSearch.unanswered, strings("walks.map.unanswered")),
                (ObservationSearch.answered, strings("walks.map.answered")),
            ]
                + FollowUp.Status.allCases.filter { $0 != .asked }
                .map { ($0.rawValue, strings("walks.report.status.\($0.rawValue)")) }
        case .walk: walks.map { ($0.handle, $0.title(strings.language)) }
        case .light: Walk.Light.allCases.map { ($0.rawValue, words.light($0)) }
        }
    }
}
