/// Something that is wrong with the form of a questionnaire, and where.
public struct FormProblem: Hashable, Sendable {
    /// What is wrong.
    public enum Fault: Hashable, Sendable {
        /// Nothing is asked.
        case noQuestion
        /// More sections or questions than a form has, or tests than a condition has.
        case tooManySections(most: Int), tooManyQuestions(most: Int), tooManyTests(most: Int)
        /// A key that is not made of lower-case letters, digits and single hyphens; or one that stands twice.
        case malformedKey(String), repeatedKey(String)
        /// Without a title in French; or an option or a row without one.
        case untitled, untitledOption
        /// A text with more characters than fit; one with a character that no text has.
        case tooLong(most: Int), notText
        /// Fewer options or rows than a question of its kind has, or more.
        case tooFewOptions(least: Int), tooManyOptions(most: Int), tooFewRows(least: Int), tooManyRows(most: Int)
        /// At least and at most do not fit together, or more is asked for than there are options.
        case choiceBounds
        /// Not the ends of a scale: two whole numbers, the first below the second, 10 apart at most.
        case scaleEnds
        /// The bounds of a number are no numbers, or the lowest is above the highest; not a number of decimals.
        case numberBounds, decimals(most: Int)
        /// The bounds of a date are no days, or the first comes after the last.
        case dateBounds
        /// Only a single choice without anything to write in says a district or an age; two questions say the same.
        case unfittingMeaning, repeatedMeaning(question: String)
        /// An option that is none of the city's districts.
        case notADistrict(String)
        /// A condition without a test; a test of a question that there is none of.
        case noTest, noSuchQuestion(String)
        /// A test of an answer that is given later.
        case laterQuestion(String)
        /// Conditions that wait for each other: the keys of the questions on the way round, from the first back to it.
        case loop([String])
        /// A test that does not fit the kind of the question; one without a value, or with one that cannot be answered.
        case unfittingTest(question: String), noValue(question: String), noSuchValue(String, question: String)
    }

    /// The key of the section, and that of the question, where the problem is in one; nil for the form as a whole.
    public let section: String?, question: String?
    /// What is wrong.
    public let fault: Fault

    /// Whether a draft may have it for a while: something is still missing.
    public var isUnfinished: Bool {
        switch fault {
        case .noQuestion, .untitled, .untitledOption, .tooFewOptions, .tooFewRows, .noTest, .noValue: true
        default: false
        }
    }

    /// Whether a draft may have it for a while because questions come, go and change places.
    public var isOfOrder: Bool {
        switch fault {
        case .noSuchQuestion, .laterQuestion, .loop, .unfittingTest, .noSuchValue, .choiceBounds, .unfittingMeaning,
            .repeatedMeaning, .notADistrict, .scaleEnds:
            true
        default: false
        }
    }
}

extension QuestionnaireForm {
    /// How much a form may hold.
    public enum Limit {
        /// Sections, questions in all, tests of one condition.
        public static let sections = 40, questions = 200, tests = 10
        /// Options of a question; rows of a matrix.
        public static let options = 2...100, rows = 1...30
        /// Characters of a title, of an option, of longer words, of a unit.
        public static let title = 500, option = 300, words = 10_000, unit = 60
        /// How far apart the ends of a scale may be; digits behind the point.
        public static let scale = 10, decimals = 6
    }
}

extension QuestionnaireForm.Condition.Comparison {
    /// What can be asked of the answer to a question of that kind.
    public static func fitting(_ kind: QuestionnaireForm.Kind) -> [Self] {
        switch kind {
        case .information: []
        case .single, .multiple: [.chosen, .notChosen, .answered, .notAnswered]
        case .scale: [.chosen, .notChosen, .atLeast, .atMost, .answered, .notAnswered]
        case .number: [.atLeast, .atMost, .answered, .notAnswered]
        default: [.answered, .notAnswered]
        }
    }

    /// Whether it compares with values.
    public var needsValues: Bool { ![.answered, .notAnswered].contains(self) }
}
