import Postgres

/// Who does what on a walk.
extension Walks {
    /// Gives the account with an address a role on the walk.
    ///
    /// - Throws: `WalkRefusal.noSuchAccount`, `.roleHeld`; `NotAllowed` unless the actor is an agent of its process.
    public func name(
        _ email: EmailAddress, _ role: CrewRole, of id: ID<Walk>, by actor: Actor
    ) async throws {
        do {
            try await pool.transaction("walk_crew.name") { transaction in
                _ = try await Self.lock(id, by: actor, in: transaction)
                let named: Int = try await transaction.execute(
                    "walk_crew.insert",
                    """
                    INSERT INTO walk_crew (walk_id, account_id, role)
                    SELECT \(id), id, \(role.rawValue) FROM account WHERE email = \(email.text) AND closed_at IS NULL
                    """)
                guard named == 1 else { throw WalkRefusal.noSuchAccount }
                try await Acts.record(
                    "walk_crew_named", by: actor, on: "walk", id, detail: ["role": role.rawValue], in: transaction)
            }
        } catch let error as PostgresError where error.constraint == "walk_crew_pk" {
            throw WalkRefusal.roleHeld
        }
    }

    /// Takes a role on the walk back; nothing happens when it was not held.
    ///
    /// - Throws: `NotAllowed` unless the actor is an agent of its process.
    public func release(
        _ account: ID<Account>, _ role: CrewRole, of id: ID<Walk>, by actor: Actor
    ) async throws {
        try await pool.transaction("walk_crew.release") { transaction in
            _ = try await Self.lock(id, by: actor, in: transaction)
            let released: Int = try await transaction.execute(
                "walk_crew.delete",
                """
                DELETE FROM walk_crew
                WHERE walk_id = \(id) AND account_id = \(account) AND role = \(role.rawValue)
                """)
            guard released == 1 else { return }
            try await Acts.record(
                "walk_crew_released", by: actor, on: "walk", id, detail: ["role": role.rawValue], in: transaction)
        }
    }
}
