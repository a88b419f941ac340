import Foundation
import Hummingbird
import Participation

/// The consultations of a process at the desk: their list, and the page of each from which all of it is reached.
struct ConsultationDesk: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let documents: ConsultationDocuments
    /// What consultations hold, in the order in which one works on it.
    let parts: [any ConsultationPart]

    /// Adds `/desk/processes/{process}/consultations`, a consultation's page below it, and its publication.
    func add(to routes: RouterGroup<AppContext>) {
        let base = "/desk/processes/{process}/consultations"
        routes.get("\(base)", use: list)
        routes.get("\(base)/{consultation}", use: show)
        routes.post("\(base)/{consultation}/publication", use: publish)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: ConsultationScene = try await .find(context, processes, site.strings(context))
        let all: [Consultation] = try await consultations.all(of: scene.process.id, by: scene.actor)
        return site.page(
            ConsultationsDeskPage(scene, all, today: site.today()), title: scene.strings("consultations.title"),
            request, context)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: ConsultationScene = try await .find(context, processes, site.strings(context), consultations)
        return try await page(scene, FieldErrors(), request, context)
    }

    @Sendable private func publish(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: ConsultationScene = try await .find(context, processes, site.strings(context), consultations)
        _ = try await site.form(request, context)
        do {
            try await consultations.publish(try scene.required().id, by: scene.actor)
            return site.see(scene.own, flash: .done("consultations.frame.done.publication"))
        } catch let refusal as ConsultationRefusal {
            return try await page(scene, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ scene: ConsultationScene, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let consultation: Consultation = try scene.required()
        var lines: [ConsultationDeskLine] = []
        for part in parts { lines += try await part.deskLines(scene, of: consultation) }
        let page = ConsultationDeskPage(
            scene, consultation, lines: lines, documents: try await documents.list(of: consultation.id).count,
            today: site.today(), now: Date(), errors)
        return site.page(
            page, title: errors.title(page.heading, scene.strings), request, context, status: errors.status)
    }
}

/// The consultations of a process, at the desk.
struct ConsultationsDeskPage: PageView {
    static let template = "consultations/desk-list"

    struct Line: Sendable {
        let title: String
        let href: String
        let status: StatusWord
        let collection: String
        let promise: String
        let isLate: Bool
    }

    let crumbs: [PlaceLink]
    let processTitle: String
    let newHref: String
    let lines: [Line]
    let isEmpty: Bool
    /// How many promises are late, in a sentence; nil while all are kept.
    let lateWords: String?

    static let sample = ConsultationsDeskPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], processTitle: "Diagonales", newHref: "/x/new",
        lines: [
            Line(
                title: "La place", href: "/x/place", status: .sample, collection: "du 3 au 9", promise: "le 12 mars",
                isLate: true)
        ], isEmpty: true, lateWords: "Une réponse est en retard.")
}

extension ConsultationsDeskPage {
    init(_ scene: ConsultationScene, _ all: [Consultation], today: Day) {
        let strings: Strings = scene.strings
        let late: Int = all.count { ConsultationTimes($0, strings, today: today).isLate }
        crumbs = Array(scene.crumbs.dropLast())
        processTitle = scene.process.title(strings.language)
        newHref = "\(scene.base)/new"
        lines = all.map { consultation in
            let times = ConsultationTimes(consultation, strings, today: today)
            return Line(
                title: consultation.title(strings.language), href: "\(scene.base)/\(consultation.handle)",
                status: ConsultationWords(strings).deskStatus(of: consultation), collection: times.collection,
                promise: times.headline, isLate: times.isLate)
        }
        isEmpty = all.isEmpty
        lateWords = late == 0 ? nil : strings.plural("consultations.frame.desk.late", late)
    }
}

extension ConsultationTimes {
    /// Whether residents wait longer than they were told.
    var isLate: Bool { consultation.publishedAt != nil && late != nil }
}

extension ConsultationWords {
    /// Where it stands for its agents: also that nobody else sees it so far.
    func deskStatus(of consultation: Consultation) -> StatusWord {
        guard consultation.publishedAt == nil else { return status(consultation.stage) }
        return StatusWord(
            word: strings("consultations.frame.preparing"), tone: "wait",
            meaning: strings("consultations.frame.preparing.words"))
    }
}
