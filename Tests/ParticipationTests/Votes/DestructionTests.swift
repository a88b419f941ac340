import Foundation
import Participation
import Postgres
import PublicRecord
import Testing

/// What is left of a vote when nobody can contest it any more.
@Suite struct DestructionTests {
    private func destructions(_ polls: Polls) -> Destructions { Destructions(pool: polls.pool, secrets: polls.secrets) }

    private func refusal(_ polls: Polls, _ vote: Vote) async throws -> Destructions.Refusal? {
        do {
            try await destructions(polls).destroy(vote.id, by: .operator)
            return nil
        } catch let refusal as Destructions.Refusal { return refusal }
    }

    /// A vote of three ballots, published; with its receipts and the people who cast them.
    private func published(
        _ polls: Polls, channels: [String] = ["online"]
    ) async throws -> (vote: Vote, receipts: [ReceiptToken], people: [ID<Person>]) {
        var settings = Polls.settings
        settings.channels = channels
        let (vote, key) = try await polls.open(try await polls.draft(settings))
        var receipts: [ReceiptToken] = []
        var people: [ID<Person>] = []
        for choice in [["bench"], ["tree"], ["bench", "tree"]] {
            let person = try await polls.person()
            people.append(person)
            receipts.append(try await polls.cast(choice, person, vote))
        }
        #expect(try await refusal(polls, vote) == .notPublished)
        try await polls.openings.close(vote.id, early: true, by: .operator)
        try await polls.counts.count(vote.id, keyFile: key, passphrase: Polls.passphrase, by: .operator)
        #expect(try await refusal(polls, vote) == .notPublished)
        try await polls.counts.publish(vote.id, by: .operator)
        return (try await polls.vote(), receipts, people)
    }

    /// Moves the publication of a vote into the past, as only time does.
    private func pass(days: Int, _ polls: Polls) async throws {
        try await polls.pool.execute(
            "test.time",
            "UPDATE vote_publication SET published_at = published_at - make_interval(days => \(days)::integer)")
    }

    @Test func `after the appeal period nothing leads from a ballot to a person, and the record still holds`()
        async throws
    {
        try await withPolls { polls in
            let (vote, receipts, people) = try await published(polls)
            #expect(vote.settings.appealDays == 30)
            try await pass(days: 29, polls)
            guard case .appealsOpen(let until) = try await refusal(polls, vote) else {
                Issue.record("destroyed too early")
                return
            }
            #expect(abs(until.timeIntervalSinceNow - 86_400) < 3600)
            #expect(try await polls.number("SELECT count(*) AS n FROM sealed_ballot") == 3)
            #expect(try await polls.ballots.receipt(receipts[0], in: vote) != nil)

            try await pass(days: 1, polls)
            let standing = try await destructions(polls).standing(of: vote.id)
            #expect(standing.refusal == nil && standing.envelopes == 3 && standing.receipts == 3)
            #expect(try await refusal(polls, vote) == nil)
            for table in ["sealed_ballot", "receipt"] as [SQL] {
                #expect(try await polls.number("SELECT count(*) AS n FROM \(sql: table)") == 0)
            }
            #expect(try await polls.number("SELECT count(*) AS n FROM mark WHERE credential IS NOT NULL") == 0)
            #expect(try await polls.ballots.receipt(receipts[0], in: vote) == nil)
            #expect(try await polls.vote().destroyedAt != nil)

            // A mark is still a mark: nobody is marked twice.
            #expect(try await polls.number("SELECT count(*) AS n FROM mark") == 3)
            #expect(try await polls.ballots.standing(of: people[0], in: vote.id) == .marked(channel: "online"))
            let twice = await #expect(throws: PostgresError.self) {
                try await polls.pool.execute(
                    "test.twice",
                    """
                    INSERT INTO mark (id, vote_id, person_id, credential, channel, made_at)
                    VALUES (\(UUID()), \(vote.id.uuid), \(people[0].uuid), \([UInt8](repeating: 1, count: 16)),
                            'online', now())
                    """)
            }
            #expect(twice?.constraint == "mark_one_per_person")

            let account = try await polls.record.account(of: vote.id)
            #expect([account.marks, account.sealed, account.opened] as [Int] == [3, 3, 3])

            // Once more changes nothing, and the record tells it once.
            #expect(try await refusal(polls, vote) == nil)
            let entries = try await polls.pool.query(
                "test.entries", "SELECT convert_from(entry, 'UTF8') AS entry FROM record_entry ORDER BY index")
            let acts = try entries.map { try $0.get("entry", as: String.self) }.filter { $0.contains("staff.acted") }
            #expect(
                acts.last == #"{"act":"destroy_envelopes","kind":"staff.acted","object":"vote","role":"operator"}"#)
            #expect(acts.count == 2, "closing early and destroying")
            #expect(
                try await polls.number("SELECT count(*) AS n FROM act WHERE act = 'envelopes_destroyed'") == 1)
            let report = try verify(RecordSource(files: try await polls.files(of: vote)))
            #expect(report.holds, "\(report.checks)")
        }
    }

    @Test func `only an officer of the vote destroys`() async throws {
        try await withPolls { polls in
            let (vote, _, _) = try await published(polls)
            try await pass(days: 30, polls)
            for actor in [
                Actor.visitor, .code, .resident(ID()), .official(ID(), .returningOfficer), .official(ID(), .auditor),
            ] {
                await #expect(throws: NotAllowed.self) {
                    try await destructions(polls).destroy(vote.id, by: actor)
                }
            }
            #expect(try await polls.number("SELECT count(*) AS n FROM sealed_ballot") == 3)
        }
    }

    @Test func `where papers were counted the minutes come first, and the period begins with them`() async throws {
        try await withPolls { polls in
            let (vote, _, _) = try await published(polls, channels: ["online", "paper"])
            try await pass(days: 40, polls)
            #expect(try await refusal(polls, vote) == .notCertified)

            let accounts = Accounts(
                pool: polls.pool, secrets: polls.secrets, passwords: Passwords(), correspondent: PlainCorrespondent())
            let certificates = Certificates(pool: polls.pool, secrets: polls.secrets)
            var officers: [Actor] = []
            for name in ["ada", "bob"] {
                let officer = try await accounts.create(
                    email: "\(name)@example.fr", name: name, password: Town.password,
                    roles: [HeldRole(.returningOfficer)], by: .operator)
                officers.append(.official(officer.id, .returningOfficer))
                try await certificates.sign(vote.id, by: officers[officers.count - 1])
            }
            try await certificates.certify(vote.id, by: officers[0])
            guard case .appealsOpen = try await refusal(polls, vote) else {
                Issue.record("destroyed too early")
                return
            }
            try await polls.pool.execute("test.period", "UPDATE vote SET appeal_days = 0")
            #expect(try await refusal(polls, vote) == nil)
            // An act after the certificate does not spoil the record.
            let report = try verify(RecordSource(files: try await polls.files(of: vote)))
            #expect(report.holds, "\(report.checks)")
        }
    }
}
