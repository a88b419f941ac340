import Participation

/// The observations of a walk, with what waits and what can be done to many.
struct AfterListPage: PageView {
    static let template = "walks/after-list"

    struct Shortcut: Sendable {
        let label: String
        let href: String
        let count: String
        let isCurrent: Bool
    }

    struct Line: Sendable {
        let id: String
        let name: String
        let words: String
        let wroteIn: String?
        let href: String
        let place: String
        let theme: String
        let kind: String
        let photos: String?
        let uncleared: String?
        let service: String?
        let late: String?
        let state: StatusWord
        let followUp: StatusWord?
        let hasDraft: Bool
        let isTicked: Bool
    }

    struct Act: Sendable {
        let value: String
        let label: String
        let key: String
    }

    let crumbs: [PlaceLink]
    let title: String
    let lead: String
    let here: String
    let shortcuts: [Shortcut]
    let links: [PlaceLink]
    let states: [SelectOption]
    let stops: [SelectOption]
    let themes: [SelectOption]
    let kinds: [SelectOption]
    let channels: [SelectOption]
    let isUnanswered: Bool
    let isUncleared: Bool
    let lines: [Line]
    let isEmpty: Bool
    let isFirst: Bool
    let tickHref: String
    let actHref: String
    let acts: [Act]
    let older: String?
    let undoAction: String?

    static let sample = AfterListPage(
        crumbs: [PlaceLink(label: "Marches", href: "/x")], title: "Observations", lead: "À lire.", here: "/x",
        shortcuts: [Shortcut(label: "À lire", href: "/x", count: "3", isCurrent: true)],
        links: [PlaceLink(label: "Doublons", href: "/x")],
        states: [SelectOption(value: "received", label: "Reçue", selected: true)],
        stops: [SelectOption(value: "1", label: "Arrêt 1", selected: true)],
        themes: [SelectOption(value: "light", label: "Éclairage", selected: true)],
        kinds: [SelectOption(value: "idea", label: "Idée", selected: true)],
        channels: [SelectOption(value: "paper", label: "Papier", selected: true)], isUnanswered: true,
        isUncleared: true,
        lines: [
            Line(
                id: "x", name: "N° 4", words: "A broken bench", wroteIn: "en", href: "/x", place: "Arrêt 1",
                theme: "Éclairage", kind: "Problème", photos: "2 photos", uncleared: "1 à vérifier", service: "Voirie",
                late: "3 jours de retard", state: .sample, followUp: .sample, hasDraft: true, isTicked: true)
        ], isEmpty: true, isFirst: true, tickHref: "/x", actHref: "/x",
        acts: [Act(value: "publish", label: "Publier…", key: "p")], older: "/x", undoAction: "/x")
}

extension AfterListPage {
    init(
        _ scene: AfterScene, _ query: AfterQuery, _ found: [ObservationLine], _ counts: ObservationFiles.Counts,
        themes allThemes: [WalkTheme], stops allStops: [Stop]
    ) {
        let strings: Strings = scene.strings
        let words = AfterWords(strings)
        let filter: ObservationFilter = query.filter
        crumbs = scene.crumbs(list: false)
        title = strings("walks.after.title")
        lead = strings("walks.after.lead", ["walk": scene.walk.title(scene.language)])
        here = scene.base
        let total: Int = counts.states.values.reduce(0, +)
        var shortcuts: [Shortcut] = [
            Shortcut(
                label: strings("walks.after.all"), href: scene.base, count: strings.number(total),
                isCurrent: filter == ObservationFilter())
        ]
        for state in Observation.State.allCases {
            guard let count = counts.states[state] else { continue }
            shortcuts.append(
                Shortcut(
                    label: words.walks.state(state).word, href: "\(scene.base)?state=\(state.rawValue)",
                    count: strings.number(count), isCurrent: filter == ObservationFilter(state: state)))
        }
        for (key, count, only) in [
            ("unanswered", counts.unanswered, ObservationFilter(unanswered: true)),
            ("uncleared", counts.uncleared, ObservationFilter(uncleared: true)),
        ] where count > 0 {
            shortcuts.append(
                Shortcut(
                    label: strings("walks.after.only.\(key)"), href: "\(scene.base)?\(key)=1",
                    count: strings.number(count), isCurrent: filter == only))
        }
        self.shortcuts = shortcuts
        links = [
            PlaceLink(label: strings("walks.after.duplicates"), href: "\(scene.base)/duplicates"),
            PlaceLink(label: strings("walks.after.acts"), href: "\(scene.base)/acts"),
            PlaceLink(label: strings("walks.after.answers"), href: "\(scene.scene.base)/answers"),
            PlaceLink(label: strings("walks.after.board"), href: "/walks/\(scene.walk.handle)/follow-up"),
        ]
        states = Observation.State.allCases.map {
            SelectOption(value: $0.rawValue, label: words.walks.state($0).word, selected: $0 == filter.state)
        }
        stops =
            [SelectOption(value: "0", label: words.stop(nil), selected: filter.stop == 0)]
            + allStops.map {
                SelectOption(
                    value: String($0.number), label: words.stop($0.number, $0.title),
                    selected: $0.number == filter.stop)
            }
        themes =
            [SelectOption(value: "", label: strings("walks.after.theme.none"), selected: filter.theme == "")]
            + allThemes.map {
                SelectOption(value: $0.key, label: $0.title(scene.language), selected: $0.key == filter.theme)
            }
        kinds = Observation.Kind.allCases.map {
            SelectOption(value: $0.rawValue, label: words.walks.kind($0), selected: $0 == filter.kind)
        }
        channels = Observation.Channel.allCases.map {
            SelectOption(value: $0.rawValue, label: words.walks.channel($0), selected: $0 == filter.channel)
        }
        isUnanswered = filter.unanswered
        isUncleared = filter.uncleared
        let shown: [ObservationLine] = Array(found.prefix(ObservationDesk.pageLength))
        lines = shown.map { Line($0, scene, words, isTicked: query.isTicked) }
        isEmpty = shown.isEmpty
        isFirst = total == 0
        let place: [String] = query.after.map { ["after=\($0.text)"] } ?? []
        tickHref = scene.base + query.query((place + (query.isTicked ? [] : ["ticked=1"])).joined(separator: "&"))
        actHref = "\(scene.base)/act"
        acts = AfterAct.allCases.map {
            Act(
                value: $0.rawValue, label: strings("walks.after.act.\($0.rawValue)"),
                key: strings("walks.after.act.\($0.rawValue).key"))
        }
        older =
            found.count > ObservationDesk.pageLength
            ? shown.last.map { scene.base + query.query("after=\(ObservationFiles.Place($0).text)") } : nil
        undoAction = query.batch.map { "\(scene.base)/acts/\($0)/undo" }
    }
}

extension AfterListPage.Line {
    init(_ line: ObservationLine, _ scene: AfterScene, _ words: AfterWords, isTicked: Bool = false) {
        let strings: Strings = scene.strings
        let observation: Observation = line.observation
        id = observation.id.description
        name = words.name(of: observation)
        self.words = AfterWords.beginning(observation.words)
        wroteIn = observation.language.foreign(to: scene.language)
        href = scene.href(of: observation.id)
        place = words.stop(line.stopNumber)
        theme = line.theme.isEmpty ? strings("walks.after.theme.none") : line.theme(scene.language)
        kind = words.walks.kind(observation.kind)
        photos = line.photos == 0 ? nil : strings.plural("walks.after.photos", line.photos)
        uncleared = line.uncleared == 0 ? nil : strings.plural("walks.after.uncleared", line.uncleared)
        service = line.service.map { name in
            line.followUp == nil
                ? line.due.map {
                    strings(
                        "walks.after.given_until", ["service": name(scene.language), "day": strings.day($0)])
                } ?? name(scene.language) : name(scene.language)
        }
        late = line.isOverdue ? strings("walks.after.overdue") : nil
        state = words.walks.state(observation.state)
        followUp = line.followUp.map(words.states.status)
        hasDraft = line.hasDraft
        self.isTicked = isTicked
    }
}

/// What an act on many observations would do, with what it needs to know.
struct AfterActPage: PageView {
    static let template = "walks/after-act"

    struct Line: Sendable {
        let id: String
        let name: String
        let words: String
        let wroteIn: String?
        let place: String
        let state: StatusWord
        /// What would happen to it.
        let effect: String
        let isOpen: Bool
        let isTarget: Bool
        let canBeTarget: Bool
    }

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let title: String
    let lead: String
    let act: String
    let action: String
    let back: String
    let lines: [Line]
    let isEmpty: Bool
    /// Nothing of what is chosen can be done.
    let isIdle: Bool
    let joins: Bool
    let choice: Choice?
    let due: Field?
    let submit: String
    let servicesHref: String?

    /// One thing to choose: a reason, a theme or a service.
    struct Choice: Sendable {
        let name: String
        let label: String
        let options: [SelectOption]
        let error: String?
    }

    static let sample = AfterActPage(
        errors: ErrorSummary(items: [.init(field: "due", text: "Choisissez un jour.")]),
        crumbs: [PlaceLink(label: "Observations", href: "/x")], title: "Publier", lead: "Tout le monde les lira.",
        act: "publish", action: "/x", back: "/x",
        lines: [
            Line(
                id: "x", name: "N° 4", words: "A bench", wroteIn: "en", place: "Arrêt 1", state: .sample,
                effect: "sera publiée", isOpen: true, isTarget: true, canBeTarget: true)
        ], isEmpty: true, isIdle: true, joins: true,
        choice: Choice(
            name: "service", label: "Service", options: [SelectOption(value: "x", label: "Voirie", selected: true)],
            error: "Choisissez un service."), due: FieldErrors.sampleField, submit: "Publier", servicesHref: "/x")
}

extension AfterActPage {
    init(
        _ act: AfterAct, _ scene: AfterScene, _ chosen: [ObservationLine], themes: [WalkTheme],
        services: [ExaminingService], _ form: Fields, _ problems: FieldErrors
    ) {
        let strings: Strings = scene.strings
        let words = AfterWords(strings)
        let key = "walks.after.act.\(act.rawValue)"
        errors = problems.summary(strings)
        crumbs = scene.crumbs()
        title = strings("\(key).title")
        lead = strings("\(key).lead")
        self.act = act.rawValue
        action = "\(scene.base)/act"
        back = scene.base
        joins = act == .join
        let target: String = form.text("into")
        lines = chosen.map { line in
            let isOpen: Bool = act.isPossible(line)
            return Line(
                id: line.observation.id.description, name: words.name(of: line.observation),
                words: AfterWords.beginning(line.observation.words, 300),
                wroteIn: line.observation.language.foreign(to: scene.language), place: words.stop(line.stopNumber),
                state: words.walks.state(line.observation.state),
                effect: strings(isOpen ? "\(key).effect" : "walks.after.passed_over"), isOpen: isOpen,
                isTarget: line.observation.id.description == target,
                canBeTarget: [.received, .published].contains(line.observation.state))
        }
        isEmpty = chosen.isEmpty
        let open: Int = lines.count(where: \.isOpen)
        isIdle = open < (act == .join ? 2 : 1)
        func choose(_ name: String, _ label: String, _ options: [(String, String)]) -> Choice {
            Choice(
                name: name, label: strings(label),
                options: options.map { SelectOption(value: $0.0, label: $0.1, selected: $0.0 == form.text(name)) },
                error: problems.text(for: name, strings))
        }
        switch act {
        case .setAside:
            choice = choose(
                "reason", "walks.after.reason",
                [("", strings("walks.after.choose"))]
                    + SetAsideReason.allCases.map { ($0.rawValue, strings("walks.after.reason.\($0.rawValue)")) })
        case .theme:
            choice = choose(
                "theme", "walks.after.theme",
                [("", strings("walks.after.theme.none"))] + themes.map { ($0.key, $0.title(scene.language)) })
        case .give:
            choice = choose(
                "service", "walks.after.service",
                [("", strings("walks.after.choose"))]
                    + services.map { ($0.id.description, $0.name(scene.language)) })
        case .publish, .join, .answers: choice = nil
        }
        due =
            act == .give
            ? problems.field(
                "due", label: strings("walks.after.due"), value: form.text("due"), type: "date",
                hint: strings("walks.after.due.hint"), strings) : nil
        submit = strings.plural("\(key).submit", act == .join ? max(0, open - 1) : open)
        servicesHref =
            act == .give && services.isEmpty ? "/desk/processes/\(scene.scene.process.slug)/examination" : nil
    }
}

extension AfterAct {
    /// Whether it can be done to an observation, as far as its line tells.
    func isPossible(_ line: ObservationLine) -> Bool {
        let state: Observation.State = line.observation.state
        switch self {
        case .publish: return Publications.canPublish(line.observation)
        case .setAside:
            return [.received, .published].contains(state) && line.service == nil && line.followUp == nil
        case .theme: return true
        case .give: return state == .published
        case .join: return [.received, .published].contains(state)
        case .answers: return state == .published && line.hasDraft
        }
    }
}

/// What was done to many, and the way to undo it.
struct AfterActsPage: PageView {
    static let template = "walks/after-acts"

    struct Line: Sendable {
        let what: String
        let who: String
        let undone: String?
        let undoAction: String?
    }

    let crumbs: [PlaceLink]
    let lines: [Line]
    let isEmpty: Bool

    static let sample = AfterActsPage(
        crumbs: [PlaceLink(label: "Observations", href: "/x")],
        lines: [Line(what: "3 observations publiées", who: "Agathe", undone: "1 annulée", undoAction: "/x")],
        isEmpty: true)
}

extension AfterActsPage {
    init(_ scene: AfterScene, _ batches: [ObservationBatch]) {
        let strings: Strings = scene.strings
        let words = AfterWords(strings)
        crumbs = scene.crumbs()
        lines = batches.map { batch in
            Line(
                what: strings.plural("walks.after.batch.\(batch.kind.rawValue)", batch.count),
                who: words.signed(batch.name, batch.at),
                undone: batch.undone == 0 ? nil : strings.plural("walks.after.batch.undone", batch.undone),
                undoAction: batch.undone == batch.count ? nil : "\(scene.base)/acts/\(batch.id)/undo")
        }
        isEmpty = batches.isEmpty
    }
}

/// Pairs that may say the same.
struct AfterDuplicatesPage: PageView {
    static let template = "walks/after-duplicates"

    struct Half: Sendable {
        let name: String
        let words: String
        let wroteIn: String?
        let href: String
    }

    struct Pair: Sendable {
        let halves: [Half]
        let joinHref: String
        let joinLabel: String
    }

    let crumbs: [PlaceLink]
    let pairs: [Pair]
    let isEmpty: Bool

    static let sample = AfterDuplicatesPage(
        crumbs: [PlaceLink(label: "Observations", href: "/x")],
        pairs: [
            Pair(
                halves: [Half(name: "N° 4", words: "A bench", wroteIn: "en", href: "/x")], joinHref: "/x",
                joinLabel: "Réunir")
        ], isEmpty: true)
}

extension AfterDuplicatesPage {
    init(_ scene: AfterScene, _ found: [ObservationJoins.Likeness]) {
        let words = AfterWords(scene.strings)
        crumbs = scene.crumbs()
        pairs = found.map { pair in
            Pair(
                halves: [pair.first, pair.second].map { Half($0, scene, words) },
                joinHref: scene.joinHref(pair.first, pair.second), joinLabel: scene.strings("walks.after.join"))
        }
        isEmpty = found.isEmpty
    }
}

extension AfterDuplicatesPage.Half {
    init(_ observation: Observation, _ scene: AfterScene, _ words: AfterWords) {
        name = words.name(of: observation)
        self.words = AfterWords.beginning(observation.words, 300)
        wroteIn = observation.language.foreign(to: scene.language)
        href = scene.href(of: observation.id)
    }
}

extension AfterScene {
    /// The preview of joining two: into the one that is public, or into the first.
    func joinHref(_ first: Observation, _ second: Observation) -> String {
        let target: Observation = first.state == .published || second.state != .published ? first : second
        return "\(base)/act?act=join&chosen=\(first.id)&chosen=\(second.id)&into=\(target.id)"
    }
}
