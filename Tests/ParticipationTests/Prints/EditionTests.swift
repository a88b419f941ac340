import Foundation
import Participation
import Postgres
import PublicRecord
import TestSupport
import Testing

/// Editions of printed papers, and the serial numbers on them.
@Suite("Editions")
struct EditionTests {
    private let polls: Polls
    private var editions: Editions { Editions(pool: polls.pool) }

    init() {
        polls = Polls(pool: TestDatabase.pool)
    }

    private func reserve(_ count: Int, edition: Int = 1, language: Language = .french, in vote: Vote)
        async throws
        -> Editions.Run
    {
        try await editions.reserve(
            count, for: "ballot", edition: edition, language: language, in: vote.id, by: .operator)
    }

    @Test("numbers follow one another, whatever is printed under them", .database)
    func serials() async throws {
        let vote: Vote = try await polls.open(try await polls.draft()).vote
        #expect(try await editions.count(of: vote.id) == 1)
        #expect(try await reserve(100, in: vote).serials == 1...100)
        #expect(
            try await editions.declare(because: "Une faute au projet 2", in: vote.id, by: .operator) == 2)
        #expect(try await reserve(1, edition: 2, language: .german, in: vote).serials == 101...101)
        let runs: [Editions.Run] = try await editions.runs(of: vote.id)
        #expect(runs.map(\.serials) == [1...100, 101...101])
        #expect(runs.map(\.edition) == [1, 2])
        #expect(runs.map(\.language) == [.french, .german])
        #expect(try await editions.list(of: vote.id).map(\.reason) == ["Une faute au projet 2"])
        #expect(try await editions.count(of: vote.id) == 2)
    }

    @Test("no number is given twice to people who ask at once", .database)
    func race() async throws {
        let vote: Vote = try await polls.open(try await polls.draft()).vote
        try await withThrowingTaskGroup { group in
            for _ in 0..<16 { group.addTask { _ = try await reserve(25, in: vote) } }
            try await group.waitForAll()
        }
        let numbers: [Int] = try await editions.runs(of: vote.id).flatMap { Array($0.serials) }
        #expect(numbers == Array(1...400))
    }

    @Test("what cannot be is refused, and nothing is stored", .database)
    func refusals() async throws {
        let draft: Vote = try await polls.draft()
        await #expect(throws: EditionRefusal.notOpened) { try await reserve(1, in: draft) }
        await #expect(throws: EditionRefusal.notOpened) {
            try await editions.declare(because: "Trop tôt", in: draft.id, by: .operator)
        }
        let vote: Vote = try await polls.open(draft).vote
        await #expect(throws: EditionRefusal.unknownEdition) {
            try await reserve(1, edition: 2, in: vote)
        }
        await #expect(throws: EditionRefusal.outOfBounds) { try await reserve(0, in: vote) }
        await #expect(throws: EditionRefusal.outOfBounds) { try await reserve(100_001, in: vote) }
        await #expect(throws: EditionRefusal.noReason) {
            try await editions.declare(because: "", in: vote.id, by: .operator)
        }
        await #expect(throws: NotAllowed.self) {
            try await editions.declare(because: "Pour voir", in: vote.id, by: .visitor)
        }
        #expect(try await editions.runs(of: vote.id).isEmpty)
        #expect(try await editions.list(of: vote.id).isEmpty)
    }

    @Test(
        "a list of the roll is taken by officers alone, and the register says who took which lines",
        .database)
    func lists() async throws {
        let vote: Vote = try await polls.open(try await polls.draft()).vote
        let lists = RollLists(pool: polls.pool)
        #expect(try await lists.take(1...1000, of: vote.id, by: .operator).isEmpty)
        await #expect(throws: NotAllowed.self) {
            try await lists.take(1...1000, of: vote.id, by: .visitor)
        }
        let acts: [Act] = try await Acts(pool: polls.pool).list().filter { $0.act == "roll_printed" }
        #expect(acts.count == 1)
        #expect(acts.first?.detail.contains("1000") == true)
    }
}
