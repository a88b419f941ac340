import Foundation
public import Hummingbird
public import Participation

/// People who are nearly on the roll: a person at the desk looks at what they typed beside who is like it, and decides.
public struct ClaimDesk: Sendable {
    private let site: Site
    private let votes: Votes
    private let claims: RollClaims

    /// The desk over the capabilities it needs.
    public init(site: Site, votes: Votes, claims: RollClaims) {
        self.site = site
        self.votes = votes
        self.claims = claims
    }

    /// Adds the routes below `/desk/votes/{vote}/roll/claims`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/votes/{vote}/roll/claims", use: list)
        routes.get("/desk/votes/{vote}/roll/claims/{claim}", use: show)
        routes.post("/desk/votes/{vote}/roll/claims/{claim}/acceptance", use: accept)
        routes.post("/desk/votes/{vote}/roll/claims/{claim}/refusal", use: refuse)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: RollScene = try await .find(context, votes, RollClaims.settlers)
        let strings: Strings = site.strings(context)
        let waiting: [RollClaim] = try await claims.waiting(in: scene.vote.id)
        return site.page(
            ClaimsPage(
                crumbs: scene.crumbs(strings),
                claims: waiting.map { claim in
                    ClaimsPage.Line(
                        name: claim.name, href: "\(scene.base)/claims/\(claim.id)",
                        purpose: strings("rolls.purpose.\(claim.purpose.rawValue)"), date: strings.moment(claim.madeAt))
                }, isEmpty: waiting.isEmpty), title: strings("rolls.claims"), request, context)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(Fields(pairs: []), FieldErrors(), request, context)
    }

    @Sendable private func accept(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: RollScene = try await .find(context, votes, RollClaims.settlers)
        let form: Fields = try await site.form(request, context)
        let entry: ID<RollEntry>? = ID(form.text("entry"))
        guard let entry else {
            return try await page(form, FieldErrors("entry-0", "rolls.claim.choose"), request, context)
        }
        do {
            try await claims.accept(
                try context.id("claim", of: RollClaim.self), as: entry, in: scene.vote,
                by: scene.acting(RollClaims.settlers))
            return site.see("\(scene.base)/claims", flash: .done("rolls.claim.accepted"))
        } catch ClaimRefusal.settled {
            return site.see("\(scene.base)/claims", flash: .failed("rolls.claim.settled"))
        } catch ClaimRefusal.notThisEntry {
            return try await page(form, FieldErrors("entry-0", "rolls.claim.not_this_entry"), request, context)
        }
    }

    @Sendable private func refuse(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: RollScene = try await .find(context, votes, RollClaims.settlers)
        let form: Fields = try await site.form(request, context)
        do {
            try await claims.refuse(
                try context.id("claim", of: RollClaim.self), because: form.text("reason"), in: scene.vote,
                by: scene.acting(RollClaims.settlers))
            return site.see("\(scene.base)/claims", flash: .done("rolls.claim.refused"))
        } catch ClaimRefusal.settled {
            return site.see("\(scene.base)/claims", flash: .failed("rolls.claim.settled"))
        } catch ClaimRefusal.reasonMissing {
            return try await page(form, FieldErrors("reason", "rolls.claim.reason_missing"), request, context)
        }
    }

    private func page(
        _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: RollScene = try await .find(context, votes, RollClaims.settlers)
        let strings: Strings = site.strings(context)
        let id: ID<RollClaim> = try context.id("claim", of: RollClaim.self)
        let found: (claim: RollClaim, matches: [RollMatch])
        do { found = try await claims.open(id, in: scene.vote) } catch is ClaimRefusal {
            return site.see("\(scene.base)/claims", flash: .failed("rolls.claim.settled"))
        }
        let fields: [RollField] = scene.vote.settings.rollFields.compactMap { RollField(rawValue: $0) }
        return site.page(
            ClaimPage(
                crumbs: scene.crumbs(strings), base: "\(scene.base)/claims/\(id)", name: found.claim.name,
                purpose: strings("rolls.purpose.\(found.claim.purpose.rawValue)"),
                heads: fields.map { strings("rolls.field.\($0.rawValue)") },
                typed: fields.map { found.claim.typed[$0] ?? "" },
                email: found.claim.email, hasAccount: found.claim.hasAccount,
                matches: found.matches.enumerated().map { index, match in
                    ClaimPage.Match(
                        id: "entry-\(index)", entry: "\(match.entry.id)", line: String(match.entry.line),
                        name: match.entry.name,
                        cells: fields.map { field in
                            ClaimPage.Cell(
                                text: match.entry.text(field), differs: match.differing.contains(field))
                        }, selected: form.text("entry") == "\(match.entry.id)")
                }, isEmpty: found.matches.isEmpty, problem: errors.text(for: "entry-0", strings),
                reason: errors.input("reason", value: form.text("reason"), strings), errors: errors.summary(strings)),
            title: errors.title(found.claim.name, strings), request, context, status: errors.status)
    }
}

extension RollClaim {
    /// What to call a claim in a list: the name typed, or the number.
    var name: String {
        let names: [String] = [typed[.familyName], typed[.givenNames]].compactMap(\.self)
        return names.isEmpty ? typed[.rollNumber] ?? "–" : names.joined(separator: " ")
    }
}

extension RollEntry {
    /// What the roll says in a field.
    func text(_ field: RollField) -> String {
        switch field {
        case .familyName: familyName
        case .givenNames: givenNames
        case .birthDate: birthDate.map { "\($0)" } ?? ""
        case .birthYear: birthYear.map { "\($0)" } ?? ""
        case .address: address
        case .postcode: postcode
        case .rollNumber: rollNumber
        case .district: district
        case .email: email
        }
    }
}

/// The claims that wait.
struct ClaimsPage: PageView {
    static let template = "rolls/claims"

    struct Line: Sendable {
        let name: String
        let href: String
        let purpose: String
        let date: String
    }

    let crumbs: [PlaceLink]
    let claims: [Line]
    let isEmpty: Bool

    static let sample = ClaimsPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")],
        claims: [Line(name: "Dupont Marie", href: "/x", purpose: "Voter", date: "hier")], isEmpty: true)
}

/// One claim beside the people who are like it.
struct ClaimPage: PageView {
    static let template = "rolls/claim"

    struct Cell: Sendable {
        let text: String
        let differs: Bool
    }

    struct Match: Sendable {
        let id: String
        let entry: String
        let line: String
        let name: String
        let cells: [Cell]
        let selected: Bool
    }

    let crumbs: [PlaceLink]
    let base: String
    let name: String
    let purpose: String
    let heads: [String]
    let typed: [String]
    let email: String?
    let hasAccount: Bool
    let matches: [Match]
    let isEmpty: Bool
    let problem: String?
    let reason: Input
    let errors: ErrorSummary?

    static let sample = ClaimPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], base: "/x", name: "Dupont Marie", purpose: "Voter",
        heads: ["Nom"], typed: ["Dupond"], email: "a@b.example", hasAccount: true,
        matches: [
            Match(
                id: "entry-0", entry: "1", line: "1", name: "Dupont Marie",
                cells: [Cell(text: "Dupont", differs: true)],
                selected: true)
        ], isEmpty: true, problem: "Choisissez.", reason: Input(name: "reason", error: "Manque."),
        errors: ErrorSummary(items: [.init(field: "reason", text: "Manque.")]))
}
