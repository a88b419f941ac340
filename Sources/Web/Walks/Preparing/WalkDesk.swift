import Foundation
import Hummingbird
import Participation

/// The walks of a process at the desk: their list, and the page of each from which everything is prepared.
struct WalkDesk: Sendable {
    let site: Site
    let processes: Processes
    let walks: Walks
    let map: CityMap

    /// Adds `/desk/processes/{process}/walks`, a walk's page below it, and its publication.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/desk/processes/{process}/walks", use: list)
        routes.get("/desk/processes/{process}/walks/{walk}", use: show)
        routes.post("/desk/processes/{process}/walks/{walk}/publication", use: publish)
    }

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: WalkScene = try await .find(context, processes, site.strings(context))
        let lines: [WalkLine] = try await walks.lines(of: scene.process.id, by: scene.actor)
        return site.page(
            WalksDeskPage(scene, lines), title: scene.strings("walks.title"), request, context)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: WalkScene = try await .find(context, processes, site.strings(context), walks)
        return try await page(scene, FieldErrors(), request, context)
    }

    @Sendable private func publish(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: WalkScene = try await .find(context, processes, site.strings(context), walks)
        _ = try await site.form(request, context)
        guard let walk = scene.walk else { throw Absent() }
        do {
            try await walks.publish(walk.id, by: scene.actor)
            return site.see("\(scene.base)/\(walk.handle)", flash: .done("walks.prepare.done.publication"))
        } catch let refusal as WalkRefusal {
            return try await page(scene, refusal.fieldErrors, request, context)
        } catch is NotAllowed { throw Absent() }
    }

    private func page(
        _ scene: WalkScene, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        guard let walk = scene.walk else { throw Absent() }
        let file: WalkFile = try await walks.file(walk.id, by: scene.actor)
        let drawing: RouteDrawing? = try await map.drawing(
            of: file.route, meeting: walk.meetingPoint, words: scene.strings("walks.prepare.drawing"), scene.strings)
        let page = WalkDeskPage(scene, file, drawing, errors)
        return site.page(
            page, title: errors.title(page.title, scene.strings), request, context, status: errors.status)
    }
}

/// The walks of a process, at the desk.
struct WalksDeskPage: PageView {
    static let template = "walks/prepare-list"

    struct Line: Sendable {
        let title: String
        let href: String
        let date: String
        let light: String
        let status: StatusWord
        let coming: String
        let seen: String
    }

    let crumbs: [PlaceLink]
    let processTitle: String
    let base: String
    let lines: [Line]
    let isEmpty: Bool
    /// Nil for agents of single processes, who may choose from templates and not write them.
    let templatesHref: String?

    static let sample = WalksDeskPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], processTitle: "Diagonales", base: "/x",
        lines: [
            Line(
                title: "La gare", href: "/x/gare", date: "3 mars", light: "De nuit", status: .sample, coming: "12",
                seen: "40, dont 3 à lire")
        ], isEmpty: true, templatesHref: "/desk/walk-templates")
}

extension WalksDeskPage {
    init(_ scene: WalkScene, _ all: [WalkLine]) {
        let strings: Strings = scene.strings
        let words = WalkWords(strings)
        crumbs = Array(scene.crumbs.dropLast())
        processTitle = scene.process.title(strings.language)
        base = scene.base
        lines = all.map { line in
            let coming: String = strings.number(line.coming)
            return Line(
                title: line.walk.title(strings.language), href: "\(scene.base)/\(line.walk.handle)",
                date: strings.moment(line.walk.gathering.startsAt), light: words.light(line.walk.light),
                status: WalkStanding(line).word(strings),
                coming: line.waiting == 0
                    ? coming
                    : strings(
                        "walks.prepare.list.waiting", ["coming": coming, "waiting": strings.number(line.waiting)]),
                seen: line.unread == 0
                    ? strings.number(line.observations)
                    : strings.plural(
                        "walks.prepare.list.unread", line.unread, ["all": strings.number(line.observations)]))
        }
        isEmpty = all.isEmpty
        templatesHref = scene.account.holds(.participationAgent) ? "/desk/walk-templates" : nil
    }
}

/// Where a walk stands for its agents.
enum WalkStanding: String, CaseIterable {
    case preparing, published, now, held, answered
    case calledOff = "called_off"

    init(_ walk: Walk, at now: Date) {
        if walk.publishedAt == nil {
            self = .preparing
        } else if walk.gathering.cancelledAt != nil {
            self = .calledOff
        } else if now < walk.gathering.startsAt {
            self = .published
        } else {
            self = now < walk.gathering.endsAt ? .now : .held
        }
    }

    /// The same in the list, which also knows whether the city has answered all that was published.
    init(_ line: WalkLine) {
        let standing = WalkStanding(line.walk, at: line.now)
        let isAnswered: Bool = line.observations > 0 && line.unread == 0 && line.unanswered == 0
        self = standing == .held && isAnswered ? .answered : standing
    }

    func word(_ strings: Strings) -> StatusWord {
        let tone: String? =
            switch self {
            case .preparing: "wait"
            case .published, .answered: "good"
            case .now: "now"
            case .held: nil
            case .calledOff: "bad"
            }
        return StatusWord(
            word: strings("walks.standing.\(rawValue)"), tone: tone,
            meaning: strings("walks.standing.\(rawValue).words"))
    }
}
