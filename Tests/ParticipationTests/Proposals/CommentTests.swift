import Foundation
import Participation
import Postgres
import TestSupport
import Testing

/// Comments: three levels, positions on the first, and what their authors may still do.
@Suite struct CommentTests {
    private static func said(
        _ square: Square, _ words: String, on proposal: Proposal, by actor: Actor
    ) async throws -> ID<Participation.Comment> {
        try await square.comments.write(words, .neutral, in: .french, on: .proposal(proposal.id), by: actor)
    }

    @Test func `an answer to an answer to an answer is refused, by the verb and by the schema`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            let first: ID<Participation.Comment> = try await Self.said(square, "Oui.", on: bench, by: ada)
            let second: ID<Participation.Comment> = try await square.comments.answer(
                first, "Non.", in: .french, by: ada)
            let third: ID<Participation.Comment> = try await square.comments.answer(second, "Si.", in: .french, by: ada)
            await #expect(throws: CommentRefusal.tooDeep) {
                try await square.comments.answer(third, "Encore.", in: .french, by: ada)
            }
            await #expect(throws: PostgresError.self) {
                try await square.pool.execute(
                    "test.deep",
                    """
                    INSERT INTO comment (id, thread_id, parent_id, top_id, depth, language, body, account_id)
                    SELECT gen_random_uuid(), thread_id, id, top_id, 2, 'fr', 'x', account_id
                    FROM comment WHERE id = \(third)
                    """)
            }
            #expect(try await square.now(bench).comments == 3)
            let page: CommentPage = try await square.comments.list(under: .proposal(bench.id), .newest)
            #expect(page.conversations.map(\.comment.id) == [first])
            #expect(page.conversations[0].answers.map(\.id) == [second, third])
            #expect(page.conversations[0].comment.answers == 2)
        }
    }

    @Test func `the first level takes a position, and nothing empty or too long is kept`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            await #expect(throws: CommentRefusal.positionMissing) {
                try await square.comments.write("Oui.", nil, in: .french, on: .proposal(bench.id), by: ada)
            }
            await #expect(throws: CommentRefusal.empty) {
                try await square.comments.write("", .for, in: .french, on: .proposal(bench.id), by: ada)
            }
            await #expect(throws: CommentRefusal.tooLong(by: 1)) {
                try await square.comments.write(
                    String(repeating: "é", count: 2_001), .for, in: .french, on: .proposal(bench.id), by: ada)
            }
            await #expect(throws: NotAllowed.self) {
                try await square.comments.write("Oui.", .for, in: .french, on: .proposal(bench.id), by: .visitor)
            }
            #expect(try await square.town.count("comment") == 0)
        }
    }

    @Test func `staff speak for the city whenever they can, residents while the phase lasts`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            try await square.allow(.readOnly)
            await #expect(throws: CommentRefusal.closed) { try await Self.said(square, "Oui.", on: bench, by: ada) }
            _ = try await Self.said(square, "La ville répond.", on: bench, by: square.agent)
            await #expect(throws: NotAllowed.self) {
                try await Self.said(
                    square, "La ville ?", on: bench, by: .official(ada.account!, .participationAgent))
            }
            let page: CommentPage = try await square.comments.list(under: .proposal(bench.id), .newest)
            #expect(page.conversations.map(\.comment.role) == [.participationAgent])
            try await square.set(.refused, bench)
            _ = try await Self.said(square, "Voici pourquoi.", on: bench, by: square.agent)
        }
    }

    @Test func `a comment is mended for a quarter of an hour, by its author, and says so`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            let id: ID<Participation.Comment> = try await Self.said(square, "Oui.", on: bench, by: ada)
            try await square.comments.edit(id, "Oui !", by: ada)
            let comment: Participation.Comment = try #require(
                try await square.comments.conversation(with: id, under: .proposal(bench.id))
            ).comment
            #expect(comment.body == "Oui !")
            #expect(comment.editedAt != nil)
            await #expect(throws: NotAllowed.self) { try await square.comments.edit(id, "Non.", by: square.agent) }
            try await square.pool.execute(
                "test.later", "UPDATE comment SET created_at = now() - interval '16 minutes'")
            await #expect(throws: CommentRefusal.tooLate) { try await square.comments.edit(id, "Non.", by: ada) }
        }
    }

    @Test func `what is withdrawn loses its words and its author, and keeps its place for the answers`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bruno: Actor = try await square.resident("Bruno")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            let alone: ID<Participation.Comment> = try await Self.said(square, "Seule.", on: bench, by: ada)
            let first: ID<Participation.Comment> = try await Self.said(square, "Oui.", on: bench, by: ada)
            let answer: ID<Participation.Comment> = try await square.comments.answer(
                first, "Non.", in: .french, by: bruno)
            await #expect(throws: NotAllowed.self) { try await square.comments.withdraw(first, by: bruno) }
            try await square.comments.withdraw(first, by: ada)
            try await square.comments.withdraw(first, by: ada)
            try await square.comments.withdraw(alone, by: ada)
            await #expect(throws: CommentRefusal.parentWithdrawn) {
                try await square.comments.answer(first, "Encore.", in: .french, by: bruno)
            }
            #expect(try await square.now(bench).comments == 1)
            let page: CommentPage = try await square.comments.list(under: .proposal(bench.id), .oldest)
            #expect(page.conversations.map(\.comment.id) == [first])
            #expect(page.conversations[0].comment.body.isEmpty)
            #expect(page.conversations[0].comment.name.isEmpty)
            #expect(page.conversations[0].answers.map(\.body) == ["Non."])
            try await square.comments.withdraw(answer, by: bruno)
            #expect(try await square.comments.list(under: .proposal(bench.id), .oldest).conversations.isEmpty)
        }
    }

    @Test(arguments: CommentOrder.allCases)
    func `pages follow one another without a gap or a repetition`(_ order: CommentOrder) async throws {
        try await withSquare { square in
            let people: [Actor] = try await square.crowd(25)
            let bench: Proposal = try await square.proposal("Un banc", by: people[0])
            var all: [ID<Participation.Comment>] = []
            for (index, person) in people.enumerated() {
                let id: ID<Participation.Comment> = try await Self.said(
                    square, "Parole \(index)", on: bench, by: person)
                for _ in 0..<(index % 3) {
                    try await square.comments.answer(id, "Réponse", in: .french, by: person)
                }
                all.append(id)
            }
            var read: [ID<Participation.Comment>] = []
            var answers: [Int] = []
            var cursor: CommentCursor?
            repeat {
                let page: CommentPage = try await square.comments.list(
                    under: .proposal(bench.id), order, after: cursor, limit: 7, answers: 1)
                read += page.conversations.map(\.comment.id)
                answers += page.conversations.map(\.comment.answers)
                for conversation in page.conversations {
                    #expect(conversation.answers.count == min(1, conversation.comment.answers))
                    #expect(conversation.hasMore == (conversation.comment.answers > 1))
                }
                cursor = try page.next.map { try #require(CommentCursor($0.text)) }
            } while cursor != nil
            switch order {
            case .oldest: #expect(read == all)
            case .newest: #expect(read == all.reversed())
            case .answered:
                #expect(Set(read) == Set(all) && read.count == all.count)
                #expect(answers == answers.sorted(by: >))
            }
        }
    }

    @Test func `a flood is slowed down, the city is not`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bench: Proposal = try await square.proposal("Un banc", by: ada)
            for index in 0...10 { _ = try await Self.said(square, "Parole \(index)", on: bench, by: ada) }
            await #expect(throws: CommentRefusal.self) { try await Self.said(square, "Encore.", on: bench, by: ada) }
            for index in 0...12 { _ = try await Self.said(square, "Réponse \(index)", on: bench, by: square.agent) }
        }
    }
}
