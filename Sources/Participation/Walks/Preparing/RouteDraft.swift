import Foundation
import Postgres

/// A stop as an agent writes it.
public struct StopDraft: Sendable {
    /// Which stop it is; nil for a new one.
    public var id: ID<Stop>?
    /// What it is called, and what people are asked there.
    public var title: Texts, prompt: Texts
    /// Where it is.
    public var point: MapPoint

    /// A stop.
    public init(id: ID<Stop>?, title: Texts, prompt: Texts, point: MapPoint) {
        self.id = id
        self.title = title
        self.prompt = prompt
        self.point = point
    }

    /// The most stops of a route.
    public static let most = 99
}

/// A route as an agent draws it.
public struct RouteDraft: Sendable {
    /// The way from its first point to its last; empty while nobody has drawn it.
    public var line: [MapPoint]
    /// Where everybody stands still, in their order.
    public var stops: [StopDraft]

    /// A route. Its line keeps at most ``mostPoints`` of its points.
    public init(line: [MapPoint], stops: [StopDraft]) {
        self.line = RouteMeasure.simplified(line, most: Self.mostPoints).line
        self.stops = stops
    }

    /// How many points of a line are kept.
    public static let mostPoints = 2_000
}

/// The route of a walk.
extension Walks {
    /// Draws the route of the walk: its line and its stops. Stops that are named by their identity keep it, with
    /// everything that was seen there.
    ///
    /// Once people have walked it, on this walk or another, it is corrected in words alone.
    ///
    /// - Throws: `WalkRefusal.onePoint`, `.routeTooLong`, `.stopUntitled`, `.tooManyStops`, `.stopInUse`, `.routeWalked`,
    ///   `.changedMeanwhile`; `NotAllowed` unless the actor is an agent of the walk's process.
    public func draw(_ draft: RouteDraft, of id: ID<Walk>, revision: Int, by actor: Actor) async throws {
        guard draft.line.count != 1 else { throw WalkRefusal.onePoint }
        guard RouteMeasure.length(draft.line) <= RouteMeasure.longest else { throw WalkRefusal.routeTooLong }
        guard draft.stops.count <= StopDraft.most else { throw WalkRefusal.tooManyStops }
        guard draft.stops.allSatisfy({ !$0.title.isEmpty }) else { throw WalkRefusal.stopUntitled }
        do {
            try await pool.transaction("route.draw") { transaction in
                let walk: Walk = try await Self.lock(id, by: actor, in: transaction)
                let counted: Int = try await transaction.execute(
                    "route.count_revision",
                    """
                    UPDATE route SET revision = revision + 1, changed_at = now()
                    WHERE id = \(walk.route) AND revision = \(Int32(clamping: revision))
                    """)
                guard counted == 1, let route = try await Self.route(walk.route, in: transaction) else {
                    throw WalkRefusal.changedMeanwhile
                }
                let isWalked: Bool? = try await transaction.one(
                    "route.walked", "SELECT \(sql: Self.isWalked("\(walk.route)")) AS walked"
                )?.get("walked")
                if isWalked != false, !draft.hasPlaces(of: route) { throw WalkRefusal.routeWalked }
                try await Self.write(draft, to: route, in: transaction)
                try await Acts.record(
                    "route_drawn", by: actor, on: "walk", id, detail: ["stops": String(draft.stops.count)],
                    in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "observation_stop" {
            throw WalkRefusal.stopInUse
        }
    }

    private static func write(
        _ draft: RouteDraft, to route: Route, in transaction: some Executor
    ) async throws {
        let known: Set<ID<Stop>> = Set(route.stops.map(\.id))
        // An identity of another route is nobody's here.
        guard draft.stops.allSatisfy({ $0.id.map(known.contains) ?? true }) else { throw WalkRefusal.changedMeanwhile }
        let ids: [ID<Stop>] = draft.stops.map { $0.id ?? ID() }
        guard Set(ids).count == ids.count else { throw WalkRefusal.changedMeanwhile }
        let line: String? = draft.line.isEmpty ? nil : try LineString(draft.line).json
        let length: Int32? = draft.line.isEmpty ? nil : Int32(RouteMeasure.length(draft.line).rounded())
        _ = try await transaction.pipeline([
            (
                "route.save",
                "UPDATE route SET line = \(line)::jsonb, length = \(length) WHERE id = \(route.id)"
            ),
            ("stop.remove", "DELETE FROM stop WHERE route_id = \(route.id) AND id <> ALL (\(ids))"),
            // Two stops change places in one statement.
            ("stop.defer", "SET CONSTRAINTS stop_number DEFERRED"),
            (
                "stop.save",
                """
                INSERT INTO stop (id, route_id, number, title, prompt, latitude, longitude)
                SELECT line.id, \(route.id), line.number, line.title::jsonb, line.prompt::jsonb, line.latitude,
                       line.longitude
                FROM unnest(\(ids), \(draft.stops.map(\.title.json)), \(draft.stops.map(\.prompt.json)),
                            \(draft.stops.map(\.point.latitude)), \(draft.stops.map(\.point.longitude)))
                     WITH ORDINALITY AS line (id, title, prompt, latitude, longitude, number)
                ON CONFLICT (id) DO UPDATE
                SET number = excluded.number, title = excluded.title, prompt = excluded.prompt,
                    latitude = excluded.latitude, longitude = excluded.longitude
                """
            ),
        ])
    }
}

extension RouteDraft {
    /// Whether nothing of it is elsewhere than in the route: the same line, the same stops in the same order.
    fileprivate func hasPlaces(of route: Route) -> Bool {
        line == route.line && stops.map(\.id) == route.stops.map(\.id) && stops.map(\.point) == route.stops.map(\.point)
    }
}
