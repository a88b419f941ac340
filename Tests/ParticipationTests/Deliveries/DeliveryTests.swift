import Foundation
import Participation
import Postgres
import PublicRecord
import TestSupport
import Testing

/// The follow-up of selected projects, from the published vote to the last photo.
@Suite struct DeliveryTests {
    @Test func `what a published vote selected is begun in one act, once, and its proposals say so`()
        async throws
    {
        try await withYard { yard in
            let before: [DeliveryCandidate] = try await yard.deliveries.candidates(
                of: yard.process, by: .operator)
            #expect(before.map(\.handle) == ["square-1", "square-2"])
            #expect(before.map(\.proposals) == [[], [yard.proposal.number]])
            let delivery = try await yard.begin()
            #expect(delivery.status == .planned)
            #expect(delivery.budget == 6_000)
            #expect(delivery.spent == 0)
            #expect(try await yard.status() == .selected)
            await #expect(throws: DeliveryRefusal.notSelected) { try await yard.begin() }
            await #expect(throws: DeliveryRefusal.notSelected) { try await yard.begin("square-3") }
            await #expect(throws: DeliveryRefusal.nothingChosen) {
                try await yard.deliveries.begin([], in: yard.process, yard.plan, by: .operator)
            }
            #expect(
                try await yard.deliveries.candidates(of: yard.process, by: .operator).map(\.handle) == [
                    "square-1"
                ])
        }
    }

    @Test func `a proposal accepted without a vote is followed up too`() async throws {
        try await withYard { yard in
            let alone: Proposal = try await yard.square.proposal("Une fontaine", by: yard.author)
            try await yard.square.set(.accepted, alone)
            let delivery = try await yard.begin("proposal-\(alone.number)")
            #expect(delivery.source == .proposal(alone.number))
            try await yard.deliveries.record(.underWay(since: yard.today), of: delivery.id, by: .operator)
            #expect(try await yard.square.now(alone).status == .underWay)
        }
    }

    @Test func `a date that moves keeps the one before it, and a delay is explained`() async throws {
        try await withYard { yard in
            try await yard.begin()
            try await yard.turn(.underWay(since: yard.today))
            await #expect(throws: DeliveryRefusal.reasonMissing) {
                try await yard.turn(.rescheduled(until: yard.later, because: Texts([:])))
            }
            let rain = Texts(["fr": "Il a plu.", "de": "Es hat geregnet."])
            try await yard.turn(.rescheduled(until: yard.later, because: rain))
            await #expect(throws: DeliveryRefusal.sameDate) {
                try await yard.turn(.rescheduled(until: yard.later, because: rain))
            }
            let file = try await yard.file()
            #expect(file.delivery.status == .delayed)
            #expect(file.delivery.plannedEnd == yard.later)
            #expect(file.delivery.firstEnd == yard.plan.plannedEnd)
            #expect(file.delivery.reason == rain)
            #expect(file.changes.map(\.before) == [nil, yard.plan.plannedEnd])
            #expect(try await yard.status() == .underWay)
            // Not even SQL rewrites what was promised.
            await #expect(throws: PostgresError.self) {
                try await yard.pool.execute(
                    "test.rewrite", "UPDATE delivery_change SET due_before = due_after")
            }
        }
    }

    @Test func `the work begins, ends and is taken up again, and its proposals follow`() async throws {
        try await withYard { yard in
            try await yard.begin()
            await #expect(throws: DeliveryRefusal.wrongStatus) {
                try await yard.turn(.done(on: yard.today))
            }
            await #expect(throws: DeliveryRefusal.inTheFuture) {
                try await yard.turn(.underWay(since: yard.later))
            }
            try await yard.turn(.underWay(since: yard.today))
            await #expect(throws: DeliveryRefusal.wrongStatus) {
                try await yard.turn(.underWay(since: yard.today))
            }
            #expect(try await yard.status() == .underWay)
            try await yard.turn(.done(on: yard.today))
            #expect(try await yard.status() == .done)
            try await yard.turn(.underWay(since: yard.today))
            #expect(try await yard.file().delivery.finishedOn == nil)
            await #expect(throws: DeliveryRefusal.reasonMissing) {
                try await yard.turn(.abandoned(because: Texts([:])))
            }
            try await yard.turn(.abandoned(because: Texts(["fr": "Le sol est pollué."])))
            #expect(try await yard.status() == .abandoned)
            #expect(try await yard.file().changes.count == 4)
        }
    }

    @Test func `progress is counted from milestones, each reached with its evidence`() async throws {
        try await withYard { yard in
            let delivery = try await yard.begin()
            for title in ["Étude", "Marché", "Travaux"] {
                try await yard.deliveries.add(
                    milestone: Texts(["fr": title]), due: yard.later, to: delivery.id, by: .operator)
            }
            func reach(_ number: Int, _ words: String, _ link: String = "") async throws {
                try await yard.deliveries.reach(
                    milestone: number, of: delivery.id, on: yard.today, evidence: Texts(["fr": words]),
                    link: link,
                    by: .operator)
            }
            await #expect(throws: DeliveryRefusal.evidenceMissing) { try await reach(1, "") }
            await #expect(throws: DeliveryRefusal.malformedLink) {
                try await reach(1, "", "javascript:alert(1)")
            }
            await #expect(throws: DeliveryRefusal.noSuchMilestone) { try await reach(4, "Oui") }
            try await reach(1, "Remise le 3 mars")
            await #expect(throws: DeliveryRefusal.noSuchMilestone) { try await reach(1, "Encore") }
            #expect(try await yard.file().delivery.progress == 333)
            try await yard.deliveries.reschedule(
                milestone: 2, of: delivery.id, until: yard.today, because: Texts(["fr": "Plus tôt"]),
                by: .operator)
            let file = try await yard.file()
            #expect(file.milestones.map(\.due) == [yard.later, yard.today, yard.later])
            #expect(file.changes.map(\.milestone) == [2])
            // The delivery's own end is where it was.
            #expect(file.delivery.firstEnd == file.delivery.plannedEnd)
        }
    }

    @Test func `spending is a sum of invoices, and none is written over`() async throws {
        try await withYard { yard in
            let delivery = try await yard.begin()
            var line = Spending(invoice: "F-1", paidOn: yard.today, label: "Étude", cents: 150_050)
            func note() async throws {
                try await yard.deliveries.note(line, for: delivery.id, by: .operator)
            }
            try await note()
            try await note()
            #expect(try await yard.file().delivery.spent == 150_050)
            line.cents = 1
            await #expect(throws: DeliveryRefusal.invoiceTaken) { try await note() }
            line = Spending(invoice: "F-1 bis", paidOn: yard.today, label: "Erreur", cents: -50)
            try await note()
            line.cents = 0
            await #expect(throws: DeliveryRefusal.spendingMissing) { try await note() }
            #expect(try await yard.file().delivery.spent == 150_000)
            await #expect(throws: PostgresError.self) {
                try await yard.pool.execute("test.rewrite", "DELETE FROM delivery_spending")
            }
        }
    }

    @Test
    func
        `news goes once to authors and followers, of joined proposals too, and stops when they say stop`()
        async throws
    {
        try await withYard { yard in
            let delivery = try await yard.begin()
            let faye: Account = try await yard.square.town.resident("Faye")
            try await yard.deliveries.follow(delivery.id, by: faye.id)
            try await yard.deliveries.follow(delivery.id, by: faye.id)
            try await yard.pool.execute(
                "test.follow",
                """
                INSERT INTO proposal_follower (proposal_id, account_id)
                SELECT \(yard.proposal.id), id FROM account WHERE email = 'faye@example.fr'
                """)
            let news = Texts(["fr": "Début", "de": "Beginn"])
            func publish() async throws {
                try await yard.deliveries.publish(news, news, of: delivery.id, by: .operator)
            }
            try await publish()
            #expect(try await yard.letters() == ["ada@example.fr", "faye@example.fr"])
            #expect(try await yard.deliveries.isFollowed(delivery.id, by: faye.id))
            try await yard.deliveries.unfollow(delivery.id, by: faye.id)
            #expect(try await !yard.deliveries.isFollowed(delivery.id, by: faye.id))
            try await publish()
            #expect(try await yard.letters() == ["ada@example.fr", "ada@example.fr", "faye@example.fr"])
            await #expect(throws: DeliveryRefusal.updateMissing) {
                try await yard.deliveries.publish(news, Texts([:]), of: delivery.id, by: .operator)
            }
            #expect(try await yard.deliveries.events(of: yard.process).count == 2)
        }
    }

    @Test func `somebody who is no agent of the process does nothing`() async throws {
        try await withYard { yard in
            let delivery = try await yard.begin()
            let stranger: Account = try await yard.square.town.resident(
                "Zelie", roles: [HeldRole(.examiner)])
            for actor in [
                Actor.resident(stranger.id), .official(stranger.id, .participationAgent), .visitor,
            ] {
                await #expect(throws: NotAllowed.self) {
                    _ = try await yard.deliveries.candidates(of: yard.process, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await yard.deliveries.record(.underWay(since: yard.today), of: delivery.id, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await yard.deliveries.change(delivery.id, to: DeliverySettings(delivery), by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await yard.deliveries.note(
                        Spending(invoice: "1", paidOn: yard.today, label: "x", cents: 1), for: delivery.id,
                        by: actor)
                }
            }
        }
    }
}
