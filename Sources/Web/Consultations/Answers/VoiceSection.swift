import Participation

/// What the city decided about something that people said, on the page of that thing.
struct VoiceAnswersView: Sendable {
    /// A decision.
    struct Line: Sendable {
        let name: String
        let nameLanguage: String?
        let consultation: String
        let path: String
        let standing: StatusWord
    }

    let lines: [Line]

    static let sample = VoiceAnswersView(
        lines: [
            Line(
                name: "Plus d’ombre", nameLanguage: "fr", consultation: "La place",
                path: "/consultations/x/answer#decision-1", standing: .sample)
        ])
}

/// Loads that part of a page.
struct VoiceSection: Sendable {
    let decisions: Decisions

    /// Nil for what no published decision answers.
    func view(
        of voice: Voice, in process: ID<Participation.Process>, _ strings: Strings
    ) async throws -> VoiceAnswersView? {
        let answers: [VoiceAnswer] = try await decisions.about(voice, of: process)
        guard !answers.isEmpty else { return nil }
        let words = DecisionWords(strings)
        return VoiceAnswersView(
            lines: answers.map { answer in
                let language: String = answer.title.language(for: strings.language)
                return VoiceAnswersView.Line(
                    name: answer.title(strings.language),
                    nameLanguage: language == strings.language.rawValue ? nil : language,
                    consultation: answer.consultationTitle(strings.language),
                    path: "/consultations/\(answer.consultation)/answer#decision-\(answer.number)",
                    standing: words.status(answer.status))
            })
    }

    /// The same for a proposal.
    func view(of scene: ProposalScene) async throws -> VoiceAnswersView? {
        try await view(
            of: Voice(.proposal, String(scene.proposal.number)), in: scene.proposal.process, scene.strings)
    }
}
