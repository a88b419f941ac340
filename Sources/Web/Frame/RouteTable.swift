import Hummingbird
import Synchronization

/// Which methods each path answers to. The router says "not found" for a known path with another method; this tells
/// the two apart. Filled once, when all routes are known.
final class RouteTable: Sendable {
    private struct Route: Sendable {
        let segments: [String]
        let method: String
    }

    private let routes = Mutex<[Route]>([])

    func fill(from router: Router<AppContext>) {
        routes.withLock { routes in
            routes = router.routes.map {
                Route(
                    segments: $0.path.description.split(separator: "/").map(String.init),
                    method: $0.method.rawValue)
            }
        }
    }

    /// The methods of `path`, sorted; none when no route has that path.
    func methods(at path: String) -> [String] {
        let segments = path.split(separator: "/")
        let found = routes.withLock { $0.filter { Self.matches($0.segments, segments) }.map(\.method) }
        return Set(found.contains("GET") ? found + ["HEAD"] : found).sorted()
    }

    private static func matches(_ pattern: [String], _ segments: [Substring]) -> Bool {
        pattern.count == segments.count
            && zip(pattern, segments).allSatisfy { part, segment in
                part.hasPrefix("{") || part.hasPrefix(":") || part == segment
            }
    }
}
