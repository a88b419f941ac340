import HTTPTypes
import Participation

/// What somebody typed who registers, or changes a registration.
struct RegistrationForm: Sendable {
    var name = "", email = "", phone = "", needs = "", companions = "0", language = ""

    /// Nothing yet.
    init() {}

    /// What was sent.
    init(_ fields: Fields) {
        name = fields.text("name")
        email = fields.text("email")
        phone = fields.text("phone")
        needs = fields.text("needs")
        // Where nobody may be brought, the form does not ask.
        companions = fields.has("companions") ? fields.text("companions") : "0"
        language = fields.text("language")
    }

    /// What a registration says now.
    init(_ registration: Registration) {
        name = registration.name
        email = registration.email ?? ""
        phone = registration.phone ?? ""
        needs = registration.needs
        companions = String(registration.companions)
        language = registration.language.rawValue
    }

    var draft: RegistrationDraft {
        RegistrationDraft(name: name, email: email, phone: phone, needs: needs, companions: Int(companions))
    }

    /// The fields about the party, which everybody fills in.
    func partyFields(of occasion: Occasion, _ errors: FieldErrors, _ strings: Strings) -> PartyFields {
        let most: Int = min(occasion.gathering.mostCompanions, (occasion.gathering.places ?? 21) - 1)
        let needsProblem: String? = errors.text(for: "needs", strings)
        return PartyFields(
            asksCompanions: most > 0, companions: companionOptions(most: most, strings),
            companionsProblem: errors.text(for: "companions", strings),
            phone: errors.field(
                "phone", label: strings("gatherings.phone"), value: phone, type: "tel",
                hint: strings("gatherings.phone.hint"), optional: true, autocomplete: "tel", inputmode: "tel", strings),
            needs: needs, needsProblem: needsProblem,
            needsDescribed: needsProblem == nil ? "needs-hint" : "needs-hint needs-problem")
    }
}

/// Companions, telephone and needs, as `gatherings/party-fields` shows them.
struct PartyFields: Sendable {
    let asksCompanions: Bool
    let companions: [SelectOption]
    let companionsProblem: String?
    let phone: Field
    let needs: String
    let needsProblem: String?
    let needsDescribed: String

    static let sample = PartyFields(
        asksCompanions: true, companions: [SelectOption(value: "1", label: "1 personne", selected: true)],
        companionsProblem: "Choisissez.",
        phone: .sample(named: "phone"),
        needs: "Un fauteuil", needsProblem: "Trop long", needsDescribed: "needs-hint needs-problem")
}

extension Field {
    /// A field with something in every property, for samples of pages.
    static func sample(named name: String) -> Field {
        Field(
            name: name, label: "Question", type: "text", value: "Réponse", hint: "Aide", problem: "Manque",
            optional: true, autocomplete: "off", inputmode: "text", size: "short",
            described: "\(name)-hint \(name)-problem")
    }
}

extension FieldErrors {
    /// Refusals at the fields of the form.
    init(_ refused: Refused<RegistrationRefusal>, _ strings: Strings) {
        self.init()
        for reason in refused.reasons {
            switch reason {
            case .nameMissing: add("name", "gatherings.error.name_missing")
            case .nameTooLong: add("name", "gatherings.error.name_too_long")
            case .email: add("email", "gatherings.error.email")
            case .phone: add("phone", "gatherings.error.phone")
            case .needsTooLong(let excess):
                add("needs", "gatherings.error.needs_too_long", ["count": strings.number(excess)])
            case .companions(let most):
                add("companions", "gatherings.error.companions", ["most": strings.number(most)])
            case .partyTooLarge(let places):
                add("companions", "gatherings.error.party_too_large", ["places": strings.number(places)])
            case .notEnoughPlaces(let free):
                add("companions", "gatherings.error.not_enough_places", ["free": strings.number(free)])
            case .closed: add("", "gatherings.error.closed")
            case .calledOff: add("", "gatherings.error.called_off")
            case .over: add("", "gatherings.error.over")
            case .notPublished: add("", "gatherings.error.not_published")
            case .registeredAlready: add("email", "gatherings.error.registered_already")
            case .reasonMissing: add("reason", "gatherings.error.reason_missing")
            case .tooFast(let seconds):
                add("", "gatherings.error.too_fast", ["minutes": strings.number((seconds + 59) / 60)])
            }
        }
    }
}

extension Refused<RegistrationRefusal> {
    /// 429 when the reader has to wait, 422 otherwise.
    var status: HTTPResponse.Status {
        let waits: Bool = reasons.contains { if case .tooFast = $0 { true } else { false } }
        return waits ? .tooManyRequests : .unprocessableContent
    }
}
