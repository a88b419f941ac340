import Foundation
public import Postgres

/// Somebody whom an officer may mark, as a list of names shows them.
public struct FoundVoter: Sendable, Hashable {
    /// Whom the mark refers to.
    public let person: ID<Person>
    /// The number of the line on the printed list; nil for whoever is not on the roll.
    public let line: Int?
    /// Both names, the family's first where the roll tells them apart.
    public let name: String
    /// The day or the year of birth, as the roll has it; empty when it has none.
    public let birth: String
    /// What tells two people of one name apart.
    public let address: String
    /// The live mark.
    public let mark: Mark?
    fileprivate let entry: RollEntry?

    /// Whether the person reaches the least age of the vote. Whoever is not on the roll was asked when they declared.
    public func isOld(enough vote: Vote) -> Bool { entry?.isOld(enough: vote) ?? true }
}

/// Everybody who can vote at a place, found by a few letters of their names.
public struct Voters: Sendable {
    private let pool: Pool
    private let rolls: Rolls
    private let marks: Marks

    /// The voters of the database of `pool`, with the marks of `marks`.
    public init(pool: Pool, marks: Marks) {
        self.pool = pool
        rolls = Rolls(pool: pool)
        self.marks = marks
    }

    /// The people whose names begin with the words, the roll first; with a number, whoever is on that line.
    public func search(_ words: String, in vote: ID<Vote>, limit: Int = 9) async throws -> [FoundVoter] {
        guard words.contains(where: { $0.isLetter || $0.isNumber }) else { return [] }
        async let listed: [RollEntry] = rolls.search(words, in: vote, limit: limit)
        async let others: [Row] = unlisted(words, in: vote, limit: limit)
        let (entries, rows) = (try await listed, try await others)
        let people: [ID<Person>] =
            try entries.map(\.person) + rows.map { ID(try $0.get("person_id", as: UUID.self)) }
        let live: [ID<Person>: Mark] = try await marks.live(of: people, in: vote)
        let found: [FoundVoter] =
            entries.map { FoundVoter($0, mark: live[$0.person]) }
            + (try rows.map { row in
                let person: ID<Person> = ID(try row.get("person_id", as: UUID.self))
                return FoundVoter(
                    person: person, line: nil, name: try row.get("name"), birth: try row.get("birth"),
                    address: try row.get("tie"), mark: live[person], entry: nil)
            })
        return Array(found.prefix(limit))
    }

    /// One person, if an officer may mark them.
    public func find(_ person: ID<Person>, in vote: ID<Vote>) async throws -> FoundVoter? {
        guard try await Marks.isEligible(person, in: vote, in: pool) else { return nil }
        let mark: Mark? = try await marks.live(of: [person], in: vote)[person]
        if let entry = try await rolls.entry(of: person, in: vote) { return FoundVoter(entry, mark: mark) }
        let row: Row? = try await pool.one(
            "voter.unlisted",
            """
            SELECT name, birth_year::text AS birth, tie FROM declaration
            WHERE vote_id = \(vote.uuid) AND person_id = \(person.uuid) AND confirmed_at IS NOT NULL
            UNION ALL
            SELECT name, '', '' FROM account WHERE person_id = \(person.uuid) AND closed_at IS NULL
            LIMIT 1
            """)
        return FoundVoter(
            person: person, line: nil, name: try row?.get("name") ?? "", birth: try row?.get("birth") ?? "",
            address: try row?.get("tie") ?? "", mark: mark, entry: nil)
    }

    /// Declared people, and people whose account was opened at a desk. They are few: the roll has the others.
    private func unlisted(_ words: String, in vote: ID<Vote>, limit: Int) async throws -> [Row] {
        let patterns: [String] = words.split(whereSeparator: \.isWhitespace).prefix(8).map { word in
            "%" + word.filter { $0 != "%" && $0 != "_" && $0 != "\\" } + "%"
        }
        return try await pool.query(
            "voter.unlisted_by_name",
            """
            SELECT person_id, name, birth, tie FROM (
                SELECT person_id, name, birth_year::text AS birth, tie FROM declaration
                WHERE vote_id = \(vote.uuid) AND confirmed_at IS NOT NULL AND name ILIKE ALL (\(patterns)::text[])
                UNION ALL
                SELECT account.person_id, account.name, '', ''
                FROM assisted_act JOIN account ON account.id = assisted_act.account_id
                WHERE assisted_act.vote_id = \(vote.uuid) AND assisted_act.withdrawn_at IS NULL
                  AND account.closed_at IS NULL AND account.name ILIKE ALL (\(patterns)::text[])
                  AND EXISTS (SELECT FROM vote WHERE vote.id = \(vote.uuid) AND 'account' = ANY (vote.eligibility))
            ) AS unlisted
            ORDER BY name LIMIT \(limit)
            """)
    }
}

extension FoundVoter {
    init(_ entry: RollEntry, mark: Mark?) {
        person = entry.person
        line = entry.line
        name = entry.name
        birth = entry.birthDate.map { "\($0)" } ?? entry.birthYear.map { "\($0)" } ?? ""
        address = [entry.address, entry.district].filter { !$0.isEmpty }.joined(separator: ", ")
        self.mark = mark
        self.entry = entry
    }
}
