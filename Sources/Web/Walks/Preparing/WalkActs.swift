import Foundation
import Hummingbird
import Participation

/// The acts of an agent on a walk, each a form: GET shows it, POST records it.
struct WalkActs: Sendable {
    let site: Site
    let processes: Processes
    let walks: Walks
    let gatherings: Gatherings
    let map: CityMap

    /// Adds the routes below `/desk/processes/{process}/walks`.
    func add(to routes: RouterGroup<AppContext>) {
        for act in WalkAct.allCases {
            let path: RouterPath =
                act == .new
                ? "/desk/processes/{process}/walks/new"
                : RouterPath("/desk/processes/{process}/walks/{walk}/\(act.path)")
            routes.get(path) { request, context in try await show(act, request, context) }
            routes.post(path) { request, context in try await record(act, request, context) }
        }
    }

    private func scene(_ act: WalkAct, _ context: AppContext) async throws -> WalkScene {
        let strings: Strings = site.strings(context)
        return act == .new
            ? try await .find(context, processes, strings) : try await .find(context, processes, strings, walks)
    }

    private func show(_ act: WalkAct, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: WalkScene = try await scene(act, context)
        var file: WalkFile?
        if let walk = scene.walk { file = try await walks.file(walk.id, by: scene.actor) }
        return try await page(act, WalkForm(act, file, scene.strings), scene, FieldErrors(), request, context)
    }

    private func record(_ act: WalkAct, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: WalkScene = try await scene(act, context)
        let form = WalkForm(try await site.form(request, context))
        do {
            let next: String = try await apply(act, form, scene)
            return site.see(next, flash: .done("walks.prepare.done.\(act.rawValue)"))
        } catch let errors as FieldErrors {
            return try await page(act, form, scene, errors, request, context)
        } catch let refusal as WalkRefusal {
            return try await page(act, form, scene, refusal.fieldErrors, request, context)
        } catch let refused as Refused<GatheringRefusal> {
            return try await page(act, form, scene, refused.reasons[0].walkErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    /// Does what the form asks for, and returns where that leads.
    private func apply(_ act: WalkAct, _ form: WalkForm, _ scene: WalkScene) async throws -> String {
        guard let walk = scene.walk else {
            let all: [Walk] = try await walks.all(of: scene.process.id, by: scene.actor)
            let plan: WalkPlan = try form.plan(all, scene.strings)
            try await walks.plan(plan, in: scene.process.id, by: scene.actor)
            return "\(scene.base)/\(plan.handle)"
        }
        let (actor, id) = (scene.actor, walk.id)
        switch act {
        case .new: throw Absent()
        case .purpose: try await walks.describe(id, form.purpose(), revision: form.revision, by: actor)
        case .time:
            try await walks.schedule(
                id, form.schedule(of: walk, scene.strings), revision: form.revision, by: actor)
        case .place:
            try await walks.locate(
                id, form.place(in: try await map.box()), revision: form.revision, telling: gatherings, by: actor)
        case .date:
            let day: (starts: Date, ends: Date) = try form.day(scene.strings)
            try await gatherings.move(walk.gathering.id, to: day.starts, ends: day.ends, by: actor)
        case .cancellation:
            try await gatherings.cancel(walk.gathering.id, reason: form.texts("reason"), by: actor)
        case .withdrawal: try await walks.withdraw(id, by: actor)
        case .removal:
            try await walks.remove(id, by: actor)
            return scene.base
        }
        return "\(scene.base)/\(walk.handle)"
    }

    private func page(
        _ act: WalkAct, _ form: WalkForm, _ scene: WalkScene, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        let others: [Walk] = act == .new ? try await walks.all(of: scene.process.id, by: scene.actor) : []
        let view: MapView? =
            act == .place
            ? try await map.view([], words: strings("walks.prepare.map"), picks: true, strings.language) : nil
        let page = WalkFormPage(act, form, scene, others: others, map: view, errors)
        return site.page(
            page, title: errors.title(page.heading, strings), request, context, status: errors.status,
            scripts: view == nil ? [] : ["map.js"])
    }
}

extension CityMap {
    /// Where the city lies; nil where nobody has brought its districts.
    func box() async throws -> GeoBox? {
        GeoBox(
            try await districts().lazy.flatMap { $0.outline?.polygons.lazy.flatMap { $0.lazy.flatMap { $0 } } ?? [] })
    }
}
