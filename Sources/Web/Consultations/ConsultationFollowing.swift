import Hummingbird
import Participation

/// Following a consultation, with an account; and ending it by the link of a letter, without one.
struct ConsultationFollowing: Sendable {
    let site: Site
    let consultations: Consultations
    let followers: ConsultationFollowers

    /// Adds the routes below `/consultations/{consultation}/follower`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.post("/consultations/{consultation}/follower", use: follow)
        routes.post("/consultations/{consultation}/follower/removal", use: unfollow)
        routes.get("/consultations/{consultation}/follower/{link}", use: ask)
        routes.post("/consultations/{consultation}/follower/{link}", use: unfollowByLink)
    }

    @Sendable private func follow(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        let consultation: Consultation = try await consultations.published(context)
        _ = try await site.form(request, context)
        try await followers.follow(consultation.id, by: .resident(account.id))
        return site.see("/consultations/\(consultation.handle)", flash: .done("consultations.frame.followed"))
    }

    @Sendable private func unfollow(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        let consultation: Consultation = try await consultations.published(context)
        _ = try await site.form(request, context)
        try await followers.unfollow(consultation.id, by: .resident(account.id))
        return site.see("/consultations/\(consultation.handle)", flash: .done("consultations.frame.unfollowed"))
    }

    /// A letter is opened by programs too, which look behind its links: nothing ends before somebody says so.
    @Sendable private func ask(_ request: Request, _ context: AppContext) async throws -> Response {
        let (consultation, _) = try await find(context)
        let strings: Strings = site.strings(context)
        let page = ConsultationFarewellPage(
            heading: strings("consultations.frame.unfollow"), what: consultation.title(strings.language),
            whatLanguage: consultation.title.foreign(to: strings.language), action: request.uri.path,
            backHref: "/consultations/\(consultation.handle)")
        return site.page(page, title: page.heading, request, context)
    }

    @Sendable private func unfollowByLink(_ request: Request, _ context: AppContext) async throws -> Response {
        let (consultation, token) = try await find(context)
        _ = try await site.form(request, context)
        try await followers.unfollow(consultation.id, by: token)
        return site.see("/consultations/\(consultation.handle)", flash: .done("consultations.frame.unfollowed"))
    }

    private func find(_ context: AppContext) async throws -> (Consultation, Token) {
        guard let token = Token(try context.parameter("link")) else { throw Absent() }
        return (try await consultations.published(context), token)
    }
}

/// Asks whether somebody really wants to follow a consultation no longer.
struct ConsultationFarewellPage: PageView {
    static let template = "consultations/hub-farewell"

    let heading: String
    let what: String
    let whatLanguage: String?
    let action: String
    let backHref: String

    static let sample = ConsultationFarewellPage(
        heading: "Ne plus suivre", what: "La place Lambert", whatLanguage: "fr", action: "/x", backHref: "/y")
}
