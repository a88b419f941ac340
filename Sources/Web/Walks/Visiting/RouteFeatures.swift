import Participation

/// A route as a feature collection (RFC 7946): its line, then its stops with number, title and prompt.
struct RouteFeatures: Encodable, Sendable {
    struct Feature: Encodable, Sendable {
        struct Properties: Encodable, Sendable {
            var number: Int?
            var title: String
            var prompt: String?
        }

        enum Geometry: Encodable, Sendable {
            case line([MapPoint])
            case point(MapPoint)

            private enum Key: String, CodingKey {
                case type, coordinates
            }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Key.self)
                switch self {
                case .line(let points):
                    try container.encode("LineString", forKey: .type)
                    try container.encode(points.map { [$0.longitude, $0.latitude] }, forKey: .coordinates)
                case .point(let point):
                    try container.encode("Point", forKey: .type)
                    try container.encode([point.longitude, point.latitude], forKey: .coordinates)
                }
            }
        }

        var type = "Feature"
        let properties: Properties
        let geometry: Geometry
    }

    var type = "FeatureCollection"
    let features: [Feature]

    init(_ route: Route, _ strings: Strings) {
        let reader: Language = strings.language
        let line = Feature(properties: .init(title: route.name(reader)), geometry: .line(route.line))
        // A line has two points at least.
        features =
            (route.line.count < 2 ? [] : [line])
            + route.stops.map { stop in
                Feature(
                    properties: .init(number: stop.number, title: stop.title(reader), prompt: stop.prompt(reader)),
                    geometry: .point(stop.point))
            }
    }
}
