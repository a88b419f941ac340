import Participation

/// A paragraph of a text as a page shows it: its words, and in the margin its number and what was written to it.
struct PassageView: Sendable {
    /// The id of its element, which lasts from version to version: `p12`.
    let anchor: String
    /// « Paragraphe 14 »
    let name: String
    let place: String
    let html: String
    /// « 3 commentaires, 1 suggestion », or the offer to be the first.
    let notes: String
    let href: String
    let hasNotes: Bool
    /// « Réponse de la ville »
    let reply: String?

    static let sample = PassageView(
        anchor: "p12", name: "Paragraphe 14", place: "14", html: "<p>La place est à tous.</p>",
        notes: "3 commentaires", href: "/consultations/x/texts/y/paragraphs/12", hasNotes: true,
        reply: "Réponse de la ville")
}

extension PassageView {
    /// The passages of a version, their headings in an order without gaps below the page's own.
    static func list(_ passages: [TextPassage], _ scene: TextScene, isOpen: Bool) -> [PassageView] {
        var level = 1
        return passages.compactMap { passage in
            guard let paragraph = passage.paragraph else { return nil }
            if passage.block.level > 0 { level = min(passage.block.level + 1, level + 1, 6) }
            let words = TextWords(scene.strings)
            let (notes, hasNotes): (String, Bool) = words.notes(paragraph, isOpen: isOpen)
            return PassageView(
                anchor: "p\(paragraph.number)", name: words.name(passage.place), place: String(passage.place),
                html: passage.block.level > 0
                    ? Markdown.heading(passage.block.body, level: level) : Markdown.html(passage.block.body),
                notes: notes, href: "\(scene.here)/paragraphs/\(paragraph.number)", hasNotes: hasNotes,
                reply: passage.hasReply ? scene.strings("consultations.text.reply") : nil)
        }
    }
}

/// How things about texts are called.
struct TextWords {
    let strings: Strings

    init(_ strings: Strings) {
        self.strings = strings
    }

    /// « Paragraphe 14 »
    func name(_ place: Int) -> String { strings("consultations.text.paragraph", ["number": String(place)]) }

    /// « Version 2 »
    func version(_ number: Int) -> String { strings("consultations.text.version", ["number": String(number)]) }

    /// What was written to a paragraph, or how to be the first; and whether there is something.
    func notes(_ paragraph: TextParagraph, isOpen: Bool) -> (words: String, hasNotes: Bool) {
        let parts: [String] = [
            paragraph.comments == 0 ? nil : strings.plural("talk.comment.count", paragraph.comments),
            paragraph.suggestions == 0 ? nil : strings.plural("talk.suggestions.count", paragraph.suggestions),
        ].compactMap(\.self)
        guard parts.isEmpty else { return (parts.joined(separator: ", "), true) }
        return (strings(isOpen ? "consultations.text.annotate" : "consultations.text.no_notes"), false)
    }

    /// What became of a suggestion.
    func state(_ suggestion: TextSuggestion) -> StatusWord {
        let tones: [TextSuggestion.State: String] = [.pending: "wait", .adopted: "good"]
        let key = "consultations.text.state.\(suggestion.state.rawValue)"
        return StatusWord(word: strings(key), tone: tones[suggestion.state], meaning: strings("\(key).words"))
    }

    /// « Ada, le 3 mars »
    func about(_ suggestion: TextSuggestion) -> String {
        let name: String = suggestion.name.isEmpty ? strings("talk.comment.nobody") : suggestion.name
        return strings("talk.suggestion.about", ["name": name, "date": strings.date(suggestion.madeAt)])
    }
}
