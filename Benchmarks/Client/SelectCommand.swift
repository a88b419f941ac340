import ArgumentParser
import Postgres

/// Single-row prepared selects through the client: what `pgbench -S -M prepared` does.
struct SelectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "select", abstract: "Selects random rows of pgbench_accounts and prints how many a second.")

    @Argument(help: "The database, filled by pgbench.") var url: String
    @Option(help: "Connections, and as many tasks.") var connections: Int = 8
    @Option(help: "How long to measure.") var seconds: Double = 2
    @Option(help: "Rows of the table.") var rows: Int = 1_000_000

    func run() async throws {
        let pool = Pool.measuring(url, connections: connections)
        // Connections are opened and statements prepared before the clock starts.
        _ = try await count(pool, until: .now + .milliseconds(300))
        let start = ContinuousClock.now
        let count: Int = try await count(pool, until: start + .seconds(seconds))
        print(Double(count) / (ContinuousClock.now - start).inSeconds)
        await pool.close()
    }

    private func count(_ pool: Pool, until end: ContinuousClock.Instant) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<connections {
                group.addTask {
                    var generator = SystemRandomNumberGenerator()
                    var count = 0
                    while ContinuousClock.now < end {
                        let id = Int.random(in: 1...rows, using: &generator)
                        let row: Row? = try await pool.one(
                            "bench.select", "SELECT abalance FROM pgbench_accounts WHERE aid = \(id)")
                        guard let row else { throw ExitCode.failure }
                        _ = try row.get("abalance", as: Int.self)
                        count += 1
                    }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
    }
}
