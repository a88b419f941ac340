import Hummingbird
import Participation

/// What an agent decides before a draft is published: which paragraph is which, and that it is time.
struct TextPublicationDesk: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let texts: ConsultationTexts
    let drafts: TextDrafts

    /// Adds `…/texts/{text}/draft/matching` and `…/texts/{text}/draft/publication`.
    func add(to routes: RouterGroup<AppContext>) {
        let base = "/desk/processes/{process}/consultations/{consultation}/texts/{text}/draft"
        routes.get("\(base)/matching", use: show)
        routes.post("\(base)/matching", use: match)
        routes.get("\(base)/publication", use: ask)
        routes.post("\(base)/publication", use: publish)
    }

    /// The text, its draft, and the draft compared with the version that is read now.
    private func find(
        _ context: AppContext
    ) async throws -> (scene: TextDeskScene, draft: TextVersion, comparison: TextComparison) {
        let scene: TextDeskScene = try await .find(context, processes, site.strings(context), consultations, texts)
        guard let draft = scene.draft else { throw Absent() }
        var live: [TextPassage] = []
        if let version = scene.text.liveVersion { live = try await texts.passages(of: scene.text.id, version: version) }
        let passages: [TextPassage] = try await texts.passages(of: scene.text.id, version: draft.number)
        return (scene, draft, TextComparison(from: live, to: passages))
    }

    // MARK: Which is which

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, draft, comparison) = try await find(context)
        return matchingPage(scene, draft, comparison, nil, FieldErrors(), request, context)
    }

    @Sendable private func match(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, draft, comparison) = try await find(context)
        let form: Fields = try await site.form(request, context, limit: 512 * 1024)
        var (choices, errors): ([Int: Int?], FieldErrors) = ([:], FieldErrors())
        for name in form.names where name.hasPrefix("match-") {
            guard let place = Int(name.dropFirst("match-".count)) else { continue }
            let typed: String = form.text(name)
            let number: Int? = form.integer(name)
            if number == nil, !typed.isEmpty {
                errors.add(name, "consultations.text.error.unknown", ["number": String(place)])
            }
            // The number is that of the margin of the version read now.
            let paragraph: Int? = comparison.entries.first { $0.before?.place == number }?.before?.paragraph?.number
            if number != nil, paragraph == nil {
                errors.add(name, "consultations.text.error.unknown", ["number": String(place)])
            }
            choices[place] = .some(paragraph)
        }
        do {
            try errors.throwIfAny()
            try await drafts.match(
                choices, in: scene.text.id, over: form.integer("revision") ?? 0, by: scene.actor)
            return site.see("\(scene.own)/draft/publication", flash: .done("consultations.text.matched"))
        } catch let errors as FieldErrors {
            return matchingPage(scene, draft, comparison, form, errors, request, context)
        } catch let refusal as Refused<TextRefusal> {
            return matchingPage(scene, draft, comparison, form, refusal.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func matchingPage(
        _ scene: TextDeskScene, _ draft: TextVersion, _ comparison: TextComparison, _ form: Fields?,
        _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.strings
        return site.page(
            TextMatchingPage(scene, draft, comparison, form, errors),
            title: errors.title(strings("consultations.text.matching"), strings), request, context,
            status: errors.status)
    }

    // MARK: Publishing

    @Sendable private func ask(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, draft, comparison) = try await find(context)
        return publicationPage(scene, draft, comparison, FieldErrors(), request, context)
    }

    @Sendable private func publish(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, draft, comparison) = try await find(context)
        let form: Fields = try await site.form(request, context)
        do {
            _ = try await drafts.publish(
                scene.text.id, over: form.integer("revision") ?? 0, by: scene.actor)
            return site.see(scene.own, flash: .done("consultations.text.published"))
        } catch let refusal as Refused<TextRefusal> {
            return publicationPage(scene, draft, comparison, refusal.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func publicationPage(
        _ scene: TextDeskScene, _ draft: TextVersion, _ comparison: TextComparison, _ errors: FieldErrors,
        _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.strings
        let left: [TextComparison.Entry] = comparison.entries.filter { $0.change == .removed }
        let staying: Int = left.reduce(0) {
            $0 + ($1.before?.paragraph?.comments ?? 0) + ($1.before?.paragraph?.suggestions ?? 0)
        }
        let heading: String = strings("consultations.text.publication", ["number": String(draft.number)])
        let page = TextPublicationPage(
            crumbs: scene.crumbs(toText: true), heading: heading, errors: errors.summary(strings),
            action: "\(scene.own)/draft/publication", revision: String(draft.revision),
            isFirst: scene.text.liveVersion == nil, summary: TextChange.summary(comparison, strings),
            staying: staying == 0 ? nil : strings.plural("consultations.text.staying", staying),
            matchingHref: scene.text.liveVersion == nil ? nil : "\(scene.own)/draft/matching",
            draftHref: "\(scene.own)/draft")
        return site.page(page, title: errors.title(heading, strings), request, context, status: errors.status)
    }
}

/// Which paragraph of the version read now each changed place of the draft goes on as.
struct TextMatchingPage: PageView {
    static let template = "consultations/text-matching"

    /// A changed place of the draft.
    struct Line: Sendable {
        let name: String
        let field: String
        let number: String
        let problem: String?
        let status: StatusWord
        /// What was written to the paragraph that it goes on as.
        let notes: String?
        let pieces: [WordDiff.Piece]
    }

    /// A paragraph of the version read now that the draft no longer has.
    struct Left: Sendable {
        let name: String
        let excerpt: String
        let notes: String
    }

    let crumbs: [PlaceLink]
    let errors: ErrorSummary?
    let action: String
    let revision: String
    let textLanguage: String?
    let summary: [String]
    let lines: [Line]
    let isEmpty: Bool
    let left: [Left]
    let hasLeft: Bool
    let draftHref: String

    static let sample = TextMatchingPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")],
        errors: ErrorSummary(items: [.init(field: "match-1", text: "Inconnu.")]),
        action: "/desk/x/texts/charte/draft/matching", revision: "2", textLanguage: "de", summary: ["2 reformulés"],
        lines: [
            Line(
                name: "Paragraphe 1", field: "match-1", number: "1", problem: "Inconnu.", status: .sample,
                notes: "3 commentaires", pieces: WordDiff(from: "Un banc.", to: "Deux bancs.").pieces)
        ], isEmpty: true, left: [Left(name: "Paragraphe 3", excerpt: "La place…", notes: "1 commentaire")],
        hasLeft: true, draftHref: "/desk/x/texts/charte/draft")
}

extension TextMatchingPage {
    init(
        _ scene: TextDeskScene, _ draft: TextVersion, _ comparison: TextComparison, _ form: Fields?,
        _ errors: FieldErrors
    ) {
        let (strings, words) = (scene.strings, TextWords(scene.strings))
        func notes(_ passage: TextPassage?) -> String? {
            guard let paragraph = passage?.paragraph, paragraph.comments + paragraph.suggestions > 0 else { return nil }
            return words.notes(paragraph, isOpen: false).words
        }
        crumbs = scene.crumbs(toText: true)
        self.errors = errors.summary(strings)
        action = "\(scene.own)/draft/matching"
        revision = String(draft.revision)
        textLanguage = scene.foreign
        summary = TextChange.summary(comparison, strings)
        lines = comparison.entries.compactMap { entry in
            guard let after = entry.after, entry.change != .unchanged else { return nil }
            let field = "match-\(after.place)"
            return Line(
                name: words.name(after.place), field: field,
                number: form?.has(field) == true
                    ? form?.text(field) ?? "" : entry.before.map { String($0.place) } ?? "",
                problem: errors.text(for: field, strings), status: TextChange.status(entry.change, strings),
                notes: notes(entry.before),
                pieces: WordDiff(from: entry.before?.block.body ?? "", to: after.block.body).pieces)
        }
        isEmpty = lines.isEmpty
        left = comparison.entries.compactMap { entry in
            guard entry.change == .removed, let before = entry.before else { return nil }
            return Left(
                name: words.name(before.place), excerpt: Markdown.excerpt(before.block.body, characters: 160),
                notes: notes(before) ?? strings("consultations.text.no_notes"))
        }
        hasLeft = !left.isEmpty
        draftHref = "\(scene.own)/draft"
    }
}

/// Asks whether a draft is to be published, and says what that does to what was written.
struct TextPublicationPage: PageView {
    static let template = "consultations/text-publication"

    let crumbs: [PlaceLink]
    let heading: String
    let errors: ErrorSummary?
    let action: String
    let revision: String
    let isFirst: Bool
    let summary: [String]
    /// How many annotations stay with the version before.
    let staying: String?
    let matchingHref: String?
    let draftHref: String

    static let sample = TextPublicationPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], heading: "Publier la version 2",
        errors: ErrorSummary(items: [.init(field: nil, text: "Rien n’a changé.")]),
        action: "/desk/x/texts/charte/draft/publication", revision: "2", isFirst: false, summary: ["2 reformulés"],
        staying: "3 annotations restent", matchingHref: "/desk/x/texts/charte/draft/matching",
        draftHref: "/desk/x/texts/charte/draft")
}
