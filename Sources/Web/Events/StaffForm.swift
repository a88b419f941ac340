import Foundation
import Participation

/// What was typed into a form of the desk, or what stands there to be changed: values by name; of texts, by name and
/// language.
struct StaffForm: Sendable {
    private var values: [String: String]

    /// Nothing yet.
    init() { values = [:] }

    /// What was sent.
    init(_ fields: Fields) {
        values = Dictionary(fields.names.map { ($0, fields.text($0)) }, uniquingKeysWith: { first, _ in first })
    }

    subscript(_ name: String) -> String {
        get { values[name] ?? "" }
        set { values[name] = newValue }
    }

    /// The revision that the form showed.
    var revision: Int { Int(self["revision"]) ?? 0 }

    /// A text in all languages.
    func texts(_ name: String) -> Texts {
        Texts(
            Dictionary(
                uniqueKeysWithValues: Language.allCases.map { ($0.rawValue, self["\(name)-\($0.rawValue)"]) }))
    }

    /// Puts a text there to be changed.
    mutating func put(_ name: String, _ texts: Texts) {
        for (language, text) in texts.byLanguage { self["\(name)-\(language)"] = text }
    }

    /// A moment; nil, with a problem at the field, for what is none.
    func moment(_ name: String, _ strings: Strings, _ errors: inout FieldErrors) -> Date? {
        let moment: Date? = strings.moment(minute: self[name])
        if moment == nil { errors.add(name, "events.refusal.moment") }
        return moment
    }

    /// A whole number; `empty` where nothing is typed, with a problem at the field for what is none.
    func number(_ name: String, empty: Int?, _ errors: inout FieldErrors) -> Int? {
        if self[name].isEmpty { return empty }
        let number: Int? = Int(self[name].filter { !$0.isWhitespace })
        if number == nil { errors.add(name, "events.refusal.number") }
        return number
    }

    /// A point of the map; nil where nothing is typed, with a problem at the field for what is none.
    func point(_ errors: inout FieldErrors) -> MapPoint? {
        let (latitude, longitude) = (self["latitude"], self["longitude"])
        if latitude.isEmpty, longitude.isEmpty { return nil }
        let numbers: [Double] = [latitude, longitude].compactMap { Double($0.replacing(",", with: ".")) }
        guard numbers.count == 2, let point = MapPoint(latitude: numbers[0], longitude: numbers[1]) else {
            errors.add("latitude", "events.refusal.point")
            return nil
        }
        return point
    }
}

/// One question of a form of the desk.
struct StaffQuestion: Sendable {
    enum Kind: Sendable {
        case line, area, moment, number, degrees, address
        /// One of several: values with their words.
        case choice([(value: String, label: String)])
        /// Yes or no.
        case check
    }

    let name: String
    let kind: Kind
    var isTranslated = false
    var isOptional = false
    var hasHint = false
    var rows = 4

    /// The type of the input; nil for what is none.
    fileprivate var type: String? {
        switch kind {
        case .moment: "datetime-local"
        case .address: "url"
        case .line, .number, .degrees: "text"
        case .area, .choice, .check: nil
        }
    }

    fileprivate var inputmode: String? {
        switch kind {
        case .number: "numeric"
        case .degrees: "decimal"
        case .line, .area, .moment, .address, .choice, .check: nil
        }
    }
}

/// A form of the desk: what is asked once, then what is asked in each language.
struct StaffFormPage: PageView {
    static let template = "events/form"

    /// A text of several lines.
    struct Area: Sendable {
        let name: String
        let label: String
        let value: String
        let hint: String?
        let problem: String?
        let optional: Bool
        let language: String?
        let described: String?
        let rows: String
    }

    /// What is asked in one language.
    struct Translation: Sendable {
        let language: String
        let fields: [Field]
        let areas: [Area]
    }

    /// Something to choose.
    struct Choice: Sendable {
        let value: String
        let label: String
        let isChosen: Bool
    }

    /// One of several, as a list to open.
    struct Choices: Sendable {
        let name: String
        let label: String
        let hint: String?
        let problem: String?
        let described: String?
        let choices: [Choice]
    }

    /// A box to tick.
    struct Check: Sendable {
        let name: String
        let label: String
        let hint: String?
        let isChosen: Bool
    }

    let heading: String
    let words: String
    let crumbs: [PlaceLink]
    let action: String
    let revision: String
    let fields: [Field]
    let choices: [Choices]
    let checks: [Check]
    let areas: [Area]
    let translations: [Translation]
    let map: MapView?
    let submit: String
    let isGrave: Bool
    let backHref: String
    let errors: ErrorSummary?

    static let sample = StaffFormPage(
        heading: "Quand", words: "Dites quand.", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x",
        revision: "1", fields: [FieldErrors.sampleField],
        choices: [
            Choices(
                name: "kind", label: "Forme", hint: "Choisissez.", problem: "Manque", described: "kind-hint",
                choices: [Choice(value: "online", label: "En ligne", isChosen: true)])
        ], checks: [Check(name: "open", label: "Pour tout le monde", hint: "Sinon, aux inscrits.", isChosen: true)],
        areas: [.sample],
        translations: [Translation(language: "Français", fields: [FieldErrors.sampleField], areas: [.sample])],
        map: .sample, submit: "Enregistrer", isGrave: true, backHref: "/x",
        errors: ErrorSummary(items: [.init(field: "title-fr", text: "Manque")]))
}

extension StaffFormPage.Area {
    static let sample = StaffFormPage.Area(
        name: "aim-fr", label: "But", value: "Voir", hint: "En deux phrases.", problem: "Manque", optional: true,
        language: "fr", described: "aim-fr-hint", rows: "4")
}

extension StaffFormPage {
    /// A form about one thing; the words of its questions are `room.field.…` and `room.hint.…`.
    ///
    /// - Parameter act: the key of its heading, of its words (`.words`) and of its button (`.submit`).
    init(
        _ act: String, in room: String, asking questions: [StaffQuestion], _ form: StaffForm, _ errors: FieldErrors,
        crumbs: [PlaceLink], action: String, backHref: String, isGrave: Bool = false, map: MapView? = nil,
        _ strings: Strings
    ) {
        func label(_ name: String) -> String { strings("\(room).field.\(name)") }
        func hint(_ question: StaffQuestion) -> String? {
            question.hasHint ? strings("\(room).hint.\(question.name)") : nil
        }
        func area(_ question: StaffQuestion, _ language: Language?) -> Area {
            let name: String = language.map { "\(question.name)-\($0.rawValue)" } ?? question.name
            let problem: String? = errors.text(for: name, strings)
            // Said once: who has read it in French need not read it three times.
            let hint: String? = language == nil || language == .french ? hint(question) : nil
            let described: [String] = [
                hint.map { _ in "\(name)-hint" }, problem.map { _ in "\(name)-problem" },
            ].compactMap(\.self)
            return Area(
                name: name, label: label(question.name), value: form[name], hint: hint, problem: problem,
                optional: (language != nil && language != .french) || question.isOptional,
                language: language?.rawValue, described: described.isEmpty ? nil : described.joined(separator: " "),
                rows: String(question.rows))
        }
        func field(_ question: StaffQuestion, _ language: Language?) -> Field? {
            guard let type = question.type else { return nil }
            let name: String = language.map { "\(question.name)-\($0.rawValue)" } ?? question.name
            return errors.field(
                name, label: label(question.name), value: form[name], type: type,
                hint: language == nil || language == .french ? hint(question) : nil,
                optional: (language != nil && language != .french) || question.isOptional, autocomplete: "off",
                inputmode: question.inputmode, strings)
        }
        let once: [StaffQuestion] = questions.filter { !$0.isTranslated }
        let translated: [StaffQuestion] = questions.filter(\.isTranslated)
        heading = strings(act)
        words = strings("\(act).words")
        self.crumbs = crumbs
        self.action = action
        self.backHref = backHref
        revision = form["revision"]
        fields = once.compactMap { field($0, nil) }
        choices = once.compactMap { question in
            guard case .choice(let offered) = question.kind, !offered.isEmpty else { return nil }
            let problem: String? = errors.text(for: question.name, strings)
            let hint: String? = hint(question)
            let described: [String] = [
                hint.map { _ in "\(question.name)-hint" }, problem.map { _ in "\(question.name)-problem" },
            ].compactMap(\.self)
            return Choices(
                name: question.name, label: label(question.name), hint: hint, problem: problem,
                described: described.isEmpty ? nil : described.joined(separator: " "),
                choices: offered.map {
                    Choice(value: $0.value, label: $0.label, isChosen: form[question.name] == $0.value)
                })
        }
        checks = once.compactMap { question in
            guard case .check = question.kind else { return nil }
            return Check(
                name: question.name, label: label(question.name), hint: hint(question),
                isChosen: !form[question.name].isEmpty)
        }
        areas = once.compactMap { question in
            guard case .area = question.kind else { return nil }
            return area(question, nil)
        }
        translations =
            translated.isEmpty
            ? []
            : Language.allCases.map { language in
                Translation(
                    language: strings("language.\(language.rawValue)"),
                    fields: translated.compactMap { field($0, language) },
                    areas: translated.compactMap { question in
                        guard case .area = question.kind else { return nil }
                        return area(question, language)
                    })
            }
        self.map = map
        submit = strings("\(act).submit")
        self.isGrave = isGrave
        self.errors = errors.summary(strings)
    }
}
