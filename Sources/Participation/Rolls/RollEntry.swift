public import Foundation
import Postgres
public import PublicRecord

/// A person on the roll of a vote.
public struct RollEntry: Sendable, Hashable {
    /// Its identity.
    public let id: ID<RollEntry>
    /// The vote the roll is for.
    public let vote: ID<Vote>
    /// Whom a mark refers to, whatever the channel and the account.
    public let person: ID<Person>
    /// The number of the line in printed lists.
    public let line: Int
    /// The names as the file writes them.
    public let familyName: String, givenNames: String
    /// The day of birth, and its year, which may be all that is known.
    public let birthDate: Day?, birthYear: Int?
    /// Empty where the file says nothing.
    public let address: String, postcode: String, district: String, rollNumber: String
    /// The address for letters by e-mail, empty for people without one. Never a reason to think two people the same.
    public let email: String
    /// The version of the roll that added or last changed the entry.
    public let version: Int
    /// When a later version left the person out; nil for whoever is on the roll.
    public let removedAt: Date?

    /// Both names, the family's first.
    public var name: String { givenNames.isEmpty ? familyName : "\(familyName) \(givenNames)" }
}

extension RollEntry {
    /// The columns that ``init(row:)`` reads.
    static let columns: SQL =
        """
        roll_entry.id, roll_entry.vote_id, roll_entry.person_id, roll_entry.version, roll_entry.line,
        roll_entry.family_name, roll_entry.given_names, roll_entry.birth_date::text AS birth_date,
        roll_entry.birth_year::int8 AS birth_year, roll_entry.address, roll_entry.postcode, roll_entry.district,
        roll_entry.roll_number, roll_entry.email, roll_entry.removed_at
        """

    /// Whether a `roll_entry` reaches the least age of its `vote` by the closing day: ``isOld(enough:)`` for queries.
    static let isOldEnough: SQL =
        """
        coalesce((roll_entry.birth_date + make_interval(years => vote.minimum_age))::date
                     <= (vote.closes_at AT TIME ZONE 'UTC')::date,
                 roll_entry.birth_year + vote.minimum_age <= extract(year FROM vote.closes_at AT TIME ZONE 'UTC'),
                 true)
        """

    init(row: Row) throws {
        id = ID(try row.get("id", as: UUID.self))
        vote = ID(try row.get("vote_id", as: UUID.self))
        person = ID(try row.get("person_id", as: UUID.self))
        line = try row.get("line")
        familyName = try row.get("family_name")
        givenNames = try row.get("given_names")
        birthDate = try row.get("birth_date", as: String?.self).flatMap { Day($0) }
        birthYear = try row.get("birth_year")
        address = try row.get("address")
        postcode = try row.get("postcode")
        district = try row.get("district")
        rollNumber = try row.get("roll_number")
        email = try row.get("email")
        version = try row.get("version")
        removedAt = try row.get("removed_at")
    }
}

/// A version of a roll that an agent confirmed.
public struct RollVersion: Sendable, Hashable {
    /// From 1 within the vote.
    public let number: Int
    /// How many people are on it.
    public let size: Int
    /// What it changed; `kept` are people whom the file leaves out and who stay, since they have a mark.
    public let added: Int, changed: Int, removed: Int, kept: Int
    /// What the file was called, and its SHA-256.
    public let fileName: String, fileHash: [UInt8]?
    /// When it was confirmed, and by whom; nil for the command line.
    public let confirmedAt: Date, confirmedBy: String?
}

/// The roll that stands in the public record.
public struct RollCommitment: Sendable, Hashable {
    /// The version it was made from.
    public let version: Int
    /// How many people it has.
    public let size: Int
    /// The Merkle root of their salted commitments.
    public let root: Hash
    /// When it was made.
    public let committedAt: Date
}
