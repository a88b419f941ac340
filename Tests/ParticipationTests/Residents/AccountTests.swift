import Foundation
import Logging
import Participation
import Postgres
import Testing

/// Asking for an account, confirming it, and closing it.
@Suite struct AccountTests {
    @Test func `a confirmed sign up is an account and signs in`() async throws {
        try await withTown { town in
            try await town.accounts.signUp(
                email: "Ada@Example.fr", name: "Ada", password: Town.password, language: .german, by: town.home)
            #expect(try await town.count("account") == 0)
            let token = try #require(try await town.token("confirm_address", to: "Ada"))
            #expect(try await town.accounts.awaitsConfirmation(token))

            let wrong = try await refusals(of: AccountRefusal.self) {
                _ = try await town.accounts.confirm(token, password: "something else entirely", by: town.home)
            }
            #expect(wrong == [.wrongPassword])

            let signedIn = try await town.accounts.confirm(token, password: Town.password, by: town.home)
            #expect(signedIn.account.email?.text == "ada@example.fr")
            let session = try #require(try await town.sessions.find(token: signedIn.token))
            #expect(session.account?.name == "Ada")
            #expect(session.account?.language == .german)
            #expect(session.account?.roles.isEmpty == true)
            #expect(session.person == signedIn.account.person)

            let again = try await refusals(of: AccountRefusal.self) {
                _ = try await town.accounts.confirm(token, password: Town.password, by: town.home)
            }
            #expect(again == [.linkExpired])
            #expect(try await town.accounts.awaitsConfirmation(token) == false)
            #expect(try await town.count("sign_up") == 0)
        }
    }

    @Test func `every field that is wrong is said at once`() async throws {
        try await withTown { town in
            let reasons = try await refusals(of: AccountRefusal.self) {
                try await town.accounts.signUp(
                    email: "ada at example", name: "", password: "short", language: .french, by: town.home)
            }
            #expect(reasons == [.nameMissing, .emailInvalid, .password(.tooShort(minimum: 12))])
            #expect(try await town.count("outbox") == 0)
        }
    }

    @Test func `the answer does not tell whether an address has an account`() async throws {
        try await withTown { town in
            try await town.resident("Ada")
            try await town.accounts.signUp(
                email: "ada@example.fr", name: "Eve", password: Town.password, language: .french, by: town.home)
            #expect(try await town.token("confirm_address", to: "Ada") == nil)
            #expect(try await town.count("sign_up") == 0)
            #expect(try await town.count("outbox") == 1)
        }
    }

    @Test func `two people who ask for one address at once get one account`() async throws {
        try await withTown { town in
            var tokens: [Token] = []
            for name in ["First", "Second"] {
                try await town.accounts.signUp(
                    email: "ada@example.fr", name: name, password: Town.password, language: .french, by: town.home)
                tokens.append(try #require(try await town.token("confirm_address", to: "Ada")))
            }
            #expect(Set(tokens).count == 2)
            let outcomes = try await withThrowingTaskGroup(of: [AccountRefusal].self) { group in
                for token in tokens {
                    group.addTask {
                        try await refusals(of: AccountRefusal.self) {
                            _ = try await town.accounts.confirm(token, password: Town.password, by: town.home)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter(\.isEmpty).count == 1)
            let refused = try #require(outcomes.first { !$0.isEmpty })
            #expect(refused == [.emailTaken] || refused == [.linkExpired])
            #expect(try await town.count("account") == 1)
            #expect(try await town.count("person") == 1)
            #expect(try await town.count("session") == 1)
        }
    }

    @Test func `a link stops working after two days`() async throws {
        try await withTown { town in
            try await town.accounts.signUp(
                email: "ada@example.fr", name: "Ada", password: Town.password, language: .french, by: town.home)
            let token = try #require(try await town.token("confirm_address", to: "Ada"))
            try await town.pass(seconds: Accounts.confirmationLifetime + 1)
            let reasons = try await refusals(of: AccountRefusal.self) {
                _ = try await town.accounts.confirm(token, password: Town.password, by: town.home)
            }
            #expect(reasons == [.linkExpired])
            try await Housekeeping(pool: town.pool, logger: Logger(label: "test")).sweep()
            #expect(try await town.count("sign_up") == 0)
        }
    }

    @Test func `only the operator opens an account for somebody else`() async throws {
        try await withTown { town in
            let admin = try await town.resident("Carla", roles: [HeldRole(.administrator)])
            await #expect(throws: NotAllowed.self) {
                try await town.accounts.create(
                    email: "bob@example.fr", name: "Bob", password: Town.password,
                    by: .official(admin.id, .administrator))
            }
            let taken = try await refusals(of: AccountRefusal.self) { try await town.resident("Carla") }
            #expect(taken == [.emailTaken])
        }
    }

    @Test func `a closed account leaves only a person`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada", roles: [HeldRole(.auditor)])
            let token = try await town.signIn("Ada").token
            let wrong = try await refusals(of: AccountRefusal.self) {
                try await town.accounts.close(ada.id, password: "not the right one")
            }
            #expect(wrong == [.wrongPassword])
            #expect(try await town.sessions.find(token: token) != nil)

            try await town.accounts.close(ada.id, password: Town.password)
            #expect(try await town.sessions.find(token: token) == nil)
            #expect(try await town.accounts.find(ada.id) == nil)
            #expect(try await town.roles.list().isEmpty)
            #expect(try await town.count("person") == 1)
            let left = try await town.pool.query(
                "test.left", "SELECT concat(email, password_hash, name) AS words FROM account")
            #expect(try left[0].get("words", as: String.self) == "")
            let refused = try await refusals(of: AccountRefusal.self) { _ = try await town.signIn("Ada") }
            #expect(refused == [.wrongCredentials])
        }
    }

    @Test func `whoever comes back is the same person`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada")
            try await town.accounts.close(ada.id, password: Town.password)
            let again = try await town.resident("Ada")
            #expect(again.id != ada.id)
            #expect(again.person == ada.person)
            #expect(try await town.resident("Bob").person != ada.person)
        }
    }

    @Test func `name and language can be changed`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada")
            try await town.accounts.rename(ada.id, to: "Ada L.")
            try await town.accounts.changeLanguage(of: ada.id, to: .english)
            let changed = try await town.accounts.find(ada.id)
            #expect(changed?.name == "Ada L.")
            #expect(changed?.language == .english)
            let reasons = try await refusals(of: AccountRefusal.self) {
                try await town.accounts.rename(ada.id, to: String(repeating: "a", count: 101))
            }
            #expect(reasons == [.nameTooLong(maximum: 100)])
        }
    }
}
