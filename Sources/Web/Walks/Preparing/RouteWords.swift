import Participation

/// What the service says when a file, or what was typed, is no route.
enum RouteWords {
    /// The key of the sentence, with the number of the point where there is one.
    static func key(_ problem: RouteProblem) -> (key: String, arguments: [String: String]) {
        func words(_ name: String, point: Int? = nil) -> (key: String, arguments: [String: String]) {
            ("walks.prepare.file.\(name)", point.map { ["point": String($0)] } ?? [:])
        }
        return switch problem {
        case .empty: words("empty")
        case .tooLarge: words("too_large")
        case .packed: words("packed")
        case .wrongEncoding: words("encoding")
        case .unknownKind: words("unknown_kind")
        case .broken: words("broken")
        case .declaresEntities: words("entities")
        case .tooDeep: words("too_deep")
        case .tooManyPoints: words("too_many_points")
        case .tooManyStops: words("too_many_stops")
        case .notACoordinate(let point): words("not_a_coordinate", point: point)
        case .notOnEarth(let point): words("not_on_earth", point: point)
        case .axesSwapped(let point): words("axes_swapped", point: point)
        case .noLine: words("no_line")
        case .onePoint: words("one_point")
        case .tooLong: words("too_long")
        }
    }

    /// The sentence about the one point of two fields.
    static func pointKey(_ problem: RouteProblem) -> String {
        if case .axesSwapped = problem { return "walks.prepare.refusal.point_swapped" }
        return "walks.prepare.refusal.point"
    }
}
