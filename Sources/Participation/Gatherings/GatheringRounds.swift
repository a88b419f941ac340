import Foundation
public import Logging
import Postgres
public import ServiceLifecycle

/// What gatherings need from the clock: letters the day before, and places that were freed for those who wait.
public struct GatheringRounds: Service {
    private let gatherings: Gatherings
    private let zone: String
    private let logger: Logger

    /// The rounds of these gatherings; `zone` is the city's time zone, such as `Europe/Paris`.
    public init(_ gatherings: Gatherings, zone: String, logger: Logger) {
        self.gatherings = gatherings
        self.zone = zone
        self.logger = logger
    }

    /// Looks every five minutes until the service stops.
    public func run() async throws {
        await Rounds.run(every: .seconds(300), logger, "Nobody could be reminded of a gathering") {
            try await gatherings.promoteAll()
            try await gatherings.remind(zone: zone)
        }
    }
}

extension Gatherings {
    /// Writes the letters that are due the day before, from nine in the morning on, once to each party that has places
    /// and registered earlier than that day. Returns how many parties they are for.
    ///
    /// The letter and the mark that it was written are one transaction: after a crash there are both or neither.
    @discardableResult
    public func remind(zone: String) async throws -> Int {
        try await pool.transaction("gathering.remind") { transaction in
            let rows: [Row] = try await transaction.query(
                "gathering.due",
                """
                UPDATE registration SET reminded_at = clock_timestamp() FROM gathering
                WHERE gathering.id = registration.gathering_id AND registration.state = 'registered'
                  AND registration.reminded_at IS NULL AND registration.erased_at IS NULL
                  AND gathering.cancelled_at IS NULL AND gathering.starts_at > clock_timestamp()
                  AND EXISTS (SELECT FROM occasion
                              WHERE occasion.gathering_id = gathering.id AND occasion.published_at IS NOT NULL)
                  AND clock_timestamp() AT TIME ZONE \(zone)
                      >= date_trunc('day', gathering.starts_at AT TIME ZONE \(zone)) - interval '15 hours'
                  AND registration.registered_at AT TIME ZONE \(zone)
                      < date_trunc('day', gathering.starts_at AT TIME ZONE \(zone)) - interval '1 day'
                RETURNING registration.id
                """)
            let parties: [Registration] = try await Self.registrations(
                where: "registration.id = ANY (\(try rows.map { try $0.get("id", as: ID<Registration>.self) }))",
                in: transaction)
            let occasions: [Occasion] = try await Self.occasions(
                where: "gathering.id = ANY (\(parties.map(\.gathering)))", in: transaction)
            for occasion in occasions {
                try await notices.tell(
                    .reminder, of: occasion, to: parties.filter { $0.gathering == occasion.gathering.id },
                    in: transaction)
            }
            return parties.count
        }
    }
}
