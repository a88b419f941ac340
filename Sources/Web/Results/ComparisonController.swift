import Foundation
public import Hummingbird
public import Participation
import PublicRecord

/// Agents compare rules on past ballots before they choose one.
public struct ComparisonController: Sendable {
    private let site: Site
    private let votes: Votes
    private let comparisons: RuleComparisons

    /// The pages over the capabilities they need.
    public init(site: Site, votes: Votes, comparisons: RuleComparisons) {
        self.site = site
        self.votes = votes
        self.comparisons = comparisons
    }

    /// Adds `/desk/comparisons`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/comparisons/new", use: blank)
        routes.post("/desk/comparisons", use: begin)
        routes.get("/desk/comparisons/{comparison}", use: show)
    }

    @Sendable private func blank(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try agent(context)
        let query: Fields = try request.query()
        let form = Fields(pairs: [("vote", query.text("vote"))] + Self.usual.map { ("rule", $0.name) })
        return try await page(form, FieldErrors(), [], request, context)
    }

    /// The rules that cities ask about first.
    private static let usual: [Rule] = [
        .greedyVotes, .greedyPerCost, .equalSharesCostRaisedCompleted, .equalSharesCity, .majorityJudgment,
    ]

    @Sendable private func begin(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try agent(context)
        let form: MultipartForm = try await site.multipartForm(request, context)
        do {
            let id: ID<RuleComparison> = try await comparisons.begin(
                try await source(form), rules: form.fields.all("rule").compactMap { Rule(name: $0) },
                tie: form.fields.text("tie"), by: account.comparingActor)
            return site.see("/desk/comparisons/\(id)")
        } catch let errors as FieldErrors {
            return try await page(form.fields, errors, [], request, context)
        } catch let refusal as RuleComparisons.Refusal {
            return try await page(form.fields, refusal.fieldErrors, [], request, context)
        } catch let error as Imports.UnreadableFile {
            let errors = FieldErrors("file", "desk.error.file_problems")
            return try await page(form.fields, errors, error.problems, request, context)
        }
    }

    /// A file, when one was sent; else the vote that was chosen.
    private func source(_ form: MultipartForm) async throws -> RuleComparisons.Source {
        if let file = form.file("file"), file.bytes.readableBytes > 0 {
            return .file(name: String(file.name.prefix(200)), bytes: Array(file.bytes.readableBytesView))
        }
        let slug: String = form.fields.text("vote")
        guard !slug.isEmpty else { throw FieldErrors("vote", "desk.comparison.error.source") }
        guard let vote = try await votes.find(slug) else { throw RuleComparisons.Refusal.notPublished }
        return .vote(vote)
    }

    private func page(
        _ form: Fields, _ errors: FieldErrors, _ problems: [PabulibProblem], _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        let published: [Vote] = try await votes.list().filter { $0.publishedAt != nil }
        let chosen: Set<String> = Set(form.all("rule"))
        let title: String = strings("desk.comparison.title")
        return site.page(
            RuleComparisonFormPage(
                errors: errors.summary(strings),
                problems: problems.prefix(200).map {
                    .init(line: $0.line.map { String($0) } ?? "–", text: $0.sentence)
                }, hasProblems: !problems.isEmpty, vote: errors.input("vote", strings),
                votes: published.map {
                    SelectOption(
                        value: $0.slug, label: $0.settings.title(context.language),
                        selected: $0.slug == form.text("vote"))
                }, file: errors.input("file", strings), rules: errors.input("rules", strings),
                choices: Rule.allCases.map { rule in
                    .init(
                        id: "rule-\(rule.name)", value: rule.name, name: strings("desk.rule_name.\(rule.name)"),
                        words: strings("votes.counting.\(rule.name)"),
                        checked: chosen.contains(rule.name))
                }, tie: errors.input("tie", strings),
                ties: TieOrder.allCases.map {
                    SelectOption(
                        value: $0.name, label: strings("results.tie.\($0.name)"), selected: $0.name == form.text("tie"))
                }), title: errors.isEmpty ? title : strings("errors.in_title", ["title": title]), request, context,
            status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let account: SignedInAccount = try agent(context)
        let id: ID<RuleComparison> = try context.id("comparison", of: RuleComparison.self)
        guard let comparison = try await comparisons.find(id, by: account.comparingActor) else { throw Absent() }
        let strings: Strings = site.strings(context)
        let reload: Reload? = try .during(!comparison.isFinished && !comparison.isAbandoned, request, strings)
        return site.page(
            RuleComparisonPage(comparison, reload: reload, strings), title: strings("desk.comparison.result"), request,
            context, scripts: ["print.js"]
        ).reloading(reload)
    }

    private func agent(_ context: AppContext) throws -> SignedInAccount {
        let account: SignedInAccount = try context.requireDesk()
        guard account.comparing else { throw Absent() }
        return account
    }
}

extension SignedInAccount {
    private static let comparingRoles: [Role] = [.participationAgent, .returningOfficer]

    /// Whether the account may compare rules on past ballots.
    var comparing: Bool { roles.contains { Self.comparingRoles.contains($0.role) } }

    /// The account in the role in which it compares.
    fileprivate var comparingActor: Actor {
        acting(as: Self.comparingRoles.first { role in roles.contains { $0.role == role } } ?? .participationAgent)
    }
}

extension RuleComparisons.Refusal {
    fileprivate var fieldErrors: FieldErrors {
        switch self {
        case .notPublished: FieldErrors("vote", "desk.comparison.error.not_published")
        case .noRules: FieldErrors("rules", "desk.comparison.error.no_rules")
        case .unknownTie: FieldErrors("tie", "desk.error.tie")
        case .uncountable: FieldErrors("file", "desk.comparison.error.uncountable")
        }
    }
}
