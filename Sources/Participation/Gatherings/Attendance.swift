import Foundation
import Postgres

/// Why it is not written down who came.
public enum AttendanceRefusal: Hashable, Sendable {
    /// More people than a party can have.
    case people
    /// Nobody comes before the day.
    case tooEarly
}

extension Gatherings {
    /// Everybody who has places or waits for them, in the order in which they registered, for an agent of the process.
    /// That they were read is recorded.
    ///
    /// - Throws: `NotAllowed` to everybody else.
    public func registrations(
        of gathering: ID<Gathering>, by actor: Actor
    ) async throws -> (occasion: Occasion, registrations: [Registration], turnout: Turnout) {
        try await pool.transaction("registration.read") { transaction in
            guard let occasion = try await Self.occasions(where: "gathering.id = \(gathering)", in: transaction).first
            else { throw NotAllowed(roles: Walks.planners) }
            try await Authority.require(Walks.planners, of: actor, process: occasion.process, in: transaction)
            return try await read(occasion, by: actor, in: transaction)
        }
    }

    /// The same for who stands at the meeting point: the crew of a walk.
    ///
    /// - Throws: `NotAllowed` to everybody but the crew and the agents of the process.
    public func attendance(
        of gathering: ID<Gathering>, by actor: Actor
    ) async throws -> (occasion: Occasion, registrations: [Registration], turnout: Turnout) {
        try await pool.transaction("registration.read_crew") { transaction in
            try await read(try await Self.atTheDoor(gathering, actor, in: transaction), by: actor, in: transaction)
        }
    }

    /// Writes down how many of a party came, from the day before the gathering on; nil takes it back.
    ///
    /// - Throws: `Refused<AttendanceRefusal>`; `NotAllowed` to everybody but the crew and the agents of the process.
    public func note(
        _ came: Int?, of registration: ID<Registration>, at gathering: ID<Gathering>, by actor: Actor
    ) async throws {
        try await pool.transaction("registration.note") { transaction in
            let occasion: Occasion = try await Self.atTheDoor(gathering, actor, in: transaction)
            if let came, !(0...21).contains(came) { throw Refused(AttendanceRefusal.people) }
            if occasion.gathering.startsAt.addingTimeInterval(-86_400) > (try await Self.now(in: transaction)) {
                throw Refused(AttendanceRefusal.tooEarly)
            }
            let noted: Int = try await transaction.execute(
                "registration.note",
                """
                UPDATE registration SET came = \(came)
                WHERE id = \(registration) AND gathering_id = \(gathering) AND state <> 'cancelled'
                """)
            guard noted == 1 else { throw NotAllowed(roles: Walks.planners) }
            try await Acts.record("attendance_noted", by: actor, on: "registration", registration, in: transaction)
        }
    }

    private static func atTheDoor(
        _ gathering: ID<Gathering>, _ actor: Actor, in transaction: some Executor
    ) async throws -> Occasion {
        guard let occasion = try await occasions(where: "gathering.id = \(gathering)", in: transaction).first else {
            throw NotAllowed(roles: Walks.planners)
        }
        switch occasion.subject {
        case .walk(let walk): _ = try await Walks.requireCrew(walk, of: actor, in: transaction)
        case .event: try await Authority.require(Walks.planners, of: actor, process: occasion.process, in: transaction)
        }
        return occasion
    }

    private func read(
        _ occasion: Occasion, by actor: Actor, in transaction: some Executor
    ) async throws -> (occasion: Occasion, registrations: [Registration], turnout: Turnout) {
        let id: ID<Gathering> = occasion.gathering.id
        try await Acts.record("registrations_read", by: actor, on: "gathering", id, in: transaction)
        return (
            occasion, try await Self.parties(of: id, in: transaction), try await Self.turnout(of: id, in: transaction)
        )
    }
}
