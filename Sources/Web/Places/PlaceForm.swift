import Foundation
import Participation

/// What an agent writes about a place.
struct PlaceForm: Sendable {
    private let values: [String: String]
    private let isOnline: Bool

    init(_ fields: Fields) {
        var values: [String: String] = [:]
        for name in ["handle", "kind", "address", "contact"] { values[name] = fields.text(name) }
        for language in Language.allCases {
            for name in ["name", "hours", "accessibility"] {
                let key = "\(name)-\(language.rawValue)"
                values[key] = fields.text(key)
            }
        }
        self.values = values
        // An empty form is a new one: most places have a network.
        isOnline = fields.has("network") || !fields.has("handle") && !fields.has("name-fr")
    }

    init(_ draft: PlaceDraft) {
        var values = [
            "handle": draft.handle, "kind": draft.kind.rawValue, "address": draft.address, "contact": draft.contact,
        ]
        for language in Language.allCases {
            let code: String = language.rawValue
            values["name-\(code)"] = draft.name.byLanguage[code]
            values["hours-\(code)"] = draft.hours.byLanguage[code]
            values["accessibility-\(code)"] = draft.accessibility.byLanguage[code]
        }
        self.values = values
        isOnline = draft.hasNetwork
    }

    var draft: PlaceDraft {
        PlaceDraft(
            handle: values["handle"] ?? "", kind: PlaceDraft.Kind(rawValue: values["kind"] ?? "") ?? .table,
            name: texts("name"), address: values["address"] ?? "", hours: texts("hours"),
            accessibility: texts("accessibility"), contact: values["contact"] ?? "", hasNetwork: isOnline)
    }

    private func texts(_ name: String) -> Texts {
        Texts(
            Dictionary(
                uniqueKeysWithValues: Language.allCases.map { ($0.rawValue, values["\(name)-\($0.rawValue)"] ?? "") }))
    }

    func page(
        action: String, isNew: Bool, submit: String, _ errors: FieldErrors, _ strings: Strings
    ) -> PlaceFormView {
        func field(_ name: String, _ label: String, hint: String? = nil, optional: Bool = true) -> Field {
            errors.field(
                name, label: label, value: values[name] ?? "", hint: hint, optional: optional, autocomplete: "off",
                strings)
        }
        return PlaceFormView(
            action: action, isNew: isNew, submit: submit,
            handle: field(
                "handle", strings("places.field.handle"), hint: strings("places.field.handle.hint"), optional: false),
            kinds: PlaceDraft.Kind.allCases.map {
                SelectOption(
                    value: $0.rawValue, label: strings("places.kind.\($0.rawValue)"),
                    selected: $0.rawValue == values["kind"])
            },
            fields: [
                field("address", strings("places.field.address")), field("contact", strings("places.field.contact")),
            ],
            translations: Language.allCases.map { language in
                let code: String = language.rawValue
                return PlaceFormView.Translation(
                    language: strings("language.\(code)"),
                    fields: [
                        field("name-\(code)", strings("places.field.name"), optional: language != .french),
                        field("hours-\(code)", strings("places.field.hours")),
                        field(
                            "accessibility-\(code)", strings("places.field.accessibility"),
                            hint: strings("places.field.accessibility.hint")),
                    ])
            }, hasNetwork: isOnline)
    }
}

/// The form of a place, on the page of a new one and of its settings.
struct PlaceFormView: Sendable {
    /// Texts in one language.
    struct Translation: Sendable {
        let language: String
        let fields: [Field]
    }

    let action: String
    let isNew: Bool
    let submit: String
    let handle: Field
    let kinds: [SelectOption]
    let fields: [Field]
    let translations: [Translation]
    let hasNetwork: Bool

    static let sample = PlaceFormView(
        action: "/desk/votes/x/places", isNew: true, submit: "Ajouter", handle: FieldErrors.sampleField,
        kinds: [SelectOption(value: "table", label: "Table", selected: true)], fields: [FieldErrors.sampleField],
        translations: [Translation(language: "Français", fields: [FieldErrors.sampleField])], hasNetwork: true)
}

extension FieldErrors {
    /// A field with something in every property, for the samples of pages.
    static var sampleField: Field {
        Field(
            name: "handle", label: "Nom", type: "text", value: "mairie", hint: "Lettres", problem: "Manque",
            optional: true, autocomplete: "off", inputmode: "text", size: "short", described: "handle-hint")
    }
}
