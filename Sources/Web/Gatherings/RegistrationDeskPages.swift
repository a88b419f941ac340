import Foundation
import Participation

/// A party as agents and crew read it.
struct PartyLine: Sendable {
    /// One number of people that may be noted, as a button.
    struct Choice: Sendable {
        let value: String
        let label: String
        let isChosen: Bool
    }

    let id: String
    let name: String
    let people: String
    let email: String?
    let phone: String?
    let phoneHref: String?
    let needs: String?
    let since: String
    /// Where nobody can be written to: they have to be called when something changes.
    let hasNoEmail: Bool
    let position: String?
    let came: String?
    let choices: [Choice]
    let cancelHref: String
    let receiptHref: String

    static let sample = PartyLine(
        id: "1", name: "Ada", people: "2 personnes", email: "ada@example.fr", phone: "06", phoneHref: "tel:06",
        needs: "Un fauteuil", since: "hier", hasNoEmail: true, position: "1", came: "2 venues",
        choices: [Choice(value: "2", label: "2", isChosen: true)], cancelHref: "/c", receiptHref: "/r")

    private init(
        id: String, name: String, people: String, email: String?, phone: String?, phoneHref: String?, needs: String?,
        since: String, hasNoEmail: Bool, position: String?, came: String?, choices: [Choice], cancelHref: String,
        receiptHref: String
    ) {
        self.id = id
        self.name = name
        self.people = people
        self.email = email
        self.phone = phone
        self.phoneHref = phoneHref
        self.needs = needs
        self.since = since
        self.hasNoEmail = hasNoEmail
        self.position = position
        self.came = came
        self.choices = choices
        self.cancelHref = cancelHref
        self.receiptHref = receiptHref
    }

    init(_ party: Registration, position: Int?, base: String, _ strings: Strings) {
        let erased: Bool = party.erasedAt != nil
        self.init(
            id: party.id.description, name: erased ? strings("gatherings.desk.erased") : party.name,
            people: strings.number(party.party), email: party.email,
            // A number is not broken over two lines.
            phone: party.phone?.replacing(" ", with: "\u{A0}"),
            phoneHref: party.phone.map { "tel:\($0.filter { $0.isASCII && ($0.isNumber || $0 == "+") })" },
            needs: party.needs.isEmpty ? nil : party.needs, since: strings.date(party.registeredAt),
            hasNoEmail: party.email == nil && !erased, position: position.map { strings.number($0) },
            came: party.came.map { strings.number($0) },
            choices: (0...party.party).map { count in
                Choice(value: String(count), label: strings.number(count), isChosen: count == party.came)
            }, cancelHref: "\(base)/\(party.id)/cancellation", receiptHref: "\(base)/\(party.id)/receipt")
    }

    /// The parties that have places, in alphabetical order, and those that wait, in theirs.
    static func lines(
        _ parties: [Registration], base: String, _ strings: Strings
    ) -> (registered: [PartyLine], waiting: [PartyLine]) {
        let registered: [Registration] = parties.filter { $0.state == .registered }
            .sorted { $0.name.localizedStandardCompare($1.name) == .orderedAscending }
        let waiting: [Registration] = parties.filter { $0.state == .waiting }
        return (
            registered.map { PartyLine($0, position: nil, base: base, strings) },
            waiting.enumerated().map { PartyLine($1, position: $0 + 1, base: base, strings) }
        )
    }
}

/// Who comes to a gathering, for the agents of its process.
struct RegistrationsPage: PageView {
    static let template = "gatherings/desk"

    let crumbs: [PlaceLink]
    let head: GatheringHead
    let figures: [PlaceFact]
    let base: String
    let doorHref: String
    let registered: [PartyLine]
    let hasRegistered: Bool
    let waiting: [PartyLine]
    let hasWaiting: Bool
    let toCall: String?

    static let sample = RegistrationsPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], head: .sample,
        figures: [PlaceFact(name: "inscrits", text: "12")], base: "/desk/x", doorHref: "/walks/x/door",
        registered: [.sample], hasRegistered: true, waiting: [.sample], hasWaiting: true, toCall: "2 à appeler")
}

/// The list that is printed for the meeting point.
struct AttendanceListPage: PageView {
    static let template = "gatherings/list"

    let crumbs: [PlaceLink]
    let head: GatheringHead
    let words: String
    let parties: [PartyLine]
    let waiting: [PartyLine]
    let hasWaiting: Bool

    static let sample = AttendanceListPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], head: .sample, words: "12 personnes", parties: [.sample],
        waiting: [.sample], hasWaiting: true)
}

/// An agent enters somebody who calls or comes by.
struct RegistrationEntryPage: PageView {
    static let template = "gatherings/entry"

    let crumbs: [PlaceLink]
    let errors: ErrorSummary?
    let head: GatheringHead
    let action: String
    let person: [Field]
    let party: PartyFields
    let languages: [SelectOption]
    let kept: String

    static let sample = RegistrationEntryPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")],
        errors: ErrorSummary(items: [.init(field: "name", text: "Manque")]), head: .sample, action: "/desk/x/new",
        person: [.sample(named: "name")], party: .sample,
        languages: [SelectOption(value: "fr", label: "Français", selected: true)], kept: "Trente jours.")
}

/// What somebody takes home who was entered by an agent.
struct RegistrationReceiptPage: PageView {
    static let template = "gatherings/receipt"

    let crumbs: [PlaceLink]
    let head: GatheringHead
    let status: StatusWord
    let facts: [PlaceFact]
    let code: String
    let address: String
    let phone: String
    let newHref: String
    let listHref: String

    static let sample = RegistrationReceiptPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], head: .sample, status: .sample,
        facts: [PlaceFact(name: "Nom", text: "Ada")], code: "<svg></svg>", address: "http://localhost/x", phone: "01",
        newHref: "/desk/x/new", listHref: "/desk/x")
}

/// An agent cancels for somebody, and says why.
struct CancellationPage: PageView {
    static let template = "gatherings/cancellation"

    let crumbs: [PlaceLink]
    let errors: ErrorSummary?
    let head: GatheringHead
    let line: PartyLine
    let reason: Field
    let action: String

    static let sample = CancellationPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")],
        errors: ErrorSummary(items: [.init(field: "reason", text: "Manque")]), head: .sample, line: .sample,
        reason: .sample(named: "reason"), action: "/desk/x/1/cancellation")
}

/// At the meeting point: who has come, noted with one touch.
struct DoorPage: PageView {
    static let template = "gatherings/door"

    let head: GatheringHead
    let words: String
    let isTooEarly: Bool
    let action: String
    let parties: [PartyLine]
    let hasParties: Bool

    static let sample = DoorPage(
        head: .sample, words: "3 sur 12", isTooEarly: true, action: "/walks/x/door", parties: [.sample],
        hasParties: true)
}
