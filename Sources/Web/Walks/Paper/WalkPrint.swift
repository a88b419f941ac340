import Foundation
import Participation

/// Walk sheets on paper: a cover, a sheet for each stop and one for what is seen between them.
struct WalkPrint: PageView {
    static let template = "walks/paper-print"

    /// A word with the letter or digit that is written for it.
    struct Code: Sendable {
        let code: String
        let word: String
    }

    /// A stop of the list beside the map.
    struct StopLine: Sendable {
        let number: String
        let title: String
        let titleLanguage: String?
    }

    /// What stands before the sheets: where, when, what for.
    struct Cover: Sendable {
        let aim: String?
        let aimLanguage: String?
        let facts: [PlaceFact]
        let map: String?
        let stops: [StopLine]
        let danger: String
        /// The address of the sheet for a phone, in letters and as a code.
        let address: String
        let picture: String
        /// What opens it; only on covers that the desk prints.
        let code: String?
    }

    /// A sheet to write on.
    struct Sheet: Sendable {
        /// Its number with the check digit, and as a code for a page that a browser prints.
        let serial: String?
        let picture: String?
        let heading: String
        let headingLanguage: String?
        let prompt: String?
        let promptLanguage: String?
        let map: String?
        let isBetween: Bool
        let lines: [String]
    }

    let walkTitle: String
    let titleLanguage: String?
    let processTitle: String
    let classes: String
    let foot: String
    let cover: Cover?
    /// Without a cover, the heading of the sheet is that of the page.
    let isAlone: Bool
    let sheets: [Sheet]
    let kinds: [Code]
    let feelings: [Code]
    let themes: [Code]
    let hasThemes: Bool
    let concerned: [Code]
    let backHref: String
    let pdfHref: String
    let otherSize: PlaceLink?

    static let sample = WalkPrint(
        walkTitle: "La gare", titleLanguage: "fr", processTitle: "Diagonales", classes: "a4 walk-sheets",
        foot: "Feuille de marche",
        cover: Cover(
            aim: "Voir la gare.", aimLanguage: "fr", facts: [PlaceFact(name: "Quand", text: "ce soir")],
            map: "<svg></svg>", stops: [StopLine(number: "1", title: "Gare", titleLanguage: "fr")],
            danger: "Appelez le 112.", address: "https://city.example/walks/x/sheet", picture: "<svg></svg>",
            code: "gare2027"), isAlone: true,
        sheets: [
            Sheet(
                serial: "0012-8", picture: "<svg></svg>", heading: "Arrêt 1 : Gare", headingLanguage: "fr",
                prompt: "Que voyez-vous ?", promptLanguage: "fr", map: "<svg></svg>", isBetween: true,
                lines: ["1", "2"])
        ], kinds: [Code(code: "+", word: "Point fort")], feelings: [Code(code: "1", word: "Très mal")],
        themes: [Code(code: "A", word: "Éclairage")], hasThemes: true,
        concerned: [Code(code: "1", word: "Tout le monde")], backHref: "/walks/x", pdfHref: "/walks/x/print.pdf",
        otherSize: PlaceLink(label: "Grands caractères", href: "/walks/x/print?size=large"))
}

/// The letters and digits that are written on a sheet instead of words.
enum SheetCodes {
    /// `A` for the first theme.
    static func theme(_ index: Int) -> String {
        index < 26 ? String(Character(UnicodeScalar(UInt8(65 + index)))) : String(index + 1)
    }

    /// Signs that look alike in every hand.
    static func kind(_ kind: Observation.Kind) -> String {
        switch kind {
        case .strength: "+"
        case .problem: "−"
        case .idea: "!"
        }
    }

    /// The same sign on a keyboard, which has no minus.
    static func key(_ kind: Observation.Kind) -> String { kind == .problem ? "-" : Self.kind(kind) }

    /// From 1, very bad, to 5.
    static func feeling(_ feeling: Observation.Feeling) -> String { String(feeling.rawValue + 3) }

    /// From 1.
    static func concerned(_ concerned: Concerned) -> String {
        String((Concerned.allCases.firstIndex(of: concerned) ?? 0) + 1)
    }

    /// Who is meant by a digit.
    static func concerned(_ code: some StringProtocol) -> Concerned? {
        Int(code).flatMap { Concerned.allCases.indices.contains($0 - 1) ? Concerned.allCases[$0 - 1] : nil }
    }
}
