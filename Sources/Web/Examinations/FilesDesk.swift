import Foundation
import Hummingbird
import Participation

/// The files of a process: what waits for whom, which file to open, and files given to services.
struct FilesDesk: Sendable {
    static let pageLength = 50

    let site: Site
    let processes: Processes
    let files: ProposalFiles
    let assignments: Assignments
    let settings: ExaminationSettings

    /// Adds the routes of the list, its file for other programs, and the assignment.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/processes/{process}/files", use: list)
        routes.get("/desk/processes/{process}/files.csv", use: export)
        routes.get("/desk/processes/{process}/assignments/new", use: plan)
        routes.post("/desk/processes/{process}/assignments", use: assign)
        routes.post("/desk/processes/{process}/assignments/{id}/undo", use: undo)
        routes.post("/desk/processes/{process}/assignments/{id}/withdrawal", use: withdraw)
    }

    // MARK: The list

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FileScene = try await .find(context, processes)
        let strings: Strings = site.strings(context)
        let query: Fields = try request.query()
        let filter = FileFilter(
            state: FileLine.State(rawValue: query.text("state")),
            service: query.id("service", of: ExaminingService.self), overdue: query.has("overdue"))
        let last: FileLine.Place? = Int64(query.text("after")).map {
            FileLine.Place(day: Day(query.text("day")), number: $0)
        }
        do {
            let lines: [FileLine] = try await files.list(
                filter, of: scene.process.id, after: last, limit: Self.pageLength + 1, by: scene.actor)
            let loads: [ServiceLoad] = try await files.load(of: scene.process.id, by: scene.actor)
            let counts: [FileLine.State: Int] = try await files.counts(of: scene.process.id, by: scene.actor)
            return site.page(
                FilesPage(
                    scene, filter, lines, loads: loads, counts: counts, batch: query.id("batch", of: Assignments.self),
                    strings),
                title: strings("exam.files"), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func export(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FileScene = try await .find(context, processes, agentsOnly: true)
        do {
            let records: [FileRecord] = try await files.export(of: scene.process.id, by: scene.actor)
            return site.download(
                Array(CSVText.write([Self.columns] + records.map { row($0, context.language) }).utf8),
                name: "\(scene.process.slug)-files.csv", type: "text/csv; charset=utf-8")
        } catch is NotAllowed { throw Absent() }
    }

    /// The columns are names, not words: other programs read them.
    private static let columns = [
        "number", "title", "language", "status", "state", "round", "district", "supports", "services", "due", "overdue",
        "investment_cents", "running_cents", "outcome", "reason", "final_cost_cents", "decided_at", "published_at",
    ]

    private func row(_ record: FileRecord, _ language: Language) -> [String] {
        let line: FileLine = record.line
        func cents(_ amount: Int64?) -> String { amount.map { String($0) } ?? "" }
        func moment(_ date: Date?) -> String { date?.formatted(.iso8601) ?? "" }
        return [
            String(line.number), line.title, line.language.rawValue, line.status.rawValue, line.state.rawValue,
            String(line.round), record.district ?? "", String(line.supports),
            line.services.map { $0(language) }.joined(separator: " | "), line.due?.description ?? "",
            line.isOverdue ? "1" : "0", cents(record.investment), cents(record.running), line.outcome?.rawValue ?? "",
            record.reason?(language) ?? "", cents(record.final), moment(record.decidedAt), moment(record.publishedAt),
        ]
    }

    // MARK: Giving files

    @Sendable private func plan(_ request: Request, _ context: AppContext) async throws -> Response {
        let query: Fields = try request.query()
        return try await planPage(query, FieldErrors(), request, context)
    }

    @Sendable private func assign(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FileScene = try await .find(context, processes, agentsOnly: true)
        let form: Fields = try await site.form(request, context)
        let services: [ID<ExaminingService>] = form.all("service").compactMap { ID($0) }
        guard let due = Day(form.text("due")) else {
            return try await planPage(form, FieldErrors("due", "exam.refusal.due"), request, context)
        }
        do {
            let outcome: Assignments.Outcome = try await assignments.assign(
                form.proposals, to: services, due: due, of: scene.process.id, by: scene.actor)
            return site.see(
                "\(scene.base)/files?batch=\(outcome.batch)",
                flash: .done("exam.assigned", ["count": String(outcome.count)]))
        } catch let refusal as ExaminationRefusal {
            return try await planPage(form, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func planPage(
        _ form: Fields, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let scene: FileScene = try await .find(context, processes, agentsOnly: true)
        let strings: Strings = site.strings(context)
        do {
            let plan: Assignments.Plan = try await assignments.plan(
                form.proposals, of: scene.process.id, by: scene.actor)
            let services: [ExaminingService] = try await settings.services(of: scene.process.id)
            return site.page(
                AssignmentPage(scene, plan, services, form, errors, strings),
                title: errors.title(strings("exam.assign.title"), strings), request, context, status: errors.status)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func undo(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FileScene = try await .find(context, processes, agentsOnly: true)
        _ = try await site.form(request, context)
        do {
            let count: Int = try await assignments.undo(
                try context.id("id", of: Assignments.self), of: scene.process.id, by: scene.actor)
            return site.see("\(scene.base)/files", flash: .done("exam.undone", ["count": String(count)]))
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func withdraw(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: FileScene = try await .find(context, processes, agentsOnly: true)
        let form: Fields = try await site.form(request, context)
        do {
            let isDone: Bool = try await assignments.withdraw(
                try context.id("id", of: Assignment.self), of: scene.process.id, by: scene.actor)
            let back: String = Int64(form.text("number")).map { "\(scene.base)/files/\($0)" } ?? "\(scene.base)/files"
            return site.see(back, flash: isDone ? .done("exam.withdrawn") : .failed("exam.not_withdrawn"))
        } catch is NotAllowed { throw Absent() }
    }
}
