import Foundation
import Hummingbird
import Participation

/// One observation at the desk: everything that happened to it, and what an agent puts right in it.
struct ObservationFileDesk: Sendable {
    let site: Site
    let processes: Processes
    let walks: Walks
    let files: ObservationFiles
    let corrections: Corrections
    let joins: ObservationJoins
    let answers: ServiceAnswers
    let proposals: ObservationProposals
    let map: CityMap

    /// Adds the pages below `/desk/processes/{process}/walks/{walk}/observations/{observation}`.
    func add(to routes: RouterGroup<AppContext>) {
        let base = "/desk/processes/{process}/walks/{walk}/observations/{observation}"
        routes.get("\(base)", use: show)
        routes.post("\(base)/place", use: correct)
        routes.get("\(base)/words", use: words)
        routes.post("\(base)/words", use: redact)
        routes.get("\(base)/answer", use: answerForm)
        routes.post("\(base)/answer", use: answer)
        routes.post("\(base)/answer/publication", use: publish)
        routes.get("\(base)/turn", use: turnForm)
        routes.post("\(base)/turn", use: turn)
        routes.post("\(base)/proposal", use: propose)
    }

    // MARK: The page

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await find(context)
        return try await page(scene, file, AfterPlaceForm(scene, file), FieldErrors(), request, context)
    }

    private func page(
        _ scene: AfterScene, _ file: ObservationFile, _ form: AfterPlaceForm, _ errors: FieldErrors,
        _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        let isOpen: Bool = [.received, .published].contains(file.observation.state)
        let like: [ObservationJoins.Likeness] =
            isOpen ? try await joins.like(file.observation, by: scene.actor) : []
        let made: [ObservationProposals.Made] = try await proposals.list(
            of: file.observation.id, for: context.account?.id)
        let route: Route? = try await walks.route(scene.walk.route)
        let themes: [WalkTheme] = try await walks.themes(of: scene.walk.id)
        let stop: Stop? = route?.stops.first { $0.number == file.line.stopNumber }
        var view: MapView?
        if let point = file.observation.point ?? stop?.point {
            let name: String = scene.name(of: file.observation)
            view = try await map.view(
                [
                    .init(
                        point: point,
                        marker: (String(file.observation.number ?? 1), name, scene.href(of: file.observation.id)))
                ],
                words: strings("walks.after.map", ["name": name]), picks: true, context.language)
        }
        return site.page(
            AfterFilePage(
                scene, file, like, made, form, errors, map: view, themes: themes, stops: route?.stops ?? []),
            title: errors.title(scene.name(of: file.observation), strings), request, context, status: errors.status,
            scripts: ["map.js"])
    }

    // MARK: Place, theme and words

    @Sendable private func correct(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await find(context)
        let form = AfterPlaceForm(try await site.form(request, context))
        do {
            try await corrections.correct(
                file.observation.id, to: form.corrected(), of: scene.walk.id, by: scene.actor)
            return site.see(scene.href(of: file.observation.id), flash: .done("walks.after.corrected"))
        } catch let errors as FieldErrors {
            return try await page(scene, file, form, errors, request, context)
        } catch let refusal as ObservationRefusal {
            return try await page(scene, file, form, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func words(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await find(context)
        return wordsPage(scene, file, file.observation.words, isChecked: false, FieldErrors(), request, context)
    }

    @Sendable private func redact(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await find(context)
        let form: Fields = try await site.form(request, context)
        let (original, fresh): (String, String) = (file.observation.words, form.text("words"))
        // The page was opened on other words: nothing is lost by comparing anew.
        let isStale: Bool = form.text("mark") != AfterWordsPage.mark(of: original)
        guard !isStale, form.has("confirmed") else {
            var errors = FieldErrors()
            if isStale, form.has("confirmed") { errors.add("", "walks.after.refusal.changed") }
            if fresh.isEmpty { errors.add("words", "walks.after.refusal.words") }
            if fresh == original { errors.add("words", "walks.after.refusal.same_words") }
            return wordsPage(scene, file, fresh, isChecked: errors.isEmpty, errors, request, context)
        }
        do {
            try await corrections.redact(
                file.observation.id, from: original, to: fresh, of: scene.walk.id, by: scene.actor)
            return site.see(scene.href(of: file.observation.id), flash: .done("walks.after.redacted"))
        } catch let refusal as ObservationRefusal {
            return wordsPage(scene, file, fresh, isChecked: false, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func wordsPage(
        _ scene: AfterScene, _ file: ObservationFile, _ fresh: String, isChecked: Bool, _ errors: FieldErrors,
        _ request: Request, _ context: AppContext
    ) -> Response {
        site.page(
            AfterWordsPage(scene, file.observation, fresh, isChecked: isChecked, errors),
            title: errors.title(scene.strings("walks.after.redact"), scene.strings), request, context,
            status: errors.status)
    }

    // MARK: The answer, and what comes of it

    @Sendable private func answerForm(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await find(context)
        return answerPage(scene, file, Fields(file.draft), FieldErrors(), request, context)
    }

    @Sendable private func answer(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await find(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await answers.answer(file.observation.id, ServiceAnswerDraft(form), by: scene.actor)
            return site.see(scene.href(of: file.observation.id), flash: .done("walks.after.answered"))
        } catch let refusal as Refused<AnswerRefusal> {
            return answerPage(scene, file, form, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func answerPage(
        _ scene: AfterScene, _ file: ObservationFile, _ form: Fields, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let page = AfterAnswerPage(
            file.observation, service: file.line.service, photos: file.photos,
            earlier: file.answers.filter { $0.publishedAt != nil },
            crumbs: scene.crumbs(file.observation), action: "\(scene.href(of: file.observation.id))/answer", form,
            errors, scene.strings)
        return site.page(
            page, title: errors.title(page.title, scene.strings), request, context, status: errors.status)
    }

    @Sendable private func publish(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await find(context)
        _ = try await site.form(request, context)
        let here: String = scene.href(of: file.observation.id)
        do {
            try await answers.publish([file.observation.id], of: scene.walk.id, by: scene.actor)
            return site.see(here, flash: .done("walks.after.answer_published"))
        } catch is AnswerRefusal {
            return site.see(here, flash: .failed("walks.after.refusal.no_answer"))
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func turnForm(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await find(context)
        let form = Fields(["due": file.dueOn?.description ?? ""])
        return turnPage(scene, file, form, FieldErrors(), request, context)
    }

    @Sendable private func turn(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await find(context)
        let form: Fields = try await site.form(request, context)
        guard let status = FollowUp.Status(rawValue: form.text("status")) else {
            return turnPage(
                scene, file, form, FieldErrors("status", "walks.after.refusal.status"), request, context)
        }
        do {
            try await answers.turn(
                file.observation.id, to: status, due: Day(form.text("due")), words: form.texts("words"),
                of: scene.walk.id, by: scene.actor)
            return site.see(scene.href(of: file.observation.id), flash: .done("walks.after.turned"))
        } catch let refusal as Refused<AnswerRefusal> {
            return turnPage(scene, file, form, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func turnPage(
        _ scene: AfterScene, _ file: ObservationFile, _ form: Fields, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        site.page(
            AfterTurnPage(scene, file, form, errors),
            title: errors.title(scene.strings("walks.after.turn"), scene.strings), request, context,
            status: errors.status)
    }

    // MARK: A proposal

    @Sendable private func propose(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await find(context)
        let form: Fields = try await site.form(request, context)
        let here: String = scene.href(of: file.observation.id)
        do {
            let draft: ID<Proposal> = try await proposals.begin(
                from: file.observation.id, as: form.id("fresh", of: Proposal.self) ?? ID(),
                inTheNameOf: scene.strings(
                    "walks.after.proposal.group", ["walk": scene.walk.title(scene.language)]),
                by: scene.scene.account.id)
            return site.see("/proposals/drafts/\(draft)/idea", flash: .done("walks.after.proposal.begun"))
        } catch let refused as Refused<DraftRefusal> {
            return site.see(here, flash: .failed(refused.observationKey))
        }
    }

    // MARK: Parts

    private func find(_ context: AppContext) async throws -> (AfterScene, ObservationFile) {
        let scene: AfterScene = try await .find(context, processes, site.strings(context), walks)
        do {
            guard
                let file = try await files.open(
                    try context.id("observation", of: Observation.self), of: scene.walk.id, by: scene.actor)
            else { throw Absent() }
            return (scene, file)
        } catch is NotAllowed { throw Absent() }
    }
}

extension Refused<DraftRefusal> {
    /// Why no proposal begins with an observation, in one sentence.
    var observationKey: String {
        if reasons.contains(.begunElsewhere) { return "walks.after.proposal.begun_elsewhere" }
        if reasons.contains(.notNow) { return "walks.after.proposal.not_now" }
        if reasons.contains(where: { if case .tooManyDrafts = $0 { true } else { false } }) {
            return "walks.after.proposal.too_many"
        }
        return "walks.after.proposal.not_public"
    }
}

/// Where an observation is and what it is about, as a form has it.
struct AfterPlaceForm: Sendable {
    let stop: String
    let latitude: String
    let longitude: String
    let place: String
    let theme: String

    init(_ fields: Fields) {
        stop = fields.text("stop")
        latitude = fields.text("latitude")
        longitude = fields.text("longitude")
        place = fields.text("place")
        theme = fields.text("theme")
    }

    init(_ scene: AfterScene, _ file: ObservationFile) {
        stop = file.line.stopNumber.map(String.init) ?? ""
        latitude = file.observation.point.map { "\($0.latitude)" } ?? ""
        longitude = file.observation.point.map { "\($0.longitude)" } ?? ""
        place = file.observation.place
        theme = file.line.themeKey ?? ""
    }

    func corrected() throws(FieldErrors) -> Corrections.Place {
        var point: MapPoint?
        if !latitude.isEmpty || !longitude.isEmpty {
            guard let north = Double(latitude.replacing(",", with: ".")),
                let east = Double(longitude.replacing(",", with: ".")),
                let known = MapPoint(latitude: north, longitude: east)
            else { throw FieldErrors("latitude", "walks.after.refusal.point") }
            point = known
        }
        return Corrections.Place(stop: Int(stop), point: point, words: place, theme: theme)
    }
}

extension ServiceAnswerDraft {
    init(_ form: Fields) {
        self.init(
            decision: ServiceAnswer.Decision(rawValue: form.text("decision")), words: form.texts("words"),
            dueOn: Day(form.text("due")))
    }
}

extension Fields {
    /// What a form shows of an answer that is written already.
    init(_ answer: ServiceAnswer?) {
        guard let answer else {
            self.init([:])
            return
        }
        var values: [String: String] = [
            "decision": answer.decision.rawValue, "due": answer.dueOn?.description ?? "",
        ]
        for (code, text) in answer.words.byLanguage { values["words-\(code)"] = text }
        self.init(values)
    }
}
