import Foundation
import Hummingbird
import Participation

/// How a questionnaire is answered, at the desk: one-time codes, devices, and what an agent enters for somebody.
struct AnsweringDesk: Sendable {
    /// As many cards as one print holds; larger packages are a file for the mail merge.
    private static let mostCards = 500

    let site: Site
    let processes: Processes
    let consultations: Consultations
    let answering: Answering
    let codes: AnswerCodes
    let kiosks: AnswerKiosks

    /// Adds `…/questionnaires/{questionnaire}/codes` and `…/devices` at the desk.
    func add(to routes: RouterGroup<AppContext>) {
        let path = "/desk/processes/{process}/consultations/{consultation}/questionnaires/{questionnaire}"
        routes.get("\(path)/codes", use: showCodes)
        routes.post("\(path)/codes", use: issue)
        routes.post("\(path)/codes/void", use: void)
        routes.get("\(path)/devices", use: showDevices)
        routes.post("\(path)/devices", use: openDevice)
        routes.post("\(path)/devices/{device}/closing", use: closeDevice)
        routes.post("\(path)/entries", use: enter)
    }

    // MARK: Codes

    @Sendable private func showCodes(_ request: Request, _ context: AppContext) async throws -> Response {
        try await codesPage(Fields(pairs: []), FieldErrors(), request, context)
    }

    /// Answers with the codes themselves: they are shown once and kept nowhere, so there is nothing to redirect to.
    @Sendable private func issue(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DeskScene = try await scene(context)
        let form: Fields = try await site.form(request, context)
        let count: Int = form.integer("count") ?? 0
        let isCards: Bool = form.has("cards")
        if isCards, count > Self.mostCards {
            let errors = FieldErrors(
                "count", "consultations.answer.codes.many_cards", ["most": scene.strings.number(Self.mostCards)])
            return try await codesPage(form, errors, request, context)
        }
        do {
            let made: AnswerCodePackage.Made = try await codes.issue(
                count, label: form.text("label"), for: scene.questionnaire, by: scene.actor)
            return isCards ? await cards(made, scene, request, context) : csv(made, scene)
        } catch let refusal as AnswerCodeRefusal {
            return try await codesPage(form, refusal.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func void(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DeskScene = try await scene(context)
        let form: Fields = try await site.form(request, context)
        let number: String = form.text("number")
        guard let package = form.integer("package"), number.isEmpty || form.integer("number") != nil else {
            return try await codesPage(
                form, FieldErrors("package", "consultations.answer.codes.no_such"), request, context)
        }
        do {
            let count: Int = try await codes.void(
                form.integer("number"), of: package, for: scene.questionnaire, by: scene.actor)
            return site.see(
                "\(scene.base)/codes",
                flash: .done("consultations.answer.codes.voided", ["count": scene.strings.number(count)]))
        } catch let refusal as AnswerCodeRefusal {
            return try await codesPage(form, refusal.fieldErrors(scene.strings, at: "package"), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    /// The file for the mail merge.
    private func csv(_ made: AnswerCodePackage.Made, _ scene: DeskScene) -> Response {
        let head: [String] = ["package", "number", "code", "link"].map {
            scene.strings("consultations.answer.codes.column.\($0)")
        }
        let rows: [[String]] = made.codes.enumerated().map { index, code in
            [String(made.number), String(index + 1), code, site.absolute(scene.publicBase)]
        }
        var response: Response = site.download(
            Array(CSVText.write([head] + rows).utf8), name: "\(scene.questionnaire.handle)-codes-\(made.number).csv",
            type: "text/csv; charset=utf-8")
        response.headers[.cacheControl] = "no-store"
        return response
    }

    /// Cards to cut out and hand out.
    private func cards(
        _ made: AnswerCodePackage.Made, _ scene: DeskScene, _ request: Request, _ context: AppContext
    ) async -> Response {
        let address: String = site.absolute(scene.publicBase)
        let until: String = scene.strings(
            "consultations.answer.cards.until",
            ["moment": scene.strings.moment(scene.consultation.collectsUntil)])
        let sheet = AnswerCardsSheet(
            classes: "a4 answer-cards", backHref: "\(scene.base)/codes",
            cards: made.codes.enumerated().map { index, code in
                AnswerCardsSheet.Card(
                    title: scene.questionnaire.title(scene.strings.language), code: code, address: address,
                    picture: QR.svg(address), until: until, number: "\(made.number)-\(index + 1)")
            })
        let job = PrintJob(
            sheet, title: scene.strings("consultations.answer.cards.title"), language: scene.strings.language,
            code: nil)
        return await site.printOnce(
            job, name: "\(scene.questionnaire.handle)-codes-\(made.number).pdf", request, context)
    }

    private func codesPage(
        _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: DeskScene = try await scene(context)
        let strings: Strings = scene.strings
        let packages: [AnswerCodePackage]
        do {
            packages = try await codes.packages(of: scene.questionnaire, by: scene.actor)
        } catch is NotAllowed { throw Absent() }
        func field(_ name: String, optional: Bool = false, isNumber: Bool = false, hint: Bool = true) -> Field {
            errors.field(
                name, label: strings("consultations.answer.codes.\(name)"), value: form.text(name),
                hint: hint ? strings("consultations.answer.codes.\(name).hint") : nil, optional: optional,
                autocomplete: "off", inputmode: isNumber ? "numeric" : nil, size: isNumber ? "short" : nil, strings)
        }
        let view = AnswerCodesPage(
            crumbs: scene.crumbs, questionnaire: scene.questionnaire.title(strings.language),
            action: "\(scene.base)/codes", errors: errors.summary(strings),
            isUnused: !scene.questionnaire.ways.contains(.code), count: field("count", isNumber: true),
            label: field("label", optional: true),
            package: field("package", isNumber: true, hint: false),
            number: field("number", optional: true, isNumber: true),
            packages: packages.map { AnswerCodesPage.Line($0, strings) }, hasPackages: !packages.isEmpty)
        return site.page(
            view, title: errors.title(strings("consultations.answer.codes.title"), strings), request, context,
            status: errors.status)
    }

    // MARK: Devices and entries

    @Sendable private func showDevices(_ request: Request, _ context: AppContext) async throws -> Response {
        try await devicesPage(Fields(pairs: []), FieldErrors(), request, context)
    }

    @Sendable private func openDevice(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DeskScene = try await scene(context)
        let form: Fields = try await site.form(request, context)
        do {
            let token: Token = try await kiosks.open(form.text("name"), for: scene.questionnaire, by: scene.actor)
            return site.openingAnsweringKiosk(token, at: scene.publicBase)
        } catch let refusal as AnswerKioskRefusal {
            let key: String =
                switch refusal {
                case .nameless: "consultations.answer.devices.nameless"
                case .nameTaken: "consultations.answer.devices.taken"
                case .otherWay: "consultations.answer.devices.unused"
                }
            return try await devicesPage(form, FieldErrors("name", key), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func closeDevice(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DeskScene = try await scene(context)
        _ = try await site.form(request, context)
        do {
            try await kiosks.close(
                try context.id("device", of: AnswerKiosk.self), of: scene.questionnaire, by: scene.actor)
            return site.see("\(scene.base)/devices", flash: .done("consultations.answer.devices.closed"))
        } catch is NotAllowed { throw Absent() }
    }

    /// An agent begins to enter what somebody says, on the same pages as everybody.
    @Sendable private func enter(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: DeskScene = try await scene(context)
        let form: Fields = try await site.form(request, context)
        do {
            let code: ResponseCode = try await answering.begin(
                scene.questionnaire.id, by: .agent, in: Language(rawValue: form.text("language")) ?? context.language,
                actor: scene.actor)
            return site.holding(code, site.answerCodes(request), site.see("\(scene.publicBase)/next"))
        } catch AnsweringRefusal.otherWay {
            return site.see("\(scene.base)/devices", flash: .failed("consultations.answer.entries.unused"))
        } catch AnsweringRefusal.notOpen {
            return site.see("\(scene.base)/devices", flash: .failed("consultations.answer.refusal.not_open"))
        } catch is NotAllowed { throw Absent() }
    }

    private func devicesPage(
        _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: DeskScene = try await scene(context)
        let strings: Strings = scene.strings
        let open: [AnswerKiosk]
        do {
            open = try await kiosks.list(of: scene.questionnaire, by: scene.actor)
        } catch is NotAllowed { throw Absent() }
        let view = AnswerDevicesPage(
            crumbs: scene.crumbs, questionnaire: scene.questionnaire.title(strings.language),
            errors: errors.summary(strings), action: "\(scene.base)/devices", entryAction: "\(scene.base)/entries",
            takesDevices: scene.questionnaire.ways.contains(.kiosk),
            takesEntries: scene.questionnaire.ways.contains(.agent),
            name: errors.field(
                "name", label: strings("consultations.answer.devices.name"), value: form.text("name"),
                hint: strings("consultations.answer.devices.name.hint"), autocomplete: "off", strings),
            devices: open.map { device in
                AnswerDevicesPage.Line(
                    name: device.name,
                    since: strings(
                        "consultations.answer.devices.since",
                        ["moment": strings.moment(device.openedAt), "name": device.openedBy]),
                    closing: "\(scene.base)/devices/\(device.id)/closing")
            }, hasDevices: !open.isEmpty)
        return site.page(
            view, title: errors.title(strings("consultations.answer.devices.title"), strings), request, context,
            status: errors.status)
    }

    // MARK: Who

    /// A questionnaire at the desk.
    private struct DeskScene {
        let scene: ConsultationScene
        let consultation: Consultation
        let questionnaire: Questionnaire

        var strings: Strings { scene.strings }
        var actor: Actor { scene.actor }
        var base: String { "\(scene.own)/questionnaires/\(questionnaire.handle)" }
        var publicBase: String { "/consultations/\(consultation.handle)/questionnaires/\(questionnaire.handle)" }
        var crumbs: [PlaceLink] {
            scene.crumbs + [PlaceLink(label: questionnaire.title(strings.language), href: "\(base)/form")]
        }
    }

    private func scene(_ context: AppContext) async throws -> DeskScene {
        let scene: ConsultationScene = try await .find(context, processes, site.strings(context), consultations)
        let consultation: Consultation = try scene.required()
        guard
            let questionnaire = try await consultations.questionnaire(
                try context.slug("questionnaire"), of: consultation.id)
        else { throw Absent() }
        return DeskScene(scene: scene, consultation: consultation, questionnaire: questionnaire)
    }
}

extension AnswerCodeRefusal {
    /// The field it concerns, and the key of the sentence.
    fileprivate func fieldErrors(_ strings: Strings, at field: String = "count") -> FieldErrors {
        switch self {
        case .outOfBounds(let most):
            FieldErrors(field, "consultations.answer.codes.bounds", ["most": strings.number(most)])
        case .otherWay: FieldErrors("", "consultations.answer.codes.unused")
        case .noSuchCode: FieldErrors(field, "consultations.answer.codes.no_such")
        }
    }
}
