public import Participation

extension Letters: ExaminerCorrespondent {
    /// The letter that tells `name`, or the mailbox of a service, of files to examine.
    public func letter(_ notice: ExaminerNotice, to name: String?, in language: Language) -> Letter {
        let strings: Strings = site.strings(language)
        let files: [String] = notice.files.map { file in
            strings(
                "exam.letter.file",
                ["number": String(file.number), "title": file.title, "day": strings.day(file.due)])
        }
        let key = "exam.letter.\(notice.event.rawValue)"
        let values: [String: String] = ["process": notice.process(language)]
        let view = LetterView(
            greeting: name.map { strings("residents.letter.greeting", ["name": $0]) }
                ?? strings("exam.letter.greeting"),
            text: ([strings.plural("\(key).text", files.count, values)] + files).joined(separator: "\n"),
            link: site.absolute("/desk/processes/\(notice.slug)/files"), ending: strings("exam.letter.ending"))
        return Letter(
            subject: strings.plural("\(key).subject", files.count, values), body: site.letter(view, language))
    }
}
