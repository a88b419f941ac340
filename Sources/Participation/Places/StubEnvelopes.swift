public import Foundation
public import Postgres

/// Papers that come by post or lie in a drop box, each in an envelope with an identity stub.
///
/// An envelope is received, then marked, then separated: its stub is taken off and the closed paper goes into the box
/// among others. Separating is one act for all envelopes of a place, so that nobody can tell which paper was whose,
/// and nothing here ever knows a paper.
public struct StubEnvelopes: Sendable {
    private let pool: Pool
    private let marks: Marks

    /// Envelopes kept in the database of `pool`; `marks` applies the policy.
    public init(pool: Pool, marks: Marks) {
        self.pool = pool
        self.marks = marks
    }

    /// Why an envelope is not taken a step further.
    public enum Refusal: Error, Hashable, Sendable {
        /// The place takes no envelopes.
        case notAPost
        /// The vote has not been opened, or has been closed.
        case voteNotOpen
        /// The person is not on the roll, declared, or a holder of a code of this vote.
        case notEligible
        /// The envelope is not in the state that the act needs.
        case elsewhere
        /// Fewer are ready than the vote's smallest group: those taken out together could be told apart.
        case tooFew(Int, of: Int)
    }

    /// Where an envelope is on its way.
    public enum State: Sendable, Hashable {
        /// It lies in the safe; nothing has been checked.
        case received
        /// Its person is marked; the stub is still on it.
        case marked
        /// The paper is in the box.
        case separated
        /// It stays closed for ever.
        case setAside(SetAside)
    }

    /// Why an envelope stays closed.
    public enum SetAside: String, Sendable, Hashable, CaseIterable {
        /// The person voted already, and that mark stands.
        case voted
        /// The person voted online afterwards, and the policy let that prevail.
        case otherChannel = "other_channel"
        /// It came after the last minute.
        case late
        /// The stub is not signed, or cannot be read.
        case unsigned
    }

    /// An envelope at a place.
    public struct Envelope: Sendable, Hashable {
        /// Its number at the place, written on it when it came.
        public let number: Int
        /// Whose name is on the stub.
        public let person: ID<Person>, name: String
        /// When it came.
        public let received: Date
        /// Where it is on its way.
        public let state: State
    }

    /// The envelopes of a place that are on their way, by number; with `all`, also those that have come to an end.
    public func list(at place: ID<Place>, all: Bool = false) async throws -> [Envelope] {
        try await pool.query(
            "envelope.list",
            """
            SELECT stub_envelope.number, stub_envelope.person_id, stub_envelope.received_at, stub_envelope.mark_id,
                   stub_envelope.separated_at, stub_envelope.set_aside_because,
                   coalesce(concat_ws(' ', roll_entry.family_name, nullif(roll_entry.given_names, '')),
                            declaration.name, '') AS name
            FROM stub_envelope
            LEFT JOIN roll_entry ON roll_entry.vote_id = stub_envelope.vote_id
                                AND roll_entry.person_id = stub_envelope.person_id
            LEFT JOIN LATERAL (
                SELECT name FROM declaration
                WHERE declaration.vote_id = stub_envelope.vote_id
                  AND declaration.person_id = stub_envelope.person_id AND confirmed_at IS NOT NULL LIMIT 1
            ) AS declaration ON roll_entry.id IS NULL
            WHERE stub_envelope.place_id = \(place)
              AND (\(all) OR stub_envelope.separated_at IS NULL AND stub_envelope.set_aside_at IS NULL)
            ORDER BY stub_envelope.number DESC LIMIT 1000
            """
        ).map(Envelope.init(row:))
    }

    /// Notes an envelope that came, with the person named on its stub. One that comes after the last minute is set
    /// aside at once.
    ///
    /// - Returns: the number to write on it.
    /// - Throws: `Refusal`; `PlaceRefusal.notOnDuty`; `NotAllowed`.
    @discardableResult
    public func receive(from person: ID<Person>, at place: ID<Place>, by actor: Actor) async throws -> Int {
        try await acting(at: place, by: actor, "envelope.receive") { duty, transaction in
            guard try await Marks.isEligible(person, in: duty.vote, in: transaction) else { throw Refusal.notEligible }
            // Two officers who note envelopes at one moment get two numbers.
            try await transaction.execute(
                "envelope.queue", "SELECT id FROM place WHERE id = \(place) FOR NO KEY UPDATE")
            let late: String? = duty.hasEnded ? SetAside.late.rawValue : nil
            let row: Row? = try await transaction.one(
                "envelope.insert",
                """
                INSERT INTO stub_envelope (id, place_id, vote_id, number, person_id, received_by, received_at,
                                           set_aside_at, set_aside_because)
                SELECT \(ID<Envelope>()), \(place), \(duty.vote), coalesce(max(number), 0) + 1, \(person),
                       \(actor.account), \(duty.moment),
                       CASE WHEN \(late)::text IS NULL THEN NULL ELSE \(duty.moment) END, \(late)
                FROM stub_envelope WHERE place_id = \(place)
                RETURNING number
                """)
            try await Acts.record(
                "envelope_received", by: actor, on: "place", place, detail: ["place": duty.handle], in: transaction)
            return try row?.get("number") ?? 0
        }
    }

    /// Marks the person of an envelope; where another mark stands, the envelope is set aside unopened.
    ///
    /// - Returns: where the envelope is then, and the mark that gave way or that stands.
    /// - Throws: `Refusal`; `PlaceRefusal.notOnDuty`; `NotAllowed`.
    @discardableResult
    public func mark(_ number: Int, at place: ID<Place>, by actor: Actor) async throws -> (State, other: Mark?) {
        try await acting(at: place, by: actor, "envelope.mark") { duty, transaction in
            let row: Row? = try await transaction.one(
                "envelope.held",
                """
                SELECT person_id FROM stub_envelope
                WHERE place_id = \(place) AND number = \(number)
                  AND mark_id IS NULL AND set_aside_at IS NULL FOR UPDATE
                """)
            guard let row else { throw Refusal.elsewhere }
            do {
                let person: ID<Person> = ID(try row.get("person_id", as: UUID.self))
                let made: Marks.Made = try await marks.paper(for: person, duty, by: actor, in: transaction)
                try await transaction.execute(
                    "envelope.marked",
                    """
                    UPDATE stub_envelope SET mark_id = \(made.mark) WHERE place_id = \(place) AND number = \(number)
                    """)
                return (.marked, made.replaced)
            } catch MarkRefusal.marked(let other) {
                try await setAside(number, .voted, duty, by: actor, in: transaction)
                return (.setAside(.voted), other)
            }
        }
    }

    /// Sets an envelope aside, before its person is marked: it stays closed.
    public func setAside(
        _ number: Int, because reason: SetAside, at place: ID<Place>, by actor: Actor
    ) async throws {
        try await acting(at: place, by: actor, "envelope.set_aside") { duty, transaction in
            try await setAside(number, reason, duty, by: actor, in: transaction)
        }
    }

    /// Separates the stubs of all marked envelopes of a place: the papers go into the box among each other. While
    /// others can still come, no fewer than the vote's smallest group. What was forgotten is separated after the
    /// closing: a marked person's paper must be counted, or be told as missing.
    ///
    /// - Returns: how many.
    /// - Throws: `Refusal.tooFew`, `.voteNotOpen`; `PlaceRefusal.notOnDuty`; `NotAllowed`.
    @discardableResult
    public func separate(at place: ID<Place>, by actor: Actor) async throws -> Int {
        try await acting(at: place, by: actor, "envelope.separate", afterClosing: true) { duty, transaction in
            let row: Row? = try await transaction.one(
                "envelope.smallest", "SELECT small_cell::int8 AS least FROM vote WHERE id = \(duty.vote)")
            let least: Int = try row?.get("least") ?? 1
            // One moment for all of them: not even the order of the table tells them apart.
            let separated: Int = try await transaction.execute(
                "envelope.separated",
                """
                UPDATE stub_envelope SET separated_at = \(duty.moment)
                WHERE place_id = \(place) AND mark_id IS NOT NULL AND separated_at IS NULL AND set_aside_at IS NULL
                """)
            guard separated > 0 else { throw Refusal.elsewhere }
            guard duty.hasEnded || duty.isClosed || separated >= least else {
                throw Refusal.tooFew(separated, of: least)
            }
            try await Acts.record(
                "envelopes_separated", by: actor, on: "place", place,
                detail: ["place": duty.handle, "papers": String(separated)], in: transaction)
            return separated
        }
    }

    // MARK: Parts

    private func acting<T: Sendable>(
        at place: ID<Place>, by actor: Actor, _ name: StaticString, afterClosing: Bool = false,
        _ body: (Duty, Transaction) async throws -> T
    ) async throws -> T {
        try await pool.transaction(name) { transaction in
            let duty: Duty = try await .take(at: place, by: actor, shifts: .any, in: transaction)
            guard duty.isOpened, duty.hasBegun, afterClosing || !duty.isClosed else { throw Refusal.voteNotOpen }
            let post: Row? = try await transaction.one(
                "envelope.post", "SELECT 1 AS found FROM place WHERE id = \(place) AND kind = 'post'")
            guard post != nil else { throw Refusal.notAPost }
            return try await body(duty, transaction)
        }
    }

    /// Envelopes that are neither separated nor set aside, by the handle of their place; places without any are left
    /// out. `marked` ones hold the paper of somebody whose mark stands, `received` ones that of nobody who has voted.
    static func waiting(
        of vote: ID<Vote>, in executor: some Executor
    ) async throws -> [String: (marked: Int, received: Int)] {
        let rows: [Row] = try await executor.query(
            "envelope.waiting",
            """
            SELECT place.handle AS place, count(mark_id) AS marked, count(*) FILTER (WHERE mark_id IS NULL) AS received
            FROM stub_envelope JOIN place ON place.id = stub_envelope.place_id
            WHERE stub_envelope.vote_id = \(vote) AND separated_at IS NULL AND set_aside_at IS NULL
            GROUP BY place.handle ORDER BY place.handle
            """)
        var found: [String: (marked: Int, received: Int)] = [:]
        for row in rows { found[try row.get("place")] = (try row.get("marked"), try row.get("received")) }
        return found
    }

    private func setAside(
        _ number: Int, _ reason: SetAside, _ duty: Duty, by actor: Actor, in transaction: Transaction
    ) async throws {
        let changed: Int = try await transaction.execute(
            "envelope.aside",
            """
            UPDATE stub_envelope SET set_aside_at = clock_timestamp(), set_aside_because = \(reason.rawValue)
            WHERE place_id = \(duty.place) AND number = \(number) AND mark_id IS NULL AND set_aside_at IS NULL
            """)
        guard changed == 1 else { throw Refusal.elsewhere }
        try await Acts.record(
            "envelope_set_aside", by: actor, on: "place", duty.place,
            detail: ["place": duty.handle, "reason": reason.rawValue], in: transaction)
    }

    /// Annuls the paper mark of a person whose envelope still has its stub, for a ballot that prevails over it; the
    /// envelope stays closed. False when the paper is in a box, out of anybody's reach.
    static func giveWay(_ mark: ID<Mark>, in vote: ID<Vote>, in transaction: Transaction) async throws -> Bool {
        let row: Row? = try await transaction.one(
            "envelope.give_way",
            """
            UPDATE stub_envelope SET set_aside_at = clock_timestamp(), set_aside_because = 'other_channel'
            WHERE mark_id = \(mark) AND separated_at IS NULL AND set_aside_at IS NULL
            RETURNING id
            """)
        guard row != nil else { return false }
        try await Marks.annul(mark, .otherChannel, in: vote, in: transaction)
        return true
    }
}

extension StubEnvelopes.Envelope {
    init(row: Row) throws {
        number = try row.get("number")
        person = ID(try row.get("person_id", as: UUID.self))
        name = try row.get("name")
        received = try row.get("received_at")
        let reason: String? = try row.get("set_aside_because")
        if let aside = reason.flatMap(StubEnvelopes.SetAside.init(rawValue:)) {
            state = .setAside(aside)
        } else if try row.get("separated_at", as: Date?.self) != nil {
            state = .separated
        } else {
            state = try row.get("mark_id", as: UUID?.self) == nil ? .received : .marked
        }
    }
}
