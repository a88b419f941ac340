import Foundation
import Participation

/// A published observation as open data: what was seen, and nothing of who saw it. How many people said it together is
/// left out too: a group of an unusual size would be found again from one observation to the next.
struct OpenObservation: Encodable {
    /// What everybody may do with it: the Licence Ouverte of the French State, version 2.0.
    static let licence = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"

    let number: Int
    let url: String
    let walk: String
    let light: String
    let stop: Int?
    let stopTitle: String?
    let theme: String?
    let themeTitle: String?
    let kind: String
    /// From `very_bad` to `very_good`.
    let feeling: String?
    let concerned: [String]
    let text: String
    let language: String
    let place: String
    let latitude: Double?
    let longitude: Double?
    /// `point` where somebody sent a point, `stop` where it is that of the stop.
    let position: String?
    let others: Int
    let priority: Int?
    let status: String?
    let service: String?
    let answer: String?
    let due: String?
    let photos: [String]

    init(_ observation: PublishedObservation, _ site: Site) {
        number = observation.number
        url = site.absolute("/walks/\(observation.walk)/observations/\(observation.number)")
        walk = observation.walk
        light = observation.light.rawValue
        stop = observation.stop
        stopTitle = observation.stop == nil ? nil : observation.stopTitle(.french)
        theme = observation.theme
        themeTitle = observation.theme == nil ? nil : observation.themeTitle(.french)
        kind = observation.kind.rawValue
        feeling = observation.feeling.map(WalkWords.key)
        concerned = observation.concerned.map(\.rawValue)
        text = Contacts.masked(observation.words)
        language = observation.language.rawValue
        place = Contacts.masked(observation.place)
        latitude = observation.point?.latitude.rounded6
        longitude = observation.point?.longitude.rounded6
        position = observation.point == nil ? nil : (observation.isStopPoint ? "stop" : "point")
        others = observation.others
        priority = observation.priority
        status = observation.followUp?.rawValue
        service = observation.answer?.service(.french)
        answer = observation.answer?.words(.french)
        due = observation.answer?.due?.description
        photos = observation.photos.map { site.absolute("/media/\($0.medium)/large") }
    }

    /// The headings of a table. The same in every language: programs read it.
    static let columns = [
        "number", "url", "walk", "light", "stop", "stop_title", "theme", "theme_title", "kind", "feeling", "concerned",
        "text", "language", "place", "latitude", "longitude", "position", "others", "priority", "status",
        "service", "answer", "due", "photos",
    ]

    /// The values of a table, lists with a space between.
    var row: [String] {
        func text(_ value: (some CustomStringConvertible)?) -> String { value.map(\.description) ?? "" }
        return [
            String(number), url, walk, light, text(stop), text(stopTitle), text(theme), text(themeTitle), kind,
            text(feeling), concerned.joined(separator: " "), self.text, language, place, text(latitude),
            text(longitude), text(position), String(others), text(priority), text(status),
            text(service), text(answer), text(due), photos.joined(separator: " "),
        ]
    }
}

/// Addresses and numbers by which somebody could be reached, in what people wrote. Agents read every observation before
/// it is published; files that are copied without end get this second care.
enum Contacts {
    /// The text with mail addresses and telephone numbers replaced by `[…]`.
    static func masked(_ text: String) -> String {
        var masked: String = text
        // Few texts have either: looking for a sign costs less than looking for an address.
        if text.utf8.contains(UInt8(ascii: "@")) {
            masked = masked.replacing(#/[\p{L}\p{N}._%+\-]+@[\p{L}\p{N}.\-]+\.\p{L}{2,}/#, with: "[…]")
        }
        if text.utf8.count(where: { (0x30...0x39).contains($0) }) >= 9 {
            masked = masked.replacing(#/(?:\+|00)?\d(?:[ .\-\/\u{A0}\u{202F}]?\d){8,14}/#, with: "[…]")
        }
        return masked
    }
}

extension Double {
    /// To six places after the point: of degrees, a tenth of a metre.
    var rounded6: Double { (self * 1e6).rounded() / 1e6 }

    /// The same as XML writes decimals: never with an exponent, as a longitude at Greenwich would be.
    var decimal6: String {
        let millionths = Int64((self * 1e6).rounded())
        let digits = String(millionths.magnitude % 1_000_000)
        return (millionths < 0 ? "-" : "") + "\(millionths.magnitude / 1_000_000)."
            + String(repeating: "0", count: 6 - digits.count) + digits
    }
}

/// Places as GPX 1.1 (topografix.com/GPX/1/1), in the order that its schema asks for: metadata, waypoints, track.
enum GPX {
    /// The document to its first waypoint.
    static func head(_ title: String, licence: String) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <gpx version="1.1" creator="Tilleul" xmlns="http://www.topografix.com/GPX/1/1">
        <metadata><name>\(escaped(title))</name><copyright author="Tilleul"><license>\(escaped(licence))</license>\
        </copyright></metadata>

        """
    }

    /// A place with its words.
    static func waypoint(_ point: MapPoint, name: String, words: String, link: String? = nil, type: String) -> String {
        """
        <wpt \(degrees(point))><name>\(escaped(name))</name><desc>\(escaped(words))</desc>\
        \(link.map { "<link href=\"\(escaped($0))\"/>" } ?? "")<type>\(type)</type></wpt>

        """
    }

    /// The way as a track, and the end of the document.
    static func foot(_ line: [MapPoint], name: String) -> String {
        guard !line.isEmpty else { return "</gpx>\n" }
        let points: String = line.map { "<trkpt \(degrees($0))/>" }.joined(separator: "\n")
        return "<trk><name>\(escaped(name))</name><trkseg>\n\(points)\n</trkseg></trk>\n</gpx>\n"
    }

    private static func degrees(_ point: MapPoint) -> String {
        "lat=\"\(point.latitude.decimal6)\" lon=\"\(point.longitude.decimal6)\""
    }

    /// The text without what XML 1.0 cannot hold, its signs as entities.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\t", "\n", "\r": escaped.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: break
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
