public import Foundation
import Postgres
public import PublicRecord

/// What happened in a vote, as its public record tells it: everything in here stands in the record, or follows from it,
/// and nothing of it leads to a person. Only the days of the marks are from the database.
public struct RecordStory: Sendable {
    /// How many marks were made on a day in a channel, annulled ones too.
    public struct DayMarks: Sendable, Hashable {
        /// The day in the city's time zone.
        public let day: Day
        /// How people voted.
        public let channel: Channel
        /// How many.
        public let count: Int
    }

    /// A file that an entry names.
    public struct File: Sendable, Hashable {
        /// Its name in the record.
        public let hash: Hash
        /// Whether everybody may read it; a batch that is joined with others is not shown alone.
        public let isShown: Bool
    }

    /// A reading of a batch.
    public struct Reading: Sendable, Hashable {
        /// Which of the readings it is.
        public let letter: PaperEntry.Letter
        /// What was read.
        public let file: File
    }

    /// A batch of papers with what became of it.
    public struct Pile: Sendable {
        /// Its handle, and the name of its place.
        public let handle: String, place: Texts
        /// The manifest.
        public let papers: Int, spoiled: Int
        /// When it was declared.
        public let declaredAt: Date
        /// Whether that was after the closing.
        public let isLate: Bool
        /// How often its settlement was taken back.
        public let reopened: Int
        /// What was handed in, in the order A, B, scan.
        public let readings: [Reading]
        /// The outcome, and the file in which every paper stands; nil while it is not settled.
        public let settlement: Settlement?, settled: File?
    }

    /// Why a place does not close, as two officers have recorded it.
    public struct Explanation: Sendable {
        /// The name of the place.
        public let place: Texts
        /// Marks less papers.
        public let count: Int
        /// Why, and its name in the record.
        public let text: String, file: File
    }

    /// The committed roll; nil for a vote without one.
    public let roll: RollCommitment?
    /// Marks by day and channel, in order.
    public let marks: [DayMarks]
    /// Annulled marks by reason, sorted.
    public let annulled: [Entry.ReasonCount]
    /// The batches, by place and handle.
    public let piles: [Pile]
    /// Recorded discrepancies, by place.
    public let explanations: [Explanation]
}

extension Record {
    /// The story of a vote so far.
    ///
    /// - Parameter zone: the IANA name of the time zone in which a day begins.
    public func story(of vote: Vote, zone: String) async throws -> RecordStory {
        let id: ID<Vote> = vote.id
        let answers: [[Row]] = try await pool.pipeline([
            (
                "story.marks",
                """
                SELECT (made_at AT TIME ZONE \(zone))::date::text AS day, channel, count(*) AS marks
                FROM mark WHERE vote_id = \(id) GROUP BY 1, 2 ORDER BY 1, 2
                """
            ),
            (
                "story.annulled",
                """
                SELECT annulled_because AS reason, count(*) AS marks
                FROM mark WHERE vote_id = \(id) AND annulled_at IS NOT NULL GROUP BY 1 ORDER BY 1
                """
            ),
            (
                "story.readings",
                """
                SELECT batch_entry.batch_id, batch_entry.letter, batch_entry.file_hash AS hash,
                       record_file.published_at IS NOT NULL AS is_shown
                FROM batch_entry
                JOIN batch ON batch.id = batch_entry.batch_id
                LEFT JOIN record_file ON record_file.vote_id = batch.vote_id
                                     AND record_file.hash = batch_entry.file_hash
                WHERE batch.vote_id = \(id) AND batch_entry.submitted_at IS NOT NULL
                ORDER BY batch_entry.letter
                """
            ),
            (
                "story.explanations",
                """
                SELECT place.name::text AS place, discrepancy.difference, discrepancy.explanation
                FROM discrepancy JOIN place ON place.id = discrepancy.place_id
                WHERE discrepancy.vote_id = \(id) AND discrepancy.confirmed_at IS NOT NULL
                ORDER BY place.handle, discrepancy.confirmed_at
                """
            ),
        ])
        let shown: Set<Hash> = Set(try await RecordFiles(pool: pool).list(of: id))
        func file(_ hash: Hash) -> RecordStory.File { RecordStory.File(hash: hash, isShown: shown.contains(hash)) }
        var readings: [ID<Batch>: [RecordStory.Reading]] = [:]
        for row in answers[2] {
            guard let letter = PaperEntry.Letter(rawValue: try row.get("letter")),
                let hash = Hash(bytes: try row.get("hash", as: [UInt8].self))
            else { continue }
            readings[try row.get("batch_id"), default: []].append(.init(letter: letter, file: file(hash)))
        }
        return RecordStory(
            roll: vote.settings.eligibility.contains("roll") ? try await Rolls.commitment(of: id, in: pool) : nil,
            marks: try answers[0].compactMap(RecordStory.DayMarks.init(row:)),
            annulled: try answers[1].map { Entry.ReasonCount(try $0.get("reason"), try $0.get("marks")) },
            piles: try await Batches.load(where: "batch.vote_id = \(id)", in: pool).map { batch in
                RecordStory.Pile(
                    handle: batch.handle, place: batch.placeName, papers: batch.papers, spoiled: batch.spoiled,
                    declaredAt: batch.declaredAt, isLate: batch.isLate, reopened: batch.reopened,
                    readings: readings[batch.id] ?? [], settlement: batch.settlement,
                    settled: batch.settlement.map { file($0.file) })
            },
            explanations: try answers[3].map { row in
                let text: String = try row.get("explanation")
                return RecordStory.Explanation(
                    place: try Texts(json: try row.get("place")), count: try row.get("difference"), text: text,
                    file: file(Hash(of: Discrepancies.file(of: text))))
            })
    }
}

extension RecordStory.DayMarks {
    /// Nil for what the schema does not let in.
    fileprivate init?(row: Row) throws {
        guard let day = Day(try row.get("day", as: String.self)),
            let channel = Channel(rawValue: try row.get("channel"))
        else { return nil }
        self.init(day: day, channel: channel, count: try row.get("marks"))
    }
}
