import Hummingbird
import Participation

/// A text of a consultation as the agents of its process work on it.
struct TextDeskScene: Sendable {
    let desk: ConsultationScene
    let text: ConsultationText
    /// Its versions, the latest first, the draft among them.
    let versions: [TextVersion]

    var strings: Strings { desk.strings }
    var actor: Actor { desk.actor }
    /// The address of its page at the desk.
    var own: String { "\(desk.own)/texts/\(text.handle)" }
    var draft: TextVersion? { versions.first { $0.publishedAt == nil } }
    var foreign: String? { text.language.foreign(to: strings.language) }

    /// The text of the path, for agents of its process; absent for everybody else.
    static func find(
        _ context: AppContext, _ processes: Processes, _ strings: Strings, _ consultations: Consultations,
        _ texts: ConsultationTexts
    ) async throws -> TextDeskScene {
        let desk: ConsultationScene = try await .find(context, processes, strings, consultations)
        guard let text = try await texts.find(try context.slug("text"), of: try desk.required().id) else {
            throw Absent()
        }
        return TextDeskScene(desk: desk, text: text, versions: try await texts.versions(of: text.id))
    }

    /// The way back to the list of texts, and to the text from the pages below it.
    func crumbs(toText: Bool) -> [PlaceLink] {
        desk.crumbs + [PlaceLink(label: strings("consultations.text.list"), href: "\(desk.own)/texts")]
            + (toText ? [PlaceLink(label: text.title, href: own)] : [])
    }
}

extension Refused<TextRefusal> {
    /// The refusal as the forms about texts show it.
    func fieldErrors(_ strings: Strings) -> FieldErrors {
        var errors = FieldErrors()
        for reason in reasons {
            switch reason {
            case .titleMissing: errors.add("title", "consultations.text.error.title_missing")
            case .titleTooLong(let excess):
                errors.add("title", "consultations.text.error.too_long", ["count": strings.number(excess)])
            case .introductionTooLong(let excess):
                errors.add("introduction", "consultations.text.error.too_long", ["count": strings.number(excess)])
            case .noteTooLong(let excess):
                errors.add("note", "consultations.text.error.too_long", ["count": strings.number(excess)])
            case .empty: errors.add("words", "consultations.text.error.empty")
            case .tooManyBlocks(let count):
                errors.add(
                    "words", "consultations.text.error.too_many",
                    ["count": strings.number(count), "most": strings.number(TextBlock.most)])
            case .blockTooLong(let place, let excess):
                errors.add(
                    "words", "consultations.text.error.block_too_long",
                    ["number": String(place), "count": strings.number(excess)])
            case .outdated: errors.add("", "consultations.text.error.draft_outdated")
            case .noDraft: errors.add("", "consultations.text.error.no_draft")
            case .unchanged: errors.add("", "consultations.text.error.draft_unchanged")
            case .unknownParagraph(let place):
                errors.add("match-\(place)", "consultations.text.error.unknown", ["number": String(place)])
            case .sameParagraph(let place):
                errors.add("match-\(place)", "consultations.text.error.same", ["number": String(place)])
            }
        }
        return errors
    }
}

/// What the two pages of a consultation tell of its texts.
struct TextsPart: ConsultationPart {
    let texts: ConsultationTexts

    func lines(_ visit: ConsultationVisit) async throws -> [ConsultationLine] {
        let strings: Strings = visit.strings
        return try await texts.list(of: visit.consultation.id).filter { $0.liveVersion != nil }.map { text in
            let isOpen: Bool = visit.consultation.isCollecting
            let count: Int = text.comments + text.suggestions
            return ConsultationLine(
                .part, title: text.title, titleLanguage: text.language.foreign(to: strings.language),
                href: "\(visit.own)/texts/\(text.handle)",
                words: isOpen
                    ? strings(
                        "consultations.text.line.open", ["date": strings.moment(visit.consultation.collectsUntil)])
                    : strings.plural("consultations.text.annotations.count", count),
                action: isOpen ? strings("consultations.text.line.action") : nil)
        }
    }

    func deskLines(_ scene: ConsultationScene, of consultation: Consultation) async throws -> [ConsultationDeskLine] {
        let strings: Strings = scene.strings
        let found: [ConsultationText] = try await texts.list(of: consultation.id)
        return [
            ConsultationDeskLine(title: strings("consultations.text.list"), href: "\(scene.own)/texts")
        ]
            + found.map { text in
                ConsultationDeskLine(
                    title: text.title, href: "\(scene.own)/texts/\(text.handle)",
                    words: [
                        strings.plural("consultations.text.annotations.count", text.comments + text.suggestions),
                        text.pending == 0 ? nil : strings.plural("consultations.text.waiting", text.pending),
                    ].compactMap(\.self).joined(separator: ", "), isContribution: text.liveVersion != nil)
            }
    }
}
