import Participation

/// A part of the roll with numbered lines and a box to tick, for a place without network.
struct RollSheet: PageView {
    static let template = "prints/roll"

    /// A person.
    struct Line: Sendable {
        let number: String
        let family: String
        let given: String
        let birth: String
        let address: String
    }

    let marks: SheetMarks
    let heading: String
    let range: String
    let lines: [Line]
    let isEmpty: Bool

    static let sample = RollSheet(
        marks: .sample, heading: "Liste d’émargement", range: "Lignes 1 à 1 000",
        lines: [Line(number: "1", family: "Abel", given: "Rose", birth: "12.03.1950", address: "1 rue du Pré")],
        isEmpty: true)
}

extension RollSheet {
    init(_ entries: [RollEntry], lines: ClosedRange<Int>, marks: SheetMarks, _ strings: Strings) {
        self.marks = marks
        heading = marks.document
        range = strings(
            "prints.roll.range", ["first": strings.number(lines.lowerBound), "last": strings.number(lines.upperBound)])
        self.lines = entries.map { entry in
            Line(
                number: String(entry.line), family: entry.familyName, given: entry.givenNames,
                birth: entry.birthDate.map { Self.day($0) } ?? entry.birthYear.map { String($0) } ?? "",
                address: entry.address)
        }
        isEmpty = entries.isEmpty
    }

    /// The short way to write a day that all three languages read alike.
    private static func day(_ day: Day) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(day.day)).\(two(day.month)).\(day.year)"
    }
}

/// The form on which the officers of a place write their account at the end of the day.
struct ReportSheet: PageView {
    static let template = "prints/place-report"

    let marks: SheetMarks
    let heading: String
    let place: String?
    let handle: String?
    let address: String?

    static let sample = ReportSheet(
        marks: .sample, heading: "Rapport du lieu de vote", place: "Mairie", handle: "mairie", address: "1 place")
}

/// The sheet that lies on a batch of papers.
struct BatchSheet: PageView {
    static let template = "prints/batch"

    let marks: SheetMarks
    let heading: String
    let handle: String
    let place: String
    let papers: String
    let spoiled: String
    let declared: String

    static let sample = BatchSheet(
        marks: .sample, heading: "Feuille de lot", handle: "mairie-1", place: "Mairie", papers: "100", spoiled: "2",
        declared: "21 novembre 2026")
}

/// Letters that bring one voting code each.
struct LetterSheet: PageView {
    static let template = "prints/letter"

    /// A letter to one person.
    struct Letter: Sendable {
        let recipient: [String]
        let serial: String
        let code: String
        /// The address of the page where the code is typed, as a picture.
        let picture: String
    }

    let marks: SheetMarks
    let sender: String
    let lead: String
    let dates: String
    let address: String
    let help: [String]
    let letters: [Letter]

    static let sample = LetterSheet(
        marks: .sample, sender: "Ville", lead: "Vous pouvez voter.", dates: "Du 1er au 30 novembre",
        address: "https://participer.example/votes/x/code", help: ["Mairie"],
        letters: [
            Letter(recipient: ["Rose Abel"], serial: "1-0001", code: "7K2M-Q9XD", picture: "<svg></svg>")
        ])
}
