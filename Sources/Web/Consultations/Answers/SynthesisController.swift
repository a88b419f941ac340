import Foundation
import Hummingbird
import Participation

/// The synthesis of a consultation as everybody reads it: a page, a PDF, and the frozen file itself.
struct SynthesisController: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let syntheses: Syntheses
    let districts: Districts
    /// A PDF costs seconds of a processor, and everybody may ask for one.
    private let buckets = Buckets(burst: 10, perMinute: 10)

    init(
        site: Site, processes: Processes, consultations: Consultations, syntheses: Syntheses, districts: Districts
    ) {
        self.site = site
        self.processes = processes
        self.consultations = consultations
        self.syntheses = syntheses
        self.districts = districts
    }

    /// Adds `/consultations/{consultation}/synthesis`, its PDF and its file; `?edition=1` asks for an earlier edition.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/consultations/{consultation}/synthesis", use: page)
        routes.get("/consultations/{consultation}/synthesis.pdf", use: pdf)
        routes.get("/consultations/{consultation}/synthesis.json", use: json)
    }

    @Sendable private func page(_ request: Request, _ context: AppContext) async throws -> Response {
        let consultation: Consultation = try await consultations.published(context)
        let number: Int? = try request.query().integer("edition")
        let strings: Strings = site.strings(context)
        guard let process = try await processes.find(consultation.process) else { throw Absent() }
        let crumbs: [PlaceLink] = consultation.answerCrumbs(in: process, strings)
        guard let synthesis = try await syntheses.find(consultation.id, edition: number) else {
            guard number == nil else { throw Absent() }
            let page = SynthesisWaitingPage(
                crumbs: crumbs, consultation, .synthesis, today: site.today(), strings)
            return site.page(page, title: page.heading, request, context)
        }
        let here = "/consultations/\(consultation.handle)/synthesis"
        let isOld: Bool = synthesis.edition != synthesis.editions.first
        let suffix: String = isOld ? "?edition=\(synthesis.edition?.number ?? 1)" : ""
        let isAgent: Bool = context.account?.holds(.participationAgent, process: consultation.process) == true
        let view: SynthesisView = try await view(synthesis, strings)
        var links = [
            PlaceLink(
                label: strings("consultations.synthesis.data"), href: "/consultations/\(consultation.handle)/data")
        ]
        if consultation.answeredAt != nil {
            links.insert(
                PlaceLink(
                    label: strings("consultations.decision.title"), href: "/consultations/\(consultation.handle)/answer"
                ), at: 0)
        }
        return site.page(
            SynthesisPage(
                crumbs: crumbs, demonstration: process.demonstration, synthesis: view, pdfHref: "\(here).pdf\(suffix)",
                jsonHref: "\(here).json\(suffix)", links: links,
                editions: synthesis.editions.map { EditionLine($0, href: here, strings) },
                hasEditions: synthesis.editions.count > 1, isOld: isOld, latestHref: here,
                deskHref: isAgent
                    ? "/desk/processes/\(process.slug)/consultations/\(consultation.handle)/synthesis" : nil,
                isPreview: false),
            title: "\(strings("consultations.synthesis.title")) – \(view.heading)", request, context,
            scripts: ["print.js"])
    }

    @Sendable private func pdf(_ request: Request, _ context: AppContext) async throws -> Response {
        let consultation: Consultation = try await consultations.published(context)
        guard
            let synthesis = try await syntheses.find(
                consultation.id, edition: try request.query().integer("edition"))
        else { throw Absent() }
        try buckets.take(Network(address: context.remoteAddress ?? ""))
        return try await site.synthesisPDF(
            try await view(synthesis, site.strings(context)), of: consultation,
            back: "/consultations/\(consultation.handle)/synthesis", context)
    }

    @Sendable private func json(_ request: Request, _ context: AppContext) async throws -> Response {
        let consultation: Consultation = try await consultations.published(context)
        guard
            let json = try await syntheses.json(
                of: consultation.id, edition: try request.query().integer("edition"))
        else { throw Absent() }
        return site.download(
            Array(json.utf8), name: "\(consultation.handle)-synthesis.json", type: "application/json")
    }

    private func view(_ synthesis: PublishedSynthesis, _ strings: Strings) async throws -> SynthesisView {
        SynthesisTelling(
            synthesis: synthesis, districts: try await districts.names(strings.language), strings: strings
        ).view()
    }
}

extension Districts {
    /// What the districts are called, by their codes.
    func names(_ language: Language) async throws -> [String: String] {
        Dictionary(uniqueKeysWithValues: try await list().map { ($0.code, $0.name(language)) })
    }
}

extension Consultation {
    /// The way back from a page of what came of the consultation.
    func answerCrumbs(in process: Participation.Process, _ strings: Strings) -> [PlaceLink] {
        [
            PlaceLink(label: process.title(strings.language), href: "/processes/\(process.slug)"),
            PlaceLink(label: strings("consultations.title"), href: "/consultations"),
            PlaceLink(label: title(strings.language), href: "/consultations/\(handle)"),
        ]
    }
}

extension SynthesisWaitingPage {
    /// What a consultation promises and has not published.
    init(
        crumbs: [PlaceLink], _ consultation: Consultation, _ kind: Edition.Kind, today: Day, _ strings: Strings
    ) {
        let due: Day = kind == .synthesis ? consultation.synthesisDue : consultation.answerDue
        self.crumbs = crumbs
        eyebrow = consultation.title(strings.language)
        heading = strings("consultations.\(kind.words).title")
        words = strings("consultations.\(kind.words).awaited", ["day": strings.day(due)])
        let days: Int = due.days(until: today)
        late = days > 0 ? strings.plural("consultations.decision.late", days) : nil
        backHref = "/consultations/\(consultation.handle)"
    }
}

extension Site {
    /// The synthesis as PDF, in the reader's language.
    func synthesisPDF(
        _ view: SynthesisView, of consultation: Consultation, back: String, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = strings(context)
        let address: String = absolute("/consultations/\(consultation.handle)/synthesis")
        let sheet = SynthesisSheet(
            size: "a4 walk-report", demonstration: city.isDemonstration, synthesis: view, address: address,
            code: QR.svg(address), printed: strings("media.sheet.printed", ["date": strings.date(Date())]),
            backHref: back, pdfHref: "\(back).pdf")
        let job = PrintJob(
            sheet, title: "\(strings("consultations.synthesis.title")) – \(view.heading)",
            language: strings.language, code: nil)
        return try await printPDF(job, name: "\(consultation.handle)-synthesis.pdf", context)
    }
}
