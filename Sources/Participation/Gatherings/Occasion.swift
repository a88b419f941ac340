public import Foundation
import Postgres

/// What a gathering is the day of: what its letters and calendars name, and whose agents answer for it.
public struct Occasion: Sendable {
    /// What people come to.
    public enum Kind: String, Sendable, CaseIterable {
        case walk, event
    }

    /// What it is the day of.
    public enum Subject: Sendable, Hashable {
        case walk(ID<Walk>)
        case event(ID<Event>)
    }

    /// When it is, and how many may come.
    public let gathering: Gathering
    /// What it is the day of.
    public let subject: Subject
    /// The handle of the walk or event in addresses.
    public let handle: String
    /// The process it belongs to.
    public let process: ID<Process>
    /// What it is called, and where people meet; there is no place where everybody joins from elsewhere.
    public let title: Texts, meetingPlace: Texts
    /// Where people join from elsewhere, for who has places; nil where everybody comes.
    public let onlineAddress: String?
    /// Whether residents see it.
    public let isPublished: Bool
    /// How often calendars have had to follow a change, and when it last changed.
    public let sequence: Int, changedAt: Date

    /// What people come to.
    public var kind: Kind {
        switch subject {
        case .walk: .walk
        case .event: .event
        }
    }

    /// Until when people register by themselves.
    public var closesAt: Date { min(gathering.registrationClosesAt ?? gathering.startsAt, gathering.startsAt) }

    /// What `init(row:)` reads, of ``tables``.
    static let columns: SQL = """
        \(sql: Gathering.columns), gathering.sequence, gathering.changed_at, occasion.kind, occasion.subject_id,
        occasion.handle, occasion.process_id, occasion.title::text AS title, occasion.place::text AS meeting_place,
        occasion.online_address, occasion.published_at
        """
    static let tables: SQL = "gathering JOIN occasion ON occasion.gathering_id = gathering.id"

    init(row: Row) throws {
        gathering = try Gathering(row: row)
        let id: UUID = try row.get("subject_id")
        // The view has no other word.
        subject =
            switch Kind(rawValue: try row.get("kind"))! {
            case .walk: .walk(ID(id))
            case .event: .event(ID(id))
            }
        handle = try row.get("handle")
        process = try row.get("process_id")
        title = try Texts(json: row.get("title"))
        meetingPlace = try Texts(json: row.get("meeting_place"))
        onlineAddress = try row.get("online_address")
        isPublished = try row.get("published_at", as: Date?.self) != nil
        sequence = Int(try row.get("sequence", as: Int32.self))
        changedAt = try row.get("changed_at")
    }
}

/// How many people come to a gathering, companions included.
public struct Turnout: Sendable, Hashable {
    /// How many there is room for; nil for any number.
    public let places: Int?
    /// How many have a place, and how many parties that is.
    public let people: Int, parties: Int
    /// How many wait for one, and how many parties that is.
    public let waitingPeople: Int, waitingParties: Int
    /// How many the crew saw come, of those who had registered.
    public let came: Int

    /// How many places are left; nil for any number.
    public var free: Int? { places.map { max(0, $0 - people) } }

    /// Whether a party of that size gets places now: nobody passes those who wait.
    public func hasRoom(for party: Int) -> Bool {
        waitingParties == 0 && (free.map { party <= $0 } ?? true)
    }

    static let columns: SQL = """
        gathering.places,
        coalesce(sum(1 + registration.companions) FILTER (WHERE registration.state = 'registered'), 0)::int AS people,
        count(*) FILTER (WHERE registration.state = 'registered')::int AS parties,
        coalesce(sum(1 + registration.companions) FILTER (WHERE registration.state = 'waiting'), 0)::int
            AS waiting_people,
        count(*) FILTER (WHERE registration.state = 'waiting')::int AS waiting_parties,
        coalesce(sum(registration.came), 0)::int AS came
        """

    init(row: Row) throws {
        places = try row.get("places", as: Int32?.self).map(Int.init)
        people = Int(try row.get("people", as: Int32.self))
        parties = Int(try row.get("parties", as: Int32.self))
        waitingPeople = Int(try row.get("waiting_people", as: Int32.self))
        waitingParties = Int(try row.get("waiting_parties", as: Int32.self))
        came = Int(try row.get("came", as: Int32.self))
    }
}
