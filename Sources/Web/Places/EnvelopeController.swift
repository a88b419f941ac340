import Foundation
public import Hummingbird
public import Participation

/// Papers by post or from a drop box: received, marked, separated from their stubs.
public struct EnvelopeController: Sendable {
    private let site: Site
    private let votes: Votes
    private let places: Places
    private let voters: Voters
    private let envelopes: StubEnvelopes

    /// The pages over the capabilities they need.
    public init(site: Site, votes: Votes, places: Places, voters: Voters, envelopes: StubEnvelopes) {
        self.site = site
        self.votes = votes
        self.places = places
        self.voters = voters
        self.envelopes = envelopes
    }

    /// Adds the routes below a place.
    public func add(to routes: RouterGroup<AppContext>) {
        let base = "/desk/votes/{vote}/places/{place}/envelopes"
        routes.get("\(base)", use: show)
        routes.post("\(base)", use: receive)
        routes.post("\(base)/separation", use: separate)
        routes.post("\(base)/{number}/mark", use: mark)
        routes.post("\(base)/{number}/setting-aside", use: setAside)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(nil, request, context)
    }

    @Sendable private func receive(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let form: Fields = try await site.form(request, context)
        guard let person: ID<Person> = form.id("person", of: Person.self) else { throw Refusal.malformed }
        return try await acting(request, context) {
            let number: Int = try await envelopes.receive(from: person, at: scene.place.id, by: scene.officer)
            return .done("places.envelope.received", ["number": String(number)])
        }
    }

    @Sendable private func mark(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        _ = try await site.form(request, context)
        let number: Int = try context.integer("number")
        return try await acting(request, context) {
            let (state, other) = try await envelopes.mark(number, at: scene.place.id, by: scene.officer)
            let arguments: [String: String] = [
                "number": String(number), "mark": other?.words(site.strings(context)) ?? "",
            ]
            guard state == .marked else { return .failed("places.envelope.voted", arguments) }
            return .done(other == nil ? "places.envelope.marked" : "places.envelope.prevailed", arguments)
        }
    }

    @Sendable private func setAside(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        _ = try await site.form(request, context)
        let number: Int = try context.integer("number")
        return try await acting(request, context) {
            try await envelopes.setAside(number, because: .unsigned, at: scene.place.id, by: scene.officer)
            return .done("places.envelope.aside", ["number": String(number)])
        }
    }

    @Sendable private func separate(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        _ = try await site.form(request, context)
        return try await acting(request, context) {
            let papers: Int = try await envelopes.separate(at: scene.place.id, by: scene.officer)
            return .done("places.envelope.separated", ["count": site.strings(context).number(papers)])
        }
    }

    private func acting(
        _ request: Request, _ context: AppContext, _ body: () async throws -> Flash
    ) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let strings: Strings = site.strings(context)
        do { return site.see("\(scene.base)/envelopes", flash: try await body()) } catch let refusal
            as StubEnvelopes.Refusal
        {
            return try await page(refusal.words(strings), request, context)
        } catch let refusal as MarkRefusal {
            return try await page(refusal.words(strings), request, context)
        } catch let refusal as PlaceRefusal {
            return try await page(refusal.fieldErrors.text(for: "", strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(_ problem: String?, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        guard scene.place.isPost else { throw Absent() }
        let strings: Strings = site.strings(context)
        let query: Fields = try request.query()
        let words: String = query.text("q")
        let showsAll: Bool = query.has("all")
        let found: [FoundVoter] = try await voters.search(words, in: scene.vote.id)
        let list: [StubEnvelopes.Envelope] = try await envelopes.list(at: scene.place.id, all: showsAll)
        let ready: Int = list.count { $0.state == .marked }
        let errors: ErrorSummary? = problem.map { ErrorSummary(items: [.init(field: nil, text: $0)]) }
        return site.page(
            EnvelopesPage(
                title: strings("places.envelopes"), crumbs: scene.crumbs(strings), base: "\(scene.base)/envelopes",
                errors: errors, words: words, focusSearch: found.isEmpty && errors == nil,
                found: found.enumerated().map { index, voter in
                    EnvelopesPage.Found(
                        key: String(index + 1), person: voter.person.description, name: voter.name,
                        birth: voter.birth(strings),
                        address: voter.address, voted: voter.mark?.words(strings),
                        isFirst: index == 0 && errors == nil)
                }, nobody: words.isEmpty || !found.isEmpty ? nil : strings("places.issue.nobody", ["words": words]),
                envelopes: list.map { line($0, scene, strings) }, isEmpty: list.isEmpty,
                ready: ready == 0 ? nil : strings.plural("places.envelope.ready", ready),
                allHref: showsAll ? nil : "\(scene.base)/envelopes?all=1"),
            title: strings("places.envelopes"), request, context,
            status: errors == nil ? .ok : .unprocessableContent)
    }

    private func line(
        _ envelope: StubEnvelopes.Envelope, _ scene: PlaceScene, _ strings: Strings
    ) -> EnvelopesPage.Line {
        let state: String =
            switch envelope.state {
            case .received: strings("places.envelope.state.received")
            case .marked: strings("places.envelope.state.marked")
            case .separated: strings("places.envelope.state.separated")
            case .setAside(let reason): strings("places.envelope.state.aside.\(reason.rawValue)")
            }
        return EnvelopesPage.Line(
            number: String(envelope.number), name: envelope.name, received: strings.date(envelope.received),
            state: state, isWaiting: envelope.state == .received,
            base: "\(scene.base)/envelopes/\(envelope.number)")
    }
}

extension StubEnvelopes.Refusal {
    func words(_ strings: Strings) -> String {
        switch self {
        case .notAPost: strings("places.envelope.not_a_post")
        case .voteNotOpen: strings("places.refusal.vote_not_open")
        case .notEligible: strings("places.refusal.not_eligible")
        case .elsewhere: strings("places.envelope.elsewhere")
        case .tooFew(let count, let least):
            strings("places.envelope.too_few", ["count": String(count), "least": String(least)])
        }
    }
}
