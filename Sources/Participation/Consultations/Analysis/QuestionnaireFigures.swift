/// What the answers to a questionnaire come to: how people took part, and the figures of each question.
public struct QuestionnaireFigures: Codable, Hashable, Sendable {
    /// How many people answered.
    public var answers = 0
    /// How many did so in each way, by its raw value; of published figures, those that may be shown.
    public var ways: [String: Int] = [:]
    /// The ways that are left out of published figures.
    public var hiddenWays: Set<String> = []
    /// The questions in the order of the form, those of earlier versions alone at the end.
    public var questions: [QuestionFigures] = []
    /// The versions that were answered, and by how many.
    public var versions: [Int: Int] = [:]

    /// How the places of each question of places lie, by its key.
    public var places: [String: PlaceGrid] = [:]
    /// What the coded texts of each question say, by its key.
    public var coded: [String: CodedTexts] = [:]

    /// Nobody has answered.
    public init() {}

    /// The figures of a question.
    public subscript(question: String) -> QuestionFigures? { questions.first { $0.question == question } }
}

// MARK: What may be published

extension QuestionFigures {
    /// The figures without what speaks of fewer than ``SmallCells/least`` people, and without what would give that away.
    ///
    /// Where a cell is left out, sums that weigh the cells go with it: two sums of two unknown numbers give both. The
    /// smallest and the largest number are one person's, and are never published; quartiles are from twenty people on,
    /// so that no quarter is a few.
    public var published: QuestionFigures {
        var published: QuestionFigures = self
        guard answered >= SmallCells.least else {
            published = QuestionFigures(question: question, kind: kind)
            published.isHidden = true
            return published
        }
        published.misfits = 0
        switch kind {
        case .single, .scale, .place, .date:
            // Of places, those without a district are a cell too.
            var line: [String: Int] = counts
            line[""] = kind == .place ? answered - counts.values.reduce(0, +) : other
            published.hide(SmallCells.hidden(in: line))
            if kind == .place, SmallCells.isSmall(points) || SmallCells.isSmall(answered - points) {
                published.points = 0
            }
        case .multiple:
            published.hide(SmallCells.hidden(in: counts.merging(["": other]) { $1 }, of: answered))
        case .matrix:
            for (row, line) in cells {
                let hidden: Set<String> =
                    answered(row: row) < SmallCells.least ? Set(line.keys) : SmallCells.hidden(in: line)
                guard !hidden.isEmpty else { continue }
                published.hiddenCells[row] = hidden
                published.cells[row] = line.filter { !hidden.contains($0.key) }
            }
        case .ranking:
            let firsts: [String: Int] = ranks.mapValues { $0.first ?? 0 }
            published.hidden = SmallCells.hidden(in: firsts)
            published.ranks = firsts.filter { !published.hidden.contains($0.key) }.mapValues { [$0] }
            // Borda’s points weigh the places: with two options they are the first places.
            if !published.hidden.isEmpty { published.scores = [:] }
        case .number:
            published.numbers = numbers.map { $0.published(of: answered) }
        case .shortText, .longText, .photo, .information:
            break
        }
        return published
    }

    private mutating func hide(_ keys: Set<String>) {
        hidden = keys
        counts = counts.filter { !keys.contains($0.key) }
        if keys.contains("") { other = 0 }
    }
}

extension NumberFigures {
    fileprivate func published(of people: Int) -> NumberFigures {
        var published: NumberFigures = self
        published.least = nil
        published.most = nil
        if people < 4 * SmallCells.least {
            published.lower = nil
            published.median = nil
            published.upper = nil
        }
        let hidden: Set<Int> = SmallCells.hidden(
            in: Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($0.offset, $0.element.count ?? 0) }))
        for place in hidden { published.classes[place].count = nil }
        if !hidden.isEmpty { published.mean = nil }
        return published
    }
}

extension QuestionnaireFigures {
    /// The figures that may be published. A question that is asked after certain answers alone says by its own numbers
    /// how many gave those: where the answers that it looks at are left out, it is left out too.
    ///
    /// - Parameter forms: the forms that were answered, which say what is asked when.
    public func published(_ forms: [QuestionnaireForm]) -> QuestionnaireFigures {
        var published = QuestionnaireFigures()
        published.answers = answers
        guard answers >= SmallCells.least else {
            published.questions = questions.map { question in
                var hidden = QuestionFigures(question: question.question, kind: question.kind)
                hidden.isHidden = true
                return hidden
            }
            return published
        }
        published.hiddenWays = SmallCells.hidden(in: ways)
        published.ways = ways.filter { !published.hiddenWays.contains($0.key) }
        // How many answered an earlier version stands in the numbers of the questions that it alone asked.
        published.versions = versions.values.contains(where: SmallCells.isSmall) ? [:] : versions
        published.coded = coded.filter { $0.value.coded >= SmallCells.least }.mapValues(\.published)
        let looked: [String: Set<String>] = Self.looked(forms)
        var partial: Set<String> = []
        for question in questions {
            var one: QuestionFigures = question.published
            let tells: Bool = !(looked[question.question] ?? []).isDisjoint(with: partial)
            if tells || SmallCells.isSmall(question.asked) {
                one = QuestionFigures(question: question.question, kind: question.kind)
                one.isHidden = true
            }
            if one.isPartial { partial.insert(question.question) }
            if one.isHidden { published.coded[question.question] = nil }
            // Where so few showed a point that their number is left out, they are not drawn either.
            if !one.isHidden, one.points >= SmallCells.least {
                published.places[question.question] = places[question.question]?.published
            }
            published.questions.append(one)
        }
        return published
    }

    /// The questions that the conditions of each question look at, its section's included.
    static func looked(_ forms: [QuestionnaireForm]) -> [String: Set<String>] {
        var looked: [String: Set<String>] = [:]
        for section in forms.flatMap(\.sections) {
            for question in section.questions {
                let tests = (section.condition?.tests ?? []) + (question.condition?.tests ?? [])
                looked[question.key, default: []].formUnion(tests.map(\.question))
            }
        }
        return looked
    }
}
