import Participation

/// The roll of a vote at the desk.
struct RollPage: PageView {
    static let template = "rolls/roll"

    /// Somebody on the roll.
    struct Line: Sendable {
        let number: String
        let name: String
        let birth: String
        let address: String
        let note: String
    }

    /// A version that was confirmed.
    struct Version: Sendable {
        let number: String
        let date: String
        let who: String
        let file: String
        let size: String
        let added: String
        let changed: String
        let removed: String
        let kept: String
    }

    let crumbs: [PlaceLink]
    let base: String
    let errors: ErrorSummary?
    let size: String
    let commitmentWords: String?
    let root: String?
    let isUnused: Bool
    let mayImport: Bool
    let mayRead: Bool
    let mayCommit: Bool
    let maySample: Bool
    let isOpened: Bool
    let file: Input
    let lines: Input
    let query: String
    let results: [Line]
    let foundWords: String?
    let hasResults: Bool
    let waitingWords: String?
    let pending: [PlaceLink]
    let hasPending: Bool
    let versions: [Version]
    let isEmpty: Bool

    static let sample = RollPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], base: "/desk/votes/x/roll",
        errors: ErrorSummary(items: [.init(field: "lines", text: "Trop.")]), size: "3 personnes",
        commitmentWords: "Arrêtée", root: "ab", isUnused: true, mayImport: true, mayRead: true, mayCommit: true,
        maySample: true, isOpened: true, file: Input(name: "file"),
        lines: Input(name: "lines", value: "50", error: "Trop."),
        query: "dupont",
        results: [Line(number: "1", name: "Dupont Marie", birth: "1980", address: "1 rue", note: "Hors liste")],
        foundWords: "1 personne", hasResults: true, waitingWords: "2 demandes",
        pending: [PlaceLink(label: "liste.csv", href: "/x")], hasPending: true,
        versions: [
            Version(
                number: "1", date: "hier", who: "Agent", file: "liste.csv", size: "3", added: "3", changed: "0",
                removed: "0", kept: "0")
        ], isEmpty: true)
}

extension RollPage.Line {
    init(_ entry: RollEntry, _ strings: Strings) {
        number = String(entry.line)
        name = entry.name
        birth = entry.birthWords
        address = [entry.address, entry.postcode, entry.district].filter { !$0.isEmpty }.joined(separator: ", ")
        note = entry.rollNumber
    }
}

extension RollEntry {
    /// The day or the year of birth, as the roll has it.
    var birthWords: String { birthDate.map { "\($0)" } ?? birthYear.map { "\($0)" } ?? "" }
}

extension RollPage.Version {
    init(_ version: RollVersion, _ strings: Strings) {
        number = String(version.number)
        date = strings.moment(version.confirmedAt)
        who = version.confirmedBy ?? strings("actor.operator")
        file = version.fileName
        size = strings.number(version.size)
        added = strings.number(version.added)
        changed = strings.number(version.changed)
        removed = strings.number(version.removed)
        kept = strings.number(version.kept)
    }
}

/// The first step of an import: the file.
struct RollFilePage: PageView {
    static let template = "rolls/file"

    let crumbs: [PlaceLink]
    let action: String
    let errors: ErrorSummary?
    let file: Input
    let fields: [String]

    static let sample = RollFilePage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x",
        errors: ErrorSummary(items: [.init(field: "file", text: "Vide.")]), file: Input(name: "file", error: "Vide."),
        fields: ["Nom"])
}
