import Foundation
import Participation

/// The filters of a page of answers.
struct AnswerFilters: Sendable {
    /// One list to choose from.
    struct Facet: Sendable {
        let name: String
        let label: String
        let options: [AnalysisChoice]
    }

    let facets: [Facet]

    static let sample = AnswerFilters(facets: [Facet(name: "way", label: "Moyen", options: [.sample])])

    init(facets: [Facet]) {
        self.facets = facets
    }

    init(_ scene: AnalysisScene, _ filter: AnswerFilter) {
        let strings: Strings = scene.strings
        let words = ConsultationWords(strings)
        var facets: [Facet] = [
            Facet(
                name: "way", label: strings("consultations.analysis.participation.ways.head"),
                options: AnswerWay.allCases.filter(scene.questionnaire.ways.contains).map {
                    AnalysisChoice(value: $0.rawValue, label: words.way($0), selected: $0 == filter.way)
                })
        ]
        for (name, meaning, chosen) in [
            ("district", QuestionnaireForm.Meaning.district, filter.district), ("age", .ageBand, filter.ageBand),
        ] {
            guard let question = scene.form.question(meaning: meaning) else { continue }
            facets.append(
                Facet(
                    name: name, label: QuestionWords(strings).meaning(meaning),
                    options: question.options.map { option in
                        let known: String? = meaning == .district ? scene.districts[option.key] : nil
                        return AnalysisChoice(
                            value: option.key, label: known ?? option.title(strings.language),
                            selected: option.key == chosen)
                    }))
        }
        self.facets = facets
    }
}

/// The figures of a questionnaire at the desk.
struct ResponsesPage: PageView {
    static let template = "consultations/analysis-answers"

    let crumbs: [PlaceLink]
    let title: String
    let lead: String
    let here: String
    let filters: [AnswerFilters.Facet]
    let isFiltered: Bool
    let isEmpty: Bool
    let isWaiting: Bool
    let reload: Reload?
    let versions: String?
    let careful: String?
    let figures: FiguresView?
    let crossingHref: String
    let exportsHref: String
    let texts: [PlaceLink]
    let hasTexts: Bool

    static let sample = ResponsesPage(
        crumbs: [PlaceLink(label: "Consultations", href: "/desk")], title: "Vos usages", lead: "430 réponses",
        here: "/desk",
        filters: AnswerFilters.sample.facets, isFiltered: true, isEmpty: true, isWaiting: true, reload: .sample,
        versions: "2 versions", careful: "Peu de réponses", figures: .sample, crossingHref: "/desk",
        exportsHref: "/desk",
        texts: [PlaceLink(label: "Que faudrait-il changer ?", href: "/desk")], hasTexts: true)
}

extension ResponsesPage {
    init(
        _ scene: AnalysisScene, _ dated: DatedFigures?, _ filter: AnswerFilter, _ view: FiguresView?, _ reload: Reload?
    ) {
        let strings: Strings = scene.strings
        crumbs = scene.crumbs(isBelow: false)
        title = scene.title
        let count: Int = dated?.figures.answers ?? 0
        lead =
            dated.map { dated in
                strings.plural(
                    "consultations.analysis.lead", dated.figures.answers, ["moment": strings.moment(dated.at)])
            } ?? strings("consultations.analysis.waiting")
        here = scene.base
        filters = AnswerFilters(scene, filter).facets
        isFiltered = filter.isFilter
        isEmpty = dated != nil && count == 0
        isWaiting = dated == nil
        self.reload = reload
        let answered: Int = dated?.figures.versions.count ?? 0
        versions = answered > 1 ? strings.plural("consultations.analysis.versions", answered) : nil
        careful =
            (1..<CrossTable.few).contains(count)
            ? strings("consultations.analysis.few", ["few": strings.number(CrossTable.few)]) : nil
        figures = count > 0 ? view : nil
        crossingHref = "\(scene.base)/crossing"
        exportsHref = "\(scene.base)/exports"
        texts = scene.form.questions.filter(\.hasWords).map {
            PlaceLink(label: $0.title(strings.language), href: "\(scene.base)/texts/\($0.key)")
        }
        hasTexts = !texts.isEmpty
    }
}

/// How the answers to two questions meet.
struct CrossingPage: PageView {
    static let template = "consultations/analysis-crossing"

    /// A row: its cells, and how many people it has.
    struct Line: Sendable {
        let name: String
        let cells: [String]
        let people: String
        let isFew: Bool
    }

    /// The table.
    struct Table: Sendable {
        let caption: String
        let people: String
        let rowHead: String
        let heads: [String]
        let lines: [Line]
        let sums: [String]
        let total: String
        let careful: String?
        let notes: [String]
        /// Why it cannot be shown as it would be published; nil where it can.
        let refusal: String?
        let publicHref: String?
        let plainHref: String?
    }

    let crumbs: [PlaceLink]
    let title: String
    let here: String
    let rows: [AnalysisChoice]
    let columns: [AnalysisChoice]
    let filters: [AnswerFilters.Facet]
    let isAsked: Bool
    let table: Table?

    static let sample = CrossingPage(
        crumbs: [PlaceLink(label: "Réponses", href: "/desk")], title: "Vos usages", here: "/desk", rows: [.sample],
        columns: [.sample], filters: AnswerFilters.sample.facets, isAsked: true,
        table: Table(
            caption: "Usage selon l’âge", people: "430 personnes", rowHead: "Usage", heads: ["18 à 25 ans"],
            lines: [Line(name: "Le marché", cells: ["12 (30 %)"], people: "40", isFew: true)], sums: ["12"],
            total: "40",
            careful: "Peu de réponses", notes: ["…"], refusal: "…", publicHref: "?public", plainHref: "?"))
}

extension CrossingPage {
    init(
        _ scene: AnalysisScene, _ table: CrossTable?, rows: String, columns: String, filter: AnswerFilter,
        isPublic: Bool
    ) {
        let strings: Strings = scene.strings
        crumbs = scene.crumbs()
        title = scene.title
        here = "\(scene.base)/crossing"
        let crossed: [QuestionnaireForm.Question] = scene.form.questions.filter(\.kind.isCrossed)
        func choices(_ chosen: String) -> [AnalysisChoice] {
            crossed.map {
                AnalysisChoice(value: $0.key, label: $0.title(strings.language), selected: $0.key == chosen)
            }
        }
        self.rows = choices(rows)
        self.columns = choices(columns)
        filters = AnswerFilters(scene, filter).facets
        isAsked = !rows.isEmpty || !columns.isEmpty
        let address: String = filter.address("\(here)?rows=\(rows)&columns=\(columns)")
        self.table = table.map { Table($0, address: address, isPublic: isPublic, districts: scene.districts, strings) }
    }
}

extension CrossingPage.Table {
    init(_ table: CrossTable, address: String, isPublic: Bool, districts: [String: String], _ strings: Strings) {
        func words(_ key: String, _ arguments: [String: String] = [:]) -> String {
            strings("consultations.analysis.\(key)", arguments)
        }
        func name(_ key: String, _ question: QuestionnaireForm.Question) -> String {
            if key.isEmpty { return words("other_answer") }
            if question.meaning == .district, let name = districts[key] { return name }
            return question.options.first { $0.key == key }?.title(strings.language) ?? key
        }
        let grid: SmallCells.Grid? = isPublic ? table.grid : nil
        let isLeftOut: Bool = isPublic && (grid == nil || grid?.isEmpty == true)
        caption = words(
            "crossing.caption",
            ["rows": table.row.title(strings.language), "columns": table.column.title(strings.language)])
        people = strings.plural(
            "consultations.analysis.crossing.people", table.people, ["total": strings.number(table.answers)])
        rowHead = table.row.title(strings.language)
        heads = table.columns.map { name($0.key, table.column) }
        refusal = isLeftOut ? words(table.isExclusive ? "crossing.too_few" : "crossing.not_exclusive") : nil
        let (rows, columns) = (table.rows.count, table.columns.count)
        lines =
            isLeftOut
            ? []
            : table.rows.enumerated().map { row, head in
                let shows: Bool = grid?.shows(row, columns) ?? true
                return CrossingPage.Line(
                    name: name(head.key, table.row),
                    cells: (0..<columns).map { column in
                        guard grid?.shows(row, column) ?? true else { return words("hidden") }
                        let count: Int = table.counts[row][column]
                        // A share of a sum that is left out would tell it.
                        guard shows else { return strings.number(count) }
                        return words(
                            "bar",
                            ["count": strings.number(count), "share": ChartView.share(count, of: head.people, strings)])
                    }, people: shows ? strings.number(head.people) : words("hidden"),
                    isFew: head.people < CrossTable.few)
            }
        sums =
            isLeftOut
            ? []
            : table.columns.enumerated().map { column, head in
                grid?.shows(rows, column) ?? true ? strings.number(head.people) : words("hidden")
            }
        total = strings.number(table.people)
        careful =
            table.people < CrossTable.few
            ? words("few", ["few": strings.number(CrossTable.few)])
            : table.rows.contains { $0.people < CrossTable.few }
                ? words("crossing.few_rows", ["few": strings.number(CrossTable.few)]) : nil
        notes =
            [words("crossing.shares")] + (table.isExclusive ? [] : [words("crossing.several")])
            + (isPublic ? [words("partial", ["least": strings.number(SmallCells.least)])] : [])
        publicHref = isPublic ? nil : "\(address)&public=1"
        plainHref = isPublic ? address : nil
    }
}

/// Files of the answers to a questionnaire.
struct ExportsPage: PageView {
    static let template = "consultations/analysis-exports"

    /// One file.
    struct Line: Sendable {
        let name: String
        let words: String
        /// How far it is, in per cent; nil once it is ready.
        let percent: String?
        let href: String?
        let removal: String
    }

    let crumbs: [PlaceLink]
    let title: String
    let action: String
    let codeBookHref: String
    let files: [Line]
    let hasFiles: Bool
    let reload: Reload?

    static let sample = ExportsPage(
        crumbs: [PlaceLink(label: "Réponses", href: "/desk")], title: "Vos usages", action: "/desk",
        codeBookHref: "/desk",
        files: [
            Line(name: "CSV", words: "120 sur 430", percent: "28.0", href: "/desk", removal: "/desk")
        ], hasFiles: true, reload: .sample)
}

extension ExportsPage {
    init(_ scene: AnalysisScene, _ list: [AnswerExport], _ reload: Reload?) {
        let strings: Strings = scene.strings
        crumbs = scene.crumbs()
        title = scene.title
        action = "\(scene.base)/exports"
        codeBookHref = "\(scene.base)/codebook.csv"
        files = list.map { export in
            let numbers: [String: String] = [
                "written": strings.number(export.written), "total": strings.number(max(export.total, export.written)),
                "size": strings.decimal(Decimal(export.bytes) / 1_000_000, places: 1),
                "moment": strings.moment(export.begunAt), "end": strings.moment(export.endsAt),
            ]
            return Line(
                name: strings("consultations.analysis.export.\(export.format.rawValue)"),
                words: strings(
                    export.isReady
                        ? "consultations.analysis.export.ready" : "consultations.analysis.export.writing", numbers),
                percent: export.isReady ? nil : ChartView.percent(export.written, of: max(1, export.total)),
                href: export.isReady ? "\(scene.base)/exports/\(export.id)" : nil,
                removal: "\(scene.base)/exports/\(export.id)/removal")
        }
        hasFiles = !files.isEmpty
        self.reload = reload
    }
}
