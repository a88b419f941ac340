import Foundation
import Hummingbird
import Participation
import PublicRecord

extension VoteDesk {
    /// The form of the settings, for agents and returning officers, until the vote opens.
    @Sendable func settings(_ request: Request, _ context: AppContext) async throws -> Response {
        let (_, vote) = try await editable(context)
        return form(vote, VoteForm(vote, site.strings(context)), FieldErrors(), request, context)
    }

    /// Writes the settings and the projects anew.
    @Sendable func save(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, vote) = try await editable(context)
        let form = VoteForm(try await site.form(request, context, limit: 1 << 20))
        do {
            let (settings, projects) = try form.draft(vote, site.strings(context))
            try await votes.edit(
                vote.id, settings, projects: projects,
                by: account.acting(for: vote, [.participationAgent, .returningOfficer]))
            shelf.forget(vote.slug)
            return site.see("/desk/votes/\(settings.slug)", flash: .done("desk.vote.saved"))
        } catch let errors as FieldErrors {
            return self.form(vote, form, errors, request, context)
        } catch let refusal as VoteRefusal {
            return self.form(vote, form, refusal.fieldErrors, request, context)
        }
    }

    private func editable(_ context: AppContext) async throws -> (SignedInAccount, Vote) {
        let (account, vote) = try await mine(context)
        let mayEdit: Bool = [Role.participationAgent, .returningOfficer].contains {
            account.holds($0, process: vote.process, vote: vote.id)
        }
        guard mayEdit, vote.opening == nil else { throw Absent() }
        return (account, vote)
    }

    private func form(
        _ vote: Vote, _ form: VoteForm, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = site.strings(context)
        let title: String = strings("desk.vote.edit", ["vote": vote.settings.title(context.language)])
        func input(_ name: String) -> Input { errors.input(name, value: form.values[name] ?? "", strings) }
        func options(_ name: String, _ values: [(String, String)]) -> [SelectOption] {
            values.map { SelectOption(value: $0.0, label: $0.1, selected: form.values[name] == $0.0) }
        }
        return site.page(
            VoteFormPage(
                heading: title, action: "/desk/votes/\(vote.slug)/settings", backHref: "/desk/votes/\(vote.slug)",
                errors: errors.summary(strings), slug: input("slug"),
                translations: Language.allCases.map { language in
                    .init(
                        code: language.rawValue, language: strings("language.\(language.rawValue)"),
                        title: input("title-\(language.rawValue)"),
                        description: input("description-\(language.rawValue)"))
                }, budget: input("budget"),
                types: options(
                    "type",
                    BallotKind.allCases.filter { $0 != .grades }.map { ($0.rawValue, strings("ballot.\($0.rawValue)")) }
                ),
                minimum: input("minimum"), maximum: input("maximum"), budgetLimit: input("budget_limit"),
                pointsPerProject: input("points_per_project"), pointsInTotal: input("points_in_total"),
                rules: options("rule", Rule.allCases.map { ($0.name, strings("votes.counting.\($0.name)")) }),
                ties: options("tie", TieOrder.allCases.map { ($0.name, strings("results.tie.\($0.name)")) }),
                threshold: input("threshold"), accounts: form.values["accounts"] != nil,
                codes: form.values["codes"] != nil, revote: form.values["revote"] != nil,
                smallCell: input("small_cell"), opens: input("opens"), closes: input("closes"),
                projects: input("projects")),
            title: errors.isEmpty ? title : strings("errors.in_title", ["title": title]), request, context,
            status: errors.isEmpty ? .ok : .unprocessableContent)
    }
}

/// The fields of a vote, as typed. The projects are lines `number;title;cost;district`.
struct VoteForm {
    let values: [String: String]

    init(_ fields: Fields) {
        values = Dictionary(fields.names.map { ($0, fields.text($0)) }, uniquingKeysWith: { first, _ in first })
    }

    init(_ vote: Vote, _ strings: Strings) {
        let settings: VoteSettings = vote.settings
        var values: [String: String] = [
            "slug": settings.slug, "budget": Cents.units(settings.budget), "type": settings.ballot.type.rawValue,
            "minimum": String(settings.ballot.minimum), "maximum": String(settings.ballot.maximum),
            "points_per_project": String(settings.ballot.pointsPerProject),
            "points_in_total": String(settings.ballot.pointsInTotal), "rule": settings.counting.rule,
            "tie": settings.counting.tie, "small_cell": String(settings.smallCell),
            "opens": strings.minute(settings.opens), "closes": strings.minute(settings.closes),
        ]
        values["budget_limit"] = settings.ballot.budgetLimit.map(Cents.units)
        values["threshold"] = settings.counting.threshold.map { String($0) }
        values["accounts"] = settings.eligibility.contains("account") ? "1" : nil
        values["codes"] = settings.eligibility.contains("code") ? "1" : nil
        values["revote"] = settings.revote ? "1" : nil
        for language in Language.allCases.map(\.rawValue) {
            values["title-\(language)"] = settings.title.byLanguage[language]
            values["description-\(language)"] = settings.description.byLanguage[language]
        }
        values["projects"] = vote.projects.map { project in
            [String(project.number), project.title(.french), Cents.units(project.cost), project.district ?? ""]
                .joined(separator: ";")
        }.joined(separator: "\n")
        self.values = values
    }

    /// The settings and projects that the fields make.
    ///
    /// - Throws: `FieldErrors` with every field that is wrong.
    func draft(_ vote: Vote, _ strings: Strings) throws(FieldErrors) -> (VoteSettings, [VoteProject]) {
        var errors = FieldErrors()
        func text(_ name: String) -> String { values[name] ?? "" }
        func count(_ name: String) -> Int {
            guard let number = Int(text(name)), (0...1_000_000).contains(number) else {
                errors.add(name, "desk.error.number")
                return 1
            }
            return number
        }
        func money(_ name: String) -> Int64 {
            guard let cents = Cents.amount(text(name)) else {
                errors.add(name, "desk.error.money")
                return 1
            }
            return cents
        }
        func moment(_ name: String) -> Date {
            guard let date = strings.moment(minute: text(name)) else {
                errors.add(name, "desk.error.moment")
                return Date()
            }
            return date
        }
        func texts(_ name: String) -> Texts {
            Texts(
                Dictionary(
                    Language.allCases.map { ($0.rawValue, text("\(name)-\($0.rawValue)")) },
                    uniquingKeysWith: { first, _ in first }))
        }
        var settings: VoteSettings = vote.settings
        settings.slug = text("slug")
        if !Slug.isValid(settings.slug) { errors.add("slug", "desk.error.slug") }
        settings.title = texts("title")
        if settings.title.isEmpty { errors.add("title-fr", "desk.error.title") }
        settings.description = texts("description")
        settings.budget = money("budget")
        settings.ballot = BallotRules(
            type: BallotKind(rawValue: text("type")) ?? .approval, minimum: count("minimum"), maximum: count("maximum"),
            budgetLimit: text("budget_limit").isEmpty ? nil : money("budget_limit"),
            pointsPerProject: text("points_per_project").isEmpty ? 0 : count("points_per_project"),
            pointsInTotal: text("points_in_total").isEmpty ? 0 : count("points_in_total"))
        settings.counting = Definition.Counting(
            rule: text("rule"), tie: text("tie"),
            threshold: text("threshold").isEmpty ? nil : Int64(count("threshold")), step: settings.counting.step)
        settings.eligibility = (text("accounts").isEmpty ? [] : ["account"]) + (text("codes").isEmpty ? [] : ["code"])
        if settings.eligibility.isEmpty { errors.add("accounts", "desk.error.eligibility") }
        settings.revote = !text("revote").isEmpty
        settings.smallCell = count("small_cell")
        settings.opens = moment("opens")
        settings.closes = moment("closes")
        let projects: [VoteProject] = self.projects(vote, &errors)
        try errors.throwIfAny()
        return (settings, projects)
    }

    private func projects(_ vote: Vote, _ errors: inout FieldErrors) -> [VoteProject] {
        var projects: [VoteProject] = []
        for (index, line) in (values["projects"] ?? "").split(separator: "\n").enumerated() {
            let parts: [String] = line.split(separator: ";", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard (3...4).contains(parts.count), let number = Int(parts[0]), (1...99_999).contains(number),
                !parts[1].isEmpty, let cost = Cents.amount(parts[2]), !projects.contains(where: { $0.number == number })
            else {
                errors.add("projects", "desk.error.project_line", ["line": String(index + 1)])
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
