import Foundation
import Participation
import Postgres
import TestSupport
import Testing

/// Supports: one per person, within the limit of the phase, and hidden where the phase hides them.
@Suite struct SupportTests {
    @Test func `a person supports a proposal once, and can take that back`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            try await square.supports.give(to: bench.id, by: ada)
            try await square.supports.give(to: bench.id, by: ada)
            #expect(try await square.now(bench).supports == 1)
            let standing: SupportStanding = try await square.supports.standing(of: bench, for: ada.account)
            #expect(standing.isGiven && standing.given == 1 && standing.mayTakeBack && !standing.mayGive)
            try await square.supports.takeBack(from: bench.id, by: ada)
            try await square.supports.takeBack(from: bench.id, by: ada)
            #expect(try await square.now(bench).supports == 0)
            await #expect(throws: NotAllowed.self) { try await square.supports.give(to: bench.id, by: .visitor) }
            // What people support is nothing that auditors read.
            let acts: [Act] = try await Acts(pool: square.pool).list(kinds: ["process"])
            #expect(acts.prefix(2).map(\.act) == ["support_taken_back", "support_given"])
            #expect(acts.prefix(2).allSatisfy { $0.object == square.process.uuid && $0.detail == "{}" })
        }
    }

    @Test func `fifty attempts at once against a limit of three give three`() async throws {
        var rule: ProposalRule = Square.ideas
        rule.supportLimit = 3
        try await withSquare(rule: rule) { square in
            let ada: Actor = try await square.resident("Ada")
            let authors: [Actor] = try await square.crowd(10)
            var made: [Proposal] = []
            for index in 0..<10 {
                made.append(try await square.proposal("Idée \(index)", by: authors[index]))
            }
            let proposals: [Proposal] = made
            try await square.warm()
            let refused: Int = try await withThrowingTaskGroup(of: Bool.self) { group in
                for attempt in 0..<50 {
                    group.addTask {
                        do {
                            try await square.supports.give(to: proposals[attempt % 10].id, by: ada)
                            return false
                        } catch SupportRefusal.limitReached(3) { return true }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(try await square.town.count("proposal_support") == 3)
            #expect(refused >= 7)
            var sum = 0
            for proposal in proposals { sum += try await square.now(proposal).supports }
            #expect(sum == 3)
            let given: Proposal = try #require(try await supported(proposals, square).first)
            try await square.supports.takeBack(from: given.id, by: ada)
            try await square.supports.give(to: given.id, by: ada)
            #expect(try await square.town.count("proposal_support") == 3)
        }
    }

    @Test func `many people at once are counted each`() async throws {
        try await withSquare { square in
            let people: [Actor] = try await square.crowd(40)
            let bench: Proposal = try await square.proposal("Un banc", by: people[0])
            try await square.warm()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for person in people {
                    group.addTask { try await square.supports.give(to: bench.id, by: person) }
                }
                try await group.waitForAll()
            }
            #expect(try await square.now(bench).supports == 40)
        }
    }

    @Test func `outside the phase, and once the city has answered, counts stay as they are`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            try await square.supports.give(to: bench.id, by: ada)
            try await square.set(.refused, bench)
            await #expect(throws: SupportRefusal.settled) {
                try await square.supports.takeBack(from: bench.id, by: ada)
            }
            try await square.set(.received, bench)
            try await square.allow(.readOnly)
            await #expect(throws: SupportRefusal.closed) { try await square.supports.give(to: bench.id, by: ada) }
            await #expect(throws: SupportRefusal.closed) { try await square.supports.takeBack(from: bench.id, by: ada) }
            #expect(try await square.now(bench).supports == 1)
        }
    }

    @Test func `a support given to what was withdrawn does not use up the limit`() async throws {
        var rule: ProposalRule = Square.ideas
        rule.supportLimit = 1
        try await withSquare(rule: rule) { square in
            let ada: Actor = try await square.resident("Ada")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            let tree: Proposal = try await square.proposal("Un arbre", by: ada)
            try await square.supports.give(to: bench.id, by: ada)
            await #expect(throws: SupportRefusal.limitReached(1)) {
                try await square.supports.give(to: tree.id, by: ada)
            }
            try await square.withdrawals.withdraw(bench.id, by: ada)
            try await square.supports.give(to: tree.id, by: ada)
            #expect(try await square.now(bench).supports == 1)
            #expect(try await square.now(tree).supports == 1)
        }
    }

    @Test func `while counts are hidden, the standing tells nobody's but one's own`() async throws {
        var rule: ProposalRule = Square.ideas
        rule.hidesCounts = true
        rule.supportThreshold = 2
        try await withSquare(rule: rule) { square in
            let people: [Actor] = try await square.crowd(3)
            let bench: Proposal = try await square.proposal("Un banc", by: people[0])
            let before: SupportStanding = try await square.supports.standing(of: bench, for: people[0].account)
            for person in people.dropFirst() { try await square.supports.give(to: bench.id, by: person) }
            let after: SupportStanding = try await square.supports.standing(
                of: try await square.now(bench), for: people[0].account)
            #expect(before == after)
            #expect(after.count == nil)
            #expect(try await square.now(bench).changedAt == bench.changedAt)
        }
    }

    private func supported(_ proposals: [Proposal], _ square: Square) async throws -> [Proposal] {
        var found: [Proposal] = []
        for proposal in proposals where try await square.now(proposal).supports > 0 { found.append(proposal) }
        return found
    }
}
