import Participation

/// A version of a text, paragraph by paragraph.
struct AnnotatedTextPage: PageView {
    static let template = "consultations/text-read"

    /// A version in the list of them.
    struct Version: Sendable {
        let label: String
        let href: String
        let date: String
        let note: String?
        let isCurrent: Bool
        /// What changed from the one before.
        let changesHref: String?
    }

    let crumbs: [TextCrumb]
    let heading: String
    let textLanguage: String?
    let introduction: String?
    let versionLine: String
    /// Whether residents write now, in a sentence.
    let standing: String
    let isOpen: Bool
    /// « Une version plus récente est en ligne », on an older one.
    let newerHref: String?
    let annotations: String
    let annotationsHref: String
    let passages: [PassageView]
    let versions: [Version]
    let hasVersions: Bool

    static let sample = AnnotatedTextPage(
        crumbs: [.sample], heading: "Charte de la place", textLanguage: "de", introduction: "<p>Lisez.</p>",
        versionLine: "Version 2, du 3 mars", standing: "Ouvert jusqu’au 9 mars.", isOpen: true,
        newerHref: "/consultations/x/texts/y", annotations: "12 annotations",
        annotationsHref: "/consultations/x/texts/y/annotations", passages: [.sample],
        versions: [
            Version(
                label: "Version 1", href: "/consultations/x/texts/y/versions/1", date: "3 mars", note: "Premier texte",
                isCurrent: true, changesHref: "/consultations/x/texts/y/changes?from=1&to=2")
        ], hasVersions: true)
}

extension AnnotatedTextPage {
    init(_ scene: TextScene, _ version: TextVersion, _ versions: [TextVersion], _ passages: [TextPassage]) {
        let (strings, words) = (scene.strings, TextWords(scene.strings))
        let isLive: Bool = version.number == scene.live
        crumbs = scene.crumbs(toText: false)
        heading = scene.text.title
        textLanguage = scene.foreign
        introduction = scene.text.introduction.isEmpty ? nil : Markdown.html(scene.text.introduction)
        versionLine = strings(
            "consultations.text.version_of",
            [
                "number": String(version.number),
                "date": strings.date(version.publishedAt ?? version.createdAt),
            ])
        isOpen = isLive && scene.consultation.isCollecting
        standing =
            isOpen
            ? strings("consultations.text.open", ["date": strings.moment(scene.consultation.collectsUntil)])
            : strings(scene.consultation.stage < .collection ? "consultations.text.early" : "consultations.text.over")
        newerHref = isLive ? nil : scene.here
        let count: Int = scene.text.comments + scene.text.suggestions
        annotations = strings.plural("consultations.text.annotations.count", count)
        annotationsHref = "\(scene.here)/annotations"
        self.passages = PassageView.list(passages, scene, isOpen: isOpen)
        self.versions = versions.map { other in
            Version(
                label: words.version(other.number),
                href: other.number == scene.live ? scene.here : "\(scene.here)/versions/\(other.number)",
                date: strings.date(other.publishedAt ?? other.createdAt), note: other.note.nonempty,
                isCurrent: other.number == version.number,
                changesHref: other.number > 1
                    ? "\(scene.here)/changes?from=\(other.number - 1)&to=\(other.number)" : nil)
        }
        hasVersions = versions.count > 1
    }
}

/// Where somebody wrote something, paragraph by paragraph.
struct TextAnnotationsPage: PageView {
    static let template = "consultations/text-annotations"

    struct Line: Sendable {
        let name: String
        let href: String
        let excerpt: String
        let notes: String
        let reply: String?
        /// « Lu dans la version 1 : ce paragraphe a été retiré. »
        let gone: String?
    }

    let crumbs: [TextCrumb]
    let heading: String
    let textLanguage: String?
    let lead: String
    let lines: [Line]
    let isEmpty: Bool

    static let sample = TextAnnotationsPage(
        crumbs: [.sample], heading: "Annotations", textLanguage: "de", lead: "12 annotations",
        lines: [
            Line(
                name: "Paragraphe 14", href: "/consultations/x/texts/y/paragraphs/12", excerpt: "La place…",
                notes: "3 commentaires", reply: "Réponse de la ville", gone: "Version 1")
        ], isEmpty: true)
}

extension TextAnnotationsPage {
    init(_ scene: TextScene, _ found: [AnnotatedParagraph]) {
        let (strings, words) = (scene.strings, TextWords(scene.strings))
        crumbs = scene.crumbs(toText: true)
        heading = strings("consultations.text.annotations")
        textLanguage = scene.foreign
        lead = strings.plural("consultations.text.annotations.count", scene.text.comments + scene.text.suggestions)
        lines = found.compactMap { annotated in
            guard let paragraph = annotated.passage.paragraph else { return nil }
            return Line(
                name: annotated.isLive
                    ? words.name(annotated.passage.place)
                    : strings(
                        "consultations.text.paragraph_in",
                        ["number": String(annotated.passage.place), "version": String(annotated.version)]),
                href: "\(scene.here)/paragraphs/\(paragraph.number)",
                excerpt: Markdown.excerpt(annotated.passage.block.body, characters: 160),
                notes: words.notes(paragraph, isOpen: false).words,
                reply: annotated.passage.hasReply ? strings("consultations.text.reply") : nil,
                gone: annotated.isLive
                    ? nil : strings("consultations.text.gone", ["number": String(annotated.version)]))
        }
        isEmpty = found.isEmpty
    }
}

/// What changed from one version to another.
struct TextChangesPage: PageView {
    static let template = "consultations/text-changes"

    let crumbs: [TextCrumb]
    let heading: String
    let textLanguage: String?
    let summary: [String]
    let versionsFrom: [SelectOption]
    let versionsTo: [SelectOption]
    let action: String
    let showsAll: Bool
    let changes: [TextChange]
    let isSame: Bool

    static let sample = TextChangesPage(
        crumbs: [.sample], heading: "De la version 1 à la version 2", textLanguage: "de", summary: ["2 reformulés"],
        versionsFrom: [SelectOption(value: "1", label: "Version 1", selected: true)],
        versionsTo: [SelectOption(value: "2", label: "Version 2", selected: true)],
        action: "/consultations/x/texts/y/changes", showsAll: false, changes: [.sample], isSame: true)
}

extension TextChangesPage {
    init(
        _ scene: TextScene, _ versions: [TextVersion], _ from: Int, _ to: Int, _ comparison: TextComparison,
        showsAll: Bool
    ) {
        let (strings, words) = (scene.strings, TextWords(scene.strings))
        func options(_ chosen: Int) -> [SelectOption] {
            versions.map {
                SelectOption(
                    value: String($0.number), label: words.version($0.number), selected: $0.number == chosen)
            }
        }
        crumbs = scene.crumbs(toText: true)
        heading = strings("consultations.text.changes.from_to", ["from": String(from), "to": String(to)])
        textLanguage = scene.foreign
        summary = TextChange.summary(comparison, strings)
        versionsFrom = options(from)
        versionsTo = options(to)
        action = "\(scene.here)/changes"
        self.showsAll = showsAll
        changes = comparison.entries.filter { showsAll || $0.change != .unchanged }.map { entry in
            TextChange(entry, strings) { "\(scene.here)/paragraphs/\($0)" }
        }
        isSame = comparison.entries.allSatisfy { $0.change == .unchanged }
    }
}

/// What became of one paragraph, in words and word by word.
struct TextChange: Sendable {
    let name: String
    let href: String?
    let status: StatusWord
    /// « Paragraphe 3 dans la version d’avant », where it moved.
    let was: String?
    let pieces: [WordDiff.Piece]

    static let sample = TextChange(
        name: "Paragraphe 14", href: "/consultations/x/texts/y/paragraphs/12", status: .sample, was: "avant : 3",
        pieces: WordDiff(from: "Un banc.", to: "Deux bancs.").pieces)
}

extension TextChange {
    /// What an entry of a comparison says; `address` gives the page of a paragraph by its lasting number.
    init(_ entry: TextComparison.Entry, _ strings: Strings, address: (Int) -> String?) {
        let words = TextWords(strings)
        let (before, after): (TextPassage?, TextPassage?) = (entry.before, entry.after)
        name = words.name((after ?? before)?.place ?? 0)
        href = (after?.paragraph ?? before?.paragraph).flatMap { address($0.number) }
        status = Self.status(entry.change, strings)
        let isElsewhere: Bool = after != nil && before != nil && after?.place != before?.place
        was = isElsewhere ? strings("consultations.text.was", ["number": String(before?.place ?? 0)]) : nil
        pieces = WordDiff(from: before?.block.body ?? "", to: after?.block.body ?? "").pieces
    }

    /// The word for a change.
    static func status(_ change: TextComparison.Change, _ strings: Strings) -> StatusWord {
        let tones: [TextComparison.Change: String] = [
            .reworded: "now", .moved: "now", .movedAndReworded: "now", .added: "good", .removed: "bad",
        ]
        let word: String = strings("consultations.text.change.\(change.rawValue)")
        return StatusWord(word: word, tone: tones[change], meaning: word)
    }

    /// How many paragraphs changed in which way, in the order of the cases.
    static func summary(_ comparison: TextComparison, _ strings: Strings) -> [String] {
        let counts: [TextComparison.Change: Int] = comparison.counts
        return TextComparison.Change.allCases.compactMap { change in
            counts[change].map { strings.plural("consultations.text.change.\(change.rawValue).count", $0) }
        }
    }
}
