public import Participation

extension Letters: EligibilityCorrespondent {
    /// The letter to somebody on their way to a vote, or who asked for their mark.
    public func letter(_ notice: EligibilityNotice, about vote: Vote, in language: Language) -> Letter {
        let strings: Strings = site.strings(language)
        let (key, path): (String, String?) =
            switch notice {
            case .vote(let token): ("vote", "/votes/\(vote.slug)/confirmation/\(token.text)")
            case .mark(let token): ("mark", "/votes/\(vote.slug)/my-mark/\(token.text)")
            case .refused: ("refused", "/votes/\(vote.slug)/roll")
            case .linked: ("linked", "/votes/\(vote.slug)/ballot")
            }
        var values: [String: String] = ["vote": vote.settings.title(language), "city": site.city.name]
        if case .refused(let reason) = notice { values["reason"] = reason }
        let view = LetterView(
            greeting: strings("rolls.letter.greeting"), text: strings("rolls.letter.\(key).text", values),
            link: path.map(site.absolute), ending: strings("rolls.letter.\(key).ending", values))
        return Letter(subject: strings("rolls.letter.\(key).subject", values), body: site.letter(view, language))
    }
}
