import Foundation
import Participation

/// How a delivery speaks of itself in the reader's language.
struct DeliveryWords {
    let strings: Strings

    init(_ strings: Strings) {
        self.strings = strings
    }

    /// Where the work stands, with its colour and what it means.
    func status(_ status: Delivery.Status) -> StatusWord {
        StatusWord(
            word: strings("deliveries.status.\(status.rawValue)"), tone: Self.tone(status),
            meaning: strings("deliveries.status.\(status.rawValue).words"))
    }

    /// When it is to be ready, was ready, or would have been.
    func dates(_ delivery: Delivery) -> String {
        switch delivery.status {
        case .planned, .underWay: strings("deliveries.due", ["date": strings.day(delivery.plannedEnd)])
        case .delayed:
            strings(
                "deliveries.due.later",
                ["date": strings.day(delivery.plannedEnd), "first": strings.day(delivery.firstEnd)])
        case .done: strings("deliveries.finished", ["date": strings.day(delivery.finishedOn ?? delivery.plannedEnd)])
        case .abandoned: delivery.reason(strings.language)
        }
    }

    /// How many milestones are reached; nil without milestones.
    func progress(_ delivery: Delivery) -> String? {
        guard delivery.milestones > 0 else { return nil }
        return strings.plural(
            "deliveries.progress", delivery.milestones, ["reached": strings.number(delivery.reached)])
    }

    func money(_ cents: Int64, _ delivery: Delivery) -> String {
        strings.money(cents, currency: delivery.currency)
    }

    /// What was spent of what was planned.
    func spent(_ spent: Int64, of budget: Int64, currency: String) -> String {
        let arguments: [String: String] = [
            "spent": strings.money(spent, currency: currency), "budget": strings.money(budget, currency: currency),
        ]
        return strings(spent > budget ? "deliveries.spent.over" : "deliveries.spent", arguments)
    }

    /// The part of a whole in thousandths, for a bar that ends where the whole ends.
    static func permille(_ part: Int64, of whole: Int64) -> Int {
        guard whole > 0 else { return part > 0 ? 1000 : 0 }
        return Int(min(1000, max(0, part * 1000 / whole)))
    }

    private static func tone(_ status: Delivery.Status) -> String? {
        switch status {
        case .planned: nil
        case .underWay: "now"
        case .delayed: "wait"
        case .done: "good"
        case .abandoned: "bad"
        }
    }
}
