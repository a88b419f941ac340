import Participation

/// A map as `parts/map` shows it: a drawing for everybody, which `map.js` turns into one that can be moved.
struct MapView: Sendable {
    struct Surface: Sendable {
        let name: String
        let path: String
    }

    struct Dot: Sendable {
        let x: Int
        let y: Int
    }

    struct Marker: Sendable {
        let x: Int
        let y: Int
        let number: String
        let title: String
        let href: String
    }

    /// What the drawing shows, in words.
    let words: String
    let width: Int
    let height: Int
    let surfaces: [Surface]
    /// Everything that the list finds, and the proposals of its page by number.
    let dots: [Dot]
    let markers: [Marker]
    /// Where `map.js` finds outlines and points, as GeoJSON.
    let outlinesHref: String
    let pointsHref: String?
    /// The fields that take the point that is chosen, by their names are `latitude` and `longitude`.
    let picks: Bool
    /// A list of the same page says all that the map does.
    let hasList: Bool
    let tiles: String?
    let attribution: String?

    static let sample = MapView(
        words: "Carte de 2 propositions", width: 1000, height: 700,
        surfaces: [Surface(name: "Nord", path: "M0 0L10 0L10 10Z")], dots: [Dot(x: 4, y: 4)],
        markers: [Marker(x: 5, y: 5, number: "12", title: "Un banc", href: "/proposals/12")],
        outlinesHref: "/districts.geojson", pointsHref: "/processes/x/proposals.geojson", picks: true, hasList: true,
        tiles: "https://tiles.example/{z}/{x}/{y}.png", attribution: "Tiles")
}
