import Hummingbird
import Participation

/// The deliveries of a process at the desk: begun from what was selected, and each with its file.
struct DeliveryDesk: Sendable {
    private let site: Site
    private let processes: Processes
    private let deliveries: Deliveries

    /// The desk over the capabilities it needs.
    init(site: Site, processes: Processes, deliveries: Deliveries) {
        self.site = site
        self.processes = processes
        self.deliveries = deliveries
    }

    /// Adds the routes below `/desk/processes/{process}/deliveries`.
    func add(to routes: RouterGroup<AppContext>) {
        let base: RouterPath = "/desk/processes/{process}/deliveries"
        routes.get(base, use: list)
        routes.get("/desk/processes/{process}/deliveries/new", use: plan)
        routes.post("/desk/processes/{process}/deliveries/new", use: preview)
        routes.post(base, use: begin)
        routes.get("/desk/processes/{process}/deliveries/{delivery}", use: file)
    }

    // MARK: The list

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let strings: Strings = site.strings(context)
        let scene: DeliveryScene = try await .find(context, processes, strings)
        let all: [Delivery] = try await deliveries.list(of: scene.process.id)
        let candidates: Int = try await deliveries.candidates(of: scene.process.id, by: scene.actor).count
        return site.page(
            DeliveriesDeskPage(scene, all, candidates: candidates, today: site.today(), FieldErrors()),
            title: strings("deliveries.desk.title"), request, context)
    }

    // MARK: Beginning

    @Sendable private func plan(_ request: Request, _ context: AppContext) async throws -> Response {
        try await planPage(Fields(pairs: []), FieldErrors(), showsPreview: false, request, context)
    }

    @Sendable private func preview(_ request: Request, _ context: AppContext) async throws -> Response {
        let form: Fields = try await site.form(request, context)
        do throws(DeliveryRefusal) {
            _ = try Self.read(form)
            guard !form.all("chosen").isEmpty else { throw .nothingChosen }
        } catch {
            return try await planPage(form, error.fieldErrors, showsPreview: false, request, context)
        }
        return try await planPage(form, FieldErrors(), showsPreview: true, request, context)
    }

    @Sendable private func begin(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DeliveryScene = try await .find(context, processes, site.strings(context))
        let form: Fields = try await site.form(request, context)
        do {
            try await deliveries.begin(form.all("chosen"), in: scene.process.id, Self.read(form), by: scene.actor)
            return site.see(scene.base, flash: .done("deliveries.begun"))
        } catch let refusal as DeliveryRefusal {
            return try await planPage(form, refusal.fieldErrors, showsPreview: false, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private static func read(_ form: Fields) throws(DeliveryRefusal) -> DeliveryPlan {
        let values = DeliveryForm(form)
        guard !values.text("service").isEmpty else { throw .serviceMissing }
        let plan = DeliveryPlan(
            service: values.text("service"), plannedStart: try values.optionalDay("planned_start"),
            plannedEnd: try values.day("planned_end"))
        if let start = plan.plannedStart, start > plan.plannedEnd { throw .endsBeforeItBegins }
        return plan
    }

    private func planPage(
        _ form: Fields, _ errors: FieldErrors, showsPreview: Bool, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        let scene: DeliveryScene = try await .find(context, processes, strings)
        let candidates: [DeliveryCandidate] = try await deliveries.candidates(of: scene.process.id, by: scene.actor)
        return site.page(
            DeliveryPlanPage(scene, candidates, form, errors, showsPreview: showsPreview),
            title: errors.title(strings("deliveries.plan.title"), strings), request, context, status: errors.status)
    }

    // MARK: One delivery

    @Sendable private func file(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DeliveryScene = try await .find(context, processes, site.strings(context), deliveries)
        guard let page = DeliveryDeskPage(scene) else { throw Absent() }
        return site.page(page, title: page.title, request, context)
    }
}

extension DeliveriesDeskPage {
    init(_ scene: DeliveryScene, _ all: [Delivery], candidates: Int, today: Day, _ errors: FieldErrors) {
        let strings: Strings = scene.strings
        let words = DeliveryWords(strings)
        crumbs = Array(scene.crumbs().dropLast())
        processTitle = scene.process.title(strings.language)
        base = scene.base
        publicHref = "/processes/\(scene.process.slug)/deliveries"
        lines = all.map { delivery in
            let isOver: Bool = delivery.status == .done || delivery.status == .abandoned
            return Line(
                title: delivery.title(strings.language), href: "\(scene.base)/\(delivery.handle)",
                handle: delivery.handle, status: words.status(delivery.status),
                due: strings.day(delivery.plannedEnd), isLate: !isOver && delivery.plannedEnd < today,
                steps: "\(strings.number(delivery.reached))/\(strings.number(delivery.milestones))",
                planned: words.money(delivery.budget, delivery), spent: words.money(delivery.spent, delivery))
        }
        isEmpty = all.isEmpty
        self.candidates = candidates == 0 ? nil : strings.plural("deliveries.candidates", candidates)
        files = DeliveriesPage(scene.process, all, DeliveryQuery(Fields(pairs: [])), strings).files
        kinds = DeliveryImports.Kind.allCases.map {
            SelectOption(value: $0.rawValue, label: strings("deliveries.file.\($0.rawValue)"), selected: false)
        }
        file = errors.input("file", strings)
        self.errors = errors.summary(strings)
    }
}

extension DeliveryPlanPage {
    init(
        _ scene: DeliveryScene, _ candidates: [DeliveryCandidate], _ form: Fields, _ errors: FieldErrors,
        showsPreview: Bool
    ) {
        let strings: Strings = scene.strings
        let chosen = Set(form.all("chosen"))
        // An empty form proposes all of them.
        let isNew: Bool = form.names.isEmpty
        let listed: [DeliveryCandidate] = showsPreview ? candidates.filter { chosen.contains($0.handle) } : candidates
        crumbs = scene.crumbs()
        base = scene.base
        lines = listed.map { candidate in
            Line(
                handle: candidate.handle, title: candidate.title(strings.language),
                titleLanguage: candidate.title.foreign(to: strings.language),
                origin: candidate.vote.map {
                    strings(
                        "deliveries.link.project",
                        ["number": String(candidate.number), "vote": $0(strings.language)])
                } ?? strings("deliveries.plan.without_vote"),
                cost: strings.money(candidate.cost, currency: candidate.currency),
                proposals: candidate.proposals.map(String.init).joined(separator: ", "),
                isChosen: isNew || chosen.contains(candidate.handle))
        }
        isEmpty = candidates.isEmpty
        fields = [
            errors.field(
                "service", label: strings("deliveries.field.service"), value: form.text("service"),
                hint: strings("deliveries.plan.service.hint"), autocomplete: "off", strings),
            errors.field(
                "planned_start", label: strings("deliveries.field.planned_start"), value: form.text("planned_start"),
                type: "date", optional: true, strings),
            errors.field(
                "planned_end", label: strings("deliveries.field.planned_end"), value: form.text("planned_end"),
                type: "date", strings),
        ]
        let day: (String) -> String = { name in Day(form.text(name)).map(strings.day) ?? "" }
        preview =
            showsPreview
            ? strings.plural(
                "deliveries.plan.preview", listed.count,
                ["service": form.text("service"), "date": day("planned_end")]) : nil
        total =
            showsPreview
            ? strings.money(listed.reduce(0) { $0 + $1.cost }, currency: listed.first?.currency ?? "EUR") : nil
        self.errors = errors.summary(strings)
    }
}

extension DeliveryDeskPage {
    /// Nil for a scene without a delivery.
    init?(_ scene: DeliveryScene) {
        guard let file = scene.file else { return nil }
        let strings: Strings = scene.strings
        let shown = DeliveryPage(file, isFollowed: nil, isAgent: false, strings)
        let delivery: Delivery = file.delivery
        let own = "\(scene.base)/\(delivery.handle)"
        title = shown.title
        crumbs = scene.crumbs()
        publicHref = shown.here
        status = shown.status
        dates = shown.dates
        facts = shown.facts
        acts = DeliveryAct.turns(from: delivery.status).map {
            PlaceLink(label: strings("deliveries.act.\($0.rawValue)"), href: "\(own)/\($0.path)")
        }
        settingsHref = "\(own)/settings"
        steps = file.milestones.map { milestone in
            Step(
                number: String(milestone.number), title: milestone.title(strings.language),
                due: strings.day(milestone.due), reached: milestone.reachedOn.map(strings.day),
                evidenceHref: "\(own)/milestones/\(milestone.number)/evidence",
                dateHref: "\(own)/milestones/\(milestone.number)/date")
        }
        hasSteps = !file.milestones.isEmpty
        stepHref = "\(own)/milestones/new"
        figures = shown.figures
        lines = shown.lines
        hasLines = shown.hasLines
        spendingHref = "\(own)/spending"
        news = shown.news.map { PlaceLink(label: "\($0.date) : \($0.title)", href: "\(shown.here)#\($0.id)") }
        hasNews = shown.hasNews
        newsHref = "\(own)/updates/new"
        photos = file.photos.compactMap { photo in
            DeliveryPicture(photo).map {
                Photo(
                    source: $0.source, alt: $0.alt, width: $0.width, height: $0.height,
                    purpose: strings("deliveries.photos.\(photo.purpose.rawValue)"),
                    removal: "\(own)/photos/\(photo.medium.id)/removal")
            }
        }
        hasPhotos = !photos.isEmpty
        photoHref = "\(own)/photos"
    }
}

extension DeliveryAct {
    /// The turns that the work may take from a status.
    fileprivate static func turns(from status: Delivery.Status) -> [DeliveryAct] {
        switch status {
        case .planned: [.start, .date, .abandonment]
        case .underWay: [.completion, .date, .abandonment]
        case .delayed: [.start, .completion, .date, .abandonment]
        case .done, .abandoned: [.start]
        }
    }
}
