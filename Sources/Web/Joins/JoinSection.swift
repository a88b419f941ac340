import Participation

/// What the page of a proposal says of joins and splits: why, when, and the way to do it for agents.
struct JoinView: Sendable {
    /// A sentence, and the proposal that it speaks of.
    struct Line: Sendable {
        let words: String
        let href: String
    }

    let lines: [Line]
    let hasLines: Bool
    let joinHref: String?
    let splitHref: String?
    /// The list of all joins of the process.
    let joinsHref: String?

    static let sample = JoinView(
        lines: [Line(words: "Pourquoi : la même idée.", href: "/proposals/4")], hasLines: true,
        joinHref: "/desk/processes/d/proposals/join?origins=12", splitHref: "/desk/processes/d/proposals/12/split",
        joinsHref: "/desk/processes/d/joins")
}

/// Loads that part of the page.
struct JoinSection: Sendable {
    let joins: Joins
    let splits: Splits

    func view(of scene: ProposalScene) async throws -> JoinView? {
        let strings: Strings = scene.strings
        let number: Int64 = scene.proposal.number
        var lines: [JoinView.Line] = try await joins.history(of: scene.proposal.id).map { join in
            let words: String =
                join.undoneAt.map { date in
                    strings(
                        "talk.join.notice.was",
                        ["target": String(join.target), "date": strings.date(date), "reason": join.undoReason ?? ""])
                } ?? strings("talk.join.notice.reason", ["reason": join.reason, "date": strings.date(join.joinedAt)])
            return JoinView.Line(words: words, href: "/proposals/\(join.target)")
        }
        for split in try await splits.list(with: scene.proposal.id) where split.undoneAt == nil {
            let isPart: Bool = split.part == number
            let words: String = strings(
                isPart ? "talk.join.notice.part" : "talk.join.notice.split",
                [isPart ? "origin" : "part": String(isPart ? split.origin : split.part), "reason": split.reason])
            lines.append(JoinView.Line(words: words, href: "/proposals/\(isPart ? split.origin : split.part)"))
        }
        let isAgent: Bool = scene.account?.holds(.participationAgent, process: scene.proposal.process) ?? false
        guard isAgent || !lines.isEmpty else { return nil }
        let desk = "/desk/processes/\(scene.published.processSlug)"
        let isOpen: Bool = [.received, .inExamination].contains(scene.proposal.status)
        return JoinView(
            lines: lines, hasLines: !lines.isEmpty,
            joinHref: isAgent && isOpen ? "\(desk)/proposals/join?origins=\(number)" : nil,
            splitHref: isAgent && isOpen ? "\(desk)/proposals/\(number)/split" : nil,
            joinsHref: isAgent ? "\(desk)/joins" : nil)
    }
}
