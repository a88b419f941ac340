import Foundation
import Participation
import PublicRecord

/// Reads the fields of a vote's settings one after the other, and keeps what is wrong with them.
struct VoteFormReader {
    private let form: VoteForm
    private let strings: Strings
    private(set) var errors = FieldErrors()

    init(_ form: VoteForm, _ strings: Strings) {
        self.form = form
        self.strings = strings
    }

    // MARK: Single fields

    private func text(_ name: String) -> String { form.values[name] ?? "" }

    private func lines(_ name: String) -> [(number: Int, text: String)] {
        text(name).split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .map { ($0.offset + 1, $0.element.trimmingCharacters(in: .whitespaces)) }
            .filter { !$0.1.isEmpty }
    }

    mutating func count(_ name: String) -> Int {
        guard let number = Int(text(name)), (0...1_000_000).contains(number) else {
            errors.add(name, "desk.error.number")
            return 1
        }
        return number
    }

    private mutating func countIfAny(_ name: String) -> Int? { text(name).isEmpty ? nil : count(name) }

    mutating func money(_ name: String) -> Int64 {
        guard let cents = Cents.amount(text(name)) else {
            errors.add(name, "desk.error.money")
            return 1
        }
        return cents
    }

    private mutating func moneyIfAny(_ name: String) -> Int64? { text(name).isEmpty ? nil : money(name) }

    mutating func moment(_ name: String) -> Date {
        guard let date = strings.moment(minute: text(name)) else {
            errors.add(name, "desk.error.moment")
            return Date()
        }
        return date
    }

    // MARK: Sections

    mutating func readTexts(into settings: inout VoteSettings) {
        func texts(_ name: String) -> Texts {
            Texts(
                Dictionary(
                    Language.allCases.map { ($0.rawValue, text("\(name)-\($0.rawValue)")) },
                    uniquingKeysWith: { first, _ in first }))
        }
        settings.slug = text("slug")
        if !Slug.isValid(settings.slug) { errors.add("slug", "desk.error.slug") }
        settings.title = texts("title")
        if settings.title.isEmpty { errors.add("title-fr", "desk.error.title") }
        settings.description = texts("description")
    }

    /// The limits of the ballot; those that do not concern its shape are not read.
    mutating func ballot(budget: Int64) -> BallotRules {
        let shape: BallotShape = BallotShape(rawValue: text("type")) ?? .approval
        var rules = BallotRules(type: shape.kind, maximum: 1)
        if shape != .chooseOne {
            rules.minimum = count("minimum")
            rules.maximum = count("maximum")
        }
        switch shape {
        case .approval, .chooseOne, .ranking: break
        case .knapsack: rules.budgetLimit = moneyIfAny("budget_limit") ?? budget
        case .cumulative:
            rules.pointsPerProject = count("points_per_project")
            rules.pointsInTotal = count("points_in_total")
        case .scoring:
            rules.pointsPerProject = count("points_per_project")
            rules.pointsInTotal = BallotShape.total(rules.pointsPerProject, rules.maximum)
        case .grades: rules.grades = grades()
        }
        return rules
    }

    private mutating func grades() -> [String] {
        let labels: [String] = lines("grades").map(\.text)
        if !(2...20).contains(labels.count) || Set(labels).count != labels.count
            || labels.contains(where: { $0.count > 60 })
        {
            errors.add("grades", "desk.error.grades")
        }
        return labels
    }

    mutating func counting(_ projects: [VoteProject]) -> Definition.Counting {
        var tie: String = text("tie")
        if tie == VoteForm.draw {
            let seed: String = text("draw_seed")
            if seed.isEmpty { errors.add("draw_seed", "desk.error.draw_seed") }
            tie += ":\(seed)"
        }
        let constraints = Definition.Constraints(
            thresholdShare: text("threshold_share").isEmpty ? nil : share("threshold_share"),
            perDistrict: countIfAny("per_district"), exclusive: exclusive(projects), envelopes: envelopes(),
            leftoversToCity: !text("leftovers").isEmpty, fundsOneInPart: !text("in_part").isEmpty)
        return Definition.Counting(
            rule: text("rule"), tie: tie, threshold: countIfAny("threshold").map { Int64($0) },
            step: moneyIfAny("step"), constraints: constraints)
    }

    /// Hundredths of a per cent: `2,5` is 250.
    private mutating func share(_ name: String) -> Int {
        guard let hundredths = Cents.amount(text(name)), hundredths <= Definition.Constraints.wholeShare else {
            errors.add(name, "desk.error.counting.share_bounds")
            return 1
        }
        return Int(hundredths)
    }

    /// Groups by printed number; a number without a project stays as it is, to be named in the refusal.
    private func exclusive(_ projects: [VoteProject]) -> [[String]] {
        lines("exclusive").map { line in
            line.text.split { $0 == "," || $0 == " " || $0 == ";" }.map { number in
                projects.first { String($0.number) == number }?.key ?? String(number)
            }
        }
    }

    private mutating func envelopes() -> [String: Int64] {
        var envelopes: [String: Int64] = [:]
        for (number, line) in lines("envelopes") {
            let parts: [String] = line.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2, let money = Cents.amount(parts[1]), envelopes[parts[0]] == nil else {
                errors.add("envelopes", "desk.error.envelope_line", ["line": String(number)])
                continue
            }
            envelopes[parts[0]] = money
        }
        return envelopes
    }

    mutating func readVoters(into settings: inout VoteSettings) {
        func chosen(_ name: String, among known: [String]) -> [String] {
            known.filter { form.ticked[name]?.contains($0) == true }
        }
        settings.eligibility = chosen("eligibility", among: VoteForm.eligibility)
        if settings.eligibility.isEmpty { errors.add("eligibility", "desk.error.eligibility") }
        settings.rollFields = chosen("roll_field", among: RollField.matching.map(\.rawValue))
        if settings.eligibility.contains("roll"), settings.rollFields.isEmpty {
            errors.add("roll_fields", "desk.error.roll_fields")
        }
        settings.channels = chosen("channel", among: VoteForm.channels)
        if settings.channels.isEmpty { errors.add("channels", "desk.error.channels") }
        let policy: String = text("policy")
        settings.policy = VoteForm.policies.contains(policy) ? policy : settings.policy
        settings.revote = !text("revote").isEmpty
        settings.minimumAge = count("minimum_age")
    }

    mutating func projects(_ vote: Vote) -> [VoteProject] {
        var projects: [VoteProject] = []
        for (index, line) in lines("projects") {
            let parts: [String] = line.split(separator: ";", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard (3...4).contains(parts.count), let number = Int(parts[0]), (1...99_999).contains(number),
                !parts[1].isEmpty, let cost = Cents.amount(parts[2]), !projects.contains(where: { $0.number == number })
            else {
                errors.add("projects", "desk.error.project_line", ["line": String(index)])
                continue
            }
            // What the line does not say stays as it was.
            let before: VoteProject? = vote.projects.first { $0.number == number }
            var title: [String: String] = before?.title.byLanguage ?? [:]
            title["fr"] = parts[1]
            projects.append(
                VoteProject(
                    number: number, key: before?.key ?? String(number), title: Texts(title),
                    description: before?.description ?? Texts([:]), cost: cost,
                    district: parts.count == 4 ? parts[3].nonEmpty : nil, category: before?.category))
        }
        if projects.isEmpty { errors.add("projects", "desk.error.no_projects") }
        return projects
    }
}
