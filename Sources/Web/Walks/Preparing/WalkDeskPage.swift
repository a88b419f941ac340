import Foundation
import Participation

/// A walk at the desk: what is settled, what is missing, and the way to each.
struct WalkDeskPage: PageView {
    static let template = "walks/prepare-walk"

    /// A part of the preparation with what it says now.
    struct Part: Sendable {
        let id: String
        let title: String
        let href: String
        let facts: [PlaceFact]
        let hasFacts: Bool
    }

    /// A point of the list of what is needed.
    struct Line: Sendable {
        let label: String
        let href: String
        let state: String
        let tone: String
    }

    let title: String
    let crumbs: [PlaceLink]
    let status: StatusWord
    let when: String
    /// Nil while only agents see it.
    let publicHref: String?
    let publicationHref: String
    /// What is missing, while it is prepared.
    let readiness: [Line]
    let isPreparing: Bool
    let isReady: Bool
    let readinessWords: String
    let links: [PlaceLink]
    let parts: [Part]
    let drawing: RouteDrawing?
    let acts: [PlaceLink]
    let hasActs: Bool
    let errors: ErrorSummary?

    static let sample = WalkDeskPage(
        title: "La gare", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], status: .sample, when: "Le 3 mars",
        publicHref: "/walks/gare", publicationHref: "/x/publication",
        readiness: [Line(label: "But", href: "/x/purpose", state: "manque", tone: "bad")], isPreparing: true,
        isReady: true, readinessWords: "Il manque un point.", links: [PlaceLink(label: "Inscriptions", href: "/x/r")],
        parts: [
            Part(
                id: "purpose", title: "But", href: "/x/purpose", facts: [PlaceFact(name: "But", text: "Voir")],
                hasFacts: true)
        ], drawing: .sample, acts: [PlaceLink(label: "Déplacer", href: "/x/date")],
        hasActs: true,
        errors: ErrorSummary(items: [.init(field: "readiness-title", text: "Manque")]))
}

extension WalkDeskPage {
    init(_ scene: WalkScene, _ file: WalkFile, _ drawing: RouteDrawing?, _ errors: FieldErrors) {
        let (strings, walk): (Strings, Walk) = (scene.strings, file.walk)
        let own = "\(scene.base)/\(walk.handle)"
        let standing = WalkStanding(walk, at: file.now)
        title = walk.title(strings.language)
        crumbs = Array(scene.crumbs.dropLast())
        status = standing.word(strings)
        when = WalkFacts(strings).when(walk)
        publicHref = walk.publishedAt.map { _ in "/walks/\(walk.handle)" }
        publicationHref = "\(own)/publication"
        isPreparing = standing == .preparing
        let ready = WalkReadiness(file, now: file.now)
        readiness =
            isPreparing
            ? ready.items.map { item in
                Line(
                    label: strings("walks.prepare.ready.\(item.point.rawValue)"), href: "\(own)/\(item.point.path)",
                    state: strings("walks.prepare.ready.state.\(item.standing.name)"), tone: item.standing.tone)
            } : []
        isReady = ready.missing.isEmpty
        readinessWords =
            isReady
            ? strings("walks.prepare.ready.complete")
            : strings.plural("walks.prepare.ready.lacks", ready.missing.count)
        links =
            isPreparing
            ? []
            : ["registrations", "sheets", "observations", "report"].map {
                PlaceLink(label: strings("walks.prepare.link.\($0)"), href: "\(own)/\($0)")
            } + [
                PlaceLink(label: strings("walks.sheet.crew.link"), href: "/walks/\(walk.handle)/sheet/crew")
            ]
        let facts = WalkFacts(strings)
        parts = [
            ("purpose", facts.purpose(walk)), ("time", facts.time(walk)), ("place", facts.place(walk)),
            ("route", facts.route(file)), ("themes", facts.themes(file)), ("crew", facts.crew(file)),
        ].map {
            Part(
                id: $0.0, title: strings("walks.prepare.part.\($0.0)"), href: "\(own)/\($0.0)", facts: $0.1,
                hasFacts: !$0.1.isEmpty)
        }
        self.drawing = drawing
        acts = standing.acts.map {
            PlaceLink(label: strings("walks.prepare.act.\($0.rawValue)"), href: "\(own)/\($0.path)")
        }
        hasActs = !acts.isEmpty
        self.errors = errors.summary(strings)
    }
}

/// What a walk says of itself at the desk, part by part. What nobody has written is left out.
private struct WalkFacts {
    let strings: Strings
    private var words: WalkWords { WalkWords(strings) }

    init(_ strings: Strings) {
        self.strings = strings
    }

    /// Day, hours and light in one line.
    func when(_ walk: Walk) -> String {
        strings(
            "walks.prepare.when",
            [
                "start": strings.moment(walk.gathering.startsAt), "end": strings.time(walk.gathering.endsAt),
                "light": words.light(walk.light),
            ])
    }

    func purpose(_ walk: Walk) -> [PlaceFact] {
        texts([("aim", walk.aim), ("perimeter", walk.perimeter), ("audience", walk.audience)])
            + [fact("audiences", words.concerned(walk.audiences))]
    }

    func time(_ walk: Walk) -> [PlaceFact] {
        let gathering: Gathering = walk.gathering
        return [
            fact("starts_at", strings.moment(gathering.startsAt)), fact("ends_at", strings.moment(gathering.endsAt)),
            fact("light", words.light(walk.light)),
            walk.rainStartsAt.map { fact("rain_starts_at", strings.moment($0)) },
            fact("places", gathering.places.map { strings.number($0) } ?? strings("walks.prepare.places.any")),
            fact("most_companions", strings.number(gathering.mostCompanions)),
            gathering.registrationClosesAt.map { fact("registration_closes_at", strings.moment($0)) },
            fact("sheet_closes_at", strings.moment(walk.sheetClosesAt)),
            fact("code", WalkCode.grouped(walk.code)),
        ].compactMap(\.self)
    }

    func place(_ walk: Walk) -> [PlaceFact] {
        texts([
            ("meeting_place", walk.meetingPlace), ("accessibility", walk.accessibility),
            ("image_rights", walk.imageRights),
        ])
    }

    func route(_ file: WalkFile) -> [PlaceFact] {
        [
            file.route.length.map { fact("length", words.length($0)) },
            file.route.stops.isEmpty
                ? nil
                : fact(
                    "stops",
                    file.route.stops.map { "\($0.number). \($0.title(strings.language))" }.joined(separator: ", ")),
        ].compactMap(\.self)
    }

    func themes(_ file: WalkFile) -> [PlaceFact] {
        file.themes.isEmpty
            ? [] : [fact("themes", file.themes.map { $0.title(strings.language) }.joined(separator: ", "))]
    }

    func crew(_ file: WalkFile) -> [PlaceFact] {
        CrewRole.allCases.compactMap { role in
            let names: [String] = file.crew.filter { $0.role == role }.map(\.name)
            return names.isEmpty ? nil : PlaceFact(name: words.role(role), text: names.joined(separator: ", "))
        }
    }

    private func fact(_ name: String, _ text: String) -> PlaceFact {
        PlaceFact(name: strings("walks.prepare.field.\(name)"), text: text)
    }

    private func texts(_ all: [(name: String, text: Texts)]) -> [PlaceFact] {
        all.filter { !$0.text.isEmpty }.map { fact($0.name, $0.text(strings.language)) }
    }
}

extension WalkStanding {
    /// What may be done to the whole walk.
    fileprivate var acts: [WalkAct] {
        switch self {
        case .preparing: [.removal]
        case .published: [.date, .withdrawal, .cancellation]
        case .now: [.date, .cancellation]
        case .held, .answered, .calledOff: []
        }
    }
}

extension WalkReadiness.Point {
    /// The page on which it is settled.
    fileprivate var path: String {
        switch self {
        case .aim, .languages: "purpose"
        case .date, .rain: "time"
        case .meeting, .accessibility, .imageRights: "place"
        case .route, .stops: "route"
        case .themes: "themes"
        case .guide: "crew"
        }
    }
}

extension WalkReadiness.Standing {
    fileprivate var name: String {
        switch self {
        case .done: "done"
        case .advised: "advised"
        case .missing: "missing"
        }
    }

    fileprivate var tone: String {
        switch self {
        case .done: "good"
        case .advised: ""
        case .missing: "bad"
        }
    }
}
