import Foundation
import Hummingbird
import Participation

/// The printed sheets of a questionnaire at the desk: issued, counted, set aside, printed, and picked by their number.
struct SheetDesk: Sendable {
    /// Sheets on a page of the list.
    private static let pageSize = 50

    private let site: Site
    private let processes: Processes
    private let consultations: Consultations
    private let sheets: QuestionnaireSheets
    private let press: QuestionnairePress
    /// A PDF costs seconds of a processor.
    private let buckets = Buckets(burst: 20, perMinute: 20)

    /// The desk over the capabilities it needs.
    init(
        site: Site, processes: Processes, consultations: Consultations, sheets: QuestionnaireSheets,
        press: QuestionnairePress
    ) {
        self.site = site
        self.processes = processes
        self.consultations = consultations
        self.sheets = sheets
        self.press = press
    }

    /// Adds the list of a process, `/desk/processes/{process}/sheets`, and the pages of one questionnaire.
    func add(to routes: RouterGroup<AppContext>) {
        let base: String = SheetScene.path
        routes.get("/desk/processes/{process}/sheets", use: places)
        routes.get(RouterPath(base), use: show)
        routes.get(RouterPath("\(base)/list"), use: list)
        routes.get(RouterPath("\(base)/print")) { try await print(isPDF: false, $0, $1) }
        routes.get(RouterPath("\(base)/print.pdf")) { try await print(isPDF: true, $0, $1) }
        routes.post(RouterPath("\(base)/editions")) { request, context in
            try await act(request, context, done: "issued") { scene, form in
                try await sheets.issue(
                    form.integer("copies") ?? 0, in: Language(rawValue: form.text("language")) ?? context.language,
                    SheetEdition.Format(rawValue: form.text("size")) ?? .a4, for: form.text("place"),
                    of: scene.questionnaire.id, by: scene.actor)
            }
        }
        routes.post(RouterPath("\(base)/editions/{edition}/count")) { request, context in
            try await act(request, context, done: "counted") { scene, form in
                try await sheets.count(
                    form.integer("returned") ?? -1, backOf: try context.id("edition", of: SheetEdition.self),
                    of: scene.questionnaire.id, by: scene.actor)
            }
        }
        routes.post(RouterPath("\(base)/aside")) { request, context in
            try await act(request, context, done: "aside") { scene, form in
                try await sheets.setAside(
                    try Self.range(form), asSpoiled: form.text("as") == "spoiled", because: form.text("reason"),
                    of: scene.questionnaire.id, by: scene.actor)
            }
        }
        routes.post(RouterPath("\(base)/settings")) { request, context in
            try await act(request, context, done: "set") { scene, form in
                let until: String = form.text("until")
                let day: Day? = Day(until)
                if !until.isEmpty, day == nil { throw FieldErrors("until", "consultations.paper.typing.not_a_day") }
                try await sheets.set(
                    PaperSettings(
                        samplePercent: form.integer("percent") ?? -1,
                        handIn: Texts(
                            Dictionary(
                                uniqueKeysWithValues: Language.allCases.map {
                                    ($0.rawValue, form.text("hand-in-\($0.rawValue)"))
                                })), handInUntil: day), of: scene.questionnaire.id, by: scene.actor)
            }
        }
    }

    private func scene(_ context: AppContext) async throws -> SheetScene {
        try await .find(context, processes, consultations, site.strings(context))
    }

    // MARK: Lists

    /// The questionnaires of a process that are answered on paper: where entry operators begin.
    @Sendable private func places(_ request: Request, _ context: AppContext) async throws -> Response {
        let (_, process) = try await processes.ofEntry(context)
        let strings: Strings = site.strings(context)
        let links: [PlaceLink] = try await sheets.onPaper(in: process.id).map { found in
            PlaceLink(
                label: "\(found.consultation(strings.language)) – \(found.questionnaire(strings.language))",
                href: "/desk/processes/\(process.slug)/consultations/\(found.handles.consultation)"
                    + "/questionnaires/\(found.handles.questionnaire)/sheets")
        }
        let title: String = strings("consultations.paper.places")
        return site.page(
            SheetPlacesPage(
                title: title, processTitle: process.title(strings.language), links: links, isEmpty: links.isEmpty),
            title: title, request, context)
    }

    /// The account; with `?number=`, the sheet of that number.
    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: SheetScene = try await scene(context)
        let query: Fields = try request.query()
        guard query.has("number") else { return try await page(scene, query, FieldErrors(), request, context) }
        do {
            return site.see(scene.href(try await pick(query.text("number"), scene)))
        } catch let errors as FieldErrors {
            return try await page(scene, query, errors, request, context)
        }
    }

    private func pick(_ typed: String, _ scene: SheetScene) async throws -> PaperNumber {
        func refused(_ key: String, _ arguments: [String: String] = [:]) -> FieldErrors {
            FieldErrors("number", "consultations.paper.pick.\(key)", arguments)
        }
        switch TypedPaper(typed) {
        case .sheet(let number):
            let known: [QuestionnaireSheet] = try await sheets.list(
                of: scene.questionnaire.id, numbers: number.number...number.number, by: scene.actor)
            if !known.isEmpty { return number }
            if let other = try await sheets.title(of: number, by: scene.actor) {
                throw refused("foreign", ["number": number.text, "title": other(scene.strings.language)])
            }
            throw refused("unknown", ["number": number.text])
        case .unnumbered: throw refused("unnumbered")
        case .unreadable: throw refused(typed.isEmpty ? "missing" : "unreadable")
        }
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: SheetScene = try await scene(context)
        let query: Fields = try request.query()
        let state = QuestionnaireSheet.State(rawValue: query.text("state"))
        let after: Int = query.integer("after") ?? 0
        let found: [QuestionnaireSheet] = try await sheets.list(
            of: scene.questionnaire.id, state, after: after, limit: Self.pageSize + 1, by: scene.actor)
        let title: String = scene.strings("consultations.paper.list")
        return site.page(
            SheetListPage(scene, found, size: Self.pageSize, state: state, after: after), title: title, request,
            context)
    }

    // MARK: Acts

    private static func range(_ form: Fields) throws(FieldErrors) -> ClosedRange<Int> {
        func number(_ field: String) throws(FieldErrors) -> Int {
            guard let number = PaperNumber(typed: form.text(field)) else {
                throw FieldErrors(field, "consultations.paper.pick.unreadable")
            }
            return number.number
        }
        let first: Int = try number("first")
        let last: Int = form.text("last").isEmpty ? first : try number("last")
        guard first <= last else { throw FieldErrors("first", "consultations.paper.refusal.range") }
        return first...last
    }

    private func act(
        _ request: Request, _ context: AppContext, done: String, _ body: (SheetScene, Fields) async throws -> Void
    ) async throws -> Response {
        let scene: SheetScene = try await scene(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await body(scene, form)
            return site.see(scene.base, flash: .done("consultations.paper.done.\(done)"))
        } catch let errors as FieldErrors {
            return try await page(scene, form, errors, request, context)
        } catch let refusal as PaperRefusal {
            return try await page(scene, form, Refused(refusal).fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    // MARK: Printing

    /// The numbered sheets of `?from=&to=`; without them a specimen.
    private func print(isPDF: Bool, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: SheetScene = try await scene(context)
        guard scene.isAgent else { throw Absent() }
        let query: Fields = try request.query()
        let choice = QuestionnairePress.Choice(query, reader: context.language)
        let job: PrintJob
        if query.has("from") {
            let first: Int = query.integer("from") ?? 0
            let last: Int = query.integer("to") ?? first
            guard first >= 1, last >= first, last - first < QuestionnairePress.sheetsAtOnce else {
                throw Refusal(
                    "consultations.paper.error.range", ["most": String(QuestionnairePress.sheetsAtOnce)])
            }
            let chosen: [QuestionnaireSheet] = try await sheets.list(
                of: scene.questionnaire.id, numbers: first...last, by: scene.actor)
            guard !chosen.isEmpty else { throw Refusal("consultations.paper.error.none") }
            job = try await press.numbered(chosen, scene)
        } else {
            job = try await press.specimen(choice, scene)
        }
        guard isPDF else { return site.printPage(job, request, context) }
        try buckets.take(Network(address: context.remoteAddress ?? ""))
        return try await site.printPDF(job, name: press.fileName(of: scene, choice), context)
    }

    // MARK: Page

    private func page(
        _ scene: SheetScene, _ fields: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let questionnaire: ID<Questionnaire> = scene.questionnaire.id
        let live: QuestionnaireForm? =
            if let version = scene.questionnaire.liveVersion {
                try await consultations.form(of: questionnaire, version: version)
            } else { nil }
        let content = SheetsContent(
            editions: try await sheets.editions(of: questionnaire, by: scene.actor),
            pending: try await sheets.pending(of: questionnaire, by: scene.actor),
            quality: try await sheets.quality(of: questionnaire),
            settings: try await sheets.settings(of: questionnaire), live: live,
            draft: scene.isAgent ? try await press.draft(of: scene.questionnaire)?.form : nil)
        let page = SheetsPage(scene, content, fields, errors)
        return site.page(
            page, title: errors.title(page.title, scene.strings), request, context, status: errors.status)
    }
}

/// What the page of the sheets of a questionnaire shows.
struct SheetsContent: Sendable {
    let editions: [SheetEdition]
    let pending: (second: [QuestionnaireSheet], differing: [QuestionnaireSheet])
    let quality: PaperQuality?
    let settings: PaperSettings
    let live: QuestionnaireForm?
    let draft: QuestionnaireForm?
}
