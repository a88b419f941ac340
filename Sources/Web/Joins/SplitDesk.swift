import Hummingbird
import Participation

/// Agents split proposals that hold two ideas, and undo that.
struct SplitDesk: Sendable {
    private let site: Site
    private let processes: Processes
    private let proposals: Proposals
    private let suggestions: Suggestions
    private let splits: Splits

    /// The desk over the capabilities it needs.
    init(site: Site, processes: Processes, proposals: Proposals, suggestions: Suggestions, splits: Splits) {
        self.site = site
        self.processes = processes
        self.proposals = proposals
        self.suggestions = suggestions
        self.splits = splits
    }

    /// Adds `/desk/processes/{process}/proposals/{number}/split` and the page that undoes it.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/processes/{process}/proposals/{number}/split", use: show)
        routes.post("/desk/processes/{process}/proposals/{number}/split", use: split)
        routes.get("/desk/processes/{process}/splits/{number}/undo", use: confirm)
        routes.post("/desk/processes/{process}/splits/{number}/undo", use: undo)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, proposal) = try await find(context)
        let present = Wording(of: proposal)
        let part = Wording(title: "", body: proposal.body, place: proposal.place)
        let version: Int = try await suggestions.version(of: proposal.id)
        return page(scene, proposal, present, part, version, "", FieldErrors(), request, context)
    }

    @Sendable private func split(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, proposal) = try await find(context)
        let form: Fields = try await site.form(request, context)
        let rest = Wording(form)
        let part = Wording(form, prefix: "part-")
        let version: Int = form.integer("version") ?? 0
        do {
            let number: Int64 = try await splits.split(
                proposal.number, leaving: rest, part: part, over: version, because: form.text("reason"),
                in: scene.process.id, by: scene.actor)
            return site.see("/proposals/\(number)", flash: .done("talk.split.done"))
        } catch let refusal as Refused<JoinRefusal> {
            // Sent again, the form is compared with what the agent has before their eyes now.
            let present: Int = try await suggestions.version(of: proposal.id)
            return page(
                scene, proposal, rest, part, present, form.raw("reason"), refusal.fieldErrors(scene.strings), request,
                context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ scene: JoinScene, _ proposal: Proposal, _ rest: Wording, _ part: Wording, _ version: Int, _ reason: String,
        _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.strings
        let number = String(proposal.number)
        return site.page(
            SplitPage(
                processTitle: scene.process.title(context.language), joinsHref: scene.joinsHref,
                proposalHref: "/proposals/\(number)", proposalTitle: proposal.title,
                wroteIn: proposal.language == strings.language ? nil : proposal.language.rawValue,
                errors: errors.summary(strings), lead: strings("talk.split.lead", ["number": number]),
                restTitle: strings("talk.split.rest", ["number": number]),
                rest: WordingForm(rest, errors, strings), part: WordingForm(part, errors, strings, prefix: "part-"),
                action: "\(scene.base)/proposals/\(number)/split", version: String(version), reason: reason,
                reasonProblem: errors.text(for: "reason", strings)),
            title: errors.title(strings("talk.split.title"), strings), request, context, status: errors.status)
    }

    // MARK: Undoing

    @Sendable private func confirm(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, split) = try await findSplit(context)
        return undoPage(scene, split, "", FieldErrors(), request, context)
    }

    @Sendable private func undo(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, split) = try await findSplit(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await splits.undo(split.part, because: form.text("reason"), in: scene.process.id, by: scene.actor)
            return site.see(scene.joinsHref, flash: .done("talk.join.undone"))
        } catch let refusal as Refused<JoinRefusal> {
            return undoPage(
                scene, split, form.raw("reason"), refusal.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func undoPage(
        _ scene: JoinScene, _ split: Split, _ reason: String, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let numbers: [String: String] = ["part": String(split.part), "origin": String(split.origin)]
        return scene.undoPage(
            scene.strings("talk.joins.undo_split", numbers), why: split.reason,
            action: "\(scene.base)/splits/\(split.part)/undo", reason, errors, site, request, context)
    }

    // MARK: Parts

    private func find(_ context: AppContext) async throws -> (JoinScene, Proposal) {
        let scene: JoinScene = try await .find(processes, site, context)
        guard let proposal = try await proposals.find(Int64(try context.integer("number"))),
            proposal.process == scene.process.id
        else { throw Absent() }
        return (scene, proposal)
    }

    /// The split that made the proposal of the path, as long as it stands.
    private func findSplit(_ context: AppContext) async throws -> (JoinScene, Split) {
        let (scene, part) = try await find(context)
        let split: Split? = try await splits.list(with: part.id).first { $0.part == part.number && $0.undoneAt == nil }
        guard let split else { throw Absent() }
        return (scene, split)
    }
}
