import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// Following consultations, and what followers are told.
@Suite(.database) struct ConsultationFollowerTests {
    private typealias Hall = ConsultationHall

    @Test func `followers are told of each stage once, and only of those that come`() async throws {
        let hall: Hall = try await .begin(TestDatabase.pool)
        let id: ID<Consultation> = try await hall.published("place", Hall.timetable(from: 1))
        #expect(try await hall.followers.tellStages() == 1)
        try await hall.followers.follow(id, by: hall.ada)
        #expect(try await hall.followers.tellStages() == 0)
        #expect(try await hall.letters().isEmpty)
        try await hall.age(id, days: 2)
        #expect(try await hall.followers.tellStages() == 1)
        #expect(try await hall.followers.tellStages() == 0)
        try await hall.age(id, days: 20)
        _ = try await hall.followers.tellStages()
        try await hall.pool.execute(
            "test.synthesised", "UPDATE consultation SET synthesised_at = now() WHERE id = \(id)")
        _ = try await hall.followers.tellStages()
        try await hall.pool.execute("test.answered", "UPDATE consultation SET answered_at = now() WHERE id = \(id)")
        _ = try await hall.followers.tellStages()
        let told: [String] = try await hall.letters().map { String($0.prefix { $0 != " " }) }
        #expect(told == ["collection", "synthesis", "answer", "followUp"])
    }

    @Test func `two services at once tell once; a letter that fails leaves no mark`() async throws {
        let hall: Hall = try await .begin(TestDatabase.pool)
        let id: ID<Consultation> = try await hall.published()
        try await hall.followers.follow(id, by: hall.ada)
        // As after a crash between the mark and the letters: neither is there.
        try await hall.pool.execute(
            "test.break",
            "ALTER TABLE outbox ADD CONSTRAINT test_break CHECK (kind <> 'consultation')")
        await #expect(throws: PostgresError.self) { try await hall.followers.tellStages() }
        try await hall.pool.execute("test.mend", "ALTER TABLE outbox DROP CONSTRAINT test_break")
        #expect(try await hall.letters().isEmpty)
        let told: Int = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { try await hall.followers.tellStages() } }
            return try await group.reduce(0, +)
        }
        #expect(told == 1)
        #expect(try await hall.letters().count == 1)
    }

    @Test func `an account follows once, and the link of a letter ends it`() async throws {
        let hall: Hall = try await .begin(TestDatabase.pool)
        let id: ID<Consultation> = try await hall.published()
        let other: ID<Consultation> = try await hall.published("jardins")
        let account: ID<Account> = try #require(hall.ada.account)
        for _ in 0..<2 { try await hall.followers.follow(id, by: hall.ada) }
        try await hall.followers.follow(other, by: hall.ada)
        await #expect(throws: NotAllowed.self) { try await hall.followers.follow(id, by: .visitor) }
        _ = try await hall.followers.tellStages()
        let letters: [String] = try await hall.letters()
        #expect(letters.count == 2)
        let token: Token = try #require(Token(String(letters[0].split(separator: " ")[1])))
        let ended: ID<Consultation> =
            try #require(
                try await hall.pool.query(
                    "test.subject", "SELECT subject FROM outbox WHERE kind = 'consultation' ORDER BY id LIMIT 1"
                ).first?.get("subject", as: String.self)) == "place" ? id : other
        let kept: ID<Consultation> = ended == id ? other : id
        // The link is that of one consultation, and of nobody else's.
        try await hall.followers.unfollow(kept, by: token)
        try await hall.followers.unfollow(ended, by: Token())
        #expect(try await hall.followers.isFollowing(ended, account))
        for _ in 0..<2 { try await hall.followers.unfollow(ended, by: token) }
        #expect(try await !hall.followers.isFollowing(ended, account))
        #expect(try await hall.followers.isFollowing(kept, account))
        try await hall.followers.unfollow(kept, by: hall.ada)
        #expect(try await !hall.followers.isFollowing(kept, account))
        #expect(
            try await hall.pool.query("test.acts", "SELECT FROM act WHERE act = 'consultation_followed'").count == 2)
    }

    @Test func `nobody follows what is not published, and a consultation taken back tells nothing`() async throws {
        let hall: Hall = try await .begin(TestDatabase.pool)
        let draft: ID<Consultation> = try await hall.complete()
        try await hall.followers.follow(draft, by: hall.ada)
        #expect(try await !hall.followers.isFollowing(draft, try #require(hall.ada.account)))
        let id: ID<Consultation> = try await hall.published("jardins")
        try await hall.followers.follow(id, by: hall.ada)
        try await hall.consultations.withdraw(id, by: hall.agent)
        #expect(try await hall.followers.tellStages() == 0)
    }
}
