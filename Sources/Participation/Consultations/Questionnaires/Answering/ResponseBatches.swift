import Crypto
import Foundation
public import Logging
import Postgres
public import ServiceLifecycle

/// What answers need from the clock: anonymous ones leave in batches, are written anew when the collection ends, and
/// drafts are forgotten.
public struct ResponseRounds: Service {
    private let answering: Answering
    private let logger: Logger

    /// The rounds of these answers.
    public init(_ answering: Answering, logger: Logger) {
        self.answering = answering
        self.logger = logger
    }

    /// Looks every five minutes until the service stops.
    public func run() async throws {
        await Rounds.run(every: .seconds(300), logger, "Answers on their way cannot arrive.") {
            try await answering.forgetDrafts()
            try await answering.moveBatches(logger)
            try await answering.level()
        }
    }
}

extension Answering {
    /// How many anonymous answers wait for one another, at least: fewer leave only when the collection has ended.
    public static let smallestBatch = 10
    /// How many leave at once, at most.
    static let largestBatch = 200

    /// Forgets drafts that nobody has gone on with.
    public func forgetDrafts() async throws {
        try await pool.execute(
            "answer_draft.forget",
            "DELETE FROM answer_draft WHERE ends_on < (clock_timestamp() AT TIME ZONE \(zone))::date")
    }

    // MARK: Batches

    /// Lets anonymous answers arrive, each batch in one transaction and in random order, under new random identities; so
    /// do their photos.
    ///
    /// A questionnaire whose answers cannot arrive holds up no other: that is logged.
    ///
    /// - Returns: how many arrived.
    @discardableResult
    public func moveBatches(_ logger: Logger? = nil) async throws -> Int {
        let due: [ID<Questionnaire>] = try await pool.query(
            "incoming_response.due",
            """
            SELECT incoming_response.questionnaire_id
            FROM incoming_response
            JOIN questionnaire ON questionnaire.id = incoming_response.questionnaire_id
            JOIN consultation ON consultation.id = questionnaire.consultation_id
            GROUP BY incoming_response.questionnaire_id, consultation.collects_until
            HAVING count(*) >= \(Self.smallestBatch) OR consultation.collects_until <= clock_timestamp()
            """
        ).map { try $0.get("questionnaire_id") }
        var total = 0
        for questionnaire in due {
            do {
                var count: Int
                repeat {
                    count = try await moveBatch(of: questionnaire)
                    total += count
                } while count == Self.largestBatch
            } catch {
                guard let logger else { throw error }
                logger.error("Answers on their way cannot arrive.", metadata: ["error": "\(error)"])
            }
        }
        return total
    }

    private struct Arrival {
        let incoming: ID<Response>, hash: [UInt8], version: Int, way: AnswerWay, language: Language, day: String
        let answers: Answers
        let id = ID<Response>(UUID())
    }

    private func moveBatch(of questionnaire: ID<Questionnaire>) async throws -> Int {
        try await pool.transaction("response.batch") { transaction in
            let key: SymmetricKey = secrets.derive(label: Self.incoming)
            // The identities are random: those that come first in their order are anybody's.
            let rows: [Row] = try await transaction.query(
                "incoming_response.take",
                """
                SELECT id, sealed FROM incoming_response WHERE questionnaire_id = \(questionnaire)
                ORDER BY id LIMIT \(Self.largestBatch) FOR UPDATE
                """)
            // A rest that is no batch waits for others, or for the end.
            if rows.count < Self.smallestBatch {
                let isOver: Bool = try await Self.isOver(questionnaire, in: transaction)
                guard isOver else { return 0 }
            }
            let photos: Set<ID<Medium>> = try await Self.photos(
                of: rows.map { try $0.get("id") }, in: transaction)
            var media: [ID<Medium>: ID<Medium>] = [:]
            let arrivals: [Arrival] = try rows.compactMap { row in
                // What was sealed under a secret that is lost cannot arrive, and holds nobody else up.
                guard
                    let content = try? AnswerDraft.Content(
                        sealed: row.get("sealed"), key, label: "\(questionnaire)"),
                    let version = content.version, let day = content.day, let hash = content.arrivalHash
                else { return nil }
                let answers: Answers = Answers(content.answers).keeping(photos)
                for photo in answers.photos { media[photo] = ID(UUID()) }
                return Arrival(
                    incoming: try row.get("id"), hash: hash, version: version,
                    way: content.way, language: content.language, day: day, answers: answers.replacing(media))
            }.shuffled()
            guard !arrivals.isEmpty else { return 0 }
            try await transaction.execute(
                "response.arrive",
                """
                INSERT INTO response (id, questionnaire_id, is_anonymous, version, way, language, answers, received_on,
                                      withdrawal_hash)
                SELECT made.id, \(questionnaire), true, made.version, made.way, made.language, made.answers::jsonb,
                       made.day::date, made.hash
                FROM unnest(\(arrivals.map(\.id)), \(arrivals.map(\.version)), \(arrivals.map(\.way.rawValue)),
                            \(arrivals.map(\.language.rawValue)), \(try arrivals.map { try $0.answers.json }),
                            \(arrivals.map(\.day)), \(arrivals.map(\.hash)))
                     WITH ORDINALITY AS made (id, version, way, language, answers, day, hash, place)
                ORDER BY made.place
                """)
            try await copy(media, of: arrivals, in: transaction)
            try await transaction.execute(
                "incoming_response.arrived",
                "DELETE FROM incoming_response WHERE id = ANY (\(arrivals.map(\.incoming)))")
            return arrivals.count
        }
    }

    /// Whether anonymous answers to a consultation are still on their way: figures published now would lack them for good.
    static func isArriving(_ consultation: ID<Consultation>, in executor: some Executor) async throws -> Bool {
        try await executor.one(
            "incoming_response.any",
            """
            SELECT 1 FROM incoming_response
            JOIN questionnaire ON questionnaire.id = incoming_response.questionnaire_id
            WHERE questionnaire.consultation_id = \(consultation) LIMIT 1
            """) != nil
    }

    private static func isOver(
        _ questionnaire: ID<Questionnaire>, in transaction: some Executor
    ) async throws -> Bool {
        try await transaction.one(
            "incoming_response.is_over",
            """
            SELECT 1 FROM questionnaire JOIN consultation ON consultation.id = questionnaire.consultation_id
            WHERE questionnaire.id = \(questionnaire) AND consultation.collects_until <= clock_timestamp()
            """) != nil
    }

    /// The photos that these answers have still: one that went with an answer before cannot arrive.
    private static func photos(
        of incoming: [ID<Response>], in transaction: some Executor
    ) async throws -> Set<ID<Medium>> {
        Set(
            try await transaction.query(
                "answer_photo.on_the_way",
                "SELECT medium_id FROM answer_photo WHERE incoming_id = ANY (\(incoming))"
            ).map { try $0.get("medium_id") })
    }

    /// Photos get new rows under new identities, like the answers that they belong to; the old ones go with theirs.
    private func copy(
        _ media: [ID<Medium>: ID<Medium>], of arrivals: [Arrival], in transaction: some Executor
    ) async throws {
        guard !media.isEmpty else { return }
        let pairs = media.shuffled()
        let (old, new) = (pairs.map(\.key), pairs.map(\.value))
        try await transaction.execute(
            "medium.copy",
            """
            INSERT INTO medium (id, kind, name, alt, created_at)
            SELECT pair.new, medium.kind, medium.name, medium.alt, medium.created_at
            FROM unnest(\(old), \(new)) AS pair (old, new) JOIN medium ON medium.id = pair.old ORDER BY pair.new
            """)
        try await transaction.execute(
            "medium.copy_renditions",
            """
            INSERT INTO medium_rendition (medium_id, kind, rendition, media_type, width, height, bytes)
            SELECT pair.new, made.kind, made.rendition, made.media_type, made.width, made.height, made.bytes
            FROM unnest(\(old), \(new)) AS pair (old, new) JOIN medium_rendition AS made ON made.medium_id = pair.old
            ORDER BY pair.new, made.rendition
            """)
        let owners: [(ID<Medium>, ID<Response>)] = arrivals.flatMap { arrival in
            arrival.answers.photos.map { ($0, arrival.id) }
        }.shuffled()
        try await transaction.execute(
            "answer_photo.arrive",
            """
            INSERT INTO answer_photo (medium_id, response_id)
            SELECT * FROM unnest(\(owners.map(\.0)), \(owners.map(\.1)))
            """)
    }

    // MARK: The end

    /// Writes everything anew when the collection of an anonymous questionnaire has ended and all answers have arrived:
    /// one transaction for all rows, so that none tells with which others it came, then the tables in the order of their
    /// random keys, so that the place of a row tells nothing either.
    public func level() async throws {
        let ended: [ID<Questionnaire>] = try await pool.query(
            "answer_levelling.due",
            """
            SELECT questionnaire.id FROM questionnaire
            JOIN consultation ON consultation.id = questionnaire.consultation_id
            WHERE questionnaire.is_anonymous AND questionnaire.live_version IS NOT NULL
              -- What was sent in the last moment is there by now.
              AND consultation.collects_until <= clock_timestamp() - interval '1 minute'
              AND NOT EXISTS (SELECT FROM incoming_response WHERE questionnaire_id = questionnaire.id)
              AND NOT EXISTS (SELECT FROM answer_levelling
                              WHERE questionnaire_id = questionnaire.id
                                AND collected_until = consultation.collects_until)
            """
        ).map { try $0.get("id") }
        for questionnaire in ended { try await rewrite(questionnaire) }
        try await layDown()
    }

    private func rewrite(_ questionnaire: ID<Questionnaire>) async throws {
        try await pool.transaction("answer_levelling.rewrite") { transaction in
            try await transaction.execute(
                "answer_levelling.responses",
                "UPDATE response SET version = version WHERE questionnaire_id = \(questionnaire)")
            try await transaction.execute(
                "answer_levelling.participations",
                "UPDATE participation SET person_hash = person_hash WHERE questionnaire_id = \(questionnaire)")
            try await transaction.execute(
                "answer_levelling.codes",
                """
                UPDATE answer_code SET state = state FROM answer_code_package
                WHERE answer_code_package.id = answer_code.package_id
                  AND answer_code_package.questionnaire_id = \(questionnaire)
                """)
            try await transaction.execute(
                "answer_levelling.photos",
                """
                UPDATE answer_photo SET response_id = response_id FROM response
                WHERE response.id = answer_photo.response_id AND response.questionnaire_id = \(questionnaire)
                """)
            try await transaction.execute(
                "answer_levelling.media",
                """
                UPDATE medium SET name = medium.name FROM answer_photo
                JOIN response ON response.id = answer_photo.response_id
                WHERE medium.id = answer_photo.medium_id AND response.questionnaire_id = \(questionnaire)
                """)
            try await transaction.execute(
                "answer_levelling.done",
                """
                INSERT INTO answer_levelling (questionnaire_id, collected_until)
                SELECT questionnaire.id, consultation.collects_until FROM questionnaire
                JOIN consultation ON consultation.id = questionnaire.consultation_id
                WHERE questionnaire.id = \(questionnaire)
                ON CONFLICT ON CONSTRAINT answer_levelling_pk DO UPDATE
                SET collected_until = excluded.collected_until, is_laid_down = false
                """)
        }
    }

    /// In a transaction of its own: what the one before left behind is only then no longer carried along.
    private func layDown() async throws {
        let row: Row? = try await pool.one(
            "answer_levelling.pending", "SELECT 1 FROM answer_levelling WHERE NOT is_laid_down LIMIT 1")
        guard row != nil else { return }
        try await pool.transaction("answer_levelling.lay_down") { transaction in
            // Whoever reads now is not held up for long: the next round tries again.
            try await transaction.execute("answer_levelling.patience", "SET LOCAL lock_timeout = '10s'")
            try await transaction.execute(
                "answer_levelling.mark", "UPDATE answer_levelling SET is_laid_down = true WHERE NOT is_laid_down")
            try await transaction.execute("response.cluster", "CLUSTER response USING response_pk")
            try await transaction.execute("participation.cluster", "CLUSTER participation USING participation_pk")
            try await transaction.execute("answer_code.cluster", "CLUSTER answer_code USING answer_code_hash")
            try await transaction.execute("answer_photo.cluster", "CLUSTER answer_photo USING answer_photo_pk")
        }
    }
}
