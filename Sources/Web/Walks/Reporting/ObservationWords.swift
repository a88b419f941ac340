import Participation

/// An observation on a page, in the reader's language.
struct ObservationCard: Sendable {
    /// A photo.
    struct Photo: Sendable {
        let small: String
        let large: String
        let alt: String
    }

    let number: String
    let href: String
    let anchor: String
    /// Its walk, where several are shown.
    let walk: String?
    let text: String
    let wroteIn: String?
    let kind: String
    let kindName: String
    let shape: String
    let feeling: String?
    let theme: String?
    /// The stop, or the place in words, or both.
    let place: String
    let concerned: String
    /// How many others said the same; nil when nobody did.
    let others: String?
    let priority: String?
    let status: StatusWord?
    let answer: String?
    let photos: [Photo]

    static let sample = ObservationCard(
        number: "7", href: "/walks/x/observations/7", anchor: "observation-7", walk: "La gare",
        text: "Ein Brunnen", wroteIn: "de", kind: "problem", kindName: "Problème", shape: "M0 0Z",
        feeling: "Plutôt bien", theme: "Éclairage", place: "Arrêt 1", concerned: "Les enfants",
        others: "2 autres personnes", priority: "D’abord", status: .sample, answer: "Ce sera fait.",
        photos: [Photo(small: "/media/1/small", large: "/media/1/large", alt: "Une place")])
}

/// How what was seen is worded.
struct ObservationWords {
    let strings: Strings
    private let words: WalkWords

    init(_ strings: Strings) {
        self.strings = strings
        words = WalkWords(strings)
    }

    /// The card of a list: the beginning of the words, or all of them.
    func card(_ observation: PublishedObservation, showsWalk: Bool, characters: Int = 280) -> ObservationCard {
        let language: Language = strings.language
        let stop: String? = observation.stop.map {
            strings("walks.map.stop", ["number": String($0), "title": observation.stopTitle(language)])
        }
        return ObservationCard(
            number: String(observation.number), href: "/walks/\(observation.walk)/observations/\(observation.number)",
            anchor: "observation-\(observation.number)", walk: showsWalk ? observation.walkTitle(language) : nil,
            text: Self.beginning(observation.words, characters), wroteIn: observation.language.foreign(to: language),
            kind: observation.kind.rawValue, kindName: words.kind(observation.kind),
            shape: ObservationMap.shape(observation.kind), feeling: observation.feeling.map(words.feeling),
            theme: observation.theme == nil ? nil : observation.themeTitle(language),
            place: [stop, observation.place.isEmpty ? nil : observation.place].compactMap(\.self).joined(
                separator: ", "),
            concerned: words.concerned(observation.concerned),
            others: observation.others == 0 ? nil : strings.plural("walks.map.others", observation.others),
            priority: observation.priority.map { strings("walks.report.priority.\($0)") },
            status: observation.followUp.map(status), answer: observation.answer?.words(language),
            photos: observation.photos.map {
                ObservationCard.Photo(
                    small: "/media/\($0.medium)/small", large: "/media/\($0.medium)/large", alt: $0.alt)
            })
    }

    /// What became of it, with its colour.
    func status(_ status: FollowUp.Status) -> StatusWord {
        StatusWord(
            word: strings("walks.report.status.\(status.rawValue)"), tone: Self.tone(status),
            meaning: strings("walks.report.status.\(status.rawValue).words"))
    }

    /// The first words of a text, cut between two of them.
    private static func beginning(_ text: String, _ characters: Int) -> String {
        guard text.count > characters else { return text }
        let cut: Substring = text.prefix(characters)
        let whole: Substring = cut.lastIndex(where: \.isWhitespace).map { cut[..<$0] } ?? cut
        return "\(whole)…"
    }

    private static func tone(_ status: FollowUp.Status) -> String? {
        switch status {
        case .asked: "wait"
        case .study: "wait"
        case .planned, .underWay: "now"
        case .done: "good"
        case .refused: "bad"
        }
    }
}
