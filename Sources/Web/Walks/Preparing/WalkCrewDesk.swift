import Hummingbird
import Participation

/// Who does what on a walk, at the desk: accounts named by their e-mail address.
struct WalkCrewDesk: Sendable {
    let site: Site
    let processes: Processes
    let walks: Walks

    /// Adds `…/walks/{walk}/crew`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/processes/{process}/walks/{walk}/crew", use: show)
        routes.post("/desk/processes/{process}/walks/{walk}/crew", use: name)
        routes.post("/desk/processes/{process}/walks/{walk}/crew/release", use: release)
    }

    private func scene(_ context: AppContext) async throws -> (scene: WalkScene, file: WalkFile) {
        let scene: WalkScene = try await .find(context, processes, site.strings(context), walks)
        guard let walk = scene.walk else { throw Absent() }
        return (scene, try await walks.file(walk.id, by: scene.actor))
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await scene(context)
        return page(Fields(pairs: []), scene, file, FieldErrors(), request, context)
    }

    @Sendable private func name(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await scene(context)
        let form: Fields = try await site.form(request, context)
        var errors = FieldErrors()
        let email: EmailAddress? = EmailAddress(form.text("email"))
        let role: CrewRole? = CrewRole(rawValue: form.text("role"))
        if email == nil { errors.add("email", "walks.prepare.refusal.email") }
        if role == nil { errors.add("role", "walks.prepare.refusal.role") }
        guard let email, let role else { return page(form, scene, file, errors, request, context) }
        do {
            try await walks.name(email, role, of: file.walk.id, by: scene.actor)
            return site.see(own(scene, file), flash: .done("walks.prepare.done.named"))
        } catch let refusal as WalkRefusal {
            return page(form, scene, file, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func release(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await scene(context)
        let form: Fields = try await site.form(request, context)
        guard let account = form.id("account", of: Account.self), let role = CrewRole(rawValue: form.text("role"))
        else { throw Refusal.malformed }
        do {
            try await walks.release(account, role, of: file.walk.id, by: scene.actor)
        } catch is NotAllowed { throw Absent() }
        return site.see(own(scene, file), flash: .done("walks.prepare.done.released"))
    }

    private func own(_ scene: WalkScene, _ file: WalkFile) -> String {
        "\(scene.base)/\(file.walk.handle)/crew"
    }

    private func page(
        _ form: Fields, _ scene: WalkScene, _ file: WalkFile, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.strings
        let words = WalkWords(strings)
        let page = WalkCrewPage(
            crumbs: scene.crumbs, action: own(scene, file),
            members: file.crew.map { member in
                .init(
                    name: member.name, email: member.email, role: words.role(member.role),
                    account: member.account.description, roleValue: member.role.rawValue)
            }, isEmpty: file.crew.isEmpty,
            email: errors.field(
                "email", label: strings("walks.prepare.crew.email"), value: form.text("email"), type: "email",
                hint: strings("walks.prepare.crew.email.hint"), autocomplete: "off", strings),
            roleProblem: errors.text(for: "role", strings),
            roles: CrewRole.allCases.map { role in
                .init(
                    value: role.rawValue, label: words.role(role), task: words.task(role),
                    isChosen: form.text("role") == role.rawValue)
            }, backHref: "\(scene.base)/\(file.walk.handle)", errors: errors.summary(strings))
        return site.page(
            page, title: errors.title(strings("walks.prepare.part.crew"), strings), request, context,
            status: errors.status)
    }
}

/// The crew of a walk.
struct WalkCrewPage: PageView {
    static let template = "walks/prepare-crew"

    struct Member: Sendable {
        let name: String
        let email: String
        let role: String
        let account: String
        let roleValue: String
    }

    /// A role to be given, with what it is.
    struct Choice: Sendable {
        let value: String
        let label: String
        let task: String
        let isChosen: Bool
    }

    let crumbs: [PlaceLink]
    let action: String
    let members: [Member]
    let isEmpty: Bool
    let email: Field
    let roleProblem: String?
    let roles: [Choice]
    let backHref: String
    let errors: ErrorSummary?

    static let sample = WalkCrewPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x",
        members: [
            Member(name: "Ada", email: "ada@example.fr", role: "Guide", account: "1", roleValue: "guide")
        ], isEmpty: true, email: FieldErrors.sampleField, roleProblem: "Manque",
        roles: [Choice(value: "guide", label: "Guide", task: "Mène le groupe.", isChosen: true)], backHref: "/x",
        errors: ErrorSummary(items: [.init(field: "email", text: "Manque")]))
}
