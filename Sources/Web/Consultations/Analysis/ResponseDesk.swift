import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Participation

/// The answers to a questionnaire as agents read them: figures, cross-tables and files.
struct ResponseDesk: Sendable {
    let desks: AnalysisDesks
    let exports: AnswerExports

    /// Adds the routes below `…/questionnaires/{questionnaire}/answers`.
    func add(to routes: RouterGroup<AppContext>) {
        let own = "/desk/processes/{process}/consultations/{consultation}/questionnaires/{questionnaire}/answers"
        routes.get(RouterPath(own), use: figures)
        routes.get("\(own)/crossing", use: crossing)
        routes.get("\(own)/exports", use: files)
        routes.post("\(own)/exports", use: begin)
        routes.get("\(own)/exports/{export}", use: download)
        routes.post("\(own)/exports/{export}/removal", use: forget)
        routes.get("\(own)/codebook.csv", use: codeBook)
    }

    // MARK: Figures

    @Sendable private func figures(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnalysisScene = try await .find(context, desks)
        let query: Fields = try request.query()
        let filter = AnswerFilter(query, scene)
        let dated: DatedFigures? = try await knowing {
            guard filter.isFilter else {
                return try await desks.analyses.figures(of: scene.questionnaire, by: scene.actor)
            }
            return try await desks.turns.take {
                DatedFigures(
                    figures: try await desks.analyses.count(scene.questionnaire, filter, by: scene.actor), at: Date())
            }
        }
        let reload: Reload? = try .during(dated == nil, request, scene.strings)
        let view: FiguresView? =
            if let dated {
                FiguresView(
                    dated.figures, scene.form, section: query.integer("section") ?? 0,
                    over: try await desks.map.districts(), scene.strings,
                    address: { filter.address("\(scene.base)?section=\($0)") })
            } else { nil }
        let page = ResponsesPage(scene, dated, filter, view, reload)
        return desks.site.page(
            page, title: "\(scene.strings("consultations.analysis.title")) – \(scene.title)", request, context
        ).reloading(reload)
    }

    // MARK: Cross-tables

    @Sendable private func crossing(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnalysisScene = try await .find(context, desks)
        let query: Fields = try request.query()
        let filter = AnswerFilter(query, scene)
        let (row, column) = (query.text("rows"), query.text("columns"))
        let table: CrossTable? = try await knowing {
            guard !row.isEmpty, !column.isEmpty else { return nil }
            return try await desks.turns.take {
                try await desks.analyses.cross(row, column, of: scene.questionnaire, filter, by: scene.actor)
            }
        }
        let page = CrossingPage(
            scene, table, rows: row, columns: column, filter: filter, isPublic: query.has("public"))
        return desks.site.page(
            page, title: "\(scene.strings("consultations.analysis.crossing")) – \(scene.title)", request, context)
    }

    // MARK: Files

    @Sendable private func files(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnalysisScene = try await .find(context, desks)
        let list: [AnswerExport] = try await knowing {
            try await exports.list(of: scene.questionnaire, by: scene.actor)
        }
        let reload: Reload? = try .during(list.contains { !$0.isReady }, request, scene.strings)
        return desks.site.page(
            ExportsPage(scene, list, reload),
            title: "\(scene.strings("consultations.analysis.exports")) – \(scene.title)", request, context
        ).reloading(reload)
    }

    @Sendable private func begin(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnalysisScene = try await .find(context, desks)
        let form: Fields = try await desks.site.form(request, context)
        guard let format = AnswerExport.Format(rawValue: form.text("format")) else { throw Refusal.malformed }
        _ = try await knowing {
            try await exports.begin(
                format, of: scene.questionnaire, hasMark: form.has("mark"), by: scene.actor)
        }
        return desks.site.see("\(scene.base)/exports", flash: .done("consultations.analysis.export.begun"))
    }

    @Sendable private func download(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnalysisScene = try await .find(context, desks)
        let id: ID<AnswerExport> = try context.id("export", of: AnswerExport.self)
        let found: AnswerExport? = try await knowing {
            try await exports.find(id, of: scene.questionnaire, by: scene.actor)
        }
        guard let export = found else { throw Absent() }
        let name = "\(scene.consultation.handle)-\(scene.questionnaire.handle).\(export.format.rawValue)"
        return Response(
            status: .ok,
            headers: [
                .contentType: export.format == .csv ? "text/csv; charset=utf-8" : "application/jsonl",
                .contentDisposition: "attachment; filename=\"\(name)\"", .cacheControl: "no-store",
                .contentLength: String(export.bytes),
            ],
            body: ResponseBody { writer in
                for place in 0..<export.pieces {
                    guard let piece = try await exports.piece(place, of: export) else { break }
                    try await writer.write(ByteBuffer(bytes: piece))
                }
                try await writer.finish(nil)
            })
    }

    @Sendable private func forget(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnalysisScene = try await .find(context, desks)
        _ = try await desks.site.form(request, context)
        let id: ID<AnswerExport> = try context.id("export", of: AnswerExport.self)
        try await knowing { try await exports.forget(id, of: scene.questionnaire, by: scene.actor) }
        return desks.site.see("\(scene.base)/exports")
    }

    /// What each column of a file means.
    @Sendable private func codeBook(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnalysisScene = try await .find(context, desks)
        let words = ColumnWords(scene.strings)
        let rows: [[String]] = AnswerColumns(scene.form).columns.map { column in
            [
                column.name, column.question?.title(scene.strings.language) ?? "",
                column.question.map { QuestionWords(scene.strings).kind($0.kind) } ?? "", words.meaning(of: column),
            ]
        }
        return desks.site.download(
            Array(CSVText.write([words.head] + rows).utf8),
            name: "\(scene.consultation.handle)-\(scene.questionnaire.handle)-codebook.csv",
            type: "text/csv; charset=utf-8")
    }
}

/// What a verb refuses to whoever may not know of it is absent.
func knowing<T: Sendable>(_ body: () async throws -> T) async throws -> T {
    do {
        return try await body()
    } catch is NotAllowed {
        throw Absent()
    }
}

extension AnswerFilter {
    /// The filter of an address, as far as the questionnaire knows its values.
    init(_ query: Fields, _ scene: AnalysisScene) {
        func known(_ name: String, _ meaning: QuestionnaireForm.Meaning) -> String? {
            let value: String = query.text(name)
            let options: [QuestionnaireForm.Option] = scene.form.question(meaning: meaning)?.options ?? []
            return options.contains { $0.key == value } ? value : nil
        }
        self.init(
            way: AnswerWay(rawValue: query.text("way")), district: known("district", .district),
            ageBand: known("age", .ageBand))
    }

    /// An address with this filter.
    func address(_ path: String) -> String {
        let parts: [String] = [("way", way?.rawValue), ("district", district), ("age", ageBand)]
            .compactMap { name, value in value.map { "\(name)=\(PercentDecoding.encode($0))" } }
        return parts.isEmpty ? path : path + (path.contains("?") ? "&" : "?") + parts.joined(separator: "&")
    }
}

/// What columns of a file of answers mean, in words.
struct ColumnWords {
    let strings: Strings

    init(_ strings: Strings) {
        self.strings = strings
    }

    /// The first line of the code book.
    var head: [String] {
        ["column", "question", "kind", "meaning"].map { strings("consultations.analysis.codebook.\($0)") }
    }

    /// What stands in a column.
    func meaning(of column: AnswerColumns.Column) -> String {
        func words(_ key: String, _ arguments: [String: String] = [:]) -> String {
            strings("consultations.analysis.codebook.\(key)", arguments)
        }
        func title(_ key: String, _ options: [QuestionnaireForm.Option]) -> String {
            options.first { $0.key == key }?.title(strings.language) ?? key
        }
        let options: String = (column.question?.options ?? []).map { "\($0.key) = \($0.title(strings.language))" }
            .joined(separator: " ; ")
        switch column.part {
        case .way:
            return AnswerWay.allCases.map { "\($0.rawValue) = \(ConsultationWords(strings).way($0))" }
                .joined(separator: " ; ")
        case .day: return words("day")
        case .language: return words("language")
        case .version: return words("version")
        case .value:
            guard options.isEmpty else { return options }
            let unit: String = column.question?.unit(strings.language) ?? ""
            return unit.isEmpty ? words("value") : words("value_in", ["unit": unit])
        case .option(let key): return words("option", ["option": title(key, column.question?.options ?? [])])
        case .other: return words("written")
        case .row(let key): return words("row", ["row": title(key, column.question?.rows ?? []), "options": options])
        case .rank(let key): return words("rank", ["option": title(key, column.question?.options ?? [])])
        case .latitude: return words("latitude")
        case .longitude: return words("longitude")
        case .words: return words("place")
        case .district: return words("district")
        case .photo: return words("photo")
        case .alt: return words("alt")
        }
    }
}
