import Foundation
import Participation

/// Where one begins: who asks, how long it takes, whether it is anonymous, until when, and in which other ways.
struct AnsweringStartPage: PageView {
    static let template = "consultations/answer-start"

    /// The way in with a one-time code.
    struct CodeEntrance: Sendable {
        let code: Field
    }

    let heading: String, headingLanguage: String?, hub: String, consultationTitle: String
    let introduction: String?
    let errors: ErrorSummary?
    let facts: [Fact]
    let secrecy: String, remains: String?
    /// Why nothing is answered now.
    let shut: String?
    let action: String
    let isOpen: Bool, isKiosk: Bool, hasDraft: Bool, hasSent: Bool, hasAnswered: Bool
    let nextHref: String, mineHref: String, codeHref: String
    let linkEntrance: Bool, accountEntrance: Bool
    /// The account way for somebody who is not signed in.
    let signInHref: String?
    let codeEntrance: CodeEntrance?
    let otherWays: [String], hasOtherWays: Bool

    /// A line of the facts.
    struct Fact: Sendable {
        let label: String, text: String
    }

    /// What is known of whoever opens the page.
    struct Reader {
        let typed: String, problem: String?, problemWay: String
        let hasDraft: Bool, hasSent: Bool, hasAnswered: Bool
        let account: SignedInAccount?
        let phone: String, place: String
    }

    static let sample = AnsweringStartPage(
        heading: "Vos usages de la place", headingLanguage: "fr", hub: "/consultations/x",
        consultationTitle: "La place",
        introduction: "<p>—</p>", errors: ErrorSummary(items: [.init(field: "code", text: "Ce code n’existe pas.")]),
        facts: [Fact(label: "Durée", text: "5 minutes")], secrecy: "Vos réponses sont anonymes.", remains: "—",
        shut: "Fermé.", action: "/x", isOpen: true, isKiosk: true, hasDraft: true, hasSent: true, hasAnswered: true,
        nextHref: "/x", mineHref: "/x", codeHref: "/x", linkEntrance: true, accountEntrance: true, signInHref: "/x",
        codeEntrance: CodeEntrance(code: FieldErrors.sampleField), otherWays: ["Sur papier"], hasOtherWays: true)

    /// One plain sentence on who can know whose answers these are.
    static func secrecy(_ questionnaire: Questionnaire, _ strings: Strings) -> String {
        guard questionnaire.isAnonymous else { return strings("consultations.answer.named") }
        return strings(
            questionnaire.once && questionnaire.ways.contains(.account)
                ? "consultations.answer.anonymous.once" : "consultations.answer.anonymous")
    }

    /// About how long it takes: half a minute to write a line, two minutes for a text, some seconds to choose.
    static func minutes(_ form: QuestionnaireForm) -> Int {
        let seconds: Int = form.questions.reduce(0) { sum, question in
            switch question.kind {
            case .longText: sum + 90
            case .matrix: sum + 8 * max(1, question.rows.count)
            case .ranking: sum + 8 * max(1, question.options.count)
            case .place, .photo: sum + 45
            case .shortText, .information: sum + 20
            case .single, .multiple, .scale, .number, .date: sum + 12
            }
        }
        return max(1, Int((Double(seconds) / 60).rounded()))
    }
}

extension AnsweringStartPage {
    init(_ scene: AnsweringScene, form: QuestionnaireForm, _ reader: Reader) {
        let (questionnaire, strings): (Questionnaire, Strings) = (scene.questionnaire, scene.strings)
        let ways: Set<AnswerWay> = questionnaire.ways
        func words(_ key: String, _ arguments: [String: String] = [:]) -> String {
            strings("consultations.answer.\(key)", arguments)
        }
        heading = scene.title
        headingLanguage = scene.titleLanguage
        hub = scene.hub
        consultationTitle = scene.consultation.title(strings.language)
        introduction = questionnaire.introduction(strings.language).nonEmpty.map(Markdown.html)
        let isCode: Bool = reader.problemWay == AnswerWay.code.rawValue
        errors = reader.problem.map { ErrorSummary(items: [.init(field: isCode ? "code" : nil, text: $0)]) }
        let questions: Int = form.questions.filter { $0.kind != .information }.count
        let contact: String = Markdown.plain(scene.consultation.contact(strings.language))
        facts =
            [
                Fact(
                    label: words("fact.length"),
                    text: words(
                        "fact.length.words",
                        [
                            "minutes": strings.plural("consultations.answer.minutes", Self.minutes(form)),
                            "questions": strings.plural("consultations.answer.questions", questions),
                        ])),
                Fact(label: words("fact.until"), text: strings.moment(scene.consultation.collectsUntil)),
            ] + (contact.isEmpty ? [] : [Fact(label: words("fact.contact"), text: contact)])
        secrecy = Self.secrecy(questionnaire, strings)
        remains = questionnaire.isAnonymous ? words("remains") : nil
        shut = scene.shut
        isOpen = scene.shut == nil
        action = "\(scene.base)/drafts"
        isKiosk = scene.kiosk != nil
        hasDraft = reader.hasDraft
        hasSent = reader.hasSent
        hasAnswered = reader.hasAnswered
        nextHref = "\(scene.base)/next"
        mineHref = "\(scene.base)/mine"
        codeHref = "\(scene.base)/code"
        let isHere: Bool = scene.shut == nil && scene.kiosk == nil
        linkEntrance = isHere && ways.contains(.link)
        accountEntrance = isHere && ways.contains(.account) && reader.account != nil && !reader.hasAnswered
        signInHref =
            isHere && ways.contains(.account) && reader.account == nil
            ? "/sign-in?next=\(PercentDecoding.encode(scene.base))" : nil
        codeEntrance =
            isHere && ways.contains(.code)
            ? CodeEntrance(
                code: Field(
                    name: "code", label: words("entrance.code"), type: "text", value: reader.typed.nonEmpty,
                    hint: words("entrance.code.hint"), problem: isCode ? reader.problem : nil, optional: false,
                    autocomplete: "off", inputmode: nil, size: "code",
                    described: isCode && reader.problem != nil ? "code-hint code-problem" : "code-hint")) : nil
        otherWays = [
            ways.contains(.paper) ? words("other_way.paper", ["place": reader.place]) : nil,
            ways.contains(.kiosk) ? words("other_way.stand") : nil,
            ways.contains(.agent) ? words("other_way.agent", ["phone": reader.phone]) : nil,
        ].compactMap(\.self)
        hasOtherWays = !otherWays.isEmpty
    }
}

/// One section: its questions, and the way on and back.
struct AnswerStepPage: PageView {
    static let template = "consultations/answer-step"

    let questionnaire: String, progress: String
    let sectionTitle: String, sectionLanguage: String?, introduction: String?
    let errors: ErrorSummary?
    let action: String
    let isUpload: Bool, isCheck: Bool, hasBack: Bool
    let questions: [AnswerQuestion]

    static let sample = AnswerStepPage(
        questionnaire: "Vos usages", progress: "Étape 1 sur 2", sectionTitle: "Vos trajets", sectionLanguage: "fr",
        introduction: "<p>—</p>", errors: ErrorSummary(items: [.init(field: "q-a", text: "Répondez.")]), action: "/x",
        isUpload: true, isCheck: true, hasBack: true, questions: [.sample])
}

extension AnswerStepPage {
    init(
        _ step: AnswerStep, _ scene: AnsweringScene, _ draft: AnswerDraft, _ typed: Fields,
        _ problems: [(field: String, words: String)], isCheck: Bool, _ scenery: AnswerScenery
    ) {
        let strings: Strings = scene.strings
        questionnaire = scene.title
        progress = strings(
            "consultations.answer.step", ["number": strings.number(step.number), "count": strings.number(step.count)])
        sectionTitle = step.section.title(strings.language)
        sectionLanguage = step.section.title.foreign(to: strings.language)
        introduction = step.section.introduction(strings.language).nonEmpty.map(Markdown.html)
        errors =
            problems.isEmpty
            ? nil
            : ErrorSummary(items: problems.map { .init(field: $0.field.isEmpty ? nil : $0.field, text: $0.words) })
        action = "\(scene.base)/sections/\(step.section.key)"
        isUpload = step.hasPhoto
        self.isCheck = isCheck
        hasBack = step.previous != nil
        questions = step.section.questions.map { question in
            let name: String = AnswerFields(question).name
            return AnswerQuestion(
                question, typed, kept: draft.answers[question.key],
                problem: problems.first { $0.field == name }?.words, scenery)
        }
    }
}

/// Everything that was answered, before it is sent.
struct AnswerCheckPage: PageView {
    static let template = "consultations/answer-check"

    let questionnaire: String
    let errors: ErrorSummary?
    let sections: [AnsweredSection]
    let action: String, code: String, canSend: Bool, isChange: Bool
    let secrecy: String, remains: String?
    let backHref: String, leaveHref: String

    static let sample = AnswerCheckPage(
        questionnaire: "Vos usages", errors: ErrorSummary(items: [.init(field: "q-a", on: "/x", text: "Répondez.")]),
        sections: [.sample], action: "/x", code: "ABCD", canSend: true, isChange: true, secrecy: "—", remains: "—",
        backHref: "/x", leaveHref: "/x")
}

/// The code that opens what has been written so far.
struct AnsweringPausePage: PageView {
    static let template = "consultations/answer-pause"

    let questionnaire: String, groups: [String], kept: String, address: String
    let continueHref: String, hub: String, forgetting: String, isKiosk: Bool

    static let sample = AnsweringPausePage(
        questionnaire: "Vos usages", groups: ["ABCD"], kept: "30 jours", address: "https://city.example/x",
        continueHref: "/x", hub: "/x", forgetting: "/x", isKiosk: true)
}

extension AnsweringPausePage {
    init(
        questionnaire: String, groups: [String], days: Int, address: String, continueHref: String, hub: String,
        forgetting: String, _ scene: AnsweringScene
    ) {
        self.init(
            questionnaire: questionnaire, groups: groups,
            kept: scene.strings("consultations.answer.pause.kept", ["days": scene.strings.number(days)]),
            address: address, continueHref: continueHref, hub: hub, forgetting: forgetting,
            isKiosk: scene.kiosk != nil)
    }
}

/// Asks for the code of what was begun or sent.
struct AnsweringCodePage: PageView {
    static let template = "consultations/answer-code"

    let questionnaire: String, startHref: String, action: String
    let errors: ErrorSummary?
    let code: Field

    static let sample = AnsweringCodePage(
        questionnaire: "Vos usages", startHref: "/x", action: "/x",
        errors: ErrorSummary(items: [.init(field: "code", text: "—")]), code: FieldErrors.sampleField)
}

/// The receipt: the answers are in, and the code that opens them.
struct AnswerReceiptPage: PageView {
    static let template = "consultations/answer-receipt"

    let questionnaire: String, thanks: String?, groups: [String], address: String
    let rights: [String], secrecy: String, remains: String?
    let mineHref: String, hub: String, forgetting: String, isKiosk: Bool

    static let sample = AnswerReceiptPage(
        questionnaire: "Vos usages", thanks: "<p>Merci.</p>", groups: ["ABCD"], address: "https://city.example/x",
        rights: ["Vous pouvez retirer vos réponses."], secrecy: "—", remains: "—", mineHref: "/x", hub: "/x",
        forgetting: "/x", isKiosk: true)

    /// What the code lets one do, and until when.
    static func rights(_ questionnaire: Questionnaire, until end: Date, _ strings: Strings) -> [String] {
        (questionnaire.mayEdit
            ? [strings("consultations.answer.receipt.change", ["moment": strings.moment(end)])] : [])
            + [strings("consultations.answer.receipt.withdraw")]
    }
}

/// What somebody sent.
struct SentAnswersPage: PageView {
    static let template = "consultations/answer-mine"

    let questionnaire: String
    let sections: [AnsweredSection]
    let changeAction: String?, withdrawalHref: String?, tooLate: String?
    let hub: String, forgetting: String

    static let sample = SentAnswersPage(
        questionnaire: "Vos usages", sections: [.sample], changeAction: "/x", withdrawalHref: "/x", tooLate: "—",
        hub: "/x", forgetting: "/x")
}

/// Is it to be taken back?
struct AnswerWithdrawalPage: PageView {
    static let template = "consultations/answer-withdrawal"

    let questionnaire: String, action: String, backHref: String, isFinal: Bool

    static let sample = AnswerWithdrawalPage(questionnaire: "Vos usages", action: "/x", backHref: "/x", isFinal: true)
}
