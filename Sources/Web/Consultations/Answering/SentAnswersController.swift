import Hummingbird
import Participation

/// What somebody sent: the receipt, and what one may still do with it.
struct SentAnswersController: Sendable {
    let house: AnsweringHouse

    private var site: Site { house.site }

    /// Adds the pages below the questionnaire.
    func add(to routes: RouterGroup<AppContext>) {
        let path = AnsweringController.path
        routes.get("\(path)/receipt", use: receipt)
        routes.get("\(path)/mine", use: mine)
        routes.post("\(path)/mine/change", use: change)
        routes.get("\(path)/mine/withdrawal", use: question)
        routes.post("\(path)/mine/withdrawal", use: withdraw)
    }

    /// What the reader's browser, or their account, can show.
    private struct Found {
        /// Nil for what the account sent from another browser.
        let code: ResponseCode?
        let sent: SentAnswers
    }

    private func find(_ scene: AnsweringScene, _ context: AppContext) async throws -> Found? {
        if let found = try await house.answering.sent(scene.codes, of: scene.questionnaire.id) {
            return Found(code: found.code, sent: found.answers)
        }
        guard let account = context.account, scene.kiosk == nil, !scene.questionnaire.isAnonymous,
            let sent = try await house.answering.sent(by: account.id, of: scene.questionnaire.id)
        else { return nil }
        return Found(code: nil, sent: sent)
    }

    // MARK: Showing

    @Sendable private func receipt(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnsweringScene = try await house.scene(request, context)
        guard let found = try await find(scene, context), let code = found.code else { return site.see(scene.base) }
        let strings: Strings = scene.strings
        let thanks: String = scene.questionnaire.thanks(strings.language)
        let view = AnswerReceiptPage(
            questionnaire: scene.title, thanks: thanks.isEmpty ? nil : Markdown.html(thanks), groups: code.groups,
            address: site.absolute("\(scene.base)/code"),
            rights: AnswerReceiptPage.rights(scene.questionnaire, until: scene.consultation.collectsUntil, strings),
            secrecy: AnsweringStartPage.secrecy(scene.questionnaire, strings),
            remains: scene.questionnaire.isAnonymous ? strings("consultations.answer.remains") : nil,
            mineHref: "\(scene.base)/mine", hub: scene.hub, forgetting: "\(scene.base)/forgetting",
            isKiosk: scene.kiosk != nil)
        var response: Response = site.page(
            view, title: strings("consultations.answer.receipt.title"), request, context, focus: true,
            scripts: ["print.js"])
        if scene.kiosk != nil {
            // Long enough to copy the code, short enough for the next person.
            response.headers[.refresh] = "90; url=\(scene.base)/over"
            response.headers[.cacheControl] = "no-store"
        }
        return response
    }

    @Sendable private func mine(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnsweringScene = try await house.scene(request, context)
        guard let found = try await find(scene, context),
            let form = try await house.consultations.form(
                of: scene.questionnaire.id, version: found.sent.version)
        else { return site.see("\(scene.base)/code") }
        let words = AnswerWords(scene.strings, districts: try await house.districts.list())
        let view = SentAnswersPage(
            questionnaire: scene.title,
            sections: AnsweredSection.all(form, found.sent.answers, base: nil, words),
            changeAction: found.sent.mayChange ? "\(scene.base)/mine/change" : nil,
            withdrawalHref: found.sent.mayWithdraw ? "\(scene.base)/mine/withdrawal" : nil,
            tooLate: found.sent.mayWithdraw ? nil : scene.strings("consultations.answer.refusal.too_late"),
            hub: scene.hub, forgetting: "\(scene.base)/forgetting")
        return house.watching(
            site.page(view, title: scene.strings("consultations.answer.mine.title"), request, context), scene)
    }

    // MARK: Changing

    @Sendable private func change(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnsweringScene = try await house.scene(request, context)
        _ = try await site.form(request, context)
        guard let found = try await find(scene, context) else { return site.see("\(scene.base)/code") }
        do {
            let code: ResponseCode = try await house.answering.change(
                found.code, of: scene.questionnaire.id, in: context.language, by: actor(context))
            return site.holding(code, scene.codes, site.see("\(scene.base)/check"))
        } catch let refusal as AnsweringRefusal {
            throw Refusal(refusal.key, status: .conflict)
        }
    }

    // MARK: Withdrawing

    @Sendable private func question(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnsweringScene = try await house.scene(request, context)
        guard let found = try await find(scene, context), found.sent.mayWithdraw else {
            return site.see("\(scene.base)/mine")
        }
        let isFinal: Bool = scene.questionnaire.once && (scene.questionnaire.isAnonymous || found.sent.way == .code)
        let view = AnswerWithdrawalPage(
            questionnaire: scene.title, action: "\(scene.base)/mine/withdrawal", backHref: "\(scene.base)/mine",
            isFinal: isFinal)
        return house.watching(
            site.page(view, title: scene.strings("consultations.answer.withdrawal.title"), request, context), scene)
    }

    @Sendable private func withdraw(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: AnsweringScene = try await house.scene(request, context)
        _ = try await site.form(request, context)
        guard let found = try await find(scene, context) else { return site.see("\(scene.base)/code") }
        do {
            try await house.answering.withdraw(found.code, of: scene.questionnaire.id, by: actor(context))
            let answer: Response = site.see(
                scene.kiosk == nil ? scene.hub : scene.base, flash: .done("consultations.answer.withdrawn"))
            return scene.kiosk == nil ? answer : site.forgettingVisitor(answer)
        } catch let refusal as AnsweringRefusal {
            throw Refusal(refusal.key, status: .conflict)
        }
    }

    private func actor(_ context: AppContext) -> Actor { context.account.map { .resident($0.id) } ?? .visitor }
}

extension AnsweringRefusal {
    /// The key of a sentence for a page of its own.
    fileprivate var key: String {
        switch self {
        case .notChanged: "consultations.answer.refusal.not_changed"
        case .tooLate: "consultations.answer.refusal.too_late"
        case .notOpen: "consultations.answer.refusal.not_open"
        default: "consultations.answer.refusal.gone"
        }
    }
}
