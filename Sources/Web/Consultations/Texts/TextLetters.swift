public import Participation

extension Letters: TextCorrespondent {
    /// The letter that tells `name` what became of what they wrote to a paragraph of a text.
    public func letter(_ notice: TextNotice, to name: String, in language: Language) -> Letter {
        let strings: Strings = site.strings(language)
        let key = "consultations.text.letter.\(notice.event.name)"
        var values: [String: String] = ["title": notice.title]
        let text = "/consultations/\(notice.consultation)/texts/\(notice.text)"
        var path = "\(text)/paragraphs/\(notice.paragraph)"
        switch notice.event {
        case .replied: break
        case .suggestionAdopted(let number):
            values["number"] = String(number)
            path = "\(text)/suggestions/\(number)"
        case .suggestionAnswered(let number, let reason):
            values.merge(["number": String(number), "reason": reason]) { $1 }
            path = "\(text)/suggestions/\(number)"
        }
        let view = LetterView(
            greeting: strings("residents.letter.greeting", ["name": name]), text: strings("\(key).text", values),
            link: site.absolute(path), ending: strings("consultations.text.letter.ending"))
        return Letter(subject: strings("\(key).subject", values), body: site.letter(view, language))
    }
}
