import Foundation
import Logging
import Postgres
import TestSupport
import Testing

@testable import Participation

/// What the clock and the agents do to a gathering, and what is forgotten after it.
@Suite struct GatheringDayTests {
    private let zone = "Europe/Paris"

    @Test
    func `a gathering that is moved tells everybody, closes as long before, and is reminded of anew`()
        async throws
    {
        try await withPromenade(places: 1) { promenade in
            let gatherings: Gatherings = promenade.gatherings
            try await promenade.visitor(1)
            try await promenade.visitor(2)
            try await promenade.pool.execute(
                "test.reminded",
                """
                UPDATE registration SET reminded_at = now()
                """)
            try await promenade.pool.execute(
                "test.close", "UPDATE gathering SET registration_closes_at = starts_at - interval '1 hour'")
            let before: Occasion = try #require(try await gatherings.occasion(of: promenade.gathering))
            let starts: Date = before.gathering.startsAt.addingTimeInterval(7 * 86_400)
            try await gatherings.move(
                promenade.gathering, to: starts, ends: starts.addingTimeInterval(3600), by: promenade.agent)
            let after: Occasion = try #require(try await gatherings.occasion(of: promenade.gathering))
            #expect(after.sequence == before.sequence + 1)
            #expect(after.closesAt == starts.addingTimeInterval(-3600))
            #expect(
                try await promenade.letters("gathering_moved").sorted() == [
                    "gathering_moved p1@example.fr", "gathering_moved p2@example.fr",
                ])
            let reminded: [Row] = try await promenade.pool.query(
                "test.reminded", "SELECT 1 FROM registration WHERE reminded_at IS NOT NULL")
            #expect(reminded.isEmpty)
            let walk: Walk = try #require(
                try await Walks(pool: promenade.pool).find(promenade.walk.handle))
            #expect(walk.sheetClosesAt.timeIntervalSince(after.gathering.endsAt) == 86_400)
        }
    }

    @Test func `a gathering is not moved into the past, by a stranger, or once it is called off`()
        async throws
    {
        try await withPromenade { promenade in
            let gatherings: Gatherings = promenade.gatherings
            let day = Date(timeIntervalSinceNow: 86_400)
            func move(_ starts: Date, _ length: TimeInterval, by actor: Actor) async throws {
                try await gatherings.move(
                    promenade.gathering, to: starts, ends: starts.addingTimeInterval(length), by: actor)
            }
            await #expect(throws: Refused(GatheringRefusal.times)) {
                try await move(Date(timeIntervalSinceNow: -60), 3600, by: promenade.agent)
            }
            await #expect(throws: Refused(GatheringRefusal.times)) {
                try await move(day, -1, by: promenade.agent)
            }
            let stranger: Actor = .resident(try await promenade.town.resident("Bruno").id)
            await #expect(throws: NotAllowed.self) { try await move(day, 3600, by: stranger) }
            await #expect(throws: Refused(GatheringRefusal.reasonMissing)) {
                try await gatherings.cancel(promenade.gathering, reason: Texts([:]), by: promenade.agent)
            }
            try await promenade.visitor(1)
            try await gatherings.cancel(
                promenade.gathering, reason: Texts(["fr": "Tempête"]), by: promenade.agent)
            #expect(
                try await promenade.letters("gathering_called_off") == [
                    "gathering_called_off p1@example.fr"
                ])
            await #expect(throws: Refused(GatheringRefusal.calledOff)) {
                try await move(day, 3600, by: promenade.agent)
            }
            #expect(
                try await refusals(of: RegistrationRefusal.self) { try await promenade.visitor(2) } == [
                    .calledOff
                ])
        }
    }

    @Test
    func `everybody with places is reminded the day before, once, whoever asks at the same time`()
        async throws
    {
        try await withPromenade(places: 2) { promenade in
            try await promenade.visitor(1)
            try await promenade.visitor(2)
            try await promenade.visitor(3)
            #expect(try await promenade.gatherings.remind(zone: zone) == 0)
            try await promenade.pool.execute(
                "test.earlier", "UPDATE registration SET registered_at = registered_at - interval '5 days'")
            #expect(try await promenade.gatherings.remind(zone: zone) == 0)
            try await promenade.walk.move(startsIn: 1800)
            let written: [Int] = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 1...4 { group.addTask { try await promenade.gatherings.remind(zone: zone) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(written.reduce(0, +) == 2)
            #expect(
                try await promenade.letters("gathering_reminder").sorted() == [
                    "gathering_reminder p1@example.fr", "gathering_reminder p2@example.fr",
                ])
        }
    }

    @Test func `a letter that cannot be written leaves nobody marked as reminded`() async throws {
        try await withPromenade { promenade in
            try await promenade.visitor(1)
            try await promenade.pool.execute(
                "test.earlier", "UPDATE registration SET registered_at = registered_at - interval '5 days'")
            try await promenade.walk.move(startsIn: 1800)
            // The crash: the outbox takes nothing.
            try await promenade.pool.execute(
                "test.crash",
                "ALTER TABLE outbox ADD CONSTRAINT test_crash CHECK (kind <> 'gathering_reminder')")
            await #expect(throws: PostgresError.self) {
                try await promenade.gatherings.remind(zone: zone)
            }
            try await promenade.pool.execute(
                "test.repair", "ALTER TABLE outbox DROP CONSTRAINT test_crash")
            #expect(try await promenade.gatherings.remind(zone: zone) == 1)
            #expect(try await promenade.gatherings.remind(zone: zone) == 0)
        }
    }

    @Test func `after thirty days only the counts remain`() async throws {
        try await withPromenade { promenade in
            let ada: Account = try await promenade.town.resident("Ada")
            _ = try await promenade.gatherings.register(
                RegistrationDraft(phone: "06 12 34 56 78", needs: "Un fauteuil", companions: 2),
                for: promenade.gathering, by: .resident(ada.id))
            _ = try await promenade.gatherings.enter(
                RegistrationDraft(name: "Jeanne", email: "jeanne@example.fr"), for: promenade.gathering,
                language: .french, by: promenade.agent)
            let housekeeping = Housekeeping(pool: promenade.pool, logger: Logger(label: "test"))
            try await promenade.walk.move(startsIn: -29 * 86_400)
            try await housekeeping.sweep()
            #expect(try await promenade.names(.registered) == ["Ada", "Jeanne"])
            try await promenade.walk.move(startsIn: -31 * 86_400)
            try await housekeeping.sweep()
            #expect(try await promenade.turnout().people == 4)
            // The whole row, as whoever copies the database would read it.
            let rows: [Row] = try await promenade.pool.query(
                "test.rows",
                """
                SELECT num_nonnulls(account_id, name, email, phone, needs, registered_by)::int AS personal,
                       row_to_json(registration)::text AS row FROM registration
                """)
            #expect(rows.count == 2)
            for row in rows {
                #expect(try row.get("personal", as: Int32.self) == 0)
                let text: String = try row.get("row")
                for trace in ["Ada", "ada@", "Jeanne", "06 12", "fauteuil", ada.id.description] {
                    #expect(!text.contains(trace), "\(trace)")
                }
            }
        }
    }

    @Test func `the register of acts does not tell who registered and came once that is erased`() async throws {
        try await withPromenade(startsIn: .hours(2)) { promenade in
            let ada: Account = try await promenade.town.resident("Ada")
            let gatherings: Gatherings = promenade.gatherings
            let own: Registered = try await gatherings.register(
                RegistrationDraft(companions: 1), for: promenade.gathering, by: .resident(ada.id))
            let token: Token = try #require(own.token)
            let id: ID<Registration> = try #require(try await gatherings.find(token)).registration.id
            try await gatherings.change(token, to: RegistrationDraft(companions: 0), by: .resident(ada.id))
            try await gatherings.note(1, of: id, at: promenade.gathering, by: promenade.agent)
            // Closing the account while it is noted who came, and before the day: nothing holds it up.
            try await promenade.town.accounts.close(ada.id, password: Town.password)
            let rows: [Row] = try await promenade.pool.query(
                "test.acts",
                """
                SELECT act, actor, account_id IS NULL OR act LIKE 'attendance%' AS is_clean FROM act
                WHERE object_kind = 'registration' ORDER BY id
                """)
            #expect(
                try rows.map { try $0.get("act", as: String.self) } == [
                    "registration_made", "registration_changed", "attendance_noted",
                ])
            #expect(try rows.allSatisfy { try $0.get("is_clean") })
            let left: Row = try #require(
                try await promenade.pool.one(
                    "test.left", "SELECT state, came, num_nonnulls(account_id, name)::int AS personal FROM registration"
                ))
            #expect(try left.get("state", as: String.self) == "cancelled")
            let came: Int32? = try left.get("came")
            #expect(came == nil)
            #expect(try left.get("personal", as: Int32.self) == 0)
            // Who cancels themselves is not named either; an agent who enters somebody is.
            let bruno: Account = try await promenade.town.resident("Bruno")
            let second: Registered = try await gatherings.register(
                RegistrationDraft(), for: promenade.gathering, by: .resident(bruno.id))
            try await gatherings.cancel(try #require(second.token), by: .resident(bruno.id))
            _ = try await gatherings.enter(
                RegistrationDraft(name: "Jeanne"), for: promenade.gathering, language: .french, by: promenade.agent)
            let named: [Row] = try await promenade.pool.query(
                "test.named",
                """
                SELECT account_id FROM act
                WHERE object_kind = 'registration' AND act <> 'attendance_noted' AND account_id IS NOT NULL
                """)
            let agent: ID<Account> = try #require(promenade.agent.account)
            #expect(try named.map { ID<Account>(try $0.get("account_id")) } == [agent])
        }
    }

    @Test func `who is noted as having come and closes the account after the day stays counted`() async throws {
        try await withPromenade { promenade in
            let ada: Account = try await promenade.town.resident("Ada")
            let own: Registered = try await promenade.gatherings.register(
                RegistrationDraft(companions: 1), for: promenade.gathering, by: .resident(ada.id))
            let token: Token = try #require(own.token)
            let id: ID<Registration> = try #require(try await promenade.gatherings.find(token)).registration.id
            try await promenade.walk.move(startsIn: -86_400)
            try await promenade.gatherings.note(2, of: id, at: promenade.gathering, by: promenade.agent)
            try await promenade.town.accounts.close(ada.id, password: Town.password)
            #expect(try await promenade.turnout().came == 2)
        }
    }

    @Test func `who cancels, or closes the account, leaves nothing behind`() async throws {
        try await withPromenade(places: 2) { promenade in
            let ada: Account = try await promenade.town.resident("Ada")
            _ = try await promenade.gatherings.register(
                RegistrationDraft(companions: 1), for: promenade.gathering, by: .resident(ada.id))
            try await promenade.visitor(1)
            try await promenade.town.accounts.close(ada.id, password: Town.password)
            let row: Row? = try await promenade.pool.one(
                "test.row",
                """
                SELECT num_nonnulls(account_id, name, email)::int AS personal FROM registration
                WHERE state = 'cancelled'
                """)
            #expect(try #require(row).get("personal", as: Int32.self) == 0)
            // Those who wait get the places with the next round.
            #expect(try await promenade.gatherings.promoteAll() == 1)
            #expect(try await promenade.names(.registered) == ["P1"])
            let token: Token = try await promenade.token("P1")
            try await promenade.gatherings.cancel(token, by: .visitor)
            await #expect(throws: NotAllowed.self) {
                try await promenade.gatherings.cancel(token, by: .visitor)
            }
            await #expect(throws: NotAllowed.self) {
                try await promenade.gatherings.cancel(Token(), by: .visitor)
            }
            // They may come back.
            try await promenade.visitor(1)
            #expect(try await promenade.names(.registered) == ["P1"])
        }
    }
}
