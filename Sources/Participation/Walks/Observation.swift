public import Foundation
import Postgres

/// Who is concerned by what was seen, or for whom a walk is made.
public enum Concerned: String, Sendable, CaseIterable {
    case everybody, women, children, young, seniors
    case reducedMobility = "reduced_mobility"
    case impairedSight = "impaired_sight"
    case pedestrians, cyclists, residents, shopkeepers
}

/// What somebody saw on a walk.
public struct Observation: Sendable {
    /// The most characters of what was seen and of where it is, counted as the database counts them: in Unicode scalars.
    public static let longestWords = 2_000, longestPlace = 300

    /// A good thing to keep, a bad one to mend, or something that could be.
    public enum Kind: String, Sendable, CaseIterable {
        case strength, problem, idea
    }

    /// How the place feels, from very bad to very good.
    public enum Feeling: Int, Sendable, CaseIterable {
        case veryBad = -2
        case bad, neutral, good, veryGood
    }

    /// How it was noted.
    public enum Manner: String, Sendable, CaseIterable {
        case alone, group, dictated
    }

    /// What it came by.
    public enum Channel: String, Sendable, CaseIterable {
        /// The walk sheet of a phone, perhaps later than it was written.
        case device
        /// The plain form.
        case form
        /// A printed sheet that an agent entered.
        case paper
    }

    /// Where it stands.
    public enum State: String, Sendable, CaseIterable {
        case received, published
        case setAside = "set_aside"
        case joined
    }

    /// Its identity, which the device that noted it made: random, without a time.
    public let id: ID<Observation>
    /// Its walk.
    public let walk: ID<Walk>
    /// Its number among those of the walk, given when it is published.
    public let number: Int?
    /// The stop where it was noted; nil elsewhere on the way.
    public let stop: ID<Stop>?
    /// Where it is, and the radius in metres that the device gave with it.
    public let point: MapPoint?, accuracy: Double?
    /// Where it is, in words; empty when nobody said.
    public let place: String
    /// The theme it is seen under.
    public let theme: ID<WalkTheme>?
    /// What it is, and how the place feels.
    public let kind: Kind, feeling: Feeling?
    /// Who is concerned.
    public let concerned: [Concerned]
    /// What was seen, in the language it was said in.
    public let words: String, language: Language
    /// How it was noted, and by how many people together.
    public let manner: Manner, people: Int
    /// What it came by; the number of the sheet and its line, on paper.
    public let channel: Channel, sheet: String?, sheetLine: Int?
    /// From 1, first, to 3; nil when nobody said.
    public let priority: Int?
    /// The day it arrived: no time of day is kept.
    public let receivedOn: Day
    /// Where it stands, and the observation it was joined to.
    public let state: State, joinedInto: ID<Observation>?
    /// When everybody could read it.
    public let publishedAt: Date?

    /// What `init(row:)` reads, of the table `observation`.
    static let columns: SQL = """
        observation.id, observation.walk_id, observation.number, observation.stop_id, observation.latitude,
        observation.longitude, observation.accuracy, observation.place, observation.theme_id, observation.kind,
        observation.feeling, observation.concerned, observation.words, observation.language, observation.manner,
        observation.people, observation.channel, observation.sheet, observation.sheet_line, observation.priority,
        observation.received_on::text AS received_on, observation.state, observation.joined_into,
        observation.published_at
        """

    init(row: Row) throws {
        id = try row.get("id")
        walk = try row.get("walk_id")
        number = try row.get("number", as: Int32?.self).map(Int.init)
        stop = try row.get("stop_id", as: UUID?.self).map { ID($0) }
        point = try MapPoint(row: row)
        accuracy = try row.get("accuracy")
        place = try row.get("place")
        theme = try row.get("theme_id", as: UUID?.self).map { ID($0) }
        // The schema's checks leave no other words and numbers.
        kind = Kind(rawValue: try row.get("kind"))!
        feeling = try row.get("feeling", as: Int16?.self).flatMap { Feeling(rawValue: Int($0)) }
        concerned = try row.get("concerned", as: [String].self).compactMap(Concerned.init)
        words = try row.get("words")
        language = Language(rawValue: try row.get("language"))!
        manner = Manner(rawValue: try row.get("manner"))!
        people = Int(try row.get("people", as: Int32.self))
        channel = Channel(rawValue: try row.get("channel"))!
        sheet = try row.get("sheet")
        sheetLine = try row.get("sheet_line", as: Int32?.self).map(Int.init)
        priority = try row.get("priority", as: Int16?.self).map(Int.init)
        receivedOn = try row.day("received_on")!
        state = State(rawValue: try row.get("state"))!
        joinedInto = try row.get("joined_into", as: UUID?.self).map { ID($0) }
        publishedAt = try row.get("published_at")
    }
}
