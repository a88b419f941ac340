import Participation

/// How a walk and what was seen on it speak of themselves in the reader's language.
struct WalkWords {
    let strings: Strings

    init(_ strings: Strings) {
        self.strings = strings
    }

    /// A strength, a problem or an idea.
    func kind(_ kind: Observation.Kind) -> String { strings("walks.kind.\(kind.rawValue)") }

    /// How the place feels.
    func feeling(_ feeling: Observation.Feeling) -> String { strings("walks.feeling.\(Self.key(feeling))") }

    /// Who is concerned, or for whom a walk is made.
    func concerned(_ concerned: Concerned) -> String { strings("walks.concerned.\(concerned.rawValue)") }

    /// Who is concerned, one after the other; everybody where nobody is named.
    func concerned(_ all: [Concerned]) -> String {
        (all.isEmpty ? [.everybody] : all).map(concerned).joined(separator: ", ")
    }

    /// Alone, in a group, or dictated.
    func manner(_ manner: Observation.Manner) -> String { strings("walks.manner.\(manner.rawValue)") }

    /// What it came by.
    func channel(_ channel: Observation.Channel) -> String { strings("walks.channel.\(channel.rawValue)") }

    /// Where an observation stands, with its colour and what that means.
    func state(_ state: Observation.State) -> StatusWord {
        StatusWord(
            word: strings("walks.state.\(state.rawValue)"), tone: Self.tone(state),
            meaning: strings("walks.state.\(state.rawValue).words"))
    }

    /// By day, at dusk or by night.
    func light(_ light: Walk.Light) -> String { strings("walks.light.\(light.rawValue)") }

    /// What somebody does for the others.
    func role(_ role: CrewRole) -> String { strings("walks.role.\(role.rawValue)") }

    /// What that is, in a sentence.
    func task(_ role: CrewRole) -> String { strings("walks.role.\(role.rawValue).words") }

    /// What who came is counted as.
    func category(_ category: HeadCategory) -> String { strings("walks.category.\(category.rawValue)") }

    /// A way in metres, or in kilometres from the first on.
    func length(_ metres: Int) -> String {
        if metres < 1000 { return strings("walks.length.metres", ["count": strings.number(metres)]) }
        let tenths: Int = (metres + 50) / 100
        let mark: String = strings.language == .english ? "." : ","
        let kilometres: String =
            strings.number(tenths / 10) + (tenths.isMultiple(of: 10) ? "" : "\(mark)\(tenths % 10)")
        return strings("walks.length.kilometres", ["count": kilometres])
    }

    /// The name of a feeling in keys and in files, where a number would say nothing.
    static func key(_ feeling: Observation.Feeling) -> String {
        switch feeling {
        case .veryBad: "very_bad"
        case .bad: "bad"
        case .neutral: "neutral"
        case .good: "good"
        case .veryGood: "very_good"
        }
    }

    private static func tone(_ state: Observation.State) -> String? {
        switch state {
        case .received: "wait"
        case .published: "good"
        case .setAside: nil
        case .joined: "now"
        }
    }
}
