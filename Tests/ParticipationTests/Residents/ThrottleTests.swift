import Foundation
import Logging
import Postgres
import Testing

@testable import Participation

/// Guessing is slow; a school on one address is not.
@Suite struct ThrottleTests {
    private func failures(_ count: Int, at name: String, by visitor: Visitor, in town: Town) async throws -> Int {
        var waits = 0
        for _ in 0..<count {
            let reasons = try await refusals(of: AccountRefusal.self) {
                _ = try await town.accounts.signIn(
                    email: "\(name)@example.fr", password: "tilleul sous la neige", by: visitor)
            }
            if case .tooManyAttempts = reasons.first { waits += 1 }
        }
        return waits
    }

    @Test func `the sixth guess is made to wait and the owner elsewhere is not`() async throws {
        try await withTown { town in
            try await town.resident("Ada")
            let waits = try await failures(6, at: "ada", by: town.library, in: town)
            #expect(waits == 0)
            let reasons = try await refusals(of: AccountRefusal.self) { _ = try await town.signIn("Ada") }
            guard case .tooManyAttempts(let seconds) = reasons.first else {
                Issue.record("the right password was not made to wait: \(reasons)")
                return
            }
            #expect((1...2).contains(seconds))
            _ = try await town.accounts.signIn(email: "ada@example.fr", password: Town.password, by: town.home)
            try await town.pass(seconds: 2)
            _ = try await town.signIn("Ada")
        }
    }

    @Test func `waiting grows to a quarter of an hour and no further`() async throws {
        try await withTown { town in
            let attempt = Throttle.Attempt.signIn(EmailAddress("ada@example.fr"), town.library.network)
            var longest = 0
            for _ in 0..<20 {
                do {
                    try await town.throttle.count(attempt)
                } catch let refusal as Throttle.TooMany {
                    longest = max(longest, refusal.seconds)
                    try await town.pass(seconds: Double(refusal.seconds))
                }
            }
            #expect(longest > 60)
            #expect(longest <= 900)
        }
    }

    @Test func `unknown addresses are throttled like known ones`() async throws {
        try await withTown { town in
            let waits = try await failures(8, at: "nobody", by: town.library, in: town)
            #expect(waits == 2)
        }
    }

    @Test func `a hundred guesses at once are a hundred`() async throws {
        try await withTown { town in
            let attempt = Throttle.Attempt.signIn(EmailAddress("ada@example.fr"), town.library.network)
            let allowed = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        do {
                            try await town.throttle.count(attempt)
                            return true
                        } catch is Throttle.TooMany {
                            return false
                        }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(allowed == 6)
        }
    }

    @Test func `a school signs in behind one address`() async throws {
        try await withTown { town in
            for pupil in 0..<400 {
                let attempt = Throttle.Attempt.signIn(
                    EmailAddress("pupil\(pupil)@example.fr"), town.library.network)
                // Every other pupil mistypes once.
                if pupil.isMultiple(of: 2) { try await town.throttle.count(attempt) }
                try await town.throttle.count(attempt)
                try await town.throttle.succeeded(attempt)
            }
        }
    }

    @Test func `who tries many accounts from one network is slowed`() async throws {
        try await withTown { town in
            var refused = 0
            for account in 0..<220 {
                do {
                    try await town.throttle.count(
                        .signIn(EmailAddress("victim\(account)@example.fr"), town.library.network))
                } catch is Throttle.TooMany {
                    refused += 1
                }
            }
            #expect(refused >= 15)
            // Nobody waits more than a minute for the neighbours.
            try await town.pass(seconds: 60)
            try await town.throttle.count(.signIn(EmailAddress("ada@example.fr"), town.library.network))
        }
    }

    @Test func `letters to one address are few`() async throws {
        try await withTown { town in
            var refused = 0
            for _ in 0..<6 {
                let reasons = try await refusals(of: AccountRefusal.self) {
                    try await town.accounts.signUp(
                        email: "ada@example.fr", name: "Ada", password: Town.password, language: .french,
                        by: town.library)
                }
                if !reasons.isEmpty { refused += 1 }
            }
            #expect(refused == 2)
        }
    }

    @Test func `no address is stored`() async throws {
        try await withTown { town in
            try await town.throttle.count(.signIn(EmailAddress("ada@example.fr"), town.library.network))
            let rows = try await town.pool.query("test.keys", "SELECT encode(key, 'escape') AS key FROM throttle")
            #expect(rows.count == 3)
            for row in rows {
                let key: String = try row.get("key")
                #expect(!key.contains("ada") && !key.contains("192"))
            }
            try await town.pass(seconds: 3 * 86_400)
            try await Housekeeping(pool: town.pool, logger: Logger(label: "test")).sweep()
            #expect(try await town.count("throttle") == 0)
        }
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.200", true), ("192.0.2.7", "192.0.3.7", false),
        ("2001:db8:1:2::3", "2001:db8:1:ff::9", true), ("2001:db8:1:2::3", "2001:db8:1:102::3", false),
        ("::ffff:192.0.2.7", "192.0.2.9", true), ("fe80::1%eth0", "fe80::2", true), ("nonsense", "", true),
    ])
    func `neighbours are one network`(one: String, other: String, same: Bool) {
        #expect((Network(address: one) == Network(address: other)) == same)
    }
}
