import Foundation

/// How two readings of a sheet compare in one question.
struct ReadingComparison: Hashable, Sendable {
    /// The key of the question.
    let question: String
    /// In how many fields one of the two found something, and in how many of these they differ.
    let compared: Int, differing: Int

    /// The questions in which one of the two found something, in the order of the form.
    ///
    /// A question is one field, a matrix one for each row. Words differ when they differ beyond spaces and capitals:
    /// how somebody copies them is no reading of the sheet.
    static func all(_ first: PaperAnswers, _ second: PaperAnswers, of form: QuestionnaireForm) -> [ReadingComparison] {
        form.questions.compactMap { question in
            let found: [PaperAnswers.Found] = [first.found(question.key), second.found(question.key)]
            let fields: [(first: PaperAnswers.Found, second: PaperAnswers.Found)]
            if question.kind == .matrix {
                fields = question.rows.map { row in (part(found[0], row.key), part(found[1], row.key)) }
            } else {
                fields = [(tidy(found[0]), tidy(found[1]))]
            }
            let compared = fields.filter { $0.first != .nothing || $0.second != .nothing }
            guard !compared.isEmpty else { return nil }
            return ReadingComparison(
                question: question.key, compared: compared.count,
                differing: compared.count { $0.first != $0.second })
        }
    }

    /// What was found in one row; what marks the whole matrix marks each of its rows.
    private static func part(_ found: PaperAnswers.Found, _ row: String) -> PaperAnswers.Found {
        guard case .answer(.rows(let rows)) = found else { return found }
        return rows[row].map { .answer(.rows([row: $0])) } ?? .nothing
    }

    private static func tidy(_ found: PaperAnswers.Found) -> PaperAnswers.Found {
        guard case .answer(let value) = found else { return found }
        return switch value {
        case .words(let words): .answer(.words(tidy(words)))
        case .chosen(let keys, let other): .answer(.chosen(keys, other: other.map { tidy($0) }))
        case .place(let point, let words, let district): .answer(.place(point, words: tidy(words), district: district))
        case .number(let digits): .answer(.number(Decimal(plain: digits).map { "\($0)" } ?? digits))
        default: found
        }
    }

    private static func tidy(_ words: String) -> String {
        words.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
    }
}
