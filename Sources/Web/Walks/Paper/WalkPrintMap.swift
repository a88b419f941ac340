import Foundation
import Participation

/// A map for paper: black lines on white, a scale and north; no tile is fetched, and room is left to draw on.
struct WalkPrintMap: Sendable {
    /// The way and its stops.
    let route: Route
    /// Edges of districts, for who knows the city by them.
    let districts: [District]

    /// Metres in one degree of latitude.
    private static let perDegree = 111_320.0

    /// The whole route; nil while it has no extent.
    func overview() -> String? {
        var points: [MapPoint] = route.line + route.stops.map(\.point)
        guard let middle = Self.middle(points) else { return nil }
        // A route that goes straight on still gets a map with some height.
        points += Self.corners(around: middle, width: 120, height: 60)
        return drawing(of: points, focus: nil)
    }

    /// What lies around one stop: 320 metres by 130.
    func surroundings(of stop: Stop) -> String? {
        drawing(of: Self.corners(around: stop.point, width: 320, height: 130), focus: stop)
    }

    private static func middle(_ points: [MapPoint]) -> MapPoint? {
        guard let west = points.map(\.longitude).min(), let east = points.map(\.longitude).max(),
            let south = points.map(\.latitude).min(), let north = points.map(\.latitude).max()
        else { return nil }
        return MapPoint(latitude: (south + north) / 2, longitude: (west + east) / 2)
    }

    /// The corners of a rectangle of that many metres.
    private static func corners(around point: MapPoint, width: Double, height: Double) -> [MapPoint] {
        let up: Double = height / 2 / perDegree
        let aside: Double = width / 2 / perDegree / max(cos(point.latitude * .pi / 180), 0.01)
        return [(up, aside), (-up, -aside)].compactMap {
            MapPoint(latitude: point.latitude + $0.0, longitude: point.longitude + $0.1)
        }
    }

    // MARK: Drawing

    private func drawing(of points: [MapPoint], focus: Stop?) -> String? {
        guard let projection = MapProjection(points) else { return nil }
        // A narrow drawing stands in the middle of its width: what is left of it is cut away.
        let places: [Double] = points.map { projection.place($0).x }
        let left: Int = max(0, Int((places.min() ?? 0) - 2 * MapProjection.rim))
        let right: Int = min(
            Int(MapProjection.width), Int((places.max() ?? MapProjection.width) + 2 * MapProjection.rim))
        let height = Int(projection.height.rounded(.up))
        func place(_ point: MapPoint) -> (x: Int, y: Int) {
            let place = projection.place(point)
            return (Int(place.x.rounded()), Int(place.y.rounded()))
        }
        let edges: String = districts.flatMap { $0.outline?.polygons.flatMap { $0 } ?? [] }.map(projection.path)
            .map { "<path d=\"\($0)\" fill=\"none\" stroke=\"#777\" stroke-width=\"2\" stroke-dasharray=\"10 8\"/>" }
            .joined()
        let way: String = route.line.map { point in
            let place = place(point)
            return "\(place.x),\(place.y)"
        }.joined(separator: " ")
        let stops: String = route.stops.map { stop in
            let place = place(stop.point)
            return Self.disc(stop.number, at: place, isFocus: focus == nil || focus?.id == stop.id)
        }.joined()
        // North stands where the way does not pass.
        let isRight: Bool = !Self.steps(of: route.line).contains { point in
            let place = place(point)
            return (right - 90...right).contains(place.x) && (0...100).contains(place.y)
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="\(left) 0 \(right - left) \(height)" aria-hidden="true" \
            focusable="false">\(edges)\
            <polyline points="\(way)" fill="none" stroke="#000" stroke-width="7" stroke-linejoin="round"/>\
            \(stops)\(Self.north(isRight ? right - 40 : left + 40))\(Self.scale(projection, left, height))</svg>
            """
    }

    /// Points along a line, close enough to know where it passes.
    private static func steps(of line: [MapPoint]) -> [MapPoint] {
        zip(line, line.dropFirst()).flatMap { start, end in
            (0...20).compactMap { step in
                let part = Double(step) / 20
                return MapPoint(
                    latitude: start.latitude + (end.latitude - start.latitude) * part,
                    longitude: start.longitude + (end.longitude - start.longitude) * part)
            }
        }
    }

    private static func disc(_ number: Int, at place: (x: Int, y: Int), isFocus: Bool) -> String {
        let radius: Int = isFocus ? 28 : 20
        let (fill, ink) = isFocus ? ("#000", "#fff") : ("#fff", "#000")
        return """
            <circle cx="\(place.x)" cy="\(place.y)" r="\(radius)" fill="\(fill)" stroke="#000" stroke-width="4"/>\
            <text x="\(place.x)" y="\(place.y + radius * 2 / 5)" text-anchor="middle" font-size="\(radius * 6 / 5)" \
            font-weight="bold" fill="\(ink)">\(number)</text>
            """
    }

    private static func north(_ x: Int) -> String {
        """
        <path d="M\(x) 16L\(x + 12) 50L\(x) 42L\(x - 12) 50Z" fill="#000"/>\
        <text x="\(x)" y="76" text-anchor="middle" font-size="24" font-weight="bold">N</text>
        """
    }

    /// A bar of a round number of metres, at most a quarter of the drawing.
    private static func scale(_ projection: MapProjection, _ left: Int, _ height: Int) -> String {
        guard let south = MapPoint(latitude: 0, longitude: 0), let north = MapPoint(latitude: 1, longitude: 0) else {
            return ""
        }
        let perMetre: Double = (projection.place(south).y - projection.place(north).y) / perDegree
        let metres: Int = [2000, 1000, 500, 200, 100, 50, 20, 10].first { Double($0) * perMetre <= 250 } ?? 10
        let start: Int = left + 24
        let end: Int = start + Int((Double(metres) * perMetre).rounded())
        return """
            <path d="M\(start) \(height - 34)V\(height - 22)H\(end)V\(height - 34)" fill="none" stroke="#000" \
            stroke-width="4"/>\
            <text x="\(start)" y="\(height - 44)" font-size="24">\(metres) m</text>
            """
    }
}
