import Hummingbird
import Participation

/// The texts of a consultation at the desk: their list, a new one, and the page of each.
struct TextDesk: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let texts: ConsultationTexts
    let drafts: TextDrafts

    /// Adds `/desk/processes/{process}/consultations/{consultation}/texts` and the page of each text.
    func add(to routes: RouterGroup<AppContext>) {
        let base = "/desk/processes/{process}/consultations/{consultation}/texts"
        routes.get("\(base)", use: list)
        routes.get("\(base)/new", use: new)
        routes.post("\(base)", use: add)
        routes.get("\(base)/{text}", use: show)
        routes.get("\(base)/{text}/words", use: words)
        routes.post("\(base)/{text}/words", use: describe)
    }

    private func text(_ context: AppContext) async throws -> TextDeskScene {
        try await .find(context, processes, site.strings(context), consultations, texts)
    }

    // MARK: The list

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: ConsultationScene = try await .find(context, processes, site.strings(context), consultations)
        let strings: Strings = scene.strings
        let found: [ConsultationText] = try await texts.list(of: try scene.required().id)
        let page = TextListPage(
            crumbs: scene.crumbs, newHref: "\(scene.own)/texts/new",
            lines: found.map { text in
                TextListPage.Line(
                    title: text.title, href: "\(scene.own)/texts/\(text.handle)",
                    language: text.language.foreign(to: strings.language),
                    words: strings.plural("consultations.text.annotations.count", text.comments + text.suggestions),
                    state: text.liveVersion.map { TextWords(strings).version($0) }
                        ?? strings("consultations.text.draft"))
            }, isEmpty: found.isEmpty)
        return site.page(page, title: strings("consultations.text.list"), request, context)
    }

    // MARK: Describing

    @Sendable private func new(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: ConsultationScene = try await .find(context, processes, site.strings(context), consultations)
        return formPage(scene, nil, Fields(pairs: []), FieldErrors(), request, context)
    }

    @Sendable private func add(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: ConsultationScene = try await .find(context, processes, site.strings(context), consultations)
        let form: Fields = try await site.form(request, context)
        do {
            let handle: String = try await drafts.add(
                form.text("title"), introduction: form.text("introduction"),
                in: Language(rawValue: form.text("language")) ?? context.language, to: try scene.required().id,
                by: scene.actor)
            return site.see("\(scene.own)/texts/\(handle)", flash: .done("consultations.text.added"))
        } catch let refusal as Refused<TextRefusal> {
            return formPage(scene, nil, form, refusal.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func words(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: TextDeskScene = try await text(context)
        let form = Fields(pairs: [("title", scene.text.title), ("introduction", scene.text.introduction)])
        return formPage(scene.desk, scene, form, FieldErrors(), request, context)
    }

    @Sendable private func describe(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: TextDeskScene = try await text(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await drafts.describe(
                scene.text.id, as: form.text("title"), introduction: form.text("introduction"), by: scene.actor)
            return site.see(scene.own, flash: .done("consultations.text.described"))
        } catch let refusal as Refused<TextRefusal> {
            return formPage(scene.desk, scene, form, refusal.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func formPage(
        _ desk: ConsultationScene, _ scene: TextDeskScene?, _ form: Fields, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings: Strings = desk.strings
        let heading: String = strings(scene == nil ? "consultations.text.new" : "consultations.text.words")
        let page = TextFormPage(
            crumbs: scene?.crumbs(toText: true)
                ?? desk.crumbs + [PlaceLink(label: strings("consultations.text.list"), href: "\(desk.own)/texts")],
            heading: heading, errors: errors.summary(strings),
            action: scene.map { "\($0.own)/words" } ?? "\(desk.own)/texts",
            title: errors.field(
                "title", label: strings("consultations.text.title"), value: form.text("title"), strings),
            introduction: WordsField(
                "introduction", label: "consultations.text.introduction", hint: "consultations.text.introduction.hint",
                form.text("introduction"), errors, strings, optional: true),
            languages: scene == nil
                ? Language.allCases.map {
                    SelectOption(
                        value: $0.rawValue, label: strings("language.\($0.rawValue)"), selected: $0 == context.language)
                } : [], asksLanguage: scene == nil)
        return site.page(page, title: errors.title(heading, strings), request, context, status: errors.status)
    }

    // MARK: One text

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: TextDeskScene = try await text(context)
        let found: [AnnotatedParagraph] = try await texts.annotated(of: scene.text.id)
        return site.page(TextDeskPage(scene, found), title: scene.text.title, request, context)
    }
}
