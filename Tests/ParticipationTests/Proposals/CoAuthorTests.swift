import Foundation
import Participation
import Postgres
import TestSupport
import Testing

/// Writing together: invitations by letter, their answers, and leaving again.
@Suite struct CoAuthorTests {
    @Test func `whoever accepts the letter is an author, once, and writes like the first`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bob: Actor = try await square.resident("Bob")
            let id: ID<Proposal> = try await square.drafts.begin(
                DraftTests.whole, in: square.process, language: .french, by: ada)
            try await square.invite("bob", to: id, by: ada)
            let waiting: OwnProposal = try #require(try await square.drafts.find(id, by: ada))
            #expect(waiting.invitations.map(\.email) == ["bob@example.fr"])
            let token: Token = try #require(try await square.town.token("coauthor_invitation", to: "Bob"))
            #expect(try await square.coAuthors.invitation(token)?.inviter == "Ada")
            #expect(try await square.coAuthors.accept(token, by: bob) == id)
            let together: OwnProposal = try #require(try await square.drafts.find(id, by: bob))
            #expect(together.authors.map(\.name) == ["Ada", "Bob"] && together.invitations.isEmpty)
            // The link is used up, and a letter of an author to an author changes nothing.
            await #expect(throws: CoAuthors.Refusal.absent) { try await square.coAuthors.accept(token, by: bob) }
            try await square.invite("bob", to: id, by: ada)
            let again: Token = try #require(try await square.town.token("coauthor_invitation", to: "Bob"))
            try await square.coAuthors.accept(again, by: bob)
            #expect(try await square.drafts.find(id, by: bob)?.authors.count == 2)
        }
    }

    @Test func `a letter goes to an address without an account as to one with it`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            _ = try await square.resident("Bob")
            let id: ID<Proposal> = try await square.drafts.begin(in: square.process, language: .french, by: ada)
            for name in ["bob", "nobody"] { try await square.invite(name, to: id, by: ada) }
            #expect(try await square.letters(to: "Bob") == ["coauthor_invitation"])
            #expect(try await square.letters(to: "Nobody") == ["coauthor_invitation"])
            let pending: OwnProposal = try #require(try await square.drafts.find(id, by: ada))
            #expect(pending.invitations.count == 2)
        }
    }

    @Test func `whoever declines is forgotten and not asked again`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let id: ID<Proposal> = try await square.drafts.begin(in: square.process, language: .french, by: ada)
            try await square.invite("bob", to: id, by: ada)
            let token: Token = try #require(try await square.town.token("coauthor_invitation", to: "Bob"))
            try await square.coAuthors.decline(token)
            #expect(try await square.drafts.find(id, by: ada)?.invitations.map(\.email) == [nil])
            let gone: CoAuthorInvitation? = try await square.coAuthors.invitation(token)
            #expect(gone == nil)
            await #expect(throws: CoAuthors.Refusal.declined) { try await square.invite("bob", to: id, by: ada) }
            #expect(try await square.letters(to: "Bob").count == 1)
        }
    }

    @Test func `an invitation is taken back, grows old, and dies with the right to change who writes`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bob: Actor = try await square.resident("Bob")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            func link() async throws -> Token {
                try await square.invite("bob", to: bench.id, by: ada)
                return try #require(try await square.town.token("coauthor_invitation", to: "Bob"))
            }
            let first: Token = try await link()
            let waiting: OwnProposal = try #require(try await square.drafts.find(bench.id, by: ada))
            let invitation: ID<OwnProposal.Invitation> = try #require(waiting.invitations.first).id
            await #expect(throws: CoAuthors.Refusal.absent) {
                try await square.coAuthors.withdraw(invitation, of: bench.id, by: bob)
            }
            try await square.coAuthors.withdraw(invitation, of: bench.id, by: ada)
            await #expect(throws: CoAuthors.Refusal.absent) { try await square.coAuthors.accept(first, by: bob) }
            let second: Token = try await link()
            try await square.pool.execute(
                "test.old", "UPDATE proposal_invitation SET expires_at = now() - interval '1 second'")
            await #expect(throws: CoAuthors.Refusal.absent) { try await square.coAuthors.accept(second, by: bob) }
            let third: Token = try await link()
            try await square.set(.inExamination, bench)
            await #expect(throws: CoAuthors.Refusal.beyondEditing) {
                try await square.coAuthors.accept(third, by: bob)
            }
            await #expect(throws: CoAuthors.Refusal.beyondEditing) { try await link() }
        }
    }

    @Test func `nine letters at most wait beside the first author, and few go to one address`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bob: Actor = try await square.resident("Bob")
            let id: ID<Proposal> = try await square.drafts.begin(in: square.process, language: .french, by: ada)
            for number in 1...9 { try await square.invite("n\(number)", to: id, by: ada) }
            await #expect(throws: CoAuthors.Refusal.tooMany(most: 10)) {
                try await square.invite("n10", to: id, by: ada)
            }
            for _ in 1...2 { try await square.invite("n1", to: id, by: ada) }
            await #expect(throws: Throttle.TooMany.self) {
                for _ in 1...3 { try await square.invite("n1", to: id, by: ada) }
            }
            await #expect(throws: CoAuthors.Refusal.absent) { try await square.invite("n1", to: id, by: bob) }
        }
    }

    @Test func `authors leave by themselves, the last one stays`() async throws {
        try await withSquare { square in
            let (ada, bob, id) = try await square.pair()
            try await square.coAuthors.leave(id, by: ada)
            await #expect(throws: CoAuthors.Refusal.absent) { try await square.coAuthors.leave(id, by: ada) }
            await #expect(throws: CoAuthors.Refusal.lastAuthor) { try await square.coAuthors.leave(id, by: bob) }
            let own: OwnProposal = try #require(try await square.drafts.find(id, by: bob))
            #expect(own.authors.map(\.name) == ["Bob"])
            // What the first one began is the next one's to throw away.
            try await square.drafts.discard(id, by: bob)
        }
    }
}

extension Square {
    var coAuthors: CoAuthors {
        CoAuthors(pool: pool, secrets: town.secrets, correspondent: PlainInvitations())
    }

    func invite(_ name: String, to id: ID<Proposal>, by actor: Actor) async throws {
        try await coAuthors.invite(
            EmailAddress("\(name)@example.fr")!, to: id, from: town.library.network, in: .french, by: actor)
    }

    /// A draft of two authors.
    func pair() async throws -> (Actor, Actor, ID<Proposal>) {
        let ada: Actor = try await resident("Ada")
        let bob: Actor = try await resident("Bob")
        let id: ID<Proposal> = try await drafts.begin(DraftTests.whole, in: process, language: .french, by: ada)
        try await invite("bob", to: id, by: ada)
        let token: Token = try #require(try await town.token("coauthor_invitation", to: "Bob"))
        try await coAuthors.accept(token, by: bob)
        return (ada, bob, id)
    }
}

/// Invitations whose text is the token they carry.
private struct PlainInvitations: CoAuthorCorrespondent {
    func invitation(
        _ token: Token, to title: String, by inviter: String, until end: Date, in language: Language
    ) -> Letter {
        Letter(subject: inviter, body: token.text)
    }
}
