import Foundation
import Participation
import Postgres
import Testing

/// Signing in, and the two ways to another password.
@Suite struct SignInTests {
    @Test func `a right password signs in and a wrong one does not`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada")
            #expect(try await town.signIn("Ada").account.id == ada.id)
            let reasons = try await refusals(of: AccountRefusal.self) {
                _ = try await town.signIn("Ada", password: "tilleul sous la neige")
            }
            #expect(reasons == [.wrongCredentials])
            #expect(try await town.count("session") == 1)
        }
    }

    @Test func `unknown and wrong have the same words and the same time`() async throws {
        try await withTown { town in
            try await town.resident("Ada")
            var best = ["Ada": Duration.seconds(60), "Nobody": .seconds(60)]
            // Without a hash to compare with, the one would take a twentieth of the other, however often one tries;
            // other tests run beside, so that a few tries may mislead.
            func areAlike() -> Bool {
                let wrong = best["Ada", default: .zero]
                let unknown = best["Nobody", default: .zero]
                return unknown > wrong * 0.3 && wrong > unknown * 0.3
            }
            for round in 0..<40 where round < 3 || !areAlike() {
                try await town.pool.execute("test.forget", "DELETE FROM throttle")
                for name in best.keys {
                    let start = ContinuousClock.now
                    let reasons = try await refusals(of: AccountRefusal.self) {
                        _ = try await town.signIn(name, password: "tilleul sous la neige")
                    }
                    best[name] = min(best[name, default: .zero], ContinuousClock.now - start)
                    #expect(reasons == [.wrongCredentials])
                }
            }
            #expect(areAlike(), "\(best)")
        }
    }

    @Test func `a password that changes while it is being verified lets nobody in`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada")
            let attempt = try await town.pool.transaction("test.change") { transaction in
                try await transaction.execute(
                    "test.change", "UPDATE account SET password_hash = '$argon2id$another' WHERE id = \(ada.id)")
                let attempt = Task { try await refusals(of: AccountRefusal.self) { _ = try await town.signIn("Ada") } }
                // The old hash has been read and has been found right when the attempt waits for the account.
                try await town.waitForLock()
                return attempt
            }
            #expect(try await attempt.value == [.wrongCredentials])
            #expect(try await town.count("session") == 0)
        }
    }

    @Test func `every sign in gives a new token and ends the old one`() async throws {
        try await withTown { town in
            try await town.resident("Ada")
            let planted = try await town.signIn("Ada").token
            let token = try await town.signIn("Ada", replacing: planted).token
            #expect(token != planted)
            #expect(try await town.sessions.find(token: planted) == nil)
            #expect(try await town.sessions.find(token: token)?.account?.name == "Ada")
            // A token that was never given out opens nothing, and stays so after a sign-in with it.
            let invented = Token()
            let after = try await town.signIn("Ada", replacing: invented).token
            #expect(after != invented)
            #expect(try await town.sessions.find(token: invented) == nil)
        }
    }

    @Test func `passwords are the same from every keyboard`() async throws {
        try await withTown { town in
            try await town.accounts.create(
                email: "zoe@example.fr", name: "Zoé", password: "e\u{301}té à la rivière", by: .operator)
            _ = try await town.signIn("Zoe", password: "\u{E9}té à la rivière")
        }
    }

    @Test func `a hash of another cost is made again`() async throws {
        try await withTown { town in
            try await town.resident("Ada")
            let dearer = Accounts(
                pool: town.pool, secrets: town.secrets,
                passwords: Passwords(cost: .init(memory: 20_480, passes: 3)), correspondent: PlainCorrespondent())
            _ = try await dearer.signIn(email: "ada@example.fr", password: Town.password, by: town.home)
            let rows = try await town.pool.query("test.hash", "SELECT password_hash FROM account")
            #expect(try rows[0].get("password_hash", as: String.self).hasPrefix("$argon2id$v=19$m=20480,t=3,p=1$"))
            _ = try await dearer.signIn(email: "ada@example.fr", password: Town.password, by: town.home)
        }
    }

    @Test func `another password ends the other sessions`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada")
            let here = try await town.signIn("Ada").token
            let there = try await town.signIn("Ada").token
            let reasons = try await refusals(of: AccountRefusal.self) {
                _ = try await town.accounts.changePassword(
                    from: "not the right one", to: "short", of: ada.id, by: town.home)
            }
            #expect(reasons == [.wrongPassword, .password(.tooShort(minimum: 12))])
            #expect(try await town.sessions.find(token: here) != nil)

            let new = try await town.accounts.changePassword(
                from: Town.password, to: "marronnier au soleil", of: ada.id, by: town.home)
            #expect(try await town.sessions.find(token: new.token) != nil)
            #expect(try await town.sessions.find(token: here) == nil)
            #expect(try await town.sessions.find(token: there) == nil)
            _ = try await town.signIn("Ada", password: "marronnier au soleil")
            let old = try await refusals(of: AccountRefusal.self) { _ = try await town.signIn("Ada") }
            #expect(old == [.wrongCredentials])
        }
    }

    @Test func `a forgotten password is replaced once by the link of a letter`() async throws {
        try await withTown { town in
            try await town.resident("Ada")
            let before = try await town.signIn("Ada").token
            try await town.accounts.requestReset(email: "ADA@example.fr", by: town.home)
            let token = try #require(try await town.token("reset_password", to: "Ada"))
            #expect(try await town.accounts.awaitsReset(token))
            let weak = try await refusals(of: AccountRefusal.self) {
                _ = try await town.accounts.reset(token, to: "ada@example.fr", by: town.home)
            }
            #expect(weak == [.password(.personal)])

            let signedIn = try await town.accounts.reset(token, to: "marronnier au soleil", by: town.home)
            #expect(try await town.sessions.find(token: signedIn.token) != nil)
            #expect(try await town.sessions.find(token: before) == nil)
            let again = try await refusals(of: AccountRefusal.self) {
                _ = try await town.accounts.reset(token, to: "platane dans le vent", by: town.home)
            }
            #expect(again == [.linkExpired])
            _ = try await town.signIn("Ada", password: "marronnier au soleil")
        }
    }

    @Test func `a reset link that is followed twice at once sets one password`() async throws {
        try await withTown { town in
            try await town.resident("Ada")
            try await town.accounts.requestReset(email: "ada@example.fr", by: town.home)
            let token = try #require(try await town.token("reset_password", to: "Ada"))
            let second = try await town.pool.transaction("test.first") { transaction in
                try await transaction.execute("test.use", "DELETE FROM password_reset")
                let second = Task {
                    try await refusals(of: AccountRefusal.self) {
                        _ = try await town.accounts.reset(token, to: "marronnier au soleil", by: town.home)
                    }
                }
                try await town.waitForLock()
                return second
            }
            #expect(try await second.value == [.linkExpired])
            _ = try await town.signIn("Ada")
        }
    }

    @Test func `asking for a letter answers the same for every address`() async throws {
        try await withTown { town in
            try await town.resident("Ada")
            let clock = ContinuousClock()
            var times: [Duration] = []
            for email in ["ada@example.fr", "nobody@example.fr"] {
                let start = clock.now
                try await town.accounts.requestReset(email: email, by: town.home)
                times.append(clock.now - start)
            }
            #expect(times.allSatisfy { $0 >= .milliseconds(400) })
            #expect(try await town.count("outbox") == 1)
        }
    }

    @Test func `a reset link stops working after an hour`() async throws {
        try await withTown { town in
            try await town.resident("Ada")
            try await town.accounts.requestReset(email: "ada@example.fr", by: town.home)
            let token = try #require(try await town.token("reset_password", to: "Ada"))
            try await town.pass(seconds: 3601)
            #expect(try await town.accounts.awaitsReset(token) == false)
            let reasons = try await refusals(of: AccountRefusal.self) {
                _ = try await town.accounts.reset(token, to: "marronnier au soleil", by: town.home)
            }
            #expect(reasons == [.linkExpired])
        }
    }
}
