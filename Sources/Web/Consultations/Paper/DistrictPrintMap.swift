import Foundation
import Participation

/// A small map of the city's districts for paper: black lines on white, and the number of each in it.
struct DistrictPrintMap: Sendable {
    let districts: [District]

    /// The drawing; nil where nobody brought outlines.
    var drawing: String? {
        let points: [MapPoint] = districts.flatMap { $0.outline?.polygons.flatMap { $0.flatMap { $0 } } ?? [] }
        guard let projection = MapProjection(points) else { return nil }
        var paths = ""
        var words = ""
        for (index, district) in districts.enumerated() {
            guard let polygons = district.outline?.polygons else { continue }
            paths += polygons.flatMap { $0.map(projection.path) }
                .map { "<path d=\"\($0)\" fill=\"none\" stroke=\"#000\" stroke-width=\"4\"/>" }.joined()
            let rings: [[MapPoint]] = polygons.compactMap(\.first)
            guard let middle = rings.compactMap({ Self.middle($0, projection) }).max(by: { $0.area < $1.area }) else {
                continue
            }
            // A white disc, since no press knows how to put an outline behind letters.
            words += """
                <circle cx="\(Int(middle.x))" cy="\(Int(middle.y))" r="36" fill="#fff"/>\
                <text x="\(Int(middle.x))" y="\(Int(middle.y) + 18)" text-anchor="middle" font-size="52" \
                font-weight="bold" fill="#000">\(index + 1)</text>
                """
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(MapProjection.width)) \
            \(Int(projection.height.rounded(.up)))" aria-hidden="true" focusable="false">\(paths)\(words)</svg>
            """
    }

    /// The centre of gravity of a ring, and its area, in units of the drawing.
    private static func middle(
        _ ring: [MapPoint], _ projection: MapProjection
    ) -> (x: Double, y: Double, area: Double)? {
        let points: [(x: Double, y: Double)] = ring.map { projection.place($0) }
        guard points.count > 2 else { return nil }
        var (x, y, area) = (0.0, 0.0, 0.0)
        for (index, point) in points.enumerated() {
            let next: (x: Double, y: Double) = points[(index + 1) % points.count]
            let cross: Double = point.x * next.y - next.x * point.y
            area += cross / 2
            x += (point.x + next.x) * cross / 6
            y += (point.y + next.y) * cross / 6
        }
        guard abs(area) > 1 else { return nil }
        return (x / area, y / area, abs(area))
    }
}
