public import Participation

/// The words of the letters about accounts, in the language of whoever reads them.
public struct Letters: Correspondent {
    private let site: Site

    /// Letters of the city of `site`.
    public init(site: Site) {
        self.site = site
    }

    /// The letter that tells `name` of `notice`.
    public func letter(_ notice: Notice, to name: String, in language: Language) throws -> Letter {
        let strings = site.strings(language)
        let (key, path): (String, String?) =
            switch notice {
            case .confirmAddress(let token): ("confirm", "/confirm/\(token.text)")
            case .accountExists: ("exists", "/sign-in")
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
        return Letter(
            subject: strings("residents.letter.\(key).subject", city), body: site.letter(view, language))
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
