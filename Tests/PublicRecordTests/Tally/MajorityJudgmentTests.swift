import Foundation
import Testing

@testable import PublicRecord

@Suite("Majority judgment")
struct MajorityJudgmentTests {
    private struct Vector: Decodable {
        struct Place: Decodable {
            var id: String
            var rank: Int
            var grade: Int
            var gauge: [Int64]
            var sign: String
        }

        var tallies: [String: [Int64]]
        var ranking: [Place]
    }

    @Test("Rankings, grades and gauges of two other libraries")
    func vectors() throws {
        let data = Data(try Fixtures.bytes("majority-judgment.json"))
        let vectors = try JSONDecoder().decode([Vector].self, from: data)
        #expect(vectors.count == 75)
        for vector in vectors {
            let ids = vector.tallies.keys.sorted()
            let judgment = MajorityJudgment(counts: ids.map { vector.tallies[$0] ?? [] })
            for place in vector.ranking {
                let index = try #require(ids.firstIndex(of: place.id))
                let rank = 1 + ids.indices.count { judgment.compare($0, index) > 0 }
                #expect(rank == place.rank)
                let gauge = judgment.gauge(index)
                #expect(gauge.counts.count - 1 - gauge.grade == place.grade)
                #expect([gauge.above, gauge.below] == place.gauge)
                #expect(gauge.sign == place.sign)
            }
        }
    }

    @Test("Striking medians one by one gives the same order")
    func definition() {
        var dice = Dice(11)
        for _ in 0..<300 {
            let (scale, voters) = (Int.random(in: 2...5, using: &dice), Int.random(in: 1...9, using: &dice))
            let ballots = (0..<4).map { _ in (0..<voters).map { _ in Int.random(in: 0..<scale, using: &dice) } }
            let judgment = MajorityJudgment(
                counts: ballots.map { grades in
                    (0..<scale).map { grade in Int64(grades.count { $0 == grade }) }
                })
            let values = ballots.map { grades -> [Int] in
                var rest = grades.sorted()
                var value: [Int] = []
                while !rest.isEmpty { value.append(rest.remove(at: (rest.count - 1) / 2)) }
                return value
            }
            for (a, b) in [(0, 1), (1, 2), (2, 3), (3, 0)] {
                let expected =
                    values[a] == values[b] ? 0 : values[a].lexicographicallyPrecedes(values[b]) ? -1 : 1
                #expect(judgment.compare(a, b) == expected)
            }
        }
    }

    @Test("Budget along the majority ranking; ungraded counts as the worst grade")
    func count() throws {
        let projects = [Project(id: "a", cost: 60), Project(id: "b", cost: 50), Project(id: "c", cost: 40)]
        let election = try Election(
            budget: 100, projects: projects, ballotType: .grades(scale: 3),
            ballots: [
                .grades(["a": 0, "b": 1]), .grades(["a": 1, "b": 0, "c": 1]), .grades(["a": 0, "b": 2, "c": 1]),
            ])
        let outcome = try tally(election, rule: .majorityJudgment, tie: .lexico)
        #expect(outcome.order == ["a", "c"])
        #expect(outcome.gauges["a"] == Gauge(grade: 0, above: 0, below: 1, sign: "-", counts: [2, 1, 0]))
        #expect(outcome.gauges["c"] == Gauge(grade: 1, above: 0, below: 1, sign: "-", counts: [0, 2, 1]))
        #expect(outcome.steps.map(\.project) == ["a", "b", "c"])
    }
}
