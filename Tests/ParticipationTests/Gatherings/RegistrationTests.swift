import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// Registration for a gathering: who gets places, who waits, and what is kept of them.
@Suite struct RegistrationTests {
    @Test
    func `fifty people who register at once for ten places fill ten, and forty wait in an order`()
        async throws
    {
        try await withPromenade(places: 10) { promenade in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...50 { group.addTask { try await promenade.visitor(number) } }
                try await group.waitForAll()
            }
            let turnout = try await promenade.turnout()
            #expect(turnout.people == 10)
            #expect(turnout.waitingParties == 40)
            let waiting: [String] = try await promenade.names(.waiting)
            // Two who leave make room for the two who have waited longest.
            for name in try await promenade.names(.registered).prefix(2) {
                try await promenade.gatherings.cancel(try await promenade.token(name), by: .visitor)
            }
            #expect(try await promenade.names(.waiting) == Array(waiting.dropFirst(2)))
            #expect(try await promenade.turnout().people == 10)
            #expect(try await promenade.letters("registration_promoted").count == 2)
        }
    }

    @Test(arguments: [1, 2, 3, 4])
    func `whatever people do, nobody sits on nobody's place and nobody passes who waits`(seed: UInt64)
        async throws
    {
        try await withPromenade(places: 9) { promenade in
            var dice = Dice(state: seed)
            var known: [String] = []
            var order: [String] = []
            for step in 1...60 {
                let number = Int.random(in: 0..<100, using: &dice)
                let companions = Int.random(in: 0...3, using: &dice)
                let name: String? = known.randomElement(using: &dice)
                if number < 50 || name == nil {
                    try await promenade.visitor(step, bringing: companions)
                    known.append("P\(step)")
                    order.append("P\(step)")
                } else if let name, number < 75 {
                    do {
                        try await promenade.gatherings.change(
                            try await promenade.token(name), to: RegistrationDraft(companions: companions),
                            by: .visitor)
                    } catch is Refused<RegistrationRefusal> {}
                } else if let name {
                    try await promenade.gatherings.cancel(try await promenade.token(name), by: .visitor)
                    known.removeAll { $0 == name }
                    order.removeAll { $0 == name }
                }
                let turnout = try await promenade.turnout()
                #expect(turnout.people <= 9, "step \(step)")
                // Who waits came after nobody who waits behind them.
                let waiting: [String] = try await promenade.names(.waiting)
                #expect(waiting == order.filter(waiting.contains), "step \(step)")
                // No place stays empty that the first of the list could take.
                if let first = waiting.first {
                    let own = try #require(
                        try await promenade.gatherings.find(try await promenade.token(first)))
                    #expect(own.registration.party > (turnout.free ?? .max), "step \(step)")
                    #expect(own.position == 1)
                }
            }
        }
    }

    @Test func `a whole party gets its places or none, and those behind it wait`() async throws {
        try await withPromenade(places: 4) { promenade in
            try await promenade.visitor(1, bringing: 2)
            try await promenade.visitor(2, bringing: 1)
            try await promenade.visitor(3)
            #expect(try await promenade.names(.registered) == ["P1"])
            #expect(try await promenade.names(.waiting) == ["P2", "P3"])
            // The second party becomes smaller: it fits, and the third does not any more.
            try await promenade.gatherings.change(
                try await promenade.token("P2"), to: RegistrationDraft(companions: 0), by: .visitor)
            #expect(try await promenade.names(.registered) == ["P1", "P2"])
            #expect(try await promenade.names(.waiting) == ["P3"])
            // More places than before go to them with the next round.
            try await promenade.set(places: 5)
            #expect(try await promenade.gatherings.promoteAll() == 1)
            #expect(try await promenade.names(.waiting) == [])
            #expect(try await promenade.gatherings.promoteAll() == 0)
        }
    }

    @Test func `the schema refuses the place too many, whatever the code does`() async throws {
        try await withPromenade(places: 2) { promenade in
            try await promenade.visitor(1, bringing: 1)
            try await promenade.visitor(2)
            let refused = await #expect(throws: PostgresError.self) {
                try await promenade.pool.execute(
                    "test.overbook", "UPDATE registration SET state = 'registered' WHERE name = 'P2'")
            }
            #expect(refused?.constraint == "gathering_not_overbooked")
            await #expect(throws: PostgresError.self) { try await promenade.set(places: 1) }
        }
    }

    @Test func `what is wrong is said at once`() async throws {
        try await withPromenade(places: 3) { promenade in
            let draft = RegistrationDraft(
                name: "", email: "ada", phone: "six", needs: String(repeating: "x", count: 1003),
                companions: 4)
            #expect(
                try await refusals(of: RegistrationRefusal.self) {
                    _ = try await promenade.gatherings.register(
                        draft, for: promenade.gathering, language: .french, from: promenade.town.home.network)
                } == [
                    .nameMissing, .email, .companions(most: 3), .phone, .needsTooLong(by: 3),
                    .partyTooLarge(places: 3),
                ])
            #expect(
                try await refusals(of: RegistrationRefusal.self) {
                    try await promenade.visitor(1, bringing: 3)
                }
                    == [.partyTooLarge(places: 3)])
            let letters: [String] = try await promenade.letters()
            #expect(letters == [])
        }
    }

    @Test
    func `an address that has registered is answered like any other, and its owner hears of it`()
        async throws
    {
        try await withPromenade(places: 2) { promenade in
            let first = try await promenade.visitor(1)
            let again = try await promenade.visitor(1)
            #expect(first.state == again.state && first.isOld == again.isOld && again.token == nil)
            #expect(try await promenade.turnout().people == 1)
            #expect(
                try await promenade.letters() == [
                    "registration p1@example.fr", "registration_again p1@example.fr",
                ])
        }
    }

    @Test func `an account registers once, and finds again what it registered by its address alone`()
        async throws
    {
        try await withPromenade { promenade in
            let ada: Account = try await promenade.town.resident("Ada")
            _ = try await promenade.gatherings.register(
                RegistrationDraft(name: "Ada", email: "ADA@example.fr", companions: 2),
                for: promenade.gathering,
                language: .french, from: promenade.town.home.network)
            let own = try await promenade.gatherings.register(
                RegistrationDraft(), for: promenade.gathering, by: .resident(ada.id))
            #expect(own.isOld)
            #expect(try await promenade.turnout().people == 3)
            #expect(try await promenade.gatherings.list(of: ada.id).map(\.registration.companions) == [2])
        }
    }

    @Test func `registration closes at its time, and a walk that is not published takes nobody`()
        async throws
    {
        try await withPromenade { promenade in
            try await promenade.pool.execute(
                "test.close", "UPDATE gathering SET registration_closes_at = now() - interval '1 minute'")
            #expect(
                try await refusals(of: RegistrationRefusal.self) { try await promenade.visitor(1) } == [
                    .closed
                ])
            // An agent may still write down who calls.
            _ = try await promenade.gatherings.enter(
                RegistrationDraft(name: "Jeanne", phone: "06 12 34 56 78"), for: promenade.gathering,
                language: .french,
                by: promenade.agent)
            #expect(try await promenade.turnout().people == 1)
            try await promenade.pool.execute("test.hide", "UPDATE walk SET published_at = NULL")
            await #expect(throws: NotAllowed.self) { try await promenade.visitor(2) }
            // Nor does an agent enter anybody: the links of their letters would lead nowhere. Nobody is reminded either.
            await #expect(throws: Refused(RegistrationRefusal.notPublished)) {
                _ = try await promenade.gatherings.enter(
                    RegistrationDraft(name: "Bruno", email: "bruno@example.fr"), for: promenade.gathering,
                    language: .french, by: promenade.agent)
            }
            try await promenade.pool.execute(
                "test.earlier",
                "UPDATE registration SET registered_at = registered_at - interval '5 days', email = 'jeanne@example.fr'"
            )
            try await promenade.walk.move(startsIn: 1800)
            #expect(try await promenade.gatherings.remind(zone: "Europe/Paris") == 0)
            try await promenade.pool.execute("test.show", "UPDATE walk SET published_at = now()")
            #expect(try await promenade.gatherings.remind(zone: "Europe/Paris") == 1)
        }
    }

    @Test func `nobody fills a walk from one network, whatever addresses they write`() async throws {
        try await withPromenade { promenade in
            var taken = 0
            for number in 1...20 {
                do {
                    _ = try await promenade.gatherings.register(
                        RegistrationDraft(name: "P\(number)", email: "p\(number)@example.fr", companions: 3),
                        for: promenade.gathering, language: .french, from: promenade.town.home.network)
                    taken += 4
                } catch let refused as Refused<RegistrationRefusal> {
                    guard case .tooFast = refused.reasons[0] else { throw refused }
                }
            }
            #expect(taken == 12, "two parties, and one that makes the next ones wait")
            // A family from elsewhere still gets its places.
            #expect(try await promenade.visitor(90, bringing: 3).state == .registered)
        }
    }

    @Test
    func
        `only agents of the process enter, cancel for others and read the list, and reading is recorded`()
        async throws
    {
        try await withPromenade { promenade in
            let other: Actor = .resident(try await promenade.town.resident("Bruno").id)
            let gatherings: Gatherings = promenade.gatherings
            let id = try await gatherings.enter(
                RegistrationDraft(name: "Jeanne", companions: 1), for: promenade.gathering,
                language: .german,
                by: promenade.agent)
            await #expect(throws: NotAllowed.self) {
                _ = try await gatherings.enter(
                    RegistrationDraft(name: "X"), for: promenade.gathering, language: .french, by: other)
            }
            await #expect(throws: NotAllowed.self) {
                _ = try await gatherings.registrations(of: promenade.gathering, by: other)
            }
            await #expect(throws: NotAllowed.self) {
                try await gatherings.cancel(id, of: promenade.gathering, because: "Non", by: other)
            }
            await #expect(throws: Refused(RegistrationRefusal.reasonMissing)) {
                try await gatherings.cancel(id, of: promenade.gathering, because: "", by: promenade.agent)
            }
            let read = try await gatherings.registrations(of: promenade.gathering, by: promenade.agent)
            #expect(read.registrations.map(\.name) == ["Jeanne"])
            #expect(try await promenade.acts("registrations_read") == 1)
            try await gatherings.cancel(
                id, of: promenade.gathering, because: "Doublon", by: promenade.agent)
            #expect(try await promenade.turnout().people == 0)
        }
    }

    @Test func `the crew notes who came, from the day before on, and nobody else does`() async throws {
        try await withPromenade { promenade in
            let guide: Account = try await promenade.town.resident("Gwen")
            try await promenade.visitor(1, bringing: 2)
            let id: ID<Registration> = try #require(
                try await promenade.gatherings.find(try await promenade.token("P1"))
            ).registration.id
            let note: (Int?, Actor) async throws -> Void = {
                try await promenade.gatherings.note($0, of: id, at: promenade.gathering, by: $1)
            }
            await #expect(throws: NotAllowed.self) { try await note(2, .resident(guide.id)) }
            try await promenade.walk.enlist(guide.id, as: .guide)
            await #expect(throws: Refused(AttendanceRefusal.tooEarly)) {
                try await note(2, .resident(guide.id))
            }
            try await promenade.walk.move(startsIn: 60)
            await #expect(throws: Refused(AttendanceRefusal.people)) {
                try await note(22, .resident(guide.id))
            }
            try await note(2, .resident(guide.id))
            #expect(try await promenade.turnout().came == 2)
            try await note(nil, promenade.agent)
            #expect(try await promenade.turnout().came == 0)
        }
    }
}

extension Promenade {
    /// How often an act was recorded.
    func acts(_ act: String) async throws -> Int {
        let row: Row? = try await pool.one(
            "test.acts", "SELECT count(*) AS n FROM act WHERE act = \(act)")
        return try #require(row).get("n")
    }
}

/// Numbers that look random and are the same again for the same seed (SplitMix64).
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed: UInt64 = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
