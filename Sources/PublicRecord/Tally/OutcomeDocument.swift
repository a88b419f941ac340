/// A plain tree of integers, text and truth values, the shape in which an outcome is published. It maps one to one to JSON; the
/// members of an object are unordered, their order belongs to the canonical form.
public indirect enum Plain: Sendable, Hashable {
    /// A whole number.
    case integer(Int64)
    /// Text.
    case text(String)
    /// Yes or no.
    case truth(Bool)
    /// Values in order.
    case list([Plain])
    /// Values by name.
    case object([String: Plain])
    /// Nothing.
    case none
}

extension Outcome {
    /// The outcome as published: deterministic, integers and text only.
    public var document: Plain {
        var fields: [String: Plain] = [
            "rule": .text(rule.name), "tie": .text(tie.name), "winners": .texts(winners), "order": .texts(order),
            "cost": .integer(cost), "left": .integer(left), "voters": .integer(voters),
            "support": .object(support.mapValues { .integer($0) }),
            "votes": .object(votes.mapValues { .integer($0) }), "steps": .list(steps.map(\.document)),
        ]
        if !shares.isEmpty { fields["shares"] = .list(shares.map(\.document)) }
        if !comparisons.isEmpty { fields["comparisons"] = .list(comparisons.map(\.document)) }
        if !gauges.isEmpty { fields["gauges"] = .object(gauges.mapValues(\.document)) }
        return .object(fields)
    }
}

extension Step {
    /// The step as published.
    public var document: Plain {
        var fields: [String: Plain] = [
            "round": .integer(Int64(round)), "phase": .text(phase.rawValue), "project": .text(project),
            "support": .integer(support), "cost": .integer(cost), "before": .integer(moneyBefore),
            "after": .integer(moneyAfter), "decision": .text(decision.code),
            "envelope": .optional(envelope),
        ]
        switch decision {
        case .selected: break
        case .selectedInPart(let amount): fields["amount"] = .integer(amount)
        case .refused(let refusal):
            fields["reason"] = .object(refusal.arguments.merging(["code": .text(refusal.code)]) { $1 })
        }
        if let tie { fields["tie"] = .object(["with": .texts(tie.with), "broken_by": .text(tie.brokenBy)]) }
        if let payment {
            fields["payment"] = .object([
                "payers": .integer(payment.payers), "spent": .integer(payment.spent),
                "price": .integer(payment.price),
            ])
        }
        return .object(fields)
    }
}

extension Step.Decision {
    /// `selected`, `selected_in_part` or `refused`.
    public var code: String {
        switch self {
        case .selected: "selected"
        case .selectedInPart: "selected_in_part"
        case .refused: "refused"
        }
    }
}

extension Refusal {
    /// What the reason says beside its code.
    public var arguments: [String: Plain] {
        switch self {
        case .doesNotFit, .tooExpensive, .noSupport, .withdrawn: [:]
        case .belowThreshold(let points): ["threshold": .integer(points)]
        case .afterStop(let project): ["at": .text(project)]
        case .supportersShort(let held): ["held": .integer(held)]
        case .quota(let name, let most): ["name": .text(name), "most": .integer(Int64(most))]
        case .exclusive(let project): ["with": .text(project)]
        }
    }
}

extension Share {
    /// The shares as published.
    public var document: Plain {
        .object([
            "envelope": .optional(envelope), "per_voter": .text(perVoter), "runs": .integer(Int64(runs)),
            "stop": .text(stop.rawValue),
        ])
    }
}

extension Comparison {
    /// The comparison as published.
    public var document: Plain {
        .object([
            "envelope": .optional(envelope), "prefer_shares": .integer(preferShares),
            "prefer_greedy": .integer(preferGreedy), "kept_greedy": .truth(keptGreedy),
            "rejected": .texts(rejected),
        ])
    }
}

extension Gauge {
    /// The gauge as published.
    public var document: Plain {
        .object([
            "grade": .integer(Int64(grade)), "above": .integer(above), "below": .integer(below), "sign": .text(sign),
            "counts": .list(counts.map { .integer($0) }),
        ])
    }
}

extension Plain {
    fileprivate static func optional(_ value: String?) -> Plain { value.map { .text($0) } ?? .none }

    fileprivate static func texts(_ values: [String]) -> Plain { .list(values.map { .text($0) }) }
}
