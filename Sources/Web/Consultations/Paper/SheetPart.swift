import Participation

/// What the page of a consultation at the desk tells of its printed sheets; residents find them on paper.
struct SheetPart: ConsultationPart {
    let consultations: Consultations
    let sheets: QuestionnaireSheets

    func lines(_ visit: ConsultationVisit) async throws -> [ConsultationLine] { [] }

    func deskLines(_ scene: ConsultationScene, of consultation: Consultation) async throws -> [ConsultationDeskLine] {
        let strings: Strings = scene.strings
        let questionnaires: [Questionnaire] = try await consultations.questionnaires(of: consultation.id)
            .filter { $0.ways.contains(.paper) }
        let counts: [ID<Questionnaire>: SheetAccount] = try await sheets.accounts(of: consultation.id)
        return questionnaires.map { questionnaire in
            let account: SheetAccount? = counts[questionnaire.id]
            return ConsultationDeskLine(
                title: strings(
                    "consultations.paper.part", ["questionnaire": questionnaire.title(strings.language)]),
                href: "\(scene.own)/questionnaires/\(questionnaire.handle)/sheets",
                words: account.map { account in
                    strings(
                        "consultations.paper.part.words",
                        [
                            "issued": strings.number(account.issued), "returned": strings.number(account.returned),
                            "entered": strings.number(account.entered),
                        ])
                } ?? strings("consultations.paper.none"))
        }
    }
}
