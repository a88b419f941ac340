import Hummingbird
import Participation

/// Another address for one's account: asked for with the password, confirmed by the link of a letter.
struct AddressController: Sendable {
    let site: Site
    let accounts: Accounts

    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/account/address", use: blank)
        routes.post("/account/address", use: request)
        routes.get("/account/address-sent", use: sent)
        routes.get("/account/address/{token}", use: confirmation)
        routes.post("/account/address/{token}", use: confirm)
    }

    @Sendable
    func blank(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.requireAccount()
        return page(email: "", FieldErrors(), .ok, request, context)
    }

    @Sendable
    func request(_ request: Request, _ context: AppContext) async throws -> Response {
        let account = try context.requireAccount()
        let fields = try await site.form(request, context)
        let email = fields.text("email")
        do {
            try await accounts.requestAddress(
                email, password: fields.raw("password"), of: account.id, by: context.visitor(request))
        } catch let refused as Refused<AccountRefusal> {
            return page(email: email, FieldErrors(refused), refused.status, request, context)
        }
        return site.see("/account/address-sent")
    }

    @Sendable
    func sent(_ request: Request, _ context: AppContext) async throws -> Response {
        let strings = site.strings(context)
        return site.page(
            SentPage(
                heading: strings("residents.sent.title"), text: strings("residents.sent.address"),
                mailHref: site.city.isDevelopment ? "/dev/mail" : nil),
            title: strings("residents.sent.title"), request, context)
    }

    @Sendable
    func confirmation(_ request: Request, _ context: AppContext) async throws -> Response {
        let account = try context.requireAccount()
        guard let token = Token(try context.parameter("token")),
            let address = try await accounts.awaitedAddress(token, of: account.id)
        else { return expired(request, context) }
        let strings = site.strings(context)
        return site.page(
            NewAddressPage(token, address), title: strings("residents.address.confirm"), request, context)
    }

    @Sendable
    func confirm(_ request: Request, _ context: AppContext) async throws -> Response {
        let account = try context.requireAccount()
        _ = try await site.form(request, context)
        guard let token = Token(try context.parameter("token")) else { return expired(request, context) }
        do {
            try await accounts.confirmAddress(token, of: account.id)
        } catch let refused as Refused<AccountRefusal> {
            if refused.reasons == [.linkExpired] { return expired(request, context) }
            return page(email: "", FieldErrors(refused, password: "email"), refused.status, request, context)
        }
        return site.see("/account", flash: .done("residents.flash.address_changed"))
    }

    private func page(
        email: String, _ errors: FieldErrors, _ status: HTTPResponse.Status, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings = site.strings(context)
        return site.page(
            AddressPage(email: email, errors, strings), title: strings("residents.address.title"), request, context,
            status: status)
    }

    private func expired(_ request: Request, _ context: AppContext) -> Response {
        let strings = site.strings(context)
        return site.page(
            ExpiredPage(
                heading: strings("residents.expired.title"), text: strings("residents.expired.address"),
                againHref: "/account/address", again: strings("residents.expired.address_again")),
            title: strings("residents.expired.title"), request, context, status: .gone)
    }
}
