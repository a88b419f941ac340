import Foundation
import Hummingbird
import Participation

/// The synthesis of a consultation as agents write and publish it.
struct SynthesisDesk: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let syntheses: Syntheses
    let districts: Districts

    /// Adds `/desk/processes/{process}/consultations/{consultation}/synthesis`: its parts, its preview, its publication
    /// and the quotes that may be taken out.
    func add(to routes: RouterGroup<AppContext>) {
        let own = "/desk/processes/{process}/consultations/{consultation}/synthesis"
        routes.get(RouterPath(own), use: overview)
        routes.get("\(own)/preview", use: preview)
        routes.get("\(own)/preview.pdf", use: previewPDF)
        routes.get("\(own)/publication", use: confirmation)
        routes.post("\(own)/publication", use: publish)
        routes.get("\(own)/quotes/{quote}", use: quote)
        routes.post("\(own)/quotes/{quote}", use: withdrawQuote)
        for section in SynthesisSection.allCases {
            routes.get("\(own)/\(section.rawValue)") { request, context in
                try await show(section, request, context)
            }
            routes.post("\(own)/\(section.rawValue)") { request, context in
                try await take(section, request, context)
            }
        }
    }

    private func find(
        _ context: AppContext
    ) async throws -> (scene: ConsultationScene, consultation: Consultation, draft: SynthesisDraft) {
        let scene: ConsultationScene = try await .find(context, processes, site.strings(context), consultations)
        let consultation: Consultation = try scene.required()
        do {
            return (scene, consultation, try await syntheses.draft(of: consultation.id, by: scene.actor))
        } catch is NotAllowed { throw Absent() }
    }

    // MARK: Overview

    @Sendable private func overview(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, draft) = try await find(context)
        let published: PublishedSynthesis? = try await syntheses.find(consultation.id)
        let page = SynthesisDeskPage(draft, published, consultation, scene, today: site.today())
        return site.page(page, title: scene.strings("consultations.synthesis.title"), request, context)
    }

    @Sendable private func preview(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, _) = try await find(context)
        let here = "\(scene.own)/synthesis"
        do {
            let view: SynthesisView = try await previewed(consultation, scene)
            return site.page(
                SynthesisPage(
                    crumbs: scene.synthesisCrumbs, demonstration: scene.process.demonstration, synthesis: view,
                    pdfHref: "\(here)/preview.pdf", jsonHref: nil, links: [], editions: [], hasEditions: false,
                    isOld: false, latestHref: here, deskHref: here, isPreview: true),
                title: "\(scene.strings("consultations.synthesis.preview")) – \(view.heading)", request, context,
                scripts: ["print.js"])
        } catch SynthesisRefusal.noSuchFigure(let section, _, _, _) {
            // The form of the part says which line it is.
            return site.see(
                "\(here)/\(section.rawValue)", flash: .failed("consultations.synthesis.preview.figure"))
        }
    }

    @Sendable private func previewPDF(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, _) = try await find(context)
        do {
            return try await site.synthesisPDF(
                try await previewed(consultation, scene), of: consultation, back: "\(scene.own)/synthesis/preview",
                context)
        } catch is SynthesisRefusal { return site.see("\(scene.own)/synthesis/preview") }
    }

    private func previewed(_ consultation: Consultation, _ scene: ConsultationScene) async throws -> SynthesisView {
        SynthesisTelling(
            synthesis: try await syntheses.preview(of: consultation.id, by: scene.actor),
            districts: try await districts.names(scene.strings.language), strings: scene.strings
        ).view()
    }

    // MARK: Parts

    private func show(
        _ section: SynthesisSection, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (scene, consultation, draft) = try await find(context)
        let form = SynthesisForm(
            ["revision": String(draft.revision)],
            texts: [(section.rawValue, draft.sections[section] ?? Texts([:]))])
        return try await page(section, form, scene, consultation, FieldErrors(), request, context)
    }

    /// Saves a part. With `insert`, a figure comes at the end of what is written in each language, and the form again.
    private func take(
        _ section: SynthesisSection, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (scene, consultation, _) = try await find(context)
        let fields: Fields = try await site.form(request, context, limit: 1 << 20)
        let form = SynthesisForm(fields)
        var texts: Texts = form.texts(section.rawValue)
        let isInsertion: Bool = fields.has("insert")
        if isInsertion, !form.text("mark").isEmpty {
            var known: [String: String] = texts.byLanguage
            if known.isEmpty { known["fr"] = "" }
            texts = Texts(known.mapValues { $0.isEmpty ? form.text("mark") : "\($0)\n\n\(form.text("mark"))" })
        }
        do {
            try await syntheses.write(section, texts, of: consultation.id, from: form.revision, by: scene.actor)
            let here = "\(scene.own)/synthesis"
            return site.see(
                isInsertion ? "\(here)/\(section.rawValue)" : here, flash: .done("consultations.synthesis.saved"))
        } catch let refusal as SynthesisRefusal {
            return try await page(
                section, form, scene, consultation, refusal.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ section: SynthesisSection, _ form: SynthesisForm, _ scene: ConsultationScene, _ consultation: Consultation,
        _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        let catalogue: FigureCatalogue = try await syntheses.catalogue(of: consultation.id, by: scene.actor)
        let parts = SynthesisFormParts(form: form, errors: errors, strings: strings)
        let marks: [SynthesisFormPage.MarkLine] = catalogue.entries.map { .init($0, strings) }
        let page = SynthesisFormPage(
            crumbs: scene.synthesisCrumbs, eyebrow: consultation.title(strings.language),
            heading: strings("consultations.synthesis.section.\(section.rawValue)"),
            lead: strings("consultations.synthesis.section.\(section.rawValue).words"), points: [],
            action: request.uri.path, revision: form.text("revision"), choices: [], fields: [],
            translations: parts.translations(
                areas: [section.rawValue], required: [section.rawValue],
                label: strings("consultations.synthesis.section.\(section.rawValue)")), marks: marks,
            hasMarks: true, rows: "16", confirmation: nil, confirmationProblem: nil,
            submit: strings("consultations.synthesis.save"), isGrave: false, backHref: "\(scene.own)/synthesis",
            errors: errors.summary(strings))
        return site.page(
            page, title: errors.title(page.heading, strings), request, context, status: errors.status)
    }

    // MARK: Publication

    @Sendable private func confirmation(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, draft) = try await find(context)
        let form = SynthesisForm(["revision": String(draft.revision)])
        return publication(form, draft, scene, consultation, FieldErrors(), request, context)
    }

    @Sendable private func publish(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, draft) = try await find(context)
        let form = SynthesisForm(try await site.form(request, context, limit: 1 << 20))
        do {
            try form.confirm()
            try await syntheses.publish(
                consultation.id, from: form.revision, change: form.texts("change"), by: scene.actor)
            return site.see("\(scene.own)/synthesis", flash: .done("consultations.synthesis.published"))
        } catch let refusal as SynthesisRefusal {
            return publication(
                form, draft, scene, consultation, refusal.fieldErrors(scene.strings), request, context)
        } catch let errors as FieldErrors {
            return publication(form, draft, scene, consultation, errors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func publication(
        _ form: SynthesisForm, _ draft: SynthesisDraft, _ scene: ConsultationScene, _ consultation: Consultation,
        _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) -> Response {
        let isFirst: Bool = draft.editions.isEmpty
        let page = SynthesisFormPage.publication(
            .synthesis, SynthesisFormParts(form: form, errors: errors, strings: scene.strings), isFirst: isFirst,
            crumbs: scene.synthesisCrumbs, eyebrow: consultation.title(scene.strings.language),
            action: request.uri.path, backHref: "\(scene.own)/synthesis")
        return site.page(
            page, title: errors.title(page.heading, scene.strings), request, context, status: errors.status)
    }

    // MARK: Quotes

    @Sendable private func quote(_ request: Request, _ context: AppContext) async throws -> Response {
        try await quote(FieldErrors(), request, context)
    }

    @Sendable private func withdrawQuote(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, consultation, _) = try await find(context)
        let form = SynthesisForm(try await site.form(request, context))
        do {
            try form.confirm()
            try await syntheses.withdraw(quote: try context.slug("quote"), of: consultation.id, by: scene.actor)
            return site.see("\(scene.own)/synthesis", flash: .done("consultations.synthesis.quote.done"))
        } catch let errors as FieldErrors {
            return try await quote(errors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func quote(
        _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (scene, consultation, _) = try await find(context)
        let strings: Strings = scene.strings
        let digest: String = try context.slug("quote")
        let quotes: [SynthesisFigure.Quote] =
            try await syntheses.find(consultation.id)?.content.figures.values.flatMap(\.quotes) ?? []
        guard let words = quotes.first(where: { $0.digest == digest })?.words else { throw Absent() }
        let page = SynthesisFormPage(
            crumbs: scene.synthesisCrumbs, eyebrow: consultation.title(strings.language),
            heading: strings("consultations.synthesis.quote.withdraw"), lead: "« \(words) »",
            points: [strings("consultations.synthesis.quote.words")], action: request.uri.path, revision: "",
            choices: [], fields: [], translations: [], marks: [], hasMarks: false, rows: "4",
            confirmation: strings("consultations.synthesis.confirm"),
            confirmationProblem: errors.text(for: "confirmed", strings),
            submit: strings("consultations.synthesis.quote.withdraw"), isGrave: true,
            backHref: "\(scene.own)/synthesis", errors: errors.summary(strings))
        return site.page(
            page, title: errors.title(page.heading, strings), request, context, status: errors.status)
    }
}

extension SynthesisFormPage {
    /// The page on which a publication is confirmed.
    static func publication(
        _ kind: Edition.Kind, _ parts: SynthesisFormParts, isFirst: Bool, crumbs: [PlaceLink], eyebrow: String,
        action: String, backHref: String
    ) -> SynthesisFormPage {
        let strings: Strings = parts.strings
        let key = "consultations.\(kind.words).publish"
        return SynthesisFormPage(
            crumbs: crumbs, eyebrow: eyebrow, heading: strings(key), lead: strings("\(key).words"),
            points: isFirst
                ? [strings("\(key).first"), strings("\(key).then"), strings("\(key).told")]
                : [strings("\(key).again")],
            action: action, revision: parts.form.text("revision"), choices: [], fields: [],
            translations: isFirst ? [] : parts.translations(areas: ["change"], required: ["change"]), marks: [],
            hasMarks: false, rows: "4", confirmation: strings("consultations.synthesis.confirm"),
            confirmationProblem: parts.errors.text(for: "confirmed", strings), submit: strings(key), isGrave: true,
            backHref: backHref, errors: parts.errors.summary(strings))
    }
}

extension SynthesisFormPage.MarkLine {
    /// A figure by what it shows.
    init(_ entry: FigureCatalogue.Entry, _ strings: Strings) {
        mark = entry.mark.description
        let kind: String
        switch entry.mark {
        case .answers: kind = "answers"
        case .people: kind = "people"
        case .question, .crossing: kind = "question"
        case .quotes: kind = "quotes"
        case .paper: kind = "paper"
        case .arguments: kind = "arguments"
        case .wordings: kind = "wordings"
        }
        title = strings(
            "consultations.synthesis.mark.\(kind)",
            ["title": (entry.title ?? entry.questionnaire)?(strings.language) ?? ""])
    }
}

extension ConsultationScene {
    /// The way back from a form of the synthesis.
    var synthesisCrumbs: [PlaceLink] {
        crumbs + [PlaceLink(label: strings("consultations.synthesis.title"), href: "\(own)/synthesis")]
    }

    /// The way back from a form of a decision.
    var answerCrumbs: [PlaceLink] {
        crumbs + [PlaceLink(label: strings("consultations.decision.title"), href: "\(own)/answer")]
    }
}
