import Hummingbird
import Participation

/// The versions of a questionnaire: what changed between two, which answers name which, and the acts that begin and end
/// a draft.
struct VersionDesk: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations

    /// Adds `…/versions`, `…/opening`, `…/drafts` and `…/discard`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("\(FormDesk.path)/versions", use: list)
        routes.get("\(FormDesk.path)/opening", use: confirmOpening)
        routes.post("\(FormDesk.path)/opening", use: open)
        routes.post("\(FormDesk.path)/drafts", use: begin)
        routes.get("\(FormDesk.path)/discard", use: confirmDiscard)
        routes.post("\(FormDesk.path)/discard", use: discard)
    }

    private func scene(_ context: AppContext) async throws -> FormScene {
        try await .find(context, processes, site.strings(context), consultations)
    }

    /// The versions, and what changed from one of them to another: `?from=1&to=2`.
    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        let query: Fields = try request.query()
        let numbers: [Int] = scene.file.versions.map(\.number)
        let to: Int = query.integer("to").flatMap { numbers.contains($0) ? $0 : nil } ?? scene.file.number
        let from: Int = query.integer("from").flatMap { numbers.contains($0) ? $0 : nil } ?? max(1, to - 1)
        let id: ID<Questionnaire> = scene.questionnaire.id
        guard let old = try await consultations.form(of: id, version: from),
            let new = try await consultations.form(of: id, version: to)
        else { throw Absent() }
        let page = VersionsPage(scene, from: from, to: to, FormDifference(from: old, to: new))
        return site.page(page, title: page.heading, request, context)
    }

    @Sendable private func confirmOpening(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        guard scene.file.isDraft else { throw Absent() }
        return try await openingPage(scene, FieldErrors(), request, context)
    }

    /// What opening changes for those who answer from now on.
    private func openingPage(
        _ scene: FormScene, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        var lines: [String] = []
        if let live = scene.questionnaire.liveVersion,
            let old = try await consultations.form(of: scene.questionnaire.id, version: live)
        {
            lines = DifferenceWords(scene.strings).lines(FormDifference(from: old, to: scene.form))
                .map { "\($0.title) – \($0.words)" }
            if scene.file.answers > 0 {
                lines.append(scene.strings.plural("consultations.form.opening.answers", scene.file.answers))
            }
        }
        let page = FormConfirmPage(scene, "opening", lines: lines, isGrave: false, errors)
        return site.page(
            page, title: errors.title(page.heading, scene.strings), request, context, status: errors.status)
    }

    @Sendable private func open(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        let fields: Fields = try await site.form(request, context)
        do {
            try await consultations.openDraft(
                scene.questionnaire.id, revision: fields.integer("revision") ?? 0, by: scene.actor)
            return site.see("\(scene.base)/form", flash: .done("consultations.form.done.opened"))
        } catch let refusal as QuestionnaireRefusal {
            let errors: FieldErrors = refusal.fieldErrors(FormWords(scene.strings, scene.form))
            return try await openingPage(scene, errors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func begin(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        _ = try await site.form(request, context)
        do {
            try await consultations.beginDraft(scene.questionnaire.id, by: scene.actor)
            return site.see("\(scene.base)/form", flash: .done("consultations.form.done.draft"))
        } catch let refusal as QuestionnaireRefusal {
            return site.see("\(scene.base)/form", flash: refusal.flash(FormWords(scene.strings, scene.form)))
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func confirmDiscard(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        guard scene.file.isDraft, scene.questionnaire.liveVersion != nil else { throw Absent() }
        let page = FormConfirmPage(scene, "discard", isGrave: true, FieldErrors())
        return site.page(page, title: page.heading, request, context)
    }

    @Sendable private func discard(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FormScene = try await scene(context)
        _ = try await site.form(request, context)
        do {
            try await consultations.discardDraft(scene.questionnaire.id, by: scene.actor)
            return site.see("\(scene.base)/form", flash: .done("consultations.form.done.discarded"))
        } catch let refusal as QuestionnaireRefusal {
            return site.see("\(scene.base)/form", flash: refusal.flash(FormWords(scene.strings, scene.form)))
        } catch is NotAllowed { throw Absent() }
    }
}

/// What changed between two versions, question by question.
struct DifferenceWords {
    struct Line: Sendable {
        let title: String
        let words: String
    }

    let strings: Strings

    init(_ strings: Strings) {
        self.strings = strings
    }

    func lines(_ difference: FormDifference) -> [Line] {
        func line(_ question: QuestionnaireForm.Question, _ words: String) -> Line {
            Line(title: question.title(strings.language).nonEmpty ?? question.key, words: words)
        }
        var lines: [Line] = difference.added.map { line($0, strings("consultations.form.difference.added")) }
        lines += difference.removed.map { line($0, strings("consultations.form.difference.removed")) }
        lines += difference.changed.map { line($0.after, words($0)) }
        if difference.isOrderedOtherwise {
            lines.append(
                Line(
                    title: strings("consultations.form.difference.sections"),
                    words: strings("consultations.form.difference.order")))
        }
        return lines
    }

    private func words(_ change: FormDifference.Change) -> String {
        func said(_ name: String, _ arguments: [String: String] = [:]) -> String {
            strings("consultations.form.difference.\(name)", arguments)
        }
        func titles(_ options: [QuestionnaireForm.Option]) -> String {
            options.map { strings.quoted($0.title(strings.language)) }.joined(separator: ", ")
        }
        var words: [String] = []
        if change.isReworded {
            let before: String = change.before.title(strings.language)
            words.append(
                before == change.after.title(strings.language)
                    ? said("words") : said("reworded", ["before": before]))
        }
        if !change.added.isEmpty { words.append(said("options_added", ["options": titles(change.added)])) }
        if !change.removed.isEmpty { words.append(said("options_removed", ["options": titles(change.removed)])) }
        for (before, after) in change.reworded {
            words.append(
                said(
                    "option_reworded",
                    ["before": before.title(strings.language), "after": after.title(strings.language)]))
        }
        if change.isAnsweredOtherwise { words.append(said("kind")) }
        if change.isAskedOtherwise { words.append(said("condition")) }
        return words.isEmpty ? said("words") : words.joined(separator: " ")
    }
}

/// The versions of a questionnaire, and what changed between two of them.
struct VersionsPage: PageView {
    static let template = "consultations/form-versions"

    struct Version: Sendable {
        let number: String
        let opened: String
        let answers: String
        let fileHref: String
        let isLive: Bool
    }

    let heading: String
    let crumbs: [PlaceLink]
    let versions: [Version]
    let hasSeveral: Bool
    let action: String
    let froms: [SelectOption]
    let tos: [SelectOption]
    let compared: String
    let differences: [DifferenceWords.Line]
    let isSame: Bool

    static let sample = VersionsPage(
        heading: "Versions", crumbs: [PlaceLink(label: "Bureau", href: "/desk")],
        versions: [Version(number: "1", opened: "3 mars", answers: "12", fileHref: "/x", isLive: true)],
        hasSeveral: true, action: "/x", froms: [SelectOption(value: "1", label: "1", selected: true)],
        tos: [SelectOption(value: "2", label: "2", selected: true)], compared: "De 1 à 2",
        differences: [DifferenceWords.Line(title: "Venez-vous ?", words: "Nouvelle.")], isSame: true)
}

extension VersionsPage {
    init(_ scene: FormScene, from: Int, to: Int, _ difference: FormDifference) {
        let (strings, file) = (scene.strings, scene.file)
        heading = strings("consultations.form.versions")
        crumbs = scene.crumbs
        versions = file.versions.map { version in
            Version(
                number: strings("consultations.form.version", ["number": strings.number(version.number)]),
                opened: version.frozenAt.map { strings.moment($0) } ?? strings("consultations.form.versions.draft"),
                answers: strings.number(version.answers),
                fileHref: "\(scene.base)/form/file?version=\(version.number)",
                isLive: version.number == file.questionnaire.liveVersion)
        }
        hasSeveral = file.versions.count > 1
        action = "\(scene.base)/versions"
        func options(_ chosen: Int) -> [SelectOption] {
            file.versions.map {
                SelectOption(
                    value: String($0.number),
                    label: strings("consultations.form.version", ["number": strings.number($0.number)]),
                    selected: $0.number == chosen)
            }
        }
        (froms, tos) = (options(from), options(to))
        compared = strings(
            "consultations.form.versions.compared", ["from": strings.number(from), "to": strings.number(to)])
        differences = DifferenceWords(strings).lines(difference)
        isSame = difference.isEmpty
    }
}
