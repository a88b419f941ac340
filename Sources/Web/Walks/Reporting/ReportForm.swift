import Foundation
import Participation

/// The parts of a report that agents write, each a form of its own.
enum ReportPart: String, Sendable {
    case facts, section, recommendation

    /// A question that is asked in each language: its name, and whether it takes a line or more.
    var translated: [(name: String, isArea: Bool)] {
        switch self {
        case .facts:
            [
                ("commissioner", false), ("weather", false), ("introduction", true), ("absent_services", true),
                ("return_place", false),
            ]
        case .section, .recommendation: [("title", false), ("words", true)]
        }
    }
}

/// What was typed into a form of a report, or what stands there to be changed.
struct ReportForm: Sendable {
    private(set) var values: [String: String]

    init(_ fields: Fields) {
        values = Dictionary(fields.names.map { ($0, fields.text($0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// The day as it is known.
    init(_ facts: WalkReportFacts, _ revision: Int, _ strings: Strings) {
        values = ["revision": String(revision)]
        values["started_at"] = facts.startedAt.map(strings.minute)
        values["ended_at"] = facts.endedAt.map(strings.minute)
        values["return_at"] = facts.returnAt.map(strings.minute)
        values["length"] = facts.length.map { String($0) }
        put(facts.commissioner, "commissioner")
        put(facts.weather, "weather")
        put(facts.introduction, "introduction")
        put(facts.absentServices, "absent_services")
        put(facts.returnPlace, "return_place")
    }

    init(_ section: ReportSection) {
        values = ["kind": section.kind.rawValue, "theme": section.theme ?? ""]
        put(section.title, "title")
        put(section.words, "words")
    }

    init(_ recommendation: Recommendation) {
        values = [
            "horizon": recommendation.horizon.rawValue, "owner": recommendation.owner.rawValue,
            "owner_name": recommendation.ownerName,
            "observations": recommendation.observations.map { String($0) }.joined(separator: ", "),
        ]
        put(recommendation.title, "title")
        put(recommendation.words, "words")
    }

    private mutating func put(_ texts: Texts, _ name: String) {
        for (language, text) in texts.byLanguage { values["\(name)-\(language)"] = text }
    }

    func text(_ name: String) -> String { values[name] ?? "" }

    /// The revision of the report that the form showed.
    var revision: Int? { Int(text("revision")) }

    func texts(_ name: String) -> Texts {
        Texts(
            Dictionary(
                uniqueKeysWithValues: Language.allCases.map { ($0.rawValue, text("\(name)-\($0.rawValue)")) }))
    }

    // MARK: Reading

    /// The day as it was typed.
    func facts(_ strings: Strings) throws(FieldErrors) -> WalkReportFacts {
        var errors = FieldErrors()
        func moment(_ name: String) -> Date? {
            guard !text(name).isEmpty else { return nil }
            let moment: Date? = strings.moment(minute: text(name))
            if moment == nil { errors.add(name, "walks.report.refusal.moment") }
            return moment
        }
        let (begin, end, meeting) = (moment("started_at"), moment("ended_at"), moment("return_at"))
        let digits: String = text("length").filter { !$0.isWhitespace }
        if !digits.isEmpty, Int(digits) == nil { errors.add("length", "walks.report.refusal.length") }
        try errors.throwIfAny()
        return WalkReportFacts(
            commissioner: texts("commissioner"), weather: texts("weather"), startedAt: begin, endedAt: end,
            length: Int(digits), absentServices: texts("absent_services"), introduction: texts("introduction"),
            returnAt: meeting, returnPlace: texts("return_place"))
    }

    var section: ReportSection {
        ReportSection(
            kind: ReportSection.Kind(rawValue: text("kind")) ?? .theme,
            theme: text("theme").isEmpty ? nil : text("theme"), title: texts("title"), words: texts("words"))
    }

    func recommendation() throws(FieldErrors) -> Recommendation {
        let parts: [Substring] = text("observations").split { !$0.isASCII || !($0.isNumber || $0.isLetter) }
        let numbers: [Int] = parts.compactMap { Int($0) }
        guard numbers.count == parts.count else {
            throw FieldErrors("observations", "walks.report.refusal.numbers")
        }
        return Recommendation(
            horizon: Horizon(rawValue: text("horizon")) ?? .immediate,
            owner: RecommendationOwner(rawValue: text("owner")) ?? .town, ownerName: text("owner_name"),
            title: texts("title"), words: texts("words"), observations: Array(Set(numbers)).sorted())
    }
}

extension ReportFormPage {
    init(
        _ part: ReportPart, _ form: ReportForm, _ scene: WalkScene, themes: [WalkTheme], action: String,
        _ errors: FieldErrors
    ) {
        let strings: Strings = scene.strings
        func label(_ name: String) -> String { strings("walks.report.field.\(name)") }
        crumbs = scene.reportCrumbs
        heading = strings("walks.report.\(part.rawValue).title")
        words = strings("walks.report.\(part.rawValue).words")
        self.action = action
        revision = form.text("revision")
        func choice(_ name: String, _ options: [(value: String, name: String)]) -> Choice {
            Choice(
                name: name, label: label(name),
                options: options.map {
                    SelectOption(value: $0.value, label: $0.name, selected: $0.value == form.text(name))
                })
        }
        func field(_ name: String, type: String = "text", hint: String? = nil, inputmode: String? = nil) -> Field {
            errors.field(
                name, label: label(name), value: form.text(name), type: type, hint: hint.map { strings($0) },
                optional: true, autocomplete: "off", inputmode: inputmode, strings)
        }
        switch part {
        case .facts:
            choices = []
            fields = [
                field("started_at", type: "datetime-local"), field("ended_at", type: "datetime-local"),
                field("length", hint: "walks.report.hint.length", inputmode: "numeric"),
                field("return_at", type: "datetime-local"),
            ]
        case .section:
            choices = [
                choice(
                    "kind",
                    ReportSection.Kind.allCases.map { ($0.rawValue, strings("walks.report.kind.\($0.rawValue)")) }),
                choice(
                    "theme",
                    [("", strings("walks.report.figures.all"))]
                        + themes.map { ($0.key, $0.title(strings.language)) }),
            ]
            fields = []
        case .recommendation:
            choices = [
                choice(
                    "horizon", Horizon.allCases.map { ($0.rawValue, strings("walks.report.horizon.\($0.rawValue)")) }),
                choice(
                    "owner",
                    RecommendationOwner.allCases.map { ($0.rawValue, strings.owner($0)) }),
            ]
            fields = [
                field("owner_name", hint: "walks.report.hint.owner"),
                field("observations", hint: "walks.report.hint.observations"),
            ]
        }
        translations = Language.allCases.map { language in
            let code: String = language.rawValue
            let isFirst: Bool = language == .french
            func isOptional(_ name: String) -> Bool { !isFirst || !["title", "introduction"].contains(name) }
            return DeliveryFormPage.Translation(
                language: strings("language.\(code)"),
                fields: part.translated.filter { !$0.isArea }.map {
                    errors.field(
                        "\($0.name)-\(code)", label: label($0.name), value: form.text("\($0.name)-\(code)"),
                        optional: isOptional($0.name), strings)
                },
                areas: part.translated.filter(\.isArea).map {
                    let name = "\($0.name)-\(code)"
                    return DeliveryFormPage.Area(
                        name: name, label: label($0.name), value: form.text(name),
                        problem: errors.text(for: name, strings), optional: isOptional($0.name), language: code)
                })
        }
        self.errors = errors.summary(strings)
    }
}

extension WalkReportRefusal {
    /// The refusal at the field it concerns.
    func fieldErrors(_ strings: Strings) -> FieldErrors {
        switch self {
        case .changedMeanwhile: FieldErrors("", "walks.report.refusal.changed")
        case .endsBeforeItBegins: FieldErrors("ended_at", "walks.report.refusal.ends_before")
        case .lengthOutOfRange: FieldErrors("length", "walks.report.refusal.length")
        case .returnBeforeTheWalk: FieldErrors("return_at", "walks.report.refusal.return")
        case .untitled: FieldErrors("title-fr", "walks.report.refusal.untitled")
        case .wordless: FieldErrors("words-fr", "walks.report.refusal.wordless")
        case .noSuchTheme: FieldErrors("theme", "walks.report.refusal.theme")
        case .ownerMissing: FieldErrors("owner_name", "walks.report.refusal.owner")
        case .noSuchObservation(let numbers):
            FieldErrors(
                "observations", "walks.report.refusal.observations",
                ["numbers": numbers.map { strings.number($0) }.joined(separator: ", ")])
        case .tooLong(let field, let limit):
            FieldErrors(
                field == "owner_name" ? field : "\(field)-fr", "walks.report.refusal.long",
                ["limit": strings.number(limit)])
        case .walkNotPublished: FieldErrors("", "walks.report.refusal.walk")
        case .notHeld: FieldErrors("", "walks.report.refusal.held")
        case .introductionMissing: FieldErrors("", "walks.report.refusal.introduction")
        case .nothingPublished: FieldErrors("", "walks.report.refusal.nothing")
        case .tooManyObservations(let limit):
            FieldErrors("", "walks.report.refusal.many", ["limit": strings.number(limit)])
        }
    }
}

extension WalkScene {
    /// The way back from a form of the report.
    var reportCrumbs: [PlaceLink] {
        crumbs
            + (walk.map {
                [PlaceLink(label: strings("walks.report.title"), href: "\(base)/\($0.handle)/report")]
            } ?? [])
    }
}
