import Foundation
import Hummingbird
import Participation

/// Consultations as everybody reads them: the lists and the page of each.
struct ConsultationController: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let documents: ConsultationDocuments
    let followers: ConsultationFollowers
    /// What consultations hold, in the order in which one works on it.
    let parts: [any ConsultationPart]

    /// Adds `/consultations` with its feed, `/processes/{process}/consultations` and `/consultations/{consultation}`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/consultations", use: all)
        routes.get("/consultations.atom", use: feed)
        routes.get("/processes/{process}/consultations", use: list)
        routes.get("/consultations/{consultation}", use: show)
    }

    private var shelf: ConsultationShelf { ConsultationShelf(consultations: consultations, processes: processes) }

    @Sendable private func all(_ request: Request, _ context: AppContext) async throws -> Response {
        let strings: Strings = site.strings(context)
        return site.page(
            ConsultationsPage(try await shelf.cards(strings, today: site.today()), of: nil, strings),
            title: strings("consultations.title"), request, context)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let process = try await processes.find(try context.slug("process")) else { throw Absent() }
        let strings: Strings = site.strings(context)
        return site.page(
            ConsultationsPage(
                try await shelf.cards(of: process.id, strings, today: site.today()), of: process, strings),
            title: strings("consultations.frame.title_of", ["process": process.title(context.language)]), request,
            context)
    }

    /// Each consultation as it stands: it comes up again when its synthesis is published, and when the city answers.
    @Sendable private func feed(_ request: Request, _ context: AppContext) async throws -> Response {
        let strings: Strings = site.strings(context)
        let entries: [AtomFeed.Entry] = try await consultations.list().map { consultation in
            let times = ConsultationTimes(consultation, strings, today: site.today())
            let since: Date = consultation.publishedAt ?? consultation.collectsFrom
            let words: [String] = [times.headline, consultation.summary(strings.language)]
            return AtomFeed.Entry(
                consultation.id, title: consultation.title(strings.language),
                path: "/consultations/\(consultation.handle)",
                updated: consultation.answeredAt ?? consultation.synthesisedAt ?? since, published: since,
                html: words.filter { !$0.isEmpty }.map { "<p>\($0.escapedForHTML)</p>" }.joined())
        }.sorted { $0.updated > $1.updated }
        let feed = AtomFeed(
            title: strings("consultations.title"), path: "/consultations.atom", page: "/consultations",
            language: strings.language, since: entries.last?.updated ?? .distantPast, entries: entries)
        return site.feed(feed, request)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let consultation: Consultation = try await consultations.published(context)
        guard let process = try await processes.find(consultation.process) else { throw Absent() }
        let visit = ConsultationVisit(
            consultation: consultation, process: process, account: context.account, strings: site.strings(context),
            now: Date())
        var (lines, outcomes): ([ConsultationLine], [ConsultationLine]) = ([], [])
        for part in parts {
            let own: [ConsultationLine] = try await part.lines(visit)
            lines += own.filter { $0.place == .part }
            // The answer before the synthesis, the synthesis before the figures.
            outcomes = own.filter { $0.place == .outcome } + outcomes
        }
        var follows = false
        if let account = context.account {
            follows = try await followers.isFollowing(consultation.id, account.id)
        }
        let isAgent: Bool = context.account?.holds(.participationAgent, process: process.id) == true
        let page = ConsultationPage(
            ConsultationPage.Scene(
                visit: visit, today: site.today(), lines: outcomes + lines,
                documents: try await documents.list(of: consultation.id),
                changes: try await consultations.changes(of: consultation.id), follows: follows,
                deskHref: isAgent ? "/desk/processes/\(process.slug)/consultations/\(consultation.handle)" : nil))
        return site.page(page, title: page.heading, request, context, scripts: ["print.js"])
    }
}
