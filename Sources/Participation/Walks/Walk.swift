public import Foundation
import Postgres

/// Something that people come to on a day, with its places and its waiting list.
public struct Gathering: Sendable {
    /// Its identity.
    public let id: ID<Gathering>
    /// When it begins and ends; these move when it is put off.
    public let startsAt: Date, endsAt: Date
    /// How many people there is room for, companions included; nil for any number.
    public let places: Int?
    /// How many people one person may bring.
    public let mostCompanions: Int
    /// Until when people register; nil until it begins.
    public let registrationClosesAt: Date?
    /// When it was called off, and why.
    public let cancelledAt: Date?, cancellation: Texts

    /// What `init(row:)` reads, of the table `gathering`.
    static let columns: SQL = """
        gathering.id AS gathering_id, gathering.starts_at, gathering.ends_at, gathering.places,
        gathering.most_companions, gathering.registration_closes_at, gathering.cancelled_at,
        gathering.cancellation::text AS cancellation
        """

    init(row: Row) throws {
        id = try row.get("gathering_id")
        startsAt = try row.get("starts_at")
        endsAt = try row.get("ends_at")
        places = try row.get("places", as: Int32?.self).map(Int.init)
        mostCompanions = Int(try row.get("most_companions", as: Int32.self))
        registrationClosesAt = try row.get("registration_closes_at")
        cancelledAt = try row.get("cancelled_at")
        cancellation = try row.get("cancellation", as: String?.self).map(Texts.init(json:)) ?? Texts([:])
    }
}

/// An urban walk: people look at a part of the city together, and say what they see.
public struct Walk: Sendable {
    /// The light that it takes place in.
    public enum Light: String, Sendable, CaseIterable {
        case day, dusk, night
    }

    /// Its identity.
    public let id: ID<Walk>
    /// Its handle in addresses: `/walks/gare-2027`.
    public let handle: String
    /// The process that it belongs to.
    public let process: ID<Process>
    /// When it is, and who may come.
    public let gathering: Gathering
    /// The way that it follows.
    public let route: ID<Route>
    /// What it is called, what it is for, how far it reaches, and whom it is made for, in words.
    public let title: Texts, aim: Texts, perimeter: Texts, audience: Texts
    /// Whom it is made for; empty for everybody.
    public let audiences: [Concerned]
    /// What the way is like for who walks badly or rolls, described rather than labelled.
    public let accessibility: Texts
    /// What is done with photos that show people.
    public let imageRights: Texts
    /// Where people meet, in words and on the map.
    public let meetingPlace: Texts, meetingPoint: MapPoint?
    /// By day or by night.
    public let light: Light
    /// When it begins instead if it rains.
    public let rainStartsAt: Date?
    /// What the sheet is opened with on site: eight letters and digits.
    public let code: String
    /// Until when observations are taken.
    public let sheetClosesAt: Date
    /// The walk before on the same route, which it is compared with.
    public let previous: ID<Walk>?
    /// When residents could see it first; nil while it is being prepared.
    public let publishedAt: Date?

    /// What `init(row:)` reads, of ``tables``.
    static let columns: SQL = """
        walk.id, walk.handle, walk.process_id, walk.route_id, walk.title::text AS title, walk.aim::text AS aim,
        walk.perimeter::text AS perimeter, walk.audience::text AS audience, walk.audiences,
        walk.accessibility::text AS accessibility, walk.image_rights::text AS image_rights,
        walk.meeting_place::text AS meeting_place, walk.meeting_latitude AS latitude,
        walk.meeting_longitude AS longitude, walk.light, walk.rain_starts_at, walk.code, walk.sheet_closes_at,
        walk.previous_id, walk.published_at, \(sql: Gathering.columns)
        """
    static let tables: SQL = "walk JOIN gathering ON gathering.id = walk.gathering_id"

    init(row: Row) throws {
        id = try row.get("id")
        handle = try row.get("handle")
        process = try row.get("process_id")
        gathering = try Gathering(row: row)
        route = try row.get("route_id")
        title = try Texts(json: row.get("title"))
        aim = try Texts(json: row.get("aim"))
        perimeter = try Texts(json: row.get("perimeter"))
        audience = try Texts(json: row.get("audience"))
        audiences = try row.get("audiences", as: [String].self).compactMap(Concerned.init)
        accessibility = try Texts(json: row.get("accessibility"))
        imageRights = try Texts(json: row.get("image_rights"))
        meetingPlace = try Texts(json: row.get("meeting_place"))
        meetingPoint = try MapPoint(row: row)
        // The schema's check leaves no other word.
        light = Light(rawValue: try row.get("light"))!
        rainStartsAt = try row.get("rain_starts_at")
        code = try row.get("code")
        sheetClosesAt = try row.get("sheet_closes_at")
        previous = try row.get("previous_id", as: UUID?.self).map { ID($0) }
        publishedAt = try row.get("published_at")
    }
}

/// A theme under which things are seen on a walk.
public struct WalkTheme: Sendable {
    /// Its identity in this walk.
    public let id: ID<WalkTheme>
    /// Its name in every walk that uses it: lower-case letters, digits and hyphens.
    public let key: String
    /// What it is called, and what to look at.
    public let title: Texts, prompt: Texts

    static let columns: SQL = """
        walk_theme.id, walk_theme.key, walk_theme.title::text AS title, walk_theme.prompt::text AS prompt
        """

    init(row: Row) throws {
        id = try row.get("id")
        key = try row.get("key")
        title = try Texts(json: row.get("title"))
        prompt = try Texts(json: row.get("prompt"))
    }
}

/// What somebody does on a walk for the others.
public enum CrewRole: String, Sendable, CaseIterable {
    case guide
    case noteTaker = "note_taker"
    case photographer
    case timeKeeper = "time_keeper"
}
