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
            let grant: Row? = try await transaction.one(
                "authority_require",
                """
                SELECT 1 AS held FROM role_grant
                WHERE account_id = \(account.uuid) AND role = \(role.rawValue) AND revoked_at IS NULL
                  AND ((process_id IS NULL AND vote_id IS NULL)
                       OR process_id = \(process?.uuid)::uuid OR vote_id = \(vote?.uuid)::uuid)
                LIMIT 1
                """)
            guard grant != nil else { throw NotAllowed(roles: roles) }
        }
    }
}
