import Crypto
import Foundation
import Participation

/// One observation at the desk.
struct AfterFilePage: PageView {
    static let template = "walks/after-file"

    struct Photo: Sendable {
        let source: String
        let alt: String
        let width: Int
        let height: Int
        let purpose: String
        let state: StatusWord
        let href: String?
    }

    struct Origin: Sendable {
        let name: String
        let words: String
        let wroteIn: String?
        let href: String
        let undoAction: String?
        let only: String
    }

    struct Likeness: Sendable {
        let name: String
        let words: String
        let wroteIn: String?
        let href: String
        let joinHref: String
    }

    struct Act: Sendable {
        let what: String
        let who: String
    }

    /// An answer of a service.
    struct Reply: Sendable {
        let decision: String
        let service: String
        let paragraphs: [String]
        let wroteIn: String?
        let until: String?
        let signed: String
    }

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let name: String
    let state: StatusWord
    let reason: String?
    let paragraphs: [String]
    /// The language of what was said where it is not the reader's.
    let saidIn: String?
    let facts: [ProposalFact]
    let links: [PlaceLink]
    let publicHref: String?
    let target: PlaceLink?
    let photos: [Photo]
    let hasPhotos: Bool
    let hangHref: String
    let origins: [Origin]
    let hasOrigins: Bool
    let likenesses: [Likeness]
    let hasLikenesses: Bool
    let id: String
    let placeAction: String
    let stops: [SelectOption]
    let themes: [SelectOption]
    let place: Field
    let latitude: Field
    let longitude: Field
    let map: MapView?
    let wordsHref: String
    let followUp: StatusWord?
    let service: String?
    let due: String?
    let giveHref: String?
    let answerHref: String?
    let draft: Reply?
    let publishAction: String
    let replies: [Reply]
    let turns: [Reply]
    let turnHref: String?
    let proposals: [PlaceLink]
    let hasProposals: Bool
    let proposalAction: String?
    let fresh: String
    let acts: [Act]

    static let sample = AfterFilePage(
        errors: ErrorSummary(items: [.init(field: "stop", text: "Où ?")]),
        crumbs: [PlaceLink(label: "Observations", href: "/x")], name: "N° 4", state: .sample, reason: "Un essai",
        paragraphs: ["A bench"], saidIn: "en",
        facts: [ProposalFact(name: "Arrêt", text: "1", money: false)], links: [PlaceLink(label: "Publier", href: "/x")],
        publicHref: "/walks/x/observations/4", target: PlaceLink(label: "N° 2", href: "/x"),
        photos: [
            Photo(
                source: "/media/x/small", alt: "Un banc", width: 480, height: 360, purpose: "Vu", state: .sample,
                href: "/x")
        ], hasPhotos: true, hangHref: "/x",
        origins: [Origin(name: "N° 3", words: "Banc", wroteIn: "fr", href: "/x", undoAction: "/x", only: "x")],
        hasOrigins: true,
        likenesses: [Likeness(name: "N° 5", words: "Banc", wroteIn: "fr", href: "/x", joinHref: "/x")],
        hasLikenesses: true, id: "x", placeAction: "/x",
        stops: [SelectOption(value: "1", label: "Arrêt 1", selected: true)],
        themes: [SelectOption(value: "light", label: "Éclairage", selected: true)], place: FieldErrors.sampleField,
        latitude: FieldErrors.sampleField, longitude: FieldErrors.sampleField, map: .sample, wordsHref: "/x",
        followUp: .sample, service: "Voirie", due: "Avant mars", giveHref: "/x", answerHref: "/x", draft: .sample,
        publishAction: "/x", replies: [.sample], turns: [.sample], turnHref: "/x",
        proposals: [PlaceLink(label: "Proposition 12", href: "/proposals/12")], hasProposals: true,
        proposalAction: "/x", fresh: "x",
        acts: [Act(what: "a publié", who: "Agathe, hier")])
}

extension AfterFilePage.Reply {
    static let sample = AfterFilePage.Reply(
        decision: "Prévu", service: "Voirie", paragraphs: ["Oui."], wroteIn: "fr", until: "Avant mars",
        signed: "Rosa, hier")

    init(_ answer: ServiceAnswer, _ words: AfterWords) {
        let strings: Strings = words.strings
        decision = words.decision(answer.decision)
        service = answer.serviceName(strings.language)
        paragraphs = answer.words(strings.language).paragraphs
        wroteIn = answer.words.foreign(to: strings.language)
        until = answer.dueOn.map {
            words.due($0, daysLate: 0, status: answer.decision == .study ? .study : .planned)
        }
        signed = words.signed(answer.author, answer.publishedAt ?? answer.givenAt)
    }

    init(_ turn: FollowUpTurn, _ words: AfterWords) {
        let strings: Strings = words.strings
        decision = words.states.status(turn.status).word
        service = ""
        paragraphs = turn.words(strings.language).paragraphs
        wroteIn = turn.words.foreign(to: strings.language)
        until = turn.dueOn.map { day in
            turn.dueBefore.flatMap { before in
                before == day
                    ? nil
                    : strings("walks.after.moved", ["before": strings.day(before), "day": strings.day(day)])
            } ?? words.due(day, daysLate: 0, status: turn.status)
        }
        signed = words.signed(turn.author, turn.at)
    }
}

extension AfterFilePage {
    init(
        _ scene: AfterScene, _ file: ObservationFile, _ like: [ObservationJoins.Likeness],
        _ made: [ObservationProposals.Made], _ form: AfterPlaceForm, _ problems: FieldErrors, map: MapView?,
        themes allThemes: [WalkTheme], stops allStops: [Stop]
    ) {
        let strings: Strings = scene.strings
        let words = AfterWords(strings)
        let observation: Observation = file.observation
        let here: String = scene.href(of: observation.id)
        let isPublished: Bool = observation.state == .published
        errors = problems.summary(strings)
        crumbs = scene.crumbs()
        name = words.name(of: observation)
        state = words.walks.state(observation.state)
        reason = file.setAsideReason.map { strings("walks.after.reason.\($0.rawValue)") }
        paragraphs = observation.words.paragraphs
        saidIn = observation.language.foreign(to: scene.language)
        facts = Self.facts(file, words, stops: allStops)
        links = AfterAct.allCases.filter { [.publish, .setAside].contains($0) && $0.isPossible(file.line) }.map {
            PlaceLink(
                label: strings("walks.after.act.\($0.rawValue)"),
                href: "\(scene.base)/act?act=\($0.rawValue)&chosen=\(observation.id)")
        }
        publicHref = observation.number.flatMap {
            isPublished || observation.state == .joined ? "/walks/\(scene.walk.handle)/observations/\($0)" : nil
        }
        target = observation.joinedInto.map {
            PlaceLink(label: strings("walks.after.joined_into"), href: scene.href(of: $0))
        }
        photos = file.photos.compactMap { Photo($0, here, strings) }
        hasPhotos = !photos.isEmpty
        hangHref = "\(here)/photos/new"
        origins = file.origins.map { origin in
            Origin(
                name: words.name(of: origin.observation), words: AfterWords.beginning(origin.observation.words, 300),
                wroteIn: origin.observation.language.foreign(to: scene.language),
                href: scene.href(of: origin.observation.id),
                undoAction: origin.batch.map { "\(scene.base)/acts/\($0)/undo" },
                only: origin.observation.id.description)
        }
        hasOrigins = !origins.isEmpty
        likenesses = like.map { pair in
            Likeness(
                name: words.name(of: pair.second), words: AfterWords.beginning(pair.second.words, 300),
                wroteIn: pair.second.language.foreign(to: scene.language), href: scene.href(of: pair.second.id),
                joinHref: scene.joinHref(pair.first, pair.second))
        }
        hasLikenesses = !like.isEmpty
        id = observation.id.description
        placeAction = "\(here)/place"
        stops =
            [SelectOption(value: "", label: words.stop(nil), selected: form.stop.isEmpty)]
            + allStops.map {
                SelectOption(
                    value: String($0.number), label: words.stop($0.number, $0.title),
                    selected: String($0.number) == form.stop)
            }
        themes =
            [SelectOption(value: "", label: strings("walks.after.theme.none"), selected: form.theme.isEmpty)]
            + allThemes.map {
                SelectOption(value: $0.key, label: $0.title(scene.language), selected: $0.key == form.theme)
            }
        place = problems.field(
            "place", label: strings("walks.after.place.words"), value: form.place, optional: true, strings)
        latitude = problems.field(
            "latitude", label: strings("walks.after.latitude"), value: form.latitude, optional: true,
            inputmode: "decimal", size: "short", strings)
        longitude = problems.field(
            "longitude", label: strings("walks.after.longitude"), value: form.longitude, optional: true,
            inputmode: "decimal", size: "short", strings)
        self.map = map
        wordsHref = "\(here)/words"
        followUp = file.line.followUp.map(words.states.status)
        service = file.line.service.map { $0(scene.language) }
        due =
            file.dueOn.map { words.due($0, daysLate: 0, status: file.line.followUp) }
            ?? (file.line.followUp == nil ? file.line.due.map { words.due($0, daysLate: 0, status: nil) } : nil)
        giveHref = isPublished ? "\(scene.base)/act?act=give&chosen=\(observation.id)" : nil
        answerHref = isPublished && file.service != nil ? "\(here)/answer" : nil
        draft = file.draft.map { Reply($0, words) }
        publishAction = "\(here)/answer/publication"
        replies = file.answers.filter { $0.publishedAt != nil }.map { Reply($0, words) }
        turns = file.turns.map { Reply($0, words) }
        let canTurn: Bool = file.line.followUp.map { !ServiceAnswers.next(after: $0).isEmpty } ?? false
        turnHref = isPublished && canTurn ? "\(here)/turn" : nil
        proposals = made.compactMap { made in
            if made.proposal.publishedAt != nil {
                return PlaceLink(
                    label: "\(made.proposal.number). \(made.proposal.title)", href: "/proposals/\(made.proposal.number)"
                )
            }
            return PlaceLink(
                label: strings("walks.after.proposal.draft", ["title": made.proposal.title]),
                href: made.isMine ? "/proposals/drafts/\(made.proposal.id)" : here)
        }
        hasProposals = !proposals.isEmpty
        proposalAction = isPublished && made.isEmpty ? "\(here)/proposal" : nil
        fresh = ID<Proposal>().description
        acts = file.acts.map { act in
            Act(
                what: strings.contains("act.\(act.act)") ? strings("act.\(act.act)") : act.act,
                who: words.signed(act.name ?? "", act.at))
        }
    }

    private static func facts(_ file: ObservationFile, _ words: AfterWords, stops: [Stop]) -> [ProposalFact] {
        let (strings, observation): (Strings, Observation) = (words.strings, file.observation)
        var facts: [ProposalFact] = []
        func add(_ key: String, _ text: String?) {
            if let text, !text.isEmpty {
                facts.append(ProposalFact(name: strings("walks.after.fact.\(key)"), text: text, money: false))
            }
        }
        let stop: Stop? = stops.first { $0.number == file.line.stopNumber }
        add("stop", stop.map { words.stop($0.number, $0.title) } ?? words.stop(nil))
        add("place", observation.place)
        add(
            "accuracy",
            observation.accuracy.map { strings("walks.after.accuracy", ["metres": strings.number(Int($0.rounded()))]) })
        add("theme", file.line.theme(strings.language))
        add("kind", words.walks.kind(observation.kind))
        add("feeling", observation.feeling.map(words.walks.feeling))
        add("concerned", words.walks.concerned(observation.concerned))
        add(
            "manner",
            observation.people > 1
                ? strings.plural("walks.after.people", observation.people) : words.walks.manner(observation.manner))
        add(
            "channel",
            observation.sheet.map { sheet in
                strings(
                    "walks.after.sheet", ["sheet": sheet, "line": observation.sheetLine.map(String.init) ?? "–"])
            } ?? words.walks.channel(observation.channel))
        add("received", strings.day(observation.receivedOn))
        return facts
    }
}

extension AfterFilePage.Photo {
    init?(_ photo: WalkPhoto, _ here: String, _ strings: Strings) {
        guard let size = photo.medium.small else { return nil }
        source = photo.medium.address(.small)
        alt = photo.medium.alt
        width = size.width
        height = size.height
        purpose = strings("walks.after.photo.\(photo.purpose.rawValue)")
        let key: String = photo.isCleared ? "cleared" : "waiting"
        state = StatusWord(
            word: strings("walks.after.photo.state.\(key)"),
            tone: key == "cleared" ? "good" : key == "waiting" ? "wait" : nil, meaning: "")
        href = "\(here)/photos/\(photo.medium.id)"
    }
}

/// Words in the place of those that name a person: written, compared, confirmed.
struct AfterWordsPage: PageView {
    static let template = "walks/after-words"

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let action: String
    let back: String
    let mark: String
    let area: TextArea
    let pieces: [WordDiff.Piece]
    /// What changes has been shown; the next step does it.
    let isChecked: Bool
    let fresh: String

    static let sample = AfterWordsPage(
        errors: ErrorSummary(items: [.init(field: "words", text: "Écrivez.")]),
        crumbs: [PlaceLink(label: "N° 4", href: "/x")], action: "/x", back: "/x", mark: "x", area: .sample,
        pieces: WordDiff(from: "Un banc", to: "Un arbre").pieces, isChecked: true, fresh: "Un arbre")

    /// A short word for the text that the form was opened on.
    static func mark(of words: String) -> String {
        SHA256.hash(data: Data(words.utf8)).prefix(8).map { String($0, radix: 16) }.joined(separator: "-")
    }
}

extension AfterWordsPage {
    init(
        _ scene: AfterScene, _ observation: Observation, _ fresh: String, isChecked: Bool, _ problems: FieldErrors
    ) {
        let strings: Strings = scene.strings
        errors = problems.summary(strings)
        crumbs = scene.crumbs(observation)
        action = "\(scene.href(of: observation.id))/words"
        back = scene.href(of: observation.id)
        mark = Self.mark(of: observation.words)
        area = problems.area(
            "words", label: strings("walks.after.redact.words"), code: observation.language.rawValue, text: fresh,
            rows: 8, strings)
        pieces = WordDiff(from: observation.words, to: fresh).pieces
        self.isChecked = isChecked
        self.fresh = fresh
    }
}

/// The answer of a service, written by it or by an agent for it.
struct AfterAnswerPage: PageView {
    static let template = "walks/after-answer"

    struct Choice: Sendable {
        let raw: String
        let label: String
        let meaning: String
        let isChosen: Bool
    }

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let title: String
    let service: String
    let action: String
    let paragraphs: [String]
    let saidIn: String?
    let photos: [AfterPhoto]
    let hasPhotos: Bool
    let replies: [AfterFilePage.Reply]
    let choices: [Choice]
    let choiceError: String?
    let areas: [TextArea]
    let due: Field
    /// Nobody has it: there is nothing to write for.
    let isGiven: Bool

    static let sample = AfterAnswerPage(
        errors: ErrorSummary(items: [.init(field: "decision", text: "Choisissez.")]),
        crumbs: [PlaceLink(label: "N° 4", href: "/x")], title: "Répondre", service: "Voirie", action: "/x",
        paragraphs: ["A bench"], saidIn: "en", photos: [.sample], hasPhotos: true, replies: [.sample],
        choices: [Choice(raw: "done", label: "Fait", meaning: "C’est réglé.", isChosen: true)],
        choiceError: "Choisissez.", areas: [.sample], due: FieldErrors.sampleField, isGiven: true)
}

extension AfterAnswerPage {
    init(
        _ observation: Observation, service name: Texts?, photos media: [WalkPhoto], earlier: [ServiceAnswer],
        crumbs: [PlaceLink], action: String, _ form: Fields, _ problems: FieldErrors, _ strings: Strings
    ) {
        let words = AfterWords(strings)
        errors = problems.summary(strings)
        self.crumbs = crumbs
        title = strings("walks.after.answer.title", ["name": words.name(of: observation)])
        service = name.map { strings("walks.after.answer.for", ["service": $0(strings.language)]) } ?? ""
        self.action = action
        paragraphs = observation.words.paragraphs
        saidIn = observation.language.foreign(to: strings.language)
        photos = media.compactMap {
            AfterPhoto($0.medium, caption: strings("walks.after.photo.\($0.purpose.rawValue)"))
        }
        hasPhotos = !photos.isEmpty
        replies = earlier.map { AfterFilePage.Reply($0, words) }
        choices = ServiceAnswer.Decision.allCases.map {
            Choice(
                raw: $0.rawValue, label: words.decision($0),
                meaning: strings("walks.after.decision.\($0.rawValue).words"),
                isChosen: $0.rawValue == form.text("decision"))
        }
        choiceError = problems.text(for: "decision", strings)
        areas = problems.areas("words", label: strings("walks.after.answer.words"), form, strings)
        due = problems.field(
            "due", label: strings("walks.after.answer.due"), value: form.text("due"), type: "date",
            hint: strings("walks.after.answer.due.hint"), optional: true, strings)
        isGiven = name != nil
    }
}

/// What has happened since the answer.
struct AfterTurnPage: PageView {
    static let template = "walks/after-turn"

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let action: String
    let state: StatusWord?
    let due: Field
    let statuses: [SelectOption]
    let areas: [TextArea]
    let hangHref: String

    static let sample = AfterTurnPage(
        errors: ErrorSummary(items: [.init(field: "due", text: "Quel jour ?")]),
        crumbs: [PlaceLink(label: "N° 4", href: "/x")], action: "/x", state: .sample, due: FieldErrors.sampleField,
        statuses: [SelectOption(value: "done", label: "Fait", selected: true)], areas: [.sample], hangHref: "/x")
}

extension AfterTurnPage {
    init(_ scene: AfterScene, _ file: ObservationFile, _ form: Fields, _ problems: FieldErrors) {
        let strings: Strings = scene.strings
        let words = AfterWords(strings)
        let here: String = scene.href(of: file.observation.id)
        errors = problems.summary(strings)
        crumbs = scene.crumbs(file.observation)
        action = "\(here)/turn"
        state = file.line.followUp.map(words.states.status)
        due = problems.field(
            "due", label: strings("walks.after.turn.due"), value: form.text("due"), type: "date",
            hint: strings("walks.after.turn.due.hint"), optional: true, strings)
        statuses = (file.line.followUp.map(ServiceAnswers.next) ?? []).map {
            SelectOption(
                value: $0.rawValue, label: words.states.status($0).word, selected: $0.rawValue == form.text("status"))
        }
        areas = problems.areas("words", label: strings("walks.after.turn.words"), form, strings)
        hangHref = "\(here)/photos/new"
    }
}
