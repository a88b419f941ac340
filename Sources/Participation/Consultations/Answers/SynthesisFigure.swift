import Foundation

/// A figure of a synthesis, as it was when it was read: tables of whole numbers, and quotes.
public struct SynthesisFigure: Codable, Hashable, Sendable {
    /// What something is called: in the city's words, or by a name that the pages have words for.
    public struct Label: Codable, Hashable, Sendable {
        /// The city's words.
        public var texts: Texts?
        /// The name of words of the service: `way.paper`, `answers`.
        public var word: String?

        /// The city's words.
        public static func texts(_ texts: Texts) -> Label { Label(texts: texts) }
        /// Words of the service.
        public static func word(_ word: String) -> Label { Label(word: word) }
    }

    /// What a column of a table holds.
    public struct Column: Codable, Hashable, Sendable {
        /// What it is called.
        public var label: Label
        /// Whether its numbers are hundredths of a per cent.
        public var isShare: Bool

        /// A column.
        public init(_ label: Label, isShare: Bool = false) {
            self.label = label
            self.isShare = isShare
        }
    }

    /// A row of a table.
    public struct Row: Codable, Hashable, Sendable {
        /// What it is called.
        public var label: Label
        /// Its numbers; nil for one that is not shown, since it would be about too few people.
        public var cells: [Int?]

        /// A row.
        public init(_ label: Label, _ cells: [Int?]) {
            self.label = label
            self.cells = cells
        }
    }

    /// A table.
    public struct Table: Codable, Hashable, Sendable {
        /// What it shows, and what its rows are.
        public var caption: Label, head: Label
        /// Its columns beside the names of the rows.
        public var columns: [Column]
        /// Its rows.
        public var rows: [Row]

        /// A table.
        public init(caption: Label, head: Label, columns: [Column], rows: [Row]) {
            self.caption = caption
            self.head = head
            self.columns = columns
            self.rows = rows
        }
    }

    /// Words of somebody. An edition has their digest; the words are read with each reading and may be taken out.
    public struct Quote: Codable, Hashable, Sendable {
        /// The digest by which the words are found; empty while the synthesis is a draft.
        public var digest = ""
        /// What it belongs to: a side of a debate, a theme; nil for nothing.
        public var group: Label?
        /// The language of the words.
        public var language: Language
        /// The words; nil once they were taken out.
        public var words: String?

        /// Words of somebody.
        public init(_ words: String, in language: Language, of group: Label? = nil) {
            self.words = words
            self.language = language
            self.group = group
        }

        private enum CodingKeys: CodingKey { case digest, group, language }
    }

    /// The answers to one question, drawn as everywhere else.
    public struct Chart: Codable, Hashable, Sendable {
        /// What was asked, and what the answers come to, without small cells.
        public var question: QuestionnaireForm.Question, figures: QuestionFigures
    }

    /// What it is called.
    public var title: Label
    /// How many people, or answers, it is about; nil where that says nothing.
    public var count: Int?
    /// Its tables, and what people wrote.
    public var tables: [Table] = [], quotes: [Quote] = []
    /// The answers to the question that it is about.
    public var chart: Chart?

    /// A figure.
    public init(
        title: Label, count: Int? = nil, tables: [Table] = [], quotes: [Quote] = [], chart: Chart? = nil
    ) {
        self.title = title
        self.count = count
        self.chart = chart
        self.tables = tables
        self.quotes = quotes
    }
}
