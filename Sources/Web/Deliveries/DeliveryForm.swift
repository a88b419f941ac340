import Participation

/// The acts of an agent on a delivery that are a form of their own, and what each asks for.
enum DeliveryAct: String, CaseIterable, Sendable {
    case settings, start, date, completion, abandonment, milestone, evidence, due, spending, update

    /// One question of the form.
    struct Question: Sendable {
        enum Kind: Sendable {
            case line, day, amount, number, link, area
        }

        let name: String
        let kind: Kind
        var isTranslated = false
        var isOptional = false
    }

    /// The path below the delivery.
    var path: String {
        switch self {
        case .milestone: "milestones/new"
        case .evidence: "milestones/{number}/evidence"
        case .due: "milestones/{number}/date"
        case .update: "updates/new"
        default: rawValue
        }
    }

    var questions: [Question] {
        switch self {
        case .settings:
            [
                Question(name: "title", kind: .line, isTranslated: true), Question(name: "service", kind: .line),
                Question(name: "district", kind: .line, isOptional: true),
                Question(name: "theme", kind: .line, isOptional: true), Question(name: "budget", kind: .amount),
                Question(name: "planned_start", kind: .day, isOptional: true),
                Question(name: "latitude", kind: .number, isOptional: true),
                Question(name: "longitude", kind: .number, isOptional: true),
            ]
        case .start: [Question(name: "started_on", kind: .day)]
        case .date:
            [Question(name: "planned_end", kind: .day), Question(name: "reason", kind: .area, isTranslated: true)]
        case .completion: [Question(name: "finished_on", kind: .day)]
        case .abandonment: [Question(name: "reason", kind: .area, isTranslated: true)]
        case .milestone: [Question(name: "title", kind: .line, isTranslated: true), Question(name: "due", kind: .day)]
        case .evidence:
            [
                Question(name: "reached_on", kind: .day),
                Question(name: "evidence", kind: .area, isTranslated: true, isOptional: true),
                Question(name: "link", kind: .link, isOptional: true),
            ]
        case .due: [Question(name: "due", kind: .day), Question(name: "reason", kind: .area, isTranslated: true)]
        case .spending:
            [
                Question(name: "paid_on", kind: .day), Question(name: "label", kind: .line),
                Question(name: "amount", kind: .amount), Question(name: "invoice", kind: .line),
            ]
        case .update:
            [
                Question(name: "title", kind: .line, isTranslated: true),
                Question(name: "words", kind: .area, isTranslated: true),
            ]
        }
    }
}

/// What was typed into a form about a delivery, or what stands there to be changed.
struct DeliveryForm: Sendable {
    let values: [String: String]

    init(_ fields: Fields) {
        values = Dictionary(fields.names.map { ($0, fields.text($0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// An empty form, with what can be told beforehand.
    init(_ act: DeliveryAct, _ delivery: Delivery, today: Day) {
        var values: [String: String] = ["revision": String(delivery.revision)]
        switch act {
        case .settings:
            for language in Language.allCases {
                values["title-\(language.rawValue)"] = delivery.title.byLanguage[language.rawValue]
            }
            values["service"] = delivery.service
            values["district"] = delivery.district
            values["theme"] = delivery.theme
            values["budget"] = DeliveryFiles.amount(delivery.budget)
            values["planned_start"] = delivery.plannedStart?.description
            values["latitude"] = delivery.point.map { String($0.latitude) }
            values["longitude"] = delivery.point.map { String($0.longitude) }
        case .start: values["started_on"] = today.description
        case .date: values["planned_end"] = delivery.plannedEnd.description
        case .completion: values["finished_on"] = today.description
        case .evidence: values["reached_on"] = today.description
        case .spending: values["paid_on"] = today.description
        case .abandonment, .milestone, .due, .update: break
        }
        self.values = values
    }

    func text(_ name: String) -> String { values[name] ?? "" }

    /// The revision of the delivery that the form showed.
    var revision: Int? { Int(text("revision")) }

    func texts(_ name: String) -> Texts {
        Texts(
            Dictionary(
                uniqueKeysWithValues: Language.allCases.map { ($0.rawValue, text("\(name)-\($0.rawValue)")) }))
    }

    /// The day in a field; throws the error of the field where there is none.
    func day(_ name: String) throws(DeliveryRefusal) -> Day {
        guard let day = Day(text(name)) else { throw .dayMissing(name) }
        return day
    }

    /// The day in a field that may stay empty.
    func optionalDay(_ name: String) throws(DeliveryRefusal) -> Day? {
        text(name).isEmpty ? nil : try day(name)
    }

    /// The settings as typed.
    func settings() throws(FieldErrors) -> DeliverySettings {
        guard let budget = DeliveryFiles.cents(text("budget")) else {
            throw FieldErrors("budget", "deliveries.refusal.budget")
        }
        var point: MapPoint?
        if !text("latitude").isEmpty || !text("longitude").isEmpty {
            guard let latitude = Double(text("latitude").replacing(",", with: ".")),
                let longitude = Double(text("longitude").replacing(",", with: ".")),
                let known = MapPoint(latitude: latitude, longitude: longitude)
            else { throw FieldErrors("latitude", "deliveries.refusal.point") }
            point = known
        }
        do throws(DeliveryRefusal) {
            return DeliverySettings(
                title: texts("title"), service: text("service"), district: text("district"), theme: text("theme"),
                point: point, budget: budget, plannedStart: try optionalDay("planned_start"))
        } catch { throw error.fieldErrors }
    }
}

extension DeliveryRefusal {
    /// The refusal at the field it concerns.
    var fieldErrors: FieldErrors {
        switch self {
        case .nothingChosen: FieldErrors("chosen", "deliveries.refusal.nothing_chosen")
        case .notSelected: FieldErrors("chosen", "deliveries.refusal.not_selected")
        case .untitled: FieldErrors("title-fr", "deliveries.refusal.untitled")
        case .serviceMissing: FieldErrors("service", "deliveries.refusal.service")
        case .budgetMissing: FieldErrors("budget", "deliveries.refusal.budget")
        case .dayMissing(let field): FieldErrors(field, "deliveries.refusal.day")
        case .endsBeforeItBegins: FieldErrors("", "deliveries.refusal.ends_before")
        case .inTheFuture: FieldErrors("", "deliveries.refusal.future")
        case .reasonMissing: FieldErrors("reason-fr", "deliveries.refusal.reason")
        case .sameDate: FieldErrors("", "deliveries.refusal.same_date")
        case .wrongStatus: FieldErrors("", "deliveries.refusal.status")
        case .noSuchMilestone: FieldErrors("", "deliveries.refusal.milestone")
        case .evidenceMissing: FieldErrors("evidence-fr", "deliveries.refusal.evidence")
        case .malformedLink: FieldErrors("link", "deliveries.refusal.link")
        case .updateMissing: FieldErrors("title-fr", "deliveries.refusal.update")
        case .invoiceTaken: FieldErrors("invoice", "deliveries.refusal.invoice")
        case .spendingMissing: FieldErrors("label", "deliveries.refusal.spending")
        case .changedMeanwhile: FieldErrors("", "deliveries.refusal.changed")
        }
    }
}
