import Foundation
import FoundationXML

/// The lines and points of a GPX file (topografix.com/GPX/1/1) or a KML file (OGC 07-147r2).
///
/// Foundation's parser is given UTF-8 without the declaration that could name another encoding, and nothing with a
/// DOCTYPE: so no entity but the five of XML exists, and nothing is looked up anywhere.
enum XMLRoute {
    /// Deeper than any folder of a map is nested.
    static let deepest = 64

    static func read(_ text: ArraySlice<UInt8>, into points: inout RoutePoints) throws(RouteProblem) -> RouteFile.Kind {
        let body: ArraySlice<UInt8> = withoutDeclaration(text)
        guard !contains(body, "<!doctype"), !contains(body, "<!entity") else { throw .declaresEntities }
        let reader = XMLRouteReader(points)
        let parser = XMLParser(data: Data(body))
        parser.shouldResolveExternalEntities = false
        parser.delegate = reader
        let isParsed: Bool = parser.parse()
        if let problem = reader.problem { throw problem }
        // A file that breaks off within a tag is parsed to its end, with an error.
        guard isParsed, parser.parserError == nil, reader.isFinished else { throw .broken }
        guard let kind = reader.kind else { throw .unknownKind }
        points = reader.points
        return kind
    }

    private static func withoutDeclaration(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let body: ArraySlice<UInt8> = text.drop { $0 <= 0x20 }
        guard body.starts(with: "<?xml".utf8),
            let end = body.indices.first(where: { body[$0...].starts(with: "?>".utf8) })
        else { return body }
        return body[(end + 2)...]
    }

    private static func contains(_ text: ArraySlice<UInt8>, _ word: StaticString) -> Bool {
        let word: [UInt8] = Array("\(word)".utf8)
        return text.indices.contains { index in
            text[index] == word[0] && text[index...].count >= word.count
                && zip(text[index...], word).allSatisfy { $0 == $1 || $0 | 0x20 == $1 && $1 >= UInt8(ascii: "a") }
        }
    }
}

/// Follows the parser through the tags; it stops at the first point that is none.
private final class XMLRouteReader: NSObject, XMLParserDelegate {
    private(set) var points: RoutePoints
    private(set) var kind: RouteFile.Kind?
    private(set) var problem: RouteProblem?
    /// The names of the tags that are open, without their prefix.
    private var open: [String] = []
    private var hasBegun = false
    /// What stands within the tag that is read.
    private var words = ""
    private var isReadingWords = false
    /// The place of GPX whose name is still to come, and the name of a placemark of KML before its geometry.
    private var waypoint: (latitude: Double?, longitude: Double?)?
    private var name = ""
    /// The single points of a placemark, whose name may come after them.
    private var pins: [Substring] = []

    /// Whether every tag that was opened was closed.
    var isFinished: Bool { hasBegun && open.isEmpty }

    init(_ points: RoutePoints) {
        self.points = points
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        guard problem == nil else { return }
        let tag: String = Self.local(element)
        if open.isEmpty {
            hasBegun = true
            kind = tag == "gpx" ? .gpx : tag == "kml" ? .kml : nil
            guard kind != nil else { return stop(parser, .unknownKind) }
        }
        guard open.count < XMLRoute.deepest else { return stop(parser, .tooDeep) }
        open.append(tag)
        isReadingWords = ["name", "coordinates", "coord"].contains(tag)
        words = ""
        do throws(RouteProblem) {
            if kind == .gpx { try gpxBegins(tag, attributes) } else { kmlBegins(tag) }
        } catch { stop(parser, error) }
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        if isReadingWords { words += text }
    }

    func parser(_ parser: XMLParser, foundCDATA block: Data) {
        if isReadingWords { words += String(decoding: block, as: UTF8.self) }
    }

    func parser(
        _ parser: XMLParser, didEndElement element: String, namespaceURI: String?, qualifiedName: String?
    ) {
        guard problem == nil, let tag = open.popLast() else { return }
        do throws(RouteProblem) {
            if kind == .gpx { try gpxEnds(tag) } else { try kmlEnds(tag) }
        } catch { stop(parser, error) }
        isReadingWords = false
    }

    private func stop(_ parser: XMLParser, _ problem: RouteProblem) {
        // A tag that breaks off is handed over as far as it goes: what is wrong then is the file, not the point.
        if self.problem == nil { self.problem = parser.parserError == nil ? problem : .broken }
        parser.abortParsing()
    }

    private static func local(_ name: String) -> String {
        name.lastIndex(of: ":").map { String(name[name.index(after: $0)...]) } ?? name
    }

    // MARK: GPX

    private func gpxBegins(_ tag: String, _ attributes: [String: String]) throws(RouteProblem) {
        func degrees(_ name: String) -> Double? { attributes[name].flatMap { RoutePoints.degrees($0[...]) } }
        switch tag {
        // The segments of a track are one way with gaps: the satellites were lost in between.
        case "trk", "rte": points.begin()
        case "trkpt" where open.contains("trk"), "rtept" where open.contains("rte"):
            try points.append(latitude: degrees("lat"), longitude: degrees("lon"))
        case "wpt":
            waypoint = (degrees("lat"), degrees("lon"))
            name = ""
        default: break
        }
    }

    private func gpxEnds(_ tag: String) throws(RouteProblem) {
        switch tag {
        case "name" where open.last == "wpt": name = words
        case "wpt":
            guard let place = waypoint else { return }
            waypoint = nil
            try points.place(name, latitude: place.latitude, longitude: place.longitude)
        default: break
        }
    }

    // MARK: KML

    private func kmlBegins(_ tag: String) {
        switch tag {
        case "Placemark":
            name = ""
            pins = []
        case "LineString", "Track": points.begin()
        default: break
        }
    }

    private func kmlEnds(_ tag: String) throws(RouteProblem) {
        switch (tag, open.last) {
        case ("name", "Placemark"): name = words
        case ("coordinates", "LineString"):
            for position in words.split(whereSeparator: \.isWhitespace) {
                let (latitude, longitude): (Double?, Double?) = Self.degrees(position, ",")
                try points.append(latitude: latitude, longitude: longitude)
            }
        case ("coordinates", "Point"):
            pins.append(words.split(whereSeparator: \.isWhitespace).joined(separator: " ")[...])
        case ("coord", "Track"):
            let (latitude, longitude): (Double?, Double?) = Self.degrees(words[...], " ")
            try points.append(latitude: latitude, longitude: longitude)
        case ("Placemark", _):
            for pin in pins {
                let (latitude, longitude): (Double?, Double?) = Self.degrees(pin, ",")
                try points.place(name, latitude: latitude, longitude: longitude)
            }
            pins = []
        default: break
        }
    }

    /// Longitude, latitude and perhaps a height.
    private static func degrees(_ text: Substring, _ mark: Character) -> (latitude: Double?, longitude: Double?) {
        let numbers: [Substring] = text.split(separator: mark)
        guard numbers.count >= 2 else { return (nil, nil) }
        return (RoutePoints.degrees(numbers[1]), RoutePoints.degrees(numbers[0]))
    }
}
