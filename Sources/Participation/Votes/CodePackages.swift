public import Foundation
import Postgres

/// A package of voting codes, made at once and printed at once.
public struct CodePackage: Sendable, Hashable {
    /// Its identity.
    public let id: ID<CodePackage>
    /// From 1 within the vote.
    public let number: Int
    /// What it is for, in the words of whoever made it.
    public let label: String
    /// Whether its codes only try out letters and pages, and whether they belong to people of the roll.
    public let isTest: Bool, isOnRoll: Bool
    /// How many codes are in each state.
    public let issued: Int, used: Int, void: Int, test: Int
    /// When it was made, and by whom; nil for the command line.
    public let madeAt: Date, madeBy: String?
}

/// A code on its way to a letter: shown once.
public struct CodeLetter: Sendable, Hashable {
    /// The number within its package, by which it can be made void without being known.
    public let number: Int
    /// The code, written `XXXX-XXXX-XXXX`.
    public let code: String
    /// Whom the letter goes to; nil for a letter that is handed out.
    public let entry: RollEntry?
}

/// Why codes are not made, or not made void.
public enum CodeRefusal: Error, Hashable, Sendable {
    /// The number is outside its bounds.
    case outOfBounds(most: Int)
    /// In a vote with a roll every code belongs to somebody on it.
    case needsRoll
    /// The vote has no roll, or everybody on it has a code.
    case nobodyLeft
    /// There is no such package or number, or the code is void or a test already.
    case noSuchCode
    /// A void code needs a reason.
    case reasonMissing
    /// The vote is closed.
    case voteClosed
}

extension VotingCodes {
    /// The most codes of one package.
    public static let largestPackage = 100_000
    /// The roles that may make codes and make them void.
    public static let makers: [Role] = [.returningOfficer]

    /// Whom the codes of a package belong to.
    public enum Recipients: Sendable, Hashable {
        /// People about whom nothing is known: so many letters, handed out.
        case anybody(Int)
        /// So many people of the roll, in the order of the printed lines, who have no living code.
        case roll(Int)
        /// Nobody: so many codes to try out letters and pages. They open no session and are in no count.
        case test(Int)
    }

    /// A package as it was made: its number, and the letters with their codes, which cannot be shown again.
    public struct Issued: Sendable {
        /// The package's number in the vote.
        public let package: Int
        /// Its letters, each with its code.
        public let letters: [CodeLetter]
    }

    /// Makes a package of codes and returns it.
    ///
    /// - Throws: `CodeRefusal`; `NotAllowed` unless the actor is a returning officer of the vote or the operator.
    public func issue(
        _ label: String, for recipients: Recipients, in vote: ID<Vote>, by actor: Actor
    ) async throws -> Issued {
        let (most, isTest, isOnRoll): (Int, Bool, Bool) =
            switch recipients {
            case .anybody(let count): (count, false, false)
            case .roll(let count): (count, false, true)
            case .test(let count): (count, true, false)
            }
        guard (1...Self.largestPackage).contains(most) else {
            throw CodeRefusal.outOfBounds(most: Self.largestPackage)
        }
        return try await pool.transaction("code_package.issue") { transaction in
            let locked: Vote = try await Votes.lock(vote, by: actor, Self.makers, transaction)
            guard locked.closedAt == nil else { throw CodeRefusal.voteClosed }
            let hasRoll: Bool = locked.settings.eligibility.contains("roll")
            if hasRoll, case .anybody = recipients { throw CodeRefusal.needsRoll }
            let entries: [RollEntry] = isOnRoll ? try await withoutCode(vote, limit: most, transaction) : []
            if isOnRoll, entries.isEmpty { throw CodeRefusal.nobodyLeft }
            let count: Int = isOnRoll ? entries.count : most
            let package = ID<CodePackage>()
            let made: [Row] = try await transaction.query(
                "code_package.insert",
                """
                INSERT INTO code_package (id, vote_id, number, label, size, is_test, on_roll, made_by)
                SELECT \(package.uuid), \(vote.uuid), coalesce(max(number), 0) + 1, \(String(label.prefix(100))), \(count),
                       \(isTest), \(isOnRoll), \(actor.account)
                FROM code_package WHERE vote_id = \(vote.uuid)
                RETURNING number
                """)
            var codes: Set<String> = []
            while codes.count < count { codes.insert(Self.draw()) }
            let letters: [CodeLetter] = codes.enumerated().map { index, code in
                CodeLetter(number: index + 1, code: code, entry: isOnRoll ? entries[index] : nil)
            }
            for start in stride(from: 0, to: letters.count, by: 5000) {
                try await keep(
                    letters[start..<min(start + 5000, letters.count)], of: package, isTest: isTest, vote, transaction)
            }
            try await Acts.record(
                "voting_codes_issued", by: actor, on: "vote", vote, detail: ["count": String(count)], in: transaction)
            return Issued(package: Int(try made[0].get("number", as: Int32.self)), letters: letters)
        }
    }

    /// Makes codes for people about whom nothing is known, in one package; the list has no order.
    ///
    /// - Parameter count: 1 to 1,000,000.
    /// - Throws: `VoteRefusal.outOfBounds`; as ``issue(_:for:in:by:)``.
    public func issue(_ count: Int, for vote: ID<Vote>, by actor: Actor) async throws -> [String] {
        guard (1...1_000_000).contains(count) else { throw VoteRefusal.outOfBounds("count") }
        var codes: [String] = []
        while codes.count < count {
            let next: Int = min(Self.largestPackage, count - codes.count)
            do {
                codes += try await issue("", for: .anybody(next), in: vote, by: actor).letters.map(\.code)
            } catch CodeRefusal.voteClosed {
                throw VoteRefusal.deadlinePassed
            }
        }
        return codes
    }

    private func withoutCode(_ vote: ID<Vote>, limit: Int, _ transaction: some Executor) async throws -> [RollEntry] {
        try await transaction.query(
            "code_package.recipients",
            """
            SELECT \(sql: RollEntry.columns) FROM roll_entry JOIN vote ON vote.id = roll_entry.vote_id
            WHERE vote_id = \(vote.uuid) AND removed_at IS NULL AND \(sql: RollEntry.isOldEnough)
              AND NOT EXISTS (SELECT FROM voting_code
                              WHERE voting_code.person_id = roll_entry.person_id AND voting_code.voided_on IS NULL)
            ORDER BY line LIMIT \(limit)
            """
        ).map(RollEntry.init(row:))
    }

    private func keep(
        _ letters: ArraySlice<CodeLetter>, of package: ID<CodePackage>, isTest: Bool, _ vote: ID<Vote>,
        _ transaction: some Executor
    ) async throws {
        let people: [UUID] = letters.map { $0.entry?.person.uuid ?? ID<Person>().uuid }
        if letters.first?.entry == nil {
            try await transaction.execute(
                "voting_code.person", "INSERT INTO person (id) SELECT unnest(\(people)::uuid[])")
        }
        try await transaction.execute(
            "voting_code.insert",
            """
            INSERT INTO voting_code (id, vote_id, person_id, code_hash, package_id, number, is_test)
            SELECT code.id, \(vote.uuid), code.person, code.hash, \(package.uuid), code.number, \(isTest)
            FROM unnest(\(letters.map { _ in ID<VotingCodes>().uuid })::uuid[], \(people)::uuid[],
                        \(letters.map { hash($0.code, vote) })::bytea[], \(letters.map(\.number))::int[])
                 AS code (id, person, hash, number)
            """)
    }

    // MARK: What became of them

    /// The packages of a vote, the latest first.
    public func packages(of vote: ID<Vote>) async throws -> [CodePackage] {
        try await pool.query(
            "code_package.list",
            """
            SELECT code_package.id, code_package.number, code_package.label, code_package.is_test,
                   code_package.on_roll, code_package.made_at, account.name AS made_by_name,
                   count(*) FILTER (WHERE voided_on IS NULL AND used_on IS NULL AND NOT voting_code.is_test) AS issued,
                   count(*) FILTER (WHERE voided_on IS NULL AND used_on IS NOT NULL) AS used,
                   count(*) FILTER (WHERE voided_on IS NOT NULL) AS void,
                   count(*) FILTER (WHERE voided_on IS NULL AND voting_code.is_test) AS test
            FROM code_package
            JOIN voting_code ON voting_code.package_id = code_package.id
            LEFT JOIN account ON account.id = code_package.made_by
            WHERE code_package.vote_id = \(vote.uuid)
            GROUP BY code_package.id, account.name
            ORDER BY code_package.number DESC
            """
        ).map(CodePackage.init(row:))
    }

    /// Makes one code of a package void, or all those that were never used.
    ///
    /// - Parameters:
    ///   - number: of the code within its package; nil for all that are issued.
    ///   - reason: why, for the register.
    /// - Returns: how many codes became void.
    /// - Throws: `CodeRefusal`; `NotAllowed`.
    @discardableResult
    public func void(
        _ number: Int?, of package: Int, because reason: String, in vote: ID<Vote>, by actor: Actor
    ) async throws -> Int {
        guard !reason.isEmpty, reason.count <= 200 else { throw CodeRefusal.reasonMissing }
        return try await pool.transaction("voting_code.void") { transaction in
            let locked: Vote = try await Votes.lock(vote, by: actor, Self.makers, transaction)
            guard locked.closedAt == nil else { throw CodeRefusal.voteClosed }
            let rows: [Row] = try await transaction.query(
                "voting_code.make_void",
                """
                UPDATE voting_code SET voided_on = current_date, voided_because = \(reason)
                FROM code_package
                WHERE code_package.vote_id = \(vote.uuid) AND code_package.number = \(package)
                  AND voting_code.package_id = code_package.id AND voting_code.voided_on IS NULL
                  AND (voting_code.number = \(number) OR \(number)::int8 IS NULL AND voting_code.used_on IS NULL)
                RETURNING voting_code.person_id
                """)
            guard !rows.isEmpty else { throw CodeRefusal.noSuchCode }
            let people: [UUID] = try rows.map { try $0.get("person_id") }
            try await transaction.execute(
                "voting_code.sign_out",
                "DELETE FROM session WHERE vote_id = \(vote.uuid) AND person_id = ANY (\(people)) AND method = 'code'")
            try await Acts.record(
                "voting_codes_voided", by: actor, on: "vote", vote,
                detail: ["package": String(package), "count": String(rows.count)], in: transaction)
            return rows.count
        }
    }
}

extension CodePackage {
    init(row: Row) throws {
        id = ID(try row.get("id", as: UUID.self))
        number = try row.get("number")
        label = try row.get("label")
        isTest = try row.get("is_test")
        isOnRoll = try row.get("on_roll")
        issued = try row.get("issued")
        used = try row.get("used")
        void = try row.get("void")
        test = try row.get("test")
        madeAt = try row.get("made_at")
        madeBy = try row.get("made_by_name")
    }
}
