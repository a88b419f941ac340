import Foundation
public import Hummingbird
public import Participation

/// The page at the desk that ends a vote for good: its envelopes, its receipts and the link to people are destroyed.
public struct DestructionDesk: Sendable {
    private let site: Site
    private let shelf: VoteShelf
    private let votes: Votes
    private let destructions: Destructions

    /// The page over the capabilities it needs.
    public init(site: Site, shelf: VoteShelf, votes: Votes, destructions: Destructions) {
        self.site = site
        self.shelf = shelf
        self.votes = votes
        self.destructions = destructions
    }

    /// Adds the routes.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/votes/{vote}/destruction", use: show)
        routes.post("/desk/votes/{vote}/destruction", use: destroy)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(try await mine(context).vote, FieldErrors(), request, context)
    }

    @Sendable private func destroy(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, vote) = try await mine(context)
        let form: Fields = try await site.form(request, context)
        guard form.has("sure") else {
            return try await page(vote, FieldErrors("sure", "desk.destruction.error.sure"), request, context)
        }
        do {
            try await destructions.destroy(vote.id, by: account.acting(for: vote, [.returningOfficer]))
        } catch is Destructions.Refusal {
            // The page says itself what stands in the way.
            return try await page(vote, FieldErrors("", "desk.destruction.error.early"), request, context)
        }
        shelf.forget(vote.slug)
        return site.see("/desk/votes/\(vote.slug)/destruction", flash: .done("desk.destruction.flash"))
    }

    private func mine(_ context: AppContext) async throws -> (account: SignedInAccount, vote: Vote) {
        let account: SignedInAccount = try context.requireDesk()
        guard let vote = try await votes.find(try context.slug("vote")),
            account.holds(.returningOfficer, process: vote.process, vote: vote.id)
        else { throw Absent() }
        return (account, vote)
    }

    private func page(
        _ vote: Vote, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        let standing: Destructions.Standing = try await destructions.standing(of: vote.id)
        let obstacle: String? =
            switch standing.refusal {
            case nil: nil
            case .notPublished: strings("desk.destruction.not_published")
            case .notCertified: strings("desk.destruction.not_certified")
            case .appealsOpen(let until):
                strings("desk.destruction.appeals_open", ["date": strings.moment(until)])
            }
        return site.page(
            DestructionPage(
                voteTitle: vote.settings.title(context.language), base: "/desk/votes/\(vote.slug)",
                errors: errors.summary(strings),
                done: vote.destroyedAt.map { strings("desk.destruction.done", ["date": strings.moment($0)]) },
                obstacle: obstacle, isPossible: obstacle == nil && vote.destroyedAt == nil,
                envelopes: strings.plural("desk.destruction.envelopes", standing.envelopes),
                receipts: strings.plural("desk.destruction.receipts", standing.receipts),
                problem: errors.text(for: "sure", strings)),
            title: strings("desk.destruction.title"), request, context,
            status: errors.isEmpty ? .ok : .unprocessableContent)
    }
}

/// What is destroyed, what stays, and the button.
struct DestructionPage: PageView {
    static let template = "desk/destruction"
    static let sample = DestructionPage(
        voteTitle: "Budget", base: "/desk/votes/x",
        errors: ErrorSummary(items: [.init(field: "sure", text: "Cochez.")]),
        done: "Détruits le 3 mars.", obstacle: "Le délai court encore.", isPossible: true, envelopes: "12 enveloppes",
        receipts: "12 reçus", problem: "Cochez.")

    let voteTitle: String
    let base: String
    let errors: ErrorSummary?
    /// When it was done.
    let done: String?
    /// Why it cannot be done now.
    let obstacle: String?
    let isPossible: Bool
    let envelopes: String
    let receipts: String
    /// What is wrong with the box.
    let problem: String?
}
