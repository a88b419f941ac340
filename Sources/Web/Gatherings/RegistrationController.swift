import Foundation
import Hummingbird
import Participation

/// Registration for a gathering: with an account or by name and address, changed and cancelled through a link.
struct RegistrationController: Sendable {
    private let site: Site
    private let gatherings: Gatherings

    /// The pages over the capability they need.
    init(site: Site, gatherings: Gatherings) {
        self.site = site
        self.gatherings = gatherings
    }

    /// Adds `/walks/{walk}/registration`, `/events/{event}/registration` and what is below them, and
    /// `/account/registrations`.
    func add(to routes: RouterGroup<AppContext>) {
        for kind in Occasion.Kind.allCases {
            let base = "\(kind.pattern)/registration"
            func path(_ rest: String = "") -> RouterPath { RouterPath(base + rest) }
            routes.get(path()) { request, context in try await blank(kind, request, context) }
            routes.post(path()) { request, context in try await register(kind, request, context) }
            routes.get(path("/sent")) { request, context in try await sent(kind, request, context) }
            routes.get(path("/{token}")) { request, context in try await own(kind, request, context) }
            routes.post(path("/{token}")) { request, context in try await change(kind, request, context) }
            routes.post(path("/{token}/cancellation")) { request, context in
                try await cancel(kind, request, context)
            }
        }
        routes.get("/account/registrations", use: mine)
    }

    // MARK: Registering

    private func blank(
        _ kind: Occasion.Kind, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let occasion: Occasion = try await gatherings.published(kind, context)
        if let account = context.account,
            let own = try await gatherings.find(of: account.id, for: occasion.gathering.id)
        {
            return site.see(path(of: own, for: occasion))
        }
        return try await form(RegistrationForm(), FieldErrors(), .ok, occasion, request, context)
    }

    private func register(
        _ kind: Occasion.Kind, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let occasion: Occasion = try await gatherings.published(kind, context)
        let form = RegistrationForm(try await site.form(request, context))
        do {
            if let account = context.account {
                let registered: Registered = try await gatherings.register(
                    form.draft, for: occasion.gathering.id, by: .resident(account.id))
                guard let token = registered.token else { throw Absent() }
                return site.see(
                    "\(occasion.path)/registration/\(token.text)",
                    flash: .done(registered.isOld ? "gatherings.flash.old" : "gatherings.flash.done"))
            }
            let registered: Registered = try await gatherings.register(
                form.draft, for: occasion.gathering.id, language: context.language,
                from: context.visitor(request).network)
            return site.see(
                "\(occasion.path)/registration/sent"
                    + (registered.state == .waiting ? "?state=waiting" : ""))
        } catch let refused as Refused<RegistrationRefusal> {
            return try await self.form(
                form, FieldErrors(refused, site.strings(context)), refused.status, occasion, request, context)
        } catch is NotAllowed {
            throw Absent()
        }
    }

    private func sent(
        _ kind: Occasion.Kind, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let occasion: Occasion = try await gatherings.published(kind, context)
        let strings: Strings = site.strings(context)
        let isWaiting: Bool = try request.query().text("state") == "waiting"
        let key: String = isWaiting ? "waiting" : "registered"
        let title: String = strings("gatherings.sent.\(key)")
        return site.page(
            RegistrationSentPage(
                head: try await head(of: occasion, strings), title: title,
                words: strings("gatherings.sent.\(key).words", ["phone": site.city.help.phone]),
                calendarHref: isWaiting ? nil : "\(occasion.path).ics",
                mailHref: site.city.isDevelopment ? "/dev/mail" : nil),
            title: title, request, context)
    }

    // MARK: Changing one's mind

    private func own(
        _ kind: Occasion.Kind, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (occasion, registration, _) = try await found(kind, context)
        return try await ownPage(RegistrationForm(registration), FieldErrors(), .ok, occasion, request, context)
    }

    private func change(
        _ kind: Occasion.Kind, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (occasion, _, token) = try await found(kind, context)
        let form = RegistrationForm(try await site.form(request, context))
        do {
            try await gatherings.change(token, to: form.draft, by: actor(context))
            return site.see(
                "\(occasion.path)/registration/\(token.text)", flash: .done("gatherings.flash.changed"))
        } catch let refused as Refused<RegistrationRefusal> {
            return try await ownPage(
                form, FieldErrors(refused, site.strings(context)), refused.status, occasion, request, context)
        } catch is NotAllowed {
            throw Absent()
        }
    }

    private func cancel(
        _ kind: Occasion.Kind, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (occasion, registration, token) = try await found(kind, context)
        _ = try await site.form(request, context)
        do {
            try await gatherings.cancel(token, by: actor(context))
            return site.see(
                "\(occasion.path)", flash: .done("gatherings.flash.cancelled"))
        } catch let refused as Refused<RegistrationRefusal> {
            return try await ownPage(
                RegistrationForm(registration), FieldErrors(refused, site.strings(context)), refused.status, occasion,
                request, context)
        } catch is NotAllowed {
            throw Absent()
        }
    }

    @Sendable private func mine(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        let strings: Strings = site.strings(context)
        let list: [(occasion: Occasion, registration: Registration)] = try await gatherings.list(of: account.id)
        let turnouts: [ID<Gathering>: Turnout] = try await gatherings.turnouts(of: list.map(\.occasion.gathering.id))
        let now = Date()
        let lines: [MyRegistrationsPage.Line] = list.compactMap { occasion, registration in
            turnouts[occasion.gathering.id].map { turnout in
                MyRegistrationsPage.Line(
                    head: GatheringHead(occasion, GatheringStanding(occasion, turnout, at: now), strings),
                    status: StatusWord(registration.state, position: nil, strings),
                    party: GatheringWords(strings).party(registration.party),
                    ownHref: path(of: registration, for: occasion))
            }
        }
        return site.page(
            MyRegistrationsPage(lines: lines, hasLines: !lines.isEmpty), title: strings("gatherings.mine"), request,
            context)
    }

    // MARK: Parts

    /// Whoever acts: the account signed in, or somebody with a link.
    private func actor(_ context: AppContext) -> Participation.Actor {
        context.account.map { .resident($0.id) } ?? .visitor
    }

    /// The registration that the link of the path opens. A link of another gathering, and none at all, open nothing.
    private func found(
        _ kind: Occasion.Kind, _ context: AppContext
    ) async throws -> (Occasion, Registration, Token) {
        let occasion: Occasion = try await gatherings.published(kind, context)
        guard let token = Token(try context.parameter("token")), let found = try await gatherings.find(token),
            found.registration.gathering == occasion.gathering.id
        else { throw Absent() }
        return (occasion, found.registration, token)
    }

    private func path(of registration: Registration, for occasion: Occasion) -> String {
        "\(occasion.path)/registration/\(gatherings.token(of: registration).text)"
    }

    private func head(of occasion: Occasion, _ strings: Strings) async throws -> GatheringHead {
        GatheringHead(occasion, try await standing(of: occasion), strings)
    }

    private func standing(of occasion: Occasion) async throws -> GatheringStanding {
        guard let turnout = try await gatherings.turnouts(of: [occasion.gathering.id])[occasion.gathering.id] else {
            throw Absent()
        }
        return GatheringStanding(occasion, turnout, at: Date())
    }

    private func form(
        _ form: RegistrationForm, _ errors: FieldErrors, _ status: HTTPResponse.Status, _ occasion: Occasion,
        _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        let standing: GatheringStanding = try await standing(of: occasion)
        let here = "\(occasion.path)/registration"
        let title: String = strings("gatherings.register.title")
        let person: [Field] = [
            errors.field(
                "name", label: strings("gatherings.name"), value: form.name, autocomplete: "name", strings),
            errors.field(
                "email", label: strings("gatherings.email"), value: form.email, type: "email",
                hint: strings("gatherings.email.hint"), autocomplete: "email", inputmode: "email", strings),
        ]
        return site.page(
            RegistrationPage(
                head: GatheringHead(occasion, standing, strings), errors: errors.summary(strings),
                isOpen: standing.isOpen, waiting: standing == .full ? strings("gatherings.waiting.words") : nil,
                action: here,
                account: context.account.map { strings("gatherings.as_account", ["name": $0.name]) },
                signInHref: context.account == nil ? "/sign-in?next=\(PercentDecoding.encode(here))" : nil,
                person: context.account == nil ? person : [],
                party: form.partyFields(of: occasion, errors, strings),
                submit: strings(standing == .full ? "gatherings.wait.submit" : "gatherings.register.submit"),
                kept: strings("gatherings.kept", ["days": strings.number(Gatherings.memoryInDays)]),
                phone: strings("gatherings.by_phone", ["phone": site.city.help.phone])),
            title: errors.title(title, strings), request, context, status: status)
    }

    private func ownPage(
        _ form: RegistrationForm, _ errors: FieldErrors, _ status: HTTPResponse.Status, _ occasion: Occasion,
        _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        guard let token = Token(try context.parameter("token")), let found = try await gatherings.find(token),
            let turnout = try await gatherings.turnouts(of: [occasion.gathering.id])[occasion.gathering.id]
        else { throw Absent() }
        let registration: Registration = found.registration
        let standing = GatheringStanding(occasion, turnout, at: Date())
        let isLive: Bool = registration.state != .cancelled && registration.erasedAt == nil
        var facts: [PlaceFact] = []
        if isLive {
            facts = [
                PlaceFact(name: strings("gatherings.name"), text: registration.name),
                PlaceFact(name: strings("gatherings.for"), text: GatheringWords(strings).party(registration.party)),
            ]
        }
        let address: String? = registration.state == .registered && isLive ? occasion.onlineAddress : nil
        let free: Int = turnout.free ?? 0
        let couldFit: Bool = found.position == 1 && free > 0 && standing.isOpen
        let title: String = strings("gatherings.own.title")
        var response: Response = site.page(
            OwnRegistrationPage(
                head: GatheringHead(occasion, standing, strings), errors: errors.summary(strings), title: title,
                status: StatusWord(registration.state, position: found.position, strings), facts: facts,
                smaller: couldFit ? strings.plural("gatherings.smaller", free) : nil,
                calendarHref: registration.state == .registered ? "\(occasion.path).ics" : nil,
                action: isLive && occasion.gathering.cancelledAt == nil && occasion.gathering.startsAt > Date()
                    ? "\(occasion.path)/registration/\(token.text)" : nil,
                onlineAddress: address, party: form.partyFields(of: occasion, errors, strings),
                kept: strings("gatherings.kept", ["days": strings.number(Gatherings.memoryInDays)])),
            title: errors.title(title, strings), request, context, status: status, scripts: ["print.js"])
        // It says somebody's name and needs, without a session: it stays on no disk.
        response.headers[.cacheControl] = "no-store"
        return response
    }
}
