import Foundation
import Participation

/// Who holds which role, and the form that gives another.
struct RolesPage: PageView {
    static let template = "roles/roles"
    static let sample = RolesPage(
        held: [.sample], past: [.sample], scopes: [(.process(ID()), Texts(["fr": "Budget"]))], form: RoleForm(),
        canGrant: true, FieldErrors("role", "roles.error.role_missing"), .sample)

    /// One role that was given.
    struct Line: Sendable {
        let person: String
        let address: String?
        let role: String
        let scope: String
        let granted: String
        let revoked: String?
        let revocationHref: String?
    }

    /// One thing to choose in a list.
    struct Choice: Sendable {
        let code: String
        let label: String
        let isChosen: Bool
    }

    /// A list to choose from.
    struct Menu: Sendable {
        let choices: [Choice]
        let wrong: String?
    }

    let errors: ErrorSummary?
    let canGrant: Bool
    let held: [Line]
    /// Nil until they are asked for.
    let past: Past?
    let email: Field
    let role: Menu
    let scope: Menu

    /// The roles taken back.
    struct Past: Sendable {
        let lines: [Line]
    }

    init(
        held: [RoleGrant], past: [RoleGrant]?, scopes: [(scope: Scope, title: Texts)], form: RoleForm, canGrant: Bool,
        _ errors: FieldErrors, _ strings: Strings
    ) {
        self.errors = errors.summary(strings)
        self.canGrant = canGrant
        self.held = held.map { Line($0, canGrant: canGrant, strings) }
        self.past = past.map { Past(lines: $0.map { Line($0, canGrant: canGrant, strings) }) }
        self.email = errors.field(
            "email", label: strings("roles.give.email"), value: form.email, type: "email",
            hint: strings("roles.give.email_hint"), autocomplete: "off", inputmode: "email", strings)
        self.role = Menu(
            choices: Role.allCases.map {
                Choice(code: $0.rawValue, label: strings("role.\($0.rawValue)"), isChosen: $0.rawValue == form.role)
            }, wrong: errors.text(for: "role", strings))
        let everything = Choice(code: "", label: strings("roles.everything"), isChosen: form.scope.isEmpty)
        self.scope = Menu(
            choices: [everything]
                + scopes.map { entry in
                    Choice(
                        code: entry.scope.value, label: entry.scope.label(entry.title, strings),
                        isChosen: entry.scope.value == form.scope)
                }, wrong: errors.text(for: "scope", strings))
    }
}

extension RolesPage.Line {
    init(_ grant: RoleGrant, canGrant: Bool, _ strings: Strings) {
        func signed(_ date: Date, _ name: String?) -> String {
            let name = name.map { $0.isEmpty ? strings("roles.closed_account") : $0 }
            return strings("roles.by", ["date": strings.moment(date), "name": name ?? strings("roles.operator")])
        }
        self.person = grant.name.isEmpty ? strings("roles.closed_account") : grant.name
        // The address is the administrator's business alone.
        self.address = canGrant && !grant.email.isEmpty ? grant.email : nil
        self.role = strings("role.\(grant.role.rawValue)")
        self.scope = grant.scope.label(grant.scopeTitle, strings)
        self.granted = signed(grant.grantedAt, grant.grantedBy)
        self.revoked = grant.revokedAt.map { signed($0, grant.revokedBy) }
        self.revocationHref =
            canGrant && grant.revokedAt == nil ? "/desk/roles/\(grant.id)/revocation" : nil
    }
}

extension Scope {
    fileprivate func label(_ title: Texts?, _ strings: Strings) -> String {
        let title = ["title": title?(strings.language) ?? ""]
        return switch self {
        case .everything: strings("roles.everything")
        case .process: strings("roles.for_process", title)
        case .vote: strings("roles.for_vote", title)
        }
    }
}

/// Taking a role back: what will happen, before it does.
struct RevocationPage: PageView {
    static let template = "roles/revocation"
    static let sample = RevocationPage(.sample, FieldErrors("", "roles.error.last_administrator"), .sample)

    let errors: ErrorSummary?
    let action: String
    let lead: String
    let person: String
    let role: String
    let scope: String
    let granted: String

    init(_ grant: RoleGrant, _ errors: FieldErrors, _ strings: Strings) {
        let line = RolesPage.Line(grant, canGrant: true, strings)
        self.errors = errors.summary(strings)
        self.action = "/desk/roles/\(grant.id)/revocation"
        self.lead = strings("roles.revoking.lead", ["name": line.person])
        self.person = line.person
        self.role = line.role
        self.scope = line.scope
        self.granted = line.granted
    }
}

extension RoleGrant {
    fileprivate static let sample = RoleGrant(
        id: ID(), role: .auditor, scope: .everything, scopeTitle: nil, account: ID(), name: "Ada",
        email: "ada@example.fr", grantedBy: "Carla", grantedAt: .distantPast, revokedBy: nil, revokedAt: nil)
}

extension Strings {
    fileprivate static let sample = Strings(language: .french, words: [:], timeZone: .gmt)
}
