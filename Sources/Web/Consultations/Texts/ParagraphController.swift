import Hummingbird
import Participation

/// One paragraph of a text with all that was written to it: the city's reply, suggested wordings, comments.
struct ParagraphController: Sendable {
    let site: Site
    let consultations: Consultations
    let texts: ConsultationTexts
    let comments: Comments
    let suggestions: TextSuggestions

    private static let path = "/consultations/{consultation}/texts/{text}/paragraphs/{paragraph}"

    /// Adds the page of a paragraph and, below it, its comments.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("\(Self.path)", use: show)
        let (consultations, texts) = (consultations, texts)
        CommentController(site: site, comments: comments, at: Self.path) { site, context in
            try await ParagraphScene.find(context, consultations, texts, site.strings(context))
        }.add(to: routes)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: ParagraphScene = try await .find(context, consultations, texts, site.strings(context))
        let page = ParagraphPage(
            scene, suggestions: try await suggestions.list(for: scene.story.paragraph.id),
            comments: try await CommentSection(comments: comments).view(of: scene))
        return site.page(page, title: scene.title, request, context, scripts: ["count.js"])
    }
}

/// The page of a paragraph.
struct ParagraphPage: PageView {
    static let template = "consultations/text-paragraph"

    /// Its words in an earlier version.
    struct Earlier: Sendable {
        let label: String
        let pieces: [WordDiff.Piece]
    }

    /// A suggested wording in the list.
    struct Line: Sendable {
        let label: String
        let href: String
        let about: String
        let status: StatusWord
    }

    let crumbs: [TextCrumb]
    let name: String
    let textHref: String
    let textLanguage: String?
    let html: String
    /// Why it is no longer in the text, where it is not.
    let gone: String?
    let earlier: [Earlier]
    let hasEarlier: Bool
    let reply: String?
    let replyLanguage: String?
    let replyDate: String
    let suggestHref: String?
    let suggestions: [Line]
    let hasSuggestions: Bool
    let comments: CommentView

    static let sample = ParagraphPage(
        crumbs: [.sample], name: "Paragraphe 14", textHref: "/consultations/x/texts/y#p12", textLanguage: "de",
        html: "<p>La place.</p>", gone: "Retiré dans la version 2.",
        earlier: [Earlier(label: "Version 1", pieces: WordDiff(from: "Un banc.", to: "Deux bancs.").pieces)],
        hasEarlier: true, reply: "<p>Oui.</p>", replyLanguage: "fr", replyDate: "3 mars",
        suggestHref: "/consultations/x/texts/y/paragraphs/12/suggestions/new",
        suggestions: [
            Line(
                label: "Suggestion n° 1", href: "/consultations/x/texts/y/suggestions/1", about: "Ada", status: .sample)
        ], hasSuggestions: true, comments: .sample)
}

extension ParagraphPage {
    init(_ scene: ParagraphScene, suggestions found: [TextSuggestion], comments: CommentView) {
        let (strings, words, text) = (scene.strings, TextWords(scene.strings), scene.scene)
        let passage: TextPassage = scene.wording.passage
        crumbs = text.crumbs(toText: true)
        name = words.name(passage.place)
        textHref =
            scene.isLive
            ? "\(text.here)#p\(scene.story.paragraph.number)"
            : "\(text.here)/versions/\(scene.wording.version)#p\(scene.story.paragraph.number)"
        textLanguage = text.foreign
        html = Markdown.html(passage.block.body)
        gone = scene.isLive ? nil : strings("consultations.text.gone", ["number": String(scene.wording.version)])
        let all: [ParagraphStory.Wording] = scene.story.wordings
        earlier = zip(all.dropFirst(), all).compactMap { before, after in
            guard before.passage.block.flattened != after.passage.block.flattened else { return nil }
            return Earlier(
                label: strings(
                    "consultations.text.changes.from_to",
                    ["from": String(before.version), "to": String(after.version)]),
                pieces: WordDiff(from: before.passage.block.body, to: after.passage.block.body).pieces)
        }
        hasEarlier = !earlier.isEmpty
        reply = scene.story.reply.map { Markdown.html($0.body) }
        replyLanguage = scene.story.reply.flatMap { $0.language.foreign(to: strings.language) }
        replyDate = scene.story.reply.map { strings.date($0.changedAt ?? $0.writtenAt) } ?? ""
        suggestHref = scene.isOpen ? "\(scene.here)/suggestions/new" : nil
        suggestions = found.filter { $0.state != .withdrawn }.map { suggestion in
            Line(
                label: strings("talk.suggestion.number", ["number": String(suggestion.number)]),
                href: "\(text.here)/suggestions/\(suggestion.number)", about: words.about(suggestion),
                status: words.state(suggestion))
        }
        hasSuggestions = !suggestions.isEmpty
        self.comments = comments
    }
}
