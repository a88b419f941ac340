/// The text of a proposal as HTML.
enum ProposalText {
    /// Its paragraphs, each line kept.
    static func html(_ text: String) -> String {
        text.split(separator: "\n\n").map { paragraph in
            let lines = paragraph.split(separator: "\n").map { String($0).escapedForHTML }
            return "<p>\(lines.joined(separator: "<br>"))</p>"
        }.joined(separator: "\n")
    }
}
