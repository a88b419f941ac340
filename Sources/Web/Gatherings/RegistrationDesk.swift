import Foundation
import Hummingbird
import Participation

/// Who comes to a walk or an event, for the agents of its process: the list, people entered for, cancelled, printed, taken along.
struct RegistrationDesk: Sendable {
    private let site: Site
    private let processes: Processes
    private let gatherings: Gatherings

    /// The pages over the capabilities they need.
    init(site: Site, processes: Processes, gatherings: Gatherings) {
        self.site = site
        self.processes = processes
        self.gatherings = gatherings
    }

    /// Adds `/desk/processes/{process}/walks/{walk}/registrations`, the same of events, and what is below them.
    func add(to routes: RouterGroup<AppContext>) {
        for kind in Occasion.Kind.allCases {
            let base = "/desk/processes/{process}\(kind.pattern)/registrations"
            func path(_ rest: String = "") -> RouterPath { RouterPath(base + rest) }
            routes.get(path()) { request, context in try await list(kind, request, context) }
            routes.get(path(".csv")) { request, context in try await file(kind, request, context) }
            routes.get(path("/print")) { request, context in try await printed(kind, request, context) }
            routes.get(path("/new")) { request, context in try await blank(kind, request, context) }
            routes.post(path()) { request, context in try await enter(kind, request, context) }
            routes.get(path("/{registration}/receipt")) { request, context in
                try await receipt(kind, request, context)
            }
            routes.get(path("/{registration}/cancellation")) { request, context in
                try await cancellation(kind, request, context)
            }
            routes.post(path("/{registration}/cancellation")) { request, context in
                try await cancel(kind, request, context)
            }
        }
    }

    /// What these pages say of one walk or event, without anybody who comes to it.
    private struct Scene {
        let own: OccasionScene
        let turnout: Turnout
        let head: GatheringHead

        var occasion: Occasion { own.occasion }
        var base: String { own.base }
    }

    private func own(_ kind: Occasion.Kind, _ context: AppContext) async throws -> OccasionScene {
        try await .find(kind, context, processes, gatherings, site.strings(context))
    }

    private func scene(_ kind: Occasion.Kind, _ context: AppContext) async throws -> Scene {
        let own: OccasionScene = try await own(kind, context)
        let id: ID<Gathering> = own.occasion.gathering.id
        guard let turnout = try await gatherings.turnouts(of: [id])[id] else { throw Absent() }
        let standing = GatheringStanding(own.occasion, turnout, at: Date())
        return Scene(own: own, turnout: turnout, head: GatheringHead(own.occasion, standing, own.strings))
    }

    /// Who comes to it: that they were read is recorded.
    private func parties(_ scene: Scene) async throws -> [Registration] {
        try await gatherings.registrations(of: scene.occasion.gathering.id, by: scene.own.actor).registrations
    }

    private func crumbs(_ scene: Scene) -> [PlaceLink] {
        scene.own.crumbs + [PlaceLink(label: scene.own.strings("gatherings.desk.title"), href: scene.base)]
    }

    // MARK: The list

    private func list(
        _ kind: Occasion.Kind, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: Scene = try await scene(kind, context)
        let (strings, turnout): (Strings, Turnout) = (scene.own.strings, scene.turnout)
        let (registered, waiting) = PartyLine.lines(try await parties(scene), base: scene.base, strings)
        var figures: [PlaceFact] = [
            PlaceFact(name: strings("gatherings.desk.people"), text: strings.number(turnout.people)),
            PlaceFact(name: strings("gatherings.desk.waiting"), text: strings.number(turnout.waitingPeople)),
            PlaceFact(name: strings("gatherings.desk.present"), text: strings.number(turnout.came)),
        ]
        if let free = turnout.free {
            figures.insert(PlaceFact(name: strings("gatherings.desk.free"), text: strings.number(free)), at: 1)
        }
        let toCall: Int = (registered + waiting).count(where: \.hasNoEmail)
        return site.page(
            RegistrationsPage(
                crumbs: scene.own.crumbs, head: scene.head, figures: figures, base: scene.base,
                doorHref: "\(scene.occasion.path)/door", registered: registered,
                hasRegistered: !registered.isEmpty, waiting: waiting, hasWaiting: !waiting.isEmpty,
                toCall: toCall == 0 ? nil : strings.plural("gatherings.desk.to_call", toCall)),
            title: strings("gatherings.desk.title"), request, context, scripts: ["print.js"])
    }

    private func printed(
        _ kind: Occasion.Kind, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: Scene = try await scene(kind, context)
        let strings: Strings = scene.own.strings
        let (registered, waiting) = PartyLine.lines(try await parties(scene), base: scene.base, strings)
        return site.page(
            AttendanceListPage(
                crumbs: crumbs(scene), head: scene.head,
                words: strings.plural("gatherings.desk.list.words", scene.turnout.people), parties: registered,
                waiting: waiting, hasWaiting: !waiting.isEmpty),
            title: strings("gatherings.desk.list"), request, context, scripts: ["print.js"])
    }

    private func file(
        _ kind: Occasion.Kind, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: Scene = try await scene(kind, context)
        let head: [String] = [
            "state", "name", "people", "email", "phone", "needs", "language", "registered_at", "entered_by_agent",
            "came",
        ]
        let rows: [[String]] = try await parties(scene).map { party in
            [
                party.state.rawValue, party.name, String(party.party), party.email ?? "", party.phone ?? "",
                party.needs, party.language.rawValue, party.registeredAt.formatted(.iso8601),
                party.isEntered ? "yes" : "no", party.came.map(String.init) ?? "",
            ]
        }
        return site.download(
            Array(CSVText.write([head] + rows).utf8), name: "\(scene.occasion.handle)-registrations.csv",
            type: "text/csv; charset=utf-8")
    }

    // MARK: Entering somebody

    private func blank(
        _ kind: Occasion.Kind, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        try await entry(RegistrationForm(), FieldErrors(), .ok, kind, request, context)
    }

    private func enter(
        _ kind: Occasion.Kind, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let own: OccasionScene = try await own(kind, context)
        let form = RegistrationForm(try await site.form(request, context))
        do {
            let id: ID<Registration> = try await gatherings.enter(
                form.draft, for: own.occasion.gathering.id, language: Language(rawValue: form.language) ?? .french,
                by: own.actor)
            return site.see("\(own.base)/\(id)/receipt", flash: .done("gatherings.flash.entered"))
        } catch let refused as Refused<RegistrationRefusal> {
            return try await entry(
                form, FieldErrors(refused, own.strings), refused.status, kind, request, context)
        }
    }

    private func entry(
        _ form: RegistrationForm, _ errors: FieldErrors, _ status: HTTPResponse.Status, _ kind: Occasion.Kind,
        _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: Scene = try await scene(kind, context)
        let strings: Strings = scene.own.strings
        let chosen: String = form.language.isEmpty ? context.language.rawValue : form.language
        return site.page(
            RegistrationEntryPage(
                crumbs: crumbs(scene), errors: errors.summary(strings), head: scene.head, action: scene.base,
                person: [
                    errors.field(
                        "name", label: strings("gatherings.name"), value: form.name, autocomplete: "off", strings),
                    errors.field(
                        "email", label: strings("gatherings.email"), value: form.email, type: "email",
                        hint: strings("gatherings.desk.email.hint"), optional: true, autocomplete: "off",
                        inputmode: "email", strings),
                ], party: form.partyFields(of: scene.occasion, errors, strings),
                languages: Language.allCases.map {
                    SelectOption(
                        value: $0.rawValue, label: ReaderChoice.name(of: $0), selected: $0.rawValue == chosen)
                }, kept: strings("gatherings.kept", ["days": strings.number(Gatherings.memoryInDays)])),
            title: errors.title(strings("gatherings.desk.enter"), strings), request, context, status: status)
    }

    private func receipt(
        _ kind: Occasion.Kind, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (scene, party, parties) = try await found(kind, context)
        let strings: Strings = scene.own.strings
        let address: String = site.absolute(
            "\(scene.occasion.path)/registration/\(gatherings.token(of: party).text)")
        let position: Int? = parties.filter { $0.state == .waiting }.firstIndex { $0.id == party.id }
        return site.page(
            RegistrationReceiptPage(
                crumbs: crumbs(scene), head: scene.head,
                status: StatusWord(party.state, position: position.map { $0 + 1 }, strings),
                facts: [
                    PlaceFact(name: strings("gatherings.name"), text: party.name),
                    PlaceFact(name: strings("gatherings.for"), text: GatheringWords(strings).party(party.party)),
                    PlaceFact(
                        name: strings("gatherings.receipt.made"), text: strings.moment(party.registeredAt)),
                ], code: QR.svg(address), address: address,
                phone: strings("gatherings.receipt.phone", ["phone": site.city.help.phone]),
                newHref: "\(scene.base)/new", listHref: scene.base),
            title: strings("gatherings.receipt.title"), request, context, scripts: ["print.js"])
    }

    // MARK: Cancelling for somebody

    private func cancellation(
        _ kind: Occasion.Kind, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        try await cancellation("", FieldErrors(), .ok, kind, request, context)
    }

    private func cancel(
        _ kind: Occasion.Kind, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let own: OccasionScene = try await own(kind, context)
        let reason: String = try await site.form(request, context).text("reason")
        do {
            try await gatherings.cancel(
                try context.id("registration", of: Registration.self), of: own.occasion.gathering.id,
                because: reason, by: own.actor)
            return site.see(own.base, flash: .done("gatherings.flash.cancelled_for"))
        } catch let refused as Refused<RegistrationRefusal> {
            return try await cancellation(
                reason, FieldErrors(refused, own.strings), refused.status, kind, request, context)
        } catch is NotAllowed {
            throw Absent()
        }
    }

    private func cancellation(
        _ reason: String, _ errors: FieldErrors, _ status: HTTPResponse.Status, _ kind: Occasion.Kind,
        _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (scene, party, _) = try await found(kind, context)
        let strings: Strings = scene.own.strings
        return site.page(
            CancellationPage(
                crumbs: crumbs(scene), errors: errors.summary(strings), head: scene.head,
                line: PartyLine(party, position: nil, base: scene.base, strings),
                reason: errors.field(
                    "reason", label: strings("gatherings.desk.reason"), value: reason,
                    hint: strings("gatherings.desk.reason.hint"), autocomplete: "off", strings),
                action: "\(scene.base)/\(party.id)/cancellation"),
            title: errors.title(strings("gatherings.desk.cancel"), strings), request, context, status: status)
    }

    /// The registration of the path among those of the walk or event.
    private func found(
        _ kind: Occasion.Kind, _ context: AppContext
    ) async throws -> (Scene, Registration, [Registration]) {
        let scene: Scene = try await scene(kind, context)
        let parties: [Registration] = try await parties(scene)
        let id: ID<Registration> = try context.id("registration", of: Registration.self)
        guard let party = parties.first(where: { $0.id == id }) else { throw Absent() }
        return (scene, party, parties)
    }
}
