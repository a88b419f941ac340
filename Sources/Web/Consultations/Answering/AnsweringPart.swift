import Participation

/// What the two pages of a consultation tell of answering its questionnaires.
struct AnsweringPart: ConsultationPart {
    let consultations: Consultations

    func lines(_ visit: ConsultationVisit) async throws -> [ConsultationLine] {
        let strings: Strings = visit.strings
        let open: [Questionnaire] = try await consultations.questionnaires(of: visit.consultation.id)
            .filter { $0.liveVersion != nil }
        guard visit.consultation.stage <= .collection else { return [] }
        let isCollecting: Bool = visit.consultation.isCollecting
        return open.map { questionnaire in
            ConsultationLine(
                .part, title: questionnaire.title(strings.language),
                titleLanguage: questionnaire.title.foreign(to: strings.language),
                href: "\(visit.own)/questionnaires/\(questionnaire.handle)",
                words: AnsweringStartPage.secrecy(questionnaire, strings),
                action: isCollecting ? strings("consultations.answer.start.begin") : nil)
        }
    }

    func deskLines(_ scene: ConsultationScene, of consultation: Consultation) async throws -> [ConsultationDeskLine] {
        let strings: Strings = scene.strings
        return try await consultations.questionnaires(of: consultation.id).flatMap { questionnaire in
            let base = "\(scene.own)/questionnaires/\(questionnaire.handle)"
            let title: String = questionnaire.title(strings.language)
            let codes: [ConsultationDeskLine] =
                questionnaire.ways.contains(.code)
                ? [
                    ConsultationDeskLine(
                        title: strings("consultations.answer.part.codes", ["questionnaire": title]),
                        href: "\(base)/codes", words: strings("consultations.answer.part.codes.words"))
                ] : []
            let devices: [ConsultationDeskLine] =
                questionnaire.ways.isDisjoint(with: [.kiosk, .agent])
                ? []
                : [
                    ConsultationDeskLine(
                        title: strings("consultations.answer.part.devices", ["questionnaire": title]),
                        href: "\(base)/devices", words: strings("consultations.answer.part.devices.words"))
                ]
            return codes + devices
        }
    }
}
