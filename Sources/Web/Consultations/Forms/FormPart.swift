import Participation

/// What the page of a consultation at the desk tells of its questionnaires: each as it is prepared, and the way to a new
/// one. What residents find of them is told by answering.
struct FormPart: ConsultationPart {
    let consultations: Consultations

    func lines(_ visit: ConsultationVisit) async throws -> [ConsultationLine] { [] }

    func deskLines(_ scene: ConsultationScene, of consultation: Consultation) async throws -> [ConsultationDeskLine] {
        let strings: Strings = scene.strings
        let questionnaires: [Questionnaire] = try await consultations.questionnaires(of: consultation.id)
        let lines: [ConsultationDeskLine] = questionnaires.map { questionnaire in
            let isOpen: Bool = questionnaire.liveVersion != nil
            let words = ConsultationWords(strings)
            let ways: [String] = AnswerWay.allCases.filter(questionnaire.ways.contains).map(words.way)
            let standing: FormStanding = isOpen ? .open : .preparing
            return ConsultationDeskLine(
                title: questionnaire.title(strings.language),
                href: "\(scene.own)/questionnaires/\(questionnaire.handle)/form", status: standing.word(strings),
                words: ways.joined(separator: ", "), isContribution: true)
        }
        return lines + [
            ConsultationDeskLine(
                title: strings("consultations.form.new"), href: "\(scene.own)/questionnaires/new",
                words: strings("consultations.form.new.words"))
        ]
    }
}
