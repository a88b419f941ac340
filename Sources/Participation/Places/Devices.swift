public import Foundation
public import Postgres

/// A device at a place, from its opening report to its closing report.
public struct PlaceDevice: Sendable, Hashable {
    /// What it is for.
    public enum Purpose: String, Sendable, Hashable, CaseIterable {
        /// The officers' screen at the papers' table.
        case table
        /// Where people vote in a session that an officer opens.
        case kiosk
    }

    /// Its identity.
    public let id: ID<PlaceDevice>
    /// Where it stands, the vote it is for, and that vote's handle in addresses.
    public let place: ID<Place>, vote: ID<Vote>, voteSlug: String
    /// What it is for, and what its officers call it.
    public let purpose: Purpose, name: String
    /// Who opened it, and when; how many marks the place had for its purpose, and what the officer found.
    public let openedBy: String, opened: Date, openingCount: Int, openingRemark: String
    /// The same of its closing; nil while it is open.
    public let closing: Closing?

    /// The end of a device's day.
    public struct Closing: Sendable, Hashable {
        /// Who closed it, and when.
        public let by: String, at: Date
        /// How many marks the place had for its purpose.
        public let count: Int
        /// What the officer has to say.
        public let remark: String
    }
}

/// Devices that officers open with a report, and close with one.
public struct Devices: Sendable {
    private let pool: Pool
    private let secrets: Secrets

    /// The devices kept in the database of `pool`; their tokens are hashed with a key of `secrets`.
    public init(pool: Pool, secrets: Secrets) {
        self.pool = pool
        self.secrets = secrets
    }

    /// The devices of a place, open ones first, then the latest.
    public func list(of place: ID<Place>) async throws -> [PlaceDevice] {
        try await pool.query(
            "device.list",
            """
            \(sql: PlaceDevice.selection) WHERE device.place_id = \(place)
            ORDER BY device.closed_at IS NOT NULL, device.opened_at DESC LIMIT 200
            """
        ).map(PlaceDevice.init(row:))
    }

    /// The open device whose browser carries the token, or nil.
    public func find(_ token: Token) async throws -> PlaceDevice? {
        try await pool.one(
            "device.find",
            """
            \(sql: PlaceDevice.selection) WHERE device.token_hash = \(token.hash(secrets, label: Self.label))
              AND device.closed_at IS NULL
            """
        ).map(PlaceDevice.init(row:))
    }

    /// Opens a device. The token goes into its browser, which is the device from then on.
    ///
    /// - Throws: `PlaceRefusal.deviceNameless`, `.deviceNameTaken`, `.voteNotOpen`, `.notOnDuty`; `NotAllowed`.
    public func open(
        _ purpose: PlaceDevice.Purpose, named name: String, remark: String, at place: ID<Place>, by actor: Actor
    ) async throws -> Token {
        guard (1...60).contains(name.count) else { throw PlaceRefusal.deviceNameless }
        let token = Token()
        let id = ID<PlaceDevice>()
        do {
            try await pool.transaction("device.open") { transaction in
                let duty: Duty = try await .take(at: place, by: actor, in: transaction)
                guard duty.isOpened, !duty.isClosed else { throw PlaceRefusal.voteNotOpen }
                guard let officer = actor.account else { throw NotAllowed(roles: [.pollingOfficer]) }
                try await transaction.execute(
                    "device.insert",
                    """
                    INSERT INTO device (id, place_id, vote_id, purpose, name, token_hash, opened_by, opening_count,
                                        opening_remark)
                    VALUES (\(id), \(place), \(duty.vote), \(purpose.rawValue), \(name),
                            \(token.hash(secrets, label: Self.label)), \(officer),
                            (\(sql: Self.count(purpose, at: place))), \(remark))
                    """)
                try await Acts.record(
                    "device_opened", by: actor, on: "device", id,
                    detail: ["place": duty.handle, "purpose": purpose.rawValue], in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "device_name_once_open" {
            throw PlaceRefusal.deviceNameTaken
        }
        return token
    }

    /// Closes a device with a report; its browser is any browser again.
    ///
    /// - Throws: `PlaceRefusal.deviceOccupied`, `.deviceClosed`, `.notOnDuty`; `NotAllowed`.
    public func close(_ id: ID<PlaceDevice>, remark: String, at place: ID<Place>, by actor: Actor) async throws {
        try await pool.transaction("device.close") { transaction in
            let duty: Duty = try await .take(at: place, by: actor, shifts: .any, in: transaction)
            guard let officer = actor.account else { throw NotAllowed(roles: [.pollingOfficer]) }
            try await Kiosks.sweep(duty.vote, in: transaction)
            let row: Row? = try await transaction.one(
                "device.held",
                """
                SELECT purpose, EXISTS (SELECT FROM kiosk_session
                                        WHERE device_id = device.id AND ended_at IS NULL) AS is_occupied
                FROM device WHERE id = \(id) AND place_id = \(place) AND closed_at IS NULL FOR UPDATE
                """)
            guard let row, let purpose = PlaceDevice.Purpose(rawValue: try row.get("purpose")) else {
                throw PlaceRefusal.deviceClosed
            }
            if try row.get("is_occupied", as: Bool.self) { throw PlaceRefusal.deviceOccupied }
            try await transaction.execute(
                "device.end",
                """
                UPDATE device SET closed_by = \(officer), closed_at = now(), closing_remark = \(remark),
                                  closing_count = (\(sql: Self.count(purpose, at: place)))
                WHERE id = \(id)
                """)
            try await Acts.record(
                "device_closed", by: actor, on: "device", id, detail: ["place": duty.handle], in: transaction)
        }
    }

    /// The counter of a purpose at a place: its live marks in that channel.
    private static func count(_ purpose: PlaceDevice.Purpose, at place: ID<Place>) -> SQL {
        let channel: String = purpose == .kiosk ? "kiosk" : "paper"
        return """
            SELECT count(*) FROM mark
            WHERE place_id = \(place) AND channel = \(channel) AND annulled_at IS NULL
            """
    }

    static let label = "device"
}

extension PlaceDevice {
    static let selection: SQL = """
        SELECT device.id, device.place_id, device.vote_id, vote.slug AS vote_slug, device.purpose, device.name, opener.name AS opened_by,
               device.opened_at, device.opening_count, device.opening_remark, closer.name AS closed_by,
               device.closed_at, device.closing_count, device.closing_remark
        FROM device JOIN vote ON vote.id = device.vote_id JOIN account AS opener ON opener.id = device.opened_by
        LEFT JOIN account AS closer ON closer.id = device.closed_by
        """

    init(row: Row) throws {
        id = ID(try row.get("id", as: UUID.self))
        place = ID(try row.get("place_id", as: UUID.self))
        vote = ID(try row.get("vote_id", as: UUID.self))
        voteSlug = try row.get("vote_slug")
        purpose = Purpose(rawValue: try row.get("purpose")) ?? .table
        name = try row.get("name")
        openedBy = try row.get("opened_by")
        opened = try row.get("opened_at")
        openingCount = try row.get("opening_count")
        openingRemark = try row.get("opening_remark")
        closing =
            if let at = try row.get("closed_at", as: Date?.self) {
                Closing(
                    by: try row.get("closed_by"), at: at, count: try row.get("closing_count"),
                    remark: try row.get("closing_remark"))
            } else { nil }
    }
}
