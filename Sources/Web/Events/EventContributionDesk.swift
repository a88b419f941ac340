import Foundation
import Hummingbird
import Participation

/// What was said at an event, as its agents write it down and lead it on.
struct EventContributionDesk: Sendable {
    let site: Site
    let processes: Processes
    let events: Events
    let contributions: EventContributions

    /// Adds `/desk/processes/{process}/events/{event}/contributions` and what is below it.
    func add(to routes: RouterGroup<AppContext>) {
        let own = "/desk/processes/{process}/events/{event}/contributions"
        routes.get("\(own)", use: list)
        routes.post("\(own)", use: write)
        routes.get("\(own)/{contribution}", use: show)
        routes.post("\(own)/{contribution}", use: follow)
        routes.post("\(own)/{contribution}/removal", use: remove)
    }

    private func scene(_ context: AppContext) async throws -> EventScene {
        try await .find(context, processes, site.strings(context), events)
    }

    // MARK: Writing down

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: EventScene = try await scene(context)
        var form = StaffForm()
        form["language"] = context.language.rawValue
        return try await listPage(scene, form, FieldErrors(), request, context)
    }

    @Sendable private func write(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: EventScene = try await scene(context)
        let event: Event = try scene.required()
        let form = StaffForm(try await site.form(request, context))
        do {
            let lead: EventContribution.Lead? = try await lead(form, of: event)
            try await contributions.add(
                form["words"], in: Language(rawValue: form["language"]) ?? context.language, leadingTo: lead,
                to: event.id, by: scene.actor)
            return site.see("\(scene.own)/contributions", flash: .done("events.done.contribution"))
        } catch let errors as FieldErrors {
            return try await listPage(scene, form, errors, request, context)
        } catch let refused as Refused<ContributionRefusal> {
            return try await listPage(scene, form, refused.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func listPage(
        _ scene: EventScene, _ form: StaffForm, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        let event: Event = try scene.required()
        let base = "\(scene.own)/contributions"
        let said: [EventContribution] = try await contributions.list(of: event.id)
        let languages: [(value: String, label: String)] = Language.allCases.map {
            ($0.rawValue, ReaderChoice.name(of: $0))
        }
        let words = StaffFormPage(
            "events.contribution.act", in: "events",
            asking: [
                StaffQuestion(name: "words", kind: .area, hasHint: true),
                StaffQuestion(name: "language", kind: .choice(languages)),
            ] + (try await leads(scene, event)), form, errors, crumbs: scene.crumbs, action: base,
            backHref: scene.own, strings)
        let page = ContributionsDeskPage(
            crumbs: scene.crumbs, errors: errors.summary(strings), form: words,
            said: said.map { SaidLine($0, editing: base, strings) }, isEmpty: said.isEmpty)
        return site.page(
            page, title: errors.title(strings("events.contributions.title"), strings), request, context,
            status: errors.status)
    }

    // MARK: Leading on

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: EventScene = try await scene(context)
        let said: EventContribution = try await found(scene, context)
        var form = StaffForm()
        form.put("outcome", said.outcome)
        form["lead"] = "kept"
        return try await onePage(scene, said, form, FieldErrors(), request, context)
    }

    @Sendable private func follow(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: EventScene = try await scene(context)
        let event: Event = try scene.required()
        let said: EventContribution = try await found(scene, context)
        let form = StaffForm(try await site.form(request, context))
        do {
            let isKept: Bool = form["lead"] == "kept"
            try await contributions.follow(
                said.id, of: event.id, leadingTo: isKept ? nil : try await lead(form, of: event),
                keepingLead: isKept, outcome: form.texts("outcome"), by: scene.actor)
            return site.see("\(scene.own)/contributions", flash: .done("events.done.contribution"))
        } catch let errors as FieldErrors {
            return try await onePage(scene, said, form, errors, request, context)
        } catch let refused as Refused<ContributionRefusal> {
            return try await onePage(scene, said, form, refused.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func remove(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: EventScene = try await scene(context)
        let said: EventContribution = try await found(scene, context)
        _ = try await site.form(request, context)
        do {
            try await contributions.remove(said.id, of: try scene.required().id, by: scene.actor)
            return site.see("\(scene.own)/contributions", flash: .done("events.done.contribution_removed"))
        } catch is NotAllowed { throw Absent() }
    }

    private func onePage(
        _ scene: EventScene, _ said: EventContribution, _ form: StaffForm, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        let event: Event = try scene.required()
        let base = "\(scene.own)/contributions"
        let words = StaffFormPage(
            "events.contribution.follow", in: "events",
            asking: (try await leads(scene, event, kept: said.place)) + [
                StaffQuestion(name: "outcome", kind: .area, isTranslated: true, isOptional: true, hasHint: true)
            ], form, errors, crumbs: scene.crumbs, action: "\(base)/\(said.id)", backHref: base, strings)
        let page = ContributionDeskPage(
            crumbs: scene.crumbs + [PlaceLink(label: strings("events.contributions.title"), href: base)],
            errors: errors.summary(strings), form: words, line: SaidLine(said, strings),
            removalHref: "\(base)/\(said.id)/removal")
        return site.page(
            page, title: errors.title(words.heading, strings), request, context, status: errors.status)
    }

    // MARK: Parts

    private func found(_ scene: EventScene, _ context: AppContext) async throws -> EventContribution {
        let id: ID<EventContribution> = try context.id("contribution", of: EventContribution.self)
        let all: [EventContribution] = try await contributions.list(of: try scene.required().id)
        guard let said = all.first(where: { $0.id == id }) else { throw Absent() }
        return said
    }

    /// Where something may lead: a list, and the number of a proposal.
    ///
    /// - Parameter kept: where it has led so far.
    private func leads(
        _ scene: EventScene, _ event: Event, kept: EventContribution.Place? = nil
    ) async throws -> [StaffQuestion] {
        let strings: Strings = scene.strings
        var offered: [(value: String, label: String)] = []
        if let kept { offered.append(("kept", EventWords(strings).link(kept).label)) }
        offered += [("", strings("events.lead.own")), ("proposal", strings("events.lead.proposal"))]
        for (lead, title) in try await contributions.choices(for: event.id, by: scene.actor) {
            offered.append((lead.value, strings("events.lead.\(lead.key)", ["title": title(strings.language)])))
        }
        return [
            StaffQuestion(name: "lead", kind: .choice(offered), hasHint: true),
            StaffQuestion(name: "proposal", kind: .number, isOptional: true, hasHint: true),
        ]
    }

    private func lead(_ form: StaffForm, of event: Event) async throws -> EventContribution.Lead? {
        guard form["lead"] == "proposal" else { return EventContribution.Lead(form["lead"]) }
        guard let number = Int64(form["proposal"]),
            let proposal = try await contributions.proposal(number, for: event)
        else { throw FieldErrors("proposal", "events.refusal.proposal") }
        return .proposal(proposal)
    }
}

extension EventContribution.Lead {
    /// The last part of the key of its words.
    fileprivate var key: String {
        switch self {
        case .proposal: "proposal"
        case .argument: "argument"
        case .paragraph: "paragraph"
        case .questionnaire: "questionnaire"
        }
    }

    /// As forms send it.
    fileprivate var value: String {
        switch self {
        case .proposal(let id): "proposal_\(id)"
        case .argument(let id): "argument_\(id)"
        case .paragraph(let id): "paragraph_\(id)"
        case .questionnaire(let id): "questionnaire_\(id)"
        }
    }

    /// What a form sent; nil for what stands by itself.
    fileprivate init?(_ value: String) {
        let parts: [Substring] = value.split(separator: "_", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let id = String(parts[1])
        let read: EventContribution.Lead? =
            switch parts[0] {
            case "argument": ID(id).map { .argument($0) }
            case "paragraph": ID(id).map { .paragraph($0) }
            case "questionnaire": ID(id).map { .questionnaire($0) }
            default: nil
            }
        guard let read else { return nil }
        self = read
    }
}

extension Refused<ContributionRefusal> {
    /// The refusals, each at the field it concerns.
    fileprivate func fieldErrors(_ strings: Strings) -> FieldErrors {
        var errors = FieldErrors()
        for reason in reasons {
            switch reason {
            case .wordsMissing: errors.add("words", "events.refusal.words")
            case .wordsTooLong(let excess):
                errors.add("words", "events.refusal.words_long", ["count": strings.number(excess)])
            case .noSuchProposal: errors.add("proposal", "events.refusal.proposal")
            case .noSuchPlace: errors.add("lead", "events.refusal.lead")
            case .tooEarly: errors.add("", "events.refusal.said_early")
            }
        }
        return errors
    }
}

/// What was said at an event, at the desk, and the form of another one.
struct ContributionsDeskPage: PageView {
    static let template = "events/contributions"

    let crumbs: [PlaceLink]
    let errors: ErrorSummary?
    let form: StaffFormPage
    let said: [SaidLine]
    let isEmpty: Bool

    static let sample = ContributionsDeskPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")],
        errors: ErrorSummary(items: [.init(field: "words", text: "Manque")]), form: .sample, said: [.sample],
        isEmpty: true)
}

/// One thing that was said: where it led, and what became of it.
struct ContributionDeskPage: PageView {
    static let template = "events/contribution"

    let crumbs: [PlaceLink]
    let errors: ErrorSummary?
    let form: StaffFormPage
    let line: SaidLine
    let removalHref: String

    static let sample = ContributionDeskPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")],
        errors: ErrorSummary(items: [.init(field: "lead", text: "Manque")]), form: .sample, line: .sample,
        removalHref: "/x/removal")
}
