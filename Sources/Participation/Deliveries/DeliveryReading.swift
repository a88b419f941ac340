/// What a row of a file is wrong about.
public enum DeliveryRowProblem: Sendable, Hashable {
    /// The row cannot be read as separated values.
    case unreadable
    /// No delivery of the process has the handle.
    case unknownHandle
    /// The handle, or the invoice, stands in the file twice.
    case twice
    /// Somebody changed the delivery after the file was written: the file would undo that.
    case changedSince(revision: Int)
    /// What stands in the column cannot be read.
    case malformed(column: String)
    /// The act that the row asks for is refused.
    case refused(DeliveryRefusal)
}

/// One column of a row that says something else than what stands.
public struct DeliveryDifference: Sendable, Hashable {
    /// The name of the column.
    public let column: String
    /// What stands now, and what the file says; empty for nothing.
    public let before: String, after: String
}

/// What a row of a file would do.
public struct DeliveryRowReport: Sendable, Hashable {
    /// The line of the file.
    public let line: Int
    /// The handle that stands there.
    public let handle: String
    /// What would change; empty when nothing does.
    public let differences: [DeliveryDifference]
    /// Why nothing can be done; nil when it can.
    public let problem: DeliveryRowProblem?
}

/// Why a file as a whole is not read.
public enum DeliveryFileRefusal: Error, Sendable, Hashable {
    case empty, tooLong
    /// The file cannot be cut into rows from that line on.
    case unreadable(line: Int)
    /// A column that every file of this kind has is missing.
    case columnMissing(String)
    /// Some rows cannot be done, and a file is done whole or not at all.
    case rowsWrong
    /// The report would be another one by now; it is to be read again.
    case reportChanged
    /// It was applied already.
    case appliedAlready
}

/// A file cut into rows whose columns are found by their names, in any order.
struct NamedRows {
    let rows: [CSVRow]
    private let places: [String: Int]

    init(_ bytes: [UInt8], columns: [String]) throws(DeliveryFileRefusal) {
        let all: [CSVRow]
        do throws(CSVFault) {
            all = try CSVParser.rows(of: bytes, limits: CSVParser.Limits(file: 1 << 21, row: 1 << 16, fields: 60))
        } catch {
            switch error {
            case .rowTooLong(let line, _), .tooManyFields(let line, _), .unclosedQuote(let line):
                throw .unreadable(line: line)
            case .fileTooLong: throw .tooLong
            case .utf16: throw .unreadable(line: 1)
            }
        }
        guard let head = all.first, all.count > 1 else { throw .empty }
        guard all.count <= 10_001 else { throw .tooLong }
        places = Dictionary(
            head.texts.enumerated().map { ($1.lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
        for column in columns where places[column] == nil { throw .columnMissing(column) }
        rows = Array(all.dropFirst())
    }

    /// The names of the columns that the file has.
    func has(_ column: String) -> Bool { places[column] != nil }

    /// What stands in a column of a row; the apostrophe goes with which a spreadsheet keeps text from being a formula.
    func text(_ column: String, _ row: CSVRow) -> String {
        guard let place = places[column] else { return "" }
        let text: String = row.text(place)
        guard text.first == "'", let second = text.dropFirst().first, "=+-@".contains(second) else { return text }
        return String(text.dropFirst())
    }
}
