/// A text area with its label, for `consultations/text-area`.
struct WordsField: Sendable {
    let name: String
    let label: String
    let hint: String?
    let value: String
    let problem: String?
    let described: String?
    let optional: Bool
    let rows: String

    static let sample = WordsField(
        name: "body", label: "Texte", hint: "En Markdown", value: "Un banc.", problem: "Écrivez.",
        described: "body-hint body-problem", optional: true, rows: "8")

    private init(
        name: String, label: String, hint: String?, value: String, problem: String?, described: String?,
        optional: Bool, rows: String
    ) {
        self.name = name
        self.label = label
        self.hint = hint
        self.value = value
        self.problem = problem
        self.described = described
        self.optional = optional
        self.rows = rows
    }

    /// An area whose label, and whose hint where there is one, have these keys.
    init(
        _ name: String, label: String, hint: String? = nil, _ value: String, _ errors: FieldErrors, _ strings: Strings,
        optional: Bool = false, rows: Int = 8
    ) {
        let problem: String? = errors.text(for: name, strings)
        let described: [String] = (hint == nil ? [] : ["\(name)-hint"]) + (problem == nil ? [] : ["\(name)-problem"])
        self.init(
            name: name, label: strings(label), hint: hint.map { strings($0) }, value: value, problem: problem,
            described: described.isEmpty ? nil : described.joined(separator: " "), optional: optional,
            rows: String(rows))
    }
}
