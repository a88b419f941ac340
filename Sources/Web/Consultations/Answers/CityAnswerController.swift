import Foundation
import Hummingbird
import Participation

/// What the city decided after a consultation, as everybody reads it and follows it.
struct CityAnswerController: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let decisions: Decisions

    /// Adds `/consultations/{consultation}/answer`, its feed and its frozen file; `?edition=1` asks for an earlier one.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/consultations/{consultation}/answer", use: page)
        routes.get("/consultations/{consultation}/answer.atom", use: feed)
        routes.get("/consultations/{consultation}/answer.json", use: json)
    }

    @Sendable private func page(_ request: Request, _ context: AppContext) async throws -> Response {
        let consultation: Consultation = try await consultations.published(context)
        let number: Int? = try request.query().integer("edition")
        let strings: Strings = site.strings(context)
        guard let process = try await processes.find(consultation.process) else { throw Absent() }
        let crumbs: [PlaceLink] = consultation.answerCrumbs(in: process, strings)
        guard let answer = try await decisions.find(consultation, edition: number) else {
            guard number == nil else { throw Absent() }
            let page = SynthesisWaitingPage(crumbs: crumbs, consultation, .answer, today: site.today(), strings)
            return site.page(page, title: page.heading, request, context)
        }
        let isAgent: Bool = context.account?.holds(.participationAgent, process: consultation.process) == true
        let page = CityAnswerPage(
            answer, consultation, crumbs: crumbs, demonstration: process.demonstration,
            deskHref: isAgent ? "/desk/processes/\(process.slug)/consultations/\(consultation.handle)/answer" : nil,
            isPreview: false, strings)
        return site.page(
            page, title: "\(strings("consultations.decision.title")) – \(page.heading)", request, context,
            scripts: ["print.js"])
    }

    @Sendable private func feed(_ request: Request, _ context: AppContext) async throws -> Response {
        let consultation: Consultation = try await consultations.published(context)
        guard let since = consultation.answeredAt else { throw Absent() }
        let strings: Strings = site.strings(context)
        let words = DecisionWords(strings)
        let page = "/consultations/\(consultation.handle)/answer"
        let turns: [DecisionTurn] = try await decisions.latest(of: consultation.id)
        return site.feed(
            AtomFeed(
                title: strings(
                    "consultations.decision.feed.title", ["title": consultation.title(strings.language)]),
                path: "\(page).atom", page: page, language: strings.language, since: since,
                entries: turns.map { turn in
                    let code: String = turn.words.language(for: strings.language)
                    return AtomFeed.Entry(
                        turn.id,
                        title: strings(
                            "consultations.decision.feed.entry",
                            ["title": turn.title(strings.language), "status": words.status(turn.status).word]),
                        path: "\(page)#decision-\(turn.number)", updated: turn.notedAt,
                        language: Language(rawValue: code).flatMap { $0 == strings.language ? nil : $0 },
                        html: Markdown.html(turn.words(strings.language)))
                }), request)
    }

    @Sendable private func json(_ request: Request, _ context: AppContext) async throws -> Response {
        let consultation: Consultation = try await consultations.published(context)
        guard
            let json = try await decisions.json(
                of: consultation.id, edition: try request.query().integer("edition"))
        else { throw Absent() }
        return site.download(
            Array(json.utf8), name: "\(consultation.handle)-answer.json", type: "application/json")
    }
}

/// "You said, we decided, because".
struct CityAnswerPage: PageView {
    static let template = "consultations/synthesis-answer"

    /// How many decisions there are of a kind.
    struct Sum: Sendable {
        let name: String
        let count: String
    }

    let crumbs: [PlaceLink]
    let demonstration: Bool
    let heading: String
    let headingLanguage: String?
    let version: String
    let sha: String?
    let sums: [Sum]
    let lateWords: String?
    let decisions: [DecisionCard]
    let isEmpty: Bool
    let synthesisHref: String
    let feedHref: String?
    let jsonHref: String?
    let editions: [EditionLine]
    let hasEditions: Bool
    let isOld: Bool
    let latestHref: String
    let deskHref: String?
    let isPreview: Bool

    static let sample = CityAnswerPage(
        crumbs: [PlaceLink(label: "Les jardins", href: "/consultations/x")], demonstration: true,
        heading: "Les jardins", headingLanguage: "fr", version: "Édition 1", sha: "00ff",
        sums: [Sum(name: "Fait", count: "2")], lateWords: "1 décision en retard", decisions: [.sample], isEmpty: true,
        synthesisHref: "/consultations/x/synthesis", feedHref: "/consultations/x/answer.atom",
        jsonHref: "/consultations/x/answer.json", editions: [.sample], hasEditions: true, isOld: true,
        latestHref: "/consultations/x/answer", deskHref: "/desk/processes/x/consultations/x/answer", isPreview: true)
}

extension CityAnswerPage {
    init(
        _ answer: PublishedAnswer, _ consultation: Consultation, crumbs: [PlaceLink], demonstration: Bool,
        deskHref: String?, isPreview: Bool, _ strings: Strings
    ) {
        let content: AnswerContent = answer.content
        let words = DecisionWords(strings)
        let here = "/consultations/\(consultation.handle)/answer"
        self.crumbs = crumbs
        self.demonstration = demonstration
        heading = content.title(strings.language)
        let language: String = content.title.language(for: strings.language)
        headingLanguage = language == strings.language.rawValue ? nil : language
        version = strings.edition(answer.edition)
        sha = answer.edition?.sha256
        sums = Decision.Kind.allCases.compactMap { kind in
            let count: Int = content.decisions.count { $0.kind == kind }
            return count == 0 ? nil : Sum(name: words.kind(kind).word, count: strings.number(count))
        }
        let late: Int = content.decisions.count { (answer.standings[$0.decision]?.daysLate ?? 0) > 0 }
        lateWords = late == 0 ? nil : strings.plural("consultations.decision.late_decisions", late)
        decisions = content.decisions.map {
            DecisionCard($0, answer.standings[$0.decision], answer.labels, strings)
        }
        isEmpty = decisions.isEmpty
        synthesisHref = "/consultations/\(consultation.handle)/synthesis"
        isOld = answer.edition != answer.editions.first && !isPreview
        feedHref = isPreview ? nil : "\(here).atom"
        jsonHref = isPreview ? nil : "\(here).json" + (isOld ? "?edition=\(answer.edition?.number ?? 1)" : "")
        editions = isPreview ? [] : answer.editions.map { EditionLine($0, href: here, strings) }
        hasEditions = editions.count > 1
        latestHref = here
        self.deskHref = deskHref
        self.isPreview = isPreview
    }
}
