import Foundation
import Participation

/// What each part of the form of a vote says now, in one line, and which parts have to be open.
struct VoteFormSections {
    private let form: VoteForm
    private let errors: FieldErrors
    private let strings: Strings

    init(_ form: VoteForm, _ errors: FieldErrors, _ strings: Strings) {
        self.form = form
        self.errors = errors
        self.strings = strings
    }

    var texts: VoteFormPage.Section {
        let languages: [String] = Language.allCases.map(\.rawValue)
        let title: String = languages.map { value("title-\($0)") }.first { !$0.isEmpty } ?? ""
        return section(
            ["slug"] + languages.flatMap { ["title-\($0)", "description-\($0)"] }, [value("slug"), title])
    }

    var ballot: VoteFormPage.Section {
        section(
            ["type", "minimum", "maximum", "budget_limit", "points_per_project", "points_in_total", "grades"],
            [
                word("ballot.\(value("type"))"),
                Int(value("maximum")).map { strings.plural("desk.form.now.most", $0) } ?? "",
            ])
    }

    var count: VoteFormPage.Section {
        section(
            ["budget", "rule", "tie", "draw_seed", "threshold", "threshold_share", "step", "small_cell"],
            [word("desk.rule_name.\(value("rule"))"), word("results.tie.\(value("tie"))")])
    }

    var limits: VoteFormPage.Section {
        let named: [String] = ["per_district", "envelopes", "leftovers", "exclusive", "in_part"].filter {
            !value($0).isEmpty
        }
        return section(
            ["per_district", "envelopes", "leftovers", "exclusive", "in_part"],
            named.isEmpty ? [strings("desk.form.now.no_limits")] : named.map { strings("desk.form.\($0)") })
    }

    var who: VoteFormPage.Section {
        section(
            ["eligibility", "roll_fields", "minimum_age"],
            VoteForm.eligibility.filter { form.ticked["eligibility"]?.contains($0) == true }.map {
                strings("desk.form.eligibility.\($0)")
            })
    }

    var how: VoteFormPage.Section {
        let dates: [String] = [value("opens"), value("closes")].compactMap { strings.moment(minute: $0) }.map {
            strings.date($0)
        }
        return section(
            ["channels", "policy", "opens", "closes", "appeal_days"],
            VoteForm.channels.filter { form.ticked["channel"]?.contains($0) == true }.map {
                strings("desk.form.channel.\($0)")
            } + (dates.isEmpty ? [] : [dates.joined(separator: " – ")]))
    }

    var projects: VoteFormPage.Section {
        let lines: Int = value("projects").split(whereSeparator: \.isNewline).count
        return section(["projects"], [strings.plural("votes.projects", lines)])
    }

    private func section(_ fields: [String], _ parts: [String]) -> VoteFormPage.Section {
        VoteFormPage.Section(
            now: parts.filter { !$0.isEmpty }.joined(separator: " · "),
            isOpen: fields.contains { errors.text(for: $0, strings) != nil })
    }

    private func value(_ name: String) -> String { form.values[name] ?? "" }

    /// The word for a choice of a list; nothing for what no list offers.
    private func word(_ key: String) -> String { strings.contains(key) ? strings(key) : "" }
}
