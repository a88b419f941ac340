import Foundation

/// What somebody types of a sheet for one question: numbers of boxes, ranks, words, or a sign for what nobody can read.
///
/// | kind | typed | means |
/// |---|---|---|
/// | single, multiple | `2`, `1 3`, `13`, `1 =vélo` | boxes, and what is written in beside them |
/// | matrix | `2 4 - 1` | the box of each row, `-` or `0` for none |
/// | ranking | `2 1 3` | the rank beside each option, in the printed order |
/// | place | `4 =rue du Tilleul`, `rue du Tilleul` | the district's number, and words |
/// | date | `21.11.2026` | also with strokes, or the year first |
/// | any | `?`, `!` | unreadable, contradictory |
public enum TypedAnswer {
    /// What can be wrong with it.
    public enum Problem: Error, Hashable, Sendable {
        /// There is no box with this number.
        case unknown(String)
        /// Two boxes of one: the sheet contradicts itself.
        case severalChosen
        /// Nothing can be written in here, or nothing was after the sign.
        case noOther
        /// Each row, or each option, needs a number or a stroke: so many.
        case count(Int)
        /// Ranks are 1, 2, 3 and so on, each once.
        case ranks
        case notADay
    }

    /// Reads what was typed.
    ///
    /// - Parameter districts: the codes of the city's districts, in the order of their numbers.
    /// - Throws: ``Problem`` where no answer can be made of it; whether the answer fits says `Question.problem`.
    public static func read(
        _ typed: String, for question: QuestionnaireForm.Question, districts: [String]
    ) throws(Problem) -> PaperAnswers.Found {
        let text: String = typed.trimmingCharacters(in: .whitespacesAndNewlines)
        if text.isEmpty || [.information, .photo].contains(question.kind) { return .nothing }
        if text == "?" { return .mark(.unreadable) }
        if text == "!" { return .mark(.contradictory) }
        switch question.kind {
        case .information, .photo: return .nothing
        case .shortText, .longText: return .answer(.words(text))
        case .single, .multiple: return .answer(try boxes(text, of: question))
        case .matrix: return try rows(text, of: question)
        case .ranking: return try ranks(text, of: question)
        case .scale, .number:
            let digits: String = text.filter { !$0.isWhitespace }.replacing(",", with: ".").replacing("−", with: "-")
            return .answer(.number(digits))
        case .date:
            guard let day = day(text) else { throw .notADay }
            return .answer(.day(day))
        case .place: return .answer(try place(text, districts))
        }
    }

    /// What one types for an answer: the inverse of ``read(_:for:districts:)``.
    public static func text(
        of found: PaperAnswers.Found, for question: QuestionnaireForm.Question, districts: [String]
    ) -> String {
        func box(_ key: String) -> String? {
            question.options.firstIndex { $0.key == key }.map { String($0 + 1) }
        }
        switch found {
        case .nothing: return ""
        case .mark(.unreadable): return "?"
        case .mark(.contradictory): return "!"
        case .answer(.words(let words)): return words
        case .answer(.chosen(let keys, let other)):
            return (keys.compactMap(box) + [other.map { "=\($0)" }].compactMap(\.self)).joined(separator: " ")
        case .answer(.rows(let rows)):
            return question.rows.map { row in rows[row.key].flatMap(box) ?? "-" }.joined(separator: " ")
        case .answer(.ranked(let keys)):
            return question.options.map { option in
                keys.firstIndex(of: option.key).map { String($0 + 1) } ?? "-"
            }.joined(separator: " ")
        case .answer(.number(let digits)): return digits
        case .answer(.day(let day)): return "\(day.day).\(day.month).\(day.year)"
        case .answer(.place(_, let words, let district)):
            let number: String? = district.flatMap { districts.firstIndex(of: $0) }.map { String($0 + 1) }
            return [number, words.isEmpty ? nil : "=\(words)"].compactMap(\.self).joined(separator: " ")
        case .answer(.photo): return ""
        }
    }

    // MARK: Parts

    /// What stands before the first sign of equality, and behind it.
    private static func halves(_ text: String) -> (numbers: String, words: String?) {
        guard let sign = text.firstIndex(of: "=") else { return (text, nil) }
        return (
            String(text[..<sign]),
            text[text.index(after: sign)...].trimmingCharacters(in: .whitespacesAndNewlines)
        )
    }

    /// Numbers with anything between them; where none has two digits, they may stand side by side.
    private static func numbers(_ text: String, most: Int) -> [String] {
        let parts: [String] = text.split { " ,;+.\n\t\u{A0}".contains($0) }.map(String.init)
        guard parts.count == 1, let only = parts.first, only.count > 1, most < 10 else { return parts }
        return only.map(String.init)
    }

    /// The place in a list that a number names, from 0; nil for a stroke or a zero.
    private static func place(_ number: String, among count: Int) throws(Problem) -> Int? {
        if ["-", "–", "0"].contains(number) { return nil }
        guard number.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(number), (1...count).contains(value)
        else { throw .unknown(number) }
        return value - 1
    }

    private static func boxes(_ text: String, of question: QuestionnaireForm.Question) throws(Problem) -> AnswerValue {
        let (codes, other) = halves(text)
        if let other, !question.hasOther || other.isEmpty { throw .noOther }
        var chosen: Set<Int> = []
        for code in numbers(codes, most: question.options.count) {
            guard let box = try place(code, among: question.options.count) else { throw .unknown(code) }
            chosen.insert(box)
        }
        if question.kind == .single, chosen.count + (other == nil ? 0 : 1) > 1 { throw .severalChosen }
        return .chosen(chosen.sorted().map { question.options[$0].key }, other: other)
    }

    private static func rows(
        _ text: String, of question: QuestionnaireForm.Question
    ) throws(Problem) -> PaperAnswers.Found {
        let codes: [String] = numbers(text, most: question.options.count)
        guard codes.count == question.rows.count else { throw .count(question.rows.count) }
        var rows: [String: String] = [:]
        for (row, code) in zip(question.rows, codes) {
            if let column = try place(code, among: question.options.count) {
                rows[row.key] = question.options[column].key
            }
        }
        return rows.isEmpty ? .nothing : .answer(.rows(rows))
    }

    private static func ranks(
        _ text: String, of question: QuestionnaireForm.Question
    ) throws(Problem) -> PaperAnswers.Found {
        let codes: [String] = numbers(text, most: question.options.count)
        guard codes.count == question.options.count else { throw .count(question.options.count) }
        var ranked: [Int: String] = [:]
        for (option, code) in zip(question.options, codes) {
            guard let rank = try place(code, among: question.options.count) else { continue }
            guard ranked.updateValue(option.key, forKey: rank) == nil else { throw .ranks }
        }
        if ranked.isEmpty { return .nothing }
        // Nothing is between two ranks that nobody has.
        guard ranked.keys.max() == ranked.count - 1 else { throw .ranks }
        return .answer(.ranked(ranked.sorted { $0.key < $1.key }.map(\.value)))
    }

    private static func place(_ text: String, _ districts: [String]) throws(Problem) -> AnswerValue {
        let (code, words) = halves(text)
        let number: String = code.trimmingCharacters(in: .whitespacesAndNewlines)
        // Words alone need no sign, unless they are a number.
        guard words != nil || number.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return .place(nil, words: text, district: nil)
        }
        var district: String?
        if !number.isEmpty {
            guard let index = try place(number, among: districts.count) else { throw .unknown(number) }
            district = districts[index]
        }
        return .place(nil, words: words ?? "", district: district)
    }

    private static func day(_ text: String) -> Day? {
        if let day = Day(text) { return day }
        let parts: [Int] = text.split { ". /".contains($0) }.compactMap { Int($0) }
        guard parts.count == 3, parts[2] > 999 else { return nil }
        return Day(year: parts[2], month: parts[1], day: parts[0])
    }
}
