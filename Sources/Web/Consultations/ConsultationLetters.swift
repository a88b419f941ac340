import Foundation
public import Participation

extension Letters: ConsultationCorrespondent {
    /// The letter that tells `name` that a stage of a consultation they follow has begun, or that its dates have moved.
    public func letter(_ notice: ConsultationNotice, to name: String, in language: Language) -> Letter {
        let strings: Strings = site.strings(language)
        let consultation: Consultation = notice.consultation
        let address = "/consultations/\(consultation.handle)"
        var arguments: [String: String] = [
            "consultation": consultation.title(language), "from": strings.moment(consultation.collectsFrom),
            "until": strings.moment(consultation.collectsUntil), "synthesis": strings.day(consultation.synthesisDue),
            "answer": strings.day(consultation.answerDue),
        ]
        let key: String
        switch notice.news {
        case .began(let stage): key = ConsultationWords.key(stage)
        case .rescheduled(_, let after, let reason):
            key = "rescheduled"
            arguments["from"] = strings.moment(after.collectsFrom)
            arguments["until"] = strings.moment(after.collectsUntil)
            arguments["synthesis"] = strings.day(after.synthesisDue)
            arguments["answer"] = strings.day(after.answerDue)
            arguments["reason"] = reason(language)
        }
        let view = LetterView(
            greeting: strings("residents.letter.greeting", ["name": name]),
            text: strings("consultations.frame.letter.\(key).text", arguments), link: site.absolute(address),
            ending: strings(
                "consultations.frame.letter.ending",
                ["link": site.absolute("\(address)/follower/\(notice.token.text)")]))
        return Letter(
            subject: strings("consultations.frame.letter.\(key).subject", arguments),
            body: site.letter(view, language))
    }
}
