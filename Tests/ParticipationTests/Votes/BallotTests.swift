import Foundation
import Logging
import Participation
import Postgres
import PublicRecord
import Testing

/// Casting: one transaction, one live mark, one receipt.
@Suite struct BallotTests {
    @Test func `a ballot is marked, sealed, recorded and receipted at once`() async throws {
        try await withPolls { polls in
            let (vote, _) = try await polls.open(try await polls.draft())
            let person = try await polls.person()
            #expect(try await polls.ballots.standing(of: person, in: vote.id) == .notMarked)
            let token = try await polls.cast(["tree", "bench"], person, vote)
            #expect(try await polls.ballots.standing(of: person, in: vote.id) == .marked(channel: "online"))
            let receipt = try #require(try await polls.ballots.receipt(token, in: vote))
            #expect(receipt.ballot == .approval(["bench", "tree"]))
            #expect(receipt.receipt.origin == "city.example/votes/square/record")
            let note = try SignedNote(parsing: Array(receipt.note.utf8))
            #expect(note.verify(polls.signer(receipt.receipt.origin).key) == .valid(time: nil))
            #expect(Receipt(text: note.text) == receipt.receipt)

            let files = try await polls.files(of: vote)
            let entries = try #require(Tiles.entries(files["tile/entries/000.p/3"]!))
            let kinds = try entries.map { try Entry(bytes: $0).kind }
            #expect(kinds == ["vote.opened", "mark.made", "ballot.sealed"])
            #expect(try verify(RecordSource(files: files)).holds)
        }
    }

    @Test func `what is stored tells no choice while the vote is open`() async throws {
        try await withPolls { polls in
            let (vote, _) = try await polls.open(try await polls.draft())
            try await polls.cast(["lamp"], try await polls.person(), vote)
            try await polls.cast([], try await polls.person(), vote)
            let lengths = try await polls.number("SELECT count(DISTINCT length(envelope)) AS n FROM sealed_ballot")
            #expect(lengths == 1)
            for table in ["sealed_ballot", "receipt", "mark", "record_pending", "act"] as [String] {
                let leaks = try await polls.number(
                    """
                    SELECT count(*) AS n FROM \(sql: .identifier(table)) AS row
                    WHERE row::text LIKE '%lamp%' OR row::text LIKE \("%\(Data("lamp".utf8).map { String(format: "%02x", $0) }.joined())%")
                    """)
                #expect(leaks == 0, "\(table)")
            }
        }
    }

    @Test func `a form that arrives twice is answered by its first receipt`() async throws {
        try await withPolls { polls in
            let (vote, _) = try await polls.open(try await polls.draft())
            let person = try await polls.person()
            let nonce = FormNonce()
            let first = try await polls.cast(["tree"], person, vote, nonce: nonce)
            let second = try await polls.cast(["bench"], person, vote, nonce: nonce)
            #expect(first == second)
            #expect(try await polls.ballots.receipt(second, in: vote)?.ballot == .approval(["tree"]))
            #expect(try await polls.number("SELECT count(*) AS n FROM record_pending") == 3)
        }
    }

    @Test func `two hundred attempts of one person make one mark`() async throws {
        try await withPolls { polls in
            let (vote, _) = try await polls.open(try await polls.draft())
            let person = try await polls.person()
            let accepted = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<200 {
                    group.addTask { (try? await polls.cast(["tree"], person, vote)) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(accepted >= 1)
            #expect(try await polls.number("SELECT count(*) AS n FROM mark") == 1)
            #expect(try await polls.number("SELECT count(*) AS n FROM sealed_ballot") == 1)
            #expect(try await polls.number("SELECT count(*) AS n FROM receipt") == accepted)
            #expect(try verify(RecordSource(files: try await polls.files(of: vote))).holds)
        }
    }

    @Test func `a later ballot takes the place of the one before`() async throws {
        try await withPolls { polls in
            let (vote, key) = try await polls.open(try await polls.draft())
            let person = try await polls.person()
            try await polls.cast(["lamp"], person, vote)
            try await polls.cast(["bench"], person, vote)
            for _ in 0..<3 { try await polls.cast(["tree"], try await polls.person(), vote) }
            try await polls.openings.close(vote.id, early: true, by: .operator)
            try await polls.counts.count(vote.id, keyFile: key, passphrase: Polls.passphrase, by: .operator)
            try await polls.counts.publish(vote.id, by: .operator)
            let result = try #require(try await Results(pool: polls.pool).find(try await polls.vote()))
            #expect(result.votes["lamp"] == 0)
            #expect(result.votes["bench"] == 1)
            #expect(result.voters == 4)
        }
    }

    @Test func `a vote without second thoughts refuses the second ballot`() async throws {
        try await withPolls { polls in
            var settings = Polls.settings
            settings.revote = false
            let (vote, _) = try await polls.open(try await polls.draft(settings))
            let person = try await polls.person()
            try await polls.cast(["lamp"], person, vote)
            await #expect(throws: Ballots.Refusal.alreadyVoted) { try await polls.cast(["bench"], person, vote) }
            #expect(try await polls.number("SELECT count(*) AS n FROM receipt") == 1)
        }
    }

    @Test func `nothing is accepted before the first minute, after the last, or once the vote is closed`() async throws
    {
        try await withPolls { polls in
            var settings = Polls.settings
            settings.opens = Date(timeIntervalSinceNow: 3600)
            let (vote, _) = try await polls.open(try await polls.draft(settings))
            let person = try await polls.person()
            await #expect(throws: Ballots.Refusal.notYetOpen) { try await polls.cast(["tree"], person, vote) }
            try await polls.pool.execute(
                "test.begin", "UPDATE vote SET opens_at = now() - interval '1 hour' WHERE id = \(vote.id.uuid)")
            try await polls.cast(["tree"], person, vote)
            try await polls.pass(deadlineOf: vote)
            await #expect(throws: Ballots.Refusal.closed) { try await polls.cast(["bench"], person, vote) }
            await #expect(throws: Ballots.Refusal.closed) {
                try await polls.cast(["bench"], try await polls.person(), vote)
            }
            try await polls.openings.close(vote.id, by: .operator)
            await #expect(throws: Ballots.Refusal.closed) {
                try await polls.cast(["bench"], try await polls.person(), vote)
            }
            #expect(try await polls.number("SELECT count(*) AS n FROM mark") == 1)
        }
    }

    @Test func `somebody who came in another way is not eligible`() async throws {
        try await withPolls { polls in
            var settings = Polls.settings
            settings.eligibility = ["account"]
            let (vote, _) = try await polls.open(try await polls.draft(settings))
            await #expect(throws: Ballots.Refusal.notEligible) {
                try await polls.cast(["tree"], try await polls.person(), vote)
            }
        }
    }

    @Test func `no ballot slips in while the vote is being closed`() async throws {
        try await withPolls { polls in
            let (vote, _) = try await polls.open(try await polls.draft())
            var people: [ID<Person>] = []
            for _ in 0..<40 { people.append(try await polls.person()) }
            let accepted = try await withThrowingTaskGroup(of: Int.self) { group in
                for person in people {
                    group.addTask { (try? await polls.cast(["tree"], person, vote)) == nil ? 0 : 1 }
                }
                group.addTask {
                    try await polls.openings.close(vote.id, early: true, by: .operator)
                    return 0
                }
                return try await group.reduce(0, +)
            }
            #expect(try await polls.number("SELECT count(*) AS n FROM mark") == accepted)
            let report = try verify(RecordSource(files: try await polls.files(of: try await polls.vote())))
            #expect(report[.v4]?.outcome != .failed)
            #expect(report[.v6]?.outcome != .failed)
        }
    }
}

/// Choices kept and not confirmed.
@Suite struct BasketTests {
    @Test func `a basket opens with its session's token alone and is reminded of once`() async throws {
        try await withPolls { polls in
            let (vote, _) = try await polls.open(try await polls.draft())
            let town = Town(pool: polls.pool)
            try await town.resident("Ada")
            let signedIn = try await town.signIn("Ada")
            let session = try #require(try await town.sessions.find(token: signedIn.token))
            let baskets = Baskets(pool: polls.pool)
            #expect(try await baskets.lines(in: vote.id, session: session.id, token: signedIn.token) == nil)
            let lines = [BallotLine("tree"), BallotLine("bench")]
            try await baskets.keep(lines, in: vote.id, session: session.id, token: signedIn.token)
            #expect(try await baskets.lines(in: vote.id, session: session.id, token: signedIn.token) == lines)
            #expect(try await baskets.lines(in: vote.id, session: session.id, token: Token()) == nil)

            let reminders = BasketReminders(pool: polls.pool, logger: .init(label: "test")) { name, vote, slug, _ in
                Letter(subject: "\(name) \(vote(.french))", body: slug)
            }
            #expect(try await reminders.remind() == 0)
            try await polls.pool.execute("test.later", "UPDATE basket SET saved_at = now() - interval '3 hours'")
            #expect(try await reminders.remind() == 1)
            #expect(try await reminders.remind() == 0)
            #expect(try await polls.number("SELECT count(*) AS n FROM outbox WHERE kind = 'basket_left'") == 1)

            _ = try await polls.ballots.cast(
                .approval(["bench", "tree"]), by: .code(try await polls.person()), in: vote, nonce: FormNonce(),
                emptying: session.id)
            #expect(try await baskets.lines(in: vote.id, session: session.id, token: signedIn.token) == nil)
        }
    }
}
