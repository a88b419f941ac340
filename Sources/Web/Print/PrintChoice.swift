import Participation

/// How a document is to be printed, as the address says: `?language=de&size=a5&edition=2`.
struct PrintChoice: Sendable, Hashable {
    let language: Language
    let size: PaperSize
    let edition: Int

    /// Reads the query of a document; what it leaves out is the reader's language, the document's first size and the
    /// first edition.
    ///
    /// - Parameter editions: how many there are; a draft has one.
    /// - Throws: ``Refusal`` for a language that the vote is not held in, a size in which the document is not made, and
    ///   an edition that nobody has declared.
    init(
        _ query: Fields, of document: PrintDocument, in vote: Vote, editions: Int, reader: Language
    ) throws(Refusal) {
        let languages: [String] = vote.settings.languages
        let own: String = languages.contains(reader.rawValue) ? reader.rawValue : languages.first ?? reader.rawValue
        let code: String = query.text("language").nonEmpty ?? own
        guard let language = Language(rawValue: code), languages.contains(code) else {
            throw Refusal("prints.error.language", ["language": code])
        }
        let format: String = query.text("size").nonEmpty ?? document.sizes[0].rawValue
        guard let size = PaperSize(rawValue: format), document.sizes.contains(size) else {
            throw Refusal("prints.error.size", ["size": format])
        }
        let number: String = query.text("edition").nonEmpty ?? "1"
        guard let edition = Int(number), (1...editions).contains(edition) else {
            throw Refusal("prints.error.edition", ["edition": number])
        }
        self.language = language
        self.size = size
        self.edition = edition
    }

    /// The query that says the same.
    var query: String { "?language=\(language.rawValue)&size=\(size.rawValue)&edition=\(edition)" }
}
