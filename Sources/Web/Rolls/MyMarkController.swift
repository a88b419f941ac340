import Foundation
public import Hummingbird
public import Participation

/// “Is there a mark in my name?” – asked by whoever shows who they are by a means of the vote, abstainers above all.
public struct MyMarkController: Sendable {
    private let site: Site
    private let shelf: VoteShelf
    private let eligibility: Eligibility
    private let claims: RollClaims
    private let codes: VotingCodes
    private let marks: Marks

    /// The page over the capabilities it needs.
    public init(
        site: Site, shelf: VoteShelf, eligibility: Eligibility, claims: RollClaims, codes: VotingCodes, marks: Marks
    ) {
        self.site = site
        self.shelf = shelf
        self.eligibility = eligibility
        self.claims = claims
        self.codes = codes
        self.marks = marks
    }

    /// Adds the routes below `/votes/{vote}/my-mark`.
    public func add(to routes: RouterGroup<AppContext>) {
        routes.get("/votes/{vote}/my-mark", use: show)
        routes.post("/votes/{vote}/my-mark/code", use: askByCode)
        routes.post("/votes/{vote}/my-mark/roll", use: askByRoll)
        routes.get("/votes/{vote}/my-mark/{token}", use: link)
        routes.post("/votes/{vote}/my-mark/{token}", use: askByLink)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        let voter: Ballots.Voter? = try await eligibility.voter(of: context.session, in: vote)
        return try await page(vote, voter?.person, FieldErrors(), Fields(pairs: []), request, context)
    }

    /// A code answers without opening a session: whoever asks does not want to vote.
    @Sendable private func askByCode(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        let form: Fields = try await site.form(request, context)
        guard vote.settings.eligibility.contains("code") else { throw Absent() }
        do {
            let person: ID<Person> = try await codes.person(
                asking: form.text("code"), in: vote.id, network: Network(address: context.remoteAddress ?? ""))
            return try await page(vote, person, FieldErrors(), form, request, context)
        } catch is VotingCodes.UnknownCode {
            return try await page(vote, nil, FieldErrors("code", "votes.code.unknown"), form, request, context)
        } catch let unusable as VotingCodes.UnusableCode {
            return try await page(
                vote, nil, FieldErrors("code", "rolls.code.\(unusable.rawValue)"), form, request, context)
        } catch let tooMany as Throttle.TooMany {
            return try await page(
                vote, nil, FieldErrors("code", "votes.code.too_many", ["seconds": String(tooMany.seconds)]), form,
                request, context)
        }
    }

    @Sendable private func askByRoll(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        let form: Fields = try await site.form(request, context)
        guard vote.settings.eligibility.contains("roll") else { throw Absent() }
        let source = ProofSource(
            account: context.account, network: Network(address: context.remoteAddress ?? ""), language: context.language
        )
        do {
            let admission: Admission = try await claims.claim(
                RollForm.draft(form, of: vote), for: .mark, in: vote, from: source)
            let strings: Strings = site.strings(context)
            var words: String = strings("rolls.my_mark.waiting")
            if case .letterSent(let address) = admission { words = strings("rolls.sent.words", ["address": address]) }
            let heading: String = strings("rolls.my_mark.title")
            return site.page(
                NoticePage(
                    voteTitle: vote.settings.title(context.language), voteHref: "/votes/\(vote.slug)", heading: heading,
                    words: words, next: strings("rolls.my_mark.next")), title: heading, request, context)
        } catch let refused as Refused<RollClaim.Problem> {
            return try await page(vote, nil, RollForm.errors(refused.reasons), form, request, context)
        } catch let tooMany as Throttle.TooMany {
            return try await page(
                vote, nil, FieldErrors("", "rolls.too_many", ["seconds": String(tooMany.seconds)]), form, request,
                context)
        }
    }

    @Sendable private func link(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        let strings: Strings = site.strings(context)
        return site.page(
            ConfirmPage(
                voteTitle: vote.settings.title(context.language), voteHref: "/votes/\(vote.slug)",
                action: "/votes/\(vote.slug)/my-mark/\(try context.parameter("token"))",
                heading: strings("rolls.my_mark.title"), words: strings("rolls.my_mark.link"),
                submit: strings("rolls.my_mark.submit")), title: strings("rolls.my_mark.title"), request, context)
    }

    @Sendable private func askByLink(_ request: Request, _ context: AppContext) async throws -> Response {
        let vote: Vote = try await shelf.vote(try context.slug("vote")).vote
        let form: Fields = try await site.form(request, context)
        guard let token = Token(try context.parameter("token")) else { throw Absent() }
        do {
            let person: ID<Person> = try await claims.person(asking: token, in: vote)
            return try await page(vote, person, FieldErrors(), form, request, context)
        } catch is LinkExpired {
            return site.see("/votes/\(vote.slug)/my-mark", flash: .failed("rolls.link_expired"))
        }
    }

    private func page(
        _ vote: Vote, _ person: ID<Person>?, _ errors: FieldErrors, _ form: Fields, _ request: Request,
        _ context: AppContext
    ) async throws -> Response {
        guard vote.opening != nil else { throw Absent() }
        let strings: Strings = site.strings(context)
        var answer: String?
        var annulled: String?
        var isMarked = false
        if let person {
            let standing: Marks.Standing = try await marks.standing(of: person, in: vote.id)
            isMarked = standing.live != nil
            answer = standing.live.map { $0.words(strings) } ?? strings("rolls.my_mark.none")
            annulled = standing.annulled.map {
                strings("rolls.my_mark.annulled", ["mark": $0.words(strings)])
            }
        }
        let eligibility: [String] = vote.settings.eligibility
        let asks: Bool = person == nil
        let back: String = PercentDecoding.encode("/votes/\(vote.slug)/my-mark")
        return site.page(
            MyMarkPage(
                voteTitle: vote.settings.title(context.language), voteHref: "/votes/\(vote.slug)", answer: answer,
                annulled: annulled, complaint: isMarked, base: "/votes/\(vote.slug)/my-mark",
                code: asks && eligibility.contains("code")
                    ? errors.input("code", value: form.text("code"), strings) : nil,
                fields: asks && eligibility.contains("roll")
                    ? RollForm.fields(of: vote, form, errors, needsEmail: context.account == nil, strings) : [],
                asksRoll: asks && eligibility.contains("roll"),
                signInHref: asks && eligibility.contains("account") && context.account == nil
                    ? "/sign-in?next=\(back)" : nil,
                errors: errors.summary(strings)),
            title: errors.title(strings("rolls.my_mark.title"), strings), request, context, status: errors.status)
    }
}
