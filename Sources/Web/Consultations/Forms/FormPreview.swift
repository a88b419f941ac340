import Hummingbird
import Participation

/// A questionnaire as residents will see it, section by section, with its conditions tried out. What is typed stands in
/// the address and is stored nowhere.
struct FormPreview: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let districts: Districts
    let map: CityMap

    /// Adds `…/preview`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("\(FormDesk.path)/preview", use: show)
    }

    /// Where somebody is in the preview, and what they have answered so far.
    private struct Step {
        let asked: [QuestionnaireForm.Section]
        let answers: Answers
        let place: Int
        let typed: Fields
        let problems: [String: AnswerProblem]
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await .find(context, processes, site.strings(context), consultations)
        let query: Fields = try request.query()
        let all: [District] = try await districts.list()
        let scenery = AnswerScenery(
            districts: all,
            map: try await map.view(
                [], words: scene.strings("consultations.form.preview.map"), picks: true, scene.strings.language),
            strings: scene.strings)
        if query.has("all") {
            // On paper a point is described: one map for every place would fill pages.
            let page = FormPrintPage(scene, AnswerScenery(districts: all, strings: scene.strings))
            return site.page(page, title: page.heading, request, context, scripts: ["print.js"])
        }
        let step: Step = step(scene.form, query, districts: Set(all.map(\.code)))
        let page: FormPreviewPage = page(scene, step, scenery)
        let hasMap: Bool = page.questions.contains { $0.placeInput?.pickMap != nil }
        return site.page(
            page, title: page.heading, request, context,
            scripts: hasMap ? ["map.js", "ranking.js"] : ["ranking.js"])
    }

    /// The section that was asked for, unless the one before it cannot be left with these answers.
    private func step(_ form: QuestionnaireForm, _ query: Fields, districts: Set<String>) -> Step {
        var answers = Answers()
        let unreadable: [String: AnswerProblem] = AnswerFields.read(form.questions, from: query, into: &answers)
        let asked: [QuestionnaireForm.Section] = form.asked(given: answers)
        func place(_ name: String) -> Int? {
            let key: String = query.text(name)
            return asked.firstIndex { $0.key == key }
        }
        let from: Int? = place("from")
        if let from, query.has("next") {
            var problems: [String: AnswerProblem] = form.problems(
                in: answers, of: asked[from].key, districts: districts)
            for question in asked[from].questions {
                if let problem = unreadable[question.key] { problems[question.key] = problem }
            }
            guard problems.isEmpty else {
                return Step(asked: asked, answers: answers, place: from, typed: query, problems: problems)
            }
        }
        let place: Int =
            query.has("next")
            ? (from ?? -1) + 1 : query.has("back") ? max((from ?? 1) - 1, 0) : place("section") ?? 0
        return Step(asked: asked, answers: answers, place: place, typed: query, problems: [:])
    }

    private func page(_ scene: FormScene, _ step: Step, _ scenery: AnswerScenery) -> FormPreviewPage {
        let strings: Strings = scene.strings
        let section: QuestionnaireForm.Section? =
            step.asked.indices.contains(step.place) ? step.asked[step.place] : nil
        let words = QuestionWords(strings)
        var errors = FieldErrors()
        let questions: [AnswerQuestion] = (section?.questions ?? []).map { question in
            let problem: String? = step.problems[question.key].map(words.problem)
            return AnswerQuestion(question, step.typed, problem: problem, scenery)
        }
        for question in section?.questions ?? [] where step.problems[question.key] != nil {
            errors.add(AnswerFields(question).name, "consultations.form.preview.wrong")
        }
        let here: Set<String> = Set(section?.questions.map(\.key) ?? [])
        // What was answered elsewhere travels with the form.
        let carried: [(name: String, value: String)] = scene.form.questions.filter { !here.contains($0.key) }
            .flatMap { AnswerFields($0).pairs(of: step.answers[$0.key]) }
        return FormPreviewPage(
            heading: section?.title(strings.language) ?? strings("consultations.form.preview.end"),
            headingLanguage: section?.title.foreign(to: strings.language), crumbs: scene.crumbs,
            introduction: section.flatMap { $0.introduction(strings.language).nonEmpty }.map(Markdown.html),
            opening: step.place == 0
                ? scene.questionnaire.introduction(strings.language).nonEmpty.map(Markdown.html) : nil,
            thanks: section == nil
                ? scene.questionnaire.thanks(strings.language).nonEmpty.map(Markdown.html) : nil,
            stepWords: section.map { _ in
                strings(
                    "consultations.form.preview.step",
                    ["number": strings.number(step.place + 1), "count": strings.number(step.asked.count)])
            },
            skipped: skipped(scene, step), action: "\(scene.base)/preview", section: section?.key ?? "",
            carried: carried.filter { !$0.value.isEmpty }.map { FormPreviewPage.Pair(name: $0.name, typed: $0.value) },
            questions: questions, hasBack: step.place > 0 && section != nil, hasNext: section != nil,
            printHref: "\(scene.base)/preview?all=1", backHref: "\(scene.base)/form", errors: errors.summary(strings))
    }

    /// The questions of this section that are not asked of somebody with these answers, and why.
    private func skipped(_ scene: FormScene, _ step: Step) -> [FormPreviewPage.Skipped] {
        let strings: Strings = scene.strings
        let words = QuestionWords(strings)
        let asked: Set<String> = Set(step.asked.flatMap(\.questions).map(\.key))
        return scene.form.sections.flatMap { section in
            section.questions.filter { !asked.contains($0.key) }.compactMap { question in
                (question.condition ?? section.condition).map { condition in
                    FormPreviewPage.Skipped(
                        title: question.title(strings.language), words: words.sentence(condition, in: scene.form))
                }
            }
        }
    }
}

/// One section of a questionnaire as residents will see it.
struct FormPreviewPage: PageView {
    static let template = "consultations/form-preview"

    struct Pair: Sendable {
        let name: String
        let typed: String
    }

    struct Skipped: Sendable {
        let title: String
        let words: String
    }

    let heading: String
    let headingLanguage: String?
    let crumbs: [PlaceLink]
    /// HTML.
    let introduction: String?, opening: String?, thanks: String?
    let stepWords: String?
    let skipped: [Skipped]
    let action: String
    let section: String
    let carried: [Pair]
    let questions: [AnswerQuestion]
    let hasBack: Bool
    let hasNext: Bool
    let printHref: String
    let backHref: String
    let errors: ErrorSummary?

    static let sample = FormPreviewPage(
        heading: "La place", headingLanguage: "fr", crumbs: [PlaceLink(label: "Bureau", href: "/desk")],
        introduction: "<p>—</p>", opening: "<p>—</p>", thanks: "<p>—</p>", stepWords: "Étape 1 sur 3",
        skipped: [Skipped(title: "À vélo ?", words: "Seulement si…")], action: "/x", section: "a",
        carried: [Pair(name: "q-a", typed: "1")], questions: [.sample], hasBack: true, hasNext: true, printHref: "/x",
        backHref: "/x", errors: ErrorSummary(items: [.init(field: "q-a", text: "Manque")]))
}

/// The whole of a questionnaire on one page, to read and to print: every question, with the condition that asks it.
struct FormPrintPage: PageView {
    static let template = "consultations/form-print"

    struct Line: Sendable {
        let number: String?
        let kind: String
        let askedIf: String?
        let question: AnswerQuestion
    }

    struct Part: Sendable {
        let key: String
        let title: String
        let titleLanguage: String?
        let condition: String?
        let introduction: String?
        let lines: [Line]
    }

    let heading: String
    let crumbs: [PlaceLink]
    let opening: String?, thanks: String?
    let parts: [Part]
    let backHref: String

    static let sample = FormPrintPage(
        heading: "Vos usages", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], opening: "<p>—</p>",
        thanks: "<p>—</p>",
        parts: [
            Part(
                key: "a", title: "La place", titleLanguage: "fr", condition: "Seulement si…",
                introduction: "<p>—</p>",
                lines: [Line(number: "1", kind: "Choix unique", askedIf: "Seulement si…", question: .sample)])
        ], backHref: "/x")
}

extension FormPrintPage {
    init(_ scene: FormScene, _ scenery: AnswerScenery) {
        let (strings, form) = (scene.strings, scene.form)
        let words = QuestionWords(strings)
        heading = scene.questionnaire.title(strings.language)
        crumbs = scene.crumbs
        opening = scene.questionnaire.introduction(strings.language).nonEmpty.map(Markdown.html)
        thanks = scene.questionnaire.thanks(strings.language).nonEmpty.map(Markdown.html)
        var number = 0
        parts = form.sections.map { section in
            Part(
                key: section.key, title: section.title(strings.language),
                titleLanguage: section.title.foreign(to: strings.language),
                condition: section.condition.map { words.sentence($0, in: form) },
                introduction: section.introduction(strings.language).nonEmpty.map(Markdown.html),
                lines: section.questions.map { question in
                    if question.kind != .information { number += 1 }
                    return Line(
                        number: question.kind == .information ? nil : strings.number(number),
                        kind: words.kind(question.kind),
                        askedIf: question.condition.map { words.sentence($0, in: form) },
                        question: AnswerQuestion(question, Fields(pairs: []), problem: nil, scenery))
                })
        }
        backHref = "\(scene.base)/form"
    }
}
