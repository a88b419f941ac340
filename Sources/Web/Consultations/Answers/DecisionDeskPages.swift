import Foundation
import Participation

/// The decisions at the desk.
struct DecisionsDeskPage: PageView {
    static let template = "consultations/synthesis-decisions"

    /// A decision.
    struct Line: Sendable {
        let number: String
        let name: String
        let decision: StatusWord
        let standing: StatusWord?
        let service: String
        let due: String?
        let late: String?
        let lacks: String?
        let voices: String
        let href: String
        let voicesHref: String
        let riseAction: String?
        let removalAction: String?
        let turnHref: String?
    }

    let crumbs: [PlaceLink]
    let eyebrow: String
    let base: String
    let dueWords: String
    let lateWords: String?
    let errors: ErrorSummary?
    let lines: [Line]
    let isEmpty: Bool
    let canPublish: Bool
    let needsSynthesis: Bool
    let isPublic: Bool
    let publicHref: String
    let synthesisHref: String
    let editions: [EditionLine]

    static let sample = DecisionsDeskPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], eyebrow: "Les jardins",
        base: "/desk/processes/x/consultations/x/answer", dueWords: "Promise pour le 3 mars",
        lateWords: "2 jours de retard",
        errors: ErrorSummary(items: [.init(field: nil, text: "Manque")]),
        lines: [
            Line(
                number: "1", name: "Plus d’ombre", decision: .sample, standing: .sample, service: "Espaces verts",
                due: "3 mars 2027", late: "2 jours", lacks: "Il manque la raison", voices: "3 liens", href: "/x",
                voicesHref: "/x/voices", riseAction: "/x/rise", removalAction: "/x/removal", turnHref: "/x/turn")
        ], isEmpty: true, canPublish: true, needsSynthesis: true, isPublic: true, publicHref: "/consultations/x/answer",
        synthesisHref: "/desk/processes/x/consultations/x/synthesis", editions: [.sample])
}

extension DecisionsDeskPage {
    init(
        _ file: DecisionFile, _ consultation: Consultation, _ scene: ConsultationScene, _ errors: FieldErrors,
        today: Day
    ) {
        let strings: Strings = scene.strings
        let words = DecisionWords(strings)
        crumbs = scene.crumbs
        eyebrow = consultation.title(strings.language)
        base = "\(scene.own)/answer"
        dueWords = strings("consultations.decision.awaited", ["day": strings.day(consultation.answerDue)])
        let days: Int = consultation.answerDue.days(until: today)
        lateWords = days > 0 && file.editions.isEmpty ? strings.plural("consultations.decision.late", days) : nil
        self.errors = errors.summary(strings)
        let own: String = "\(scene.own)/answer/decisions"
        lines = file.decisions.enumerated().map { index, decision in
            let missing: [String] = decision.lacks.map { strings("consultations.decision.part.\($0.rawValue)") }
            let lateDays: Int =
                decision.status?.isOpen == true ? decision.promisedOn.map { $0.days(until: today) } ?? 0 : 0
            return Line(
                number: strings.number(decision.number), name: decision.draft.title(strings.language),
                decision: words.kind(decision.draft.kind), standing: decision.status.map(words.status),
                service: decision.draft.service,
                due: (decision.promisedOn ?? decision.draft.due).map(strings.day),
                late: lateDays > 0 ? strings.plural("consultations.decision.late", lateDays) : nil,
                lacks: missing.isEmpty
                    ? nil : strings("consultations.decision.lacks", ["parts": missing.joined(separator: ", ")]),
                voices: strings.plural("consultations.decision.voices", decision.voices.count),
                href: "\(own)/\(decision.id)", voicesHref: "\(own)/\(decision.id)/voices",
                riseAction: index == 0 ? nil : "\(own)/\(decision.id)/rise",
                removalAction: decision.publishedAt == nil ? "\(own)/\(decision.id)/removal" : nil,
                turnHref: decision.status?.isOpen == true ? "\(own)/\(decision.id)/turn" : nil)
        }
        isEmpty = lines.isEmpty
        needsSynthesis = consultation.synthesisedAt == nil
        canPublish = !needsSynthesis && !isEmpty && file.isChanged
        isPublic = !file.editions.isEmpty
        publicHref = "/consultations/\(consultation.handle)/answer"
        synthesisHref = "\(scene.own)/synthesis"
        editions = file.editions.map {
            EditionLine($0, href: "/consultations/\(consultation.handle)/answer", strings)
        }
    }
}

/// What a decision answers, with the ways to say more of it.
struct DecisionVoicesPage: PageView {
    static let template = "consultations/synthesis-voices"

    /// Something that it answers.
    struct Line: Sendable {
        let choice: String
        let name: String
        let path: String?
    }

    let crumbs: [PlaceLink]
    let eyebrow: String
    let heading: String
    let action: String
    let lines: [Line]
    let isEmpty: Bool
    let choices: [SelectOption]
    let hasChoices: Bool
    let address: Field
    let backHref: String
    let errors: ErrorSummary?

    static let sample = DecisionVoicesPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], eyebrow: "Les jardins", heading: "Plus d’ombre",
        action: "/x/voices", lines: [Line(choice: "proposal 12", name: "Proposition 12", path: "/proposals/12")],
        isEmpty: true, choices: [SelectOption(value: "question usages/age", label: "Votre âge", selected: true)],
        hasChoices: true, address: FieldErrors.sampleField, backHref: "/x",
        errors: ErrorSummary(items: [.init(field: "address", text: "Rien")]))
}

extension DecisionVoicesPage {
    init(
        _ decision: Decision, _ file: DecisionFile, _ offered: [VoiceLabel], _ form: SynthesisForm,
        _ scene: ConsultationScene, _ consultation: Consultation, _ errors: FieldErrors
    ) {
        let strings: Strings = scene.strings
        let words = DecisionWords(strings)
        crumbs = scene.answerCrumbs
        eyebrow = decision.draft.title(strings.language)
        heading = strings("consultations.decision.voices.title")
        action = "\(scene.own)/answer/decisions/\(decision.id)/voices"
        lines = decision.voices.map { voice in
            Line(
                choice: voice.choice, name: words.name(voice, file.labels[voice]), path: file.labels[voice]?.path)
        }
        isEmpty = lines.isEmpty
        choices = offered.filter { !decision.voices.contains($0.voice) }.map { label in
            SelectOption(
                value: label.voice.choice, label: words.name(label.voice, label),
                selected: label.voice.choice == form.text("choice"))
        }
        hasChoices = !choices.isEmpty
        address = errors.field(
            "address", label: strings("consultations.decision.address"), value: form.text("address"),
            hint: strings("consultations.decision.address.hint"), optional: hasChoices, autocomplete: "off", strings)
        backHref = "\(scene.own)/answer"
        self.errors = errors.summary(strings)
    }
}
