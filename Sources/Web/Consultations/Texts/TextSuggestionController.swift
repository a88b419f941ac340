import Hummingbird
import Participation

/// Suggested wordings of paragraphs, as those who make them and everybody else see them.
struct TextSuggestionController: Sendable {
    let site: Site
    let consultations: Consultations
    let texts: ConsultationTexts
    let suggestions: TextSuggestions

    /// Adds the routes for making suggestions to a paragraph, reading them and taking them back.
    func add(to routes: RouterGroup<AppContext>) {
        let base = "/consultations/{consultation}/texts/{text}"
        routes.get("\(base)/paragraphs/{paragraph}/suggestions/new", use: new)
        routes.post("\(base)/paragraphs/{paragraph}/suggestions", use: make)
        routes.get("\(base)/suggestions/{suggestion}", use: show)
        routes.post("\(base)/suggestions/{suggestion}/withdrawal", use: withdraw)
    }

    // MARK: Making

    @Sendable private func new(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.requireAccount()
        let scene: ParagraphScene = try await .find(context, consultations, texts, site.strings(context))
        guard scene.isOpen else { throw Absent() }
        return formPage(scene, scene.wording.passage.block.body, "", FieldErrors(), request, context)
    }

    @Sendable private func make(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        let scene: ParagraphScene = try await .find(context, consultations, texts, site.strings(context))
        let form: Fields = try await site.form(request, context)
        let (body, explanation) = (form.text("body"), form.text("explanation"))
        do {
            // What is suggested for one paragraph is one paragraph.
            let blocks: [TextBlock] =
                TextSplitting.blocks(
                    of: TextSplitting.markdown(of: [
                        TextBlock(level: scene.wording.passage.block.level, body: body)
                    ])) ?? []
            if blocks.count > 1 { throw FieldErrors("body", "consultations.text.error.one_paragraph") }
            let number: Int = try await suggestions.make(
                body, because: explanation, in: context.language, for: scene.story.paragraph.id,
                of: scene.scene.text.id, against: form.integer("version") ?? 0, by: .resident(account.id))
            return site.see("\(scene.scene.here)/suggestions/\(number)", flash: .done("consultations.text.suggested"))
        } catch let refusal as Refused<TextSuggestionRefusal> {
            return formPage(scene, body, explanation, refusal.fieldErrors(scene.strings), request, context)
        } catch let errors as FieldErrors {
            return formPage(scene, body, explanation, errors, request, context)
        }
    }

    private func formPage(
        _ scene: ParagraphScene, _ body: String, _ explanation: String, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.strings
        return site.page(
            TextSuggestionFormPage(
                crumbs: scene.scene.crumbs(toText: true), name: TextWords(strings).name(scene.wording.passage.place),
                textLanguage: scene.scene.foreign, errors: errors.summary(strings), html: scene.html,
                action: "\(scene.here)/suggestions", version: String(scene.scene.live),
                body: WordsField("body", label: "consultations.text.suggest.body", body, errors, strings),
                explanation: WordsField(
                    "explanation", label: "consultations.text.suggest.why", explanation, errors, strings,
                    optional: true), backHref: scene.here),
            title: errors.title(strings("consultations.text.suggest"), strings), request, context,
            status: errors.status)
    }

    // MARK: Reading one

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, suggestion) = try await find(context)
        let page = TextSuggestionPage(scene, suggestion)
        return site.page(page, title: "\(page.heading) – \(scene.text.title)", request, context)
    }

    @Sendable private func withdraw(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        let (scene, suggestion) = try await find(context)
        _ = try await site.form(request, context)
        let here = "\(scene.here)/suggestions/\(suggestion.number)"
        do {
            try await suggestions.withdraw(suggestion, by: .resident(account.id))
            return site.see(here, flash: .done("consultations.text.suggestion.withdrawn"))
        } catch is Refused<TextSuggestionRefusal> {
            return site.see(here, flash: .failed("consultations.text.error.decided"))
        } catch is NotAllowed { throw Absent() }
    }

    private func find(_ context: AppContext) async throws -> (TextScene, TextSuggestion) {
        let scene: TextScene = try await .find(context, consultations, texts, site.strings(context))
        let number: Int = try context.integer("suggestion")
        guard (1...Int(Int32.max)).contains(number),
            let suggestion = try await suggestions.find(number, to: scene.text.id)
        else { throw Absent() }
        return (scene, suggestion)
    }
}

extension ParagraphScene {
    /// Its words as they are read.
    var html: String { Markdown.html(wording.passage.block.body) }
}

/// The form of a new suggestion, filled with the words of the paragraph.
struct TextSuggestionFormPage: PageView {
    static let template = "consultations/text-suggest"

    let crumbs: [TextCrumb]
    let name: String
    let textLanguage: String?
    let errors: ErrorSummary?
    let html: String
    let action: String
    let version: String
    let body: WordsField
    let explanation: WordsField
    let backHref: String

    static let sample = TextSuggestionFormPage(
        crumbs: [.sample], name: "Paragraphe 14", textLanguage: "de",
        errors: ErrorSummary(items: [.init(field: "body", text: "Écrivez.")]), html: "<p>Un banc.</p>",
        action: "/consultations/x/texts/y/paragraphs/12/suggestions", version: "2", body: .sample,
        explanation: .sample, backHref: "/consultations/x/texts/y/paragraphs/12")
}

/// One suggestion: what it changes, and what became of it.
struct TextSuggestionPage: PageView {
    static let template = "consultations/text-suggestion"

    let crumbs: [TextCrumb]
    let paragraphName: String
    let paragraphHref: String
    let heading: String
    let about: String
    let status: StatusWord
    let outcome: String
    let reason: String?
    let explanation: String?
    let explanationLanguage: String?
    let textLanguage: String?
    let against: String
    let pieces: [WordDiff.Piece]
    let withdrawAction: String?

    static let sample = TextSuggestionPage(
        crumbs: [.sample], paragraphName: "Paragraphe 14", paragraphHref: "/consultations/x/texts/y/paragraphs/12",
        heading: "Suggestion n° 1", about: "Ada, le 3 mars", status: .sample, outcome: "Reprise.", reason: "Non.",
        explanation: "Il fait chaud.", explanationLanguage: "de", textLanguage: "de", against: "Version 1",
        pieces: WordDiff(from: "Un banc.", to: "Deux bancs.").pieces, withdrawAction: "/x/withdrawal")
}

extension TextSuggestionPage {
    init(_ scene: TextScene, _ suggestion: TextSuggestion) {
        let (strings, words) = (scene.strings, TextWords(scene.strings))
        let isShown: Bool = suggestion.state != .withdrawn
        crumbs = scene.crumbs(toText: true)
        paragraphName = strings("consultations.text.to_paragraph")
        paragraphHref = "\(scene.here)/paragraphs/\(suggestion.paragraphNumber)"
        heading = strings("talk.suggestion.number", ["number": String(suggestion.number)])
        about = words.about(suggestion)
        status = words.state(suggestion)
        outcome = words.outcome(suggestion)
        reason = suggestion.reason.nonempty
        explanation = isShown ? suggestion.explanation.nonempty : nil
        explanationLanguage = suggestion.language.foreign(to: strings.language)
        textLanguage = scene.foreign
        against = strings("consultations.text.against", ["number": String(suggestion.baseVersion)])
        pieces = isShown ? WordDiff(from: suggestion.base.body, to: suggestion.body).pieces : []
        withdrawAction =
            suggestion.state == .pending && scene.account?.id == suggestion.account
            ? "\(scene.here)/suggestions/\(suggestion.number)/withdrawal" : nil
    }
}

extension TextWords {
    /// What became of a suggestion, in a sentence.
    func outcome(_ suggestion: TextSuggestion) -> String {
        guard suggestion.state == .adopted, suggestion.versionPublishedAt != nil, let version = suggestion.version
        else { return state(suggestion).meaning }
        return strings("consultations.text.state.adopted.in", ["number": String(version)])
    }
}

extension Refused<TextSuggestionRefusal> {
    /// The refusal as the forms about suggestions show it.
    func fieldErrors(_ strings: Strings) -> FieldErrors {
        var errors = FieldErrors()
        for reason in reasons {
            switch reason {
            case .closed: errors.add("", "consultations.text.error.closed")
            case .bodyMissing: errors.add("body", "consultations.text.error.body_missing")
            case .bodyTooLong(let excess):
                errors.add("body", "consultations.text.error.too_long", ["count": strings.number(excess)])
            case .explanationTooLong(let excess):
                errors.add("explanation", "consultations.text.error.too_long", ["count": strings.number(excess)])
            case .unchanged: errors.add("body", "consultations.text.error.unchanged")
            case .outdated: errors.add("", "consultations.text.error.outdated")
            case .decided: errors.add("", "consultations.text.error.decided")
            case .gone: errors.add("", "consultations.text.error.gone")
            case .reasonMissing: errors.add("reason", "consultations.text.error.reason_missing")
            case .reasonTooLong(let excess):
                errors.add("reason", "consultations.text.error.too_long", ["count": strings.number(excess)])
            case .tooFast(let seconds):
                errors.add(
                    "", "talk.comment.refusal.too_fast", ["minutes": strings.number((seconds + 59) / 60)])
            }
        }
        return errors
    }
}
