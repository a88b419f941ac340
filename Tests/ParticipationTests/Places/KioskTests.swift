import Foundation
import Participation
import Postgres
import PublicRecord
import Testing

/// Kiosks and help given in person.
@Suite struct KioskTests {
    /// An open kiosk at the hall.
    private func kiosk(_ day: PollingDay, named name: String = "Kiosk 1") async throws -> PlaceDevice {
        let token: Token = try await day.devices.open(
            .kiosk, named: name, remark: "Scellés intacts", at: day.table.id, by: day.officer)
        return try #require(try await day.devices.find(token))
    }

    private func open(_ day: PollingDay, _ device: PlaceDevice, for person: ID<Person>? = nil) async throws
        -> AssistanceCode
    {
        try await day.kiosks.open(
            for: person ?? day.ada, named: "MARTIN Ada", on: device.id, at: day.table.id, consent: .readAloud,
            by: day.officer)
    }

    private func session(_ day: PollingDay, _ device: PlaceDevice) async throws -> Session {
        let token: Token = try #require(try await day.kiosks.begin(on: device))
        return try #require(try await Sessions(pool: day.polls.pool, secrets: day.polls.secrets).find(token: token))
    }

    @Test func `a ballot at a kiosk stands in the record with its channel and place`() async throws {
        try await withPollingDay { day in
            try await day.kiosk()
            let entries: [Entry] = try await day.entries()
            guard entries.count == 3, case .markMade(_, .kiosk, "hall") = entries[1] else {
                Issue.record("\(entries)")
                return
            }
            #expect(try await day.places.counts(of: day.table.id).kiosk == 1)
            try await day.check()
        }
    }

    @Test func `a device is opened and closed with a report and its counters`() async throws {
        try await withPollingDay { day in
            let device = try await kiosk(day)
            #expect(device.openingCount == 0)
            await #expect(throws: PlaceRefusal.deviceNameTaken) { _ = try await kiosk(day) }
            await #expect(throws: PlaceRefusal.deviceNameless) { _ = try await kiosk(day, named: "") }
            _ = try await open(day, device)
            await #expect(throws: PlaceRefusal.deviceOccupied) {
                try await day.devices.close(device.id, remark: "", at: day.table.id, by: day.officer)
            }
            try await day.kiosks.end(on: device.id, at: day.table.id, by: day.officer)
            try await day.kiosk(day.people[1])
            try await day.devices.close(device.id, remark: "Rien à signaler", at: day.table.id, by: day.officer)
            let closed = try #require(try await day.devices.list(of: day.table.id).first { $0.id == device.id })
            #expect(closed.closing?.count == 1)
            #expect(closed.closing?.by == "Odile")
            await #expect(throws: PlaceRefusal.deviceClosed) {
                try await day.devices.close(device.id, remark: "", at: day.table.id, by: day.officer)
            }
            await #expect(throws: Kiosks.Refusal.deviceClosed) { _ = try await open(day, device) }
        }
    }

    @Test func `one person at one device at a time, and the name goes with the session`() async throws {
        try await withPollingDay { day in
            let device = try await kiosk(day)
            let other = try await kiosk(day, named: "Kiosk 2")
            #expect(try await day.kiosks.scene(of: device) == .idle)
            _ = try await open(day, device)
            #expect(try await day.kiosks.scene(of: device) == .expected(name: "MARTIN Ada"))
            await #expect(throws: Kiosks.Refusal.occupied) { _ = try await open(day, device, for: day.people[1]) }
            await #expect(throws: Kiosks.Refusal.atAnotherDevice) { _ = try await open(day, other) }
            let session = try await session(day, device)
            #expect(try await day.kiosks.begin(on: device) == nil)
            #expect(try await day.kiosks.scene(of: device) == .voting)
            #expect(try await day.kiosks.visits(at: day.table.id).map(\.hasCast) == [false])
            try await day.kiosks.end(try #require(session.voting?.kiosk))
            #expect(try await day.kiosks.scene(of: device) == .idle)
            #expect(
                try await day.polls.number(
                    "SELECT count(*) AS n FROM kiosk_session WHERE shown_name <> '' OR ended_at IS NULL") == 0)
        }
    }

    @Test func `a session that nobody ends is over by itself`() async throws {
        try await withPollingDay { day in
            let device = try await kiosk(day)
            _ = try await open(day, device)
            let session = try await session(day, device)
            #expect(session.expiresAt < Date(timeIntervalSinceNow: Kiosks.idle + 5))
            try await day.polls.pool.execute(
                "test.later", "UPDATE session SET expires_at = now() - interval '1 second'")
            #expect(try await day.kiosks.scene(of: device) == .idle)
            _ = try await open(day, device, for: day.people[1])
            // Nobody sits down: the device waits for ten minutes.
            try await day.polls.pool.execute(
                "test.long", "UPDATE kiosk_session SET opened_at = opened_at - interval '11 minutes'")
            #expect(try await day.kiosks.begin(on: device) == nil)
            #expect(try await day.kiosks.scene(of: device) == .idle)
        }
    }

    @Test func `a kiosk shows the receipt of its own session alone`() async throws {
        try await withPollingDay { day in
            let device = try await kiosk(day)
            _ = try await open(day, device)
            let first: ID<KioskSession> = try #require(try await session(day, device).voting?.kiosk)
            let (person, seat) = try #require(try await day.kiosks.voter(first))
            let receipt: ReceiptToken = try await day.ballots.cast(
                .approval(["tree"]), by: .kiosk(person, at: seat), in: day.vote, nonce: FormNonce())
            #expect(try await day.kiosks.holds(receipt, first))
            #expect(try await day.kiosks.visits(at: day.table.id).map(\.hasCast) == [true])
            try await day.kiosks.end(first)
            _ = try await open(day, device, for: day.people[1])
            let second: ID<KioskSession> = try #require(try await session(day, device).voting?.kiosk)
            #expect(try await !day.kiosks.holds(receipt, second))
            #expect(try await !day.kiosks.holds(receipt, first))
            #expect(try await day.kiosks.voter(first) == nil)
            // A second ballot at a kiosk is refused before anybody sits down.
            try await day.kiosks.end(second)
            await #expect(throws: Kiosks.Refusal.self) { _ = try await open(day, device) }
        }
    }

    @Test func `helper and person are two identities, consent is recorded, and the receipt's code withdraws`()
        async throws
    {
        try await withPollingDay { day in
            let town = Town(pool: day.polls.pool)
            let opened: Assistance.OpenedAccount = try await day.assistance.openAccount(
                named: "Rose Sansmail", language: .german, consent: .thumbprint("F-12"), for: day.vote, by: day.officer)
            #expect(
                try await day.polls.number(
                    """
                    SELECT count(*) AS n FROM assisted_act
                    WHERE person_id = \(opened.person) AND helper_id = \(day.officer.account) AND consent = 'thumbprint'
                      AND consent_reference = 'F-12' AND helper_role = 'polling_officer'
                    """) == 1)
            #expect(try await day.assistance.counts(in: day.vote.id) == ["account": 1])
            // Nobody signs in to it, and its person votes at a table like everybody else.
            #expect(try await day.voters.search("sansmail", in: day.vote.id).map(\.person) == [opened.person])
            try await day.paper(opened.person)
            for consent in [Consent.signedForm(""), .thumbprint("")] {
                await #expect(throws: Assistance.Refusal.referenceMissing) {
                    _ = try await day.assistance.openAccount(
                        named: "X", language: .french, consent: consent, for: day.vote, by: day.officer)
                }
            }
            await #expect(throws: NotAllowed.self) {
                let resident: Account = try await town.resident("Claire")
                _ = try await day.assistance.openAccount(
                    named: "X", language: .french, consent: .readAloud, for: day.vote, by: .resident(resident.id))
            }
            await #expect(throws: Assistance.Refusal.unknownCode) {
                _ = try await day.assistance.withdraw(code: "AAAA-BBBB-CCCC", from: town.library.network)
            }
            let typed: String = opened.code.text.lowercased().replacing("-", with: " ")
            #expect(try await day.assistance.withdraw(code: typed, from: town.library.network) == "account")
            #expect(try await town.accounts.find(opened.account) == nil)
            await #expect(throws: Assistance.Refusal.withdrawn) {
                _ = try await day.assistance.withdraw(code: typed, from: town.library.network)
            }
            #expect(try await day.assistance.counts(in: day.vote.id).isEmpty)
        }
    }

    @Test func `a kiosk session is withdrawn until its ballot is cast`() async throws {
        try await withPollingDay { day in
            let town = Town(pool: day.polls.pool)
            let device = try await kiosk(day)
            let code: AssistanceCode = try await open(day, device)
            #expect(try await day.assistance.withdraw(code: code.text, from: town.home.network) == "kiosk")
            #expect(try await day.kiosks.scene(of: device) == .idle)
            let again: AssistanceCode = try await open(day, device)
            try await day.online()
            await #expect(throws: Assistance.Refusal.hasVoted) {
                _ = try await day.assistance.withdraw(code: again.text, from: town.home.network)
            }
        }
    }
}
