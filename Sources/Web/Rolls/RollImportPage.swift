import Participation
import PublicRecord

/// An import of a roll, at the step that it has come to.
struct RollImportPage: PageView {
    static let template = "rolls/import"

    /// A column of the file, and what it may be said to be.
    struct Column: Sendable {
        let input: Input
        let header: String
        let samples: String
        let options: [SelectOption]
    }

    /// One line of the report.
    struct Problem: Sendable {
        let line: String
        let field: String
        let text: String
    }

    /// People of one kind of difference.
    struct Group: Sendable {
        let id: String
        let title: String
        let rows: [Cells]
        let more: String?
    }

    /// A row of a table.
    struct Cells: Sendable {
        let cells: [Cell]
    }

    /// A cell, with what stood there before when something changes.
    struct Cell: Sendable {
        let text: String
        let before: String?
    }

    let crumbs: [PlaceLink]
    let base: String
    let heading: String
    let step: String
    let name: String
    let facts: [PlaceFact]
    let errors: ErrorSummary?
    let isMapping: Bool
    let columns: [Column]
    let progress: Strip?
    let reload: Reload?
    let isStalled: Bool
    /// What starts the work again.
    let again: PlaceLink?
    let problemWords: String?
    let problems: [Problem]
    let figures: [PlaceFact]
    let keptWords: String?
    let minorWords: String?
    let removedWords: String?
    let amendment: Bool
    let groups: [Group]
    let heads: [String]
    let isReady: Bool
    let isDone: Bool
    let mayGiveUp: Bool
    let rollHref: String

    /// How far the work has come.
    struct Strip: Sendable {
        let words: String
        let permille: Int
    }

    static let sample = RollImportPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], base: "/x", heading: "Colonnes", step: "Étape 2",
        name: "liste.csv", facts: [PlaceFact(name: "Lignes", text: "3")],
        errors: ErrorSummary(items: [.init(field: "column-0", text: "Manque.")]), isMapping: true,
        columns: [
            Column(
                input: Input(name: "column-0", error: "Manque."), header: "Nom", samples: "Dupont",
                options: [SelectOption(value: "family_name", label: "Nom", selected: true)])
        ], progress: Strip(words: "10 %", permille: 100), reload: .sample, isStalled: true,
        again: PlaceLink(label: "Reprendre", href: "/x"), problemWords: "1 problème",
        problems: [Problem(line: "2", field: "Nom", text: "Vide.")], figures: [PlaceFact(name: "ajoutées", text: "3")],
        keptWords: "1 reste", minorWords: "1 mineur", removedWords: "1 sort", amendment: true,
        groups: [
            Group(
                id: "added", title: "Ajoutées", rows: [Cells(cells: [Cell(text: "Dupont", before: "Dupond")])],
                more: "et 3")
        ], heads: ["Nom"], isReady: true, isDone: true, mayGiveUp: true, rollHref: "/x")
}

extension RollImportPage {
    init(
        _ found: RollImport, problems: [RollProblem], isMapping: Bool, columns: [RollField?]?, scene: RollScene,
        errors: FieldErrors, reload: Reload?, _ strings: Strings
    ) {
        self.reload = reload
        let state: RollImport.State = isMapping ? .mapping : found.state
        let isWorking: Bool = state == .reading || state == .applying || state == .receiving
        crumbs = scene.crumbs(strings)
        base = "\(scene.base)/imports/\(found.id)"
        heading = strings("rolls.import.\(state.rawValue)")
        step = strings("rolls.step.\(state.rawValue)")
        name = found.name
        facts = Self.facts(found, strings)
        self.errors = errors.summary(strings)
        self.isMapping = isMapping
        self.columns = isMapping ? Self.columns(found, columns ?? found.columns, errors, strings) : []
        progress =
            isWorking
            ? Strip(
                words: strings(
                    "rolls.progress.\(state.rawValue)",
                    ["percent": String(found.percent), "rows": strings.number(found.rows)]),
                permille: state == .reading ? found.percent * 10 : 0) : nil
        isStalled = isWorking && found.isStalled
        again =
            switch state {
            case .reading where isStalled: PlaceLink(label: strings("rolls.stalled.read"), href: "\(base)/reading")
            case .applying where isStalled: PlaceLink(label: strings("rolls.stalled.apply"), href: "\(base)/version")
            default: nil
            }
        let isRefused: Bool = state == .refused
        problemWords =
            isRefused
            ? found.problems == 0 ? strings("rolls.refusal.empty") : strings.plural("rolls.problems", found.problems)
            : nil
        self.problems =
            isRefused
            ? problems.map {
                Problem(
                    line: String($0.line), field: $0.field.map { strings("rolls.field.\($0.rawValue)") } ?? "–",
                    text: $0.words(strings))
            } : []
        isReady = state == .ready
        figures = isReady ? Self.figures(found, strings) : []
        removedWords = isReady && found.removed > 0 ? strings.plural("rolls.removed", found.removed) : nil
        keptWords = isReady && found.kept > 0 ? strings.plural("rolls.kept", found.kept) : nil
        minorWords = isReady && found.minors > 0 ? strings.plural("rolls.minors", found.minors) : nil
        amendment = isReady && scene.vote.opening != nil
        groups = isReady ? Self.groups(found, strings) : []
        heads = [
            "family_name", "given_names", "birth", "address", "postcode", "district", "roll_number", "email",
        ].map { strings("rolls.field.\($0)") }
        isDone = state == .confirmed
        mayGiveUp = state == .mapping || isRefused || isReady || isStalled
        rollHref = scene.base
    }

    private static func facts(_ found: RollImport, _ strings: Strings) -> [PlaceFact] {
        guard let format = found.format else { return [] }
        let separator: String =
            switch format.separator {
            case UInt8(ascii: "\t"): "tab"
            case UInt8(ascii: ";"): "semicolon"
            case UInt8(ascii: "|"): "bar"
            default: "comma"
            }
        return [
            PlaceFact(name: strings("rolls.file.name"), text: found.name),
            PlaceFact(name: strings("rolls.file.separator"), text: strings("rolls.separator.\(separator)")),
            PlaceFact(
                name: strings("rolls.file.encoding"), text: strings("rolls.encoding.\(format.encoding.rawValue)")),
        ]
    }

    private static func columns(
        _ found: RollImport, _ chosen: [RollField?], _ errors: FieldErrors, _ strings: Strings
    ) -> [Column] {
        found.header.enumerated().map { index, header in
            let field: RollField? = chosen.indices.contains(index) ? chosen[index] : nil
            return Column(
                input: errors.input("column-\(index)", strings),
                header: header.isEmpty ? strings("rolls.column.unnamed") : header,
                samples: found.sample.prefix(3).compactMap { $0.indices.contains(index) ? $0[index] : nil }
                    .filter { !$0.isEmpty }.joined(separator: " · "),
                options: [SelectOption(value: "-", label: strings("rolls.column.none"), selected: field == nil)]
                    + RollField.allCases.map {
                        SelectOption(
                            value: $0.rawValue, label: strings("rolls.field.\($0.rawValue)"), selected: $0 == field)
                    })
        }
    }

    private static func figures(_ found: RollImport, _ strings: Strings) -> [PlaceFact] {
        [
            ("rows", found.rows), ("added", found.added), ("changed", found.changed), ("removed", found.removed),
        ].map { PlaceFact(name: strings("rolls.figure.\($0.0)"), text: strings.number($0.1)) }
    }

    private static func groups(_ found: RollImport, _ strings: Strings) -> [Group] {
        let difference: RollDifference = found.difference
        func group(_ kind: String, _ all: Int, _ rows: [Cells]) -> Group? {
            guard !rows.isEmpty else { return nil }
            return Group(
                id: kind, title: strings("rolls.group.\(kind)"), rows: rows,
                more: all > rows.count
                    ? strings("rolls.group.more", ["shown": strings.number(rows.count), "all": strings.number(all)])
                    : nil)
        }
        func plain(_ people: [RollDifference.Person]) -> [Cells] {
            people.map { Cells(cells: $0.values.map { Cell(text: $0, before: nil) }) }
        }
        let changes: [Cells] = difference.changed.map { change in
            Cells(
                cells: zip(change.before.values, change.after.values).map { before, after in
                    Cell(text: after, before: before == after ? nil : before.isEmpty ? "–" : before)
                })
        }
        return [
            group("removed", found.removed, plain(difference.removed)),
            group("kept", found.kept, plain(difference.kept)),
            group("changed", found.changed, changes), group("added", found.added, plain(difference.added)),
        ].compactMap(\.self)
    }
}
