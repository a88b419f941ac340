public import Foundation
import Postgres

/// Why an observation is not published.
public enum SetAsideReason: String, Sendable, CaseIterable {
    /// It says nothing that could be understood.
    case empty
    /// It is about another place than the walk's.
    case elsewhere
    /// It is about a person, who could be recognised.
    case person
    case insult
    /// Somebody tried the sheet.
    case test
}

/// Why an act on an observation is not done.
public enum ObservationRefusal: Error, Hashable, Sendable {
    /// Nothing was chosen, or nothing of it can be done to what was chosen.
    case nothingChosen
    /// The walk has no such theme or stop.
    case unknownTheme, unknownStop
    /// Neither a stop, nor a point, nor words say where it is.
    case nowhere
    case placeTooLong, wordsMissing, wordsTooLong
    /// The words are as they were.
    case sameWords
    /// Somebody changed it since the form was shown.
    case changedMeanwhile
    /// One cannot be joined to itself; one that is joined, or set aside, is no target.
    case joinedToItself, noTarget
    /// Others are joined to this one, so that it is no origin.
    case hasOrigins
    /// A service has it or has answered it, so that it is no origin.
    case settled
    /// There is nothing left to undo; a later act is undone first.
    case undone, later
}

/// What an agent looks for among the observations of a walk.
public struct ObservationFilter: Sendable, Hashable {
    /// Where it stands.
    public var state: Observation.State?
    /// The number of its stop; 0 for none.
    public var stop: Int?
    /// The key of its theme; empty for none.
    public var theme: String?
    /// What it is, and what it came by.
    public var kind: Observation.Kind?, channel: Observation.Channel?
    /// Published, and without a published answer.
    public var unanswered: Bool
    /// With a photo that nobody has cleared.
    public var uncleared: Bool

    /// All of them, unless something is asked for.
    public init(
        state: Observation.State? = nil, stop: Int? = nil, theme: String? = nil, kind: Observation.Kind? = nil,
        channel: Observation.Channel? = nil, unanswered: Bool = false, uncleared: Bool = false
    ) {
        self.state = state
        self.stop = stop
        self.theme = theme
        self.kind = kind
        self.channel = channel
        self.unanswered = unanswered
        self.uncleared = uncleared
    }

    /// The condition on `observation` with its `stop` and its `walk_theme`.
    var condition: SQL {
        """
        (\(state?.rawValue)::text IS NULL OR observation.state = \(state?.rawValue))
        AND (\(stop)::integer IS NULL OR coalesce(stop.number, 0) = \(stop))
        AND (\(theme)::text IS NULL OR coalesce(walk_theme.key, '') = \(theme))
        AND (\(kind?.rawValue)::text IS NULL OR observation.kind = \(kind?.rawValue))
        AND (\(channel?.rawValue)::text IS NULL OR observation.channel = \(channel?.rawValue))
        AND (NOT \(unanswered) OR (observation.state = 'published' AND observation.follow_up IS NULL))
        AND (NOT \(uncleared) OR EXISTS (
            SELECT FROM observation_photo WHERE observation_photo.observation_id = observation.id
            AND observation_photo.cleared_at IS NULL))
        """
    }
}

/// An observation as a line of the agents' list.
public struct ObservationLine: Sendable {
    /// The observation.
    public let observation: Observation
    /// The number of its stop, the key of its theme and what that is called.
    public let stopNumber: Int?, themeKey: String?, theme: Texts
    /// How many photos it has, and how many of them nobody has cleared.
    public let photos: Int, uncleared: Int
    /// How many others are joined to it.
    public let origins: Int
    /// The service that has it, the last day for its answer, and whether that is over.
    public let service: Texts?, due: Day?, isOverdue: Bool
    /// What became of it; nil before an answer is published.
    public let followUp: FollowUp.Status?
    /// Whether an answer waits to be published.
    public let hasDraft: Bool

    /// What `init(row:)` reads, of ``tables(today:)``.
    static let columns: SQL = """
        \(sql: Observation.columns), stop.number AS stop_number, walk_theme.key AS theme_key,
        walk_theme.title::text AS theme_title, pictures.count AS photo_count, pictures.uncleared, origins.count AS origin_count,
        service.name::text AS service_name, observation_assignment.due_on::text AS assignment_due,
        coalesce(observation_assignment.due_on < today.day AND observation.follow_up IS NULL, false) AS overdue,
        observation.follow_up, draft.id IS NOT NULL AS has_draft
        """

    /// Observations with what their line tells; `zone` decides what day it is.
    static func tables(zone: String) -> SQL {
        """
        observation
        LEFT JOIN stop ON stop.id = observation.stop_id
        LEFT JOIN walk_theme ON walk_theme.id = observation.theme_id
        LEFT JOIN observation_assignment ON observation_assignment.observation_id = observation.id
            AND observation_assignment.withdrawn_at IS NULL
        LEFT JOIN service ON service.id = observation_assignment.service_id
        LEFT JOIN observation_answer AS draft ON draft.observation_id = observation.id AND draft.published_at IS NULL
            AND draft.service_id = observation_assignment.service_id
        CROSS JOIN (SELECT (clock_timestamp() AT TIME ZONE \(zone))::date AS day) AS today
        CROSS JOIN LATERAL (
            SELECT count(*) AS count, count(*) FILTER (WHERE cleared_at IS NULL) AS uncleared
            FROM observation_photo WHERE observation_id = observation.id
        ) AS pictures
        CROSS JOIN LATERAL (
            SELECT count(*) AS count FROM observation AS origin WHERE origin.joined_into = observation.id
        ) AS origins
        """
    }

    init(row: Row) throws {
        observation = try Observation(row: row)
        stopNumber = try row.get("stop_number", as: Int32?.self).map(Int.init)
        themeKey = try row.get("theme_key")
        theme = try row.get("theme_title", as: String?.self).map(Texts.init(json:)) ?? Texts([:])
        photos = Int(try row.get("photo_count", as: Int64.self))
        uncleared = Int(try row.get("uncleared", as: Int64.self))
        origins = Int(try row.get("origin_count", as: Int64.self))
        service = try row.get("service_name", as: String?.self).map(Texts.init(json:))
        due = try row.day("assignment_due")
        isOverdue = try row.get("overdue")
        followUp = try row.get("follow_up", as: String?.self).flatMap(FollowUp.Status.init)
        hasDraft = try row.get("has_draft")
    }
}

/// A photo of an observation.
public struct WalkPhoto: Sendable {
    /// What it shows.
    public enum Purpose: String, Sendable, CaseIterable {
        /// What somebody saw.
        case seen
        /// The place before the city did something, and after.
        case before, after
    }

    /// The photo.
    public let medium: Medium
    /// What it shows.
    public let purpose: Purpose
    /// When somebody saw that nobody can be recognised on it; until then it is not public.
    public let clearedAt: Date?

    /// Whether it is shown to everybody, once its observation is.
    public var isCleared: Bool { clearedAt != nil }

    /// What `init(row:)` reads, of ``tables``.
    static let columns: SQL = """
        observation_photo.observation_id, observation_photo.purpose, observation_photo.cleared_at,
        \(sql: Medium.columns)
        """
    static let tables: SQL = """
        observation_photo JOIN medium ON medium.id = observation_photo.medium_id \(sql: Medium.renditions)
        """

    init(row: Row) throws {
        medium = try Medium(row: row)
        // The schema's check leaves no other word.
        purpose = Purpose(rawValue: try row.get("purpose"))!
        clearedAt = try row.get("cleared_at")
    }
}

/// An observation with everything that its agents know of it.
public struct ObservationFile: Sendable {
    /// The observation, as its line tells it.
    public let line: ObservationLine
    /// Why it was set aside.
    public let setAsideReason: SetAsideReason?
    /// Its photos.
    public let photos: [WalkPhoto]
    /// What is joined to it, and the act by which each is taken apart again.
    public let origins: [(observation: Observation, batch: ID<ObservationBatch>?)]
    /// What was answered, the latest first, the answer that waits to be published included.
    public let answers: [ServiceAnswer]
    /// What happened after the answer, the latest first.
    public let turns: [FollowUpTurn]
    /// The service that has it.
    public let service: ID<ExaminingService>?
    /// The day that was promised last.
    public let dueOn: Day?
    /// Who did what with it, the latest first.
    public let acts: [Act]

    /// The observation.
    public var observation: Observation { line.observation }
    /// The answer that waits to be published.
    public var draft: ServiceAnswer? { answers.first { $0.publishedAt == nil } }
    /// The answer that stands.
    public var standing: ServiceAnswer? { answers.first { $0.publishedAt != nil } }
}
