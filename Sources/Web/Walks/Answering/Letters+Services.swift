public import Participation

extension Letters: ServiceCorrespondent {
    /// The letter that tells `name`, or the mailbox of a service, of observations to answer.
    public func letter(_ notice: ServiceNotice, to name: String?, in language: Language) -> Letter {
        let strings: Strings = site.strings(language)
        let lines: [String] = notice.lines.map { line in
            strings(
                "walks.after.letter.line",
                ["number": String(line.number), "walk": line.walk(language), "day": strings.day(line.due)])
        }
        let key = "walks.after.letter.\(notice.event.rawValue)"
        let values: [String: String] = ["process": notice.process(language)]
        let view = LetterView(
            greeting: name.map { strings("residents.letter.greeting", ["name": $0]) }
                ?? strings("exam.letter.greeting"),
            text: ([strings.plural("\(key).text", lines.count, values)] + lines).joined(separator: "\n"),
            link: site.absolute("/desk/processes/\(notice.slug)/walks/answers"), ending: strings("exam.letter.ending"))
        return Letter(
            subject: strings.plural("\(key).subject", lines.count, values), body: site.letter(view, language))
    }
}
