import Hummingbird
import Participation

/// One's own account: name, language, password, sessions, and the way out.
struct AccountController: Sendable {
    let site: Site
    let accounts: Accounts
    let sessions: Sessions

    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/account", use: show)
        routes.post("/account/name", use: rename)
        routes.post("/account/language", use: changeLanguage)
        routes.post("/account/sign-outs", use: signOut)
        routes.get("/account/password", use: passwordForm)
        routes.post("/account/password", use: changePassword)
        routes.get("/account/closing", use: closingForm)
        routes.post("/account/closing", use: close)
    }

    @Sendable
    func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(name: nil, FieldErrors(), .ok, request, context)
    }

    @Sendable
    func rename(_ request: Request, _ context: AppContext) async throws -> Response {
        let account = try context.requireAccount()
        let name = try await site.form(request, context).text("name")
        do {
            try await accounts.rename(account.id, to: name)
        } catch let refused as Refused<AccountRefusal> {
            return try await page(name: name, FieldErrors(refused), refused.status, request, context)
        }
        return site.see("/account", flash: .done("residents.flash.name_changed"))
    }

    @Sendable
    func changeLanguage(_ request: Request, _ context: AppContext) async throws -> Response {
        let account = try context.requireAccount()
        let choice = try await site.form(request, context).text("language")
        guard let language = Language(rawValue: choice) else { throw Refusal.malformed }
        try await accounts.changeLanguage(of: account.id, to: language)
        // The page comes back in the language chosen, and says so.
        return site.see("/account?lang=\(language.rawValue)", flash: .done("residents.flash.language_changed"))
    }

    @Sendable
    func signOut(_ request: Request, _ context: AppContext) async throws -> Response {
        let account = try context.requireAccount()
        let fields = try await site.form(request, context)
        if let session = fields.id("session", of: Session.self) {
            try await sessions.end(session, of: account.id)
            return site.see("/account", flash: .done("residents.flash.session_ended"))
        }
        try await sessions.endAll(of: account.id)
        return site.signingOut(site.see("/sign-in", flash: .done("residents.flash.signed_out_everywhere")))
    }

    @Sendable
    func passwordForm(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.requireAccount()
        return passwordPage(FieldErrors(), .ok, request, context)
    }

    @Sendable
    func changePassword(_ request: Request, _ context: AppContext) async throws -> Response {
        let account = try context.requireAccount()
        let fields = try await site.form(request, context)
        do {
            let signedIn = try await accounts.changePassword(
                from: fields.raw("password"), to: fields.raw("new-password"), of: account.id,
                by: context.visitor(request))
            return site.signingIn(signedIn.token, site.see("/account", flash: .done("residents.flash.password_set")))
        } catch let refused as Refused<AccountRefusal> {
            return passwordPage(
                FieldErrors(refused, newPassword: "new-password"), refused.status, request, context)
        }
    }

    @Sendable
    func closingForm(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.requireAccount()
        return closingPage(FieldErrors(), .ok, request, context)
    }

    @Sendable
    func close(_ request: Request, _ context: AppContext) async throws -> Response {
        let account = try context.requireAccount()
        let fields = try await site.form(request, context)
        do {
            try await accounts.close(account.id, password: fields.raw("password"))
        } catch let refused as Refused<AccountRefusal> {
            return closingPage(FieldErrors(refused), refused.status, request, context)
        }
        return site.signingOut(site.see("/", flash: .done("residents.flash.account_closed")))
    }

    private func page(
        name: String?, _ errors: FieldErrors, _ status: HTTPResponse.Status, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let signedIn = try context.requireAccount()
        guard let account = try await accounts.find(signedIn.id) else { throw Absent() }
        let list = try await sessions.list(of: account.id)
        let strings = site.strings(context)
        return site.page(
            AccountPage(account, name: name, list, current: context.session?.id, errors, strings),
            title: strings("residents.account.title"), request, context, status: status)
    }

    private func passwordPage(
        _ errors: FieldErrors, _ status: HTTPResponse.Status, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings = site.strings(context)
        return site.page(
            PasswordPage(errors, strings), title: strings("residents.password.title"), request, context,
            status: status)
    }

    private func closingPage(
        _ errors: FieldErrors, _ status: HTTPResponse.Status, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings = site.strings(context)
        return site.page(
            ClosingPage(errors, strings), title: strings("residents.closing.title"), request, context, status: status)
    }
}
