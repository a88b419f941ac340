import Foundation
import Testing

@testable import Participation
@testable import Web

/// Calendars as RFC 5545 writes them.
@Suite struct ICalendarTests {
    private func event(_ summary: String = "Marche", sequence: Int = 0, isCalledOff: Bool = false)
        -> ICalendar.Event
    {
        ICalendar.Event(
            uid: "walk-1@example.fr", sequence: sequence,
            changedAt: Date(timeIntervalSince1970: 1_795_000_000),
            startsAt: Date(timeIntervalSince1970: 1_796_061_600),
            endsAt: Date(timeIntervalSince1970: 1_796_068_800),
            summary: summary, description: "", location: "Gare",
            point: MapPoint(latitude: -0.05, longitude: 7.338),
            url: "https://example.fr/walks/gare", isCalledOff: isCalledOff)
    }

    private func lines(_ event: ICalendar.Event) -> [String] {
        ICalendar(name: "Marches", language: .french, events: [event]).text
            .replacing("\r\n ", with: "").components(separatedBy: "\r\n")
    }

    @Test func `times are in UTC, places have six decimals, and the file ends with a line end`() {
        let lines: [String] = lines(event())
        #expect(lines.contains("DTSTART:20261130T180000Z"))
        #expect(lines.contains("DTEND:20261130T200000Z"))
        #expect(lines.contains("GEO:-0.050000;7.338000"))
        #expect(lines.first == "BEGIN:VCALENDAR" && lines.last == "")
    }

    @Test func `a change counts up, and a gathering that is called off says so`() {
        #expect(lines(event(sequence: 3)).contains("SEQUENCE:3"))
        #expect(lines(event()).contains("STATUS:CONFIRMED"))
        #expect(lines(event(isCalledOff: true)).contains("STATUS:CANCELLED"))
    }

    @Test(arguments: [
        ("a;b,c\\d", "a\\;b\\,c\\\\d"), ("deux\nlignes", "deux\\nlignes"),
        ("deux\r\nlignes", "deux\\nlignes"),
        ("a\u{7}b", "ab"), ("fin\r", "fin\\n"), ("BEGIN:VEVENT\r\nUID:x", "BEGIN:VEVENT\\nUID:x"),
    ])
    func `no text leaves its line`(text: String, escaped: String) {
        #expect(ICalendar.escaped(text) == escaped)
    }

    @Test(arguments: ["a", "é", "🌳", "ab\u{301}"])
    func `lines are folded at 75 octets, and never within a character`(unit: String) {
        let line: String = "SUMMARY:" + String(repeating: unit, count: 200)
        let folded: String = ICalendar.folded(line)
        // By scalars: a blank and an accent that follows it are one character of Swift's.
        let pieces: [[Unicode.Scalar]] = folded.unicodeScalars.split(separator: "\n").map { piece in
            piece.filter { $0 != "\r" }
        }
        func octets(_ piece: [Unicode.Scalar]) -> Int { piece.reduce(0) { $0 + UTF8.width($1) } }
        #expect(pieces.allSatisfy { octets($0) <= 75 })
        #expect(pieces.dropFirst().allSatisfy { $0.first == " " })
        #expect(pieces.dropLast().allSatisfy { octets($0) > 71 })
        let unfolded: [Unicode.Scalar] = (pieces.first ?? []) + pieces.dropFirst().flatMap { $0.dropFirst() }
        #expect(unfolded == Array(line.unicodeScalars))
    }
}
