import Foundation
import Hummingbird
import Participation

/// Events as calendars read them: iCalendar (RFC 5545), with the name and the refresh of RFC 7986.
struct ICalendar: Sendable {
    /// One event. `uid` is its identity for good; `sequence` grows with every change that calendars have to follow.
    struct Event: Sendable {
        var uid: String
        var sequence: Int
        /// When it last changed.
        var changedAt: Date
        var startsAt: Date, endsAt: Date
        var summary: String, description: String, location: String
        var point: MapPoint?
        var url: String
        var isCalledOff: Bool
    }

    let name: String
    let language: Language
    let events: [Event]

    /// The lines of the file, ended by CR LF and folded at 75 octets.
    var text: String {
        var lines: [String] = [
            "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tilleul//Tilleul//\(language.rawValue.uppercased())",
            "CALSCALE:GREGORIAN", "METHOD:PUBLISH", "NAME:\(Self.escaped(name))",
            "X-WR-CALNAME:\(Self.escaped(name))", "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        ]
        for event in events { lines += Self.lines(of: event, language) }
        lines.append("END:VCALENDAR")
        return lines.map { Self.folded($0) + "\r\n" }.joined()
    }

    /// The file as an answer, called `file` where it is kept.
    func answer(file: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/calendar; charset=utf-8", .contentLanguage: language.rawValue,
                .contentDisposition: "inline; filename=\"\(file).ics\"", .cacheControl: "private, no-cache",
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private static func lines(of event: Event, _ language: Language) -> [String] {
        let tag = ";LANGUAGE=\(language.rawValue)"
        var lines: [String] = [
            "BEGIN:VEVENT", "UID:\(escaped(event.uid))", "SEQUENCE:\(event.sequence)",
            "DTSTAMP:\(moment(event.changedAt))", "LAST-MODIFIED:\(moment(event.changedAt))",
            "DTSTART:\(moment(event.startsAt))", "DTEND:\(moment(event.endsAt))",
            "STATUS:\(event.isCalledOff ? "CANCELLED" : "CONFIRMED")", "SUMMARY\(tag):\(escaped(event.summary))",
        ]
        if !event.description.isEmpty { lines.append("DESCRIPTION\(tag):\(escaped(event.description))") }
        if !event.location.isEmpty { lines.append("LOCATION\(tag):\(escaped(event.location))") }
        if let point = event.point { lines.append("GEO:\(degrees(point.latitude));\(degrees(point.longitude))") }
        return lines + ["URL:\(event.url)", "END:VEVENT"]
    }

    /// A value of the type TEXT (section 3.3.11), without the control characters that it cannot hold.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.replacing("\r\n", with: "\n").unicodeScalars {
            switch scalar {
            case "\\", ";", ",": escaped += "\\\(scalar)"
            case "\n", "\r", "\u{2028}", "\u{2029}": escaped += "\\n"
            case "\t": escaped += "\t"
            default: if scalar.properties.generalCategory != .control { escaped.unicodeScalars.append(scalar) }
            }
        }
        return escaped
    }

    /// A line in pieces of at most 75 octets, the blank that begins each but the first included; no piece ends within the
    /// octets of a code point (section 3.1).
    static func folded(_ line: String) -> String {
        var folded = ""
        var octets = 0
        for scalar in line.unicodeScalars {
            let size: Int = UTF8.width(scalar)
            if octets + size > 75 {
                folded += "\r\n "
                octets = 1
            }
            folded.unicodeScalars.append(scalar)
            octets += size
        }
        return folded
    }

    /// A moment in UTC: `20261121T170000Z`.
    static func moment(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts: DateComponents = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        func digits(_ value: Int?, _ width: Int = 2) -> String {
            let text = String(value ?? 0)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return digits(parts.year, 4) + digits(parts.month) + digits(parts.day) + "T" + digits(parts.hour)
            + digits(parts.minute) + digits(parts.second) + "Z"
    }

    /// Six decimals: a tenth of a metre.
    private static func degrees(_ value: Double) -> String {
        let millionths = Int((value.magnitude * 1_000_000).rounded())
        let (whole, rest) = millionths.quotientAndRemainder(dividingBy: 1_000_000)
        let decimals = String(rest)
        return "\(value < 0 ? "-" : "")\(whole).\(String(repeating: "0", count: 6 - decimals.count))\(decimals)"
    }
}

extension Site {
    /// The name of the machine in the public address, without its port.
    var host: String {
        URL(string: city.publicURL)?.host() ?? "localhost"
    }
}
