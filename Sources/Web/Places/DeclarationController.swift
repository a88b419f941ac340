import Foundation
public import Hummingbird
public import Participation

/// Somebody present who is not on the roll is declared before an officer, and marked afterwards like everybody else.
public struct DeclarationController: Sendable {
    private let site: Site
    private let votes: Votes
    private let places: Places
    private let declarations: Declarations

    /// The page over the capabilities it needs.
    public init(site: Site, votes: Votes, places: Places, declarations: Declarations) {
        self.site = site
        self.votes = votes
        self.places = places
        self.declarations = declarations
    }

    /// Adds the routes below a place.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/votes/{vote}/places/{place}/declaration", use: show)
        routes.post("/desk/votes/{vote}/places/{place}/declaration", use: declare)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(Fields(pairs: []), FieldErrors(), request, context)
    }

    @Sendable private func declare(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let form: Fields = try await site.form(request, context)
        let draft = DeclarationDraft(
            familyName: form.text("family_name"), givenNames: form.text("given_names"),
            birthYear: form.text("birth_year"), tie: form.text("tie"), email: "")
        do {
            _ = try await declarations.declare(
                present: draft, in: scene.vote, language: context.language, by: scene.officer)
            let words: String = PercentDecoding.encode("\(draft.familyName) \(draft.givenNames)")
            return site.see("\(scene.base)/issue?q=\(words)", flash: .done("places.declaration.done"))
        } catch let refused as Refused<DeclarationProblem> {
            var errors = FieldErrors()
            for problem in refused.reasons { errors.add(problem) }
            return try await page(form, errors, request, context)
        } catch is Ballots.Refusal {
            return try await page(form, FieldErrors("", "places.declaration.not_here"), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let strings: Strings = site.strings(context)
        func field(_ name: String, _ label: String, inputmode: String? = nil, size: String? = nil) -> Field {
            errors.field(
                name, label: strings("places.declaration.\(label)"), value: form.text(name), autocomplete: "off",
                inputmode: inputmode, size: size, strings)
        }
        return site.page(
            DeclarationPage(
                title: strings("places.declaration.title"), crumbs: scene.crumbs(strings),
                action: "\(scene.base)/declaration",
                fields: [
                    field("family_name", "family"), field("given_names", "given"),
                    field("birth_year", "year", inputmode: "numeric", size: "short"), field("tie", "tie"),
                ], errors: errors.summary(strings)),
            title: errors.title(strings("places.declaration.title"), strings), request, context,
            status: errors.status)
    }
}

/// The form that declares somebody present.
struct DeclarationPage: PageView {
    static let template = "places/declaration"

    let title: String
    let crumbs: [PlaceLink]
    let action: String
    let fields: [Field]
    let errors: ErrorSummary?

    static let sample = DeclarationPage(
        title: "Déclarer", crumbs: [PlaceLink(label: "Bureau", href: "/desk")], action: "/x",
        fields: [FieldErrors.sampleField], errors: ErrorSummary(items: [.init(field: "tie", text: "Manque")]))
}

extension FieldErrors {
    fileprivate mutating func add(_ problem: DeclarationProblem) {
        switch problem {
        case .missing(let field): add(field.rawValue, "places.declaration.missing")
        case .tooLong(let field): add(field.rawValue, "places.declaration.too_long")
        case .badYear: add("birth_year", "places.declaration.bad_year")
        case .tooYoung(let least): add("birth_year", "places.declaration.too_young", ["least": String(least)])
        case .badEmail, .alreadyDeclared: add("", "places.declaration.not_here")
        }
    }
}
