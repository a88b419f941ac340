import Foundation
import Hummingbird
import Participation

/// What people wrote to answer a question: read and searched, coded by themes, and quoted.
struct TextsDesk: Sendable {
    let desks: AnalysisDesks

    /// Adds the routes below `…/answers/texts/{question}`.
    func add(to routes: RouterGroup<AppContext>) {
        let own =
            "/desk/processes/{process}/consultations/{consultation}/questionnaires/{questionnaire}/answers/texts/{question}"
        routes.get(RouterPath(own), use: list)
        routes.get("\(own)/themes/{theme}", use: theme)
        routes.post("\(own)/themes/{theme}", use: keepTheme)
        routes.post("\(own)/themes/{theme}/removal", use: removeTheme)
        routes.post("\(own)/sample", use: draw)
        routes.get("\(own)/coding", use: coding)
        routes.post("\(own)/coding", use: code)
        routes.get("\(own)/agreement", use: agreement)
        routes.post("\(own)/agreement", use: settle)
        routes.get("\(own)/quotes/{response}", use: quote)
        routes.post("\(own)/quotes/{response}", use: keepQuote)
    }

    private func find(_ context: AppContext) async throws -> TextsScene {
        let scene: AnalysisScene = try await .find(context, desks)
        let question: QuestionnaireForm.Question = try scene.textQuestion(context)
        return TextsScene(scene: scene, question: question)
    }

    // MARK: Texts

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        try await list(FieldErrors(), request, context)
    }

    private func list(_ errors: FieldErrors, _ request: Request, _ context: AppContext) async throws -> Response {
        let texts: TextsScene = try await find(context)
        let query: Fields = try request.query()
        let words: String = String(query.text("q").prefix(100))
        let theme: ID<AnswerTheme>? = query.id("theme", of: AnswerTheme.self)
        let page: TextsPage = try await knowing {
            let (scene, key) = (texts.scene, texts.question.key)
            let list: AnswerTextList = try await desks.analyses.texts(
                of: key, in: scene.questionnaire, words: words, theme: theme,
                after: query.id("after", of: Participation.Response.self),
                by: scene.actor)
            let book: CodeBook = try await desks.analyses.codeBook(of: key, in: scene.questionnaire, by: scene.actor)
            let found: Int? =
                words.isEmpty || theme != nil
                ? nil
                : try await desks.analyses.countTexts(of: key, in: scene.questionnaire, words: words, by: scene.actor)
            return TextsPage(texts, list, book, words: words, theme: theme, found: found, errors)
        }
        return desks.site.page(
            page, title: errors.title(texts.title("texts"), texts.strings), request, context, status: errors.status)
    }

    // MARK: Themes

    @Sendable private func theme(_ request: Request, _ context: AppContext) async throws -> Response {
        let texts: TextsScene = try await find(context)
        let known: AnswerTheme? = try await known(context, texts)
        return try themePage(
            texts, known, title: known?.title.byLanguage ?? [:], meaning: known?.meaning.byLanguage ?? [:],
            FieldErrors(), request, context)
    }

    @Sendable private func keepTheme(_ request: Request, _ context: AppContext) async throws -> Response {
        let texts: TextsScene = try await find(context)
        let known: AnswerTheme? = try await known(context, texts)
        let form: Fields = try await desks.site.form(request, context)
        func read(_ name: String) -> [String: String] {
            Dictionary(
                uniqueKeysWithValues: Language.allCases.map { ($0.rawValue, form.text("\(name)-\($0.rawValue)")) })
        }
        let (title, meaning) = (read("title"), read("meaning"))
        do {
            let (scene, key) = (texts.scene, texts.question.key)
            try await knowing {
                if let known {
                    try await desks.analyses.changeTheme(
                        known.id, title: Texts(title), meaning: Texts(meaning), of: scene.questionnaire, by: scene.actor
                    )
                } else {
                    try await desks.analyses.addTheme(
                        Texts(title), meaning: Texts(meaning), to: key, of: scene.questionnaire, by: scene.actor)
                }
            }
            return desks.site.see(texts.base, flash: .done("consultations.analysis.theme.kept"))
        } catch let refusal as CodingRefusal {
            return try themePage(
                texts, known, title: title, meaning: meaning, refusal.errors(texts.strings, field: "title-fr"), request,
                context)
        }
    }

    @Sendable private func removeTheme(_ request: Request, _ context: AppContext) async throws -> Response {
        let texts: TextsScene = try await find(context)
        _ = try await desks.site.form(request, context)
        guard let known = try await known(context, texts) else { throw Absent() }
        do {
            try await knowing {
                try await desks.analyses.removeTheme(known.id, of: texts.scene.questionnaire, by: texts.scene.actor)
            }
            return desks.site.see(texts.base, flash: .done("consultations.analysis.theme.removed"))
        } catch let refusal as CodingRefusal {
            return try await list(refusal.errors(texts.strings, field: ""), request, context)
        }
    }

    /// The theme of the path; nil for a new one, absent where there is none.
    private func known(_ context: AppContext, _ texts: TextsScene) async throws -> AnswerTheme? {
        guard try context.parameter("theme") != "new" else { return nil }
        let id: ID<AnswerTheme> = try context.id("theme", of: AnswerTheme.self)
        let book: CodeBook = try await knowing {
            try await desks.analyses.codeBook(
                of: texts.question.key, in: texts.scene.questionnaire, by: texts.scene.actor)
        }
        guard let theme = book.themes.first(where: { $0.id == id }) else { throw Absent() }
        return theme
    }

    private func themePage(
        _ texts: TextsScene, _ known: AnswerTheme?, title: [String: String], meaning: [String: String],
        _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) throws -> Response {
        let page = ThemePage(texts, known, title: title, meaning: meaning, errors)
        return desks.site.page(
            page, title: errors.title(page.heading, texts.strings), request, context, status: errors.status)
    }

    // MARK: Coding

    @Sendable private func draw(_ request: Request, _ context: AppContext) async throws -> Response {
        let texts: TextsScene = try await find(context)
        let form: Fields = try await desks.site.form(request, context)
        guard let count = form.integer("count"), (1...Analyses.largestSample).contains(count) else {
            return try await list(
                FieldErrors(
                    "count", "consultations.analysis.sample.range",
                    ["most": texts.strings.number(Analyses.largestSample)]), request, context)
        }
        let drawn: Int = try await knowing {
            try await desks.analyses.draw(
                count, of: texts.question.key, in: texts.scene.questionnaire, by: texts.scene.actor)
        }
        return desks.site.see(
            texts.base, flash: .done("consultations.analysis.sample.drawn", ["count": texts.strings.number(drawn)]))
    }

    @Sendable private func coding(_ request: Request, _ context: AppContext) async throws -> Response {
        let texts: TextsScene = try await find(context)
        let (scene, key) = (texts.scene, texts.question.key)
        let page: CodingPage = try await knowing {
            let next = try await desks.analyses.next(of: key, in: scene.questionnaire, by: scene.actor)
            let book: CodeBook = try await desks.analyses.codeBook(of: key, in: scene.questionnaire, by: scene.actor)
            return CodingPage(texts, next, book)
        }
        return desks.site.page(page, title: texts.title("coding"), request, context)
    }

    @Sendable private func code(_ request: Request, _ context: AppContext) async throws -> Response {
        let texts: TextsScene = try await find(context)
        let form: Fields = try await desks.site.form(request, context)
        let (response, themes) = try form.finding()
        do {
            try await knowing {
                try await desks.analyses.code(
                    response, as: themes, of: texts.question.key, in: texts.scene.questionnaire, by: texts.scene.actor)
            }
        } catch is CodingRefusal { throw Absent() }
        return desks.site.see("\(texts.base)/coding")
    }

    @Sendable private func agreement(_ request: Request, _ context: AppContext) async throws -> Response {
        let texts: TextsScene = try await find(context)
        let agreement: CodingAgreement = try await knowing {
            try await desks.analyses.agreement(
                on: texts.question.key, in: texts.scene.questionnaire, by: texts.scene.actor)
        }
        return desks.site.page(
            AgreementPage(texts, agreement), title: texts.title("agreement"), request, context)
    }

    @Sendable private func settle(_ request: Request, _ context: AppContext) async throws -> Response {
        let texts: TextsScene = try await find(context)
        let form: Fields = try await desks.site.form(request, context)
        let (response, themes) = try form.finding()
        do {
            try await knowing {
                try await desks.analyses.settle(
                    response, as: themes, of: texts.question.key, in: texts.scene.questionnaire, by: texts.scene.actor)
            }
        } catch is CodingRefusal { throw Absent() }
        return desks.site.see("\(texts.base)/agreement", flash: .done("consultations.analysis.agreement.settled"))
    }

    // MARK: Quotes

    @Sendable private func quote(_ request: Request, _ context: AppContext) async throws -> Response {
        try await quotePage(FieldErrors(), nil, request, context)
    }

    @Sendable private func keepQuote(_ request: Request, _ context: AppContext) async throws -> Response {
        let texts: TextsScene = try await find(context)
        let form: Fields = try await desks.site.form(request, context)
        let response: ID<Participation.Response> = try context.id("response", of: Participation.Response.self)
        guard let theme = form.id("theme", of: AnswerTheme.self) else { throw Refusal.malformed }
        do {
            try await knowing {
                try await desks.analyses.quote(
                    form.text("words"), from: response, for: theme, isChecked: form.has("checked"),
                    of: texts.scene.questionnaire, by: texts.scene.actor)
            }
            return desks.site.see(texts.base, flash: .done("consultations.analysis.quote.kept"))
        } catch let refusal as CodingRefusal {
            guard refusal != .unknown else { throw Absent() }
            return try await quotePage(
                refusal.errors(texts.strings, field: refusal == .unchecked ? "checked" : "words"), form, request,
                context)
        }
    }

    private func quotePage(
        _ errors: FieldErrors, _ form: Fields?, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let texts: TextsScene = try await find(context)
        let response: ID<Participation.Response> = try context.id("response", of: Participation.Response.self)
        let (text, book): (AnswerText?, CodeBook) = try await knowing {
            (
                try await desks.analyses.text(
                    response, of: texts.question.key, in: texts.scene.questionnaire, by: texts.scene.actor),
                try await desks.analyses.codeBook(
                    of: texts.question.key, in: texts.scene.questionnaire, by: texts.scene.actor)
            )
        }
        guard let text, !book.themes.isEmpty else { throw Absent() }
        let page = QuotePage(texts, text, book, form, errors)
        return desks.site.page(
            page, title: errors.title(texts.title("quote"), texts.strings), request, context, status: errors.status)
    }
}

/// A question of a questionnaire that is answered in words.
struct TextsScene: Sendable {
    let scene: AnalysisScene
    let question: QuestionnaireForm.Question

    var strings: Strings { scene.strings }
    var base: String { "\(scene.base)/texts/\(question.key)" }
    var name: String { question.title(strings.language) }

    func title(_ key: String) -> String { "\(strings("consultations.analysis.\(key)")) – \(name)" }

    /// The way back; to the texts too, from pages below them.
    func crumbs(isBelow: Bool = true) -> [PlaceLink] {
        scene.crumbs() + (isBelow ? [PlaceLink(label: strings("consultations.analysis.texts"), href: base)] : [])
    }
}

extension Fields {
    /// What a coder found: a text, and its themes.
    fileprivate func finding() throws -> (ID<Participation.Response>, Set<ID<AnswerTheme>>) {
        guard let response = id("response", of: Participation.Response.self) else { throw Refusal.malformed }
        return (response, Set(all("theme").compactMap { ID<AnswerTheme>($0) }))
    }
}

extension CodingRefusal {
    func errors(_ strings: Strings, field: String) -> FieldErrors {
        func key(_ name: String) -> String { "consultations.analysis.refusal.\(name)" }
        return switch self {
        case .titleless: FieldErrors(field, key("titleless"))
        case .tooManyThemes(let most): FieldErrors(field, key("too_many_themes"), ["most": strings.number(most)])
        case .themeInUse: FieldErrors(field, key("theme_in_use"))
        case .unknown: FieldErrors(field, key("unknown"))
        case .notInText: FieldErrors(field, key("not_in_text"))
        case .unchecked: FieldErrors(field, key("unchecked"))
        }
    }
}
