import Foundation
public import Hummingbird
public import Participation

/// The places of a vote at the desk: added, described, and who works there when.
public struct PlacesDesk: Sendable {
    private let site: Site
    private let votes: Votes
    private let places: Places

    /// The desk over the capabilities it needs.
    public init(site: Site, votes: Votes, places: Places) {
        self.site = site
        self.votes = votes
        self.places = places
    }

    /// Adds the routes below `/desk/votes/{vote}/places`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/votes/{vote}/places", use: list)
        routes.post("/desk/votes/{vote}/places", use: add)
        routes.get("/desk/votes/{vote}/places/{place}", use: show)
        routes.get("/desk/votes/{vote}/places/{place}/settings", use: edit)
        routes.post("/desk/votes/{vote}/places/{place}/settings", use: change)
        routes.post("/desk/votes/{vote}/places/{place}/removal", use: remove)
        routes.post("/desk/votes/{vote}/places/{place}/shifts", use: plan)
        routes.post("/desk/votes/{vote}/places/{place}/shifts/{shift}/cancellation", use: cancel)
    }

    // MARK: The list

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        try await listPage(Fields(pairs: []), FieldErrors(), request, context)
    }

    @Sendable private func add(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, vote) = try await PlaceScene.vote(context, votes)
        let form: Fields = try await site.form(request, context)
        do {
            try await places.add(
                PlaceForm(form).draft, to: vote.id,
                by: account.acting(for: vote, [.participationAgent, .returningOfficer]))
            return site.see("\(PlaceScene.places(of: vote))/\(form.text("handle"))", flash: .done("places.added"))
        } catch let refusal as PlaceRefusal {
            return try await listPage(form, refusal.fieldErrors, request, context)
        } catch is VoteRefusal {
            return try await listPage(form, FieldErrors("", "places.refusal.vote_closed"), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func listPage(
        _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (account, vote) = try await PlaceScene.vote(context, votes)
        let strings: Strings = site.strings(context)
        let list: [Place] = try await places.list(of: vote.id)
        let counts: [ID<Place>: PlaceCounts] = try await places.counts(ofAll: vote.id)
        let isPlanner: Bool = PlaceScene.isPlanner(account, vote)
        return site.page(
            PlacesDeskPage(
                voteTitle: vote.settings.title(context.language),
                voteHref: isPlanner ? "/desk/votes/\(vote.slug)" : nil,
                publicHref: "/votes/\(vote.slug)/places",
                places: list.map { place in
                    PlacesDeskPage.Line(
                        name: place.name(context.language), href: "\(PlaceScene.places(of: vote))/\(place.handle)",
                        handle: place.handle, kind: strings("places.kind.\(place.draft.kind.rawValue)"),
                        papers: strings.number(counts[place.id]?.inTheBox ?? 0),
                        waiting: strings.number((counts[place.id]?.conflicts ?? 0) + (counts[place.id]?.waiting ?? 0)))
                }, isEmpty: list.isEmpty, isPlanner: isPlanner,
                form: PlaceForm(form).page(
                    action: PlaceScene.places(of: vote), isNew: true, submit: strings("places.add.submit"), errors,
                    strings),
                errors: errors.summary(strings)),
            title: errors.title(strings("places.title"), strings), request, context, status: errors.status)
    }

    // MARK: A place

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(Fields(pairs: []), FieldErrors(), request, context)
    }

    private func page(
        _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let strings: Strings = site.strings(context)
        let counts: PlaceCounts = try await places.counts(of: scene.place.id)
        let report: PlaceReport? = try await places.report(of: scene.place.id)
        let shifts: [Shift] = try await places.shifts(of: scene.place.id)
        let draft: PlaceDraft = scene.place.draft
        var links: [PlaceLink] = []
        func link(_ name: String) {
            links.append(PlaceLink(label: strings("places.\(name)"), href: "\(scene.base)/\(name)"))
        }
        if draft.kind == .post {
            link("envelopes")
        } else {
            if draft.hasNetwork { link("issue") }
            link("devices")
            link("lines")
        }
        link("report")
        if scene.isPlanner { link("settings") }
        return site.page(
            PlaceDeskPage(
                title: scene.place.name(context.language), base: scene.base,
                crumbs: Array(scene.crumbs(strings).dropLast()), links: links,
                facts: [
                    PlaceFact(name: strings("places.field.address"), text: draft.address),
                    PlaceFact(name: strings("places.field.hours"), text: draft.hours(context.language)),
                    PlaceFact(name: strings("places.field.accessibility"), text: draft.accessibility(context.language)),
                    PlaceFact(name: strings("places.field.contact"), text: draft.contact),
                ].filter { !$0.text.isEmpty },
                counts: PlaceWords.counts(counts, strings),
                reported: report.map {
                    strings("places.report.written", ["version": String($0.version), "date": strings.moment($0.at)])
                },
                shifts: shifts.map { shift in
                    PlaceDeskPage.ShiftLine(
                        name: shift.name, starts: strings.moment(shift.starts), ends: strings.moment(shift.ends),
                        cancelAction: "\(scene.base)/shifts/\(shift.id)/cancellation")
                }, hasShifts: !shifts.isEmpty, isPlanner: scene.isPlanner,
                fields: [
                    errors.field(
                        "email", label: strings("places.shift.email"), value: form.text("email"), type: "email",
                        autocomplete: "off", strings),
                    errors.field(
                        "starts", label: strings("places.shift.starts"), value: form.text("starts"),
                        type: "datetime-local", strings),
                    errors.field(
                        "ends", label: strings("places.shift.ends"), value: form.text("ends"),
                        type: "datetime-local", strings),
                ], errors: errors.summary(strings)),
            title: errors.title(scene.place.name(context.language), strings), request, context, status: errors.status)
    }

    @Sendable private func edit(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        return try settingsPage(scene, PlaceForm(scene.place.draft), FieldErrors(), request, context)
    }

    @Sendable private func change(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let form = PlaceForm(try await site.form(request, context))
        do {
            try await places.change(
                scene.place, to: form.draft,
                by: scene.account.acting(for: scene.vote, [.participationAgent, .returningOfficer]))
            return site.see(scene.base, flash: .done("places.changed"))
        } catch let refusal as PlaceRefusal {
            return try settingsPage(scene, form, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func settingsPage(
        _ scene: PlaceScene, _ form: PlaceForm, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) throws -> Response {
        guard scene.isPlanner else { throw Absent() }
        let strings: Strings = site.strings(context)
        return site.page(
            PlaceSettingsPage(
                title: strings("places.settings"), crumbs: scene.crumbs(strings), removal: "\(scene.base)/removal",
                form: form.page(
                    action: "\(scene.base)/settings", isNew: false, submit: strings("places.settings.submit"), errors,
                    strings), errors: errors.summary(strings)),
            title: errors.title(strings("places.settings"), strings), request, context, status: errors.status)
    }

    @Sendable private func remove(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        _ = try await site.form(request, context)
        do {
            try await places.remove(
                scene.place, by: scene.account.acting(for: scene.vote, [.participationAgent, .returningOfficer]))
            return site.see(PlaceScene.places(of: scene.vote), flash: .done("places.removed"))
        } catch let refusal as PlaceRefusal {
            return try settingsPage(
                scene, PlaceForm(scene.place.draft), refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    // MARK: Shifts

    @Sendable private func plan(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let form: Fields = try await site.form(request, context)
        let strings: Strings = site.strings(context)
        var errors = FieldErrors()
        let email: EmailAddress? = EmailAddress(form.text("email"))
        if email == nil { errors.add("email", "places.refusal.no_account") }
        let (starts, ends) = (strings.moment(minute: form.text("starts")), strings.moment(minute: form.text("ends")))
        if starts == nil { errors.add("starts", "places.refusal.time") }
        if ends == nil { errors.add("ends", "places.refusal.time") }
        guard let email, let starts, let ends else { return try await page(form, errors, request, context) }
        do {
            try await places.plan(
                email, at: scene.place, from: starts, to: ends,
                by: scene.account.acting(for: scene.vote, [.participationAgent, .returningOfficer]))
            return site.see(scene.base, flash: .done("places.shift.planned"))
        } catch let refusal as PlaceRefusal {
            return try await page(form, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func cancel(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        _ = try await site.form(request, context)
        do {
            try await places.cancel(
                try context.id("shift", of: Shift.self), at: scene.place,
                by: scene.account.acting(for: scene.vote, [.participationAgent, .returningOfficer]))
            return site.see(scene.base, flash: .done("places.shift.cancelled"))
        } catch is NotAllowed { throw Absent() }
    }
}

extension FieldErrors {
    /// 422 for a form that is shown again.
    var status: HTTPResponse.Status { isEmpty ? .ok : .unprocessableContent }

    /// The title of the window, which says first that something is wrong.
    func title(_ title: String, _ strings: Strings) -> String {
        isEmpty ? title : strings("errors.in_title", ["title": title])
    }
}
