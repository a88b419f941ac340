public import Foundation
import Postgres

/// A file handed in for the roll of a vote, and how far it has come.
public struct RollImport: Sendable {
    /// The steps of an import.
    public enum State: String, Sendable {
        /// The file is on its way.
        case receiving
        /// The agent says what each column means.
        case mapping
        /// The file is being read.
        case reading
        /// It has problems: nothing of it is kept but the file itself and their list.
        case refused
        /// It can be confirmed: its difference from the roll is known.
        case ready
        /// The difference is being written.
        case applying
        /// It has become a version.
        case confirmed
        /// An agent gave it up.
        case givenUp = "given_up"
    }

    /// Its identity, and the vote of the roll.
    public let id: ID<RollImport>, vote: ID<Vote>
    /// How far it has come.
    public let state: State
    /// What the browser says the file is called.
    public let name: String
    /// Its length.
    public let bytes: Int
    /// How its text is written; nil until it has come.
    public let format: CSVFormat?
    /// Its first row, and the rows after it.
    public let header: [String], sample: [[String]]
    /// What each column says.
    public let columns: [RollField?]
    /// How many bytes have been read.
    public let done: Int
    /// How many people it has, and how many problems.
    public let rows: Int, problems: Int
    /// What it would change; `kept` are people whom it leaves out and who have a mark; `minors` are people below the
    /// least age on the closing day.
    public let added: Int, changed: Int, removed: Int, kept: Int, minors: Int
    /// Rows that show the difference.
    public let difference: RollDifference
    /// The version that it was compared with, zero for none.
    public let basedOn: Int
    /// Who handed it in, nil for the command line, and when.
    public let begunBy: String?, begunAt: Date
    /// Whether work on it has stood still for so long that somebody should start it again.
    public let isStalled: Bool

    /// The part of the file that has been read, in hundredths.
    public var percent: Int { bytes == 0 ? 0 : min(100, done * 100 / bytes) }
}

/// Rows that show what an import changes, at most twenty of each kind.
public struct RollDifference: Codable, Sendable, Hashable {
    /// People as a file or a roll writes them.
    public struct Person: Codable, Sendable, Hashable {
        /// Empty where nothing is said.
        public let familyName: String, givenNames: String, birth: String, address: String, postcode: String,
            district: String, rollNumber: String, email: String

        /// The values in the order of the fields, the birth as one.
        public var values: [String] {
            [familyName, givenNames, birth, address, postcode, district, rollNumber, email]
        }
    }

    /// Somebody who stands otherwise in the file.
    public struct Change: Codable, Sendable, Hashable {
        /// On the roll, and in the file.
        public let before: Person, after: Person
    }

    /// New people.
    public var added: [Person] = []
    /// People of whom something changes.
    public var changed: [Change] = []
    /// People who leave the roll.
    public var removed: [Person] = []
    /// People who would leave it if they had no mark.
    public var kept: [Person] = []
}

extension RollImport {
    static let columns: SQL =
        """
        roll_import.id, roll_import.vote_id, roll_import.state, roll_import.name, roll_import.bytes,
        roll_import.separator, roll_import.encoding, roll_import.header, roll_import.sample::text AS sample,
        roll_import.columns, roll_import.done, roll_import.rows, roll_import.problems, roll_import.added,
        roll_import.changed, roll_import.removed, roll_import.kept, roll_import.minors,
        roll_import.difference::text AS difference, roll_import.based_on, roll_import.begun_at,
        roll_import.state IN ('receiving', 'reading', 'applying')
            AND roll_import.touched_at < now() - interval '30 seconds' AS is_stalled,
        (SELECT account.name FROM account WHERE account.id = roll_import.begun_by) AS begun_by_name
        """

    init(row: Row) throws {
        id = ID(try row.get("id", as: UUID.self))
        vote = ID(try row.get("vote_id", as: UUID.self))
        // The schema's check leaves no other state.
        state = State(rawValue: try row.get("state"))!
        name = try row.get("name")
        bytes = try row.get("bytes")
        let separator: String? = try row.get("separator")
        let encoding: String? = try row.get("encoding")
        format = separator?.utf8.first.map { separator in
            CSVFormat(separator: separator, encoding: encoding.flatMap { .init(rawValue: $0) } ?? .utf8)
        }
        header = try row.get("header")
        let decoder = JSONDecoder()
        sample = try decoder.decode([[String]].self, from: Data((try row.get("sample", as: String.self)).utf8))
        columns = try row.get("columns", as: [String].self).map { RollField(rawValue: $0) }
        done = try row.get("done")
        rows = try row.get("rows")
        problems = try row.get("problems")
        added = try row.get("added")
        changed = try row.get("changed")
        removed = try row.get("removed")
        kept = try row.get("kept")
        minors = try row.get("minors")
        let difference: String = try row.get("difference")
        self.difference =
            difference == "{}" ? RollDifference() : try decoder.decode(RollDifference.self, from: Data(difference.utf8))
        basedOn = try row.get("based_on")
        begunBy = try row.get("begun_by_name")
        begunAt = try row.get("begun_at")
        isStalled = try row.get("is_stalled")
    }
}
