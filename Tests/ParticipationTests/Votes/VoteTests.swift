import Foundation
import Participation
import Postgres
import PublicRecord
import TestSupport
import Testing

/// Preparing a vote, and the acts of its officers.
@Suite struct VoteTests {
    @Test func `settings outside their bounds are refused and nothing is stored`() async throws {
        try await withPolls { polls in
            let process = try await polls.process()
            func refused(_ change: (inout VoteSettings) -> Void) async throws -> VoteRefusal? {
                var settings = Polls.settings
                change(&settings)
                do {
                    try await polls.votes.create(settings, projects: Polls.projects, in: process, by: .operator)
                    return nil
                } catch let refusal as VoteRefusal { return refusal }
            }
            #expect(try await refused { $0.slug = "Le Square" } == .malformedSlug)
            #expect(try await refused { $0.title = Texts([:]) } == .untitled)
            #expect(try await refused { $0.budget = 0 } == .outOfBounds("budget"))
            #expect(try await refused { $0.counting.rule = "by_heart" } == .unknownRule("by_heart"))
            #expect(try await refused { $0.counting.tie = "by_luck" } == .unknownTie("by_luck"))
            #expect(
                try await refused { $0.counting.rule = "majority_judgment" }
                    == .unsuitedRule(rule: "majority_judgment", ballot: "approval"))
            #expect(try await refused { $0.ballot.maximum = 0 } == .outOfBounds("maximum"))
            #expect(try await refused { $0.ballot.minimum = 3 } == .outOfBounds("minimum"))
            #expect(try await refused { $0.closes = $0.opens } == .closesBeforeItOpens)
            #expect(try await polls.number("SELECT count(*) AS n FROM vote") == 0)
            #expect(try await refused { _ in } == nil)
            #expect(try await refused { _ in } == .slugTaken)
        }
    }

    @Test func `opening freezes the definition`() async throws {
        try await withPolls { polls in
            let draft = try await polls.draft()
            let (vote, key) = try await polls.open(draft)
            let opening = try #require(vote.opening)
            #expect(opening.definition.projects.map(\.id) == ["bench", "tree", "lamp"])
            #expect(try Definition(json: opening.bytes) == opening.definition)
            #expect(opening.definition.opens % 60 == 0)
            await #expect(throws: VoteRefusal.alreadyOpened) {
                try await polls.votes.edit(vote.id, Polls.settings, projects: Polls.projects, by: .operator)
            }
            await #expect(throws: VoteRefusal.alreadyOpened) {
                _ = try await polls.openings.makeSeal(vote.id, passphrase: Polls.passphrase, by: .operator)
            }
            await #expect(throws: VoteRefusal.alreadyOpened) {
                try await polls.openings.open(vote.id, keyFile: key, passphrase: Polls.passphrase, by: .operator)
            }
            await #expect(throws: PostgresError.self) {
                try await polls.pool.execute("test.forge", "UPDATE vote_opening SET origin = 'elsewhere'")
            }
        }
    }

    @Test func `no vote opens whose ballots could not be read in the end`() async throws {
        try await withPolls { polls in
            let vote = try await polls.draft()
            await #expect(throws: VoteRefusal.noSeal) {
                try await polls.openings.open(vote.id, keyFile: "", passphrase: Polls.passphrase, by: .operator)
            }
            await #expect(throws: VoteRefusal.shortPassphrase) {
                _ = try await polls.openings.makeSeal(vote.id, passphrase: "short", by: .operator)
            }
            let first = try await polls.openings.makeSeal(vote.id, passphrase: Polls.passphrase, by: .operator)
            let second = try await polls.openings.makeSeal(vote.id, passphrase: Polls.passphrase, by: .operator)
            for (file, passphrase) in [
                (first, Polls.passphrase), (second, "another passphrase"), ("{}", Polls.passphrase),
                (second.replacing("sealed", with: "seal"), Polls.passphrase),
            ] {
                await #expect(throws: VoteRefusal.wrongKey) {
                    try await polls.openings.open(vote.id, keyFile: file, passphrase: passphrase, by: .operator)
                }
            }
            #expect(try await polls.vote().opening == nil)
            try await polls.openings.open(vote.id, keyFile: second, passphrase: Polls.passphrase, by: .operator)
        }
    }

    @Test func `each act waits for the one before and can be repeated`() async throws {
        try await withPolls { polls in
            let (vote, key) = try await polls.open(try await polls.draft())
            for _ in 0..<4 { try await polls.cast(["tree"], try await polls.person(), vote) }
            await #expect(throws: VoteRefusal.notClosed) {
                try await polls.counts.count(vote.id, keyFile: key, passphrase: Polls.passphrase, by: .operator)
            }
            await #expect(throws: VoteRefusal.tooEarly(until: vote.settings.closes)) {
                try await polls.openings.close(vote.id, by: .operator)
            }
            for _ in 0..<2 { try await polls.openings.close(vote.id, early: true, by: .operator) }
            await #expect(throws: VoteRefusal.notCounted) { try await polls.counts.publish(vote.id, by: .operator) }
            await #expect(throws: VoteRefusal.wrongKey) {
                try await polls.counts.count(vote.id, keyFile: key, passphrase: "not the passphrase", by: .operator)
            }
            for _ in 0..<2 {
                try await polls.counts.count(vote.id, keyFile: key, passphrase: Polls.passphrase, by: .operator)
            }
            for _ in 0..<2 { try await polls.counts.publish(vote.id, by: .operator) }
            let published = try await polls.vote()
            #expect(published.state(at: Date()) == .published)
            let report = try verify(RecordSource(files: try await polls.files(of: published)))
            #expect(report.holds, "\(report.checks.filter { $0.outcome == .failed })")
            let acts = try await Acts(pool: polls.pool).list(kinds: ["vote"]).map(\.act)
            #expect(
                acts == [
                    "result_published", "vote_counted", "vote_closed_early", "vote_opened", "vote_sealed",
                    "vote_created",
                ])
        }
    }

    @Test func `an officer of another vote may do nothing here`() async throws {
        try await withPolls { polls in
            let vote = try await polls.draft()
            let accounts = Accounts(
                pool: polls.pool, secrets: polls.secrets, passwords: Passwords(), correspondent: PlainCorrespondent())
            func officer(_ name: String, _ role: HeldRole) async throws -> Actor {
                let account = try await accounts.create(
                    email: "\(name)@example.fr", name: name, password: Town.password, roles: [role], by: .operator)
                return .official(account.id, role.role)
            }
            var other = Polls.settings
            other.slug = "other"
            let otherID = try await polls.votes.create(
                other, projects: Polls.projects, in: vote.process, by: .operator)
            let mine = try await officer("mine", HeldRole(.returningOfficer, for: .vote(vote.id)))
            let theirs = try await officer("theirs", HeldRole(.returningOfficer, for: .vote(otherID)))
            let auditor = try await officer("auditor", HeldRole(.auditor))
            for actor in [theirs, auditor, .visitor, .code] {
                await #expect(throws: NotAllowed.self) {
                    _ = try await polls.openings.makeSeal(vote.id, passphrase: Polls.passphrase, by: actor)
                }
                await #expect(throws: NotAllowed.self) { _ = try await polls.codes.issue(1, for: vote.id, by: actor) }
                await #expect(throws: NotAllowed.self) {
                    try await polls.votes.edit(vote.id, Polls.settings, projects: Polls.projects, by: actor)
                }
            }
            let key = try await polls.openings.makeSeal(vote.id, passphrase: Polls.passphrase, by: mine)
            try await polls.openings.open(vote.id, keyFile: key, passphrase: Polls.passphrase, by: mine)
            for actor in [theirs, auditor, .visitor] {
                await #expect(throws: NotAllowed.self) {
                    try await polls.openings.close(vote.id, early: true, by: actor)
                }
            }
            try await polls.openings.close(vote.id, early: true, by: mine)
        }
    }

    @Test func `a swapped envelope stops the count and names its entry`() async throws {
        try await withPolls { polls in
            let (vote, key) = try await polls.open(try await polls.draft())
            for choice in ["tree", "lamp", "bench"] { try await polls.cast([choice], try await polls.person(), vote) }
            try await polls.openings.close(vote.id, early: true, by: .operator)
            try await polls.pool.execute(
                "test.swap",
                """
                WITH pair AS (SELECT mark_id, envelope, row_number() OVER () AS place FROM sealed_ballot LIMIT 2)
                UPDATE sealed_ballot SET envelope = other.envelope
                FROM pair AS own, pair AS other
                WHERE sealed_ballot.mark_id = own.mark_id AND own.place <> other.place
                """)
            do {
                try await polls.counts.count(vote.id, keyFile: key, passphrase: Polls.passphrase, by: .operator)
                Issue.record("a swapped envelope was counted")
            } catch VoteRefusal.swappedEnvelope(let entry) {
                #expect([2, 4, 6].contains(entry))
            }
            #expect(try await polls.vote().countedAt == nil)
        }
    }

    @Test func `an envelope that cannot be opened is counted as invalid, in the open`() async throws {
        try await withPolls { polls in
            let (vote, key) = try await polls.open(try await polls.draft())
            for _ in 0..<4 { try await polls.cast(["tree"], try await polls.person(), vote) }
            // What a faulty server might have recorded: the promise names bytes that nobody can open.
            let broken: [UInt8] = Array(repeating: 1, count: 90)
            try await polls.pool.execute(
                "test.break",
                """
                UPDATE sealed_ballot SET envelope = \(broken)
                WHERE mark_id = (SELECT id FROM mark ORDER BY id LIMIT 1)
                """)
            let row = try await polls.pool.query(
                "test.credential", "SELECT credential FROM mark ORDER BY id LIMIT 1")[0]
            try await polls.pool.execute(
                "test.promise",
                """
                INSERT INTO record_pending (vote_id, entry)
                VALUES (\(vote.id.uuid),
                        \(Entry.ballotSealed(credential: try row.get("credential"), envelope: Hash(of: broken)).bytes))
                """)
            try await polls.openings.close(vote.id, early: true, by: .operator)
            try await polls.counts.count(vote.id, keyFile: key, passphrase: Polls.passphrase, by: .operator)
            try await polls.counts.publish(vote.id, by: .operator)
            let published = try await polls.vote()
            let result = try #require(try await Results(pool: polls.pool).find(published))
            #expect(result.counts.map(\.invalid) == [1])
            #expect(result.voters == 3)
            let report = try verify(RecordSource(files: try await polls.files(of: published)))
            #expect(report.holds, "\(report.checks.filter { $0.outcome == .failed })")
        }
    }

    @Test func `codes open their vote alone, as often as needed`() async throws {
        try await withPolls { polls in
            let (vote, _) = try await polls.open(try await polls.draft())
            let codes = try await polls.codes.issue(50, for: vote.id, by: .operator)
            #expect(Set(codes).count == 50)
            #expect(codes.allSatisfy { $0.wholeMatch(of: /([2-9A-HJKMNP-TV-Y]{4}-){2}[2-9A-HJKMNP-TV-Y]{4}/) != nil })
            let home = Network(address: "192.0.2.1")
            let typed = codes[0].lowercased().replacing("-", with: " ")
            var people: Set<ID<Person>> = []
            for text in [codes[0], typed] {
                let token = try await polls.codes.redeem(text, in: vote.id, device: "", network: home)
                let session = try #require(
                    try await Sessions(pool: polls.pool, secrets: polls.secrets).find(token: token))
                #expect(session.voting?.vote == vote.id)
                people.insert(try #require(session.person))
            }
            #expect(people.count == 1)
            for wrong in ["", "ABCD-EFGH-JKMN", String(codes[0].dropLast())] {
                await #expect(throws: VotingCodes.UnknownCode.self) {
                    _ = try await polls.codes.redeem(wrong, in: vote.id, device: "", network: home)
                }
            }
            await #expect(throws: VotingCodes.UnknownCode.self) {
                _ = try await polls.codes.redeem(codes[1], in: ID(), device: "", network: home)
            }
            let stored = try await polls.number(
                "SELECT count(*) AS n FROM voting_code WHERE encode(code_hash, 'escape') LIKE '%' || \(codes[0]) || '%'"
            )
            #expect(stored == 0)
        }
    }

    @Test func `several sequencers give one log`() async throws {
        try await withPolls { polls in
            let (vote, _) = try await polls.open(try await polls.draft())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<30 {
                    group.addTask { try await polls.cast(["tree"], try await polls.person(), vote) }
                }
                for _ in 0..<6 { group.addTask { try await polls.sequencer.drain(vote.id) } }
                try await group.waitForAll()
            }
            let files = try await polls.files(of: vote)
            #expect(try await polls.record.head(of: vote.id)?.checkpoint.size == 61)
            #expect(try verify(RecordSource(files: files)).holds)
            await #expect(throws: PostgresError.self) {
                try await polls.pool.execute("test.rewrite", "DELETE FROM record_entry")
            }
        }
    }
}
