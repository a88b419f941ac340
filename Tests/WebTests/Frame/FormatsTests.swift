import Foundation
@testable import Participation
import Testing
@testable import Web

@Suite("Numbers, money and time")
struct FormatsTests {
    private let site: Site
    private var french: Strings { site.strings(.french) }
    private var english: Strings { site.strings(.english) }
    private var german: Strings { site.strings(.german) }

    init() throws {
        site = try FrameSite.development()
    }

    @Test("money is written as each language does")
    func money() {
        #expect(french.money(123_450) == "1\u{202F}234,50\u{A0}€")
        #expect(english.money(123_450) == "€1,234.50")
        #expect(german.money(123_450) == "1.234,50\u{A0}€")
        #expect(french.money(100_000_000) == "1\u{202F}000\u{202F}000\u{A0}€")
        #expect(french.money(100, cents: true) == "1,00\u{A0}€")
        #expect(english.money(-5) == "−€0.05")
        #expect(german.money(0) == "0\u{A0}€")
        #expect(german.money(9_99, currency: "PLN") == "9,99\u{A0}PLN")
        #expect(french.money(.min).hasPrefix("−92\u{202F}233"))
    }

    @Test("numbers")
    func numbers() {
        #expect(french.number(999) == "999")
        #expect(french.number(1494) == "1\u{202F}494")
        #expect(english.number(-1_234_567) == "−1,234,567")
    }

    @Test("days and hours are those of the city")
    func time() throws {
        let summer = try Date("2026-07-31T22:05:00Z", strategy: .iso8601)
        #expect(french.date(summer) == "1er\u{A0}août 2026")
        #expect(english.date(summer) == "1\u{A0}August 2026")
        #expect(german.date(summer) == "1.\u{A0}August 2026")
        #expect(french.time(summer) == "0\u{A0}h\u{A0}05")
        #expect(english.time(summer) == "00:05")
        #expect(german.time(summer) == "0:05\u{A0}Uhr")
        let winter = try Date("2026-11-21T17:00:00Z", strategy: .iso8601)
        #expect(french.moment(winter) == "21\u{A0}novembre 2026 à 18\u{A0}h")
    }

    @Test("plural forms: nothing is singular in French alone")
    func plurals() {
        let words = ["n.one": "{count} one", "n.other": "{count} other"]
        func strings(_ language: Language) -> Strings { Strings(language: language, words: words, timeZone: .gmt) }
        #expect(strings(.french).plural("n", 0) == "0 one")
        #expect(strings(.english).plural("n", 0) == "0 other")
        #expect(strings(.german).plural("n", 1) == "1 one")
        #expect(strings(.french).plural("n", 2000) == "2\u{202F}000 other")
    }

    @Test("a missing key or argument can be seen")
    func missing() {
        let strings = Strings(language: .french, words: ["a": "{x} et {y}"], timeZone: .gmt)
        #expect(strings("b") == "[[b]]")
        #expect(strings("a", ["x": "{y}"]) == "{y} et {y}")
    }
}
