import Foundation
import Postgres

/// What an agent says of a delivery, dates that were promised and its status apart: those turn, see ``DeliveryTurn``.
public struct DeliverySettings: Sendable, Hashable {
    /// What is being done.
    public var title: Texts
    /// The service that answers for it, and where and what it is about in words.
    public var service: String, district: String, theme: String
    /// Where it is on the map.
    public var point: MapPoint?
    /// The planned budget in cents.
    public var budget: Int64
    /// When it is to begin.
    public var plannedStart: Day?

    /// What is said of a delivery.
    public init(
        title: Texts, service: String, district: String = "", theme: String = "", point: MapPoint? = nil,
        budget: Int64, plannedStart: Day?
    ) {
        self.title = title
        self.service = service
        self.district = district
        self.theme = theme
        self.point = point
        self.budget = budget
        self.plannedStart = plannedStart
    }

    /// What is said of it now.
    public init(_ delivery: Delivery) {
        self.init(
            title: delivery.title, service: delivery.service, district: delivery.district, theme: delivery.theme,
            point: delivery.point, budget: delivery.budget, plannedStart: delivery.plannedStart)
    }

    func check(until end: Day) throws(DeliveryRefusal) {
        guard !title.isEmpty else { throw .untitled }
        guard !service.isEmpty, service.count <= 200 else { throw .serviceMissing }
        guard (0...1_000_000_000_000).contains(budget) else { throw .budgetMissing }
        if let plannedStart, plannedStart > end { throw .endsBeforeItBegins }
    }
}

/// A turn that the work takes. Each is kept, and read by everybody.
public enum DeliveryTurn: Sendable, Hashable {
    /// The work has begun, goes on after a delay, or was not ready after all.
    case underWay(since: Day)
    /// It will be ready on another day than was said.
    case rescheduled(until: Day, because: Texts)
    /// It is ready.
    case done(on: Day)
    /// It will not be built.
    case abandoned(because: Texts)
}

extension Deliveries {
    /// Changes what is said of a delivery.
    ///
    /// - Parameter revision: the one that the form showed; nil to change whatever stands there.
    /// - Throws: `DeliveryRefusal.untitled`, `.serviceMissing`, `.budgetMissing`, `.endsBeforeItBegins`,
    ///   `.changedMeanwhile`; `NotAllowed` unless the actor is an agent of the process.
    public func change(
        _ id: ID<Delivery>, to settings: DeliverySettings, from revision: Int? = nil, by actor: Actor
    ) async throws {
        try await pool.transaction("delivery.change") { transaction in
            let delivery: Delivery = try await Self.lock(id, by: actor, in: transaction)
            if let revision, revision != delivery.revision { throw DeliveryRefusal.changedMeanwhile }
            try await Self.write(settings, to: delivery, by: actor, in: transaction)
        }
    }

    static func write(
        _ settings: DeliverySettings, to delivery: Delivery, by actor: Actor, in transaction: some Executor
    ) async throws {
        try settings.check(until: delivery.plannedEnd)
        try await transaction.execute(
            "delivery.update",
            """
            UPDATE delivery
            SET title = \(settings.title.json)::jsonb, service = \(settings.service), district = \(settings.district),
                theme = \(settings.theme), latitude = \(settings.point?.latitude),
                longitude = \(settings.point?.longitude), budget = \(settings.budget),
                planned_start = \(settings.plannedStart?.description)::text::date
            WHERE id = \(delivery.id)
            """)
        try await touch(delivery.id, in: transaction)
        try await Acts.record(
            "delivery_changed", by: actor, on: "delivery", delivery.id, detail: ["delivery": delivery.handle],
            in: transaction)
    }

    /// Records a turn of the work: the delivery, the proposals behind it and its public history say it at once, and
    /// its followers hear of a delay and of the end.
    ///
    /// - Throws: `DeliveryRefusal.reasonMissing`, `.sameDate`, `.endsBeforeItBegins`, `.inTheFuture`, `.wrongStatus`,
    ///   `.changedMeanwhile`; `NotAllowed` unless the actor is an agent of the process.
    public func record(
        _ turn: DeliveryTurn, of id: ID<Delivery>, from revision: Int? = nil, by actor: Actor
    ) async throws {
        try await pool.transaction("delivery.turn") { transaction in
            let delivery: Delivery = try await Self.lock(id, by: actor, in: transaction)
            if let revision, revision != delivery.revision { throw DeliveryRefusal.changedMeanwhile }
            try await record(turn, of: delivery, by: actor, in: transaction)
        }
    }

    func record(
        _ turn: DeliveryTurn, of delivery: Delivery, by actor: Actor, in transaction: some Executor
    ) async throws {
        let state: DeliveryState = try DeliveryState(delivery, after: turn, today: try await today(in: transaction))
        let moves: Bool = state.plannedEnd != delivery.plannedEnd
        try await transaction.execute(
            "delivery.turn",
            """
            UPDATE delivery
            SET status = \(state.status.rawValue), planned_end = \(state.plannedEnd.description)::text::date,
                started_on = \(state.startedOn?.description)::text::date,
                finished_on = \(state.finishedOn?.description)::text::date
            WHERE id = \(delivery.id)
            """)
        try await Self.note(
            state.status, of: delivery.id, from: moves ? delivery.plannedEnd : nil, to: moves ? state.plannedEnd : nil,
            because: state.reason, by: actor, in: transaction)
        try await Self.follow([delivery.id], in: transaction)
        try await Acts.record(
            "delivery_turned", by: actor, on: "delivery", delivery.id,
            detail: ["delivery": delivery.handle, "status": state.status.rawValue], in: transaction)
        let news: DeliveryNotice.News? =
            switch turn {
            case .underWay: nil
            case .rescheduled(let day, let reason): .rescheduled(from: delivery.plannedEnd, to: day, reason)
            case .done: .done
            case .abandoned(let reason): .abandoned(reason)
            }
        if let news { try await tell(news, of: delivery, in: transaction) }
    }

    /// Moves the day by which a milestone is due.
    ///
    /// - Throws: `DeliveryRefusal.reasonMissing`, `.sameDate`, `.noSuchMilestone`; `NotAllowed` unless the actor is an
    ///   agent of the process.
    public func reschedule(
        milestone number: Int, of id: ID<Delivery>, until day: Day, because reason: Texts, by actor: Actor
    ) async throws {
        guard !reason.isEmpty else { throw DeliveryRefusal.reasonMissing }
        try await pool.transaction("delivery.reschedule") { transaction in
            let delivery: Delivery = try await Self.lock(id, by: actor, in: transaction)
            let milestone: Milestone = try await Self.pending(number, of: id, in: transaction)
            guard milestone.due != day else { throw DeliveryRefusal.sameDate }
            try await transaction.execute(
                "milestone.due",
                "UPDATE delivery_milestone SET due = \(day.description)::text::date WHERE id = \(milestone.id)")
            try await Self.note(
                delivery.status, of: id, milestone: milestone.id, from: milestone.due, to: day, because: reason,
                by: actor, in: transaction)
            try await Acts.record(
                "milestone_rescheduled", by: actor, on: "delivery", id,
                detail: ["delivery": delivery.handle, "milestone": String(number)], in: transaction)
        }
    }

    private static func note(
        _ status: Delivery.Status, of id: ID<Delivery>, milestone: ID<Milestone>? = nil, from before: Day?,
        to after: Day?, because reason: Texts, by actor: Actor, in transaction: some Executor
    ) async throws {
        try await transaction.execute(
            "delivery.note",
            """
            INSERT INTO delivery_change (id, delivery_id, number, status, milestone_id, due_before, due_after, reason,
                                         changed_by)
            SELECT \(ID<DeliveryChange>()), \(id), coalesce(max(number), 0) + 1, \(status.rawValue), \(milestone),
                   \(before?.description)::text::date, \(after?.description)::text::date, \(reason.json)::jsonb,
                   \(actor.account)
            FROM delivery_change WHERE delivery_id = \(id)
            """)
        try await touch(id, in: transaction)
    }
}

/// Where a delivery stands after a turn.
struct DeliveryState {
    var status: Delivery.Status
    var plannedEnd: Day
    var startedOn: Day?, finishedOn: Day?
    var reason = Texts([:])

    init(_ delivery: Delivery, after turn: DeliveryTurn, today: Day) throws(DeliveryRefusal) {
        (status, plannedEnd) = (delivery.status, delivery.plannedEnd)
        (startedOn, finishedOn) = (delivery.startedOn, delivery.finishedOn)
        switch turn {
        case .underWay(let day):
            guard status != .underWay else { throw .wrongStatus }
            guard day <= today else { throw .inTheFuture }
            // What began once began then; only the first turn sets the day.
            (status, startedOn, finishedOn) = (.underWay, startedOn ?? day, nil)
        case .rescheduled(let day, let words):
            guard status != .done, status != .abandoned else { throw .wrongStatus }
            guard !words.isEmpty else { throw .reasonMissing }
            guard day != plannedEnd else { throw .sameDate }
            if let start = delivery.startedOn ?? delivery.plannedStart, day < start { throw .endsBeforeItBegins }
            if day > plannedEnd { status = .delayed }
            (plannedEnd, reason) = (day, words)
        case .done(let day):
            guard status == .underWay || status == .delayed, let startedOn else { throw .wrongStatus }
            guard day >= startedOn else { throw .endsBeforeItBegins }
            guard day <= today else { throw .inTheFuture }
            (status, finishedOn) = (.done, day)
        case .abandoned(let words):
            guard status != .done, status != .abandoned else { throw .wrongStatus }
            guard !words.isEmpty else { throw .reasonMissing }
            (status, reason) = (.abandoned, words)
        }
    }
}
