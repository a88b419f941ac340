import Foundation
import Participation

/// The public page of a walk: what it is for, when and where it is, what to expect, and what comes of it.
struct WalkPage: PageView {
    static let template = "walks/visit-walk"

    /// A stop of the route, as the list beside the map tells it.
    struct StopLine: Sendable {
        let anchor: String
        let number: String
        let title: String
        let titleLanguage: String?
        let prompt: String?
        let promptLanguage: String?
    }

    /// Something with a name and a sentence.
    struct Topic: Sendable {
        let name: String
        let text: String?
    }

    /// Words of the agents, in the reader's language or another.
    struct Passage: Sendable {
        let paragraphs: [String]
        let language: String?
    }

    /// What the reader does first.
    struct Step: Sendable {
        let label: String
        let href: String
    }

    let title: String
    let titleLanguage: String?
    let process: PlaceLink
    let when: String
    let place: String?
    let status: StatusWord
    let calledOff: String?
    let phases: PhaseLine?
    let primary: Step?
    let calendarHref: String?
    let deskHref: String?
    let demonstration: Bool
    let aim: Passage?
    let facts: [PlaceFact]
    let themes: [Topic]
    let hasThemes: Bool
    let drawing: RouteDrawing?
    let stops: [StopLine]
    let hasStops: Bool
    let accessibility: Passage?
    let hasAccess: Bool
    let roles: [Topic]
    let imageRights: Passage?
    let bring: [String]
    let hasBring: Bool
    let afterwards: [String]
    let links: [PlaceLink]
    let hasLinks: Bool
    let address: String
    let shareHref: String
}

extension WalkPage {
    /// Everything that the page is made from.
    struct Scene: Sendable {
        let walk: Walk
        let process: Participation.Process
        let route: Route
        let themes: [WalkTheme]
        let occasion: Occasion
        let turnout: Turnout
        let drawing: RouteDrawing?
        /// The walk before on the same route.
        let previous: Walk?
        let hasReport: Bool
        let ownHref: String?
        let deskHref: String?
        let address: String
        let now: Date
    }

    init(_ scene: Scene, _ strings: Strings) {
        let (walk, reader): (Walk, Language) = (scene.walk, strings.language)
        let words = WalkWords(strings)
        let standing = GatheringStanding(scene.occasion, scene.turnout, at: scene.now)
        let here = "/walks/\(walk.handle)"
        let meeting: String = walk.meetingPlace(reader)
        let isComing: Bool = standing != .over && standing != .calledOff
        title = walk.title(reader)
        titleLanguage = walk.title.foreign(to: reader)
        process = PlaceLink(label: scene.process.title(reader), href: "/processes/\(scene.process.slug)/walks")
        when = GatheringWords(strings).when(walk.gathering)
        place = meeting.isEmpty ? nil : meeting
        status = standing.status(strings)
        calledOff =
            standing == .calledOff
            ? strings("walks.visit.called_off", ["reason": walk.gathering.cancellation(reader)]) : nil
        phases = standing == .calledOff ? nil : PhaseLine(walk, scene.occasion, at: scene.now, strings)
        primary = Self.primary(scene, standing, strings)
        calendarHref = isComing ? "\(here).ics" : nil
        deskHref = scene.deskHref
        demonstration = scene.process.demonstration
        aim = Passage(walk.aim, reader)
        facts = Self.facts(scene, words)
        themes = scene.themes.map { theme in
            let prompt: String = theme.prompt(reader)
            return Topic(name: theme.title(reader), text: prompt.isEmpty ? nil : prompt)
        }
        hasThemes = !scene.themes.isEmpty
        drawing = scene.drawing
        stops = scene.route.stops.map { stop in
            let prompt: String = stop.prompt(reader)
            return StopLine(
                anchor: "stop-\(stop.number)", number: String(stop.number), title: stop.title(reader),
                titleLanguage: stop.title.foreign(to: reader), prompt: prompt.isEmpty ? nil : prompt,
                promptLanguage: stop.prompt.foreign(to: reader))
        }
        hasStops = !scene.route.stops.isEmpty
        accessibility = Passage(walk.accessibility, reader)
        hasAccess = accessibility != nil || isComing
        roles = isComing ? CrewRole.allCases.map { Topic(name: words.role($0), text: words.task($0)) } : []
        imageRights = Passage(walk.imageRights, reader)
        bring =
            isComing
            ? ["shoes", "water", "phone"].map { strings("walks.visit.bring.\($0)") }
                + (walk.light == .day ? [] : [strings("walks.visit.bring.lamp")]) : []
        hasBring = isComing
        afterwards = (1...4).map { strings("walks.visit.afterwards.\($0)") }
        links = Self.links(scene, strings)
        hasLinks = !links.isEmpty
        address = scene.address
        shareHref =
            "mailto:?subject=\(PercentDecoding.encode(title))"
            + "&body=\(PercentDecoding.encode("\(when)\n\(meeting)\n\(scene.address)"))"
    }

    /// The one thing to do today.
    private static func primary(_ scene: Scene, _ standing: GatheringStanding, _ strings: Strings) -> Step? {
        let here = "/walks/\(scene.walk.handle)"
        let isTaking: Bool =
            standing != .calledOff
            && scene.now
                > scene.walk.gathering.startsAt.addingTimeInterval(
                    TimeInterval(-3600 * Observations.openingHours))
            && scene.now < scene.walk.sheetClosesAt
        if isTaking { return Step(label: strings("walks.visit.note"), href: "\(here)/sheet") }
        if let own = scene.ownHref, standing != .over, standing != .calledOff {
            return Step(label: strings("walks.visit.own"), href: own)
        }
        return switch standing {
        case .open: Step(label: strings("walks.visit.register"), href: "\(here)/registration")
        case .full: Step(label: strings("walks.visit.wait"), href: "\(here)/registration")
        case .over where scene.hasReport: Step(label: strings("walks.visit.report"), href: "\(here)/report")
        case .over: Step(label: strings("walks.visit.observations"), href: "\(here)/observations")
        case .calledOff, .closed, .underWay: nil
        }
    }

    private static func facts(_ scene: Scene, _ words: WalkWords) -> [PlaceFact] {
        let (walk, strings): (Walk, Strings) = (scene.walk, words.strings)
        let reader: Language = strings.language
        let moments = GatheringWords(strings)
        var facts: [PlaceFact] = []
        func add(_ key: String, _ text: String?) {
            if let text, !text.isEmpty { facts.append(PlaceFact(name: strings("walks.visit.\(key)"), text: text)) }
        }
        add("when", moments.when(walk.gathering))
        add("rain_date", walk.rainStartsAt.map { moments.moment($0) })
        add("light", words.light(walk.light))
        add("meeting", walk.meetingPlace(reader))
        add("route", scene.route.name(reader))
        let stops: String? =
            scene.route.stops.isEmpty ? nil : strings.plural("walks.visit.stops_count", scene.route.stops.count)
        add("length", [scene.route.length.map(words.length), stops].compactMap(\.self).joined(separator: ", "))
        add("perimeter", walk.perimeter(reader))
        let audience: String = walk.audience(reader)
        add("audience", audience.isEmpty ? words.concerned(walk.audiences) : audience)
        if walk.gathering.endsAt > scene.now, walk.gathering.cancelledAt == nil {
            add("places", scene.turnout.places.map { strings.number($0) })
            add(
                "closes",
                walk.gathering.registrationClosesAt.map { moments.moment($0) })
        }
        return facts
    }

    /// What came of the walk, and the walk before it.
    private static func links(_ scene: Scene, _ strings: Strings) -> [PlaceLink] {
        let here = "/walks/\(scene.walk.handle)"
        func link(_ key: String, _ path: String) -> PlaceLink {
            PlaceLink(label: strings("walks.visit.\(key)"), href: here + path)
        }
        var links: [PlaceLink] = []
        if scene.walk.gathering.startsAt <= scene.now, scene.walk.gathering.cancelledAt == nil {
            links.append(link("observations", "/observations"))
            links.append(link("follow_up", "/follow-up"))
            if scene.hasReport { links.append(link("report", "/report")) }
            if scene.previous != nil { links.append(link("comparison", "/comparison")) }
        }
        if let previous = scene.previous {
            links.append(
                PlaceLink(
                    label: strings("walks.visit.previous", ["title": previous.title(strings.language)]),
                    href: "/walks/\(previous.handle)"))
        }
        return links
    }
}

extension WalkPage.Passage {
    /// Nil where the agents wrote nothing.
    fileprivate init?(_ texts: Texts, _ reader: Language) {
        let paragraphs: [String] = texts(reader).paragraphs
        guard !paragraphs.isEmpty else { return nil }
        self.init(paragraphs: paragraphs, language: texts.foreign(to: reader))
    }
}

extension PhaseLine {
    /// The life of a walk: registration, the walk, the reading of what was seen, the answers.
    fileprivate init(_ walk: Walk, _ occasion: Occasion, at now: Date, _ strings: Strings) {
        let moments: [Date] = [occasion.closesAt, walk.gathering.endsAt, walk.sheetClosesAt]
        let present: Int = moments.firstIndex { now < $0 } ?? moments.count
        let dates: [String?] = [
            strings("walks.visit.phase.until", ["date": strings.date(occasion.closesAt)]),
            strings.date(walk.gathering.startsAt),
            strings("walks.visit.phase.until", ["date": strings.date(walk.sheetClosesAt)]), nil,
        ]
        self.init(
            steps: dates.enumerated().map { index, date in
                let state: String = index == present ? "current" : index < present ? "done" : "coming"
                return Step(
                    name: strings("walks.visit.phase.\(index + 1)"), state: strings("phases.\(state)"), dates: date,
                    done: index < present, current: index == present)
            }, today: strings("walks.visit.phase.\(present + 1).today"))
    }
}

extension WalkPage {
    static let sample = WalkPage(
        title: "La gare, la nuit", titleLanguage: "fr", process: PlaceLink(label: "Diagonales", href: "/processes/d"),
        when: "samedi 5 décembre 2026", place: "Devant la gare", status: .sample, calledOff: "Annulée : tempête.",
        phases: PhaseLine(
            steps: [PhaseLine.Step(name: "Marche", state: "à venir", dates: "5 décembre", done: true, current: true)],
            today: "Inscrivez-vous."), primary: Step(label: "S’inscrire", href: "/walks/x/registration"),
        calendarHref: "/walks/x.ics", deskHref: "/desk", demonstration: true,
        aim: Passage(paragraphs: ["Voir."], language: "fr"), facts: [PlaceFact(name: "Durée", text: "2 h")],
        themes: [Topic(name: "Éclairage", text: "Voit-on ?")], hasThemes: true, drawing: .sample,
        stops: [
            StopLine(
                anchor: "stop-1", number: "1", title: "Gare", titleLanguage: "fr", prompt: "Que voyez-vous ?",
                promptLanguage: "fr")
        ], hasStops: true, accessibility: Passage(paragraphs: ["Sans marche."], language: "fr"), hasAccess: true,
        roles: [Topic(name: "Guide", text: "Mène.")], imageRights: Passage(paragraphs: ["Flouté."], language: "fr"),
        bring: ["De l’eau"], hasBring: true, afterwards: ["Les services répondent."],
        links: [PlaceLink(label: "Rapport", href: "/walks/x/report")], hasLinks: true,
        address: "http://localhost/walks/x", shareHref: "mailto:?subject=x")
}
