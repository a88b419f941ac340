import Hummingbird
import Participation

/// What the crew of a walk does on site: counts who came, reads what arrives, hangs up the QR code.
struct CrewController: Sendable {
    private static let pageSize = 50

    private let site: Site
    private let walks: Walks
    private let heads: HeadCounts
    private let arrived: ArrivedObservations

    /// The pages over the capabilities they need.
    init(site: Site, walks: Walks, heads: HeadCounts, arrived: ArrivedObservations) {
        self.site = site
        self.walks = walks
        self.heads = heads
        self.arrived = arrived
    }

    /// Adds `/walks/{walk}/sheet/crew` and the poster; absent for everybody but the crew and agents.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/walks/{walk}/sheet/crew", use: show)
        routes.post("/walks/{walk}/sheet/crew", use: count)
        routes.get("/walks/{walk}/sheet/poster") { request, context in
            site.printPage(try await poster(context), request, context)
        }
        routes.get("/walks/{walk}/sheet/poster.pdf") { request, context in
            try await site.printPDF(
                try await poster(context), name: "\(try context.slug("walk"))-sheet.pdf", context)
        }
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (walk, actor) = try await own(context)
        do {
            let counts: [HeadCategory: Int] = try await heads.list(of: walk.id, by: actor)
            let typed = Fields(pairs: counts.map { ($0.key.rawValue, String($0.value)) })
            return try await page(walk, typed, FieldErrors(), by: actor, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func count(_ request: Request, _ context: AppContext) async throws -> Response {
        let (walk, actor) = try await own(context)
        let form: Fields = try await site.form(request, context)
        // What is no number is refused as one that is out of range.
        let counts: [(HeadCategory, Int)] = HeadCategory.allCases.filter { !form.text($0.rawValue).isEmpty }
            .map { ($0, form.integer($0.rawValue) ?? -1) }
        do {
            try await heads.write(Dictionary(uniqueKeysWithValues: counts), of: walk.id, by: actor)
            return site.see("/walks/\(walk.handle)/sheet/crew", flash: .done("walks.sheet.heads.saved"))
        } catch let refused as Refused<HeadCounts.OutOfRange> {
            let words = WalkWords(site.strings(context))
            var errors = FieldErrors()
            for reason in refused.reasons {
                errors.add(
                    reason.category.rawValue, "walks.sheet.heads.refusal",
                    [
                        "category": words.category(reason.category), "most": words.strings.number(HeadCounts.most),
                    ])
            }
            return try await page(walk, form, errors, by: actor, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ walk: Walk, _ typed: Fields, _ errors: FieldErrors, by actor: Actor, _ request: Request,
        _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        let place = ArrivedObservations.Place(try request.query().text("behind"))
        let total: ArrivedObservations.Total = try await arrived.total(of: walk.id, by: actor)
        let items: [ArrivedObservations.Item] = try await arrived.list(
            of: walk.id, behind: place, limit: Self.pageSize, by: actor)
        let more: String? = items.count == Self.pageSize ? items.last.map { "?behind=\($0.place)#arrived" } : nil
        let view = CrewPage(walk, typed, errors, total, items, more: more, strings)
        return site.page(
            view, title: errors.title(strings("walks.sheet.crew.title"), strings), request, context,
            status: errors.status)
    }

    private func poster(_ context: AppContext) async throws -> PrintJob {
        let (walk, actor) = try await own(context)
        // Who may count may hang up the code.
        do { _ = try await heads.list(of: walk.id, by: actor) } catch is NotAllowed { throw Absent() }
        let strings: Strings = site.strings(context)
        let address: String = site.absolute("/walks/\(walk.handle)/sheet")
        let sheet = PosterSheet(
            classes: "a4 poster", walk: walk.title(context.language), when: strings.moment(walk.gathering.startsAt),
            place: walk.meetingPlace(context.language).nonEmpty, picture: QR.svg("\(address)?code=\(walk.code)"),
            address: address, code: WalkCode.grouped(walk.code), backHref: "/walks/\(walk.handle)/sheet/crew",
            pdfHref: "/walks/\(walk.handle)/sheet/poster.pdf")
        return PrintJob(
            sheet, title: strings("walks.sheet.poster.title"), language: context.language, code: nil)
    }

    private func own(_ context: AppContext) async throws -> (Walk, Actor) {
        _ = try context.requireAccount()
        guard let walk = try await walks.find(try context.slug("walk")) else { throw Absent() }
        return (walk, context.actor(on: walk))
    }
}
