import Foundation
import Participation

/// What came of a consultation, on its public page and at the desk: the synthesis, the decisions, the open data.
struct AnswerPart: ConsultationPart {
    let today: @Sendable () -> Day

    func lines(_ visit: ConsultationVisit) async throws -> [ConsultationLine] {
        let consultation: Consultation = visit.consultation
        let strings: Strings = visit.strings
        guard consultation.stage >= .synthesis else { return [] }
        func line(_ kind: Edition.Kind, published: Date?, due: Day) -> ConsultationLine {
            let key = "consultations.\(kind.words)"
            let href = "\(visit.own)/\(kind.rawValue)"
            if let published {
                return ConsultationLine(
                    .outcome, title: strings("\(key).title"), href: href,
                    status: StatusWord(
                        word: strings("consultations.synthesis.is_public"), tone: "good", meaning: ""),
                    words: strings("\(key).part", ["date": strings.date(published)]), action: strings("\(key).read"))
            }
            let days: Int = due.days(until: today())
            return ConsultationLine(
                .outcome, title: strings("\(key).title"), href: href,
                status: StatusWord(
                    word: days > 0
                        ? strings.plural("consultations.decision.late", days)
                        : strings("consultations.synthesis.is_awaited"),
                    tone: days > 0 ? "bad" : "wait", meaning: ""),
                words: strings("\(key).awaited", ["day": strings.day(due)]))
        }
        var lines: [ConsultationLine] = []
        if consultation.synthesisedAt != nil {
            lines.append(line(.answer, published: consultation.answeredAt, due: consultation.answerDue))
        }
        lines.append(line(.synthesis, published: consultation.synthesisedAt, due: consultation.synthesisDue))
        if consultation.synthesisedAt != nil {
            lines.append(
                ConsultationLine(
                    .outcome, title: strings("consultations.data.title"), href: "\(visit.own)/data",
                    words: strings("consultations.data.part")))
        }
        return lines
    }

    func deskLines(
        _ scene: ConsultationScene, of consultation: Consultation
    ) async throws -> [ConsultationDeskLine] {
        let strings: Strings = scene.strings
        func line(_ kind: Edition.Kind, published: Date?, due: Day) -> ConsultationDeskLine {
            let key = "consultations.\(kind.words)"
            let days: Int = published == nil ? due.days(until: today()) : 0
            return ConsultationDeskLine(
                title: strings("\(key).title"), href: "\(scene.base)/\(consultation.handle)/\(kind.rawValue)",
                status: published != nil
                    ? StatusWord(word: strings("consultations.synthesis.is_public"), tone: "good", meaning: "")
                    : days > 0
                        ? StatusWord(
                            word: strings.plural("consultations.decision.late", days), tone: "bad", meaning: "") : nil,
                words: published.map { strings("\(key).part", ["date": strings.date($0)]) }
                    ?? strings("\(key).awaited", ["day": strings.day(due)]))
        }
        return [
            line(.synthesis, published: consultation.synthesisedAt, due: consultation.synthesisDue),
            line(.answer, published: consultation.answeredAt, due: consultation.answerDue),
        ]
    }
}
