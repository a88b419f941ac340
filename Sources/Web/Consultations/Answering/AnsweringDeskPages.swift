import Participation

/// The one-time codes of a questionnaire.
struct AnswerCodesPage: PageView {
    static let template = "consultations/answer-codes"

    struct Line: Sendable {
        let number: String, label: String, date: String, who: String, issued: String, used: String, void: String
    }

    let crumbs: [PlaceLink]
    let questionnaire: String, action: String
    let errors: ErrorSummary?
    let isUnused: Bool
    let count: Field, label: Field, package: Field, number: Field
    let packages: [Line], hasPackages: Bool

    static let sample = AnswerCodesPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], questionnaire: "Vos usages", action: "/x",
        errors: ErrorSummary(items: [.init(field: "count", text: "—")]), isUnused: true, count: FieldErrors.sampleField,
        label: FieldErrors.sampleField, package: FieldErrors.sampleField, number: FieldErrors.sampleField,
        packages: [
            Line(number: "1", label: "Marché", date: "1er mai", who: "Ada", issued: "10", used: "2", void: "1")
        ], hasPackages: true)
}

extension AnswerCodesPage.Line {
    init(_ package: AnswerCodePackage, _ strings: Strings) {
        number = strings.number(package.number)
        label = package.label
        date = strings.date(package.madeAt)
        who = package.madeBy ?? ""
        issued = strings.number(package.issued)
        used = strings.number(package.used)
        void = strings.number(package.void)
    }
}

/// Cards with a one-time code each.
struct AnswerCardsSheet: PageView {
    static let template = "consultations/answer-cards"

    struct Card: Sendable {
        let title: String, code: String, address: String, picture: String, until: String, number: String
    }

    let classes: String, backHref: String
    let cards: [Card]

    static let sample = AnswerCardsSheet(
        classes: "a4 answer-cards", backHref: "/x",
        cards: [
            Card(
                title: "Vos usages", code: "ABCD-EFGH-JKMN", address: "https://city.example/x", picture: "<svg/>",
                until: "Jusqu’au 3 mars", number: "1-1")
        ])
}

/// Devices of a questionnaire, and what agents enter.
struct AnswerDevicesPage: PageView {
    static let template = "consultations/answer-devices"

    struct Line: Sendable {
        let name: String, since: String, closing: String
    }

    let crumbs: [PlaceLink]
    let questionnaire: String
    let errors: ErrorSummary?
    let action: String, entryAction: String
    let takesDevices: Bool, takesEntries: Bool
    let name: Field
    let devices: [Line], hasDevices: Bool

    static let sample = AnswerDevicesPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], questionnaire: "Vos usages",
        errors: ErrorSummary(items: [.init(field: "name", text: "—")]), action: "/x", entryAction: "/x",
        takesDevices: true, takesEntries: true, name: FieldErrors.sampleField,
        devices: [Line(name: "Borne 1", since: "depuis 8 h", closing: "/x")], hasDevices: true)
}
