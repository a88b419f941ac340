import Foundation
public import Hummingbird
public import Participation

/// Help given in person: an account for somebody without an address, the receipt they take home, its withdrawal.
public struct AssistanceController: Sendable {
    private let site: Site
    private let votes: Votes
    private let assistance: Assistance

    /// The pages over the capabilities they need.
    public init(site: Site, votes: Votes, assistance: Assistance) {
        self.site = site
        self.votes = votes
        self.assistance = assistance
    }

    /// Adds the agents' page of a vote, and the residents' way to withdraw.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/votes/{vote}/assistance", use: form)
        routes.post("/desk/votes/{vote}/assistance", use: open)
        routes.get("/assistance/withdrawal", use: withdrawal)
        routes.post("/assistance/withdrawal", use: withdraw)
    }

    // MARK: The agent

    @Sendable private func form(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(Fields(pairs: []), FieldErrors(), request, context)
    }

    /// Answers with the receipt itself: its code is shown once.
    @Sendable private func open(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, vote) = try await PlaceScene.vote(context, votes)
        let form: Fields = try await site.form(request, context)
        let strings: Strings = site.strings(context)
        guard let consent = Consent(word: form.text("consent"), reference: form.text("reference")) else {
            return try await page(form, FieldErrors("consent", "assistance.consent.missing"), request, context)
        }
        do {
            let opened: Assistance.OpenedAccount = try await assistance.openAccount(
                named: form.text("name"), language: Language(rawValue: form.text("language")) ?? .french,
                consent: consent, for: vote,
                by: account.acting(for: vote, [.pollingOfficer, .participationAgent, .returningOfficer]))
            return site.page(
                AssistanceReceiptPage(
                    name: form.text("name"), helper: account.name, act: strings("assistance.act.account"),
                    consent: consent, vote: vote, place: nil, code: opened.code,
                    backHref: "/desk/votes/\(vote.slug)/assistance", site, strings),
                title: strings("assistance.receipt.title"), request, context, scripts: ["print.js"])
        } catch let refusal as Assistance.Refusal {
            return try await page(form, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (_, vote) = try await PlaceScene.vote(context, votes)
        let strings: Strings = site.strings(context)
        let counts: [String: Int] = try await assistance.counts(in: vote.id)
        return site.page(
            AssistanceDeskPage(
                title: strings("assistance.title"),
                crumbs: [
                    PlaceLink(label: strings("desk.title"), href: "/desk"),
                    PlaceLink(label: strings("places.title"), href: PlaceScene.places(of: vote)),
                ], action: "/desk/votes/\(vote.slug)/assistance",
                name: errors.field(
                    "name", label: strings("assistance.name"), value: form.text("name"), autocomplete: "off", strings),
                languages: Language.allCases.map {
                    SelectOption(
                        value: $0.rawValue, label: strings("language.\($0.rawValue)"),
                        selected: $0.rawValue == form.text("language"))
                }, consents: PlaceWords.consents(form.text("consent"), strings),
                reference: errors.field(
                    "reference", label: strings("assistance.reference"), value: form.text("reference"),
                    hint: strings("assistance.reference.hint"), optional: true, autocomplete: "off", strings),
                counts: ["account", "kiosk"].map {
                    PlaceFact(name: strings("assistance.count.\($0)"), text: strings.number(counts[$0] ?? 0))
                }, errors: errors.summary(strings)),
            title: errors.title(strings("assistance.title"), strings), request, context, status: errors.status)
    }

    // MARK: The person

    @Sendable private func withdrawal(_ request: Request, _ context: AppContext) async throws -> Response {
        withdrawalPage("", FieldErrors(), request, context)
    }

    @Sendable private func withdraw(_ request: Request, _ context: AppContext) async throws -> Response {
        let form: Fields = try await site.form(request, context)
        let code: String = form.text("code")
        do {
            let act: String = try await assistance.withdraw(
                code: code, from: Network(address: context.remoteAddress ?? ""))
            return site.see("/assistance/withdrawal", flash: .done("assistance.withdrawn.\(act)"))
        } catch let refusal as Assistance.Refusal {
            return withdrawalPage(code, refusal.fieldErrors, request, context)
        } catch let error as Throttle.TooMany {
            return withdrawalPage(
                code, FieldErrors("code", "votes.code.too_many", ["seconds": String(error.seconds)]), request, context)
        }
    }

    private func withdrawalPage(
        _ code: String, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = site.strings(context)
        return site.page(
            WithdrawalPage(
                code: errors.field(
                    "code", label: strings("assistance.withdrawal.code"), value: code,
                    hint: strings("assistance.withdrawal.code.hint"), autocomplete: "off", size: "code", strings),
                errors: errors.summary(strings)),
            title: errors.title(strings("assistance.withdrawal"), strings), request, context, status: errors.status)
    }
}

extension Assistance.Refusal {
    var fieldErrors: FieldErrors {
        switch self {
        case .referenceMissing: FieldErrors("reference", "assistance.refusal.reference")
        case .referenceTooLong: FieldErrors("reference", "assistance.refusal.reference_long")
        case .nameMissing: FieldErrors("name", "assistance.refusal.name")
        case .nameTooLong: FieldErrors("name", "assistance.refusal.name_long")
        case .unknownCode: FieldErrors("code", "assistance.refusal.unknown")
        case .withdrawn: FieldErrors("code", "assistance.refusal.withdrawn")
        case .hasVoted: FieldErrors("code", "assistance.refusal.voted")
        case .holdsRole: FieldErrors("code", "assistance.refusal.role")
        case .settled: FieldErrors("code", "assistance.refusal.settled")
        }
    }
}
