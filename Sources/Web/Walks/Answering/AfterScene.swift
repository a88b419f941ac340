import Foundation
import Hummingbird
import Participation

/// Who reads the observations of which walk: what every page of them at the desk begins with.
struct AfterScene: Sendable {
    let scene: WalkScene
    let walk: Walk

    var strings: Strings { scene.strings }
    var language: Language { scene.strings.language }
    var actor: Actor { scene.actor }
    var walkBase: String { "\(scene.base)/\(walk.handle)" }
    var base: String { "\(walkBase)/observations" }

    /// The walk of the path for the agents of its process; absent for everybody else.
    static func find(
        _ context: AppContext, _ processes: Processes, _ strings: Strings, _ walks: Walks
    ) async throws -> AfterScene {
        let scene: WalkScene = try await .find(context, processes, strings, walks)
        guard let walk = scene.walk else { throw Absent() }
        return AfterScene(scene: scene, walk: walk)
    }

    /// The way back, above the title of each page; to an observation too, where one is given.
    func crumbs(_ observation: Observation? = nil, list: Bool = true) -> [PlaceLink] {
        scene.crumbs + (list ? [PlaceLink(label: strings("walks.after.title"), href: base)] : [])
            + (observation.map { [PlaceLink(label: name(of: $0), href: href(of: $0.id))] } ?? [])
    }

    func href(of id: ID<Observation>) -> String { "\(base)/\(id)" }

    /// How an observation is called: by its number, once it has one.
    func name(of observation: Observation) -> String { AfterWords(strings).name(of: observation) }
}

/// How what is done with observations is worded.
struct AfterWords: Sendable {
    let strings: Strings
    let walks: WalkWords
    let states: ObservationWords

    init(_ strings: Strings) {
        self.strings = strings
        walks = WalkWords(strings)
        states = ObservationWords(strings)
    }

    func name(of observation: Observation) -> String {
        observation.number.map { strings("walks.after.numbered", ["number": String($0)]) }
            ?? strings("walks.after.unnumbered")
    }

    /// The beginning of what was said, cut after a word.
    static func beginning(_ words: String, _ most: Int = 140) -> String {
        let line: String = words.split(whereSeparator: \.isNewline).joined(separator: " ")
        guard line.count > most else { return line }
        let cut: Substring = line.prefix(most)
        return String(cut[..<(cut.lastIndex(of: " ") ?? cut.endIndex)]) + "…"
    }

    func stop(_ number: Int?) -> String {
        number.map { strings("walks.after.stop", ["number": String($0)]) } ?? strings("walks.after.stop.none")
    }

    func stop(_ number: Int, _ title: Texts) -> String {
        strings("walks.after.stop.titled", ["number": String(number), "title": title(strings.language)])
    }

    func decision(_ decision: ServiceAnswer.Decision) -> String {
        strings("walks.after.decision.\(decision.rawValue)")
    }

    /// Until when, and how late that is.
    func due(_ due: Day, daysLate: Int, status: FollowUp.Status?) -> String {
        let key: String
        switch status {
        case nil, .asked: key = "walks.after.due.answer"
        case .study: key = "walks.after.due.study"
        default: key = "walks.after.due.work"
        }
        return strings(key, ["day": strings.day(due)])
    }

    /// How late something is; nil when it is not.
    func late(_ days: Int) -> String? { days > 0 ? strings.plural("walks.after.late", days) : nil }

    /// Who wrote something, and when.
    func signed(_ name: String, _ date: Date) -> String {
        strings(
            "walks.after.signed",
            ["name": name.isEmpty ? strings("walks.after.nobody") : name, "date": strings.moment(date)])
    }
}

/// A photo as the pages of observations show it.
struct AfterPhoto: Sendable {
    let href: String
    let source: String
    let alt: String
    let width: Int
    let height: Int
    /// What it shows: seen, before, after.
    let caption: String

    static let sample = AfterPhoto(
        href: "/media/x/large", source: "/media/x/small", alt: "Un banc", width: 480, height: 360, caption: "Avant")

    /// Nil for what is no image.
    init?(_ medium: Medium, caption: String) {
        guard let size = medium.small else { return nil }
        self.init(
            href: medium.address(.large), source: medium.address(.small), alt: medium.alt, width: size.width,
            height: size.height, caption: caption)
    }

    private init(href: String, source: String, alt: String, width: Int, height: Int, caption: String) {
        (self.href, self.source, self.alt) = (href, source, alt)
        (self.width, self.height, self.caption) = (width, height, caption)
    }
}

extension ObservationRefusal {
    /// The refusal at the field it concerns.
    var fieldErrors: FieldErrors {
        switch self {
        case .nothingChosen: FieldErrors("", "walks.after.refusal.nothing_chosen")
        case .unknownTheme: FieldErrors("theme", "walks.after.refusal.theme")
        case .unknownStop: FieldErrors("stop", "walks.after.refusal.stop")
        case .nowhere: FieldErrors("stop", "walks.after.refusal.nowhere")
        case .placeTooLong: FieldErrors("place", "walks.after.refusal.place_too_long")
        case .wordsMissing: FieldErrors("words", "walks.after.refusal.words")
        case .wordsTooLong: FieldErrors("words", "walks.after.refusal.words_too_long")
        case .sameWords: FieldErrors("words", "walks.after.refusal.same_words")
        case .changedMeanwhile: FieldErrors("", "walks.after.refusal.changed")
        case .joinedToItself, .noTarget: FieldErrors("into", "walks.after.refusal.target")
        case .hasOrigins: FieldErrors("", "walks.after.refusal.has_origins")
        case .settled: FieldErrors("", "walks.after.refusal.settled")
        case .undone: FieldErrors("", "walks.after.refusal.undone")
        case .later: FieldErrors("", "walks.after.refusal.later")
        }
    }
}

extension AnswerRefusal {
    /// Adds the refusal at the field it concerns.
    func add(to errors: inout FieldErrors) {
        switch self {
        case .nothingChosen: errors.add("", "walks.after.refusal.not_public")
        case .noService: errors.add("service", "walks.after.refusal.service")
        case .decisionMissing: errors.add("decision", "walks.after.refusal.decision")
        case .wordsMissing: errors.add("words-fr", "walks.after.refusal.answer")
        case .wordsTooLong: errors.add("words-fr", "walks.after.refusal.answer_too_long")
        case .dayMissing: errors.add("due", "walks.after.refusal.day")
        case .dayOver: errors.add("due", "walks.after.refusal.day_over")
        case .notGiven: errors.add("", "walks.after.refusal.not_given")
        case .nothingToPublish: errors.add("", "walks.after.refusal.no_answer")
        case .wrongStatus: errors.add("status", "walks.after.refusal.status")
        case .reasonMissing: errors.add("words-fr", "walks.after.refusal.reason")
        case .unchanged: errors.add("", "walks.after.refusal.unchanged")
        }
    }

    var fieldErrors: FieldErrors {
        var errors = FieldErrors()
        add(to: &errors)
        return errors
    }
}

extension Refused<AnswerRefusal> {
    var fieldErrors: FieldErrors {
        var errors = FieldErrors()
        for reason in reasons { reason.add(to: &errors) }
        return errors
    }
}

extension PhotoRefusal {
    /// The refusal at the field it concerns.
    var fieldErrors: FieldErrors {
        switch self {
        case .altMissing: FieldErrors("alt", "walks.after.refusal.alt")
        case .altTooLong: FieldErrors("alt", "walks.after.refusal.alt_too_long")
        case .nothingDrawn: FieldErrors("left-1", "walks.after.refusal.nothing_drawn")
        case .tooManyDrawn: FieldErrors("left-1", "walks.after.refusal.too_many_drawn")
        case .changedMeanwhile: FieldErrors("", "walks.after.refusal.photo_changed")
        case .tooMany: FieldErrors("file", "walks.after.refusal.too_many_photos")
        case .notHung: FieldErrors("", "walks.after.refusal.not_shown")
        }
    }
}
