import Foundation
import Participation

/// The fields of one question: what they are called, how an answer is read from them, and what is put into them again.
///
/// They are the same wherever somebody answers: the resident's own steps, an agent who enters a paper, the preview.
/// The names begin with ``name``; what follows a dot cannot be part of a key, so that no two questions share a field.
struct AnswerFields: Sendable {
    let question: QuestionnaireForm.Question
    /// The name of its first field, and the id that a list of mistakes leads to.
    let name: String

    init(_ question: QuestionnaireForm.Question) {
        self.question = question
        name = "q-\(question.key)"
    }

    /// What the fields say: an answer, none, or something that is no answer of this kind.
    struct Reading: Sendable {
        let value: AnswerValue?
        let problem: AnswerProblem?

        init(_ value: AnswerValue?) {
            self.value = value
            problem = nil
        }

        init(_ problem: AnswerProblem) {
            value = nil
            self.problem = problem
        }
    }

    /// What stands for « something else » among the options; no key begins with a dot.
    static let other = ".other"

    // MARK: Names

    var otherName: String { "\(name).other" }
    func rowName(_ row: String) -> String { "\(name).row.\(row)" }
    func rankName(_ option: String) -> String { "\(name).rank.\(option)" }
    func partName(_ part: String) -> String { "\(name).\(part)" }

    // MARK: Reading

    /// What was answered. Whether it is an answer that may be given says `QuestionnaireForm.problems` afterwards.
    ///
    /// - Parameter kept: the answer so far. A photo is not in the fields, which could name somebody else's.
    func read(_ fields: Fields, kept: AnswerValue? = nil) -> Reading {
        switch question.kind {
        case .shortText, .longText:
            return Reading(fields.text(name).nonEmpty.map { .words($0) })
        case .single, .multiple: return choices(fields)
        case .matrix: return rows(fields)
        case .ranking: return ranks(fields)
        case .scale: return Reading(fields.text(name).nonEmpty.map { .number($0) })
        case .number: return Reading(fields.text(name).nonEmpty.map { .number(Self.plain($0)) })
        case .date: return day(fields)
        case .place: return place(fields)
        case .photo:
            guard case .photo(let medium, let alt) = kept, !fields.has(partName("remove")) else { return Reading(nil) }
            return Reading(.photo(medium, alt: fields.text(partName("alt")).nonEmpty ?? alt))
        case .information: return Reading(nil)
        }
    }

    private func choices(_ fields: Fields) -> Reading {
        let ticked: [String] = fields.all(name).filter { !$0.isEmpty }
        let written: String? = question.hasOther ? fields.text(otherName).nonEmpty : nil
        let keys: [String] = ticked.filter { $0 != Self.other }
        if ticked.contains(Self.other), written == nil { return Reading(.missing) }
        // A radio button that was pressed says what is meant; words beside it are an afterthought that was given up.
        let isMeant: Bool = question.kind == .multiple || keys.isEmpty
        let other: String? = isMeant ? written : nil
        if keys.isEmpty, other == nil { return Reading(nil) }
        let order: [String] = question.options.map(\.key)
        let known: [String] = order.filter(Set(keys).contains)
        // What is not an option stays, for the check to refuse.
        return Reading(.chosen(known + keys.filter { !order.contains($0) }, other: other))
    }

    private func rows(_ fields: Fields) -> Reading {
        var rows: [String: String] = [:]
        for row in question.rows {
            if let column = fields.text(rowName(row.key)).nonEmpty { rows[row.key] = column }
        }
        return Reading(rows.isEmpty ? nil : .rows(rows))
    }

    /// Ranks need not be without gaps: what counts is the order.
    private func ranks(_ fields: Fields) -> Reading {
        var byRank: [Int: String] = [:]
        for option in question.options {
            let typed: String = fields.text(rankName(option.key))
            if typed.isEmpty { continue }
            guard let rank = Int(typed), (1...question.options.count).contains(rank) else {
                return Reading(.notAnOption)
            }
            if byRank[rank] != nil { return Reading(.sameRank(rank: rank)) }
            byRank[rank] = option.key
        }
        let order: [String] = byRank.sorted { $0.key < $1.key }.map(\.value)
        return Reading(order.isEmpty ? nil : .ranked(order))
    }

    /// Blanks between thousands go, and a comma is a point: people write both.
    private static func plain(_ typed: String) -> String {
        var digits: String = typed.filter { !$0.isWhitespace }.replacing(",", with: ".").replacing("−", with: "-")
        if digits.hasPrefix("+") { digits.removeFirst() }
        return digits.hasPrefix(".") ? "0\(digits)" : digits
    }

    private func day(_ fields: Fields) -> Reading {
        let parts: [String] = ["day", "month", "year"].map { fields.text(partName($0)) }
        if parts.allSatisfy(\.isEmpty) { return Reading(nil) }
        guard let day = Int(parts[0]), let month = Int(parts[1]), let year = Int(parts[2]),
            let found = Day(year: year, month: month, day: day)
        else { return Reading(.notADay) }
        return Reading(.day(found))
    }

    private func place(_ fields: Fields) -> Reading {
        let words: String = fields.text(partName("words"))
        let district: String? = fields.text(partName("district")).nonEmpty
        let typed: [String] = ["latitude", "longitude"].map { Self.plain(fields.text(partName($0))) }
        var point: MapPoint?
        if typed != ["", ""] {
            guard let latitude = Double(typed[0]), let longitude = Double(typed[1]),
                let found = MapPoint(latitude: latitude, longitude: longitude)
            else { return Reading(.notANumber(decimals: 5)) }
            point = found
        }
        if point == nil, district == nil, words.isEmpty { return Reading(nil) }
        return Reading(.place(point, words: words, district: district))
    }

    // MARK: Writing

    /// The fields as they would have been filled in for this answer.
    func pairs(of value: AnswerValue?) -> [(name: String, value: String)] {
        switch value {
        case nil: []
        case .words(let words): [(name, words)]
        case .chosen(let keys, let other):
            keys.map { (name, $0) } + (other.map { [(name, Self.other), (otherName, $0)] } ?? [])
        case .rows(let rows): rows.sorted { $0.key < $1.key }.map { (rowName($0.key), $0.value) }
        case .ranked(let keys): keys.enumerated().map { (rankName($0.element), String($0.offset + 1)) }
        case .number(let digits): [(name, digits)]
        case .day(let day):
            [
                (partName("day"), String(day.day)), (partName("month"), String(day.month)),
                (partName("year"), String(day.year)),
            ]
        case .place(let point, let words, let district):
            [
                (partName("words"), words), (partName("district"), district ?? ""),
                (partName("latitude"), point.map { String($0.latitude) } ?? ""),
                (partName("longitude"), point.map { String($0.longitude) } ?? ""),
            ]
        case .photo(_, let alt): [(partName("alt"), alt)]
        }
    }
}

extension AnswerFields {
    /// Reads the answers to several questions over those that were there.
    ///
    /// - Returns: what is no answer at all, by the key of the question; for these the answer so far stays.
    static func read(
        _ questions: [QuestionnaireForm.Question], from fields: Fields, into answers: inout Answers
    ) -> [String: AnswerProblem] {
        var problems: [String: AnswerProblem] = [:]
        for question in questions where question.kind != .information {
            let reading: Reading = AnswerFields(question).read(fields, kept: answers[question.key])
            if let problem = reading.problem {
                problems[question.key] = problem
            } else {
                answers[question.key] = reading.value
            }
        }
        return problems
    }

    /// The fields of several questions as they would have been filled in for these answers.
    static func fields(of questions: [QuestionnaireForm.Question], _ answers: Answers) -> Fields {
        Fields(pairs: questions.flatMap { AnswerFields($0).pairs(of: answers[$0.key]) })
    }
}
