public import Foundation
import Postgres

/// So many sheets of a questionnaire, printed for a place such as a market or a town hall.
public struct SheetEdition: Sendable {
    /// How sheets are printed.
    public enum Format: String, Sendable, CaseIterable {
        case a4, large
    }

    /// Sheets that may be issued at once.
    public static let most = 5_000

    /// Its identity.
    public let id: ID<SheetEdition>
    /// The version that is asked.
    public let version: Int
    /// The language and the size that it is printed in.
    public let language: Language, format: Format
    /// Where its sheets are handed out.
    public let place: String
    /// The first and the last number.
    public let numbers: ClosedRange<Int>
    /// When its sheets were given their numbers.
    public let issuedAt: Date
    /// What has become of them.
    public let account: SheetAccount

    static let columns: SQL = """
        questionnaire_edition.id, questionnaire_edition.version, questionnaire_edition.language,
        questionnaire_edition.format, questionnaire_edition.place, questionnaire_edition.first_number,
        questionnaire_edition.last_number, questionnaire_edition.issued_at, questionnaire_edition.counted_back,
        counted.entered, counted.unused, counted.spoiled
        """
    static let tables: SQL = """
        questionnaire_edition CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE state = 'entered') AS entered,
                   count(*) FILTER (WHERE state = 'unused') AS unused,
                   count(*) FILTER (WHERE state = 'spoiled') AS spoiled
            FROM questionnaire_sheet WHERE questionnaire_sheet.edition_id = questionnaire_edition.id
        ) AS counted
        """

    init(row: Row) throws {
        id = try row.get("id")
        version = Int(try row.get("version", as: Int32.self))
        // The schema's checks leave no other words.
        language = Language(rawValue: try row.get("language"))!
        format = Format(rawValue: try row.get("format"))!
        place = try row.get("place")
        numbers = Int(try row.get("first_number", as: Int32.self))...Int(try row.get("last_number", as: Int32.self))
        issuedAt = try row.get("issued_at")
        account = SheetAccount(
            issued: numbers.count, counted: try row.get("counted_back", as: Int32?.self).map(Int.init),
            entered: Int(try row.get("entered", as: Int64.self)), unused: Int(try row.get("unused", as: Int64.self)),
            spoiled: Int(try row.get("spoiled", as: Int64.self)))
    }
}

/// What has become of the sheets of an edition, or of all: issued = returned + not returned, and
/// returned = entered + unused + spoiled + waiting.
public struct SheetAccount: Sendable, Hashable {
    /// How many were printed.
    public let issued: Int
    /// How many came back when somebody counted them; nil when nobody has.
    public let counted: Int?
    /// How many were entered, came back with nothing on them, or so that nobody can use them.
    public let entered: Int, unused: Int, spoiled: Int

    /// An account of so many sheets.
    public init(issued: Int, counted: Int? = nil, entered: Int, unused: Int, spoiled: Int) {
        self.issued = issued
        self.counted = counted
        self.entered = entered
        self.unused = unused
        self.spoiled = spoiled
    }

    private var handled: Int { entered + unused + spoiled }

    /// How many came back: as they were counted, and at least those that somebody has had in hand.
    public var returned: Int { max(counted ?? 0, handled) }
    /// How many came back and wait to be entered or set aside.
    public var waiting: Int { returned - handled }
    /// How many are still out.
    public var notReturned: Int { issued - returned }
    /// How many more were entered or set aside than were counted; not 0 where somebody miscounted.
    public var excess: Int { max(0, handled - (counted ?? handled)) }

    /// The account of two editions together.
    public static func + (left: SheetAccount, right: SheetAccount) -> SheetAccount {
        SheetAccount(
            issued: left.issued + right.issued, counted: left.returned + right.returned,
            entered: left.entered + right.entered, unused: left.unused + right.unused,
            spoiled: left.spoiled + right.spoiled)
    }
}

/// What is said on sheets and asked of those who enter them.
public struct PaperSettings: Sendable, Hashable {
    /// How many of a hundred sheets are read by two people.
    public var samplePercent: Int
    /// Where sheets are handed in.
    public var handIn: Texts
    /// The last day for it; nil for the last day of the collection.
    public var handInUntil: Day?

    /// Settings; without any, one sheet of ten is read twice.
    public init(samplePercent: Int = 10, handIn: Texts = Texts([:]), handInUntil: Day? = nil) {
        self.samplePercent = samplePercent
        self.handIn = handIn
        self.handInUntil = handInUntil
    }
}
