import Foundation
import Testing

@testable import Participation

/// Files with routes: what is read of each kind, and how hostile ones are refused.
@Suite struct RouteFileTests {
    /// A box around Mulhouse, in which neither point would lie with its numbers swapped.
    static let city = GeoBox([
        MapPoint(latitude: 47.70, longitude: 7.25)!, MapPoint(latitude: 47.80, longitude: 7.40)!,
    ])!

    static func gpx(_ content: String) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1">\(content)</gpx>
        """
    }

    static func kml(_ content: String) -> String {
        "<kml xmlns=\"http://www.opengis.net/kml/2.2\" xmlns:gx=\"http://www.google.com/kml/ext/2.2\"><Document>\(content)</Document></kml>"
    }

    static let track =
        "<trk><trkseg><trkpt lat=\"47.74\" lon=\"7.33\"/><trkpt lat=\"47.75\" lon=\"7.34\"/></trkseg></trk>"
    static let line = "{\"type\":\"LineString\",\"coordinates\":[[7.33,47.74],[7.34,47.75]]}"

    private func read(_ text: String) throws(RouteProblem) -> RouteFile {
        try RouteFile(Array(text.utf8), city: Self.city)
    }

    // MARK: What is read

    @Test(arguments: [
        (
            RouteFile.Kind.gpx,
            gpx("<wpt lat=\"47.74\" lon=\"7.33\"><name>La &amp; gare</name></wpt>\(track)")
        ),
        (.gpx, gpx("<wpt lat=\"47.74\" lon=\"7.33\"><name><![CDATA[La & gare]]></name></wpt>\(track)")),
        (
            .gpx,
            gpx(
                "<wpt lat=\"47.74\" lon=\"7.33\"><name>La &amp; gare</name></wpt><rte>"
                    + "<rtept lat=\"47.74\" lon=\"7.33\"/><rtept lat=\"47.75\" lon=\"7.34\"/></rte>")
        ),
        (
            .kml,
            kml(
                "<Placemark><name>La &amp; gare</name><Point><coordinates> 7.33,47.74,230 </coordinates></Point>"
                    + "</Placemark><Placemark><name>x</name><LineString><coordinates>7.33,47.74\n 7.34,47.75,1</coordinates>"
                    + "</LineString></Placemark>")
        ),
        (
            .kml,
            kml(
                "<Placemark><Point><coordinates>7.33,47.74</coordinates></Point><name>La &amp; gare</name>"
                    + "</Placemark><Placemark><gx:Track><gx:coord>7.33 47.74 1</gx:coord><gx:coord>7.34 47.75 1</gx:coord>"
                    + "</gx:Track></Placemark>")
        ),
        (
            .geojson,
            "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":null,"
                + "\"geometry\":\(line)},{\"type\":\"Feature\",\"properties\":{\"name\":\"La & gare\"},\"geometry\":"
                + "{\"type\":\"Point\",\"coordinates\":[7.33,47.74,230]}}]}"
        ),
        (
            .geojson,
            "{\"type\":\"GeometryCollection\",\"geometries\":[{\"type\":\"MultiLineString\",\"coordinates\":"
                + "[[[7.33,47.74]],[[7.34,47.75]]]}]}"
        ),
    ])
    func `lines become the route and named places its stops`(kind: RouteFile.Kind, text: String)
        throws
    {
        let file: RouteFile = try read(text)
        #expect(file.kind == kind)
        #expect(
            file.line == [
                MapPoint(latitude: 47.74, longitude: 7.33)!, MapPoint(latitude: 47.75, longitude: 7.34)!,
            ])
        #expect(file.places.map(\.name) == (text.contains("gare") ? ["La & gare"] : []))
        #expect(file.lines == 1 && file.points == 2 && file.tolerance == nil)
        #expect((1_339.0...1_341.0).contains(file.length))
    }

    @Test func `a byte order mark, a prefix and blanks are no hindrance`() throws {
        let text =
            "\u{FEFF}  <g:gpx xmlns:g=\"x\">\(Self.track.replacing("<trk", with: "<g:trk").replacing("</trk", with: "</g:trk"))</g:gpx>"
        #expect(try read(text).points == 2)
    }

    @Test func `of several lines the longest is taken, and repeated points are one`() throws {
        let other =
            "<trk><trkseg>" + String(repeating: "<trkpt lat=\"47.741\" lon=\"7.331\"/>", count: 9)
            + "<trkpt lat=\"47.742\" lon=\"7.331\"/></trkseg></trk>"
        let file: RouteFile = try read(Self.gpx(other + Self.track))
        #expect(file.lines == 2 && file.points == 2)
        #expect(file.line.first?.latitude == 47.74)
    }

    @Test func `a long track keeps at most two thousand points, and says how far the others lie`()
        throws
    {
        let points: [String] = (0..<45_000).map { index in
            let angle = Double(index) / 45_000 * 60
            return
                "<trkpt lat=\"\(47.75 + sin(angle) * 0.02)\" lon=\"\(7.30 + Double(index) / 900_000)\"/>"
        }
        let file: RouteFile = try read(Self.gpx("<trk><trkseg>\(points.joined())</trkseg></trk>"))
        #expect(file.points == 45_000)
        #expect(file.line.count <= RouteDraft.mostPoints && file.line.count > 100)
        let tolerance: Double = try #require(file.tolerance)
        #expect(tolerance <= 4)
        #expect(file.line.first?.longitude == 7.30)
    }

    // MARK: What is refused

    struct Hostile: CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let problem: RouteProblem
        var testDescription: String { name }

        init(_ name: String, _ text: String, _ problem: RouteProblem) {
            self.init(name, Array(text.utf8), problem)
        }

        init(_ name: String, _ bytes: [UInt8], _ problem: RouteProblem) {
            (self.name, self.bytes, self.problem) = (name, bytes, problem)
        }
    }

    static func points(_ count: Int) -> String {
        String(repeating: "<trkpt lat=\"47.74\" lon=\"7.33\"/>", count: count)
    }

    static let hostile: [Hostile] = [
        Hostile("nothing", "", .empty),
        Hostile("blanks", " \r\n\t", .empty),
        Hostile("six megabytes", [UInt8](repeating: 0x20, count: 6 << 20), .tooLarge),
        Hostile("a million points", gpx("<trk><trkseg>\(points(1_000_000))</trkseg></trk>"), .tooLarge),
        Hostile(
            "60,000 points of GPX", gpx("<trk><trkseg>\(points(60_000))</trkseg></trk>"), .tooManyPoints),
        Hostile(
            "900,000 points of GeoJSON",
            "{\"type\":\"LineString\",\"coordinates\":[\(String(repeating: "[1,2],", count: 860_000))[1,2]]}",
            .tooManyPoints),
        Hostile(
            "900,000 points of KML",
            kml(
                "<Placemark><LineString><coordinates>\(String(repeating: "1,2 ", count: 1_000_000))</coordinates>"
                    + "</LineString></Placemark>"), .tooManyPoints),
        Hostile("KMZ", [0x50, 0x4B, 0x03, 0x04, 0, 0], .packed),
        Hostile("gzip", [0x1F, 0x8B, 8, 0], .packed),
        Hostile(
            "UTF-16",
            [0xFF, 0xFE] + Array("<gpx/>".utf16).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] },
            .wrongEncoding),
        Hostile(
            "UTF-16 without a mark", Array("<gpx/>".utf16).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] },
            .wrongEncoding),
        Hostile(
            "Latin-1", Array("<gpx><wpt><name>Caf".utf8) + [0xE9] + Array("</name></wpt></gpx>".utf8),
            .wrongEncoding),
        Hostile("a NUL", gpx("\0\(track)"), .wrongEncoding),
        Hostile("a picture", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .wrongEncoding),
        Hostile("a table", "lat;lon\n47.7;7.3\n", .unknownKind),
        Hostile("SVG", "<svg><path/></svg>", .unknownKind),
        Hostile("JSON without a type", "{\"a\":1}", .unknownKind),
        Hostile(
            "billion laughs",
            "<?xml version=\"1.0\"?><!DOCTYPE gpx [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><gpx>&b;</gpx>",
            .declaresEntities),
        Hostile(
            "an entity of the disk",
            "<!doctype gpx [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><gpx><wpt><name>&x;</name></wpt></gpx>",
            .declaresEntities),
        Hostile(
            "a definition fetched from elsewhere",
            "<!DOCTYPE kml SYSTEM \"https://evil.example/x.dtd\"><kml></kml>", .declaresEntities),
        Hostile(
            "a DOCTYPE hidden by a declared encoding",
            "<?xml version=\"1.0\" encoding=\"UTF-7\"?>+ADwAIQ-DOCTYPE gpx+AD4-<gpx></gpx>", .broken),
        Hostile(
            "an unknown entity", gpx("<wpt lat=\"47\" lon=\"7\"><name>&foo;</name></wpt>\(track)"),
            .broken),
        Hostile("a broken tag", "<gpx><trk><trkseg><trkpt lat=\"47.", .broken),
        Hostile("a file that breaks off", "<gpx><trk><trkseg>", .broken),
        Hostile("tags that cross", "<gpx><trk></gpx></trk>", .broken),
        Hostile("broken JSON", String(line.dropLast(9)), .broken),
        Hostile("JSON nested deep", String(repeating: "{\"type\":", count: 100_000), .tooDeep),
        Hostile(
            "brackets nested deep", "{\"type\":\"x\",\"c\":" + String(repeating: "[", count: 100_000),
            .tooDeep),
        Hostile("XML nested deep", "<gpx>" + String(repeating: "<a>", count: 100_000), .tooDeep),
        Hostile(
            "NaN", gpx("<trk><trkseg><trkpt lat=\"NaN\" lon=\"7\"/></trkseg></trk>"),
            .notACoordinate(point: 1)),
        Hostile(
            "infinity", gpx("<trk><trkseg><trkpt lat=\"inf\" lon=\"7\"/></trkseg></trk>"),
            .notACoordinate(point: 1)),
        Hostile(
            "hexadecimal", gpx("<trk><trkseg><trkpt lat=\"0x2F\" lon=\"7\"/></trkseg></trk>"),
            .notACoordinate(point: 1)),
        Hostile(
            "no longitude", gpx("<trk><trkseg><trkpt lat=\"47.74\"/></trkseg></trk>"),
            .notACoordinate(point: 1)),
        Hostile("NaN in JSON", "{\"type\":\"LineString\",\"coordinates\":[[NaN,47]]}", .broken),
        Hostile(
            "a huge number", "{\"type\":\"LineString\",\"coordinates\":[[7.33,47.74],[1e300,47]]}",
            .notOnEarth(point: 2)),
        Hostile(
            "true", "{\"type\":\"LineString\",\"coordinates\":[[true,47]]}", .notACoordinate(point: 1)),
        Hostile(
            "words", "{\"type\":\"LineString\",\"coordinates\":[[\"7\",47]]}", .notACoordinate(point: 1)),
        Hostile(
            "KML without a comma",
            kml("<Placemark><LineString><coordinates>7.3 47.7</coordinates></LineString></Placemark>"),
            .notACoordinate(point: 1)),
        Hostile(
            "not on the earth", gpx("<trk><trkseg><trkpt lat=\"91\" lon=\"7\"/></trkseg></trk>"),
            .notOnEarth(point: 1)),
        Hostile(
            "axes swapped in GPX",
            gpx(track.replacing("lat=\"47.74\" lon=\"7.33\"", with: "lat=\"7.33\" lon=\"47.74\"")),
            .axesSwapped(point: 1)),
        Hostile(
            "axes swapped in GeoJSON",
            "{\"type\":\"LineString\",\"coordinates\":[[7.33,47.74],[47.75,7.34]]}",
            .axesSwapped(point: 2)),
        Hostile("only places", gpx("<wpt lat=\"47.74\" lon=\"7.33\"/>"), .noLine),
        Hostile("an empty track", gpx("<trk><trkseg/></trk>"), .noLine),
        Hostile("an empty line", "{\"type\":\"LineString\",\"coordinates\":[]}", .noLine),
        Hostile("coordinates that are none", "{\"type\":\"LineString\",\"coordinates\":7}", .noLine),
        Hostile(
            "a surface", "{\"type\":\"Polygon\",\"coordinates\":[[[7,47],[7.1,47],[7,47.1],[7,47]]]}",
            .noLine),
        Hostile(
            "a network link",
            kml("<NetworkLink><Link><href>https://evil.example/</href></Link></NetworkLink>"), .noLine),
        Hostile("one point", gpx("<trk><trkseg>\(points(1))</trkseg></trk>"), .onePoint),
        Hostile("one point many times", gpx("<trk><trkseg>\(points(500))</trkseg></trk>"), .onePoint),
        Hostile(
            "a hundred places",
            gpx(track + String(repeating: "<wpt lat=\"47.74\" lon=\"7.33\"/>", count: 100)), .tooManyStops
        ),
        Hostile(
            "20,000 places",
            gpx(track + String(repeating: "<wpt lat=\"47.74\" lon=\"7.33\"/>", count: 20_000)),
            .tooManyStops),
    ]

    @Test(arguments: hostile)
    func `a hostile file is refused for what it is`(file: Hostile) {
        let start = ContinuousClock.now
        #expect(throws: file.problem) { try RouteFile(file.bytes, city: Self.city) }
        #expect(start.duration(to: .now) < .seconds(20), "a refusal comes soon")
    }

    @Test func `where nobody brought districts nothing is taken for swapped`() throws {
        #expect(
            try RouteFile(
                Array("{\"type\":\"LineString\",\"coordinates\":[[47.74,7.33],[47.75,7.34]]}".utf8), city: nil
            )
            .points == 2)
    }

    /// Whatever becomes of a valid file on its way, reading it ends with a route or a refusal.
    @Test func `files changed at random never crash the readers`() {
        var generator = Seeded(state: 20_261_121)
        let seeds: [[UInt8]] = [
            Self.gpx("<wpt lat=\"47.74\" lon=\"7.33\"><name>Gare</name></wpt>\(Self.track)"),
            Self.kml(
                "<Placemark><name>Gare</name><Point><coordinates>7.33,47.74</coordinates></Point></Placemark>"
                    + "<Placemark><LineString><coordinates>7.33,47.74 7.34,47.75</coordinates></LineString></Placemark>"
            ),
            "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"name\":\"a\"},"
                + "\"geometry\":\(Self.line)},{\"type\":\"Feature\",\"geometry\":{\"type\":\"Point\","
                + "\"coordinates\":[7.33,47.74]}}]}",
        ].map { Array($0.utf8) }
        let pieces: [[UInt8]] = [
            "<", ">", "\"", "&", "]]>", "<!--", "<![CDATA[", "<?", "NaN", "1e999", "-", "[", "{",
            "\\u0000", "é",
        ]
        .map { Array($0.utf8) }
        var read = 0
        for round in 0..<6_000 {
            var bytes: [UInt8] = seeds[round % seeds.count]
            for _ in 0...Int.random(in: 0..<6, using: &generator) {
                let place = Int.random(in: 0..<max(1, bytes.count), using: &generator)
                switch Int.random(in: 0..<6, using: &generator) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1:
                    bytes.removeSubrange(
                        place..<min(bytes.count, place + Int.random(in: 1...20, using: &generator)))
                case 2: bytes.insert(contentsOf: pieces.randomElement(using: &generator)!, at: place)
                case 3: bytes = Array(bytes.prefix(place))
                case 4:
                    bytes.insert(
                        contentsOf: bytes.prefix(Int.random(in: 0...60, using: &generator)), at: place)
                default: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                }
                if bytes.isEmpty { bytes = [0x3C] }
            }
            if (try? RouteFile(bytes, city: Self.city)) != nil { read += 1 }
        }
        // Some come through: the changes are not so wild that only the first letter is ever looked at.
        #expect(read > 100 && read < 6_000)
    }

    // MARK: What is typed

    @Test func `points are typed one to a line`() throws {
        let line: [MapPoint] = try RouteDraft.line(
            typed: "47.74, 7.33\n\n 47.75;7.34 \r\n47.75\t7.34", city: Self.city)
        #expect(
            line == [
                MapPoint(latitude: 47.74, longitude: 7.33)!, MapPoint(latitude: 47.75, longitude: 7.34)!,
            ])
        #expect(try RouteDraft.line(typed: RouteDraft.typed(line), city: nil) == line)
        #expect(throws: RouteProblem.notACoordinate(point: 2)) {
            try RouteDraft.line(typed: "47.74, 7.33\nici", city: nil)
        }
        #expect(throws: RouteProblem.axesSwapped(point: 1)) {
            try RouteDraft.line(typed: "7.33, 47.74", city: Self.city)
        }
    }

    @Test func `the haversine formula gives known lengths`() {
        // A degree of the equator and of a meridian on the sphere of R₁: 2πR₁/360.
        let origin = MapPoint(latitude: 0, longitude: 0)!
        for point in [MapPoint(latitude: 0, longitude: 1)!, MapPoint(latitude: 1, longitude: 0)!] {
            #expect(abs(RouteMeasure.distance(origin, point) - 111_195.08) < 0.01)
        }
        let antipode = MapPoint(latitude: 0, longitude: 180)!
        #expect(abs(RouteMeasure.distance(origin, antipode) - .pi * 6_371_008.8) < 0.01)
        #expect(RouteMeasure.distance(origin, origin) == 0)
    }

    @Test func `what simplification leaves out lies within its tolerance`() {
        let line: [MapPoint] = (0..<9_000).map { index in
            let t = Double(index) / 9_000
            return MapPoint(
                latitude: 47.74 + sin(t * 40) * 0.01 + cos(t * 333) * 0.0003, longitude: 7.3 + t * 0.1)!
        }
        let (kept, tolerance) = RouteMeasure.simplified(line, most: 400)
        #expect(kept.count <= 400)
        #expect(kept.first == line.first && kept.last == line.last)
        let limit: Double = tolerance ?? 0
        // Between two points that are kept, every point lies near the stretch; sampled along it.
        var stretch = 0
        for point in line {
            if stretch + 1 < kept.count - 1, point == kept[stretch + 1] { stretch += 1 }
            let (a, b): (MapPoint, MapPoint) = (kept[stretch], kept[stretch + 1])
            let nearest: Double = (0...200).map { step in
                let share = Double(step) / 200
                return RouteMeasure.distance(
                    point,
                    MapPoint(
                        latitude: a.latitude + (b.latitude - a.latitude) * share,
                        longitude: a.longitude + (b.longitude - a.longitude) * share)!)
            }.min()!
            #expect(nearest <= limit + 2)
        }
    }
}
