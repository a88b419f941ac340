import Participation

/// What every page about a gathering says of it first.
struct GatheringHead: Sendable {
    let title: String
    let titleLanguage: String?
    let href: String
    let when: String
    let place: String?
    let status: StatusWord
    /// The list of all walks, or of all events.
    let list: PlaceLink

    static let sample = GatheringHead(
        title: "La gare, la nuit", titleLanguage: "fr", href: "/walks/x", when: "samedi 5 décembre 2026",
        place: "Devant la gare", status: .sample, list: PlaceLink(label: "Marches", href: "/walks"))

    private init(
        title: String, titleLanguage: String?, href: String, when: String, place: String?, status: StatusWord,
        list: PlaceLink
    ) {
        self.title = title
        self.titleLanguage = titleLanguage
        self.href = href
        self.when = when
        self.place = place
        self.status = status
        self.list = list
    }

    init(_ occasion: Occasion, _ standing: GatheringStanding, _ strings: Strings) {
        let place: String = GatheringWords(strings).place(occasion)
        self.init(
            title: occasion.title(strings.language), titleLanguage: occasion.title.foreign(to: strings.language),
            href: occasion.path, when: GatheringWords(strings).when(occasion.gathering),
            place: place.isEmpty ? nil : place, status: standing.status(strings), list: occasion.kind.list(strings))
    }
}

/// The form with which somebody registers.
struct RegistrationPage: PageView {
    static let template = "gatherings/registration"

    let head: GatheringHead
    let errors: ErrorSummary?
    /// Registration is possible: the form is there.
    let isOpen: Bool
    /// There is no room: the sentence about the waiting list.
    let waiting: String?
    let action: String
    /// Who registers, when they are signed in.
    let account: String?
    let signInHref: String?
    let person: [Field]
    let party: PartyFields
    let submit: String
    let kept: String
    let phone: String

    static let sample = RegistrationPage(
        head: .sample, errors: ErrorSummary(items: [.init(field: "name", text: "Manque")]), isOpen: true,
        waiting: "Vous attendrez.", action: "/walks/x/registration", account: "Ada", signInHref: "/sign-in",
        person: [.sample(named: "name")], party: .sample, submit: "S’inscrire",
        kept: "Trente jours.", phone: "01")
}

/// What a visitor sees who has registered: what happens is in the letter.
struct RegistrationSentPage: PageView {
    static let template = "gatherings/sent"

    let head: GatheringHead
    let title: String
    let words: String
    let calendarHref: String?
    let mailHref: String?

    static let sample = RegistrationSentPage(
        head: .sample, title: "Merci", words: "Une lettre est partie.", calendarHref: "/walks/x.ics",
        mailHref: "/dev/mail")
}

/// One's own registration: what it says, changed or cancelled.
struct OwnRegistrationPage: PageView {
    static let template = "gatherings/own"

    let head: GatheringHead
    let errors: ErrorSummary?
    let title: String
    let status: StatusWord
    let facts: [PlaceFact]
    /// How many places are left for a party that waits, when it could be smaller.
    let smaller: String?
    let calendarHref: String?
    /// The address of the forms; nil when nothing can be changed any more.
    let action: String?
    /// Where one joins from elsewhere; nil where there is no such place, or for who waits.
    let onlineAddress: String?
    let party: PartyFields
    let kept: String

    static let sample = OwnRegistrationPage(
        head: .sample, errors: ErrorSummary(items: [.init(field: "companions", text: "Trop")]),
        title: "Votre inscription", status: .sample, facts: [PlaceFact(name: "Pour", text: "2 personnes")],
        smaller: "Il reste une place.", calendarHref: "/walks/x.ics", action: "/walks/x/registration/y",
        onlineAddress: "https://example.org/salle", party: .sample, kept: "Trente jours.")
}

/// What somebody with an account has registered for.
struct MyRegistrationsPage: PageView {
    static let template = "gatherings/mine"

    struct Line: Sendable {
        let head: GatheringHead
        let status: StatusWord
        let party: String
        let ownHref: String
    }

    let lines: [Line]
    let hasLines: Bool

    static let sample = MyRegistrationsPage(
        lines: [Line(head: .sample, status: .sample, party: "2 personnes", ownHref: "/walks/x/registration/y")],
        hasLines: true)
}

extension StatusWord {
    /// Where a registration stands.
    init(_ state: Registration.State, position: Int?, _ strings: Strings) {
        let tone: String? =
            switch state {
            case .registered: "good"
            case .waiting: "wait"
            case .cancelled: "bad"
            }
        self.init(
            word: strings("gatherings.state.\(state.rawValue)"), tone: tone,
            meaning: position.map { strings("gatherings.position", ["position": strings.number($0)]) }
                ?? strings("gatherings.state.\(state.rawValue).words"))
    }
}
