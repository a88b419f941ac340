import Participation

/// What people saw, as a map and as a list, with filters that stay in the address.
struct ObservationsPage: PageView {
    static let template = "walks/map-observations"

    /// A list of choices.
    struct Facet: Sendable {
        let name: String
        let label: String
        let options: [SelectOption]
    }

    let title: String
    let crumbs: [PlaceLink]
    let demonstration: Bool
    let here: String
    let search: String
    let facets: [Facet]
    let layer: String?
    let countWords: String
    let voiceWords: String?
    let map: ObservationMap?
    /// The same with the other layer; nil where there is one alone.
    let otherHref: String?
    let cards: [ObservationCard]
    let isEmpty: Bool
    /// There is nothing at all, whatever the filters.
    let isFirst: Bool
    let paging: Paging?
    let analysisHref: String
    let links: [PlaceLink]
    let files: [DeliveryLink]

    static let sample = ObservationsPage(
        title: "Autour de la gare", crumbs: [PlaceLink(label: "Diagonales", href: "/processes/x")], demonstration: true,
        here: "/walks/x/observations", search: "banc",
        facets: [
            Facet(
                name: "kind", label: "Nature",
                options: [SelectOption(value: "problem", label: "Problème (2)", selected: true)])
        ], layer: "grid", countWords: "2 observations", voiceWords: "3 avec celles qui leur sont réunies", map: .sample,
        otherHref: "?layer=points", cards: [.sample], isEmpty: true, isFirst: true, paging: .sample,
        analysisHref: "/walks/x/analysis", links: [PlaceLink(label: "Le compte rendu", href: "/walks/x/report")],
        files: [DeliveryLink(href: "/walks/x/observations.csv", label: "CSV", language: nil)])
}

extension ObservationsPage {
    init(
        _ scene: ObservationScene, _ query: ObservationQuery, _ list: ObservationList, map: ObservationMap?,
        hasLayers: Bool, links: [PlaceLink]
    ) {
        let strings: Strings = scene.strings
        title = scene.title
        crumbs = scene.crumbs
        demonstration = scene.process.demonstration
        here = scene.here
        search = query.words
        facets = scene.facets.map { facet in
            let counts: [String: Int] = list.facets[facet] ?? [:]
            return Facet(
                name: facet.rawValue, label: strings("walks.map.facet.\(facet.rawValue)"),
                options: scene.values(of: facet).map { value, name in
                    let isGroup: Bool = facet == .answer && value == ObservationSearch.answered
                    let count: Int =
                        isGroup
                        ? counts.filter { $0.key != ObservationSearch.unanswered }.values.reduce(0, +)
                        : counts[value] ?? 0
                    return SelectOption(
                        value: value, label: "\(name) (\(strings.number(count)))",
                        selected: query.chosen[facet] == value)
                })
        }
        layer = query.layer?.rawValue
        countWords = strings.plural("walks.map.count", list.total)
        voiceWords = list.voices > list.total ? strings.plural("walks.map.voices", list.voices) : nil
        self.map = map
        otherHref =
            hasLayers
            ? query.address(scene.here, at: query.cursor, layer: map?.isGrid == true ? .points : .grid) : nil
        let words = ObservationWords(strings)
        cards = list.observations.map { words.card($0, showsWalk: scene.walk == nil) }
        isEmpty = list.observations.isEmpty
        isFirst = list.observations.isEmpty && !query.search(in: scene.scope).isFilter
        paging =
            list.previous == nil && list.next == nil
            ? nil
            : Paging(
                words: strings.plural("walks.map.count", list.total),
                previous: list.previous.map { query.address(scene.here, at: $0) },
                next: list.next.map { query.address(scene.here, at: $0) })
        analysisHref = "\(scene.base)/analysis"
        self.links = links
        files =
            ["csv", "geojson"].map {
                DeliveryLink(
                    href: query.filters(of: "\(scene.here).\($0)"), label: strings("walks.map.file.\($0)"),
                    language: nil)
            }
            + (scene.walk == nil
                ? []
                : [
                    DeliveryLink(
                        href: query.filters(of: "\(scene.here).gpx"), label: strings("walks.map.file.gpx"),
                        language: nil)
                ])
    }
}
