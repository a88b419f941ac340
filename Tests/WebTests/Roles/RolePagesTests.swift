import Participation
import Postgres
import Testing

@Suite("Pages: roles")
struct RolePagesTests {
    @Test func `an administrator gives a role and takes it back`() async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Carla", roles: [HeldRole(.administrator)])
            let ada = try await quarter.resident("Ada")
            let carla = try await quarter.signedIn("Carla")
            let page = try await carla.get("/desk/roles")
            #expect(page.status == 200)
            #expect(page.text.contains("carla@example.fr"))
            let given = try await carla.submit(
                "/desk/roles", ["email": "ada@example.fr", "role": "auditor", "scope": ""])
            #expect(given.status == 303)
            #expect(try await quarter.roles.holds(.auditor, account: ada.id))

            let list = try await carla.get("/desk/roles").text
            #expect(list.contains("The role is given."))
            let grant = try #require(try await quarter.roles.list().first { $0.account == ada.id })
            let path = "/desk/roles/\(grant.id)/revocation"
            #expect(list.contains(path))
            #expect(try await carla.get(path).text.contains("Ada will no longer be able to act in this role"))
            #expect(try await carla.submit(path).status == 303)
            #expect(try await quarter.roles.holds(.auditor, account: ada.id) == false)
            #expect(try await carla.get("/desk/roles?past=1").text.contains("by Carla"))
            #expect(try await carla.get(path).status == 404)
        }
    }

    @Test func `mistakes are said beside their fields`() async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Carla", roles: [HeldRole(.administrator)])
            let carla = try await quarter.signedIn("Carla")
            try await carla.get("/desk/roles")
            let answer = try await carla.submit(
                "/desk/roles", ["email": "nobody", "role": "king", "scope": "vote/nonsense"])
            #expect(answer.status == 422)
            for field in ["email", "role", "scope"] {
                #expect(answer.text.contains("id=\"\(field)-problem\""), "\(field)")
            }
            let unknown = try await carla.submit(
                "/desk/roles", ["email": "nobody@example.fr", "role": "auditor", "scope": ""])
            #expect(unknown.text.contains("No account has this address."))
            let twice = try await carla.submit(
                "/desk/roles", ["email": "carla@example.fr", "role": "administrator", "scope": ""])
            #expect(twice.text.contains("This person already holds this role."))
        }
    }

    @Test func `the last administrator keeps the role`() async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Carla", roles: [HeldRole(.administrator)])
            let carla = try await quarter.signedIn("Carla")
            let grant = try #require(try await quarter.roles.list().first)
            let path = "/desk/roles/\(grant.id)/revocation"
            try await carla.get(path)
            let answer = try await carla.submit(path)
            #expect(answer.status == 409)
            #expect(answer.text.contains("This is the last administrator"))
        }
    }

    @Test func `others see the list or nothing, and change nothing`() async throws {
        try await withQuarter { quarter in
            try await quarter.resident("Carla", roles: [HeldRole(.administrator)])
            try await quarter.resident("Olga", roles: [HeldRole(.auditor)])
            try await quarter.resident("Ada")
            let grant = try #require(try await quarter.roles.list().first)

            let auditor = try await quarter.signedIn("Olga")
            let list = try await auditor.get("/desk/roles")
            #expect(list.status == 200)
            #expect(list.text.contains("Carla") && !list.text.contains("carla@example.fr"))
            #expect(!list.text.contains("/revocation"))

            try await auditor.get("/account")
            let asAuditor = try await auditor.submit(
                "/desk/roles", ["email": "olga@example.fr", "role": "administrator", "scope": ""])
            #expect(asAuditor.status == 404)

            let resident = try await quarter.signedIn("Ada")
            #expect(try await resident.get("/desk/roles").status == 404)
            #expect(try await resident.get("/desk/roles/\(grant.id)/revocation").status == 404)
            try await resident.get("/account")
            #expect(try await resident.submit("/desk/roles/\(grant.id)/revocation").status == 404)
            #expect(try await quarter.browser().get("/desk/roles").status == 303)
            #expect(try await quarter.roles.list().count == 2)
        }
    }

    @Test func `a new role gives the session a new token, and the old one soon opens nothing`() async throws {
        try await withQuarter { quarter in
            let ada = try await quarter.resident("Ada")
            let browser = try await quarter.signedIn("Ada")
            let before = try #require(browser.cookie("session"))
            try await quarter.roles.grant(HeldRole(.administrator), to: ada.id, by: .operator)
            #expect(try await browser.get("/desk/roles").status == 200)
            #expect(browser.cookie("session") != before)
            #expect(try await browser.get("/desk/roles").status == 200)

            try await quarter.pool.execute(
                "test.later", "UPDATE session SET renewed_at = renewed_at - interval '1 minute'")
            let thief = quarter.browser()
            thief.plant("session", before)
            #expect(try await thief.get("/desk/roles").status == 303)
        }
    }
}
