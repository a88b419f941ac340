import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// The fixed cast of the tests about what comes of observations: the hall with its services and examiners, and a walk of
/// its process.
struct Pavement: Sendable {
    let hall: Hall
    let walk: WalkFixture

    var pool: Pool { hall.pool }
    var agent: Actor { hall.agent }
    var files: ObservationFiles { ObservationFiles(pool: pool, zone: Square.zone) }
    var publications: Publications { Publications(pool: pool) }
    var batches: ObservationBatches { ObservationBatches(pool: pool) }
    var corrections: Corrections { Corrections(pool: pool) }
    var joins: ObservationJoins { ObservationJoins(pool: pool) }
    var clearances: PhotoClearances { PhotoClearances(pool: pool, zone: Square.zone) }
    var answers: ServiceAnswers {
        ServiceAnswers(pool: pool, zone: Square.zone, correspondent: PlainServiceLetters())
    }
    var followUps: FollowUps { FollowUps(pool: pool, zone: Square.zone) }
    var stories: ObservationStories { ObservationStories(pool: pool, zone: Square.zone) }
    var proposals: ObservationProposals { ObservationProposals(pool: pool, zone: Square.zone) }

    static let later = Day(year: 2999, month: 1, day: 1)!, latest = Day(year: 2999, month: 6, day: 1)!

    func file(_ id: ID<Observation>) async throws -> ObservationFile {
        try #require(try await files.open(id, of: walk.id, by: agent))
    }

    /// An observation that everybody can read, given to the service of roads.
    func given(_ words: String, number: Int, due: Day = Self.later) async throws -> ID<Observation> {
        let id: ID<Observation> = try await walk.observation(words, state: .published, number: number)
        try await answers.give([id], to: hall.roads, due: due, of: walk.id, by: agent)
        return id
    }

    /// The same with a published answer.
    func answered(
        _ decision: ServiceAnswer.Decision, _ words: String, number: Int
    ) async throws -> ID<Observation> {
        let id: ID<Observation> = try await given(words, number: number)
        try await answers.answer(id, draft(decision), by: hall.rosa)
        try await answers.publish([id], of: walk.id, by: agent)
        return id
    }

    func draft(_ decision: ServiceAnswer.Decision?) -> ServiceAnswerDraft {
        ServiceAnswerDraft(
            decision: decision, words: Texts(["fr": "Nous le ferons.", "en": "We shall."]),
            dueOn: decision?.isDated == true ? Self.later : nil)
    }

    /// A photo of an observation, as it arrives: nobody has cleared it.
    @discardableResult
    func photo(
        of id: ID<Observation>, _ name: String = "photo.jpg", purpose: WalkPhoto.Purpose = .seen,
        alt: String = "Un lieu"
    ) async throws -> ID<Medium> {
        let bytes = try Data(contentsOf: URL(filePath: "\(TestCluster.repository)/Tests/Fixtures/media/\(name)"))
        let medium: PreparedMedium = try await Media.prepare(UploadedFile(name: name, bytes: Array(bytes)), alt: alt)
        return try await pool.transaction("test.photo") { transaction in
            let photo: ID<Medium> = try await medium.store(by: .visitor, unlinkedIn: Square.zone, in: transaction)
            try await transaction.execute(
                "test.photo",
                """
                INSERT INTO observation_photo (client_id, observation_id, medium_id, purpose, position)
                SELECT \(UUID()), \(id), \(photo), \(purpose.rawValue), coalesce(max(position), 0) + 1
                FROM observation_photo WHERE observation_id = \(id)
                """)
            return photo
        }
    }
}

/// Letters to services that say no more than their kind.
struct PlainServiceLetters: ServiceCorrespondent {
    func letter(_ notice: ServiceNotice, to name: String?, in language: Language) -> Letter {
        Letter(subject: "\(notice.event) \(notice.lines.map(\.number))", body: "\(name ?? "-"), \(language)")
    }
}

/// Runs a body with the cast.
func withPavement(_ body: (Pavement) async throws -> Void) async throws {
    try await withHall { hall in
        let walk: WalkFixture = try await .make(hall.pool, in: hall.process)
        try await body(Pavement(hall: hall, walk: walk))
    }
}
