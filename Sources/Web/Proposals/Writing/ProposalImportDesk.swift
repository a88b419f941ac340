import Foundation
import Hummingbird
import Participation

/// A file of another platform's proposals, in steps: handed in, its columns named, tried, written.
struct ProposalImportDesk: Sendable {
    private let site: Site
    private let processes: Processes
    private let imports: ProposalImports

    /// The desk over the capabilities it needs.
    init(site: Site, processes: Processes, imports: ProposalImports) {
        self.site = site
        self.processes = processes
        self.imports = imports
    }

    /// Adds the routes below `/desk/processes/{process}/imports`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/processes/{process}/imports", use: start)
        routes.post("/desk/processes/{process}/imports", use: receive)
        routes.get("/desk/processes/{process}/imports/{import}", use: show)
        routes.get("/desk/processes/{process}/imports/{import}/report", use: report)
        routes.post("/desk/processes/{process}/imports/{import}/trial", use: attempt)
        routes.post("/desk/processes/{process}/imports/{import}/writing", use: write)
        routes.post("/desk/processes/{process}/imports/{import}/withdrawal", use: giveUp)
    }

    // MARK: The file

    @Sendable private func start(_ request: Request, _ context: AppContext) async throws -> Response {
        try await startPage(FieldErrors(), request, context)
    }

    @Sendable private func receive(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, process) = try await processes.ofAgent(context)
        do {
            let form: MultipartForm = try await site.multipartForm(
                request, context, limits: .init(total: ProposalImports.longestFile + (1 << 16)))
            guard let file = form.file("file") else {
                return try await startPage(FieldErrors("file", "desk.error.file"), request, context)
            }
            let id: ID<ProposalImport> = try await imports.receive(
                Array(file.bytes.readableBytesView), name: file.name, for: process.id,
                language: Language(rawValue: form.fields.text("language")) ?? context.language,
                by: account.acting(as: .participationAgent))
            return site.see("/desk/processes/\(process.slug)/imports/\(id)")
        } catch let refusal as ProposalImportRefusal {
            let errors = FieldErrors("file", refusal.key, refusal.arguments(site.strings(context)))
            return try await startPage(errors, request, context)
        } catch let refusal as Refusal where refusal == .tooLarge {
            return try await startPage(FieldErrors("file", "proposals.import.error.too_long"), request, context)
        }
    }

    private func startPage(
        _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (_, process) = try await processes.ofAgent(context)
        let strings: Strings = site.strings(context)
        let begun: [ProposalImport] = try await imports.list(of: process.id)
        return site.page(
            ImportStartPage(
                crumbs: ProposalDesk.crumbs(of: process, strings),
                action: "/desk/processes/\(process.slug)/imports", errors: errors.summary(strings),
                file: errors.input("file", strings),
                languages: Language.allCases.map {
                    SelectOption(
                        value: $0.rawValue, label: strings("language.\($0.rawValue)"), selected: $0 == context.language)
                },
                imports: begun.map {
                    .init(
                        name: $0.name, href: "/desk/processes/\(process.slug)/imports/\($0.id)",
                        state: strings("proposals.import.state.\($0.state.rawValue)"),
                        date: strings.moment($0.begunAt))
                }, hasImports: !begun.isEmpty),
            title: errors.title(strings("proposals.import.title"), strings), request, context, status: errors.status)
    }

    // MARK: Steps

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (_, process, found) = try await mine(context)
        let asksColumns: Bool = try request.query().has("columns")
        return try await page(found, process, FieldErrors(), asksColumns: asksColumns, request, context)
    }

    @Sendable private func attempt(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, process, found) = try await mine(context)
        let form: Fields = try await site.form(request, context, limit: 512 * 1024)
        let columns: [ProposalImport.Field?] = found.header.indices.map { index in
            ProposalImport.Field(rawValue: form.text("column-\(index)"))
        }
        do {
            try await imports.attempt(
                found.id, columns: columns, language: Language(rawValue: form.text("language")) ?? found.language,
                by: account.acting(as: .participationAgent))
            return site.see(address(of: found, process))
        } catch let refused as Refused<ProposalImportRefusal> {
            var errors = FieldErrors()
            for reason in refused.reasons {
                errors.add("column-0", reason.key, reason.arguments(site.strings(context)))
            }
            return try await page(found, process, errors, asksColumns: true, chosen: columns, request, context)
        } catch is ProposalImportRefusal {
            return site.see(address(of: found, process), flash: .failed("proposals.import.error.step"))
        }
    }

    @Sendable private func write(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, process, found) = try await mine(context)
        _ = try await site.form(request, context)
        do {
            try await imports.startWriting(found.id, by: account.acting(as: .participationAgent))
            return site.see(address(of: found, process))
        } catch is ProposalImportRefusal {
            return site.see(address(of: found, process), flash: .failed("proposals.import.error.step"))
        }
    }

    @Sendable private func giveUp(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, process, found) = try await mine(context)
        _ = try await site.form(request, context)
        do {
            try await imports.giveUp(found.id, by: account.acting(as: .participationAgent))
            return site.see("/desk/processes/\(process.slug)/imports", flash: .done("proposals.import.given_up"))
        } catch is ProposalImportRefusal {
            return site.see(address(of: found, process), flash: .failed("proposals.import.error.step"))
        }
    }

    /// Every kept problem as a file for a spreadsheet, beside the file itself.
    @Sendable private func report(_ request: Request, _ context: AppContext) async throws -> Response {
        let (_, _, found) = try await mine(context)
        let strings: Strings = site.strings(context)
        let problems: [ProposalImport.Problem] = try await imports.problems(of: found.id, limit: 10_000)
        let head: String = ["line", "field", "reason"].map { strings("proposals.import.report.\($0)") }
            .joined(separator: ";")
        let lines: [String] = problems.map { problem in
            // A quotation mark and a leading apostrophe: what stood in a cell is shown, never calculated.
            let words: String = problem.words(strings).replacing("\"", with: "\"\"")
            return "\(problem.line);\"\(problem.fieldName(strings))\";\"'\(words)\""
        }
        let text: String = "\u{FEFF}" + ([head] + lines).joined(separator: "\r\n") + "\r\n"
        return site.download(Array(text.utf8), name: "import-report.csv", type: "text/csv; charset=utf-8")
    }

    private func mine(
        _ context: AppContext
    ) async throws -> (SignedInAccount, Participation.Process, ProposalImport) {
        let (account, process) = try await processes.ofAgent(context)
        let id: ID<ProposalImport> = try context.id("import", of: ProposalImport.self)
        guard let found = try await imports.find(id, of: process.id) else { throw Absent() }
        return (account, process, found)
    }

    private func address(of found: ProposalImport, _ process: Participation.Process) -> String {
        "/desk/processes/\(process.slug)/imports/\(found.id)"
    }

    private func page(
        _ found: ProposalImport, _ process: Participation.Process, _ errors: FieldErrors, asksColumns: Bool,
        chosen: [ProposalImport.Field?]? = nil, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        let problems: [ProposalImport.Problem] =
            found.state == .tried ? try await imports.problems(of: found.id, limit: 100) : []
        return site.page(
            ProposalImportPage(
                found, process, errors, problems, columns: chosen ?? found.columns,
                isMapping: found.state == .mapping || found.state == .tried && asksColumns, strings),
            title: errors.title(found.name, strings), request, context, status: errors.status)
    }
}
