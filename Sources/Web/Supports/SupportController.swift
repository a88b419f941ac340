import Hummingbird
import Participation

/// Supporting a proposal and taking that back: two buttons that lead back to where they were pressed.
struct SupportController: Sendable {
    let site: Site
    let proposals: Proposals
    let supports: Supports

    /// Adds the routes below `/proposals/{number}/support`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.post("/proposals/{number}/support", use: give)
        routes.post("/proposals/{number}/support/withdrawal", use: takeBack)
    }

    @Sendable private func give(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, "talk.support.given") { proposal, actor in
            try await supports.give(to: proposal, by: actor)
        }
    }

    @Sendable private func takeBack(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act(request, context, "talk.support.taken_back") { proposal, actor in
            try await supports.takeBack(from: proposal, by: actor)
        }
    }

    private func act(
        _ request: Request, _ context: AppContext, _ words: String,
        _ verb: (ID<Proposal>, Actor) async throws -> Void
    ) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        guard let proposal = try await proposals.find(Int64(try context.integer("number"))) else { throw Absent() }
        _ = try await site.form(request, context)
        let here = "/proposals/\(proposal.number)#support"
        do {
            try await verb(proposal.id, .resident(account.id))
            return site.see(here, flash: .done(words))
        } catch let refusal as SupportRefusal {
            return site.see(here, flash: refusal.flash(site.strings(context)))
        }
    }
}

extension SupportRefusal {
    fileprivate func flash(_ strings: Strings) -> Flash {
        switch self {
        case .closed: .failed("talk.support.refusal.closed")
        case .settled: .failed("talk.support.refusal.settled")
        case .limitReached(let limit): .failed("talk.support.refusal.limit", ["limit": strings.number(limit)])
        }
    }
}
