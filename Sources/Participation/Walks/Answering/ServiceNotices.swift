import Foundation
import Postgres

/// What somebody of a service is told about what was seen on walks.
public struct ServiceNotice: Sendable, Hashable {
    /// What happened.
    public enum Event: String, Sendable {
        /// Observations were given to the service.
        case given
        /// The last day for answers has passed.
        case overdue
    }

    /// An observation, as a letter names it.
    public struct Line: Sendable, Hashable {
        /// The walk, and the number of the observation in it.
        public let walk: Texts, number: Int
        /// The last day for the answer.
        public let due: Day
    }

    /// What happened.
    public let event: Event
    /// The process, and its handle.
    public let process: Texts, slug: String
    /// The observations, by their last day.
    public let lines: [Line]
}

/// Whoever knows the words of letters to services about walks. Web does.
public protocol ServiceCorrespondent: Sendable {
    /// The letter that tells `name` of `notice`; nil for the mailbox of a whole service.
    func letter(_ notice: ServiceNotice, to name: String?, in language: Language) -> Letter
}

/// Letters to services: one to each member, and one to the service's own mailbox, however many the observations.
struct ServiceNotices: Sendable {
    let correspondent: any ServiceCorrespondent

    /// Tells the services of these assignments of an event that befell them all.
    func tell(
        _ event: ServiceNotice.Event, of assignments: [ID<WalkAssignment>], in transaction: some Executor
    ) async throws {
        guard !assignments.isEmpty else { return }
        let rows: [Row] = try await transaction.query(
            "service.walk_audience",
            """
            SELECT \(sql: ServiceReaders.columns), walk.title::text AS walk_title, observation.number,
                   assignment.due_on::text AS due
            FROM observation_assignment AS assignment
            JOIN observation ON observation.id = assignment.observation_id
            JOIN walk ON walk.id = observation.walk_id
            JOIN process ON process.id = walk.process_id
            JOIN service ON service.id = assignment.service_id, \(sql: ServiceReaders.join)
            WHERE assignment.id = ANY (\(assignments))
            ORDER BY reader.email, process.slug, assignment.due_on, walk.handle, observation.number
            """)
        let readings: [ServiceReaders.Reading<ServiceNotice.Line>] = try ServiceReaders.grouped(rows) { row in
            ServiceNotice.Line(
                walk: try Texts(json: row.get("walk_title")), number: Int(try row.get("number", as: Int32.self)),
                // The database writes days in this form.
                due: try row.day("due")!)
        }
        let kind: StaticString = event == .given ? "observations_given" : "answers_overdue"
        try await ServiceReaders.enqueue(readings, kind: kind, in: transaction) { reading in
            correspondent.letter(
                ServiceNotice(event: event, process: reading.process, slug: reading.slug, lines: reading.lines),
                to: reading.name, in: reading.language)
        }
    }
}
