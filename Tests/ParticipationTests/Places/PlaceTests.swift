import Foundation
import Participation
import Postgres
import PublicRecord
import Testing

/// What officers do at a place.
@Suite struct PlaceTests {
    @Test func `a paper is a mark with its place in the record, and nobody gets two`() async throws {
        try await withPollingDay { day in
            try await day.paper()
            await #expect(throws: MarkRefusal.self) { try await day.paper() }
            let standing: Marks.Standing = try await day.marks.standing(of: day.ada, in: day.vote.id)
            #expect(standing.live?.channel == .paper)
            #expect(standing.live?.place?(.french) == "hall")
            let entries: [Entry] = try await day.entries()
            guard case .markMade(_, .paper, "hall") = entries.last else {
                Issue.record("\(entries)")
                return
            }
            #expect(try await day.places.counts(of: day.table.id).issued == 1)
        }
    }

    @Test func `outside their shift, or their vote, officers mark nobody`() async throws {
        try await withPollingDay { day in
            let stranger: Account = try await Town(pool: day.polls.pool).resident(
                "Bruno", roles: [HeldRole(.pollingOfficer)])
            await #expect(throws: PlaceRefusal.notOnDuty) {
                try await day.marks.make(
                    for: day.ada, at: day.table.id, by: .official(stranger.id, .pollingOfficer))
            }
            let resident: Account = try await Town(pool: day.polls.pool).resident("Claire")
            await #expect(throws: NotAllowed.self) {
                try await day.marks.make(
                    for: day.ada, at: day.table.id, by: .official(resident.id, .pollingOfficer))
            }
            try await day.polls.pool.execute(
                "test.evening",
                "UPDATE shift SET starts_at = now() - interval '3 hours', ends_at = now() - interval '1 hour'")
            await #expect(throws: PlaceRefusal.notOnDuty) { try await day.paper() }
            // The list of the day may be typed in after it.
            let outcome = try await day.lists.importLines(
                try LineNumbers("1"), at: day.table.id, by: day.officer)
            #expect(outcome.marked == 1)
        }
    }

    @Test func `only people of the vote are marked, and only while it is open`() async throws {
        try await withPollingDay { day in
            let nobody: ID<Person> = try await day.polls.person()
            await #expect(throws: MarkRefusal.notEligible) { try await day.paper(nobody) }
            try await day.polls.pass(deadlineOf: day.vote)
            await #expect(throws: MarkRefusal.closed) { try await day.paper() }
            try await day.polls.openings.close(day.vote.id, by: .operator)
            await #expect(throws: ListImports.Refusal.voteNotOpen) {
                _ = try await day.lists.importLines(try LineNumbers("1"), at: day.table.id, by: day.officer)
            }
            #expect(try await day.polls.number("SELECT count(*) AS n FROM mark") == 0)
        }
    }

    @Test func `a mistaken mark is annulled where it was made, and the person can vote`() async throws {
        try await withPollingDay { day in
            try await day.paper()
            let mark: ID<Mark> = try #require(try await day.marks.standing(of: day.ada, in: day.vote.id).live).id
            await #expect(throws: MarkRefusal.notHere) {
                try await day.marks.annul(mark, because: .error, at: day.school.id, by: day.officer)
            }
            try await day.marks.annul(mark, because: .error, at: day.table.id, by: day.officer)
            await #expect(throws: MarkRefusal.notHere) {
                try await day.marks.annul(mark, because: .error, at: day.table.id, by: day.officer)
            }
            #expect(try await day.annulled() == "error")
            try await day.online()
            #expect(try await day.live() == .online)
            try await day.check()
        }
    }

    @Test func `papers are counted: received, issued, spoiled, given back`() async throws {
        try await withPollingDay { day in
            try await day.places.receive(100, at: day.table.id, by: day.officer)
            try await day.places.receive(-10, at: day.table.id, by: day.officer)
            for person in day.people.prefix(3) { try await day.paper(person) }
            try await day.places.spoil(at: day.table.id, by: day.officer)
            try await day.places.spoil(at: day.table.id, by: day.officer)
            try await day.places.spoil(mistaken: true, at: day.table.id, by: day.officer)
            let mark: ID<Mark> = try #require(try await day.marks.standing(of: day.ada, in: day.vote.id).live).id
            try await day.marks.annul(mark, because: .withdrawn, at: day.table.id, by: day.officer)
            let counts: PlaceCounts = try await day.places.counts(of: day.table.id)
            #expect(counts.received == 90)
            #expect(counts.issued == 2)
            #expect(counts.spoiled == 2)
            #expect(try await day.places.report(of: day.table.id) == nil)
            try await day.places.report(
                received: 90, issued: 2, spoiled: 2, returned: 85, remark: "", at: day.table.id, by: day.officer)
            #expect(try await day.places.report(of: day.table.id)?.missing == 1)
            try await day.places.report(
                received: 90, issued: 2, spoiled: 2, returned: 86, remark: "recompté", at: day.table.id,
                by: day.officer)
            let reports: [PlaceReport] = try await day.places.reports(of: day.table.id)
            #expect(reports.map(\.version) == [2, 1])
            #expect(reports[0].missing == 0)
            await #expect(throws: PlaceRefusal.outOfBounds("returned")) {
                try await day.places.report(
                    received: 1, issued: 1, spoiled: 0, returned: -1, remark: "", at: day.table.id, by: day.officer)
            }
        }
    }

    @Test func `a place stays once something happened there`() async throws {
        try await withPollingDay { day in
            try await day.places.remove(day.school, by: .operator)
            try await day.paper()
            await #expect(throws: PlaceRefusal.inUse) { try await day.places.remove(day.table, by: .operator) }
            await #expect(throws: PlaceRefusal.handleTaken) {
                try await day.places.add(
                    PlaceDraft(handle: "hall", name: Texts(["fr": "x"])), to: day.vote.id, by: .operator)
            }
            await #expect(throws: PlaceRefusal.malformedHandle) {
                try await day.places.add(
                    PlaceDraft(handle: "La mairie", name: Texts(["fr": "x"])), to: day.vote.id, by: .operator)
            }
            #expect(try await day.places.list(of: day.vote.id).map(\.handle) == ["hall", "post"])
        }
    }

    @Test func `the queue's search finds by a few letters, by line, and shows who has voted and how`() async throws {
        try await withPollingDay { day in
            try await day.online(day.people[1])
            let found: [FoundVoter] = try await day.voters.search("mar", in: day.vote.id)
            #expect(found.map(\.name) == ["MARTIN Ada", "MARTINEZ Ada"])
            #expect(found.map { $0.mark?.channel } == [nil, .online])
            #expect(try await day.voters.search("ada dur", in: day.vote.id).map(\.line) == [3])
            #expect(try await day.voters.search("4", in: day.vote.id).map(\.line) == [4])
            #expect(try await day.voters.search("  ", in: day.vote.id).isEmpty)
            #expect(try await day.voters.search("%", in: day.vote.id).isEmpty)
        }
    }

    // MARK: Printed lists

    @Test func `lines are read as they are typed, and nothing is guessed`() throws {
        #expect(try LineNumbers("3,12, 40-42;3").numbers == [3, 12, 40, 41, 42])
        #expect(try LineNumbers("ligne\n7\n8\r\n\"9\"\n").numbers == [7, 8, 9])
        #expect(try LineNumbers("").numbers == [])
        for bad in ["0", "-3", "3.12", "12/03/2026", "42-40", "3-", "1e3", "x", "1-99999999", "٣"] {
            #expect(throws: ListImports.Refusal.self, "\(bad)") { try LineNumbers(bad) }
        }
    }

    @Test func `a list is imported whole or not at all, and each line once`() async throws {
        try await withPollingDay { day in
            await #expect(throws: ListImports.Refusal.unknownLines([7, 40])) {
                _ = try await day.lists.importLines(try LineNumbers("1-7, 40"), at: day.school.id, by: day.officer)
            }
            #expect(try await day.polls.number("SELECT count(*) AS n FROM mark") == 0)
            try await day.online(day.people[2])
            let first = try await day.lists.importLines(try LineNumbers("1-4"), at: day.school.id, by: day.officer)
            #expect(figures(of: first) == [3, 1, 0])
            let again = try await day.lists.importLines(try LineNumbers("1-5"), at: day.school.id, by: day.officer)
            #expect(figures(of: again) == [1, 0, 4])
            let conflicts = try await day.lists.conflicts(at: day.school.id)
            #expect(conflicts.map(\.line) == [3])
            #expect(conflicts[0].mark?.channel == .online)
            #expect(conflicts[0].paperPrevails == false)
            try await day.lists.settle(3, .given, at: day.school.id, by: day.officer)
            await #expect(throws: ListImports.Refusal.settled) {
                try await day.lists.settle(3, .given, at: day.school.id, by: day.officer)
            }
            let counts: PlaceCounts = try await day.places.counts(of: day.school.id)
            #expect(counts.issued == 4)
            #expect(counts.withoutMark == 1)
            #expect(counts.inTheBox == 5)
            #expect(counts.conflicts == 0)
            try await day.check()
        }
    }

    // MARK: Envelopes

    @Test func `the count waits for the papers in marked envelopes, and the account names them`() async throws {
        try await withPollingDay { day in
            for person in day.people[0...1] { try await day.envelope(person) }
            _ = try await day.envelopes.receive(from: day.people[2], at: day.post.id, by: day.officer)
            try await day.polls.openings.close(day.vote.id, early: true, by: .operator)
            func account() async throws -> ClosingAccount {
                try await ClosingAccounts(pool: day.polls.pool).account(of: day.vote.id)
            }
            func count() async throws {
                try await day.polls.counts.count(
                    day.vote.id, keyFile: day.key, passphrase: Polls.passphrase, by: .operator)
            }
            var post: ClosingAccount.Line = try #require(try await account().lines.first { $0.place == "post" })
            #expect(post.attached == 2 && post.received == 1 && post.paperDifference == 2)
            await #expect(throws: VoteRefusal.envelopesAttached(["post"])) { try await count() }
            // Nothing else is done with envelopes now, and two are enough: no others can come.
            await #expect(throws: StubEnvelopes.Refusal.voteNotOpen) {
                try await day.envelopes.mark(3, at: day.post.id, by: day.officer)
            }
            #expect(try await day.envelopes.separate(at: day.post.id, by: day.officer) == 2)
            try await count()
            post = try #require(try await account().lines.first { $0.place == "post" })
            // Nobody declared their papers: two officers will have to say why.
            #expect(post.attached == 0 && post.paperDifference == 2 && !post.isClosed)
            await #expect(throws: VoteRefusal.accountOpen(["post"])) {
                try await day.polls.counts.publish(day.vote.id, by: .operator)
            }
        }
    }

    @Test func `envelopes are separated together, and never fewer than the smallest group while others can come`()
        async throws
    {
        try await withPollingDay { day in
            try await day.envelope(day.people[0])
            try await day.envelope(day.people[1])
            await #expect(throws: StubEnvelopes.Refusal.tooFew(2, of: 3)) {
                try await day.envelopes.separate(at: day.post.id, by: day.officer)
            }
            #expect(try await day.envelopes.list(at: day.post.id).map(\.state) == [.marked, .marked])
            let unsigned: Int = try await day.envelopes.receive(from: day.people[2], at: day.post.id, by: day.officer)
            try await day.envelopes.setAside(unsigned, because: .unsigned, at: day.post.id, by: day.officer)
            try await day.polls.pass(deadlineOf: day.vote)
            #expect(try await day.envelopes.separate(at: day.post.id, by: day.officer) == 2)
            try await day.envelopes.receive(from: day.people[3], at: day.post.id, by: day.officer)
            let all = try await day.envelopes.list(at: day.post.id, all: true)
            #expect(all.map(\.state) == [.setAside(.late), .setAside(.unsigned), .separated, .separated])
            let mark: ID<Mark> = try #require(try await day.marks.standing(of: day.ada, in: day.vote.id).live).id
            await #expect(throws: MarkRefusal.inTheBox) {
                try await day.marks.annul(mark, because: .error, at: day.post.id, by: day.officer)
            }
            await #expect(throws: StubEnvelopes.Refusal.notAPost) {
                try await day.envelopes.receive(from: day.ada, at: day.table.id, by: day.officer)
            }
            // Nothing stored ties a paper to a person: separated envelopes differ in nothing but who marked.
            #expect(
                try await day.polls.number(
                    "SELECT count(DISTINCT separated_at) AS n FROM stub_envelope WHERE separated_at IS NOT NULL") == 1)
        }
    }
}

extension PollingDay {
    /// The entries of the record, in order.
    func entries() async throws -> [Entry] {
        try await polls.sequencer.drain(vote.id)
        return try await polls.record.entries(of: vote.id, 0..<1000).map { try Entry(bytes: $0) }
    }
}
