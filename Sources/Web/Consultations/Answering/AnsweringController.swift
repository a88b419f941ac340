import Foundation
import Hummingbird
import Participation

/// Where one begins to answer a questionnaire, and where one comes back to it.
struct AnsweringController: Sendable {
    let house: AnsweringHouse

    private var site: Site { house.site }

    static let path = "/consultations/{consultation}/questionnaires/{questionnaire}"

    /// Adds the start page and what leads away from it.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("\(Self.path)", use: start)
        routes.post("\(Self.path)/drafts", use: begin)
        routes.get("\(Self.path)/code", use: codePage)
        routes.post("\(Self.path)/code", use: open)
        routes.get("\(Self.path)/pause", use: pause)
        routes.post("\(Self.path)/forgetting", use: forget)
        routes.get("\(Self.path)/over", use: over)
    }

    // MARK: Beginning

    @Sendable private func start(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnsweringScene = try await house.scene(request, context)
        return try await page(scene, Fields(pairs: []), nil, request, context)
    }

    @Sendable private func begin(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnsweringScene = try await house.scene(request, context)
        let form: Fields = try await site.form(request, context)
        let network = Network(address: context.remoteAddress ?? "")
        try house.doors.beginnings.take(network)
        do {
            let code: ResponseCode = try await house.answering.begin(
                scene.questionnaire.id, by: try entrance(form, scene, network), in: context.language,
                actor: context.account.map { .resident($0.id) } ?? .visitor)
            return site.holding(code, scene.codes, site.see("\(scene.base)/next"))
        } catch let refusal as AnsweringRefusal {
            return try await page(scene, form, refusal.words(scene), request, context)
        } catch let error as Throttle.TooMany {
            let words: String = scene.strings("votes.code.too_many", ["seconds": String(error.seconds)])
            return try await page(scene, form, words, request, context)
        }
    }

    private func entrance(
        _ form: Fields, _ scene: AnsweringScene, _ network: Network
    ) throws -> Answering.Entrance {
        if let kiosk = scene.kiosk { return .kiosk(kiosk) }
        switch AnswerWay(rawValue: form.text("way")) {
        case .account: return .account
        case .code: return .code(form.text("code"), network)
        case .link: return .link
        default: throw AnsweringRefusal.otherWay
        }
    }

    private func page(
        _ scene: AnsweringScene, _ typed: Fields, _ problem: String?, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let hasDraft: Bool = try await house.answering.draft(scene.codes, of: scene.questionnaire.id) != nil
        var hasSent = try await house.answering.sent(scene.codes, of: scene.questionnaire.id) != nil
        var hasAnswered = false
        if let account = context.account, scene.kiosk == nil {
            hasAnswered = try await house.answering.hasAnswered(account.id, scene.questionnaire)
            if hasAnswered, !scene.questionnaire.isAnonymous {
                hasSent = try await house.answering.sent(by: account.id, of: scene.questionnaire.id) != nil
            }
        }
        let form: QuestionnaireForm? = try await house.consultations.form(
            of: scene.questionnaire.id, version: scene.questionnaire.liveVersion ?? 1)
        let view = AnsweringStartPage(
            scene, form: form ?? QuestionnaireForm(),
            .init(
                typed: typed.text("code"), problem: problem, problemWay: typed.text("way"), hasDraft: hasDraft,
                hasSent: hasSent, hasAnswered: hasAnswered, account: context.account,
                phone: site.city.help.phone, place: site.city.help.place))
        return house.watching(
            site.page(
                view, title: problem == nil ? scene.title : scene.strings("errors.in_title", ["title": scene.title]),
                request, context, status: problem == nil ? .ok : .unprocessableContent), scene)
    }

    // MARK: Coming back

    @Sendable private func codePage(_ request: Request, _ context: AppContext) async throws -> Response {
        entrance(try await house.scene(request, context), FieldErrors(), "", request, context)
    }

    /// The code leads on: to what was begun, or to what was sent.
    @Sendable private func open(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnsweringScene = try await house.scene(request, context)
        let typed: String = try await site.form(request, context).text("code")
        guard let code = ResponseCode(typed) else {
            let key: String =
                typed.isEmpty ? "consultations.answer.code.missing" : "consultations.answer.code.not_one"
            return entrance(scene, FieldErrors("code", key), typed, request, context)
        }
        do {
            let found: Answering.Opened = try await house.answering.open(
                code, of: scene.questionnaire.id, from: Network(address: context.remoteAddress ?? ""))
            let path: String = found == .draft ? "\(scene.base)/next" : "\(scene.base)/mine"
            return site.holding(code, scene.codes, site.see(path))
        } catch AnsweringRefusal.gone {
            return entrance(
                scene, FieldErrors("code", "consultations.answer.code.unknown"), typed, request, context)
        } catch let error as Throttle.TooMany {
            return entrance(
                scene, FieldErrors("code", "votes.code.too_many", ["seconds": String(error.seconds)]), typed, request,
                context)
        }
    }

    private func entrance(
        _ scene: AnsweringScene, _ errors: FieldErrors, _ typed: String, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.strings
        let view = AnsweringCodePage(
            questionnaire: scene.title, startHref: scene.base, action: "\(scene.base)/code",
            errors: errors.summary(strings),
            code: errors.field(
                "code", label: strings("consultations.answer.code.label"), value: typed,
                hint: strings("consultations.answer.code.hint"), autocomplete: "off", size: "code", strings))
        return house.watching(
            site.page(
                view, title: errors.title(strings("consultations.answer.code.title"), strings), request, context,
                status: errors.status), scene)
    }

    /// What has been written is kept; here is the code that opens it elsewhere.
    @Sendable private func pause(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnsweringScene = try await house.scene(request, context)
        guard let code = try await house.draft(scene)?.draft.code else { return site.see(scene.base) }
        let view = AnsweringPausePage(
            questionnaire: scene.title, groups: code.groups, days: Answering.draftDays,
            address: site.absolute("\(scene.base)/code"), continueHref: "\(scene.base)/next", hub: scene.hub,
            forgetting: "\(scene.base)/forgetting", scene)
        return house.watching(
            site.page(
                view, title: scene.strings("consultations.answer.pause.title"), request, context, focus: true,
                scripts: ["print.js"]), scene)
    }

    /// The browser forgets the codes; with `discard`, what was written is deleted too.
    @Sendable private func forget(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnsweringScene = try await house.scene(request, context)
        let form: Fields = try await site.form(request, context)
        if form.has("discard"), let draft = try await house.draft(scene)?.draft {
            try await house.answering.discard(draft.code, of: scene.questionnaire.id)
        }
        if scene.kiosk != nil { return site.forgettingVisitor(site.see(scene.base)) }
        let key: String = form.has("discard") ? "consultations.answer.discarded" : "consultations.answer.forgotten"
        return site.forgettingCodes(site.see(scene.hub, flash: .done(key)))
    }

    /// A device forgets whoever is gone: nobody has touched it for a while, or the answer is in.
    @Sendable private func over(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnsweringScene = try await house.scene(request, context)
        guard scene.kiosk != nil else { return site.see(scene.base) }
        if let draft = try await house.draft(scene)?.draft, draft.way == .kiosk {
            try await house.answering.discard(draft.code, of: scene.questionnaire.id)
        }
        return site.forgettingVisitor(site.see(scene.base))
    }
}
