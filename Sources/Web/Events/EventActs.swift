import Foundation
import Hummingbird
import Participation

/// What an agent does to an event by a form of its own. The raw value is its path.
enum EventAct: String, CaseIterable, Sendable {
    case new, words, time, date, cancellation, withdrawal, removal

    /// What is done at once and cannot be taken back wears another colour.
    var isGrave: Bool { self == .cancellation || self == .removal }

    /// Whether it is offered on the event's page; the verb decides whether it is done.
    func isOffered(for event: Event) -> Bool {
        let (isPublic, isOff) = (event.publishedAt != nil, event.gathering.cancelledAt != nil)
        return switch self {
        case .new: false
        case .words: true
        case .time, .removal: !isPublic
        case .date, .cancellation: isPublic && !isOff && event.gathering.endsAt > Date()
        case .withdrawal: isPublic
        }
    }

    /// What it asks for.
    func questions(_ consultations: [Consultation], _ strings: Strings) -> [StaffQuestion] {
        switch self {
        case .new:
            [StaffQuestion(name: "handle", kind: .line, hasHint: true)] + Self.when
                + Self.about(consultations, strings)
        case .words: Self.about(consultations, strings)
        case .time, .date: Self.when
        case .cancellation:
            [StaffQuestion(name: "reason", kind: .area, isTranslated: true, hasHint: true)]
        case .withdrawal, .removal: []
        }
    }

    private static let when: [StaffQuestion] = [
        StaffQuestion(name: "starts_at", kind: .moment), StaffQuestion(name: "ends_at", kind: .moment),
    ]

    private static func about(_ consultations: [Consultation], _ strings: Strings) -> [StaffQuestion] {
        let none: [(value: String, label: String)] = [("", strings("events.consultation.none"))]
        return [
            StaffQuestion(
                name: "kind",
                kind: .choice(Event.Kind.allCases.map { ($0.rawValue, EventWords(strings).kind($0)) })),
            StaffQuestion(name: "online_address", kind: .address, isOptional: true, hasHint: true),
            StaffQuestion(name: "online_is_open", kind: .check, hasHint: true),
            StaffQuestion(
                name: "consultation",
                kind: .choice(
                    consultations.isEmpty
                        ? [] : none + consultations.map { ($0.handle, $0.title(strings.language)) })),
            StaffQuestion(name: "places", kind: .number, isOptional: true, hasHint: true),
            StaffQuestion(name: "most_companions", kind: .number),
            StaffQuestion(name: "registration_closes_at", kind: .moment, isOptional: true, hasHint: true),
            StaffQuestion(name: "latitude", kind: .degrees, isOptional: true),
            StaffQuestion(name: "longitude", kind: .degrees, isOptional: true),
            StaffQuestion(name: "title", kind: .line, isTranslated: true),
            StaffQuestion(name: "place", kind: .area, isTranslated: true, isOptional: true, hasHint: true, rows: 2),
            StaffQuestion(name: "description", kind: .area, isTranslated: true, isOptional: true, hasHint: true),
            StaffQuestion(name: "agenda", kind: .area, isTranslated: true, isOptional: true, hasHint: true),
            StaffQuestion(name: "accessibility", kind: .area, isTranslated: true, isOptional: true, hasHint: true),
            StaffQuestion(name: "help", kind: .area, isTranslated: true, isOptional: true, hasHint: true),
        ]
    }
}

/// The acts of an agent on an event, each a form: GET shows it, POST records it.
struct EventActs: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let events: Events
    let gatherings: Gatherings
    let map: CityMap

    /// Adds the routes below `/desk/processes/{process}/events`.
    func add(to routes: RouterGroup<AppContext>) {
        for act in EventAct.allCases {
            let path: RouterPath =
                act == .new
                ? "/desk/processes/{process}/events/new"
                : RouterPath("/desk/processes/{process}/events/{event}/\(act.rawValue)")
            routes.get(path) { request, context in try await show(act, request, context) }
            routes.post(path) { request, context in try await record(act, request, context) }
        }
    }

    private func scene(_ act: EventAct, _ context: AppContext) async throws -> EventScene {
        try await .find(context, processes, site.strings(context), act == .new ? nil : events)
    }

    private func show(_ act: EventAct, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: EventScene = try await scene(act, context)
        let all: [Consultation] = try await consultations.all(of: scene.process.id, by: scene.actor)
        var form = StaffForm(scene.event, all, scene.strings)
        // From the page of a consultation one comes with its handle.
        if act == .new { form["consultation"] = try request.query().text("consultation") }
        return try await page(act, form, scene, all, FieldErrors(), request, context)
    }

    private func record(_ act: EventAct, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: EventScene = try await scene(act, context)
        let form = StaffForm(try await site.form(request, context))
        let all: [Consultation] = try await consultations.all(of: scene.process.id, by: scene.actor)
        do {
            let next: String = try await apply(act, form, scene, all)
            return site.see(next, flash: .done("events.done.\(act.rawValue)"))
        } catch let errors as FieldErrors {
            return try await page(act, form, scene, all, errors, request, context)
        } catch let refused as Refused<EventRefusal> {
            return try await page(act, form, scene, all, refused.fieldErrors, request, context)
        } catch let refused as Refused<GatheringRefusal> {
            return try await page(act, form, scene, all, refused.reasons[0].eventErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    /// Does what the form asks for, and returns where that leads.
    private func apply(
        _ act: EventAct, _ form: StaffForm, _ scene: EventScene, _ all: [Consultation]
    ) async throws -> String {
        let (actor, strings): (Actor, Strings) = (scene.actor, scene.strings)
        guard let event = scene.event else {
            var errors = FieldErrors()
            let starts: Date? = form.moment("starts_at", strings, &errors)
            let ends: Date? = form.moment("ends_at", strings, &errors)
            let draft: EventDraft = form.event(among: all, strings, &errors)
            try errors.throwIfAny()
            guard let starts, let ends else { throw errors }
            try await events.plan(
                draft, handle: form["handle"], from: starts, until: ends, in: scene.process.id, by: actor)
            return "\(scene.base)/\(form["handle"])"
        }
        switch act {
        case .new: throw Absent()
        case .words:
            var errors = FieldErrors()
            let draft: EventDraft = form.event(among: all, strings, &errors)
            try errors.throwIfAny()
            try await events.describe(
                event.id, draft, revision: form.revision, telling: gatherings, by: actor)
        case .time, .date:
            var errors = FieldErrors()
            let starts: Date? = form.moment("starts_at", strings, &errors)
            let ends: Date? = form.moment("ends_at", strings, &errors)
            guard let starts, let ends else { throw errors }
            if act == .time {
                try await events.schedule(event.id, from: starts, until: ends, by: actor)
            } else {
                try await gatherings.move(event.gathering.id, to: starts, ends: ends, by: actor)
            }
        case .cancellation:
            try await gatherings.cancel(event.gathering.id, reason: form.texts("reason"), by: actor)
        case .withdrawal: try await events.withdraw(event.id, by: actor)
        case .removal:
            try await events.remove(event.id, by: actor)
            return scene.base
        }
        return scene.own
    }

    private func page(
        _ act: EventAct, _ form: StaffForm, _ scene: EventScene, _ all: [Consultation], _ errors: FieldErrors,
        _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        let view: MapView? =
            act == .new || act == .words
            ? try await map.view([], words: strings("events.map.pick"), picks: true, strings.language) : nil
        let page = StaffFormPage(
            "events.act.\(act.rawValue)", in: "events", asking: act.questions(all, strings), form, errors,
            crumbs: scene.crumbs, action: "\(scene.own)/\(act.rawValue)", backHref: scene.own, isGrave: act.isGrave,
            map: view, strings)
        return site.page(
            page, title: errors.title(page.heading, strings), request, context, status: errors.status,
            scripts: view == nil ? [] : ["map.js"])
    }
}

extension StaffForm {
    /// The form of an event before anybody has typed.
    fileprivate init(_ event: Event?, _ consultations: [Consultation], _ strings: Strings) {
        self.init()
        self["most_companions"] = "4"
        guard let event else { return }
        let gathering: Gathering = event.gathering
        self["revision"] = String(event.revision)
        self["starts_at"] = strings.minute(gathering.startsAt)
        self["ends_at"] = strings.minute(gathering.endsAt)
        self["kind"] = event.kind.rawValue
        self["online_address"] = event.onlineAddress ?? ""
        self["online_is_open"] = event.isOnlineOpen ? "1" : ""
        self["consultation"] = consultations.first { $0.id == event.consultation }?.handle ?? ""
        self["places"] = gathering.places.map(String.init) ?? ""
        self["most_companions"] = String(gathering.mostCompanions)
        self["registration_closes_at"] = gathering.registrationClosesAt.map(strings.minute) ?? ""
        self["latitude"] = event.point.map { "\($0.latitude)" } ?? ""
        self["longitude"] = event.point.map { "\($0.longitude)" } ?? ""
        put("title", event.title)
        put("place", event.place)
        put("description", event.description)
        put("agenda", event.agenda)
        put("accessibility", event.accessibility)
        put("help", event.help)
    }

    /// What was typed of an event.
    fileprivate func event(
        among consultations: [Consultation], _ strings: Strings, _ errors: inout FieldErrors
    ) -> EventDraft {
        let consultation: Consultation? = consultations.first { $0.handle == self["consultation"] }
        if consultation == nil, !self["consultation"].isEmpty {
            errors.add("consultation", "events.refusal.consultation")
        }
        var closes: Date?
        if !self["registration_closes_at"].isEmpty { closes = moment("registration_closes_at", strings, &errors) }
        return EventDraft(
            title: texts("title"), description: texts("description"), agenda: texts("agenda"),
            consultation: consultation?.id, kind: Event.Kind(rawValue: self["kind"]) ?? .inPerson,
            place: texts("place"), point: point(&errors), accessibility: texts("accessibility"), help: texts("help"),
            onlineAddress: self["online_address"], isOnlineOpen: !self["online_is_open"].isEmpty,
            places: number("places", empty: nil, &errors),
            mostCompanions: number("most_companions", empty: 4, &errors) ?? 4, registrationClosesAt: closes)
    }
}

extension Refused<EventRefusal> {
    /// The refusals, each at the field it concerns.
    var fieldErrors: FieldErrors {
        var errors = FieldErrors()
        for reason in reasons {
            let (field, key): (String, String) =
                switch reason {
                case .untitled: ("title-fr", "untitled")
                case .malformedHandle: ("handle", "handle")
                case .handleTaken: ("handle", "handle_taken")
                case .placeMissing: ("place-fr", "place")
                case .addressMissing: ("online_address", "address")
                case .times: ("ends_at", "times")
                case .places: ("places", "places")
                case .companions: ("most_companions", "companions")
                case .placesTaken: ("places", "places_taken")
                case .registrationClosesTooLate: ("registration_closes_at", "closes")
                case .noSuchConsultation: ("consultation", "consultation")
                case .changedMeanwhile: ("", "changed")
                case .published: ("", "published")
                case .notPublished: ("", "not_published")
                case .calledOff: ("", "called_off")
                case .inUse: ("", "in_use")
                case .minutesMissing: ("minutes-fr", "minutes_missing")
                case .minutesTooEarly: ("", "minutes_early")
                case .minutesPublished: ("", "minutes_published")
                }
            errors.add(field, "events.refusal.\(key)")
        }
        return errors
    }
}

extension GatheringRefusal {
    /// The refusal at the field of the form that moves an event or calls it off.
    fileprivate var eventErrors: FieldErrors {
        switch self {
        case .times: FieldErrors("starts_at", "events.refusal.moved")
        case .reasonMissing: FieldErrors("reason-fr", "events.refusal.reason")
        case .calledOff: FieldErrors("", "events.refusal.called_off")
        case .over: FieldErrors("", "events.refusal.over")
        }
    }
}
