import Foundation
import Hummingbird
import Participation

/// The page of one observation: what was seen, where, and what came of it.
struct ObservationController: Sendable {
    let site: Site
    let processes: Processes
    let walks: Walks
    let stories: ObservationStories
    let proposals: ObservationProposals
    let calls: ProposalCalls
    let map: CityMap
    let voices: VoiceSection

    /// Adds `/walks/{walk}/observations/{number}` and the way to a proposal.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/walks/{walk}/observations/{number}", use: show)
        routes.post("/walks/{walk}/observations/{number}/proposal", use: propose)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let walk: Walk = try await walks.published(context)
        let story: ObservationStory = try await story(of: walk, context)
        let strings: Strings = site.strings(context)
        let name: String = AfterWords(strings).name(of: story.observation)
        var view: MapView?
        if let point = story.observation.point ?? story.stopPoint {
            view = try await map.view(
                [.init(point: point, marker: (String(story.observation.number ?? 0), name, request.uri.path))],
                words: strings("walks.after.map", ["name": name]), context.language)
        }
        let made: [ObservationProposals.Made] = try await proposals.list(
            of: story.observation.id, for: context.account?.id)
        let mayWrite: Bool = try await calls.rule(of: walk.process).mayWrite
        let voice = Voice(.observation, "\(walk.handle)/\(story.observation.number ?? 0)")
        let cityAnswers: VoiceAnswersView? = try await voices.view(of: voice, in: walk.process, strings)
        let isAgent: Bool = context.account?.holds(.participationAgent, process: walk.process) == true
        let process: Participation.Process? = isAgent ? try await processes.find(walk.process) : nil
        return site.page(
            ObservationPage(
                walk, story, made, mayWrite: mayWrite, account: context.account,
                desk: process.map { "/desk/processes/\($0.slug)/walks/\(walk.handle)/observations" }, map: view,
                cityAnswers: cityAnswers, strings
            ),
            title: strings("walks.after.page.title", ["name": name, "walk": walk.title(context.language)]), request,
            context, scripts: ["map.js", "print.js"])
    }

    @Sendable private func propose(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        let form: Fields = try await site.form(request, context)
        let walk: Walk = try await walks.published(context)
        let story: ObservationStory = try await story(of: walk, context)
        do {
            let draft: ID<Proposal> = try await proposals.begin(
                from: story.observation.id, as: form.id("fresh", of: Proposal.self) ?? ID(), by: account.id)
            return site.see("/proposals/drafts/\(draft)/idea", flash: .done("walks.after.proposal.begun"))
        } catch let refused as Refused<DraftRefusal> {
            return site.see(
                "/walks/\(walk.handle)/observations/\(story.observation.number ?? 0)",
                flash: .failed(refused.observationKey))
        }
    }

    private func story(of walk: Walk, _ context: AppContext) async throws -> ObservationStory {
        guard let story = try await stories.find(try context.integer("number"), of: walk.id) else { throw Absent() }
        return story
    }
}

/// What was seen, and what came of it.
struct ObservationPage: PageView {
    static let template = "walks/after-observation"

    struct Origin: Sendable {
        let paragraphs: [String]
        let wroteIn: String?
        let photos: [AfterPhoto]
        let hasPhotos: Bool
    }

    /// Something that happened: an answer, or what was done since.
    struct Step: Sendable {
        let date: String
        let status: StatusWord
        let service: String?
        let due: String?
        let paragraphs: [String]
        let wroteIn: String?
    }

    let crumbs: [PlaceLink]
    let eyebrow: String
    let name: String
    let paragraphs: [String]
    let saidIn: String?
    let facts: [ProposalFact]
    let photos: [AfterPhoto]
    let hasPhotos: Bool
    let map: MapView?
    let joinedWords: String?
    let joinedHref: String?
    let fate: StatusWord
    let answerer: String?
    let promise: String?
    let late: String?
    let steps: [Step]
    let hasSteps: Bool
    let origins: [Origin]
    let hasOrigins: Bool
    let originsWords: String
    let cityAnswers: VoiceAnswersView?
    let proposals: [PlaceLink]
    let hasProposals: Bool
    let proposalAction: String?
    let fresh: String
    let signInHref: String?
    let boardHref: String
    let deskHref: String?

    static let sample = ObservationPage(
        crumbs: [PlaceLink(label: "La gare", href: "/walks/x")], eyebrow: "La gare", name: "N° 4",
        paragraphs: ["A bench"], saidIn: "en", facts: [ProposalFact(name: "Arrêt", text: "1", money: false)],
        photos: [.sample], hasPhotos: true, map: .sample, joinedWords: "Réunie au n° 2",
        joinedHref: "/walks/x/observations/2", fate: .sample, answerer: "Voirie", promise: "Avant mars",
        late: "3 jours de retard",
        steps: [
            Step(
                date: "3 mars 2026", status: .sample, service: "Voirie", due: "Avant mai", paragraphs: ["Ja."],
                wroteIn: "de")
        ], hasSteps: true, origins: [Origin(paragraphs: ["Banc"], wroteIn: "fr", photos: [.sample], hasPhotos: true)],
        hasOrigins: true, originsWords: "1 autre dit la même chose",
        cityAnswers: .sample, proposals: [PlaceLink(label: "12. Un banc", href: "/proposals/12")], hasProposals: true,
        proposalAction: "/x",
        fresh: "x", signInHref: "/sign-in", boardHref: "/walks/x/follow-up", deskHref: "/desk")
}

extension ObservationPage {
    init(
        _ walk: Walk, _ story: ObservationStory, _ made: [ObservationProposals.Made], mayWrite: Bool,
        account: SignedInAccount?, desk: String?, map: MapView?, cityAnswers: VoiceAnswersView?, _ strings: Strings
    ) {
        let words = AfterWords(strings)
        let reader: Language = strings.language
        let observation: Observation = story.observation
        let here = "/walks/\(walk.handle)/observations/\(observation.number ?? 0)"
        crumbs = [
            PlaceLink(label: walk.title(reader), href: "/walks/\(walk.handle)"),
            PlaceLink(label: strings("walks.after.title"), href: "/walks/\(walk.handle)/observations"),
        ]
        eyebrow = words.walks.kind(observation.kind)
        name = strings("walks.after.page.name", ["number": String(observation.number ?? 0)])
        paragraphs = observation.words.paragraphs
        saidIn = observation.language.foreign(to: reader)
        facts = Self.facts(story, words)
        photos = story.photos.compactMap {
            AfterPhoto($0.medium, caption: strings("walks.after.photo.\($0.purpose.rawValue)"))
        }
        hasPhotos = !photos.isEmpty
        self.map = map
        self.cityAnswers = cityAnswers
        joinedWords = story.joinedInto.map { strings("walks.after.page.joined", ["number": String($0)]) }
        joinedHref = story.joinedInto.map { "/walks/\(walk.handle)/observations/\($0)" }
        fate =
            story.status.map(words.states.status)
            ?? StatusWord(
                word: strings("walks.after.fate.read"), tone: nil,
                meaning: strings("walks.after.fate.\(observation.kind == .strength ? "kept" : "read").words"))
        answerer = story.service.map { $0(reader) }
        promise = story.dueOn.map { words.due($0, daysLate: story.daysLate, status: story.status) }
        late = words.late(story.daysLate)
        steps = Self.steps(story, words)
        hasSteps = !steps.isEmpty
        origins = story.origins.map { origin in
            let pictures: [AfterPhoto] = origin.photos.compactMap {
                AfterPhoto($0.medium, caption: strings("walks.after.photo.\($0.purpose.rawValue)"))
            }
            return Origin(
                paragraphs: origin.observation.words.paragraphs,
                wroteIn: origin.observation.language.foreign(to: reader), photos: pictures,
                hasPhotos: !pictures.isEmpty)
        }
        hasOrigins = !origins.isEmpty
        originsWords = strings.plural("walks.after.page.origins", origins.count)
        proposals = made.compactMap { made in
            guard made.proposal.publishedAt != nil else {
                return made.isMine
                    ? PlaceLink(
                        label: strings("walks.after.proposal.draft", ["title": made.proposal.title]),
                        href: "/proposals/drafts/\(made.proposal.id)") : nil
            }
            return PlaceLink(
                label: "\(made.proposal.number). \(made.proposal.title)", href: "/proposals/\(made.proposal.number)")
        }
        hasProposals = !proposals.isEmpty
        let isFree: Bool = made.isEmpty && mayWrite && story.joinedInto == nil
        proposalAction = isFree && account != nil ? "\(here)/proposal" : nil
        fresh = ID<Proposal>().description
        signInHref = isFree && account == nil ? "/sign-in?next=\(PercentDecoding.encode(here))" : nil
        boardHref = "/walks/\(walk.handle)/follow-up"
        deskHref = desk.map { "\($0)/\(observation.id)" }
    }

    private static func facts(_ story: ObservationStory, _ words: AfterWords) -> [ProposalFact] {
        let (strings, observation): (Strings, Observation) = (words.strings, story.observation)
        var facts: [ProposalFact] = []
        func add(_ key: String, _ text: String?) {
            if let text, !text.isEmpty {
                facts.append(ProposalFact(name: strings("walks.after.fact.\(key)"), text: text, money: false))
            }
        }
        add("stop", story.stopNumber.map { words.stop($0, story.stopTitle) })
        add("place", observation.place)
        add("theme", story.theme(strings.language))
        add("feeling", observation.feeling.map(words.walks.feeling))
        add("concerned", observation.concerned.isEmpty ? nil : words.walks.concerned(observation.concerned))
        add("manner", observation.manner == .group ? words.walks.manner(.group) : nil)
        return facts
    }

    /// Answers and turns, the latest first.
    private static func steps(_ story: ObservationStory, _ words: AfterWords) -> [Step] {
        let strings: Strings = words.strings
        let reader: Language = strings.language
        let answers: [(at: Date, step: Step)] = story.answers.compactMap { answer in
            guard let at = answer.publishedAt,
                let status = FollowUp.Status(rawValue: answer.decision.rawValue)
            else { return nil }
            return (
                at,
                Step(
                    date: strings.date(at), status: words.states.status(status), service: answer.serviceName(reader),
                    due: answer.dueOn.map { words.due($0, daysLate: 0, status: status) },
                    paragraphs: answer.words(reader).paragraphs, wroteIn: answer.words.foreign(to: reader))
            )
        }
        let turns: [(at: Date, step: Step)] = story.turns.map { turn in
            let reply = AfterFilePage.Reply(turn, words)
            return (
                turn.at,
                Step(
                    date: strings.date(turn.at), status: words.states.status(turn.status), service: nil,
                    due: reply.until, paragraphs: reply.paragraphs, wroteIn: reply.wroteIn)
            )
        }
        return (answers + turns).sorted { $0.at > $1.at }.map(\.step)
    }
}
