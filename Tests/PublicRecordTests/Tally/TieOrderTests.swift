import Crypto
import Testing

@testable import PublicRecord

@Suite("Tie orders")
struct TieOrderTests {
    private func order(_ tie: TieOrder, _ projects: [(id: String, cost: Int64, votes: Int)]) throws -> [String] {
        let election = try Election(
            budget: 0, projects: projects.map { Project(id: $0.id, cost: $0.cost) }, ballotType: .approval,
            ballots: projects.flatMap { [Choices](repeating: .approval([$0.id]), count: $0.votes) })
        let places = tie.places(in: election)
        return projects.indices.sorted { places[$0] < places[$1] }.map { projects[$0].id }
    }

    @Test("Text is compared by code points, not by language")
    func lexico() throws {
        let ids = ["b", "a10", "a9", "é", "z", "Z", "𝒳", "￿"].map { ($0, Int64(1), 0) }
        #expect(try order(.lexico, ids) == ["Z", "a10", "a9", "b", "z", "é", "￿", "𝒳"])
    }

    @Test("Natural order: numbers by value, then text")
    func natural() throws {
        let ids = ["10", "9", "a", "007", "7", "10b", "99999999999999999999999"].map { ($0, Int64(1), 0) }
        #expect(try order(.natural, ids) == ["007", "7", "9", "10", "99999999999999999999999", "10b", "a"])
    }

    @Test("By cost and by votes, with their second criteria")
    func criteria() throws {
        let projects: [(id: String, cost: Int64, votes: Int)] = [
            ("d", 5, 1), ("c", 5, 2), ("b", 3, 1), ("a", 3, 1), ("e", 9, 2),
        ]
        #expect(try order(.minCost, projects) == ["a", "b", "c", "d", "e"])
        #expect(try order(.maxCost, projects) == ["e", "c", "d", "a", "b"])
        #expect(try order(.maxVotes, projects) == ["c", "e", "a", "b", "d"])
        #expect(try order(.file, projects) == ["d", "c", "b", "a", "e"])
    }

    @Test("The draw is SHA-256 of the seed followed by the id")
    func draw() throws {
        let ids = (0..<20).map { "p\($0)" }
        let tickets = ids.map { id in SHA256.hash(data: Array("2026-11-21 12 7 33".utf8) + Array(id.utf8)) }
        let expected = ids.indices.sorted { Array(tickets[$0]).lexicographicallyPrecedes(Array(tickets[$1])) }
        let tie = try #require(TieOrder(name: "draw:2026-11-21 12 7 33"))
        #expect(try order(tie, ids.map { ($0, 1, 0) }) == expected.map { ids[$0] })
        #expect(tie.name == "draw:2026-11-21 12 7 33")
        #expect(TieOrder(name: "draw:") == nil)
        #expect(TieOrder(name: "draw") == nil)
    }

    @Test("Names are stable")
    func names() {
        for tie in TieOrder.allCases { #expect(TieOrder(name: tie.name) == tie) }
        for rule in Rule.allCases { #expect(Rule(name: rule.name) == rule) }
        #expect(Rule(name: "greedy") == nil)
        #expect(TieOrder(name: "Lexico") == nil)
    }
}
