import Foundation
import Participation

/// The figures of one question as a chart and as a table with the same figures; always with how many people answered.
///
/// `{{#chart}}{{>consultations/analysis-chart}}{{/chart}}` draws it on pages and in print: words stand beside the bars,
/// not in the drawing, so that it can be read at any width; bars differ by length and shades by order, without colour.
struct ChartView: Sendable {
    /// A bar, with what it stands for.
    struct Bar: Sendable {
        let name: String
        let value: String
        /// Its length, 0 to 100 with a point.
        let percent: String
        /// Whether it is left out because it speaks of few people.
        let isHidden: Bool
    }

    /// A row of a matrix: its parts one after the other.
    struct Stack: Sendable {
        let name: String
        let value: String
        let parts: [Part]
        let isHidden: Bool
    }

    /// A part of a row, in thousandths, from white to black.
    struct Part: Sendable {
        let x: String
        let width: String
        let shade: String
    }

    /// What a shade means.
    struct Shade: Sendable {
        let name: String
        let shade: String
    }

    /// A line of the table.
    struct Line: Sendable {
        let name: String
        let cells: [String]
    }

    /// The key of the question, which is its anchor.
    let id: String
    let title: String
    let titleLanguage: String?
    /// What kind of question it is, and how many answered of those who were asked.
    let kind: String
    let people: String
    /// What the bars measure.
    let caption: String
    let bars: [Bar]
    let hasBars: Bool
    let stacks: [Stack]
    let hasStacks: Bool
    let shades: [Shade]
    /// Means, medians, and what else the figures say in a sentence.
    let sentences: [String]
    let heads: [String]
    let nameHead: String
    let lines: [Line]
    let hasTable: Bool
    /// What has to be known to read it rightly.
    let notes: [String]

    static let sample = ChartView(
        id: "usage", title: "Que faites-vous sur la place ?", titleLanguage: "fr", kind: "Choix unique",
        people: "412 réponses sur 430 personnes interrogées", caption: "Part des réponses, en pour cent",
        bars: [Bar(name: "Le marché", value: "123 (30 %)", percent: "29.9", isHidden: true)], hasBars: true,
        stacks: [
            Stack(
                name: "Le bruit", value: "98 réponses", parts: [Part(x: "0", width: "400", shade: "0.2")],
                isHidden: true)
        ], hasStacks: true, shades: [Shade(name: "Souvent", shade: "0.2")], sentences: ["Moyenne : 3,4"],
        heads: ["Personnes", "Part"], nameHead: "Réponse", lines: [Line(name: "Le marché", cells: ["123", "30 %"])],
        hasTable: true, notes: ["Les cases de moins de 5 personnes ne sont pas publiées."])
}

extension ChartView {
    /// Draws the figures of a question.
    ///
    /// - Parameters:
    ///   - districts: the names of the districts by their codes, for places.
    ///   - isChanged: whether earlier versions asked the question otherwise, which is then said.
    ///   - anchor: what the chart is called on a page that may show the question twice.
    init(
        _ figures: QuestionFigures, of question: QuestionnaireForm.Question, districts: [String: String] = [:],
        isChanged: Bool = false, anchor: String? = nil, _ strings: Strings
    ) {
        let drawing = ChartDrawing(figures: figures, question: question, districts: districts, strings: strings)
        id = anchor ?? question.key
        title = question.title(strings.language)
        let language: String = question.title.language(for: strings.language)
        titleLanguage = language == strings.language.rawValue ? nil : language
        kind = QuestionWords(strings).kind(question.kind)
        people = drawing.people
        caption = drawing.caption
        let table: ChartDrawing.Table = drawing.table
        bars = drawing.bars
        hasBars = !bars.isEmpty
        stacks = drawing.stacks
        hasStacks = !stacks.isEmpty
        shades = hasStacks ? drawing.shades : []
        sentences = drawing.sentences
        heads = table.heads
        nameHead = table.nameHead
        lines = table.lines
        hasTable = !lines.isEmpty
        notes = drawing.notes(isChanged: isChanged)
    }

    /// A share as a page shows it: one digit behind the point where it is not a whole number of per cent.
    static func share(_ part: Int, of whole: Int, _ strings: Strings) -> String {
        guard whole > 0 else { return strings("consultations.analysis.no_share") }
        let tenths: Int = (part * 2000 + whole) / (whole * 2)
        return strings("consultations.analysis.percent", ["percent": strings.percent(hundredths: tenths * 10)])
    }

    /// The same as an attribute of a drawing.
    static func percent(_ part: Int, of whole: Int) -> String {
        let tenths: Int = whole > 0 ? min(1000, part * 1000 / whole) : 0
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension Strings {
    /// A decimal number with so many digits behind the point at most.
    func decimal(_ value: Decimal, places: Int = 2) -> String {
        var (value, rounded) = (value, Decimal())
        NSDecimalRound(&rounded, &value, places, .plain)
        let parts: [Substring] = "\(abs(rounded))".split(separator: ".")
        let whole: String = parts.first.flatMap { Int($0) }.map { number($0) } ?? String(parts.first ?? "0")
        let mark: String = language == .english ? "." : ","
        return (rounded < 0 ? "−" : "") + whole + (parts.count > 1 ? mark + parts[1] : "")
    }
}
