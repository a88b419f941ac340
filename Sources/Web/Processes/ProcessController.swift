import Foundation
public import Hummingbird
import Participation

/// The first page, the processes, and the pages that every service has.
public struct ProcessController: Sendable {
    private let site: Site
    private let processes: Processes
    private let votes: Votes
    private let calls: ProposalCalls
    private let proposals: ProposalLists
    private let deliveries: Deliveries
    private let walks: WalkShelf
    private let events: EventShelf
    private let consultations: ConsultationShelf

    /// The pages over the capabilities they need.
    init(
        site: Site, processes: Processes, votes: Votes, calls: ProposalCalls, proposals: ProposalLists,
        deliveries: Deliveries, walks: WalkShelf, events: EventShelf, consultations: ConsultationShelf
    ) {
        self.site = site
        self.processes = processes
        self.votes = votes
        self.calls = calls
        self.proposals = proposals
        self.deliveries = deliveries
        self.walks = walks
        self.events = events
        self.consultations = consultations
    }

    /// Adds `/`, `/processes`, `/help`, `/legal`, `/accessibility` and `/source`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/", use: home)
        routes.get("/processes", use: list)
        routes.get("/processes/{process}", use: process)
        for page in TextPage.Kind.allCases {
            routes.get("/\(page.rawValue)") { request, context in text(page, request, context) }
        }
    }

    @Sendable private func home(_ request: Request, _ context: AppContext) async throws -> Response {
        let strings: Strings = site.strings(context)
        let open: [Vote] = try await votes.list().filter { $0.opening != nil }
        let processes: [Participation.Process] = try await processes.list()
        let writing: Set<ID<Participation.Process>> = try await calls.open()
        let calling: [HomePage.CallItem] = processes.filter { writing.contains($0.id) }.map { process in
            HomePage.CallItem(
                title: process.title(context.language), href: "/processes/\(process.slug)/proposals",
                writeHref: "/processes/\(process.slug)/proposals/new", summary: process.summary(context.language),
                demonstration: process.demonstration)
        }
        return site.page(
            HomePage(
                city: site.city.name, consultations: try await openConsultations(strings), calls: calling,
                hasCalls: !calling.isEmpty, walks: try await nextWalk(strings), events: try await events.next(strings),
                votes: open.map { item($0, strings) },
                processes: processes.map { item($0, context) }),
            title: strings("home.title"), request, context)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        site.page(
            ProcessesPage(processes: try await processes.list().map { item($0, context) }),
            title: site.strings(context)("processes.title"), request, context)
    }

    private func item(_ vote: Vote, _ strings: Strings) -> HomePage.VoteItem {
        let words = VoteWords(vote, strings)
        let now = Date()
        let status: (word: String, sentence: String) = words.state(at: now)
        return HomePage.VoteItem(
            title: vote.settings.title(strings.language), href: "/votes/\(vote.slug)", state: status.word,
            stateWords: status.sentence, budget: words.money(vote.settings.budget),
            projects: strings.plural("votes.projects", vote.projects.count), isOpen: vote.state(at: now) == .open,
            demonstration: vote.demonstration)
    }

    private func item(_ process: Participation.Process, _ context: AppContext) -> ProcessesPage.Item {
        ProcessesPage.Item(
            title: process.title(context.language), href: "/processes/\(process.slug)",
            summary: process.summary(context.language), demonstration: process.demonstration)
    }

    @Sendable private func process(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let process = try await processes.find(try context.slug("process")) else { throw Absent() }
        let strings: Strings = site.strings(context)
        let votes: [Vote] = try await votes.list(of: process.id).filter { $0.opening != nil }
        return site.page(
            ProcessPage(
                title: process.title(context.language), summary: process.summary(context.language),
                paragraphs: process.description(context.language).split(separator: "\n").map(String.init),
                demonstration: process.demonstration, phases: PhaseLine(process, strings, today: site.today()),
                votes: votes.map { item($0, strings) }, hasVotes: !votes.isEmpty,
                proposals: try await ideas(of: process, strings), deliveries: try await works(of: process, strings),
                consultations: try await asked(in: process, strings),
                walks: try await outings(of: process, strings),
                events: try await events.view(of: process, strings)),
            title: process.title(context.language), request, context)
    }

    /// What has been proposed; nil for a process without a call.
    private func ideas(of process: Participation.Process, _ strings: Strings) async throws -> ProcessPage.Ideas? {
        guard try await calls.call(of: process.id) != nil else { return nil }
        let rule: ProposalRule = try await calls.rule(of: process.id)
        let list: ProposalList = try await proposals.list(ProposalSearch(), of: process.id, size: 5)
        let here = "/processes/\(process.slug)/proposals"
        return ProcessPage.Ideas(
            countWords: strings.plural("processes.proposals", list.total), listHref: here,
            writeHref: rule.mayWrite ? "\(here)/new" : nil,
            latest: list.cards.map { card in
                ProposalLink(
                    href: "/proposals/\(card.number)", number: String(card.number), title: card.title,
                    wroteIn: card.language.foreign(to: strings.language))
            })
    }

    /// What is being built; nil while nothing is.
    private func works(of process: Participation.Process, _ strings: Strings) async throws -> ProcessPage.Works? {
        let all: [Delivery] = try await deliveries.list(of: process.id)
        guard !all.isEmpty else { return nil }
        return ProcessPage.Works(
            words: strings.plural(
                "processes.deliveries", all.count,
                ["done": strings.number(all.count { $0.status == .done })]),
            href: "/processes/\(process.slug)/deliveries")
    }

    /// The consultations in which one can take part today, and the next one otherwise; nil when there is none.
    private func openConsultations(_ strings: Strings) async throws -> ConsultationsView? {
        let cards = try await consultations.cards(strings, today: site.today())
        let open: [ConsultationCard] = cards.filter { $0.stage == .collection }.map(\.card)
        let next: [ConsultationCard] = cards.filter { $0.stage == .announcement }.suffix(1).map(\.card)
        guard let first = open.isEmpty ? next.first : open.first else { return nil }
        return ConsultationsView(
            cards: open.isEmpty ? [first] : Array(open.prefix(3)), words: strings("consultations.frame.all"),
            href: "/consultations")
    }

    /// The consultations of a process; nil for one without.
    private func asked(
        in process: Participation.Process, _ strings: Strings
    ) async throws -> ConsultationsView? {
        let cards = try await consultations.cards(of: process.id, strings, today: site.today())
        guard !cards.isEmpty else { return nil }
        return ConsultationsView(
            cards: cards.prefix(4).map(\.card), words: strings.plural("consultations.frame.all_of", cards.count),
            href: "/processes/\(process.slug)/consultations")
    }

    /// The next walk that one can still join; nil when there is none.
    private func nextWalk(_ strings: Strings) async throws -> WalksView? {
        let coming: [WalkCard] = try await walks.cards(strings).coming
        guard let next = coming.first(where: { $0.registerHref != nil }) ?? coming.first else { return nil }
        return WalksView(cards: [next], hasCards: true, words: strings("walks.visit.all"), href: "/walks")
    }

    /// The walks of a process; nil for one without.
    private func outings(of process: Participation.Process, _ strings: Strings) async throws -> WalksView? {
        let cards: WalkShelf.Cards = try await walks.cards(of: process.id, strings)
        let count: Int = cards.coming.count + cards.past.count
        guard count > 0 else { return nil }
        return WalksView(
            cards: Array(cards.coming.prefix(2)), hasCards: !cards.coming.isEmpty,
            words: strings.plural("walks.visit.all_of", count), href: "/processes/\(process.slug)/walks")
    }

    private func text(_ kind: TextPage.Kind, _ request: Request, _ context: AppContext) -> Response {
        let strings: Strings = site.strings(context)
        let title: String = strings("text.\(kind.rawValue).title")
        let paragraphs: [String] = (1...8).compactMap { number in
            let key = "text.\(kind.rawValue).\(number)"
            return strings.contains(key) ? strings(key, ["city": site.city.name]) : nil
        }
        return site.page(TextPage(title: title, paragraphs: paragraphs), title: title, request, context)
    }
}

extension Site {
    /// The present day in the city.
    func today() -> Day {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = city.timeZone
        let parts: DateComponents = calendar.dateComponents([.year, .month, .day], from: Date())
        // The Gregorian calendar gives no other days.
        return Day(year: parts.year ?? 1970, month: parts.month ?? 1, day: parts.day ?? 1)!
    }
}
