import Foundation
import Participation
import Web

/// The text to annotate of the demonstration: a charter in two versions, with what people wrote to it.
extension DemoTown {
    /// The charter of a square, published twice; nothing happens once it is there.
    func texts(of consultation: Consultation) async throws {
        guard consultation.handle == Demonstration.collectingHandle else { return }
        let (texts, drafts) = (ConsultationTexts(pool: house.pool), TextDrafts(pool: house.pool))
        if try await texts.find("charte", of: consultation.id) == nil {
            _ = try await drafts.add(
                "Charte", introduction: Self.charterIntroduction, in: .french, to: consultation.id, by: agent)
        }
        guard let charter = try await texts.find("charte", of: consultation.id), (charter.liveVersion ?? 0) < 2 else {
            return
        }
        if charter.liveVersion == nil {
            try await publish(Self.charter, "Premier texte, écrit avec le conseil de quartier.", of: charter)
        }
        try await annotate(charter)
        try await publish(Self.charterReworded, "Les horaires et les vélos, d’après vos annotations.", of: charter)
        try await annotateAgain(charter)
    }

    private func publish(
        _ blocks: [TextBlock], _ note: String, of text: ConsultationText
    ) async throws {
        let (texts, drafts) = (ConsultationTexts(pool: house.pool), TextDrafts(pool: house.pool))
        func known() async throws -> Int {
            try await texts.versions(of: text.id).first { $0.publishedAt == nil }?.revision ?? 0
        }
        try await drafts.save(blocks, note: note, of: text.id, over: try await known(), by: agent)
        _ = try await drafts.publish(text.id, over: try await known(), by: agent)
    }

    private var textSuggestions: TextSuggestions {
        TextSuggestions(pool: house.pool, secrets: house.secrets, correspondent: letters)
    }

    private var textComments: Comments { Comments(pool: house.pool, secrets: house.secrets, zone: zone) }

    private func paragraph(_ number: Int, of text: ConsultationText) async throws -> ParagraphStory {
        guard let story = try await ConsultationTexts(pool: house.pool).paragraph(number, of: text.id) else {
            throw Failure(message: "The charter of the demonstration has no paragraph \(number).")
        }
        return story
    }

    /// What was written to the first version: a conversation, one wording taken over, one answered, a paragraph that
    /// goes with its comment.
    private func annotate(_ text: ConsultationText) async throws {
        guard try await paragraph(4, of: text).paragraph.comments == 0 else { return }
        let hours: ParagraphStory = try await paragraph(4, of: text)
        let first: ID<Comment> = try await textComments.write(
            "Et les soirs d’été ? On y mange jusqu’à minuit.", nil, in: .french, on: .paragraph(hours.paragraph.id),
            by: residents[0])
        try await textComments.answer(
            first, "Ich wohne über dem Café: Bitte nicht so spät.", in: .german, by: residents[1])
        try await textComments.answer(
            first, "Nous cherchons une heure qui convienne aux deux.", in: .french, by: agent)
        let bikes: ParagraphStory = try await paragraph(6, of: text)
        try await textComments.write(
            "Cargo bikes do not fit the stands.", nil, in: .english, on: .paragraph(bikes.paragraph.id),
            by: residents[2])
        let taken: Int = try await textSuggestions.make(
            Self.charterReworded[5].body, because: "Les vélos cargo et les trottinettes ne tiennent pas aux arceaux.",
            in: .french, for: bikes.paragraph.id, of: text.id, against: 1, by: residents[3])
        let refused: Int = try await textSuggestions.make(
            "La place est fermée la nuit.", because: "Pour le calme.", in: .french, for: hours.paragraph.id,
            of: text.id, against: 1, by: residents[4])
        if let suggestion = try await textSuggestions.find(taken, to: text.id) {
            try await textSuggestions.adopt(
                suggestion, as: TextBlock(level: 0, body: suggestion.body), of: text.id, by: agent)
        }
        if let suggestion = try await textSuggestions.find(refused, to: text.id) {
            try await textSuggestions.answer(
                suggestion,
                because: "Une place publique ne se ferme pas ; le bruit est traité au paragraphe des horaires.",
                of: text.id, by: agent)
        }
        let gone: ParagraphStory = try await paragraph(8, of: text)
        try await textComments.write(
            "Cette règle existe déjà dans l’arrêté municipal.", nil, in: .french, on: .paragraph(gone.paragraph.id),
            by: residents[5])
    }

    /// What was written since, and what the city answered.
    private func annotateAgain(_ text: ConsultationText) async throws {
        let hours: ParagraphStory = try await paragraph(4, of: text)
        try await textComments.write(
            "Vingt-trois heures, c’est un bon compromis.", nil, in: .french, on: .paragraph(hours.paragraph.id),
            by: residents[6])
        try await textSuggestions.make(
            "Les terrasses sont rangées à vingt-deux heures en semaine.", because: "On travaille le lendemain.",
            in: .french, for: hours.paragraph.id, of: text.id, against: 2, by: residents[7])
        let yearly: ParagraphStory = try await paragraph(10, of: text)
        let taken: Int = try await textSuggestions.make(
            "Le conseil de quartier relit cette charte chaque année, en séance publique, au mois de mars.",
            because: "Pour que chacun sache quand venir.", in: .french, for: yearly.paragraph.id, of: text.id,
            against: 2,
            by: residents[6])
        // So a third version is under way.
        if let suggestion = try await textSuggestions.find(taken, to: text.id) {
            try await textSuggestions.adopt(
                suggestion, as: TextBlock(level: 0, body: suggestion.body), of: text.id, by: agent)
        }
        try await TextReplies(pool: house.pool, correspondent: letters).write(
            "Nous avons retenu vingt-trois heures, après deux rencontres avec les riverains et les cafés.", in: .french,
            to: hours.paragraph.id, of: text.id, by: agent)
    }

    private static let charterIntroduction =
        "Cette charte dira comment la place est partagée une fois refaite. Texte de démonstration."

    private static let charter: [TextBlock] = [
        TextBlock(level: 1, body: "Une place pour tous"),
        TextBlock(level: 0, body: "La place Lambert est un lieu public, ouvert à chacun, de jour comme de nuit."),
        TextBlock(level: 1, body: "Les horaires"),
        TextBlock(
            level: 0, body: "Les terrasses sont rangées à minuit. Le marché s’installe le jeudi à partir de six heures."
        ),
        TextBlock(level: 1, body: "Se déplacer"),
        TextBlock(level: 0, body: "Les vélos sont attachés aux arceaux, au nord de la place."),
        TextBlock(level: 0, body: "Les livraisons se font avant onze heures, sauf pour le marché."),
        TextBlock(level: 0, body: "Les chiens sont tenus en laisse."),
        TextBlock(level: 1, body: "Suivre la charte"),
        TextBlock(level: 0, body: "Le conseil de quartier relit cette charte chaque année, en séance publique."),
    ]

    private static let charterReworded: [TextBlock] = [
        charter[0], charter[1], charter[2],
        TextBlock(
            level: 0,
            body:
                "Les terrasses sont rangées à vingt-trois heures. Le marché s’installe le jeudi à partir de six heures."
        ),
        charter[4],
        TextBlock(
            level: 0,
            body:
                "Les vélos sont attachés aux arceaux, au nord de la place ; six places sont réservées aux vélos cargo."),
        charter[8], charter[9], charter[6],
        TextBlock(level: 0, body: "Les trottinettes en location sont rendues sur les deux aires marquées au sol."),
    ]
}
