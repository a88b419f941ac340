public import Foundation
import Postgres

/// Something that people come to and talk at: a meeting, a workshop, a stand, a hearing.
public struct Event: Sendable {
    /// How people take part.
    public enum Kind: String, Sendable, CaseIterable {
        case inPerson = "in_person"
        case online, hybrid
    }

    /// Its identity.
    public let id: ID<Event>
    /// Its handle in addresses: `/events/atelier-place`.
    public let handle: String
    /// The process that it belongs to, and the consultation if it is one's.
    public let process: ID<Process>, consultation: ID<Consultation>?
    /// When it is, and who may come.
    public let gathering: Gathering
    /// How people take part.
    public let kind: Kind
    /// What it is called.
    public let title: Texts
    /// What it is for, and what happens when, in Markdown.
    public let description: Texts, agenda: Texts
    /// Where it is, in words and on the map.
    public let place: Texts, point: MapPoint?
    /// How one gets in who walks badly or rolls, in words.
    public let accessibility: Texts
    /// Languages, interpreting, sign language, childcare, in words.
    public let help: Texts
    /// Where people join from elsewhere, and whether everybody sees it rather than who has places.
    public let onlineAddress: String?, isOnlineOpen: Bool
    /// What was said and agreed, in Markdown.
    public let minutes: Texts
    /// When the minutes were published; nil while they are being written.
    public let minutesPublishedAt: Date?
    /// When residents could see it first; nil while it is being prepared.
    public let publishedAt: Date?
    /// Grows with each change of its words.
    public let revision: Int

    /// What `init(row:)` reads, of ``tables``.
    static let columns: SQL = """
        event.id, event.handle, event.process_id, event.consultation_id, event.kind, event.title::text AS title,
        event.description::text AS description, event.agenda::text AS agenda, event.place::text AS place,
        event.latitude, event.longitude, event.accessibility::text AS accessibility, event.help::text AS help,
        event.online_address, event.online_is_open, event.minutes::text AS minutes, event.minutes_published_at,
        event.published_at, event.revision, \(sql: Gathering.columns)
        """
    static let tables: SQL = "event JOIN gathering ON gathering.id = event.gathering_id"

    init(row: Row) throws {
        id = try row.get("id")
        handle = try row.get("handle")
        process = try row.get("process_id")
        consultation = try row.get("consultation_id", as: UUID?.self).map { ID($0) }
        gathering = try Gathering(row: row)
        // The schema's check leaves no other word.
        kind = Kind(rawValue: try row.get("kind"))!
        title = try Texts(json: row.get("title"))
        description = try Texts(json: row.get("description"))
        agenda = try Texts(json: row.get("agenda"))
        place = try Texts(json: row.get("place"))
        point = try MapPoint(row: row)
        accessibility = try Texts(json: row.get("accessibility"))
        help = try Texts(json: row.get("help"))
        onlineAddress = try row.get("online_address")
        isOnlineOpen = try row.get("online_is_open")
        minutes = try Texts(json: row.get("minutes"))
        minutesPublishedAt = try row.get("minutes_published_at")
        publishedAt = try row.get("published_at")
        revision = Int(try row.get("revision", as: Int32.self))
    }
}
