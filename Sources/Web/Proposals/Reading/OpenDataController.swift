import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Participation

/// The proposals of a process and the districts of the city as files for others' programs. The files are written piece
/// by piece while they are read from the database.
struct OpenDataController: Sendable {
    private let site: Site
    private let processes: Processes
    private let calls: ProposalCalls
    private let lists: ProposalLists
    private let open: OpenProposals
    private let map: CityMap

    /// The files over the capabilities they need.
    init(
        site: Site, processes: Processes, calls: ProposalCalls, lists: ProposalLists, open: OpenProposals, map: CityMap
    ) {
        self.site = site
        self.processes = processes
        self.calls = calls
        self.lists = lists
        self.open = open
        self.map = map
    }

    /// The most points of a map.
    static let mostPoints = 2000

    /// Adds `/processes/{process}/proposals.csv`, `.json` and `.geojson`, and `/districts.geojson`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/processes/{process}/proposals.csv", use: csv)
        routes.get("/processes/{process}/proposals.json", use: json)
        routes.get("/processes/{process}/proposals.geojson", use: points)
        routes.get("/districts.geojson", use: districts)
    }

    @Sendable private func csv(_ request: Request, _ context: AppContext) async throws -> Response {
        let process: Participation.Process = try await process(context)
        return file("\(process.slug)-proposals.csv", "text/csv; charset=utf-8") { writer in
            try await writer.write(ByteBuffer(string: CSVText.write([OpenProposal.columns])))
            try await pieces(of: process) { piece in
                // Only the first line begins with the mark of the encoding.
                let rows: String = CSVText.write(piece.map { $0.row(site) })
                try await writer.write(ByteBuffer(string: String(rows.trimmingPrefix("\u{FEFF}"))))
            }
        }
    }

    @Sendable private func json(_ request: Request, _ context: AppContext) async throws -> Response {
        let process: Participation.Process = try await process(context)
        return file("\(process.slug)-proposals.json", "application/json") { writer in
            let encoder = JSONEncoder()
            encoder.dateEncodingStrategy = .iso8601
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            var before = "[\n"
            try await pieces(of: process) { piece in
                for proposal in piece {
                    var buffer = ByteBuffer(string: before)
                    buffer.writeBytes(try encoder.encode(proposal))
                    try await writer.write(buffer)
                    before = ",\n"
                }
            }
            try await writer.write(ByteBuffer(string: before == "[\n" ? "[]\n" : "\n]\n"))
        }
    }

    /// The points of a list, with the filters of its address.
    @Sendable private func points(_ request: Request, _ context: AppContext) async throws -> Response {
        let process: Participation.Process = try await process(context)
        guard let call = try await calls.call(of: process.id) else { throw Absent() }
        let search: ProposalSearch = ProposalListQuery(try request.query()).search(
            themes: call.themes, districts: try await map.districts())
        let cards: [ProposalCard] = try await lists.points(search, of: process.id, limit: Self.mostPoints)
        return try geojson(
            cards.compactMap { card in
                card.point.map { point in
                    GeoJSON.Feature(
                        geometry: .point([point.longitude, point.latitude]),
                        properties: [
                            "number": String(card.number), "title": card.title, "status": card.status.rawValue,
                            "language": card.language.rawValue, "url": site.absolute("/proposals/\(card.number)"),
                        ])
                }
            })
    }

    @Sendable private func districts(_ request: Request, _ context: AppContext) async throws -> Response {
        try geojson(
            try await map.districts().compactMap { district in
                district.outline.map { outline in
                    GeoJSON.Feature(
                        geometry: .surfaces(
                            outline.polygons.map { $0.map { $0.map { [$0.longitude, $0.latitude] } } }),
                        properties: ["code": district.code, "name": district.name(context.language)])
                }
            })
    }

    // MARK: Parts

    private func process(_ context: AppContext) async throws -> Participation.Process {
        guard let process = try await processes.find(try context.slug("process")),
            try await calls.call(of: process.id) != nil
        else { throw Absent() }
        return process
    }

    private func pieces(
        of process: Participation.Process, _ write: ([OpenProposal]) async throws -> Void
    ) async throws {
        var last: Int64? = 0
        while let after = last {
            let piece: [OpenProposal] = try await open.piece(of: process.id, after: after)
            try await write(piece)
            last = piece.last?.number
        }
    }

    private func file(
        _ name: String, _ type: String, _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: type, .contentDisposition: "attachment; filename=\"\(name)\"",
                .cacheControl: "private, no-cache",
            ],
            body: ResponseBody { writer in
                try await write(&writer)
                try await writer.finish(nil)
            })
    }

    private func geojson(_ features: [GeoJSON.Feature]) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Response(
            status: .ok, headers: [.contentType: "application/geo+json", .cacheControl: "private, no-cache"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try encoder.encode(GeoJSON(features: features)))))
    }
}

/// A FeatureCollection (RFC 7946).
private struct GeoJSON: Encodable {
    struct Feature: Encodable {
        var type = "Feature"
        let geometry: Geometry
        let properties: [String: String]
    }

    enum Geometry: Encodable {
        case point([Double])
        case surfaces([[[[Double]]]])

        private enum Key: CodingKey { case type, coordinates }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            switch self {
            case .point(let position):
                try container.encode("Point", forKey: .type)
                try container.encode(position, forKey: .coordinates)
            case .surfaces(let polygons):
                try container.encode("MultiPolygon", forKey: .type)
                try container.encode(polygons, forKey: .coordinates)
            }
        }
    }

    var type = "FeatureCollection"
    let features: [Feature]
}

extension OpenProposal {
    /// The headings of a table. The same in every language: programs read it.
    fileprivate static let columns = [
        "number", "url", "status", "language", "title", "text", "theme", "district", "place", "latitude", "longitude",
        "cost_cents", "currency", "author_kind", "group", "supports", "comments", "joined_into", "published", "changed",
    ]

    fileprivate func row(_ site: Site) -> [String] {
        func moment(_ date: Date) -> String { date.formatted(.iso8601) }
        return [
            String(number), site.absolute("/proposals/\(number)"), status, language, title, text, theme ?? "",
            district ?? "", place, latitude.map { String($0) } ?? "", longitude.map { String($0) } ?? "",
            cost.map { String($0) } ?? "", currency, authorKind, group, supports.map { String($0) } ?? "",
            String(comments), joinedInto.map { String($0) } ?? "", moment(published), moment(changed),
        ]
    }
}
