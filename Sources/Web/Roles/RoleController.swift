import HTTPTypes
public import Hummingbird
public import Participation

/// The roles: administrators give and take them, auditors read the list.
public struct RoleController: Sendable {
    private let site: Site
    private let roles: Roles

    /// The pages over the roles.
    public init(site: Site, roles: Roles) {
        self.site = site
        self.roles = roles
    }

    /// Adds `/desk/roles` and the page that takes one back.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/roles", use: list)
        routes.post("/desk/roles", use: grant)
        routes.get("/desk/roles/{grant}/revocation", use: revocation)
        routes.post("/desk/roles/{grant}/revocation", use: revoke)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(RoleForm(), FieldErrors(), .ok, request, context)
    }

    @Sendable private func grant(_ request: Request, _ context: AppContext) async throws -> Response {
        let actor = try administrator(context)
        let form = RoleForm(try await site.form(request, context))
        do {
            let (held, email) = try form.parsed()
            try await roles.grant(held, to: email, by: actor)
        } catch let errors as FieldErrors {
            return try await page(form, errors, .unprocessableContent, request, context)
        } catch let refused as Refused<RoleRefusal> {
            return try await page(form, FieldErrors(refused), .unprocessableContent, request, context)
        }
        return site.see("/desk/roles", flash: .done("roles.flash.granted"))
    }

    @Sendable private func revocation(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try administrator(context)
        return try await revocationPage(FieldErrors(), .ok, request, context)
    }

    @Sendable private func revoke(_ request: Request, _ context: AppContext) async throws -> Response {
        let actor = try administrator(context)
        _ = try await site.form(request, context)
        do {
            try await roles.revoke(try context.id("grant", of: RoleGrant.self), by: actor)
        } catch let refused as Refused<RoleRefusal> {
            return try await revocationPage(FieldErrors(refused), .conflict, request, context)
        }
        return site.see("/desk/roles", flash: .done("roles.flash.revoked"))
    }

    private func page(
        _ form: RoleForm, _ errors: FieldErrors, _ status: HTTPResponse.Status, _ request: Request,
        _ context: AppContext
    ) async throws -> Response {
        let account = try context.requireDesk()
        guard account.holds(.administrator) || account.holds(.auditor) else { throw Absent() }
        let strings = site.strings(context)
        let past = try request.query().has("past")
        let view = RolesPage(
            held: try await roles.list(), past: past ? try await roles.list(past: true) : nil,
            scopes: try await roles.scopes(), form: form, canGrant: account.holds(.administrator), errors, strings)
        return site.page(view, title: strings("roles.title"), request, context, status: status)
    }

    private func revocationPage(
        _ errors: FieldErrors, _ status: HTTPResponse.Status, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        guard let grant = try await roles.find(try context.id("grant", of: RoleGrant.self)), grant.revokedAt == nil
        else { throw Absent() }
        let strings = site.strings(context)
        return site.page(
            RevocationPage(grant, errors, strings), title: strings("roles.revoking.title"), request, context,
            status: status)
    }

    /// The administrator who acts. Everybody else finds nothing here.
    private func administrator(_ context: AppContext) throws -> Actor {
        let account = try context.requireAccount()
        guard account.holds(.administrator) else { throw Absent() }
        return account.acting(as: .administrator)
    }
}

/// What an administrator wrote to give a role.
struct RoleForm: Sendable {
    var email = ""
    var role = ""
    /// `process/ID`, `vote/ID`, or nothing for everything.
    var scope = ""
}

extension RoleForm {
    init(_ fields: Fields) {
        self.init(email: fields.text("email"), role: fields.text("role"), scope: fields.text("scope"))
    }

    /// The role and the address. Throws what is wrong with them.
    func parsed() throws(FieldErrors) -> (HeldRole, EmailAddress) {
        var errors = FieldErrors()
        let address = EmailAddress(email)
        let role = Role(rawValue: role)
        let scope = Scope(value: scope)
        if address == nil { errors.add("email", "residents.error.email_invalid") }
        if role == nil { errors.add("role", "roles.error.role_missing") }
        if scope == nil { errors.add("scope", "roles.error.no_scope") }
        guard let address, let role, let scope else { throw errors }
        return (HeldRole(role, for: scope), address)
    }
}

extension Scope {
    /// The scope as a form names it.
    var value: String {
        switch self {
        case .everything: ""
        case .process(let id): "process/\(id)"
        case .vote(let id): "vote/\(id)"
        }
    }

    /// The scope that a form names; nil when it names none.
    init?(value: String) {
        if value.isEmpty {
            self = .everything
        } else if value.hasPrefix("process/"), let id = ID<Participation.Process>(String(value.dropFirst(8))) {
            self = .process(id)
        } else if value.hasPrefix("vote/"), let id = ID<Vote>(String(value.dropFirst(5))) {
            self = .vote(id)
        } else {
            return nil
        }
    }
}

extension FieldErrors {
    /// The words for a refusal about roles.
    fileprivate init(_ refused: Refused<RoleRefusal>) {
        self.init()
        for reason in refused.reasons {
            switch reason {
            case .noAccount: add("email", "roles.error.no_account")
            case .noSuchScope: add("scope", "roles.error.no_scope")
            case .alreadyHeld: add("role", "roles.error.already_held")
            case .administratorForEverything: add("scope", "roles.error.administrator_everywhere")
            case .lastAdministrator: add("", "roles.error.last_administrator")
            }
        }
    }
}
