import Hummingbird
import Participation

/// A questionnaire whose answers an agent reads: what every page of its analysis begins with.
struct AnalysisScene: Sendable {
    let desk: ConsultationScene
    let consultation: Consultation
    let questionnaire: Questionnaire
    let form: JoinedForm
    /// The names of the city's districts by their codes.
    let districts: [String: String]
    let strings: Strings

    var actor: Actor { desk.actor }
    /// The address of the answers, below which all pages of the analysis lie.
    var base: String { "\(desk.own)/questionnaires/\(questionnaire.handle)/answers" }
    var title: String { questionnaire.title(strings.language) }

    /// The questionnaire of the path, once it has been opened, for agents of its process; absent for everybody else.
    static func find(
        _ context: AppContext, _ desk: AnalysisDesks
    ) async throws -> AnalysisScene {
        let strings: Strings = desk.site.strings(context)
        let scene: ConsultationScene = try await .find(context, desk.processes, strings, desk.consultations)
        let consultation: Consultation = try scene.required()
        guard
            let questionnaire = try await desk.consultations.questionnaire(
                try context.slug("questionnaire"), of: consultation.id)
        else { throw Absent() }
        let form: JoinedForm = try await desk.analyses.form(of: questionnaire.id)
        return AnalysisScene(
            desk: scene, consultation: consultation, questionnaire: questionnaire, form: form,
            districts: try await desk.map.names(strings.language), strings: strings)
    }

    /// The question of the path that is answered in words; absent when there is none.
    func textQuestion(_ context: AppContext) throws -> QuestionnaireForm.Question {
        guard let question = form.question(try context.slug("question")), question.hasWords else { throw Absent() }
        return question
    }

    /// The way back, above the title: from the answers themselves to the consultation, from every other page to them.
    func crumbs(isBelow: Bool = true) -> [PlaceLink] {
        desk.crumbs + (isBelow ? [PlaceLink(label: strings("consultations.analysis.title"), href: base)] : [])
    }

    /// What a chart of each question of some figures shows.
    func charts(_ figures: QuestionnaireFigures, of section: QuestionnaireForm.Section) -> [ChartView] {
        Self.charts(figures, of: section, form, districts, strings)
    }

    static func charts(
        _ figures: QuestionnaireFigures, of section: QuestionnaireForm.Section, _ form: JoinedForm,
        _ districts: [String: String], _ strings: Strings
    ) -> [ChartView] {
        section.questions.filter { $0.kind != .information }.compactMap { question in
            figures[question.key].map {
                ChartView(
                    $0, of: form.question(question.key) ?? question, districts: districts,
                    isChanged: form.changed.contains(question.key), strings)
            }
        }
    }
}

/// What the desks of the analysis share.
struct AnalysisDesks: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let analyses: Analyses
    let map: CityMap
    /// Counting with a filter takes a moment where answers are many: two at once, a few wait.
    let turns = Turns(atOnce: 2, waiting: 8)
}

extension CityMap {
    /// The names of the districts by their codes.
    func names(_ language: Language) async throws -> [String: String] {
        Dictionary(try await districts().map { ($0.code, $0.name(language)) }, uniquingKeysWith: { first, _ in first })
    }
}
