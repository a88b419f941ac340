import Postgres

extension Gatherings {
    /// For so many days after a gathering its registrations say who came; then only how many.
    public static let memoryInDays = 30

    /// The assignments that erase what a registration says of a person.
    static let erasing: SQL = """
        account_id = NULL, name = NULL, email = NULL, phone = NULL, needs = NULL, registered_by = NULL,
        erased_at = clock_timestamp()
        """

    /// The actor of the register of acts, which keeps its lines for good: whoever registers themselves is nobody there,
    /// so that what is erased here is not told there. Agents are named.
    static func unnamed(_ actor: Actor) -> Actor {
        if case .resident = actor { .visitor } else { actor }
    }

    /// Erases what registrations say of people, when their gathering is long enough over. Party, state and how many
    /// came remain.
    static func forget(in executor: some Executor) async throws {
        try await executor.execute(
            "housekeeping.registrations",
            """
            UPDATE registration SET \(sql: erasing) FROM gathering
            WHERE gathering.id = registration.gathering_id AND registration.erased_at IS NULL
              AND gathering.ends_at < clock_timestamp() - make_interval(days => \(memoryInDays)::int)
            """)
    }

    /// Cancels what a closed account had registered for, and erases it. The places go to those who wait with the next
    /// round.
    static func forget(_ account: ID<Account>, in transaction: some Executor) async throws {
        try await transaction.execute(
            "registration.forget_account",
            """
            UPDATE registration
            SET state = CASE WHEN gathering.starts_at > clock_timestamp() THEN 'cancelled' ELSE state END,
                came = CASE WHEN gathering.starts_at > clock_timestamp() THEN NULL ELSE came END, \(sql: erasing)
            FROM gathering WHERE gathering.id = registration.gathering_id AND registration.account_id = \(account)
            """)
    }
}
