import Foundation
import Participation

/// A figure of a synthesis, ready to be read: tables for everybody, a chart where a question is asked, quotes.
struct FigureView: Sendable {
    /// A table with the names of its lines.
    struct Table: Sendable {
        /// A line.
        struct Line: Sendable {
            let name: String
            let nameLanguage: String?
            let cells: [String]
        }

        let caption: String
        let captionLanguage: String?
        let head: String
        let heads: [String]
        let lines: [Line]
    }

    /// Words of somebody.
    struct Quote: Sendable {
        let words: String
        let wordsLanguage: String?
        let group: String
        let groupLanguage: String?
    }

    let figureName: String
    let figureLanguage: String?
    let people: String?
    let tables: [Table]
    let quotes: [Quote]
    let hasQuotes: Bool
    let gone: String?
    let chart: ChartView?
    let isEmpty: Bool

    static let sample = FigureView(
        figureName: "Qui a répondu", figureLanguage: "fr", people: "412 réponses",
        tables: [
            Table(
                caption: "Par voie", captionLanguage: "fr", head: "Voie", heads: ["Réponses"],
                lines: [Table.Line(name: "Papier", nameLanguage: "fr", cells: ["96"])])
        ], quotes: [Quote(words: "More trees", wordsLanguage: "en", group: "Ombre", groupLanguage: "fr")],
        hasQuotes: true, gone: "1 retirée", chart: .sample, isEmpty: true)
}

/// A synthesis as its page and its PDF tell it.
struct SynthesisView: Sendable {
    /// A piece of a part: words, or a figure.
    struct Piece: Sendable {
        let html: String?
        let figure: FigureView?
    }

    /// A part.
    struct Section: Sendable {
        let id: String
        let name: String
        let only: String?
        let textLanguage: String?
        let pieces: [Piece]
    }

    let heading: String
    let headingLanguage: String?
    let processTitle: String
    let collected: String
    let version: String
    let sha: String?
    let change: String?
    let changeLanguage: String?
    let withdrawn: String?
    let sections: [Section]

    static let sample = SynthesisView(
        heading: "Les jardins", headingLanguage: "fr", processTitle: "Consultations", collected: "En mars",
        version: "Édition 1", sha: "00ff", change: "Un chiffre corrigé", changeLanguage: "fr", withdrawn: "1 citation",
        sections: [
            Section(
                id: "said", name: "Ce qui a été dit", only: "en français seulement", textLanguage: "fr",
                pieces: [Piece(html: "<p>Oui</p>", figure: .sample)])
        ])
}

/// Makes a synthesis ready to be read in one language.
struct SynthesisTelling {
    let synthesis: PublishedSynthesis
    /// The names of the city's districts by their codes.
    let districts: [String: String]
    let strings: Strings

    private var language: Language { strings.language }

    /// The code of a text's language where it is not the reader's.
    private func foreign(_ texts: Texts?) -> String? {
        guard let texts, !texts.isEmpty else { return nil }
        let code: String = texts.language(for: language)
        return code == language.rawValue ? nil : code
    }

    /// The whole synthesis.
    func view() -> SynthesisView {
        let content: SynthesisContent = synthesis.content
        let change: Texts? = synthesis.edition?.change
        return SynthesisView(
            heading: content.title(language), headingLanguage: foreign(content.title),
            processTitle: content.processTitle(language),
            collected: strings(
                "consultations.synthesis.collected",
                ["from": strings.date(content.collectedFrom), "until": strings.date(content.collectedUntil)]),
            version: strings.edition(synthesis.edition), sha: synthesis.edition?.sha256,
            change: change.flatMap { $0.isEmpty ? nil : $0(language) }, changeLanguage: foreign(change),
            withdrawn: synthesis.withdrawnQuotes == 0
                ? nil : strings.plural("consultations.synthesis.withdrawn", synthesis.withdrawnQuotes),
            sections: sections)
    }

    private var sections: [SynthesisView.Section] {
        var shown: Set<String> = []
        return synthesis.content.sections.map { section in
            let text: String = section.words(language)
            return SynthesisView.Section(
                id: section.kind.rawValue, name: strings("consultations.synthesis.section.\(section.kind.rawValue)"),
                only: foreign(section.words).map { strings("walks.report.only.\($0)") },
                textLanguage: foreign(section.words),
                pieces: FigurePassage.passages(of: text).compactMap { passage in
                    switch passage {
                    case .words(let words): return SynthesisView.Piece(html: Markdown.html(words), figure: nil)
                    case .mark(let mark, _):
                        // Figures are kept under the mark as it is written without extra blanks.
                        let known: SynthesisFigure? =
                            synthesis.content.figures[FigureMark(mark)?.description ?? mark]
                        guard let figure = known else { return nil }
                        let isFirst: Bool = shown.insert(mark).inserted
                        return SynthesisView.Piece(
                            html: nil, figure: view(of: figure, anchor: isFirst ? mark : "\(mark)\(shown.count)"))
                    }
                })
        }
    }

    // MARK: Figures

    private func words(_ label: SynthesisFigure.Label?) -> String {
        guard let label else { return "" }
        if let word = label.word {
            return word.hasPrefix("way.")
                ? strings("consultations.\(word)") : strings("consultations.synthesis.label.\(word)")
        }
        return label.texts?(language) ?? ""
    }

    private func view(of figure: SynthesisFigure, anchor: String) -> FigureView {
        let quotes: [FigureView.Quote] = figure.quotes.compactMap { quote in
            quote.words.map { words in
                FigureView.Quote(
                    words: words, wordsLanguage: quote.language.foreign(to: language), group: self.words(quote.group),
                    groupLanguage: foreign(quote.group?.texts))
            }
        }
        let gone: Int = figure.quotes.count - quotes.count
        let tables: [FigureView.Table] = figure.tables.filter { !$0.rows.isEmpty }.map(table)
        return FigureView(
            figureName: words(figure.title), figureLanguage: foreign(figure.title.texts),
            people: figure.count.map { strings.plural("consultations.synthesis.answers", $0) }, tables: tables,
            quotes: quotes, hasQuotes: !quotes.isEmpty,
            gone: gone == 0 ? nil : strings.plural("consultations.synthesis.withdrawn", gone),
            chart: figure.chart.map { chart in
                ChartView(
                    chart.figures, of: chart.question, districts: districts,
                    anchor: anchor.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }, strings)
            }, isEmpty: tables.isEmpty && figure.quotes.isEmpty && figure.chart == nil)
    }

    private func table(_ table: SynthesisFigure.Table) -> FigureView.Table {
        FigureView.Table(
            caption: words(table.caption), captionLanguage: foreign(table.caption.texts), head: words(table.head),
            heads: table.columns.map { words($0.label) },
            lines: table.rows.map { row in
                FigureView.Table.Line(
                    name: words(row.label), nameLanguage: foreign(row.label.texts),
                    cells: zip(table.columns, row.cells).map { column, cell in
                        guard let cell else { return strings("consultations.synthesis.hidden") }
                        guard column.isShare else { return strings.number(cell) }
                        return strings(
                            "consultations.analysis.percent",
                            ["percent": strings.percent(hundredths: (cell + 5) / 10 * 10)])
                    })
            })
    }
}

extension Strings {
    /// « Édition 2, publiée le 3 mars 2026 »; that it is a draft where there is none.
    func edition(_ edition: Edition?) -> String {
        guard let edition else { return self("consultations.synthesis.draft") }
        return self(
            "consultations.synthesis.edition",
            ["number": number(edition.number), "date": date(edition.publishedAt)])
    }
}
