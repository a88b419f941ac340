/// A row of a file of deliveries, held against what stands.
struct DeliveryRow {
    /// What the row changes, once nothing stands in its way.
    struct Change {
        let delivery: Delivery
        let settings: DeliverySettings?
        let turn: DeliveryTurn?
    }

    let report: DeliveryRowReport
    let change: Change?

    init(
        _ row: CSVRow, of file: NamedRows, _ known: [String: Delivery], _ seen: inout Set<String>, today: Day
    ) {
        let handle: String = file.text("handle", row)
        var differences: [DeliveryDifference] = []
        var change: Change?
        var problem: DeliveryRowProblem?
        do throws(Wrong) {
            if row.problem != nil { throw Wrong(.unreadable) }
            guard let delivery = known[handle] else { throw Wrong(.unknownHandle) }
            guard seen.insert(handle).inserted else { throw Wrong(.twice) }
            let text = { (column: DeliveryColumn) -> String in
                file.has(column.rawValue) ? file.text(column.rawValue, row) : column.text(of: delivery)
            }
            for column in DeliveryColumn.settings + DeliveryColumn.turns
            where !column.agrees(text(column), delivery) {
                differences.append(
                    DeliveryDifference(
                        column: column.rawValue, before: column.text(of: delivery), after: text(column)))
            }
            if !differences.isEmpty {
                guard text(.revision) == String(delivery.revision) else {
                    throw Wrong(.changedSince(revision: delivery.revision))
                }
                let changed = Set(differences.map(\.column))
                let settings: DeliverySettings? =
                    DeliveryColumn.settings.contains { changed.contains($0.rawValue) }
                    ? try Self.settings(text) : nil
                let turn: DeliveryTurn? =
                    DeliveryColumn.turns.contains { changed.contains($0.rawValue) }
                    ? try Self.turn(delivery, changed, text) : nil
                try Self.check(settings, turn, delivery, today)
                change = Change(delivery: delivery, settings: settings, turn: turn)
            }
        } catch { problem = error.problem }
        report = DeliveryRowReport(
            line: row.line, handle: handle, differences: differences, problem: problem)
        self.change = change
    }

    private static func settings(_ text: (DeliveryColumn) -> String) throws(Wrong) -> DeliverySettings {
        guard let budget = DeliveryFiles.cents(text(.budget)) else { throw Wrong(.malformed(column: "budget")) }
        var point: MapPoint?
        if !text(.latitude).isEmpty || !text(.longitude).isEmpty {
            guard let latitude = Double(text(.latitude)), let longitude = Double(text(.longitude)),
                let known = MapPoint(latitude: latitude, longitude: longitude)
            else { throw Wrong(.malformed(column: "latitude")) }
            point = known
        }
        return DeliverySettings(
            title: Texts(["fr": text(.titleFR), "en": text(.titleEN), "de": text(.titleDE)]), service: text(.service),
            district: text(.district), theme: text(.theme), point: point, budget: budget,
            plannedStart: try day(.plannedStart, text))
    }

    /// The one turn that leads from what stands to what the row says. Two at once would leave one of them unexplained.
    private static func turn(
        _ delivery: Delivery, _ changed: Set<String>, _ text: (DeliveryColumn) -> String
    ) throws(Wrong) -> DeliveryTurn {
        let reason = Texts(["fr": text(.reasonFR), "en": text(.reasonEN), "de": text(.reasonDE)])
        guard let status = Delivery.Status(rawValue: text(.status)) else { throw Wrong(.malformed(column: "status")) }
        guard let end = try day(.plannedEnd, text) else { throw Wrong(.malformed(column: "planned_end")) }
        if changed.contains(DeliveryColumn.plannedEnd.rawValue) {
            guard status == delivery.status || status == .delayed, try day(.startedOn, text) == delivery.startedOn,
                try day(.finishedOn, text) == delivery.finishedOn
            else { throw Wrong(.refused(.wrongStatus)) }
            return .rescheduled(until: end, because: reason)
        }
        guard status != delivery.status else { throw Wrong(.refused(.wrongStatus)) }
        switch status {
        case .underWay:
            guard let day = try day(.startedOn, text) else { throw Wrong(.malformed(column: "started_on")) }
            return .underWay(since: day)
        case .done:
            guard let day = try day(.finishedOn, text) else { throw Wrong(.malformed(column: "finished_on")) }
            return .done(on: day)
        case .abandoned: return .abandoned(because: reason)
        // A delay is another day, and nothing goes back to being planned.
        case .planned, .delayed: throw Wrong(.refused(.wrongStatus))
        }
    }

    private static func check(
        _ settings: DeliverySettings?, _ turn: DeliveryTurn?, _ delivery: Delivery, _ today: Day
    ) throws(Wrong) {
        do throws(DeliveryRefusal) {
            var end: Day = delivery.plannedEnd
            if let turn { end = try DeliveryState(delivery, after: turn, today: today).plannedEnd }
            try settings?.check(until: end)
        } catch { throw Wrong(.refused(error)) }
    }

    private static func day(_ column: DeliveryColumn, _ text: (DeliveryColumn) -> String) throws(Wrong) -> Day? {
        let written: String = text(column)
        if written.isEmpty { return nil }
        guard let day = Day(written) else { throw Wrong(.malformed(column: column.rawValue)) }
        return day
    }
}

/// A row of a file of spending, held against the lines there are.
struct SpendingRow {
    /// A line that is new.
    struct Line {
        let delivery: Delivery
        let spending: Spending
    }

    let report: DeliveryRowReport
    let new: Line?

    static func key(_ handle: String, _ invoice: String) -> String { "\(handle)\n\(invoice)" }

    init(
        _ row: CSVRow, of file: NamedRows, _ known: [String: Delivery], _ paid: [String: Spending],
        _ seen: inout Set<String>, today: Day
    ) {
        let handle: String = file.text("handle", row)
        var differences: [DeliveryDifference] = []
        var new: Line?
        var problem: DeliveryRowProblem?
        do throws(Wrong) {
            if row.problem != nil { throw Wrong(.unreadable) }
            guard let delivery = known[handle] else { throw Wrong(.unknownHandle) }
            guard let day = Day(file.text("paid_on", row)) else { throw Wrong(.malformed(column: "paid_on")) }
            guard let cents = DeliveryFiles.cents(file.text("amount", row)) else {
                throw Wrong(.malformed(column: "amount"))
            }
            let spending = Spending(
                invoice: file.text("invoice", row), paidOn: day, label: file.text("label", row), cents: cents)
            let key: String = Self.key(handle, spending.invoice)
            guard seen.insert(key).inserted else { throw Wrong(.twice) }
            do throws(DeliveryRefusal) { try spending.check() } catch { throw Wrong(.refused(error)) }
            guard day <= today else { throw Wrong(.refused(.inTheFuture)) }
            if let standing = paid[key] {
                guard standing == spending else { throw Wrong(.refused(.invoiceTaken)) }
            } else {
                differences = [
                    DeliveryDifference(
                        column: "amount", before: "", after: DeliveryFiles.amount(cents))
                ]
                new = Line(delivery: delivery, spending: spending)
            }
        } catch { problem = error.problem }
        report = DeliveryRowReport(line: row.line, handle: handle, differences: differences, problem: problem)
        self.new = new
    }
}

/// Why a row cannot be done.
private struct Wrong: Error {
    let problem: DeliveryRowProblem

    init(_ problem: DeliveryRowProblem) {
        self.problem = problem
    }
}

extension DeliveryColumn {
    /// Whether the file says what stands: an amount may be written another way.
    fileprivate func agrees(_ text: String, _ delivery: Delivery) -> Bool {
        switch self {
        case .budget: DeliveryFiles.cents(text) == delivery.budget
        case .latitude: Double(text) == delivery.point?.latitude
        case .longitude: Double(text) == delivery.point?.longitude
        default: text == self.text(of: delivery)
        }
    }
}
