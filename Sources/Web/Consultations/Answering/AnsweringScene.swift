import Foundation
import HTTPTypes
import Hummingbird
import Participation

/// A questionnaire of the path as somebody answers it.
struct AnsweringScene: Sendable {
    let consultation: Consultation
    let questionnaire: Questionnaire
    let strings: Strings
    /// The codes that the reader's browser holds, the latest first.
    let codes: [ResponseCode]
    /// The token that makes the browser a device of this questionnaire; nil for any other browser.
    let kiosk: Token?

    var base: String { "/consultations/\(consultation.handle)/questionnaires/\(questionnaire.handle)" }
    var hub: String { "/consultations/\(consultation.handle)" }
    var title: String { questionnaire.title(strings.language) }
    var titleLanguage: String? { questionnaire.title.foreign(to: strings.language) }

    /// Why nothing is answered now, in a sentence; nil while answers are taken.
    var shut: String? {
        switch consultation.stage {
        case .announcement:
            strings("consultations.answer.shut.early", ["moment": strings.moment(consultation.collectsFrom)])
        case .collection: nil
        case .synthesis, .answer, .followUp:
            strings("consultations.answer.shut.over", ["moment": strings.moment(consultation.collectsUntil)])
        }
    }
}

/// What the pages of answering share.
struct AnsweringHouse: Sendable {
    let site: Site
    let consultations: Consultations
    let answering: Answering
    let kiosks: AnswerKiosks
    let districts: Districts
    let map: CityMap
    let doors = AnsweringDoors()

    /// The questionnaire of the path; absent unless its consultation is published and it has been opened.
    func scene(_ request: Request, _ context: AppContext) async throws -> AnsweringScene {
        guard let consultation = try await consultations.find(try context.slug("consultation")),
            consultation.publishedAt != nil,
            let questionnaire = try await consultations.questionnaire(
                try context.slug("questionnaire"), of: consultation.id),
            questionnaire.liveVersion != nil
        else { throw Absent() }
        var kiosk: Token?
        if let token = site.answeringKiosk(request), try await kiosks.isOpen(token, for: questionnaire.id) {
            kiosk = token
        }
        return AnsweringScene(
            consultation: consultation, questionnaire: questionnaire, strings: site.strings(context),
            codes: site.answerCodes(request), kiosk: kiosk)
    }

    /// What the reader has written so far, with the form that it answers; nil when they have not begun.
    func draft(_ scene: AnsweringScene) async throws -> (draft: AnswerDraft, form: QuestionnaireForm)? {
        guard let draft = try await answering.draft(scene.codes, of: scene.questionnaire.id),
            let form = try await consultations.form(of: scene.questionnaire.id, version: draft.version)
        else { return nil }
        return (draft, form)
    }

    /// What the questions of a section are shown with.
    func scenery(
        _ questions: [QuestionnaireForm.Question], _ strings: Strings
    ) async throws -> AnswerScenery {
        guard questions.contains(where: { $0.kind == .place }) else { return AnswerScenery(strings: strings) }
        return AnswerScenery(
            districts: try await districts.list(),
            map: try await map.view([], words: strings("districts.map"), picks: true, strings.language),
            strings: strings)
    }

    /// `response`, after which a device asks now and then whether somebody is still there.
    func watching(_ response: Response, _ scene: AnsweringScene) -> Response {
        guard scene.kiosk != nil else { return response }
        var response = response
        response.headers[.refresh] = "180; url=\(scene.base)/over"
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

/// How fast a network may answer: a library or a school passes with some dozens an hour, a program that floods does not.
/// Kept in memory: what is written down about who sent when could be laid beside what arrived.
struct AnsweringDoors: Sendable {
    /// Beginnings.
    let beginnings = Buckets(burst: 120, perMinute: 2)
    /// Steps of those who have begun.
    let steps = Buckets(burst: 1_200, perMinute: 240)
    /// Photos, each of which costs a second of a processor.
    let photos = Buckets(burst: 60, perMinute: 6)
}

extension Site {
    /// The codes that the reader's browser holds, the latest first.
    func answerCodes(_ request: Request) -> [ResponseCode] {
        (cookies.value(.answers, of: request) ?? "").split(separator: ".").compactMap { ResponseCode(String($0)) }
    }

    /// `response`, after which the browser holds the code too, until it is closed.
    func holding(_ code: ResponseCode, _ codes: [ResponseCode], _ response: Response) -> Response {
        var response = response
        let held: [ResponseCode] = [code] + codes.filter { $0 != code }.prefix(7)
        response.setCookie(cookies.setting(.answers, to: held.map(\.letters).joined(separator: ".")))
        return response
    }

    /// `response`, after which the browser holds no code any more.
    func forgettingCodes(_ response: Response) -> Response {
        var response = response
        response.setCookie(cookies.clearing(.answers))
        return response
    }

    /// The token of the device that this browser is; nil for any other browser.
    func answeringKiosk(_ request: Request) -> Token? {
        cookies.value(.answeringKiosk, of: request).flatMap { Token($0) }
    }

    /// Makes the browser a device of a questionnaire and takes the agent's session out of it: residents use it next.
    func openingAnsweringKiosk(_ token: Token, at path: String) -> Response {
        var response: Response = forgettingVisitor(see(path))
        // A day is longer than any stand is open.
        response.setCookie(cookies.setting(.answeringKiosk, to: token.text, seconds: 86_400))
        return response
    }

    /// `response`, after which the device has forgotten whoever answered before.
    func forgettingVisitor(_ response: Response) -> Response { forgettingCodes(clearing(response)) }
}

extension AnsweringRefusal {
    /// The sentence that says why, and what to do next.
    func words(_ scene: AnsweringScene) -> String {
        let strings: Strings = scene.strings
        return switch self {
        case .notOpen: scene.shut ?? strings("consultations.answer.refusal.not_open")
        case .otherWay: strings("consultations.answer.refusal.other_way")
        case .signInNeeded: strings("consultations.answer.refusal.sign_in")
        case .alreadyAnswered: strings("consultations.answer.refusal.already")
        case .unknownCode: strings("consultations.answer.refusal.unknown_code")
        case .usedCode: strings("consultations.answer.refusal.used_code")
        case .voidCode: strings("consultations.answer.refusal.void_code")
        case .kioskClosed: strings("consultations.answer.refusal.kiosk")
        case .gone: strings("consultations.answer.refusal.gone")
        case .tooLarge: strings("consultations.answer.refusal.too_large")
        case .incomplete: strings("consultations.answer.refusal.incomplete")
        case .notChanged: strings("consultations.answer.refusal.not_changed")
        case .tooLate: strings("consultations.answer.refusal.too_late")
        }
    }
}
