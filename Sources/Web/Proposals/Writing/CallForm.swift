import Participation
import PublicRecord

/// The fields of a call for proposals, as typed. Themes are numbered from 0; a line without a title is left out.
struct CallForm {
    let values: [String: String]
    let themeCount: Int

    /// What was typed.
    init(_ fields: Fields) {
        values = Dictionary(fields.names.map { ($0, fields.text($0)) }, uniquingKeysWith: { first, _ in first })
        themeCount = min(40, max(1, fields.all("theme").count))
    }

    /// The form of a call as it stands, with three lines for more themes.
    init(_ draft: ProposalCallDraft) {
        var values: [String: String] = [:]
        for language in Language.allCases {
            values["guidance-\(language.rawValue)"] = draft.guidance.byLanguage[language.rawValue]
            for (index, theme) in draft.themes.enumerated() {
                values["theme-\(index)-\(language.rawValue)"] = theme.title.byLanguage[language.rawValue]
            }
        }
        values["currency"] = draft.currency
        values["ceiling"] = draft.ceiling.map(AmountText.plain)
        for (index, theme) in draft.themes.enumerated() {
            values["theme-\(index)-id"] = theme.id?.description
            values["theme-\(index)-rank"] = String(index + 1)
        }
        for (kind, rule) in draft.rules {
            let own: String = "rule-\(kind.rawValue)"
            values["\(own)-write"] = rule.mayWrite ? "yes" : nil
            values["\(own)-comment"] = rule.mayComment ? "yes" : nil
            values["\(own)-support"] = rule.maySupport ? "yes" : nil
            values["\(own)-hides"] = rule.hidesCounts ? "yes" : nil
            values["\(own)-limit"] = rule.supportLimit.map(String.init)
            values["\(own)-threshold"] = rule.supportThreshold.map(String.init)
        }
        self.values = values
        themeCount = draft.themes.count + 3
    }

    /// The call that the fields make.
    ///
    /// - Throws: `FieldErrors` with every number that cannot be read.
    func draft() throws(FieldErrors) -> ProposalCallDraft {
        var errors = FieldErrors()
        var draft = ProposalCallDraft(
            guidance: texts("guidance"), currency: (values["currency"] ?? "").uppercased(),
            themes: themeIndexes.map { ThemeDraft(id: ID(values["theme-\($0)-id"] ?? ""), title: title(of: $0)) })
        if let text = values["ceiling"], !text.isEmpty {
            draft.ceiling = Cents.amount(text)
            if draft.ceiling == nil { errors.add("ceiling", "proposals.call.error.ceiling") }
        }
        for kind in Phase.Kind.allCases { draft.rules[kind] = rule(of: kind, &errors) }
        try errors.throwIfAny()
        return draft
    }

    /// The lines with a title, by their rank; what has none comes last, in the order of the form.
    private var themeIndexes: [Int] {
        (0..<themeCount).filter { !title(of: $0).isEmpty }
            .map { (index: $0, rank: Int(values["theme-\($0)-rank"] ?? "") ?? Int.max) }
            .sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }
            .map(\.index)
    }

    private func title(of index: Int) -> Texts { texts("theme-\(index)") }

    private func texts(_ name: String) -> Texts {
        Texts(
            Dictionary(
                Language.allCases.map { ($0.rawValue, values["\(name)-\($0.rawValue)"] ?? "") },
                uniquingKeysWith: { first, _ in first }))
    }

    /// The rule of a phase; none when nothing is ticked.
    private func rule(of kind: Phase.Kind, _ errors: inout FieldErrors) -> ProposalRule? {
        let own: String = "rule-\(kind.rawValue)"
        func isTicked(_ name: String) -> Bool { values["\(own)-\(name)"] == "yes" }
        func number(_ name: String) -> Int? {
            let text: String = values["\(own)-\(name)"] ?? ""
            guard !text.isEmpty else { return nil }
            let number: Int? = Int(text)
            if number == nil { errors.add("\(own)-\(name)", "proposals.call.error.number") }
            return number
        }
        let rule = ProposalRule(
            mayWrite: isTicked("write"), mayComment: isTicked("comment"), maySupport: isTicked("support"),
            supportLimit: number("limit"), supportThreshold: number("threshold"), hidesCounts: isTicked("hides"))
        return rule == .readOnly ? nil : rule
    }

    /// The refusals at the fields they concern.
    func fieldErrors(_ refused: Refused<CallRefusal>, _ language: Language) -> FieldErrors {
        var errors = FieldErrors()
        for reason in refused.reasons {
            switch reason {
            case .malformedCurrency: errors.add("currency", "proposals.call.error.currency")
            case .ceilingNotPositive: errors.add("ceiling", "proposals.call.error.ceiling")
            case .themeUntitled(let index):
                errors.add("theme-\(themeIndexes[index])-fr", "proposals.call.error.theme_title")
            case .tooManyThemes(let most):
                errors.add("theme-0-fr", "proposals.call.error.themes", ["most": String(most)])
            case .themeInUse(let title):
                errors.add("theme-0-fr", "proposals.call.error.theme_in_use", ["theme": title(language)])
            case .numberNotPositive(let kind):
                let own: String = "rule-\(kind.rawValue)"
                for name in ["limit", "threshold"] {
                    guard let text = values["\(own)-\(name)"], !text.isEmpty,
                        !(1...Int(Int32.max)).contains(Int(text) ?? 0)
                    else { continue }
                    errors.add("\(own)-\(name)", "proposals.call.error.number")
                }
            }
        }
        return errors
    }
}

/// Amounts as an input shows them: no sign, no groups, cents only where there are some.
enum AmountText {
    static func plain(_ cents: Int64) -> String {
        let (units, rest) = cents.quotientAndRemainder(dividingBy: 100)
        return rest == 0 ? String(units) : "\(units).\(rest < 10 ? "0" : "")\(rest)"
    }
}
