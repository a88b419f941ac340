import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// The list of proposals: filters with their counts, orders, pages, words and what hidden counts hide.
@Suite struct ProposalListTests {
    private static func lists(_ square: Square) -> ProposalLists {
        ProposalLists(pool: square.pool, calls: ProposalCalls(pool: square.pool, zone: Square.zone))
    }

    /// Proposals written straight into the table, for lists of many.
    private static func fill(_ square: Square, _ count: Int, title: String = "Idée") async throws {
        try await square.pool.execute(
            "test.fill",
            """
            WITH made AS (
                INSERT INTO thread (id) SELECT gen_random_uuid() FROM generate_series(1, \(count)) RETURNING id),
            counted AS (SELECT id, row_number() OVER () AS place FROM made)
            INSERT INTO proposal (id, process_id, thread_id, language, title, body, status, support_count, cost,
                                  published_at)
            SELECT gen_random_uuid(), \(square.process), id, 'fr', \(title) || ' ' || place, 'Voilà.',
                   CASE place % 3 WHEN 0 THEN 'accepted' ELSE 'received' END, place % 7, place * 100000,
                   now() - place * interval '1 hour' FROM counted
            """)
    }

    @Test(arguments: [ProposalSearch.Order.newest, .mostSupported, .shuffled(seed: 42), .bestMatch])
    func `pages forward and back show every proposal once, in one order`(
        _ order: ProposalSearch.Order
    ) async throws {
        try await withSquare { square in
            try await Self.fill(square, 50)
            let lists = Self.lists(square)
            let search = ProposalSearch(words: order == .bestMatch ? "idée" : "", order: order)
            let whole: ProposalList = try await lists.list(search, of: square.process, size: 100)
            #expect(
                whole.total == 50 && whole.cards.count == 50 && whole.previous == nil && whole.next == nil)
            var forward: [Int64] = []
            var pages: [ProposalList] = []
            var cursor: ProposalCursor?
            repeat {
                // The cursor goes through an address.
                let again: ProposalCursor? = cursor.flatMap { ProposalCursor($0.description) }
                let page: ProposalList = try await lists.list(
                    search, of: square.process, at: again, size: 12)
                forward += page.cards.map(\.number)
                pages.append(page)
                cursor = page.next
            } while cursor != nil
            #expect(forward == whole.cards.map(\.number))
            #expect(pages.count == 5 && pages[0].previous == nil)
            var backward: [Int64] = pages[4].cards.map(\.number)
            cursor = pages[4].previous
            while let before = cursor {
                let page: ProposalList = try await lists.list(
                    search, of: square.process, at: before, size: 12)
                backward = page.cards.map(\.number) + backward
                cursor = page.previous
            }
            #expect(backward == forward)
            if order == .mostSupported {
                let supports: [Int] = whole.cards.compactMap(\.supports)
                #expect(supports == supports.sorted(by: >) && supports.count == 50)
            }
        }
    }

    @Test func `another seed gives another order, and the same one gives the same`() async throws {
        try await withSquare { square in
            try await Self.fill(square, 50)
            func order(_ seed: Int64) async throws -> [Int64] {
                try await Self.lists(square).list(
                    ProposalSearch(order: .shuffled(seed: seed)), of: square.process
                )
                .cards.map(\.number)
            }
            let (first, again) = (try await order(1), try await order(1))
            #expect(first == again)
            #expect(try await order(2) != first)
        }
    }

    @Test func `each facet counts what the other facets let through`() async throws {
        try await withSquare { square in
            try await Self.fill(square, 30)
            let lists = Self.lists(square)
            let all: ProposalList = try await lists.list(ProposalSearch(), of: square.process)
            #expect(all.facets.statuses == [.received: 20, .accepted: 10])
            // 100 000 cents each: 9 below ten thousand, then up to 3 000 000 cents.
            #expect(all.facets.costs == [.small: 9, .medium: 21])
            let cheap: ProposalList = try await lists.list(
                ProposalSearch(cost: .small), of: square.process)
            #expect(cheap.total == 9 && cheap.facets.costs == all.facets.costs)
            #expect(cheap.facets.statuses == [.received: 6, .accepted: 3])
            let both: ProposalList = try await lists.list(
                ProposalSearch(statuses: [.accepted], cost: .small), of: square.process)
            #expect(
                both.total == 3
                    && both.cards.allSatisfy { $0.status == .accepted && ($0.cost ?? 0) < 1_000_000 })
        }
    }

    @Test func `drafts are nowhere; what was joined is there for whoever asks`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            let seat: Proposal = try await square.proposal("Un siège", by: ada)
            _ = try await square.drafts.begin(
                ProposalDraft(title: "Un brouillon", body: "x", place: ""), in: square.process,
                language: .french,
                by: ada)
            try await square.joins.join(
                [seat.number], into: bench.number, because: "La même idée.", in: square.process,
                by: square.agent)
            let lists = Self.lists(square)
            #expect(
                try await lists.list(ProposalSearch(), of: square.process).cards.map(\.number) == [
                    bench.number
                ])
            let joined: ProposalList = try await lists.list(
                ProposalSearch(statuses: [.joined]), of: square.process)
            #expect(joined.cards.map(\.number) == [seat.number])
            #expect(
                try await lists.list(ProposalSearch(words: "brouillon"), of: square.process).total == 0)
            let steps: [Proposal.Status]? = try await square.proposals.published(seat.number)?.steps.map(
                \.status)
            #expect(steps == [.received, .joined])
        }
    }

    @Test func `words are found without accents, as fragments, in another language, and misspelt`()
        async throws
    {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let garden: Proposal = try await square.proposal(
                "Des jardinières fleuries à l’école", by: ada)
            let path: Proposal = try await square.proposal("Une piste cyclable", by: ada)
            func found(_ words: String) async throws -> [Int64] {
                try await Self.lists(square).list(ProposalSearch(words: words), of: square.process).cards
                    .map(\.number)
            }
            #expect(try await found("ecole") == [garden.number])
            #expect(try await found("JARDINIÈRE FLEURIE") == [garden.number])
            #expect(try await found("jardini") == [garden.number])
            #expect(try await found("pistes cyclables") == [path.number])
            #expect(try await found("\"piste cyclable\" -fleurie") == [path.number])
            #expect(try await found("jardineires") == [garden.number])
            #expect(try await found("cylcable") == [path.number])
            #expect(try await found("hippopotame") == [])
            let near: ProposalList = try await Self.lists(square).list(
                ProposalSearch(words: "jardineires"), of: square.process)
            #expect(near.isNear && near.total == 1)
            for hostile in [
                "'", "& | !", ":*", "(((", "%", "\\", "a' || 'b", String(repeating: "x ", count: 50),
            ] {
                _ = try await found(hostile)
            }
        }
    }

    @Test func `a misspelt word is looked up among the words of titles, whatever else is asked`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let garden: Proposal = try await square.proposal("Un jardin partagé rue des Lilas", by: ada)
            let playground: Proposal = try await square.proposal("Kinderspielplatz am Ufer", by: ada)
            let court: Proposal = try await square.proposal("Un boulodrome couvert", by: ada)
            func found(_ words: String) async throws -> [Int64] {
                let list: ProposalList = try await Self.lists(square).list(
                    ProposalSearch(words: words, order: .bestMatch), of: square.process)
                #expect(list.isNear == !list.cards.isEmpty)
                return list.cards.map(\.number)
            }
            #expect(try await found("jadrin partgaé") == [garden.number])
            // Words that every title may have beside the misspelt one, and one that no title has.
            #expect(try await found("des jadrin rue avec hippopotames") == [garden.number])
            #expect(try await found("spielplats") == [playground.number])
            #expect(try await found("boulodrone jardinn").sorted() == [garden.number, court.number])
            // Only what is published is looked among, and a title that changes brings its words.
            #expect(try await found("pétnaque") == [])
            try await square.pool.execute(
                "test.title", "UPDATE proposal SET title = 'Un terrain de pétanque' WHERE number = \(court.number)")
            #expect(try await found("pétnaque") == [court.number])
            #expect(try await found("boulodrone") == [])
            _ = try await square.drafts.begin(
                ProposalDraft(title: "Une trottinette", body: "x", place: ""), in: square.process, language: .french,
                by: ada)
            let words: [Row] = try await square.pool.query(
                "test.words", "SELECT word FROM title_word WHERE word = 'trottinette'")
            #expect(words.isEmpty)
        }
    }

    @Test func `hidden counts leave neither by the list, nor by its order, nor as open data`()
        async throws
    {
        try await withSquare { square in
            try await Self.fill(square, 20)
            let lists = Self.lists(square)
            let open = OpenProposals(
                pool: square.pool, calls: ProposalCalls(pool: square.pool, zone: Square.zone))
            #expect(try await open.piece(of: square.process).contains { ($0.supports ?? 0) > 0 })
            try await square.allow(
                ProposalRule(mayWrite: true, mayComment: true, maySupport: true, hidesCounts: true))
            let newest: ProposalList = try await lists.list(ProposalSearch(), of: square.process)
            let supported: ProposalList = try await lists.list(
                ProposalSearch(order: .mostSupported), of: square.process)
            #expect(supported.cards.map(\.number) == newest.cards.map(\.number))
            #expect(supported.cards.map(\.key) == newest.cards.map(\.key))
            #expect(newest.cards.allSatisfy { $0.supports == nil })
            #expect(try await open.piece(of: square.process).allSatisfy { $0.supports == nil })
        }
    }

    @Test func `open data comes in pieces, with groups and without the names of people`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            _ = try await square.proposal("Un banc", by: ada)
            try await Self.fill(square, 30)
            let open = OpenProposals(
                pool: square.pool, calls: ProposalCalls(pool: square.pool, zone: Square.zone))
            var numbers: [Int64] = []
            var last: Int64? = 0
            while let after = last {
                let piece: [OpenProposal] = try await open.piece(
                    of: square.process, after: after, limit: 10)
                numbers += piece.map(\.number)
                last = piece.last?.number
            }
            #expect(numbers.count == 31 && Set(numbers).count == 31)
            let json: Data = try JSONEncoder().encode(try await open.piece(of: square.process))
            #expect(!String(decoding: json, as: UTF8.self).contains("Ada"))
        }
    }

    @Test func `a cursor is only what the service wrote`() {
        #expect(ProposalCursor("after.12.3")?.description == "after.12.3")
        for text in [
            "", "after", "after.1", "after.x.1", "sideways.1.2", "after.1.2.3",
            "after.99999999999999999999.1",
        ] {
            #expect(ProposalCursor(text) == nil, "\(text)")
        }
    }
}
