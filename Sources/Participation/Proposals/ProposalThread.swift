import Foundation
import Postgres

/// The comments on a proposal, read with those on all that were joined to it.
struct ProposalThread: CommentThread {
    let proposal: ID<Proposal>
    let zone: String

    /// What became of a proposal that is no longer talked about: it is read.
    static let closed: Set<Proposal.Status> = [.draft, .withdrawn, .joined]

    var takesPositions: Bool { true }
    var cityRoles: [Role] { [.participationAgent, .examiner] }

    var scope: CommentScope {
        CommentScope(
            origin: "proposal.number", join: "JOIN proposal ON proposal.thread_id = comment.thread_id",
            condition: "proposal.id IN (SELECT proposal_family(\(proposal)))")
    }

    /// Locks the family: the thread of a proposal that was joined goes on where the proposal went.
    func lock(in transaction: Transaction) async throws -> LockedThread? {
        guard let root = try await Family.lock(proposal, in: transaction) else { return nil }
        return LockedThread(
            root: root.id.uuid, process: root.process, thread: root.id == proposal ? root.thread : nil,
            isOver: Self.closed.contains(root.status))
    }

    func isOpen(_ locked: LockedThread, in executor: some Executor) async throws -> Bool {
        try await ProposalCalls.rule(of: locked.process, zone: zone, in: executor).mayComment
    }

    func recount(_ locked: LockedThread, in transaction: Transaction) async throws {
        try await Family.countComments(of: ID(locked.root), in: transaction)
    }

    /// Where the comments on several proposals are read.
    static func places(
        _ proposals: [ID<Proposal>], in executor: some Executor
    ) async throws -> [CommentHost: CommentPlace] {
        let rows: [Row] = try await executor.query(
            "proposal.comment_places", "SELECT id, number, title FROM proposal WHERE id = ANY (\(proposals))")
        return Dictionary(
            uniqueKeysWithValues: try rows.map { row in
                (.proposal(try row.get("id")), .proposal(number: try row.get("number"), title: try row.get("title")))
            })
    }
}
