public import Foundation
import Postgres

/// A file of proposals from another platform, on its way into a process.
public struct ProposalImport: Sendable {
    /// How far it has come.
    public enum State: String, Sendable {
        /// Its columns are to be named.
        case mapping
        /// It has been read as a whole; what would be written is known.
        case tried
        case writing, written
        case givenUp = "given_up"
    }

    /// What a column may hold.
    public enum Field: String, Sendable, CaseIterable {
        /// By what the other platform calls the proposal: a row that comes again is recognised by it.
        case reference
        case title, body, theme, district, place, latitude, longitude, cost
        case author
        case publishedAt = "published_at"
        /// A row that says that the proposal was withdrawn is left out.
        case state
    }

    /// What is wrong with a row.
    public struct Problem: Sendable, Hashable {
        /// Why a row cannot be taken.
        public enum Reason: String, Sendable, CaseIterable {
            case fieldCount = "field_count"
            case textAfterQuote = "text_after_quote"
            case control
            case notText = "not_text"
            case missing
            case tooLong = "too_long"
            case unknown
            case notDegrees = "not_degrees"
            case notAmount = "not_amount"
            case notDate = "not_date"
            /// The same reference stands in an earlier row.
            case twice
        }

        /// The line of the file on which the row begins.
        public let line: Int
        /// The field; nil when the row as a whole is wrong.
        public let field: Field?
        /// Why.
        public let reason: Reason
        /// What was found, or how long it may be.
        public let argument: String

        init(_ line: Int, _ field: Field?, _ reason: Reason, _ argument: String = "") {
            self.line = line
            self.field = field
            self.reason = reason
            self.argument = argument
        }
    }

    /// Its identity.
    public let id: ID<ProposalImport>
    /// The process it goes into.
    public let process: ID<Process>
    /// The name of the file.
    public let name: String
    /// The first row, and the first answers below each of its fields.
    public let header: [String], sample: [[String]]
    /// What each column holds; nil for a column that is left out.
    public let columns: [Field?]
    /// The language in which the proposals are written.
    public let language: Language
    /// How far it has come.
    public let state: State
    /// Rows in all, new ones, those that are here already, and those that cannot be taken.
    public let rows: Int, fresh: Int, known: Int, wrong: Int
    /// New rows written so far.
    public let done: Int
    /// When it was handed in.
    public let begunAt: Date
    /// Whether writing has stopped without an end, and may be gone on with.
    public let isStalled: Bool

    static let columns: SQL = """
        proposal_import.id, proposal_import.process_id, proposal_import.name, proposal_import.header,
        proposal_import.sample::text AS sample, proposal_import.columns, proposal_import.language,
        proposal_import.state, proposal_import.rows, proposal_import.fresh, proposal_import.known,
        proposal_import.wrong, proposal_import.done, proposal_import.begun_at,
        proposal_import.state = 'writing' AND proposal_import.touched_at < now() - interval '30 seconds' AS is_stalled
        """

    init(row: Row) throws {
        id = try row.get("id")
        process = try row.get("process_id")
        name = try row.get("name")
        header = try row.get("header")
        sample = try JSONDecoder().decode([[String]].self, from: Data(try row.get("sample", as: String.self).utf8))
        columns = try row.get("columns", as: [String].self).map(Field.init(rawValue:))
        // The schema's checks leave no other words.
        language = Language(rawValue: try row.get("language"))!
        state = State(rawValue: try row.get("state"))!
        rows = Int(try row.get("rows", as: Int32.self))
        fresh = Int(try row.get("fresh", as: Int32.self))
        known = Int(try row.get("known", as: Int32.self))
        wrong = Int(try row.get("wrong", as: Int32.self))
        done = Int(try row.get("done", as: Int32.self))
        begunAt = try row.get("begun_at")
        isStalled = try row.get("is_stalled")
    }
}

/// Why a file of proposals is not taken.
public enum ProposalImportRefusal: Error, Hashable, Sendable {
    /// The process has no call for proposals.
    case noCall
    /// There is no row below the first one.
    case empty
    /// More bytes, rows or columns than can be taken.
    case tooLong, tooManyRows(most: Int), tooManyColumns(most: Int)
    /// UTF-16, which spreadsheets call “Unicode text”.
    case utf16
    /// A quotation mark opened on this line is never closed, or a row is too long.
    case broken(line: Int)
    /// No column holds this, without which nothing can be taken.
    case columnMissing(ProposalImport.Field)
    /// Two columns hold this.
    case columnTwice(ProposalImport.Field)
    /// There is no such file, or it is not at this step.
    case wrongStep
}
