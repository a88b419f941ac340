import Foundation
import Postgres

extension Gatherings {
    /// Gives the places that are free to those who wait, whole parties in the order in which they came. A party that
    /// does not fit holds those behind it up: it is told how many places there are, and may become smaller.
    ///
    /// The gathering is held. Returns how many parties got places.
    @discardableResult
    func promote(in occasion: Occasion, in transaction: some Executor) async throws -> Int {
        let rows: [Row] = try await transaction.query(
            "registration.promote",
            """
            UPDATE registration SET state = 'registered'
            FROM (SELECT id, sum(1 + companions) OVER (ORDER BY registered_at, id) AS seats
                  FROM registration WHERE gathering_id = \(occasion.gathering.id) AND state = 'waiting') AS queue,
                 gathering
            WHERE registration.id = queue.id AND gathering.id = registration.gathering_id
              AND gathering.cancelled_at IS NULL AND gathering.starts_at > clock_timestamp()
              AND (gathering.places IS NULL OR queue.seats <= gathering.places
                   - (SELECT coalesce(sum(1 + companions), 0) FROM registration AS taken
                      WHERE taken.gathering_id = gathering.id AND taken.state = 'registered'))
            RETURNING registration.id
            """)
        let promoted: [ID<Registration>] = try rows.map { try $0.get("id") }
        guard !promoted.isEmpty else { return 0 }
        try await Acts.recordEach(
            "registration_promoted", by: .system, on: "registration", promoted, in: transaction)
        let parties: [Registration] = try await Self.registrations(
            where: "registration.id = ANY (\(promoted))", in: transaction)
        try await notices.tell(.promoted, of: occasion, to: parties, in: transaction)
        return parties.count
    }

    /// Gives free places to those who wait, wherever there are both: after a gathering got more places, or an account
    /// was closed. Returns how many parties got places.
    @discardableResult
    public func promoteAll() async throws -> Int {
        let rows: [Row] = try await pool.query(
            "gathering.unsettled",
            """
            SELECT gathering.id FROM gathering
            WHERE gathering.cancelled_at IS NULL AND gathering.starts_at > clock_timestamp()
              AND EXISTS (SELECT FROM occasion
                          WHERE occasion.gathering_id = gathering.id AND occasion.published_at IS NOT NULL)
              AND (SELECT 1 + companions FROM registration
                   WHERE registration.gathering_id = gathering.id AND state = 'waiting'
                   ORDER BY registered_at, id LIMIT 1)
                  <= coalesce(gathering.places, 2147483647)
                   - (SELECT coalesce(sum(1 + companions), 0) FROM registration
                      WHERE registration.gathering_id = gathering.id AND state = 'registered')
            """)
        var promoted = 0
        // A transaction each, so that no two gatherings are ever held at once.
        for id: ID<Gathering> in try rows.map({ try $0.get("id") }) {
            promoted += try await pool.transaction("gathering.promote") { transaction in
                guard let occasion = try await Self.lock(id, in: transaction) else { return 0 }
                return try await promote(in: occasion, in: transaction)
            }
        }
        return promoted
    }
}
