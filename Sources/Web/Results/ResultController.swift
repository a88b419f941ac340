public import Hummingbird
public import Participation
import PublicRecord

/// The result of a vote: who won, why, and everything to count again.
public struct ResultController: Sendable {
    private let site: Site
    private let shelf: VoteShelf
    private let results: Results

    /// The pages over the capabilities they need.
    public init(site: Site, shelf: VoteShelf, results: Results) {
        self.site = site
        self.shelf = shelf
        self.results = results
    }

    /// Adds `/votes/{vote}/result` and its downloads.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/votes/{vote}/result", use: page)
        routes.get("/votes/{vote}/result.json", use: json)
        routes.get("/votes/{vote}/result.csv", use: csv)
        routes.get("/votes/{vote}/result.pb", use: pabulib)
    }

    @Sendable private func page(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        guard let result = try await results.find(vote) else {
            guard vote.opening != nil else { throw Absent() }
            return site.see("/votes/\(vote.slug)", flash: .failed("results.not_yet"))
        }
        return site.page(
            ResultPage(
                vote, result, site.strings(context), columns: try await results.columns(vote),
                comparing: context.account?.comparing ?? false),
            title: site.strings(context)("results.title"), request, context, scripts: ["print.js"])
    }

    @Sendable private func json(_ request: Request, _ context: AppContext) async throws -> Response {
        let (vote, result) = try await published(context)
        return site.download(result.bytes, name: "\(vote.slug)-result.json", type: "application/json")
    }

    @Sendable private func csv(_ request: Request, _ context: AppContext) async throws -> Response {
        let (vote, result) = try await published(context)
        var text = "number,project_id,title,district,cost_cents,ballots,support,selected,reason\n"
        for decision in result.decisions {
            guard let project = vote.projects.first(where: { $0.key == decision.project }) else { continue }
            let fields: [String] = [
                String(project.number), project.key, project.title(.french), project.district ?? "",
                String(project.cost), String(result.votes[project.key] ?? 0), String(result.support[project.key] ?? 0),
                decision.isSelected ? "1" : "0", decision.reason ?? "",
            ]
            text += fields.map(CSV.field).joined(separator: ",") + "\n"
        }
        return site.download(Array(text.utf8), name: "\(vote.slug)-result.csv", type: "text/csv; charset=utf-8")
    }

    @Sendable private func pabulib(_ request: Request, _ context: AppContext) async throws -> Response {
        let (vote, result) = try await published(context)
        let bytes: [UInt8] = try await results.pabulib(vote, result)
        return site.download(bytes, name: "\(vote.slug).pb", type: "text/plain; charset=utf-8")
    }

    private func published(_ context: AppContext) async throws -> (Vote, VoteResult) {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        guard let result = try await results.find(vote) else { throw Absent() }
        return (vote, result)
    }
}

/// Fields of a CSV file (RFC 4180).
enum CSV {
    /// The field, quoted where it must be; what a spreadsheet would take for a formula gets an apostrophe in front.
    static func field(_ text: String) -> String {
        let start: Character? = text.first { !$0.isWhitespace }
        let isFormula: Bool = start.map { "=+-@＝＋－＠\t\r".contains($0) } ?? false
        let safe: String = isFormula && Int(text) == nil ? "'" + text : text
        guard safe.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
