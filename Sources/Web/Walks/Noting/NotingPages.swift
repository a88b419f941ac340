import Foundation
import Participation

/// Whom to call where somebody is in danger: first on every sheet.
struct DangerLine: Sendable {
    /// « Appelez le 112 », and the number itself.
    let call: String, href: String
    /// The city's own number; nil where it has none.
    let cityPhone: String?, cityHref: String?

    static let sample = DangerLine(
        call: "Appelez le 112", href: "tel:112", cityPhone: "01 99 00 17 17", cityHref: "tel:0199001717")

    init(call: String, href: String, cityPhone: String?, cityHref: String?) {
        self.call = call
        self.href = href
        self.cityPhone = cityPhone
        self.cityHref = cityHref
    }

    /// The numbers that the city has set.
    init(_ emergency: Site.Emergency, _ strings: Strings) {
        func href(_ phone: String) -> String { "tel:\(phone.filter { $0.isASCII && ($0.isNumber || $0 == "+") })" }
        self.init(
            call: strings("walks.sheet.danger.call", ["phone": emergency.phone]), href: href(emergency.phone),
            cityPhone: emergency.cityPhone, cityHref: emergency.cityPhone.map(href))
    }
}

/// The walk sheet, to be filled in on site.
struct NotingPage: PageView {
    static let template = "walks/sheet"

    /// Something to choose: a radio button or a box.
    struct Choice: Sendable {
        let value: String, label: String
        /// What people are asked there, or what the word means.
        let explained: String?
        let checked: Bool
    }

    /// A set of choices of which one is needed, or may be left out.
    struct Group: Sendable {
        let problem: String?
        let choices: [Choice]
    }

    /// What has just been sent by the plain form.
    struct Sent: Sendable {
        let words: String, photoWords: String?
        let id: String, key: String
    }

    let danger: DangerLine
    let walk: String, walkHref: String, crewHref: String?
    let errors: ErrorSummary?
    let sent: Sent?
    let action: String, removal: String, worker: String, uploads: String
    let handle: String, code: String, closes: Int, id: String, key: String, language: String, count: Int
    /// A copy that the phone keeps for when there is no network: it belongs to nobody's session and has no token.
    let isCopy: Bool
    let stops: Group, kinds: Group, feelings: Group, concerned: Group, manners: Group
    let themes: [SelectOption], priorities: [SelectOption]
    let hasThemes: Bool
    let place: Field, people: Field, alt: Field
    let words: Input, photo: Input
    let photoHint: String
    let latitude: String, longitude: String, accuracy: String
    let mostPhotos: Int

    static let sample: NotingPage = {
        func group(_ value: String) -> Group {
            Group(problem: "—", choices: [Choice(value: value, label: "Choix", explained: "—", checked: true)])
        }
        let field = Field(
            name: "place", label: "Où", type: "text", value: "Gare", hint: "—", problem: "—", optional: true,
            autocomplete: "off", inputmode: "text", size: "short", described: "place-hint")
        let option = [SelectOption(value: "1", label: "Choix", selected: true)]
        return NotingPage(
            danger: .sample, walk: "Autour de la gare", walkHref: "/walks/gare", crewHref: "/walks/gare/sheet/crew",
            errors: ErrorSummary(items: [.init(field: "words", text: "Dites ce que vous voyez.")]),
            sent: Sent(words: "C’est envoyé.", photoWords: "Sa photo aussi.", id: "1", key: "2"),
            action: "/walks/gare/sheet", removal: "/walks/gare/sheet/removal", worker: "/walks/gare/sheet/worker.js",
            uploads: "/walks/gare/sheet/observations", handle: "gare", code: "abcd2345", closes: 1, id: "1", key: "2",
            language: "fr", count: 1, isCopy: false, stops: group("1"), kinds: group("idea"), feelings: group("2"),
            concerned: group("children"), manners: group("alone"), themes: option, priorities: option, hasThemes: true,
            place: field, people: field, alt: field, words: Input(name: "words", value: "—", error: "—"),
            photo: Input(name: "photo", value: "", error: "—"), photoHint: "—", latitude: "47", longitude: "7",
            accuracy: "5", mostPhotos: 4)
    }()
}

extension NotingPage {
    /// The sheet as it was typed, with what is wrong with it.
    init(
        _ sheet: Observations.Sheet, _ form: NotingForm, _ errors: FieldErrors, count: Int, sent: Sent?, isCopy: Bool,
        emergency: Site.Emergency, _ strings: Strings
    ) {
        let (fields, words, language) = (form.fields, WalkWords(strings), strings.language)
        func isChosen(_ name: String, _ value: String) -> Bool { fields.all(name).contains(value) }
        func choice(_ name: String, _ value: String, _ label: String, _ hint: String? = nil) -> Choice {
            Choice(value: value, label: label, explained: hint, checked: isChosen(name, value))
        }
        func group(_ name: String, _ choices: [Choice]) -> Group {
            Group(problem: errors.text(for: name, strings), choices: choices)
        }
        let walk: Walk = sheet.walk
        let base = "/walks/\(walk.handle)/sheet"
        let none = SelectOption(value: "", label: strings("walks.sheet.none"), selected: false)
        let silence = choice("feeling", "", strings("walks.sheet.none"))
        danger = DangerLine(emergency, strings)
        self.walk = walk.title(language)
        walkHref = "/walks/\(walk.handle)"
        crewHref = sheet.isCrew && !isCopy ? "\(base)/crew" : nil
        self.errors = errors.summary(strings)
        self.sent = sent
        action = base
        removal = "\(base)/removal"
        worker = "\(base)/worker.js"
        uploads = "\(base)/observations"
        handle = walk.handle
        code = walk.code
        closes = Int(walk.sheetClosesAt.timeIntervalSince1970)
        id = fields.text("id")
        key = fields.text("key")
        self.language = language.rawValue
        self.count = count
        self.isCopy = isCopy
        stops = group(
            "stop",
            sheet.stops.map { stop in
                let title: String = strings(
                    "walks.sheet.stop", ["number": "\(stop.number)", "title": stop.title(language)])
                return choice("stop", stop.id.description, title, stop.prompt(language).nonEmpty)
            } + [choice("stop", "", strings("walks.sheet.elsewhere"))])
        kinds = group(
            "kind",
            Observation.Kind.allCases.map { kind in
                choice("kind", kind.rawValue, words.kind(kind), strings("walks.sheet.kind.\(kind.rawValue)"))
            })
        feelings = group(
            "feeling",
            Observation.Feeling.allCases.reversed().map { choice("feeling", "\($0.rawValue)", words.feeling($0)) }
                + [
                    Choice(
                        value: "", label: silence.label, explained: nil,
                        checked: fields.text("feeling").isEmpty)
                ])
        concerned = group(
            "concerned", Concerned.allCases.map { choice("concerned", $0.rawValue, words.concerned($0)) })
        manners = group("manner", Observation.Manner.allCases.map { choice("manner", $0.rawValue, words.manner($0)) })
        themes =
            [none]
            + sheet.themes.map { theme in
                SelectOption(
                    value: theme.id.description, label: theme.title(language),
                    selected: isChosen("theme", theme.id.description))
            }
        hasThemes = !sheet.themes.isEmpty
        priorities =
            [none]
            + (1...3).map { rank in
                SelectOption(
                    value: "\(rank)", label: strings("walks.sheet.priority.\(rank)"),
                    selected: isChosen("priority", "\(rank)"))
            }
        place = errors.field(
            "place", label: strings("walks.sheet.place"), value: fields.text("place"),
            hint: strings("walks.sheet.place.hint"), optional: true, autocomplete: "off", strings)
        people = errors.field(
            "people", label: strings("walks.sheet.people"), value: fields.text("people"),
            hint: strings("walks.sheet.people.hint"), optional: true, autocomplete: "off", inputmode: "numeric",
            size: "short", strings)
        alt = errors.field(
            "alt", label: strings("walks.sheet.alt"), value: fields.text("alt"), hint: strings("walks.sheet.alt.hint"),
            optional: true, autocomplete: "off", strings)
        self.words = errors.input("words", value: fields.text("words"), strings)
        photo = errors.input("photo", strings)
        photoHint = strings("walks.sheet.photo.hint", ["limit": "\(Observations.photoLimit)"])
        latitude = fields.text("latitude")
        longitude = fields.text("longitude")
        accuracy = fields.text("accuracy")
        mostPhotos = Observations.photoLimit
    }
}

/// Asks for the code of a walk.
struct NotingCodePage: PageView {
    static let template = "walks/sheet-code"
    static let sample = NotingCodePage(
        danger: .sample, walk: "Autour de la gare", walkHref: "/walks/gare", action: "/walks/gare/sheet",
        errors: ErrorSummary(items: [.init(field: "code", text: "Tapez le code.")]),
        code: Field(
            name: "code", label: "Code", type: "text", value: "abcd", hint: "—", problem: "—", optional: false,
            autocomplete: "off", inputmode: "text", size: "code", described: "code-hint"))

    let danger: DangerLine
    let walk: String, walkHref: String, action: String
    let errors: ErrorSummary?
    let code: Field
}

/// Says why a sheet takes nothing now. What a phone still holds of it can be saved to a file from here.
struct NotingShutPage: PageView {
    static let template = "walks/sheet-shut"
    static let sample = NotingShutPage(
        danger: .sample, walk: "Autour de la gare", walkHref: "/walks/gare", reason: "La feuille est fermée.",
        handle: "gare", isOver: true)

    let danger: DangerLine
    let walk: String, walkHref: String, reason: String, handle: String
    /// It opens no more: the phone forgets the copy it kept for when there is no network.
    let isOver: Bool
}
