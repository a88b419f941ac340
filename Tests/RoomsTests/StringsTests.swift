import Foundation
@testable import Participation
import Testing
@testable import Web

/// The words: the same keys in the three languages, every key in use, every key in use there.
@Suite("Strings")
struct StringsTests {
    private let words: [Language: [String: String]]
    private let keys: Set<String>
    /// What stands before a dot of some key.
    private let beginnings: Set<String>

    init() throws {
        var words: [Language: [String: String]] = [:]
        for language in Language.allCases {
            let file = House.root.appending(path: "Templates/strings/\(language.rawValue).json")
            words[language] = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: file))
        }
        self.words = words
        keys = Set(words[.french]!.keys)
        beginnings = Set(
            words[.french]!.keys.flatMap { key in
                let parts: [Substring] = key.split(separator: ".")
                return (1..<parts.count).map { parts[..<$0].joined(separator: ".") }
            })
    }

    @Test("the three languages have the same keys, and mention the same things")
    func sameKeys() throws {
        for language in Language.allCases {
            let theirs = try #require(words[language])
            #expect(Set(theirs.keys).symmetricDifference(keys).sorted() == [], "\(language)")
            for (key, french) in words[.french]! {
                #expect(
                    Strings.placeholders(of: theirs[key] ?? "").sorted() == Strings.placeholders(of: french).sorted(),
                    "\(key) in \(language)")
            }
        }
    }

    @Test("a sentence is a sentence: no markup, no loose blanks, named placeholders")
    func sentences() {
        for (language, words) in words {
            for (key, text) in words {
                #expect(text.firstMatch(of: /<\/?[a-z]|&[a-z]+;/) == nil, "\(key) in \(language) holds markup")
                #expect(text == text.trimmingCharacters(in: .whitespacesAndNewlines), "\(key) in \(language)")
                #expect(!text.isEmpty, "\(key) in \(language) is empty")
                #expect(
                    Strings.placeholders(of: text).allSatisfy { $0.wholeMatch(of: /[a-z][A-Za-z]*/) != nil },
                    "\(key) in \(language)")
                #expect(key.wholeMatch(of: /[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+/) != nil, "\(key) is no key")
            }
        }
    }

    @Test("plural forms come in twos")
    func plurals() {
        for key in keys {
            if key.hasSuffix(".one") { #expect(keys.contains("\(key.dropLast(4)).other"), "\(key)") }
            // An answer of one's own is called `other` too, and has no number.
            if key.hasSuffix(".other"), Strings.placeholders(of: words[.french]![key]!).contains("count") {
                #expect(keys.contains("\(key.dropLast(6)).one"), "\(key)")
            }
        }
    }

    @Test("every key in a template or in the source has words")
    func noneMissing() {
        let areas = Set(keys.map { $0.prefix { $0 != "." } })
        for file in House.files(in: "Sources/Web", ending: ".swift") {
            for key in Self.literals(of: file.text) where areas.contains(key.prefix { $0 != "." }) {
                let ending = key.split(separator: ".").last ?? ""
                if ["json", "css", "js", "svg", "csv", "pb", "html", "txt", "mustache", "md"].contains(ending) {
                    continue
                }
                #expect(
                    keys.contains(key) || keys.contains("\(key).one") || isBeginning(key), "\(file.path) names \(key)")
            }
        }
        for file in House.files(in: "Templates", ending: ".mustache") {
            for key in Templates.keys(of: file.text) where !key.hasPrefix("asset:") {
                #expect(keys.contains(key), "\(file.path) names \(key)")
            }
        }
    }

    @Test("every key is in use")
    func noneIdle() throws {
        var used: Set<String> = []
        for file in House.files(in: "Templates", ending: ".mustache") {
            used.formUnion(Templates.keys(of: file.text))
        }
        var prefixes: Set<String> = []
        for file in House.files(in: "Sources", ending: ".swift") {
            let literals: [String] = Self.literals(of: file.text)
            used.formUnion(literals)
            prefixes.formUnion(Self.prefixes(of: file.text))
            prefixes.formUnion(literals.filter(isBeginning).map { "\($0)." })
            // A whole area is handed on as one word: `in: "events"`.
            prefixes.formUnion(file.text.matches(of: /in: "([a-z]+)"/).map { "\($0.1)." })
        }
        let idle = keys.filter { key in
            let base = key.hasSuffix(".one") ? key.dropLast(4) : key.hasSuffix(".other") ? key.dropLast(6) : key[...]
            return !used.contains(key) && !used.contains(String(base)) && !prefixes.contains { key.hasPrefix($0) }
        }
        #expect(idle.sorted() == [])
    }

    @Test("every act that the register can hold has words, and no other")
    func acts() {
        var recorded: Set<String> = []
        for file in House.files(in: "Sources/Participation", ending: ".swift") {
            for act in file.text.matches(of: /Acts\.record(?:Each)?\(\s*(?:\w+ \? )?"(\w+)"(?: : "(\w+)")?/) {
                recorded.formUnion([act.1, act.2].compactMap { $0.map { "act.\($0)" } })
            }
        }
        #expect(recorded.symmetricDifference(keys.filter { $0.hasPrefix("act.") }).sorted() == [])
    }

    /// Whether a literal is the beginning of keys, handed on to what adds their ends.
    private func isBeginning(_ literal: String) -> Bool { beginnings.contains(literal) }

    /// The literals of a source that look like keys.
    private static func literals(of source: String) -> [String] {
        pieces(of: source).filter { parts(of: $0).map { $0.count > 1 && !$0.contains("") } ?? false }.map(String.init)
    }

    /// The beginnings of keys that end in a value, such as `calendar.month.\(month)`.
    private static func prefixes(of source: String) -> [String] {
        pieces(of: source).compactMap { piece in
            guard let end = piece.utf8.firstIndex(of: UInt8(ascii: "\\")), piece[end...].hasPrefix("\\("),
                let parts = parts(of: piece[..<end]), parts.count > 1, !parts.dropLast().contains("")
            else { return nil }
            return String(piece[..<end])
        }
    }

    /// What stands between quotation marks, and what stands between those: code, which is no key. Bytes are looked at by
    /// hand, since regular expressions over the whole source would take minutes of a debug build.
    private static func pieces(of source: String) -> [Substring] {
        source.utf8.split(separator: UInt8(ascii: "\"")).map { Substring($0) }
    }

    /// The parts of a key between its dots; nil where something else than a key stands.
    private static func parts(of text: Substring) -> [Substring]? {
        guard let first = text.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return nil }
        let isKey: Bool = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): true
            default: false
            }
        }
        return isKey ? text.split(separator: ".", omittingEmptySubsequences: false) : nil
    }
}
