import Foundation
public import Hummingbird
public import Participation
import PublicRecord

/// Voting in three steps: choose, check, keep the receipt.
public struct BallotController: Sendable {
    private let site: Site
    private let shelf: VoteShelf
    private let ballots: Ballots
    private let baskets: Baskets
    private let eligibility: Eligibility
    private let kiosks: Kiosks

    /// The voting path over the capabilities it needs.
    public init(
        site: Site, shelf: VoteShelf, ballots: Ballots, baskets: Baskets, eligibility: Eligibility, kiosks: Kiosks
    ) {
        self.site = site
        self.shelf = shelf
        self.ballots = ballots
        self.baskets = baskets
        self.eligibility = eligibility
        self.kiosks = kiosks
    }

    /// Adds the routes below `/votes/{vote}`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/votes/{vote}/code", use: entrance)
        routes.post("/votes/{vote}/code", use: enter)
        routes.get("/votes/{vote}/ballot", use: choose)
        routes.post("/votes/{vote}/ballot/draft", use: keep)
        routes.get("/votes/{vote}/ballot/review", use: review)
        routes.post("/votes/{vote}/ballot", use: cast)
        routes.get("/votes/{vote}/receipts/{token}", use: receipt)
        routes.get("/votes/{vote}/receipts/{token}/text", use: receiptText)
    }

    // MARK: Entering

    @Sendable private func entrance(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        if try await eligibility.voter(of: context.session, in: vote) != nil {
            return site.see("/votes/\(vote.slug)/ballot")
        }
        return codePage(vote, FieldErrors(), code: "", request, context)
    }

    @Sendable private func enter(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        let form: Fields = try await site.form(request, context)
        let code: String = form.text("code")
        do {
            let source = ProofSource(
                account: context.account, network: Network(address: context.remoteAddress ?? ""),
                language: context.language)
            guard case .admitted(let token) = try await eligibility.present(.code(code), in: vote, from: source) else {
                throw Absent()
            }
            return site.signingIn(token, site.see("/votes/\(vote.slug)/ballot"))
        } catch is VotingCodes.UnknownCode {
            let key: String = code.isEmpty ? "votes.code.empty" : "votes.code.unknown"
            return codePage(vote, FieldErrors("code", key), code: code, request, context)
        } catch let unusable as VotingCodes.UnusableCode {
            return codePage(
                vote, FieldErrors("code", "rolls.code.\(unusable.rawValue)"), code: code, request, context)
        } catch is Ballots.Refusal {
            throw Absent()
        } catch let error as Throttle.TooMany {
            return codePage(
                vote, FieldErrors("code", "votes.code.too_many", ["seconds": String(error.seconds)]), code: code,
                request, context)
        }
    }

    private func codePage(
        _ vote: Vote, _ errors: FieldErrors, code: String, _ request: Request, _ context: AppContext
    ) -> Response {
        let strings: Strings = site.strings(context)
        let title: String = strings("votes.code.title")
        let back: String = PercentDecoding.encode("/votes/\(vote.slug)/ballot")
        let ways: [PlaceLink] = EntranceController.ways(into: vote, strings)
        return site.page(
            CodePage(
                voteTitle: vote.settings.title(context.language), voteHref: "/votes/\(vote.slug)",
                action: "/votes/\(vote.slug)/code", takesCodes: vote.settings.eligibility.contains("code"),
                takesAccounts: vote.settings.eligibility.contains("account") && context.account == nil,
                signInHref: "/sign-in?next=\(back)",
                signUpHref: "/sign-up?next=\(back)", errors: errors.summary(strings),
                code: errors.input("code", value: code, strings), ways: ways, hasWays: !ways.isEmpty),
            title: errors.isEmpty ? title : strings("errors.in_title", ["title": title]), request, context,
            status: errors.isEmpty ? .ok : .unprocessableContent)
    }

    // MARK: Choosing

    @Sendable private func choose(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        guard let visit = try await visit(vote, request, context) else { return entranceOrPage(vote, context) }
        let query = ProjectQuery(try request.query(), default: .shuffled)
        let shownErrors: Bool = try request.query().has("check")
        let standing: Ballots.Standing = try await ballots.standing(of: visit.voter.person, in: vote.id)
        let strings: Strings = site.strings(context)
        let words = VoteWords(vote, strings)
        let refusal: InvalidBallot? = visit.refusal
        let projects: [VoteProject] = query.apply(
            to: vote.projects, context.language, seed: visit.voter.person.description)
        let shown: Set<String> = Set(projects.map(\.key))
        let elsewhere: [BallotLine] = visit.lines.filter { !shown.contains($0.project) }
        let costs: [String: Int64] = Dictionary(
            vote.projects.map { ($0.key, $0.cost) }, uniquingKeysWith: { first, _ in first })
        let settings: BallotRules = vote.settings.ballot
        let kept: [String: String] = Dictionary(
            visit.lines.map { ($0.project, $0.value) }, uniquingKeysWith: { first, _ in first })
        return site.page(
            BallotPage(
                voteTitle: vote.settings.title(context.language), voteHref: "/votes/\(vote.slug)",
                action: "/votes/\(vote.slug)/ballot/draft", rule: words.rule,
                closes: words.state(at: Date()).sentence, isApproval: settings.type == .approval,
                isSingle: settings.takesOneProject, isBlank: visit.hasBasket && visit.lines.isEmpty,
                isNumber: settings.type == .points || settings.type == .ranking,
                isRanking: settings.type == .ranking, isGrades: settings.type == .grades,
                greatest: String(settings.type == .points ? settings.pointsPerProject : settings.maximum),
                errors: shownErrors ? refusal.map { words.summary($0) } : nil,
                gauge: words.gauge(visit.lines, refusal: refusal),
                choices: projects.map { choice($0, vote, strings, kept[$0.key]) },
                hiddenWords: hiddenWords(elsewhere.count, settings, strings),
                elsewhereCount: String(elsewhere.count),
                elsewhereCents: String(elsewhere.reduce(0) { $0 + (costs[$1.project] ?? 0) }),
                elsewherePoints: String(elsewhere.reduce(0) { $0 + (Int($1.value) ?? 0) }), search: query.words,
                districts: ProjectQuery.districts(of: vote.projects, chosen: query.district),
                hasDistricts: vote.projects.contains { $0.district != nil },
                orders: query.orders(strings, offering: [.shuffled, .number, .cost, .title]),
                countWords: strings.plural("votes.projects", projects.count), isEmpty: projects.isEmpty,
                standing: standing == .notMarked ? nil : strings("votes.ballot.replaces")),
            title: strings("votes.ballot.title"), request, context, focus: true, scripts: ["ballot.js"])
    }

    /// That something is chosen which the list does not show; nil when nothing is.
    private func hiddenWords(_ count: Int, _ rules: BallotRules, _ strings: Strings) -> String? {
        if count == 0 { return nil }
        return rules.takesOneProject
            ? strings("votes.ballot.hidden_one_project") : strings.plural("votes.ballot.hidden", count)
    }

    private func choice(_ project: VoteProject, _ vote: Vote, _ strings: Strings, _ value: String?) -> BallotPage.Choice
    {
        let type: BallotKind = vote.settings.ballot.type
        let title: String = project.title(strings.language)
        return BallotPage.Choice(
            number: String(project.number), key: project.key, inputID: "choice-\(project.number)",
            inputName: type == .approval ? "choice" : "choice-\(project.number)", title: title,
            titleLanguage: project.title.foreign(to: strings.language),
            href: "/votes/\(vote.slug)/projects/\(project.number)", district: project.district,
            cost: strings.money(project.cost, currency: vote.settings.currency), cents: String(project.cost),
            checked: value != nil, value: value ?? "",
            label: strings("votes.choose.\(type.rawValue)", ["project": "\(project.number). \(title)"]),
            grades: vote.settings.ballot.grades.map { SelectOption(value: $0, label: $0, selected: $0 == value) })
    }

    @Sendable private func keep(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        guard let visit = try await visit(vote, request, context) else { return entranceOrPage(vote, context) }
        let form: Fields = try await site.form(request, context)
        let lines: [BallotLine] = BallotForm(form, kept: visit.lines, vote: vote).lines
        try await baskets.keep(lines, in: vote.id, session: visit.session, token: visit.token)
        let query: String = ProjectQuery(form, default: .shuffled).address(default: .shuffled)
        if form.has("leave") { return site.see("/votes/\(vote.slug)", flash: .done("votes.ballot.kept")) }
        guard form.has("review") else { return site.see("/votes/\(vote.slug)/ballot\(query)#choices") }
        do {
            _ = try visit.opening.checker.ballot(lines)
            return site.see("/votes/\(vote.slug)/ballot/review")
        } catch {
            // The list without a filter, so that every choice to change is on the page.
            return site.see("/votes/\(vote.slug)/ballot?check=1")
        }
    }

    // MARK: Confirming

    @Sendable private func review(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        guard let visit = try await visit(vote, request, context) else { return entranceOrPage(vote, context) }
        return try await reviewPage(vote, visit, nil, request, context)
    }

    private func reviewPage(
        _ vote: Vote, _ visit: Visit, _ problem: String?, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        let words = VoteWords(vote, strings)
        let standing: Ballots.Standing = try await ballots.standing(of: visit.voter.person, in: vote.id)
        let errors: ErrorSummary? =
            problem.map { ErrorSummary(items: [.init(field: nil, text: strings($0))]) }
            // The fields are on the page before this one.
            ?? visit.refusal.map { words.summary($0, on: "/votes/\(vote.slug)/ballot?check=1") }
        return site.page(
            ReviewPage(
                voteTitle: vote.settings.title(context.language), action: "/votes/\(vote.slug)/ballot",
                changeHref: "/votes/\(vote.slug)/ballot", lines: visit.ballot.map(words.lines) ?? [],
                isBlank: visit.ballot?.isBlank ?? false, summary: words.gauge(visit.lines, refusal: nil).words,
                errors: errors, canConfirm: visit.ballot != nil && problem == nil, nonce: FormNonce().text,
                replaces: standing != .notMarked, canRevote: visit.opening.definition.revote),
            title: strings("votes.review.title"), request, context,
            status: errors == nil ? .ok : .unprocessableContent, focus: true, scripts: ["tracker.js"])
    }

    @Sendable private func cast(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        guard let visit = try await visit(vote, request, context) else { return entranceOrPage(vote, context) }
        let form: Fields = try await site.form(request, context)
        guard let nonce = FormNonce(form.text("nonce")) else { throw Refusal("error.stale_form", status: .forbidden) }
        guard let ballot = visit.ballot, visit.hasBasket else {
            // The basket is empty once the ballot is cast: a form that arrives twice is answered by its first receipt.
            let again = ReceiptToken(nonce)
            if try await ballots.receipt(again, in: vote) != nil {
                return site.see("/votes/\(vote.slug)/receipts/\(again.text)")
            }
            return try await reviewPage(vote, visit, visit.hasBasket ? nil : "votes.review.nothing", request, context)
        }
        let word: String = form.text("word")
        let half: [UInt8]? = word.isEmpty ? Tracker.half(letters: form.text("half")) : Tracker.half(word: word)
        do {
            let token: ReceiptToken = try await ballots.cast(
                ballot, by: visit.voter, in: vote, half: half, nonce: nonce, emptying: visit.session)
            return site.see("/votes/\(vote.slug)/receipts/\(token.text)")
        } catch let refusal as Ballots.Refusal {
            shelf.forget(vote.slug)
            return try await reviewPage(vote, visit, refusal.key, request, context)
        }
    }

    // MARK: The receipt

    @Sendable private func receipt(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        let (token, kept) = try await kept(vote, context)
        let strings: Strings = site.strings(context)
        let tracker: String = kept.receipt.tracker.text
        let voting: Session.Voting? = context.session?.voting
        let isKiosk: Bool = voting?.kiosk != nil
        return site.page(
            ReceiptPage(
                voteTitle: vote.settings.title(context.language), voteHref: "/votes/\(vote.slug)",
                processHref: "/processes/\(vote.processSlug)",
                groups: tracker.split(separator: "-").map(String.init), tracker: tracker,
                origin: kept.receipt.origin, credential: Hex.encode(kept.receipt.credential),
                envelope: kept.receipt.envelope.hex, note: kept.note,
                lines: VoteWords(vote, strings).lines(kept.ballot), isBlank: kept.ballot.isBlank,
                // A file would stay on the kiosk.
                textHref: isKiosk ? nil : "/votes/\(vote.slug)/receipts/\(token.text)/text",
                checkHref: "/votes/\(vote.slug)/check",
                recordHref: "/votes/\(vote.slug)/record/",
                finish: voting.map { _ in
                    ReceiptPage.Finish(
                        action: isKiosk ? "/kiosk/end" : "/sign-out",
                        words: strings(isKiosk ? "kiosk.finish" : "votes.receipt.shared_device"))
                }),
            title: strings("votes.receipt.title"), request, context, scripts: ["print.js"])
    }

    @Sendable private func receiptText(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        guard context.session?.voting?.kiosk == nil else { throw Absent() }
        let (_, kept) = try await kept(vote, context)
        return site.download(
            Array(kept.note.utf8), name: "\(vote.slug)-receipt.txt", type: "text/plain; charset=utf-8")
    }

    private func kept(_ vote: Vote, _ context: AppContext) async throws -> (ReceiptToken, CastReceipt) {
        if vote.destroyedAt != nil { throw Refusal("votes.receipt.destroyed", status: .gone) }
        guard let token = ReceiptToken(try context.parameter("token")),
            let receipt = try await ballots.receipt(token, in: vote)
        else { throw Absent() }
        // A kiosk shows the receipt of the ballot just cast at it, and no other: addresses stay in its history.
        if let kiosk = context.session?.voting?.kiosk {
            guard try await kiosks.holds(token, kiosk) else { throw Absent() }
        }
        return (token, receipt)
    }

    // MARK: Who votes, and what they have chosen

    /// A person in the middle of voting.
    private struct Visit {
        let voter: Ballots.Voter
        let session: ID<Session>
        let token: Token
        let opening: VoteOpening
        let lines: [BallotLine]
        let hasBasket: Bool
        let ballot: Ballot?
        let refusal: InvalidBallot?
    }

    /// Nil when the vote takes no ballots now or the reader has not shown that they may vote.
    private func visit(_ vote: Vote, _ request: Request, _ context: AppContext) async throws -> Visit? {
        guard let opening = vote.opening, vote.state(at: Date()) == .open,
            let voter = try await eligibility.voter(of: context.session, in: vote),
            let session = context.session, let token = site.sessionToken(request)
        else { return nil }
        let kept: [BallotLine]? = try await baskets.lines(in: vote.id, session: session.id, token: token)
        let lines: [BallotLine] = kept ?? []
        let checked: Result<Ballot, InvalidBallot>
        do { checked = .success(try opening.checker.ballot(lines)) } catch {
            checked = .failure(error)
        }
        var ballot: Ballot?
        var refusal: InvalidBallot?
        switch checked {
        case .success(let valid): ballot = valid
        case .failure(let error): refusal = error
        }
        return Visit(
            voter: voter, session: session.id, token: token, opening: opening, lines: lines, hasBasket: kept != nil,
            ballot: ballot, refusal: refusal)
    }

    private func entranceOrPage(_ vote: Vote, _ context: AppContext) -> Response {
        guard vote.state(at: Date()) == .open else {
            return site.see("/votes/\(vote.slug)", flash: .failed("votes.not_open"))
        }
        return site.see("/votes/\(vote.slug)/code")
    }
}

extension Ballots.Refusal {
    /// The key of the sentence that says why, and what to do next.
    var key: String {
        switch self {
        case .notYetOpen: "votes.refusal.not_yet_open"
        case .closed: "votes.refusal.closed"
        case .alreadyVoted: "votes.refusal.already_voted"
        case .votedElsewhere: "votes.refusal.voted_elsewhere"
        case .notEligible: "votes.refusal.not_eligible"
        }
    }
}
