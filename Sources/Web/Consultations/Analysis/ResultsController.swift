import Foundation
import Hummingbird
import Participation

/// What the answers to a consultation come to, as everybody reads it, and as agents publish it.
struct ResultsController: Sendable {
    let desks: AnalysisDesks

    /// Adds `/consultations/{consultation}/results`, and `…/results` with its publication at the desk.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/consultations/{consultation}/results", use: show)
        let own = "/desk/processes/{process}/consultations/{consultation}/results"
        routes.get(RouterPath(own), use: preview)
        routes.post("\(own)/publication", use: publish)
    }

    // MARK: Everybody

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let consultation: Consultation = try await desks.consultations.published(context)
        guard let process = try await desks.processes.find(consultation.process) else { throw Absent() }
        let strings: Strings = desks.site.strings(context)
        let published: [ID<Questionnaire>: DatedFigures] = try await desks.analyses.published(of: consultation.id)
        let counts: [ID<Questionnaire>: Int] =
            published.isEmpty ? try await desks.analyses.answers(of: consultation.id) : [:]
        let own = "/consultations/\(consultation.handle)"
        let page: ResultsPage = try await page(
            consultation, published, counts, at: "\(own)/results", query: try request.query(), strings,
            crumbs: [
                PlaceLink(label: process.title(strings.language), href: "/processes/\(process.slug)"),
                PlaceLink(label: consultation.title(strings.language), href: own),
            ], publication: nil)
        return desks.site.page(
            page,
            title: "\(strings("consultations.analysis.results")) – \(consultation.title(strings.language))", request,
            context, scripts: ["print.js"])
    }

    // MARK: Agents

    @Sendable private func preview(_ request: Request, _ context: AppContext) async throws -> Response {
        try await preview(FieldErrors(), request, context)
    }

    private func preview(
        _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = desks.site.strings(context)
        let scene: ConsultationScene = try await .find(context, desks.processes, strings, desks.consultations)
        let consultation: Consultation = try scene.required()
        let figures: [ID<Questionnaire>: DatedFigures] = try await knowing {
            try await desks.turns.take {
                try await desks.analyses.preview(of: consultation.id, by: scene.actor)
            }
        }
        let published: [ID<Questionnaire>: DatedFigures] = try await desks.analyses.published(of: consultation.id)
        let page: ResultsPage = try await page(
            consultation, figures, [:], at: "\(scene.own)/results", query: try request.query(), strings,
            crumbs: scene.crumbs,
            publication: ResultsPage.Publication(
                action: "\(scene.own)/results/publication",
                state: published.values.map(\.at).max().map {
                    strings("consultations.analysis.publication.published", ["moment": strings.moment($0)])
                } ?? strings("consultations.analysis.publication.unpublished"),
                isPossible: consultation.publishedAt != nil && consultation.stage > .collection,
                isRepeated: !published.isEmpty, errors: errors.summary(strings)))
        return desks.site.page(
            page,
            title: errors.title(
                "\(strings("consultations.analysis.results")) – \(consultation.title(strings.language))", strings),
            request, context, status: errors.status)
    }

    @Sendable private func publish(_ request: Request, _ context: AppContext) async throws -> Response {
        let strings: Strings = desks.site.strings(context)
        let scene: ConsultationScene = try await .find(context, desks.processes, strings, desks.consultations)
        let consultation: Consultation = try scene.required()
        _ = try await desks.site.form(request, context)
        do {
            try await knowing { try await desks.analyses.publish(consultation.id, by: scene.actor) }
            return desks.site.see("\(scene.own)/results", flash: .done("consultations.analysis.publication.done"))
        } catch let refusal as ResultsRefusal {
            let key: String =
                switch refusal {
                case .unpublished: "unpublished"
                case .stillCollecting: "still_collecting"
                case .stillArriving: "still_arriving"
                }
            return try await preview(
                FieldErrors("", "consultations.analysis.publication.refusal.\(key)"), request, context)
        }
    }

    // MARK: The page

    private func page(
        _ consultation: Consultation, _ figures: [ID<Questionnaire>: DatedFigures], _ counts: [ID<Questionnaire>: Int],
        at address: String, query: Fields, _ strings: Strings, crumbs: [PlaceLink],
        publication: ResultsPage.Publication?
    ) async throws -> ResultsPage {
        let questionnaires: [Questionnaire] = try await desks.consultations.questionnaires(of: consultation.id)
            .filter { $0.liveVersion != nil }
        let chosen: Questionnaire? =
            questionnaires.first { $0.handle == query.text("questionnaire") && figures[$0.id] != nil }
            ?? questionnaires.first { figures[$0.id] != nil }
        var view: FiguresView?
        var lead: String?
        var versions: String?
        if let chosen, let dated = figures[chosen.id] {
            let form: JoinedForm = try await desks.analyses.form(of: chosen.id)
            let shown: [String] = [form.question(meaning: .district), form.question(meaning: .ageBand)]
                .compactMap { $0?.key }
            lead = strings.plural(
                "consultations.analysis.lead", dated.figures.answers, ["moment": strings.moment(dated.at)])
            versions =
                dated.figures.versions.count > 1
                ? strings.plural("consultations.analysis.versions", dated.figures.versions.count) : nil
            view = FiguresView(
                dated.figures, form, section: query.integer("section") ?? 0, over: try await desks.map.districts(),
                leavesOut: Set(shown), strings,
                address: { "\(address)?questionnaire=\(chosen.handle)&section=\($0)" })
        }
        return ResultsPage(
            crumbs: crumbs, eyebrow: consultation.title(strings.language),
            title: chosen?.title(strings.language) ?? "", lead: lead, versions: versions, figures: view,
            rule: strings("consultations.analysis.rule", ["least": strings.number(SmallCells.least)]),
            questionnaires: questionnaires.count > 1 && chosen != nil
                ? questionnaires.filter { figures[$0.id] != nil }.map {
                    AnalysisChoice(
                        value: $0.handle, label: $0.title(strings.language), selected: $0.handle == chosen?.handle,
                        href: "\(address)?questionnaire=\($0.handle)")
                } : [],
            hasQuestionnaires: questionnaires.count > 1 && chosen != nil,
            counts: chosen == nil
                ? questionnaires.map {
                    strings.plural(
                        "consultations.analysis.count", counts[$0.id] ?? 0,
                        ["questionnaire": $0.title(strings.language)])
                } : [],
            isWaiting: chosen == nil, publication: publication)
    }
}

/// What the answers to a consultation come to.
struct ResultsPage: PageView {
    static let template = "consultations/analysis-results"

    /// What agents see above: whether it is published, and the button that does it.
    struct Publication: Sendable {
        let action: String
        let state: String
        let isPossible: Bool
        let isRepeated: Bool
        let errors: ErrorSummary?
    }

    let crumbs: [PlaceLink]
    let eyebrow: String
    let title: String
    let lead: String?
    let versions: String?
    let figures: FiguresView?
    /// Why some figures are left out.
    let rule: String
    let questionnaires: [AnalysisChoice]
    let hasQuestionnaires: Bool
    /// How many answers each questionnaire has, while that alone is said.
    let counts: [String]
    let isWaiting: Bool
    let publication: Publication?

    static let sample = ResultsPage(
        crumbs: [PlaceLink(label: "Consultations", href: "/consultations")], eyebrow: "La place Lambert",
        title: "Vos usages", lead: "430 réponses", versions: "2 versions", figures: .sample, rule: "Moins de 5",
        questionnaires: [.sample], hasQuestionnaires: true, counts: ["Vos usages : 12 réponses"], isWaiting: true,
        publication: Publication(
            action: "/desk", state: "Non publié", isPossible: true, isRepeated: true,
            errors: ErrorSummary(items: [.init(field: nil, text: "…")])))
}

/// What the analysis tells on the pages of a consultation.
struct AnalysisPart: ConsultationPart {
    let consultations: Consultations
    let analyses: Analyses

    func lines(_ visit: ConsultationVisit) async throws -> [ConsultationLine] {
        let questionnaires: [Questionnaire] = try await consultations.questionnaires(of: visit.consultation.id)
            .filter { $0.liveVersion != nil }
        guard !questionnaires.isEmpty, visit.consultation.stage > .announcement else { return [] }
        let isPublished: Bool = try await !analyses.published(of: visit.consultation.id).isEmpty
        let total: Int = try await analyses.answers(of: visit.consultation.id).values.reduce(0, +)
        return [
            ConsultationLine(
                .outcome, title: visit.strings("consultations.analysis.results"), href: "\(visit.own)/results",
                words: visit.strings.plural(
                    isPublished ? "consultations.analysis.line.published" : "consultations.analysis.line.awaited", total
                ))
        ]
    }

    func deskLines(_ scene: ConsultationScene, of consultation: Consultation) async throws -> [ConsultationDeskLine] {
        let questionnaires: [Questionnaire] = try await consultations.questionnaires(of: consultation.id)
            .filter { $0.liveVersion != nil }
        guard !questionnaires.isEmpty else { return [] }
        let counts: [ID<Questionnaire>: Int] = try await analyses.answers(of: consultation.id)
        return questionnaires.map { questionnaire in
            ConsultationDeskLine(
                title: scene.strings(
                    "consultations.analysis.line.desk", ["questionnaire": questionnaire.title(scene.strings.language)]),
                href: "\(scene.own)/questionnaires/\(questionnaire.handle)/answers",
                words: scene.strings.plural("consultations.analysis.answered_row", counts[questionnaire.id] ?? 0))
        } + [
            ConsultationDeskLine(
                title: scene.strings("consultations.analysis.line.results"), href: "\(scene.own)/results",
                words: scene.strings("consultations.analysis.line.results.words"))
        ]
    }
}
