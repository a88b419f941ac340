import Hummingbird
import Participation

/// The proposals of a process that may say the same, for its agents, each pair with the way to join it.
struct DuplicatesDesk: Sendable {
    let site: Site
    let processes: Processes
    let similar: SimilarProposals

    /// Adds `/desk/processes/{process}/proposals/duplicates`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/processes/{process}/proposals/duplicates", use: list)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let (_, process) = try await processes.ofAgent(context)
        let strings: Strings = site.strings(context)
        let before: Int64? = try request.query().integer("before").map(Int64.init)
        let (found, next) = try await similar.duplicates(in: process.id, before: before)
        let desk = "/desk/processes/\(process.slug)"
        return site.page(
            DuplicatesPage(
                processTitle: process.title(context.language), deskHref: desk,
                groups: found.map { group in
                    DuplicatesPage.Group(
                        number: String(group.number), href: "/proposals/\(group.number)", title: group.title,
                        wroteIn: group.language.foreign(to: strings.language),
                        similar: group.similar.map { LikeProposal($0, to: group.number, desk: desk, strings) })
                }, isEmpty: found.isEmpty,
                nextHref: next.map { "\(desk)/proposals/duplicates?before=\($0)" }),
            title: strings("proposals.duplicates.title"), request, context)
    }
}

/// Likely duplicates, for agents.
struct DuplicatesPage: PageView {
    static let template = "proposals/duplicates"

    struct Group: Sendable {
        let number: String
        let href: String
        let title: String
        let wroteIn: String?
        let similar: [LikeProposal]
    }

    let processTitle: String
    let deskHref: String
    let groups: [Group]
    let isEmpty: Bool
    let nextHref: String?

    static let sample = DuplicatesPage(
        processTitle: "Diagonales", deskHref: "/desk/processes/diagonales",
        groups: [
            Group(
                number: "12", href: "/proposals/12", title: "Ein Brunnen", wroteIn: "de",
                similar: [.sample])
        ], isEmpty: true, nextHref: "/desk/processes/diagonales/proposals/duplicates?before=12")
}

/// A proposal that may say the same as another one, with the way to join the two: `proposals/like`.
struct LikeProposal: Sendable {
    let number: String
    let href: String
    let title: String
    let wroteIn: String?
    let status: StatusWord
    let likeness: String
    /// Nil for readers who do not join.
    let joinHref: String?

    static let sample = LikeProposal(
        number: "4", href: "/proposals/4", title: "A fountain", wroteIn: "en", status: .sample, likeness: "80 %",
        joinHref: "/desk/processes/diagonales/proposals/join?origins=12&into=4")
}

extension LikeProposal {
    /// What is like the proposal `number`, for the desk of its process; without the desk, nothing can be joined.
    init(_ other: SimilarProposal, to number: Int64, desk: String?, _ strings: Strings) {
        self.number = String(other.number)
        href = "/proposals/\(other.number)"
        title = other.title
        wroteIn = other.language.foreign(to: strings.language)
        status = ProposalWords(strings).status(other.status)
        likeness = strings(
            "proposals.duplicates.likeness", ["percent": strings.number(Int((other.likeness * 100).rounded()))])
        // The younger one goes into the older one; the agent may turn it around there.
        joinHref = desk.map {
            "\($0)/proposals/join?origins=\(max(number, other.number))&into=\(min(number, other.number))"
        }
    }
}
