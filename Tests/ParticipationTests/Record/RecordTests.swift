import Participation
import Postgres
import PublicRecord
import Testing

/// The log of a vote as it is written and handed out.
@Suite struct RecordTests {
    @Test func `a tile is handed out when the log has come that far, and never short`() async throws {
        try await withPolls { polls in
            let (vote, _) = try await polls.open(try await polls.draft())
            try await polls.cast(["bench"], try await polls.person(), vote)
            try await polls.sequencer.drain(vote.id)
            let size = try #require(try await polls.record.head(of: vote.id)).checkpoint.size
            #expect(size == 3)
            for kind in ["0", "entries"] {
                for (width, isThere) in [(2, true), (3, true), (4, false), (255, false)] {
                    let path = try #require(TilePath("tile/\(kind)/000.p/\(width)"))
                    let tile = try await polls.record.tile(path, of: vote.id)
                    #expect((tile != nil) == isThere, "\(path)")
                }
            }
        }
    }

    @Test func `the story tells of batches, their files and what was explained, and hides files until the count`()
        async throws
    {
        try await withCounters { desk in
            try await desk.mark(5, at: "ecole")
            try await desk.declare("ecole-1", 4)
            try await desk.close()
            try await desk.settle(["1", "1+2", "2", "-"], of: "ecole-1")
            var story: RecordStory = try await desk.polls.record.story(of: try await desk.now(), zone: "Europe/Paris")
            #expect(story.marks.map(\.count) == [5] && story.marks[0].channel == .paper && story.annulled.isEmpty)
            #expect(story.roll == nil && story.explanations.isEmpty)
            var pile: RecordStory.Pile = try #require(story.piles.first)
            #expect(pile.handle == "ecole-1" && pile.papers == 4 && pile.readings.map(\.letter) == [.a, .b])
            #expect(pile.settlement?.counted == 3 && pile.settlement?.blank == 1)
            #expect(pile.settled?.isShown == false && pile.readings.allSatisfy { !$0.file.isShown })

            try await desk.count()
            let id = try await desk.discrepancies.write(
                "Un bulletin manque.", place: "ecole", in: desk.vote.id, by: desk.actor("officer"))
            try await desk.discrepancies.confirm(id, in: desk.vote.id, by: desk.actor("second"))
            story = try await desk.polls.record.story(of: try await desk.now(), zone: "Europe/Paris")
            pile = try #require(story.piles.first)
            #expect(pile.settled?.isShown == true && pile.readings.allSatisfy(\.file.isShown))
            let explanation: RecordStory.Explanation = try #require(story.explanations.first)
            #expect(explanation.count == 1 && explanation.text == "Un bulletin manque." && explanation.file.isShown)
            let files = RecordFiles(pool: desk.pool)
            for file in [explanation.file, pile.settled!] + pile.readings.map(\.file) {
                #expect(try await files.find(file.hash, of: desk.vote.id) != nil)
            }
        }
    }

    @Test func `with another secret nothing is signed, and what waits goes on waiting`() async throws {
        try await withPolls { polls in
            let (vote, _) = try await polls.open(try await polls.draft())
            try await polls.cast(["bench"], try await polls.person(), vote)
            let waiting = try await polls.record.waiting(of: vote.id)
            #expect(waiting > 0)
            let other = Sequencer(pool: polls.pool, secrets: Secrets(master: [UInt8](repeating: 8, count: 32)))
            await #expect(throws: WrongSecret.self) { try await other.drain(vote.id) }
            #expect(try await polls.record.waiting(of: vote.id) == waiting)
            #expect(try await polls.number("SELECT count(*) AS n FROM record_checkpoint") == 0)
            try await polls.sequencer.drain(vote.id)
            #expect(try await polls.record.waiting(of: vote.id) == 0)
        }
    }
}
