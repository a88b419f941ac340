public import Foundation
import Postgres

/// All that a report says, as it is frozen when it is published.
public struct ReportContent: Sendable, Codable {
    /// A place where everybody stood still.
    public struct Stop: Sendable, Codable {
        /// Its number, its title, what people were asked there, and where it is.
        public let number: Int, title: Texts, prompt: Texts, point: MapPoint
    }

    /// What was seen. What somebody wrote, and where they say it is, is in no frozen report: it is read whenever the
    /// report is, so that what an agent takes out of it is gone from every version.
    public struct Observation: Sendable, Codable {
        /// Its identity.
        let id: UUID
        /// Its number, and the number of its stop; nil elsewhere on the way.
        public let number: Int, stop: Int?
        /// Where it is, on the map and in words; read anew.
        public internal(set) var point: MapPoint?, place = ""
        /// Its theme; empty without one.
        public let theme: Texts
        /// What it is, and how the place feels.
        public let kind: Participation.Observation.Kind, feeling: Participation.Observation.Feeling?
        /// Who is concerned.
        public let concerned: [Concerned]
        /// What was seen, read anew, and in which language.
        public internal(set) var words = ""
        /// The language of the words.
        public let language: Language
        /// How many others said the same.
        public let others: Int
        /// From 1, first, to 3.
        public let priority: Int?
        /// What became of it, and what the city answered.
        public let answer: Answer?
        /// Its photos.
        public internal(set) var photos: [Photo]

        /// What is frozen: all but `words`, `place` and `point`.
        enum CodingKeys: CodingKey {
            case id, number, stop, theme, kind, feeling, concerned, language, others, priority, answer, photos
        }
    }

    /// A photo.
    public struct Photo: Sendable, Codable, Hashable {
        let medium: UUID
        /// What it shows; read anew, since it may have been described by the words that came with it.
        public internal(set) var alt = ""
        /// When it was taken.
        public let purpose: PublishedObservation.Photo.Purpose
        /// Its medium.
        public var id: ID<Medium> { ID(medium) }

        enum CodingKeys: CodingKey { case medium, purpose }
    }

    /// What a service answered.
    public struct Answer: Sendable, Codable {
        /// What had become of it.
        public let followUp: FollowUp.Status
        /// Who answered, and what.
        public let service: Texts, words: Texts
        /// The day that was promised, as `yyyy-mm-dd`.
        let due: String?
        /// The day that was promised.
        public var dueOn: Day? { due.flatMap { Day($0) } }
    }

    /// A theme that runs through all stops, or a good practice.
    public struct Section: Sendable, Codable {
        /// What it is, its heading and its words with their figures.
        public let kind: ReportSection.Kind, title: Texts, words: Texts
        /// The theme whose figures these are; nil for all observations.
        public let theme: Texts?
        /// The figures.
        public let tally: ObservationTally
    }

    /// What the walk leads to.
    public struct Recommendation: Sendable, Codable {
        /// By when, and by whom.
        public let horizon: Horizon, owner: RecommendationOwner, ownerName: String
        /// What to do, and why.
        public let title: Texts, words: Texts
        /// The numbers of the observations that it answers.
        public let observations: [Int]
    }

    /// So many of who came were counted as.
    public struct HeadCount: Sendable, Codable {
        /// The category, and how many people.
        public let category: HeadCategory, people: Int
    }

    /// Title and handle of the walk, title and handle of its process.
    public let title: Texts, walk: String, processTitle: Texts, process: String
    /// Who asked for it, what it was for, how far it reached.
    public let commissioner: Texts, aim: Texts, perimeter: Texts
    /// When it began and ended, in which light and weather.
    public let startedAt: Date, endedAt: Date, light: Walk.Light, weather: Texts
    /// Where people met, and how long the way was in metres.
    public let meetingPlace: Texts, length: Int?
    /// Who came, by category; who did not.
    public let heads: [HeadCount], absentServices: Texts
    /// What the reader should know first.
    public let introduction: Texts
    /// The way and its stops.
    public let line: [MapPoint], stops: [Stop]
    /// What was seen, by number. Whoever reads it gets what is still public.
    public internal(set) var observations: [Observation]
    /// What all observations come to.
    public let tally: ObservationTally
    /// What runs through all stops; recommendations in order.
    public let sections: [Section], recommendations: [Recommendation]
    /// When and where the city tells what became of it.
    public let returnAt: Date?, returnPlace: Texts

    /// The most observations of a report.
    public static let most = 500

    /// The JSON object that the database keeps.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}

/// A report as everybody reads it.
public struct PublishedReport: Sendable {
    /// What it says, without what has been withdrawn since.
    public let content: ReportContent
    /// Which version it is; nil for one that is still being written.
    public let version: ReportVersion?
    /// All versions, the last one first.
    public let versions: [ReportVersion]
    /// How many observations were withdrawn after it was published.
    public let withdrawn: Int
}

extension WalkReports {
    /// A version of the report of a published walk, the last one unless another is named; nil when there is none.
    public func find(_ walk: ID<Walk>, version number: Int? = nil) async throws -> PublishedReport? {
        let versions: [ReportVersion] = try await versions(of: walk)
        guard let version = number.map({ number in versions.first { $0.number == number } }) ?? versions.first,
            let row = try await pool.one(
                "walk_report.content",
                """
                SELECT content::text AS content FROM walk_report_version
                WHERE walk_id = \(walk) AND number = \(version.number)
                """)
        else { return nil }
        let json: String = try row.get("content")
        var content: ReportContent = try JSONDecoder().decode(ReportContent.self, from: Data(json.utf8))
        let before: Int = content.observations.count
        try await Self.keepPublic(&content, in: pool)
        return PublishedReport(
            content: content, version: version, versions: versions, withdrawn: before - content.observations.count)
    }

    /// The report as it would be published now.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of the walk's process.
    public func preview(of walk: ID<Walk>, by actor: Actor) async throws -> PublishedReport {
        try await Walks.require(walk, by: actor, in: pool)
        return try await pool.transaction("walk_report.preview") { transaction in
            // There is one: the check above found it.
            let found: Walk = try await Walks.load(where: "walk.id = \(walk)", in: transaction).first!
            let report: WalkReport = try await Self.load(walk, in: transaction)
            return PublishedReport(
                content: try await Self.content(of: found, report, in: transaction), version: nil,
                versions: report.versions, withdrawn: 0)
        }
    }

    /// The small renditions of these photos, to be put on paper; of those alone that everybody may see.
    public func pictures(_ photos: [ID<Medium>]) async throws -> [ID<Medium>: [UInt8]] {
        let rows: [Row] = try await pool.query(
            "walk_report.pictures",
            """
            SELECT observation_photo.medium_id, medium_rendition.bytes
            FROM observation_photo
            JOIN observation ON observation.id = observation_photo.observation_id AND observation.state = 'published'
            JOIN medium_rendition ON medium_rendition.medium_id = observation_photo.medium_id
                AND medium_rendition.rendition = 'small'
            WHERE observation_photo.medium_id = ANY (\(photos)) AND observation_photo.cleared_at IS NOT NULL
            """)
        return Dictionary(
            uniqueKeysWithValues: try rows.map { row in
                (ID(try row.get("medium_id", as: UUID.self)), try row.get("bytes", as: [UInt8].self))
            })
    }

    /// Leaves out what is no longer public, observations that were set aside and photos that are not cleared any more,
    /// and reads what was written in the others.
    private static func keepPublic(_ content: inout ReportContent, in executor: some Executor) async throws {
        let ids: [ID<Observation>] = content.observations.map { ID($0.id) }
        let rows: [Row] = try await executor.query(
            "walk_report.public",
            """
            SELECT observation.id, observation.words, observation.place,
                   coalesce(observation.latitude, stop.latitude) AS latitude,
                   coalesce(observation.longitude, stop.longitude) AS longitude, pictures.media, pictures.alts
            FROM observation LEFT JOIN observation AS target ON target.id = observation.joined_into
            LEFT JOIN stop ON stop.id = observation.stop_id
            CROSS JOIN LATERAL (
                SELECT coalesce(array_agg(medium.id), '{}') AS media, coalesce(array_agg(medium.alt), '{}') AS alts
                FROM observation_photo JOIN medium ON medium.id = observation_photo.medium_id
                WHERE observation_photo.observation_id = observation.id AND observation_photo.cleared_at IS NOT NULL
            ) AS pictures
            WHERE observation.id = ANY (\(ids))
              AND (observation.state = 'published' OR observation.state = 'joined' AND target.state = 'published')
            """)
        let known: [UUID: Row] = Dictionary(uniqueKeysWithValues: try rows.map { (try $0.get("id"), $0) })
        content.observations = try content.observations.compactMap { observation in
            guard let row = known[observation.id] else { return nil }
            var observation: ReportContent.Observation = observation
            observation.words = try row.get("words")
            observation.place = try row.get("place")
            observation.point = try MapPoint(row: row)
            let alts: [UUID: String] = Dictionary(
                uniqueKeysWithValues: zip(
                    try row.get("media", as: [UUID].self), try row.get("alts", as: [String].self)))
            observation.photos = observation.photos.compactMap { photo in
                alts[photo.medium].map { ReportContent.Photo(medium: photo.medium, alt: $0, purpose: photo.purpose) }
            }
            return observation
        }
    }

    /// All that the report says now.
    static func content(
        of walk: Walk, _ report: WalkReport, in transaction: some Executor
    ) async throws -> ReportContent {
        let facts: WalkReportFacts = report.facts
        let search = ObservationSearch(in: .walk(walk.id))
        let found: [PublishedObservation] = try await transaction.query(
            "walk_report.observations", ObservationLists.page(search, at: nil, limit: ReportContent.most + 1)
        ).map(PublishedObservation.init(row:))
        guard found.count <= ReportContent.most else {
            throw WalkReportRefusal.tooManyObservations(limit: ReportContent.most)
        }
        let observations: [PublishedObservation] = try await PublishedObservation.withPhotos(found, in: transaction)
        let analysis: ObservationAnalysis =
            try await ObservationLists.analyses(where: search.condition(), by: "NULL::uuid", in: transaction)[nil]
            ?? ObservationAnalysis()
        let route: Route? = try await Walks.route(walk.route, in: transaction)
        let themes: [WalkTheme] = try await Walks.themes(of: walk.id, in: transaction)
        let answers: [[Row]] = try await transaction.pipeline([
            (
                "walk_report.heads",
                "SELECT category, people FROM walk_head_count WHERE walk_id = \(walk.id) AND people > 0"
            ),
            ("walk_report.process", "SELECT slug, title::text AS title FROM process WHERE id = \(walk.process)"),
        ])
        let heads: [String: Int] = Dictionary(
            uniqueKeysWithValues: try answers[0].map { row in
                (try row.get("category", as: String.self), Int(try row.get("people", as: Int32.self)))
            })
        // The schema leaves no walk without its process.
        let process: Row = answers[1][0]
        return ReportContent(
            title: walk.title, walk: walk.handle, processTitle: try Texts(json: process.get("title")),
            process: try process.get("slug"), commissioner: facts.commissioner, aim: walk.aim,
            perimeter: walk.perimeter, startedAt: facts.startedAt ?? walk.gathering.startsAt,
            endedAt: facts.endedAt ?? walk.gathering.endsAt, light: walk.light, weather: facts.weather,
            meetingPlace: walk.meetingPlace, length: facts.length ?? route?.length,
            heads: HeadCategory.allCases.compactMap { category in
                heads[category.rawValue].map { ReportContent.HeadCount(category: category, people: $0) }
            },
            absentServices: facts.absentServices, introduction: ReportFigure.fill(facts.introduction, analysis.all),
            line: route?.line ?? [],
            stops: (route?.stops ?? []).map {
                ReportContent.Stop(number: $0.number, title: $0.title, prompt: $0.prompt, point: $0.point)
            },
            observations: observations.map(ReportContent.Observation.init), tally: analysis.all,
            sections: report.sections.map { _, section in
                let tally: ObservationTally =
                    section.theme.map { analysis.themes[$0] ?? ObservationTally() } ?? analysis.all
                return ReportContent.Section(
                    kind: section.kind, title: section.title, words: ReportFigure.fill(section.words, tally),
                    theme: themes.first { $0.key == section.theme }?.title, tally: tally)
            },
            recommendations: report.recommendations.map { _, one in
                ReportContent.Recommendation(
                    horizon: one.horizon, owner: one.owner, ownerName: one.ownerName, title: one.title,
                    words: one.words, observations: one.observations)
            },
            returnAt: facts.returnAt, returnPlace: facts.returnPlace)
    }
}

extension ReportContent.Observation {
    fileprivate init(_ observation: PublishedObservation) {
        id = observation.id.uuid
        number = observation.number
        stop = observation.stop
        point = observation.point
        place = observation.place
        theme = observation.themeTitle
        kind = observation.kind
        feeling = observation.feeling
        concerned = observation.concerned
        words = observation.words
        language = observation.language
        others = observation.others
        priority = observation.priority
        answer = observation.answer.map {
            ReportContent.Answer(
                followUp: $0.followUp, service: $0.service, words: $0.words, due: $0.due?.description)
        }
        photos = observation.photos.map {
            ReportContent.Photo(medium: $0.medium.uuid, alt: $0.alt, purpose: $0.purpose)
        }
    }
}

// What a frozen report is made of is written as the words and numbers that the database has for it.

extension Observation.Kind: Codable {}
extension Observation.Feeling: Codable {}
extension Concerned: Codable {}
extension Walk.Light: Codable {}
extension HeadCategory: Codable {}
extension FollowUp.Status: Codable {}

extension Texts: Codable {
    /// Texts by language code.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode([String: String].self))
    }

    /// Texts by language code.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(byLanguage)
    }
}

extension MapPoint: Codable {
    /// Longitude first, as in GeoJSON.
    public init(from decoder: any Decoder) throws {
        let pair: [Double] = try decoder.singleValueContainer().decode([Double].self)
        guard pair.count == 2, let point = MapPoint(latitude: pair[1], longitude: pair[0]) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "two degrees of the earth"))
        }
        self = point
    }

    /// Longitude first, as in GeoJSON.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode([longitude, latitude])
    }
}
