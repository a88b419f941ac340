import Hummingbird
import Participation

/// What a proposal said before, and what changed.
struct HistoryController: Sendable {
    let site: Site
    let proposals: Proposals

    /// Adds `/proposals/{number}/history`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/proposals/{number}/history", use: history)
    }

    /// The list of wordings, and one of them against the one before: the latest unless the address names another.
    @Sendable private func history(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let proposal = try await proposals.find(Int64(try context.integer("number"))) else { throw Absent() }
        let strings: Strings = site.strings(context)
        let versions = try await proposals.versions(of: proposal.id)
        let chosen: Int = try request.query().integer("version") ?? versions.first?.number ?? 0
        guard let (version, before) = try await proposals.version(chosen, of: proposal.id) else { throw Absent() }
        let here = "/proposals/\(proposal.number)"
        return site.page(
            HistoryPage(
                number: String(proposal.number), title: proposal.title,
                wroteIn: proposal.language.foreign(to: strings.language), href: here,
                versions: versions.map { line in
                    HistoryPage.Line(
                        words: strings("proposals.history.version", ["number": String(line.number)]),
                        href: "\(here)/history?version=\(line.number)",
                        reason: strings("proposals.reason.\(line.reason.rawValue)"), at: strings.moment(line.at),
                        isChosen: line.number == version.number)
                },
                heading: before == nil
                    ? strings("proposals.history.first")
                    : strings("proposals.history.changes", ["number": String(version.number)]),
                isFirst: before == nil,
                diff: before.map { WordingDiff(from: $0.wording, to: version.wording, strings) },
                text: Markdown.html(version.wording.body), versionTitle: version.wording.title),
            title: "\(strings("proposals.history.title")) – \(proposal.number). \(proposal.title)", request, context)
    }
}

/// The wordings of a proposal, one of them compared with the one before.
struct HistoryPage: PageView {
    static let template = "proposals/history"

    struct Line: Sendable {
        let words: String
        let href: String
        let reason: String
        let at: String
        let isChosen: Bool
    }

    let number: String
    let title: String
    let wroteIn: String?
    let href: String
    let versions: [Line]
    let heading: String
    let isFirst: Bool
    let diff: WordingDiff?
    /// The chosen wording as a whole.
    let text: String
    let versionTitle: String

    static let sample = HistoryPage(
        number: "12", title: "Ein Brunnen", wroteIn: "de", href: "/proposals/12",
        versions: [
            Line(
                words: "Version 2", href: "/proposals/12/history?version=2", reason: "modifiée", at: "hier",
                isChosen: true)
        ], heading: "Ce qui a changé", isFirst: true, diff: .sample, text: "<p>Ein Brunnen.</p>",
        versionTitle: "Ein Brunnen")
}
