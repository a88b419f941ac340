import Foundation
import Hummingbird
import Participation

/// An agent writes down what somebody says, or what stands on a sheet of paper.
struct IntakeDesk: Sendable {
    private let site: Site
    private let processes: Processes
    private let scenes: WritingScenes
    private let intake: Intake

    /// The form over the capabilities it needs.
    init(site: Site, processes: Processes, scenes: WritingScenes, intake: Intake) {
        self.site = site
        self.processes = processes
        self.scenes = scenes
        self.intake = intake
    }

    /// Adds `/desk/processes/{process}/intake`, and `…/intake/sheet` for what stands on paper.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/processes/{process}/intake") { try await show(isSheet: false, $0, $1) }
        routes.post("/desk/processes/{process}/intake") { try await enter(isSheet: false, $0, $1) }
        routes.get("/desk/processes/{process}/intake/sheet") { try await show(isSheet: true, $0, $1) }
        routes.post("/desk/processes/{process}/intake/sheet") { try await enter(isSheet: true, $0, $1) }
    }

    private func show(isSheet: Bool, _ request: Request, _ context: AppContext) async throws -> Response {
        try await page(WritingForm(ProposalDraft()), FieldErrors(), isSheet: isSheet, request, context)
    }

    /// Answers with the receipt itself: its code is shown once.
    private func enter(isSheet: Bool, _ request: Request, _ context: AppContext) async throws -> Response {
        let (account, process) = try await processes.ofAgent(context)
        let form = WritingForm(try await site.form(request, context, limit: WritingForm.limit))
        do {
            let draft: ProposalDraft = try form.draft()
            let entered: Intake.Entered = try await intake.enter(
                draft, for: try author(form), sheet: isSheet ? form["sheet"] : nil,
                consent: isSheet ? .signedForm(form["sheet"]) : try consent(form), in: process.id,
                language: Language(rawValue: form["language"]) ?? .french,
                by: account.acting(as: .participationAgent))
            return receipt(of: entered, form, account, process, isSheet: isSheet, request, context)
        } catch let errors as FieldErrors {
            return try await page(form, errors, isSheet: isSheet, request, context)
        } catch let refused as Refused<IntakeRefusal> {
            let errors: FieldErrors = refused.fieldErrors(site.strings(context))
            return try await page(form, errors, isSheet: isSheet, request, context)
        } catch is NotAllowed {
            throw Absent()
        }
    }

    private func author(_ form: WritingForm) throws(FieldErrors) -> Intake.Author {
        guard !form["email"].isEmpty else { return .name(form["name"]) }
        guard let address = EmailAddress(form["email"]) else {
            throw FieldErrors("email", "proposals.writing.authors.error.email")
        }
        return .account(address)
    }

    private func consent(_ form: WritingForm) throws(FieldErrors) -> Consent {
        guard let consent = Consent(word: form["consent"], reference: form["reference"]) else {
            throw FieldErrors("consent", "assistance.consent.missing")
        }
        return consent
    }

    private func receipt(
        of entered: Intake.Entered, _ form: WritingForm, _ account: SignedInAccount,
        _ process: Participation.Process, isSheet: Bool, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = site.strings(context)
        func fact(_ key: String, _ text: String) -> PlaceFact { PlaceFact(name: strings(key), text: text) }
        let consent: String =
            isSheet
            ? "\(strings("assistance.consent.signed_form")) (\(form["sheet"]))"
            : form["reference"].isEmpty
                ? strings("assistance.consent.\(form["consent"])")
                : "\(strings("assistance.consent.\(form["consent"])")) (\(form["reference"]))"
        let here: String = "/desk/processes/\(process.slug)/intake"
        return site.page(
            IntakeReceiptPage(
                crumbs: ProposalDesk.crumbs(of: process, strings), code: entered.code.text,
                facts: [
                    fact("assistance.receipt.act", strings("assistance.act.proposal")),
                    fact("assistance.receipt.person", form["name"].isEmpty ? form["email"] : form["name"]),
                    fact("assistance.receipt.helper", account.name), fact("assistance.receipt.consent", consent),
                    fact("proposals.intake.number", String(entered.number)),
                    fact("proposals.writing.title", form["title"]),
                    fact("proposals.intake.read", site.absolute("/proposals/\(entered.number)")),
                    fact("assistance.receipt.date", strings.moment(Date())),
                ], withdrawal: site.absolute("/assistance/withdrawal"),
                mediaHref: "/proposals/\(entered.number)/media", backHref: isSheet ? "\(here)/sheet" : here),
            title: strings("assistance.receipt.title"), request, context, scripts: ["print.js"])
    }

    private func page(
        _ form: WritingForm, _ errors: FieldErrors, isSheet: Bool, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (_, process) = try await processes.ofAgent(context)
        let words: WritingWords = try await scenes.words(of: process.id, context)
        let strings: Strings = words.strings
        func field(_ name: String, _ key: String, hint: String? = nil, optional: Bool = false) -> Field {
            errors.field(
                name, label: strings(key), value: form[name], hint: hint.map { strings($0) }, optional: optional,
                autocomplete: "off", strings)
        }
        let here: String = "/desk/processes/\(process.slug)/intake"
        let title: String = strings(isSheet ? "proposals.intake.sheet.title" : "proposals.intake.title")
        let chosen: String = form["language"].isEmpty ? context.language.rawValue : form["language"]
        return site.page(
            IntakePage(
                crumbs: ProposalDesk.crumbs(of: process, strings), title: title,
                lead: strings(isSheet ? "proposals.intake.sheet.lead" : "proposals.intake.lead"),
                action: isSheet ? "\(here)/sheet" : here,
                other: PlaceLink(
                    label: strings(isSheet ? "proposals.intake.title" : "proposals.intake.sheet.title"),
                    href: isSheet ? here : "\(here)/sheet"), formHref: "/processes/\(process.slug)/proposals/paper",
                errors: errors.summary(strings),
                sheet: isSheet
                    ? field("sheet", "proposals.intake.sheet.number", hint: "proposals.intake.sheet.number.hint") : nil,
                name: field("name", "proposals.intake.name", hint: "proposals.intake.name.hint", optional: true),
                email: field("email", "proposals.intake.email", hint: "proposals.intake.email.hint", optional: true),
                languages: Language.allCases.map {
                    SelectOption(
                        value: $0.rawValue, label: strings("language.\($0.rawValue)"), selected: $0.rawValue == chosen)
                }, idea: words.ideaFields(form, errors), location: words.placeFields(form, errors),
                author: words.authorFields(form, errors, name: ""),
                consents: isSheet ? [] : PlaceWords.consents(form["consent"], strings), asksConsent: !isSheet,
                reference: field(
                    "reference", "assistance.reference", hint: "assistance.reference.hint", optional: true)),
            title: errors.title(title, strings), request, context, status: errors.status, scripts: ["map.js"])
    }
}

extension Refused<IntakeRefusal> {
    /// The refusals at the fields of the form.
    func fieldErrors(_ strings: Strings) -> FieldErrors {
        var errors = FieldErrors()
        for reason in reasons {
            switch reason {
            case .draft(let reason): errors.add(reason.place.field, reason.key, reason.arguments(strings))
            case .noAccount: errors.add("email", "proposals.intake.error.no_account")
            case .nameMissing: errors.add("name", "assistance.refusal.name")
            case .nameTooLong: errors.add("name", "assistance.refusal.name_long")
            case .oneself: errors.add("email", "proposals.intake.error.oneself")
            case .sheetMissing: errors.add("sheet", "proposals.intake.error.sheet")
            case .sheetTooLong: errors.add("sheet", "assistance.refusal.reference_long")
            case .sheetEntered: errors.add("sheet", "proposals.intake.error.entered")
            case .consentReference: errors.add("reference", "assistance.refusal.reference")
            }
        }
        return errors
    }
}
