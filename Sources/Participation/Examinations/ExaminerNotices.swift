import Foundation
import Postgres

/// What somebody of a technical service is told.
public struct ExaminerNotice: Sendable, Hashable {
    /// What happened.
    public enum Event: String, Sendable {
        /// Files were given to the service.
        case assigned
        /// The last day for files has passed.
        case overdue
    }

    /// A file, as a letter names it.
    public struct File: Sendable, Hashable {
        /// The number and the title of the proposal.
        public let number: Int64, title: String
        /// The last day for an opinion.
        public let due: Day
    }

    /// What happened.
    public let event: Event
    /// The process, and its handle.
    public let process: Texts, slug: String
    /// The files, by their last day.
    public let files: [File]
}

/// Whoever knows the words of letters to examiners. Web does.
public protocol ExaminerCorrespondent: Sendable {
    /// The letter that tells `name` of `notice`; nil for the mailbox of a whole service.
    func letter(_ notice: ExaminerNotice, to name: String?, in language: Language) -> Letter
}

/// Letters to services: one to each member, and one to the service's own mailbox, however many the files.
struct ExaminerNotices: Sendable {
    let correspondent: any ExaminerCorrespondent

    /// Tells the services of these assignments of an event that befell them all.
    func tell(
        _ event: ExaminerNotice.Event, of assignments: [ID<Assignment>], in transaction: some Executor
    ) async throws {
        guard !assignments.isEmpty else { return }
        let rows: [Row] = try await transaction.query(
            "service.audience",
            """
            SELECT process.slug, process.title::text AS process_title, proposal.number, proposal.title,
                   assignment.due_on::text AS due, reader.email, reader.name, reader.language
            FROM assignment
            JOIN examination ON examination.id = assignment.examination_id
            JOIN proposal ON proposal.id = examination.proposal_id
            JOIN process ON process.id = proposal.process_id
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
            ORDER BY reader.email, process.slug, assignment.due_on, proposal.number
            """)
        var letters: [(StaticString, SQL)] = []
        for reader in try Self.readers(rows) {
            guard let address = EmailAddress(reader.email) else { continue }
            let notice = ExaminerNotice(
                event: event, process: reader.process, slug: reader.slug, files: reader.files)
            let letter: Letter = correspondent.letter(notice, to: reader.name, in: reader.language)
            let kind: StaticString = event == .assigned ? "files_assigned" : "files_overdue"
            letters.append(
                ("outbox.enqueue", Outbox.insertion(of: letter, kind: kind, to: address, in: reader.language)))
        }
        if !letters.isEmpty { _ = try await transaction.pipeline(letters) }
    }

    private struct Reader {
        let email: String, name: String?, language: Language
        let slug: String, process: Texts
        var files: [ExaminerNotice.File]
    }

    /// The rows of each reader and process put together; they come side by side.
    private static func readers(_ rows: [Row]) throws -> [Reader] {
        var readers: [Reader] = []
        for row in rows {
            let (email, slug): (String, String) = (try row.get("email"), try row.get("slug"))
            // The database writes days in this form.
            let file = ExaminerNotice.File(
                number: try row.get("number"), title: try row.get("title"), due: Day(try row.get("due"))!)
            if let last = readers.indices.last, readers[last].email == email, readers[last].slug == slug {
                // A file given to two services of the same person is one file.
                if readers[last].files.last?.number != file.number { readers[last].files.append(file) }
                continue
            }
            readers.append(
                Reader(
                    email: email, name: try row.get("name"),
                    language: Language(rawValue: try row.get("language")) ?? .french, slug: slug,
                    process: try Texts(json: row.get("process_title")), files: [file]))
        }
        return readers
    }
}
