import Foundation
import Participation
import Postgres
import PublicRecord
import Testing

/// Ballots that arrive together: they share a transaction, and nothing else.
@Suite struct CastQueueTests {
    @Test func `casts that wait share a transaction, and the record keeps each mark before its ballot`() async throws {
        try await withRush { rush in
            let casts = try await rush.behindClosing { rush.people.dropFirst(2).map { rush.cast(["bench"], $0) } }
            let tokens = try await casts.values()
            #expect(Set(tokens).count == 40)
            #expect(try await rush.count("mark") == 40)
            #expect(try await rush.polls.number("SELECT count(DISTINCT xmin::text) AS n FROM mark") == 3)
            for token in tokens.dropFirst(2) {
                #expect(try await rush.polls.ballots.receipt(token, in: rush.vote)?.ballot == .approval(["bench"]))
            }
            let pending = try await rush.polls.pool.query("test.order", "SELECT entry FROM record_pending ORDER BY id")
            let kinds: [String] = try pending.map { try Entry(bytes: $0.get("entry", as: [UInt8].self)).kind }
            #expect(kinds.first == "vote.opened" && kinds.count == 81)
            #expect(
                stride(from: 1, to: 81, by: 2).allSatisfy {
                    kinds[$0] == "mark.made" && kinds[$0 + 1] == "ballot.sealed"
                })
            #expect(try await rush.holds())
        }
    }

    @Test func `somebody who casts thrice among others is marked once, and each of their casts has its receipt`()
        async throws
    {
        try await withRush { rush in
            let casts = try await rush.behindClosing {
                (rush.people.dropFirst(2) + [rush.people[5], rush.people[5]]).map { rush.cast(["bench"], $0) }
            }
            let tokens = try await casts.values()
            #expect(Set(tokens).count == 42)
            #expect(try await rush.count("mark") == 40)
            #expect(try await rush.count("sealed_ballot") == 40)
            #expect(try await rush.count("receipt") == 42)
            #expect(try await rush.holds())
        }
    }

    @Test func `a form that arrives twice among others is answered twice by one receipt`() async throws {
        try await withRush { rush in
            let nonce = FormNonce()
            let casts = try await rush.behindClosing {
                let twice = (0..<2).map { _ in rush.cast(["lamp"], rush.people[39], nonce: nonce) }
                return rush.people.dropFirst(2).dropLast().map { rush.cast(["bench"], $0) } + twice
            }
            let tokens = try await casts.values()
            #expect(tokens[39] == tokens[40])
            #expect(try await rush.count("mark") == 40)
            #expect(try await rush.count("receipt") == 40)
            #expect(try await rush.holds())
        }
    }

    @Test func `casts that the database refuses harm none of those beside them`() async throws {
        try await withRush { rush in
            let nonce = FormNonce()
            let casts = try await rush.behindClosing {
                // Somebody who is not there, and one form in the name of two people.
                let bad = [
                    rush.cast(["tree"], ID<Person>()), rush.cast(["tree"], rush.people[38], nonce: nonce),
                    rush.cast(["tree"], rush.people[39], nonce: nonce),
                ]
                return bad + rush.people.dropFirst(2).dropLast(2).map { rush.cast(["bench"], $0) }
            }
            await #expect { try await casts[2].value } throws: { ($0 as? PostgresError)?.kind == .foreignKeyViolation }
            let tokens = try await Array(casts[..<2] + casts[3...]).values()
            #expect(tokens[2] == tokens[3])
            #expect(Set(tokens).count == 39)
            #expect(try await rush.count("mark") == 39)
            #expect(try await rush.holds())
        }
    }

    @Test func `whoever gives up waiting leaves, and takes nobody with them`() async throws {
        try await withRush { rush in
            let casts = try await rush.behindClosing {
                let waiting = rush.people.dropFirst(2).map { rush.cast(["bench"], $0) }
                try await rush.pause()
                waiting[3].cancel()
                await #expect(throws: CancellationError.self) { try await waiting[3].value }
                return waiting
            } beforeItEnds: { first in
                // Its transaction is under way: too late to leave.
                first.cancel()
            }
            for (place, cast) in casts.enumerated() where place != 5 { _ = try await cast.value }
            #expect(try await rush.polls.ballots.standing(of: rush.people[0], in: rush.vote.id) != .notMarked)
            #expect(try await rush.polls.ballots.standing(of: rush.people[5], in: rush.vote.id) == .notMarked)
            #expect(try await rush.count("mark") == 39)
        }
    }

    @Test func `casts that wait while the vote is closed are refused, a form that was accepted in time is not`()
        async throws
    {
        try await withRush { rush in
            let nonce = FormNonce()
            let early = try await rush.cast(["lamp"], rush.people[39], nonce: nonce).value
            let casts = try await rush.behindClosing(closes: true) {
                rush.people.dropFirst(2).dropLast().map { rush.cast(["bench"], $0) }
                    + [rush.cast(["lamp"], rush.people[39], nonce: nonce)]
            }
            #expect(try await casts[39].value == early)
            for cast in casts.dropLast() {
                await #expect(throws: Ballots.Refusal.closed) { try await cast.value }
            }
            #expect(try await rush.count("mark") == 1)
        }
    }

    @Test func `everybody in a long line has their turn, and a line too long takes nobody`() async throws {
        try await withRush { rush in
            let crowd = try await rush.polls.people(1200)
            let casts = try await rush.behindClosing { crowd.map { rush.cast(["tree"], $0) } }
            var made = 0
            for cast in casts {
                do {
                    _ = try await cast.value
                    made += 1
                } catch is Overloaded {}
            }
            // A thousand wait; the two transactions under way hold one cast each, or what came with it, 64 at most.
            #expect((1002...1128).contains(made))
            #expect(try await rush.count("mark") == made)
        }
    }

    @Test func `one vote does not wait for another`() async throws {
        try await withRush { rush in
            var settings = Polls.settings
            settings.slug = "park"
            try await rush.polls.votes.create(
                settings, projects: Polls.projects, in: rush.vote.process, by: .operator)
            let (other, _) = try await rush.polls.open(try await rush.polls.vote("park"))
            let casts = try await rush.behindClosing {
                try await rush.polls.cast(["tree"], rush.people[5], other)
                return []
            }
            _ = try await casts.values()
            #expect(try await rush.count("mark") == 3)
        }
    }
}

/// An open vote and forty people who are about to cast.
private struct Rush: Sendable {
    let polls: Polls
    let vote: Vote
    let people: [ID<Person>]

    typealias Cast = Task<ReceiptToken, any Error>

    func cast(_ projects: [String], _ person: ID<Person>, nonce: FormNonce = FormNonce()) -> Cast {
        Task { try await polls.cast(projects, person, vote, nonce: nonce) }
    }

    /// Holds the lock that closing takes. The first two people cast, and their transactions wait for it in the database;
    /// whoever casts in `body` stands in the line behind them. Returns all casts, those two first.
    func behindClosing(
        closes: Bool = false, _ body: @Sendable () async throws -> [Cast],
        beforeItEnds: @Sendable (Cast) -> Void = { _ in }
    ) async throws -> [Cast] {
        try await polls.pool.transaction("test.closing") { transaction in
            try await transaction.execute(
                "test.lock",
                """
                SELECT pg_advisory_xact_lock(('x' || right(translate(\(vote.id)::text, '-', ''), 16))::bit(64)::bigint)
                """)
            var first: [Cast] = []
            for number in 1...2 {
                first.append(cast(["tree"], people[number - 1]))
                while try await transactionsThatWait() < number { try await Task.sleep(for: .milliseconds(5)) }
            }
            let others = try await body()
            try await pause()
            beforeItEnds(first[0])
            if closes {
                try await transaction.execute(
                    "test.close", "INSERT INTO vote_closing (vote_id, closed_at) VALUES (\(vote.id), clock_timestamp())"
                )
            }
            return first + others
        }
    }

    private func transactionsThatWait() async throws -> Int {
        try await polls.number(
            """
            SELECT count(*) AS n FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
            WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()
            """)
    }

    /// Long enough for everybody who has set out to stand in the line.
    func pause() async throws {
        try await Task.sleep(for: .milliseconds(500))
    }

    func count(_ table: String) async throws -> Int {
        try await polls.number("SELECT count(*) AS n FROM \(sql: .identifier(table))")
    }

    /// Whether the record so far is right.
    func holds() async throws -> Bool {
        try verify(RecordSource(files: try await polls.files(of: vote))).holds
    }
}

extension [Task<ReceiptToken, any Error>] {
    /// What all of them give.
    fileprivate func values() async throws -> [ReceiptToken] {
        var values: [ReceiptToken] = []
        for task in self { values.append(try await task.value) }
        return values
    }
}

extension Polls {
    /// So many new people.
    fileprivate func people(_ count: Int) async throws -> [ID<Person>] {
        let people = (0..<count).map { _ in ID<Person>() }
        try await pool.execute("test.people", "INSERT INTO person (id) SELECT unnest(\(people)::uuid[])")
        return people
    }
}

private func withRush(_ body: @Sendable (Rush) async throws -> Void) async throws {
    try await withPolls { polls in
        let (vote, _) = try await polls.open(try await polls.draft())
        try await body(Rush(polls: polls, vote: vote, people: try await polls.people(40)))
    }
}
