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
