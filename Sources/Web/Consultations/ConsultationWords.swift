import Participation

/// How a consultation and its parts speak of themselves in the reader's language.
struct ConsultationWords {
    let strings: Strings

    init(_ strings: Strings) {
        self.strings = strings
    }

    /// The name of a stage, as in the line of stages.
    func stage(_ stage: Consultation.Stage) -> String { strings("consultations.stage.\(Self.key(stage))") }

    /// Where it stands, with its colour and what residents can expect of it.
    func status(_ stage: Consultation.Stage) -> StatusWord {
        let key: String = Self.key(stage)
        return StatusWord(
            word: strings("consultations.stage.\(key).now"), tone: Self.tone(stage),
            meaning: strings("consultations.stage.\(key).words"))
    }

    /// How a questionnaire is answered.
    func way(_ way: AnswerWay) -> String { strings("consultations.way.\(way.rawValue)") }

    /// What that is, in a sentence for whoever prepares it.
    func meaning(_ way: AnswerWay) -> String { strings("consultations.way.\(way.rawValue).words") }

    /// The name of a stage in keys and in files, where a number would say nothing.
    static func key(_ stage: Consultation.Stage) -> String {
        switch stage {
        case .announcement: "announcement"
        case .collection: "collection"
        case .synthesis: "synthesis"
        case .answer: "answer"
        case .followUp: "follow_up"
        }
    }

    private static func tone(_ stage: Consultation.Stage) -> String? {
        switch stage {
        case .announcement: nil
        case .collection: "now"
        case .synthesis, .answer: "wait"
        case .followUp: "good"
        }
    }
}
