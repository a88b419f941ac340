import Hummingbird
import Participation

/// The translations of a questionnaire: each text in French with its words in the other languages beside it.
struct TranslationDesk: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations

    /// The most texts of one page.
    private static let most = 120

    /// Adds `…/translations`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("\(FormDesk.path)/translations", use: show)
        routes.post("\(FormDesk.path)/translations", use: write)
    }

    private func scene(_ context: AppContext) async throws -> FormScene {
        try await .find(context, processes, site.strings(context), consultations)
    }

    /// The texts in parts, each of one section and not too long for a page.
    private func parts(_ form: QuestionnaireForm) -> [[FormText]] {
        var parts: [[FormText]] = []
        for text in form.texts {
            if let last = parts.last, last[0].section == text.section, last.count < Self.most {
                parts[parts.count - 1].append(text)
            } else {
                parts.append([text])
            }
        }
        return parts
    }

    private func part(_ query: Fields, of parts: [[FormText]]) -> Int {
        min(max(query.integer("part") ?? 1, 1), max(parts.count, 1))
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        let parts: [[FormText]] = parts(scene.form)
        return page(scene, parts, part(try request.query(), of: parts), FieldErrors(), request, context)
    }

    @Sendable private func write(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        let fields: Fields = try await site.form(request, context, limit: 1 << 20)
        let parts: [[FormText]] = parts(scene.form)
        let number: Int = part(fields, of: parts)
        var texts: [String: Texts] = [:]
        for text in scene.form.texts where fields.has("\(text.place)/en") || fields.has("\(text.place)/de") {
            texts[text.place] = Texts(
                Dictionary(
                    uniqueKeysWithValues: Language.allCases.filter { $0 != .french }.map {
                        ($0.rawValue, fields.text("\(text.place)/\($0.rawValue)"))
                    }))
        }
        do {
            try await consultations.edit(scene.questionnaire.id, .translate(texts), by: scene.actor)
        } catch let refusal as QuestionnaireRefusal {
            let words = FormWords(scene.strings, scene.form)
            return page(scene, parts, number, refusal.fieldErrors(words), typed: texts, request, context)
        } catch is NotAllowed { throw Absent() }
        let next: Int = fields.text("then") == "next" ? min(number + 1, parts.count) : number
        return site.see(
            "\(scene.base)/translations?part=\(next)", flash: .done("consultations.form.done.translated"))
    }

    private func page(
        _ scene: FormScene, _ parts: [[FormText]], _ number: Int, _ errors: FieldErrors, typed: [String: Texts] = [:],
        _ request: Request, _ context: AppContext
    ) -> Response {
        let page = TranslationPage(scene, parts, number, typed, errors)
        return site.page(
            page, title: errors.title(page.heading, scene.strings), request, context, status: errors.status)
    }
}

/// The texts of one part of a questionnaire side by side in the languages of the city.
struct TranslationPage: PageView {
    static let template = "consultations/form-translations"

    /// The words of one text in one language.
    struct Cell: Sendable {
        let name: String
        let label: String
        let language: String
        let typed: String
        let rows: String
        let isMissing: Bool
    }

    struct Line: Sendable {
        let role: String
        let french: String
        let cells: [Cell]
    }

    struct Step: Sendable {
        let label: String
        let href: String
        let isCurrent: Bool
    }

    let heading: String
    let crumbs: [PlaceLink]
    let counts: [String]
    let steps: [Step]
    let action: String
    let part: String
    let languages: [String]
    let lines: [Line]
    let isEmpty: Bool
    let isDraft: Bool
    let hasNext: Bool
    let backHref: String
    let errors: ErrorSummary?

    static let sample = TranslationPage(
        heading: "Traductions", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], counts: ["3 textes"],
        steps: [Step(label: "La place (3)", href: "/x", isCurrent: true)], action: "/x", part: "1",
        languages: ["Anglais"],
        lines: [
            Line(
                role: "Question", french: "Venez-vous ?",
                cells: [
                    Cell(
                        name: "question/a/title/en", label: "Anglais", language: "en", typed: "Do you come?", rows: "2",
                        isMissing: true)
                ])
        ], isEmpty: true, isDraft: true, hasNext: true, backHref: "/x",
        errors: ErrorSummary(items: [.init(field: nil, text: "Manque")]))
}

extension TranslationPage {
    init(
        _ scene: FormScene, _ parts: [[FormText]], _ number: Int, _ typed: [String: Texts], _ errors: FieldErrors
    ) {
        let strings: Strings = scene.strings
        let others: [Language] = Language.allCases.filter { $0 != .french }
        heading = strings("consultations.form.translations")
        crumbs = scene.crumbs
        counts = others.map { language in
            let missing: Int = scene.form.untranslated(in: language)
            let name: String = strings("language.\(language.rawValue)")
            return missing == 0
                ? strings("consultations.form.translations.complete", ["language": name])
                : strings.plural("consultations.form.translations.lacking", missing, ["language": name])
        }
        steps = parts.enumerated().map { index, texts in
            let section: QuestionnaireForm.Section? = scene.form.sections.first { $0.key == texts[0].section }
            let missing: Int = texts.reduce(0) { sum, text in sum + others.count { !text.isThere(in: $0) } }
            let title: String = section?.title(strings.language) ?? texts[0].section
            return Step(
                label: missing == 0
                    ? title : strings.plural("consultations.form.translations.step", missing, ["title": title]),
                href: "\(scene.base)/translations?part=\(index + 1)", isCurrent: index + 1 == number)
        }
        action = "\(scene.base)/translations"
        part = String(number)
        languages = others.map { strings("language.\($0.rawValue)") }
        let texts: [FormText] = parts.indices.contains(number - 1) ? parts[number - 1] : []
        lines = texts.map { text in
            let french: String = text.texts.byLanguage["fr"] ?? ""
            return Line(
                role: strings("consultations.form.text.\(Self.key(text.role))"), french: french,
                cells: others.map { language in
                    let words: String =
                        (typed[text.place] ?? text.texts).byLanguage[language.rawValue] ?? ""
                    let name: String = strings("language.\(language.rawValue)")
                    return Cell(
                        name: "\(text.place)/\(language.rawValue)",
                        label: strings(
                            "consultations.form.translations.of", ["language": name, "words": french]),
                        language: language.rawValue, typed: words, rows: text.role == .words ? "5" : "2",
                        isMissing: words.isEmpty)
                })
        }
        isEmpty = lines.isEmpty
        isDraft = scene.file.isDraft
        hasNext = number < parts.count
        backHref = "\(scene.base)/form"
        self.errors = errors.summary(strings)
    }

    private static func key(_ role: FormText.Role) -> String {
        switch role {
        case .title: "title"
        case .option: "option"
        case .row: "row"
        case .words: "words"
        case .lowest: "lowest"
        case .highest: "highest"
        case .unit: "unit"
        }
    }
}
