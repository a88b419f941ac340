import Hummingbird
import Participation
import PublicRecord

/// Accepted proposals put on the ballot of a vote in preparation, after a look at what they would become.
struct NominationDesk: Sendable {
    let site: Site
    let votes: Votes
    let nominations: Nominations

    /// Adds the routes below `/desk/votes/{vote}/nominations`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/votes/{vote}/nominations", use: show)
        routes.get("/desk/votes/{vote}/nominations/new", use: plan)
        routes.post("/desk/votes/{vote}/nominations", use: nominate)
        routes.post("/desk/votes/{vote}/nominations/{number}/removal", use: withdraw)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, vote) = try await mine(context)
        let strings: Strings = site.strings(context)
        do {
            let offer: [Nominations.Line] = try await nominations.offer(
                to: vote, by: account.acting(for: vote, VoteDesk.editors))
            let links: [Nominations.Link] = try await nominations.links(of: vote.id)
            return site.page(
                NominationsPage(vote, offer, links, strings), title: strings("exam.ballot"), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func plan(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, vote) = try await mine(context)
        let query: Fields = try request.query()
        do {
            let lines: [Nominations.Line] = try await nominations.plan(
                query.proposals, for: vote, by: account.acting(for: vote, VoteDesk.editors))
            guard !lines.isEmpty else {
                return site.see("/desk/votes/\(vote.slug)/nominations", flash: .failed("exam.refusal.nothing_chosen"))
            }
            return page(vote, lines, Fields(pairs: []), FieldErrors(), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    @Sendable private func nominate(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, vote) = try await mine(context)
        let actor: Actor = account.acting(for: vote, VoteDesk.editors)
        let form: Fields = try await site.form(request, context, limit: 512 * 1024)
        var errors = FieldErrors()
        let choices: [Nominations.Choice] = form.proposals.map { number in
            let cost: Int64? = Cents.typed(form.text("cost-\(number)"))
            if cost == nil { errors.add("cost-\(number)", "exam.refusal.amount") }
            let titles: [(String, String)] = vote.settings.languages.map { ($0, form.text("title-\(number)-\($0)")) }
            return Nominations.Choice(
                number: number, title: Texts(Dictionary(titles, uniquingKeysWith: { first, _ in first })),
                cost: cost ?? 0)
        }
        do {
            if errors.isEmpty {
                try await nominations.nominate(choices, for: vote.id, by: actor)
                return site.see(
                    "/desk/votes/\(vote.slug)/nominations",
                    flash: .done("exam.ballot.done", ["count": String(choices.count)]))
            }
        } catch let refusal as NominationRefusal {
            for (number, conflicts) in refusal.conflicts.sorted(by: { $0.key < $1.key }) {
                for conflict in conflicts {
                    errors.add(conflict.field(of: number), "exam.conflict.\(conflict.rawValue)")
                }
            }
        } catch let refusal as ExaminationRefusal {
            errors = refusal.fieldErrors
        } catch let refusal as VoteRefusal {
            errors = refusal.fieldErrors
        } catch is NotAllowed { throw Absent() }
        let lines: [Nominations.Line] = try await nominations.plan(form.proposals, for: vote, by: actor)
        return page(vote, lines, form, errors, request, context)
    }

    @Sendable private func withdraw(_ request: Request, _ context: AppContext) async throws -> Response {
        let (account, vote) = try await mine(context)
        _ = try await site.form(request, context)
        let back = "/desk/votes/\(vote.slug)/nominations"
        do {
            try await nominations.withdraw(
                Int64(try context.integer("number")), from: vote.id, by: account.acting(for: vote, VoteDesk.editors))
            return site.see(back, flash: .done("exam.ballot.withdrawn"))
        } catch is VoteRefusal {
            return site.see(back, flash: .failed("exam.ballot.opened"))
        } catch is NotAllowed { throw Absent() }
    }

    private func mine(_ context: AppContext) async throws -> (SignedInAccount, Vote) {
        let account: SignedInAccount = try context.requireDesk()
        guard let vote = try await votes.find(try context.slug("vote")),
            account.holds(anyOf: VoteDesk.editors, for: vote)
        else { throw Absent() }
        return (account, vote)
    }

    private func page(
        _ vote: Vote, _ lines: [Nominations.Line], _ form: Fields, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings: Strings = site.strings(context)
        return site.page(
            NominationPage(vote, lines, form, errors, strings),
            title: errors.title(strings("exam.ballot.preview"), strings), request, context, status: errors.status)
    }
}

extension Nominations.Line.Conflict {
    /// The field of the form at which it can be settled; none where it cannot.
    fileprivate func field(of number: Int64) -> String {
        switch self {
        case .costless, .overBudget: "cost-\(number)"
        case .longTitle: "title-\(number)-fr"
        case .notAccepted, .present: ""
        }
    }
}

/// The proposals on the ballot of a vote, and those that could be.
struct NominationsPage: PageView {
    static let template = "examinations/nominations"

    struct Offer: Sendable {
        let number: String
        let title: String
        let wroteIn: String?
        let cost: String
        let conflicts: String?
    }

    struct Present: Sendable {
        let project: String
        let title: String
        let wroteIn: String?
        let href: String
        let removal: String?
    }

    let crumbs: [PlaceLink]
    let voteTitle: String
    let action: String
    let isDraft: Bool
    let offers: [Offer]
    let isEmpty: Bool
    let present: [Present]
    let hasPresent: Bool

    static let sample = NominationsPage(
        crumbs: [PlaceLink(label: "Vote", href: "/x")], voteTitle: "Budget", action: "/x", isDraft: true,
        offers: [Offer(number: "12", title: "A well", wroteIn: "en", cost: "4 000 €", conflicts: "Sans coût")],
        isEmpty: true,
        present: [Present(project: "3", title: "A well", wroteIn: "en", href: "/proposals/12", removal: "/x")],
        hasPresent: true)
}

extension NominationsPage {
    init(_ vote: Vote, _ offer: [Nominations.Line], _ links: [Nominations.Link], _ strings: Strings) {
        let base = "/desk/votes/\(vote.slug)"
        crumbs = [
            PlaceLink(label: strings("desk.title"), href: "/desk"),
            PlaceLink(label: vote.settings.title(strings.language), href: base),
        ]
        voteTitle = vote.settings.title(strings.language)
        action = "\(base)/nominations/new"
        isDraft = vote.opening == nil
        offers = offer.map { line in
            let conflicts: [String] = line.conflicts.map { strings("exam.conflict.\($0.rawValue)") }
            return Offer(
                number: String(line.number), title: line.project.title(line.language),
                wroteIn: line.language.foreign(to: strings.language),
                cost: line.project.cost == 0
                    ? "–" : strings.money(line.project.cost, currency: vote.settings.currency),
                conflicts: conflicts.isEmpty ? nil : conflicts.joined(separator: " "))
        }
        isEmpty = offer.isEmpty
        present = links.map { link in
            Present(
                project: String(link.project), title: link.title, wroteIn: link.language.foreign(to: strings.language),
                href: "/proposals/\(link.proposal)",
                removal: vote.opening == nil ? "\(base)/nominations/\(link.proposal)/removal" : nil)
        }
        hasPresent = !links.isEmpty
    }
}

/// What the chosen proposals would be as projects, to be settled and confirmed.
struct NominationPage: PageView {
    static let template = "examinations/nomination"

    struct Line: Sendable {
        let number: String
        let heading: String
        let wroteIn: String?
        let proposalHref: String
        let titles: [Field]
        let cost: Field
        let facts: [PlaceFact]
        let conflicts: String?
    }

    let errors: ErrorSummary?
    let crumbs: [PlaceLink]
    let voteTitle: String
    let action: String
    let lines: [Line]
    let total: String
    let submit: String

    static let sample = NominationPage(
        errors: ErrorSummary(items: [.init(field: "cost-12", text: "Sans coût.")]),
        crumbs: [PlaceLink(label: "Vote", href: "/x")], voteTitle: "Budget", action: "/x",
        lines: [
            Line(
                number: "12", heading: "Projet 3 : A well", wroteIn: "en", proposalHref: "/proposals/12",
                titles: [FieldErrors.sampleField], cost: FieldErrors.sampleField,
                facts: [PlaceFact(name: "Quartier", text: "centre")], conflicts: "Sans coût")
        ], total: "4 000 €", submit: "Mettre au vote")
}

extension NominationPage {
    init(
        _ vote: Vote, _ all: [Nominations.Line], _ form: Fields, _ problems: FieldErrors, _ strings: Strings
    ) {
        let base = "/desk/votes/\(vote.slug)"
        let currency: String = vote.settings.currency
        errors = problems.summary(strings)
        crumbs = [
            PlaceLink(label: strings("desk.title"), href: "/desk"),
            PlaceLink(label: vote.settings.title(strings.language), href: base),
            PlaceLink(label: strings("exam.ballot"), href: "\(base)/nominations"),
        ]
        voteTitle = vote.settings.title(strings.language)
        action = "\(base)/nominations"
        lines = all.map { line in
            let number = String(line.number)
            let original: String = line.project.title(line.language)
            let known: String = line.project.cost == 0 ? "" : Cents.units(line.project.cost)
            let conflicts: [String] = line.conflicts.map { strings("exam.conflict.\($0.rawValue)") }
            return Line(
                number: number,
                heading: strings("exam.ballot.line", ["number": String(line.project.number), "title": original]),
                wroteIn: line.language.foreign(to: strings.language), proposalHref: "/proposals/\(number)",
                titles: vote.settings.languages.enumerated().map { index, code in
                    // The first field is where a title that is too long is settled.
                    let name = "title-\(number)-\(code)"
                    let own: String = code == line.language.rawValue ? original : ""
                    return problems.field(
                        name, label: "\(strings("exam.ballot.title")) – \(strings("language.\(code)"))",
                        value: form.has(name) ? form.text(name) : own,
                        hint: index == 0 ? strings("exam.ballot.title.hint") : nil,
                        optional: code != line.language.rawValue, autocomplete: "off", strings)
                },
                cost: problems.field(
                    "cost-\(number)", label: strings("exam.verdict.cost", ["currency": currency]),
                    value: form.has("cost-\(number)") ? form.text("cost-\(number)") : known, autocomplete: "off",
                    inputmode: "decimal", size: "short", strings),
                facts: [
                    PlaceFact(name: strings("votes.project.district"), text: line.project.district ?? "–"),
                    PlaceFact(name: strings("votes.project.category"), text: line.project.category ?? "–"),
                ], conflicts: conflicts.isEmpty ? nil : conflicts.joined(separator: " "))
        }
        total = strings.money(all.reduce(0) { $0 + $1.project.cost }, currency: currency)
        submit = strings.plural("exam.ballot.submit", all.count)
    }
}
