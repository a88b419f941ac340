import Participation

/// The places of a vote at the desk.
struct PlacesDeskPage: PageView {
    static let template = "places/places"

    struct Line: Sendable {
        let name: String
        let href: String
        let handle: String
        let kind: String
        let papers: String
        let waiting: String
    }

    let voteTitle: String
    let voteHref: String?
    let publicHref: String
    let places: [Line]
    let isEmpty: Bool
    let isPlanner: Bool
    let form: PlaceFormView
    let errors: ErrorSummary?

    static let sample = PlacesDeskPage(
        voteTitle: "Budget", voteHref: "/desk/votes/x", publicHref: "/votes/x/places",
        places: [
            Line(
                name: "Mairie", href: "/desk/votes/x/places/mairie", handle: "mairie", kind: "Table", papers: "12",
                waiting: "0")
        ], isEmpty: true, isPlanner: true, form: .sample,
        errors: ErrorSummary(items: [.init(field: "handle", text: "Manque")]))
}

/// One place: where its pages are, its figures, who works there.
struct PlaceDeskPage: PageView {
    static let template = "places/place"

    struct ShiftLine: Sendable {
        let name: String
        let starts: String
        let ends: String
        let cancelAction: String
    }

    let title: String
    let base: String
    let crumbs: [PlaceLink]
    let links: [PlaceLink]
    let facts: [PlaceFact]
    let counts: [PlaceFact]
    let reported: String?
    let shifts: [ShiftLine]
    let hasShifts: Bool
    let isPlanner: Bool
    let fields: [Field]
    let errors: ErrorSummary?

    static let sample = PlaceDeskPage(
        title: "Mairie", base: "/desk/votes/x/places/mairie", crumbs: [PlaceLink(label: "Bureau", href: "/desk")],
        links: [PlaceLink(label: "Émarger", href: "/desk/votes/x/places/mairie/issue")],
        facts: [PlaceFact(name: "Adresse", text: "1 place")], counts: [PlaceFact(name: "Remis", text: "3")],
        reported: "Rapport 1",
        shifts: [ShiftLine(name: "Ada", starts: "8 h", ends: "12 h", cancelAction: "/x")], hasShifts: true,
        isPlanner: true, fields: [FieldErrors.sampleField],
        errors: ErrorSummary(items: [.init(field: "email", text: "Manque")]))
}

/// What is said of a place, to change it.
struct PlaceSettingsPage: PageView {
    static let template = "places/settings"

    let title: String
    let crumbs: [PlaceLink]
    let removal: String
    let form: PlaceFormView
    let errors: ErrorSummary?

    static let sample = PlaceSettingsPage(
        title: "Décrire", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], removal: "/x", form: .sample,
        errors: ErrorSummary(items: [.init(field: "name-fr", text: "Manque")]))
}

/// The officers' screen for a queue.
struct IssuePage: PageView {
    static let template = "places/issue"

    struct Line: Sendable {
        /// The access key of its button.
        let key: String
        let person: String
        let name: String
        let birth: String
        let address: String
        let number: String?
        let voted: String?
        let effect: String?
        let canMark: Bool
        let isFirst: Bool
        let kioskHref: String?
    }

    struct Done: Sendable {
        let words: String
        let annulment: String
    }

    let title: String
    let crumbs: [PlaceLink]
    let base: String
    let errors: ErrorSummary?
    let words: String
    let focusSearch: Bool
    let lines: [Line]
    let nobody: String?
    let declareHref: String?
    let done: Done?
    let counts: [PlaceFact]
    let noDevice: Bool
    let devicesHref: String

    static let sample = IssuePage(
        title: "Émarger", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], base: "/x",
        errors: ErrorSummary(items: [.init(field: nil, text: "Déjà voté")]), words: "mar", focusSearch: true,
        lines: [
            Line(
                key: "1", person: "p", name: "MARTIN Ada", birth: "1970", address: "1 rue", number: "12",
                voted: "Voté", effect: "Remplace", canMark: true, isFirst: true, kioskHref: "/x")
        ], nobody: "Personne", declareHref: "/x", done: Done(words: "Marquée", annulment: "/x"),
        counts: [PlaceFact(name: "Remis", text: "3")], noDevice: true, devicesHref: "/x")
}

/// Devices of a place, opened and closed with a report.
struct DevicesPage: PageView {
    static let template = "places/devices"

    struct Line: Sendable {
        let name: String
        let purpose: String
        let opened: String
        let closed: String?
        let closing: String?
    }

    let title: String
    let crumbs: [PlaceLink]
    let action: String
    let devices: [Line]
    let isEmpty: Bool
    let purposes: [SelectOption]
    let fields: [Field]
    let errors: ErrorSummary?

    static let sample = DevicesPage(
        title: "Appareils", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x",
        devices: [Line(name: "Borne 1", purpose: "Borne", opened: "Ada", closed: "Ada", closing: "/x")],
        isEmpty: true, purposes: [SelectOption(value: "table", label: "Table", selected: true)],
        fields: [FieldErrors.sampleField], errors: ErrorSummary(items: [.init(field: "name", text: "Manque")]))
}

/// The report of a place.
struct PlaceReportPage: PageView {
    static let template = "places/report"

    struct Line: Sendable {
        let version: String
        let received: String
        let issued: String
        let spoiled: String
        let returned: String
        let missing: String
        let isClosed: Bool
        let remark: String
        let signed: String
    }

    let title: String
    let crumbs: [PlaceLink]
    let action: String
    let receivedAction: String
    let papers: Field
    let fields: [Field]
    let remark: Field
    let reports: [Line]
    let hasReports: Bool
    let errors: ErrorSummary?

    static let sample = PlaceReportPage(
        title: "Rapport", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x", receivedAction: "/x",
        papers: FieldErrors.sampleField, fields: [FieldErrors.sampleField], remark: FieldErrors.sampleField,
        reports: [
            Line(
                version: "1", received: "100", issued: "90", spoiled: "2", returned: "8", missing: "0", isClosed: true,
                remark: "Rien", signed: "Ada")
        ], hasReports: true, errors: ErrorSummary(items: [.init(field: "issued", text: "Manque")]))
}

/// Lines of a printed list, and the one that waits.
struct LinesPage: PageView {
    static let template = "places/lines"

    struct Conflict: Sendable {
        let heading: String
        let other: String
        let policy: String
        let effect: String
        let action: String
    }

    let title: String
    let crumbs: [PlaceLink]
    let action: String
    let printHref: String
    let errors: ErrorSummary?
    let typed: Input
    let file: Input
    let conflict: Conflict?
    let waiting: String?

    static let sample = LinesPage(
        title: "Liste", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x", printHref: "/y",
        errors: ErrorSummary(items: [.init(field: "lines", text: "Manque")]),
        typed: Input(name: "lines", value: "3, 12", error: "Manque"), file: Input(name: "file", error: "Manque"),
        conflict: Conflict(heading: "Ligne 3", other: "Voté", policy: "Papier", effect: "Annule", action: "/x"),
        waiting: "2 lignes")
}

/// Envelopes with stubs.
struct EnvelopesPage: PageView {
    static let template = "places/envelopes"

    struct Found: Sendable {
        let key: String
        let person: String
        let name: String
        let birth: String
        let address: String
        let voted: String?
        let isFirst: Bool
    }

    struct Line: Sendable {
        let number: String
        let name: String
        let received: String
        let state: String
        let isWaiting: Bool
        let base: String
    }

    let title: String
    let crumbs: [PlaceLink]
    let base: String
    let errors: ErrorSummary?
    let words: String
    let focusSearch: Bool
    let found: [Found]
    let nobody: String?
    let envelopes: [Line]
    let isEmpty: Bool
    let ready: String?
    let allHref: String?

    static let sample = EnvelopesPage(
        title: "Enveloppes", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], base: "/x",
        errors: ErrorSummary(items: [.init(field: nil, text: "Non")]), words: "mar", focusSearch: true,
        found: [
            Found(
                key: "1", person: "p", name: "MARTIN Ada", birth: "1970", address: "1 rue", voted: "Voté",
                isFirst: true)
        ], nobody: "Personne",
        envelopes: [
            Line(number: "1", name: "MARTIN Ada", received: "hier", state: "reçue", isWaiting: true, base: "/x/1")
        ], isEmpty: true, ready: "2 prêtes", allHref: "/x?all=1")
}

/// Where and how one can vote otherwise than online, for everybody.
struct VotePlacesPage: PageView {
    static let template = "places/public"

    struct PlaceCard: Sendable {
        let name: String
        let nameLanguage: String?
        let kind: String
        let facts: [PlaceFact]
    }

    let voteTitle: String
    let voteHref: String
    let places: [PlaceCard]
    let isEmpty: Bool
    let policy: String?
    let helped: String?

    static let sample = VotePlacesPage(
        voteTitle: "Budget", voteHref: "/votes/x",
        places: [
            PlaceCard(
                name: "Mairie", nameLanguage: "fr", kind: "Papier",
                facts: [PlaceFact(name: "Adresse", text: "1 place")])
        ], isEmpty: true, policy: "Le premier vote compte.", helped: "3 personnes")
}
