import Hummingbird
import Participation

/// The sets of themes of the city at the desk. They are every process's: only agents for everything write them.
struct WalkTemplateDesk: Sendable {
    let site: Site
    let templates: WalkTemplates

    /// Adds `/desk/walk-templates`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/walk-templates", use: list)
        routes.get("/desk/walk-templates/new", use: blank)
        routes.post("/desk/walk-templates/new", use: create)
        routes.get("/desk/walk-templates/{template}", use: show)
        routes.post("/desk/walk-templates/{template}", use: edit)
        routes.post("/desk/walk-templates/{template}/retirement", use: retire)
    }

    private static let base = "/desk/walk-templates"

    /// Who may; nobody else knows the pages.
    private func actor(_ context: AppContext) throws -> Actor {
        let account: SignedInAccount = try context.requireDesk()
        guard account.holds(.participationAgent) else { throw Absent() }
        return account.acting(as: .participationAgent)
    }

    private func find(_ context: AppContext) async throws -> WalkTemplate {
        guard let template = try await templates.find(try context.id("template", of: WalkTemplate.self)) else {
            throw Absent()
        }
        return template
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try actor(context)
        let strings: Strings = site.strings(context)
        let all: [WalkTemplate] = try await templates.list()
        return site.page(
            WalkTemplatesPage(
                crumbs: Array(Self.crumbs(strings).dropLast()),
                lines: all.map { template in
                    .init(
                        name: template.name(strings.language), href: "\(Self.base)/\(template.id)",
                        themes: template.themes.map { $0.title(strings.language) }.joined(separator: ", "),
                        isRetired: template.retiredAt != nil)
                }, isEmpty: all.isEmpty), title: strings("walks.prepare.templates"), request, context)
    }

    @Sendable private func blank(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try actor(context)
        return page(WalkTemplateForm(), nil, FieldErrors(), request, context)
    }

    @Sendable private func create(_ request: Request, _ context: AppContext) async throws -> Response {
        let actor: Actor = try actor(context)
        let form = WalkTemplateForm(try await site.form(request, context, limit: 1 << 18))
        do {
            let id: ID<WalkTemplate> = try await templates.create(form.name, form.themes(), by: actor)
            return site.see("\(Self.base)/\(id)", flash: .done("walks.prepare.done.themes"))
        } catch let errors as FieldErrors {
            return page(form, nil, errors, request, context)
        } catch let refusal as WalkRefusal {
            return page(form, nil, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try actor(context)
        let template: WalkTemplate = try await find(context)
        return page(WalkTemplateForm(template), template, FieldErrors(), request, context)
    }

    @Sendable private func edit(_ request: Request, _ context: AppContext) async throws -> Response {
        let actor: Actor = try actor(context)
        let template: WalkTemplate = try await find(context)
        let form = WalkTemplateForm(try await site.form(request, context, limit: 1 << 18))
        do {
            try await templates.edit(template.id, form.name, form.themes(), revision: form.revision, by: actor)
            return site.see("\(Self.base)/\(template.id)", flash: .done("walks.prepare.done.themes"))
        } catch let errors as FieldErrors {
            return page(form, template, errors, request, context)
        } catch let refusal as WalkRefusal {
            return page(form, template, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func retire(_ request: Request, _ context: AppContext) async throws -> Response {
        let actor: Actor = try actor(context)
        let template: WalkTemplate = try await find(context)
        let isRetired: Bool = try await site.form(request, context).text("retired") == "1"
        do {
            try await templates.retire(template.id, isRetired, by: actor)
        } catch is NotAllowed { throw Absent() }
        return site.see(
            Self.base, flash: .done(isRetired ? "walks.prepare.done.retired" : "walks.prepare.done.restored"))
    }

    private static func crumbs(_ strings: Strings) -> [PlaceLink] {
        [
            PlaceLink(label: strings("desk.title"), href: "/desk"),
            PlaceLink(label: strings("walks.prepare.templates"), href: base),
        ]
    }

    private func page(
        _ form: WalkTemplateForm, _ template: WalkTemplate?, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings: Strings = site.strings(context)
        let isRetired: Bool = template?.retiredAt != nil
        let page = ThemesPage(
            heading: template.map { $0.name(strings.language) } ?? strings("walks.prepare.template.new"),
            words: strings("walks.prepare.template.words"), crumbs: Self.crumbs(strings),
            action: template.map { "\(Self.base)/\($0.id)" } ?? "\(Self.base)/new", revision: String(form.revision),
            names: Language.allCases.map { language in
                errors.field(
                    "title-\(language.rawValue)",
                    label: strings(
                        "walks.prepare.template.name", ["language": strings("language.\(language.rawValue)")]),
                    value: form.name.byLanguage[language.rawValue] ?? "", optional: language != .french,
                    autocomplete: "off", strings)
            }, items: WalkItemLine.lines(form.items, errors, strings), isFixed: false, adoption: nil,
            retirement: template.map { template in
                let key: String = isRetired ? "restore" : "retire"
                return ThemesPage.Retirement(
                    action: "\(Self.base)/\(template.id)/retirement",
                    words: strings("walks.prepare.template.\(key).words"),
                    submit: strings("walks.prepare.template.\(key)"), value: isRetired ? "0" : "1")
            }, backHref: Self.base, errors: errors.summary(strings))
        return site.page(
            page, title: errors.title(page.heading, strings), request, context, status: errors.status)
    }
}

/// A template as typed.
struct WalkTemplateForm: Sendable {
    let name: Texts
    let items: WalkItems
    let revision: Int

    init() {
        self.init(Fields(pairs: []))
    }

    init(_ fields: Fields) {
        name = Texts(
            Dictionary(
                uniqueKeysWithValues: Language.allCases.map { ($0.rawValue, fields.text("title-\($0.rawValue)")) }))
        items = WalkItems(.theme, fields)
        revision = fields.integer("revision") ?? 0
    }

    init(_ template: WalkTemplate) {
        name = template.name
        items = WalkItems(template.themes)
        revision = template.revision
    }

    /// The themes that the fields make.
    ///
    /// - Throws: `FieldErrors` with every field that is wrong.
    func themes() throws(FieldErrors) -> [WalkThemeDraft] {
        var errors = FieldErrors()
        if name.isEmpty { errors.add("title-fr", "walks.prepare.refusal.untitled") }
        let themes: [WalkThemeDraft] = items.themes(&errors)
        if themes.isEmpty { errors.add("item-0-title-fr", "walks.prepare.refusal.item") }
        try errors.throwIfAny()
        return themes
    }
}

/// The sets of themes of the city.
struct WalkTemplatesPage: PageView {
    static let template = "walks/prepare-templates"

    struct Line: Sendable {
        let name: String
        let href: String
        let themes: String
        let isRetired: Bool
    }

    let crumbs: [PlaceLink]
    let lines: [Line]
    let isEmpty: Bool

    static let sample = WalkTemplatesPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")],
        lines: [Line(name: "Six principes", href: "/x", themes: "Voir, entendre", isRetired: true)], isEmpty: true)
}
