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
            SELECT \(sql: ServiceReaders.columns), proposal.number, proposal.title, assignment.due_on::text AS due
            FROM assignment
            JOIN examination ON examination.id = assignment.examination_id
            JOIN proposal ON proposal.id = examination.proposal_id
            JOIN process ON process.id = proposal.process_id
            JOIN service ON service.id = assignment.service_id, \(sql: ServiceReaders.join)
            WHERE assignment.id = ANY (\(assignments))
            ORDER BY reader.email, process.slug, assignment.due_on, proposal.number
            """)
        let readings: [ServiceReaders.Reading<ExaminerNotice.File>] = try ServiceReaders.grouped(rows) { row in
            // The database writes days in this form.
            ExaminerNotice.File(
                number: try row.get("number"), title: try row.get("title"), due: Day(try row.get("due"))!)
        }
        let kind: StaticString = event == .assigned ? "files_assigned" : "files_overdue"
        try await ServiceReaders.enqueue(readings, kind: kind, in: transaction) { reading in
            var files: [ExaminerNotice.File] = []
            // A file given to two services of the same person is one file.
            for file in reading.lines where files.last?.number != file.number { files.append(file) }
            return correspondent.letter(
                ExaminerNotice(event: event, process: reading.process, slug: reading.slug, files: files),
                to: reading.name, in: reading.language)
        }
    }
}
