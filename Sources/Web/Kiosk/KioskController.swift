import Foundation
import HTTPTypes
public import Hummingbird
public import Participation

/// A device that an officer opened for residents to vote at, and the officer's side of it.
///
/// The device shows who is expected and nothing else. Between two people everything is taken back: the session, its
/// cookie, what the browser kept.
public struct KioskController: Sendable {
    private let site: Site
    private let votes: Votes
    private let places: Places
    private let voters: Voters
    private let devices: Devices
    private let kiosks: Kiosks

    /// The pages over the capabilities they need.
    public init(
        site: Site, votes: Votes, places: Places, voters: Voters, devices: Devices, kiosks: Kiosks
    ) {
        self.site = site
        self.votes = votes
        self.places = places
        self.voters = voters
        self.devices = devices
        self.kiosks = kiosks
    }

    /// Adds `/kiosk` and the officer's pages below a place.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/kiosk", use: device)
        routes.post("/kiosk/session", use: begin)
        routes.post("/kiosk/end", use: end)
        routes.get("/kiosk/pause", use: pause)
        routes.get("/kiosk/over", use: over)
        routes.get("/desk/votes/{vote}/places/{place}/kiosk", use: form)
        routes.post("/desk/votes/{vote}/places/{place}/kiosk", use: open)
        routes.post("/desk/votes/{vote}/places/{place}/kiosk/{device}/end", use: endByOfficer)
    }

    // MARK: The device

    @Sendable private func device(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let device = try await device(request) else {
            // The device has been closed: its browser is any browser again.
            guard site.kioskToken(request) != nil else { throw Absent() }
            return site.closingKiosk(site.see("/"))
        }
        if let voting = context.session?.voting, voting.kiosk != nil {
            return site.see("/votes/\(device.voteSlug)/ballot")
        }
        let scene: Kiosks.Scene = try await kiosks.scene(of: device)
        let strings: Strings = site.strings(context)
        var expected: String?
        if case .expected(let name) = scene { expected = name }
        var response: Response = site.page(
            KioskPage(
                deviceName: device.name, greeting: expected.map { strings("kiosk.greeting", ["name": $0]) },
                isBusy: scene == .voting), title: strings("kiosk.title"), request, context)
        response.headers[.cacheControl] = "no-store"
        // Looks again by itself, with or without JavaScript, until somebody is expected.
        if expected == nil { response.headers[.refresh] = "3" }
        return response
    }

    @Sendable private func begin(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try await site.form(request, context)
        guard let device = try await device(request) else { throw Absent() }
        guard let token = try await kiosks.begin(on: device) else { return site.see("/kiosk") }
        return site.signingIn(token, site.see("/votes/\(device.voteSlug)/ballot"))
    }

    @Sendable private func end(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try await site.form(request, context)
        return try await leave(context)
    }

    /// Asks whether somebody is still there; without an answer the page goes on to `over` by itself.
    @Sendable private func pause(_ request: Request, _ context: AppContext) async throws -> Response {
        guard context.session?.voting?.kiosk != nil, let device = try await device(request) else {
            return site.see("/kiosk")
        }
        let strings: Strings = site.strings(context)
        var response: Response = site.page(
            KioskPausePage(continueHref: "/votes/\(device.voteSlug)/ballot"), title: strings("kiosk.pause.title"),
            request,
            context)
        response.headers[.refresh] = "60; url=/kiosk/over"
        return response
    }

    /// Ends the session of this device; asked for by the page above when nobody answers.
    @Sendable private func over(_ request: Request, _ context: AppContext) async throws -> Response {
        try await leave(context)
    }

    private func leave(_ context: AppContext) async throws -> Response {
        guard let kiosk = context.session?.voting?.kiosk else { return site.see("/kiosk") }
        try await kiosks.end(kiosk)
        return site.clearing(site.see("/kiosk"))
    }

    private func device(_ request: Request) async throws -> PlaceDevice? {
        guard let token = site.kioskToken(request) else { return nil }
        return try await devices.find(token)
    }

    // MARK: The officer

    @Sendable private func form(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(try request.query(), FieldErrors(), problem: nil, request, context)
    }

    /// Answers with the receipt itself: its code is shown once.
    @Sendable private func open(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let form: Fields = try await site.form(request, context)
        let strings: Strings = site.strings(context)
        guard let person: ID<Person> = form.id("person", of: Person.self),
            let voter = try await voters.find(person, in: scene.vote.id)
        else { throw Absent() }
        guard let device: ID<PlaceDevice> = form.id("device", of: PlaceDevice.self) else {
            return try await page(form, FieldErrors("device", "kiosk.open.no_device"), problem: nil, request, context)
        }
        guard let consent = Consent(word: form.text("consent"), reference: form.text("reference")) else {
            return try await page(
                form, FieldErrors("consent", "assistance.consent.missing"), problem: nil, request, context)
        }
        do {
            let code: AssistanceCode = try await kiosks.open(
                for: person, named: voter.name, on: device, at: scene.place.id, consent: consent, by: scene.officer)
            return site.page(
                AssistanceReceiptPage(
                    name: voter.name, helper: scene.account.name, act: strings("assistance.act.kiosk"),
                    consent: consent, vote: scene.vote, place: scene.place, code: code,
                    backHref: "\(scene.base)/issue", site, strings),
                title: strings("assistance.receipt.title"), request, context, scripts: ["print.js"])
        } catch let refusal as Kiosks.Refusal {
            return try await page(form, FieldErrors(), problem: refusal.words(strings), request, context)
        } catch let refusal as Assistance.Refusal {
            return try await page(form, refusal.fieldErrors, problem: nil, request, context)
        } catch let refusal as PlaceRefusal {
            return try await page(
                form, FieldErrors(), problem: refusal.fieldErrors.text(for: "", strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func endByOfficer(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        _ = try await site.form(request, context)
        do {
            try await kiosks.end(
                on: try context.id("device", of: PlaceDevice.self), at: scene.place.id, by: scene.officer)
            return site.see("\(scene.base)/kiosk", flash: .done("kiosk.ended"))
        } catch is PlaceRefusal {
            return site.see("\(scene.base)/kiosk", flash: .failed("places.refusal.not_on_duty"))
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ form: Fields, _ errors: FieldErrors, problem: String?, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let strings: Strings = site.strings(context)
        var voter: FoundVoter?
        if let person: ID<Person> = form.id("person", of: Person.self) {
            voter = try await voters.find(person, in: scene.vote.id)
        }
        let open: [PlaceDevice] = try await devices.list(of: scene.place.id)
            .filter { $0.closing == nil && $0.purpose == .kiosk }
        let visits: [Kiosks.Visit] = try await kiosks.visits(at: scene.place.id)
        let taken: Set<ID<PlaceDevice>> = Set(visits.map(\.device))
        let free: [PlaceDevice] = open.filter { !taken.contains($0.id) }
        let summary: ErrorSummary? =
            problem.map { ErrorSummary(items: [.init(field: nil, text: $0)]) } ?? errors.summary(strings)
        let title: String = strings("kiosk.open.title")
        return site.page(
            KioskDeskPage(
                title: title, crumbs: scene.crumbs(strings), action: "\(scene.base)/kiosk",
                issueHref: "\(scene.base)/issue", devicesHref: "\(scene.base)/devices", errors: summary,
                voter: voter.map { voter in
                    KioskDeskPage.Voter(
                        person: voter.person.description, name: voter.name, voted: voter.mark?.words(strings),
                        devices: free.enumerated().map { index, device in
                            SelectOption(
                                value: device.id.description, label: device.name,
                                selected: form.text("device") == device.id.description || index == 0)
                        }, hasDevices: !free.isEmpty,
                        consents: PlaceWords.consents(form.text("consent"), strings),
                        reference: errors.field(
                            "reference", label: strings("assistance.reference"), value: form.text("reference"),
                            hint: strings("assistance.reference.hint"), optional: true, autocomplete: "off", strings))
                },
                visits: visits.map { visit in
                    KioskDeskPage.VisitLine(
                        device: visit.deviceName, name: visit.name, since: strings.time(visit.opened),
                        state: strings(
                            visit.hasCast
                                ? "kiosk.state.cast" : visit.hasBegun ? "kiosk.state.voting" : "kiosk.state.expected"),
                        endAction: "\(scene.base)/kiosk/\(visit.device)/end")
                }, hasVisits: !visits.isEmpty),
            title: summary == nil ? title : strings("errors.in_title", ["title": title]), request, context,
            status: summary == nil ? .ok : .unprocessableContent)
    }
}

extension Kiosks.Refusal {
    func words(_ strings: Strings) -> String {
        switch self {
        case .noKiosk: strings("kiosk.refusal.no_kiosk")
        case .notEligible: strings("places.refusal.not_eligible")
        case .marked(let mark): strings("kiosk.refusal.marked", ["mark": mark.words(strings)])
        case .deviceClosed: strings("places.refusal.device_closed")
        case .occupied: strings("kiosk.refusal.occupied")
        case .atAnotherDevice: strings("kiosk.refusal.at_another")
        }
    }
}

extension HTTPField.Name {
    /// Asks the browser for another page after a while.
    static let refresh = HTTPField.Name("Refresh")!
}
