import Foundation

/// What a questionnaire asks: sections that are answered one after the other, and the questions of each.
///
/// Kept as JSON, one object for each version. Keys name sections, questions, options and rows for good: answers,
/// conditions and translations hang on them, whatever the words become.
public struct QuestionnaireForm: Codable, Hashable, Sendable {
    /// A step of the questionnaire.
    public struct Section: Codable, Hashable, Sendable {
        /// Its name in this form: lower-case letters, digits and hyphens.
        public var key: String
        /// What it is called, and what is said above its questions (Markdown).
        public var title: Texts, introduction: Texts
        /// When it is asked at all; nil for always.
        public var condition: Condition?
        /// Its questions, in their order.
        public var questions: [Question]

        /// A section.
        public init(
            key: String, title: Texts, introduction: Texts = Texts([:]), condition: Condition? = nil,
            questions: [Question] = []
        ) {
            self.key = key
            self.title = title
            self.introduction = introduction
            self.condition = condition
            self.questions = questions
        }
    }

    /// One question, or a block of information between questions.
    public struct Question: Codable, Hashable, Sendable {
        /// Its name in the whole form.
        public var key: String
        /// What kind of answer it takes.
        public var kind: Kind
        /// What is asked, and how to answer it (Markdown). Of a block of information: its title and its words.
        public var title: Texts, help: Texts = Texts([:])
        /// Whether it has to be answered where it is asked.
        public var isRequired = false
        /// When it is asked; nil for always. It may look at questions before it alone.
        public var condition: Condition?
        /// What there is to choose from, to rank, or the columns of a matrix.
        public var options: [Option] = []
        /// The rows of a matrix.
        public var rows: [Option] = []
        /// Whether something else may be written in (single, multiple).
        public var hasOther = false
        /// How many options are chosen (multiple) or ranked at least and at most; nil for as many as there are.
        public var least: Int?, most: Int?
        /// The ends of a scale (whole numbers, 10 apart at most) or of a number; decimal digits with a point.
        public var lowest: String?, highest: String?
        /// What the ends of a scale mean.
        public var lowestMeans: Texts = Texts([:]), highestMeans: Texts = Texts([:])
        /// How many digits a number may have behind the point, and what it counts.
        public var decimals = 0, unit: Texts = Texts([:])
        /// The first and the last day that may be given (date), written `2026-11-21`.
        public var earliest: String?, latest: String?
        /// What the answer says of the person, where the analysis uses it as such.
        public var meaning: Meaning?

        /// A question.
        public init(key: String, kind: Kind, title: Texts) {
            self.key = key
            self.kind = kind
            self.title = title
        }
    }

    /// The kinds of questions.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case shortText = "short_text"
        case longText = "long_text"
        case single, multiple, matrix, ranking, scale, number, date, place, photo
        /// Nothing is asked.
        case information

        /// Whether its options are listed by the author.
        public var hasOptions: Bool { [.single, .multiple, .matrix, .ranking].contains(self) }
        /// Whether its answers are words that people write.
        public var isText: Bool { [.shortText, .longText].contains(self) }
    }

    /// What an answer says of the person who gave it.
    public enum Meaning: String, Codable, Sendable, CaseIterable {
        /// The options are the codes of the city's districts.
        case district
        /// The options are age bands, as people declare them.
        case ageBand = "age_band"
    }

    /// Something to choose.
    public struct Option: Codable, Hashable, Sendable {
        /// Its name in the question.
        public var key: String
        /// What it is called.
        public var title: Texts

        /// An option, or a row of a matrix.
        public init(key: String, title: Texts) {
            self.key = key
            self.title = title
        }
    }

    /// When something is asked: tests on earlier answers, all of which hold, or any.
    public struct Condition: Codable, Hashable, Sendable {
        /// How the tests are joined.
        public enum Join: String, Codable, Sendable, CaseIterable { case all, any }

        /// What is asked of an earlier answer. A question that was not asked, or not answered, passes only `notAnswered`
        /// and `notChosen`.
        public enum Comparison: String, Codable, Sendable, CaseIterable {
            case answered
            case notAnswered = "not_answered"
            /// One of the options of `values` was chosen (single, multiple), or one of the whole numbers (scale).
            case chosen
            case notChosen = "not_chosen"
            /// The number or the point of the scale is that of `values[0]` or more, or less.
            case atLeast = "at_least"
            case atMost = "at_most"
        }

        /// One test.
        public struct Test: Codable, Hashable, Sendable {
            /// The key of the question, what is asked of its answer, and what it is compared with.
            public var question: String, comparison: Comparison, values: [String]

            /// A test.
            public init(question: String, comparison: Comparison, values: [String] = []) {
                self.question = question
                self.comparison = comparison
                self.values = values
            }
        }

        /// How the tests are joined, and the tests; never empty.
        public var join: Join, tests: [Test]

        /// A condition.
        public init(_ join: Join = .all, _ tests: [Test]) {
            self.join = join
            self.tests = tests
        }
    }

    /// The sections, in their order.
    public var sections: [Section]

    /// A form.
    public init(sections: [Section] = []) {
        self.sections = sections
    }

    /// All questions, in their order.
    public var questions: [Question] { sections.flatMap(\.questions) }

    /// The question with the key.
    public func question(_ key: String) -> Question? { questions.first { $0.key == key } }

    /// The JSON object that the database keeps, with its keys in order.
    public var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// The form in a JSON object.
    ///
    /// - Throws: `DecodingError` where it is not of that shape; whether it makes sense says ``problems``.
    public init(json: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(json.utf8))
    }
}

// MARK: Reading

// What a form does not say has its usual value: files are written by hand too. Writing says everything.
extension QuestionnaireForm.Section {
    /// Reads a section; it needs a key alone.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            key: try object.decode(String.self, forKey: .key),
            title: try object.decodeIfPresent(Texts.self, forKey: .title) ?? Texts([:]),
            introduction: try object.decodeIfPresent(Texts.self, forKey: .introduction) ?? Texts([:]),
            condition: try object.decodeIfPresent(QuestionnaireForm.Condition.self, forKey: .condition),
            questions: try object.decodeIfPresent([QuestionnaireForm.Question].self, forKey: .questions) ?? [])
    }
}

extension QuestionnaireForm.Question {
    /// Reads a question; it needs a key and a kind.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        func texts(_ key: CodingKeys) throws -> Texts {
            try object.decodeIfPresent(Texts.self, forKey: key) ?? Texts([:])
        }
        func options(_ key: CodingKeys) throws -> [QuestionnaireForm.Option] {
            try object.decodeIfPresent([QuestionnaireForm.Option].self, forKey: key) ?? []
        }
        func word(_ key: CodingKeys) throws -> String? { try object.decodeIfPresent(String.self, forKey: key) }
        self.init(
            key: try object.decode(String.self, forKey: .key),
            kind: try object.decode(QuestionnaireForm.Kind.self, forKey: .kind), title: try texts(.title))
        help = try texts(.help)
        isRequired = try object.decodeIfPresent(Bool.self, forKey: .isRequired) ?? false
        condition = try object.decodeIfPresent(QuestionnaireForm.Condition.self, forKey: .condition)
        (self.options, rows) = (try options(.options), try options(.rows))
        hasOther = try object.decodeIfPresent(Bool.self, forKey: .hasOther) ?? false
        least = try object.decodeIfPresent(Int.self, forKey: .least)
        most = try object.decodeIfPresent(Int.self, forKey: .most)
        (lowest, highest) = (try word(.lowest), try word(.highest))
        (lowestMeans, highestMeans) = (try texts(.lowestMeans), try texts(.highestMeans))
        decimals = try object.decodeIfPresent(Int.self, forKey: .decimals) ?? 0
        unit = try texts(.unit)
        (earliest, latest) = (try word(.earliest), try word(.latest))
        meaning = try object.decodeIfPresent(QuestionnaireForm.Meaning.self, forKey: .meaning)
    }
}

extension QuestionnaireForm.Condition {
    /// Reads a condition; where it does not say how its tests are joined, all hold.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try object.decodeIfPresent(Join.self, forKey: .join) ?? .all,
            try object.decode([Test].self, forKey: .tests))
    }
}

extension QuestionnaireForm.Condition.Test {
    /// Reads a test; one that compares with nothing needs no values.
    public init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            question: try object.decode(String.self, forKey: .question),
            comparison: try object.decode(QuestionnaireForm.Condition.Comparison.self, forKey: .comparison),
            values: try object.decodeIfPresent([String].self, forKey: .values) ?? [])
    }
}

// MARK: What is asked of whom

extension QuestionnaireForm {
    /// The sections and questions that are asked of somebody who has answered this.
    ///
    /// Conditions are evaluated from the first question to the last; the answer to a question that is not asked does not
    /// count for those after it. A section without any question left is not asked.
    public func asked(given answers: Answers) -> [Section] {
        var counted = Answers()
        return sections.compactMap { section in
            guard section.condition?.holds(counted) ?? true else { return nil }
            var asked: Section = section
            asked.questions = section.questions.filter { question in
                guard question.condition?.holds(counted) ?? true else { return false }
                counted[question.key] = answers[question.key]
                return true
            }
            return asked.questions.isEmpty ? nil : asked
        }
    }

    /// The answers to the questions that are asked: what is stored. Those left behind by a change of mind are left out.
    public func counted(_ answers: Answers) -> Answers {
        var counted = Answers()
        for question in asked(given: answers).flatMap(\.questions) { counted[question.key] = answers[question.key] }
        return counted
    }
}

extension QuestionnaireForm.Condition {
    /// Whether it holds for these answers.
    func holds(_ answers: Answers) -> Bool {
        join == .all ? tests.allSatisfy { $0.holds(answers) } : tests.contains { $0.holds(answers) }
    }
}

extension QuestionnaireForm.Condition.Test {
    /// Whether it holds for these answers.
    func holds(_ answers: Answers) -> Bool {
        let answer: AnswerValue? = answers[question]
        return switch comparison {
        case .answered: answer != nil
        case .notAnswered: answer == nil
        case .chosen: answer.map { !$0.choices.isDisjoint(with: values) } ?? false
        case .notChosen: answer.map { $0.choices.isDisjoint(with: values) } ?? true
        case .atLeast: compare(answer) { $0 >= $1 }
        case .atMost: compare(answer) { $0 <= $1 }
        }
    }

    private func compare(_ answer: AnswerValue?, _ holds: (Decimal, Decimal) -> Bool) -> Bool {
        guard let answer, let number = answer.decimal, let bound = values.first.flatMap(Decimal.init(plain:)) else {
            return false
        }
        return holds(number, bound)
    }
}
