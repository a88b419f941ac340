import Foundation
import Postgres

/// The columns of a file of deliveries. What a program writes elsewhere reads these names, so they are in no language.
enum DeliveryColumn: String, CaseIterable {
    case handle, revision
    case titleFR = "title_fr"
    case titleEN = "title_en"
    case titleDE = "title_de"
    case service, district, theme, latitude, longitude, budget
    case plannedStart = "planned_start"
    case plannedEnd = "planned_end"
    case status
    case startedOn = "started_on"
    case finishedOn = "finished_on"
    case reasonFR = "reason_fr"
    case reasonEN = "reason_en"
    case reasonDE = "reason_de"
    /// Sums, written for the reader and read by nobody.
    case spent, milestones, reached

    /// What a person may change in the file; without the day of the end and the status, which turn.
    static let settings: [DeliveryColumn] = [
        .titleFR, .titleEN, .titleDE, .service, .district, .theme, .latitude, .longitude, .budget, .plannedStart,
    ]
    static let turns: [DeliveryColumn] = [.plannedEnd, .status, .startedOn, .finishedOn]
}

/// The files of deliveries, as rows of texts: the first one names the columns.
public enum DeliveryFiles {
    /// The deliveries; read again without a change, the file changes nothing.
    public static func rows(of deliveries: [Delivery]) -> [[String]] {
        [DeliveryColumn.allCases.map(\.rawValue)]
            + deliveries.map { delivery in DeliveryColumn.allCases.map { $0.text(of: delivery) } }
    }

    /// The names of the columns of a file of spending.
    public static let spending: [String] = ["handle", "invoice", "paid_on", "label", "amount"]

    /// An amount in cents as `1234.50`.
    public static func amount(_ cents: Int64) -> String {
        let (units, rest) = cents.magnitude.quotientAndRemainder(dividingBy: 100)
        return "\(cents < 0 ? "-" : "")\(units).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// The cents of an amount written `1234.50`, `1 234,5` or `-12`; nil for anything else.
    public static func cents(_ text: String) -> Int64? {
        let tidy: String = text.filter { !$0.isWhitespace }.replacing(",", with: ".").replacing("−", with: "-")
        guard let match = tidy.wholeMatch(of: /'?(-?)([0-9]{1,12})(?:\.([0-9]{1,2}))?/) else { return nil }
        let rest: String = match.3.map { $0.count == 1 ? "\($0)0" : String($0) } ?? "0"
        guard let units = Int64(match.2), let cents = Int64(rest) else { return nil }
        return (match.1.isEmpty ? 1 : -1) * (units * 100 + cents)
    }
}

extension DeliveryColumn {
    /// What stands in the column for a delivery.
    func text(of delivery: Delivery) -> String {
        switch self {
        case .handle: delivery.handle
        case .revision: String(delivery.revision)
        case .titleFR: delivery.title.byLanguage["fr"] ?? ""
        case .titleEN: delivery.title.byLanguage["en"] ?? ""
        case .titleDE: delivery.title.byLanguage["de"] ?? ""
        case .service: delivery.service
        case .district: delivery.district
        case .theme: delivery.theme
        case .latitude: delivery.point.map { String($0.latitude) } ?? ""
        case .longitude: delivery.point.map { String($0.longitude) } ?? ""
        case .budget: DeliveryFiles.amount(delivery.budget)
        case .plannedStart: delivery.plannedStart?.description ?? ""
        case .plannedEnd: delivery.plannedEnd.description
        case .status: delivery.status.rawValue
        case .startedOn: delivery.startedOn?.description ?? ""
        case .finishedOn: delivery.finishedOn?.description ?? ""
        // A reason belongs to one turn: the file gives the next one's.
        case .reasonFR, .reasonEN, .reasonDE: ""
        case .spent: DeliveryFiles.amount(delivery.spent)
        case .milestones: String(delivery.milestones)
        case .reached: String(delivery.reached)
        }
    }
}

extension Deliveries {
    /// Every line of spending of a process with the handle of its delivery, by delivery and day: for the file.
    public func spending(of process: ID<Process>) async throws -> [(handle: String, spending: Spending)] {
        try await pool.query(
            "spending.list",
            """
            SELECT delivery.handle, delivery_spending.invoice, delivery_spending.paid_on::text AS paid_on,
                   delivery_spending.label, delivery_spending.cents
            FROM delivery_spending JOIN delivery ON delivery.id = delivery_spending.delivery_id
            WHERE delivery.process_id = \(process)
            ORDER BY delivery.handle, delivery_spending.paid_on, delivery_spending.invoice
            """
        ).map { row in (try row.get("handle"), try Spending(row: row)) }
    }

    /// Every milestone of a process with the handle of its delivery, in order: for the file.
    public func milestones(of process: ID<Process>) async throws -> [(handle: String, milestone: Milestone)] {
        try await pool.query(
            "milestone.list",
            """
            SELECT delivery.handle, delivery_milestone.id, delivery_milestone.number,
                   delivery_milestone.title::text AS title, delivery_milestone.due::text AS due,
                   delivery_milestone.reached_on::text AS reached_on, delivery_milestone.evidence::text AS evidence,
                   delivery_milestone.link
            FROM delivery_milestone JOIN delivery ON delivery.id = delivery_milestone.delivery_id
            WHERE delivery.process_id = \(process)
            ORDER BY delivery.handle, delivery_milestone.number
            """
        ).map { row in (try row.get("handle"), try Milestone(row: row)) }
    }
}
