import Hummingbird
import Participation

/// Asking for an account, and confirming it by the link of a letter.
struct SignUpController: Sendable {
    let site: Site
    let accounts: Accounts

    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/sign-up", use: blank)
        routes.post("/sign-up", use: signUp)
        routes.get("/sign-up/sent", use: sent)
        routes.get("/confirm/{token}", use: confirmation)
        routes.post("/confirm/{token}", use: confirm)
    }

    @Sendable
    func blank(_ request: Request, _ context: AppContext) async throws -> Response {
        if context.account != nil { return site.see("/account") }
        let next = SafePath.checked(try request.query().text("next"))
        return page(SignUpForm(next: next), FieldErrors(), .ok, request, context)
    }

    @Sendable
    func signUp(_ request: Request, _ context: AppContext) async throws -> Response {
        let form = SignUpForm(try await site.form(request, context))
        do {
            try await accounts.signUp(
                email: form.email, name: form.name, password: form.password, language: context.language,
                destination: form.next, by: context.visitor(request))
        } catch let refused as Refused<AccountRefusal> {
            return page(form, FieldErrors(refused), refused.status, request, context)
        }
        return site.see("/sign-up/sent")
    }

    @Sendable
    func sent(_ request: Request, _ context: AppContext) async throws -> Response {
        let strings = site.strings(context)
        return site.page(
            SentPage(
                heading: strings("residents.sent.title"), text: strings("residents.sent.sign_up"),
                mailHref: site.city.isDevelopment ? "/dev/mail" : nil),
            title: strings("residents.sent.title"), request, context)
    }

    @Sendable
    func confirmation(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let token = Token(try context.parameter("token")), try await accounts.awaitsConfirmation(token) else {
            return expired(request, context)
        }
        return try confirmationPage(token, FieldErrors(), .ok, request, context)
    }

    @Sendable
    func confirm(_ request: Request, _ context: AppContext) async throws -> Response {
        let fields = try await site.form(request, context)
        guard let token = Token(try context.parameter("token")) else { return expired(request, context) }
        let next = SafePath.checked(try request.query().text("next"))
        do {
            let signedIn = try await accounts.confirm(
                token, password: fields.raw("password"), replacing: site.sessionToken(request),
                by: context.visitor(request))
            return site.signingIn(signedIn.token, site.see(next ?? "/", flash: .done("residents.flash.account_opened")))
        } catch let refused as Refused<AccountRefusal> {
            if refused.reasons == [.linkExpired] { return expired(request, context) }
            return try confirmationPage(token, FieldErrors(refused), refused.status, request, context)
        }
    }

    private func page(
        _ form: SignUpForm, _ errors: FieldErrors, _ status: HTTPResponse.Status, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings = site.strings(context)
        return site.page(
            SignUpPage(form, errors, strings), title: strings("residents.sign_up.title"), request, context,
            status: status)
    }

    private func confirmationPage(
        _ token: Token, _ errors: FieldErrors, _ status: HTTPResponse.Status, _ request: Request,
        _ context: AppContext
    ) throws -> Response {
        let strings = site.strings(context)
        let next = SafePath.checked(try request.query().text("next"))
        return site.page(
            ConfirmationPage(token, next: next, errors, strings), title: strings("residents.confirm.title"), request,
            context,
            status: status)
    }

    private func expired(_ request: Request, _ context: AppContext) -> Response {
        let strings = site.strings(context)
        return site.page(
            ExpiredPage(
                heading: strings("residents.expired.title"), text: strings("residents.expired.confirm"),
                againHref: "/sign-up", again: strings("residents.expired.confirm_again")),
            title: strings("residents.expired.title"), request, context, status: .gone)
    }
}

extension SafePath {
    /// `path`, which leads on to `destination` if there is one.
    static func adding(_ destination: String?, to path: String) -> String {
        destination.map { "\(path)?next=\(PercentDecoding.encode($0))" } ?? path
    }
}

/// What somebody wrote to ask for an account.
struct SignUpForm: Sendable {
    var name = ""
    var email = ""
    var password = ""
    /// The page they came for.
    var next: String?
}

extension SignUpForm {
    init(_ fields: Fields) {
        self.init(
            name: fields.text("name"), email: fields.text("email"), password: fields.raw("password"),
            next: SafePath.checked(fields.text("next")))
    }
}
