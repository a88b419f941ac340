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
        let account: SignedInAccount = try context.requireDesk()
        guard let process = try await processes.find(try context.slug("process")),
            account.holds(.participationAgent, process: process.id)
        else { throw Absent() }
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

    private func who(_ name: String, _ date: String) -> String {
        strings("talk.joins.by", ["name": name.isEmpty ? strings("talk.joins.service") : name, "date": date])
    }
}
