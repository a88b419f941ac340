import Foundation
import Hummingbird
import Participation

/// The observations of a walk as agents read them: which to read next, and what is done to many at once.
struct ObservationDesk: Sendable {
    static let pageLength = 50

    let site: Site
    let processes: Processes
    let walks: Walks
    let files: ObservationFiles
    let publications: Publications
    let batches: ObservationBatches
    let joins: ObservationJoins
    let answers: ServiceAnswers
    let settings: ExaminationSettings

    /// Adds `/desk/processes/{process}/walks/{walk}/observations`, the acts on many, and their undoing.
    func add(to routes: RouterGroup<AppContext>) {
        let base = "/desk/processes/{process}/walks/{walk}/observations"
        routes.get("\(base)", use: list)
        routes.get("\(base)/act", use: plan)
        routes.post("\(base)/act", use: act)
        routes.get("\(base)/acts", use: history)
        routes.post("\(base)/acts/{batch}/undo", use: undo)
        routes.get("\(base)/duplicates", use: duplicates)
    }

    // MARK: The list

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AfterScene = try await .find(context, processes, site.strings(context), walks)
        let query = AfterQuery(try request.query())
        do {
            let lines: [ObservationLine] = try await files.list(
                query.filter, of: scene.walk.id, after: query.after, limit: Self.pageLength + 1, by: scene.actor)
            let counts: ObservationFiles.Counts = try await files.counts(of: scene.walk.id, by: scene.actor)
            let themes: [WalkTheme] = try await walks.themes(of: scene.walk.id)
            let route: Route? = try await walks.route(scene.walk.route)
            return site.page(
                AfterListPage(scene, query, lines, counts, themes: themes, stops: route?.stops ?? []),
                title: scene.strings("walks.after.title"), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func duplicates(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AfterScene = try await .find(context, processes, site.strings(context), walks)
        do {
            let pairs: [ObservationJoins.Likeness] = try await joins.pairs(of: scene.walk.id, by: scene.actor)
            return site.page(
                AfterDuplicatesPage(scene, pairs), title: scene.strings("walks.after.duplicates"), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    // MARK: Acts on many

    @Sendable private func plan(_ request: Request, _ context: AppContext) async throws -> Response {
        try await planPage(try request.query(), FieldErrors(), request, context)
    }

    @Sendable private func act(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AfterScene = try await .find(context, processes, site.strings(context), walks)
        let form: Fields = try await site.form(request, context)
        guard let act = AfterAct(rawValue: form.text("act")) else { throw Absent() }
        do {
            let outcome: (batch: ID<ObservationBatch>?, count: Int) = try await perform(act, form, scene)
            let undo: String = outcome.batch.map { "?batch=\($0)" } ?? ""
            return site.see(
                "\(scene.base)\(undo)",
                flash: .done("walks.after.done.\(act.rawValue)", ["count": String(outcome.count)]))
        } catch let refusal as ObservationRefusal {
            return try await planPage(form, refusal.fieldErrors, request, context)
        } catch let refusal as AnswerRefusal {
            return try await planPage(form, refusal.fieldErrors, request, context)
        } catch let errors as FieldErrors {
            return try await planPage(form, errors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func perform(
        _ act: AfterAct, _ form: Fields, _ scene: AfterScene
    ) async throws -> (batch: ID<ObservationBatch>?, count: Int) {
        let (ids, walk, actor): ([ID<Observation>], ID<Walk>, Actor) = (form.observations, scene.walk.id, scene.actor)
        let outcome: ObservationOutcome
        switch act {
        case .publish: outcome = try await publications.publish(ids, of: walk, by: actor)
        case .setAside:
            guard let reason = SetAsideReason(rawValue: form.text("reason")) else {
                throw FieldErrors("reason", "walks.after.refusal.set_aside_reason")
            }
            outcome = try await publications.setAside(ids, because: reason, of: walk, by: actor)
        case .theme: outcome = try await publications.give(theme: form.text("theme"), to: ids, of: walk, by: actor)
        case .give:
            guard let service = form.id("service", of: ExaminingService.self) else { throw AnswerRefusal.noService }
            guard let due = Day(form.text("due")) else { throw AnswerRefusal.dayMissing }
            outcome = try await answers.give(ids, to: service, due: due, of: walk, by: actor)
        case .join:
            guard let target = form.id("into", of: Observation.self) else { throw ObservationRefusal.noTarget }
            outcome = try await joins.join(ids.filter { $0 != target }, into: target, of: walk, by: actor)
        case .answers: return (nil, try await answers.publish(ids, of: walk, by: actor))
        }
        return (outcome.batch, outcome.count)
    }

    private func planPage(
        _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: AfterScene = try await .find(context, processes, site.strings(context), walks)
        guard let act = AfterAct(rawValue: form.text("act")) else { throw Absent() }
        do {
            let lines: [ObservationLine] = try await files.lines(form.observations, of: scene.walk.id, by: scene.actor)
            let themes: [WalkTheme] = act == .theme ? try await walks.themes(of: scene.walk.id) : []
            let services: [ExaminingService] =
                act == .give ? try await settings.services(of: scene.walk.process) : []
            let page = AfterActPage(act, scene, lines, themes: themes, services: services, form, errors)
            return site.page(
                page, title: errors.title(page.title, scene.strings), request, context, status: errors.status)
        } catch is NotAllowed { throw Absent() }
    }

    // MARK: Undoing

    @Sendable private func history(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AfterScene = try await .find(context, processes, site.strings(context), walks)
        do {
            return site.page(
                AfterActsPage(scene, try await batches.list(of: scene.walk.id, by: scene.actor)),
                title: scene.strings("walks.after.acts"), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func undo(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AfterScene = try await .find(context, processes, site.strings(context), walks)
        let form: Fields = try await site.form(request, context)
        let one: ID<Observation>? = form.id("only", of: Observation.self)
        let back: String =
            form.id("back", of: Observation.self).map(scene.href)
            ?? (form.has("acts") ? "\(scene.base)/acts" : scene.base)
        do {
            let count: Int = try await batches.undo(
                try context.id("batch", of: ObservationBatch.self), only: one, of: scene.walk.id, by: scene.actor)
            return site.see(back, flash: .done("walks.after.undone", ["count": String(count)]))
        } catch let refusal as ObservationRefusal {
            return site.see(
                back, flash: .failed(refusal == .later ? "walks.after.refusal.later" : "walks.after.refusal.undone"))
        } catch is NotAllowed { throw Absent() }
    }
}

/// What is done to many observations at once.
enum AfterAct: String, Sendable, CaseIterable {
    case publish
    case setAside = "set_aside"
    case theme, give, join, answers
}

extension Fields {
    /// The observations that were ticked.
    var observations: [ID<Observation>] { Array(Set(all("chosen").compactMap { ID($0) })) }
}

/// What the agent asks for; it stays in the address.
struct AfterQuery: Sendable {
    let filter: ObservationFilter
    let after: ObservationFiles.Place?
    /// The act that can be undone.
    let batch: ID<ObservationBatch>?
    /// Whether all of the page are ticked.
    let isTicked: Bool

    init(_ fields: Fields) {
        filter = ObservationFilter(
            state: Observation.State(rawValue: fields.text("state")), stop: fields.integer("stop"),
            theme: fields.has("theme") && fields.text("theme") != "all" ? fields.text("theme") : nil,
            kind: Observation.Kind(rawValue: fields.text("kind")),
            channel: Observation.Channel(rawValue: fields.text("channel")),
            unanswered: fields.has("unanswered"), uncleared: fields.has("uncleared"))
        after = ObservationFiles.Place(fields.text("after"))
        batch = fields.id("batch", of: ObservationBatch.self)
        isTicked = fields.has("ticked")
    }

    /// The filter as the query of an address, beginning with a question mark; empty without one.
    func query(_ more: String...) -> String {
        var words: [String] = []
        if let state = filter.state { words.append("state=\(state.rawValue)") }
        if let stop = filter.stop { words.append("stop=\(stop)") }
        if let theme = filter.theme { words.append("theme=\(PercentDecoding.encode(theme))") }
        if let kind = filter.kind { words.append("kind=\(kind.rawValue)") }
        if let channel = filter.channel { words.append("channel=\(channel.rawValue)") }
        if filter.unanswered { words.append("unanswered=1") }
        if filter.uncleared { words.append("uncleared=1") }
        words += more
        return words.isEmpty ? "" : "?" + words.joined(separator: "&")
    }
}
