import Hummingbird
import Participation

/// “Photos and documents” of a proposal, a page of its own: a file that is refused loses nothing of the proposal.
struct ProposalMediaController: Sendable {
    /// A file larger than may be is read to its end, up to here, so that the page can say so and keep what was typed.
    private static let limits = MultipartForm.Limits(total: 32 << 20, fields: 16 * 1024, parts: 20)

    private let site: Site
    private let media: ProposalMedia
    /// Looking at a file costs seconds of a processor.
    private let buckets = Buckets(burst: 20, perMinute: 10)

    /// The page over the media of proposals.
    init(site: Site, media: ProposalMedia) {
        self.site = site
        self.media = media
    }

    /// Adds `/proposals/{number}/media`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/proposals/{number}/media", use: list)
        routes.post("/proposals/{number}/media", use: add)
        routes.post("/proposals/{number}/media/{medium}/description", use: describe)
        routes.post("/proposals/{number}/media/{medium}/rank", use: moveUp)
        routes.post("/proposals/{number}/media/{medium}/removal", use: remove)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(of: try await own(context), MediaForm(), FieldErrors(), request, context)
    }

    @Sendable private func add(_ request: Request, _ context: AppContext) async throws -> Response {
        let own: Own = try await own(context)
        try buckets.take(Network(address: context.remoteAddress ?? ""))
        let (form, file) = try await MediaForm.read(request, context, site: site, limits: Self.limits)
        do {
            let medium: PreparedMedium = try await Media.prepare(
                file, alt: form.alt, isDecorative: form.isDecorative)
            try await media.add(medium, to: own.proposal.id, by: own.actor)
            return site.see(own.here, flash: .done("media.added"))
        } catch is Overloaded {
            return try await page(of: own, form, FieldErrors("file", "media.refusal.busy"), request, context)
        } catch let refused as Refused<MediaRefusal> {
            return try await page(of: own, form, refused.fieldErrors(site.strings(context)), request, context)
        } catch let refusal as MediaRefusal {
            let errors: FieldErrors = Refused(refusal).fieldErrors(site.strings(context))
            return try await page(of: own, form, errors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func describe(_ request: Request, _ context: AppContext) async throws -> Response {
        try await change(request, context, done: "media.described") { medium, own, form in
            let alt = MediaForm(form)
            try await media.describe(
                medium, as: alt.alt, isDecorative: alt.isDecorative, of: own.proposal.id, by: own.actor)
        }
    }

    @Sendable private func moveUp(_ request: Request, _ context: AppContext) async throws -> Response {
        try await change(request, context, done: "media.moved") { medium, own, _ in
            try await media.moveUp(medium, of: own.proposal.id, by: own.actor)
        }
    }

    @Sendable private func remove(_ request: Request, _ context: AppContext) async throws -> Response {
        try await change(request, context, done: "media.removed") { medium, own, _ in
            try await media.remove(medium, of: own.proposal.id, by: own.actor)
        }
    }

    /// Does `act` with the medium of the path, then shows the list again.
    private func change(
        _ request: Request, _ context: AppContext, done: String,
        _ act: (ID<Medium>, Own, Fields) async throws -> Void
    ) async throws -> Response {
        let own: Own = try await own(context)
        let form: Fields = try await site.form(request, context)
        let medium: ID<Medium> = try context.id("medium", of: Medium.self)
        do {
            try await act(medium, own, form)
            return site.see(own.here, flash: .done(done))
        } catch let refused as Refused<MediaRefusal> {
            let errors: FieldErrors = refused.fieldErrors(site.strings(context), of: medium)
            return try await page(of: own, MediaForm(form, of: medium), errors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    // MARK: Parts

    /// A proposal with whoever changes its media: one of its authors, or an agent of its process.
    private struct Own {
        let proposal: Proposal
        let actor: Actor
        var here: String { "/proposals/\(proposal.number)/media" }
    }

    private func own(_ context: AppContext) async throws -> Own {
        let account: SignedInAccount = try context.requireAccount()
        let number = Int64(try context.integer("number"))
        for actor in [Actor.resident(account.id), account.acting(as: .participationAgent)] {
            if let proposal = try await media.find(number, by: actor) { return Own(proposal: proposal, actor: actor) }
        }
        throw Absent()
    }

    private func page(
        of own: Own, _ form: MediaForm, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        let files: [Medium] = try await media.list(of: own.proposal.id)
        let title: String = strings("media.title")
        return site.page(
            ProposalMediaPage(own.proposal, files, form, errors, strings), title: errors.title(title, strings), request,
            context, status: errors.status)
    }
}
