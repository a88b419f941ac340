import Foundation
import Hummingbird
import Participation

/// The acts of an agent on a consultation, each a form: GET shows it, POST records it.
struct ConsultationActs: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let followers: ConsultationFollowers

    /// Adds the routes below `/desk/processes/{process}/consultations`.
    func add(to routes: RouterGroup<AppContext>) {
        let base = "/desk/processes/{process}/consultations"
        for act in ConsultationAct.allCases {
            let path: RouterPath =
                act == .new ? "\(base)/new" : RouterPath("\(base)/{consultation}/\(act.rawValue)")
            routes.get(path) { request, context in try await show(act, request, context) }
            routes.post(path) { request, context in try await record(act, request, context) }
        }
    }

    private func scene(_ act: ConsultationAct, _ context: AppContext) async throws -> ConsultationScene {
        let strings: Strings = site.strings(context)
        return act == .new
            ? try await .find(context, processes, strings)
            : try await .find(context, processes, strings, consultations)
    }

    private func show(_ act: ConsultationAct, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: ConsultationScene = try await scene(act, context)
        return page(act, ConsultationForm(scene.consultation, scene.strings), scene, FieldErrors(), request, context)
    }

    private func record(_ act: ConsultationAct, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: ConsultationScene = try await scene(act, context)
        let form = ConsultationForm(try await site.form(request, context))
        do {
            let next: String = try await apply(act, form, scene)
            return site.see(next, flash: .done("consultations.frame.done.\(act.rawValue)"))
        } catch let errors as FieldErrors {
            return page(act, form, scene, errors, request, context)
        } catch let refusal as ConsultationRefusal {
            return page(act, form, scene, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    /// Does what the form asks for, and returns where that leads.
    private func apply(
        _ act: ConsultationAct, _ form: ConsultationForm, _ scene: ConsultationScene
    ) async throws -> String {
        let (actor, strings): (Actor, Strings) = (scene.actor, scene.strings)
        guard let consultation = scene.consultation else {
            let plan: ConsultationPlan = try form.plan(strings)
            try await consultations.plan(plan, in: scene.process.id, by: actor)
            return "\(scene.base)/\(plan.handle)"
        }
        let (id, revision): (ID<Consultation>, Int) = (consultation.id, form.revision)
        switch act {
        case .new: throw Absent()
        case .words: try await consultations.describe(id, form.purpose, revision: revision, by: actor)
        case .timetable:
            try await consultations.schedule(
                id, form.timetable(of: consultation, strings), revision: revision, by: actor)
        case .change:
            try await consultations.reschedule(
                id, form.timetable(of: consultation, strings), because: form.texts("reason"), revision: revision,
                telling: followers, by: actor)
        case .withdrawal: try await consultations.withdraw(id, by: actor)
        case .removal:
            try await consultations.remove(id, by: actor)
            return scene.base
        }
        return scene.own
    }

    private func page(
        _ act: ConsultationAct, _ form: ConsultationForm, _ scene: ConsultationScene, _ errors: FieldErrors,
        _ request: Request, _ context: AppContext
    ) -> Response {
        let page = ConsultationFormPage(act, form, scene, errors)
        return site.page(
            page, title: errors.title(page.heading, scene.strings), request, context, status: errors.status)
    }
}
