import Hummingbird
import Participation

/// Signing in and out.
struct SignInController: Sendable {
    let site: Site
    let accounts: Accounts
    let sessions: Sessions

    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/sign-in", use: blank)
        routes.post("/sign-in", use: signIn)
        routes.post("/sign-out", use: signOut)
    }

    @Sendable
    func blank(_ request: Request, _ context: AppContext) async throws -> Response {
        let next = SafePath.checked(try request.query().text("next"))
        if context.account != nil { return site.see(next ?? "/account") }
        return page(SignInForm(next: next), FieldErrors(), .ok, request, context)
    }

    @Sendable
    func signIn(_ request: Request, _ context: AppContext) async throws -> Response {
        let form = SignInForm(try await site.form(request, context))
        do {
            let signedIn = try await accounts.signIn(
                email: form.email, password: form.password, replacing: site.sessionToken(request),
                by: context.visitor(request))
            return site.signingIn(signedIn.token, site.see(form.next ?? "/"))
        } catch let refused as Refused<AccountRefusal> {
            return page(form, FieldErrors(refused), refused.status, request, context)
        }
    }

    @Sendable
    func signOut(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try await site.form(request, context)
        if let token = site.sessionToken(request) { try await sessions.end(token: token) }
        return site.signingOut(site.see("/", flash: .done("residents.flash.signed_out")))
    }

    private func page(
        _ form: SignInForm, _ errors: FieldErrors, _ status: HTTPResponse.Status, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings = site.strings(context)
        return site.page(
            SignInPage(form, errors, strings), title: strings("residents.sign_in.title"), request, context,
            status: status)
    }
}

/// What somebody wrote to sign in, and the page they came for.
struct SignInForm: Sendable {
    var email = ""
    var password = ""
    var next: String?
}

extension SignInForm {
    init(_ fields: Fields) {
        self.init(
            email: fields.text("email"), password: fields.raw("password"),
            next: SafePath.checked(fields.text("next")))
    }
}
