public import Foundation
public import Participation

/// The words of one language, with its way of writing numbers, money and dates.
public struct Strings: Sendable {
    /// The language of the words.
    public let language: Language
    let words: [String: String]
    let calendar: Calendar

    init(language: Language, words: [String: String], timeZone: TimeZone) {
        self.language = language
        self.words = words
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        self.calendar = calendar
    }

    /// The sentence of `key` with its placeholders `{name}` replaced by `arguments`.
    ///
    /// A key that does not exist comes back in double brackets; a test refuses source that names one.
    public func callAsFunction(_ key: String, _ arguments: [String: String] = [:]) -> String {
        guard let words = words[key] else { return "[[\(key)]]" }
        return arguments.isEmpty ? words : Self.fill(words, arguments)
    }

    /// The sentence of `key` in the plural form of `count`, which also fills the placeholder `{count}`.
    public func plural(_ key: String, _ count: Int, _ arguments: [String: String] = [:]) -> String {
        let one = language == .french ? (count == 0 || count == 1) : count == 1
        var arguments = arguments
        arguments["count"] = number(count)
        return self(one ? "\(key).one" : "\(key).other", arguments)
    }

    /// Whether `key` has words.
    public func contains(_ key: String) -> Bool { words[key] != nil }

    /// The placeholders of a sentence, as often as they occur, in order.
    static func placeholders(of words: String) -> [String] {
        var names: [String] = []
        var rest = words[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            names.append(String(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        return names
    }

    private static func fill(_ words: String, _ arguments: [String: String]) -> String {
        var filled = ""
        var rest = words[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            filled += rest[..<open]
            let name = String(rest[rest.index(after: open)..<close])
            filled += arguments[name] ?? "{\(name)}"
            rest = rest[rest.index(after: close)...]
        }
        return filled + rest
    }
}

/// The words of all languages, read once at start.
public struct StringTable: Sendable {
    private let languages: [Language: Strings]

    /// Reads `fr.json`, `en.json` and `de.json` of `directory`. Refuses a missing or malformed file.
    public init(directory: String, timeZone: TimeZone) throws {
        var languages: [Language: Strings] = [:]
        for language in Language.allCases {
            let file = URL(filePath: directory).appending(path: "\(language.rawValue).json")
            let words = try JSONDecoder().decode([String: String].self, from: Data(contentsOf: file))
            languages[language] = Strings(language: language, words: words, timeZone: timeZone)
        }
        self.languages = languages
    }

    /// The words of `language`.
    public subscript(language: Language) -> Strings {
        languages[language]!
    }
}
