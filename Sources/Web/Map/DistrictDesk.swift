import Hummingbird
import NIOCore
import Participation

/// The districts of the city at the desk: what there is, and a GeoJSON file that takes its place.
struct DistrictDesk: Sendable {
    let site: Site
    let districts: Districts
    let map: CityMap

    /// Adds `/desk/city/districts`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/city/districts", use: show)
        routes.post("/desk/city/districts", use: bring)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try actor(context)
        return try await page(FieldErrors(), request, context)
    }

    @Sendable private func bring(_ request: Request, _ context: AppContext) async throws -> Response {
        let actor: Actor = try actor(context)
        do {
            let form: MultipartForm = try await site.multipartForm(
                request, context, limits: .init(total: DistrictFile.longest + (1 << 16), parts: 4))
            guard let file = form.file("file"), file.bytes.readableBytes > 0 else {
                throw FieldErrors("file", "districts.refusal.no_file")
            }
            let count: Int = try await districts.replace(
                withGeoJSON: Array(file.bytes.readableBytesView), by: actor)
            map.forget()
            return site.see("/desk/city/districts", flash: .done("districts.brought", ["count": String(count)]))
        } catch let errors as FieldErrors {
            return try await page(errors, request, context)
        } catch let refused as Refused<DistrictProblem> {
            var errors = FieldErrors()
            for reason in refused.reasons { errors.add(reason) }
            return try await page(errors, request, context)
        } catch let refusal as Refusal where refusal == .tooLarge {
            return try await page(FieldErrors("file", "districts.refusal.too_large"), request, context)
        } catch is NotAllowed {
            throw Absent()
        }
    }

    /// Whoever may bring districts; nobody else knows the page.
    private func actor(_ context: AppContext) throws -> Actor {
        let account: SignedInAccount = try context.requireDesk()
        guard let role = Districts.roles.first(where: { account.holds($0) }) else { throw Absent() }
        return account.acting(as: role)
    }

    private func page(_ errors: FieldErrors, _ request: Request, _ context: AppContext) async throws -> Response {
        let strings: Strings = site.strings(context)
        let known: [District] = try await districts.list()
        return site.page(
            DistrictsPage(
                errors: errors.summary(strings), file: errors.input("file", strings),
                districts: known.map { .init(code: $0.code, name: $0.name(context.language)) },
                isEmpty: known.isEmpty,
                map: try await map.view([], words: strings("districts.map"), context.language)),
            title: errors.title(strings("districts.title"), strings), request, context, status: errors.status,
            scripts: ["map.js"])
    }
}

extension FieldErrors {
    fileprivate mutating func add(_ problem: DistrictProblem) {
        func key(_ name: String) -> String { "districts.refusal.\(name)" }
        switch problem {
        case .tooLarge: add("file", key("too_large"))
        case .tooManyPoints: add("file", key("too_many_points"))
        case .notJSON: add("file", key("not_json"))
        case .notACollection: add("file", key("not_a_collection"))
        case .tooManyDistricts: add("file", key("too_many_districts"))
        case .noCode(let feature): add("file", key("no_code"), ["feature": String(feature)])
        case .codeTwice(let feature, let code):
            add("file", key("code_twice"), ["feature": String(feature), "code": code])
        case .noName(let feature): add("file", key("no_name"), ["feature": String(feature)])
        case .notASurface(let feature): add("file", key("not_a_surface"), ["feature": String(feature)])
        case .openRing(let feature): add("file", key("open_ring"), ["feature": String(feature)])
        case .notACoordinate(let feature): add("file", key("not_a_coordinate"), ["feature": String(feature)])
        case .notOnEarth(let feature): add("file", key("not_on_earth"), ["feature": String(feature)])
        case .axesSwapped(let feature): add("file", key("axes_swapped"), ["feature": String(feature)])
        case .inUse(let code): add("file", key("in_use"), ["code": code])
        }
    }
}

/// The districts of the city, at the desk.
struct DistrictsPage: PageView {
    static let template = "proposals/districts"

    struct Line: Sendable {
        let code: String
        let name: String
    }

    let errors: ErrorSummary?
    let file: Input
    let districts: [Line]
    let isEmpty: Bool
    let map: MapView?

    static let sample = DistrictsPage(
        errors: ErrorSummary(items: [.init(field: "file", text: "…")]), file: Input(name: "file", error: "—"),
        districts: [Line(code: "nord", name: "Nord")], isEmpty: true, map: .sample)
}
