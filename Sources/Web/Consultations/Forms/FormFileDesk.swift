import Hummingbird
import Participation

/// A questionnaire as a file: kept, sent, and read again.
struct FormFileDesk: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations

    /// Adds `…/form/file` and `…/import`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("\(FormDesk.path)/form/file", use: write)
        routes.get("\(FormDesk.path)/import", use: choose)
        routes.post("\(FormDesk.path)/import", use: read)
    }

    private func scene(_ context: AppContext) async throws -> FormScene {
        try await .find(context, processes, site.strings(context), consultations)
    }

    @Sendable private func write(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        let number: Int = try request.query().integer("version") ?? scene.file.number
        guard let form = try await consultations.form(of: scene.questionnaire.id, version: number) else {
            throw Absent()
        }
        return site.download(
            try FormFile.write(form), name: "\(scene.questionnaire.handle)-\(number).json", type: "application/json")
    }

    @Sendable private func choose(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        guard scene.file.isDraft else { throw Absent() }
        return page(scene, FieldErrors(), request, context)
    }

    @Sendable private func read(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        do {
            let sent: MultipartForm = try await site.multipartForm(
                request, context, limits: .init(total: FormFile.largest + (1 << 16), parts: 5))
            guard let file = sent.file("file") else { throw FormFileProblem.empty }
            let form: QuestionnaireForm = try FormFile.read(Array(file.bytes.readableBytesView))
            do {
                try await consultations.edit(
                    scene.questionnaire.id, .replace(form), accepting: sent.fields.has("accept"), by: scene.actor)
                return site.see("\(scene.base)/form", flash: .done("consultations.form.done.imported"))
            } catch let refusal as QuestionnaireRefusal {
                return refused(refusal, form, scene, request, context)
            }
        } catch let lost as LostAnswers {
            return page(
                scene, FieldErrors("accept", "consultations.form.lost.error"), losing: lost, request, context)
        } catch let problem as FormFileProblem {
            return page(scene, problem.fieldErrors(scene.strings), request, context)
        } catch let refusal as Refusal where refusal == .tooLarge {
            let problem = FormFileProblem.tooLarge(most: FormFile.largest)
            return page(scene, problem.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    /// A form that reads well and makes no sense: each problem with the question that it is about.
    private func refused(
        _ refusal: QuestionnaireRefusal, _ form: QuestionnaireForm, _ scene: FormScene, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let words = FormWords(scene.strings, form)
        guard case .broken(let problems) = refusal else {
            return page(scene, refusal.fieldErrors(words), request, context)
        }
        return page(
            scene, FieldErrors("file", "consultations.form.file.broken"),
            problems: problems.prefix(20).map { words.sentence($0) }, request, context)
    }

    private func page(
        _ scene: FormScene, _ errors: FieldErrors, problems: [String] = [], losing lost: LostAnswers? = nil,
        _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.strings
        let page = FormImportPage(
            crumbs: scene.crumbs, action: "\(scene.base)/import", file: errors.input("file", strings),
            problems: problems, hasProblems: !problems.isEmpty, lost: lost?.lines(strings) ?? [], isLosing: lost != nil,
            backHref: "\(scene.base)/form", errors: errors.summary(strings))
        return site.page(
            page, title: errors.title(strings("consultations.form.import"), strings), request, context,
            status: errors.status)
    }
}

extension FormFileProblem {
    /// What is wrong with the file, in a sentence.
    func fieldErrors(_ strings: Strings) -> FieldErrors {
        func at(_ name: String, _ arguments: [String: String] = [:]) -> FieldErrors {
            FieldErrors("file", "consultations.form.file.\(name)", arguments)
        }
        return switch self {
        case .empty: at("empty")
        case .tooLarge(let most): at("too_large", ["kilobytes": strings.number(most / 1000)])
        case .notJSON(let byte): byte.map { at("not_json_at", ["byte": strings.number($0)]) } ?? at("not_json")
        case .tooDeep: at("too_deep")
        case .repeatedName(let name): at("repeated", ["name": name])
        case .missing(let place): at("missing", ["place": place])
        case .wrongType(let place): at("wrong_type", ["place": place])
        case .unknownName(let place): at("unknown", ["place": place])
        }
    }
}

/// A file with a questionnaire, before it is sent.
struct FormImportPage: PageView {
    static let template = "consultations/form-import"

    let crumbs: [PlaceLink]
    let action: String
    let file: Input
    let problems: [String]
    let hasProblems: Bool
    let lost: [String]
    let isLosing: Bool
    let backHref: String
    let errors: ErrorSummary?

    static let sample = FormImportPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x", file: Input(name: "file", error: "Manque"),
        problems: ["Boucle"], hasProblems: true, lost: ["12 réponses"], isLosing: true, backHref: "/x",
        errors: ErrorSummary(items: [.init(field: "file", text: "Manque")]))
}
