import Foundation
public import Hummingbird
public import Participation

/// The first page of staff: what one may do, and what was done.
public struct DeskController: Sendable {
    private let site: Site
    private let processes: Processes
    private let votes: Votes
    private let acts: Acts
    private let sheets: QuestionnaireSheets

    /// The desk over the capabilities it needs.
    public init(
        site: Site, processes: Processes, votes: Votes, acts: Acts, sheets: QuestionnaireSheets
    ) {
        self.site = site
        self.processes = processes
        self.votes = votes
        self.acts = acts
        self.sheets = sheets
    }

    /// Adds `/desk` and `/desk/acts`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk", use: desk)
        routes.get("/desk/acts", use: register)
    }

    @Sendable private func desk(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireDesk()
        let strings: Strings = site.strings(context)
        let processes: [Participation.Process] = try await processes.list()
        let onPaper: Set<ID<Participation.Process>> =
            account.roles.contains { $0.role == .entryOperator } ? try await sheets.processesOnPaper() : []
        func enters(_ process: Participation.Process) -> Bool {
            onPaper.contains(process.id) && account.holds(.entryOperator, process: process.id)
        }
        let votes: [(vote: Vote, links: [PlaceLink])] = try await votes.list()
            .map { ($0, account.tasks(in: $0, strings)) }
            .filter { account.preparing($0.vote) || !$0.links.isEmpty }
        return site.page(
            DeskPage(
                roles: Set(account.roles.map(\.role)).map { strings("role.\($0.rawValue)") }.sorted(),
                processes: processes.filter { account.working(on: $0) || enters($0) }.map { process in
                    let base = "/desk/processes/\(process.slug)"
                    let isAgent: Bool = account.holds(.participationAgent, process: process.id)
                    return .init(
                        title: process.title(context.language), href: isAgent ? base : nil,
                        note: strings.plural("desk.phases", process.phases.count),
                        links: (account.working(on: process)
                            ? [
                                PlaceLink(label: strings("exam.files"), href: "\(base)/files"),
                                PlaceLink(label: strings("walks.after.answers"), href: "\(base)/walks/answers"),
                            ] : [])
                            + (enters(process)
                                ? [PlaceLink(label: strings("consultations.paper.places"), href: "\(base)/sheets")]
                                : []))
                },
                votes: votes.map { vote, links in
                    .init(
                        title: vote.settings.title(context.language),
                        href: account.preparing(vote) ? "/desk/votes/\(vote.slug)" : nil,
                        note: strings("votes.state.\(vote.state(at: Date()).rawValue)"),
                        // Whoever has a page for the vote finds the others there.
                        links: account.preparing(vote) ? [] : links)
                }, canCreate: account.roles.contains { $0.role == .participationAgent && $0.scope == .everything },
                canImport: account.roles.contains { $0.role == .participationAgent },
                canCompare: account.comparing,
                canGrant: account.holds(.administrator), canReadActs: account.reading,
                canDrawDistricts: Districts.roles.contains { account.holds($0) }),
            title: strings("desk.title"), request, context)
    }

    @Sendable private func register(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireDesk()
        guard account.reading else { throw Absent() }
        let strings: Strings = site.strings(context)
        let before: ID<Act>? = try request.query().id("before", of: Act.self)
        let acts: [Act] = try await acts.list(before: before, limit: 51)
        return site.page(
            ActsPage(
                acts: acts.prefix(50).map { act in
                    ActsPage.Line(
                        at: strings.moment(act.at), who: act.name ?? strings("actor.\(act.actor)"),
                        role: act.role.map { strings("role.\($0.rawValue)") } ?? "",
                        act: strings.contains("act.\(act.act)") ? strings("act.\(act.act)") : act.act,
                        object: act.objectKind)
                }, older: acts.count > 50 ? "/desk/acts?before=\(acts[49].id)" : nil, isEmpty: acts.isEmpty),
            title: strings("desk.acts"), request, context)
    }
}

extension AppContext {
    /// The account at its desk. Throws `SignInNeeded` for a visitor, `Absent` for an account without a role: the desk
    /// is not there for it.
    func requireDesk() throws -> SignedInAccount {
        let account: SignedInAccount = try requireAccount()
        guard account.hasDesk else { throw Absent() }
        return account
    }
}

extension SignedInAccount {
    /// Whether the account reads the register of acts.
    var reading: Bool { holds(.auditor) || holds(.administrator) }

    /// Whether the account writes the process or examines its proposals.
    fileprivate func working(on process: Participation.Process) -> Bool {
        holds(.participationAgent, process: process.id) || holds(.examiner, process: process.id)
    }

    /// Where officers, operators and adjudicators work on a vote.
    fileprivate func tasks(in vote: Vote, _ strings: Strings) -> [PlaceLink] {
        let base = "/desk/votes/\(vote.slug)"
        let isOfficer: Bool = holds(.pollingOfficer, process: vote.process, vote: vote.id)
        let isOnPaper: Bool = vote.settings.channels.contains("paper")
        var links: [PlaceLink] = []
        if isOfficer {
            links.append(PlaceLink(label: strings("places.title"), href: PlaceScene.places(of: vote)))
            links.append(PlaceLink(label: strings("assistance.title"), href: "\(base)/assistance"))
        }
        if isOnPaper, holds(anyOf: Batches.readers, for: vote) {
            links.append(PlaceLink(label: strings("paper.title"), href: "\(base)/batches"))
        }
        if isOnPaper, holds(anyOf: ClosingAccounts.readers, for: vote) {
            links.append(PlaceLink(label: strings("account.title"), href: "\(base)/account"))
        }
        return links
    }
}
