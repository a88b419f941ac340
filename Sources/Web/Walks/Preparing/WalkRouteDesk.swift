import Hummingbird
import NIOCore
import Participation

/// The route of a walk at the desk: drawn on the map, typed, or read from a file.
struct WalkRouteDesk: Sendable {
    let site: Site
    let processes: Processes
    let walks: Walks
    let map: CityMap

    /// Adds `…/walks/{walk}/route` and its import.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/processes/{process}/walks/{walk}/route", use: show)
        routes.post("/desk/processes/{process}/walks/{walk}/route", use: draw)
        routes.get("/desk/processes/{process}/walks/{walk}/route/import", use: choose)
        routes.post("/desk/processes/{process}/walks/{walk}/route/import", use: read)
    }

    private func scene(_ context: AppContext) async throws -> (scene: WalkScene, file: WalkFile) {
        let scene: WalkScene = try await .find(context, processes, site.strings(context), walks)
        guard let walk = scene.walk else { throw Absent() }
        return (scene, try await walks.file(walk.id, by: scene.actor))
    }

    // MARK: Drawing

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await scene(context)
        return try await page(RouteForm(file), scene, file, FieldErrors(), request, context)
    }

    @Sendable private func draw(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await scene(context)
        let form = RouteForm(try await site.form(request, context, limit: 1 << 20))
        do {
            let draft: RouteDraft = try form.draft(in: try await map.box())
            try await walks.draw(draft, of: file.walk.id, revision: form.revision, by: scene.actor)
            return site.see(
                "\(scene.base)/\(file.walk.handle)/route", flash: .done("walks.prepare.done.route"))
        } catch let errors as FieldErrors {
            return try await page(form, scene, file, errors, request, context)
        } catch let refusal as WalkRefusal {
            return try await page(form, scene, file, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ form: RouteForm, _ scene: WalkScene, _ file: WalkFile, found: RouteFound? = nil, _ errors: FieldErrors,
        _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        // What was typed is drawn as far as it can be read.
        var unread = FieldErrors()
        let line: [MapPoint] = (try? RouteDraft.line(typed: form.line, city: nil)) ?? file.route.line
        let stops: [StopDraft] = form.stops.stops(in: nil, &unread)
        let drawing: RouteDrawing? = try await map.drawing(
            of: line, stops.map { ($0.title(strings.language), $0.point) }, meeting: file.walk.meetingPoint,
            words: strings("walks.prepare.drawing"), strings)
        let page = RoutePage(
            form, scene, file, found, drawing, length: RouteMeasure.length(line), tiles: map.tiles, errors)
        return site.page(
            page, title: errors.title(strings("walks.prepare.part.route"), strings), request, context,
            status: errors.status, scripts: file.isRouteWalked ? [] : ["walk-route.js"])
    }

    // MARK: Reading a file

    @Sendable private func choose(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, _) = try await scene(context)
        return importPage(scene, FieldErrors(), request, context)
    }

    /// Shows what the file says in the form of the route, where it waits to be kept; nothing is stored.
    @Sendable private func read(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, file) = try await scene(context)
        do {
            let form: MultipartForm = try await site.multipartForm(
                request, context, limits: .init(total: RouteFile.longest + (1 << 16), parts: 4))
            guard let sent = form.file("file") else {
                throw FieldErrors("file", "walks.prepare.file.none")
            }
            let city: GeoBox? = try await map.box()
            let route = try RouteFile(Array(sent.bytes.readableBytesView), city: city)
            let found = RouteFound(route, over: file.route, scene.strings)
            return try await page(
                RouteForm(found, of: file), scene, file, found: found, FieldErrors(), request, context)
        } catch let errors as FieldErrors {
            return importPage(scene, errors, request, context)
        } catch let problem as RouteProblem {
            let words: (key: String, arguments: [String: String]) = RouteWords.key(problem)
            return importPage(scene, FieldErrors("file", words.key, words.arguments), request, context)
        } catch let refusal as Refusal where refusal == .tooLarge {
            return importPage(scene, FieldErrors("file", RouteWords.key(.tooLarge).key), request, context)
        }
    }

    private func importPage(
        _ scene: WalkScene, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.strings
        let own: String = scene.walk.map { "\(scene.base)/\($0.handle)" } ?? scene.base
        return site.page(
            RouteImportPage(
                crumbs: scene.crumbs
                    + [PlaceLink(label: strings("walks.prepare.part.route"), href: "\(own)/route")],
                action: "\(own)/route/import", file: errors.input("file", strings), errors: errors.summary(strings)),
            title: errors.title(strings("walks.prepare.import"), strings), request, context, status: errors.status)
    }
}

/// A file with a route, before it is sent.
struct RouteImportPage: PageView {
    static let template = "walks/prepare-import"

    let crumbs: [PlaceLink]
    let action: String
    let file: Input
    let errors: ErrorSummary?

    static let sample = RouteImportPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x", file: Input(name: "file", error: "Manque"),
        errors: ErrorSummary(items: [.init(field: "file", text: "Manque")]))
}
