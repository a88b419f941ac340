import Hummingbird
import Participation

/// Authors invite others, take invitations back and leave; whoever is invited accepts or declines.
struct CoAuthorController: Sendable {
    private let site: Site
    private let drafts: Drafts
    private let coAuthors: CoAuthors

    /// The pages over the capabilities they need.
    init(site: Site, drafts: Drafts, coAuthors: CoAuthors) {
        self.site = site
        self.drafts = drafts
        self.coAuthors = coAuthors
    }

    /// Adds the pages below `/account/proposals/{proposal}` and `/proposals/invitations/{token}`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/account/proposals/{proposal}/authors", use: show)
        routes.post("/account/proposals/{proposal}/authors", use: invite)
        routes.post("/account/proposals/{proposal}/invitations/{invitation}/withdrawal", use: withdraw)
        routes.post("/account/proposals/{proposal}/departure", use: leave)
        routes.get("/proposals/invitations/{token}", use: invitation)
        routes.post("/proposals/invitations/{token}/acceptance", use: accept)
        routes.post("/proposals/invitations/{token}/refusal", use: decline)
    }

    // MARK: Authors

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, own) = try await mine(context)
        return page(own, account, "", FieldErrors(), request, context)
    }

    @Sendable private func invite(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, own) = try await mine(context)
        let typed: String = try await site.form(request, context).text("email")
        func refuse(_ key: String, _ arguments: [String: String] = [:]) -> Response {
            page(own, account, typed, FieldErrors("email", key, arguments), request, context)
        }
        guard let address = EmailAddress(typed) else { return refuse("proposals.writing.authors.error.email") }
        do {
            try await coAuthors.invite(
                address, to: own.proposal.id, from: context.visitor(request).network, in: context.language,
                by: .resident(account.id))
            return site.see(here(own), flash: .done("proposals.writing.authors.invited"))
        } catch is Throttle.TooMany {
            return refuse("proposals.writing.authors.error.throttled")
        } catch let refusal as CoAuthors.Refusal {
            switch refusal {
            case .absent: throw Absent()
            case .tooMany(let most):
                return refuse("proposals.writing.authors.error.many", ["most": String(most)])
            case .declined: return refuse("proposals.writing.authors.error.declined")
            case .beyondEditing, .lastAuthor: return refuse("proposals.writing.error.beyond")
            }
        }
    }

    @Sendable private func withdraw(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, own) = try await mine(context)
        _ = try await site.form(request, context)
        let id: ID<OwnProposal.Invitation> = try context.id("invitation", of: OwnProposal.Invitation.self)
        do {
            try await coAuthors.withdraw(id, of: own.proposal.id, by: .resident(account.id))
            return site.see(here(own), flash: .done("proposals.writing.authors.withdrawn"))
        } catch is CoAuthors.Refusal {
            return site.see(here(own), flash: .failed("proposals.writing.authors.answered"))
        }
    }

    @Sendable private func leave(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, own) = try await mine(context)
        _ = try await site.form(request, context)
        do {
            try await coAuthors.leave(own.proposal.id, by: .resident(account.id))
            return site.see("/account/proposals", flash: .done("proposals.writing.authors.left"))
        } catch CoAuthors.Refusal.lastAuthor {
            return site.see(here(own), flash: .failed("proposals.writing.authors.error.last"))
        } catch is CoAuthors.Refusal {
            throw Absent()
        }
    }

    private func mine(_ context: AppContext) async throws -> (SignedInAccount, OwnProposal) {
        let account: SignedInAccount = try context.requireAccount()
        let id: ID<Proposal> = try context.id("proposal", of: Proposal.self)
        guard let own = try await drafts.find(id, by: .resident(account.id)) else { throw Absent() }
        return (account, own)
    }

    private func here(_ own: OwnProposal) -> String { "/account/proposals/\(own.proposal.id)/authors" }

    private func page(
        _ own: OwnProposal, _ account: SignedInAccount, _ typed: String, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings: Strings = site.strings(context)
        let title: String = strings("proposals.writing.authors.title")
        let pending: [CoAuthorsPage.Pending] = own.invitations.map { invitation in
            CoAuthorsPage.Pending(
                email: invitation.email ?? strings("proposals.writing.authors.someone"),
                words: invitation.email == nil
                    ? strings("proposals.writing.authors.has_declined")
                    : strings(
                        "proposals.writing.authors.waits",
                        ["sent": strings.date(invitation.invitedAt), "until": strings.date(invitation.expiresAt)]),
                action: invitation.email == nil
                    ? nil : "/account/proposals/\(own.proposal.id)/invitations/\(invitation.id)/withdrawal")
        }
        return site.page(
            CoAuthorsPage(
                title: own.proposal.title.isEmpty
                    ? strings("proposals.writing.untitled") : own.proposal.title,
                backHref: own.proposal.publishedAt == nil
                    ? "/proposals/drafts/\(own.proposal.id)" : "/proposals/\(own.proposal.number)",
                action: here(own),
                leaveAction: own.authors.count > 1 ? "/account/proposals/\(own.proposal.id)/departure" : nil,
                errors: errors.summary(strings),
                email: errors.field(
                    "email", label: strings("proposals.writing.authors.email"), value: typed, type: "email",
                    hint: strings("proposals.writing.authors.email.hint"), autocomplete: "off", inputmode: "email",
                    strings),
                canInvite: own.proposal.status == .draft || own.proposal.status == .received,
                authors: own.authors.map { author in
                    CoAuthorsPage.Author(
                        name: author.name.isEmpty ? strings("proposals.author.gone") : author.name,
                        isYou: author.account == account.id)
                }, pending: pending, hasPending: !pending.isEmpty),
            title: errors.isEmpty ? title : strings("errors.in_title", ["title": title]), request, context,
            status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    // MARK: Invitations

    @Sendable private func invitation(_ request: Request, _ context: AppContext) async throws -> Response {
        let token: Token = try token(context)
        guard let invitation = try await coAuthors.invitation(token) else {
            throw Refusal("proposals.writing.invitation.gone", status: .gone)
        }
        let strings: Strings = site.strings(context)
        let here = "/proposals/invitations/\(token.text)"
        let next: String = PercentDecoding.encode(here)
        return site.page(
            InvitationPage(
                title: invitation.proposal.title.isEmpty
                    ? strings("proposals.writing.untitled") : invitation.proposal.title,
                wroteIn: invitation.proposal.title.isEmpty
                    ? nil : invitation.proposal.language.foreign(to: strings.language),
                inviter: strings("proposals.writing.invitation.by", ["name": invitation.inviter]),
                until: strings(
                    "proposals.writing.invitation.until", ["date": strings.date(invitation.expiresAt)]),
                text: Markdown.html(invitation.proposal.body), isSignedIn: context.account != nil,
                asName: strings("proposals.writing.invitation.as", ["name": context.account?.name ?? ""]),
                signInHref: "/sign-in?next=\(next)", signUpHref: "/sign-up?next=\(next)",
                acceptAction: "\(here)/acceptance", declineAction: "\(here)/refusal"),
            title: strings("proposals.writing.invitation.title"), request, context)
    }

    @Sendable private func accept(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireAccount()
        _ = try await site.form(request, context)
        let id: ID<Proposal> = try await answering {
            try await coAuthors.accept(try token(context), by: .resident(account.id))
        }
        return site.see(
            "/account/proposals/\(id)/authors", flash: .done("proposals.writing.invitation.accepted"))
    }

    @Sendable private func decline(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try await site.form(request, context)
        try await answering { try await coAuthors.decline(try token(context)) }
        return site.see("/", flash: .done("proposals.writing.invitation.declined"))
    }

    private func token(_ context: AppContext) throws -> Token {
        guard let token = Token(try context.parameter("token")) else { throw Absent() }
        return token
    }

    private func answering<T>(_ body: () async throws -> T) async throws -> T {
        do { return try await body() } catch CoAuthors.Refusal.beyondEditing {
            throw Refusal("proposals.writing.error.beyond", status: .conflict)
        } catch is CoAuthors.Refusal {
            throw Refusal("proposals.writing.invitation.gone", status: .gone)
        }
    }
}
