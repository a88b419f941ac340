public import Foundation
public import Participation

extension Letters: CoAuthorCorrespondent {
    /// The letter that asks somebody to write a proposal with `inviter`.
    public func invitation(
        _ token: Token, to title: String, by inviter: String, until end: Date, in language: Language
    ) -> Letter {
        let strings: Strings = site.strings(language)
        let values: [String: String] = [
            "name": inviter, "city": site.city.name, "date": strings.date(end),
            "title": title.isEmpty ? strings("proposals.writing.untitled") : title,
        ]
        let view = LetterView(
            greeting: strings("proposals.writing.letter.greeting"),
            text: strings("proposals.writing.letter.text", values),
            link: site.absolute("/proposals/invitations/\(token.text)"),
            ending: strings("proposals.writing.letter.ending", values))
        return Letter(subject: strings("proposals.writing.letter.subject", values), body: site.letter(view, language))
    }
}
