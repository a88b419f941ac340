import Participation

/// “Photos and documents” of a proposal, for those who may change them.
struct ProposalMediaPage: PageView {
    static let template = "media/proposal"

    /// A file that is there.
    struct Item: Sendable {
        let id: String
        let name: String
        /// What an image shows, or what kind of document it is.
        let words: String
        let photo: MediaView.Photo?
        /// It can be described.
        let isImage: Bool
        let href: String
        let base: String
        let isFirst: Bool
        let alt: Input
        let isDecorative: Bool
        /// Its description was refused a moment ago.
        let isOpen: Bool
    }

    let errors: ErrorSummary?
    let title: String
    let proposalTitle: String
    let language: String
    /// Where one is in the writing of a draft; nil once it is public.
    let stepWords: String?
    /// The page before, and its name.
    let backHref: String
    let back: String
    /// The next step of a draft.
    let onHref: String?
    let lead: String
    let items: [Item]
    let hasItems: Bool
    let action: String
    /// Said instead of the form when there is no room.
    let full: String?
    let file: Input
    let fileHint: String
    let alt: Input
    let isDecorative: Bool

    static let sample = ProposalMediaPage(
        errors: ErrorSummary(items: [.init(field: "file", text: "Choisissez un fichier.")]), title: "Photos",
        proposalTitle: "Une fontaine", language: "fr", stepWords: "Étape 4 sur 5", backHref: "/proposals/12",
        back: "Revenir",
        onHref: "/proposals/drafts/x/check",
        lead: "Au plus 8 fichiers.",
        items: [
            Item(
                id: "x", name: "rue.jpg", words: "Une rue", photo: MediaView.sample.photos[0], isImage: true,
                href: "/media/x/large", base: "/proposals/12/media/x", isFirst: false,
                alt: Input(name: "alt-x", value: "Une rue", error: "–"),
                isDecorative: true, isOpen: true)
        ], hasItems: true, action: "/proposals/12/media", full: "Il y a déjà 8 fichiers.",
        file: Input(name: "file", error: "Choisissez un fichier."), fileHint: "10 Mo au plus.",
        alt: Input(name: "alt", value: "Une rue", error: "Trop long."), isDecorative: true)
}

extension ProposalMediaPage {
    init(
        _ proposal: Proposal, _ media: [Medium], _ form: MediaForm, _ errors: FieldErrors, _ strings: Strings
    ) {
        let base = "/proposals/\(proposal.number)/media"
        let megabytes: String = strings.number(Media.byteLimit >> 20)
        let limit: String = strings.number(ProposalMedia.limit)
        let isNew: Bool = form.medium == nil
        self.errors = errors.summary(strings)
        title = strings("media.title")
        proposalTitle = proposal.title
        language = proposal.language.rawValue
        if proposal.publishedAt == nil {
            let draft = "/proposals/drafts/\(proposal.id)"
            stepWords = Self.progress(strings)
            backHref = "\(draft)/author"
            back = strings("media.back.draft")
            onHref = "\(draft)/check"
        } else {
            stepWords = nil
            backHref = "/proposals/\(proposal.number)"
            back = strings("media.back.proposal")
            onHref = nil
        }
        lead = strings("media.lead", ["limit": limit, "megabytes": megabytes])
        items = media.enumerated().map { index, medium in
            Item(
                medium, base: "\(base)/\(medium.id)", isFirst: index == 0,
                refused: form.medium == medium.id ? form : nil,
                errors, strings)
        }
        hasItems = !media.isEmpty
        action = base
        full = media.count < ProposalMedia.limit ? nil : strings("media.full", ["limit": limit])
        file = errors.input("file", strings)
        fileHint = strings("media.file.hint", ["megabytes": megabytes])
        alt = errors.input("alt", value: isNew ? form.alt : "", strings)
        isDecorative = isNew && form.isDecorative
    }
}

extension ProposalMediaPage {
    /// « Étape 4 sur 5 : photos et documents », as on the other pages of a draft.
    private static func progress(_ strings: Strings) -> String {
        let number: Int = (WritingWords.steps.firstIndex(of: "media") ?? 0) + 1
        return strings(
            "proposals.writing.step",
            [
                "number": strings.number(number), "count": strings.number(WritingWords.steps.count),
                "step": strings("proposals.writing.step.media"),
            ])
    }
}

extension ProposalMediaPage.Item {
    fileprivate init(
        _ medium: Medium, base: String, isFirst: Bool, refused: MediaForm?, _ errors: FieldErrors, _ strings: Strings
    ) {
        id = String(describing: medium.id)
        name = medium.name
        photo = MediaView.Photo(medium)
        isImage = medium.kind == .image
        words =
            switch medium.kind {
            case .document: medium.kindWords(strings)
            case .image: medium.alt.isEmpty ? strings("media.undescribed") : medium.alt
            }
        href = medium.address(medium.kind == .image ? .large : .document)
        self.base = base
        self.isFirst = isFirst
        alt = errors.input("alt-\(medium.id)", value: refused?.alt ?? medium.alt, strings)
        isDecorative = refused?.isDecorative ?? medium.alt.isEmpty
        isOpen = refused != nil
    }
}
