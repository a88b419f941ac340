import Postgres

/// Whose answers are looked at: those that came in a way, from a district, from an age band, or all.
public struct AnswerFilter: Hashable, Sendable {
    /// The way; nil for every.
    public var way: AnswerWay?
    /// The key of the option that was chosen where district or age band are asked; nil for every.
    public var district: String?, ageBand: String?

    /// A filter; everything unless more is said.
    public init(way: AnswerWay? = nil, district: String? = nil, ageBand: String? = nil) {
        self.way = way
        self.district = district
        self.ageBand = ageBand
    }

    /// Whether some answers may be left out.
    public var isFilter: Bool { way != nil || district != nil || ageBand != nil }

    /// The answers to the questionnaire that it lets through, as a condition on `response`.
    func condition(on questionnaire: ID<Questionnaire>, _ form: JoinedForm) -> SQL {
        var conditions: [SQL] = ["response.questionnaire_id = \(questionnaire)"]
        if let way { conditions.append("response.way = \(way.rawValue)") }
        for (meaning, value) in [(QuestionnaireForm.Meaning.district, district), (.ageBand, ageBand)] {
            guard let value else { continue }
            let key: String = form.question(meaning: meaning)?.key ?? ""
            conditions.append("response.answers -> \(key) -> 'chosen' ? \(value)")
        }
        return conditions.joined(separator: " AND ")
    }
}
