import Participation

/// The texts of a consultation, at the desk.
struct TextListPage: PageView {
    static let template = "consultations/text-desk-list"

    struct Line: Sendable {
        let title: String
        let href: String
        let language: String?
        let words: String
        let state: String
    }

    let crumbs: [PlaceLink]
    let newHref: String
    let lines: [Line]
    let isEmpty: Bool

    static let sample = TextListPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], newHref: "/desk/x/texts/new",
        lines: [
            Line(
                title: "Charte", href: "/desk/x/texts/charte", language: "de", words: "12 annotations",
                state: "Version 2")
        ], isEmpty: true)
}

/// What a text is called and how it is introduced.
struct TextFormPage: PageView {
    static let template = "consultations/text-desk-form"

    let crumbs: [PlaceLink]
    let heading: String
    let errors: ErrorSummary?
    let action: String
    let title: Field
    let introduction: WordsField
    let languages: [SelectOption]
    let asksLanguage: Bool

    static let sample = TextFormPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], heading: "Nouveau texte",
        errors: ErrorSummary(items: [.init(field: "title", text: "Donnez un titre.")]), action: "/desk/x/texts",
        title: Field(
            name: "title", label: "Titre", type: "text", value: "Charte", hint: nil, problem: nil, optional: false,
            autocomplete: nil, inputmode: nil, size: nil, described: nil), introduction: .sample,
        languages: [SelectOption(value: "fr", label: "Français", selected: true)], asksLanguage: true)
}

/// A text at the desk: its draft, its versions, and what waits for an answer.
struct TextDeskPage: PageView {
    static let template = "consultations/text-desk"

    struct Version: Sendable {
        let label: String
        let date: String
        let note: String?
    }

    /// A paragraph that somebody wrote to.
    struct Line: Sendable {
        let name: String
        let href: String
        let excerpt: String
        let notes: String
        let state: String
        let tone: String
    }

    let crumbs: [PlaceLink]
    let heading: String
    let textLanguage: String?
    let publicHref: String?
    let draftWords: String
    let draftHref: String
    let draftAction: String
    let fileHref: String
    let hasDraft: Bool
    let matchingHref: String?
    let publicationHref: String
    let wordsHref: String
    let suggestionsWords: String
    let suggestionsHref: String
    let versions: [Version]
    let hasVersions: Bool
    let lines: [Line]
    let hasLines: Bool

    static let sample = TextDeskPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], heading: "Charte", textLanguage: "de",
        publicHref: "/consultations/x/texts/charte", draftWords: "Version 3 en préparation",
        draftHref: "/desk/x/texts/charte/draft", draftAction: "Reprendre", fileHref: "/desk/x/texts/charte/file",
        hasDraft: true, matchingHref: "/desk/x/texts/charte/draft/matching",
        publicationHref: "/desk/x/texts/charte/draft/publication", wordsHref: "/desk/x/texts/charte/words",
        suggestionsWords: "3 suggestions attendent", suggestionsHref: "/desk/x/texts/charte/suggestions",
        versions: [Version(label: "Version 2", date: "3 mars", note: "Reformulée")], hasVersions: true,
        lines: [
            Line(
                name: "Paragraphe 14", href: "/desk/x/texts/charte/paragraphs/12", excerpt: "La place…",
                notes: "3 commentaires", state: "Sans réponse", tone: "wait")
        ], hasLines: true)
}

extension TextDeskPage {
    init(_ scene: TextDeskScene, _ found: [AnnotatedParagraph]) {
        let (strings, words, own) = (scene.strings, TextWords(scene.strings), scene.own)
        let isPublic: Bool = scene.desk.consultation?.publishedAt != nil && scene.text.liveVersion != nil
        crumbs = scene.crumbs(toText: false)
        heading = scene.text.title
        textLanguage = scene.foreign
        publicHref =
            isPublic ? "/consultations/\(scene.desk.consultation?.handle ?? "")/texts/\(scene.text.handle)" : nil
        draftWords =
            scene.draft.map { strings("consultations.text.draft.of", ["number": String($0.number)]) }
            ?? strings("consultations.text.draft.none")
        draftHref = "\(own)/draft"
        draftAction = strings(scene.draft == nil ? "consultations.text.draft.begin" : "consultations.text.draft.edit")
        fileHref = "\(own)/file"
        hasDraft = scene.draft != nil
        matchingHref = scene.text.liveVersion == nil ? nil : "\(own)/draft/matching"
        publicationHref = "\(own)/draft/publication"
        wordsHref = "\(own)/words"
        suggestionsWords = strings.plural("consultations.text.waiting", scene.text.pending)
        suggestionsHref = "\(own)/suggestions"
        versions = scene.versions.filter { $0.publishedAt != nil }.map { version in
            Version(
                label: words.version(version.number), date: strings.date(version.publishedAt ?? version.createdAt),
                note: version.note.nonempty)
        }
        hasVersions = !versions.isEmpty
        lines = found.compactMap { annotated in
            guard let paragraph = annotated.passage.paragraph else { return nil }
            let hasReply: Bool = annotated.passage.hasReply
            return Line(
                name: annotated.isLive
                    ? words.name(annotated.passage.place)
                    : strings(
                        "consultations.text.paragraph_in",
                        ["number": String(annotated.passage.place), "version": String(annotated.version)]),
                href: "\(own)/paragraphs/\(paragraph.number)",
                excerpt: Markdown.excerpt(annotated.passage.block.body, characters: 120),
                notes: words.notes(paragraph, isOpen: false).words,
                state: strings(hasReply ? "consultations.text.replied" : "consultations.text.unreplied"),
                tone: hasReply ? "good" : "wait")
        }
        hasLines = !lines.isEmpty
    }
}
