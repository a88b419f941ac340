import Hummingbird
import Participation

/// The process whose proposals an agent joins or splits: what each of these pages begins with.
struct JoinScene: Sendable {
    let process: Participation.Process
    let actor: Actor
    let strings: Strings

    var base: String { "/desk/processes/\(process.slug)" }
    var joinsHref: String { "\(base)/joins" }

    /// The process that the path names; absent for whoever is no agent of it.
    static func find(_ processes: Processes, _ site: Site, _ context: AppContext) async throws -> JoinScene {
        let (account, process) = try await processes.ofAgent(context)
        return JoinScene(
            process: process, actor: account.acting(as: .participationAgent), strings: site.strings(context))
    }

    /// A join as a line of the list.
    func line(_ join: Join) -> JoinsPage.Line {
        JoinsPage.Line(
            what: strings("talk.joins.line", ["origin": String(join.origin), "target": String(join.target)]),
            href: "/proposals/\(join.origin)", why: join.undoReason ?? join.reason,
            who: who(join.name, strings.moment(join.joinedAt)),
            undone: join.undoneAt.map { strings("talk.joins.undone", ["date": strings.moment($0)]) },
            undoHref: join.undoneAt == nil ? "\(joinsHref)/\(join.id)/undo" : nil)
    }

    /// A split as a line of the list.
    func line(_ split: Split) -> JoinsPage.Line {
        JoinsPage.Line(
            what: strings("talk.joins.split_line", ["part": String(split.part), "origin": String(split.origin)]),
            href: "/proposals/\(split.part)", why: split.reason, who: who(split.name, strings.moment(split.splitAt)),
            undone: split.undoneAt.map { strings("talk.joins.undone", ["date": strings.moment($0)]) },
            undoHref: split.undoneAt == nil ? "\(base)/splits/\(split.part)/undo" : nil)
    }

    /// The page that asks whether and why a join or a split is undone.
    func undoPage(
        _ words: String, why: String, action: String, _ reason: String, _ errors: FieldErrors, _ site: Site,
        _ request: Request, _ context: AppContext
    ) -> Response {
        site.page(
            JoinUndoPage(
                processTitle: process.title(strings.language), joinsHref: joinsHref, errors: errors.summary(strings),
                words: words, why: why, action: action, reason: reason,
                reasonProblem: errors.text(for: "reason", strings)),
            title: errors.title(strings("talk.joins.undo_title"), strings), request, context, status: errors.status)
    }

    private func who(_ name: String, _ date: String) -> String {
        strings("talk.joins.by", ["name": name.isEmpty ? strings("talk.joins.service") : name, "date": date])
    }
}
