import Foundation
public import Participation

extension Letters: DeliveryCorrespondent {
    /// The letter that tells `name` what has become of a project they follow.
    public func letter(_ notice: DeliveryNotice, to name: String, in language: Language) -> Letter {
        let strings: Strings = site.strings(language)
        var arguments: [String: String] = ["project": notice.title(language)]
        let key: String
        switch notice.news {
        case .update(let title, let words):
            key = "update"
            arguments["title"] = title(language)
            arguments["words"] = words(language)
        case .rescheduled(let before, let after, let reason):
            key = "rescheduled"
            arguments["before"] = strings.day(before)
            arguments["after"] = strings.day(after)
            arguments["reason"] = reason(language)
        case .done: key = "done"
        case .abandoned(let reason):
            key = "abandoned"
            arguments["reason"] = reason(language)
        }
        let view = LetterView(
            greeting: strings("residents.letter.greeting", ["name": name]),
            text: strings("deliveries.letter.\(key).text", arguments),
            link: site.absolute("/deliveries/\(notice.handle)"), ending: strings("deliveries.letter.ending"))
        return Letter(
            subject: strings("deliveries.letter.\(key).subject", arguments), body: site.letter(view, language))
    }
}
