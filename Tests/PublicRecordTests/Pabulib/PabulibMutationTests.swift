import Testing

@testable import PublicRecord

@Suite("Any bytes are safe to read")
struct PabulibMutationTests {
    /// Bytes that mean something to the reader, to be put where they do not belong.
    private static let spices: [[UInt8]] =
        [
            ";", ",", "\"", "\"\"", "\n", "\r", "\r\n", "META", "PROJECTS\n", "VOTES\n", "-", "999999999",
            "99999999999999",
            "\u{FEFF}", "\u{A0}", "none", "1,1,1,1", "2147483648", "e\u{301}", "0.001",
        ].map { Array($0.utf8) } + [[0xff], [0xc3], [0xe2, 0x80], [0]]

    @Test(
        "Mutated files never crash, and what is accepted can be counted, written and read again",
        arguments: ["ties/ties_00_approval", "ties/ties_04_cumulative", "ties/ties_28_cumulative"])
    func mutations(name: String) throws {
        let seed = try Fixtures.bytes(name + ".pb")
        var dice = Dice(UInt64(seed.count))
        var accepted = 0
        for _ in 0..<1_500 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...4, using: &dice) { mutate(&bytes, &dice) }
            let reading = PabulibFile.parse(bytes)
            #expect((reading.file == nil) == !reading.errors.isEmpty)
            for problem in reading.problems { #expect(!problem.sentence.isEmpty) }
            guard let file = reading.file else { continue }
            accepted += 1
            for doubles in PabulibFile.Doubles.allCases {
                guard let election = try? file.election(doubles: doubles) else { continue }
                let outcome = try tally(election, rule: .greedyVotes, tie: .natural, parameters: file.parameters)
                #expect(outcome.cost <= file.budget)
            }
            #expect(Array(file.votes).count == file.votes.count)
            _ = PabulibFile.parse(file.bytes())
        }
        #expect(accepted > 0)
    }

    private func mutate(_ bytes: inout [UInt8], _ dice: inout Dice) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &dice)
        switch Int.random(in: 0..<5, using: &dice) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &dice)
        case 1: bytes.insert(contentsOf: Self.spices.randomElement(using: &dice) ?? [], at: place)
        case 2: bytes.remove(at: place)
        case 3:
            let end = min(bytes.count, place + Int.random(in: 1...40, using: &dice))
            bytes.removeSubrange(place..<end)
        default:
            let end = min(bytes.count, place + Int.random(in: 1...40, using: &dice))
            bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &dice))
        }
    }
}
