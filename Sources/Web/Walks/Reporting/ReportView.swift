import Foundation
import Participation

/// A text with the language it is in, where that is not the reader's.
struct Passage: Sendable {
    let html: String
    let language: String?
    /// « en français seulement », where there is no text in the reader's language.
    let only: String?

    static let sample = Passage(html: "<p>Ein Brunnen.</p>", language: "de", only: "en allemand seulement")

    /// Markdown of agents; nil where there is none.
    init?(_ texts: Texts, _ strings: Strings) {
        guard !texts.isEmpty else { return nil }
        let language: String = texts.language(for: strings.language)
        html = Markdown.html(texts(strings.language))
        self.language = language == strings.language.rawValue ? nil : language
        only = self.language.map { strings("walks.report.only.\($0)") }
    }

    private init(html: String, language: String?, only: String?) {
        (self.html, self.language, self.only) = (html, language, only)
    }
}

/// A report as its page and its PDF tell it.
struct ReportView: Sendable {
    /// A photo: its address, or its bytes inside the page.
    struct Photo: Sendable {
        let source: String
        let alt: String
        let when: String
    }

    /// What was seen.
    struct Finding: Sendable {
        let number: String
        let anchor: String
        let href: String
        let kind: String
        let text: String
        let wroteIn: String?
        let facts: String
        let priority: String?
        let others: String?
        let answer: String?
        let answerLanguage: String?
        let photos: [Photo]
        let hasPhotos: Bool
    }

    /// What was seen at one stop.
    struct Place: Sendable {
        let heading: String
        let prompt: Passage?
        let countWords: String
        let findings: [Finding]
    }

    /// A theme that runs through all stops, or a good practice.
    struct Section: Sendable {
        let title: String
        let titleLanguage: String?
        let words: Passage?
        let figures: String
    }

    /// Recommendations for one horizon.
    struct Horizon: Sendable {
        let name: String
        let words: String
        let recommendations: [Recommendation]
    }

    /// What the walk leads to.
    struct Recommendation: Sendable {
        let title: String
        let titleLanguage: String?
        let owner: String
        let words: Passage?
        let findings: [PlaceLink]
        let hasFindings: Bool
    }

    /// What the city answered to one observation.
    struct Answer: Sendable {
        let number: String
        let href: String
        let service: String
        let status: StatusWord
        let words: String
        let language: String?
        let due: String
    }

    /// How many came of a category.
    struct Count: Sendable {
        let name: String
        let people: String
    }

    let title: String
    let titleLanguage: String?
    let processTitle: String
    let version: String
    let withdrawn: String?
    let facts: [PlaceFact]
    let heads: [Count]
    let hasHeads: Bool
    let absent: Passage?
    let introduction: Passage?
    let map: ObservationMap?
    let lead: String
    let places: [Place]
    let themes: [Section]
    let hasThemes: Bool
    let practices: [Section]
    let hasPractices: Bool
    let horizons: [Horizon]
    let hasHorizons: Bool
    let answers: [Answer]
    let hasAnswers: Bool
    let unanswered: String?
    let meeting: String?
    let meetingPlace: String?

    static let sample = ReportView(
        title: "Autour de la gare", titleLanguage: "fr", processTitle: "Diagonales", version: "Version 1",
        withdrawn: "1 retirée", facts: [PlaceFact(name: "Météo", text: "Pluie")],
        heads: [Count(name: "Habitants", people: "12")], hasHeads: true, absent: .sample, introduction: .sample,
        map: .sample, lead: "12 observations",
        places: [
            Place(
                heading: "Arrêt 1", prompt: .sample, countWords: "1 observation",
                findings: [
                    Finding(
                        number: "7", anchor: "observation-7", href: "/walks/x/observations/7", kind: "Problème",
                        text: "Ein Brunnen", wroteIn: "de", facts: "Éclairage", priority: "D’abord", others: "2 autres",
                        answer: "Ce sera fait.", answerLanguage: "fr",
                        photos: [Photo(source: "/media/1/small", alt: "Une place", when: "Sur place")], hasPhotos: true)
                ])
        ],
        themes: [Section(title: "La lumière", titleLanguage: "fr", words: .sample, figures: "3 problèmes")],
        hasThemes: true, practices: [Section(title: "Le kiosque", titleLanguage: "fr", words: .sample, figures: "1")],
        hasPractices: true,
        horizons: [
            Horizon(
                name: "Tout de suite", words: "Dans les semaines qui viennent.",
                recommendations: [
                    Recommendation(
                        title: "Réparer le banc", titleLanguage: "fr", owner: "La ville", words: .sample,
                        findings: [PlaceLink(label: "7", href: "#observation-7")], hasFindings: true)
                ])
        ], hasHorizons: true,
        answers: [
            Answer(
                number: "7", href: "#observation-7", service: "Voirie", status: .sample, words: "Oui", language: "fr",
                due: "2 mars 2027")
        ], hasAnswers: true, unanswered: "2 sans réponse", meeting: "Le 3 avril 2027 à 18 h",
        meetingPlace: "Salle des fêtes")
}

/// Makes a report ready to be read.
struct ReportTelling {
    let report: PublishedReport
    let strings: Strings
    /// Where a photo is found; nil to leave it out.
    let source: (ID<Medium>) -> String?

    private var content: ReportContent { report.content }
    private var language: Language { strings.language }
    private var words: WalkWords { WalkWords(strings) }

    /// The code of a text's language where it is not the reader's.
    private func foreign(_ texts: Texts) -> String? {
        let code: String = texts.language(for: language)
        return texts.isEmpty || code == language.rawValue ? nil : code
    }

    /// The whole report.
    func view() -> ReportView {
        let byStop: [Int: [ReportContent.Observation]] = Dictionary(grouping: content.observations) { $0.stop ?? 0 }
        let places: [ReportView.Place] =
            content.stops.map { place($0, byStop[$0.number] ?? []) }
            + (byStop[0].map { [elsewhere($0)] } ?? [])
        let themes: [ReportView.Section] = content.sections.filter { $0.kind == .theme }.map(section)
        let practices: [ReportView.Section] = content.sections.filter { $0.kind == .practice }.map(section)
        let horizons: [ReportView.Horizon] = Horizon.allCases.compactMap(horizon)
        let answers: [ReportView.Answer] = content.observations.compactMap(answer)
        let silent: Int = content.observations.count - answers.count
        return ReportView(
            title: content.title(language), titleLanguage: foreign(content.title),
            processTitle: content.processTitle(language), version: version,
            withdrawn: report.withdrawn == 0 ? nil : strings.plural("walks.report.withdrawn", report.withdrawn),
            facts: facts, heads: heads, hasHeads: !content.heads.isEmpty,
            absent: Passage(content.absentServices, strings), introduction: Passage(content.introduction, strings),
            map: map,
            lead: strings(
                "walks.report.lead",
                [
                    "observations": strings.plural("walks.map.count", content.tally.count),
                    "kinds": content.tally.kinds(strings),
                ]), places: places, themes: themes, hasThemes: !themes.isEmpty, practices: practices,
            hasPractices: !practices.isEmpty, horizons: horizons, hasHorizons: !horizons.isEmpty, answers: answers,
            hasAnswers: !answers.isEmpty,
            unanswered: silent == 0 ? nil : strings.plural("walks.report.unanswered", silent),
            meeting: content.returnAt.map { strings("walks.report.meeting.at", ["moment": strings.moment($0)]) },
            meetingPlace: content.returnPlace.isEmpty ? nil : content.returnPlace(language))
    }

    // MARK: The day

    private var version: String {
        guard let version = report.version else { return strings("walks.report.preview") }
        return strings(
            "walks.report.version",
            ["number": strings.number(version.number), "date": strings.date(version.publishedAt)])
    }

    private var facts: [PlaceFact] {
        let hours: String = strings(
            "walks.report.hours", ["begin": strings.time(content.startedAt), "end": strings.time(content.endedAt)])
        let lines: [(String, String)] = [
            ("commissioner", told(content.commissioner)),
            ("day", "\(strings.date(content.startedAt)), \(hours)"), ("light", words.light(content.light)),
            ("weather", told(content.weather)), ("place", told(content.meetingPlace)),
            ("length", content.length.map(words.length) ?? ""), ("perimeter", told(content.perimeter)),
            ("aim", told(content.aim)),
        ]
        return lines.filter { !$0.1.isEmpty }.map {
            PlaceFact(name: strings("walks.report.fact.\($0.0)"), text: $0.1)
        }
    }

    /// A text, with the language it is in where that is not the reader's.
    private func told(_ texts: Texts) -> String {
        guard let code = foreign(texts) else { return texts(language) }
        return "\(texts(language)) (\(strings("walks.report.only.\(code)")))"
    }

    private var heads: [ReportView.Count] {
        content.heads.map {
            ReportView.Count(name: words.category($0.category), people: strings.number($0.people))
        }
    }

    private var map: ObservationMap? {
        let stops: [MapPoint] = content.stops.map(\.point)
        let points: [MapPoint] = stops + content.line
        let seen: [MapPoint] = content.observations.compactMap(\.point)
        guard let box = MapBox(around: points.isEmpty ? seen : points, rim: 120) else { return nil }
        return ReportMap(box: box, content: content, strings: strings).map
    }

    // MARK: What was seen

    private func place(_ stop: ReportContent.Stop, _ observations: [ReportContent.Observation]) -> ReportView.Place {
        ReportView.Place(
            heading: strings(
                "walks.map.stop", ["number": String(stop.number), "title": stop.title(language)]),
            prompt: Passage(stop.prompt, strings), countWords: strings.plural("walks.map.count", observations.count),
            findings: observations.map(finding))
    }

    private func elsewhere(_ observations: [ReportContent.Observation]) -> ReportView.Place {
        ReportView.Place(
            heading: strings("walks.map.elsewhere"), prompt: nil,
            countWords: strings.plural("walks.map.count", observations.count), findings: observations.map(finding))
    }

    private func finding(_ observation: ReportContent.Observation) -> ReportView.Finding {
        let facts: [String?] = [
            observation.theme.isEmpty ? nil : observation.theme(language), observation.feeling.map(words.feeling),
            words.concerned(observation.concerned), observation.place.isEmpty ? nil : observation.place,
        ]
        let photos: [ReportView.Photo] = observation.photos.compactMap { photo in
            source(photo.id).map {
                ReportView.Photo(
                    source: $0, alt: photo.alt, when: strings("walks.report.photo.\(photo.purpose.rawValue)"))
            }
        }
        return ReportView.Finding(
            number: String(observation.number), anchor: "observation-\(observation.number)",
            href: "/walks/\(content.walk)/observations/\(observation.number)", kind: words.kind(observation.kind),
            text: observation.words, wroteIn: observation.language.foreign(to: language),
            facts: facts.compactMap(\.self).joined(separator: " · "),
            priority: observation.priority.map { strings("walks.report.priority.\($0)") },
            others: observation.others == 0 ? nil : strings.plural("walks.map.others", observation.others),
            answer: observation.answer.map { answer in
                strings(
                    "walks.report.answered",
                    [
                        "service": answer.service(language),
                        "status": ObservationWords(strings).status(answer.followUp).word,
                    ])
            }, answerLanguage: nil, photos: photos, hasPhotos: !photos.isEmpty)
    }

    private func answer(_ observation: ReportContent.Observation) -> ReportView.Answer? {
        guard let answer = observation.answer else { return nil }
        return ReportView.Answer(
            number: String(observation.number), href: "#observation-\(observation.number)",
            service: answer.service(language), status: ObservationWords(strings).status(answer.followUp),
            words: answer.words(language), language: foreign(answer.words),
            due: answer.dueOn.map(strings.day) ?? strings("walks.report.no_date"))
    }

    // MARK: What follows from it

    private func section(_ section: ReportContent.Section) -> ReportView.Section {
        let name: String = section.theme.map { $0(language) } ?? strings("walks.report.figures.all")
        return ReportView.Section(
            title: section.title(language), titleLanguage: foreign(section.title),
            words: Passage(section.words, strings),
            figures: strings(
                "walks.report.figures",
                [
                    "theme": name, "kinds": section.tally.kinds(strings),
                    "answered": strings.plural("walks.report.figures.answered", section.tally.answered),
                ]))
    }

    /// The recommendations of a horizon, by their owners in the order of the words; nil without any.
    private func horizon(_ horizon: Horizon) -> ReportView.Horizon? {
        let owners: [RecommendationOwner] = RecommendationOwner.allCases
        let own: [ReportContent.Recommendation] = owners.flatMap { owner in
            content.recommendations.filter { $0.horizon == horizon && $0.owner == owner }
        }
        guard !own.isEmpty else { return nil }
        let known: Set<Int> = Set(content.observations.map(\.number))
        return ReportView.Horizon(
            name: strings("walks.report.horizon.\(horizon.rawValue)"),
            words: strings("walks.report.horizon.\(horizon.rawValue).words"),
            recommendations: own.map { one in
                let findings: [PlaceLink] = one.observations.filter(known.contains).map {
                    PlaceLink(label: String($0), href: "#observation-\($0)")
                }
                return ReportView.Recommendation(
                    title: one.title(language), titleLanguage: foreign(one.title),
                    owner: strings.owner(one.owner, one.ownerName), words: Passage(one.words, strings),
                    findings: findings, hasFindings: !findings.isEmpty)
            })
    }
}

extension Strings {
    /// To whom a recommendation is addressed: « Bailleur (Mulhouse Habitat) ».
    func owner(_ owner: RecommendationOwner, _ name: String) -> String {
        if name.isEmpty { return self.owner(owner) }
        return owner == .other ? name : "\(self.owner(owner)) (\(name))"
    }

    /// The word for an owner. « other » would look like a plural among the strings.
    func owner(_ owner: RecommendationOwner) -> String {
        owner == .other ? self("walks.report.owner.somebody") : self("walks.report.owner.\(owner.rawValue)")
    }
}

/// The drawing of a report: the way, its stops and what was seen.
private struct ReportMap {
    let box: MapBox
    let content: ReportContent
    let strings: Strings

    var map: ObservationMap? {
        guard let projection = MapProjection(box.corners) else { return nil }
        let height = Int(projection.height.rounded(.up))
        func place(_ point: MapPoint) -> (x: Int, y: Int) {
            let place = projection.place(point)
            return (Int(place.x.rounded()), Int(place.y.rounded()))
        }
        let words = WalkWords(strings)
        let stops: [ObservationMap.Stop] = content.stops.map { stop in
            let place = place(stop.point)
            return ObservationMap.Stop(
                x: place.x, y: place.y, number: String(stop.number), title: stop.title(strings.language))
        }
        var spread = MarkSpread(around: stops)
        let marks: [ObservationMap.Mark] = content.observations.compactMap { observation in
            guard let point = observation.point else { return nil }
            let exact = place(point)
            guard (0...Int(MapProjection.width)).contains(exact.x), (0...height).contains(exact.y) else { return nil }
            let free = spread.place(exact)
            return ObservationMap.Mark(
                x: free.x, y: free.y, kind: observation.kind.rawValue,
                shape: ObservationMap.shape(observation.kind), number: String(observation.number),
                title: words.kind(observation.kind))
        }
        let way: String? =
            content.line.count > 1
            ? "M" + content.line.map { place($0) }.map { "\($0.x) \($0.y)" }.joined(separator: "L") : nil
        return ObservationMap(
            words: strings.plural("walks.map.words", content.observations.count), width: Int(MapProjection.width),
            height: height, line: way,
            stops: stops, shades: [], counts: [], heads: [], dots: nil, marks: marks,
            keys: Observation.Kind.allCases.map {
                ObservationMap.Key(kind: $0.rawValue, shape: ObservationMap.shape($0), name: words.kind($0))
            }, isGrid: false, gridWords: nil, outside: nil, table: [], pointsHref: "", outlinesHref: "", tiles: nil,
            attribution: nil)
    }
}

/// Finds a free place for each marker, as near as can be to where it belongs.
struct MarkSpread {
    /// How far apart the middles of two markers are.
    private static let distance = 40

    private var taken: [(x: Int, y: Int)]

    /// Nothing is placed but the stops.
    init(around stops: [ObservationMap.Stop]) {
        taken = stops.map { ($0.x, $0.y) }
    }

    /// A free place: the first on a spiral around `exact`, each step turned by the golden angle.
    mutating func place(_ exact: (x: Int, y: Int)) -> (x: Int, y: Int) {
        var found = exact
        for turn in 0..<400 {
            let (angle, away) = (Double(turn) * 2.399963, 14 * Double(turn).squareRoot())
            found = (exact.x + Int((away * cos(angle)).rounded()), exact.y + Int((away * sin(angle)).rounded()))
            let isFree: Bool = taken.allSatisfy { other in
                let (dx, dy) = (other.x - found.x, other.y - found.y)
                return dx * dx + dy * dy >= Self.distance * Self.distance
            }
            if isFree { break }
        }
        taken.append(found)
        return found
    }
}
