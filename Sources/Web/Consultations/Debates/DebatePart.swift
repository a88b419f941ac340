import Participation

/// The debates of a consultation, on its pages.
struct DebatePart: ConsultationPart {
    let debates: Debates

    func lines(_ visit: ConsultationVisit) async throws -> [ConsultationLine] {
        let strings: Strings = visit.strings
        return try await debates.list(of: visit.consultation.id).map { debate in
            let status: StatusWord = DebateScene.status(of: debate, in: visit.consultation, strings)
            return ConsultationLine(
                .part, title: debate.question(strings.language),
                titleLanguage: debate.question.foreign(to: strings.language),
                href: "\(visit.own)/debates/\(debate.handle)", status: status,
                words: strings.plural("consultations.debate.arguments", debate.arguments) + " " + status.meaning,
                action: debate.isOpen ? strings("consultations.debate.join_in") : nil)
        }
    }

    func deskLines(
        _ scene: ConsultationScene, of consultation: Consultation
    ) async throws -> [ConsultationDeskLine] {
        let strings: Strings = scene.strings
        let all: [Debate] = try await debates.all(of: consultation.id, by: scene.actor)
        let list = ConsultationDeskLine(
            title: strings("consultations.debate.title"), href: "\(scene.own)/debates",
            words: all.isEmpty ? strings("consultations.debate.none") : "")
        return [list]
            + all.map { debate in
                ConsultationDeskLine(
                    title: debate.question(strings.language), href: "\(scene.own)/debates/\(debate.handle)",
                    words: strings.plural("consultations.debate.arguments", debate.arguments),
                    isContribution: debate.publishedAt != nil)
            }
    }
}
