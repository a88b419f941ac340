import Foundation
import Hummingbird
import Participation

/// What an agent does to a debate by a form of its own. The raw value is its path.
enum DebateAct: String, CaseIterable, Sendable {
    case new, words, conclusions, withdrawal, removal

    /// What is done at once and cannot be taken back wears another colour.
    var isGrave: Bool { self == .removal }

    /// Whether it is offered on the debate's page; the verb decides whether it is done.
    func isOffered(for debate: Debate) -> Bool {
        let isPublic: Bool = debate.publishedAt != nil
        return switch self {
        case .new: false
        case .words: true
        case .conclusions: isPublic
        case .withdrawal: isPublic && debate.arguments == 0
        case .removal: !isPublic
        }
    }

    /// What it asks for.
    func questions(_ debate: Debate?) -> [StaffQuestion] {
        switch self {
        case .new: [StaffQuestion(name: "handle", kind: .line, hasHint: true)] + Self.about
        case .words: Self.about
        case .conclusions:
            [StaffQuestion(name: "conclusions", kind: .area, isTranslated: true, hasHint: true, rows: 8)]
                + (debate?.sides ?? []).map {
                    StaffQuestion(name: "heard_\($0.number)", kind: .area, isTranslated: true, isOptional: true)
                }
        case .withdrawal, .removal: []
        }
    }

    private static let about: [StaffQuestion] =
        [
            StaffQuestion(name: "hides_counts", kind: .check, hasHint: true),
            StaffQuestion(name: "question", kind: .line, isTranslated: true, hasHint: true),
            StaffQuestion(name: "context", kind: .area, isTranslated: true, isOptional: true, hasHint: true, rows: 8),
        ]
        + (1...Debate.sideLimits.upperBound).map {
            StaffQuestion(
                name: "side_\($0)", kind: .line, isTranslated: true,
                isOptional: $0 > Debate.sideLimits.lowerBound)
        }
}

/// The debates of a consultation at the desk.
struct DebateDesk: Sendable {
    let site: Site
    let processes: Processes
    let consultations: Consultations
    let debates: Debates
    let arguments: Arguments

    /// Adds `/desk/processes/{process}/consultations/{consultation}/debates` and what is below it.
    func add(to routes: RouterGroup<AppContext>) {
        let base = "/desk/processes/{process}/consultations/{consultation}/debates"
        routes.get("\(base)", use: list)
        routes.get("\(base)/{debate}", use: show)
        routes.post("\(base)/{debate}/publication", use: publish)
        routes.post("\(base)/{debate}/conclusion", use: conclude)
        routes.post("\(base)/{debate}/arguments/{argument}/join", use: join)
        routes.post("\(base)/{debate}/arguments/{argument}/parting", use: part)
        for act in DebateAct.allCases {
            let path: RouterPath =
                act == .new ? "\(base)/new" : RouterPath("\(base)/{debate}/\(act.rawValue)")
            routes.get(path) { request, context in try await form(act, request, context) }
            routes.post(path) { request, context in try await record(act, request, context) }
        }
    }

    /// A debate of a consultation, and who works on it.
    private struct Scene {
        let own: ConsultationScene
        let consultation: Consultation
        let debate: Debate?

        var strings: Strings { own.strings }
        var actor: Participation.Actor { own.actor }
        var base: String { "\(own.own)/debates" }
        var here: String { debate.map { "\(base)/\($0.handle)" } ?? base }
        var crumbs: [PlaceLink] {
            let all = PlaceLink(label: strings("consultations.debate.title"), href: base)
            return own.crumbs + [all]
                + (debate.map { [PlaceLink(label: $0.question(strings.language), href: here)] } ?? [])
        }

        func required() throws -> Debate {
            guard let debate else { throw Absent() }
            return debate
        }
    }

    private func scene(_ context: AppContext, named: Bool = true) async throws -> Scene {
        let own: ConsultationScene = try await .find(context, processes, site.strings(context), consultations)
        let consultation: Consultation = try own.required()
        guard named else { return Scene(own: own, consultation: consultation, debate: nil) }
        guard let debate = try await debates.find(try context.slug("debate"), of: consultation.id) else {
            throw Absent()
        }
        return Scene(own: own, consultation: consultation, debate: debate)
    }

    // MARK: The pages

    @Sendable private func list(_ request: Request, _ context: AppContext) async throws -> Response {
        let scene: Scene = try await scene(context, named: false)
        let strings: Strings = scene.strings
        let all: [Debate] = try await debates.all(of: scene.consultation.id, by: scene.actor)
        let page = DebatesDeskPage(
            crumbs: scene.own.crumbs, newHref: "\(scene.base)/new",
            lines: all.map { debate in
                DebatesDeskPage.Line(
                    title: debate.question(strings.language), href: "\(scene.base)/\(debate.handle)",
                    status: Self.status(of: debate, scene.consultation, strings),
                    words: strings.plural("consultations.debate.arguments", debate.arguments))
            }, isEmpty: all.isEmpty)
        return site.page(page, title: strings("consultations.debate.title"), request, context)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        try await page(try await scene(context), FieldErrors(), request, context)
    }

    private func page(
        _ scene: Scene, _ errors: FieldErrors, _ request: Request, _ context: AppContext
    ) async throws -> Response {
        let strings: Strings = scene.strings
        let debate: Debate = try scene.required()
        let all: [DebateArgument] = try await arguments.all(of: debate, by: scene.actor)
        let open: [DebateArgument] = all.filter { $0.withdrawnAt == nil && $0.joinedInto == nil }
        let names: [ID<DebateArgument>: DebateArgument] = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })
        let isPublic: Bool = debate.publishedAt != nil
        let own = "/consultations/\(scene.consultation.handle)/debates/\(debate.handle)"
        let page = DebateDeskPage(
            crumbs: scene.crumbs, errors: errors.summary(strings), title: debate.question(strings.language),
            status: Self.status(of: debate, scene.consultation, strings), publicHref: isPublic ? own : nil,
            standHref: debate.isOpen ? "\(own)/arguments/new?stand=1" : nil,
            publicationHref: isPublic ? nil : "\(scene.here)/publication",
            conclusionHref: isPublic && debate.concludedAt == nil && !debate.conclusions.isEmpty
                ? "\(scene.here)/conclusion" : nil,
            sides: debate.sides.map { side in
                let standing: [DebateArgument] = open.filter { $0.side == side.number }
                return DebateDeskPage.Side(
                    anchor: "side-\(side.number)", title: side.title(strings.language),
                    lines: all.filter { $0.side == side.number && $0.withdrawnAt == nil }.map { argument in
                        let others: [DebateArgument] = standing.filter { $0.id != argument.id }
                        let isJoined: Bool = argument.joinedInto != nil
                        let below = "\(scene.here)/arguments/\(argument.number)"
                        return DebateDeskPage.Line(
                            id: "argument-\(argument.number)", number: strings.number(argument.number),
                            title: argument.title, href: "\(own)/arguments/\(argument.number)",
                            isFromStand: argument.isFromStand, supports: strings.number(argument.supports),
                            answers: strings.number(argument.comments),
                            joinedInto: argument.joinedInto.flatMap { names[$0] }.map {
                                strings(
                                    "consultations.debate.joined_into", ["number": strings.number($0.number)])
                            },
                            joinHref: isJoined || others.isEmpty ? nil : "\(below)/join",
                            others: others.map {
                                SelectOption(
                                    value: String($0.number), label: "\($0.number). \($0.title)", selected: false)
                            }, partHref: isJoined ? "\(below)/parting" : nil)
                    })
            },
            acts: DebateAct.allCases.filter { $0.isOffered(for: debate) }.map {
                PlaceLink(
                    label: strings("consultations.debate.act.\($0.rawValue)"), href: "\(scene.here)/\($0.rawValue)")
            })
        return site.page(
            page, title: errors.title(page.title, strings), request, context, status: errors.status)
    }

    private static func status(
        of debate: Debate, _ consultation: Consultation, _ strings: Strings
    ) -> StatusWord {
        guard debate.publishedAt == nil else { return DebateScene.status(of: debate, in: consultation, strings) }
        return StatusWord(
            word: strings("consultations.debate.state.preparing"), tone: "wait",
            meaning: strings("consultations.debate.state.preparing.words"))
    }

    // MARK: Acts at once

    @Sendable private func publish(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act("publication", request, context) { scene, debate, _ in
            try await debates.publish(debate.id, by: scene.actor)
        }
    }

    @Sendable private func conclude(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act("conclusion", request, context) { scene, debate, _ in
            try await debates.conclude(debate.id, by: scene.actor)
        }
    }

    @Sendable private func join(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act("join", request, context) { scene, debate, form in
            let number: Int = try context.integer("argument")
            guard let origin = try await arguments.find(number, of: debate.id, for: nil) else { throw Absent() }
            guard let into = form.integer("into"),
                let target = try await arguments.find(into, of: debate.id, for: nil)
            else { throw FieldErrors("into-\(number)", "consultations.debate.refusal.join") }
            try await arguments.join(origin.id, into: target.id, by: scene.actor)
        }
    }

    @Sendable private func part(_ request: Request, _ context: AppContext) async throws -> Response {
        try await act("parting", request, context) { scene, debate, _ in
            guard
                let argument = try await arguments.find(
                    try context.integer("argument"), of: debate.id, for: nil)
            else { throw Absent() }
            try await arguments.part(argument.id, by: scene.actor)
        }
    }

    private func act(
        _ done: String, _ request: Request, _ context: AppContext,
        _ body: (Scene, Debate, Fields) async throws -> Void
    ) async throws -> Response {
        let scene: Scene = try await scene(context)
        let form: Fields = try await site.form(request, context)
        do {
            try await body(scene, try scene.required(), form)
            return site.see(scene.here, flash: .done("consultations.debate.done.\(done)"))
        } catch let errors as FieldErrors {
            return try await page(scene, errors, request, context)
        } catch let refused as Refused<DebateRefusal> {
            return try await page(scene, refused.fieldErrors(scene.strings), request, context)
        } catch let refused as Refused<ArgumentRefusal> {
            return try await page(scene, refused.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    // MARK: Forms

    private func form(_ act: DebateAct, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: Scene = try await scene(context, named: act != .new)
        return formPage(act, StaffForm(scene.debate), scene, FieldErrors(), request, context)
    }

    private func record(_ act: DebateAct, _ request: Request, _ context: AppContext) async throws -> Response {
        let scene: Scene = try await scene(context, named: act != .new)
        let form = StaffForm(try await site.form(request, context))
        do {
            return site.see(
                try await apply(act, form, scene), flash: .done("consultations.debate.done.\(act.rawValue)"))
        } catch let refused as Refused<DebateRefusal> {
            return formPage(act, form, scene, refused.fieldErrors(scene.strings), request, context)
        } catch is NotAllowed { throw Absent() }
    }

    /// Does what the form asks for, and returns where that leads.
    private func apply(_ act: DebateAct, _ form: StaffForm, _ scene: Scene) async throws -> String {
        guard let debate = scene.debate else {
            try await debates.plan(form.debate, handle: form["handle"], in: scene.consultation.id, by: scene.actor)
            return "\(scene.base)/\(form["handle"])"
        }
        switch act {
        case .new: throw Absent()
        case .words: try await debates.describe(debate.id, form.debate, revision: form.revision, by: scene.actor)
        case .conclusions:
            let heard: [Int: Texts] = Dictionary(
                uniqueKeysWithValues: debate.sides.map { ($0.number, form.texts("heard_\($0.number)")) })
            try await debates.write(
                form.texts("conclusions"), heard: heard, of: debate.id, revision: form.revision, by: scene.actor)
        case .withdrawal: try await debates.withdraw(debate.id, by: scene.actor)
        case .removal:
            try await debates.remove(debate.id, by: scene.actor)
            return scene.base
        }
        return scene.here
    }

    private func formPage(
        _ act: DebateAct, _ form: StaffForm, _ scene: Scene, _ errors: FieldErrors, _ request: Request,
        _ context: AppContext
    ) -> Response {
        let strings: Strings = scene.strings
        let page = StaffFormPage(
            "consultations.debate.act.\(act.rawValue)", in: "consultations.debate",
            asking: act.questions(scene.debate), form, errors, crumbs: scene.crumbs,
            action: "\(scene.here)/\(act.rawValue)", backHref: scene.here, isGrave: act.isGrave, strings)
        return site.page(
            page, title: errors.title(page.heading, strings), request, context, status: errors.status)
    }
}

extension StaffForm {
    /// The form of a debate before anybody has typed.
    fileprivate init(_ debate: Debate?) {
        self.init()
        guard let debate else { return }
        self["revision"] = String(debate.revision)
        self["hides_counts"] = debate.hidesCounts ? "1" : ""
        put("question", debate.question)
        put("context", debate.context)
        put("conclusions", debate.conclusions)
        for side in debate.sides {
            put("side_\(side.number)", side.title)
            put("heard_\(side.number)", side.heard)
        }
    }

    /// What was typed of a debate.
    fileprivate var debate: DebateDraft {
        DebateDraft(
            question: texts("question"), context: texts("context"),
            sides: (1...Debate.sideLimits.upperBound).map { texts("side_\($0)") },
            hidesCounts: !self["hides_counts"].isEmpty)
    }
}

extension Refused<DebateRefusal> {
    /// The refusals, each at the field it concerns.
    fileprivate func fieldErrors(_ strings: Strings) -> FieldErrors {
        var errors = FieldErrors()
        for reason in reasons {
            let (field, key): (String, String) =
                switch reason {
                case .questionMissing: ("question-fr", "question")
                case .malformedHandle: ("handle", "handle")
                case .handleTaken: ("handle", "handle_taken")
                case .sides: ("side_1-fr", "sides")
                case .sideMissing(let number): ("side_\(number)-fr", "side_words")
                case .sideInUse: ("", "side_in_use")
                case .changedMeanwhile: ("", "changed")
                case .published: ("", "published")
                case .notPublished: ("", "not_published")
                case .inUse: ("", "in_use")
                case .conclusionsMissing: ("conclusions-fr", "conclusions")
                case .concluded: ("", "concluded")
                }
            errors.add(field, "consultations.debate.refusal.\(key)")
        }
        return errors
    }
}

/// The debates of a consultation, at the desk.
struct DebatesDeskPage: PageView {
    static let template = "consultations/debate-list"

    struct Line: Sendable {
        let title: String
        let href: String
        let status: StatusWord
        let words: String
    }

    let crumbs: [PlaceLink]
    let newHref: String
    let lines: [Line]
    let isEmpty: Bool

    static let sample = DebatesDeskPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")], newHref: "/x/new",
        lines: [Line(title: "Des voitures ?", href: "/x/voitures", status: .sample, words: "12 arguments")],
        isEmpty: true)
}

/// A debate at the desk: its arguments by side, joined and parted here.
struct DebateDeskPage: PageView {
    static let template = "consultations/debate-desk"

    struct Line: Sendable {
        let id: String
        let number: String
        let title: String
        let href: String
        let isFromStand: Bool
        let supports: String
        let answers: String
        let joinedInto: String?
        let joinHref: String?
        let others: [SelectOption]
        let partHref: String?
    }

    struct Side: Sendable {
        let anchor: String
        let title: String
        let lines: [Line]
    }

    let crumbs: [PlaceLink]
    let errors: ErrorSummary?
    let title: String
    let status: StatusWord
    let publicHref: String?
    let standHref: String?
    let publicationHref: String?
    let conclusionHref: String?
    let sides: [Side]
    let acts: [PlaceLink]

    static let sample = DebateDeskPage(
        crumbs: [PlaceLink(label: "Bureau", href: "/desk")],
        errors: ErrorSummary(items: [.init(field: "into-1", text: "Choisissez")]), title: "Des voitures ?",
        status: .sample, publicHref: "/consultations/x/debates/y", standHref: "/x/new?stand=1",
        publicationHref: "/x/publication", conclusionHref: "/x/conclusion",
        sides: [
            Side(
                anchor: "side-1", title: "Pour",
                lines: [
                    Line(
                        id: "argument-1", number: "1", title: "Des arbres", href: "/x/1", isFromStand: true,
                        supports: "3", answers: "2", joinedInto: "joint au n° 2", joinHref: "/x/1/join",
                        others: [SelectOption(value: "2", label: "2. Un banc", selected: false)],
                        partHref: "/x/1/parting")
                ])
        ], acts: [PlaceLink(label: "Conclusions", href: "/x/conclusions")])
}
