import Foundation
public import Postgres
import PublicRecord

/// Marks made by officers, and what becomes of a person who appears in two channels.
///
/// One live mark per person and vote is a constraint of the database (`mark_one_per_person`), whichever the channel.
/// Here stands the policy: which of two marks gives way. A policy annuls and marks in one transaction; both stand in
/// the record, and the person is told. `Documentation/Places.md` has the table of every case.
public struct Marks: Sendable {
    private let pool: Pool
    private let notices: MarkNotices

    /// The marks kept in the database of `pool`; `correspondent` words the letters to people whose mark was annulled.
    public init(pool: Pool, correspondent: any MarkCorrespondent) {
        self.pool = pool
        notices = MarkNotices(correspondent: correspondent)
    }

    // MARK: Reading

    /// The live mark of a person, and the last one annulled.
    public struct Standing: Sendable, Hashable {
        /// The mark that counts, if there is one.
        public let live: Mark?
        /// The latest annulled mark, whose story the person may read.
        public let annulled: Mark?
    }

    /// Whether there is a mark in a person's name.
    public func standing(of person: ID<Person>, in vote: ID<Vote>) async throws -> Standing {
        let marks: [Mark] = try await pool.query(
            "mark.standing",
            """
            \(sql: Mark.selection)
            WHERE mark.vote_id = \(vote.uuid) AND mark.person_id = \(person.uuid)
            ORDER BY mark.annulled_at DESC NULLS FIRST LIMIT 2
            """
        ).map(Mark.init(row:))
        return Standing(
            live: marks.first { $0.annulled == nil }, annulled: marks.first { $0.annulled != nil })
    }

    /// The live marks of several people, for a list of names.
    public func live(of people: [ID<Person>], in vote: ID<Vote>) async throws -> [ID<Person>: Mark] {
        let marks: [Mark] = try await pool.query(
            "mark.live",
            """
            \(sql: Mark.selection)
            WHERE mark.vote_id = \(vote.uuid) AND mark.person_id = ANY (\(people.map(\.uuid))::uuid[])
              AND mark.annulled_at IS NULL
            """
        ).map(Mark.init(row:))
        return Dictionary(marks.map { ($0.person, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The papers that stand at a place: its live marks on paper.
    public func papers(at place: ID<Place>) async throws -> Int {
        try await pool.one(
            "mark.papers",
            "SELECT count(*) AS papers FROM mark WHERE place_id = \(place) AND channel = 'paper' AND annulled_at IS NULL"
        )?.get("papers") ?? 0
    }

    // MARK: Making

    /// A mark just made, and the one that gave way to it.
    public struct Made: Sendable, Hashable {
        /// The new mark.
        public let mark: ID<Mark>
        /// What the policy annulled, if anything.
        public let replaced: Mark?
    }

    /// Marks a person who is handed a paper at the table.
    ///
    /// - Throws: `MarkRefusal`; `PlaceRefusal.notOnDuty`; `NotAllowed` without a role.
    @discardableResult
    public func make(for person: ID<Person>, at place: ID<Place>, by actor: Actor) async throws -> Made {
        try await pool.transaction("mark.make") { transaction in
            let duty: Duty = try await .take(at: place, by: actor, in: transaction)
            guard duty.isOpened, duty.hasBegun else { throw MarkRefusal.notYetOpen }
            guard !duty.hasEnded, !duty.isClosed else { throw MarkRefusal.closed }
            return try await paper(for: person, duty, by: actor, in: transaction)
        }
    }

    /// Marks a person on paper within an act whose right and time are settled: the policy, the mark, the record, the
    /// register and the letter.
    func paper(
        for person: ID<Person>, _ duty: Duty, by actor: Actor, in transaction: Transaction
    ) async throws -> Made {
        guard duty.channels.contains("paper") else { throw MarkRefusal.noPaper }
        guard try await Self.isEligible(person, in: duty.vote, in: transaction) else { throw MarkRefusal.notEligible }
        // A second pass is needed only when somebody marks the same person at the same moment.
        for _ in 0..<3 {
            let other: Mark? = try await Self.held(of: person, in: duty.vote, in: transaction)
            if let other {
                guard other.channel != .paper, duty.policy == "paper_prevails" else { throw MarkRefusal.marked(other) }
                try await Self.annul(other.id, .otherChannel, in: duty.vote, in: transaction)
            }
            let mark = ID<Mark>()
            let credential: [UInt8] = Random.bytes(16)
            let made: Row? = try await transaction.one(
                "mark.insert",
                """
                INSERT INTO mark (id, vote_id, person_id, credential, channel, place_id, made_at)
                VALUES (\(mark), \(duty.vote), \(person), \(credential), 'paper', \(duty.place), \(duty.moment))
                ON CONFLICT (vote_id, person_id) WHERE annulled_at IS NULL DO NOTHING
                RETURNING id
                """)
            guard made != nil else { continue }
            try await Record.append(
                [.markMade(credential: credential, channel: .paper, place: duty.handle)], to: duty.vote,
                in: transaction)
            try await Acts.record(
                "mark_made", by: actor, on: "mark", mark, detail: ["place": duty.handle], in: transaction)
            if let other {
                try await notices.tell(
                    person, of: duty.vote, annulled: other.channel, instead: .paper, in: transaction)
            }
            return Made(mark: mark, replaced: other)
        }
        throw MarkRefusal.closed
    }

    /// Marks several people of the roll on paper at once, and returns those who were not marked before and are of age.
    /// The entries stand in the record in an order that tells nothing of the list's.
    func papers(for people: [UUID], _ duty: Duty, in transaction: Transaction) async throws -> [UUID] {
        let rows: [Row] = try await transaction.query(
            "mark.insert_many",
            """
            INSERT INTO mark (id, vote_id, person_id, credential, channel, place_id, made_at)
            SELECT given.mark, \(duty.vote), given.person, given.credential, 'paper', \(duty.place), \(duty.moment)
            FROM unnest(\(people.map { _ in ID<Mark>().uuid })::uuid[], \(people)::uuid[],
                        \(people.map { _ in Random.bytes(16) })::bytea[]) AS given (mark, person, credential)
            JOIN roll_entry ON roll_entry.vote_id = \(duty.vote) AND roll_entry.person_id = given.person
            JOIN vote ON vote.id = roll_entry.vote_id
            WHERE \(sql: RollEntry.isOldEnough)
            ON CONFLICT (vote_id, person_id) WHERE annulled_at IS NULL DO NOTHING
            RETURNING person_id, credential
            """)
        let entries: [Entry] = try rows.map {
            .markMade(credential: try $0.get("credential"), channel: .paper, place: duty.handle)
        }
        try await Record.append(entries.shuffled(), to: duty.vote, in: transaction)
        return try rows.map { try $0.get("person_id") }
    }

    // MARK: Annulling

    /// Annuls a paper mark of the place: nothing was handed over (`error`), or the paper came back unused
    /// (`withdrawn`), which spoils it. Until the vote is closed: the papers of a place are counted after its hours.
    ///
    /// - Throws: `MarkRefusal.notHere`, `.inTheBox`, `.closed`; `PlaceRefusal.notOnDuty`; `NotAllowed`.
    public func annul(
        _ mark: ID<Mark>, because reason: AnnulmentReason, at place: ID<Place>, by actor: Actor
    ) async throws {
        precondition(reason != .otherChannel, "the policy alone annuls for another channel")
        try await pool.transaction("mark.annul") { transaction in
            let duty: Duty = try await .take(at: place, by: actor, shifts: .any, in: transaction)
            guard !duty.isClosed else { throw MarkRefusal.closed }
            let envelope: Row? = try await transaction.one(
                "mark.envelope",
                """
                SELECT separated_at IS NOT NULL AS is_separated FROM stub_envelope WHERE mark_id = \(mark) FOR UPDATE
                """)
            if let envelope, try envelope.get("is_separated", as: Bool.self) { throw MarkRefusal.inTheBox }
            let here: Row? = try await transaction.one(
                "mark.here",
                """
                SELECT id FROM mark
                WHERE id = \(mark) AND place_id = \(place) AND channel = 'paper' AND annulled_at IS NULL
                FOR UPDATE
                """)
            guard here != nil else { throw MarkRefusal.notHere }
            try await Self.annul(mark, reason, in: duty.vote, in: transaction)
            if envelope != nil {
                try await transaction.execute(
                    "mark.unmark_envelope", "UPDATE stub_envelope SET mark_id = NULL WHERE mark_id = \(mark)")
            } else if reason == .withdrawn {
                try await PaperLedger.note(.spoiled, 1, at: place, by: actor, in: transaction)
            }
            try await Acts.record(
                "mark_annulled", by: actor, on: "mark", mark,
                detail: ["place": duty.handle, "reason": reason.rawValue], in: transaction)
        }
    }

    /// Annuls a live mark that the transaction holds, and puts it into the record.
    ///
    /// Its envelope is destroyed at once: nobody will ever count it, and a ballot that would replace it at this moment
    /// finds nothing to replace.
    static func annul(
        _ mark: ID<Mark>, _ reason: AnnulmentReason, in vote: ID<Vote>, in transaction: Transaction
    ) async throws {
        let row: Row? = try await transaction.one(
            "mark.end",
            """
            UPDATE mark SET annulled_at = clock_timestamp(), annulled_because = \(reason.rawValue)
            WHERE id = \(mark) AND annulled_at IS NULL
            RETURNING credential
            """)
        guard let row else { return }
        try await transaction.execute("mark.destroy", "DELETE FROM sealed_ballot WHERE mark_id = \(mark)")
        try await Record.append(
            [.markAnnulled(credential: try row.get("credential"), reason: reason.rawValue)], to: vote,
            in: transaction)
    }

    // MARK: Parts

    /// The live mark of a person, held until the end of the transaction.
    static func held(of person: ID<Person>, in vote: ID<Vote>, in transaction: Transaction) async throws -> Mark? {
        try await transaction.one(
            "mark.held",
            """
            \(sql: Mark.selection)
            WHERE mark.vote_id = \(vote.uuid) AND mark.person_id = \(person.uuid) AND mark.annulled_at IS NULL
            FOR UPDATE OF mark
            """
        ).map(Mark.init(row:))
    }

    /// Whether an officer may mark the person: on the roll and of age, declared, the holder of a code of the vote, or of an
    /// account that was opened at a desk.
    static func isEligible(
        _ person: ID<Person>, in vote: ID<Vote>, in executor: some Executor
    ) async throws -> Bool {
        try await executor.one(
            "mark.eligible",
            """
            SELECT 1 AS found
            WHERE EXISTS (SELECT FROM roll_entry JOIN vote ON vote.id = roll_entry.vote_id
                          WHERE vote_id = \(vote) AND person_id = \(person) AND removed_at IS NULL
                            AND \(sql: RollEntry.isOldEnough))
               OR EXISTS (SELECT FROM declaration
                          WHERE vote_id = \(vote) AND person_id = \(person) AND confirmed_at IS NOT NULL)
               OR EXISTS (SELECT FROM voting_code
                          WHERE vote_id = \(vote) AND person_id = \(person) AND NOT is_test AND voided_on IS NULL)
               OR EXISTS (SELECT FROM assisted_act JOIN vote ON vote.id = assisted_act.vote_id
                          WHERE vote.id = \(vote) AND person_id = \(person) AND act = 'account'
                            AND withdrawn_at IS NULL AND 'account' = ANY (vote.eligibility))
            """) != nil
    }
}
