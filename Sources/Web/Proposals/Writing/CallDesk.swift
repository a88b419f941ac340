import Hummingbird
import Participation

/// Agents write the call for proposals of a process.
struct CallDesk: Sendable {
    private let site: Site
    private let processes: Processes
    private let calls: ProposalCalls

    /// The form over the capabilities it needs.
    init(site: Site, processes: Processes, calls: ProposalCalls) {
        self.site = site
        self.processes = processes
        self.calls = calls
    }

    /// Adds `/desk/processes/{process}/call`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/processes/{process}/call", use: edit)
        routes.post("/desk/processes/{process}/call", use: save)
    }

    @Sendable private func edit(_ request: Request, _ context: AppContext) async throws -> Response {
        let (_, process) = try await processes.ofAgent(context)
        let draft: ProposalCallDraft = try await calls.call(of: process.id)?.draft ?? ProposalCallDraft()
        return page(CallForm(draft), process, FieldErrors(), request, context)
    }

    @Sendable private func save(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, process) = try await processes.ofAgent(context)
        let form = CallForm(try await site.form(request, context))
        do {
            try await calls.write(try form.draft(), of: process.id, by: account.acting(as: .participationAgent))
            return site.see("/desk/processes/\(process.slug)/call", flash: .done("proposals.call.saved"))
        } catch let errors as FieldErrors {
            return page(form, process, errors, request, context)
        } catch let refused as Refused<CallRefusal> {
            return page(form, process, form.fieldErrors(refused, context.language), request, context)
        }
    }

    private func page(
        _ form: CallForm, _ process: Participation.Process, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings: Strings = site.strings(context)
        let title: String = strings("proposals.call.title")
        return site.page(
            CallPage(form, process, errors, strings),
            title: errors.isEmpty ? title : strings("errors.in_title", ["title": title]), request, context,
            status: errors.isEmpty ? .ok : .unprocessableContent)
    }
}

extension Processes {
    /// The process of the path, for an agent of it; absent for everybody else.
    func ofAgent(_ context: AppContext) async throws -> (SignedInAccount, Participation.Process) {
        let account: SignedInAccount = try context.requireDesk()
        guard let process = try await find(try context.slug("process")),
            account.holds(.participationAgent, process: process.id)
        else { throw Absent() }
        return (account, process)
    }
}
