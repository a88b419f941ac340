import Foundation
import Participation
import Postgres
import TestSupport
import Testing

/// Following proposals, and reading what they said before.
@Suite struct FollowerTests {
    @Test func `an account follows once, and nobody follows a draft`() async throws {
        try await withSquare { square in
            let followers = Followers(pool: square.pool)
            let ada: Actor = try await square.resident("Ada")
            let bruno: Actor = try await square.resident("Bruno")
            let reader: ID<Account> = try #require(bruno.account)
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            for _ in 0..<2 { try await followers.follow(bench.id, by: bruno) }
            #expect(try await followers.isFollowing(bench.id, reader))
            #expect(try await followers.list(of: reader).map(\.number) == [bench.number])
            let draft: ID<Proposal> = try await square.drafts.begin(
                ProposalDraft(title: "Un arbre", body: "x", place: ""), in: square.process,
                language: .french, by: ada)
            try await followers.follow(draft, by: bruno)
            #expect(try await followers.isFollowing(draft, reader) == false)
            await #expect(throws: NotAllowed.self) { try await followers.follow(bench.id, by: .visitor) }
            for _ in 0..<2 { try await followers.unfollow(bench.id, by: bruno) }
            #expect(try await followers.list(of: reader).isEmpty)
            #expect(
                try await square.pool.query(
                    "test.acts", "SELECT FROM act WHERE act = \'proposal_followed\'"
                ).count == 1)
            #expect(
                try await square.pool.query(
                    "test.acts", "SELECT FROM act WHERE act = \'proposal_unfollowed\'"
                ).count == 1)
        }
    }

    @Test func `every wording can be read beside the one before`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            try await square.pool.execute(
                "test.version",
                """
                INSERT INTO proposal_version (proposal_id, number, title, body, place, reason)
                VALUES (\(bench.id), 2, 'Deux bancs', 'Et voilà.', 'là', 'edited')
                """)
            let versions = try await square.proposals.versions(of: bench.id)
            #expect(versions.map(\.number) == [2, 1] && versions.map(\.reason) == [.edited, .published])
            let second = try #require(try await square.proposals.version(2, of: bench.id))
            #expect(
                second.version.wording.title == "Deux bancs" && second.before?.wording.title == "Un banc")
            #expect(try await square.proposals.version(1, of: bench.id)?.before == nil)
            #expect(try await square.proposals.version(3, of: bench.id) == nil)
        }
    }
}
