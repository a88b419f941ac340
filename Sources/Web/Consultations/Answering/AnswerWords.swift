import Participation

/// Answers in the words of their questions: on the page that checks them, on a receipt, at the desk.
struct AnswerWords {
    let strings: Strings
    let districts: [District]

    init(_ strings: Strings, districts: [District] = []) {
        self.strings = strings
        self.districts = districts
    }

    /// The answer, one line for each thing that it says.
    func lines(_ answer: AnswerValue, to question: QuestionnaireForm.Question) -> [String] {
        switch answer {
        case .words(let words): return words.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        case .chosen(let keys, let other):
            return keys.map { title($0, among: question.options) }
                + (other.map { [strings("consultations.answer.other.said", ["words": $0])] } ?? [])
        case .rows(let rows):
            return question.rows.compactMap { row in
                rows[row.key].map {
                    strings(
                        "consultations.answer.row",
                        ["row": row.title(strings.language), "column": title($0, among: question.options)])
                }
            }
        case .ranked(let keys):
            return keys.enumerated().map { index, key in
                strings(
                    "consultations.answer.rank",
                    ["rank": strings.number(index + 1), "option": title(key, among: question.options)])
            }
        case .number(let digits):
            let unit: String = question.unit(strings.language)
            return [unit.isEmpty ? strings.decimal(digits) : "\(strings.decimal(digits))\u{A0}\(unit)"]
        case .day(let day): return [strings.day(day)]
        case .place(let point, let words, let district):
            return [
                words.nonEmpty,
                district.map { code in districts.first { $0.code == code }?.name(strings.language) ?? code },
                point.map { point in
                    strings(
                        "consultations.answer.point",
                        [
                            "latitude": strings.decimal(String(point.latitude)),
                            "longitude": strings.decimal(String(point.longitude)),
                        ])
                },
            ].compactMap(\.self)
        case .photo(_, let alt): return [strings("consultations.answer.photo.kept", ["alt": alt])]
        }
    }

    private func title(_ key: String, among options: [QuestionnaireForm.Option]) -> String {
        options.first { $0.key == key }?.title(strings.language) ?? key
    }
}

/// The answers to a section, as one checks or reads them.
struct AnsweredSection: Sendable {
    /// A question with what was answered.
    struct Line: Sendable {
        let asked: String, askedLanguage: String?
        let said: [String], isSilent: Bool
        /// Where it is changed; nil where it is only read.
        let changeHref: String?, changeWords: String
    }

    let sectionTitle: String, sectionLanguage: String?
    let lines: [Line]

    static let sample = AnsweredSection(
        sectionTitle: "Vos trajets", sectionLanguage: "fr",
        lines: [
            Line(
                asked: "Comment venez-vous ?", askedLanguage: "fr", said: ["À pied"], isSilent: true,
                changeHref: "/x", changeWords: "Modifier")
        ])

    /// What was answered to everything that is asked.
    ///
    /// - Parameter base: the address below which the sections are answered; nil where nothing is changed.
    static func all(
        _ form: QuestionnaireForm, _ answers: Answers, base: String?, _ words: AnswerWords
    ) -> [AnsweredSection] {
        let strings: Strings = words.strings
        return form.asked(given: answers).compactMap { section in
            let lines: [Line] = section.questions.filter { $0.kind != .information }.map { question in
                let said: [String] = answers[question.key].map { words.lines($0, to: question) } ?? []
                let title: String = question.title(strings.language)
                return Line(
                    asked: title, askedLanguage: question.title.foreign(to: strings.language), said: said,
                    isSilent: said.isEmpty,
                    changeHref: base.map { "\($0)/sections/\(section.key)?check=1#\(AnswerFields(question).name)" },
                    changeWords: strings("consultations.answer.check.change", ["question": title]))
            }
            return lines.isEmpty
                ? nil
                : AnsweredSection(
                    sectionTitle: section.title(strings.language),
                    sectionLanguage: section.title.foreign(to: strings.language), lines: lines)
        }
    }
}
