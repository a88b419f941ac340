import Hummingbird
import Participation

/// Texts as everybody reads them: the version of now and those before it, what changed, and where something was written.
struct TextController: Sendable {
    let site: Site
    let consultations: Consultations
    let texts: ConsultationTexts

    /// Adds `/consultations/{consultation}/texts/{text}`, its versions, changes and annotations.
    func add(to routes: RouterGroup<AppContext>) {
        let base = "/consultations/{consultation}/texts/{text}"
        routes.get("\(base)", use: read)
        routes.get("\(base)/versions/{version}", use: readVersion)
        routes.get("\(base)/changes", use: changes)
        routes.get("\(base)/annotations", use: annotations)
    }

    @Sendable private func read(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: TextScene = try await .find(context, consultations, texts, site.strings(context))
        return try await page(scene, scene.live, request, context)
    }

    @Sendable private func readVersion(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: TextScene = try await .find(context, consultations, texts, site.strings(context))
        return try await page(scene, try context.integer("version"), request, context)
    }

    private func page(
        _ scene: TextScene, _ number: Int, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let versions: [TextVersion] = try await texts.versions(of: scene.text.id).filter { $0.publishedAt != nil }
        guard let version = versions.first(where: { $0.number == number }) else { throw Absent() }
        let passages: [TextPassage] = try await texts.passages(of: scene.text.id, version: number)
        let title: String =
            number == scene.live
            ? scene.text.title : "\(scene.text.title) – \(TextWords(scene.strings).version(number))"
        return site.page(
            AnnotatedTextPage(scene, version, versions, passages), title: title, request, context,
            scripts: ["text.js"])
    }

    @Sendable private func changes(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: TextScene = try await .find(context, consultations, texts, site.strings(context))
        let versions: [TextVersion] = try await texts.versions(of: scene.text.id).filter { $0.publishedAt != nil }
        let query: Fields = try request.query()
        let to: Int = query.integer("to") ?? scene.live
        let from: Int = query.integer("from") ?? max(1, to - 1)
        guard versions.contains(where: { $0.number == from }), versions.contains(where: { $0.number == to }) else {
            throw Absent()
        }
        let comparison = TextComparison(
            from: try await texts.passages(of: scene.text.id, version: from),
            to: try await texts.passages(of: scene.text.id, version: to))
        return site.page(
            TextChangesPage(scene, versions, from, to, comparison, showsAll: query.has("all")),
            title: "\(scene.strings("consultations.text.changes")) – \(scene.text.title)", request, context)
    }

    @Sendable private func annotations(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: TextScene = try await .find(context, consultations, texts, site.strings(context))
        let found: [AnnotatedParagraph] = try await texts.annotated(of: scene.text.id)
        return site.page(
            TextAnnotationsPage(scene, found),
            title: "\(scene.strings("consultations.text.annotations")) – \(scene.text.title)", request, context)
    }
}
