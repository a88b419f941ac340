import Foundation
import Logging
import Participation
import Postgres
import Testing

/// Another address for an account, and what is remembered of the one that was left.
@Suite struct AddressTests {
    private func request(_ email: String, _ account: Account, _ town: Town) async throws {
        try await town.accounts.requestAddress(email, password: Town.password, of: account.id, by: town.home)
    }

    /// Moves the account of a name to the address of another name.
    private func move(_ account: Account, to name: String, _ town: Town) async throws {
        try await request("\(name.lowercased())@example.fr", account, town)
        let token = try #require(try await town.token("confirm_new_address", to: name))
        try await town.accounts.confirmAddress(token, of: account.id)
    }

    private func letters(_ town: Town) async throws -> [String] {
        try await town.pool.query("test.letters", "SELECT kind, recipient FROM outbox ORDER BY id").map {
            try "\($0.get("kind", as: String.self)) \($0.get("recipient", as: String.self))"
        }
    }

    @Test func `a new address is confirmed by its letter, the old one is told, and sessions go on`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada")
            let session = try await town.signIn("Ada").token
            try await request("Ada.Lovelace@Example.fr", ada, town)
            #expect(try await letters(town) == ["confirm_new_address ada.lovelace@example.fr"])
            #expect(try await town.accounts.find(ada.id)?.email?.text == "ada@example.fr")

            let token = try #require(try await town.token("confirm_new_address", to: "ada.lovelace"))
            #expect(try await town.accounts.awaitedAddress(token, of: ada.id)?.text == "ada.lovelace@example.fr")
            // A reset that was asked for at the old address must not open the account any more.
            try await town.accounts.requestReset(email: "ada@example.fr", by: town.home)
            let reset = try #require(try await town.token("reset_password", to: "ada"))

            try await town.accounts.confirmAddress(token, of: ada.id)
            #expect(try await town.accounts.find(ada.id)?.email?.text == "ada.lovelace@example.fr")
            #expect(try await letters(town).last == "address_changed ada@example.fr")
            #expect(try await town.sessions.find(token: session) != nil)
            #expect(try await town.accounts.awaitsReset(reset) == false)
            #expect(try await town.signIn("Ada.Lovelace").account.person == ada.person)
            let gone = try await refusals(of: AccountRefusal.self) { _ = try await town.signIn("Ada") }
            #expect(gone == [.wrongCredentials])
            let again = try await refusals(of: AccountRefusal.self) {
                try await town.accounts.confirmAddress(token, of: ada.id)
            }
            #expect(again == [.linkExpired])
        }
    }

    @Test func `an address that is taken is answered the same, and only its owner hears of it`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada")
            try await town.resident("Bob")
            try await request("bob@example.fr", ada, town)
            #expect(try await letters(town) == ["address_in_use bob@example.fr"])
            #expect(try await town.count("address_change") == 0)
        }
    }

    @Test func `every mistake is said at once, and nothing is written`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada")
            let both = try await refusals(of: AccountRefusal.self) {
                try await town.accounts.requestAddress("ada", password: "not the right one", of: ada.id, by: town.home)
            }
            #expect(both == [.emailInvalid, .wrongPassword])
            let same = try await refusals(of: AccountRefusal.self) { try await request("ADA@example.fr", ada, town) }
            #expect(same == [.emailUnchanged])
            #expect(try await town.count("outbox") == 0)
        }
    }

    @Test func `letters to one address are slowed down`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada")
            for _ in 0..<3 { try await request("new@example.fr", ada, town) }
            // The fourth is still written; whoever asks on has to wait.
            try await request("new@example.fr", ada, town)
            let reasons = try await refusals(of: AccountRefusal.self) { try await request("new@example.fr", ada, town) }
            guard case .tooManyAttempts = reasons.first else {
                Issue.record("\(reasons)")
                return
            }
        }
    }

    @Test func `a link works for the account that asked, for two days, and until the password changes`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada")
            let eve = try await town.resident("Eve")
            try await request("new@example.fr", ada, town)
            let token = try #require(try await town.token("confirm_new_address", to: "new"))
            func reasons(_ account: Account) async throws -> [AccountRefusal] {
                try await refusals(of: AccountRefusal.self) {
                    try await town.accounts.confirmAddress(token, of: account.id)
                }
            }
            #expect(try await town.accounts.awaitedAddress(token, of: eve.id) == nil)
            #expect(try await reasons(eve) == [.linkExpired])
            try await town.pass(seconds: Accounts.addressChangeLifetime + 1)
            #expect(try await reasons(ada) == [.linkExpired])
            try await Housekeeping(pool: town.pool, logger: Logger(label: "test")).sweep()
            #expect(try await town.count("address_change") == 0)

            try await request("other@example.fr", ada, town)
            let second = try #require(try await town.token("confirm_new_address", to: "other"))
            _ = try await town.accounts.changePassword(
                from: Town.password, to: "marronnier au soleil", of: ada.id, by: town.home)
            #expect(try await town.accounts.awaitedAddress(second, of: ada.id) == nil)
        }
    }

    @Test func `two accounts that want one address do not both get it`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada")
            let bob = try await town.resident("Bob")
            var tokens: [Token] = []
            for account in [ada, bob] {
                try await request("new@example.fr", account, town)
                tokens.append(try #require(try await town.token("confirm_new_address", to: "new")))
            }
            try await town.accounts.confirmAddress(tokens[0], of: ada.id)
            let reasons = try await refusals(of: AccountRefusal.self) {
                try await town.accounts.confirmAddress(tokens[1], of: bob.id)
            }
            #expect(reasons == [.emailTaken])
            #expect(try await town.accounts.find(bob.id)?.email?.text == "bob@example.fr")
        }
    }

    @Test func `an address that was left makes no second person`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada")
            // Asked for before Ada leaves, followed after.
            try await town.accounts.signUp(
                email: "late@example.fr", name: "Late", password: Town.password, language: .french, by: town.home)
            let late = try #require(try await town.token("confirm_address", to: "late"))
            try await move(ada, to: "Lovelace", town)

            try await town.accounts.signUp(
                email: "ada@example.fr", name: "Ada", password: Town.password, language: .french, by: town.home)
            #expect(try await letters(town).last == "account_moved ada@example.fr")
            #expect(try await town.count("sign_up") == 1)
            #expect(try await refusals(of: AccountRefusal.self) { try await town.resident("Ada") } == [.emailTaken])

            try await move(ada, to: "Late", town)
            #expect(try await town.accounts.awaitsConfirmation(late) == false)
            // Back home, and away for good: the same person each time.
            try await move(ada, to: "Ada", town)
            try await town.accounts.close(ada.id, password: Town.password)
            for name in ["Ada", "Lovelace", "Late"] {
                let again = try await town.resident(name)
                #expect(again.person == ada.person)
                try await town.accounts.close(again.id, password: Town.password)
            }
            #expect(try await town.count("person") == 1)

            // Two years later nobody remembers.
            let housekeeping = Housekeeping(pool: town.pool, logger: Logger(label: "test"))
            try await housekeeping.sweep()
            #expect(try await town.count("former_address") == 3)
            try await town.pool.execute(
                "test.time", "UPDATE former_address SET forget_after = forget_after - interval '2 years 1 day'")
            try await housekeeping.sweep()
            #expect(try await town.count("former_address") == 0)
            #expect(try await town.resident("Ada").person != ada.person)
        }
    }
}
