public import Participation

extension Letters: OutcomeCorrespondent {
    /// The letter that tells `name` of `outcome`.
    public func letter(_ outcome: Outcome, to name: String, in language: Language) -> Letter {
        let strings: Strings = site.strings(language)
        let (key, title, page): (String, String, String) =
            switch outcome {
            case .minutes(let event):
                ("events.letter.minutes", event.title(language), "/events/\(event.handle)#minutes")
            case .conclusions(let debate, let consultation):
                (
                    "consultations.debate.letter", debate.question(language),
                    "/consultations/\(consultation.handle)/debates/\(debate.handle)"
                )
            }
        let view = LetterView(
            greeting: strings("residents.letter.greeting", ["name": name]),
            text: strings("\(key).text", ["title": title]), link: site.absolute(page),
            ending: strings("events.letter.ending", ["phone": site.city.help.phone]))
        return Letter(subject: strings("\(key).subject", ["title": title]), body: site.letter(view, language))
    }
}
