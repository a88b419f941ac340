public import Foundation
public import Postgres
import PublicRecord

/// Voting on a device of a place, in a session that an officer opens for somebody present.
///
/// The officer sees who votes and that they are done, never what. The session belongs to the device, ends with the
/// ballot or by itself, and is never taken up again: the next person finds nothing of it.
public struct Kiosks: Sendable {
    /// How long a session lasts, in seconds: without a request, in all, and while it waits to be begun.
    public static let idle: TimeInterval = 300
    /// The longest session.
    public static let total: TimeInterval = 1800
    /// How long a session waits for its person.
    public static let patience: TimeInterval = 600

    private let pool: Pool
    private let secrets: Secrets
    private let assistance: Assistance

    /// The kiosks kept in the database of `pool`.
    public init(pool: Pool, secrets: Secrets) {
        self.pool = pool
        self.secrets = secrets
        assistance = Assistance(pool: pool, secrets: secrets)
    }

    /// Why no session is opened.
    public enum Refusal: Error, Hashable, Sendable {
        /// The vote takes no ballots at kiosks, or not now.
        case noKiosk
        /// The person is not on the roll, declared, or a holder of a code of this vote.
        case notEligible
        /// The person is marked, and nothing they do here could change that.
        case marked(Mark)
        /// The device is closed, or it is no kiosk of this place.
        case deviceClosed
        /// Somebody is at the device already.
        case occupied
        /// A session of this person waits or is under way at another device.
        case atAnotherDevice
    }

    /// What a device shows.
    public enum Scene: Sendable, Hashable {
        /// Nobody is expected.
        case idle
        /// Somebody is expected, under this name.
        case expected(name: String)
        /// Somebody is voting.
        case voting
    }

    /// A session as its officer sees it.
    public struct Visit: Sendable, Hashable {
        /// The device.
        public let device: ID<PlaceDevice>, deviceName: String
        /// Who is there, and since when; the name goes when the session ends.
        public let name: String, opened: Date
        /// Whether they have begun, and whether their ballot is in.
        public let hasBegun: Bool, hasCast: Bool
    }

    // MARK: The officer

    /// Opens a session for somebody present.
    ///
    /// - Parameter name: shown on the device until they begin, so that the right person sits down.
    /// - Returns: the code on the receipt of help, with which the person withdraws it.
    /// - Throws: `Refusal`; `Assistance.Refusal.referenceMissing`; `PlaceRefusal.notOnDuty`; `NotAllowed`.
    public func open(
        for person: ID<Person>, named name: String, on device: ID<PlaceDevice>, at place: ID<Place>, consent: Consent,
        by actor: Actor
    ) async throws -> AssistanceCode {
        do {
            return try await pool.transaction("kiosk.open") { transaction in
                let duty: Duty = try await .take(at: place, by: actor, in: transaction)
                guard duty.channels.contains("kiosk"), duty.isOpened, duty.hasBegun, !duty.hasEnded, !duty.isClosed
                else { throw Refusal.noKiosk }
                guard let officer = actor.account else { throw NotAllowed(roles: [.pollingOfficer]) }
                guard try await Marks.isEligible(person, in: duty.vote, in: transaction) else {
                    throw Refusal.notEligible
                }
                try await Self.check(person, duty, in: transaction)
                let held: Row? = try await transaction.one(
                    "kiosk.device",
                    """
                    SELECT id FROM device
                    WHERE id = \(device) AND place_id = \(place) AND purpose = 'kiosk' AND closed_at IS NULL FOR SHARE
                    """)
                guard held != nil else { throw Refusal.deviceClosed }
                try await Self.sweep(duty.vote, in: transaction)
                let id = ID<KioskSession>()
                try await transaction.execute(
                    "kiosk.insert",
                    """
                    INSERT INTO kiosk_session (id, device_id, vote_id, person_id, shown_name, opened_by)
                    VALUES (\(id), \(device), \(duty.vote), \(person), \(name), \(officer))
                    """)
                try await Acts.record(
                    "kiosk_opened", by: actor, on: "kiosk_session", id, detail: ["place": duty.handle],
                    in: transaction)
                return try await assistance.record(
                    .kiosk(id), for: person, consent: consent, in: duty.vote, at: place, by: actor, in: transaction)
            }
        } catch let error as PostgresError {
            switch error.constraint {
            case "kiosk_session_one_at_a_device": throw Refusal.occupied
            case "kiosk_session_one_per_person": throw Refusal.atAnotherDevice
            default: throw error
            }
        }
    }

    /// The sessions under way at a place.
    public func visits(at place: ID<Place>) async throws -> [Visit] {
        try await pool.query(
            "kiosk.visits",
            """
            SELECT device.id, device.name AS device_name, kiosk_session.shown_name, kiosk_session.opened_at,
                   kiosk_session.begun_at IS NOT NULL AS has_begun, kiosk_session.cast_at IS NOT NULL AS has_cast
            FROM kiosk_session JOIN device ON device.id = kiosk_session.device_id
            WHERE device.place_id = \(place) AND kiosk_session.ended_at IS NULL AND \(sql: Self.isAlive)
            ORDER BY device.name
            """
        ).map { row in
            Visit(
                device: ID(try row.get("id", as: UUID.self)), deviceName: try row.get("device_name"),
                name: try row.get("shown_name"), opened: try row.get("opened_at"),
                hasBegun: try row.get("has_begun"), hasCast: try row.get("has_cast"))
        }
    }

    /// Ends the session at a device: the person went away.
    public func end(on device: ID<PlaceDevice>, at place: ID<Place>, by actor: Actor) async throws {
        try await pool.transaction("kiosk.end_by_officer") { transaction in
            let duty: Duty = try await .take(at: place, by: actor, in: transaction)
            let row: Row? = try await transaction.one(
                "kiosk.at_device",
                """
                SELECT kiosk_session.id FROM kiosk_session JOIN device ON device.id = kiosk_session.device_id
                WHERE device.id = \(device) AND device.place_id = \(place) AND kiosk_session.ended_at IS NULL
                """)
            guard let row else { return }
            let id: ID<KioskSession> = ID(try row.get("id", as: UUID.self))
            try await Self.end(id, in: transaction)
            try await Acts.record(
                "kiosk_ended", by: actor, on: "kiosk_session", id, detail: ["place": duty.handle], in: transaction)
        }
    }

    // MARK: The device

    /// What the device shows now.
    public func scene(of device: PlaceDevice) async throws -> Scene {
        let row: Row? = try await pool.one(
            "kiosk.scene",
            """
            SELECT shown_name, begun_at IS NOT NULL AS has_begun FROM kiosk_session
            WHERE device_id = \(device.id) AND ended_at IS NULL AND \(sql: Self.isAlive)
            """)
        guard let row else { return .idle }
        return try row.get("has_begun", as: Bool.self) ? .voting : .expected(name: try row.get("shown_name"))
    }

    /// Begins the session that waits at the device: its browser gets a token that nobody had before. Nil when nothing
    /// waits any more.
    public func begin(on device: PlaceDevice) async throws -> Token? {
        try await pool.transaction("kiosk.begin") { transaction in
            let row: Row? = try await transaction.one(
                "kiosk.take",
                """
                UPDATE kiosk_session SET begun_at = clock_timestamp()
                WHERE device_id = \(device.id) AND ended_at IS NULL AND begun_at IS NULL AND \(sql: Self.isAlive)
                RETURNING id, person_id, vote_id
                """)
            guard let row else { return nil }
            return try await Sessions.beginKiosk(
                ID(try row.get("id", as: UUID.self)), person: ID(try row.get("person_id", as: UUID.self)),
                vote: ID(try row.get("vote_id", as: UUID.self)), device: device.name, secrets: secrets,
                in: transaction)
        }
    }

    /// Ends a session: the person is done, or says so.
    public func end(_ id: ID<KioskSession>) async throws {
        try await pool.transaction("kiosk.end") { transaction in try await Self.end(id, in: transaction) }
    }

    /// Who votes at the kiosk: the person, and the place that goes into the record. Nil when the session is over.
    public func voter(_ id: ID<KioskSession>) async throws -> (person: ID<Person>, seat: KioskSeat)? {
        let row: Row? = try await pool.one(
            "kiosk.voter",
            """
            SELECT kiosk_session.person_id, device.place_id, place.handle
            FROM kiosk_session JOIN device ON device.id = kiosk_session.device_id
            JOIN place ON place.id = device.place_id
            WHERE kiosk_session.id = \(id) AND kiosk_session.ended_at IS NULL AND device.closed_at IS NULL
            """)
        return try row.map { row in
            (
                ID(try row.get("person_id", as: UUID.self)),
                KioskSeat(
                    session: id, place: ID(try row.get("place_id", as: UUID.self)), handle: try row.get("handle"))
            )
        }
    }

    /// Whether the receipt is the one of the ballot cast in this very session: a kiosk shows no other.
    public func holds(_ receipt: ReceiptToken, _ id: ID<KioskSession>) async throws -> Bool {
        try await pool.one(
            "kiosk.receipt",
            """
            SELECT 1 AS found FROM kiosk_session
            WHERE id = \(id) AND ended_at IS NULL AND receipt_hash = \(receipt.hash)
            """) != nil
    }

    // MARK: Parts

    /// A session that nobody began in time, or whose browser session is over, is dead though nobody ended it.
    private static let isAlive: SQL = """
        (kiosk_session.begun_at IS NULL
         AND kiosk_session.opened_at > now() - make_interval(secs => \(patience)::float8)
         OR EXISTS (SELECT FROM session WHERE session.kiosk_id = kiosk_session.id AND session.expires_at > now()))
        """

    /// Ends what is dead in a vote.
    static func sweep(_ vote: ID<Vote>, in transaction: Transaction) async throws {
        try await transaction.execute(
            "kiosk.sweep",
            """
            UPDATE kiosk_session SET ended_at = now(), shown_name = ''
            WHERE vote_id = \(vote) AND ended_at IS NULL AND NOT \(sql: isAlive)
            """)
    }

    private static func end(_ id: ID<KioskSession>, in transaction: Transaction) async throws {
        try await transaction.execute("kiosk.end_session", "DELETE FROM session WHERE kiosk_id = \(id)")
        try await transaction.execute(
            "kiosk.ended",
            "UPDATE kiosk_session SET ended_at = now(), shown_name = '' WHERE id = \(id) AND ended_at IS NULL")
    }

    /// Refuses a person whose mark no ballot of a kiosk could change.
    private static func check(_ person: ID<Person>, _ duty: Duty, in transaction: Transaction) async throws {
        guard let mark = try await Marks.held(of: person, in: duty.vote, in: transaction) else { return }
        let row: Row? = try await transaction.one(
            "kiosk.revote",
            """
            SELECT revote, EXISTS (SELECT FROM stub_envelope
                                   WHERE mark_id = \(mark.id) AND separated_at IS NULL AND set_aside_at IS NULL)
                   AS is_in_envelope
            FROM vote WHERE id = \(duty.vote)
            """)
        guard let row else { throw Refusal.marked(mark) }
        let isOpenToChange: Bool =
            switch mark.channel {
            case .online: try row.get("revote")
            case .kiosk: false
            case .paper: try row.get("is_in_envelope", as: Bool.self) && duty.policy == "online_prevails"
            }
        guard isOpenToChange else { throw Refusal.marked(mark) }
    }
}

/// A session at a kiosk; see ``Kiosks``.
public enum KioskSession {}

/// Where somebody votes who votes at a kiosk: the place stands in the record.
public struct KioskSeat: Sendable, Hashable {
    /// The session that the officer opened.
    public let session: ID<KioskSession>
    /// The place, and its handle in the record.
    public let place: ID<Place>, handle: String
}
