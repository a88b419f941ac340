import Foundation
import Participation

/// The questionnaires of the demonstration's consultations, opened.
extension DemoTown {
    /// The questionnaire of a consultation with the handle, as its file has it; as it is when it is there already.
    func forms(of consultation: Consultation) async throws {
        switch consultation.handle {
        case Demonstration.collectingHandle:
            try await form(
                "usages",
                QuestionnaireSettings(
                    title: Texts(["fr": "Vos usages", "en": "How you use it", "de": "Ihre Nutzung"]),
                    introduction: Texts([
                        "fr": "Dix minutes. Vos réponses sont anonymes. *Questionnaire de démonstration.*",
                        "en": "Ten minutes. Your answers are anonymous. *A questionnaire of the demonstration.*",
                        "de": "Zehn Minuten. Ihre Antworten sind anonym. *Ein Fragebogen der Vorführung.*",
                    ]),
                    thanks: Texts([
                        "fr": "Merci. La synthèse dira ce que la ville en a compris.",
                        "en": "Thank you. The synthesis will say what the city made of it.",
                        "de": "Danke. Die Auswertung sagt, was die Stadt daraus entnommen hat.",
                    ]), ways: [.account, .code, .kiosk, .agent, .paper]), of: consultation)
        case Demonstration.overHandle:
            try await form(
                "jardins",
                QuestionnaireSettings(
                    title: Texts(["fr": "Où, et avec quelles règles", "en": "Where, and how", "de": "Wo und wie"]),
                    ways: [.link, .agent, .paper], once: false, mayEdit: false), of: consultation)
        default: break
        }
    }

    private func form(_ handle: String, _ settings: QuestionnaireSettings, of consultation: Consultation) async throws {
        let consultations = Consultations(pool: house.pool)
        var known: Questionnaire? = try await consultations.questionnaire(handle, of: consultation.id)
        if known == nil {
            try await consultations.beginQuestionnaire(handle, settings, in: consultation.id, by: agent)
            known = try await consultations.questionnaire(handle, of: consultation.id)
        }
        guard let questionnaire = known, questionnaire.liveVersion == nil else { return }
        let path: URL = URL(filePath: house.settings.resources).appending(
            path: "Tests/Fixtures/demonstration/\(handle).json")
        let form: QuestionnaireForm = try FormFile.read(try Console.read(path.path(percentEncoded: false)))
        try await consultations.edit(questionnaire.id, .replace(form), by: agent)
        let draft: QuestionnaireFile = try await consultations.file(questionnaire.id, by: agent)
        try await consultations.openDraft(questionnaire.id, revision: draft.questionnaire.revision, by: agent)
        if handle == "usages" { try await nextVersion(of: questionnaire.id, consultations) }
    }

    /// A next version that somebody is still writing: a question without its translations.
    private func nextVersion(of id: ID<Questionnaire>, _ consultations: Consultations) async throws {
        try await consultations.beginDraft(id, by: agent)
        let title = Texts(["fr": "Faut-il des toilettes publiques ?"])
        let key: String? = try await consultations.edit(
            id, .addQuestion(.single, title: title, section: "demain"), by: agent)
        let form: QuestionnaireForm = try await consultations.file(id, by: agent).form
        guard let key, let added = form.question(key) else { return }
        var question: QuestionnaireForm.Question = added
        question.options = QuestionnaireForm.Option.typed(["Oui", "Non", "Sans avis"], over: [])
        try await consultations.edit(id, .writeQuestion(question, section: "demain", seal: added.seal), by: agent)
    }
}
