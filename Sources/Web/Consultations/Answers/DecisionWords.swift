import Participation

extension Edition.Kind {
    /// How its words begin in the strings, after `consultations.`.
    var words: String { self == .synthesis ? "synthesis" : "decision" }
}

/// How decisions speak of themselves in the reader's language.
struct DecisionWords {
    let strings: Strings

    init(_ strings: Strings) {
        self.strings = strings
    }

    /// What was decided.
    func kind(_ kind: Decision.Kind) -> StatusWord {
        let tone: String? =
            switch kind {
            case .done: "good"
            case .planned, .partly: "now"
            case .study: "wait"
            case .refused: "bad"
            }
        return StatusWord(
            word: strings("consultations.decision.kind.\(kind.rawValue)"), tone: tone,
            meaning: strings("consultations.decision.kind.\(kind.rawValue).words"))
    }

    /// Where a decision stands.
    func status(_ status: Decision.Status) -> StatusWord {
        let tone: String? =
            switch status {
            case .study: "wait"
            case .planned: nil
            case .underWay: "now"
            case .done: "good"
            case .refused, .abandoned: "bad"
            }
        return StatusWord(word: strings("consultations.decision.status.\(status.rawValue)"), tone: tone, meaning: "")
    }

    /// What a voice is called, with the beginning of what it says.
    func name(_ voice: Voice, _ label: VoiceLabel?) -> String {
        let kind: String = strings("consultations.decision.voice.\(voice.kind.rawValue)")
        guard let label else { return strings("consultations.decision.voice.gone", ["kind": kind]) }
        let words: String = Markdown.excerpt(label.words(strings.language), characters: 90)
        let context: String = label.context(strings.language)
        return strings(
            context.isEmpty ? "consultations.decision.voice" : "consultations.decision.voice.of",
            [
                "kind": label.number.map { "\(kind)\u{A0}\($0)" } ?? kind, "words": words,
                "context": Markdown.excerpt(context, characters: 60),
            ])
    }
}

/// A decision as everybody reads it.
struct DecisionCard: Sendable {
    /// Something that it answers.
    struct Voice: Sendable {
        let name: String
        let path: String?
    }

    /// What became of it on a day.
    struct Turn: Sendable {
        let date: String
        let status: StatusWord
        let words: String
        let wordsLanguage: String?
        let until: String?
    }

    let id: String
    let number: String
    let name: String
    let nameLanguage: String?
    let decision: StatusWord
    /// Where it stands now; nil where nothing has become of it.
    let standing: StatusWord?
    let late: String?
    let said: Passage?
    let decided: Passage?
    let reason: Passage?
    let facts: [PlaceFact]
    let voices: [Voice]
    let hasVoices: Bool
    let turns: [Turn]
    let hasTurns: Bool

    static let sample = DecisionCard(
        id: "decision-1", number: "1", name: "Plus d’ombre", nameLanguage: "fr", decision: .sample, standing: .sample,
        late: "12 jours de retard", said: .sample, decided: .sample, reason: .sample,
        facts: [PlaceFact(name: "Service", text: "Espaces verts")],
        voices: [Voice(name: "Proposition 12", path: "/proposals/12")], hasVoices: true,
        turns: [
            Turn(date: "3 mars 2027", status: .sample, words: "Begun", wordsLanguage: "en", until: "Avant le 4 juin")
        ], hasTurns: true)
}

extension DecisionCard {
    init(
        _ decision: AnswerContent.Decision, _ standing: PublishedAnswer.Standing?,
        _ labels: [Participation.Voice: VoiceLabel],
        _ strings: Strings
    ) {
        let words = DecisionWords(strings)
        let reader: Language = strings.language
        func foreign(_ texts: Texts) -> String? {
            let code: String = texts.language(for: reader)
            return texts.isEmpty || code == reader.rawValue ? nil : code
        }
        id = "decision-\(decision.number)"
        number = strings.number(decision.number)
        name = decision.title(reader)
        nameLanguage = foreign(decision.title)
        self.decision = words.kind(decision.kind)
        self.standing = standing.flatMap { $0.turns.isEmpty ? nil : words.status($0.status) }
        late = standing.flatMap { $0.daysLate > 0 ? strings.plural("consultations.decision.late", $0.daysLate) : nil }
        said = Passage(decision.said, strings)
        decided = Passage(decision.decided, strings)
        reason = Passage(decision.reason, strings)
        var facts = [PlaceFact(name: strings("consultations.decision.service"), text: decision.service)]
        if let due = decision.dueOn {
            facts.append(PlaceFact(name: strings("consultations.decision.due"), text: strings.day(due)))
            if let now = standing?.promisedOn, now != due {
                facts.append(PlaceFact(name: strings("consultations.decision.due.now"), text: strings.day(now)))
            }
        }
        self.facts = facts
        voices = decision.voices.map { Voice(name: words.name($0, labels[$0]), path: labels[$0]?.path) }
        hasVoices = !voices.isEmpty
        turns = (standing?.turns ?? []).map { turn in
            Turn(
                date: strings.date(turn.notedAt), status: words.status(turn.status), words: turn.words(reader),
                wordsLanguage: foreign(turn.words),
                until: turn.due.map { strings("consultations.decision.until", ["day": strings.day($0)]) })
        }
        hasTurns = !turns.isEmpty
    }
}
