import Participation

/// Where a file of proposals is handed in.
struct ImportStartPage: PageView {
    static let template = "proposals/writing-imports"

    struct Item: Sendable {
        let name: String
        let href: String
        let state: String
        let date: String
    }

    let crumbs: [PlaceLink]
    let action: String
    let errors: ErrorSummary?
    let file: Input
    let languages: [SelectOption]
    let imports: [Item]
    let hasImports: Bool

    static let sample = ImportStartPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x",
        errors: ErrorSummary(items: [.init(field: "file", text: "Illisible.")]),
        file: Input(name: "file", error: "Illisible."),
        languages: [SelectOption(value: "fr", label: "Français", selected: true)],
        imports: [Item(name: "proposals.csv", href: "/x", state: "Essayé", date: "hier")], hasImports: true)
}

/// One file of proposals, at whatever step it is.
struct ProposalImportPage: PageView {
    static let template = "proposals/writing-import"

    struct Column: Sendable {
        let name: String
        let header: String
        let samples: String
        let options: [SelectOption]
    }

    struct Line: Sendable {
        let line: String
        let field: String
        let text: String
    }

    let crumbs: [PlaceLink]
    let heading: String
    let state: String
    let base: String
    let errors: ErrorSummary?
    let isMapping: Bool
    let columns: [Column]
    let languages: [SelectOption]
    let isTried: Bool
    let figures: [PlaceFact]
    let problemWords: String?
    let problems: [Line]
    /// The button that writes; nil when there is nothing new.
    let writeWords: String?
    let progressWords: String?
    let permille: String
    let isStalled: Bool
    let doneWords: String?
    let listHref: String
    let canGiveUp: Bool

    static let sample = ProposalImportPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], heading: "proposals.csv", state: "Essayé", base: "/x",
        errors: ErrorSummary(items: [.init(field: "column-0", text: "Manque")]), isMapping: true,
        columns: [
            Column(
                name: "column-0", header: "title/fr", samples: "Un banc",
                options: [SelectOption(value: "title", label: "Titre", selected: true)])
        ], languages: [SelectOption(value: "fr", label: "Français", selected: true)], isTried: true,
        figures: [PlaceFact(name: "Lignes", text: "12")], problemWords: "1 ligne ne peut pas être reprise.",
        problems: [Line(line: "3", field: "Titre", text: "Manque.")], writeWords: "Importer 11 propositions",
        progressWords: "5 sur 11", permille: "450", isStalled: true, doneWords: "11 propositions importées.",
        listHref: "/x", canGiveUp: true)
}

extension ProposalImportPage {
    init(
        _ found: ProposalImport, _ process: Participation.Process, _ errors: FieldErrors,
        _ problems: [ProposalImport.Problem], columns: [ProposalImport.Field?], isMapping: Bool, _ strings: Strings
    ) {
        crumbs =
            ProposalDesk.crumbs(of: process, strings) + [
                PlaceLink(label: strings("proposals.import.title"), href: "/desk/processes/\(process.slug)/imports")
            ]
        heading = found.name
        state = strings("proposals.import.state.\(found.state.rawValue)")
        base = "/desk/processes/\(process.slug)/imports/\(found.id)"
        self.errors = errors.summary(strings)
        self.isMapping = isMapping
        self.columns = found.header.indices.map { index in
            Column(
                name: "column-\(index)", header: found.header[index].isEmpty ? "–" : found.header[index],
                samples: found.sample.indices.contains(index) ? found.sample[index].joined(separator: " · ") : "",
                options: [SelectOption(value: "", label: strings("proposals.import.field.none"), selected: false)]
                    + ProposalImport.Field.allCases.map { field in
                        SelectOption(
                            value: field.rawValue, label: strings("proposals.import.field.\(field.rawValue)"),
                            selected: columns[index] == field)
                    })
        }
        languages = Language.allCases.map {
            SelectOption(
                value: $0.rawValue, label: strings("language.\($0.rawValue)"), selected: $0 == found.language)
        }
        isTried = found.state == .tried && !isMapping
        func figure(_ key: String, _ number: Int) -> PlaceFact {
            PlaceFact(name: strings("proposals.import.figure.\(key)"), text: strings.number(number))
        }
        figures = [
            figure("rows", found.rows), figure("fresh", found.fresh), figure("known", found.known),
            figure("wrong", found.wrong),
        ]
        problemWords = found.wrong == 0 ? nil : strings.plural("proposals.import.wrong", found.wrong)
        self.problems = problems.map {
            Line(line: strings.number($0.line), field: $0.fieldName(strings), text: $0.words(strings))
        }
        writeWords = found.fresh == 0 ? nil : strings.plural("proposals.import.write", found.fresh)
        progressWords =
            found.state == .writing
            ? strings(
                "proposals.import.progress",
                ["done": strings.number(found.done), "all": strings.number(found.fresh)]) : nil
        permille = String(found.fresh == 0 ? 1000 : min(1000, found.done * 1000 / found.fresh))
        isStalled = found.isStalled
        doneWords = found.state == .written ? strings.plural("proposals.import.done", found.done) : nil
        listHref = "/processes/\(process.slug)/proposals"
        canGiveUp = found.state == .mapping || found.state == .tried || found.isStalled
    }
}

extension ProposalImport.Problem {
    /// The field as the reader knows it.
    func fieldName(_ strings: Strings) -> String {
        field.map { strings("proposals.import.field.\($0.rawValue)") } ?? strings("proposals.import.row")
    }

    /// What is wrong, in a sentence.
    func words(_ strings: Strings) -> String {
        strings("proposals.import.problem.\(reason.rawValue)", ["argument": argument])
    }
}

extension ProposalImportRefusal {
    /// The key of its sentence.
    var key: String {
        switch self {
        case .noCall: "proposals.import.error.no_call"
        case .empty: "proposals.import.error.empty"
        case .tooLong: "proposals.import.error.too_long"
        case .tooManyRows: "proposals.import.error.too_many_rows"
        case .tooManyColumns: "proposals.import.error.too_many_columns"
        case .utf16: "proposals.import.error.utf16"
        case .broken: "proposals.import.error.broken"
        case .columnMissing: "proposals.import.error.missing"
        case .columnTwice: "proposals.import.error.twice"
        case .wrongStep: "proposals.import.error.step"
        }
    }

    /// What its sentence mentions.
    func arguments(_ strings: Strings) -> [String: String] {
        switch self {
        case .tooManyRows(let most), .tooManyColumns(let most): ["most": strings.number(most)]
        case .broken(let line): ["line": strings.number(line)]
        case .columnMissing(let field), .columnTwice(let field):
            ["field": strings("proposals.import.field.\(field.rawValue)")]
        default: [:]
        }
    }
}
