public import Participation

extension Letters: ProposalCorrespondent {
    /// The letter that tells `name` what became of a proposal of theirs, or of one that they follow.
    public func letter(_ notice: ProposalNotice, to name: String, in language: Language) -> Letter {
        let strings: Strings = site.strings(language)
        let key = "proposals.letter.\(notice.event.name)"
        var values: [String: String] = ["number": String(notice.number), "title": notice.title]
        if case .onBallot(let vote) = notice.event { values["vote"] = vote(language) }
        values.merge(notice.event.mentioned) { known, _ in known }
        let path: String = notice.event.path(of: notice.number) ?? "/proposals/\(notice.number)"
        let view = LetterView(
            greeting: strings("residents.letter.greeting", ["name": name]), text: strings("\(key).text", values),
            link: site.absolute(path), ending: strings("proposals.letter.ending"))
        return Letter(subject: strings("\(key).subject", values), body: site.letter(view, language))
    }
}
