import Foundation

/// Why a file, or what was typed, is not taken for a route. `point` counts from 1.
public enum RouteProblem: Error, Hashable, Sendable {
    /// Nothing in it; longer than ``RouteFile/longest``; packed, as KMZ is.
    case empty, tooLarge, packed
    /// Not in UTF-8; neither GPX nor GeoJSON nor KML; broken off or not well-formed.
    case wrongEncoding, unknownKind, broken
    /// It declares what would have to be looked up (DOCTYPE, entities); or is nested deeper than any route.
    case declaresEntities, tooDeep
    /// More points than ``RouteFile/mostPoints``, or more stops than a route has.
    case tooManyPoints, tooManyStops
    /// What should be a number of degrees and is none; not on the earth; or in the city if its numbers changed places.
    case notACoordinate(point: Int), notOnEarth(point: Int), axesSwapped(point: Int)
    /// No way in it; one of a single place; or one longer than ``RouteMeasure/longest``.
    case noLine, onePoint, tooLong
}

/// A file with a route: GPX (1.0, 1.1), GeoJSON (RFC 7946) or KML (2.2). What comes is taken for hostile until every
/// number has been looked at; nothing it points to is ever fetched.
public struct RouteFile: Sendable, Hashable {
    /// What a file is written in.
    public enum Kind: String, Sendable, CaseIterable {
        case gpx, geojson, kml
    }

    /// A place of the file with its name; the name is empty where it has none.
    public struct Place: Sendable, Hashable {
        /// What it is called.
        public let name: String
        /// Where it is.
        public let point: MapPoint
    }

    /// The longest file in bytes, and the most points in it.
    public static let longest = 5 << 20, mostPoints = 50_000

    /// What it is written in.
    public let kind: Kind
    /// How many ways it has; the longest is taken.
    public let lines: Int
    /// How many points the longest way has in the file.
    public let points: Int
    /// Those that are kept, and how many metres the others lie beside them at most; nil where all are kept.
    public let line: [MapPoint], tolerance: Double?
    /// Its single places, which become stops.
    public let places: [Place]

    /// The length of the way that is kept, in metres.
    public var length: Double { RouteMeasure.length(line) }

    /// Reads a file.
    ///
    /// - Parameter city: where the city lies, to tell when latitude and longitude have changed places.
    public init(_ bytes: [UInt8], city: GeoBox?) throws(RouteProblem) {
        guard bytes.count <= Self.longest else { throw .tooLarge }
        // ZIP, of which a KMZ is one, and gzip.
        guard !bytes.starts(with: [0x50, 0x4B]), !bytes.starts(with: [0x1F, 0x8B]) else { throw .packed }
        let text: ArraySlice<UInt8> = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard let first = text.first(where: { !Self.blanks.contains($0) }) else { throw .empty }
        guard !text.contains(0), String(validating: text, as: UTF8.self) != nil else { throw .wrongEncoding }
        var collector = RoutePoints(city: city)
        switch first {
        case UInt8(ascii: "{"):
            kind = .geojson
            try GeoJSONRoute.read(Array(text), into: &collector)
        case UInt8(ascii: "<"):
            kind = try XMLRoute.read(text, into: &collector)
        default: throw .unknownKind
        }
        let ways: [[MapPoint]] = collector.lines.map(RoutePoints.distinct)
        lines = ways.count
        guard let longest = ways.max(by: { RouteMeasure.length($0) < RouteMeasure.length($1) }), !longest.isEmpty
        else { throw .noLine }
        guard longest.count > 1 else { throw .onePoint }
        guard RouteMeasure.length(longest) <= RouteMeasure.longest else { throw .tooLong }
        guard collector.places.count <= StopDraft.most else { throw .tooManyStops }
        points = longest.count
        (line, tolerance) = RouteMeasure.simplified(longest, most: RouteDraft.mostPoints)
        places = collector.places
    }

    private static let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
}

/// A box on the earth that no route crosses the date line in.
public struct GeoBox: Sendable, Hashable {
    let latitudes: ClosedRange<Double>, longitudes: ClosedRange<Double>

    /// The box around these points; nil when there are none.
    public init?(_ points: some Sequence<MapPoint>) {
        var (south, north, west, east) = (Double.infinity, -Double.infinity, Double.infinity, -Double.infinity)
        for point in points {
            (south, north) = (min(south, point.latitude), max(north, point.latitude))
            (west, east) = (min(west, point.longitude), max(east, point.longitude))
        }
        guard south <= north else { return nil }
        latitudes = south...north
        longitudes = west...east
    }

    /// Whether a point that is given by its two numbers lies in it.
    func contains(latitude: Double, longitude: Double) -> Bool {
        latitudes.contains(latitude) && longitudes.contains(longitude)
    }
}

/// Gathers the points of a file or of a form, and refuses the first that cannot be one.
struct RoutePoints {
    let city: GeoBox?
    private(set) var lines: [[MapPoint]] = []
    private(set) var places: [RouteFile.Place] = []
    private var count = 0

    init(city: GeoBox?) {
        self.city = city
    }

    mutating func begin() { lines.append([]) }

    /// Adds a point to the line that was begun last.
    mutating func append(latitude: Double?, longitude: Double?) throws(RouteProblem) {
        let point: MapPoint = try check(latitude, longitude)
        lines[lines.count - 1].append(point)
    }

    /// Adds a single place.
    mutating func place(_ name: String, latitude: Double?, longitude: Double?) throws(RouteProblem) {
        let point: MapPoint = try check(latitude, longitude)
        guard places.count < 1_000 else { throw .tooManyStops }
        places.append(RouteFile.Place(name: Self.tidy(name), point: point))
    }

    private mutating func check(_ latitude: Double?, _ longitude: Double?) throws(RouteProblem) -> MapPoint {
        count += 1
        guard count <= RouteFile.mostPoints else { throw .tooManyPoints }
        guard let latitude, let longitude, latitude.isFinite, longitude.isFinite else {
            throw .notACoordinate(point: count)
        }
        if let city, !city.contains(latitude: latitude, longitude: longitude),
            city.contains(latitude: longitude, longitude: latitude)
        {
            throw .axesSwapped(point: count)
        }
        // A millionth of a degree is a tenth of a metre, and comes back unchanged from a form.
        guard let point = MapPoint(latitude: Self.cut(latitude), longitude: Self.cut(longitude)) else {
            throw .notOnEarth(point: count)
        }
        return point
    }

    private static func cut(_ degrees: Double) -> Double { (degrees * 1e6).rounded() / 1e6 }

    /// The points without those that lie where the one before lies.
    static func distinct(_ line: [MapPoint]) -> [MapPoint] {
        var kept: [MapPoint] = []
        kept.reserveCapacity(line.count)
        for point in line where point != kept.last { kept.append(point) }
        return kept
    }

    /// A name on one line, a hundred characters at most.
    private static func tidy(_ name: String) -> String {
        let words: [Substring] = name.split { $0.isWhitespace || $0.isNewline || $0 == "\0" }
        return String(words.joined(separator: " ").prefix(100))
    }

    /// Degrees as files write them: `47.7481`; nil for anything else, `nan`, `inf` and hexadecimal numbers included.
    static func degrees(_ text: Substring) -> Double? {
        let allowed: Bool = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        return allowed && text.utf8.count <= 40 ? Double(text) : nil
    }
}

extension RouteDraft {
    /// The points that somebody typed, one `latitude, longitude` to a line, blank lines ignored.
    ///
    /// - Throws: `RouteProblem.notACoordinate`, `.notOnEarth`, `.axesSwapped` with the number of the point, and
    ///   `.tooManyPoints`.
    public static func line(typed text: String, city: GeoBox?) throws(RouteProblem) -> [MapPoint] {
        var points = RoutePoints(city: city)
        points.begin()
        for line in text.split(whereSeparator: \.isNewline) {
            let numbers: [Substring] = line.split { $0 == "," || $0 == ";" || $0.isWhitespace }
            guard !numbers.isEmpty else { continue }
            let degrees: [Double?] = numbers.map(RoutePoints.degrees)
            guard degrees.count == 2 else {
                try points.append(latitude: nil, longitude: nil)
                continue
            }
            try points.append(latitude: degrees[0], longitude: degrees[1])
        }
        return RoutePoints.distinct(points.lines[0])
    }

    /// The point that somebody typed in two fields.
    public static func point(latitude: String, longitude: String, city: GeoBox?) throws(RouteProblem) -> MapPoint {
        var points = RoutePoints(city: city)
        try points.place(
            "", latitude: RoutePoints.degrees(latitude.replacing(",", with: ".")[...]),
            longitude: RoutePoints.degrees(longitude.replacing(",", with: ".")[...]))
        return points.places[0].point
    }

    /// The line as ``line(typed:city:)`` reads it.
    public static func typed(_ line: [MapPoint]) -> String {
        line.map { "\($0.latitude), \($0.longitude)" }.joined(separator: "\n")
    }
}
