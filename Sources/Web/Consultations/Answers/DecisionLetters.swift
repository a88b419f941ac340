import Foundation
public import Participation

extension Letters: DecisionCorrespondent {
    /// The letter that tells `name` what the city decided about something they said, or what became of decisions they
    /// follow.
    public func letter(_ notice: DecisionNotice, to name: String, in language: Language) -> Letter {
        let strings: Strings = site.strings(language)
        let words = DecisionWords(strings)
        var arguments: [String: String] = ["consultation": notice.title(language)]
        let key: String
        let ending: String
        let page: String = site.absolute("/consultations/\(notice.consultation)/answer")
        switch notice.news {
        case .answered(let decisions):
            key = "answered"
            arguments["list"] = decisions.map { "– \($0.number). \($0.title(language))" }.joined(separator: "\n")
            ending = strings("consultations.decision.letter.answered.ending")
        case .turned(let turns, let token):
            key = "turned"
            arguments["list"] = turns.map { turn in
                let due: String =
                    turn.due.map { " (\(strings("consultations.decision.until", ["day": strings.day($0)])))" } ?? ""
                return "– \(turn.title(language)) : \(words.status(turn.status).word)\(due)\n  "
                    + Markdown.plain(turn.words(language)).replacing("\n", with: "\n  ")
            }.joined(separator: "\n\n")
            ending = strings(
                "consultations.decision.letter.turned.ending",
                ["link": site.absolute("/consultations/\(notice.consultation)/follower/\(token.text)")])
        }
        let view = LetterView(
            greeting: strings("residents.letter.greeting", ["name": name]),
            text: strings("consultations.decision.letter.\(key).text", arguments), link: page, ending: ending)
        return Letter(
            subject: strings("consultations.decision.letter.\(key).subject", arguments),
            body: site.letter(view, language))
    }
}
