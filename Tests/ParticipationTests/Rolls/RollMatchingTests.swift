import Foundation
import Participation
import Postgres
import PublicRecord
import Testing

/// Found on a roll: exactly whatever the spelling, nearly by a person, never by e-mail alone.
@Suite struct RollMatchingTests {
    @Test(arguments: [
        ["Dupont", "Jean", "03/05/1978"], ["DUPONT", "jean", "1978-05-03"], ["dupont", " Jean ", "3.5.1978"],
        ["Jean", "Dupont", "03/05/1978"],
    ]) func `spelling, case and order of names make no difference`(typed: [String]) async throws {
        try await withElectorate { draft in
            let town: Electorate = try await draft.opened()
            #expect(try await town.claim(typed[0], typed[1], typed[2]) == .letterSent(to: "f…@example.fr"))
        }
    }

    @Test(arguments: [
        ["MULLER LEFEVRE", "Eloise", "12/11/1999"], ["Lefèvre Müller", "éloïse", "12/11/1999"],
        ["Müller–Lefèvre", "ÉLOÏSE", "12/11/1999"], ["Legoff", "Yann", "01/02/1950"],
        ["LE-GOFF", "Yann", "01/02/1950"],
        ["Martin", "Paul", "14/07/1990"],
    ]) func `accents, hyphens and blanks make no difference`(typed: [String]) async throws {
        try await withElectorate { draft in
            let town: Electorate = try await draft.opened()
            #expect(try await town.claim(typed[0], typed[1], typed[2]) == .letterSent(to: "moi@example.fr"))
        }
    }

    @Test(arguments: [
        ["Dupond", "Jean", "03/05/1978"], ["Dupont", "Jean", "05/03/1978"], ["Dupont", "Jean", "03/05/1979"],
        ["Dupont", "Pierre", "03/05/1978"], ["Personne", "Nulle", "01/01/1970"],
    ]) func `what is nearly right waits for a person, who sees the closest first`(typed: [String]) async throws {
        try await withElectorate { draft in
            let town: Electorate = try await draft.opened()
            #expect(try await town.claim(typed[0], typed[1], typed[2]) == .waiting)
            let waiting: RollClaim = try #require(try await town.claims.waiting(in: town.vote.id).first)
            let matches: [RollMatch] = try await town.claims.open(waiting.id, in: town.vote).matches
            if typed[0] == "Personne" {
                #expect(matches.isEmpty)
            } else {
                #expect(matches.first?.entry.givenNames == "Jean")
                #expect(matches.first?.differing.count == 1)
            }
            #expect(try await town.letter(to: "moi@example.fr") == nil)
        }
    }

    @Test func `a person accepts or refuses, with a reason, once`() async throws {
        try await withElectorate { draft in
            let town: Electorate = try await draft.opened()
            _ = try await town.claim("Legof", "Yann", "01/02/1950")
            _ = try await town.claim("Personne", "Nulle", "01/01/1970", email: "nulle@example.fr")
            let waiting: [RollClaim] = try await town.claims.waiting(in: town.vote.id)
            let yann: RollEntry = try #require(try await town.entry("le goff"))
            await #expect(throws: NotAllowed.self) {
                try await town.claims.accept(waiting[0].id, as: yann.id, in: town.vote, by: .visitor)
            }
            await #expect(throws: ClaimRefusal.notThisEntry) {
                try await town.claims.accept(waiting[0].id, as: ID<RollEntry>(), in: town.vote, by: .operator)
            }
            try await town.claims.accept(waiting[0].id, as: yann.id, in: town.vote, by: .operator)
            await #expect(throws: ClaimRefusal.settled) {
                try await town.claims.accept(waiting[0].id, as: yann.id, in: town.vote, by: .operator)
            }
            await #expect(throws: ClaimRefusal.reasonMissing) {
                try await town.claims.refuse(waiting[1].id, because: "", in: town.vote, by: .operator)
            }
            try await town.claims.refuse(waiting[1].id, because: "Inconnue de la liste", in: town.vote, by: .operator)
            #expect(try await town.claims.waiting(in: town.vote.id).isEmpty)
            #expect(try await town.polls.number("SELECT count(*) AS n FROM roll_claim WHERE typed <> '{}'") == 0)

            let token: Token = try #require(try await town.letter(to: "moi@example.fr"))
            let session: Token = try await town.eligibility.confirm(token, in: town.vote)
            let sessions = Sessions(pool: town.polls.pool, secrets: town.polls.secrets)
            let voter: Ballots.Voter? = try await town.eligibility.voter(
                of: try await sessions.find(token: session), in: town.vote)
            #expect(voter?.person == yann.person)
            #expect(voter?.method == "roll")
            await #expect(throws: LinkExpired.self) { try await town.eligibility.confirm(token, in: town.vote) }
        }
    }

    @Test func `minors, missing fields and mistyped addresses are refused`() async throws {
        try await withElectorate({ $0.minimumAge = 16 }) { draft in
            let town: Electorate = try await draft.opened()
            func problems(_ family: String, _ given: String, _ birth: String, email: String) async throws -> [RollClaim
                .Problem]
            {
                try await refusals(of: RollClaim.Problem.self) {
                    _ = try await town.claim(family, given, birth, email: email)
                }
            }
            #expect(try await problems("Petit", "Zoé", "30/06/2015", email: "z@example.fr") == [.tooYoung(least: 16)])
            #expect(
                try await problems("", " ", "32/01/1990", email: "") == [
                    .missing(.familyName), .missing(.givenNames), .badDate, .noEmail,
                ])
            #expect(try await problems("Martin", "Paul", "04/07/1990", email: "paul") == [.badEmail])
            #expect(try await town.polls.number("SELECT count(*) AS n FROM roll_claim") == 0)
            let zoe: RollEntry = try #require(try await town.entry("petit"))
            #expect(!zoe.isOld(enough: town.vote))
        }
    }

    @Test func `an address is no identity: a family has one, and each votes once`() async throws {
        try await withElectorate { draft in
            let town: Electorate = try await draft.opened()
            var people: Set<ID<Person>> = []
            for given in ["Marie", "Jean"] {
                let birth: String = given == "Jean" ? "03/05/1978" : "29/02/1980"
                _ = try await town.claim("Dupont", given, birth, email: "autre@example.fr")
                // The address of the roll, not the one that was typed.
                #expect(try await town.letter(to: "autre@example.fr") == nil)
                let token: Token = try #require(try await town.letter(to: "famille.dupont@example.fr"))
                _ = try await town.eligibility.confirm(token, in: town.vote)
                people.insert(try #require(try await town.entry("dupont \(given)")).person)
            }
            #expect(people.count == 2)
        }
    }

    @Test func `to learn of a mark there is the address of the roll, or a person`() async throws {
        try await withElectorate { draft in
            let town: Electorate = try await draft.opened()
            #expect(try await town.claim("Le Goff", "Yann", "01/02/1950", for: .mark) == .waiting)
            #expect(
                try await town.claim("Dupont", "Jean", "03/05/1978", for: .mark) == .letterSent(to: "f…@example.fr"))
            let token: Token = try #require(try await town.letter(to: "famille.dupont@example.fr"))
            await #expect(throws: LinkExpired.self) { try await town.eligibility.confirm(token, in: town.vote) }
            let person: ID<Person> = try await town.claims.person(asking: token, in: town.vote)
            let jean: RollEntry? = try await town.entry("dupont jean")
            #expect(person == jean?.person)
            await #expect(throws: LinkExpired.self) { try await town.claims.person(asking: token, in: town.vote) }
        }
    }

    @Test func `names are searched by their beginnings, in any order, and nearly when nothing begins so`() async throws
    {
        try await withElectorate { town in
            try await town.confirm(Electorate.list)
            func found(_ words: String) async throws -> [String] {
                try await town.rolls.search(words, in: town.vote.id).map(\.name)
            }
            #expect(try await found("dup") == ["Dupont Jean", "Dupont Marie Anne"])
            #expect(try await found("dup mar") == ["Dupont Marie Anne"])
            #expect(try await found("anne dupont") == ["Dupont Marie Anne"])
            #expect(try await found("eloise") == ["Müller-Lefèvre Éloïse"])
            #expect(try await found("MÜLLER lef") == ["Müller-Lefèvre Éloïse"])
            #expect(try await found("le goff yann") == ["Le Goff Yann"])
            #expect(try await found("dupontt jean").first == "Dupont Jean")
            #expect(try await found("4") == ["Martin Paul"])
            #expect(try await found("xyz").isEmpty)
            #expect(try await found("' OR 1=1 --").isEmpty)
        }
    }
}
