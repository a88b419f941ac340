import Crypto
public import Foundation
public import Postgres

/// Who somebody says they are.
public struct DeclarationDraft: Sendable, Hashable {
    /// Both names.
    public var familyName: String, givenNames: String
    /// The year of birth as it was typed.
    public var birthYear: String
    /// An address in the city, or another tie to it: a workplace, a school.
    public var tie: String
    /// Where the link goes; empty at a desk.
    public var email: String

    /// A declaration as it was typed.
    public init(familyName: String, givenNames: String, birthYear: String, tie: String, email: String) {
        self.familyName = familyName
        self.givenNames = givenNames
        self.birthYear = birthYear
        self.tie = tie
        self.email = email
    }
}

/// Why a declaration is not accepted.
public enum DeclarationProblem: Hashable, Sendable {
    /// A field is empty, or holds more than 200 characters.
    case missing(Field), tooLong(Field)
    /// Not a year in which somebody alive was born.
    case badYear
    /// Not an address.
    case badEmail
    /// Younger than the vote asks.
    case tooYoung(least: Int)
    /// The same person was declared with another address.
    case alreadyDeclared

    /// The fields of a declaration.
    public enum Field: String, Sendable, CaseIterable {
        case familyName = "family_name"
        case givenNames = "given_names"
        case birthYear = "birth_year"
        case tie, email
    }
}

/// People who declare who they are, in votes that are open to whoever does.
///
/// A declaration counts once it is confirmed, by the link of a letter or by an officer. One person, by name, year of
/// birth and tie, is declared once in a vote. In a vote with a roll, whoever is on it by name and year of birth votes
/// as the person of the roll.
public struct Declarations: Sendable {
    /// How long the link of a letter works, in seconds.
    public static let linkLifetime: TimeInterval = 24 * 3600
    /// The roles that may declare somebody present.
    public static let officers: [Role] = [.pollingOfficer, .participationAgent, .returningOfficer]

    private let pool: Pool
    private let secrets: Secrets
    private let sessions: Sessions
    private let throttle: Throttle
    private let correspondent: any EligibilityCorrespondent

    /// The declarations kept in the database of `pool`; `correspondent` words the letters.
    public init(pool: Pool, secrets: Secrets, correspondent: any EligibilityCorrespondent) {
        self.pool = pool
        self.secrets = secrets
        sessions = Sessions(pool: pool, secrets: secrets)
        throttle = Throttle(pool: pool, secrets: secrets)
        self.correspondent = correspondent
    }

    /// Keeps a declaration and sends the link that confirms it.
    ///
    /// - Throws: `Refused<DeclarationProblem>`; `Throttle.TooMany`.
    func declare(_ draft: DeclarationDraft, in vote: Vote, from source: ProofSource) async throws -> Admission {
        let facts = try Facts(draft, vote: vote, needsEmail: true)
        guard let email = facts.email else { throw Refused(DeclarationProblem.badEmail) }
        try await throttle.count(.signUp(email, source.network))
        let token = Token()
        try await pool.transaction("declaration.declare") { transaction in
            let person: ID<Person> = try await person(facts, vote, transaction)
            try await transaction.execute(
                "declaration.insert",
                """
                INSERT INTO declaration
                    (id, vote_id, person_id, identity, name, birth_year, tie, email, language, token_hash, expires_at)
                VALUES (\(ID<DeclarationDraft>().uuid), \(vote.id.uuid), \(person.uuid), \(facts.identity(vote)),
                        \(facts.name), \(facts.birthYear)::int2, \(facts.tie), \(email.text), \(source.language),
                        \(hash(token)), now() + make_interval(secs => \(Self.linkLifetime)::float8))
                """)
            try await Outbox.enqueue(
                correspondent.letter(.vote(token), about: vote, in: source.language), kind: "confirm_declaration",
                to: email, in: source.language, within: transaction)
        }
        return .letterSent(to: email.text)
    }

    /// Confirms the declaration that the link belongs to and opens a session; nil when there is none.
    ///
    /// - Throws: `Refused<DeclarationProblem>` when the same person was declared with another address.
    func confirm(_ token: Token, in vote: Vote) async throws -> Token? {
        try await pool.transaction("declaration.confirm") { transaction in
            let row: Row? = try await transaction.one(
                "declaration.find",
                """
                SELECT id, person_id, identity, email FROM declaration
                WHERE token_hash = \(hash(token)) AND vote_id = \(vote.id.uuid) AND expires_at > now()
                FOR UPDATE
                """)
            guard let row else { return nil }
            let id: UUID = try row.get("id")
            let known: Row? = try await confirmed(try row.get("identity"), vote, transaction)
            var person: UUID = try row.get("person_id")
            if let known {
                guard try known.get("email", as: String?.self) == row.get("email", as: String?.self) else {
                    throw Refused(DeclarationProblem.alreadyDeclared)
                }
                person = try known.get("person_id")
                try await transaction.execute("declaration.again", "DELETE FROM declaration WHERE id = \(id)")
            } else {
                try await transaction.execute(
                    "declaration.confirmed",
                    "UPDATE declaration SET confirmed_at = now(), token_hash = NULL WHERE id = \(id)")
            }
            return try await sessions.beginVoting(
                person: ID(person), vote: vote.id, method: .declaration, device: "", in: transaction)
        }
    }

    /// Declares somebody who is present, before an officer who has seen who they are. Whoever is declared already is
    /// the same person again.
    ///
    /// - Returns: whom to mark, or to open a kiosk for.
    /// - Throws: `Ballots.Refusal.notEligible` unless the vote takes declarations or people in person;
    ///   `Refused<DeclarationProblem>`; `NotAllowed`.
    public func declare(
        present draft: DeclarationDraft, in vote: Vote, language: Language, by officer: Actor
    ) async throws -> ID<Person> {
        guard !Set(vote.settings.eligibility).isDisjoint(with: ["declaration", "desk"]) else {
            throw Ballots.Refusal.notEligible
        }
        let facts = try Facts(draft, vote: vote, needsEmail: false)
        return try await pool.transaction("declaration.present") { transaction in
            try await Authority.require(
                Self.officers, of: officer, process: vote.process, vote: vote.id, in: transaction)
            if let known = try await confirmed(facts.identity(vote), vote, transaction) {
                return ID(try known.get("person_id", as: UUID.self))
            }
            let person: ID<Person> = try await person(facts, vote, transaction)
            let id = ID<DeclarationDraft>()
            let made: Row? = try await transaction.one(
                "declaration.insert_present",
                """
                INSERT INTO declaration (id, vote_id, person_id, identity, name, birth_year, tie, email, language,
                                         confirmed_at, confirmed_by)
                VALUES (\(id.uuid), \(vote.id.uuid), \(person.uuid), \(facts.identity(vote)), \(facts.name),
                        \(facts.birthYear)::int2, \(facts.tie), \(facts.email?.text), \(language), now(),
                        \(officer.account))
                ON CONFLICT (vote_id, identity) WHERE confirmed_at IS NOT NULL DO NOTHING
                RETURNING person_id
                """)
            try await Acts.record("person_declared", by: officer, on: "declaration", id, in: transaction)
            if let made { return ID(try made.get("person_id", as: UUID.self)) }
            let winner: Row? = try await confirmed(facts.identity(vote), vote, transaction)
            return try winner.map { ID(try $0.get("person_id", as: UUID.self)) } ?? person
        }
    }

    // MARK: Parts of an act

    private func confirmed(_ identity: [UInt8], _ vote: Vote, _ transaction: some Executor) async throws -> Row? {
        try await transaction.one(
            "declaration.known",
            """
            SELECT person_id, email FROM declaration
            WHERE vote_id = \(vote.id.uuid) AND identity = \(identity) AND confirmed_at IS NOT NULL
            """)
    }

    /// The person of the roll with this name and year of birth, when there is one and only one; else a new one.
    private func person(_ facts: Facts, _ vote: Vote, _ transaction: some Executor) async throws -> ID<Person> {
        if vote.settings.eligibility.contains("roll") {
            let typed: [RollField: String] = [
                .familyName: facts.familyName, .givenNames: facts.givenNames, .birthYear: String(facts.birthYear),
            ]
            let matching = RollMatching(typed, fields: [.familyName, .givenNames, .birthYear])
            if let entry = RollMatch.only(try await matching.candidates(in: vote.id, transaction)) {
                return entry.person
            }
        }
        let person = ID<Person>()
        try await transaction.execute("declaration.person", "INSERT INTO person (id) VALUES (\(person.uuid))")
        return person
    }

    private func hash(_ token: Token) -> [UInt8] { token.hash(secrets, label: "declaration") }
}

/// A declaration that was checked.
private struct Facts {
    let familyName: String, givenNames: String
    let birthYear: Int
    let tie: String
    let email: EmailAddress?

    var name: String { "\(familyName) \(givenNames)" }

    init(_ draft: DeclarationDraft, vote: Vote, needsEmail: Bool) throws {
        familyName = draft.familyName
        givenNames = draft.givenNames
        tie = draft.tie
        email = EmailAddress(draft.email)
        var problems: [DeclarationProblem] = []
        let texts: [(DeclarationProblem.Field, String)] = [
            (.familyName, draft.familyName), (.givenNames, draft.givenNames), (.tie, draft.tie),
        ]
        for (field, text) in texts {
            if NameText.key(text).isEmpty { problems.append(.missing(field)) }
            if text.count > 200 { problems.append(.tooLong(field)) }
        }
        let closing: Int = Day(of: vote.settings.closes).year
        if let year = Int(draft.birthYear), draft.birthYear.count == 4, (closing - 130...closing).contains(year) {
            birthYear = year
            if closing - year < vote.settings.minimumAge { problems.append(.tooYoung(least: vote.settings.minimumAge)) }
        } else {
            birthYear = 0
            problems.append(draft.birthYear.isEmpty ? .missing(.birthYear) : .badYear)
        }
        if email == nil, needsEmail || !draft.email.isEmpty {
            problems.append(draft.email.isEmpty ? .missing(.email) : .badEmail)
        }
        guard problems.isEmpty else { throw Refused(reasons: problems) }
    }

    /// What makes two declarations the same person: the words of the name in any order, the year, and the tie.
    func identity(_ vote: Vote) -> [UInt8] {
        let words: String = NameText.words(NameText.key(name)).sorted().joined(separator: " ")
        return Array(SHA256.hash(data: Array("\(vote.id)\0\(words)\0\(birthYear)\0\(NameText.key(tie))".utf8)))
    }
}
