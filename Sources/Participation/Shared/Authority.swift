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
}
