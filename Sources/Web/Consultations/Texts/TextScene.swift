import Hummingbird
import Participation

/// A text of a published consultation as somebody reads it.
struct TextScene: Sendable {
    let consultation: Consultation
    let text: ConsultationText
    /// The version that is read and annotated now.
    let live: Int
    let account: SignedInAccount?
    let strings: Strings

    /// The address of the text's page, below which all of it is.
    var here: String { "/consultations/\(consultation.handle)/texts/\(text.handle)" }
    /// The language of the text where it is not the reader's.
    var foreign: String? { text.language.foreign(to: strings.language) }
    /// Whether the reader works on it.
    var isAgent: Bool { account?.holds(.participationAgent, process: consultation.process) ?? false }

    /// The text of the path; absent where nobody can read it yet.
    static func find(
        _ context: AppContext, _ consultations: Consultations, _ texts: ConsultationTexts, _ strings: Strings
    ) async throws -> TextScene {
        let consultation: Consultation = try await consultations.published(context)
        guard let text = try await texts.find(try context.slug("text"), of: consultation.id),
            let live = text.liveVersion
        else { throw Absent() }
        return TextScene(
            consultation: consultation, text: text, live: live, account: context.account, strings: strings)
    }

    /// The way back, above the title of each page; to the text too, below it.
    func crumbs(toText: Bool) -> [TextCrumb] {
        [
            TextCrumb(
                label: consultation.title(strings.language), href: "/consultations/\(consultation.handle)",
                language: nil)
        ] + (toText ? [TextCrumb(label: text.title, href: here, language: foreign)] : [])
    }
}

/// A step of the way back, in a language that may not be the reader's.
struct TextCrumb: Sendable {
    let label: String
    let href: String
    let language: String?

    static let sample = TextCrumb(label: "Charte", href: "/consultations/x/texts/y", language: "de")
}

/// A paragraph of a text with what was written to it, as somebody reads it: what its comments hang on.
struct ParagraphScene: CommentScene {
    let scene: TextScene
    let story: ParagraphStory
    /// Its words where it is read: in the version read now, or in the last that had it.
    let wording: ParagraphStory.Wording

    var host: CommentHost { .paragraph(story.paragraph.id) }
    var here: String { "\(scene.here)/paragraphs/\(story.paragraph.number)" }
    var title: String {
        scene.strings(
            "consultations.text.paragraph_of",
            ["number": String(wording.passage.place), "title": scene.text.title])
    }
    var wroteIn: String? { scene.foreign }
    var commentCount: Int { story.paragraph.comments }
    var takesPositions: Bool { false }
    var closedWords: String {
        if !isLive { return "consultations.text.closed.gone" }
        return scene.consultation.stage < .collection ? "consultations.text.closed.early" : "consultations.text.closed"
    }
    var isOver: Bool { false }
    var account: SignedInAccount? { scene.account }
    var cityRole: Role? { scene.isAgent ? .participationAgent : nil }
    var strings: Strings { scene.strings }

    /// Whether the version read now has the paragraph.
    var isLive: Bool { wording.version == scene.live }
    /// Whether residents write to it now.
    var isOpen: Bool { isLive && scene.consultation.isCollecting }

    func isOpen(_ comments: Comments) async throws -> Bool { isOpen }

    /// The paragraph of the path, by its lasting number.
    static func find(
        _ context: AppContext, _ consultations: Consultations, _ texts: ConsultationTexts, _ strings: Strings
    ) async throws -> ParagraphScene {
        let scene: TextScene = try await .find(context, consultations, texts, strings)
        let number: Int = try context.integer("paragraph")
        guard (1...Int(Int32.max)).contains(number),
            let story = try await texts.paragraph(number, of: scene.text.id), let wording = story.wordings.first
        else { throw Absent() }
        return ParagraphScene(scene: scene, story: story, wording: wording)
    }
}
