public import Logging
public import ServiceLifecycle

/// What consultations need from the clock: letters when a stage begins.
public struct ConsultationRounds: Service {
    private let followers: ConsultationFollowers
    private let logger: Logger

    /// The rounds of the consultations that these follow.
    public init(_ followers: ConsultationFollowers, logger: Logger) {
        self.followers = followers
        self.logger = logger
    }

    /// Looks every minute until the service stops.
    public func run() async throws {
        await Rounds.run(every: .seconds(60), logger, "Nobody could be told of the stage of a consultation") {
            try await followers.tellStages()
        }
    }
}
