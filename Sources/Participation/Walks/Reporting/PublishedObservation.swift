public import Foundation
import Postgres

/// An observation as everybody may read it. It names no day, no sheet and no device.
public struct PublishedObservation: Sendable {
    /// A photo that everybody may see, and what it shows.
    public struct Photo: Sendable, Hashable {
        /// Whether it was taken on the walk, or by the service before and after its work.
        public enum Purpose: String, Sendable, CaseIterable, Codable {
            case seen, before, after
        }

        /// Its medium.
        public let medium: ID<Medium>
        /// What it shows.
        public let alt: String
        /// When it was taken.
        public let purpose: Purpose
    }

    /// What the city answers.
    public struct Answer: Sendable {
        /// What has become of it by now.
        public let followUp: FollowUp.Status
        /// Who answers, and what.
        public let service: Texts, words: Texts
        /// The day that was promised.
        public let due: Day?
        /// The day of the answer.
        public let answeredAt: Date
    }

    /// Its identity.
    public let id: ID<Observation>
    /// Its number among those of the walk.
    public let number: Int
    /// The handle, the title and the light of its walk.
    public let walk: String, walkTitle: Texts, light: Walk.Light
    /// The number and title of the stop; nil elsewhere on the way.
    public let stop: Int?, stopTitle: Texts
    /// Where it is on the map: the point that was sent, or the point of its stop.
    public let point: MapPoint?, isStopPoint: Bool
    /// Where it is, in words.
    public let place: String
    /// The key and title of its theme; nil without one.
    public let theme: String?, themeTitle: Texts
    /// What it is, and how the place feels.
    public let kind: Observation.Kind, feeling: Observation.Feeling?
    /// Who is concerned.
    public let concerned: [Concerned]
    /// What was seen, in the language it was said in.
    public let words: String, language: Language
    /// How many others said the same.
    public let others: Int
    /// From 1, first, to 3.
    public let priority: Int?
    /// What became of it, and the answer that says so.
    public let followUp: FollowUp.Status?, answer: Answer?
    /// Photos that are cleared.
    public internal(set) var photos: [Photo] = []
    /// What pages of a list are cut by.
    let walkID: ID<Walk>

    /// What `init(row:)` reads, of ``ObservationSearch/tables`` and ``answers``.
    static let columns: SQL = """
        observation.id, observation.walk_id, observation.number, walk.handle, walk.title::text AS walk_title, walk.light,
        stop.number AS stop_number, stop.title::text AS stop_title,
        coalesce(observation.latitude, stop.latitude) AS latitude,
        coalesce(observation.longitude, stop.longitude) AS longitude,
        observation.latitude IS NULL AS is_stop_point, observation.place, walk_theme.key AS theme_key,
        walk_theme.title::text AS theme_title, observation.kind, observation.feeling, observation.concerned,
        observation.words, observation.language, observation.priority, observation.follow_up,
        observation.due_on::text AS due_on, answer.service_name, answer.words AS answer_words, answer.answered_at,
        (SELECT count(*) FROM observation AS other WHERE other.joined_into = observation.id) AS others
        """

    /// The latest published answer to each observation.
    static let answers: SQL = """
        LEFT JOIN LATERAL (
            SELECT service.name::text AS service_name, observation_answer.words::text AS words,
                   observation_answer.published_at AS answered_at
            FROM observation_answer JOIN service ON service.id = observation_answer.service_id
            WHERE observation_answer.observation_id = observation.id AND observation_answer.published_at IS NOT NULL
            ORDER BY observation_answer.published_at DESC LIMIT 1
        ) AS answer ON observation.follow_up IS NOT NULL
        """

    init(row: Row) throws {
        id = try row.get("id")
        walkID = try row.get("walk_id")
        // The schema leaves no published observation without a number.
        number = Int(try row.get("number", as: Int32.self))
        walk = try row.get("handle")
        walkTitle = try Texts(json: row.get("walk_title"))
        light = Walk.Light(rawValue: try row.get("light"))!
        stop = try row.get("stop_number", as: Int32?.self).map(Int.init)
        stopTitle = try row.get("stop_title", as: String?.self).map(Texts.init(json:)) ?? Texts([:])
        point = try MapPoint(row: row)
        isStopPoint = try row.get("is_stop_point")
        place = try row.get("place")
        theme = try row.get("theme_key")
        themeTitle = try row.get("theme_title", as: String?.self).map(Texts.init(json:)) ?? Texts([:])
        kind = Observation.Kind(rawValue: try row.get("kind"))!
        feeling = try row.get("feeling", as: Int16?.self).flatMap { Observation.Feeling(rawValue: Int($0)) }
        concerned = try row.get("concerned", as: [String].self).compactMap(Concerned.init)
        words = try row.get("words")
        language = Language(rawValue: try row.get("language"))!
        others = Int(try row.get("others", as: Int64.self))
        priority = try row.get("priority", as: Int16?.self).map(Int.init)
        let followUp: FollowUp.Status? = try row.get("follow_up", as: String?.self).flatMap(FollowUp.Status.init)
        self.followUp = followUp
        if let followUp, let answered = try row.get("answered_at", as: Date?.self) {
            answer = Answer(
                followUp: followUp, service: try Texts(json: row.get("service_name")),
                words: try Texts(json: row.get("answer_words")), due: try row.day("due_on"), answeredAt: answered)
        } else {
            answer = nil
        }
    }

    /// The cleared photos of these observations, in their order.
    static func photos(
        of observations: [ID<Observation>], in executor: some Executor
    ) async throws -> [ID<Observation>: [Photo]] {
        let rows: [Row] = try await executor.query(
            "observation.photos",
            """
            SELECT observation_photo.observation_id, observation_photo.medium_id, observation_photo.purpose, medium.alt
            FROM observation_photo
            JOIN medium ON medium.id = observation_photo.medium_id
            JOIN observation ON observation.id = observation_photo.observation_id AND observation.state = 'published'
            WHERE observation_photo.observation_id = ANY (\(observations)) AND observation_photo.cleared_at IS NOT NULL
            ORDER BY observation_photo.observation_id, observation_photo.position
            """)
        var photos: [ID<Observation>: [Photo]] = [:]
        for row in rows {
            photos[ID(try row.get("observation_id", as: UUID.self)), default: []].append(
                Photo(
                    medium: try row.get("medium_id"), alt: try row.get("alt"),
                    // The condition and the schema's check leave no other word.
                    purpose: Photo.Purpose(rawValue: try row.get("purpose"))!))
        }
        return photos
    }

    /// These observations with their photos.
    static func withPhotos(
        _ observations: [PublishedObservation], in executor: some Executor
    ) async throws -> [PublishedObservation] {
        let photos: [ID<Observation>: [Photo]] = try await photos(of: observations.map(\.id), in: executor)
        return observations.map { observation in
            var observation: PublishedObservation = observation
            observation.photos = photos[observation.id] ?? []
            return observation
        }
    }
}
