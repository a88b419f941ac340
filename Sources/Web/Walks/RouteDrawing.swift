import Foundation
import Participation

/// The drawing of a route over the districts, for pages, paper and reports: `{{#drawing}}{{>parts/route}}{{/drawing}}`
/// with what ``CityMap/drawing(of:at:meeting:dots:words:lineHref:_:)`` makes. It carries its own colours, so that it
/// prints without a style sheet.
///
///     try await map.drawing(of: route, words: strings("walks.prepare.drawing"), strings)           the whole way
///     try await map.drawing(of: route, at: route.stops[2], words: …, strings)                    zoomed on one stop
///     try await map.drawing(of: route, dots: observations.compactMap(\.point), words: …, strings) with what was seen
///
/// A list of the stops stands beside it on every page.
struct RouteDrawing: Sendable {
    /// A numbered stop.
    struct Marker: Sendable {
        let x: Int
        let y: Int
        let number: String
        let title: String
        /// The stop that the drawing is zoomed on.
        let isHere: Bool
    }

    struct Mark: Sendable {
        let x: Int
        let y: Int
    }

    /// A stretch whose length is written beside it.
    struct Scale: Sendable {
        let x: Int
        let y: Int
        let end: Int
        let top: Int
        let words: String
    }

    /// What the drawing shows, in words.
    let words: String
    let width: Int
    let height: Int
    let surfaces: [MapView.Surface]
    /// The way as the path of an SVG; nil while nobody has drawn it.
    let path: String?
    let dots: [Mark]
    let meeting: Mark?
    let markers: [Marker]
    let scale: Scale
    /// Where `map.js` finds the outlines and the route as GeoJSON, for a map that can be moved; nil for a drawing that
    /// stays one.
    let outlinesHref: String?
    let lineHref: String?
    let tiles: String?
    let attribution: String?

    static let sample = RouteDrawing(
        words: "L’itinéraire et ses 2 arrêts", width: 1000, height: 600,
        surfaces: [MapView.Surface(name: "Nord", path: "M0 0L10 0L10 10Z")], path: "M1 1L900 500",
        dots: [Mark(x: 4, y: 4)], meeting: Mark(x: 1, y: 1),
        markers: [Marker(x: 5, y: 5, number: "1", title: "Gare", isHere: true)],
        scale: Scale(x: 40, y: 560, end: 140, top: 548, words: "100 m"), outlinesHref: "/districts.geojson",
        lineHref: "/walks/x/route.geojson", tiles: "https://tiles.example/{z}/{x}/{y}.png", attribution: "Tiles")
}

extension CityMap {
    /// The drawing of a route; nil while it has neither a line nor a stop.
    ///
    /// - Parameters:
    ///   - stop: the stop to zoom on: three hundred metres around it are shown.
    ///   - meeting: where people meet, as a square.
    ///   - dots: further points, such as what was seen.
    ///   - words: what the drawing shows, for who does not see it.
    ///   - lineHref: the address of the route as GeoJSON, for pages that load `map.js`.
    func drawing(
        of route: Route, at stop: Stop? = nil, meeting: MapPoint? = nil, dots: [MapPoint] = [], words: String,
        lineHref: String? = nil, _ strings: Strings
    ) async throws -> RouteDrawing? {
        try await drawing(
            of: route.line, route.stops.map { ($0.title(strings.language), $0.point) }, at: stop.map { $0.number - 1 },
            meeting: meeting, dots: dots, words: words, lineHref: lineHref, strings)
    }

    /// The same of a line and its stops, which nobody has to have kept yet; `here` counts the stops from 0.
    func drawing(
        of line: [MapPoint], _ stops: [(title: String, point: MapPoint)], at here: Int? = nil,
        meeting: MapPoint? = nil, dots: [MapPoint] = [], words: String, lineHref: String? = nil, _ strings: Strings
    ) async throws -> RouteDrawing? {
        let shown: [MapPoint] =
            here.map { [stops[$0].point] } ?? line + stops.map(\.point) + dots + [meeting].compactMap(\.self)
        guard let frame = RouteFrame(shown, margin: here == nil ? 40 : 150),
            let projection = MapProjection(frame.corners)
        else { return nil }
        func mark(_ point: MapPoint) -> RouteDrawing.Mark {
            let place = projection.place(point)
            return RouteDrawing.Mark(x: Int(place.x.rounded()), y: Int(place.y.rounded()))
        }
        let height = Int(projection.height.rounded(.up))
        let surfaces: [MapView.Surface] = try await districts().compactMap { district in
            guard let outline = district.outline, frame.touches(outline.polygons.flatMap { $0.flatMap { $0 } }) else {
                return nil
            }
            let path: String = outline.polygons.flatMap { $0.map(projection.path) }.joined()
            return MapView.Surface(name: district.name(strings.language), path: path)
        }
        return RouteDrawing(
            words: words, width: Int(MapProjection.width), height: height, surfaces: surfaces,
            path: line.isEmpty ? nil : projection.line(line), dots: dots.map(mark), meeting: meeting.map(mark),
            markers: stops.enumerated().map { index, stop in
                let place: RouteDrawing.Mark = mark(stop.point)
                return RouteDrawing.Marker(
                    x: place.x, y: place.y, number: String(index + 1), title: stop.title, isHere: index == here)
            },
            scale: frame.scale(of: projection, height: height, strings),
            outlinesHref: lineHref == nil ? nil : "/districts.geojson", lineHref: lineHref,
            tiles: tiles?.template, attribution: tiles?.attribution)
    }
}

/// The part of the earth that a drawing of a route shows: no thinner than half as wide as it is long.
private struct RouteFrame {
    let corners: [MapPoint]

    /// The frame around these points and `margin` metres more; nil when there are none.
    init?(_ points: [MapPoint], margin: Double) {
        guard let south = points.map(\.latitude).min(), let north = points.map(\.latitude).max(),
            let west = points.map(\.longitude).min(), let east = points.map(\.longitude).max()
        else { return nil }
        let (latitude, longitude): (Double, Double) = ((south + north) / 2, (west + east) / 2)
        // Metres of a degree: the earth's circumference by 360.
        let degree = 111_195.0
        let shrink: Double = max(cos(latitude * .pi / 180), 0.01)
        let half: (x: Double, y: Double) = (
            (east - west) / 2 * degree * shrink + margin, (north - south) / 2 * degree + margin
        )
        let (x, y): (Double, Double) = (max(half.x, half.y), max(half.y, half.x * 0.6))
        corners = [-1.0, 1.0].compactMap { side in
            MapPoint(
                latitude: min(90, max(-90, latitude + side * y / degree)),
                longitude: min(180, max(-180, longitude + side * x / degree / shrink)))
        }
    }

    /// Whether a surface with these points may be seen in it.
    func touches(_ points: [MapPoint]) -> Bool {
        guard corners.count == 2 else { return false }
        return points.contains { $0.latitude >= corners[0].latitude }
            && points.contains { $0.latitude <= corners[1].latitude }
            && points.contains { $0.longitude >= corners[0].longitude }
            && points.contains { $0.longitude <= corners[1].longitude }
    }

    /// The longest round stretch that takes no more than a quarter of the width.
    func scale(of projection: MapProjection, height: Int, _ strings: Strings) -> RouteDrawing.Scale {
        let middle: Double = (corners[0].latitude + corners[1].latitude) / 2
        let from = MapPoint(latitude: middle, longitude: corners[0].longitude) ?? corners[0]
        let to = MapPoint(latitude: middle, longitude: corners[1].longitude) ?? corners[1]
        let units: Double = projection.place(to).x - projection.place(from).x
        let perMetre: Double = units / max(1, RouteMeasure.distance(from, to))
        let rounds: [Int] = [5000, 2000, 1000, 500, 200, 100, 50, 20, 10]
        let metres: Int = rounds.first { Double($0) * perMetre <= MapProjection.width / 4 } ?? 10
        return RouteDrawing.Scale(
            x: 40, y: height - 40, end: 40 + Int((Double(metres) * perMetre).rounded()), top: height - 56,
            words: WalkWords(strings).length(metres))
    }
}
