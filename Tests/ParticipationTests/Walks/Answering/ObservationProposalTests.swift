import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// What was seen becomes a proposal, in one act.
@Suite("Proposals from observations")
struct ObservationProposalTests {
    @Test("a draft has words, place and cleared photo; it stops nobody else; what is published does, and leads back")
    func begin() async throws {
        try await withPavement { place in
            let walk: ID<Walk> = place.walk.id
            let ada: Account = try await place.hall.square.town.resident("Ada")
            let words = "Le banc est cassé. On tombe."
            let id: ID<Observation> = try await place.walk.observation(words, stop: 2, state: .published, number: 4)
            let unread: ID<Observation> = try await place.walk.observation("Non lu")
            let photo: ID<Medium> = try await place.photo(of: id)
            await #expect(throws: Refused(DraftRefusal.absent)) {
                try await place.proposals.begin(from: unread, by: ada.id)
            }
            try await place.clearances.clear(photo, showing: "Un banc", of: id, on: walk, by: place.agent)
            let draft: ID<Proposal> = try await place.proposals.begin(from: id, by: ada.id)
            let made: ObservationProposals.Made = try #require(
                try await place.proposals.list(of: id, for: ada.id).first)
            #expect(made.isMine && made.proposal.id == draft && made.proposal.title == "Le banc est cassé")
            #expect(made.proposal.body == words && made.proposal.place == "Square")
            #expect(made.proposal.point == WalkFixture.points[1])
            let media = ProposalMedia(pool: place.pool)
            #expect(try await media.list(of: draft).map(\.alt) == ["Un banc"])
            #expect(try await media.list(of: draft).first?.id != photo)
            // Sent twice, and begun twice.
            #expect(try await place.proposals.begin(from: id, as: draft, by: ada.id) == draft)
            await #expect(throws: Refused(DraftRefusal.begunElsewhere)) {
                try await place.proposals.begin(from: id, by: ada.id)
            }
            let agent: ID<Account> = try #require(place.agent.account)
            #expect(try await place.proposals.list(of: id, for: agent).isEmpty, "not an agent's either")
            #expect(try await place.stories.find(4, of: walk)?.proposals.isEmpty == true, "a draft is nobody else's")
            let second: ID<Proposal> = try await place.proposals.begin(
                from: id, inTheNameOf: "Groupe de la marche", by: agent)
            try await place.hall.square.drafts.publish(second, by: .resident(agent))
            let bruno: Account = try await place.hall.square.town.resident("Bruno")
            await #expect(throws: Refused(DraftRefusal.begunElsewhere)) {
                try await place.proposals.begin(from: id, by: bruno.id)
            }
            try await place.hall.square.drafts.discard(draft, by: .resident(ada.id))
            #expect(try await place.proposals.list(of: id, for: ada.id).map(\.proposal.id) == [second])
            let origin: ObservationProposals.Origin = try #require(try await place.proposals.origin(of: second))
            #expect(origin.walkHandle == "gare" && origin.number == 4)
            #expect(try await place.stories.find(4, of: walk)?.proposals.map(\.title) == ["Le banc est cassé"])
        }
    }

    @Test("the title is the first sentence, cut after a word where it is long")
    func title() {
        #expect(ObservationProposals.title(of: "Un banc. Et un arbre.") == "Un banc")
        #expect(ObservationProposals.title(of: "Un banc\nEt un arbre") == "Un banc")
        let long: String = ObservationProposals.title(of: String(repeating: "mot ", count: 60))
        #expect(long.count <= 101 && long.hasSuffix("mot…"))
    }
}
