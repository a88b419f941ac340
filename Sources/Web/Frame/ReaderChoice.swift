import HTTPTypes
import Hummingbird
import Participation

/// What a reader may choose on every page: the language, and the colours.
enum ReaderChoice {
    /// Each language by its own name.
    static func name(of language: Language) -> String {
        switch language {
        case .french: "Français"
        case .english: "English"
        case .german: "Deutsch"
        }
    }

    /// The reader's cookie, then their account's language, then their browser's, then French.
    static func language(of request: Request, account: Language?, jar: CookieJar) -> Language {
        jar.value(.language, of: request).flatMap(Language.init)
            ?? account
            ?? request.headers[.acceptLanguage].flatMap(accepted)
            ?? .french
    }

    /// The answer to `?lang=de` or `?theme=contrast` on any page: a cookie for a year, and the same address without the
    /// choice. Nil for every other request: lists have themes of their own, and filter by `theme=light`.
    static func answer(_ request: Request, jar: CookieJar) -> Response? {
        guard request.method == .get || request.method == .head,
            let query = request.uri.query, query.contains("lang=") || query.contains("theme="),
            let fields = try? Fields(urlEncoded: query.utf8),
            fields.has("lang") || colours.contains(fields.text("theme"))
        else { return nil }
        var response = Response.redirect(to: SafePath.checked(withoutChoices(request.target)) ?? "/")
        if let language = Language(rawValue: fields.text("lang")) {
            response.setCookie(jar.setting(.language, to: language.rawValue, seconds: year))
        }
        switch fields.text("theme") {
        case "contrast": response.setCookie(jar.setting(.theme, to: "contrast", seconds: year))
        case "system": response.setCookie(jar.clearing(.theme))
        default: break
        }
        return response
    }

    /// `target` without the choices in its query.
    static func withoutChoices(_ target: String) -> String {
        guard let mark = target.firstIndex(of: "?") else { return target }
        let kept = target[target.index(after: mark)...].split(separator: "&").filter { pair in
            let name = pair.prefix { $0 != "=" }
            return name != "lang" && !(name == "theme" && colours.contains(String(pair.dropFirst(6))))
        }
        return kept.isEmpty ? String(target[..<mark]) : "\(target[..<mark])?\(kept.joined(separator: "&"))"
    }

    private static let year = 365 * 86_400
    private static let colours: Set<String> = ["contrast", "system"]

    /// The language of the city that an `Accept-Language` header weighs most; the first of equals. Nil for none.
    static func accepted(_ header: String) -> Language? {
        var best: (language: Language, weight: Double)?
        for part in header.split(separator: ",").prefix(20) {
            let pieces = part.split(separator: ";").map { $0.trimming(while: \.isWhitespace) }
            guard let tag = pieces.first, let language = Language(rawValue: String(tag.prefix(2)).lowercased()),
                tag.count == 2 || tag.dropFirst(2).first == "-"
            else { continue }
            let weight = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if weight > 0, weight > best?.weight ?? 0 { best = (language, weight) }
        }
        return best?.language
    }
}

extension Substring {
    func trimming(while isDropped: (Character) -> Bool) -> Substring {
        var text = drop(while: isDropped)
        while let last = text.last, isDropped(last) { text.removeLast() }
        return text
    }
}
