import Foundation
public import Participation
import PublicRecord

extension Letters: MarkCorrespondent {
    /// The letter that tells `name` that a policy annulled their mark, and which ballot counts now.
    public func letter(_ notice: MarkNotice, to name: String, in language: Language) -> Letter {
        let strings: Strings = site.strings(language)
        let title: [String: String] = ["vote": notice.vote(language)]
        let view = LetterView(
            greeting: strings("residents.letter.greeting", ["name": name]),
            text: strings("places.letter.\(notice.instead.rawValue)", title),
            link: site.absolute("/votes/\(notice.slug)/places"), ending: strings("places.letter.ending"))
        return Letter(subject: strings("places.letter.subject", title), body: site.letter(view, language))
    }
}
