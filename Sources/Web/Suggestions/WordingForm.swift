import Participation

/// The three fields of a wording.
struct WordingForm: Sendable {
    let title: Field
    let bodyName: String
    let bodyLabel: String
    let body: String
    let bodyProblem: String?
    let bodyDescribed: String
    let place: Field

    static let sample = WordingForm(
        title: .sampleTitle, bodyName: "body", bodyLabel: "Texte", body: "Un banc.", bodyProblem: "Écrivez.",
        bodyDescribed: "body-hint body-problem", place: .sampleTitle)
}

extension WordingForm {
    /// The fields of `wording`, their names beginning with `prefix`.
    init(_ wording: Wording, _ errors: FieldErrors, _ strings: Strings, prefix: String = "") {
        title = errors.field("\(prefix)title", label: strings("talk.wording.title"), value: wording.title, strings)
        bodyName = "\(prefix)body"
        bodyLabel = strings("talk.wording.body")
        body = wording.body
        bodyProblem = errors.text(for: bodyName, strings)
        bodyDescribed = bodyProblem == nil ? "\(bodyName)-hint" : "\(bodyName)-hint \(bodyName)-problem"
        place = errors.field(
            "\(prefix)place", label: strings("talk.wording.place"), value: wording.place, optional: true, strings)
    }
}

extension Field {
    fileprivate static let sampleTitle = Field(
        name: "title", label: "Titre", type: "text", value: "Un banc", hint: nil, problem: nil, optional: false,
        autocomplete: nil, inputmode: nil, size: nil, described: nil)
}
