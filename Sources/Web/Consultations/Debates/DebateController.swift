import Foundation
import Hummingbird
import Participation

/// Debates as everybody reads them, and as residents argue in them.
struct DebateController: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let debates: Debates
    let arguments: Arguments
    let comments: Comments

    private static let route = "/consultations/{consultation}/debates/{debate}"

    /// Adds `/consultations/{consultation}/debates/{debate}` and what is below it, with the answers to arguments.
    func add(to routes: RouterGroup<AppContext>) {
        let here = Self.route
        routes.get("\(here)", use: show)
        routes.get("\(here)/arguments/new", use: blank)
        routes.post("\(here)/arguments", use: write)
        routes.get("\(here)/arguments/{argument}", use: argument)
        routes.get("\(here)/arguments/{argument}/correction", use: edit)
        routes.post("\(here)/arguments/{argument}/correction", use: correct)
        routes.get("\(here)/arguments/{argument}/withdrawal", use: confirm)
        routes.post("\(here)/arguments/{argument}/withdrawal", use: withdraw)
        routes.post("\(here)/arguments/{argument}/support", use: support)
        let (consultations, debates, arguments) = (consultations, debates, arguments)
        CommentController(site: site, comments: comments, at: "\(here)/arguments/{argument}") { site, context in
            try await ArgumentScene.find(context, consultations, debates, arguments, site.strings(context))
        }.add(to: routes)
    }

    private func scene(_ context: AppContext) async throws -> DebateScene {
        try await .find(context, consultations, debates, site.strings(context))
    }

    private func found(_ context: AppContext) async throws -> ArgumentScene {
        try await .find(context, consultations, debates, arguments, site.strings(context))
    }

    // MARK: Reading

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DebateScene = try await scene(context)
        let query: Fields = try request.query()
        let order = ArgumentOrder(rawValue: query.text("order")) ?? .shuffled
        let side: Int? = query.integer("side").flatMap { number in
            scene.debate.sides.contains { $0.number == number } ? number : nil
        }
        var last: DebateArgument?
        if side != nil, let number = query.integer("after") {
            last = try await arguments.find(number, of: scene.debate.id, for: nil)
        }
        let found: [DebateArgument] = try await arguments.list(
            of: scene.debate.id, side: side, order, seed: seed(context, request), after: last?.id,
            limit: side == nil ? DebatePage.beside : DebatePage.alone, for: context.account?.id)
        var desk: String?
        if scene.isAgent, let process = try await processes.find(scene.consultation.process) {
            desk =
                "/desk/processes/\(process.slug)/consultations/\(scene.consultation.handle)"
                + "/debates/\(scene.debate.handle)"
        }
        let page = DebatePage(
            scene, DebatePage.Choice(order: order, side: side, isContinued: last != nil), found,
            try await arguments.counts(of: scene.debate.id), deskHref: desk)
        return site.page(page, title: page.title, request, context)
    }

    /// What the order of a reader is made from: the account, or the network and the day, none of which is kept.
    private func seed(_ context: AppContext, _ request: Request) -> String {
        if let account = context.account { return account.id.description }
        return "\(context.remoteAddress ?? "") \(site.today())"
    }

    @Sendable private func argument(_ request: Request, _ context: AppContext) async throws -> Response {
        let own: ArgumentScene = try await found(context)
        return try await page(of: own, request, context)
    }

    private func page(
        of own: ArgumentScene, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (scene, argument): (DebateScene, DebateArgument) = (own.scene, own.argument)
        let joined: [DebateArgument] = try await arguments.joined(into: argument.id)
        var target: DebateArgument?
        if let into = argument.joinedInto { target = try await arguments.find(into, for: context.account?.id) }
        let page = ArgumentPage(
            crumbs: scene.crumbs + [PlaceLink(label: scene.question, href: scene.here)], question: scene.question,
            side: scene.debate.sides.first { $0.number == argument.side }?.title(scene.strings.language) ?? "",
            argument: ArgumentView(argument, in: scene),
            joinedInto: target.map {
                PlaceLink(label: $0.title, href: "\(scene.here)/arguments/\($0.number)")
            }, joined: joined.map { ArgumentView($0, in: scene) }, hasJoined: !joined.isEmpty,
            comments: try await CommentSection(comments: comments).view(of: own))
        return site.page(page, title: own.title, request, context, scripts: ["count.js"])
    }

    // MARK: Arguing

    @Sendable private func blank(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DebateScene = try await scene(context)
        _ = try context.requireAccount()
        guard scene.debate.isOpen else { throw Absent() }
        let query: Fields = try request.query()
        var form = StaffForm()
        form["side"] = query.text("side")
        form["stand"] = scene.isAgent && query.has("stand") ? "1" : ""
        return formPage(scene, nil, form, FieldErrors(), request, context)
    }

    @Sendable private func write(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DebateScene = try await scene(context)
        let account: SignedInAccount = try context.requireAccount()
        let fields: Fields = try await site.form(request, context)
        let form = StaffForm(fields)
        let isForStand: Bool = scene.isAgent && !form["stand"].isEmpty
        let actor: Participation.Actor =
            isForStand ? account.acting(as: .participationAgent) : .resident(account.id)
        do {
            let number: Int = try await arguments.write(form.argument(context.language), in: scene.debate.id, by: actor)
            // Whoever writes down what people say at a stand goes on writing.
            return isForStand
                ? site.see("\(scene.here)/arguments/new?stand=1", flash: .done("consultations.debate.done.stand"))
                : site.see("\(scene.here)/arguments/\(number)", flash: .done("consultations.debate.done.written"))
        } catch let refused as Refused<ArgumentRefusal> {
            return formPage(scene, nil, form, refused.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func edit(_ request: Request, _ context: AppContext) async throws -> Response {
        let own: ArgumentScene = try await mine(context)
        var form = StaffForm()
        form["title"] = own.argument.title
        form["body"] = own.argument.body
        for (index, address) in own.argument.sources.enumerated() { form["source-\(index + 1)"] = address }
        return formPage(own.scene, own.argument, form, FieldErrors(), request, context)
    }

    @Sendable private func correct(_ request: Request, _ context: AppContext) async throws -> Response {
        let own: ArgumentScene = try await mine(context)
        let form = StaffForm(try await site.form(request, context))
        let account: SignedInAccount = try context.requireAccount()
        do {
            try await arguments.edit(own.argument.id, form.argument(own.argument.language), by: .resident(account.id))
            return site.see(own.here, flash: .done("consultations.debate.done.corrected"))
        } catch let refused as Refused<ArgumentRefusal> {
            return formPage(own.scene, own.argument, form, refused.fieldErrors(own.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func confirm(_ request: Request, _ context: AppContext) async throws -> Response {
        let own: ArgumentScene = try await mine(context)
        return site.page(
            ArgumentWithdrawalPage(
                crumbs: own.scene.crumbs + [PlaceLink(label: own.scene.question, href: own.scene.here)],
                argument: ArgumentView(own.argument, in: own.scene), action: "\(own.here)/withdrawal",
                backHref: own.here),
            title: own.strings("consultations.debate.withdrawal"), request, context)
    }

    @Sendable private func withdraw(_ request: Request, _ context: AppContext) async throws -> Response {
        let own: ArgumentScene = try await mine(context)
        _ = try await site.form(request, context)
        let account: SignedInAccount = try context.requireAccount()
        do {
            try await arguments.withdraw(own.argument.id, by: .resident(account.id))
            return site.see(own.scene.here, flash: .done("consultations.debate.done.withdrawn"))
        } catch is NotAllowed { throw Absent() }
    }

    /// Convinced, or not any more; the reader goes on where they were.
    @Sendable private func support(_ request: Request, _ context: AppContext) async throws -> Response {
        let own: ArgumentScene = try await found(context)
        let account: SignedInAccount = try context.requireAccount()
        let form: Fields = try await site.form(request, context)
        let isGiven: Bool = form.text("convincing") == "1"
        let back: String =
            form.text("from") == "list" ? "\(own.scene.here)#argument-\(own.argument.number)" : own.here
        do {
            try await arguments.support(own.argument.id, isGiven, by: .resident(account.id))
            return site.see(
                back, flash: .done(isGiven ? "consultations.debate.done.given" : "consultations.debate.done.taken"))
        } catch let refused as Refused<ArgumentRefusal> {
            return site.see(back, flash: .failed(refused.reasons[0].key))
        }
    }

    // MARK: Parts

    /// An argument that the reader wrote for themselves and has not withdrawn.
    private func mine(_ context: AppContext) async throws -> ArgumentScene {
        let account: SignedInAccount = try context.requireAccount()
        let own: ArgumentScene = try await found(context)
        guard own.argument.mayWithdraw(account.id) else { throw Absent() }
        return own
    }

    private func formPage(
        _ scene: DebateScene, _ argument: DebateArgument?, _ form: StaffForm, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let page = ArgumentFormPage(scene, argument, form, errors)
        return site.page(
            page, title: errors.title(page.heading, scene.strings), request, context, status: errors.status,
            scripts: ["count.js"])
    }
}

extension StaffForm {
    /// What was typed of an argument.
    fileprivate func argument(_ language: Language) -> ArgumentDraft {
        ArgumentDraft(
            side: Int(self["side"]), title: self["title"].replacing("\n", with: " "), body: self["body"],
            sources: (1...DebateArgument.mostSources).map { self["source-\($0)"] },
            language: Language(rawValue: self["language"]) ?? language)
    }
}

extension ArgumentFormPage {
    /// The form of a new argument, or of one that is mended.
    init(_ scene: DebateScene, _ argument: DebateArgument?, _ form: StaffForm, _ errors: FieldErrors) {
        let strings: Strings = scene.strings
        let isForStand: Bool = !form["stand"].isEmpty
        let key: String = argument != nil ? "correct" : isForStand ? "stand" : "write"
        crumbs = scene.crumbs + [PlaceLink(label: scene.question, href: scene.here)]
        heading = strings("consultations.debate.\(key)")
        lead = strings("consultations.debate.\(key).words")
        self.errors = errors.summary(strings)
        let own: String? = argument.map { "\(scene.here)/arguments/\($0.number)" }
        action = own.map { "\($0)/correction" } ?? "\(scene.here)/arguments"
        backHref = own ?? scene.here
        self.isForStand = isForStand
        asksSide = argument == nil
        choices = scene.debate.sides.map {
            Choice(
                value: String($0.number), label: $0.title(strings.language),
                isChosen: form["side"] == String($0.number))
        }
        sideProblem = errors.text(for: "side-1", strings)
        title = errors.field(
            "title", label: strings("consultations.debate.field.title"), value: form["title"],
            hint: strings("consultations.debate.hint.title", ["most": strings.number(DebateArgument.longestTitle)]),
            autocomplete: "off", strings)
        let problem: String? = errors.text(for: "body", strings)
        body = StaffFormPage.Area(
            name: "body", label: strings("consultations.debate.field.body"), value: form["body"],
            hint: strings("consultations.debate.hint.body", ["most": strings.number(DebateArgument.longestBody)]),
            problem: problem, optional: false, language: nil,
            described: problem == nil ? "body-hint" : "body-hint body-problem", rows: "8")
        sources = (1...DebateArgument.mostSources).map { number in
            errors.field(
                "source-\(number)",
                label: strings("consultations.debate.field.source", ["number": strings.number(number)]),
                value: form["source-\(number)"], type: "url",
                hint: number == 1 ? strings("consultations.debate.hint.source") : nil, optional: true,
                autocomplete: "off", inputmode: "url", strings)
        }
        submit = strings("consultations.debate.\(key).submit")
    }
}

extension ArgumentRefusal {
    /// The key of its words where no field shows it.
    var key: String {
        let word: String =
            switch self {
            case .sideMissing: "side"
            case .titleMissing: "title"
            case .bodyMissing: "body"
            case .titleTooLong: "title_long"
            case .bodyTooLong: "body_long"
            case .tooManySources: "sources"
            case .source: "source"
            case .closed: "closed"
            case .tooLate: "late"
            case .gone: "gone"
            case .own: "own"
            case .cannotJoin: "join"
            case .tooFast: "fast"
            }
        return "consultations.debate.refusal.\(word)"
    }
}

extension Refused<ArgumentRefusal> {
    /// The refusals, each at the field it concerns.
    func fieldErrors(_ strings: Strings) -> FieldErrors {
        var errors = FieldErrors()
        for reason in reasons {
            switch reason {
            case .sideMissing: errors.add("side-1", reason.key)
            case .titleMissing: errors.add("title", reason.key)
            case .bodyMissing: errors.add("body", reason.key)
            case .titleTooLong(let excess): errors.add("title", reason.key, ["count": strings.number(excess)])
            case .bodyTooLong(let excess): errors.add("body", reason.key, ["count": strings.number(excess)])
            case .source(let address): errors.add("source-1", reason.key, ["address": String(address.prefix(80))])
            case .tooManySources: errors.add("source-1", reason.key)
            case .tooFast(let seconds): errors.add("", reason.key, ["seconds": strings.number(seconds)])
            case .closed, .tooLate, .gone, .own, .cannotJoin: errors.add("", reason.key)
            }
        }
        return errors
    }
}
