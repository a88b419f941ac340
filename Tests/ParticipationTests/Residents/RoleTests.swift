import Foundation
import Participation
import Postgres
import Testing

/// Roles: who holds which for what, who gives and takes them, and what remains of it.
@Suite struct RoleTests {
    private func process(_ town: Town) async throws -> ID<Participation.Process> {
        let id = ID<Participation.Process>()
        try await town.pool.execute(
            "test.process",
            """
            INSERT INTO process (id, slug, title, summary, description)
            VALUES (\(id), \("p-\(id)".lowercased()), '{"fr": "Budget"}', '{}', '{}')
            """)
        return id
    }

    @Test func `a role covers what it was given for`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada")
            let mine = try await process(town)
            let other = try await process(town)
            let vote = ID<Vote>()
            try await town.roles.grant(HeldRole(.participationAgent, for: .process(mine)), to: ada.id, by: .operator)
            try await town.roles.grant(HeldRole(.auditor), to: ada.id, by: .operator)

            #expect(try await town.roles.holds(.participationAgent, account: ada.id, process: mine))
            #expect(try await town.roles.holds(.participationAgent, account: ada.id, process: mine, vote: vote))
            #expect(try await town.roles.holds(.participationAgent, account: ada.id, process: other) == false)
            #expect(try await town.roles.holds(.participationAgent, account: ada.id) == false)
            #expect(try await town.roles.holds(.auditor, account: ada.id))
            #expect(try await town.roles.holds(.auditor, account: ada.id, process: other, vote: vote))
            #expect(try await town.roles.holds(.returningOfficer, account: ada.id, process: mine) == false)

            // The session says the same as the question.
            let token = try await town.signIn("Ada").token
            let signedIn = try #require(try await town.sessions.find(token: token)?.account)
            for role in Role.allCases {
                for scope in [nil, mine, other] {
                    #expect(
                        try await town.roles.holds(role, account: ada.id, process: scope)
                            == signedIn.holds(role, process: scope))
                }
            }
        }
    }

    @Test func `administrators give and take roles and others do not`() async throws {
        try await withTown { town in
            let carla = try await town.resident("Carla", roles: [HeldRole(.administrator)])
            let ada = try await town.resident("Ada", roles: [HeldRole(.participationAgent)])
            let asCarla = Actor.official(carla.id, .administrator)
            let email = try #require(EmailAddress("ada@example.fr"))

            let id = try await town.roles.grant(HeldRole(.returningOfficer), to: email, by: asCarla)
            #expect(try await town.roles.holds(.returningOfficer, account: ada.id))
            let grant = try #require(try await town.roles.find(id))
            #expect(grant.grantedBy == "Carla")
            #expect(grant.revokedAt == nil)

            let actors: [Actor] = [
                .official(ada.id, .administrator), .official(ada.id, .participationAgent), .resident(carla.id),
                .visitor, .code, .official(carla.id, .auditor),
            ]
            for actor in actors {
                await #expect(throws: NotAllowed.self, "\(actor)") {
                    try await town.roles.grant(HeldRole(.auditor), to: ada.id, by: actor)
                }
                await #expect(throws: NotAllowed.self, "\(actor)") { try await town.roles.revoke(id, by: actor) }
            }

            #expect(try await town.roles.revoke(id, by: asCarla))
            #expect(try await town.roles.revoke(id, by: asCarla) == false)
            #expect(try await town.roles.holds(.returningOfficer, account: ada.id) == false)
            #expect(try await town.roles.list(past: true).map(\.revokedBy) == ["Carla"])
            // What was taken back can be given again.
            try await town.roles.grant(HeldRole(.returningOfficer), to: email, by: asCarla)
        }
    }

    @Test func `what cannot be given is refused`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada")
            let mine = try await process(town)
            let stranger = try #require(EmailAddress("nobody@example.fr"))
            try await town.roles.grant(HeldRole(.auditor), to: ada.id, by: .operator)

            let twice = try await refusals(of: RoleRefusal.self) {
                try await town.roles.grant(HeldRole(.auditor), to: ada.id, by: .operator)
            }
            #expect(twice == [.alreadyHeld])
            let nobody = try await refusals(of: RoleRefusal.self) {
                try await town.roles.grant(HeldRole(.auditor), to: stranger, by: .operator)
            }
            #expect(nobody == [.noAccount])
            let narrow = try await refusals(of: RoleRefusal.self) {
                try await town.roles.grant(HeldRole(.administrator, for: .process(mine)), to: ada.id, by: .operator)
            }
            #expect(narrow == [.administratorForEverything])
            let nowhere = try await refusals(of: RoleRefusal.self) {
                try await town.roles.grant(HeldRole(.auditor, for: .process(ID())), to: ada.id, by: .operator)
            }
            #expect(nowhere == [.noSuchScope])
        }
    }

    @Test func `the last administrator stays`() async throws {
        try await withTown { town in
            let carla = try await town.resident("Carla", roles: [HeldRole(.administrator)])
            let dora = try await town.resident("Dora", roles: [HeldRole(.administrator)])
            let grants = try await town.roles.list()
            let ofCarla = try #require(grants.first { $0.account == carla.id }).id
            let ofDora = try #require(grants.first { $0.account == dora.id }).id

            // Each takes the other's role at the same moment: one of them stays.
            async let one: Void = {
                _ = try? await town.roles.revoke(ofDora, by: .official(carla.id, .administrator))
            }()
            async let two: Void = {
                _ = try? await town.roles.revoke(ofCarla, by: .official(dora.id, .administrator))
            }()
            _ = await (one, two)
            let left = try await town.roles.list()
            #expect(left.count == 1)

            let refused = try await refusals(of: RoleRefusal.self) {
                try await town.roles.revoke(left[0].id, by: .operator)
            }
            #expect(refused == [.lastAdministrator])
            let closing = try await refusals(of: AccountRefusal.self) {
                try await town.accounts.close(left[0].account, password: Town.password)
            }
            #expect(closing == [.lastAdministrator])
            #expect(try await town.roles.list().count == 1)
        }
    }

    @Test func `every change is in the register and stays there`() async throws {
        try await withTown { town in
            let carla = try await town.resident("Carla", roles: [HeldRole(.administrator)])
            let ada = try await town.resident("Ada")
            let id = try await town.roles.grant(
                HeldRole(.auditor), to: ada.id, by: .official(carla.id, .administrator))
            try await town.roles.revoke(id, by: .operator)
            let acts = try await Acts(pool: town.pool).list()
            #expect(
                acts.map(\.act) == ["role_revoked", "role_granted", "account_opened", "role_granted", "account_opened"])
            #expect(acts[1].actor == "official" && acts[1].name == "Carla" && acts[1].role == .administrator)
            #expect(acts[0].actor == "operator" && acts[0].name == nil)
            #expect(acts[1].detail.contains("auditor") && !acts[1].detail.contains("ada"))
            let page = try await Acts(pool: town.pool).list(before: acts[1].id, limit: 2)
            #expect(page.map(\.id) == [acts[2].id, acts[3].id])

            for statement: SQL in ["DELETE FROM act", "UPDATE act SET act = 'nothing'", "TRUNCATE act"] {
                await #expect(throws: PostgresError.self) { try await town.pool.execute("test.forge", statement) }
            }
            #expect(try await town.count("act") == 5)
        }
    }
}
