public import Foundation
import Postgres

/// A place of a vote where people are marked: a table with papers, a kiosk, or where envelopes arrive by post.
public struct Place: Sendable, Hashable {
    /// Its identity.
    public let id: ID<Place>
    /// The vote it belongs to.
    public let vote: ID<Vote>
    /// What is said of it.
    public let draft: PlaceDraft

    /// Its name in the public record and in addresses.
    public var handle: String { draft.handle }
    /// Its name for readers.
    public var name: Texts { draft.name }
    /// Whether papers come to it in envelopes.
    public var isPost: Bool { draft.kind == .post }
}

/// What an agent says of a place.
public struct PlaceDraft: Sendable, Hashable {
    /// How people vote there.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Officers hand out papers at a table, and open kiosks.
        case table
        /// Papers come by post or lie in a drop box, in envelopes with an identity stub.
        case post
    }

    /// Small letters, digits and hyphens; stands in the public record and never changes.
    public var handle: String
    /// How people vote there.
    public var kind: Kind
    /// The name for readers.
    public var name: Texts
    /// Where it is.
    public var address: String
    /// When one can vote there, in words.
    public var hours: Texts
    /// How one gets in and votes there, in words: steps, doors, seats, help, sign language.
    public var accessibility: Texts
    /// A telephone number or another way to ask.
    public var contact: String
    /// Whether officers mark on the screen; without a network they tick a printed list.
    public var hasNetwork: Bool

    /// A place with all that is said of it.
    public init(
        handle: String, kind: Kind = .table, name: Texts, address: String = "", hours: Texts = Texts([:]),
        accessibility: Texts = Texts([:]), contact: String = "", hasNetwork: Bool = true
    ) {
        self.handle = handle
        self.kind = kind
        self.name = name
        self.address = address
        self.hours = hours
        self.accessibility = accessibility
        self.contact = contact
        self.hasNetwork = hasNetwork
    }
}

/// An officer's time at a place.
public struct Shift: Sendable, Hashable {
    /// Its identity.
    public let id: ID<Shift>
    /// The account that works, and the name its owner gave it.
    public let account: ID<Account>, name: String
    /// From when to when.
    public let starts: Date, ends: Date
}

/// Why something about a place is not done.
public enum PlaceRefusal: Error, Hashable, Sendable {
    /// The handle has other characters than small letters, digits and hyphens, or is too long.
    case malformedHandle
    /// Another place of the vote has the handle.
    case handleTaken
    /// It has no name.
    case nameless
    /// People were marked there, devices opened or papers counted: the place stays.
    case inUse
    /// No account has this address.
    case noAccount
    /// The shift ends before it begins.
    case shiftEndsBeforeItBegins
    /// The same account begins at the same moment already.
    case shiftPlannedTwice
    /// The officer has no shift at the place at this moment.
    case notOnDuty
    /// A number is negative, or too great to be true; the argument names the field.
    case outOfBounds(String)
    /// The device is called nothing, or too much.
    case deviceNameless
    /// Another open device of the place has that name.
    case deviceNameTaken
    /// Somebody votes at the device at this moment.
    case deviceOccupied
    /// The device is closed, or it never was one.
    case deviceClosed
    /// The vote has not been opened, or has been closed.
    case voteNotOpen
}

extension Place {
    /// The columns that ``init(row:)`` reads.
    static let columns: SQL = """
        place.id, place.vote_id, place.handle, place.kind, place.name::text AS name, place.address,
        place.hours::text AS hours, place.accessibility::text AS accessibility, place.contact, place.has_network
        """

    init(row: Row) throws {
        id = ID(try row.get("id", as: UUID.self))
        vote = ID(try row.get("vote_id", as: UUID.self))
        draft = PlaceDraft(
            handle: try row.get("handle"), kind: PlaceDraft.Kind(rawValue: try row.get("kind")) ?? .table,
            name: try Texts(json: row.get("name")), address: try row.get("address"),
            hours: try Texts(json: row.get("hours")), accessibility: try Texts(json: row.get("accessibility")),
            contact: try row.get("contact"), hasNetwork: try row.get("has_network"))
    }
}
