import Foundation
import Postgres

/// A way through the city with its stops; several walks may follow it.
public struct Route: Sendable {
    /// Its identity.
    public let id: ID<Route>
    /// The process that it belongs to.
    public let process: ID<Process>
    /// What it is called.
    public let name: Texts
    /// The way, from its first point to its last; empty while nobody has drawn it.
    public let line: [MapPoint]
    /// How long it is, in metres; nil while nobody has drawn it.
    public let length: Int?
    /// Where everybody stands still, in their order.
    public let stops: [Stop]

    /// What `init(row:stops:)` reads, of the table `route`.
    static let columns: SQL =
        "route.id, route.process_id, route.name::text AS name, route.line::text AS line, route.length"

    init(row: Row, stops: [Stop]) throws {
        id = try row.get("id")
        process = try row.get("process_id")
        name = try Texts(json: row.get("name"))
        line = try row.get("line", as: String?.self).map(LineString.init(json:))?.points ?? []
        length = try row.get("length", as: Int32?.self).map(Int.init)
        self.stops = stops
    }
}

/// A place of a route where everybody stands still.
public struct Stop: Sendable {
    /// Its identity.
    public let id: ID<Stop>
    /// Its place in the order, from 1.
    public let number: Int
    /// What it is called, and what people are asked there.
    public let title: Texts, prompt: Texts
    /// Where it is.
    public let point: MapPoint

    static let columns: SQL = """
        stop.id, stop.number, stop.title::text AS title, stop.prompt::text AS prompt, stop.latitude, stop.longitude
        """

    init(row: Row) throws {
        id = try row.get("id")
        number = Int(try row.get("number", as: Int32.self))
        title = try Texts(json: row.get("title"))
        prompt = try Texts(json: row.get("prompt"))
        // The schema leaves no stop without a point on the earth.
        point = try MapPoint(row: row)!
    }
}

/// The geometry of a way as GeoJSON has it (RFC 7946, section 3.1.4): longitude first.
struct LineString: Codable, Sendable {
    let type: String
    let coordinates: [[Double]]

    init(_ points: [MapPoint]) {
        type = "LineString"
        coordinates = points.map { [$0.longitude, $0.latitude] }
    }

    init(json: String) throws {
        self = try JSONDecoder().decode(LineString.self, from: Data(json.utf8))
    }

    var points: [MapPoint] {
        coordinates.compactMap { pair in
            pair.count >= 2 ? MapPoint(latitude: pair[1], longitude: pair[0]) : nil
        }
    }

    /// The JSON object that the database keeps.
    var json: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }
}
