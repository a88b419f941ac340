import Foundation
public import Postgres
import PublicRecord

/// Lines ticked on the printed list of a place without a network, typed in afterwards.
///
/// The papers are in the box already: nothing here can take one out. Where the person has another mark that stands, an
/// officer says for each line whether a paper was really given; if so, the box holds one paper more than there are
/// marks, and the account of the place says so.
public struct ListImports: Sendable {
    private let pool: Pool
    private let marks: Marks

    /// Lines kept in the database of `pool`; `marks` applies the policy.
    public init(pool: Pool, marks: Marks) {
        self.pool = pool
        self.marks = marks
    }

    /// Why the lines are not taken; nothing is stored then.
    public enum Refusal: Error, Hashable, Sendable {
        /// No line was given.
        case empty
        /// This is not a number, nor two with a hyphen between them; the argument says what was read.
        case unreadable(String)
        /// The list of the vote has no such lines; at most twenty are named.
        case unknownLines([Int])
        /// The vote takes nothing more: not opened, or closed.
        case voteNotOpen
        /// The line does not wait for anybody any more.
        case settled
    }

    /// What came of an import.
    public struct Outcome: Sendable, Hashable {
        /// Lines marked without more ado.
        public let marked: Int
        /// Lines that wait for an officer.
        public let conflicts: Int
        /// Lines imported for this place before, left as they are.
        public let repeated: Int
    }

    /// A line that waits for an officer.
    public struct Conflict: Sendable, Hashable {
        /// The number on the printed list.
        public let line: Int
        /// The person's names on the roll, the family's first.
        public let name: String
        /// The mark that stands; nil when it has been annulled in the meantime.
        public let mark: Mark?
        /// What the policy does when the paper was given: the other mark is annulled, or it stands.
        public let paperPrevails: Bool
    }

    /// How an officer settles a line.
    public enum Settlement: String, Sendable, Hashable {
        /// A paper was given and lies in the box: the policy is applied.
        case given
        /// The line was ticked by mistake: no paper was given.
        case mistaken
    }

    /// Marks everybody whose line is given, all or nobody; those marked elsewhere wait to be settled.
    ///
    /// - Throws: `Refusal`; `MarkRefusal.noPaper`; `PlaceRefusal.notOnDuty`; `NotAllowed`.
    public func importLines(_ lines: LineNumbers, at place: ID<Place>, by actor: Actor) async throws -> Outcome {
        guard !lines.numbers.isEmpty else { throw Refusal.empty }
        return try await pool.transaction("list.import") { transaction in
            let duty: Duty = try await enter(place, actor, transaction)
            let people: [UUID] = try await find(lines, duty, in: transaction)
            let added: [UUID] = try await transaction.query(
                "list.add",
                """
                INSERT INTO list_line (place_id, line, vote_id, person_id, imported_by)
                SELECT \(place), given.line, \(duty.vote), given.person, \(actor.account)
                FROM unnest(\(lines.numbers)::int[], \(people)::uuid[]) AS given (line, person)
                ON CONFLICT ON CONSTRAINT list_line_pk DO NOTHING
                RETURNING person_id
                """
            ).map { try $0.get("person_id") }
            let marked: [UUID] = try await marks.papers(for: added, duty, in: transaction)
            try await transaction.execute(
                "list.marked",
                """
                UPDATE list_line
                SET outcome = 'marked', settled_at = clock_timestamp(), settled_by = \(actor.account)
                WHERE place_id = \(place) AND person_id = ANY (\(marked)::uuid[])
                """)
            try await Acts.record(
                "list_imported", by: actor, on: "place", place,
                detail: ["place": duty.handle, "marked": String(marked.count)], in: transaction)
            return Outcome(
                marked: marked.count, conflicts: added.count - marked.count, repeated: people.count - added.count)
        }
    }

    /// The lines of a place that wait, in order.
    public func conflicts(at place: ID<Place>) async throws -> [Conflict] {
        let rows: [Row] = try await pool.query(
            "list.conflicts",
            """
            SELECT list_line.line, roll_entry.family_name, roll_entry.given_names, vote.policy, list_line.person_id,
                   list_line.vote_id
            FROM list_line
            JOIN vote ON vote.id = list_line.vote_id
            JOIN roll_entry ON roll_entry.vote_id = list_line.vote_id AND roll_entry.person_id = list_line.person_id
            WHERE list_line.place_id = \(place) AND list_line.outcome IS NULL
            ORDER BY list_line.line LIMIT 500
            """)
        guard let first = rows.first else { return [] }
        let people: [ID<Person>] = try rows.map { ID(try $0.get("person_id", as: UUID.self)) }
        let live: [ID<Person>: Mark] = try await marks.live(
            of: people, in: ID(try first.get("vote_id", as: UUID.self)))
        return try zip(rows, people).map { row, person in
            let mark: Mark? = live[person]
            let policy: String = try row.get("policy")
            let names: [String] = [try row.get("family_name"), try row.get("given_names")]
            return Conflict(
                line: try row.get("line"), name: names.filter { !$0.isEmpty }.joined(separator: " "), mark: mark,
                paperPrevails: mark == nil || policy == "paper_prevails" && mark?.channel != .paper)
        }
    }

    /// Settles one line. Where a paper was given, the policy decides: the other mark is annulled, or it stands and the
    /// box holds a paper without a mark.
    ///
    /// - Returns: the outcome as the table keeps it: `marked`, `other_annulled`, `without_mark`, `mistaken`.
    /// - Throws: `Refusal.settled`, `.voteNotOpen`; `PlaceRefusal.notOnDuty`; `NotAllowed`.
    @discardableResult
    public func settle(
        _ line: Int, _ settlement: Settlement, at place: ID<Place>, by actor: Actor
    ) async throws -> String {
        try await pool.transaction("list.settle") { transaction in
            let duty: Duty = try await enter(place, actor, transaction)
            let row: Row? = try await transaction.one(
                "list.held",
                """
                SELECT person_id FROM list_line
                WHERE place_id = \(place) AND line = \(line) AND outcome IS NULL FOR UPDATE
                """)
            guard let row else { throw Refusal.settled }
            var outcome = "mistaken"
            if settlement == .given {
                do {
                    let person: ID<Person> = ID(try row.get("person_id", as: UUID.self))
                    let made: Marks.Made = try await marks.paper(for: person, duty, by: actor, in: transaction)
                    outcome = made.replaced == nil ? "marked" : "other_annulled"
                } catch MarkRefusal.marked, MarkRefusal.notEligible {
                    outcome = "without_mark"
                }
            }
            try await settle(line, duty, outcome, by: actor, in: transaction)
            try await Acts.record(
                "list_line_settled", by: actor, on: "place", place,
                detail: ["place": duty.handle, "line": String(line), "outcome": outcome], in: transaction)
            return outcome
        }
    }

    // MARK: Parts

    /// The lists of a day are typed in after it, until the vote is closed.
    private func enter(_ place: ID<Place>, _ actor: Actor, _ transaction: Transaction) async throws -> Duty {
        let duty: Duty = try await .take(at: place, by: actor, shifts: .any, in: transaction)
        guard duty.isOpened, duty.hasBegun, !duty.isClosed else { throw Refusal.voteNotOpen }
        guard duty.channels.contains("paper") else { throw MarkRefusal.noPaper }
        return duty
    }

    /// The people of the lines, in the order of the lines.
    private func find(_ lines: LineNumbers, _ duty: Duty, in transaction: Transaction) async throws -> [UUID] {
        let rows: [Row] = try await transaction.query(
            "list.people",
            """
            SELECT line, person_id FROM roll_entry
            WHERE vote_id = \(duty.vote) AND line = ANY (\(lines.numbers)::int[]) AND removed_at IS NULL
            ORDER BY line
            """)
        let known: Set<Int> = try Set(rows.map { try $0.get("line", as: Int.self) })
        let unknown: [Int] = lines.numbers.filter { !known.contains($0) }
        guard unknown.isEmpty else { throw Refusal.unknownLines(Array(unknown.prefix(20))) }
        return try rows.map { try $0.get("person_id") }
    }

    private func settle(
        _ line: Int, _ duty: Duty, _ outcome: String, by actor: Actor, in transaction: Transaction
    ) async throws {
        try await transaction.execute(
            "list.outcome",
            """
            UPDATE list_line
            SET outcome = \(outcome), settled_at = clock_timestamp(), settled_by = \(actor.account)
            WHERE place_id = \(duty.place) AND line = \(line)
            """)
    }
}

/// Numbers of lines as an officer types them: `3, 12, 40-42`, one or several on a line, or a column of a CSV file.
public struct LineNumbers: Sendable, Hashable {
    /// The numbers, each once, in order.
    public let numbers: [Int]

    /// No list is longer.
    public static let most = 20_000

    /// Reads numbers and ranges between commas, semicolons, blanks and line breaks; a first line of words, as a
    /// spreadsheet puts above a column, is passed over. Nothing is guessed.
    ///
    /// - Throws: `ListImports.Refusal.unreadable` with the part that is neither a number nor a range.
    public init(_ text: String) throws(ListImports.Refusal) {
        var found: Set<Int> = []
        let body: Substring = Self.withoutHeading(text)
        for part in body.split(whereSeparator: { $0.isWhitespace || $0 == "," || $0 == ";" || $0 == "\"" }) {
            let ends: [Substring] = part.replacing("–", with: "-").split(
                separator: "-", omittingEmptySubsequences: false)
            let numbers: [Int] = ends.compactMap { $0.allSatisfy(\.isASCII) ? Int($0) : nil }
            guard numbers.count == ends.count, (1...2).contains(numbers.count),
                let first = numbers.first, let last = numbers.last, first >= 1, last >= first,
                last - first < Self.most, found.count + last - first < Self.most
            else { throw .unreadable(String(part.prefix(40))) }
            found.formUnion(first...last)
        }
        numbers = found.sorted()
    }

    private static func withoutHeading(_ text: String) -> Substring {
        let first: Substring = text.prefix { !$0.isNewline }
        let rest: Substring = text.dropFirst(first.count)
        // Words alone head nothing: they are a mistake to be told.
        let isHeading: Bool =
            first.contains(where: \.isLetter) && !first.contains(where: \.isNumber)
            && rest.contains(where: \.isNumber)
        return isHeading ? rest : text[...]
    }
}
