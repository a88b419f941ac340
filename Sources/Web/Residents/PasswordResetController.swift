import Hummingbird
import Participation

/// A forgotten password: a letter is asked for, and its link sets another.
struct PasswordResetController: Sendable {
    let site: Site
    let accounts: Accounts

    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/password-reset", use: blank)
        routes.post("/password-reset", use: request)
        routes.get("/password-reset/sent", use: sent)
        routes.get("/password-reset/{token}", use: choice)
        routes.post("/password-reset/{token}", use: reset)
    }

    @Sendable
    func blank(_ request: Request, _ context: AppContext) async throws -> Response {
        askPage(email: "", FieldErrors(), .ok, request, context)
    }

    @Sendable
    func request(_ request: Request, _ context: AppContext) async throws -> Response {
        let email = try await site.form(request, context).text("email")
        do {
            try await accounts.requestReset(email: email, by: context.visitor(request))
        } catch let refused as Refused<AccountRefusal> {
            return askPage(
                email: email, FieldErrors(refused, password: "email"), refused.status, request, context)
        }
        return site.see("/password-reset/sent")
    }

    @Sendable
    func sent(_ request: Request, _ context: AppContext) async throws -> Response {
        let strings = site.strings(context)
        return site.page(
            SentPage(
                heading: strings("residents.sent.title"), text: strings("residents.sent.reset"),
                mailHref: site.city.isDevelopment ? "/dev/mail" : nil),
            title: strings("residents.sent.title"), request, context)
    }

    @Sendable
    func choice(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let token = Token(try context.parameter("token")), try await accounts.awaitsReset(token) else {
            return expired(request, context)
        }
        return choicePage(token, FieldErrors(), .ok, request, context)
    }

    @Sendable
    func reset(_ request: Request, _ context: AppContext) async throws -> Response {
        let fields = try await site.form(request, context)
        guard let token = Token(try context.parameter("token")) else { return expired(request, context) }
        do {
            let signedIn = try await accounts.reset(
                token, to: fields.raw("password"), replacing: site.sessionToken(request),
                by: context.visitor(request))
            return site.signingIn(signedIn.token, site.see("/account", flash: .done("residents.flash.password_set")))
        } catch let refused as Refused<AccountRefusal> {
            if refused.reasons == [.linkExpired] { return expired(request, context) }
            return choicePage(token, FieldErrors(refused), refused.status, request, context)
        }
    }

    private func askPage(
        email: String, _ errors: FieldErrors, _ status: HTTPResponse.Status, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings = site.strings(context)
        return site.page(
            ResetRequestPage(email: email, errors, strings), title: strings("residents.reset.title"), request, context,
            status: status)
    }

    private func choicePage(
        _ token: Token, _ errors: FieldErrors, _ status: HTTPResponse.Status, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings = site.strings(context)
        return site.page(
            ResetPage(token, errors, strings), title: strings("residents.reset.choose"), request, context,
            status: status)
    }

    private func expired(_ request: Request, _ context: AppContext) -> Response {
        let strings = site.strings(context)
        return site.page(
            ExpiredPage(
                heading: strings("residents.expired.title"), text: strings("residents.expired.reset"),
                againHref: "/password-reset", again: strings("residents.expired.reset_again")),
            title: strings("residents.expired.title"), request, context, status: .gone)
    }
}
