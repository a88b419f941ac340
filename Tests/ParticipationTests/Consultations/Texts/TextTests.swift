import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// A text of a consultation that collects, with agents and residents to write to it.
struct TextDesk: Sendable {
    let hall: ConsultationHall
    let consultation: ID<Consultation>
    let handle: String

    var texts: ConsultationTexts { ConsultationTexts(pool: hall.pool) }
    var drafts: TextDrafts { TextDrafts(pool: hall.pool) }
    var comments: Comments {
        Comments(pool: hall.pool, secrets: Town(pool: hall.pool).secrets, zone: "Europe/Paris")
    }
    var suggestions: TextSuggestions {
        TextSuggestions(
            pool: hall.pool, secrets: Town(pool: hall.pool).secrets, correspondent: PlainTextLetters())
    }
    var replies: TextReplies { TextReplies(pool: hall.pool, correspondent: PlainTextLetters()) }

    static let first = [
        TextBlock(level: 1, body: "La place"), TextBlock(level: 0, body: "La place est ouverte à tous, jour et nuit."),
        TextBlock(level: 0, body: "Les vélos sont attachés aux arceaux."),
        TextBlock(level: 0, body: "Le marché a lieu le jeudi."),
    ]

    /// The text as it stands.
    func text() async throws -> ConsultationText { try #require(try await texts.find(handle, of: consultation)) }

    /// Saves a draft of these blocks over whatever there is, and publishes it.
    func publish(_ blocks: [TextBlock], note: String = "") async throws {
        let text: ConsultationText = try await text()
        try await drafts.save(blocks, note: note, of: text.id, over: try await revision(), by: hall.agent)
        _ = try await drafts.publish(text.id, over: try await revision(), by: hall.agent)
    }

    /// The revision of the draft; 0 where there is none.
    func revision() async throws -> Int {
        try await texts.versions(of: try await text().id).first { $0.publishedAt == nil }?.revision ?? 0
    }

    /// The passages of the version read now.
    func passages() async throws -> [TextPassage] {
        let text: ConsultationText = try await text()
        return try await texts.passages(of: text.id, version: try #require(text.liveVersion))
    }

    /// The paragraph with that lasting number.
    func paragraph(_ number: Int) async throws -> ParagraphStory {
        try #require(try await texts.paragraph(number, of: try await text().id))
    }

    func letters() async throws -> [String] {
        try await hall.pool.query("test.letters", "SELECT subject FROM outbox WHERE kind LIKE 'text%' ORDER BY id")
            .map { try $0.get("subject") }
    }
}

/// Letters that say no more than what they are about.
struct PlainTextLetters: TextCorrespondent {
    func letter(_ notice: TextNotice, to name: String, in language: Language) -> Letter {
        Letter(subject: "\(notice.event.name) \(notice.paragraph) \(name)", body: "\(notice.event)")
    }
}

/// Runs a body with a text whose first version is published.
func withText(_ body: (TextDesk) async throws -> Void) async throws {
    try await withDatabase { pool in
        let hall: ConsultationHall = try await .begin(pool)
        let consultation: ID<Consultation> = try await hall.published()
        let handle: String = try await TextDrafts(pool: pool).add(
            "La charte", introduction: "", in: .french, to: consultation, by: hall.agent)
        let desk = TextDesk(hall: hall, consultation: consultation, handle: handle)
        try await desk.publish(TextDesk.first)
        try await body(desk)
    }
}

/// Texts from the draft to the reply: who may do what, what is carried, what is refused.
@Suite struct TextTests {
    @Test func `a text is drafted and published by agents of its process, and published words never change`()
        async throws
    {
        try await withText { desk in
            let text: ConsultationText = try await desk.text()
            #expect(desk.handle == "la-charte" && text.liveVersion == 1)
            #expect(try await desk.passages().map { $0.paragraph?.number } == [1, 2, 3, 4])
            for actor in [desk.hall.stranger, desk.hall.ada, .visitor] {
                await #expect(throws: NotAllowed.self) {
                    try await desk.drafts.save(TextDesk.first, note: "", of: text.id, over: 0, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await desk.drafts.add("Autre", introduction: "", in: .french, to: desk.consultation, by: actor)
                }
            }
            await #expect(throws: Refused(TextRefusal.noDraft)) {
                try await desk.drafts.publish(text.id, over: 1, by: desk.hall.agent)
            }
            try await desk.drafts.save(TextDesk.first, note: "", of: text.id, over: 0, by: desk.hall.agent)
            await #expect(throws: Refused(TextRefusal.outdated)) {
                try await desk.drafts.save(TextDesk.first, note: "", of: text.id, over: 0, by: desk.hall.agent)
            }
            await #expect(throws: Refused(TextRefusal.unchanged)) {
                try await desk.drafts.publish(text.id, over: try await desk.revision(), by: desk.hall.agent)
            }
            await #expect(throws: PostgresError.self) {
                try await desk.hall.pool.execute("test.change", "UPDATE text_passage SET body = 'x' WHERE version = 1")
            }
            await #expect(throws: PostgresError.self) {
                try await desk.hall.pool.execute("test.half", "UPDATE text_version SET note = 'x' WHERE number = 1")
            }
            await #expect(throws: Refused(TextRefusal.empty)) {
                try await desk.drafts.save([], note: "", of: text.id, over: 1, by: desk.hall.agent)
            }
            let long = TextBlock(level: 0, body: String(repeating: "a", count: TextBlock.longest + 3))
            await #expect(throws: Refused(TextRefusal.blockTooLong(place: 1, by: 3))) {
                try await desk.drafts.save([long], note: "", of: text.id, over: 1, by: desk.hall.agent)
            }
            let many = Array(repeating: TextBlock(level: 0, body: "a"), count: TextBlock.most + 1)
            await #expect(throws: Refused(TextRefusal.tooManyBlocks(TextBlock.most + 1))) {
                try await desk.drafts.save(many, note: "", of: text.id, over: 1, by: desk.hall.agent)
            }
        }
    }

    @Test func `comments hang on a paragraph: residents while it collects, agents whenever, nobody where it is gone`()
        async throws
    {
        try await withText { desk in
            let (ada, agent): (Actor, Actor) = (desk.hall.ada, desk.hall.agent)
            let bikes: CommentHost = .paragraph(try await desk.paragraph(3).paragraph.id)
            let said: ID<Participation.Comment> = try await desk.comments.write(
                "Il en faut plus.", .against, in: .french, on: bikes, by: ada)
            let answer: ID<Participation.Comment> = try await desk.comments.answer(
                said, "C’est prévu.", in: .french, by: agent)
            await #expect(throws: NotAllowed.self) {
                try await desk.comments.answer(said, "Moi aussi.", in: .french, by: desk.hall.stranger)
            }
            let page: CommentPage = try await desk.comments.list(under: bikes, .newest)
            #expect(page.conversations.map(\.comment.id) == [said])
            // No position is asked for here, and none is kept.
            #expect(page.conversations[0].comment.position == nil && page.conversations[0].comment.proposal == nil)
            #expect(page.conversations[0].answers.map(\.role) == [.participationAgent])
            #expect(try await desk.paragraph(3).paragraph.comments == 2)
            #expect(try await desk.paragraph(2).paragraph.comments == 0)
            #expect(try await desk.comments.conversation(with: answer, under: bikes) != nil)
            let other: CommentHost = .paragraph(try await desk.paragraph(2).paragraph.id)
            #expect(try await desk.comments.conversation(with: said, under: other) == nil)

            try await desk.comments.edit(said, "Il en faut beaucoup plus.", by: ada)
            let mine: [(comment: Participation.Comment, place: CommentPlace)] = try await desk.comments.list(
                of: ada.account!)
            guard case .paragraph("place", "la-charte", 3, "La charte") = try #require(mine.first).place else {
                Issue.record("another place")
                return
            }
            // The paragraph goes, the collection ends: reading stays.
            try await desk.publish(TextDesk.first.filter { !$0.body.contains("vélos") })
            await #expect(throws: CommentRefusal.closed) {
                try await desk.comments.write("Trop tard ?", nil, in: .french, on: bikes, by: ada)
            }
            try await desk.hall.age(desk.consultation, days: 30)
            await #expect(throws: CommentRefusal.closed) {
                try await desk.comments.write("Trop tard ?", nil, in: .french, on: other, by: ada)
            }
            try await desk.comments.write("La ville, plus tard.", nil, in: .french, on: other, by: agent)
            #expect(try await desk.comments.list(under: bikes, .newest).conversations.count == 1)
            try await desk.comments.withdraw(said, by: ada)
            #expect(try await desk.paragraph(3).paragraph.comments == 1)
        }
    }

    /// Another wording of the fourth paragraph, suggested by Ada.
    private static func market(
        _ desk: TextDesk, _ body: String, against version: Int = 1
    ) async throws -> TextSuggestion {
        let text: ID<ConsultationText> = try await desk.text().id
        let number: Int = try await desk.suggestions.make(
            body, because: "Pour dormir.", in: .french, for: try await desk.paragraph(4).paragraph.id, of: text,
            against: version, by: desk.hall.ada)
        return try #require(try await desk.suggestions.find(number, to: text))
    }

    @Test func `a suggestion is adopted into the next draft, another is answered; both are told`() async throws {
        try await withText { desk in
            let (ada, agent): (Actor, Actor) = (desk.hall.ada, desk.hall.agent)
            let text: ConsultationText = try await desk.text()
            await #expect(throws: Refused(TextSuggestionRefusal.unchanged)) {
                _ = try await Self.market(desk, "Le marché a lieu le jeudi.")
            }
            await #expect(throws: Refused(TextSuggestionRefusal.outdated)) {
                _ = try await Self.market(desk, "Le marché a lieu le lundi.", against: 2)
            }
            await #expect(throws: Refused(TextSuggestionRefusal.bodyMissing)) { _ = try await Self.market(desk, "") }
            let late: TextSuggestion = try await Self.market(desk, "Aucun stand avant neuf heures.")
            let twice: TextSuggestion = try await Self.market(desk, "Le marché a lieu deux fois.")
            #expect(late.number == 1 && twice.number == 2 && late.base == TextDesk.first[3])
            #expect(try await desk.paragraph(4).paragraph.suggestions == 2)
            for actor in [ada, desk.hall.stranger] {
                await #expect(throws: NotAllowed.self) {
                    try await desk.suggestions.adopt(
                        late, as: TextBlock(level: 0, body: late.body), of: text.id, by: actor)
                }
            }
            // Its words have nothing in common with what they replace: it is the paragraph all the same.
            try await desk.suggestions.adopt(late, as: TextBlock(level: 0, body: late.body), of: text.id, by: agent)
            await #expect(throws: Refused(TextSuggestionRefusal.reasonMissing)) {
                try await desk.suggestions.answer(twice, because: "", of: text.id, by: agent)
            }
            try await desk.suggestions.answer(twice, because: "Trop de bruit.", of: text.id, by: agent)
            await #expect(throws: Refused(TextSuggestionRefusal.decided)) {
                try await desk.suggestions.withdraw(twice, by: ada)
            }
            #expect(
                try await desk.letters() == ["text_suggestion_adopted 4 Ada", "text_suggestion_answered 4 Ada"])
            // The draft is edited as a whole afterwards: what was adopted stays the paragraph that it was.
            var blocks: [TextBlock] = TextDesk.first
            blocks[3] = TextBlock(level: 0, body: late.body)
            blocks.append(TextBlock(level: 0, body: "Un nouvel article."))
            try await desk.publish(blocks, note: "Deux changements")
            #expect(try await desk.passages().map { $0.paragraph?.number } == [1, 2, 3, 4, 5])
            let now: TextSuggestion = try #require(try await desk.suggestions.find(1, to: text.id))
            #expect(now.state == .adopted && now.version == 2 && now.versionPublishedAt != nil)
            #expect(try await desk.paragraph(4).wordings.map(\.version) == [2, 1])
        }
    }

    @Test func `a reply is published once to those who wrote, and mended without another letter`() async throws {
        try await withText { desk in
            let (ada, agent): (Actor, Actor) = (desk.hall.ada, desk.hall.agent)
            let text: ConsultationText = try await desk.text()
            let paragraph: ID<TextParagraph> = try await desk.paragraph(2).paragraph.id
            try await desk.comments.write("La nuit aussi ?", nil, in: .french, on: .paragraph(paragraph), by: ada)
            try await desk.suggestions.make(
                "La place est ouverte à tous.", because: "", in: .french, for: paragraph, of: text.id, against: 1,
                by: ada)
            await #expect(throws: NotAllowed.self) {
                try await desk.replies.write("Oui.", in: .french, to: paragraph, of: text.id, by: ada)
            }
            await #expect(throws: Refused(TextReplyRefusal.empty)) {
                try await desk.replies.write("", in: .french, to: paragraph, of: text.id, by: agent)
            }
            try await desk.replies.write("Oui.", in: .french, to: paragraph, of: text.id, by: agent)
            try await desk.replies.write("Oui, la nuit aussi.", in: .french, to: paragraph, of: text.id, by: agent)
            let reply: TextReply = try #require(try await desk.paragraph(2).reply)
            #expect(reply.body == "Oui, la nuit aussi." && reply.changedAt != nil)
            #expect(try await desk.letters() == ["text_replied 2 Ada"])
            #expect(try await desk.passages().map(\.hasReply) == [false, true, false, false])
        }
    }

    @Test func `an agent corrects which paragraph became which, and no paragraph is given twice`() async throws {
        try await withText { desk in
            let (text, agent): (ConsultationText, Actor) = (try await desk.text(), desk.hall.agent)
            // Reworded beyond all likeness, and in another order.
            let blocks = [
                TextDesk.first[0], TextBlock(level: 0, body: "Jeudi : quarante étals devant la fontaine."),
                TextDesk.first[1],
            ]
            try await desk.drafts.save(blocks, note: "", of: text.id, over: 0, by: agent)
            func draft() async throws -> [Int?] {
                try await desk.texts.passages(of: text.id, version: 2).map { $0.paragraph?.number }
            }
            #expect(try await draft() == [1, nil, 2])
            let revision: Int = try await desk.revision()
            await #expect(throws: Refused(TextRefusal.unknownParagraph(place: 2))) {
                try await desk.drafts.match([2: 9], in: text.id, over: revision, by: agent)
            }
            await #expect(throws: Refused(TextRefusal.sameParagraph(place: 3))) {
                try await desk.drafts.match([2: 2], in: text.id, over: revision, by: agent)
            }
            await #expect(throws: Refused(TextRefusal.outdated)) {
                try await desk.drafts.match([2: 4], in: text.id, over: revision - 1, by: agent)
            }
            try await desk.drafts.match([2: 4], in: text.id, over: revision, by: agent)
            // What was said of a block stays said when the text around it is edited.
            try await desk.drafts.save(
                blocks + [TextBlock(level: 0, body: "Un dernier mot.")], note: "", of: text.id,
                over: try await desk.revision(), by: agent)
            #expect(try await draft() == [1, 4, 2, nil])
            _ = try await desk.drafts.publish(text.id, over: try await desk.revision(), by: agent)
            #expect(try await desk.passages().map { $0.paragraph?.number } == [1, 4, 2, 5])
            let comparison = TextComparison(
                from: try await desk.texts.passages(of: text.id, version: 1), to: try await desk.passages())
            #expect(
                comparison.entries.map(\.change) == [.unchanged, .movedAndReworded, .unchanged, .added, .removed])
        }
    }

    /// Whatever an agent makes of a text, no annotation is lost and none appears twice.
    @Test(arguments: 1...6) func `annotations are carried, none is lost, none appears twice`(_ seed: UInt64)
        async throws
    {
        try await withText { desk in
            var random = Seeded(state: seed)
            let text: ConsultationText = try await desk.text()
            var written: [ID<Participation.Comment>: ID<TextParagraph>] = [:]
            for round in 1...5 {
                for passage in try await desk.passages() where Int.random(in: 0..<2, using: &random) == 0 {
                    let paragraph: ID<TextParagraph> = try #require(passage.paragraph).id
                    let comment: ID<Participation.Comment> = try await desk.comments.write(
                        "Remarque \(round)", nil, in: .french, on: .paragraph(paragraph), by: desk.hall.agent)
                    written[comment] = paragraph
                }
                let before: [TextPassage] = try await desk.passages()
                try await desk.publish(Self.shaken(before.map(\.block), round, using: &random))
                let after: [TextPassage] = try await desk.passages()
                let ids: [ID<TextParagraph>] = after.compactMap { $0.paragraph?.id }
                #expect(ids.count == after.count && Set(ids).count == ids.count)
                // Words that stand in both are the same paragraph, as often as they stand in both.
                let (old, new) = (Dictionary(grouping: before, by: \.block), Dictionary(grouping: after, by: \.block))
                for (block, passages) in new {
                    let known = Set((old[block] ?? []).compactMap { $0.paragraph?.id })
                    let kept: Int = passages.count { known.contains($0.paragraph!.id) }
                    #expect(kept == min(known.count, passages.count), "\(block)")
                }
                let annotated: [AnnotatedParagraph] = try await desk.texts.annotated(of: text.id)
                let found: [ID<TextParagraph>] = annotated.compactMap { $0.passage.paragraph?.id }
                #expect(Set(found) == Set(written.values) && Set(found).count == found.count)
                #expect(annotated.reduce(0) { $0 + ($1.passage.paragraph?.comments ?? 0) } == written.count)
                #expect(annotated.allSatisfy { $0.isLive == ids.contains($0.passage.paragraph!.id) })
            }
            for (comment, paragraph) in written {
                #expect(try await desk.comments.conversation(with: comment, under: .paragraph(paragraph)) != nil)
            }
        }
    }

    /// A text as somebody might leave it: paragraphs reworded, moved, dropped, doubled and added.
    private static func shaken(
        _ blocks: [TextBlock], _ round: Int, using random: inout Seeded
    ) -> [TextBlock] {
        var blocks: [TextBlock] = blocks
        for _ in 0..<3 {
            let index: Int = Int.random(in: blocks.indices, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: blocks[index] = TextBlock(level: blocks[index].level, body: blocks[index].body + " Encore.")
            case 1: blocks.insert(blocks.remove(at: index), at: Int.random(in: 0..<blocks.count, using: &random))
            case 2: if blocks.count > 2 { blocks.remove(at: index) }
            case 3: blocks.append(blocks[index])
            default: blocks.insert(TextBlock(level: 0, body: "Article \(round) tout à fait neuf \(index)."), at: index)
            }
        }
        blocks.append(TextBlock(level: 0, body: "Fin du tour \(round)."))
        return blocks
    }
}
