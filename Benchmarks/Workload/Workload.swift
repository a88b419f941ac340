import ArgumentParser
import Foundation

/// The parts of `make bench` that need the record and the count alone, without a database.
@main
struct Workload: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes records and elections of any size, and times the count; called by Scripts/bench.",
        subcommands: [RecordCommand.self, CountCommand.self, CurveCommand.self])
}

/// Numbers that look random and are the same on every machine (SplitMix64).
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    /// Some bytes.
    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// So many different projects of a number of them, the first ones likelier than the last.
    mutating func choices(_ count: Int, of projects: Int) -> [Int] {
        var chosen: Set<Int> = []
        while chosen.count < count {
            let (one, other) = (Double.random(in: 0..<1, using: &self), Double.random(in: 0..<1, using: &self))
            chosen.insert(Int(one * (0.4 + 0.6 * other) * Double(projects)))
        }
        return chosen.sorted()
    }
}

enum Processor {
    /// What this process has used of the processors so far, in seconds: less noisy than the clock on the wall.
    static var time: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
