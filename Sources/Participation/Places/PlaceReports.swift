public import Foundation
import Postgres

/// What the officers of a place say of its papers at the end: the place's line in the account of the vote.
public struct PlaceReport: Sendable, Hashable {
    /// The place.
    public let place: ID<Place>
    /// 1 for the first report; a correction is a new version.
    public let version: Int
    /// Papers that came to the place; handed to people and not replaced; spoiled and replaced, or given back by a
    /// person; unused and returned.
    public let received: Int, issued: Int, spoiled: Int, returned: Int
    /// What is left of `received`: papers nobody can find. Below zero, there were more than came.
    public let missing: Int
    /// What the officers have to say.
    public let remark: String
    /// When it was written, and by whom; nil for the command line.
    public let at: Date, by: String?
}

/// What the service itself counts at a place, to be compared with the report.
public struct PlaceCounts: Sendable, Hashable {
    /// Papers that came, as they were noted.
    public let received: Int
    /// Live marks on paper: each stands for one paper in the box.
    public let issued: Int
    /// Papers in the box without a mark, from lines of printed lists whose other mark stands.
    public let withoutMark: Int
    /// Papers spoiled and replaced, or given back.
    public let spoiled: Int
    /// Live marks made at the place's kiosks.
    public let kiosk: Int
    /// Envelopes that wait: not marked yet, or not separated yet.
    public let waiting: Int
    /// Lines of a printed list that wait for an officer.
    public let conflicts: Int

    /// How many papers must lie in the box.
    public var inTheBox: Int { issued + withoutMark }
}

/// The papers of a place: what came, what was spoiled, and the report at the end.
extension Places {
    /// What the service counts at a place at this moment.
    public func counts(of place: ID<Place>) async throws -> PlaceCounts {
        try await PaperLedger.counts(of: [place], in: pool)[place] ?? PaperLedger.nothing
    }

    /// What the service counts at each place of a vote.
    public func counts(ofAll vote: ID<Vote>) async throws -> [ID<Place>: PlaceCounts] {
        let places: [ID<Place>] = try await list(of: vote).map(\.id)
        return try await PaperLedger.counts(of: places, in: pool)
    }

    /// The latest report of a place; nil before the first.
    public func report(of place: ID<Place>) async throws -> PlaceReport? {
        try await reports(of: place).first
    }

    /// Every version of a place's report, the latest first.
    public func reports(of place: ID<Place>) async throws -> [PlaceReport] {
        try await pool.query(
            "place_report.list",
            """
            SELECT place_report.place_id, version, received, issued, spoiled, returned, missing, remark, reported_at,
                   account.name AS reported_by
            FROM place_report LEFT JOIN account ON account.id = place_report.reported_by
            WHERE place_report.place_id = \(place) ORDER BY version DESC
            """
        ).map(PlaceReport.init(row:))
    }

    /// Writes a report, or corrects the one before by a new version.
    ///
    /// - Throws: `PlaceRefusal.outOfBounds`, `.notOnDuty`, `.voteNotOpen`; `NotAllowed`.
    public func report(
        received: Int, issued: Int, spoiled: Int, returned: Int, remark: String, at place: ID<Place>, by actor: Actor
    ) async throws {
        for (name, number) in [
            ("received", received), ("issued", issued), ("spoiled", spoiled), ("returned", returned),
        ] where !(0...PaperLedger.most).contains(number) {
            throw PlaceRefusal.outOfBounds(name)
        }
        try await pool.transaction("place_report.write") { transaction in
            let duty: Duty = try await .take(at: place, by: actor, shifts: .any, in: transaction)
            guard duty.isOpened else { throw PlaceRefusal.voteNotOpen }
            try await transaction.execute(
                "place_report.insert",
                """
                INSERT INTO place_report (place_id, version, received, issued, spoiled, returned, remark, reported_by)
                SELECT \(place), coalesce(max(version), 0) + 1, \(received), \(issued), \(spoiled), \(returned),
                       \(remark), \(actor.account)
                FROM place_report WHERE place_id = \(place)
                """)
            try await Acts.record(
                "place_reported", by: actor, on: "place", place, detail: ["place": duty.handle], in: transaction)
        }
    }

    /// Notes papers that came to the place; a negative number takes back what was noted by mistake.
    ///
    /// - Throws: `PlaceRefusal.outOfBounds`, `.notOnDuty`; `NotAllowed`.
    public func receive(_ papers: Int, at place: ID<Place>, by actor: Actor) async throws {
        guard papers != 0, abs(papers) <= PaperLedger.most else { throw PlaceRefusal.outOfBounds("papers") }
        try await pool.transaction("paper.receive") { transaction in
            _ = try await Duty.take(at: place, by: actor, shifts: .any, in: transaction)
            try await PaperLedger.note(.received, papers, at: place, by: actor, in: transaction)
        }
    }

    /// Notes one spoiled paper, replaced at the table: the person keeps their one mark. With `mistaken`, takes the last
    /// one back.
    ///
    /// - Throws: `PlaceRefusal.outOfBounds` when there is none to take back; `.notOnDuty`; `NotAllowed`.
    public func spoil(mistaken: Bool = false, at place: ID<Place>, by actor: Actor) async throws {
        try await pool.transaction("paper.spoil") { transaction in
            _ = try await Duty.take(at: place, by: actor, in: transaction)
            if mistaken {
                let counts: PlaceCounts? = try await PaperLedger.counts(of: [place], in: transaction)[place]
                guard let counts, counts.spoiled > 0 else { throw PlaceRefusal.outOfBounds("spoiled") }
            }
            try await PaperLedger.note(.spoiled, mistaken ? -1 : 1, at: place, by: actor, in: transaction)
        }
    }
}

/// The lines of `paper_movement`, and what they come to.
enum PaperLedger {
    /// No place has more papers.
    static let most = 1_000_000

    /// What happened to papers.
    enum Movement: String {
        case received, spoiled
    }

    static let nothing = PlaceCounts(
        received: 0, issued: 0, withoutMark: 0, spoiled: 0, kiosk: 0, waiting: 0, conflicts: 0)

    static func note(
        _ movement: Movement, _ papers: Int, at place: ID<Place>, by actor: Actor, in transaction: Transaction
    ) async throws {
        try await transaction.execute(
            "paper.note",
            """
            INSERT INTO paper_movement (id, place_id, kind, papers, noted_by)
            VALUES (\(ID<PlaceReport>()), \(place), \(movement.rawValue), \(papers), \(actor.account))
            """)
        try await Acts.record(
            "papers_noted", by: actor, on: "place", place,
            detail: ["kind": movement.rawValue, "papers": String(papers)], in: transaction)
    }

    static func counts(of places: [ID<Place>], in executor: some Executor) async throws -> [ID<Place>: PlaceCounts] {
        let rows: [Row] = try await executor.query(
            "paper.counts",
            """
            SELECT place.id, coalesce(paper.received, 0) AS received, coalesce(paper.spoiled, 0) AS spoiled,
                   coalesce(marked.issued, 0) AS issued, coalesce(marked.kiosk, 0) AS kiosk,
                   (SELECT count(*) FROM list_line
                    WHERE list_line.place_id = place.id AND outcome = 'without_mark') AS without_mark,
                   (SELECT count(*) FROM list_line
                    WHERE list_line.place_id = place.id AND outcome IS NULL) AS conflicts,
                   (SELECT count(*) FROM stub_envelope
                    WHERE stub_envelope.place_id = place.id AND separated_at IS NULL AND set_aside_at IS NULL) AS waiting
            FROM place
            LEFT JOIN LATERAL (
                SELECT sum(papers) FILTER (WHERE kind = 'received') AS received,
                       sum(papers) FILTER (WHERE kind = 'spoiled') AS spoiled
                FROM paper_movement WHERE paper_movement.place_id = place.id) AS paper ON true
            LEFT JOIN LATERAL (
                SELECT count(*) FILTER (WHERE channel = 'paper') AS issued,
                       count(*) FILTER (WHERE channel = 'kiosk') AS kiosk
                FROM mark WHERE mark.place_id = place.id AND annulled_at IS NULL) AS marked ON true
            WHERE place.id = ANY (\(places.map(\.uuid))::uuid[])
            """)
        var counts: [ID<Place>: PlaceCounts] = [:]
        for row in rows {
            counts[ID(try row.get("id", as: UUID.self))] = PlaceCounts(
                received: try row.get("received"), issued: try row.get("issued"),
                withoutMark: try row.get("without_mark"), spoiled: try row.get("spoiled"),
                kiosk: try row.get("kiosk"), waiting: try row.get("waiting"), conflicts: try row.get("conflicts"))
        }
        return counts
    }
}

extension PlaceReport {
    init(row: Row) throws {
        place = ID(try row.get("place_id", as: UUID.self))
        version = try row.get("version")
        received = try row.get("received")
        issued = try row.get("issued")
        spoiled = try row.get("spoiled")
        returned = try row.get("returned")
        missing = try row.get("missing")
        remark = try row.get("remark")
        at = try row.get("reported_at")
        by = try row.get("reported_by")
    }
}
