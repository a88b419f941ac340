import Foundation
import Participation
import Postgres
import Testing

/// Sessions: what a token opens, how long, and how it ends.
@Suite struct SessionTests {
    @Test func `only a hash of the token is stored`() async throws {
        try await withTown { town in
            try await town.resident("Ada")
            let token = try await town.signIn("Ada").token
            let rows = try await town.pool.query("test.token", "SELECT token_hash FROM session")
            #expect(try rows[0].get("token_hash", as: [UInt8].self) != token.bytes)
            let others = Sessions(pool: town.pool, secrets: Secrets(master: [UInt8](repeating: 8, count: 32)))
            #expect(try await others.find(token: token) == nil)
        }
    }

    @Test func `a session ends after twelve hours without a request`() async throws {
        try await withTown { town in
            try await town.resident("Ada")
            let token = try await town.signIn("Ada").token
            try await town.pass(seconds: 11 * 3600)
            #expect(try await town.sessions.find(token: token) != nil)
            try await town.pass(seconds: 11 * 3600)
            #expect(try await town.sessions.find(token: token) != nil)
            try await town.pass(seconds: 12 * 3600 + 1)
            #expect(try await town.sessions.find(token: token) == nil)
        }
    }

    @Test func `a session ends after two weeks whatever happens`() async throws {
        try await withTown { town in
            try await town.resident("Ada")
            let token = try await town.signIn("Ada").token
            for _ in 0..<33 {
                try await town.pass(seconds: 10 * 3600)
                #expect(try await town.sessions.find(token: token) != nil)
            }
            try await town.pass(seconds: 10 * 3600)
            #expect(try await town.sessions.find(token: token) == nil)
        }
    }

    @Test func `reading writes at most once in five minutes`() async throws {
        try await withTown { town in
            try await town.resident("Ada")
            let token = try await town.signIn("Ada").token
            func end() async throws -> Date {
                try await town.pool.query("test.end", "SELECT expires_at FROM session")[0].get("expires_at")
            }
            let first = try await end()
            _ = try await town.sessions.find(token: token)
            #expect(try await end() == first)
            try await town.pass(seconds: 301)
            _ = try await town.sessions.find(token: token)
            let second = try await end()
            #expect(second >= first)
            _ = try await town.sessions.find(token: token)
            #expect(try await end() == second)
        }
    }

    @Test func `one session or all of them can be ended by their owner alone`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada")
            let bob = try await town.resident("Bob")
            let tokens = [try await town.signIn("Ada").token, try await town.signIn("Ada").token]
            let list = try await town.sessions.list(of: ada.id)
            #expect(list.map(\.device) == ["Firefox, Linux", "Firefox, Linux"])
            let first = try #require(try await town.sessions.find(token: tokens[0]))

            try await town.sessions.end(first.id, of: bob.id)
            #expect(try await town.sessions.find(token: tokens[0]) != nil)
            try await town.sessions.end(first.id, of: ada.id)
            #expect(try await town.sessions.find(token: tokens[0]) == nil)
            #expect(try await town.sessions.find(token: tokens[1]) != nil)

            let bobs = try await town.signIn("Bob").token
            try await town.sessions.endAll(of: ada.id)
            #expect(try await town.sessions.find(token: tokens[1]) == nil)
            #expect(try await town.sessions.find(token: bobs) != nil)
            try await town.sessions.end(token: bobs)
            #expect(try await town.sessions.find(token: bobs) == nil)
        }
    }

    @Test func `a change of roles gives a new token to one of several requests`() async throws {
        try await withTown { town in
            let ada = try await town.resident("Ada")
            let token = try await town.signIn("Ada").token
            #expect(try await town.sessions.renew(token) == nil)
            try await town.roles.grant(HeldRole(.auditor), to: ada.id, by: .operator)
            let session = try #require(try await town.sessions.find(token: token))
            #expect(session.renewalDue)
            #expect(session.account?.holds(.auditor) == true)

            let renewed = try await withThrowingTaskGroup(of: Token?.self) { group in
                for _ in 0..<5 { group.addTask { try await town.sessions.renew(token) } }
                return try await group.reduce(into: [Token]()) { if let new = $1 { $0.append(new) } }
            }
            #expect(renewed.count == 1)
            #expect(try await town.sessions.find(token: renewed[0])?.id == session.id)
            #expect(try await town.sessions.find(token: renewed[0])?.renewalDue == false)
            // Requests already on their way still arrive; half a minute later the old token is worthless.
            #expect(try await town.sessions.find(token: token)?.id == session.id)
            try await town.pass(seconds: 31)
            #expect(try await town.sessions.find(token: token) == nil)
            #expect(try await town.sessions.find(token: renewed[0]) != nil)
        }
    }

    @Test func `a voting code opens one vote and replaces its session`() async throws {
        try await withTown { town in
            let person = try await town.resident("Ada").person
            let vote = ID<Vote>()
            let first = try await town.sessions.beginVoting(person: person, vote: vote, device: "", in: town.pool)
            let session = try #require(try await town.sessions.find(token: first))
            #expect(session.account == nil)
            #expect(session.voting?.vote == vote)
            #expect(session.person == person)

            let second = try await town.sessions.beginVoting(person: person, vote: vote, device: "", in: town.pool)
            #expect(try await town.sessions.find(token: first) == nil)
            try await town.pass(seconds: 1801)
            #expect(try await town.sessions.find(token: second) == nil)
        }
    }
}
