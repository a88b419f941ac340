import Foundation
import Participation
import Postgres
import TestSupport
import Testing

/// Random sequences of supports, joins, undone joins and splits on a real database, beside a model that knows nothing
/// of SQL: who gave what to which proposal, and which proposal points to which.
@Suite struct JoinPropertyTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `no support is lost, invented or counted twice`(_ seed: UInt64) async throws {
        try await withSquare { square in
            var play = try await Play.begin(square, seed: seed)
            for step in 0..<80 {
                let act: String = try await play.step()
                try await play.check("seed \(seed), step \(step): \(act)")
            }
            try await play.undoAll()
            try await play.check("seed \(seed), at the end")
        }
    }
}

/// The model and the database it is compared with.
private struct Play {
    let square: Square
    let people: [Actor]
    var generator: SplitMix
    var proposals: [Int64: Proposal] = [:]
    /// Where each proposal points, and the id of the join.
    var joinedInto: [Int64: Int64] = [:]
    var joins: [Int64: ID<Join>] = [:]
    /// What each person gave, by the index of the person.
    var given: [Int64: Set<Int>] = [:]

    static func begin(_ square: Square, seed: UInt64) async throws -> Play {
        var play = Play(square: square, people: try await square.crowd(6), generator: SplitMix(state: seed))
        for index in 0..<5 { play.know(try await square.proposal("Idée \(index)", by: play.people[index])) }
        return play
    }

    mutating func know(_ proposal: Proposal) {
        proposals[proposal.number] = proposal
        given[proposal.number] = []
    }

    // MARK: Acts

    mutating func step() async throws -> String {
        let number: Int64 = pick()
        let person: Int = Int.random(in: people.indices, using: &generator)
        switch Int.random(in: 0..<20, using: &generator) {
        case 0..<9:
            try await square.supports.give(to: proposals[number]!.id, by: people[person])
            if !family(root(number)).contains(where: { given[$0]!.contains(person) }) { given[number]!.insert(person) }
            return "\(person) supports \(number)"
        case 9..<12:
            try await square.supports.takeBack(from: proposals[number]!.id, by: people[person])
            for member in family(root(number)) { given[member]!.remove(person) }
            return "\(person) takes back from \(number)"
        case 12..<15: return try await join(number, pick())
        case 15..<18: return try await undo(number)
        case 18: return try await joinAnew(number, pick())
        default: return try await split(number)
        }
    }

    private mutating func join(_ origin: Int64, _ target: Int64) async throws -> String {
        let isPossible: Bool = origin != target && joinedInto[origin] == nil && joinedInto[target] == nil
        do {
            try await square.joins.join(
                [origin], into: target, because: "Au hasard.", in: square.process, by: square.agent)
            #expect(isPossible, "\(origin) into \(target)")
            try await point(origin, to: target)
        } catch is Refused<JoinRefusal> {
            #expect(!isPossible, "\(origin) into \(target)")
        }
        return "\(origin) into \(target)"
    }

    private mutating func joinAnew(_ one: Int64, _ other: Int64) async throws -> String {
        guard one != other, joinedInto[one] == nil, joinedInto[other] == nil, proposals.count < 12 else {
            return "none"
        }
        let made: Int64 = try await square.joins.join(
            [one, other], as: Wording(title: "Ensemble", body: "Ensemble.", place: ""), because: "Au hasard.",
            in: square.process, by: square.agent)
        know(try await square.proposal(made))
        for origin in [one, other] { try await point(origin, to: made) }
        return "\(one) and \(other) in \(made)"
    }

    private mutating func undo(_ number: Int64) async throws -> String {
        guard let join = joins[number] else { return "none" }
        try await square.joins.undo(join, because: "Au hasard.", in: square.process, by: square.agent)
        joins[number] = nil
        joinedInto[number] = nil
        return "\(number) stands by itself"
    }

    private mutating func split(_ number: Int64) async throws -> String {
        guard joinedInto[number] == nil, proposals.count < 12 else { return "none" }
        let proposal: Proposal = try await square.proposal(number)
        let rest = Wording(title: proposal.title, body: proposal.body, place: proposal.place)
        let part: Int64 = try await square.splits.split(
            number, leaving: rest, part: Wording(title: "Part", body: "Part.", place: ""), over: 1,
            because: "Au hasard.",
            in: square.process, by: square.agent)
        know(try await square.proposal(part))
        if Bool.random(using: &generator) {
            try await square.splits.undo(part, because: "Au hasard.", in: square.process, by: square.agent)
            try await point(part, to: number)
        }
        return "\(part) out of \(number)"
    }

    private mutating func point(_ origin: Int64, to target: Int64) async throws {
        joinedInto[origin] = target
        joins[origin] = try #require(try await square.joins.history(of: proposals[origin]!.id).first).id
    }

    /// Takes every join apart again, in whatever order.
    mutating func undoAll() async throws {
        for number in joins.keys.shuffled(using: &generator) { _ = try await undo(number) }
    }

    // MARK: What must hold

    func check(_ after: String) async throws {
        let rows: [Row] = try await square.pool.query(
            "test.supports", "SELECT proposal_id, count(*) AS n FROM proposal_support GROUP BY proposal_id")
        let kept: [UUID: Int64] = Dictionary(
            uniqueKeysWithValues: try rows.map { (try $0.get("proposal_id"), try $0.get("n")) })
        for (number, proposal) in proposals {
            let now: Proposal = try await square.proposal(number)
            let distinct: Set<Int> = family(number).reduce(into: []) { $0.formUnion(given[$1]!) }
            #expect(now.supports == distinct.count, "proposal \(number), \(after)")
            #expect(kept[proposal.id.uuid, default: 0] == Int64(given[number]!.count), "rows of \(number), \(after)")
            #expect((now.status == .joined) == (joinedInto[number] != nil), "status of \(number), \(after)")
        }
    }

    private mutating func pick() -> Int64 { proposals.keys.sorted().randomElement(using: &generator)! }

    private func root(_ number: Int64) -> Int64 { joinedInto[number].map(root) ?? number }

    /// The proposal and all that point to it, directly or not.
    private func family(_ number: Int64) -> [Int64] {
        [number] + joinedInto.filter { $0.value == number }.flatMap { family($0.key) }
    }
}

/// Random numbers that are the same at every run (Steele, Lea and Flood 2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed: UInt64 = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
