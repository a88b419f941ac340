import Hummingbird
import Participation

/// Authors withdraw their proposal, after a page that says what that means.
struct WithdrawalController: Sendable {
    let site: Site
    let proposals: Proposals
    let withdrawals: Withdrawals

    /// Adds `/proposals/{number}/withdrawal`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/proposals/{number}/withdrawal", use: confirm)
        routes.post("/proposals/{number}/withdrawal", use: withdraw)
    }

    @Sendable private func confirm(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.requireAccount()
        let scene: ProposalScene = try await proposals.scene(site, context)
        guard scene.isAuthor, Withdrawals.mayWithdraw(scene.proposal.status) else { throw Absent() }
        return page(scene, FieldErrors(), request, context)
    }

    @Sendable private func withdraw(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        let scene: ProposalScene = try await proposals.scene(site, context)
        _ = try await site.form(request, context)
        do {
            try await withdrawals.withdraw(scene.proposal.id, by: .resident(account.id))
            return site.see(scene.here, flash: .done("talk.withdrawal.done"))
        } catch let refusal as WithdrawalRefusal {
            let key: String =
                switch refusal {
                case .settled: "talk.withdrawal.refusal.settled"
                case .othersJoined: "talk.withdrawal.refusal.others_joined"
                }
            return page(scene, FieldErrors("", key), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ scene: ProposalScene, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.strings
        return site.page(
            ProposalWithdrawalPage(
                proposalHref: scene.here, proposalTitle: scene.proposal.title, wroteProposalIn: scene.wroteIn,
                errors: errors.summary(strings), action: "\(scene.here)/withdrawal"),
            title: errors.title(strings("talk.withdrawal.title"), strings), request, context, status: errors.status)
    }
}
