import Foundation
import Hummingbird
import Participation

/// What came of an event, as its agents write it: minutes, documents, how many came.
struct EventMinutesDesk: Sendable {
    /// A file larger than may be is read to its end, up to here, so that the page can say so.
    private static let limits = MultipartForm.Limits(total: 32 << 20, fields: 16 * 1024, parts: 20)

    let site: Site
    let processes: Processes
    let events: Events
    let media: EventMedia
    /// Looking at a file costs seconds of a processor.
    private let buckets = Buckets(burst: 20, perMinute: 10)

    /// The pages over the capabilities they need.
    init(site: Site, processes: Processes, events: Events, media: EventMedia) {
        self.site = site
        self.processes = processes
        self.events = events
        self.media = media
    }

    /// Adds `/desk/processes/{process}/events/{event}/minutes` and what is below it.
    func add(to routes: RouterGroup<AppContext>) {
        let own = "/desk/processes/{process}/events/{event}/minutes"
        routes.get("\(own)", use: show)
        routes.post("\(own)", use: write)
        routes.post("\(own)/publication", use: publish)
        routes.post("\(own)/documents", use: bring)
        routes.post("\(own)/documents/{medium}/removal", use: remove)
        routes.post("\(own)/heads", use: count)
    }

    private func scene(_ context: AppContext) async throws -> EventScene {
        try await .find(context, processes, site.strings(context), events)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: EventScene = try await scene(context)
        return try await page(scene, Typed(), FieldErrors(), request, context)
    }

    @Sendable private func write(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: EventScene = try await scene(context)
        let form = StaffForm(try await site.form(request, context))
        return try await act(scene, Typed(minutes: form), "events.done.minutes", request, context) { event in
            try await events.write(
                form.texts("minutes"), of: event.id, revision: form.revision, by: scene.actor)
        }
    }

    @Sendable private func publish(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: EventScene = try await scene(context)
        _ = try await site.form(request, context)
        return try await act(scene, Typed(), "events.done.minutes_published", request, context) { event in
            try await events.publishMinutes(of: event.id, by: scene.actor)
        }
    }

    @Sendable private func bring(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: EventScene = try await scene(context)
        try buckets.take(Network(address: context.remoteAddress ?? ""))
        let (form, file) = try await MediaForm.read(request, context, site: site, limits: Self.limits)
        return try await act(scene, Typed(alt: form.alt), "media.added", request, context) { event in
            let medium: PreparedMedium = try await Media.prepare(file, alt: form.alt)
            try await media.add(medium, to: event.id, by: scene.actor)
        }
    }

    @Sendable private func remove(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: EventScene = try await scene(context)
        _ = try await site.form(request, context)
        let medium: ID<Medium> = try context.id("medium", of: Medium.self)
        return try await act(scene, Typed(), "media.removed", request, context) { event in
            try await media.remove(medium, of: event.id, by: scene.actor)
        }
    }

    @Sendable private func count(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: EventScene = try await scene(context)
        let form: Fields = try await site.form(request, context)
        return try await act(scene, Typed(heads: form), "walks.sheet.heads.saved", request, context) { event in
            var (counts, errors): ([HeadCategory: Int], FieldErrors) = ([:], FieldErrors())
            for category in HeadCategory.allCases where !form.text(category.rawValue).isEmpty {
                guard let count = form.integer(category.rawValue) else {
                    errors.add(category.rawValue, "events.refusal.number")
                    continue
                }
                counts[category] = count
            }
            try errors.throwIfAny()
            try await events.count(counts, at: event.id, by: scene.actor)
        }
    }

    // MARK: Parts

    /// What was typed into one of the forms of the page; nil for those that were not sent.
    private struct Typed {
        var minutes: StaffForm?
        var alt = ""
        var heads: Fields?
    }

    private func act(
        _ scene: EventScene, _ typed: Typed, _ done: String, _ request: Request, _ context: AppContext,
        _ body: (Event) async throws -> Void
    ) async throws -> Response {
        func again(_ errors: FieldErrors) async throws -> Response {
            try await page(scene, typed, errors, request, context)
        }
        do {
            try await body(try scene.required())
            return site.see("\(scene.own)/minutes", flash: .done(done))
        } catch let errors as FieldErrors {
            return try await again(errors)
        } catch let refused as Refused<EventRefusal> {
            return try await again(refused.fieldErrors)
        } catch let refused as Refused<HeadCounts.OutOfRange> {
            var errors = FieldErrors()
            for reason in refused.reasons { errors.add(reason.category.rawValue, "events.refusal.number") }
            return try await again(errors)
        } catch is Overloaded {
            return try await again(FieldErrors("file", "media.refusal.busy"))
        } catch let refused as Refused<MediaRefusal> {
            return try await again(refused.fieldErrors(scene.strings))
        } catch let refusal as MediaRefusal {
            return try await again(Refused(refusal).fieldErrors(scene.strings))
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ scene: EventScene, _ typed: Typed, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        let event: Event = try scene.required()
        var form: StaffForm = typed.minutes ?? StaffForm()
        if typed.minutes == nil {
            form["revision"] = String(event.revision)
            form.put("minutes", event.minutes)
        }
        let counted: [HeadCategory: Int] = try await events.heads(of: event.id)
        let words = StaffFormPage(
            "events.minutes.act", in: "events",
            asking: [StaffQuestion(name: "minutes", kind: .area, isTranslated: true, hasHint: true, rows: 12)], form,
            errors, crumbs: scene.crumbs, action: "\(scene.own)/minutes", backHref: scene.own, strings)
        let page = EventMinutesPage(
            crumbs: scene.crumbs, errors: errors.summary(strings), form: words,
            publicationHref: event.minutesPublishedAt == nil && !event.minutes.isEmpty
                ? "\(scene.own)/minutes/publication" : nil,
            since: event.minutesPublishedAt.map { strings("events.minutes.since", ["date": strings.date($0)]) },
            documents: try await media.list(of: event.id).map { medium in
                EventMinutesPage.Document(
                    name: medium.name,
                    href: medium.address(medium.kind == .image ? .large : .document),
                    removalHref: "\(scene.own)/minutes/documents/\(medium.id)/removal")
            }, bringHref: "\(scene.own)/minutes/documents",
            alt: errors.field(
                "alt", label: strings("events.minutes.alt"), value: typed.alt, hint: strings("events.minutes.alt.hint"),
                optional: true, autocomplete: "off", strings),
            fileProblem: errors.text(for: "file", strings),
            heads: HeadCategory.allCases.map { category in
                errors.field(
                    category.rawValue, label: WalkWords(strings).category(category),
                    value: typed.heads?.text(category.rawValue) ?? counted[category].map(String.init) ?? "",
                    optional: true, autocomplete: "off", inputmode: "numeric", size: "short", strings)
            }, headsHref: "\(scene.own)/minutes/heads")
        return site.page(
            page, title: errors.title(strings("events.minutes.title"), strings), request, context,
            status: errors.status)
    }
}

/// Minutes, documents and how many came, at the desk.
struct EventMinutesPage: PageView {
    static let template = "events/minutes"

    struct Document: Sendable {
        let name: String
        let href: String
        let removalHref: String
    }

    let crumbs: [PlaceLink]
    let errors: ErrorSummary?
    let form: StaffFormPage
    /// Where the minutes are published; nil where there is nothing to publish, or nothing more.
    let publicationHref: String?
    let since: String?
    let documents: [Document]
    let bringHref: String
    let alt: Field
    let fileProblem: String?
    let heads: [Field]
    let headsHref: String

    static let sample = EventMinutesPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")],
        errors: ErrorSummary(items: [.init(field: "file", text: "Trop lourd")]), form: .sample,
        publicationHref: "/x/publication", since: "Publié le 3 mars.",
        documents: [Document(name: "plan.pdf", href: "/media/x/document", removalHref: "/x/removal")],
        bringHref: "/x/documents", alt: FieldErrors.sampleField, fileProblem: "Trop lourd",
        heads: [FieldErrors.sampleField], headsHref: "/x/heads")
}
