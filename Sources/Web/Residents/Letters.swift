import Foundation
public import Participation

/// The words of the letters about accounts, in the language of whoever reads them.
public struct Letters: Correspondent {
    let site: Site

    /// Letters of the city of `site`.
    public init(site: Site) {
        self.site = site
    }

    /// The letter that tells `name` of `notice`.
    public func letter(_ notice: Notice, to name: String, in language: Language) throws -> Letter {
        let strings = site.strings(language)
        let (key, path): (String, String?) =
            switch notice {
            case .confirmAddress(let token, let destination):
                ("confirm", SafePath.adding(destination, to: "/confirm/\(token.text)"))
            case .accountExists: ("exists", "/sign-in")
            case .accountMoved: ("moved", "/sign-in")
            case .confirmNewAddress(let token): ("new_address", "/account/address/\(token.text)")
            case .addressInUse: ("in_use", "/sign-in")
            case .addressChanged: ("address_changed", nil)
            case .resetPassword(let token): ("reset", "/password-reset/\(token.text)")
            case .passwordChanged: ("changed", "/password-reset")
            case .accountClosed: ("closed", nil)
            }
        let city = ["city": site.city.name]
        let view = LetterView(
            greeting: strings("residents.letter.greeting", ["name": name]),
            text: strings("residents.letter.\(key).text", city),
            link: path.map(site.absolute),
            ending: strings("residents.letter.\(key).ending"))
        let body = site.letter(view, language).trimmingCharacters(in: .newlines)
        return Letter(subject: strings("residents.letter.\(key).subject", city), body: body + "\n")
    }
}

/// One letter as its template places it.
struct LetterView: PageView {
    static let template = "residents/letter"
    static let sample = LetterView(
        greeting: "Bonjour Ada,", text: "Un texte.", link: "http://localhost:8080/confirm/x", ending: "Une fin.")

    let greeting: String
    let text: String
    let link: String?
    let ending: String
}

extension Letters {
    /// The letter that reminds `name` of choices kept and not confirmed in a vote.
    public func reminder(_ name: String, _ vote: Texts, _ slug: String, _ language: Language) -> Letter {
        let strings = site.strings(language)
        let title = ["vote": vote(language)]
        let view = LetterView(
            greeting: strings("residents.letter.greeting", ["name": name]),
            text: strings("votes.reminder.text", title), link: site.absolute("/votes/\(slug)/ballot"),
            ending: strings("votes.reminder.ending"))
        return Letter(subject: strings("votes.reminder.subject", title), body: site.letter(view, language))
    }
}
