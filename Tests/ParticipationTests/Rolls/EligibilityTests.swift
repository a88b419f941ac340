import Foundation
import Participation
import Postgres
import PublicRecord
import Testing

/// The ways into a vote, each with its refusals, and one live mark whichever they are.
@Suite struct EligibilityTests {
    private func sessions(_ town: Electorate) -> Sessions {
        Sessions(pool: town.polls.pool, secrets: town.polls.secrets)
    }

    private func voter(_ token: Token, _ town: Electorate) async throws -> Ballots.Voter? {
        try await town.eligibility.voter(of: try await sessions(town).find(token: token), in: town.vote)
    }

    @Test func `a code of the roll votes as the person of its line`() async throws {
        try await withElectorate { draft in
            let town: Electorate = try await draft.opened()
            let made: VotingCodes.Issued = try await town.polls.codes.issue(
                "nord", for: .roll(3), in: town.vote.id, by: .operator)
            let letters: [CodeLetter] = made.letters
            #expect(made.package == 1)
            #expect(letters.map { $0.entry?.line } == [1, 2, 3])
            let admission: Admission = try await town.eligibility.present(
                .code(letters[0].code.lowercased()), in: town.vote, from: town.visitor)
            guard case .admitted(let token) = admission else { throw Polls.Missing() }
            #expect(try await voter(token, town)?.person == letters[0].entry?.person)
            let package: CodePackage = try #require(try await town.polls.codes.packages(of: town.vote.id).first)
            #expect([package.issued, package.used, package.void, package.test] as [Int] == [2, 1, 0, 0])
            // The rest of the roll gets the rest; then nobody is left.
            let rest: VotingCodes.Issued = try await town.polls.codes.issue(
                "", for: .roll(100), in: town.vote.id, by: .operator)
            #expect(rest.package == 2 && rest.letters.count == 4)
            await #expect(throws: CodeRefusal.nobodyLeft) {
                try await town.polls.codes.issue("", for: .roll(1), in: town.vote.id, by: .operator)
            }
            await #expect(throws: CodeRefusal.needsRoll) {
                try await town.polls.codes.issue("", for: .anybody(1), in: town.vote.id, by: .operator)
            }
        }
    }

    @Test func `test and void codes open nothing, and a lost letter is written again`() async throws {
        try await withElectorate { draft in
            let town: Electorate = try await draft.opened()
            let codes: VotingCodes = town.polls.codes
            let test: String = try await codes.issue("", for: .test(1), in: town.vote.id, by: .operator).letters[0].code
            let lost: CodeLetter = try await codes.issue("", for: .roll(1), in: town.vote.id, by: .operator).letters[0]
            await #expect(throws: VotingCodes.UnusableCode.test) {
                try await town.eligibility.present(.code(test), in: town.vote, from: town.visitor)
            }
            await #expect(throws: CodeRefusal.reasonMissing) {
                try await codes.void(1, of: 2, because: "", in: town.vote.id, by: .operator)
            }
            #expect(try await codes.void(1, of: 2, because: "perdu", in: town.vote.id, by: .operator) == 1)
            await #expect(throws: CodeRefusal.noSuchCode) {
                try await codes.void(1, of: 2, because: "perdu", in: town.vote.id, by: .operator)
            }
            await #expect(throws: VotingCodes.UnusableCode.void) {
                try await town.eligibility.present(.code(lost.code), in: town.vote, from: town.visitor)
            }
            await #expect(throws: VotingCodes.UnknownCode.self) {
                try await town.eligibility.present(.code("XXXX"), in: town.vote, from: town.visitor)
            }
            let again: CodeLetter = try await codes.issue("", for: .roll(1), in: town.vote.id, by: .operator).letters[0]
            #expect(again.entry == lost.entry)
            // No session was opened, so nothing of these can be in a count.
            #expect(try await town.polls.number("SELECT count(*) AS n FROM session") == 0)
            await #expect(throws: Ballots.Refusal.notEligible) {
                let draft = DeclarationDraft(
                    familyName: "A", givenNames: "B", birthYear: "1980", tie: "C", email: "a@example.fr")
                _ = try await town.eligibility.present(.declaration(draft), in: town.vote, from: town.visitor)
            }
        }
    }

    @Test func `a declaration counts once it is confirmed, and one person is declared once`() async throws {
        try await withElectorate({
            $0.eligibility = ["declaration"]
            $0.rollFields = []
            $0.minimumAge = 16
        }) { draft in
            let town = Electorate(polls: draft.polls, vote: try await draft.polls.open(draft.vote).vote)
            func declare(_ name: String, year: String = "1980", email: String) async throws -> Admission {
                try await town.eligibility.present(
                    .declaration(
                        DeclarationDraft(
                            familyName: name, givenNames: "Ada", birthYear: year, tie: "1 rue du Tilleul", email: email)
                    ),
                    in: town.vote, from: town.visitor)
            }
            #expect(try await declare("Lovelace", email: "ada@example.fr") == .letterSent(to: "ada@example.fr"))
            let first: Token = try #require(try await town.letter(to: "ada@example.fr"))
            let person: ID<Person>? = try await voter(try await town.eligibility.confirm(first, in: town.vote), town)?
                .person
            await #expect(throws: LinkExpired.self) { try await town.eligibility.confirm(first, in: town.vote) }
            // The same person comes back: another link, the same person.
            _ = try await declare("LOVELACE", email: "ada@example.fr")
            let second: Token = try #require(try await town.letter(to: "ada@example.fr"))
            #expect(try await voter(try await town.eligibility.confirm(second, in: town.vote), town)?.person == person)
            // Somebody else in her name.
            _ = try await declare("Lovelace", email: "mallory@example.fr")
            let third: Token = try #require(try await town.letter(to: "mallory@example.fr"))
            let refused: [DeclarationProblem] = try await refusals(of: DeclarationProblem.self) {
                _ = try await town.eligibility.confirm(third, in: town.vote)
            }
            #expect(refused == [.alreadyDeclared])
            // At the desk she is known.
            let known: ID<Person> = try await town.declarations.declare(
                present: DeclarationDraft(
                    familyName: "lovelace", givenNames: "ada", birthYear: "1980", tie: "1, rue du tilleul", email: ""),
                in: town.vote, language: .french, by: .operator)
            #expect(known == person)
            let problems: [DeclarationProblem] = try await refusals(of: DeclarationProblem.self) {
                _ = try await declare("", year: "2020", email: "x")
            }
            #expect(problems == [.missing(.familyName), .tooYoung(least: 16), .badEmail])
        }
    }

    @Test func `an account that is on the roll votes as the person of its line, and another one does not`() async throws
    {
        try await withElectorate { draft in
            let town: Electorate = try await draft.opened()
            let residents = Town(pool: town.polls.pool)
            try await residents.resident("Yann")
            try await residents.resident("Mallory")
            let sessions = Sessions(pool: town.polls.pool, secrets: residents.secrets)
            let yann: SignedIn = try await residents.signIn("Yann")
            let account: SignedInAccount = try #require(try await sessions.find(token: yann.token)?.account)
            #expect(try await town.eligibility.voter(of: sessions.find(token: yann.token), in: town.vote) == nil)
            #expect(try await town.claim("Le Goff", "Yann", "01/02/1950", account: account) == .linked)
            let entry: RollEntry = try #require(try await town.entry("le goff"))
            #expect(
                try await town.eligibility.voter(of: sessions.find(token: yann.token), in: town.vote)?.person
                    == entry.person)
            let mallory: SignedIn = try await residents.signIn("Mallory")
            let other: SignedInAccount = try #require(try await sessions.find(token: mallory.token)?.account)
            #expect(try await town.claim("Le Goff", "Yann", "01/02/1950", account: other) == .waiting)
            #expect(try await town.eligibility.voter(of: sessions.find(token: mallory.token), in: town.vote) == nil)
        }
    }

    @Test func `two hundred attempts of one person by every way make one mark`() async throws {
        try await withElectorate { draft in
            let town: Electorate = try await draft.opened()
            let entry: RollEntry = try #require(try await town.entry("le goff"))
            let code: String = try await town.polls.codes.issue("", for: .roll(3), in: town.vote.id, by: .operator)
                .letters[2].code
            _ = try await town.claim("Le Goff", "Yann", "01/02/1950")
            let link: Token = try #require(try await town.letter(to: "moi@example.fr"))
            let byLink: Ballots.Voter = try #require(
                try await voter(try await town.eligibility.confirm(link, in: town.vote), town))
            guard
                case .admitted(let token) = try await town.eligibility.present(
                    .code(code), in: town.vote, from: town.visitor)
            else { throw Polls.Missing() }
            let byCode: Ballots.Voter = try #require(try await voter(token, town))
            #expect(byLink.person == entry.person && byCode.person == entry.person)
            let done: Int = try await withThrowingTaskGroup(of: Bool.self) { group in
                for attempt in 0..<200 {
                    group.addTask {
                        do {
                            _ = try await town.polls.ballots.cast(
                                .approval(attempt % 2 == 0 ? ["tree"] : ["bench"]),
                                by: attempt % 3 == 0 ? byLink : byCode, in: town.vote, nonce: FormNonce())
                            return true
                        } catch is Ballots.Refusal { return false }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(done >= 1)
            #expect(try await town.polls.number("SELECT count(*) AS n FROM mark") == 1)
            #expect(try await town.polls.number("SELECT count(*) AS n FROM sealed_ballot") == 1)
        }
    }
}
