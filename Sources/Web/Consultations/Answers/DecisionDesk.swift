import Foundation
import Hummingbird
import Participation

/// The decisions of the city as agents write, publish and follow them.
struct DecisionDesk: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let decisions: Decisions
    let syntheses: Syntheses

    /// Adds `/desk/processes/{process}/consultations/{consultation}/answer`: the decisions with what they answer, their
    /// preview, their publication and what becomes of them.
    func add(to routes: RouterGroup<AppContext>) {
        let own = "/desk/processes/{process}/consultations/{consultation}/answer"
        routes.get(RouterPath(own), use: overview)
        routes.get("\(own)/preview", use: preview)
        routes.get("\(own)/publication", use: confirmation)
        routes.post("\(own)/publication", use: publish)
        routes.get("\(own)/decisions/{decision}", use: show)
        routes.post("\(own)/decisions/{decision}", use: take)
        routes.post("\(own)/decisions/{decision}/rise", use: rise)
        routes.post("\(own)/decisions/{decision}/removal", use: remove)
        routes.get("\(own)/decisions/{decision}/voices", use: voices)
        routes.post("\(own)/decisions/{decision}/voices", use: link)
        routes.post("\(own)/decisions/{decision}/voices/removal", use: unlink)
        routes.get("\(own)/decisions/{decision}/turn", use: turn)
        routes.post("\(own)/decisions/{decision}/turn", use: takeTurn)
    }

    private func find(
        _ context: AppContext
    ) async throws -> (scene: ConsultationScene, consultation: Consultation, file: DecisionFile) {
        let scene: ConsultationScene = try await .find(context, processes, site.strings(context), consultations)
        let consultation: Consultation = try scene.required()
        do {
            return (scene, consultation, try await decisions.file(of: consultation.id, by: scene.actor))
        } catch is NotAllowed { throw Absent() }
    }

    /// The decision of the path; nil for a new one, absent for one that is not there.
    private func old(_ file: DecisionFile, _ context: AppContext) throws -> Decision? {
        if context.parameters.get("decision") == "new" { return nil }
        let id: ID<Decision> = try context.id("decision", of: Decision.self)
        guard let found = file.decisions.first(where: { $0.id == id }) else { throw Absent() }
        return found
    }

    private func known(_ file: DecisionFile, _ context: AppContext) throws -> Decision {
        guard let found = try old(file, context) else { throw Absent() }
        return found
    }

    // MARK: Overview and publication

    @Sendable private func overview(_ request: Request, _ context: AppContext) async throws -> Response {
        try await overview(FieldErrors(), request, context)
    }

    private func overview(
        _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (scene, consultation, file) = try await find(context)
        let page = DecisionsDeskPage(file, consultation, scene, errors, today: site.today())
        return site.page(
            page, title: errors.title(scene.strings("consultations.decision.title"), scene.strings), request, context,
            status: errors.status)
    }

    @Sendable private func preview(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, _) = try await find(context)
        let answer: PublishedAnswer = try await decisions.preview(of: consultation.id, by: scene.actor)
        let page = CityAnswerPage(
            answer, consultation, crumbs: scene.answerCrumbs, demonstration: scene.process.demonstration,
            deskHref: "\(scene.own)/answer", isPreview: true, scene.strings)
        return site.page(
            page, title: "\(scene.strings("consultations.synthesis.preview")) – \(page.heading)", request, context)
    }

    @Sendable private func confirmation(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, file) = try await find(context)
        let form = SynthesisForm(["revision": String(file.revision)])
        return publication(form, file, scene, consultation, FieldErrors(), request, context)
    }

    @Sendable private func publish(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, file) = try await find(context)
        let form = SynthesisForm(try await site.form(request, context, limit: 1 << 20))
        do {
            try form.confirm()
            try await decisions.publish(
                consultation.id, from: form.revision, change: form.texts("change"), by: scene.actor)
            return site.see("\(scene.own)/answer", flash: .done("consultations.decision.published"))
        } catch let refusal as SynthesisRefusal {
            return publication(form, file, scene, consultation, refusal.fieldErrors(scene.strings), request, context)
        } catch let errors as FieldErrors {
            return publication(form, file, scene, consultation, errors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func publication(
        _ form: SynthesisForm, _ file: DecisionFile, _ scene: ConsultationScene, _ consultation: Consultation,
        _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) -> Response {
        let page = SynthesisFormPage.publication(
            .answer, SynthesisFormParts(form: form, errors: errors, strings: scene.strings),
            isFirst: file.editions.isEmpty, crumbs: scene.answerCrumbs,
            eyebrow: consultation.title(scene.strings.language), action: request.uri.path,
            backHref: "\(scene.own)/answer")
        return site.page(
            page, title: errors.title(page.heading, scene.strings), request, context, status: errors.status)
    }

    // MARK: One decision

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, file) = try await find(context)
        let decision: Decision? = try old(file, context)
        let form: SynthesisForm =
            decision.map { SynthesisForm($0.draft, revision: $0.revision) } ?? SynthesisForm(["kind": "planned"])
        return page(form, decision, scene, consultation, FieldErrors(), request, context)
    }

    @Sendable private func take(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, file) = try await find(context)
        let form = SynthesisForm(try await site.form(request, context, limit: 1 << 20))
        let decision: Decision? = try old(file, context)
        do {
            let id: ID<Decision> = try await decisions.write(
                try form.decision(), as: decision?.id, from: form.revision, of: consultation.id, by: scene.actor)
            // What comes next for a new decision is what it answers.
            let next: String = decision == nil ? "answer/decisions/\(id)/voices" : "answer"
            return site.see("\(scene.own)/\(next)", flash: .done("consultations.synthesis.saved"))
        } catch let refusal as SynthesisRefusal {
            return page(
                form, decision, scene, consultation, refusal.fieldErrors(scene.strings), request, context)
        } catch let errors as FieldErrors {
            return page(form, decision, scene, consultation, errors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ form: SynthesisForm, _ decision: Decision?, _ scene: ConsultationScene, _ consultation: Consultation,
        _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.strings
        let words = DecisionWords(strings)
        let parts = SynthesisFormParts(form: form, errors: errors, strings: strings)
        let page = SynthesisFormPage(
            crumbs: scene.answerCrumbs, eyebrow: consultation.title(strings.language),
            heading: decision.map {
                strings("consultations.decision.decision", ["number": strings.number($0.number)])
            } ?? strings("consultations.decision.new"), lead: strings("consultations.decision.decision.words"),
            points: [],
            action: request.uri.path, revision: form.text("revision"),
            choices: [
                parts.choice(
                    "kind", Decision.Kind.allCases.map { ($0.rawValue, words.kind($0).word) })
            ],
            fields: [
                parts.field("service", hint: "consultations.decision.service.hint"),
                parts.field("due", type: "date", hint: "consultations.decision.due.hint", optional: true),
            ],
            translations: parts.translations(
                lines: ["title"], areas: ["said", "decided", "reason"],
                required: ["title", "said", "decided", "reason"]),
            marks: [], hasMarks: false, rows: "5", confirmation: nil, confirmationProblem: nil,
            submit: strings("consultations.synthesis.save"), isGrave: false, backHref: "\(scene.own)/answer",
            errors: errors.summary(strings))
        return site.page(
            page, title: errors.title(page.heading, strings), request, context, status: errors.status)
    }

    @Sendable private func rise(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, file) = try await find(context)
        _ = try await site.form(request, context)
        try await decisions.moveUp(try known(file, context).id, in: consultation.id, by: scene.actor)
        return site.see("\(scene.own)/answer")
    }

    @Sendable private func remove(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, file) = try await find(context)
        _ = try await site.form(request, context)
        do {
            try await decisions.remove(try known(file, context).id, from: consultation.id, by: scene.actor)
            return site.see("\(scene.own)/answer", flash: .done("consultations.decision.removed"))
        } catch let refusal as SynthesisRefusal {
            return try await overview(refusal.fieldErrors(scene.strings), request, context)
        }
    }

    // MARK: What it answers

    @Sendable private func voices(_ request: Request, _ context: AppContext) async throws -> Response {
        try await voices(SynthesisForm(), FieldErrors(), request, context)
    }

    @Sendable private func link(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, file) = try await find(context)
        let form = SynthesisForm(try await site.form(request, context))
        let decision: Decision = try known(file, context)
        do {
            let address: Voice? = Voice(address: form.text("address"), in: consultation.handle)
            guard let voice = Voice(choice: form.text("choice")) ?? address else {
                throw SynthesisRefusal.noSuchVoice
            }
            try await decisions.link(voice, to: decision.id, of: consultation.id, by: scene.actor)
            return site.see(
                "\(scene.own)/answer/decisions/\(decision.id)/voices", flash: .done("consultations.decision.linked"))
        } catch let refusal as SynthesisRefusal {
            return try await voices(form, refusal.fieldErrors(scene.strings), request, context)
        }
    }

    @Sendable private func unlink(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, file) = try await find(context)
        let form = SynthesisForm(try await site.form(request, context))
        let decision: Decision = try known(file, context)
        guard let voice = Voice(choice: form.text("choice")) else { throw Absent() }
        try await decisions.unlink(voice, from: decision.id, of: consultation.id, by: scene.actor)
        return site.see(
            "\(scene.own)/answer/decisions/\(decision.id)/voices", flash: .done("consultations.decision.unlinked"))
    }

    private func voices(
        _ form: SynthesisForm, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (scene, consultation, file) = try await find(context)
        let catalogue: FigureCatalogue = try await syntheses.catalogue(of: consultation.id, by: scene.actor)
        let page = DecisionVoicesPage(
            try known(file, context), file, catalogue.choices, form, scene, consultation, errors)
        return site.page(
            page, title: errors.title(page.heading, scene.strings), request, context, status: errors.status)
    }

    // MARK: What becomes of it

    @Sendable private func turn(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, file) = try await find(context)
        let decision: Decision = try known(file, context)
        let form = SynthesisForm([
            "status": decision.status?.rawValue ?? "", "due": decision.promisedOn?.description ?? "",
        ])
        return try turnPage(form, decision, scene, consultation, FieldErrors(), request, context)
    }

    @Sendable private func takeTurn(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, file) = try await find(context)
        let decision: Decision = try known(file, context)
        let form = SynthesisForm(try await site.form(request, context, limit: 1 << 20))
        do {
            guard let status = Decision.Status(rawValue: form.text("status")) else {
                throw FieldErrors("status", "consultations.synthesis.refusal.status")
            }
            try await decisions.turn(
                decision.id, of: consultation.id, to: status, due: try form.day("due"), words: form.texts("words"),
                by: scene.actor)
            return site.see("\(scene.own)/answer", flash: .done("consultations.decision.turned"))
        } catch let refusal as SynthesisRefusal {
            return try turnPage(
                form, decision, scene, consultation, refusal.fieldErrors(scene.strings), request, context)
        } catch let errors as FieldErrors {
            return try turnPage(form, decision, scene, consultation, errors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func turnPage(
        _ form: SynthesisForm, _ decision: Decision, _ scene: ConsultationScene, _ consultation: Consultation,
        _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) throws -> Response {
        let strings: Strings = scene.strings
        let words = DecisionWords(strings)
        guard decision.status?.isOpen == true else { throw Absent() }
        let parts = SynthesisFormParts(form: form, errors: errors, strings: strings)
        let page = SynthesisFormPage(
            crumbs: scene.answerCrumbs, eyebrow: decision.draft.title(strings.language),
            heading: strings("consultations.decision.turn"), lead: strings("consultations.decision.turn.words"),
            points: [],
            action: request.uri.path, revision: "",
            choices: [parts.choice("status", Decision.Status.turns.map { ($0.rawValue, words.status($0).word) })],
            fields: [parts.field("due", type: "date", hint: "consultations.decision.turn.due", optional: true)],
            translations: parts.translations(areas: ["words"], required: ["words"]), marks: [], hasMarks: false,
            rows: "5",
            confirmation: nil, confirmationProblem: nil, submit: strings("consultations.decision.turn.publish"),
            isGrave: false, backHref: "\(scene.own)/answer", errors: errors.summary(strings))
        return site.page(
            page, title: errors.title(page.heading, strings), request, context, status: errors.status)
    }
}

extension Voice {
    /// What a list of choices names: `option usages/age/65`.
    init?(choice: String) {
        let parts: [Substring] = choice.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])) else { return nil }
        self.init(kind, String(parts[1]))
    }

    /// The same, to be chosen.
    var choice: String { "\(kind.rawValue) \(target)" }
}
