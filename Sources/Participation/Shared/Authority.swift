import Foundation
import Postgres

/// Somebody asked for an act that none of their roles covers.
public struct NotAllowed: Error, Hashable, Sendable {
    /// Any one of these roles would do.
    public let roles: [Role]
}

/// The check that stands at the head of every act of staff, in the transaction of the act.
enum Authority {
    /// Refuses unless the actor holds one of the roles for everything, for the process or for the vote, at this moment.
    /// The operator at the command line and the service itself hold them all.
    static func require(
        _ roles: [Role], of actor: Actor, process: ID<Process>? = nil, vote: ID<Vote>? = nil,
        in transaction: some Executor
    ) async throws {
        switch actor {
        case .operator, .system: return
        case .resident, .code, .visitor: throw NotAllowed(roles: roles)
        case .official(let account, let role):
            guard roles.contains(role) else { throw NotAllowed(roles: roles) }
            let isHeld: Bool = try await Roles.holds(
                role, account: account, process: process, vote: vote, in: transaction)
            guard isHeld else { throw NotAllowed(roles: roles) }
        }
    }
    /// The same for a vote and its process, asked before work that takes long.
    static func require(
        _ roles: [Role], of actor: Actor, for vote: ID<Vote>, in executor: some Executor
    ) async throws {
        let row: Row? = try await executor.one(
            "authority.process", "SELECT process_id FROM vote WHERE id = \(vote.uuid)")
        let process: UUID? = try row?.get("process_id")
        try await require(roles, of: actor, process: process.map { ID($0) }, vote: vote, in: executor)
    }
}
