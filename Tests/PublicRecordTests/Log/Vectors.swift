import Foundation

@testable import PublicRecord

/// The vectors that other people's code made; see `Tests/Fixtures/record/README.md`.
enum Vectors {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/record")

    static func load() -> CanonicalJSON {
        guard let data = try? Data(contentsOf: folder.appending(path: "tlog-vectors.json")),
            let vectors = try? CanonicalJSON(parsing: Array(data), canonical: false)
        else { return .null }
        return vectors
    }
}

extension CanonicalJSON {
    /// For tests: a member that must be there.
    subscript(name: String) -> CanonicalJSON { optional(name) ?? .null }

    func optional(_ name: String) -> CanonicalJSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    var elements: [CanonicalJSON] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    var text: String {
        guard case .string(let text) = self else { return "not a text" }
        return text
    }

    var number: Int {
        guard case .integer(let number) = self else { return -1 }
        return Int(number)
    }
}

/// Repeatable chance: SplitMix64.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
