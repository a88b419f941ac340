import Hummingbird
import Participation

/// Agents say who examines, by which questions, and for which reasons proposals are refused.
struct ExaminationSettingsDesk: Sendable {
    let site: Site
    let processes: Processes
    let settings: ExaminationSettings

    /// Adds the routes below `/desk/processes/{process}/examination`.
    func add(to routes: RouterGroup<AppContext>) {
        let base = "/desk/processes/{process}/examination"
        routes.get("\(base)", use: show)
        routes.post("\(base)/services", use: addService)
        routes.get("\(base)/services/{service}", use: showService)
        routes.post("\(base)/services/{service}", use: changeService)
        routes.post("\(base)/services/{service}/retirement", use: retireService)
        routes.post("\(base)/services/{service}/members", use: addMember)
        routes.post("\(base)/services/{service}/members/{account}/removal", use: removeMember)
        routes.post("\(base)/points", use: addPoint)
        routes.post("\(base)/points/{point}/retirement", use: retirePoint)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(Fields(pairs: []), FieldErrors(), request, context)
    }

    @Sendable private func addService(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "exam.service.added") { scene, form in
            try await settings.addService(
                form.texts("name"), email: try address(form), to: scene.process.id, by: scene.actor)
        }
    }

    @Sendable private func addPoint(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "exam.point.added") { scene, form in
            guard let list = ExaminationSettings.List(rawValue: form.text("list")) else { throw Absent() }
            try await settings.add(form.texts(list.rawValue), to: list, of: scene.process.id, by: scene.actor)
        }
    }

    @Sendable private func retirePoint(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, done: "exam.point.retired") { scene, form in
            guard let list = ExaminationSettings.List(rawValue: form.text("list")) else { throw Absent() }
            try await settings.retire(
                try context.id("point", of: ExaminationPoint.self), from: list, of: scene.process.id, by: scene.actor)
        }
    }

    private func act(
        _ request: Request, _ context: AppContext, done: String, _ body: (FileScene, Fields) async throws -> Void
    ) async throws -> Response {
        let scene: FileScene = try await .find(context, processes, agentsOnly: true)
        let form: Fields = try await site.form(request, context)
        do {
            try await body(scene, form)
            return site.see("\(scene.base)/examination", flash: .done(done))
        } catch ExaminationRefusal.nameless where form.has("list") {
            let errors = FieldErrors("\(form.text("list"))-fr", "exam.refusal.untitled")
            return try await page(form, errors, request, context)
        } catch let refusal as ExaminationRefusal {
            return try await page(form, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: FileScene = try await .find(context, processes, agentsOnly: true)
        let strings: Strings = site.strings(context)
        let services: [ExaminingService] = try await settings.services(of: scene.process.id)
        let questions: [ExaminationPoint] = try await settings.points(.criterion, of: scene.process.id)
        let reasons: [ExaminationPoint] = try await settings.points(.reason, of: scene.process.id)
        return site.page(
            ExaminationSettingsPage(
                scene, services, lists: [(.criterion, questions), (.reason, reasons)], form, errors, strings),
            title: errors.title(strings("exam.settings"), strings), request, context, status: errors.status)
    }

    // MARK: One service

    @Sendable private func showService(_ request: Request, _ context: AppContext) async throws -> Response {
        try await servicePage(nil, FieldErrors(), request, context)
    }

    @Sendable private func changeService(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, onService: "exam.service.changed") { scene, service, form in
            try await settings.changeService(
                service, of: scene.process.id, name: form.texts("name"), email: try address(form), by: scene.actor)
        }
    }

    @Sendable private func retireService(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, onService: "exam.service.retired", stays: false) { scene, service, _ in
            try await settings.retireService(service, of: scene.process.id, by: scene.actor)
        }
    }

    @Sendable private func addMember(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, onService: "exam.member.added") { scene, service, form in
            guard let email = EmailAddress(form.text("member")) else { throw ExaminationRefusal.noAccount }
            try await settings.addMember(email, to: service, of: scene.process.id, by: scene.actor)
        }
    }

    @Sendable private func removeMember(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, onService: "exam.member.removed") { scene, service, _ in
            try await settings.removeMember(
                try context.id("account", of: Account.self), from: service, of: scene.process.id, by: scene.actor)
        }
    }

    private func act(
        _ request: Request, _ context: AppContext, onService done: String, stays: Bool = true,
        _ body: (FileScene, ID<ExaminingService>, Fields) async throws -> Void
    ) async throws -> Response {
        let scene: FileScene = try await .find(context, processes, agentsOnly: true)
        let service: ID<ExaminingService> = try context.id("service", of: ExaminingService.self)
        let form: Fields = try await site.form(request, context)
        do {
            try await body(scene, service, form)
            let base = "\(scene.base)/examination"
            return site.see(stays ? "\(base)/services/\(service)" : base, flash: .done(done))
        } catch ExaminationRefusal.noAccount {
            return try await servicePage(form, FieldErrors("member", "exam.refusal.no_account"), request, context)
        } catch let refusal as ExaminationRefusal {
            return try await servicePage(form, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func servicePage(
        _ form: Fields?, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: FileScene = try await .find(context, processes, agentsOnly: true)
        let strings: Strings = site.strings(context)
        let id: ID<ExaminingService> = try context.id("service", of: ExaminingService.self)
        guard let service = try await settings.services(of: scene.process.id).first(where: { $0.id == id }) else {
            throw Absent()
        }
        return site.page(
            ServicePage(scene, service, form, errors, strings),
            title: errors.title(service.name(context.language), strings), request, context, status: errors.status)
    }

    /// The address of a whole service; nil when none was typed.
    private func address(_ form: Fields) throws -> EmailAddress? {
        let text: String = form.text("email")
        if text.isEmpty { return nil }
        guard let address = EmailAddress(text) else { throw ExaminationRefusal.malformedAddress }
        return address
    }
}
