import Participation

/// Where somebody is in the writing of a proposal, for the top of each page.
struct WritingStep: Sendable {
    let processTitle: String
    /// Progress in words.
    let words: String
    /// The step before; nil on the first.
    let back: String?
    /// Where one leaves to; what is saved can be taken up there.
    let leave: String

    static let sample = WritingStep(
        processTitle: "Diagonales", words: "Étape 2 sur 5 : où", back: "/proposals/drafts/x/idea",
        leave: "/account/proposals")
}

/// A part of a proposal in words: what stands under a heading.
struct WritingAnswer: Sendable {
    let name: String
    let value: String
    let isMoney: Bool

    init(name: String, value: String, isMoney: Bool = false) {
        self.name = name
        self.value = value
        self.isMoney = isMoney
    }
}

/// What a co-author wrote in the same part meanwhile.
struct WritingNews: Sendable {
    let answers: [WritingAnswer]

    static let sample = WritingNews(answers: [WritingAnswer(name: "Titre", value: "Une fontaine")])
}

/// The fields of the idea: title, text, theme.
struct IdeaFields: Sendable {
    let title: Input
    let body: Input
    let theme: Input
    let themes: [SelectOption]
    let hasThemes: Bool

    static let sample = IdeaFields(
        title: Input(name: "title", value: "Une fontaine", error: "—"), body: Input(name: "body", error: "—"),
        theme: Input(name: "theme", error: "—"),
        themes: [SelectOption(value: "x", label: "Nature", selected: true)], hasThemes: true)
}

/// The fields of the place: a district, words, a point; one of them is enough.
struct PlaceFields: Sendable {
    let district: Input
    let districts: [SelectOption]
    let hasDistricts: Bool
    let place: Input
    let latitude: Input
    let longitude: Input
    /// Whether the point is shown from the beginning.
    let isPointOpen: Bool
    /// The map on which it can be chosen.
    let map: MapView?

    static let sample = PlaceFields(
        district: Input(name: "district", error: "—"),
        districts: [SelectOption(value: "centre", label: "Centre", selected: true)], hasDistricts: true,
        place: Input(name: "place", value: "Devant l’école", error: "—"),
        latitude: Input(name: "latitude", value: "47.75", error: "—"),
        longitude: Input(name: "longitude", value: "7.33", error: "—"), isPointOpen: true, map: .sample)
}

/// The fields of the author: alone, in a group or for an association; and a rough cost.
struct AuthorFields: Sendable {
    let kinds: [SelectOption]
    let groupName: Input
    let cost: Input
    let costHint: String
    /// Under which name the account appears.
    let named: String

    static let sample = AuthorFields(
        kinds: [SelectOption(value: "group", label: "En groupe", selected: true)],
        groupName: Input(name: "group_name", value: "Les voisins", error: "—"), cost: Input(name: "cost", error: "—"),
        costHint: "50 000 € au plus.", named: "Votre nom, Ada, sera public.")
}

/// A step in which something is written.
struct WritingPage: PageView {
    static let template = "proposals/writing"

    let step: WritingStep
    let title: String
    let lead: String?
    let guidance: [String]
    let action: String
    let edition: String
    /// The identity that a draft not yet begun will have, so that a form sent twice begins one.
    let fresh: String?
    let errors: ErrorSummary?
    let news: WritingNews?
    let idea: IdeaFields?
    let location: PlaceFields?
    let author: AuthorFields?
    let authorsHref: String?

    static let sample = WritingPage(
        step: .sample, title: "Votre idée", lead: "Quelques phrases suffisent.", guidance: ["Pensez vert."],
        action: "/proposals/drafts/x/idea", edition: "0011", fresh: "x",
        errors: ErrorSummary(items: [.init(field: "title", text: "Donnez un titre.")]), news: .sample,
        idea: .sample, location: .sample, author: .sample, authorsHref: "/account/proposals/x/authors")
}

/// The way in for somebody who is not signed in, told before they type.
struct WritingEntrancePage: PageView {
    static let template = "proposals/writing-entrance"

    let processTitle: String
    let processHref: String
    let guidance: [String]
    let signInHref: String
    let signUpHref: String
    let formHref: String
    let isOpen: Bool

    static let sample = WritingEntrancePage(
        processTitle: "Diagonales", processHref: "/processes/d", guidance: ["Pensez vert."],
        signInHref: "/sign-in?next=x", signUpHref: "/sign-up?next=x", formHref: "/processes/d/proposals/form",
        isOpen: true)
}

/// A proposal that may be the same as the reader's.
struct SimilarItem: Sendable {
    let href: String
    let number: String
    let title: String
    let wroteIn: String?
    let status: StatusWord

    static let sample = SimilarItem(
        href: "/proposals/4", number: "4", title: "Ein Brunnen", wroteIn: "de", status: .sample)
}

/// What others have proposed already, right after the first step.
struct WritingSimilarPage: PageView {
    static let template = "proposals/writing-similar"

    let step: WritingStep
    let similar: [SimilarItem]
    let onHref: String

    static let sample = WritingSimilarPage(step: .sample, similar: [.sample], onHref: "/proposals/drafts/x/place")
}

/// All that was written, to be checked before it is published.
struct WritingCheckPage: PageView {
    static let template = "proposals/writing-check"

    /// A part with the way back to it.
    struct Part: Sendable {
        let heading: String
        let href: String
        let change: String
        let answers: [WritingAnswer]
    }

    let step: WritingStep
    let errors: ErrorSummary?
    let parts: [Part]
    /// The text as HTML.
    let text: String
    let similar: [SimilarItem]
    let hasSimilar: Bool
    let consequences: [String]
    let isWhole: Bool
    let action: String
    let deleteHref: String?

    static let sample = WritingCheckPage(
        step: .sample, errors: ErrorSummary(items: [.init(field: "title", on: "/x", text: "Donnez un titre.")]),
        parts: [
            Part(heading: "Votre idée", href: "/x", change: "Modifier votre idée", answers: WritingNews.sample.answers)
        ],
        text: "<p>Une fontaine.</p>", similar: [.sample], hasSimilar: true,
        consequences: ["Tout le monde pourra la lire."],
        isWhole: true, action: "/proposals/drafts/x/publication", deleteHref: "/proposals/drafts/x/deletion")
}

/// What happens once a proposal is published.
struct WritingDonePage: PageView {
    static let template = "proposals/writing-done"

    let title: String
    let number: String
    let href: String
    let address: String
    let next: [String]
    let authorsHref: String
    let mineHref: String

    static let sample = WritingDonePage(
        title: "Une fontaine", number: "12", href: "/proposals/12", address: "https://ville.example/proposals/12",
        next: ["La ville la lit."], authorsHref: "/account/proposals/x/authors", mineHref: "/account/proposals")
}

/// Asks whether a draft is to be thrown away.
struct WritingDeletionPage: PageView {
    static let template = "proposals/writing-deletion"

    let title: String
    let action: String
    let backHref: String

    static let sample = WritingDeletionPage(
        title: "Une fontaine", action: "/proposals/drafts/x/deletion", backHref: "/account/proposals")
}

/// A published proposal, changed by its authors: all parts on one page.
struct WritingEditPage: PageView {
    static let template = "proposals/writing-edit"

    let number: String
    let href: String
    let edition: String
    let errors: ErrorSummary?
    let news: WritingNews?
    let idea: IdeaFields
    let location: PlaceFields
    let author: AuthorFields

    static let sample = WritingEditPage(
        number: "12", href: "/proposals/12", edition: "0011", errors: nil, news: .sample, idea: .sample,
        location: .sample, author: .sample)
}

/// The drafts and proposals of an account.
struct MyProposalsPage: PageView {
    static let template = "proposals/writing-mine"

    struct Item: Sendable {
        let title: String
        let wroteIn: String?
        let href: String
        let processTitle: String
        let date: String
        let status: String
        let tone: String?
        let isDraft: Bool
        let authorsHref: String
        let deleteHref: String?
        let editHref: String?
    }

    let drafts: [Item]
    let proposals: [Item]
    let hasDrafts: Bool
    let hasProposals: Bool
    let isEmpty: Bool
    let older: String?

    static let sample = MyProposalsPage(
        drafts: [
            Item(
                title: "Une fontaine", wroteIn: "fr", href: "/x", processTitle: "Diagonales", date: "hier",
                status: "Brouillon", tone: "wait", isDraft: true, authorsHref: "/x", deleteHref: "/x", editHref: nil)
        ],
        proposals: [
            Item(
                title: "Un banc", wroteIn: nil, href: "/x", processTitle: "Diagonales", date: "hier", status: "Reçue",
                tone: "now", isDraft: false, authorsHref: "/x", deleteHref: nil, editHref: "/x")
        ], hasDrafts: true, hasProposals: true, isEmpty: true, older: "/account/proposals?before=x")
}

/// Who writes a proposal, and who is asked to.
struct CoAuthorsPage: PageView {
    static let template = "proposals/writing-authors"

    struct Author: Sendable {
        let name: String
        let isYou: Bool
    }

    struct Pending: Sendable {
        let email: String
        let words: String
        /// Takes the invitation back; nil once it has been declined.
        let action: String?
    }

    let title: String
    let backHref: String
    let action: String
    let leaveAction: String?
    let errors: ErrorSummary?
    let email: Field
    let canInvite: Bool
    let authors: [Author]
    let pending: [Pending]
    let hasPending: Bool

    static let sample = CoAuthorsPage(
        title: "Une fontaine", backHref: "/x", action: "/account/proposals/x/authors",
        leaveAction: "/account/proposals/x/departure",
        errors: ErrorSummary(items: [.init(field: "email", text: "Écrivez une adresse.")]),
        email: Field(
            name: "email", label: "Adresse", type: "email", value: "x", hint: "—", problem: "Écrivez une adresse.",
            optional: false, autocomplete: "off", inputmode: "email", size: nil, described: "email-hint"),
        canInvite: true, authors: [Author(name: "Ada", isYou: true)],
        pending: [Pending(email: "b@ville.example", words: "Invitée hier", action: "/x")], hasPending: true)
}

/// What the link of an invitation shows.
struct InvitationPage: PageView {
    static let template = "proposals/writing-invitation"

    let title: String
    let wroteIn: String?
    let inviter: String
    let until: String
    let text: String
    let isSignedIn: Bool
    let asName: String
    let signInHref: String
    let signUpHref: String
    let acceptAction: String
    let declineAction: String

    static let sample = InvitationPage(
        title: "Ein Brunnen", wroteIn: "de", inviter: "Ada vous propose d’écrire.", until: "Jusqu’au 3 mars.",
        text: "<p>Ein Brunnen.</p>", isSignedIn: true, asName: "Vous serez nommé Bob.", signInHref: "/sign-in?next=x",
        signUpHref: "/sign-up?next=x", acceptAction: "/x", declineAction: "/x")
}
