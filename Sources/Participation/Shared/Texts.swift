import Foundation

/// A text in one or more languages, the reference language being French unless only others are given.
public struct Texts: Hashable, Sendable {
    /// The text by language code; empty texts are not kept.
    public let byLanguage: [String: String]

    /// Texts by language code; empty ones are left out.
    public init(_ byLanguage: [String: String]) {
        self.byLanguage = byLanguage.filter { !$0.value.isEmpty }
    }

    /// The text in the language, else in French, English or whichever there is; empty when there is none.
    public func callAsFunction(_ language: Language) -> String {
        byLanguage[language.rawValue] ?? byLanguage["fr"] ?? byLanguage["en"] ?? byLanguage.values.sorted().first ?? ""
    }

    /// The language in which ``callAsFunction(_:)`` answers, for the `lang` attribute of a page in another one.
    public func language(for language: Language) -> String {
        if byLanguage[language.rawValue] != nil { return language.rawValue }
        return ["fr", "en"].first { byLanguage[$0] != nil } ?? byLanguage.keys.sorted().first ?? language.rawValue
    }

    /// Whether there is no text at all.
    public var isEmpty: Bool { byLanguage.isEmpty }

    /// The JSON object that the database keeps.
    var json: String {
        // A dictionary of strings always has a JSON form.
        String(decoding: try! JSONEncoder().encode(byLanguage), as: UTF8.self)
    }

    /// The texts in a JSON object that the database kept.
    init(json: String) throws {
        self.init(try JSONDecoder().decode([String: String].self, from: Data(json.utf8)))
    }
}
