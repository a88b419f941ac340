import Crypto
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// The synthesis of a consultation: figures that follow the answers until it is published, and never after.
@Suite struct SynthesisTests {
    private static func counts(_ synthesis: PublishedSynthesis) throws -> [String: Int] {
        try #require(synthesis.content.figures["{figure usages/voeu}"]?.chart).figures.counts
    }

    @Test
    func
        `figures follow the answers while it is a draft, and are frozen with the words at publication`()
        async throws
    {
        try await withInquiry { inquiry in
            let (syntheses, id) = (inquiry.syntheses, inquiry.consultation)
            try await inquiry.answer(6)
            try await inquiry.write()
            #expect(
                try Self.counts(try await syntheses.preview(of: id, by: inquiry.agent)) == ["ombre": 6])
            try await inquiry.answer(7, wishes: ["bancs"])
            #expect(
                try Self.counts(try await syntheses.preview(of: id, by: inquiry.agent)) == [
                    "ombre": 6, "bancs": 7,
                ])
            #expect(try await syntheses.find(id) == nil)
            let edition: Edition = try await syntheses.publish(id, by: inquiry.agent)
            #expect(try await inquiry.now().stage == .answer)
            let json: String = try #require(try await syntheses.json(of: id))
            #expect(ConsultationEditions.hexadecimal(SHA256.hash(data: Data(json.utf8))) == edition.sha256)
            // Whatever becomes of the answers and of the draft, the edition says what it said.
            try await inquiry.pool.execute("test.delete", "DELETE FROM response")
            try await syntheses.write(.said, Texts(["fr": "Autre chose."]), of: id, by: inquiry.agent)
            let published: PublishedSynthesis = try #require(try await syntheses.find(id))
            #expect(try Self.counts(published) == ["ombre": 6, "bancs": 7])
            #expect(try await syntheses.json(of: id) == json)
            await #expect(throws: PostgresError.self) {
                try await inquiry.pool.execute(
                    "test.change", "UPDATE consultation_edition SET content = '{}'")
            }
            await #expect(throws: PostgresError.self) {
                try await inquiry.pool.execute("test.delete", "DELETE FROM consultation_edition")
            }
            // A correction is an edition of its own and says why; the first one stays.
            await #expect(throws: SynthesisRefusal.changeMissing) {
                try await syntheses.publish(id, by: inquiry.agent)
            }
            let second: Edition = try await syntheses.publish(
                id, change: Texts(["fr": "Une erreur"]), by: inquiry.agent)
            #expect(second.number == 2)
            await #expect(throws: SynthesisRefusal.unchanged) {
                try await syntheses.publish(id, change: Texts(["fr": "Encore"]), by: inquiry.agent)
            }
            let all: PublishedSynthesis = try #require(try await syntheses.find(id, edition: 1))
            #expect(all.editions.map(\.number) == [2, 1] && all.edition?.sha256 == edition.sha256)
        }
    }

    @Test func `it is refused with the reason, and nobody but agents of the process writes it`()
        async throws
    {
        try await withInquiry(isOver: false) { inquiry in
            let (syntheses, id) = (inquiry.syntheses, inquiry.consultation)
            let refused = SynthesisRefusal.noSuchFigure(
                .said, language: "fr", line: 3, mark: "{figure usages/rien}")
            await #expect(throws: refused) {
                try await syntheses.write(
                    .said, Texts(["fr": "Oui.\n\n{figure usages/rien}"]), of: id, by: inquiry.agent)
            }
            await #expect(throws: SynthesisRefusal.tooLong(field: "asked", limit: Syntheses.textLimit)) {
                try await syntheses.write(
                    .asked, Texts(["fr": String(repeating: "a", count: 20_001)]), of: id, by: inquiry.agent)
            }
            try await syntheses.write(.asked, Texts(["fr": "Un"]), of: id, from: 0, by: inquiry.agent)
            await #expect(throws: SynthesisRefusal.changedMeanwhile) {
                try await syntheses.write(
                    .asked, Texts(["fr": "Deux"]), of: id, from: 0, by: inquiry.agent)
            }
            await #expect(throws: SynthesisRefusal.stillCollecting) {
                try await syntheses.publish(id, by: inquiry.agent)
            }
            try await inquiry.pool.execute(
                "test.over", "UPDATE consultation SET collects_until = now() - interval '1 hour'")
            await #expect(throws: SynthesisRefusal.sectionMissing(.people)) {
                try await syntheses.publish(id, by: inquiry.agent)
            }
            let ada: Actor = try await inquiry.square.resident("Ada")
            await #expect(throws: NotAllowed.self) { try await syntheses.draft(of: id, by: ada) }
            await #expect(throws: NotAllowed.self) { try await syntheses.preview(of: id, by: ada) }
            await #expect(throws: NotAllowed.self) {
                try await syntheses.write(.asked, Texts(["fr": "Moi"]), of: id, by: ada)
            }
            await #expect(throws: NotAllowed.self) { try await syntheses.publish(id, by: ada) }
            await #expect(throws: NotAllowed.self) {
                try await syntheses.withdraw(quote: "x", of: id, by: ada)
            }
        }
    }

    @Test func `every figure has its mark, and small cells are in none`() async throws {
        try await withInquiry { inquiry in
            try await inquiry.answer(12)
            try await inquiry.answer(7, district: "sud", age: "vieux", way: "paper", wishes: ["bancs"])
            try await inquiry.answer(
                2, district: "sud", age: "vieux", way: "paper", wishes: [], other: "Un secret")
            let theme = UUID()
            try await inquiry.pool.execute(
                "test.theme",
                """
                INSERT INTO answer_theme (id, questionnaire_id, question, position, title)
                VALUES (\(theme), \(inquiry.questionnaire), 'mots', 1, '{"fr": "Ombre"}')
                """)
            try await inquiry.pool.execute(
                "test.quote",
                "INSERT INTO answer_quote (theme_id, words, language) VALUES (\(theme), 'Plus d’ombre', 'fr')"
            )
            let catalogue: FigureCatalogue = try await inquiry.syntheses.catalogue(
                of: inquiry.consultation, by: inquiry.agent)
            let marks: [String] =
                catalogue.entries.map(\.mark.description) + ["{figure usages/quartier/age}"]
            try await inquiry.write(said: marks.joined(separator: "\n\n"))
            try await inquiry.syntheses.publish(inquiry.consultation, by: inquiry.agent)
            let synthesis: PublishedSynthesis = try #require(
                try await inquiry.syntheses.find(inquiry.consultation))
            let figures: [String: SynthesisFigure] = synthesis.content.figures
            #expect(Set(figures.keys) == Set(marks))
            #expect(figures["{figure answers}"]?.count == 21)
            let people: SynthesisFigure = try #require(figures["{people usages}"])
            #expect(people.tables.count == 3 && people.tables[0].rows.map(\.cells.first) == [12, 9])
            let wishes: QuestionFigures = try #require(figures["{figure usages/voeu}"]?.chart).figures
            #expect(wishes.hidden.contains("") && wishes.other == 0)
            let crossing: SynthesisFigure = try #require(figures["{figure usages/quartier/age}"])
            #expect(crossing.tables[0].rows.map(\.cells) == [[12, 0, 12], [0, 9, 9]])
            #expect(figures["{quotes usages/mots}"]?.quotes.map(\.words) == ["Plus d’ombre"])
            // The frozen file has neither the words of a quote nor anything else that somebody wrote.
            let json: String = try #require(try await inquiry.syntheses.json(of: inquiry.consultation))
            #expect(!json.contains("d’ombre") && !json.contains("secret"))
            let digest: String = try #require(figures["{quotes usages/mots}"]?.quotes.first?.digest)
            #expect(
                try await inquiry.syntheses.withdraw(
                    quote: digest, of: inquiry.consultation, by: inquiry.agent))
            let after: PublishedSynthesis = try #require(
                try await inquiry.syntheses.find(inquiry.consultation))
            #expect(
                after.withdrawnQuotes == 1
                    && after.content.figures["{quotes usages/mots}"]?.quotes[0].words == nil)
            #expect(try await inquiry.syntheses.json(of: inquiry.consultation) == json)
        }
    }
}
