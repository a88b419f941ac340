import Participation
import PublicRecord

/// What somebody of a service types.
struct OpinionForm {
    /// How many cost lines the form offers.
    static let costLines = 6

    private let form: Fields

    init(_ form: Fields) {
        self.form = form
    }

    /// The draft that the fields make; `FieldErrors` with every field that is wrong.
    func draft() throws(FieldErrors) -> OpinionDraft {
        var errors = FieldErrors()
        let feasibility: Opinion.Feasibility? = .init(rawValue: form.text("feasibility"))
        if feasibility == nil { errors.add("feasibility", "exam.refusal.feasibility") }
        let words: Texts = form.texts("words")
        if words.isEmpty { errors.add("words-fr", "exam.refusal.wordless") }
        var answers: [ID<ExaminationPoint>: Opinion.Answer] = [:]
        for name in form.names where name.hasPrefix("check-") {
            guard let question = ID<ExaminationPoint>(String(name.dropFirst(6))),
                let answer = Opinion.Answer(rawValue: form.text(name))
            else { continue }
            answers[question] = answer
        }
        var costs: [CostLine] = []
        for index in 0..<Self.costLines {
            let (label, amount) = (form.text("cost-\(index)-label"), form.text("cost-\(index)-amount"))
            if label.isEmpty && amount.isEmpty { continue }
            guard !label.isEmpty else {
                errors.add("cost-\(index)-label", "exam.refusal.cost_label")
                continue
            }
            guard let cents = Cents.typed(amount) else {
                errors.add("cost-\(index)-amount", "exam.refusal.amount")
                continue
            }
            costs.append(
                CostLine(
                    kind: CostLine.Kind(rawValue: form.text("cost-\(index)-kind")) ?? .investment, label: label,
                    cents: cents))
        }
        try errors.throwIfAny()
        guard let feasibility else { throw errors }
        return OpinionDraft(feasibility: feasibility, words: words, answers: answers, costs: costs)
    }

    /// The fields of an opinion that is given again.
    static func fields(of opinion: Opinion?) -> Fields {
        guard let opinion else { return Fields(pairs: []) }
        var values: [String: String] = ["feasibility": opinion.feasibility.rawValue]
        for (code, text) in opinion.words.byLanguage { values["words-\(code)"] = text }
        for check in opinion.answers { values["check-\(check.question)"] = check.answer.rawValue }
        for (index, line) in opinion.costs.prefix(costLines).enumerated() {
            values["cost-\(index)-kind"] = line.kind.rawValue
            values["cost-\(index)-label"] = line.label
            values["cost-\(index)-amount"] = Cents.units(line.cents)
        }
        return Fields(values)
    }
}

/// What an agent types as the answer of the city.
struct VerdictForm {
    private let form: Fields

    init(_ form: Fields) {
        self.form = form
    }

    /// The draft that the fields make; `FieldErrors` with every field that is wrong.
    func draft() throws(FieldErrors) -> VerdictDraft {
        var errors = FieldErrors()
        let outcome: Verdict.Outcome? = .init(rawValue: form.text("outcome"))
        if outcome == nil { errors.add("outcome", "exam.refusal.outcome") }
        let reason: ID<ExaminationPoint>? = form.id("reason", of: ExaminationPoint.self)
        if outcome == .refused, reason == nil { errors.add("reason", "exam.refusal.reasonless") }
        let words: Texts = form.texts("words")
        for code in Language.allCases.map(\.rawValue) where words.byLanguage[code] == nil {
            errors.add("words-\(code)", "exam.refusal.wordless")
        }
        let amount: String = form.text("cost")
        let cost: Int64? = amount.isEmpty ? nil : Cents.typed(amount)
        if !amount.isEmpty, cost == nil { errors.add("cost", "exam.refusal.amount") }
        try errors.throwIfAny()
        guard let outcome else { throw errors }
        return VerdictDraft(
            outcome: outcome, reason: outcome == .refused ? reason : nil, words: words,
            cost: outcome == .accepted ? cost : nil)
    }
}

extension Cents {
    /// An amount as people type it, with blanks between thousands and a comma or a point before cents; nil for anything
    /// else, and for less than nothing.
    static func typed(_ text: String) -> Int64? {
        let plain: String = text.filter { !$0.isWhitespace && $0 != "€" }.replacing(",", with: ".")
        guard let amount = Cents.amount(plain), amount >= 0 else { return nil }
        return amount
    }
}
