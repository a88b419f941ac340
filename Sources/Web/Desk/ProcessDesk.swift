import Foundation
public import Hummingbird
public import Participation

/// Agents write processes and their phases.
public struct ProcessDesk: Sendable {
    private let site: Site
    private let processes: Processes
    private let votes: Votes

    /// The forms over the capabilities they need.
    public init(site: Site, processes: Processes, votes: Votes) {
        self.site = site
        self.processes = processes
        self.votes = votes
    }

    /// Adds `/desk/processes/new`, `/desk/processes/{process}` and its settings.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/processes/new", use: blank)
        routes.post("/desk/processes", use: create)
        routes.get("/desk/processes/{process}", use: show)
        routes.get("/desk/processes/{process}/settings", use: edit)
        routes.post("/desk/processes/{process}/settings", use: save)
    }

    /// From here agents reach all that is done for the process.
    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (_, process) = try await processes.ofAgent(context)
        let strings: Strings = site.strings(context)
        let votes: [Vote] = try await votes.list().filter { $0.process == process.id }
        return site.page(
            ProcessDeskPage(process, votes, today: site.today(), strings), title: process.title(context.language),
            request, context)
    }

    @Sendable private func blank(_ request: Request, _ context: AppContext) async throws -> Response {
        guard try context.requireDesk().holds(.participationAgent) else { throw Absent() }
        return page(ProcessForm(nil), nil, FieldErrors(), request, context)
    }

    @Sendable private func create(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try context.requireDesk()
        guard account.holds(.participationAgent) else { throw Absent() }
        let form = ProcessForm(try await site.form(request, context))
        do {
            let draft: ProcessDraft = try form.draft()
            try await processes.create(draft, by: account.acting(as: .participationAgent))
            return site.see("/desk/processes/\(draft.slug)", flash: .done("desk.process.created"))
        } catch let errors as FieldErrors {
            return page(form, nil, errors, request, context)
        } catch let refusal as ProcessRefusal {
            return page(form, nil, refusal.fieldErrors, request, context)
        }
    }

    @Sendable private func edit(_ request: Request, _ context: AppContext) async throws -> Response {
        let (_, process) = try await processes.ofAgent(context)
        return page(ProcessForm(process), process, FieldErrors(), request, context)
    }

    @Sendable private func save(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, process) = try await processes.ofAgent(context)
        let form = ProcessForm(try await site.form(request, context))
        do {
            let draft: ProcessDraft = try form.draft()
            try await processes.edit(process.id, draft, by: account.acting(as: .participationAgent))
            return site.see("/desk/processes/\(draft.slug)", flash: .done("desk.process.saved"))
        } catch let errors as FieldErrors {
            return page(form, process, errors, request, context)
        } catch let refusal as ProcessRefusal {
            return page(form, process, refusal.fieldErrors, request, context)
        }
    }

    private func page(
        _ form: ProcessForm, _ process: Participation.Process?, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings: Strings = site.strings(context)
        let title: String = strings(process == nil ? "desk.process.new" : "desk.process.settings")
        func input(_ name: String) -> Input { errors.input(name, value: form.values[name] ?? "", strings) }
        func phase(_ index: Int) -> ProcessFormPage.PhaseLine {
            let own = "phase-\(index)"
            var kinds: [SelectOption] = [
                SelectOption(value: "", label: strings("desk.phase.none"), selected: false)
            ]
            for kind in Phase.Kind.allCases {
                kinds.append(
                    SelectOption(
                        value: kind.rawValue, label: strings("phases.kind.\(kind.rawValue)"),
                        selected: form.values["\(own)-kind"] == kind.rawValue))
            }
            let (starts, ends) = (input("\(own)-starts"), input("\(own)-ends"))
            let texts: [ProcessFormPage.PhaseText] = Language.allCases.map { language in
                .init(
                    code: language.rawValue, language: strings("language.\(language.rawValue)"),
                    title: input("\(own)-title-\(language.rawValue)"),
                    words: input("\(own)-words-\(language.rawValue)"))
            }
            let named = Texts(
                Dictionary(texts.map { ($0.code, $0.title.value) }, uniquingKeysWith: { first, _ in first }))
            return ProcessFormPage.PhaseLine(
                index: String(index), heading: strings("desk.phase", ["number": strings.number(index + 1)]),
                name: named.isEmpty ? strings("desk.phase.blank") : named(context.language),
                isOpen: process == nil && index == 0 || starts.error != nil || ends.error != nil
                    || texts.contains { $0.title.error != nil },
                kinds: kinds, texts: texts, starts: starts, ends: ends)
        }
        return site.page(
            ProcessFormPage(
                heading: title, action: process.map { "/desk/processes/\($0.slug)/settings" } ?? "/desk/processes",
                isNew: process == nil, errors: errors.summary(strings), slug: input("slug"),
                translations: Language.allCases.map { language in
                    .init(
                        code: language.rawValue, language: strings("language.\(language.rawValue)"),
                        title: input("title-\(language.rawValue)"), summary: input("summary-\(language.rawValue)"),
                        description: input("description-\(language.rawValue)"))
                },
                phases: (0..<form.phaseCount).map(phase),
                crumbs: [PlaceLink(label: strings("desk.title"), href: "/desk")]
                    + (process.map {
                        [PlaceLink(label: $0.title(context.language), href: "/desk/processes/\($0.slug)")]
                    } ?? [])),
            title: errors.isEmpty ? title : strings("errors.in_title", ["title": title]), request, context,
            status: errors.isEmpty ? .ok : .unprocessableContent)
    }
}

/// The fields of a process, as typed. Each phase is numbered from 0; one without a kind is left out.
struct ProcessForm {
    let values: [String: String]
    let phaseCount: Int

    /// What was typed.
    init(_ fields: Fields) {
        values = Dictionary(fields.names.map { ($0, fields.text($0)) }, uniquingKeysWith: { first, _ in first })
        phaseCount = min(20, max(1, fields.all("phase").count))
    }

    /// The form of a process that exists, or of none; with two lines for more phases.
    init(_ process: Participation.Process?) {
        var values: [String: String] = [:]
        values["slug"] = process?.slug
        for language in Language.allCases.map(\.rawValue) {
            values["title-\(language)"] = process?.title.byLanguage[language]
            values["summary-\(language)"] = process?.summary.byLanguage[language]
            values["description-\(language)"] = process?.description.byLanguage[language]
            for (index, phase) in (process?.phases ?? []).enumerated() {
                values["phase-\(index)-title-\(language)"] = phase.title.byLanguage[language]
                values["phase-\(index)-words-\(language)"] = phase.description.byLanguage[language]
                values["phase-\(index)-kind"] = phase.kind.rawValue
                values["phase-\(index)-starts"] = phase.starts.description
                values["phase-\(index)-ends"] = phase.ends.description
            }
        }
        self.values = values
        phaseCount = min(20, (process?.phases.count ?? 3) + 2)
    }

    /// The draft that the fields make.
    ///
    /// - Throws: `FieldErrors` with every field that is wrong.
    func draft() throws(FieldErrors) -> ProcessDraft {
        var errors = FieldErrors()
        func texts(_ name: String) -> Texts {
            Texts(
                Dictionary(
                    Language.allCases.map { ($0.rawValue, values["\(name)-\($0.rawValue)"] ?? "") },
                    uniquingKeysWith: { first, _ in first }))
        }
        if !Slug.isValid(values["slug"] ?? "") { errors.add("slug", "desk.error.slug") }
        if texts("title").isEmpty { errors.add("title-fr", "desk.error.title") }
        var phases: [PhaseDraft] = []
        for index in 0..<phaseCount {
            guard let kind = Phase.Kind(rawValue: values["phase-\(index)-kind"] ?? "") else { continue }
            let starts: Day? = Day(values["phase-\(index)-starts"] ?? "")
            let ends: Day? = Day(values["phase-\(index)-ends"] ?? "")
            if starts == nil { errors.add("phase-\(index)-starts", "desk.error.day") }
            if ends == nil { errors.add("phase-\(index)-ends", "desk.error.day") }
            let title: Texts = texts("phase-\(index)-title")
            if title.isEmpty { errors.add("phase-\(index)-title-fr", "desk.error.title") }
            guard let starts, let ends else { continue }
            if ends < starts { errors.add("phase-\(index)-ends", "desk.error.phase_order") }
            phases.append(
                PhaseDraft(
                    kind: kind, title: title, description: texts("phase-\(index)-words"), starts: starts, ends: ends))
        }
        try errors.throwIfAny()
        return ProcessDraft(
            slug: values["slug"] ?? "", title: texts("title"), summary: texts("summary"),
            description: texts("description"), phases: phases)
    }
}

extension ProcessRefusal {
    /// The refusal at the field it concerns.
    var fieldErrors: FieldErrors {
        switch self {
        case .malformedSlug: FieldErrors("slug", "desk.error.slug")
        case .slugTaken: FieldErrors("slug", "desk.error.slug_taken")
        case .untitled: FieldErrors("title-fr", "desk.error.title")
        case .phaseEndsBeforeItStarts(let index): FieldErrors("phase-\(index)-ends", "desk.error.phase_order")
        }
    }
}
