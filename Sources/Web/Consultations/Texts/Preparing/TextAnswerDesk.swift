import Hummingbird
import Participation

/// What the city answers to annotations: a reply to each paragraph, and to each suggested wording whether it is adopted.
struct TextAnswerDesk: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let texts: ConsultationTexts
    let suggestions: TextSuggestions
    let replies: TextReplies

    private static let pageSize = 50

    /// Adds `…/texts/{text}/paragraphs/{paragraph}` and `…/texts/{text}/suggestions`.
    func add(to routes: RouterGroup<AppContext>) {
        let base = "/desk/processes/{process}/consultations/{consultation}/texts/{text}"
        routes.get("\(base)/paragraphs/{paragraph}", use: paragraph)
        routes.post("\(base)/paragraphs/{paragraph}", use: reply)
        routes.get("\(base)/suggestions", use: list)
        routes.get("\(base)/suggestions/{suggestion}", use: show)
        routes.post("\(base)/suggestions/{suggestion}/adoption", use: adopt)
        routes.post("\(base)/suggestions/{suggestion}/answer", use: answer)
    }

    private func text(_ context: AppContext) async throws -> TextDeskScene {
        try await .find(context, processes, site.strings(context), consultations, texts)
    }

    // MARK: Replies

    @Sendable private func paragraph(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, story) = try await findParagraph(context)
        return replyPage(scene, story, story.reply?.body ?? "", FieldErrors(), request, context)
    }

    @Sendable private func reply(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, story) = try await findParagraph(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await replies.write(
                form.text("reply"), in: context.language, to: story.paragraph.id, of: scene.text.id, by: scene.actor)
            return site.see(scene.own, flash: .done("consultations.text.reply.done"))
        } catch let refusal as Refused<TextReplyRefusal> {
            return replyPage(
                scene, story, form.text("reply"), refusal.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func findParagraph(_ context: AppContext) async throws -> (TextDeskScene, ParagraphStory) {
        let scene: TextDeskScene = try await text(context)
        let number: Int = try context.integer("paragraph")
        guard (1...Int(Int32.max)).contains(number), let story = try await texts.paragraph(number, of: scene.text.id)
        else { throw Absent() }
        return (scene, story)
    }

    private func replyPage(
        _ scene: TextDeskScene, _ story: ParagraphStory, _ words: String, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let (strings, passage) = (scene.strings, story.wordings[0].passage)
        let heading: String = TextWords(strings).name(passage.place)
        let page = TextReplyPage(
            crumbs: scene.crumbs(toText: true), heading: heading, errors: errors.summary(strings),
            html: Markdown.html(passage.block.body), textLanguage: scene.foreign,
            notes: TextWords(strings).notes(story.paragraph, isOpen: false).words,
            publicHref:
                "/consultations/\(scene.desk.consultation?.handle ?? "")/texts/\(scene.text.handle)/paragraphs/"
                + String(story.paragraph.number),
            action: "\(scene.own)/paragraphs/\(story.paragraph.number)",
            reply: WordsField(
                "reply", label: "consultations.text.reply.label", hint: "consultations.text.reply.hint", words, errors,
                strings), backHref: scene.own)
        return site.page(page, title: errors.title(heading, strings), request, context, status: errors.status)
    }

    // MARK: Suggestions

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: TextDeskScene = try await text(context)
        let (strings, words) = (scene.strings, TextWords(scene.strings))
        let query: Fields = try request.query()
        let state = TextSuggestion.State(rawValue: query.text("state")) ?? .pending
        let found: [TextSuggestion] = try await suggestions.list(
            to: scene.text.id, state, before: query.integer("before"), limit: Self.pageSize + 1)
        let shown: [TextSuggestion] = Array(found.prefix(Self.pageSize))
        let page = TextSuggestionsDeskPage(
            crumbs: scene.crumbs(toText: true),
            states: TextSuggestion.State.allCases.map {
                TextSuggestionsDeskPage.Choice(
                    label: strings("consultations.text.state.\($0.rawValue)"),
                    href: "\(scene.own)/suggestions?state=\($0.rawValue)", isCurrent: $0 == state)
            },
            lines: shown.map { suggestion in
                TextSuggestionsDeskPage.Line(
                    label: strings("talk.suggestion.number", ["number": String(suggestion.number)]),
                    href: "\(scene.own)/suggestions/\(suggestion.number)", about: words.about(suggestion),
                    excerpt: Markdown.excerpt(suggestion.body, characters: 120))
            }, isEmpty: shown.isEmpty,
            onward: found.count > Self.pageSize
                ? shown.last.map { "\(scene.own)/suggestions?state=\(state.rawValue)&before=\($0.number)" } : nil)
        return site.page(page, title: strings("consultations.text.suggestions"), request, context)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, suggestion) = try await find(context)
        return decisionPage(scene, suggestion, nil, FieldErrors(), request, context)
    }

    @Sendable private func adopt(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, suggestion) = try await find(context)
        let form: Fields = try await site.form(request, context)
        do {
            let typed: String = TextSplitting.markdown(of: [
                TextBlock(level: suggestion.base.level, body: form.text("body"))
            ])
            let blocks: [TextBlock] = TextSplitting.blocks(of: typed) ?? []
            if blocks.count > 1 { throw FieldErrors("body", "consultations.text.error.one_paragraph") }
            try await suggestions.adopt(
                suggestion, as: blocks.first ?? TextBlock(level: suggestion.base.level, body: form.text("body")),
                of: scene.text.id, by: scene.actor)
            return site.see("\(scene.own)/suggestions", flash: .done("consultations.text.adopted"))
        } catch let errors as FieldErrors {
            return decisionPage(scene, suggestion, form, errors, request, context)
        } catch let refusal as Refused<TextSuggestionRefusal> {
            return decisionPage(scene, suggestion, form, refusal.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func answer(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, suggestion) = try await find(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await suggestions.answer(
                suggestion, because: form.text("reason"), of: scene.text.id, by: scene.actor)
            return site.see("\(scene.own)/suggestions", flash: .done("consultations.text.answered"))
        } catch let refusal as Refused<TextSuggestionRefusal> {
            return decisionPage(scene, suggestion, form, refusal.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func find(_ context: AppContext) async throws -> (TextDeskScene, TextSuggestion) {
        let scene: TextDeskScene = try await text(context)
        let number: Int = try context.integer("suggestion")
        guard (1...Int(Int32.max)).contains(number),
            let suggestion = try await suggestions.find(number, to: scene.text.id)
        else { throw Absent() }
        return (scene, suggestion)
    }

    private func decisionPage(
        _ scene: TextDeskScene, _ suggestion: TextSuggestion, _ form: Fields?, _ errors: FieldErrors,
        _ request: Request, _ context: AppContext
    ) -> Response {
        let page = TextDecisionPage(scene, suggestion, form, errors)
        return site.page(
            page, title: errors.title(page.heading, scene.strings), request, context, status: errors.status)
    }
}

extension Refused<TextReplyRefusal> {
    /// The refusal as the form of the reply shows it.
    fileprivate func fieldErrors(_ strings: Strings) -> FieldErrors {
        var errors = FieldErrors()
        for reason in reasons {
            switch reason {
            case .empty: errors.add("reply", "consultations.text.error.reply_missing")
            case .tooLong(let excess):
                errors.add("reply", "consultations.text.error.too_long", ["count": strings.number(excess)])
            }
        }
        return errors
    }
}
