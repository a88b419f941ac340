import Hummingbird
import Participation

/// Who prepares which questionnaire: what every page of it at the desk begins with.
struct FormScene: Sendable {
    let scene: ConsultationScene
    let consultation: Consultation
    let file: QuestionnaireFile

    var strings: Strings { scene.strings }
    var actor: Actor { scene.actor }
    var questionnaire: Questionnaire { file.questionnaire }
    var form: QuestionnaireForm { file.form }
    /// The address below which all its pages lie.
    var base: String { "\(scene.own)/questionnaires/\(questionnaire.handle)" }

    /// The way back, above the title of each page: to the questionnaire's own page too.
    var crumbs: [PlaceLink] {
        scene.crumbs + [PlaceLink(label: questionnaire.title(strings.language), href: "\(base)/form")]
    }

    /// The questionnaire of the path for the agents of its process; absent for everybody else.
    static func find(
        _ context: AppContext, _ processes: Processes, _ strings: Strings, _ consultations: Consultations
    ) async throws -> FormScene {
        let scene: ConsultationScene = try await .find(context, processes, strings, consultations)
        let consultation: Consultation = try scene.required()
        guard
            let questionnaire = try await consultations.questionnaire(
                try context.slug("questionnaire"), of: consultation.id)
        else { throw Absent() }
        do {
            let file: QuestionnaireFile = try await consultations.file(questionnaire.id, by: scene.actor)
            return FormScene(scene: scene, consultation: consultation, file: file)
        } catch is NotAllowed { throw Absent() }
    }
}
