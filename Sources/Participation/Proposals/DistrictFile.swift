import Foundation

/// A district as a GeoJSON file describes it (RFC 7946).
public struct DistrictDraft: Sendable, Hashable {
    /// Its handle in addresses.
    public let code: String
    /// Its name in one or more languages.
    public let name: Texts
    /// Its surfaces.
    public let outline: DistrictOutline
}

/// The surfaces of a district: polygons, each with its outer ring and those of its holes.
public struct DistrictOutline: Sendable, Hashable {
    /// Polygons, their rings, the points of a ring.
    public let polygons: [[[MapPoint]]]

    /// The geometry as GeoJSON: a MultiPolygon, longitude first.
    var json: String {
        let polygons: [String] = polygons.map { rings in
            let rings: [String] = rings.map { points in
                "[\(points.map { "[\($0.longitude),\($0.latitude)]" }.joined(separator: ","))]"
            }
            return "[\(rings.joined(separator: ","))]"
        }
        return "{\"type\":\"MultiPolygon\",\"coordinates\":[\(polygons.joined(separator: ","))]}"
    }

    /// The geometry that the database kept.
    init(json: String) throws {
        let kept = try JSONDecoder().decode(Kept.self, from: Data(json.utf8))
        polygons = kept.coordinates.map { rings in
            rings.map { points in points.compactMap { MapPoint(latitude: $0[1], longitude: $0[0]) } }
        }
    }

    init(polygons: [[[MapPoint]]]) {
        self.polygons = polygons
    }

    private struct Kept: Decodable {
        let coordinates: [[[[Double]]]]
    }
}

/// Why a file of districts is not taken. `feature` counts from 1.
public enum DistrictProblem: Error, Hashable, Sendable {
    /// Longer than ``DistrictFile/longest`` bytes, or with more points than ``DistrictFile/mostPoints``.
    case tooLarge, tooManyPoints
    /// Not JSON, or nested too deep to be any GeoJSON.
    case notJSON
    /// JSON, but no FeatureCollection with districts in it; or more of them than a city has.
    case notACollection, tooManyDistricts
    /// A feature without a code, with the code of another one, or without a name.
    case noCode(feature: Int), codeTwice(feature: Int, code: String), noName(feature: Int)
    /// A geometry that is no surface, a ring that does not end where it began, or what should be a number and is not.
    case notASurface(feature: Int), openRing(feature: Int), notACoordinate(feature: Int)
    /// A point that is not on the earth, or one that would be in Europe if its two numbers changed places.
    case notOnEarth(feature: Int), axesSwapped(feature: Int)
    /// Proposals lie in a district that the file no longer has.
    case inUse(code: String)
}

/// Reads a GeoJSON file of districts. What comes is taken for hostile until every number has been looked at.
public enum DistrictFile {
    /// The longest file, in bytes, the most points in all, and the most districts.
    public static let longest = 8 << 20, mostPoints = 100_000, mostDistricts = 300

    /// The districts of a file, in its order; throws all that is wrong with it, the first twenty problems at most.
    public static func read(_ bytes: [UInt8]) throws(Refused<DistrictProblem>) -> [DistrictDraft] {
        guard bytes.count <= longest else { throw Refused(.tooLarge) }
        // Before anything recursive looks at it: GeoJSON needs eight levels.
        guard depth(of: bytes) <= 32, let json = try? JSONSerialization.jsonObject(with: Data(bytes)) else {
            throw Refused(.notJSON)
        }
        guard let collection = json as? [String: Any], collection["type"] as? String == "FeatureCollection",
            let features = collection["features"] as? [Any], !features.isEmpty
        else { throw Refused(.notACollection) }
        guard features.count <= mostDistricts else { throw Refused(.tooManyDistricts) }
        var reader = FeatureReader()
        for (index, feature) in features.enumerated() where reader.problems.count < 20 {
            reader.take(feature, number: index + 1)
        }
        guard reader.problems.isEmpty else { throw Refused(reasons: reader.problems) }
        return reader.districts
    }

    /// How deep the brackets of a text of JSON are nested at most; those within strings do not count.
    static func depth(of bytes: [UInt8]) -> Int {
        var depth = 0
        var deepest = 0
        var isString = false
        var isEscaped = false
        for byte in bytes {
            if isEscaped {
                isEscaped = false
            } else if isString {
                if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isString = false
                }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isString = true
                case UInt8(ascii: "["), UInt8(ascii: "{"):
                    depth += 1
                    deepest = max(deepest, depth)
                case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
                default: break
                }
            }
        }
        return deepest
    }
}

private struct FeatureReader {
    var districts: [DistrictDraft] = []
    var problems: [DistrictProblem] = []
    private var codes: Set<String> = []
    private var points = 0

    mutating func take(_ feature: Any, number: Int) {
        let feature: [String: Any] = feature as? [String: Any] ?? [:]
        let properties: [String: Any] = feature["properties"] as? [String: Any] ?? [:]
        guard let code = Self.code(properties["code"]) else { return problems.append(.noCode(feature: number)) }
        guard codes.insert(code).inserted else { return problems.append(.codeTwice(feature: number, code: code)) }
        guard let name = Self.name(properties["name"]) else { return problems.append(.noName(feature: number)) }
        do {
            let outline: DistrictOutline = try outline(feature["geometry"], number: number)
            districts.append(DistrictDraft(code: code, name: name, outline: outline))
        } catch {
            problems.append(error)
        }
    }

    private static func code(_ value: Any?) -> String? {
        let text: String? = value as? String ?? (value as? NSNumber).map { "\($0)" }
        guard let text, text.contains(where: { $0.isLetter || $0.isNumber }), text.count <= 60 else { return nil }
        return Slug.made(of: text, avoiding: [])
    }

    private static func name(_ value: Any?) -> Texts? {
        let byLanguage: [String: String]
        switch value {
        case let name as String: byLanguage = ["fr": name]
        case let names as [String: String]:
            byLanguage = names.filter { Language(rawValue: $0.key) != nil }
        default: return nil
        }
        let tidy: [String: String] = byLanguage.mapValues {
            String($0.trimmingCharacters(in: .whitespacesAndNewlines).prefix(100))
        }
        let name = Texts(tidy)
        return name.isEmpty || tidy.values.contains { $0.contains { $0.isNewline || $0 == "\0" } } ? nil : name
    }

    private mutating func outline(_ geometry: Any?, number: Int) throws(DistrictProblem) -> DistrictOutline {
        guard let geometry = geometry as? [String: Any], let type = geometry["type"] as? String,
            let coordinates = geometry["coordinates"] as? [Any]
        else { throw .notASurface(feature: number) }
        let polygons: [Any]
        switch type {
        case "Polygon": polygons = [coordinates]
        case "MultiPolygon": polygons = coordinates
        default: throw .notASurface(feature: number)
        }
        guard !polygons.isEmpty else { throw .notASurface(feature: number) }
        var outline: [[[MapPoint]]] = []
        for polygon in polygons {
            guard let rings = polygon as? [Any], !rings.isEmpty else { throw .notASurface(feature: number) }
            var read: [[MapPoint]] = []
            for ring in rings { read.append(try self.ring(ring, number: number)) }
            outline.append(read)
        }
        return DistrictOutline(polygons: outline)
    }

    private mutating func ring(_ ring: Any, number: Int) throws(DistrictProblem) -> [MapPoint] {
        guard let positions = ring as? [Any] else { throw .notASurface(feature: number) }
        points += positions.count
        guard points <= DistrictFile.mostPoints else { throw .tooManyPoints }
        var read: [MapPoint] = []
        for position in positions {
            guard let numbers = position as? [Any], numbers.count >= 2, let longitude = Self.degree(numbers[0]),
                let latitude = Self.degree(numbers[1])
            else { throw .notACoordinate(feature: number) }
            guard let point = MapPoint(latitude: latitude, longitude: longitude) else {
                throw .notOnEarth(feature: number)
            }
            guard Self.isInEurope(point) || !Self.isInEurope(latitude: longitude, longitude: latitude) else {
                throw .axesSwapped(feature: number)
            }
            read.append(point)
        }
        guard read.count >= 4, read.first == read.last else { throw .openRing(feature: number) }
        return read
    }

    /// A finite number; `true` and `false` are numbers to Foundation, and none here.
    private static func degree(_ value: Any) -> Double? {
        guard let number = value as? NSNumber, !["c", "B"].contains(String(cString: number.objCType)),
            number.doubleValue.isFinite
        else { return nil }
        return number.doubleValue
    }

    private static func isInEurope(_ point: MapPoint) -> Bool {
        isInEurope(latitude: point.latitude, longitude: point.longitude)
    }

    /// Europe without its far islands: none of the overseas cities of France would be there with swapped numbers.
    private static func isInEurope(latitude: Double, longitude: Double) -> Bool {
        (35...71).contains(latitude) && (-11...40).contains(longitude)
    }
}
