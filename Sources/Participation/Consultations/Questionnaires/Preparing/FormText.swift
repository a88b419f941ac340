/// One text of a form, with its place: what is translated side by side.
public struct FormText: Hashable, Sendable {
    /// What it says.
    public enum Role: Hashable, Sendable {
        /// The title of a section, a question, an option or a row.
        case title, option, row
        /// Longer words (Markdown).
        case words
        /// What an end of a scale means; what a number counts.
        case lowest, highest, unit
    }

    /// Its place in the form, such as `question/usage/option/bus`.
    public let place: String
    /// The section that it is in, and the question; nil for the section's own texts.
    public let section: String, question: String?
    /// What it says.
    public let role: Role
    /// The words by language.
    public let texts: Texts

    /// Whether it has words in the language, or needs none because it has none in French.
    public func isThere(in language: Language) -> Bool {
        texts.byLanguage["fr"] == nil || texts.byLanguage[language.rawValue] != nil
    }
}

extension QuestionnaireForm {
    /// All its texts that have words in French, in their order.
    public var texts: [FormText] {
        var all: [FormText] = []
        for section in sections {
            all += section.ownTexts
            for question in section.questions { all += question.texts(in: section.key) }
        }
        return all.filter { $0.texts.byLanguage["fr"] != nil }
    }

    /// How many texts lack words in the language.
    public func untranslated(in language: Language) -> Int { texts.count { !$0.isThere(in: language) } }

    /// Takes over texts in other languages than French; places that there are none of are passed over.
    mutating func translate(_ texts: [String: Texts]) {
        func take(_ place: String, _ into: inout Texts) {
            guard let given = texts[place] else { return }
            for language in Language.allCases where language != .french {
                guard let words = given.byLanguage[language.rawValue] else {
                    into = into.replacing("", in: language)
                    continue
                }
                into = into.replacing(words, in: language)
            }
        }
        for index in sections.indices {
            let base = "section/\(sections[index].key)"
            take("\(base)/title", &sections[index].title)
            take("\(base)/introduction", &sections[index].introduction)
            for place in sections[index].questions.indices {
                var question: Question = sections[index].questions[place]
                let base = "question/\(question.key)"
                take("\(base)/title", &question.title)
                take("\(base)/help", &question.help)
                take("\(base)/lowest", &question.lowestMeans)
                take("\(base)/highest", &question.highestMeans)
                take("\(base)/unit", &question.unit)
                for each in question.options.indices {
                    take("\(base)/option/\(question.options[each].key)", &question.options[each].title)
                }
                for each in question.rows.indices {
                    take("\(base)/row/\(question.rows[each].key)", &question.rows[each].title)
                }
                sections[index].questions[place] = question
            }
        }
    }
}

extension QuestionnaireForm.Section {
    fileprivate var ownTexts: [FormText] {
        [("title", FormText.Role.title, title), ("introduction", .words, introduction)].map { name, role, texts in
            FormText(place: "section/\(key)/\(name)", section: key, question: nil, role: role, texts: texts)
        }
    }
}

extension QuestionnaireForm.Question {
    fileprivate func texts(in section: String) -> [FormText] {
        var parts: [(String, FormText.Role, Texts)] = [("title", .title, title), ("help", .words, help)]
        parts += options.map { ("option/\($0.key)", .option, $0.title) }
        parts += rows.map { ("row/\($0.key)", .row, $0.title) }
        parts += [
            ("lowest", .lowest, lowestMeans), ("highest", .highest, highestMeans), ("unit", .unit, unit),
        ]
        return parts.map { name, role, texts in
            FormText(
                place: "question/\(key)/\(name)", section: section, question: key, role: role, texts: texts)
        }
    }
}
