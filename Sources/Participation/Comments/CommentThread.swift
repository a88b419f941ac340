import Foundation
import Postgres

/// What a thing that people comment on answers for: all that ``Comments`` has to know of it.
protocol CommentThread: Sendable {
    /// Whether a comment of the first level says for, against or neither.
    var takesPositions: Bool { get }
    /// Who speaks for the city here, whatever the phase; their words are marked.
    var cityRoles: [Role] { get }
    /// Which comments are read together here.
    var scope: CommentScope { get }

    /// Takes the lock that orders all who write and withdraw here, so that each count is made of everything that was
    /// committed before it; nil when there is no such thing.
    func lock(in transaction: Transaction) async throws -> LockedThread?
    /// Whether residents may write now.
    func isOpen(_ locked: LockedThread, in executor: some Executor) async throws -> Bool
    /// Counts the comments anew, wherever their number is kept.
    func recount(_ locked: LockedThread, in transaction: Transaction) async throws
}

/// What holds of a thread while its lock is held.
struct LockedThread {
    /// What orders the writers and is counted: the thing itself, or what it was joined to.
    let root: UUID
    /// The process whose staff may speak here.
    let process: ID<Process>
    /// The thread of a new comment of the first level; nil where one goes elsewhere by now.
    let thread: UUID?
    /// Whether nobody writes here any more, staff neither.
    let isOver: Bool
}

/// Which comments are read together, as the parts of statements on the table `comment`.
struct CommentScope {
    /// The number of the proposal that a comment was written under, where several are read together.
    var origin: SQL = "NULL::bigint"
    /// What `origin` and `condition` need beside `comment`.
    var join: SQL = ""
    /// What holds of the comments.
    let condition: SQL

    /// A scope for comments already found.
    static let any = CommentScope(condition: "true")
}
