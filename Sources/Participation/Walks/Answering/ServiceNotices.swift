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
            SELECT process.slug, process.title::text AS process_title, walk.title::text AS walk_title,
                   observation.number, assignment.due_on::text AS due, reader.email, reader.name, reader.language
            FROM observation_assignment AS assignment
            JOIN observation ON observation.id = assignment.observation_id
            JOIN walk ON walk.id = observation.walk_id
            JOIN process ON process.id = walk.process_id
            JOIN service ON service.id = assignment.service_id, LATERAL (
                SELECT account.email, account.name, account.language FROM service_member
                JOIN account ON account.id = service_member.account_id
                WHERE service_member.service_id = service.id AND account.email IS NOT NULL
                  AND account.closed_at IS NULL
                UNION ALL
                SELECT service.email, NULL, 'fr' WHERE service.email IS NOT NULL AND NOT EXISTS (
                    SELECT FROM service_member JOIN account ON account.id = service_member.account_id
                    WHERE service_member.service_id = service.id AND account.email = service.email)
            ) AS reader
            WHERE assignment.id = ANY (\(assignments))
            ORDER BY reader.email, process.slug, assignment.due_on, walk.handle, observation.number
            """)
        var letters: [(StaticString, SQL)] = []
        for reader in try Self.readers(rows) {
            guard let address = EmailAddress(reader.email) else { continue }
            let letter: Letter = correspondent.letter(
                ServiceNotice(event: event, process: reader.process, slug: reader.slug, lines: reader.lines),
                to: reader.name, in: reader.language)
            let kind: StaticString = event == .given ? "observations_given" : "answers_overdue"
            letters.append(
                ("outbox.enqueue", Outbox.insertion(of: letter, kind: kind, to: address, in: reader.language)))
        }
        if !letters.isEmpty { _ = try await transaction.pipeline(letters) }
    }

    private struct Reader {
        let email: String, name: String?, language: Language
        let slug: String, process: Texts
        var lines: [ServiceNotice.Line]
    }

    /// The rows of each reader and process put together; they come side by side.
    private static func readers(_ rows: [Row]) throws -> [Reader] {
        var readers: [Reader] = []
        for row in rows {
            let (email, slug): (String, String) = (try row.get("email"), try row.get("slug"))
            let line = ServiceNotice.Line(
                walk: try Texts(json: row.get("walk_title")), number: Int(try row.get("number", as: Int32.self)),
                // The database writes days in this form.
                due: try row.day("due")!)
            if let last = readers.indices.last, readers[last].email == email, readers[last].slug == slug {
                readers[last].lines.append(line)
                continue
            }
            readers.append(
                Reader(
                    email: email, name: try row.get("name"),
                    language: Language(rawValue: try row.get("language")) ?? .french, slug: slug,
                    process: try Texts(json: row.get("process_title")), lines: [line]))
        }
        return readers
    }
}
