import Foundation
public import Hummingbird
import NIOCore
public import Participation

/// Lines ticked on a printed list, typed or handed in as a file, and those that wait for an officer, one at a time.
public struct ListController: Sendable {
    private let site: Site
    private let votes: Votes
    private let places: Places
    private let lists: ListImports

    /// The pages over the capabilities they need.
    public init(site: Site, votes: Votes, places: Places, lists: ListImports) {
        self.site = site
        self.votes = votes
        self.places = places
        self.lists = lists
    }

    /// Adds the routes below a place.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/votes/{vote}/places/{place}/lines", use: show)
        routes.post("/desk/votes/{vote}/places/{place}/lines", use: take)
        routes.post("/desk/votes/{vote}/places/{place}/lines/{line}/settlement", use: settle)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page("", FieldErrors(), request, context)
    }

    @Sendable private func take(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let form: MultipartForm = try await site.multipartForm(request, context, limits: .init(total: 1 << 20))
        let typed: String = form.fields.text("lines")
        let file: String = form.file("file").map { String(decoding: $0.bytes.readableBytesView, as: UTF8.self) } ?? ""
        let strings: Strings = site.strings(context)
        do {
            let lines = try LineNumbers(typed.isEmpty ? file : "\(typed)\n\(file)")
            let outcome: ListImports.Outcome = try await lists.importLines(
                lines, at: scene.place.id, by: scene.officer)
            return site.see(
                "\(scene.base)/lines",
                flash: .done(
                    "places.lines.done",
                    [
                        "marked": strings.number(outcome.marked), "conflicts": strings.number(outcome.conflicts),
                        "repeated": strings.number(outcome.repeated),
                    ]))
        } catch let refusal as ListImports.Refusal {
            return try await page(typed, refusal.fieldErrors, request, context)
        } catch let refusal as PlaceRefusal {
            return try await page(typed, refusal.fieldErrors, request, context)
        } catch is MarkRefusal {
            return try await page(typed, FieldErrors("lines", "places.refusal.no_paper"), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func settle(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let form: Fields = try await site.form(request, context)
        let line: Int = try context.integer("line")
        guard let settlement = ListImports.Settlement(rawValue: form.text("settlement")) else {
            throw Refusal.malformed
        }
        do {
            let outcome: String = try await lists.settle(line, settlement, at: scene.place.id, by: scene.officer)
            return site.see(
                "\(scene.base)/lines",
                flash: .done("places.lines.settled.\(outcome)", ["line": site.strings(context).number(line)]))
        } catch let refusal as ListImports.Refusal {
            return try await page("", refusal.fieldErrors, request, context)
        } catch let refusal as PlaceRefusal {
            return try await page("", refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ typed: String, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let strings: Strings = site.strings(context)
        let conflicts: [ListImports.Conflict] = try await lists.conflicts(at: scene.place.id)
        let title: String = strings("places.lines")
        return site.page(
            LinesPage(
                title: title, crumbs: scene.crumbs(strings), action: "\(scene.base)/lines",
                printHref: "/desk/votes/\(scene.vote.slug)/print#roll-title", errors: errors.summary(strings),
                typed: errors.input("lines", value: typed, strings), file: errors.input("file", strings),
                conflict: conflicts.first.map { conflict(of: $0, scene, strings) },
                waiting: conflicts.isEmpty ? nil : strings.plural("places.lines.waiting", conflicts.count)),
            title: errors.title(title, strings), request, context, status: errors.status)
    }

    private func conflict(
        of conflict: ListImports.Conflict, _ scene: PlaceScene, _ strings: Strings
    ) -> LinesPage.Conflict {
        LinesPage.Conflict(
            heading: strings(
                "places.lines.conflict", ["line": strings.number(conflict.line), "name": conflict.name]),
            other: conflict.mark?.words(strings) ?? strings("places.lines.no_other"),
            policy: strings("policy.\(scene.vote.settings.policy)"),
            effect: strings(conflict.paperPrevails ? "places.lines.given.annuls" : "places.lines.given.without"),
            action: "\(scene.base)/lines/\(conflict.line)/settlement")
    }
}

extension ListImports.Refusal {
    var fieldErrors: FieldErrors {
        switch self {
        case .empty: FieldErrors("lines", "places.lines.empty")
        case .unreadable(let part): FieldErrors("lines", "places.lines.unreadable", ["part": part])
        case .unknownLines(let lines):
            FieldErrors(
                "lines", "places.lines.unknown", ["lines": lines.map(String.init).joined(separator: ", ")])
        case .voteNotOpen: FieldErrors("", "places.refusal.vote_not_open")
        case .settled: FieldErrors("", "places.lines.settled_already")
        }
    }
}
