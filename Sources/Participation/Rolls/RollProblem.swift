/// What stands in the way of one line of a roll.
public struct RollProblem: Hashable, Sendable {
    /// Why a line is not taken.
    public enum Reason: String, CaseIterable, Sendable {
        /// Another number of fields than the first row; the argument is `found/expected`.
        case fieldCount = "field_count"
        /// Text after a closing quotation mark.
        case textAfterQuote = "text_after_quote"
        /// A control character, such as NUL.
        case control
        /// Bytes that are no letters.
        case notText = "not_text"
        /// A quotation mark that is never closed; nothing after the line was read.
        case unclosedQuote = "unclosed_quote"
        /// A row longer than the limit in bytes, which is the argument; nothing after the line was read.
        case rowTooLong = "row_too_long"
        /// More columns than the limit, which is the argument; nothing after the line was read.
        case tooManyFields = "too_many_fields"
        /// A field by which people are found is empty.
        case missing
        /// More than 200 characters.
        case tooLong = "too_long"
        /// No day of the calendar, or not written as day/month/year or year-month-day.
        case badDate = "bad_date"
        /// A year of two digits.
        case shortYear = "short_year"
        /// A number that a spreadsheet made of a date, or the crosses it shows instead of one.
        case mangledDate = "mangled_date"
        /// Not a year between 1880 and this one.
        case badYear = "bad_year"
        /// The year of the date of birth is another one.
        case yearDiffers = "year_differs"
        /// A number that a spreadsheet has shortened, such as 1,23E+09.
        case mangledNumber = "mangled_number"
        /// Letters that were read in the wrong encoding once, such as “Ã©”.
        case mangledText = "mangled_text"
        /// Not an e-mail address.
        case badEmail = "bad_email"
        /// The same person as on another line, which is the argument.
        case duplicate
    }

    /// The line of the file.
    public let line: Int
    /// The field concerned, or nil for the whole line.
    public let field: RollField?
    /// Why.
    public let reason: Reason
    /// What the sentence names; often the value as it stands in the file.
    public let argument: String

    init(_ line: Int, _ field: RollField?, _ reason: Reason, _ argument: String = "") {
        self.line = line
        self.field = field
        self.reason = reason
        self.argument = String(argument.prefix(60).map { $0.isASCII && $0.asciiValue! < 0x20 ? "\u{FFFD}" : $0 })
    }

    /// The problem of a row that is no row.
    init(_ line: Int, _ problem: CSVProblem, columns: [RollField?]) {
        func field(_ index: Int) -> RollField? { columns.indices.contains(index) ? columns[index] : nil }
        switch problem {
        case .fieldCount(let expected, let found): self.init(line, nil, .fieldCount, "\(found)/\(expected)")
        case .textAfterQuote(let index): self.init(line, field(index), .textAfterQuote)
        case .control(let index): self.init(line, field(index), .control)
        case .notText(let index): self.init(line, field(index), .notText)
        }
    }

    /// The problem where a file cannot be read on; nil when the file as a whole is at fault.
    init?(_ fault: CSVFault) {
        switch fault {
        case .rowTooLong(let line, let limit): self.init(line, nil, .rowTooLong, String(limit))
        case .tooManyFields(let line, let limit): self.init(line, nil, .tooManyFields, String(limit))
        case .unclosedQuote(let line): self.init(line, nil, .unclosedQuote)
        case .fileTooLong, .utf16: return nil
        }
    }
}

/// Why an act on a roll is not done.
public enum RollRefusal: Error, Hashable, Sendable {
    /// The file has no row of people.
    case empty
    /// The file is a workbook of a spreadsheet, not separated values.
    case workbook
    /// The file is UTF-16.
    case utf16
    /// The file has more bytes than the limit.
    case fileTooLong(limit: Int)
    /// The first row cannot be read, on the line.
    case unreadableHeader(RollProblem)
    /// No column says what the vote needs to find people by.
    case columnMissing(RollField)
    /// Two columns are said to be the same.
    case columnTwice(RollField)
    /// The import is not at the step that the act needs: somebody else, or another window, has gone on.
    case wrongStep
    /// Another version was confirmed since the difference was shown.
    case outdated
    /// The vote is closed: its roll changes no more.
    case voteClosed
    /// There is no version to commit.
    case noVersion
    /// The vote is open: the roll in the public record stands.
    case alreadyOpened
    /// The vote has no committed roll.
    case notCommitted
    /// The number is outside its bounds.
    case outOfBounds
}
