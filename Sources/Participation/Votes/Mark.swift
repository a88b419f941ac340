public import Foundation
import Postgres
public import PublicRecord

/// A mark on the roll: this person votes, by this channel, at this place.
public struct Mark: Sendable, Hashable {
    /// Its identity.
    public let id: ID<Mark>
    /// Who is marked.
    public let person: ID<Person>
    /// How they vote.
    public let channel: Channel
    /// The place and its name; nil online.
    public let placeID: ID<Place>?, place: Texts?
    /// When it was made.
    public let made: Date
    /// When and why it was annulled; nil while it stands.
    public let annulled: Annulment?

    /// The end of a mark.
    public struct Annulment: Sendable, Hashable {
        /// When.
        public let at: Date
        /// A reason of the definition.
        public let reason: String
    }

    /// A mark as the database tells it.
    public init(
        id: ID<Mark>, person: ID<Person>, channel: Channel, placeID: ID<Place>?, place: Texts?, made: Date,
        annulled: Annulment?
    ) {
        self.id = id
        self.person = person
        self.channel = channel
        self.placeID = placeID
        self.place = place
        self.made = made
        self.annulled = annulled
    }
}

/// Why a mark is annulled; the codes of the definition.
public enum AnnulmentReason: String, Sendable, Hashable, CaseIterable {
    /// It should not have been made: another person was meant, no paper left the officer's hands.
    case error
    /// The policy let the ballot of another channel prevail.
    case otherChannel = "other_channel"
    /// The person gave the paper back before it was in the box.
    case withdrawn
}

/// Why a person is not marked on paper, or a mark not annulled.
public enum MarkRefusal: Error, Hashable, Sendable {
    /// The vote has not been opened, or its first minute has not come.
    case notYetOpen
    /// The last minute has passed, or the vote has been closed.
    case closed
    /// The vote takes no papers.
    case noPaper
    /// The person is not on the roll, declared, or a holder of a code of this vote.
    case notEligible
    /// The person is marked, and the mark stands: it was made on paper, or the policy lets it prevail.
    case marked(Mark)
    /// The mark was made at another place, or is not on paper, or has been annulled already.
    case notHere
    /// The paper has been separated from its envelope and lies in the box with others.
    case inTheBox
}

extension Mark {
    /// The columns that ``init(row:)`` reads, and the tables they come from.
    static let selection: SQL = """
        SELECT mark.id, mark.person_id, mark.channel, mark.place_id, place.name::text AS place_name, mark.made_at,
               mark.annulled_at, mark.annulled_because
        FROM mark LEFT JOIN place ON place.id = mark.place_id
        """

    init(row: Row) throws {
        id = ID(try row.get("id", as: UUID.self))
        person = ID(try row.get("person_id", as: UUID.self))
        channel = Channel(rawValue: try row.get("channel")) ?? .online
        placeID = try row.get("place_id", as: UUID?.self).map { ID($0) }
        place = try row.get("place_name", as: String?.self).map(Texts.init(json:))
        made = try row.get("made_at")
        let reason: String? = try row.get("annulled_because")
        annulled =
            if let at = try row.get("annulled_at", as: Date?.self), let reason {
                Annulment(at: at, reason: reason)
            } else { nil }
    }
}
