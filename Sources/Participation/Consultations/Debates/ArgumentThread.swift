import Foundation
import Postgres

/// The answers to an argument.
struct ArgumentThread: CommentThread {
    let argument: ID<DebateArgument>

    var takesPositions: Bool { false }
    var cityRoles: [Role] { Consultations.planners }

    var scope: CommentScope {
        CommentScope(
            condition: """
                comment.thread_id = (SELECT argument.thread_id FROM argument WHERE argument.id = \(argument))
                """)
    }

    /// Locks the argument. What is not published, closed or withdrawn is talked about no more.
    func lock(in transaction: Transaction) async throws -> LockedThread? {
        let row: Row? = try await transaction.one(
            "argument.lock_thread",
            """
            SELECT argument.thread_id, consultation.process_id,
                   debate.published_at IS NULL OR debate.concluded_at IS NOT NULL OR argument.withdrawn_at IS NOT NULL
                   OR consultation.published_at IS NULL AS is_over
            FROM argument
            JOIN debate ON debate.id = argument.debate_id
            JOIN consultation ON consultation.id = debate.consultation_id
            WHERE argument.id = \(argument)
            FOR NO KEY UPDATE OF argument
            """)
        return try row.map { row in
            LockedThread(
                root: argument.uuid, process: try row.get("process_id"), thread: try row.get("thread_id"),
                isOver: try row.get("is_over"))
        }
    }

    /// Open while the debate is.
    func isOpen(_ locked: LockedThread, in executor: some Executor) async throws -> Bool {
        let row: Row? = try await executor.one(
            "argument.is_open",
            """
            SELECT FROM argument JOIN debate ON debate.id = argument.debate_id
            JOIN consultation ON consultation.id = debate.consultation_id
            WHERE argument.id = \(argument) AND argument.withdrawn_at IS NULL AND \(sql: Debate.isOpen)
            """)
        return row != nil
    }

    func recount(_ locked: LockedThread, in transaction: Transaction) async throws {
        try await transaction.execute(
            "argument.count_comments",
            """
            UPDATE argument
            SET comment_count = (SELECT count(*) FROM comment
                                 WHERE comment.thread_id = argument.thread_id AND comment.withdrawn_at IS NULL)
            WHERE argument.id = \(argument)
            """)
    }

    /// Where the answers to several arguments are read.
    static func places(
        _ arguments: [ID<DebateArgument>], in executor: some Executor
    ) async throws -> [CommentHost: CommentPlace] {
        let rows: [Row] = try await executor.query(
            "argument.comment_places",
            """
            SELECT argument.id, argument.number, argument.title, debate.handle, consultation.handle AS consultation
            FROM argument
            JOIN debate ON debate.id = argument.debate_id
            JOIN consultation ON consultation.id = debate.consultation_id
            WHERE argument.id = ANY (\(arguments))
            """)
        return Dictionary(
            uniqueKeysWithValues: try rows.map { row in
                (
                    .argument(try row.get("id")),
                    .argument(
                        consultation: try row.get("consultation"), debate: try row.get("handle"),
                        number: Int(try row.get("number", as: Int32.self)), title: try row.get("title"))
                )
            })
    }
}
