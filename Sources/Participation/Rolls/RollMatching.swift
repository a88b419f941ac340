import Foundation
import Postgres

/// Somebody on the roll who may be the one that was meant.
public struct RollMatch: Sendable, Hashable {
    /// The entry.
    public let entry: RollEntry
    /// The fields that differ; none of an exact match.
    public let differing: [RollField]
    /// How alike the names are, in hundredths (trigrams).
    public let likeness: Int

    /// Whether every field that the definition names is the same.
    public var isExact: Bool { differing.isEmpty }

    /// The entry that matches exactly, when there is one and no second.
    static func only(_ matches: [RollMatch]) -> RollEntry? {
        let exact: [RollMatch] = matches.filter(\.isExact)
        return exact.count == 1 ? exact[0].entry : nil
    }
}

/// Finds what somebody typed on a roll: exactly, whatever the spelling, or nearly, for a person to judge.
struct RollMatching: Sendable {
    private let typed: [RollField: String]
    private let fields: [RollField]
    private let family: String, given: String
    private let birth: Day?
    private let year: Int?

    /// - Parameters:
    ///   - typed: the texts as they were typed.
    ///   - fields: those that the definition names.
    init(_ typed: [RollField: String], fields: [RollField]) {
        self.typed = typed
        self.fields = fields
        family = NameText.key(typed[.familyName] ?? "")
        given = NameText.key(typed[.givenNames] ?? "")
        birth = typed[.birthDate].flatMap { try? BirthDate.read($0).get() }
        year = birth?.year ?? typed[.birthYear].flatMap { Int($0) }
    }

    /// People who match, the closest first, at most twenty.
    ///
    /// They are looked for by equal names in either order, by the day of birth or the one with day and month swapped,
    /// by the year among alike names, by the number of the roll, and by the first letters of the family name: every
    /// way follows an index.
    func candidates(in vote: ID<Vote>, _ executor: some Executor) async throws -> [RollMatch] {
        let name: String = [family, given].filter { !$0.isEmpty }.joined(separator: " ")
        let rows: [Row] = try await executor.query(
            "roll.candidates",
            """
            SELECT \(sql: RollEntry.columns), likeness FROM (
                SELECT DISTINCT ON (found.id) found.*,
                       similarity(found.family_key || ' ' || found.given_key, \(name))::float8 AS likeness
                FROM (\(sql: ways(vote, name).joined(separator: " UNION ALL "))) AS found
                WHERE found.removed_at IS NULL
            ) AS roll_entry
            ORDER BY (roll_entry.birth_date IS NOT DISTINCT FROM \(birth?.description)::date) DESC,
                     (roll_entry.birth_year IS NOT DISTINCT FROM \(year)) DESC, likeness DESC, roll_entry.line
            LIMIT 500
            """)
        let matches: [RollMatch] = try rows.map { row in
            let entry = try RollEntry(row: row)
            return RollMatch(
                entry: entry, differing: fields.filter { !isSame($0, entry) },
                likeness: Int((try row.get("likeness", as: Double.self) * 100).rounded()))
        }
        let sorted: [RollMatch] = matches.sorted {
            ($0.differing.count, -$0.likeness, $0.entry.line) < ($1.differing.count, -$1.likeness, $1.entry.line)
        }
        return Array(sorted.prefix(20))
    }

    private func ways(_ vote: ID<Vote>, _ name: String) -> [SQL] {
        let all: SQL = "SELECT roll_entry.* FROM roll_entry WHERE roll_entry.vote_id = \(vote.uuid)"
        var ways: [SQL] = []
        for key in Set([family, given]) where !key.isEmpty {
            ways.append("(\(sql: all) AND family_key = \(key) LIMIT 5000)")
            let start = String(key.prefix(3))
            ways.append(
                """
                (\(sql: all) AND family_key ~>=~ \(start) AND family_key ~<~ \(start + "\u{10FFFF}")
                 AND similarity(family_key || ' ' || given_key, \(name)) > 0.4 LIMIT 500)
                """)
        }
        if let birth {
            let swapped: Day = Day(year: birth.year, month: birth.day, day: birth.month) ?? birth
            ways.append(
                """
                (\(sql: all) AND birth_year = \(birth.year)
                 AND birth_date IN (\(birth.description)::date, \(swapped.description)::date))
                """)
        }
        if let year {
            ways.append(
                """
                (\(sql: all) AND birth_year = \(year)
                 AND similarity(family_key || ' ' || given_key, \(name)) > 0.4 LIMIT 500)
                """)
        }
        if let number = typed[.rollNumber], !number.isEmpty {
            ways.append("(\(sql: all) AND identity = \(RollIdentity.ofNumber(number)))")
        }
        return ways.isEmpty ? ["(\(sql: all) AND false)"] : ways
    }

    /// Whether one field is the same, however it is spelled.
    private func isSame(_ field: RollField, _ entry: RollEntry) -> Bool {
        switch field {
        case .familyName: namesAreSame(entry).family
        case .givenNames: namesAreSame(entry).given
        case .birthDate: birth != nil && birth == entry.birthDate
        case .birthYear: year != nil && year == entry.birthYear
        case .address: key(.address) == NameText.key(entry.address)
        case .postcode: squeezed(.postcode) == NameText.squeezed(NameText.key(entry.postcode))
        case .rollNumber: squeezed(.rollNumber) == NameText.squeezed(NameText.key(entry.rollNumber))
        case .district, .email: true
        }
    }

    private func key(_ field: RollField) -> String { NameText.key(typed[field] ?? "") }

    private func squeezed(_ field: RollField) -> String { NameText.squeezed(key(field)) }

    /// Names in the order of the roll, or with family and given names swapped. One of several given names is enough.
    private func namesAreSame(_ entry: RollEntry) -> (family: Bool, given: Bool) {
        let entryFamily: String = NameText.key(entry.familyName)
        let entryGiven: String = NameText.key(entry.givenNames)
        let inOrder: (Bool, Bool) = (
            NameText.isSame(family, entryFamily), Self.given(given, isAmong: entryGiven)
        )
        let swapped: (Bool, Bool) = (
            NameText.isSame(given, entryFamily), Self.given(family, isAmong: entryGiven)
        )
        return swapped == (true, true) ? swapped : inOrder
    }

    static func given(_ typed: String, isAmong names: String) -> Bool {
        if NameText.isSame(typed, names) { return true }
        let words: Set<Substring> = Set(NameText.words(typed))
        return !words.isEmpty && words.isSubset(of: NameText.words(names))
    }
}
