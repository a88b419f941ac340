import Foundation
import Participation

/// The form with which an agent opens an account for somebody present.
struct AssistanceDeskPage: PageView {
    static let template = "assistance/desk"

    let title: String
    let crumbs: [PlaceLink]
    let action: String
    let name: Field
    let languages: [SelectOption]
    let consents: [SelectOption]
    let reference: Field
    let counts: [PlaceFact]
    let errors: ErrorSummary?

    static let sample = AssistanceDeskPage(
        title: "Aide", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x",
        name: FieldErrors.sampleField, languages: [SelectOption(value: "fr", label: "Français", selected: true)],
        consents: [SelectOption(value: "read_aloud", label: "Lu", selected: true)],
        reference: FieldErrors.sampleField, counts: [PlaceFact(name: "Comptes", text: "3")],
        errors: ErrorSummary(items: [.init(field: "name", text: "Manque")]))
}

/// What the person takes home.
struct AssistanceReceiptPage: PageView {
    static let template = "assistance/receipt"

    let heading: String
    let facts: [PlaceFact]
    let code: String
    let withdrawal: String
    let backHref: String

    static let sample = AssistanceReceiptPage(
        heading: "Reçu", facts: [PlaceFact(name: "Pour", text: "Ada")], code: "ABCD-EFGH-JKMN",
        withdrawal: "http://localhost:8080/assistance/withdrawal", backHref: "/x")
}

extension AssistanceReceiptPage {
    init(
        name: String, helper: String, act: String, consent: Consent, vote: Vote, place: Place?, code: AssistanceCode,
        backHref: String, _ site: Site, _ strings: Strings
    ) {
        func fact(_ key: String, _ text: String) -> PlaceFact {
            PlaceFact(name: strings("assistance.receipt.\(key)"), text: text)
        }
        let words: String = strings("assistance.consent.\(consent.word)")
        var facts: [PlaceFact] = [
            fact("act", act), fact("person", name), fact("helper", helper),
            fact("consent", consent.reference.isEmpty ? words : "\(words) (\(consent.reference))"),
            fact("vote", vote.settings.title(strings.language)),
        ]
        if let place { facts.append(fact("place", place.name(strings.language))) }
        facts.append(fact("date", strings.moment(Date())))
        self.init(
            heading: strings("assistance.receipt.title"), facts: facts, code: code.text,
            withdrawal: site.absolute("/assistance/withdrawal"), backHref: backHref)
    }
}

/// Where a person withdraws what was done with help.
struct WithdrawalPage: PageView {
    static let template = "assistance/withdrawal"

    let code: Field
    let errors: ErrorSummary?

    static let sample = WithdrawalPage(
        code: FieldErrors.sampleField, errors: ErrorSummary(items: [.init(field: "code", text: "Manque")]))
}
