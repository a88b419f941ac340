import Foundation

/// A figure of a synthesis, named by a mark on a line of its own, such as `{figure usages/age}`. While the synthesis is
/// a draft the figure follows the answers; an edition keeps what it said.
public enum FigureMark: Hashable, Sendable {
    /// `{figure answers}`: how many answered each questionnaire, and how.
    case answers
    /// `{people usages}`: who answered a questionnaire, by way, district and age band.
    case people(questionnaire: String)
    /// `{figure usages/age}`: the answers to one question.
    case question(questionnaire: String, question: String)
    /// `{figure usages/age/transport}`: the answers to the second question, by those to the first.
    case crossing(questionnaire: String, rows: String, columns: String)
    /// `{quotes usages/besoins}`: what people wrote and agents have cleared.
    case quotes(questionnaire: String, question: String)
    /// `{paper usages}`: how many mistakes were made in typing sheets.
    case paper(questionnaire: String)
    /// `{arguments voitures}`: the arguments of a debate.
    case arguments(debate: String)
    /// `{wordings charte}`: what was said about the paragraphs of a text.
    case wordings(text: String)

    /// The mark, as it is written.
    public var description: String {
        switch self {
        case .answers: "{figure answers}"
        case .people(let questionnaire): "{people \(questionnaire)}"
        case .question(let questionnaire, let question): "{figure \(questionnaire)/\(question)}"
        case .crossing(let questionnaire, let rows, let columns): "{figure \(questionnaire)/\(rows)/\(columns)}"
        case .quotes(let questionnaire, let question): "{quotes \(questionnaire)/\(question)}"
        case .paper(let questionnaire): "{paper \(questionnaire)}"
        case .arguments(let debate): "{arguments \(debate)}"
        case .wordings(let text): "{wordings \(text)}"
        }
    }

    /// The mark that is written; nil where it is none of these.
    public init?(_ text: String) {
        guard text.hasPrefix("{"), text.hasSuffix("}") else { return nil }
        let words: [Substring] = text.dropFirst().dropLast().split(separator: " ")
        guard words.count == 2 else { return nil }
        let names: [String] = words[1].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch (words[0], names.count) {
        case ("figure", 1) where names[0] == "answers": self = .answers
        case ("people", 1): self = .people(questionnaire: names[0])
        case ("figure", 2): self = .question(questionnaire: names[0], question: names[1])
        case ("figure", 3): self = .crossing(questionnaire: names[0], rows: names[1], columns: names[2])
        case ("quotes", 2): self = .quotes(questionnaire: names[0], question: names[1])
        case ("paper", 1): self = .paper(questionnaire: names[0])
        case ("arguments", 1): self = .arguments(debate: names[0])
        case ("wordings", 1): self = .wordings(text: names[0])
        default: return nil
        }
    }
}

/// A piece of a text with figures in it.
public enum FigurePassage: Hashable, Sendable {
    /// Markdown between figures.
    case words(String)
    /// A line that is a mark, by its number from 1; as it was written.
    case mark(String, line: Int)

    /// A text cut at its marks. A line in braces is one, whatever it names.
    public static func passages(of text: String) -> [FigurePassage] {
        var passages: [FigurePassage] = []
        var words: [Substring] = []
        func end() {
            if words.contains(where: { !$0.allSatisfy(\.isWhitespace) }) {
                passages.append(.words(words.joined(separator: "\n")))
            }
            words = []
        }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let bare: String = String(line).trimmingCharacters(in: .whitespaces)
            if bare.hasPrefix("{"), bare.hasSuffix("}") {
                end()
                passages.append(.mark(bare, line: index + 1))
            } else {
                words.append(line)
            }
        }
        end()
        return passages
    }
}
