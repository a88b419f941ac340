import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Participation

/// Answers as open data: what there is, what was hidden and why, and the files.
struct OpenAnswerController: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let answers: OpenAnswers

    /// Adds `/consultations/{consultation}/data`, and below it the answers to each questionnaire and what their columns
    /// mean.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/consultations/{consultation}/data", use: page)
        routes.get("/consultations/{consultation}/data/{questionnaire}/answers.csv", use: csv)
        routes.get("/consultations/{consultation}/data/{questionnaire}/columns.csv", use: dictionary)
    }

    @Sendable private func page(_ request: Request, _ context: AppContext) async throws -> Response {
        let consultation: Consultation = try await consultations.published(context)
        let strings: Strings = site.strings(context)
        guard let process = try await processes.find(consultation.process) else { throw Absent() }
        let sets: [OpenAnswerSet] = try await answers.sets(of: consultation.id)
        let questionnaires: [Questionnaire] = try await consultations.questionnaires(of: consultation.id)
        let page = OpenAnswerPage(
            sets, questionnaires, consultation, crumbs: consultation.answerCrumbs(in: process, strings), strings)
        return site.page(page, title: page.heading, request, context)
    }

    @Sendable private func csv(_ request: Request, _ context: AppContext) async throws -> Response {
        let (consultation, questionnaire, set) = try await find(context)
        return file("\(consultation.handle)-\(questionnaire.handle).csv") { writer in
            try await writer.write(ByteBuffer(string: CSVText.write([set.columns.map(\.name)])))
            var last = 0
            while true {
                let rows: [OpenAnswer] = try await answers.rows(of: set, after: last)
                guard let end = rows.last?.number else { break }
                // Only the first line begins with the mark of the encoding.
                let text: String = CSVText.write(rows.map(\.cells))
                try await writer.write(ByteBuffer(string: String(text.trimmingPrefix("\u{FEFF}"))))
                last = end
            }
        }
    }

    @Sendable private func dictionary(_ request: Request, _ context: AppContext) async throws -> Response {
        let (consultation, questionnaire, set) = try await find(context)
        let strings: Strings = site.strings(context)
        let head: [String] = ["column", "type", "question", "value", "meaning"]
        let rows: [[String]] = set.columns.flatMap { column -> [[String]] in
            let first: [String] = [
                column.name, strings("consultations.data.type.\(column.kind.rawValue)"), column.title(strings.language),
            ]
            let meanings: [(String, String)] = OpenAnswerPage.meanings(of: column, strings)
            return meanings.isEmpty ? [first + ["", ""]] : meanings.map { first + [$0.0, $0.1] }
        }
        return file("\(consultation.handle)-\(questionnaire.handle)-columns.csv") { writer in
            try await writer.write(ByteBuffer(string: CSVText.write([head] + rows)))
        }
    }

    private func find(
        _ context: AppContext
    ) async throws -> (consultation: Consultation, questionnaire: Questionnaire, set: OpenAnswerSet) {
        let consultation: Consultation = try await consultations.published(context)
        guard
            let questionnaire = try await consultations.questionnaire(
                try context.slug("questionnaire"), of: consultation.id),
            let set = try await answers.sets(of: consultation.id).first(where: {
                $0.questionnaire == questionnaire.id
            })
        else { throw Absent() }
        return (consultation, questionnaire, set)
    }

    private func file(
        _ name: String, _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
    ) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8",
                .contentDisposition: "attachment; filename=\"\(name)\"", .cacheControl: "private, no-cache",
                .link: "<\(OpenObservation.licence)>; rel=\"license\"",
            ],
            body: ResponseBody { writer in
                try await write(&writer)
                try await writer.finish(nil)
            })
    }
}

extension HTTPField.Name {
    fileprivate static let link = Self("Link")!
}

/// The page of the open data of a consultation.
struct OpenAnswerPage: PageView {
    static let template = "consultations/synthesis-data"

    /// A file of answers.
    struct Set: Sendable {
        /// What was hidden, and in how many rows.
        struct Hidden: Sendable {
            let name: String
            let count: String
        }

        /// A column, and what it holds.
        struct Column: Sendable {
            let name: String
            let type: String
            let title: String
            let titleLanguage: String?
            let values: String
        }

        let id: String
        let name: String
        let nameLanguage: String?
        let words: String
        let isWithheld: Bool
        let csvHref: String
        let columnsHref: String
        let hidden: [Hidden]
        let columns: [Column]
    }

    let crumbs: [PlaceLink]
    let eyebrow: String
    let heading: String
    let sets: [Set]
    let isEmpty: Bool
    let method: String
    let licenceHref: String
    let backHref: String

    static let sample = OpenAnswerPage(
        crumbs: [PlaceLink(label: "Les jardins", href: "/consultations/x")], eyebrow: "Les jardins",
        heading: "Données ouvertes",
        sets: [
            Set(
                id: "usages", name: "Vos usages", nameLanguage: "fr", words: "412 lignes", isWithheld: true,
                csvHref: "/x.csv", columnsHref: "/y.csv", hidden: [Set.Hidden(name: "Quartier", count: "12")],
                columns: [
                    Set.Column(
                        name: "age_band", type: "Tranche d’âge", title: "Votre âge", titleLanguage: "fr",
                        values: "65 : 65 ans et plus")
                ])
        ], isEmpty: true, method: "Chaque combinaison couvre 5 personnes.", licenceHref: OpenObservation.licence,
        backHref: "/consultations/x/synthesis")
}

extension OpenAnswerPage {
    init(
        _ sets: [OpenAnswerSet], _ questionnaires: [Questionnaire], _ consultation: Consultation, crumbs: [PlaceLink],
        _ strings: Strings
    ) {
        let reader: Language = strings.language
        func foreign(_ texts: Texts) -> String? {
            let code: String = texts.language(for: reader)
            return texts.isEmpty || code == reader.rawValue ? nil : code
        }
        self.crumbs = crumbs
        eyebrow = consultation.title(reader)
        heading = strings("consultations.data.title")
        let known: [ID<Questionnaire>: Questionnaire] = Dictionary(
            uniqueKeysWithValues: questionnaires.map { ($0.id, $0) })
        self.sets = sets.compactMap { set in
            guard let questionnaire = known[set.questionnaire] else { return nil }
            let base = "/consultations/\(consultation.handle)/data/\(questionnaire.handle)"
            return Set(
                id: questionnaire.handle, name: questionnaire.title(reader), nameLanguage: foreign(questionnaire.title),
                words: set.published == 0
                    ? strings("consultations.data.withheld", ["least": strings.number(set.k)])
                    : strings.plural(
                        "consultations.data.rows", set.published, ["date": strings.date(set.publishedAt)]),
                isWithheld: set.published == 0, csvHref: "\(base)/answers.csv", columnsHref: "\(base)/columns.csv",
                hidden: [
                    ("district", set.hiddenDistrict), ("age_band", set.hiddenAgeBand), ("way", set.hiddenWay),
                    ("place", set.hiddenPlace),
                ].map {
                    Set.Hidden(name: strings("consultations.data.hidden.\($0.0)"), count: strings.number($0.1))
                },
                columns: set.columns.map { column in
                    Set.Column(
                        name: column.name, type: strings("consultations.data.type.\(column.kind.rawValue)"),
                        title: column.title(reader), titleLanguage: foreign(column.title),
                        values: Self.meanings(of: column, strings).map { "\($0.0) : \($0.1)" }.joined(separator: " ; "))
                })
        }
        isEmpty = sets.isEmpty
        method = strings(
            "consultations.data.method", ["least": strings.number(sets.first?.k ?? Anonymity.k)])
        licenceHref = OpenObservation.licence
        backHref = "/consultations/\(consultation.handle)"
    }

    /// The values of a column and what they mean, those that stand for nothing said and for something hidden included.
    static func meanings(of column: OpenAnswerColumn, _ strings: Strings) -> [(String, String)] {
        var meanings: [(String, String)] = column.values.map { ($0.value, $0.title(strings.language)) }
        if column.kind == .way {
            meanings = AnswerWay.allCases.map { ($0.rawValue, ConsultationWords(strings).way($0)) }
        }
        if column.kind == .option || column.kind == .options {
            meanings.append(("_other", strings("consultations.data.other")))
        }
        if [.district, .ageBand, .way, .numbers].contains(column.kind) {
            meanings.append((Anonymity.hidden, strings("consultations.data.hidden.value")))
        }
        return meanings
    }
}
