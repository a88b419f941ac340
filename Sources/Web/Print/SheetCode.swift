import Participation
import PublicRecord

/// A document of the print pack of a vote; the raw value stands in addresses.
enum PrintDocument: String, Sendable, CaseIterable {
    case ballot, large
    case easyRead = "easy-read"
    case sample, catalogue, roll
    case placeReport = "place-report"
    case batch, letter, minutes

    /// The sizes of paper in which it is made; the first one unless another is asked for.
    var sizes: [PaperSize] {
        switch self {
        case .ballot, .sample, .catalogue: [.a4, .a5]
        case .large, .easyRead, .roll, .placeReport, .batch, .letter, .minutes: [.a4]
        }
    }

    /// Whether people vote on it: only such papers can bear serial numbers.
    var isBallot: Bool { self == .ballot || self == .large || self == .easyRead }
}

/// A size of paper.
enum PaperSize: String, Sendable, CaseIterable {
    case a4, a5
}

/// What the code on every page of a sheet holds, for a scanner and for whoever sorts papers.
protocol PageCode: Sendable {
    /// The text of the code on a page.
    ///
    /// - Parameter page: from 1; nil where a browser decides about the pages.
    func text(page: Int?) -> String
}

/// The code on the papers of a vote; see `Documentation/Print.md`.
struct SheetCode: PageCode, Hashable {
    let document: PrintDocument
    /// The SHA-256 of the frozen definition; nil before the vote opens.
    let definition: [UInt8]?
    let edition: Int
    let language: Language
    /// Of one paper, batch or letter.
    var serial: String?

    /// `TILLEUL/1/BALLOT/2F9C41D0A7B3/1/FR/2/000123`: capital letters, digits and strokes make a small code.
    ///
    /// - Parameter page: from 1; nil where a browser decides about the pages, which is written 0.
    func text(page: Int?) -> String {
        let parts: [String] = [
            "TILLEUL", "1", document.rawValue, definition.map(Self.short) ?? "DRAFT", String(edition),
            language.rawValue, String(page ?? 0),
        ]
        return (parts + [serial].compactMap(\.self)).joined(separator: "/").uppercased()
    }

    /// The first 48 bits of a hash: enough to tell two definitions apart, short enough to be compared by eye.
    static func short(_ hash: [UInt8]) -> String { Hex.encode(hash.prefix(6)).uppercased() }

    /// The short hash in groups of four, as it is printed: `2F9C 41D0 A7B3`.
    var words: String? {
        definition.map { hash in
            let digits = Array(Self.short(hash))
            return stride(from: 0, to: digits.count, by: 4).map { String(digits[$0..<min($0 + 4, digits.count)]) }
                .joined(separator: "\u{A0}")
        }
    }
}
