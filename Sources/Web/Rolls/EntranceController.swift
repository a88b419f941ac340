import Foundation
public import Hummingbird
public import Participation

/// The ways into a vote that ask who somebody is: the roll and declarations, and the links of their letters.
///
/// Codes and accounts come in at `/votes/{vote}/code`, which leads here as well.
public struct EntranceController: Sendable {
    private let site: Site
    private let shelf: VoteShelf
    private let eligibility: Eligibility

    /// The entrances over the one door.
    public init(site: Site, shelf: VoteShelf, eligibility: Eligibility) {
        self.site = site
        self.shelf = shelf
        self.eligibility = eligibility
    }

    /// Adds the routes below `/votes/{vote}`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/votes/{vote}/roll", use: rollForm)
        routes.post("/votes/{vote}/roll", use: claim)
        routes.get("/votes/{vote}/declaration", use: declarationForm)
        routes.post("/votes/{vote}/declaration", use: declare)
        routes.get("/votes/{vote}/confirmation/{token}", use: confirmation)
        routes.post("/votes/{vote}/confirmation/{token}", use: confirm)
    }

    /// The entrances of a vote beside codes and accounts.
    static func ways(into vote: Vote, _ strings: Strings) -> [PlaceLink] {
        Eligibility.methods(of: vote).compactMap { method in
            switch method {
            case .roll: PlaceLink(label: strings("rolls.way.roll"), href: "/votes/\(vote.slug)/roll")
            case .declaration:
                PlaceLink(label: strings("rolls.way.declaration"), href: "/votes/\(vote.slug)/declaration")
            case .desk: PlaceLink(label: strings("rolls.way.desk"), href: "/votes/\(vote.slug)/places")
            case .account, .code: nil
            }
        }
    }

    // MARK: The roll

    @Sendable private func rollForm(_ request: Request, _ context: AppContext) async throws -> Response {
        try await formPage(.roll, Fields(pairs: []), FieldErrors(), request, context)
    }

    @Sendable private func claim(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await open(.roll, context)
        let form: Fields = try await site.form(request, context)
        return try await present(.roll(RollForm.draft(form, of: vote)), .roll, form, vote, request, context)
    }

    // MARK: Declarations

    @Sendable private func declarationForm(_ request: Request, _ context: AppContext) async throws -> Response {
        try await formPage(.declaration, Fields(pairs: []), FieldErrors(), request, context)
    }

    @Sendable private func declare(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await open(.declaration, context)
        let form: Fields = try await site.form(request, context)
        let draft = DeclarationDraft(
            familyName: form.text("family_name"), givenNames: form.text("given_names"),
            birthYear: form.text("birth_year"), tie: form.text("tie"), email: form.text("email"))
        return try await present(.declaration(draft), .declaration, form, vote, request, context)
    }

    // MARK: Both

    /// The vote of the path, which is open and has the method; absent for a method that it does not have.
    private func open(_ method: EligibilityMethod, _ context: AppContext) async throws -> Vote {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        guard vote.settings.eligibility.contains(method.rawValue) else { throw Absent() }
        return vote
    }

    private func present(
        _ proof: EligibilityProof, _ method: EligibilityMethod, _ form: Fields, _ vote: Vote, _ request: Request,
        _ context: AppContext
    ) async throws -> Response {
        guard vote.state(at: Date()) == .open else {
            return site.see("/votes/\(vote.slug)", flash: .failed("votes.not_open"))
        }
        let source = ProofSource(
            account: context.account, network: Network(address: context.remoteAddress ?? ""), language: context.language
        )
        do {
            switch try await eligibility.present(proof, in: vote, from: source) {
            case .admitted(let token): return site.signingIn(token, site.see("/votes/\(vote.slug)/ballot"))
            case .linked: return site.see("/votes/\(vote.slug)/ballot", flash: .done("rolls.linked"))
            case .letterSent(let address): return sent(vote, to: address, request, context)
            case .waiting: return sent(vote, to: nil, request, context)
            }
        } catch let refused as Refused<RollClaim.Problem> {
            return try await formPage(method, form, RollForm.errors(refused.reasons), request, context)
        } catch let refused as Refused<DeclarationProblem> {
            return try await formPage(method, form, RollForm.errors(refused.reasons), request, context)
        } catch let tooMany as Throttle.TooMany {
            return try await formPage(
                method, form, FieldErrors("", "rolls.too_many", ["seconds": String(tooMany.seconds)]), request, context)
        }
    }

    private func formPage(
        _ method: EligibilityMethod, _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let vote: Vote = try await open(method, context)
        let strings: Strings = site.strings(context)
        let isRoll: Bool = method == .roll
        let fields: [Field] =
            isRoll
            ? RollForm.fields(of: vote, form, errors, needsEmail: context.account == nil, strings)
            : RollForm.declarationFields(form, errors, strings)
        let title: String = strings(isRoll ? "rolls.way.roll" : "rolls.way.declaration")
        return site.page(
            EntrancePage(
                voteTitle: vote.settings.title(context.language), voteHref: "/votes/\(vote.slug)",
                action: "/votes/\(vote.slug)/\(method.rawValue)", heading: title,
                lead: strings(isRoll ? "rolls.way.roll.lead" : "rolls.way.declaration.lead"), fields: fields,
                errors: errors.summary(strings), submit: strings("rolls.way.submit")),
            title: errors.title(title, strings), request, context, status: errors.status, focus: true)
    }

    private func sent(_ vote: Vote, to address: String?, _ request: Request, _ context: AppContext) -> Response {
        let strings: Strings = site.strings(context)
        let heading: String = strings(address == nil ? "rolls.waiting.title" : "rolls.sent.title")
        return site.page(
            NoticePage(
                voteTitle: vote.settings.title(context.language), voteHref: "/votes/\(vote.slug)", heading: heading,
                words: address.map { strings("rolls.sent.words", ["address": $0]) } ?? strings("rolls.waiting.words"),
                next: strings(address == nil ? "rolls.waiting.next" : "rolls.sent.next")), title: heading, request,
            context, focus: true)
    }

    // MARK: The link

    /// A page with a button: whatever opens links before people do must not use the link up.
    @Sendable private func confirmation(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        let strings: Strings = site.strings(context)
        return site.page(
            ConfirmPage(
                voteTitle: vote.settings.title(context.language), voteHref: "/votes/\(vote.slug)",
                action: "/votes/\(vote.slug)/confirmation/\(try context.parameter("token"))",
                heading: strings("rolls.confirmation.title"), words: strings("rolls.confirmation.words"),
                submit: strings("rolls.confirmation.submit")), title: strings("rolls.confirmation.title"), request,
            context, focus: true)
    }

    @Sendable private func confirm(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        _ = try await site.form(request, context)
        guard let token = Token(try context.parameter("token")) else { throw Absent() }
        do {
            return site.signingIn(
                try await eligibility.confirm(token, in: vote), site.see("/votes/\(vote.slug)/ballot"))
        } catch is LinkExpired {
            return site.see("/votes/\(vote.slug)/code", flash: .failed("rolls.link_expired"))
        } catch is Refused<DeclarationProblem> {
            return site.see("/votes/\(vote.slug)/code", flash: .failed("rolls.already_declared"))
        }
    }
}
