import Foundation
@testable import Participation
import Postgres
import PublicRecord
import Testing

/// The roll in the public record, and the samples that auditors check against it.
@Suite struct RollCommitmentTests {
    @Test func `no vote with a roll opens before its roll is committed`() async throws {
        try await withElectorate { town in
            await #expect(throws: VoteRefusal.rollNotCommitted) { _ = try await town.polls.open(town.vote) }
            await #expect(throws: RollRefusal.noVersion) {
                try await town.commitments.commit(town.vote.id, by: .operator)
            }
            try await town.confirm(Electorate.list)
            try await town.commitments.commit(town.vote.id, by: .operator)
            // A later version has to be committed again.
            try await town.confirm(Electorate.list + "\nZola;Émile;02/04/1970;;68100;")
            #expect(try await town.rolls.commitment(of: town.vote.id) == nil)
            await #expect(throws: VoteRefusal.rollNotCommitted) { _ = try await town.polls.open(town.vote) }
            await #expect(throws: NotAllowed.self) {
                try await town.commitments.commit(town.vote.id, by: .visitor)
            }
            #expect(try await town.commitments.commit(town.vote.id, by: .operator).size == 8)
            let vote: Vote = try await town.polls.open(town.vote).vote
            #expect(vote.opening?.definition.rollFields == ["birth_date", "family_name", "given_names"])
            await #expect(throws: RollRefusal.alreadyOpened) {
                try await town.commitments.commit(vote.id, by: .operator)
            }
        }
    }

    @Test func `the record has the size and the root, and holds`() async throws {
        try await withElectorate { draft in
            let town: Electorate = try await draft.opened()
            let commitment: RollCommitment = try #require(try await town.rolls.commitment(of: town.vote.id))
            let files: [String: [UInt8]] = try await town.polls.files(of: town.vote)
            let entries = try #require(Tiles.entries(files["tile/entries/000.p/2"]!))
            #expect(try Entry(bytes: entries[0]) == .rollCommitted(size: 7, root: commitment.root))
            #expect(try verify(RecordSource(files: files)).holds)
        }
    }

    @Test func `a sample opens commitments that stand under the root, and nothing else does`() async throws {
        try await withElectorate { draft in
            let town: Electorate = try await draft.opened()
            let sample: RollSample = try await town.commitments.sample(4, of: town.vote.id, by: .operator)
            #expect(sample.openings.count == 4)
            for opening in sample.openings {
                #expect(opening.isIn(root: sample.root, size: sample.size))
                let entry: RollEntry = try #require(try await town.rolls.entry(line: opening.line, of: town.vote.id))
                #expect(opening.values[0] == entry.familyName)
                let forged = RollOpening(
                    line: opening.line, salt: opening.salt,
                    text: Array(
                        String(decoding: opening.text, as: UTF8.self).replacing(entry.familyName, with: "X").utf8),
                    proof: opening.proof)
                #expect(!forged.isIn(root: sample.root, size: sample.size))
            }
            #expect(Set(sample.openings.map(\.salt)).count == 4)
            await #expect(throws: NotAllowed.self) {
                try await town.commitments.sample(1, of: town.vote.id, by: .visitor)
            }
            await #expect(throws: RollRefusal.outOfBounds) {
                try await town.commitments.sample(0, of: town.vote.id, by: .operator)
            }
            let acts = try await town.polls.number("SELECT count(*) AS n FROM act WHERE act = 'roll_sampled'")
            #expect(acts == 1)
        }
    }

    @Test func `what was committed stays open to the sample after an amendment`() async throws {
        try await withElectorate { draft in
            let town: Electorate = try await draft.opened()
            try await town.confirm(
                Electorate.list.replacing("1 rue du Tilleul", with: "5 rue Neuve").replacing(
                    "Le Goff;Yann;01/02/1950;;68100;\n", with: "")
                    + "\nZola;Émile;02/04/1970;;68100;")
            #expect(try await town.rolls.size(of: town.vote.id) == 7)
            let sample: RollSample = try await town.commitments.sample(7, of: town.vote.id, by: .operator)
            #expect(sample.openings.count == 7)
            for opening in sample.openings { #expect(opening.isIn(root: sample.root, size: sample.size)) }
            #expect(sample.openings[0].values[3] == "1 rue du Tilleul")
            #expect(try await town.rolls.entry(line: 8, of: town.vote.id)?.familyName == "Zola")
        }
    }
}
