import Foundation
import Hummingbird
import Participation

/// What waits for the services of a process over all its walks: agents see all, examiners what their services have.
struct ServiceAnswerDesk: Sendable {
    static let pageLength = 50

    let site: Site
    let processes: Processes
    let answers: ServiceAnswers
    let settings: ExaminationSettings

    /// Adds `/desk/processes/{process}/walks/answers` and the form below.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/processes/{process}/walks/answers", use: list)
        routes.get("/desk/processes/{process}/walks/answers/{observation}", use: show)
        routes.post("/desk/processes/{process}/walks/answers/{observation}", use: answer)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FileScene = try await .find(context, processes)
        let strings: Strings = site.strings(context)
        let query: Fields = try request.query()
        let filter = ServiceAnswers.Filter(
            stage: AwaitedAnswer.Stage(rawValue: query.text("stage")),
            service: query.id("service", of: ExaminingService.self), overdue: query.has("overdue"))
        let last: (day: Day?, id: ID<Observation>)? = query.id("after", of: Observation.self).map {
            (Day(query.text("day")), $0)
        }
        do {
            let lines: [AwaitedAnswer] = try await answers.awaited(
                filter, of: scene.process.id, after: last, limit: Self.pageLength + 1, by: scene.actor)
            let load: ServiceAnswers.Load = try await answers.load(of: scene.process.id, by: scene.actor)
            let services: [ExaminingService] = scene.isAgent ? try await settings.services(of: scene.process.id) : []
            return site.page(
                AfterAnswersPage(scene, filter, lines, load, services, strings),
                title: strings("walks.after.answers"), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await find(context)
        return page(scene, file, Fields(file.answers.first { $0.publishedAt == nil }), FieldErrors(), request, context)
    }

    @Sendable private func answer(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await find(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await answers.answer(file.line.observation.id, ServiceAnswerDraft(form), by: scene.actor)
            return site.see("\(scene.base)/walks/answers", flash: .done("walks.after.answered"))
        } catch let refusal as Refused<AnswerRefusal> {
            return page(scene, file, form, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private typealias File = (line: AwaitedAnswer, answers: [ServiceAnswer], photos: [WalkPhoto])

    private func find(_ context: AppContext) async throws -> (FileScene, File) {
        let scene: FileScene = try await .find(context, processes)
        do {
            guard
                let file: File = try await answers.file(
                    try context.id("observation", of: Observation.self), of: scene.process.id, by: scene.actor)
            else { throw Absent() }
            return (scene, file)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ scene: FileScene, _ file: File, _ form: Fields, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings: Strings = site.strings(context)
        let list = "\(scene.base)/walks/answers"
        let page = AfterAnswerPage(
            file.line.observation, service: file.line.serviceName, photos: file.photos,
            earlier: file.answers.filter { $0.publishedAt != nil },
            crumbs: scene.answerCrumbs(strings) + [PlaceLink(label: strings("walks.after.answers"), href: list)],
            action: "\(list)/\(file.line.observation.id)", form, errors, strings)
        return site.page(page, title: errors.title(page.title, strings), request, context, status: errors.status)
    }
}

extension FileScene {
    /// The way back: to the walks for agents, to the desk for examiners.
    func answerCrumbs(_ strings: Strings) -> [PlaceLink] {
        let desk = PlaceLink(label: strings("desk.title"), href: "/desk")
        guard isAgent else { return [desk] }
        return [
            desk, PlaceLink(label: process.title(strings.language), href: base),
            PlaceLink(label: strings("walks.title"), href: "\(base)/walks"),
        ]
    }
}

/// What waits for services.
struct AfterAnswersPage: PageView {
    static let template = "walks/after-answers"

    struct Shortcut: Sendable {
        let label: String
        let href: String
        let count: String
        let isCurrent: Bool
    }

    struct Line: Sendable {
        let name: String
        let words: String
        let wroteIn: String?
        let href: String
        let walk: String
        let place: String
        let service: String
        let stage: StatusWord
        let due: String
        let late: String?
        let answerHref: String
    }

    let crumbs: [PlaceLink]
    let lead: String
    let here: String
    let shortcuts: [Shortcut]
    let services: [SelectOption]
    let hasServices: Bool
    let stage: String?
    let lines: [Line]
    let isEmpty: Bool
    let older: String?

    static let sample = AfterAnswersPage(
        crumbs: [PlaceLink(label: "Marches", href: "/x")], lead: "À répondre.", here: "/x",
        shortcuts: [Shortcut(label: "À répondre", href: "/x", count: "2", isCurrent: true)],
        services: [SelectOption(value: "x", label: "Voirie", selected: true)], hasServices: true, stage: "waiting",
        lines: [
            Line(
                name: "N° 4", words: "A bench", wroteIn: "en", href: "/x", walk: "La gare", place: "Arrêt 1",
                service: "Voirie", stage: .sample, due: "3 mars 2026", late: "3 jours de retard", answerHref: "/x")
        ], isEmpty: true, older: "/x")
}

extension AfterAnswersPage {
    init(
        _ scene: FileScene, _ filter: ServiceAnswers.Filter, _ found: [AwaitedAnswer], _ load: ServiceAnswers.Load,
        _ all: [ExaminingService], _ strings: Strings
    ) {
        let words = AfterWords(strings)
        let here = "\(scene.base)/walks/answers"
        crumbs = scene.answerCrumbs(strings)
        lead = strings(scene.isAgent ? "walks.after.answers.lead" : "walks.after.answers.mine")
        self.here = here
        let open: Int = load.stages.filter { $0.key != .settled }.values.reduce(0, +)
        var shortcuts: [Shortcut] = [
            Shortcut(
                label: strings("walks.after.stage.open"), href: here, count: strings.number(open),
                isCurrent: filter == ServiceAnswers.Filter())
        ]
        if load.overdue > 0 {
            shortcuts.append(
                Shortcut(
                    label: strings("walks.after.stage.overdue"), href: "\(here)?overdue=1",
                    count: strings.number(load.overdue), isCurrent: filter.overdue))
        }
        for stage in AwaitedAnswer.Stage.allCases {
            guard let count = load.stages[stage] else { continue }
            shortcuts.append(
                Shortcut(
                    label: strings("walks.after.stage.\(stage.rawValue)"), href: "\(here)?stage=\(stage.rawValue)",
                    count: strings.number(count), isCurrent: filter.stage == stage))
        }
        self.shortcuts = shortcuts
        services = all.map {
            SelectOption(
                value: $0.id.description, label: $0.name(strings.language), selected: $0.id == filter.service)
        }
        hasServices = !all.isEmpty
        stage = filter.stage?.rawValue
        let shown: [AwaitedAnswer] = Array(found.prefix(ServiceAnswerDesk.pageLength))
        lines = shown.map { Line($0, scene, words) }
        isEmpty = shown.isEmpty
        var query: [String] = []
        if let stage = filter.stage { query.append("stage=\(stage.rawValue)") }
        if let service = filter.service { query.append("service=\(service)") }
        if filter.overdue { query.append("overdue=1") }
        older =
            found.count > ServiceAnswerDesk.pageLength
            ? shown.last.map { last in
                let place: [String] = ["day=\(last.due?.description ?? "")", "after=\(last.observation.id)"]
                return "\(here)?" + (query + place).joined(separator: "&")
            } : nil
    }
}

extension AfterAnswersPage.Line {
    init(_ line: AwaitedAnswer, _ scene: FileScene, _ words: AfterWords) {
        let strings: Strings = words.strings
        let reader: Language = strings.language
        let answer = "\(scene.base)/walks/answers/\(line.observation.id)"
        name = words.name(of: line.observation)
        self.words = AfterWords.beginning(line.observation.words)
        wroteIn = line.observation.language.foreign(to: reader)
        href =
            scene.isAgent
            ? "\(scene.base)/walks/\(line.walkHandle)/observations/\(line.observation.id)"
            : answer
        walk = line.walkTitle(reader)
        place = line.stopNumber.map { words.stop($0, line.stopTitle) } ?? line.observation.place
        service = line.serviceName(reader)
        stage = StatusWord(
            word: strings("walks.after.stage.\(line.stage.rawValue)"), tone: line.stage.tone, meaning: "")
        due = line.due.map(strings.day) ?? "–"
        late = words.late(line.daysLate)
        answerHref = answer
    }
}

extension AwaitedAnswer.Stage {
    /// The class that colours the word of the stage.
    var tone: String? {
        switch self {
        case .waiting: "wait"
        case .written, .promised: "now"
        case .late: "bad"
        case .settled: "good"
        }
    }
}
