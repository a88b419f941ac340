public import Foundation

/// What the answers to one question come to.
///
/// Of figures that are published, ``isHidden``, ``hidden`` and ``hiddenCells`` say what is left out of them, because it
/// would speak of fewer than ``SmallCells/least`` people or let somebody work that out; see ``published``.
public struct QuestionFigures: Codable, Hashable, Sendable {
    /// The key of the question, and what kind of answer it takes.
    public let question: String, kind: QuestionnaireForm.Kind
    /// Of how many people it was asked, and how many of them answered.
    public var asked = 0, answered = 0
    /// How many chose each option (single, multiple), each point of a scale, each district (place), or gave each day,
    /// month or year (date), by its key. Nobody where there is no number.
    public var counts: [String: Int] = [:]
    /// How many wrote something in beside the options.
    public var other = 0
    /// Of a matrix: how many chose each column, by the key of the row.
    public var cells: [String: [String: Int]] = [:]
    /// Of a ranking: how many put the option first, second and so on; of published figures, how many put it first.
    public var ranks: [String: [Int]] = [:]
    /// The points of each option of a ranking after Borda: with m options, the one ranked first gets m − 1 of each
    /// person, the second m − 2, and so on; what somebody left unranked gets none of them.
    ///
    /// J.-C. de Borda, Mémoire sur les élections au scrutin, Histoire de l’Académie royale des sciences, 1781.
    public var scores: [String: Int] = [:]
    /// Of a number: how they are spread.
    public var numbers: NumberFigures?
    /// How many words were written in all (texts), and how many places are points of the map.
    public var words = 0, points = 0
    /// Answers to an earlier version that asked for another kind of answer; they are in no other figure.
    public var misfits = 0
    /// Whether nothing but its existence is published.
    public var isHidden = false
    /// The keys of ``counts`` that are left out; the empty key stands for ``other``.
    public var hidden: Set<String> = []
    /// The columns that are left out of each row of a matrix.
    public var hiddenCells: [String: Set<String>] = [:]

    /// Nothing answered yet.
    public init(question: String, kind: QuestionnaireForm.Kind) {
        self.question = question
        self.kind = kind
    }

    /// Whether something is left out.
    public var isPartial: Bool { isHidden || !hidden.isEmpty || !hiddenCells.isEmpty }

    /// How many answered a row of a matrix.
    public func answered(row: String) -> Int { cells[row]?.values.reduce(0, +) ?? 0 }
}

// MARK: Scales and rankings

/// The middle of the points that were given on a scale.
public struct ScaleMiddle: Hashable, Sendable {
    /// The arithmetic mean.
    public let mean: Decimal
    /// The point below and above which half of the answers lie.
    public let median: Decimal
}

extension QuestionFigures {
    /// The middle of a scale; nil without an answer, and where a point is left out.
    public var middle: ScaleMiddle? {
        guard kind == .scale, hidden.isEmpty else { return nil }
        let points: [(value: Decimal, count: Int)] = counts.compactMap { key, count in
            Decimal(plain: key).map { ($0, count) }
        }.sorted { $0.value < $1.value }
        guard let mean = NumberFigures.mean(points), let median = NumberFigures.quantile(points, quarters: 2) else {
            return nil
        }
        return ScaleMiddle(mean: mean, median: median)
    }

    /// How many ranked the option first.
    public func first(_ option: String) -> Int { ranks[option]?.first ?? 0 }
}

// MARK: Counting

extension QuestionFigures {
    /// Counts an answer that so many people gave.
    ///
    /// - Parameter words: how many words they wrote in all, where it is a text: the words themselves are not needed.
    mutating func add(_ answer: AnswerValue, times: Int, words: Int = 0) {
        switch (kind, answer) {
        case (.shortText, .words), (.longText, .words):
            self.words += words
        case (.single, .chosen(let keys, let written)), (.multiple, .chosen(let keys, let written)):
            for key in keys { counts[key, default: 0] += times }
            if written != nil { other += times }
        case (.matrix, .rows(let rows)):
            for (row, column) in rows { cells[row, default: [:]][column, default: 0] += times }
        case (.ranking, .ranked(let keys)):
            for (place, key) in keys.enumerated() {
                var ranks: [Int] = self.ranks[key] ?? []
                ranks += Array(repeating: 0, count: max(0, place + 1 - ranks.count))
                ranks[place] += times
                self.ranks[key] = ranks
            }
        case (.scale, .number(let digits)), (.number, .number(let digits)):
            // 12.50 and 12.5 are one number.
            counts[Decimal(plain: digits).map { "\($0)" } ?? digits, default: 0] += times
        case (.date, .day(let day)):
            counts[day.description, default: 0] += times
        case (.place, .place(let point, _, let district)):
            if point != nil { points += times }
            if let district { counts[district, default: 0] += times }
        case (.photo, .photo):
            break
        default:
            misfits += times
            return
        }
        answered += times
    }

    /// Puts what can have very many values into few: numbers into a summary with classes, days into months or years; and
    /// gives the options of a ranking their points.
    ///
    /// - Parameter options: how many options the question has.
    mutating func finish(options: Int) {
        switch kind {
        case .ranking:
            scores = ranks.mapValues { ranks in
                ranks.enumerated().reduce(0) { $0 + $1.element * max(0, options - 1 - $1.offset) }
            }
        case .number:
            let values: [(value: Decimal, count: Int)] = counts.compactMap { key, count in
                Decimal(plain: key).map { ($0, count) }
            }
            numbers = NumberFigures(values)
            counts = [:]
        case .date:
            for length in [7, 4] where counts.count > Self.mostDays {
                counts = Dictionary(counts.map { (String($0.key.prefix(length)), $0.value) }, uniquingKeysWith: +)
            }
        default:
            break
        }
    }

    /// The most days, then months, that are told apart.
    static let mostDays = 31
}
