import Hummingbird
import Participation

/// The draft of the next version of a text: typed or pasted as a whole, or brought as a file, and looked at before it is
/// kept.
struct TextDraftDesk: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let texts: ConsultationTexts
    let drafts: TextDrafts

    /// The most bytes of the form: the text with its letters written as percent signs.
    private static let longestForm = 6 << 20

    /// Adds `…/texts/{text}/draft` and `…/texts/{text}/file`.
    func add(to routes: RouterGroup<AppContext>) {
        let base = "/desk/processes/{process}/consultations/{consultation}/texts/{text}"
        routes.get("\(base)/draft", use: show)
        routes.post("\(base)/draft", use: save)
        routes.get("\(base)/file", use: ask)
        routes.post("\(base)/file", use: bring)
    }

    private func text(_ context: AppContext) async throws -> TextDeskScene {
        try await .find(context, processes, site.strings(context), consultations, texts)
    }

    // MARK: Typed

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: TextDeskScene = try await text(context)
        let version: Int? = scene.draft?.number ?? scene.text.liveVersion
        let passages: [TextPassage] =
            version == nil ? [] : try await texts.passages(of: scene.text.id, version: version ?? 0)
        return page(
            scene, TextSplitting.markdown(of: passages.map(\.block)), note: scene.draft?.note ?? "",
            revision: scene.draft?.revision ?? 0, FieldErrors(), shows: false, request, context)
    }

    /// Keeps the draft, or shows what would be kept.
    @Sendable private func save(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: TextDeskScene = try await text(context)
        let form: Fields = try await site.form(request, context, limit: Self.longestForm)
        let (words, note, revision) = (form.text("words"), form.text("note"), form.integer("revision") ?? 0)
        guard form.text("then") != "look" else {
            return page(scene, words, note: note, revision: revision, FieldErrors(), shows: true, request, context)
        }
        do {
            guard let blocks = TextSplitting.blocks(of: words) else {
                throw FieldErrors("words", "consultations.text.error.unreadable")
            }
            try await drafts.save(blocks, note: note, of: scene.text.id, over: revision, by: scene.actor)
            return site.see(
                scene.text.liveVersion == nil ? "\(scene.own)/draft/publication" : "\(scene.own)/draft/matching",
                flash: .done("consultations.text.draft.saved"))
        } catch let errors as FieldErrors {
            return page(scene, words, note: note, revision: revision, errors, shows: false, request, context)
        } catch let refusal as Refused<TextRefusal> {
            return page(
                scene, words, note: note, revision: revision, refusal.fieldErrors(scene.strings), shows: false,
                request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ scene: TextDeskScene, _ words: String, note: String, revision: Int, _ errors: FieldErrors, shows: Bool,
        _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.strings
        let blocks: [TextBlock] = shows ? TextSplitting.blocks(of: words) ?? [] : []
        let heading: String = strings("consultations.text.draft.title")
        let page = TextDraftPage(
            crumbs: scene.crumbs(toText: true), heading: heading, errors: errors.summary(strings),
            action: "\(scene.own)/draft", revision: String(revision), fileHref: "\(scene.own)/file",
            textLanguage: scene.foreign,
            words: WordsField(
                "words", label: "consultations.text.draft.words", hint: "consultations.text.draft.hint", words, errors,
                strings, rows: 24),
            note: WordsField(
                "note", label: "consultations.text.note", hint: "consultations.text.note.hint", note, errors, strings,
                optional: true, rows: 2),
            isShown: shows,
            shownTitle: strings.plural("consultations.text.blocks", blocks.count),
            passages: TextDraftPage.shown(blocks))
        return site.page(
            page, title: errors.title(heading, strings), request, context, status: errors.status)
    }

    // MARK: Brought

    @Sendable private func ask(_ request: Request, _ context: AppContext) async throws -> Response {
        filePage(try await text(context), FieldErrors(), request, context)
    }

    /// Reads a file and shows what it says in the form of the draft: nothing is kept before somebody has looked at it.
    @Sendable private func bring(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: TextDeskScene = try await text(context)
        do {
            let form: MultipartForm = try await site.multipartForm(
                request, context, limits: .init(total: DocumentReader.longestFile + (1 << 16)))
            guard let file = form.file("file") else {
                return filePage(scene, FieldErrors("file", "desk.error.file"), request, context)
            }
            let words: String = try await DocumentReader().markdown(of: Array(file.bytes.readableBytesView))
            return page(
                scene, words, note: scene.draft?.note ?? "", revision: scene.draft?.revision ?? 0, FieldErrors(),
                shows: true, request, context)
        } catch let problem as DocumentReader.Problem {
            return filePage(scene, FieldErrors("file", problem.key), request, context)
        } catch let refusal as Refusal where refusal == .tooLarge {
            return filePage(scene, FieldErrors("file", DocumentReader.Problem.tooLarge.key), request, context)
        }
    }

    private func filePage(
        _ scene: TextDeskScene, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.strings
        return site.page(
            TextFilePage(
                crumbs: scene.crumbs(toText: true), errors: errors.summary(strings), action: "\(scene.own)/file",
                file: errors.input("file", strings)),
            title: errors.title(strings("consultations.text.file"), strings), request, context, status: errors.status)
    }
}

extension DocumentReader.Problem {
    /// The key of its words.
    fileprivate var key: String {
        switch self {
        case .notText: "consultations.text.file.error.not_text"
        case .damaged: "consultations.text.file.error.damaged"
        case .encrypted: "consultations.text.file.error.encrypted"
        case .tooLarge: "consultations.text.file.error.too_large"
        case .suspicious: "consultations.text.file.error.suspicious"
        case .empty: "consultations.text.file.error.empty"
        }
    }
}

/// The draft as a whole, and what it would be as paragraphs.
struct TextDraftPage: PageView {
    static let template = "consultations/text-draft"

    struct Passage: Sendable {
        let place: String
        let html: String

        static let sample = Passage(place: "1", html: "<h3>Article premier</h3>")
    }

    let crumbs: [PlaceLink]
    let heading: String
    let errors: ErrorSummary?
    let action: String
    let revision: String
    let fileHref: String
    let textLanguage: String?
    let words: WordsField
    let note: WordsField
    let isShown: Bool
    let shownTitle: String
    let passages: [Passage]

    static let sample = TextDraftPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], heading: "Brouillon",
        errors: ErrorSummary(items: [.init(field: "words", text: "Écrivez.")]), action: "/desk/x/texts/charte/draft",
        revision: "2", fileHref: "/desk/x/texts/charte/file", textLanguage: "de", words: .sample, note: .sample,
        isShown: true, shownTitle: "2 paragraphes", passages: [.sample])

    /// Blocks as they would be read, numbered, their headings in an order without gaps.
    static func shown(_ blocks: [TextBlock]) -> [Passage] {
        var level = 2
        return blocks.prefix(TextBlock.most).enumerated().map { index, block in
            if block.level > 0 { level = min(block.level + 2, level + 1, 6) }
            return Passage(
                place: String(index + 1),
                html: block.level > 0 ? Markdown.heading(block.body, level: level) : Markdown.html(block.body))
        }
    }
}

/// Asks for a file.
struct TextFilePage: PageView {
    static let template = "consultations/text-file"

    let crumbs: [PlaceLink]
    let errors: ErrorSummary?
    let action: String
    let file: Input

    static let sample = TextFilePage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")],
        errors: ErrorSummary(items: [.init(field: "file", text: "Ce fichier est abîmé.")]),
        action: "/desk/x/texts/charte/file", file: Input(name: "file", value: "", error: "Ce fichier est abîmé."))
}
