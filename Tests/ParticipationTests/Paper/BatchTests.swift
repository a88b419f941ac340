import Foundation
import Participation
import Postgres
import PublicRecord
import Testing

/// From the manifest to the settlement of a batch. The projects are 1 bench, 2 tree, 3 lamp; two may be chosen within
/// 100 €, so that 2,3 is over the budget.
@Suite struct BatchTests {
    @Test func `a batch is entered twice, compared and settled, and its papers count like any ballot`() async throws {
        try await withCounters { desk in
            try await desk.mark(6, at: "ecole")
            try await desk.declare("ecole-1", 6, spoiled: 1)
            try await desk.close()
            try await desk.enter(["1,2", "3", "-", "2,3", "!torn", "1"], .a, of: "ecole-1", by: "ana")
            // Bob reads 2 where Ana read 3, and takes the torn paper for a blank one.
            try await desk.enter(["2,1", "2", "-", "3,2", "-", "1"], .b, of: "ecole-1", by: "bob")
            let batch = try await desk.batch("ecole-1")
            #expect(batch.state == .comparing)
            let differences = try await desk.settlements.differences(of: batch)
            #expect(differences.map(\.paper) == [2, 5])
            #expect(differences[0].first.text == "3" && differences[0].second?.text == "2")

            let carol = desk.actor("carol")
            await #expect(throws: BatchRefusal.undecided(2)) { try await desk.settlements.settle(batch.id, by: carol) }
            try await desk.settlements.decide("3", paper: 2, because: "Le 3 est net.", in: batch.id, by: carol)
            try await desk.settlements.decide("!torn", paper: 5, because: "En deux.", in: batch.id, by: carol)
            try await desk.settlements.settle(batch.id, by: carol)
            let settlement = try #require(try await desk.batch("ecole-1").settlement)
            #expect(settlement.counted == 3 && settlement.blank == 1)
            #expect(settlement.invalid == [.init("over_budget", 1), .init("torn", 1)])
            // The entries are what they were.
            let kept = try await desk.polls.number(
                "SELECT count(*) AS n FROM batch_line WHERE paper = 2 AND content IN ('2', '3')")
            #expect(kept == 2)

            try await desk.count()
            try await desk.polls.counts.publish(desk.vote.id, by: desk.actor("officer"))
            let vote = try await desk.now()
            let result = try #require(try await Results(pool: desk.pool).find(vote))
            #expect(result.votes == ["bench": 2, "tree": 1, "lamp": 1])
            #expect(result.voters == 4)
            let columns = try #require(try await Results(pool: desk.pool).columns(vote))
            #expect(columns.paper.ballots == ["bench": 2, "tree": 1, "lamp": 1])
            #expect(columns.sealed.ballots.isEmpty)
            let report = try verify(try await desk.record())
            #expect(report.holds, "\(report)")
        }
    }

    @Test func `nothing of a batch is entered before the vote is closed, and nothing is counted before it is settled`()
        async throws
    {
        try await withCounters { desk in
            let batch = try await desk.declare("ecole-1", 1)
            await #expect(throws: BatchRefusal.voteStillOpen) {
                try await desk.entries.begin(.a, of: batch.id, by: desk.actor("ana"))
            }
            await #expect(throws: BatchRefusal.voteStillOpen) {
                try await desk.load("paper;choices\n1;3\n", .a, of: "ecole-1", by: "ana")
            }
            try await desk.close()
            await #expect(throws: VoteRefusal.batchesUnsettled(["ecole-1"])) { try await desk.count() }
            try await desk.mark(0, at: "ecole")
            try await desk.settle(["3"], of: "ecole-1")
            try await desk.count()
            await #expect(throws: BatchRefusal.alreadyCounted) { try await desk.declare("ecole-2", 1) }
        }
    }

    @Test func `nobody makes two entries of a batch, nor settles what they entered`() async throws {
        try await withCounters { desk in
            let batch = try await desk.declare("ecole-1", 1)
            try await desk.close()
            try await desk.enter(["3"], .a, of: "ecole-1", by: "ana")
            await #expect(throws: BatchRefusal.anotherPersonNeeded) {
                try await desk.entries.begin(.b, of: batch.id, by: desk.actor("ana"))
            }
            await #expect(throws: BatchRefusal.anotherPersonNeeded) {
                try await desk.load("paper;choices\n1;3\n", .b, of: "ecole-1", by: "ana")
            }
            await #expect(throws: BatchRefusal.notComparable) {
                try await desk.settlements.settle(batch.id, by: desk.actor("carol"))
            }
            // Carol is an operator as well, and enters B; then she is no third person.
            let town = Town(pool: desk.pool)
            let carol = desk.people["carol"]!.id
            try await town.roles.grant(HeldRole(.entryOperator), to: carol, by: .operator)
            try await desk.entries.begin(.b, of: batch.id, by: .official(carol, .entryOperator))
            var own = try await desk.batch("ecole-1")
            try await desk.entries.write(
                "2", paper: 1, in: own.entry(.b)!, of: own, vote: desk.vote, by: .official(carol, .entryOperator))
            own = try await desk.batch("ecole-1")
            try await desk.entries.submit(own.entry(.b)!.id, of: batch.id, by: .official(carol, .entryOperator))
            await #expect(throws: BatchRefusal.anotherPersonNeeded) {
                try await desk.settlements.decide(
                    "3", paper: 1, because: "Je l’ai vu.", in: batch.id, by: .official(carol, .adjudicator))
            }
            await #expect(throws: PostgresError.self) {
                // The constraint holds whoever writes.
                try await desk.pool.execute(
                    "test.settle",
                    """
                    INSERT INTO settlement (id, batch_id, counted, blank, invalid, file_hash, settled_by)
                    VALUES (\(UUID()), \(batch.id.uuid), 1, 0, '{}', '\\x00', \(carol.uuid))
                    """)
            }
        }
    }

    @Test func `an entry that was handed in is never changed`() async throws {
        try await withCounters { desk in
            try await desk.declare("ecole-1", 2)
            try await desk.close()
            try await desk.enter(["3", "-"], .a, of: "ecole-1", by: "ana")
            let batch = try await desk.batch("ecole-1")
            let entry = try #require(batch.entry(.a))
            await #expect(throws: BatchRefusal.alreadySubmitted) {
                try await desk.entries.write(
                    "2", paper: 1, in: entry, of: batch, vote: desk.vote, by: desk.actor("ana"))
            }
            await #expect(throws: BatchRefusal.alreadySubmitted) {
                try await desk.entries.discard(entry.id, of: batch.id, by: desk.actor("officer"))
            }
            await #expect(throws: PostgresError.self) {
                try await desk.pool.execute(
                    "test.line", "DELETE FROM batch_line WHERE entry_id = \(entry.id.uuid) AND paper = 1")
            }
            await #expect(throws: PostgresError.self) {
                try await desk.pool.execute("test.batch", "UPDATE batch SET papers = 1")
            }
            #expect(try await desk.rows(of: "batch_line") == 2)
        }
    }

    @Test func `an operator corrects lines, comes back, and hands in only when every paper has one`() async throws {
        try await withCounters { desk in
            try await desk.declare("ecole-1", 3)
            try await desk.close()
            let ana = desk.actor("ana")
            var batch = try await desk.batch("ecole-1")
            let id = try await desk.entries.begin(.a, of: batch.id, by: ana)
            #expect(try await desk.entries.begin(.a, of: batch.id, by: ana) == id)
            await #expect(throws: BatchRefusal.entryTaken) {
                try await desk.entries.begin(.a, of: batch.id, by: desk.actor("bob"))
            }
            batch = try await desk.batch("ecole-1")
            let entry = try #require(batch.entry(.a))
            try await desk.entries.write("3", paper: 1, in: entry, of: batch, vote: desk.vote, by: ana)
            try await desk.entries.write("2,3", paper: 3, in: entry, of: batch, vote: desk.vote, by: ana)
            try await desk.entries.write("1", paper: 1, in: entry, of: batch, vote: desk.vote, by: ana)
            await #expect(throws: BatchRefusal.unreadable(.unknownNumber("4"))) {
                try await desk.entries.write("4", paper: 2, in: entry, of: batch, vote: desk.vote, by: ana)
            }
            await #expect(throws: BatchRefusal.unknownPaper(4)) {
                try await desk.entries.write("1", paper: 4, in: entry, of: batch, vote: desk.vote, by: ana)
            }
            await #expect(throws: BatchRefusal.entryTaken) {
                try await desk.entries.write(
                    "1", paper: 2, in: entry, of: batch, vote: desk.vote, by: desk.actor("bob"))
            }
            let progress = try #require(try await desk.entries.progress(of: entry, in: batch, by: ana))
            #expect(progress.next == 2)
            #expect(progress.totals.counted == 1 && progress.totals.invalid == [.init("over_budget", 1)])
            #expect(try await desk.entries.progress(of: entry, in: batch, by: desk.actor("bob")) == nil)
            await #expect(throws: BatchRefusal.incomplete(count: 1, first: [2])) {
                try await desk.entries.submit(entry.id, of: batch.id, by: ana)
            }
            try await desk.entries.discard(entry.id, of: batch.id, by: ana)
            #expect(try await desk.rows(of: "batch_line") == 0)
        }
    }

    @Test func `a scan and one entry are enough for a third person`() async throws {
        try await withCounters { desk in
            try await desk.declare("ecole-1", 2)
            try await desk.close()
            let (one, two) = (Hash(of: [1]).hex, Hash(of: [2]).hex)
            try await desk.load("paper;sha256\n1;\(one)\n2;\(two)\n", .scan, of: "ecole-1", by: "bob")
            #expect(try await desk.batch("ecole-1").state == .entering)
            try await desk.enter(["3", "1"], .a, of: "ecole-1", by: "ana")
            let batch = try await desk.batch("ecole-1")
            #expect(batch.state == .comparing)
            // The pictures show that the second paper is blank.
            try await desk.settlements.decide(
                "-", paper: 2, because: "L’image est blanche.", in: batch.id, by: desk.actor("carol"))
            try await desk.settlements.settle(batch.id, by: desk.actor("carol"))
            let settlement = try #require(try await desk.batch("ecole-1").settlement)
            #expect(settlement.counted == 1 && settlement.blank == 1)
        }
    }

    @Test func `a settled batch is opened again by an act of the record, and settled anew`() async throws {
        try await withCounters { desk in
            try await desk.mark(4, at: "ecole")
            try await desk.declare("ecole-1", 4)
            try await desk.close()
            try await desk.settle(["3", "3", "3", "1"], of: "ecole-1")
            let batch = try await desk.batch("ecole-1")
            await #expect(throws: BatchRefusal.noReason) {
                try await desk.settlements.reopen(batch.id, because: "", by: desk.actor("officer"))
            }
            await #expect(throws: NotAllowed.self) {
                try await desk.settlements.reopen(batch.id, because: "Erreur", by: desk.actor("carol"))
            }
            try await desk.settlements.reopen(batch.id, because: "Le n° 4 était mal lu.", by: desk.actor("officer"))
            await #expect(throws: VoteRefusal.batchesUnsettled(["ecole-1"])) { try await desk.count() }
            let carol = desk.actor("carol")
            try await desk.settlements.decide("2", paper: 4, because: "C’est un 2.", in: batch.id, by: carol)
            try await desk.settlements.settle(batch.id, by: carol)
            try await desk.count()
            try await desk.polls.counts.publish(desk.vote.id, by: desk.actor("officer"))
            let result = try #require(try await Results(pool: desk.pool).find(try await desk.now()))
            #expect(result.votes == ["bench": 0, "tree": 1, "lamp": 3])
            #expect(try await desk.batch("ecole-1").reopened == 1)
            #expect(try verify(try await desk.record()).holds)
        }
    }

    @Test func `late and mixed batches are told by the record`() async throws {
        try await withCounters { desk in
            try await desk.close()
            try await desk.batches.declare(
                .init(handle: "late-1", place: "ecole", papers: 1, mixedWith: ["mairie"]), in: desk.vote.id,
                by: desk.actor("second"))
            let batch = try await desk.batch("late-1")
            #expect(batch.isLate && batch.mixedWith == ["mairie"])
            try await desk.polls.sequencer.drain(desk.vote.id)
            let acts = try await desk.polls.record.entries(of: desk.vote.id, 0..<10).compactMap {
                if case .staffActed(let act, _, let object) = try Entry(bytes: $0) {
                    "\(act) \(object ?? "")"
                } else {
                    nil
                }
            }
            #expect(acts.suffix(2) == ["batch_late late-1", "batch_mixed late-1"])
        }
    }

    @Test(arguments: [
        (Batches.Manifest(handle: "École 1", place: "ecole", papers: 1), BatchRefusal.malformedHandle),
        (.init(handle: "ecole-1", place: "ecole", papers: 0), .outOfBounds("papers")),
        (.init(handle: "ecole-1", place: "ecole", papers: 100_001), .outOfBounds("papers")),
        (.init(handle: "ecole-1", place: "ecole", papers: 1, spoiled: -1), .outOfBounds("spoiled")),
        (.init(handle: "ecole-1", place: "gare", papers: 1), .unknownPlace),
        (.init(handle: "ecole-1", place: "ecole", papers: 1, mixedWith: ["gare"]), .unknownPlace),
        (.init(handle: "known", place: "ecole", papers: 1), .handleTaken),
    ])
    func `a manifest that cannot be is refused and nothing is declared`(
        manifest: Batches.Manifest, refusal: BatchRefusal
    ) async throws {
        try await withCounters { desk in
            try await desk.declare("known", 3)
            await #expect(throws: refusal) {
                try await desk.batches.declare(manifest, in: desk.vote.id, by: desk.actor("officer"))
            }
            await #expect(throws: NotAllowed.self) {
                try await desk.batches.declare(
                    .init(handle: "other", place: "ecole", papers: 1), in: desk.vote.id, by: desk.actor("ana"))
            }
            #expect(try await desk.rows(of: "batch") == 1)
        }
    }

    @Test func `a vote that is not held on paper has no batches`() async throws {
        var settings = Counters.settings
        settings.channels = ["online"]
        try await withCounters(settings) { desk in
            await #expect(throws: BatchRefusal.notOnPaper) { try await desk.declare("ecole-1", 1) }
        }
    }

    @Test func `a file that somebody swapped stops the count and names its entry`() async throws {
        try await withCounters { desk in
            try await desk.declare("ecole-1", 1)
            try await desk.close()
            try await desk.settle(["3"], of: "ecole-1")
            let file = PaperFile(
                batch: "ecole-1", reading: "settled", salt: [UInt8](repeating: 1, count: 16), lines: ["1"])
            try await desk.pool.execute(
                "test.swap",
                """
                UPDATE record_file SET bytes = \(file.bytes), hash = sha256(\(file.bytes))
                WHERE hash = (SELECT file_hash FROM settlement)
                """)
            await #expect(throws: VoteRefusal.self) { try await desk.count() }
            #expect(try await desk.rows(of: "vote_count") == 0)
        }
    }
}
