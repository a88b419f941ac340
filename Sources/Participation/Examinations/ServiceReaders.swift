import Postgres

/// Whoever reads letters to the services of a city: their members, and the mailbox of the service itself.
enum ServiceReaders {
    /// Joins the readers to `service`: each member with an address, and the service's own mailbox unless it is a member's.
    static let join: SQL = """
        LATERAL (
            SELECT account.email, account.name, account.language FROM service_member
            JOIN account ON account.id = service_member.account_id
            WHERE service_member.service_id = service.id AND account.email IS NOT NULL AND account.closed_at IS NULL
            UNION ALL
            SELECT service.email, NULL, 'fr' WHERE service.email IS NOT NULL AND NOT EXISTS (
                SELECT FROM service_member JOIN account ON account.id = service_member.account_id
                WHERE service_member.service_id = service.id AND account.email = service.email)
        ) AS reader
        """

    /// What ``grouped(_:line:)`` reads beside the lines.
    static let columns: SQL = """
        process.slug, process.title::text AS process_title, reader.email, reader.name, reader.language
        """

    /// What one reader is told of one process.
    struct Reading<Line> {
        let email: String, name: String?, language: Language
        let slug: String, process: Texts
        var lines: [Line]
    }

    /// The rows of each reader and process put together; they come side by side.
    static func grouped<Line>(_ rows: [Row], line: (Row) throws -> Line) throws -> [Reading<Line>] {
        var readings: [Reading<Line>] = []
        for row in rows {
            let (email, slug): (String, String) = (try row.get("email"), try row.get("slug"))
            if let last = readings.indices.last, readings[last].email == email, readings[last].slug == slug {
                readings[last].lines.append(try line(row))
                continue
            }
            readings.append(
                Reading(
                    email: email, name: try row.get("name"),
                    language: Language(rawValue: try row.get("language")) ?? .french, slug: slug,
                    process: try Texts(json: row.get("process_title")), lines: [try line(row)]))
        }
        return readings
    }

    /// Leaves the letter of each reading in the outbox.
    static func enqueue<Line>(
        _ readings: [Reading<Line>], kind: StaticString, in transaction: some Executor,
        letter: (Reading<Line>) -> Letter
    ) async throws {
        let letters: [(StaticString, SQL)] = readings.compactMap { reading in
            guard let address = EmailAddress(reading.email) else { return nil }
            return (
                "outbox.enqueue",
                Outbox.insertion(of: letter(reading), kind: kind, to: address, in: reading.language)
            )
        }
        if !letters.isEmpty { _ = try await transaction.pipeline(letters) }
    }
}
