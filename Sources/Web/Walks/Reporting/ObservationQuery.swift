import Participation

/// Which observations a reader wants to see, and how they are drawn; it stands in the address.
struct ObservationQuery {
    /// What the map shows.
    enum Layer: String, CaseIterable {
        case points, grid
    }

    let words: String
    let chosen: [ObservationSearch.Facet: String]
    /// Where the page begins.
    let cursor: ObservationCursor?
    /// What the map shows; nil for what fits.
    let layer: Layer?
    /// The side of the squares in metres; nil for what fits.
    let side: Int?
    /// The part of the map that is looked at: west, south, east, north, as GeoJSON has it (RFC 7946, section 5).
    let box: MapBox?

    /// The query of an address; unknown values find nothing or are the default ones.
    init(_ fields: Fields) {
        words = String(fields.text("q").prefix(100))
        var chosen: [ObservationSearch.Facet: String] = [:]
        for facet in ObservationSearch.Facet.allCases {
            let value = String(fields.text(facet.rawValue).prefix(80))
            if !value.isEmpty { chosen[facet] = value }
        }
        self.chosen = chosen
        cursor = ObservationCursor(fields.text("at"))
        layer = Layer(rawValue: fields.text("layer"))
        side = fields.integer("side")
        let sides: [Double] = fields.text("bbox").split(separator: ",").compactMap { Double($0) }
        box = sides.count == 4 ? MapBox(south: sides[1], west: sides[0], north: sides[3], east: sides[2]) : nil
    }

    /// The address of the list of `here`, with other pages and layers than this one's.
    func address(_ here: String, at cursor: ObservationCursor? = nil, layer: Layer? = nil) -> String {
        var parts: [(String, String)] = [("q", words)]
        parts += ObservationSearch.Facet.allCases.map { ($0.rawValue, chosen[$0] ?? "") }
        parts.append(("layer", (layer ?? self.layer)?.rawValue ?? ""))
        if let side { parts.append(("side", String(side))) }
        if let cursor { parts.append(("at", cursor.description)) }
        return Self.address(here, parts)
    }

    /// The same filters for another address.
    func filters(of address: String) -> String {
        Self.address(
            address, [("q", words)] + ObservationSearch.Facet.allCases.map { ($0.rawValue, chosen[$0] ?? "") })
    }

    private static func address(_ here: String, _ parts: [(String, String)]) -> String {
        let query: String = parts.filter { !$0.1.isEmpty }
            .map { "\($0.0)=\(PercentDecoding.encode($0.1))" }.joined(separator: "&")
        return query.isEmpty ? here : "\(here)?\(query)"
    }

    /// The search of the query in its place.
    func search(in scope: ObservationSearch.Scope) -> ObservationSearch {
        ObservationSearch(in: scope, words: words, chosen: chosen)
    }
}
