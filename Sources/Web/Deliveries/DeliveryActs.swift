import Hummingbird
import Participation

/// What agents do on a delivery: a form for each act, all made and answered the same way.
struct DeliveryActs: Sendable {
    private let site: Site
    private let processes: Processes
    private let deliveries: Deliveries

    /// The forms over the capabilities they need.
    init(site: Site, processes: Processes, deliveries: Deliveries) {
        self.site = site
        self.processes = processes
        self.deliveries = deliveries
    }

    /// Adds a form for each act below `/desk/processes/{process}/deliveries/{delivery}`, and those of photos.
    func add(to routes: RouterGroup<AppContext>) {
        let own = "/desk/processes/{process}/deliveries/{delivery}"
        for act in DeliveryAct.allCases {
            routes.get("\(own)/\(act.path)") { request, context in
                try await show(act, request, context)
            }
            routes.post("\(own)/\(act.path)") { request, context in
                try await take(act, request, context)
            }
        }
        routes.get("\(own)/photos", use: photo)
        routes.post("\(own)/photos", use: hang)
        routes.post("\(own)/photos/{photo}/removal", use: takeDown)
    }

    // MARK: Forms

    private func show(_ act: DeliveryAct, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DeliveryScene = try await .find(context, processes, site.strings(context), deliveries)
        guard let delivery = scene.delivery else { throw Absent() }
        return page(act, DeliveryForm(act, delivery, today: site.today()), scene, FieldErrors(), request, context)
    }

    private func take(_ act: DeliveryAct, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DeliveryScene = try await .find(context, processes, site.strings(context), deliveries)
        guard let delivery = scene.delivery else { throw Absent() }
        let fields: Fields = try await site.form(request, context)
        let form = DeliveryForm(fields)
        do {
            if act == .update, !fields.has("publish") {
                guard !form.texts("title").isEmpty, !form.texts("words").isEmpty else {
                    throw DeliveryRefusal.updateMissing
                }
                return page(act, form, scene, FieldErrors(), showsPreview: true, request, context)
            }
            try await take(act, form, delivery, number: Int(context.parameters.get("number") ?? ""), by: scene.actor)
            return site.see("\(scene.base)/\(delivery.handle)", flash: .done("deliveries.act.\(act.rawValue).done"))
        } catch let refusal as DeliveryRefusal {
            return page(act, form, scene, refusal.fieldErrors, request, context)
        } catch let errors as FieldErrors {
            return page(act, form, scene, errors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    /// One act, one verb.
    private func take(
        _ act: DeliveryAct, _ form: DeliveryForm, _ delivery: Delivery, number: Int?, by actor: Actor
    ) async throws {
        let id: ID<Delivery> = delivery.id
        func record(_ turn: DeliveryTurn) async throws {
            try await deliveries.record(turn, of: id, from: form.revision, by: actor)
        }
        switch act {
        case .settings: try await deliveries.change(id, to: form.settings(), from: form.revision, by: actor)
        case .start: try await record(.underWay(since: form.day("started_on")))
        case .date:
            try await record(.rescheduled(until: form.day("planned_end"), because: form.texts("reason")))
        case .completion: try await record(.done(on: form.day("finished_on")))
        case .abandonment: try await record(.abandoned(because: form.texts("reason")))
        case .milestone:
            try await deliveries.add(milestone: form.texts("title"), due: form.day("due"), to: id, by: actor)
        case .evidence:
            try await deliveries.reach(
                milestone: number ?? 0, of: id, on: form.day("reached_on"), evidence: form.texts("evidence"),
                link: form.text("link"), by: actor)
        case .due:
            try await deliveries.reschedule(
                milestone: number ?? 0, of: id, until: form.day("due"), because: form.texts("reason"), by: actor)
        case .spending:
            guard let cents = DeliveryFiles.cents(form.text("amount")) else {
                throw FieldErrors("amount", "deliveries.refusal.amount")
            }
            try await deliveries.note(
                Spending(
                    invoice: form.text("invoice"), paidOn: form.day("paid_on"), label: form.text("label"), cents: cents),
                for: id, by: actor)
        case .update: try await deliveries.publish(form.texts("title"), form.texts("words"), of: id, by: actor)
        }
    }

    private func page(
        _ act: DeliveryAct, _ form: DeliveryForm, _ scene: DeliveryScene, _ errors: FieldErrors,
        showsPreview: Bool = false, _ request: Request, _ context: AppContext
    ) -> Response {
        let page = DeliveryFormPage(
            act, form, scene, action: request.uri.path, errors: errors, showsPreview: showsPreview)
        return site.page(
            page, title: errors.title(page.heading, scene.strings), request, context, status: errors.status)
    }

    // MARK: Photos

    @Sendable private func photo(_ request: Request, _ context: AppContext) async throws -> Response {
        try await photoPage(Fields(pairs: []), FieldErrors(), request, context)
    }

    @Sendable private func hang(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DeliveryScene = try await .find(context, processes, site.strings(context), deliveries)
        guard let file = scene.file else { throw Absent() }
        let upload = try UploadedFile()
        let form: MultipartForm = try await site.streamedForm(
            request, context, limits: .init(total: Media.byteLimit + (1 << 16), parts: 8)
        ) { name, bytes in
            upload.name = name
            try upload.append(bytes)
        }
        guard let place = Deliveries.PhotoPlace(form.fields.text("place"), of: file) else {
            return try await photoPage(
                form.fields, FieldErrors("place", "deliveries.refusal.place"), request, context)
        }
        do {
            let medium: PreparedMedium = try await Media.prepare(upload, alt: form.fields.text("alt"))
            guard medium.kind == .image else { throw Refused(MediaRefusal.wrongType(.pdf)) }
            try await deliveries.hang(medium, by: place, of: file.delivery.id, by: scene.actor)
            return site.see("\(scene.base)/\(file.delivery.handle)", flash: .done("deliveries.photo.hung"))
        } catch let refused as Refused<MediaRefusal> {
            return try await photoPage(form.fields, refused.deliveryErrors, request, context)
        } catch is MediaRefusal {
            return try await photoPage(
                form.fields, FieldErrors("file", "deliveries.refusal.photos"), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func takeDown(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DeliveryScene = try await .find(context, processes, site.strings(context), deliveries)
        guard let delivery = scene.delivery else { throw Absent() }
        _ = try await site.form(request, context)
        do {
            try await deliveries.takeDown(try context.id("photo", of: Medium.self), of: delivery.id, by: scene.actor)
            return site.see("\(scene.base)/\(delivery.handle)", flash: .done("deliveries.photo.taken_down"))
        } catch is NotAllowed { throw Absent() }
    }

    private func photoPage(
        _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        let scene: DeliveryScene = try await .find(context, processes, strings, deliveries)
        guard let file = scene.file else { throw Absent() }
        let page = DeliveryPhotoPage(
            crumbs: scene.crumbs(of: file.delivery), action: "\(scene.base)/\(file.delivery.handle)/photos",
            places: Deliveries.PhotoPlace.options(of: file, chosen: form.text("place"), strings),
            alt: errors.field(
                "alt", label: strings("deliveries.photo.alt"), value: form.text("alt"),
                hint: strings("deliveries.photo.alt.hint"), strings),
            file: errors.input("file", strings), errors: errors.summary(strings))
        return site.page(
            page, title: errors.title(strings("deliveries.photo.title"), strings), request, context,
            status: errors.status)
    }
}

extension Deliveries.PhotoPlace {
    /// The place that a form names; nil when the delivery has none like it.
    fileprivate init?(_ text: String, of file: DeliveryFile) {
        switch text {
        case "before": self = .before
        case "during": self = .during
        case "after": self = .after
        default:
            if let milestone = file.milestones.first(where: { "milestone-\($0.number)" == text }) {
                self = .milestone(milestone.number)
            } else if let update = file.updates.first(where: { "update-\($0.id)" == text }) {
                self = .update(update.id)
            } else {
                return nil
            }
        }
    }

    fileprivate static func options(
        of file: DeliveryFile, chosen: String, _ strings: Strings
    ) -> [SelectOption] {
        let fixed: [(String, String)] = ["before", "during", "after"].map { ($0, strings("deliveries.photos.\($0)")) }
        let milestones: [(String, String)] = file.milestones.map { milestone in
            (
                "milestone-\(milestone.number)",
                strings(
                    "deliveries.photo.of_milestone",
                    ["number": String(milestone.number), "title": milestone.title(strings.language)])
            )
        }
        let updates: [(String, String)] = file.updates.map { update in
            ("update-\(update.id)", strings("deliveries.photo.of_update", ["title": update.title(strings.language)]))
        }
        return (fixed + milestones + updates).map {
            SelectOption(value: $0.0, label: $0.1, selected: $0.0 == chosen)
        }
    }
}

extension Refused<MediaRefusal> {
    /// What is wrong with a photo, at its field.
    fileprivate var deliveryErrors: FieldErrors {
        var errors = FieldErrors()
        for reason in reasons {
            switch reason {
            case .altMissing, .altTooLong: errors.add("alt", "deliveries.refusal.alt")
            default: errors.add("file", "deliveries.refusal.photo")
            }
        }
        return errors
    }
}
