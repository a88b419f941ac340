public import Logging
public import Postgres
public import ServiceLifecycle

/// Forgets, every hour, what the service has no more use for.
///
/// Nothing depends on it being in time: whatever has expired is also refused where it is used.
public struct Housekeeping: Service {
    private let pool: Pool
    private let logger: Logger

    /// Keeps the database of `pool` tidy.
    public init(pool: Pool, logger: Logger) {
        self.pool = pool
        self.logger = logger
    }

    /// Sweeps every hour until the service shuts down.
    public func run() async throws {
        await Rounds.run(every: .seconds(3600), logger, "What has expired cannot be forgotten.") {
            try await sweep()
        }
    }

    /// Forgets sessions, links of letters and counts of attempts that have expired, keyed hashes of addresses that were
    /// kept long enough, who came to gatherings, and traces of letters after 90 days.
    public func sweep() async throws {
        try await pool.execute("housekeeping.sessions", "DELETE FROM session WHERE expires_at < now()")
        try await pool.execute("housekeeping.sign_ups", "DELETE FROM sign_up WHERE expires_at < now()")
        try await pool.execute("housekeeping.resets", "DELETE FROM password_reset WHERE expires_at < now()")
        try await pool.execute("housekeeping.changes", "DELETE FROM address_change WHERE expires_at < now()")
        try await pool.execute("housekeeping.addresses", "DELETE FROM former_address WHERE forget_after < now()")
        try await pool.execute(
            "housekeeping.letters",
            """
            DELETE FROM outbox
            WHERE num_nonnulls(sent_at, failed_at) = 1 AND created_at < now() - interval '90 days'
            """)
        try await RollClaims.purge(in: pool)
        try await Gatherings.forget(in: pool)
        try await Throttle.purge(in: pool)
    }
}
