import Postgres

/// What the texts of a question say, theme by theme: those that are coded, settled or alike.
public struct CodedTexts: Codable, Hashable, Sendable {
    /// A theme.
    public struct Theme: Codable, Hashable, Sendable {
        /// What it is called.
        public let title: Texts
        /// How many texts have it; nil where that is not published.
        public var count: Int?
        /// An example, read for personal data, with its language.
        public let quote: String?, language: Language?
    }

    /// How many texts are coded, of how many that were written.
    public let coded: Int, written: Int
    /// The themes in the order of the code book.
    public var themes: [Theme]

    /// The themes without counts of few texts; an example needs no count.
    public var published: CodedTexts {
        let counts: [Int: Int] = Dictionary(
            uniqueKeysWithValues: themes.enumerated().map { ($0.offset, $0.element.count ?? 0) })
        var published: CodedTexts = self
        for place in SmallCells.hidden(in: counts, of: coded) { published.themes[place].count = nil }
        return published
    }
}

extension CodedTexts {
    /// What a code book came to; nil while nothing is coded.
    init?(_ book: CodeBook, written: Int) {
        guard book.coded > 0, !book.themes.isEmpty else { return nil }
        coded = book.coded
        self.written = written
        themes = book.themes.map { theme in
            Theme(title: theme.title, count: theme.count, quote: theme.quote, language: theme.quoteLanguage)
        }
    }
}
