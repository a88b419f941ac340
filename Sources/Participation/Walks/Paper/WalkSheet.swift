public import Foundation
import Postgres

/// A printed sheet of a walk: for one stop, or for what is seen between them.
public struct WalkSheet: Sendable {
    /// How it is printed.
    public enum Format: String, Sendable, CaseIterable {
        case a4, large
    }

    /// What has become of it.
    public enum State: String, Sendable, CaseIterable {
        /// It was handed out and has not come back.
        case issued
        case entered, lost
    }

    /// How many lines are printed on a sheet; whoever wrote more wrote them below or on the back.
    public static let printedLines = 6
    /// How many lines of a sheet can be entered.
    public static let mostLines = 99

    /// Its identity, and the walk that it belongs to.
    public let id: ID<WalkSheet>, walk: ID<Walk>
    /// What stands on it.
    public let number: SheetNumber
    /// The stop that it was printed for; nil for what is seen between the stops.
    public let stop: ID<Stop>?
    /// The number of that stop.
    public let stopNumber: Int?
    /// The language and the size that it is printed in.
    public let language: Language, format: Format
    /// When it was given its number.
    public let issuedAt: Date
    /// When it was found to be missing.
    public let lostAt: Date?
    /// When its lines were entered, and by whom; nobody is named once the account is closed.
    public let enteredAt: Date?, enteredBy: String?
    /// How many lines of it are entered, and how many of these somebody has read since.
    public let lines: Int, readLines: Int
    /// How many pictures of it there are.
    public let scans: Int

    /// What has become of it.
    public var state: State {
        lostAt != nil ? .lost : enteredAt != nil ? .entered : .issued
    }

    /// What `init(row:)` reads, of ``tables``.
    static let columns: SQL = """
        walk_sheet.id, walk_sheet.walk_id, walk_sheet.number, walk_sheet.stop_id, stop.number AS stop_number,
        walk_sheet.language, walk_sheet.format, walk_sheet.issued_at, walk_sheet.lost_at, walk_sheet.entered_at,
        account.name AS entered_by,
        (SELECT count(*) FROM observation
         WHERE observation.walk_id = walk_sheet.walk_id AND observation.sheet = walk_sheet.serial) AS lines,
        (SELECT count(*) FROM observation
         WHERE observation.walk_id = walk_sheet.walk_id AND observation.sheet = walk_sheet.serial
           AND observation.state <> 'received') AS read_lines,
        (SELECT count(*) FROM walk_sheet_scan WHERE walk_sheet_scan.sheet_id = walk_sheet.id) AS scans
        """
    static let tables: SQL = """
        walk_sheet LEFT JOIN stop ON stop.id = walk_sheet.stop_id
        LEFT JOIN account ON account.id = walk_sheet.entered_by
        """

    init(row: Row) throws {
        id = try row.get("id")
        walk = try row.get("walk_id")
        // The schema's checks leave no other numbers and words.
        number = SheetNumber(Int(try row.get("number", as: Int32.self)))!
        stop = try row.get("stop_id", as: UUID?.self).map { ID($0) }
        stopNumber = try row.get("stop_number", as: Int32?.self).map(Int.init)
        language = Language(rawValue: try row.get("language"))!
        format = Format(rawValue: try row.get("format"))!
        issuedAt = try row.get("issued_at")
        lostAt = try row.get("lost_at")
        enteredAt = try row.get("entered_at")
        enteredBy = try row.get("entered_by")
        lines = Int(try row.get("lines", as: Int64.self))
        readLines = Int(try row.get("read_lines", as: Int64.self))
        scans = Int(try row.get("scans", as: Int64.self))
    }
}

/// What stands in one line of a sheet.
public struct SheetLine: Sendable, Hashable {
    /// Its number on the sheet.
    public var line: Int
    /// The theme, the kind and the feeling that are marked.
    public var theme: ID<WalkTheme>?, kind: Observation.Kind?, feeling: Observation.Feeling?
    /// Who is marked as concerned.
    public var concerned: [Concerned]
    /// Where it is, on a sheet for what is seen between the stops.
    public var place: String
    /// What is written.
    public var words: String

    /// A line as it was read.
    public init(
        line: Int, theme: ID<WalkTheme>? = nil, kind: Observation.Kind? = nil, feeling: Observation.Feeling? = nil,
        concerned: [Concerned] = [], place: String = "", words: String = ""
    ) {
        self.line = line
        self.theme = theme
        self.kind = kind
        self.feeling = feeling
        self.concerned = concerned
        self.place = place
        self.words = words
    }
}

/// Everything that is entered of a sheet; without lines, nothing is written on it.
public struct SheetEntry: Sendable, Hashable {
    /// Its lines.
    public var lines: [SheetLine]
    /// The language that it is written in.
    public var language: Language
    /// How it was noted, and by how many people together.
    public var manner: Observation.Manner, people: Int

    /// What is entered of a sheet.
    public init(
        lines: [SheetLine], language: Language, manner: Observation.Manner = .alone, people: Int = 1
    ) {
        self.lines = lines
        self.language = language
        self.manner = manner
        self.people = people
    }
}

/// A line that was entered, and whether somebody has read it since: then its page is where it is changed.
public struct EnteredLine: Sendable {
    /// What it says.
    public let line: SheetLine
    /// Where its observation stands, and under which number everybody reads it.
    public let state: Observation.State, number: Int?
}

/// A sheet with all that was entered of it.
public struct WalkSheetFile: Sendable {
    /// The sheet.
    public let sheet: WalkSheet
    /// Its lines in their order.
    public let lines: [EnteredLine]
    /// In which language it is written, and how it was noted; as printed and alone while nothing is entered.
    public let language: Language, manner: Observation.Manner, people: Int
    /// What was corrected, the latest first.
    public let changes: [WalkSheetChange]
    /// Pictures of it.
    public let scans: [Medium]
}

/// A correction of a line.
public struct WalkSheetChange: Sendable {
    /// The line, when it was corrected and by whom.
    public let line: Int, at: Date, by: String?
    /// What it was before, and what it said; nil where it had been forgotten, the words also where they were taken out.
    public let kind: Observation.Kind?, words: String?
}

/// Why a sheet is not issued, entered or corrected.
public enum WalkSheetRefusal: Error, Hashable, Sendable {
    /// From 1 to 100 copies at once, and 9,999 sheets of a walk in all.
    case copies, tooManySheets
    /// The walk's route has no such stop.
    case noSuchStop
    /// Its lines are entered already; it is lost; it is not entered yet.
    case alreadyEntered, lost, notEntered
    /// A line of this sheet is entered already, by somebody at the same time.
    case lineTwice
    /// Lines of it have been read by somebody since: what is published is not undone.
    case alreadyRead
    /// A sheet has 99 lines at most.
    case tooManyLines
    /// One to 200 people note together; alone or dictated it is one.
    case people
    /// Nothing says what the line is: a strength, a problem or an idea.
    case kindMissing(line: Int)
    /// The line has no words, or more than 2,000 characters.
    case wordsMissing(line: Int), wordsTooLong(line: Int)
    /// The line does not say where it is, or in more than 300 characters.
    case placeMissing(line: Int), placeTooLong(line: Int)
    /// The walk has no such theme.
    case noSuchTheme(line: Int)
    /// Somebody has read the line since: it is changed on its own page.
    case lineRead(line: Int)
    /// A sheet has four pictures at most.
    case tooManyScans
}
