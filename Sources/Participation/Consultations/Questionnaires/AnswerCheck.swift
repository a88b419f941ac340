import Foundation

/// What is wrong with an answer.
public enum AnswerProblem: Hashable, Sendable {
    /// The question has to be answered.
    case missing
    /// It is an answer to another kind of question, or names an option, a row or a district that there is none of.
    case notAnOption
    /// More characters than fit: so many do.
    case tooLong(most: Int)
    /// Fewer options than asked for, or more.
    case tooFew(least: Int), tooMany(most: Int)
    /// A matrix of which every row has to be answered lacks some.
    case rowsMissing
    /// Not a number written in digits, or with more digits behind the point than there may be.
    case notANumber(decimals: Int)
    /// A number or a day before the first that may be given, or after the last.
    case tooLow(least: String), tooHigh(most: String)
    /// Not a day of the calendar, or only a part of one.
    case notADay
    /// Two options have the same rank.
    case sameRank(rank: Int)
}

extension QuestionnaireForm.Question {
    /// The most characters of what somebody writes: one line, a text, what is written in beside options, a place, a photo.
    public static let longestLine = 300, longestText = 5_000, longestOther = 200, longestPlace = 300, longestAlt = 500

    /// What is wrong with an answer to it, where it is asked; nil when nothing is.
    ///
    /// - Parameter districts: the codes of the city's districts, for places.
    public func problem(with answer: AnswerValue?, districts: Set<String>) -> AnswerProblem? {
        guard let answer else { return isRequired && kind != .information ? .missing : nil }
        return switch (kind, answer) {
        case (.shortText, .words(let words)): long(words, Self.longestLine)
        case (.longText, .words(let words)): long(words, Self.longestText)
        case (.single, .chosen(let keys, let other)), (.multiple, .chosen(let keys, let other)):
            problem(with: keys, other: other)
        case (.matrix, .rows(let chosen)): problem(withRows: chosen)
        case (.ranking, .ranked(let keys)): problem(withRanked: keys)
        case (.scale, .number(let digits)): problem(withNumber: digits, decimals: 0)
        case (.number, .number(let digits)): problem(withNumber: digits, decimals: decimals)
        case (.date, .day(let day)): problem(with: day)
        case (.place, .place(let point, let words, let district)):
            if let district, !districts.contains(district) {
                .notAnOption
            } else if point == nil, district == nil, words.isEmpty {
                .missing
            } else {
                long(words, Self.longestPlace)
            }
        case (.photo, .photo(_, let alt)): long(alt, Self.longestAlt)
        default: .notAnOption
        }
    }

    private func long(_ words: String, _ most: Int) -> AnswerProblem? {
        words.unicodeScalars.count > most ? .tooLong(most: most) : words.isEmpty && isRequired ? .missing : nil
    }

    private func problem(with keys: [String], other: String?) -> AnswerProblem? {
        guard Set(keys).count == keys.count, Set(keys).isSubset(of: options.map(\.key)), hasOther || other == nil else {
            return .notAnOption
        }
        if let other, other.unicodeScalars.count > Self.longestOther { return .tooLong(most: Self.longestOther) }
        let count: Int = keys.count + (other == nil ? 0 : 1)
        if kind == .single { return count == 0 ? .missing : count > 1 ? .tooMany(most: 1) : nil }
        if let least, count < least { return .tooFew(least: least) }
        if let most, count > most { return .tooMany(most: most) }
        return count == 0 ? .missing : nil
    }

    private func problem(withRows chosen: [String: String]) -> AnswerProblem? {
        guard Set(chosen.keys).isSubset(of: rows.map(\.key)), Set(chosen.values).isSubset(of: options.map(\.key)) else {
            return .notAnOption
        }
        return isRequired && chosen.count < rows.count ? .rowsMissing : nil
    }

    private func problem(withRanked keys: [String]) -> AnswerProblem? {
        guard Set(keys).count == keys.count, Set(keys).isSubset(of: options.map(\.key)) else { return .notAnOption }
        if keys.count < (least ?? 1) { return .tooFew(least: least ?? 1) }
        if let most, keys.count > most { return .tooMany(most: most) }
        return nil
    }

    private func problem(withNumber digits: String, decimals: Int) -> AnswerProblem? {
        let places: Int = digits.split(separator: ".", omittingEmptySubsequences: false).dropFirst().first?.count ?? 0
        guard let number = Decimal(plain: digits), places <= decimals else { return .notANumber(decimals: decimals) }
        if let lowest, let least = Decimal(plain: lowest), number < least { return .tooLow(least: lowest) }
        if let highest, let most = Decimal(plain: highest), number > most { return .tooHigh(most: highest) }
        return nil
    }

    private func problem(with day: Day) -> AnswerProblem? {
        if let earliest, let first = Day(earliest), day < first { return .tooLow(least: earliest) }
        if let latest, let last = Day(latest), day > last { return .tooHigh(most: latest) }
        return nil
    }
}

extension QuestionnaireForm {
    /// What is wrong with the answers to the questions that are asked, by the key of the question.
    ///
    /// - Parameters:
    ///   - section: the key of the one section that is looked at; nil for all.
    ///   - districts: the codes of the city's districts, for places.
    public func problems(
        in answers: Answers, of section: String? = nil, districts: Set<String>
    ) -> [String: AnswerProblem] {
        let questions: [Question] = asked(given: answers).filter { section == nil || $0.key == section }
            .flatMap(\.questions)
        var found: [String: AnswerProblem] = [:]
        for question in questions {
            found[question.key] = question.problem(with: answers[question.key], districts: districts)
        }
        return found
    }
}
