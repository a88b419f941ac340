import Participation

/// What every sheet says of itself: in words at its foot, and as a code.
struct SheetMarks: Sendable {
    let document: String
    let vote: String
    /// The short hash of the definition in groups; nil for a draft.
    let definition: String?
    let edition: String
    let language: String
    let serial: String?
    /// The classes of the sheet: its size, and what it is.
    let classes: String
    /// A word across every page of a sheet that nobody may vote with.
    let across: String?
    /// The code as a picture, for pages that a browser prints.
    let code: String
    /// The same document as PDF, and where one came from.
    let pdfHref: String
    let backHref: String

    static let sample = SheetMarks(
        document: "Bulletin de vote", vote: "Budget participatif", definition: "2F9C 41D0 A7B3", edition: "1",
        language: "Français", serial: "000123", classes: "a4 ballot", across: "SPÉCIMEN", code: "<svg></svg>",
        pdfHref: "/desk/votes/x/print/ballot.pdf", backHref: "/desk/votes/x/print")
}

extension SheetMarks {
    /// The marks of a sheet of the vote.
    init(
        _ code: SheetCode, vote: Vote, size: PaperSize, pdfHref: String, backHref: String, _ strings: Strings
    ) {
        document = strings("prints.document.\(code.document.rawValue)")
        self.vote = vote.settings.title(code.language)
        definition = code.words
        edition = strings.number(code.edition)
        language = ReaderChoice.name(of: code.language)
        serial = code.serial
        classes = "\(size.rawValue) \(code.document.style)"
        if vote.opening == nil {
            across = strings("prints.draft")
        } else {
            across = code.document == .sample ? strings("prints.specimen") : nil
        }
        self.code = QR.svg(code.text(page: nil))
        self.pdfHref = pdfHref
        self.backHref = backHref
    }
}

extension PrintDocument {
    /// The classes of the document in `print.css`.
    fileprivate var style: String {
        switch self {
        case .ballot, .large, .easyRead, .sample: "ballot \(rawValue)"
        case .letter: "letter-sheets"
        case .catalogue, .roll, .placeReport, .batch, .minutes: rawValue
        }
    }
}
