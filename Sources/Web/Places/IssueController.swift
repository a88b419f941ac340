import Foundation
public import Hummingbird
public import Participation
import PublicRecord

/// The officers' screen for a queue: a few letters of a name, Enter, Enter.
///
/// Searching is a GET, marking a POST; the field of the name and the button of the first person take the focus, so that
/// the keyboard alone carries a queue, with or without JavaScript.
public struct IssueController: Sendable {
    private let site: Site
    private let votes: Votes
    private let places: Places
    private let marks: Marks
    private let voters: Voters
    private let devices: Devices

    /// The screen over the capabilities it needs.
    public init(site: Site, votes: Votes, places: Places, marks: Marks, voters: Voters, devices: Devices) {
        self.site = site
        self.votes = votes
        self.places = places
        self.marks = marks
        self.voters = voters
        self.devices = devices
    }

    /// Adds the routes below a place.
    public func add(to routes: RouterGroup<AppContext>) {
        let base = "/desk/votes/{vote}/places/{place}"
        routes.get("\(base)/issue", use: show)
        routes.post("\(base)/marks", use: mark)
        routes.post("\(base)/marks/{mark}/annulment", use: annul)
        routes.post("\(base)/spoiled", use: spoil)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(nil, request, context)
    }

    @Sendable private func mark(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let form: Fields = try await site.form(request, context)
        guard let person: ID<Person> = form.id("person", of: Person.self) else { throw Refusal.malformed }
        return try await acting(request, context) {
            try await marks.make(for: person, at: scene.place.id, by: scene.officer)
            return site.see("\(scene.base)/issue?done=\(person)")
        }
    }

    @Sendable private func annul(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let form: Fields = try await site.form(request, context)
        let mark: ID<Mark> = try context.id("mark", of: Mark.self)
        let reason: AnnulmentReason = form.text("reason") == "withdrawn" ? .withdrawn : .error
        return try await acting(request, context) {
            try await marks.annul(mark, because: reason, at: scene.place.id, by: scene.officer)
            return site.see("\(scene.base)/issue", flash: .done("places.issue.annulled.\(reason.rawValue)"))
        }
    }

    @Sendable private func spoil(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        let form: Fields = try await site.form(request, context)
        let isMistaken: Bool = form.has("mistaken")
        return try await acting(request, context) {
            try await places.spoil(mistaken: isMistaken, at: scene.place.id, by: scene.officer)
            return site.see(
                "\(scene.base)/issue", flash: .done(isMistaken ? "places.issue.unspoiled" : "places.issue.spoiled"))
        }
    }

    /// The answer of an act, or the page with the reason why nothing was done.
    private func acting(
        _ request: Request, _ context: AppContext, _ body: () async throws -> Response
    ) async throws -> Response {
        let strings: Strings = site.strings(context)
        do { return try await body() } catch let refusal as MarkRefusal {
            return try await page(refusal.words(strings), request, context)
        } catch let refusal as PlaceRefusal {
            return try await page(refusal.fieldErrors.text(for: "", strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    // MARK: The page

    private func page(_ problem: String?, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: PlaceScene = try await .find(context, votes, places)
        guard scene.place.draft.kind == .table else { throw Absent() }
        let strings: Strings = site.strings(context)
        let query: Fields = try request.query()
        let words: String = query.text("q")
        async let found: [FoundVoter] = voters.search(words, in: scene.vote.id)
        async let counts: PlaceCounts = places.counts(of: scene.place.id)
        async let open: [PlaceDevice] = devices.list(of: scene.place.id)
        var done: FoundVoter?
        if let person: ID<Person> = query.id("done", of: Person.self) {
            done = try await voters.find(person, in: scene.vote.id)
        }
        let list: [FoundVoter] = try await found
        let openDevices: [PlaceDevice] = try await open.filter { $0.closing == nil }
        let errors: ErrorSummary? = problem.map { ErrorSummary(items: [.init(field: nil, text: $0)]) }
        let first: Int? = list.firstIndex { line($0, 0, scene, openDevices, strings).canMark }
        let title: String = strings("places.issue.title", ["place": scene.place.name(context.language)])
        return site.page(
            IssuePage(
                title: title, crumbs: scene.crumbs(strings), base: scene.base, errors: errors, words: words,
                focusSearch: first == nil && errors == nil,
                lines: list.enumerated().map { index, voter in
                    line(voter, index, scene, openDevices, strings, isFirst: index == first && errors == nil)
                },
                nobody: words.isEmpty || !list.isEmpty ? nil : strings("places.issue.nobody", ["words": words]),
                declareHref: declares(scene.vote) && !words.isEmpty ? "\(scene.base)/declaration" : nil,
                done: done.flatMap { self.done($0, scene, strings) },
                counts: PlaceWords.counts(try await counts, strings),
                noDevice: !openDevices.contains { $0.purpose == .table }, devicesHref: "\(scene.base)/devices"),
            title: errors == nil ? title : strings("errors.in_title", ["title": title]), request, context,
            status: errors == nil ? .ok : .unprocessableContent)
    }

    private func declares(_ vote: Vote) -> Bool {
        vote.settings.eligibility.contains("desk") || vote.settings.eligibility.contains("declaration")
    }

    private func line(
        _ voter: FoundVoter, _ index: Int, _ scene: PlaceScene, _ open: [PlaceDevice], _ strings: Strings,
        isFirst: Bool = false
    ) -> IssuePage.Line {
        let prevails: Bool =
            scene.vote.settings.policy == "paper_prevails" && voter.mark.map { $0.channel != .paper } ?? false
        let isOldEnough: Bool = voter.isOld(enough: scene.vote)
        let canMark: Bool = isOldEnough && (voter.mark == nil || prevails)
        let least: String = strings.number(scene.vote.settings.minimumAge)
        let takesPaper: Bool = scene.vote.settings.channels.contains("paper")
        let kiosk: String? =
            isOldEnough && scene.vote.settings.channels.contains("kiosk") && open.contains { $0.purpose == .kiosk }
            ? "\(scene.base)/kiosk?person=\(voter.person)" : nil
        return IssuePage.Line(
            key: String(index + 1), person: voter.person.description, name: voter.name, birth: voter.birth(strings),
            address: voter.address, number: voter.line.map { strings.number($0) }, voted: voter.mark?.words(strings),
            effect: isOldEnough
                ? (prevails ? strings("places.issue.prevails") : nil)
                : strings("rolls.problem.too_young", ["least": least]), canMark: canMark && takesPaper,
            isFirst: isFirst, kioskHref: kiosk)
    }

    /// Who has just been marked here, and the ways back.
    private func done(_ voter: FoundVoter, _ scene: PlaceScene, _ strings: Strings) -> IssuePage.Done? {
        guard let mark = voter.mark, mark.placeID == scene.place.id, mark.channel == .paper else { return nil }
        return IssuePage.Done(
            words: strings("places.issue.done", ["name": voter.name]),
            annulment: "\(scene.base)/marks/\(mark.id)/annulment")
    }
}
