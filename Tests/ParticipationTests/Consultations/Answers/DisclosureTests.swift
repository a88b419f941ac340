import Participation
import Testing

/// Open data never show a combination of district, age band and way that fewer than k people share.
@Suite struct DisclosureTests {
    typealias Traits = Anonymity.Traits

    /// The same numbers on every run.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    private static func sizes(_ shown: [Traits: Traits], _ counts: [Traits: Int]) -> [Traits: Int] {
        shown.reduce(into: [:]) { sizes, pair in sizes[pair.value, default: 0] += counts[pair.key] ?? 0
        }
    }

    @Test(arguments: 0..<400)
    func `every combination that is shown is shared by k people, whatever the answers`(seed: Int)
        throws
    {
        var dice = Dice(state: UInt64(seed) &* 7919 &+ 1)
        let k: Int = [2, 5, 7].randomElement(using: &dice)!
        var counts: [Traits: Int] = [:]
        for _ in 0..<Int.random(in: 0...40, using: &dice) {
            let traits = Traits(
                district: ["", "nord", "sud", "ouest", "centre"].randomElement(using: &dice)!,
                ageBand: ["", "18", "30", "65"].randomElement(using: &dice)!,
                way: ["paper", "link", "account"].randomElement(using: &dice)!)
            counts[traits, default: 0] += Int.random(in: 0...9, using: &dice)
        }
        let all: Int = counts.values.reduce(0, +)
        guard let shown = Anonymity.shown(for: counts, k: k) else {
            #expect((1..<k).contains(all))
            return
        }
        let sizes: [Traits: Int] = Self.sizes(shown, counts)
        #expect(sizes.values.allSatisfy { $0 >= k }, "\(sizes)")
        #expect(sizes.values.reduce(0, +) == all)
        for (own, now) in shown {
            // Nothing is made up: a value is what was said, or hidden.
            #expect([own.district, Anonymity.hidden].contains(now.district))
            #expect([own.ageBand, Anonymity.hidden].contains(now.ageBand))
            #expect([own.way, Anonymity.hidden].contains(now.way))
        }
        #expect(Anonymity.shown(for: counts, k: k) == shown)
    }

    @Test func `what is shared by enough people stays, and no more is hidden than has to be`() throws {
        let (big, small) = (
            Traits(district: "nord", ageBand: "30", way: "link"),
            Traits(district: "sud", ageBand: "30", way: "link")
        )
        let lone = Traits(district: "sud", ageBand: "65", way: "paper")
        let shown: [Traits: Traits] = try #require(
            Anonymity.shown(for: [
                big: 6, small: 3, Traits(district: "est", ageBand: "30", way: "link"): 2, lone: 5,
            ]))
        #expect(shown[big] == big && shown[lone] == lone)
        #expect(shown[small] == Traits(district: "*", ageBand: "30", way: "link"))
        #expect(Anonymity.shown(for: [big: 4]) == nil)
        #expect(Anonymity.shown(for: [:]) == [:])
    }
}
