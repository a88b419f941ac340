import Foundation
import Postgres

/// Milestones, spending and news: what a delivery is made of while it goes on.
extension Deliveries {
    // MARK: Milestones

    /// Adds a milestone after those there are, and returns its number.
    ///
    /// - Throws: `DeliveryRefusal.untitled`; `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func add(
        milestone title: Texts, due: Day, to id: ID<Delivery>, by actor: Actor
    ) async throws -> Int {
        guard !title.isEmpty else { throw DeliveryRefusal.untitled }
        return try await pool.transaction("milestone.add") { transaction in
            let delivery: Delivery = try await Self.lock(id, by: actor, in: transaction)
            let number: Int = delivery.milestones + 1
            try await transaction.execute(
                "milestone.insert",
                """
                INSERT INTO delivery_milestone (id, delivery_id, number, title, due)
                VALUES (\(ID<Milestone>()), \(id), \(number), \(title.json)::jsonb, \(due.description)::text::date)
                """)
            try await Self.touch(id, in: transaction)
            try await Acts.record(
                "milestone_added", by: actor, on: "delivery", id,
                detail: ["delivery": delivery.handle, "milestone": String(number)], in: transaction)
            return number
        }
    }

    /// Says that a milestone was reached, and what shows it.
    ///
    /// - Throws: `DeliveryRefusal.noSuchMilestone`, `.evidenceMissing`, `.malformedLink`, `.inTheFuture`; `NotAllowed`
    ///   unless the actor is an agent of the process.
    public func reach(
        milestone number: Int, of id: ID<Delivery>, on day: Day, evidence: Texts, link: String = "", by actor: Actor
    ) async throws {
        guard !evidence.isEmpty || !link.isEmpty else { throw DeliveryRefusal.evidenceMissing }
        let isAddress: Bool = link.wholeMatch(of: /https?:\/\/[^\s]+/) != nil && link.utf8.count <= 500
        guard link.isEmpty || isAddress else { throw DeliveryRefusal.malformedLink }
        try await pool.transaction("milestone.reach") { transaction in
            let delivery: Delivery = try await Self.lock(id, by: actor, in: transaction)
            guard try await day <= today(in: transaction) else { throw DeliveryRefusal.inTheFuture }
            let milestone: Milestone = try await Self.pending(number, of: id, in: transaction)
            try await transaction.execute(
                "milestone.update",
                """
                UPDATE delivery_milestone
                SET reached_on = \(day.description)::text::date, evidence = \(evidence.json)::jsonb, link = \(link),
                    reached_by = \(actor.account), noted_at = now()
                WHERE id = \(milestone.id)
                """)
            try await Self.touch(id, in: transaction)
            try await Acts.record(
                "milestone_reached", by: actor, on: "delivery", id,
                detail: ["delivery": delivery.handle, "milestone": String(number)], in: transaction)
        }
    }

    /// The milestone of that number, which has not been reached.
    static func pending(_ number: Int, of id: ID<Delivery>, in transaction: some Executor) async throws -> Milestone {
        let row: Row? = try await transaction.one(
            "milestone.find",
            milestones(where: "delivery_id = \(id) AND number = \(number) AND reached_on IS NULL"))
        guard let row else { throw DeliveryRefusal.noSuchMilestone }
        return try Milestone(row: row)
    }

    // MARK: Spending

    /// Notes a line of spending. The same line handed in again changes nothing.
    ///
    /// - Throws: `DeliveryRefusal.spendingMissing`, `.inTheFuture`, `.invoiceTaken`; `NotAllowed` unless the actor is an
    ///   agent of the process.
    public func note(_ spending: Spending, for id: ID<Delivery>, by actor: Actor) async throws {
        try spending.check()
        try await pool.transaction("spending.note") { transaction in
            let delivery: Delivery = try await Self.lock(id, by: actor, in: transaction)
            guard try await spending.paidOn <= today(in: transaction) else { throw DeliveryRefusal.inTheFuture }
            let row: Row? = try await transaction.one(
                "spending.find",
                """
                SELECT invoice, paid_on::text AS paid_on, label, cents FROM delivery_spending
                WHERE delivery_id = \(id) AND invoice = \(spending.invoice)
                """)
            if let row {
                guard try Spending(row: row) == spending else { throw DeliveryRefusal.invoiceTaken }
                return
            }
            try await transaction.execute(
                "spending.insert", Self.insertion(of: spending, for: id, by: actor))
            try await Self.touch(id, in: transaction)
            try await Acts.record(
                "spending_noted", by: actor, on: "delivery", id,
                detail: ["delivery": delivery.handle, "invoice": spending.invoice], in: transaction)
        }
    }

    static func insertion(of spending: Spending, for id: ID<Delivery>, by actor: Actor) -> SQL {
        """
        INSERT INTO delivery_spending (delivery_id, invoice, paid_on, label, cents, noted_by)
        VALUES (\(id), \(spending.invoice), \(spending.paidOn.description)::text::date, \(spending.label),
                \(spending.cents), \(actor.account))
        """
    }

    // MARK: News

    /// Publishes news of the delivery and mails them to its followers.
    ///
    /// - Throws: `DeliveryRefusal.updateMissing`; `NotAllowed` unless the actor is an agent of the process.
    @discardableResult
    public func publish(
        _ title: Texts, _ words: Texts, of id: ID<Delivery>, by actor: Actor
    ) async throws -> ID<DeliveryUpdate> {
        guard !title.isEmpty, !words.isEmpty else { throw DeliveryRefusal.updateMissing }
        return try await pool.transaction("delivery.publish") { transaction in
            let delivery: Delivery = try await Self.lock(id, by: actor, in: transaction)
            let update = ID<DeliveryUpdate>()
            try await transaction.execute(
                "update.insert",
                """
                INSERT INTO delivery_update (id, delivery_id, title, words, written_by)
                VALUES (\(update), \(id), \(title.json)::jsonb, \(words.json)::jsonb, \(actor.account))
                """)
            try await Self.touch(id, in: transaction)
            try await Acts.record(
                "delivery_update_published", by: actor, on: "delivery", id, detail: ["delivery": delivery.handle],
                in: transaction)
            try await tell(.update(title: title, words: words), of: delivery, in: transaction)
            return update
        }
    }
}

extension Spending {
    /// Everything that can be checked without the database.
    func check() throws(DeliveryRefusal) {
        guard (1...80).contains(invoice.count), (1...200).contains(label.count), cents != 0,
            abs(cents) <= 1_000_000_000_000
        else { throw .spendingMissing }
    }
}
