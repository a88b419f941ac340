import Foundation
import Participation
import PublicRecord

/// The fields of a vote's settings, as typed. Projects are lines `number;title;cost;district`, envelopes lines
/// `district;amount`, groups that exclude one another lines of numbers, grades lines of labels, best first.
struct VoteForm {
    private(set) var values: [String: String]
    /// What is ticked, by the name of the boxes.
    private(set) var ticked: [String: Set<String>]

    static let lists = ["eligibility", "roll_field", "channel"]
    static let eligibility = ["account", "code", "declaration", "desk", "roll"]
    static let channels = ["online", "kiosk", "paper"]
    static let policies = ["first_stands", "paper_prevails", "online_prevails"]
    /// The tie order that needs a seed, as the form names it.
    static let draw = "draw"

    init(_ fields: Fields) {
        values = Dictionary(fields.names.map { ($0, fields.text($0)) }, uniquingKeysWith: { first, _ in first })
        ticked = Dictionary(uniqueKeysWithValues: Self.lists.map { ($0, Set(fields.all($0))) })
    }

    init(_ vote: Vote, _ strings: Strings) {
        let settings: VoteSettings = vote.settings
        values = [
            "slug": settings.slug, "budget": Cents.units(settings.budget), "small_cell": String(settings.smallCell),
            "minimum_age": String(settings.minimumAge), "policy": settings.policy,
            "appeal_days": String(settings.appealDays), "opens": strings.minute(settings.opens),
            "closes": strings.minute(settings.closes),
        ]
        ticked = [
            "eligibility": Set(settings.eligibility), "roll_field": Set(settings.rollFields),
            "channel": Set(settings.channels),
        ]
        values["revote"] = settings.revote ? "1" : nil
        for language in Language.allCases.map(\.rawValue) {
            values["title-\(language)"] = settings.title.byLanguage[language]
            values["description-\(language)"] = settings.description.byLanguage[language]
        }
        values["projects"] = vote.projects.map { project in
            [String(project.number), project.title(.french), Cents.units(project.cost), project.district ?? ""]
                .joined(separator: ";")
        }.joined(separator: "\n")
        fillBallot(settings.ballot, strings)
        fillCounting(settings.counting, vote)
    }

    private mutating func fillBallot(_ rules: BallotRules, _ strings: Strings) {
        values["type"] = BallotShape(rules).rawValue
        values["minimum"] = String(rules.minimum)
        values["maximum"] = String(rules.maximum)
        values["points_per_project"] = rules.pointsPerProject > 0 ? String(rules.pointsPerProject) : nil
        values["points_in_total"] = rules.pointsInTotal > 0 ? String(rules.pointsInTotal) : nil
        values["budget_limit"] = rules.budgetLimit.map(Cents.units)
        let usual: [String] = strings("desk.form.grades.usual").split(separator: ";").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        values["grades"] = (rules.grades.isEmpty ? usual : rules.grades).joined(separator: "\n")
    }

    private mutating func fillCounting(_ counting: Definition.Counting, _ vote: Vote) {
        let constraints: Definition.Constraints = counting.constraints
        let isDraw: Bool = counting.tie.hasPrefix("draw:")
        values["rule"] = counting.rule
        values["tie"] = isDraw ? Self.draw : counting.tie
        values["draw_seed"] = isDraw ? String(counting.tie.dropFirst(5)) : nil
        values["threshold"] = counting.threshold.map { String($0) }
        values["threshold_share"] = constraints.thresholdShare.map { Cents.units(Int64($0)) }
        values["step"] = counting.step.map(Cents.units)
        values["per_district"] = constraints.perDistrict.map { String($0) }
        values["leftovers"] = constraints.leftoversToCity ? "1" : nil
        values["in_part"] = constraints.fundsOneInPart ? "1" : nil
        values["envelopes"] = constraints.envelopes.keys.sorted().map {
            "\($0);\(Cents.units(constraints.envelopes[$0] ?? 0))"
        }.joined(separator: "\n")
        values["exclusive"] = constraints.exclusive.map { group in
            group.map { id in vote.projects.first { $0.key == id }.map { String($0.number) } ?? id }
                .joined(separator: ", ")
        }.joined(separator: "\n")
    }

    /// The settings and projects that the fields make.
    ///
    /// - Throws: `FieldErrors` with every field that is wrong.
    func draft(_ vote: Vote, _ strings: Strings) throws(FieldErrors) -> (VoteSettings, [VoteProject]) {
        var reader = VoteFormReader(self, strings)
        var settings: VoteSettings = vote.settings
        reader.readTexts(into: &settings)
        settings.budget = reader.money("budget")
        settings.ballot = reader.ballot(budget: settings.budget)
        let projects: [VoteProject] = reader.projects(vote)
        settings.counting = reader.counting(projects)
        reader.readVoters(into: &settings)
        settings.smallCell = reader.count("small_cell")
        settings.appealDays = reader.count("appeal_days")
        settings.opens = reader.moment("opens")
        settings.closes = reader.moment("closes")
        try reader.errors.throwIfAny()
        return (settings, projects)
    }
}

extension Strings {
    /// A minute in the city's time, as `datetime-local` inputs have it: `2026-11-21T08:00`.
    func minute(_ date: Date) -> String {
        let parts: DateComponents = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
        func two(_ number: Int?) -> String { String(format: "%02d", number ?? 0) }
        return
            "\(String(format: "%04d", parts.year ?? 0))-\(two(parts.month))-\(two(parts.day))T\(two(parts.hour)):\(two(parts.minute))"
    }

    /// The moment of such a minute; nil for another text.
    func moment(minute text: String) -> Date? {
        let halves: [Substring] = text.split(separator: "T")
        guard halves.count == 2, let day = Day(String(halves[0])) else { return nil }
        let clock: [Int] = halves[1].split(separator: ":").compactMap { Int($0) }
        guard clock.count >= 2, (0...23).contains(clock[0]), (0...59).contains(clock[1]) else { return nil }
        return calendar.date(
            from: DateComponents(
                year: day.year, month: day.month, day: day.day, hour: clock[0], minute: clock[1]))
    }
}
