import Hummingbird
import Participation

/// Agents join proposals that say the same, and take them apart again.
struct JoinDesk: Sendable {
    private let site: Site
    private let processes: Processes
    private let joins: Joins
    private let splits: Splits

    private static let pageSize = 50

    /// The desk over the capabilities it needs.
    init(site: Site, processes: Processes, joins: Joins, splits: Splits) {
        self.site = site
        self.processes = processes
        self.joins = joins
        self.splits = splits
    }

    /// Adds `/desk/processes/{process}/joins` and `/desk/processes/{process}/proposals/join`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/processes/{process}/joins", use: list)
        routes.get("/desk/processes/{process}/joins/{join}/undo", use: confirm)
        routes.post("/desk/processes/{process}/joins/{join}/undo", use: undo)
        routes.get("/desk/processes/{process}/proposals/join", use: choose)
        routes.post("/desk/processes/{process}/proposals/join", use: join)
    }

    // MARK: Joining

    @Sendable private func choose(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: JoinScene = try await .find(processes, site, context)
        return try await page(scene, try request.query(), FieldErrors(), request, context)
    }

    @Sendable private func join(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: JoinScene = try await .find(processes, site, context)
        let form: Fields = try await site.form(request, context)
        do {
            let (origins, target) = try Self.numbers(form)
            var made: Int64?
            if let target {
                try await joins.join(
                    origins, into: target, because: form.text("reason"), in: scene.process.id, by: scene.actor)
            } else {
                made = try await joins.join(
                    origins, as: Wording(form), because: form.text("reason"), in: scene.process.id, by: scene.actor)
            }
            return site.see("/proposals/\(made ?? target ?? 0)", flash: .done("talk.join.done"))
        } catch let errors as FieldErrors {
            return try await page(scene, form, errors, request, context)
        } catch let refusal as Refused<JoinRefusal> {
            return try await page(scene, form, refusal.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    /// The numbers of a form: some origins, and the target unless it is left empty.
    private static func numbers(_ form: Fields) throws(FieldErrors) -> (origins: [Int64], target: Int64?) {
        let texts: [Substring] = form.text("origins").split { ",; \u{A0}\u{202F}".contains($0) }
        let origins: [Int64] = texts.compactMap { Int64($0) }
        var errors = FieldErrors()
        if origins.isEmpty || origins.count != texts.count || origins.count > 50 {
            errors.add("origins", "talk.join.numbers")
        }
        let target: Int64? = form.text("into").isEmpty ? nil : form.integer("into").map(Int64.init)
        if target == nil, !form.text("into").isEmpty { errors.add("into", "talk.join.numbers") }
        try errors.throwIfAny()
        return (Array(Set(origins)).sorted(), target)
    }

    private func page(
        _ scene: JoinScene, _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        var errors: FieldErrors = errors
        var preview: JoinPage.Preview?
        // With one number alone the page asks for the others; it is no mistake yet.
        if let (origins, target) = try? Self.numbers(form), origins.count > 1 || target != nil {
            do {
                let found: JoinPreview = try await joins.preview(
                    origins, into: target, in: scene.process.id, by: scene.actor)
                preview = JoinPage.Preview(found, form, errors, strings)
            } catch let refusal as Refused<JoinRefusal> {
                if errors.isEmpty { errors = refusal.fieldErrors(strings) }
            } catch is NotAllowed { throw Absent() }
        }
        return site.page(
            JoinPage(
                deskHref: scene.joinsHref, processTitle: scene.process.title(context.language),
                action: "\(scene.base)/proposals/join", errors: errors.summary(strings),
                fields: [
                    errors.field(
                        "origins", label: strings("talk.join.origins"), value: form.text("origins"),
                        hint: strings("talk.join.origins_hint"), autocomplete: "off", strings),
                    errors.field(
                        "into", label: strings("talk.join.into"), value: form.text("into"),
                        hint: strings("talk.join.into_hint"), optional: true, autocomplete: "off",
                        inputmode: "numeric", size: "short", strings),
                ], preview: preview),
            title: errors.title(strings("talk.join.title"), strings), request, context, status: errors.status)
    }

    // MARK: What was done

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: JoinScene = try await .find(processes, site, context)
        let strings: Strings = scene.strings
        let last: ID<Join>? = try request.query().id("before", of: Join.self)
        let found: [Join] = try await joins.list(of: scene.process.id, before: last, limit: Self.pageSize + 1)
        let splits: [Split] = last == nil ? try await splits.list(of: scene.process.id) : []
        let shown: [Join] = Array(found.prefix(Self.pageSize))
        return site.page(
            JoinsPage(
                processTitle: scene.process.title(context.language), processHref: scene.base,
                joinHref: "\(scene.base)/proposals/join", joins: shown.map { scene.line($0) },
                hasJoins: !shown.isEmpty, splits: splits.map { scene.line($0) }, hasSplits: !splits.isEmpty,
                isEmpty: shown.isEmpty && splits.isEmpty,
                onward: found.count > Self.pageSize ? shown.last.map { "\(scene.joinsHref)?before=\($0.id)" } : nil),
            title: strings("talk.joins.title"), request, context)
    }

    // MARK: Taking apart

    @Sendable private func confirm(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, join) = try await find(context)
        return undoPage(scene, join, "", FieldErrors(), request, context)
    }

    @Sendable private func undo(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, join) = try await find(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await joins.undo(join.id, because: form.text("reason"), in: scene.process.id, by: scene.actor)
            return site.see(scene.joinsHref, flash: .done("talk.join.undone"))
        } catch let refusal as Refused<JoinRefusal> {
            return undoPage(
                scene, join, form.raw("reason"), refusal.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func undoPage(
        _ scene: JoinScene, _ join: Join, _ reason: String, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        scene.undoPage(
            scene.strings("talk.joins.undo_join", ["origin": String(join.origin)]), why: join.reason,
            action: "\(scene.joinsHref)/\(join.id)/undo", reason, errors, site, request, context)
    }

    /// The join that the path names, as long as it stands.
    private func find(_ context: AppContext) async throws -> (JoinScene, Join) {
        let scene: JoinScene = try await .find(processes, site, context)
        let id: ID<Join> = try context.id("join", of: Join.self)
        guard let join = try await joins.find(id, in: scene.process.id), join.undoneAt == nil else { throw Absent() }
        return (scene, join)
    }
}

extension JoinPage.Preview {
    fileprivate init(_ preview: JoinPreview, _ form: Fields, _ errors: FieldErrors, _ strings: Strings) {
        func member(_ member: JoinPreview.Member, isTarget: Bool) -> JoinPage.Member {
            let proposal: Proposal = member.proposal
            return JoinPage.Member(
                number: String(proposal.number), href: "/proposals/\(proposal.number)", title: proposal.title,
                wroteIn: proposal.language == strings.language ? nil : proposal.language.rawValue,
                isTarget: isTarget,
                authors: member.authors.map { $0.isEmpty ? strings("talk.comment.nobody") : $0 }
                    .joined(separator: ", "),
                supports: strings.number(member.supports), followers: strings.number(member.followers),
                comments: strings.number(member.comments))
        }
        members =
            (preview.target.map { [member($0, isTarget: true)] } ?? [])
            + preview.origins.map { member($0, isTarget: false) }
        supports = strings.number(preview.supports)
        followers = strings.number(preview.followers)
        comments = strings.number(preview.comments)
        originNumbers = preview.origins.map { String($0.proposal.number) }.joined(separator: ", ")
        targetNumber = preview.target.map { String($0.proposal.number) }
        wording = preview.target == nil ? WordingForm(Wording(form), errors, strings) : nil
        reason = form.raw("reason")
        reasonProblem = errors.text(for: "reason", strings)
    }
}
