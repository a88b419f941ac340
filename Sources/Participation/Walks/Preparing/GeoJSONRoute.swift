import Foundation

/// The lines and points of a GeoJSON file (RFC 7946), wherever they lie in its features and collections. The parts of a
/// MultiLineString are one way with gaps; surfaces are left out.
enum GeoJSONRoute {
    static func read(_ bytes: [UInt8], into points: inout RoutePoints) throws(RouteProblem) {
        // Before anything recursive looks at it: GeoJSON needs eight levels, collections of collections a few more.
        guard DistrictFile.depth(of: bytes) <= 32 else { throw .tooDeep }
        guard let json = try? JSONSerialization.jsonObject(with: Data(bytes)) else { throw .broken }
        guard let object = json as? [String: Any], object["type"] is String else { throw .unknownKind }
        try take(object, named: "", into: &points)
    }

    private static func take(
        _ object: [String: Any], named name: String, into points: inout RoutePoints
    ) throws(RouteProblem) {
        switch object["type"] as? String {
        case "FeatureCollection":
            for feature in objects(object["features"]) { try take(feature, named: "", into: &points) }
        case "Feature":
            let properties: [String: Any] = object["properties"] as? [String: Any] ?? [:]
            let name: Any? = properties["name"] ?? properties["title"]
            if let geometry = object["geometry"] as? [String: Any] {
                try take(geometry, named: name as? String ?? "", into: &points)
            }
        case "GeometryCollection":
            for geometry in objects(object["geometries"]) { try take(geometry, named: name, into: &points) }
        case "LineString":
            points.begin()
            try append(object["coordinates"], to: &points)
        case "MultiLineString":
            points.begin()
            for line in object["coordinates"] as? [Any] ?? [] { try append(line, to: &points) }
        case "Point": try place(object["coordinates"], name, in: &points)
        case "MultiPoint":
            for point in object["coordinates"] as? [Any] ?? [] { try place(point, name, in: &points) }
        default: break
        }
    }

    private static func objects(_ value: Any?) -> [[String: Any]] {
        (value as? [Any] ?? []).compactMap { $0 as? [String: Any] }
    }

    private static func append(_ line: Any?, to points: inout RoutePoints) throws(RouteProblem) {
        for position in line as? [Any] ?? [] {
            let (longitude, latitude): (Double?, Double?) = degrees(position)
            try points.append(latitude: latitude, longitude: longitude)
        }
    }

    private static func place(_ position: Any?, _ name: String, in points: inout RoutePoints) throws(RouteProblem) {
        let (longitude, latitude): (Double?, Double?) = degrees(position)
        try points.place(name, latitude: latitude, longitude: longitude)
    }

    private static func degrees(_ position: Any?) -> (longitude: Double?, latitude: Double?) {
        guard let numbers = position as? [Any], numbers.count >= 2 else { return (nil, nil) }
        return (number(numbers[0]), number(numbers[1]))
    }

    /// A number; `true` and `false` are numbers to Foundation, and none here.
    private static func number(_ value: Any) -> Double? {
        guard let number = value as? NSNumber, !["c", "B"].contains(String(cString: number.objCType)) else {
            return nil
        }
        return number.doubleValue
    }
}
