import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Participation

/// What people saw as files for others' programs, written piece by piece while they are read from the database. They
/// name no person, no day, no sheet and no device, and no photo that shows somebody.
struct OpenObservationFiles: Sendable {
    /// The most points that a map gets one by one.
    private static let mostOnMap = 300

    private let site: Site
    private let processes: Processes
    private let walks: Walks
    private let lists: ObservationLists

    /// The files over the capabilities they need.
    init(site: Site, processes: Processes, walks: Walks, lists: ObservationLists) {
        self.site = site
        self.processes = processes
        self.walks = walks
        self.lists = lists
    }

    /// Adds `observations.csv` and `.geojson`, and `observations/map.geojson` for maps that can be moved, for a walk and
    /// for all walks of a process; `observations.gpx` for a walk.
    func add(to routes: RouterGroup<AppContext>) {
        for base in ["/walks/{walk}", "/processes/{process}/walks"] {
            routes.get("\(base)/observations.csv", use: csv)
            routes.get("\(base)/observations.geojson", use: geojson)
            routes.get("\(base)/observations/map.geojson", use: map)
        }
        routes.get("/walks/{walk}/observations.gpx", use: gpx)
    }

    // MARK: Open data

    @Sendable private func csv(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, search) = try await find(request, context)
        return file("\(scene.fileName).csv", "text/csv; charset=utf-8") { writer in
            try await writer.write(ByteBuffer(string: CSVText.write([OpenObservation.columns])))
            try await pieces(of: search) { piece in
                // Only the first line begins with the mark of the encoding.
                let rows: String = CSVText.write(piece.map { OpenObservation($0, site).row })
                try await writer.write(ByteBuffer(string: String(rows.trimmingPrefix("\u{FEFF}"))))
            }
        }
    }

    @Sendable private func geojson(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, search) = try await find(request, context)
        let licence: String = OpenObservation.licence
        return file("\(scene.fileName).geojson", "application/geo+json") { writer in
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            var before = "{\"type\":\"FeatureCollection\",\"license\":\"\(licence)\",\"features\":[\n"
            try await pieces(of: search) { piece in
                for observation in piece {
                    var buffer = ByteBuffer(string: before)
                    buffer.writeBytes(
                        try encoder.encode(
                            WalkFeature(
                                geometry: observation.point.map { .point($0) },
                                properties: OpenObservation(observation, site))))
                    try await writer.write(buffer)
                    before = ",\n"
                }
            }
            try await writer.write(ByteBuffer(string: before == ",\n" ? "\n]}\n" : "\(before)]}\n"))
        }
    }

    /// Observations and stops as waypoints, the way as a track (GPX 1.1, topografix.com/GPX/1/1/gpx.xsd).
    @Sendable private func gpx(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, search) = try await find(request, context)
        let words = WalkWords(scene.strings)
        let (title, route, language) = (scene.title, scene.route, scene.strings.language)
        return file("\(scene.fileName).gpx", "application/gpx+xml") { writer in
            try await writer.write(ByteBuffer(string: GPX.head(title, licence: OpenObservation.licence)))
            for stop in route?.stops ?? [] {
                try await writer.write(
                    ByteBuffer(
                        string: GPX.waypoint(
                            stop.point, name: "\(stop.number). \(stop.title(language))",
                            words: stop.prompt(language), type: "stop")))
            }
            try await pieces(of: search) { piece in
                let points: String = piece.compactMap { observation -> String? in
                    guard let point = observation.point else { return nil }
                    let open = OpenObservation(observation, site)
                    return GPX.waypoint(
                        point, name: "\(observation.number). \(words.kind(observation.kind))", words: open.text,
                        link: open.url, type: observation.kind.rawValue)
                }.joined()
                try await writer.write(ByteBuffer(string: points))
            }
            try await writer.write(ByteBuffer(string: GPX.foot(route?.line ?? [], name: title)))
        }
    }

    // MARK: Maps that can be moved

    /// What lies in the part of the map that is looked at: observations, or squares where there are too many.
    @Sendable private func map(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, search) = try await find(request, context)
        let asked: MapBox? = ObservationQuery(try request.query()).box
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var features: [WalkFeature<MapNote>] = []
        let frame: MapBox? = if let asked { asked } else { try await lists.frame(search) }
        if let box = frame {
            if let observations = try await lists.inside(box, search, limit: Self.mostOnMap) {
                features = observations.compactMap { observation in
                    observation.point.map { point in
                        WalkFeature(
                            geometry: .point(point),
                            properties: MapNote(
                                href: "/walks/\(observation.walk)/observations/\(observation.number)",
                                label:
                                    "\(observation.number). \(Markdown.excerpt(observation.words, characters: 80))"))
                    }
                }
            } else {
                let grid: DensityGrid = try await lists.grid(search, over: box)
                features = grid.squares.map { square in
                    let corners: [MapPoint] = grid.corners(of: square)
                    return WalkFeature(
                        geometry: .surface(corners + corners.prefix(1)),
                        properties: MapNote(
                            href: nil, label: scene.strings.plural("walks.map.count", square.total)))
                }
            }
        }
        if asked == nil, let line = scene.route?.line, line.count > 1 {
            features.append(
                WalkFeature(geometry: .line(line), properties: MapNote(href: nil, label: scene.title)))
        }
        return Response(
            status: .ok, headers: [.contentType: "application/geo+json", .cacheControl: "private, no-cache"],
            body: ResponseBody(
                byteBuffer: ByteBuffer(bytes: try encoder.encode(WalkFeatures(features: features)))))
    }

    // MARK: Parts

    private func find(
        _ request: Request, _ context: AppContext
    ) async throws -> (scene: ObservationScene, search: ObservationSearch) {
        let scene: ObservationScene = try await .find(context, processes, walks, lists, site.strings(context))
        return (scene, ObservationQuery(try request.query()).search(in: scene.scope))
    }

    private func pieces(
        of search: ObservationSearch, _ write: ([PublishedObservation]) async throws -> Void
    ) async throws {
        var cursor: ObservationCursor?
        repeat {
            let piece = try await lists.piece(search, after: cursor)
            try await write(piece.observations)
            cursor = piece.next
        } while cursor != nil
    }

    private func file(
        _ name: String, _ type: String, _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: type, .contentDisposition: "attachment; filename=\"\(name)\"",
                .cacheControl: "private, no-cache", .link: "<\(OpenObservation.licence)>; rel=\"license\"",
            ],
            body: ResponseBody { writer in
                try await write(&writer)
                try await writer.finish(nil)
            })
    }
}

extension HTTPField.Name {
    fileprivate static let link = Self("Link")!
}

/// What a map that can be moved says of a point or a square.
private struct MapNote: Encodable {
    let href: String?
    let label: String
}

/// A FeatureCollection (RFC 7946).
private struct WalkFeatures<Properties: Encodable>: Encodable {
    var type = "FeatureCollection"
    let features: [WalkFeature<Properties>]
}

/// One of its features; without a geometry where nobody said where it is.
private struct WalkFeature<Properties: Encodable>: Encodable {
    enum Geometry: Encodable {
        case point(MapPoint)
        case line([MapPoint])
        case surface([MapPoint])

        private enum Key: CodingKey { case type, coordinates }

        func encode(to encoder: any Encoder) throws {
            func pair(_ point: MapPoint) -> [Double] { [point.longitude.rounded6, point.latitude.rounded6] }
            var container = encoder.container(keyedBy: Key.self)
            switch self {
            case .point(let point):
                try container.encode("Point", forKey: .type)
                try container.encode(pair(point), forKey: .coordinates)
            case .line(let points):
                try container.encode("LineString", forKey: .type)
                try container.encode(points.map(pair), forKey: .coordinates)
            case .surface(let ring):
                try container.encode("Polygon", forKey: .type)
                try container.encode([ring.map(pair)], forKey: .coordinates)
            }
        }
    }

    private enum Key: CodingKey { case type, geometry, properties }

    let geometry: Geometry?
    let properties: Properties

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode("Feature", forKey: .type)
        // A feature without a place has null there: the member is never left out.
        try container.encode(geometry, forKey: .geometry)
        try container.encode(properties, forKey: .properties)
    }
}
