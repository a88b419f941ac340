import Hummingbird
import Participation

/// The themes of a walk at the desk: taken from a template, and then its own.
struct WalkThemeDesk: Sendable {
    let site: Site
    let processes: Processes
    let walks: Walks
    let templates: WalkTemplates

    /// Adds `…/walks/{walk}/themes`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/processes/{process}/walks/{walk}/themes", use: show)
        routes.post("/desk/processes/{process}/walks/{walk}/themes", use: save)
        routes.post("/desk/processes/{process}/walks/{walk}/themes/template", use: adopt)
    }

    private func scene(_ context: AppContext) async throws -> (scene: WalkScene, file: WalkFile) {
        let scene: WalkScene = try await .find(context, processes, site.strings(context), walks)
        guard let walk = scene.walk else { throw Absent() }
        return (scene, try await walks.file(walk.id, by: scene.actor))
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await scene(context)
        return try await page(nil, scene, file, FieldErrors(), request, context)
    }

    @Sendable private func save(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await scene(context)
        let fields: Fields = try await site.form(request, context, limit: 1 << 18)
        let items = WalkItems(.theme, fields)
        var errors = FieldErrors()
        let themes: [WalkThemeDraft] = items.themes(&errors)
        guard errors.isEmpty else { return try await page(items, scene, file, errors, request, context) }
        do {
            try await walks.setThemes(
                themes, of: file.walk.id, revision: fields.integer("revision") ?? 0, by: scene.actor)
            return site.see(own(scene, file), flash: .done("walks.prepare.done.themes"))
        } catch let refusal as WalkRefusal {
            return try await page(items, scene, file, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func adopt(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await scene(context)
        let fields: Fields = try await site.form(request, context)
        guard let template = fields.id("template", of: WalkTemplate.self) else {
            return try await page(
                nil, scene, file, FieldErrors("template", "walks.prepare.refusal.template"), request, context)
        }
        do {
            try await walks.adopt(template, for: file.walk.id, by: scene.actor)
            return site.see(own(scene, file), flash: .done("walks.prepare.done.template"))
        } catch let refusal as WalkRefusal {
            return try await page(nil, scene, file, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func own(_ scene: WalkScene, _ file: WalkFile) -> String {
        "\(scene.base)/\(file.walk.handle)/themes"
    }

    private func page(
        _ items: WalkItems?, _ scene: WalkScene, _ file: WalkFile, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        let offered: [WalkTemplate] = try await templates.list().filter { $0.retiredAt == nil }
        let kept = WalkItems(
            file.themes.map { WalkThemeDraft(key: $0.key, title: $0.title, prompt: $0.prompt) })
        let page = ThemesPage(
            heading: strings("walks.prepare.part.themes"), words: strings("walks.prepare.themes.words"),
            crumbs: scene.crumbs, action: own(scene, file), revision: String(file.revision), names: [],
            items: WalkItemLine.lines(items ?? kept, errors, strings), isFixed: false,
            adoption: offered.isEmpty
                ? nil
                : ThemesPage.Adoption(
                    action: "\(own(scene, file))/template", problem: errors.text(for: "template", strings),
                    templates: offered.map {
                        SelectOption(value: $0.id.description, label: $0.name(strings.language), selected: false)
                    }),
            retirement: nil, backHref: "\(scene.base)/\(file.walk.handle)", errors: errors.summary(strings))
        return site.page(
            page, title: errors.title(page.heading, strings), request, context, status: errors.status)
    }
}

/// Themes in their order: of a walk, or of a template with its name.
struct ThemesPage: PageView {
    static let template = "walks/prepare-themes"

    /// A template to be taken over.
    struct Adoption: Sendable {
        let action: String
        let problem: String?
        let templates: [SelectOption]
    }

    /// Putting a template away, or taking it out again.
    struct Retirement: Sendable {
        let action: String
        let words: String
        let submit: String
        let value: String
    }

    let heading: String
    let words: String
    let crumbs: [PlaceLink]
    let action: String
    let revision: String
    /// What the template is called, in each language.
    let names: [Field]
    let items: [WalkItemLine]
    let isFixed: Bool
    let adoption: Adoption?
    let retirement: Retirement?
    let backHref: String
    let errors: ErrorSummary?

    static let sample = ThemesPage(
        heading: "Thèmes", words: "Dans l’ordre.", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x",
        revision: "1", names: [FieldErrors.sampleField], items: [.sample], isFixed: false,
        adoption: Adoption(
            action: "/x/template", problem: "Manque",
            templates: [SelectOption(value: "1", label: "Six principes", selected: true)]),
        retirement: Retirement(action: "/x/retirement", words: "Mettre de côté", submit: "Oui", value: "1"),
        backHref: "/x", errors: ErrorSummary(items: [.init(field: "item-0-title-fr", text: "Manque")]))
}
