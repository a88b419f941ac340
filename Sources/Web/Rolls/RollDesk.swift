import Foundation
public import Hummingbird
public import Participation
import PublicRecord

/// The roll of a vote at the desk: its versions, a search, the commitment, and samples for auditors.
public struct RollDesk: Sendable {
    private let site: Site
    private let votes: Votes
    private let rolls: Rolls
    private let imports: RollImports
    private let commitments: RollCommitments
    private let claims: RollClaims

    /// The desk over the capabilities it needs.
    public init(
        site: Site, votes: Votes, rolls: Rolls, imports: RollImports, commitments: RollCommitments, claims: RollClaims
    ) {
        self.site = site
        self.votes = votes
        self.rolls = rolls
        self.imports = imports
        self.commitments = commitments
        self.claims = claims
    }

    /// Adds the routes below `/desk/votes/{vote}/roll`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/votes/{vote}/roll", use: show)
        routes.post("/desk/votes/{vote}/roll/commitment", use: commit)
        routes.post("/desk/votes/{vote}/roll/sample", use: sample)
    }

    private static let readers: [Role] = RollClaims.settlers + RollCommitments.readers

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(FieldErrors(), request, context)
    }

    @Sendable private func commit(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: RollScene = try await .find(context, votes, [.returningOfficer])
        _ = try await site.form(request, context)
        do {
            try await commitments.commit(scene.vote.id, by: scene.acting([.returningOfficer]))
            return site.see(scene.base, flash: .done("rolls.committed"))
        } catch let refusal as RollRefusal {
            return try await page(refusal.fieldErrors, request, context)
        }
    }

    /// Answers with the sample itself: it is drawn once, and an auditor keeps it confidential.
    @Sendable private func sample(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: RollScene = try await .find(context, votes, RollCommitments.readers)
        let form: Fields = try await site.form(request, context)
        do {
            let sample: RollSample = try await commitments.sample(
                Int(form.text("lines")) ?? 0, of: scene.vote.id, by: scene.acting(RollCommitments.readers))
            return site.download(
                sample.json.encoded(), name: "\(scene.vote.slug)-roll-sample.json", type: "application/json")
        } catch let refusal as RollRefusal {
            return try await page(refusal.fieldErrors, request, context)
        }
    }

    private func page(_ errors: FieldErrors, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: RollScene = try await .find(context, votes, Self.readers)
        let strings: Strings = site.strings(context)
        let id: ID<Vote> = scene.vote.id
        let words: String = request.method == .get ? try request.query().text("q") : ""
        let mayRead: Bool = scene.holds(RollClaims.settlers)
        let found: [RollEntry] =
            words.isEmpty || !mayRead ? [] : try await rolls.search(words, in: id, limit: 20)
        let commitment: RollCommitment? = try await rolls.commitment(of: id)
        let versions: [RollVersion] = try await rolls.versions(of: id)
        let pending: [RollImport] = try await imports.list(of: id)
        let waiting: Int = try await claims.waiting(in: id, limit: 100).count
        let isOfficer: Bool = scene.holds([.returningOfficer])
        return site.page(
            RollPage(
                crumbs: scene.crumbs(strings, withRoll: false), base: scene.base, errors: errors.summary(strings),
                size: strings.plural("rolls.people", versions.first?.size ?? 0),
                commitmentWords: commitment.map {
                    strings(
                        "rolls.commitment.words",
                        [
                            "version": String($0.version), "size": strings.number($0.size),
                            "date": strings.date($0.committedAt),
                        ])
                }, root: commitment?.root.hex, isUnused: !scene.vote.settings.eligibility.contains("roll"),
                mayImport: scene.holds(RollImports.roles) && scene.vote.closedAt == nil, mayRead: mayRead,
                mayCommit: isOfficer && scene.vote.opening == nil && !versions.isEmpty,
                maySample: scene.holds(RollCommitments.readers) && commitment != nil,
                isOpened: scene.vote.opening != nil, file: errors.input("file", strings),
                lines: errors.input("lines", value: "50", strings), query: words,
                results: found.map { RollPage.Line($0, strings) },
                foundWords: words.isEmpty || !mayRead ? nil : strings.plural("rolls.found", found.count),
                hasResults: !found.isEmpty,
                waitingWords: mayRead ? strings.plural("rolls.claims.waiting", waiting) : nil,
                pending: pending.map {
                    PlaceLink(
                        label: "\($0.name) – \(strings("rolls.state.\($0.state.rawValue)"))",
                        href: "\(scene.base)/imports/\($0.id)")
                }, hasPending: !pending.isEmpty,
                versions: versions.map { RollPage.Version($0, strings) }, isEmpty: versions.isEmpty),
            title: errors.title(strings("rolls.title"), strings), request, context, status: errors.status)
    }
}

extension RollRefusal {
    /// The field it concerns, and the key of the sentence.
    var fieldErrors: FieldErrors {
        switch self {
        case .empty: FieldErrors("file", "rolls.refusal.empty")
        case .workbook: FieldErrors("file", "rolls.refusal.workbook")
        case .utf16: FieldErrors("file", "rolls.refusal.utf16")
        case .fileTooLong: FieldErrors("file", "rolls.refusal.file_too_long")
        case .unreadableHeader(let problem):
            FieldErrors("file", "rolls.reason.\(problem.reason.rawValue)", ["value": problem.argument])
        case .columnMissing, .columnTwice: FieldErrors("columns", "rolls.refusal.columns")
        case .wrongStep: FieldErrors("", "rolls.refusal.wrong_step")
        case .outdated: FieldErrors("", "rolls.refusal.outdated")
        case .voteClosed: FieldErrors("", "rolls.refusal.vote_closed")
        case .noVersion: FieldErrors("", "rolls.refusal.no_version")
        case .alreadyOpened: FieldErrors("", "rolls.refusal.already_opened")
        case .notCommitted: FieldErrors("", "rolls.refusal.not_committed")
        case .outOfBounds: FieldErrors("lines", "rolls.refusal.lines")
        }
    }
}
