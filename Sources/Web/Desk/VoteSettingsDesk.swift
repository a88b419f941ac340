import Hummingbird
import Participation

extension VoteDesk {
    /// The form of the settings, for agents and returning officers, until the vote opens.
    @Sendable func settings(_ request: Request, _ context: AppContext) async throws -> Response {
        let (_, vote) = try await editable(context)
        return form(vote, VoteForm(vote, site.strings(context)), FieldErrors(), request, context)
    }

    /// Writes the settings and the projects anew.
    @Sendable func save(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, vote) = try await editable(context)
        let form = VoteForm(try await site.form(request, context, limit: 1 << 20))
        do {
            let (settings, projects) = try form.draft(vote, site.strings(context))
            try await votes.edit(
                vote.id, settings, projects: projects,
                by: account.acting(for: vote, Self.editors))
            shelf.forget(vote.slug)
            return site.see("/desk/votes/\(settings.slug)", flash: .done("desk.vote.saved"))
        } catch let errors as FieldErrors {
            return self.form(vote, form, errors, request, context)
        } catch let refusal as VoteRefusal {
            return self.form(vote, form, refusal.fieldErrors, request, context)
        }
    }

    private func editable(_ context: AppContext) async throws -> (SignedInAccount, Vote) {
        let (account, vote) = try await mine(context)
        guard account.holds(anyOf: Self.editors, for: vote), vote.opening == nil else { throw Absent() }
        return (account, vote)
    }

    private func form(
        _ vote: Vote, _ form: VoteForm, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = site.strings(context)
        let page = VoteFormPage(vote, form, errors, strings)
        let title: String = errors.isEmpty ? page.heading : strings("errors.in_title", ["title": page.heading])
        return site.page(
            page, title: title, request, context, status: errors.isEmpty ? .ok : .unprocessableContent)
    }
}
