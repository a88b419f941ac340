public import Logging
public import Postgres
public import ServiceLifecycle

/// What the service does for analyses by itself: it counts what has many answers, writes the files that agents asked for,
/// and publishes results that a synthesis brings with it.
public struct AnalysisRounds: Service {
    private let analyses: Analyses
    private let exports: AnswerExports
    private let logger: Logger

    /// Rounds over the database of `pool`.
    public init(pool: Pool, logger: Logger) {
        analyses = Analyses(pool: pool)
        exports = AnswerExports(pool: pool)
        self.logger = logger
    }

    /// Works until the service is asked to stop.
    public func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await Rounds.run(every: .seconds(2), logger, "Files of answers could not be written.") {
                    while try await exports.writePiece() { try Task.checkCancellation() }
                }
            }
            group.addTask {
                await Rounds.run(every: .seconds(30), logger, "Answers could not be counted.") {
                    try await analyses.refresh()
                    try await analyses.publishDue()
                    try await exports.forgetEnded()
                }
            }
        }
    }
}
