import Foundation
public import Hummingbird
public import Participation
import PublicRecord

/// A file for the roll of a vote, in steps: handed in, its columns named, read, its difference confirmed.
public struct RollImportDesk: Sendable {
    private let site: Site
    private let votes: Votes
    private let imports: RollImports

    /// The desk over the capabilities it needs.
    public init(site: Site, votes: Votes, imports: RollImports) {
        self.site = site
        self.votes = votes
        self.imports = imports
    }

    /// Adds the routes below `/desk/votes/{vote}/roll/imports`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/votes/{vote}/roll/imports", use: start)
        routes.post("/desk/votes/{vote}/roll/imports", use: receive)
        routes.get("/desk/votes/{vote}/roll/imports/{import}", use: show)
        routes.post("/desk/votes/{vote}/roll/imports/{import}/reading", use: read)
        routes.get("/desk/votes/{vote}/roll/imports/{import}/report", use: report)
        routes.post("/desk/votes/{vote}/roll/imports/{import}/version", use: confirm)
        routes.post("/desk/votes/{vote}/roll/imports/{import}/withdrawal", use: giveUp)
    }

    // MARK: The file

    @Sendable private func start(_ request: Request, _ context: AppContext) async throws -> Response {
        try await startPage(FieldErrors(), request, context)
    }

    /// Takes the file as it comes, straight to the database: a gigabyte needs no memory.
    @Sendable private func receive(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: RollScene = try await .find(context, votes, RollImports.roles)
        var reception: RollReception?
        do {
            _ = try await site.streamedForm(
                request, context, limits: .init(total: RollImports.longestFile + (1 << 20), parts: 4)
            ) { name, bytes in
                if reception == nil {
                    reception = try await imports.receive(
                        name, for: scene.vote.id, by: scene.acting(RollImports.roles))
                }
                try await reception?.take(bytes)
            }
            guard var whole = reception else { throw RollRefusal.empty }
            reception = nil
            try await whole.finish()
            return site.see("\(scene.base)/imports/\(whole.id)")
        } catch let refusal as RollRefusal {
            return try await startPage(refusal.fieldErrors, request, context)
        } catch let refusal as Refusal where refusal == .tooLarge {
            try await reception?.drop()
            return try await startPage(FieldErrors("file", "rolls.refusal.file_too_long"), request, context)
        } catch {
            // Half a file is none.
            try await reception?.drop()
            throw error
        }
    }

    private func startPage(_ errors: FieldErrors, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: RollScene = try await .find(context, votes, RollImports.roles)
        let strings: Strings = site.strings(context)
        return site.page(
            RollFilePage(
                crumbs: scene.crumbs(strings), action: "\(scene.base)/imports", errors: errors.summary(strings),
                file: errors.input("file", strings),
                fields: scene.vote.settings.rollFields.map { strings("rolls.field.\($0)") }),
            title: errors.title(strings("rolls.import.title"), strings), request, context, status: errors.status)
    }

    // MARK: The steps

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(FieldErrors(), nil, request, context)
    }

    @Sendable private func read(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, found) = try await scene(context)
        let form: Fields = try await site.form(request, context)
        let actor: Actor = scene.acting(RollImports.roles)
        let columns: [RollField?] = found.header.indices.map { RollField(rawValue: form.text("column-\($0)")) }
        do {
            if form.has("column-0") { try await imports.choose(columns, of: found.id, by: actor) }
            try await imports.startReading(found.id, by: actor)
            return site.see("\(scene.base)/imports/\(found.id)")
        } catch let refused as Refused<RollRefusal> {
            var errors = FieldErrors()
            for reason in refused.reasons { errors.add(reason, columns, site.strings(context)) }
            return try await page(errors, columns, request, context)
        } catch let refusal as RollRefusal {
            return try await page(refusal.fieldErrors, nil, request, context)
        }
    }

    /// The whole report as a file of its own, for whoever mends the list.
    @Sendable private func report(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, found) = try await scene(context)
        let strings: Strings = site.strings(context)
        let problems: [RollProblem] = try await imports.problems(of: found.id, limit: RollImports.mostProblems)
        let head: [String] = [
            strings("rolls.report.line"), strings("rolls.report.field"), strings("rolls.report.reason"),
        ]
        let rows: [[String]] = problems.map { problem in
            [
                String(problem.line), problem.field.map { strings("rolls.field.\($0.rawValue)") } ?? "",
                problem.words(strings),
            ]
        }
        return site.download(
            Array(CSVText.write([head] + rows).utf8), name: "\(scene.vote.slug)-roll-report.csv",
            type: "text/csv; charset=utf-8")
    }

    @Sendable private func confirm(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, found) = try await scene(context)
        _ = try await site.form(request, context)
        do {
            try await imports.startConfirming(found.id, by: scene.acting(RollImports.roles))
            return site.see("\(scene.base)/imports/\(found.id)")
        } catch let refusal as RollRefusal {
            return try await page(refusal.fieldErrors, nil, request, context)
        }
    }

    @Sendable private func giveUp(_ request: Request, _ context: AppContext) async throws -> Response {
        let (scene, found) = try await scene(context)
        _ = try await site.form(request, context)
        do {
            try await imports.giveUp(found.id, by: scene.acting(RollImports.roles))
            return site.see(scene.base, flash: .done("rolls.given_up"))
        } catch let refusal as RollRefusal {
            return try await page(refusal.fieldErrors, nil, request, context)
        }
    }

    private func scene(_ context: AppContext) async throws -> (RollScene, RollImport) {
        let scene: RollScene = try await .find(context, votes, RollImports.roles)
        let id: ID<RollImport> = try context.id("import", of: RollImport.self)
        guard let found = try await imports.find(id, of: scene.vote.id) else { throw Absent() }
        return (scene, found)
    }

    private func page(
        _ errors: FieldErrors, _ columns: [RollField?]?, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let (scene, found) = try await scene(context)
        let strings: Strings = site.strings(context)
        let isRefused: Bool = found.state == .refused
        let problems: [RollProblem] = isRefused ? try await imports.problems(of: found.id, limit: 200) : []
        let asksColumns: Bool = try request.query().has("columns")
        let isMapping: Bool = found.state == .mapping || asksColumns && (isRefused || found.state == .ready)
        let isWorking: Bool = [.receiving, .reading, .applying].contains(found.state) && !found.isStalled
        let reload: Reload? = try .during(isWorking, request, strings)
        let view = RollImportPage(
            found, problems: problems, isMapping: isMapping, columns: columns, scene: scene, errors: errors,
            reload: reload, strings)
        return site.page(
            view, title: errors.title(view.heading, strings), request, context, status: errors.status
        ).reloading(reload)
    }
}

extension FieldErrors {
    fileprivate mutating func add(_ refusal: RollRefusal, _ columns: [RollField?], _ strings: Strings) {
        switch refusal {
        case .columnMissing(let field):
            add("column-0", "rolls.refusal.column_missing", ["field": strings("rolls.field.\(field.rawValue)")])
        case .columnTwice(let field):
            add(
                "column-\(columns.lastIndex(of: field) ?? 0)", "rolls.refusal.column_twice",
                ["field": strings("rolls.field.\(field.rawValue)")])
        default: add("", "rolls.refusal.wrong_step")
        }
    }
}

extension RollProblem {
    /// Why, in a sentence.
    func words(_ strings: Strings) -> String {
        strings("rolls.reason.\(reason.rawValue)", ["value": argument])
    }
}

/// Separated values as every spreadsheet reads them.
enum CSVText {
    /// Rows with commas; a value that a spreadsheet would take for a formula begins with an apostrophe.
    static func write(_ rows: [[String]]) -> String {
        "\u{FEFF}" + rows.map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func quoted(_ value: String) -> String {
        let isFormula: Bool = value.first.map { "=+-@\t\r".contains($0) } == true && !isNumber(value)
        let safe: String = isFormula ? "'\(value)" : value
        guard safe.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return safe }
        return "\"\(safe.replacing("\"", with: "\"\""))\""
    }

    /// A number below zero computes nothing: programs that read a longitude want it as it is.
    private static func isNumber(_ value: String) -> Bool {
        value.first == "-" && value.wholeMatch(of: /-[0-9]+(\.[0-9]+)?/) != nil
    }
}
