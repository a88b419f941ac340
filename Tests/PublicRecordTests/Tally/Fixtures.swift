import Foundation
import Testing

@testable import PublicRecord

/// Files under `Tests/Fixtures/pabulib`.
enum Fixtures {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Fixtures/pabulib").standardizedFileURL

    static let cities = [
        "France_Toulouse_2019", "Netherlands_Assen_2024", "Poland_Gdynia_2020_Babie_Doly__small",
        "Poland_Katowice_2022_Koszutka", "Poland_Krakow_2022_Czyzyny", "Poland_Wieliczka_2023_Green_Budget",
        "Switzerland_Zurich_D5",
    ]

    static let ties = [
        "ties_00_approval", "ties_04_cumulative", "ties_10_cumulative", "ties_16_cumulative", "ties_22_cumulative",
        "ties_28_cumulative", "ties_36_approval", "ties_40_cumulative", "ties_44_approval", "ties_46_cumulative",
        "ties_54_approval",
    ].map { "ties/" + $0 }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }

    static func file(_ name: String) throws -> PabulibFile {
        try #require(PabulibFile.parse(try bytes(name + ".pb")).file)
    }

    static func expected(_ name: String) throws -> Expected {
        try JSONDecoder().decode(Expected.self, from: Data(bytes(name + ".expected.json")))
    }

    /// Outcomes of another implementation.
    struct Expected: Decodable {
        struct Result: Decodable {
            var rule: String
            var tie: String
            var order: [String]
            var cost: String
            var step: String?
            var perVoter: String?
            var before: [String]?
            var preferShares: Int64?
            var preferGreedy: Int64?
            var kept: String?
        }

        var file: String
        /// Votes and points by project.
        var support: [String: [Int64]]
        var results: [Result]
    }
}

/// SplitMix64: the same numbers on every machine.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

extension Election {
    /// A small random election with many ties.
    static func random(_ dice: inout Dice, points: Bool = false, costsFrom: Int64 = 0) throws -> Election {
        let count = Int.random(in: 1...9, using: &dice)
        let projects = (0..<count).map { index in
            Project(id: "\(index * 7 % 10)", cost: Int64.random(in: costsFrom...8, using: &dice) * 500)
        }
        let voters = Int.random(in: 0...12, using: &dice)
        let ballots = (0..<voters).map { _ -> Choices in
            let chosen = projects.map(\.id).filter { _ in Bool.random(using: &dice) }
            guard points else { return .approval(chosen) }
            return .points(
                Dictionary(uniqueKeysWithValues: chosen.map { ($0, Int64.random(in: 0...3, using: &dice)) }))
        }
        return try Election(
            budget: Int64.random(in: 0...30, using: &dice) * 500, projects: projects,
            ballotType: points ? .points : .approval, ballots: ballots)
    }
}
