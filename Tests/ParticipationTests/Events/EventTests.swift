import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// Events: prepared, come to, told of.
@Suite struct EventTests {
    @Test func `what is wrong with an event is said all at once, and only its agents prepare one`()
        async throws
    {
        try await withAssembly { assembly in
            let wrong = EventDraft(
                title: Texts([:]), kind: .hybrid, onlineAddress: "javascript:alert(1)", places: 0)
            let now = Date()
            await #expect(
                throws: Refused<EventRefusal>(reasons: [
                    .untitled, .placeMissing, .addressMissing, .places, .malformedHandle, .times,
                ])
            ) {
                try await assembly.events.plan(
                    wrong, handle: "Pas ça", from: now, until: now, in: assembly.process, by: assembly.agent)
            }
            for actor in [assembly.ada, assembly.stranger, .visitor] {
                await #expect(throws: NotAllowed.self) {
                    try await assembly.events.plan(
                        Assembly.workshop, handle: "a", from: now, until: now + 60, in: assembly.process,
                        by: actor)
                }
            }
            let event: Event = try await assembly.event(isPublished: false)
            await #expect(throws: Refused(EventRefusal.handleTaken)) {
                try await assembly.events.plan(
                    Assembly.workshop, handle: "atelier", from: now, until: now + 60, in: assembly.process,
                    by: assembly.agent)
            }
            for actor in [assembly.ada, assembly.stranger] {
                await #expect(throws: NotAllowed.self) {
                    try await assembly.events.publish(event.id, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await assembly.events.remove(event.id, by: actor)
                }
            }
            #expect(try await assembly.events.list().isEmpty)
        }
    }

    @Test
    func `an event has one place for the last two who come at once, a waiting list and a reminder`()
        async throws
    {
        try await withAssembly { assembly in
            var draft: EventDraft = Assembly.workshop
            draft.places = 1
            let event: Event = try await assembly.event("petit", draft, startsIn: 23 * 3600)
            let gathering: ID<Gathering> = event.gathering.id
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...12 {
                    group.addTask {
                        _ = try await assembly.gatherings.register(
                            RegistrationDraft(name: "P\(number)", email: "p\(number)@example.fr"), for: gathering,
                            language: .french, from: Network(address: "10.0.\(number).1"))
                    }
                }
                try await group.waitForAll()
            }
            let turnout: Turnout = try #require(
                try await assembly.gatherings.turnouts(of: [gathering])[gathering])
            #expect(turnout.people == 1 && turnout.waitingParties == 11)
            try await assembly.pool.execute(
                "test.earlier", "UPDATE registration SET registered_at = now() - interval '5 days'")
            // Wherever in the day it is: the day before has begun.
            try await assembly.pool.execute(
                "test.soon",
                "UPDATE gathering SET starts_at = now() + interval '1 hour', ends_at = now() + interval '2 hours'"
            )
            #expect(try await assembly.gatherings.remind(zone: "Europe/Paris") == 1)
            try await assembly.pool.execute("test.room", "UPDATE gathering SET places = 3")
            #expect(try await assembly.gatherings.promoteAll() == 2)
            #expect(
                try await assembly.gatherings.occasion(of: .event, "petit")?.subject == .event(event.id))
            #expect(try await assembly.gatherings.occasion(of: .walk, "petit") == nil)
        }
    }

    @Test
    func
        `moved, relocated and called off: who registered is told; another agent's event is nobody's`()
        async throws
    {
        try await withAssembly { assembly in
            let event: Event = try await assembly.event()
            _ = try await assembly.gatherings.register(
                RegistrationDraft(), for: event.gathering.id, by: assembly.ada)
            let starts: Date = event.gathering.startsAt.addingTimeInterval(86_400)
            await #expect(throws: NotAllowed.self) {
                try await assembly.gatherings.move(
                    event.gathering.id, to: starts, ends: starts + 60, by: assembly.stranger)
            }
            try await assembly.gatherings.move(
                event.gathering.id, to: starts, ends: starts.addingTimeInterval(3600), by: assembly.agent)
            var draft: EventDraft = Assembly.workshop
            draft.place = Texts(["fr": "Gymnase"])
            await #expect(throws: Refused(EventRefusal.changedMeanwhile)) {
                try await assembly.events.describe(
                    event.id, draft, revision: event.revision - 1, telling: assembly.gatherings,
                    by: assembly.agent)
            }
            try await assembly.events.describe(
                event.id, draft, revision: event.revision, telling: assembly.gatherings, by: assembly.agent)
            await #expect(throws: Refused(EventRefusal.inUse)) {
                try await assembly.events.withdraw(event.id, by: assembly.agent)
            }
            await #expect(throws: Refused(GatheringRefusal.reasonMissing)) {
                try await assembly.gatherings.cancel(
                    event.gathering.id, reason: Texts([:]), by: assembly.agent)
            }
            try await assembly.gatherings.cancel(
                event.gathering.id, reason: Texts(["fr": "Tempête"]), by: assembly.agent)
            for kind in ["gathering_moved", "gathering_relocated", "gathering_called_off"] {
                #expect(try await assembly.letters(kind) == ["ada@example.fr"], "\(kind)")
            }
            await #expect(throws: NotAllowed.self) {
                _ = try await assembly.gatherings.attendance(of: event.gathering.id, by: assembly.ada)
            }
            _ = try await assembly.gatherings.attendance(of: event.gathering.id, by: assembly.agent)
        }
    }

    @Test func `minutes are told once, to who came and who follows, and not to who was noted absent`()
        async throws
    {
        try await withAssembly { assembly in
            let event: Event = try await assembly.event()
            let gathering: ID<Gathering> = event.gathering.id
            let came = try await assembly.gatherings.register(
                RegistrationDraft(), for: gathering, by: assembly.ada)
            #expect(came.state == .registered)
            let absent: ID<Registration> = try await assembly.gatherings.enter(
                RegistrationDraft(name: "Zoé", email: "zoe@example.fr"), for: gathering, language: .french,
                by: assembly.agent)
            try await assembly.pool.execute(
                "test.follower",
                """
                INSERT INTO consultation_follower (consultation_id, account_id, link_hash)
                SELECT \(assembly.consultation), id, sha256(id::text::bytea) FROM account
                WHERE id IN (\(assembly.bruno.account), \(assembly.ada.account))
                """)
            func revision() async throws -> Int {
                try await assembly.events.find("atelier")?.revision ?? 0
            }
            try await assembly.events.write(
                Texts(["fr": "Dit."]), of: event.id, revision: try await revision(), by: assembly.agent)
            await #expect(throws: Refused(EventRefusal.minutesTooEarly)) {
                try await assembly.events.publishMinutes(of: event.id, by: assembly.agent)
            }
            try await assembly.pool.execute(
                "test.past",
                "UPDATE gathering SET starts_at = now() - interval '3 hours', ends_at = now() - interval '1 hour'"
            )
            try await assembly.gatherings.note(0, of: absent, at: gathering, by: assembly.agent)
            await #expect(throws: NotAllowed.self) {
                try await assembly.events.publishMinutes(of: event.id, by: assembly.stranger)
            }
            try await assembly.events.publishMinutes(of: event.id, by: assembly.agent)
            await #expect(throws: Refused(EventRefusal.minutesPublished)) {
                try await assembly.events.publishMinutes(of: event.id, by: assembly.agent)
            }
            #expect(
                try await assembly.letters("event_minutes") == ["ada@example.fr", "bruno@example.fr"])
            await #expect(throws: Refused(EventRefusal.minutesMissing)) {
                try await assembly.events.write(
                    Texts([:]), of: event.id, revision: try await revision(), by: assembly.agent)
            }
            try await assembly.events.count([.women: 5, .men: 4], at: event.id, by: assembly.agent)
            try await assembly.events.count([.women: 6], at: event.id, by: assembly.agent)
            #expect(try await assembly.events.heads(of: event.id) == [.women: 6])
        }
    }

    @Test func `what was said leads to an argument of the consultation and to nothing else's`()
        async throws
    {
        try await withAssembly { assembly in
            let (event, debate): (Event, Debate) = (
                try await assembly.event(), try await assembly.debate()
            )
            let argument: DebateArgument = try await assembly.argue("De l’ombre", in: debate, by: assembly.ada)
            func say(_ lead: EventContribution.Lead?, by actor: Actor) async throws {
                try await assembly.contributions.add(
                    "Il faut de l’ombre", in: .french, leadingTo: lead, to: event.id, by: actor)
            }
            await #expect(throws: Refused(ContributionRefusal.tooEarly)) {
                try await say(nil, by: assembly.agent)
            }
            try await assembly.pool.execute(
                "test.now", "UPDATE gathering SET starts_at = now() - interval '1 hour'")
            await #expect(throws: NotAllowed.self) { try await say(nil, by: assembly.stranger) }
            await #expect(throws: Refused(ContributionRefusal.noSuchPlace)) {
                try await say(.argument(ID()), by: assembly.agent)
            }
            await #expect(throws: Refused(ContributionRefusal.noSuchProposal)) {
                try await say(.proposal(ID()), by: assembly.agent)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...5 {
                    group.addTask { try await say(.argument(argument.id), by: assembly.agent) }
                }
                try await group.waitForAll()
            }
            let said: [EventContribution] = try await assembly.contributions.list(of: event.id)
            #expect(said.map(\.number) == [1, 2, 3, 4, 5])
            #expect(
                said[0].place
                    == .argument(consultation: "place", debate: "voitures", number: 1, title: "De l’ombre"))
            try await assembly.contributions.follow(
                said[0].id, of: event.id, leadingTo: nil, keepingLead: true,
                outcome: Texts(["fr": "Prévu."]),
                by: assembly.agent)
            try await assembly.arguments.withdraw(argument.id, by: assembly.ada)
            let after: [EventContribution] = try await assembly.contributions.list(of: event.id)
            // What was withdrawn is named nowhere, and what became of it stays.
            #expect(after[0].place == nil && after[0].outcome == Texts(["fr": "Prévu."]))
            #expect(try await assembly.contributions.choices(for: event.id, by: assembly.agent).isEmpty)
        }
    }
}
