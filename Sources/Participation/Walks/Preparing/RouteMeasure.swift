import Foundation

/// What is measured on the way, on the earth as a sphere.
public enum RouteMeasure {
    /// The mean radius of the earth in metres: R₁ of GRS 80 (H. Moritz, Journal of Geodesy 74, 2000).
    static let radius = 6_371_008.8

    /// The longest way that a walk may follow: 100 km, far more than anybody walks.
    public static let longest = 100_000.0

    /// The distance of two points in metres by the haversine formula (R. W. Sinnott, Sky and Telescope 68, 1984). The
    /// earth is no sphere: up to half a per cent is amiss, over a walk of two kilometres ten metres.
    public static func distance(_ from: MapPoint, _ to: MapPoint) -> Double {
        let (φ1, φ2): (Double, Double) = (from.latitude * .pi / 180, to.latitude * .pi / 180)
        let (Δφ, Δλ): (Double, Double) = (φ2 - φ1, (to.longitude - from.longitude) * .pi / 180)
        let a: Double = pow(sin(Δφ / 2), 2) + cos(φ1) * cos(φ2) * pow(sin(Δλ / 2), 2)
        return 2 * radius * asin(min(1, a.squareRoot()))
    }

    /// The length of a way in metres.
    public static func length(_ line: [MapPoint]) -> Double {
        zip(line, line.dropFirst()).reduce(0) { $0 + distance($1.0, $1.1) }
    }

    /// The way with at most `most` points, by Douglas and Peucker (Cartographica 10, 1973), and how many metres the
    /// points that were left out lie beside it at most; nil where none was.
    static func simplified(_ line: [MapPoint], most: Int) -> (line: [MapPoint], tolerance: Double?) {
        guard line.count > most else { return (line, nil) }
        let weights: [Double] = weights(of: line)
        var tolerance = 0.5
        while weights.count(where: { $0 > tolerance }) > most { tolerance *= 2 }
        return (zip(line, weights).filter { $0.1 > tolerance }.map(\.0), tolerance)
    }

    /// For each point the tolerance at which it would be left out: its distance in metres from the line between the
    /// points kept around it, and no more than that of the points kept before it.
    ///
    /// In pieces, whose ends are always kept: the worst line of so many points would else take its square of time.
    private static func weights(of line: [MapPoint]) -> [Double] {
        let piece = 2_000
        var weights = [Double](repeating: 0, count: line.count)
        for start in stride(from: 0, to: line.count - 1, by: piece) {
            let end: Int = min(start + piece, line.count - 1)
            weights[start] = .infinity
            weights[end] = .infinity
            var open: [(from: Int, to: Int, limit: Double)] = [(start, end, .infinity)]
            while let (from, to, limit) = open.popLast() {
                guard to - from > 1 else { continue }
                var (farthest, distance) = (from + 1, -1.0)
                for index in from + 1..<to {
                    let beside: Double = metres(line[index], besideLineFrom: line[from], to: line[to])
                    if beside > distance { (farthest, distance) = (index, beside) }
                }
                let weight: Double = min(distance, limit)
                weights[farthest] = weight
                open.append((from, farthest, weight))
                open.append((farthest, to, weight))
            }
        }
        return weights
    }

    /// How far a point lies from a stretch, in metres, on the plane that touches the earth at its beginning.
    private static func metres(
        _ point: MapPoint, besideLineFrom start: MapPoint, to end: MapPoint
    ) -> Double {
        let degree: Double = radius * .pi / 180
        let shrink: Double = cos(start.latitude * .pi / 180)
        let (x, y): (Double, Double) = (
            (point.longitude - start.longitude) * shrink * degree, (point.latitude - start.latitude) * degree
        )
        let (dx, dy): (Double, Double) = (
            (end.longitude - start.longitude) * shrink * degree, (end.latitude - start.latitude) * degree
        )
        let square: Double = dx * dx + dy * dy
        let along: Double = square > 0 ? min(1, max(0, (x * dx + y * dy) / square)) : 0
        return ((x - along * dx) * (x - along * dx) + (y - along * dy) * (y - along * dy)).squareRoot()
    }
}
