import Foundation
public import Postgres

/// Something that was seen, and what came of it: as everybody reads it.
public struct ObservationStory: Sendable {
    /// What was seen. One that is joined to another has ``joinedInto`` instead of a fate of its own.
    public let observation: Observation
    /// The number and title of its stop, where that is, and what its theme is called.
    public let stopNumber: Int?, stopTitle: Texts, stopPoint: MapPoint?, theme: Texts
    /// The photos that are cleared.
    public let photos: [WalkPhoto]
    /// What is joined to it, with the photos that are cleared.
    public let origins: [(observation: Observation, photos: [WalkPhoto])]
    /// The number of what it is joined to.
    public let joinedInto: Int?
    /// The service that answers for it; nil before it is given to one.
    public let service: Texts?
    /// Where it stands; nil before it is given to a service.
    public let status: FollowUp.Status?
    /// The day that was promised, or by which an answer is awaited, and by how many days that is over.
    public let dueOn: Day?, daysLate: Int
    /// The published answers and what happened since, the latest first.
    public let answers: [ServiceAnswer], turns: [FollowUpTurn]
    /// The proposals that came of it, which everybody can read.
    public let proposals: [(number: Int64, title: String, language: Language, status: Proposal.Status)]
}

/// The pages of single observations.
public struct ObservationStories: Sendable {
    private let pool: Pool
    private let zone: String

    /// The observations kept in the database of `pool`; `zone` is the city's time zone, such as `Europe/Paris`.
    public init(pool: Pool, zone: String) {
        self.pool = pool
        self.zone = zone
    }

    /// The observation of that number, published or joined to one that is; nil when there is none in that walk.
    public func find(_ number: Int, of walk: ID<Walk>) async throws -> ObservationStory? {
        let row: Row? = try await pool.one(
            "story.find",
            """
            SELECT \(sql: Observation.columns), stop.number AS stop_number, stop.title::text AS stop_title,
                   stop.latitude AS stop_latitude, stop.longitude AS stop_longitude,
                   walk_theme.title::text AS theme_title, target.number AS target_number, observation.follow_up,
                   observation.due_on::text AS due_on, assignment.due_on::text AS asked_until,
                   (SELECT name::text FROM service WHERE id = coalesce(standing.service_id, assignment.service_id))
                       AS service_name,
                   (clock_timestamp() AT TIME ZONE \(zone))::date
                       - coalesce(observation.due_on, assignment.due_on) AS late
            FROM observation
            LEFT JOIN observation AS target ON target.id = observation.joined_into
            LEFT JOIN stop ON stop.id = observation.stop_id
            LEFT JOIN walk_theme ON walk_theme.id = observation.theme_id
            LEFT JOIN observation_assignment AS assignment
                ON assignment.observation_id = observation.id AND assignment.withdrawn_at IS NULL
            LEFT JOIN LATERAL (
                SELECT service_id FROM observation_answer
                WHERE observation_id = observation.id AND published_at IS NOT NULL
                ORDER BY published_at DESC LIMIT 1
            ) AS standing ON true
            WHERE observation.walk_id = \(walk) AND observation.number = \(number)
              AND (observation.state = 'published' OR observation.state = 'joined' AND target.state = 'published')
            """)
        guard let row else { return nil }
        return try await story(row)
    }

    private func story(_ row: Row) async throws -> ObservationStory {
        let observation = try Observation(row: row)
        let id: ID<Observation> = observation.id
        let answers: [[Row]] = try await pool.pipeline([
            (
                "story.origins",
                """
                SELECT \(sql: Observation.columns) FROM observation
                WHERE observation.joined_into = \(id) ORDER BY observation.id
                """
            ),
            (
                "story.photos",
                """
                SELECT \(sql: WalkPhoto.columns) FROM \(sql: WalkPhoto.tables)
                WHERE observation_photo.cleared_at IS NOT NULL
                  AND (observation_photo.observation_id = \(id) OR observation_photo.observation_id IN (
                      SELECT observation.id FROM observation WHERE observation.joined_into = \(id)))
                ORDER BY observation_photo.position
                """
            ),
            (
                "observation.answers",
                ServiceAnswer.selection(
                    where: """
                        observation_answer.observation_id = \(id) AND observation_answer.published_at IS NOT NULL
                        """)
            ),
            ("observation.turns", FollowUpTurn.selection(where: "observation_turn.observation_id = \(id)")),
            (
                "story.proposals",
                """
                SELECT proposal.number, proposal.title, proposal.language, proposal.status
                FROM proposal_source JOIN proposal ON proposal.id = proposal_source.proposal_id
                WHERE proposal_source.kind = 'walk' AND proposal_source.reference = \(id.description)
                  AND proposal.published_at IS NOT NULL ORDER BY proposal.number
                """
            ),
        ])
        let photos: [UUID: [WalkPhoto]] = try Examinations.grouped(answers[1], by: "observation_id") {
            try WalkPhoto(row: $0)
        }
        var stopPoint: MapPoint?
        if let latitude = try row.get("stop_latitude", as: Double?.self),
            let longitude = try row.get("stop_longitude", as: Double?.self)
        {
            stopPoint = MapPoint(latitude: latitude, longitude: longitude)
        }
        let service: Texts? = try row.get("service_name", as: String?.self).map(Texts.init(json:))
        let followUp: FollowUp.Status? =
            try row.get("follow_up", as: String?.self).flatMap(FollowUp.Status.init) ?? (service == nil ? nil : .asked)
        let isOpen: Bool = followUp.map { [.asked, .study, .planned, .underWay].contains($0) } ?? false
        return ObservationStory(
            observation: observation, stopNumber: try row.get("stop_number", as: Int32?.self).map(Int.init),
            stopTitle: try row.get("stop_title", as: String?.self).map(Texts.init(json:)) ?? Texts([:]),
            stopPoint: stopPoint,
            theme: try row.get("theme_title", as: String?.self).map(Texts.init(json:)) ?? Texts([:]),
            photos: photos[id.uuid] ?? [],
            origins: try answers[0].map { row in
                let origin = try Observation(row: row)
                return (origin, photos[origin.id.uuid] ?? [])
            }, joinedInto: try row.get("target_number", as: Int32?.self).map(Int.init), service: service,
            status: followUp, dueOn: isOpen ? try row.day("due_on") ?? row.day("asked_until") : nil,
            daysLate: isOpen ? Int(try row.get("late", as: Int32?.self) ?? 0) : 0,
            answers: try answers[2].map(ServiceAnswer.init(row:)), turns: try answers[3].map(FollowUpTurn.init(row:)),
            proposals: try answers[4].map { row in
                (
                    // The schema's checks leave no other words.
                    try row.get("number"), try row.get("title"), Language(rawValue: try row.get("language"))!,
                    Proposal.Status(rawValue: try row.get("status"))!
                )
            })
    }
}
