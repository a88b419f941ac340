import Foundation
import Mustache
import Participation

/// The Mustache templates, compiled once per language when the service starts.
///
/// Before a template is compiled, each `[[key]]` in it is replaced by the words of that key, escaped for HTML, and each
/// `[[asset:site.css]]` by the address of that file. Letters, which the layout `mail` holds, are plain text: nothing in
/// them is escaped.
public struct Templates: Sendable {
    private let libraries: [Language: MustacheLibrary]
    /// The names of all templates: their paths below the folder, without extension.
    public let names: [String]

    /// Compiles every `*.mustache` file below `directory`. Throws ``TemplateFault`` naming all that is wrong.
    public init(directory: String, strings: StringTable, assets: Assets) throws {
        let sources = try Self.sources(directory: directory)
        var problems: [String] = []
        var libraries: [Language: MustacheLibrary] = [:]
        for language in Language.allCases {
            var compiled: [String: MustacheTemplate] = [:]
            for (name, source) in sources {
                let isLetter = name == "mail" || Self.partials(of: source).contains { $0.name == "mail" }
                var text = Self.replaceKeys(of: source) { key in
                    if key.hasPrefix("asset:") {
                        let asset = assets.url(String(key.dropFirst("asset:".count)))
                        if asset == nil { problems.append("\(name): no file for [[\(key)]]") }
                        return asset ?? ""
                    }
                    guard strings[language].contains(key) else {
                        problems.append("\(name): no words for [[\(key)]] in \(language.rawValue)")
                        return ""
                    }
                    let words = strings[language](key)
                    return isLetter ? words : words.escapedForHTML
                }
                // The content type holds until the end of the block it stands in, and not in what is included.
                if isLetter { text = text.replacing("{{$main}}", with: "{{$main}}{{% CONTENT_TYPE:TEXT}}") }
                do {
                    compiled[name] = try MustacheTemplate(string: text)
                } catch let fault as MustacheTemplate.ParserError {
                    problems.append("\(name), line \(fault.context.lineNumber): \(fault.error)")
                }
                for (part, _) in Self.partials(of: source) where sources[part] == nil {
                    problems.append("\(name): no template \(part)")
                }
            }
            libraries[language] = MustacheLibrary(templates: compiled)
        }
        guard problems.isEmpty else { throw TemplateFault(problems: Array(Set(problems)).sorted()) }
        self.libraries = libraries
        self.names = sources.keys.sorted()
    }

    /// The template `name` filled with `model`. The name is fixed in the source, so a missing one is a programming
    /// error, which a test finds.
    func render(_ name: String, _ model: Any, in language: Language) -> String {
        guard let text = libraries[language]?.render(model, withTemplate: name) else {
            preconditionFailure("there is no template \(name)")
        }
        return text
    }

    /// The text of every template below `directory`, by name.
    static func sources(directory: String) throws -> [String: String] {
        let root = URL(filePath: directory, directoryHint: .isDirectory)
        guard let paths = FileManager.default.enumerator(atPath: root.path(percentEncoded: false)) else {
            throw TemplateFault(problems: ["\(directory) cannot be read"])
        }
        var sources: [String: String] = [:]
        for case let path as String in paths where path.hasSuffix(".mustache") {
            let name = String(path.dropLast(".mustache".count))
            sources[name] = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        }
        return sources
    }

    /// The keys between double brackets, in order.
    static func keys(of source: String) -> [String] {
        var keys: [String] = []
        _ = replaceKeys(of: source) { key in
            keys.append(key)
            return ""
        }
        return keys
    }

    /// The partials and layouts that a template names, each with whether it is inherited.
    static func partials(of source: String) -> [(name: String, isLayout: Bool)] {
        var partials: [(String, Bool)] = []
        for tag in source.split(separator: "{{", omittingEmptySubsequences: false).dropFirst() {
            guard let kind = tag.first, kind == ">" || kind == "<", let end = tag.range(of: "}}") else { continue }
            let name = tag[tag.index(after: tag.startIndex)..<end.lowerBound].trimmingCharacters(in: .whitespaces)
            if !name.hasPrefix("*") { partials.append((name, kind == "<")) }
        }
        return partials
    }

    private static func replaceKeys(of source: String, _ words: (String) -> String) -> String {
        var text = ""
        var rest = source[...]
        while let open = rest.range(of: "[["), let close = rest[open.upperBound...].range(of: "]]") {
            text += rest[..<open.lowerBound]
            text += words(String(rest[open.upperBound..<close.lowerBound]))
            rest = rest[close.upperBound...]
        }
        return text + rest
    }
}

/// Templates that the service cannot start with.
public struct TemplateFault: Error, CustomStringConvertible {
    /// What is wrong, one sentence per template and language.
    public let problems: [String]

    /// All of it, one problem to a line.
    public var description: String { "The templates cannot be used:\n" + problems.joined(separator: "\n") }
}

extension String {
    /// The text as HTML shows it literally, in an element or in a quoted attribute. Braces are escaped as well, since
    /// the words of `[[key]]` end up in a template.
    var escapedForHTML: String {
        var escaped = ""
        escaped.reserveCapacity(utf8.count)
        for scalar in unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "{": escaped += "&#123;"
            case "}": escaped += "&#125;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
