import Foundation
import Hummingbird
import Participation

/// What becomes of what was seen, for everybody: of one walk, or over the walks of a process.
struct FollowUpController: Sendable {
    static let pageLength = 60

    let site: Site
    let processes: Processes
    let walks: Walks
    let followUps: FollowUps

    /// Adds `/walks/{walk}/follow-up` and `/processes/{process}/walks/follow-up` with their feeds.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/walks/{walk}/follow-up", use: ofWalk)
        routes.get("/walks/{walk}/follow-up.atom", use: feedOfWalk)
        routes.get("/processes/{process}/walks/follow-up", use: ofProcess)
        routes.get("/processes/{process}/walks/follow-up.atom", use: feedOfProcess)
    }

    @Sendable private func ofWalk(_ request: Request, _ context: AppContext) async throws -> Response {
        let walk: Walk = try await walks.published(context)
        return try await board(.walk(walk), request, context)
    }

    @Sendable private func ofProcess(_ request: Request, _ context: AppContext) async throws -> Response {
        try await board(.process(try await process(context)), request, context)
    }

    private func board(
        _ place: FollowUpPlace, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        let query: Fields = try request.query()
        let filter = FollowUpFilter(
            status: FollowUp.Status(rawValue: query.text("status")),
            service: query.id("service", of: ExaminingService.self), theme: query.text("theme").nonEmpty,
            late: query.has("late"))
        let lines: [FollowUp] = try await followUps.list(
            filter, of: place.scope, after: FollowUps.Place(query.text("after")), limit: Self.pageLength + 1)
        let counts: FollowUps.Counts = try await followUps.counts(of: place.scope)
        return site.page(
            FollowUpPage(place, filter, lines, counts, strings),
            title: strings("walks.after.board.of", ["title": place.title(context.language)]), request, context)
    }

    // MARK: Feeds

    @Sendable private func feedOfWalk(_ request: Request, _ context: AppContext) async throws -> Response {
        let walk: Walk = try await walks.published(context)
        return try await feed(.walk(walk), request, context)
    }

    @Sendable private func feedOfProcess(_ request: Request, _ context: AppContext) async throws -> Response {
        try await feed(.process(try await process(context)), request, context)
    }

    private func feed(_ place: FollowUpPlace, _ request: Request, _ context: AppContext) async throws -> Response {
        let strings: Strings = site.strings(context)
        let latest: [FollowUp] = try await followUps.latest(of: place.scope)
        return site.feed(
            AtomFeed(
                title: strings("walks.after.board.of", ["title": place.title(context.language)]),
                path: "\(place.here).atom", page: place.here, language: context.language,
                since: latest.compactMap(\.followedAt).min() ?? .distantPast,
                entries: latest.map { AtomFeed.Entry($0, strings) }), request)
    }

    private func process(_ context: AppContext) async throws -> Participation.Process {
        guard let process = try await processes.find(try context.slug("process")) else { throw Absent() }
        return process
    }
}

/// Whose follow-up is shown.
enum FollowUpPlace: Sendable {
    case walk(Walk)
    case process(Participation.Process)

    var scope: FollowUps.Scope {
        switch self {
        case .walk(let walk): .walk(walk.id)
        case .process(let process): .process(process.id)
        }
    }

    var here: String {
        switch self {
        case .walk(let walk): "/walks/\(walk.handle)/follow-up"
        case .process(let process): "/processes/\(process.slug)/walks/follow-up"
        }
    }

    var parent: String {
        switch self {
        case .walk(let walk): "/walks/\(walk.handle)"
        case .process(let process): "/processes/\(process.slug)"
        }
    }

    func title(_ language: Language) -> String {
        switch self {
        case .walk(let walk): walk.title(language)
        case .process(let process): process.title(language)
        }
    }
}

extension AtomFeed.Entry {
    /// What became of an observation last, as an entry of a feed.
    init(_ line: FollowUp, _ strings: Strings) {
        let words = AfterWords(strings)
        let name: String = words.name(of: line.observation)
        let text: String = line.words(strings.language)
        self.init(
            line.observation.id,
            title: strings("walks.after.feed", ["name": name, "status": words.states.status(line.status).word]),
            path: "/walks/\(line.walkHandle)/observations/\(line.observation.number ?? 0)",
            updated: line.followedAt ?? .distantPast, author: line.service(strings.language),
            language: Language(rawValue: line.words.language(for: strings.language)).flatMap {
                $0 == strings.language ? nil : $0
            },
            html: text.paragraphs.map { "<p>\($0.escapedForHTML)</p>" }.joined())
    }
}

/// The board.
struct FollowUpPage: PageView {
    static let template = "walks/after-board"

    struct Card: Sendable {
        let href: String
        let name: String
        let words: String
        let wroteIn: String?
        let walk: String?
        let place: String
        let service: String
        let due: String?
        let late: String?
        let answer: String?
        let answerLanguage: String?
        let photos: [AfterPhoto]
        let hasPhotos: Bool
    }

    struct Column: Sendable {
        let id: String
        let status: StatusWord
        let countWords: String
        let cards: [Card]
    }

    struct Sum: Sendable {
        let name: String
        let count: String
    }

    let crumbs: [PlaceLink]
    let eyebrow: String
    let here: String
    let statuses: [SelectOption]
    let services: [SelectOption]
    let hasServices: Bool
    let themes: [SelectOption]
    let hasThemes: Bool
    let isLate: Bool
    let sums: [Sum]
    let openWords: String?
    let lateWords: String?
    let columns: [Column]
    let isEmpty: Bool
    let isFirst: Bool
    let older: String?
    let feedHref: String
    let observationsHref: String?

    static let sample = FollowUpPage(
        crumbs: [PlaceLink(label: "La gare", href: "/walks/x")], eyebrow: "La gare", here: "/walks/x/follow-up",
        statuses: [SelectOption(value: "done", label: "Fait", selected: true)],
        services: [SelectOption(value: "x", label: "Voirie", selected: true)], hasServices: true,
        themes: [SelectOption(value: "light", label: "Éclairage", selected: true)], hasThemes: true, isLate: true,
        sums: [Sum(name: "Fait", count: "3")], openWords: "4 sans service", lateWords: "1 en retard",
        columns: [
            Column(
                id: "status-done", status: .sample, countWords: "1",
                cards: [
                    Card(
                        href: "/walks/x/observations/4", name: "N° 4", words: "A bench", wroteIn: "en",
                        walk: "La gare", place: "Arrêt 1", service: "Voirie", due: "Avant mars",
                        late: "3 jours de retard", answer: "Ja.", answerLanguage: "de", photos: [.sample],
                        hasPhotos: true)
                ])
        ], isEmpty: true, isFirst: true, older: "/x", feedHref: "/walks/x/follow-up.atom",
        observationsHref: "/walks/x/observations")
}

extension FollowUpPage {
    init(
        _ place: FollowUpPlace, _ filter: FollowUpFilter, _ found: [FollowUp], _ counts: FollowUps.Counts,
        _ strings: Strings
    ) {
        let words = AfterWords(strings)
        let reader: Language = strings.language
        crumbs = [PlaceLink(label: place.title(reader), href: place.parent)]
        eyebrow = place.title(reader)
        here = place.here
        statuses = FollowUps.order.map {
            SelectOption(value: $0.rawValue, label: words.states.status($0).word, selected: $0 == filter.status)
        }
        services = counts.services.map {
            SelectOption(value: $0.id.description, label: $0.name(reader), selected: $0.id == filter.service)
        }
        hasServices = counts.services.count > 1
        themes = counts.themes.map {
            SelectOption(value: $0.key, label: $0.title(reader), selected: $0.key == filter.theme)
        }
        hasThemes = counts.themes.count > 1
        isLate = filter.late
        sums = FollowUps.order.compactMap { status in
            counts.statuses[status].map { Sum(name: words.states.status(status).word, count: strings.number($0)) }
        }
        openWords = counts.open == 0 ? nil : strings.plural("walks.after.board.open", counts.open)
        lateWords = counts.late == 0 ? nil : strings.plural("walks.after.board.late", counts.late)
        let shown: [FollowUp] = Array(found.prefix(FollowUpController.pageLength))
        let groups: [FollowUp.Status: [FollowUp]] = Dictionary(grouping: shown, by: \.status)
        var showsWalk = false
        if case .process = place { showsWalk = true }
        columns = FollowUps.order.compactMap { status in
            guard let group = groups[status] else { return nil }
            return Column(
                id: "status-\(status.rawValue)", status: words.states.status(status),
                countWords: strings.number(counts.statuses[status] ?? group.count),
                cards: group.map { Card($0, showsWalk: showsWalk, words) })
        }
        isEmpty = shown.isEmpty
        isFirst = counts.statuses.isEmpty
        var query: [String] = []
        if let status = filter.status { query.append("status=\(status.rawValue)") }
        if let service = filter.service { query.append("service=\(service)") }
        if let theme = filter.theme { query.append("theme=\(PercentDecoding.encode(theme))") }
        if filter.late { query.append("late=1") }
        older =
            found.count > FollowUpController.pageLength
            ? shown.last.map { last in
                "\(place.here)?" + (query + ["after=\(FollowUps.Place(last).text)"]).joined(separator: "&")
            } : nil
        feedHref = "\(place.here).atom"
        if case .walk(let walk) = place {
            observationsHref = "/walks/\(walk.handle)/observations"
        } else {
            observationsHref = nil
        }
    }
}

extension FollowUpPage.Card {
    init(_ line: FollowUp, showsWalk: Bool, _ words: AfterWords) {
        let strings: Strings = words.strings
        let reader: Language = strings.language
        href = "/walks/\(line.walkHandle)/observations/\(line.observation.number ?? 0)"
        name = words.name(of: line.observation)
        self.words = AfterWords.beginning(line.observation.words)
        wroteIn = line.observation.language.foreign(to: reader)
        walk = showsWalk ? line.walkTitle(reader) : nil
        place = line.stopNumber.map { words.stop($0, line.stopTitle) } ?? line.observation.place
        service = line.service(reader)
        due = line.dueOn.map { words.due($0, daysLate: line.daysLate, status: line.status) }
        late = words.late(line.daysLate)
        answer = line.words.isEmpty ? nil : AfterWords.beginning(line.words(reader), 220)
        answerLanguage = line.words.foreign(to: reader)
        // Before beside after: one alone says nothing of what has changed.
        photos =
            line.after == nil
            ? []
            : [
                line.before.flatMap { AfterPhoto($0, caption: strings("walks.after.photo.before")) },
                line.after.flatMap { AfterPhoto($0, caption: strings("walks.after.photo.after")) },
            ].compactMap(\.self)
        hasPhotos = !photos.isEmpty
    }
}
