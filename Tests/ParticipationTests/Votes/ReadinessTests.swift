import Foundation
import Participation
import Postgres
import Testing

/// What a vote lacks before it opens.
@Suite struct ReadinessTests {
    private typealias Standings = [Readiness.Point: Readiness.Standing]

    private func standings(_ polls: Polls) async throws -> Standings {
        let items: [Readiness.Item] = try await Readiness(pool: polls.pool).items(of: try await polls.vote())
        return Dictionary(uniqueKeysWithValues: items.map { ($0.point, $0.standing) })
    }

    @Test func `only what concerns the vote is asked of it`() async throws {
        try await withPolls { polls in
            var settings = Polls.settings
            settings.eligibility = ["account"]
            settings.languages = ["fr"]
            try await polls.votes.create(settings, projects: [], in: try await polls.process(), by: .operator)
            #expect(
                try await standings(polls)
                    == [.timetable: .done, .projects: .blocking, .languages: .missing, .seal: .blocking])
            settings.description = Texts(["fr": "Où s’asseoir ?"])
            settings.opens = Date(timeIntervalSinceNow: -7200)
            settings.closes = Date(timeIntervalSinceNow: -3600)
            let vote: Vote = try await polls.vote()
            try await polls.votes.edit(vote.id, settings, projects: Polls.projects, by: .operator)
            _ = try await polls.openings.makeSeal(vote.id, passphrase: Polls.passphrase, by: .operator)
            #expect(
                try await standings(polls)
                    == [.timetable: .blocking, .projects: .done, .languages: .done, .seal: .done])
        }
    }

    @Test func `a vote on paper needs a place, two who enter and a third, two who sign, and later its ballots`()
        async throws
    {
        try await withPolls { polls in
            var settings = Polls.settings
            settings.channels = ["kiosk", "online", "paper"]
            settings.eligibility = ["code", "roll"]
            settings.rollFields = ["birth_date", "family_name"]
            let vote: Vote = try await polls.draft(settings)
            var found: Standings = try await standings(polls)
            #expect(found[.roll] == .blocking && found[.ballots] == .later)
            for point in [Readiness.Point.codes, .places, .operators, .certifiers] { #expect(found[point] == .missing) }

            let town = Town(pool: polls.pool)
            let scope = Scope.vote(vote.id)
            // One who does both, and one who enters: nobody is left to decide between them.
            _ = try await town.resident("ana", roles: [.entryOperator, .adjudicator].map { HeldRole($0, for: scope) })
            _ = try await town.resident("bob", roles: [.entryOperator, .custodian].map { HeldRole($0, for: scope) })
            #expect(try await standings(polls)[.operators] == .missing)
            _ = try await town.resident("carol", roles: [HeldRole(.entryOperator, for: .everything)])
            found = try await standings(polls)
            #expect(found[.operators] == .done && found[.certifiers] == .missing)
            _ = try await town.resident("dora", roles: [HeldRole(.returningOfficer, for: .process(vote.process))])
            try await Places(pool: polls.pool).add(
                PlaceDraft(handle: "hall", name: Texts(["fr": "Halle"])), to: vote.id, by: .operator)
            _ = try await polls.codes.issue("", for: .test(1), in: vote.id, by: .operator)
            found = try await standings(polls)
            #expect(found[.certifiers] == .done && found[.places] == .done)
            #expect(found[.codes] == .missing, "codes to try out reach nobody")
        }
    }

    @Test func `kiosks stand at tables, not in letter boxes`() async throws {
        try await withPolls { polls in
            var settings = Polls.settings
            settings.channels = ["kiosk", "online"]
            let vote: Vote = try await polls.draft(settings)
            let places = Places(pool: polls.pool)
            try await places.add(
                PlaceDraft(handle: "box", kind: .post, name: Texts(["fr": "Boîte"])), to: vote.id, by: .operator)
            #expect(try await standings(polls)[.places] == .missing)
            try await places.add(PlaceDraft(handle: "hall", name: Texts(["fr": "Halle"])), to: vote.id, by: .operator)
            #expect(try await standings(polls)[.places] == .done)
        }
    }
}
