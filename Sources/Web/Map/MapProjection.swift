import Foundation
import Participation

/// From degrees to the units of a drawing.
///
/// Equirectangular: one degree of latitude is everywhere as long, and one of longitude shorter by the cosine of the
/// middle latitude. Over a city the shapes are true to less than a thousandth; nothing is measured on the drawing.
struct MapProjection: Sendable {
    /// The width of every drawing, and the rim around what is drawn.
    static let width = 1000.0, rim = 24.0

    private let west: Double, north: Double, perLongitude: Double, perLatitude: Double
    /// The height of the drawing.
    let height: Double

    /// The projection that shows all of these points; nil when there is none, or when they are all the same one.
    init?(_ points: some Sequence<MapPoint>) {
        var west = Double.infinity
        var east = -Double.infinity
        var south = Double.infinity
        var north = -Double.infinity
        for point in points {
            west = min(west, point.longitude)
            east = max(east, point.longitude)
            south = min(south, point.latitude)
            north = max(north, point.latitude)
        }
        guard east > west || north > south else { return nil }
        let shrink: Double = max(cos((south + north) / 2 * .pi / 180), 0.01)
        let inner: Double = Self.width - 2 * Self.rim
        // As large as fits into a drawing that is at most as high as it is wide.
        let scale: Double = inner / max((east - west) * shrink, north - south)
        self.west = west - (inner / scale - (east - west) * shrink) / 2 / shrink - Self.rim / scale / shrink
        self.north = north + Self.rim / scale
        perLongitude = scale * shrink
        perLatitude = scale
        height = (north - south) * scale + 2 * Self.rim
    }

    /// Where a point is drawn.
    func place(_ point: MapPoint) -> (x: Double, y: Double) {
        ((point.longitude - west) * perLongitude, (north - point.latitude) * perLatitude)
    }

    /// A ring as the path of an SVG, on whole units. Points that lie where the one before lies are left out, and so are
    /// those less than a unit off the line between their neighbours.
    func path(_ ring: [MapPoint]) -> String {
        let kept: [(x: Int, y: Int)] = thinned(ring)
        guard kept.count > 2 else { return "" }
        return "M" + kept.map { "\($0.x) \($0.y)" }.joined(separator: "L") + "Z"
    }

    /// A way as the path of an SVG, which stays open; thinned as a ring is.
    func line(_ points: [MapPoint]) -> String {
        "M" + thinned(points).map { "\($0.x) \($0.y)" }.joined(separator: "L")
    }

    private func thinned(_ ring: [MapPoint]) -> [(x: Int, y: Int)] {
        var kept: [(x: Int, y: Int)] = []
        for point in ring {
            let place = place(point)
            let next: (x: Int, y: Int) = (Int(place.x.rounded()), Int(place.y.rounded()))
            if let last = kept.last, last == next { continue }
            if kept.count > 1, Self.isOnTheWay(kept[kept.count - 1], from: kept[kept.count - 2], to: next) {
                kept[kept.count - 1] = next
            } else {
                kept.append(next)
            }
        }
        return kept
    }

    private static func isOnTheWay(_ point: (x: Int, y: Int), from: (x: Int, y: Int), to: (x: Int, y: Int)) -> Bool {
        let (dx, dy) = (to.x - from.x, to.y - from.y)
        let length: Double = Double(dx * dx + dy * dy).squareRoot()
        let cross: Int = abs(dx * (point.y - from.y) - dy * (point.x - from.x))
        // Ahead on the line, and less than a unit beside it.
        let ahead: Int = dx * (point.x - from.x) + dy * (point.y - from.y)
        return length > 0 && Double(cross) < length && ahead >= 0 && ahead <= dx * dx + dy * dy
    }
}
