import Participation

/// What a vote lacks before its opening, as a list with a way to each point.
struct ReadinessList: Sendable {
    /// A point of the list.
    struct Line: Sendable {
        /// Also the field that a refused opening names, so that its error leads here.
        let id: String
        let label: String
        /// Nil where the reader has no right to the page.
        let href: String?
        let state: String
        /// How the state looks; see the status words of `Components.md`.
        let tone: String
    }

    let lines: [Line]
    /// What it comes to, in a sentence.
    let words: String
    /// Whether nothing prevents the opening.
    let isClear: Bool

    static let sample = ReadinessList(
        lines: [Line(id: "roll", label: "Arrêter la liste", href: "/x", state: "bloque", tone: "bad")],
        words: "Un point empêche l’ouverture.", isClear: true)
}

extension ReadinessList {
    init(_ items: [Readiness.Item], of vote: Vote, for account: SignedInAccount, _ strings: Strings) {
        lines = items.map { item in
            let name: String = item.point.rawValue
            return Line(
                id: item.point.id, label: strings("desk.ready.point.\(name)"),
                href: item.point.href(vote, account),
                state: strings("desk.ready.\(item.standing.name)"), tone: item.standing.tone)
        }
        let blocking: Int = items.count { $0.standing == .blocking }
        let missing: Int = items.count { $0.standing == .missing }
        isClear = blocking == 0
        words =
            blocking > 0
            ? strings.plural("desk.ready.blocked", blocking)
            : missing > 0 ? strings.plural("desk.ready.lacks", missing) : strings("desk.ready.complete")
    }
}

extension Readiness.Point {
    fileprivate var id: String { self == .timetable ? "closes" : rawValue }

    /// Where it is settled.
    fileprivate func href(_ vote: Vote, _ account: SignedInAccount) -> String? {
        let base = "/desk/votes/\(vote.slug)"
        let settings: String? = vote.opening == nil ? "\(base)/settings" : nil
        switch self {
        case .timetable: return settings.map { "\($0)#closes" }
        case .projects: return settings.map { "\($0)#projects" }
        case .languages: return settings
        case .roll: return "\(base)/roll"
        case .codes: return "\(base)/packages"
        case .places: return "\(base)/places"
        case .operators, .certifiers: return account.holds(.administrator) ? "/desk/roles" : nil
        case .seal: return "#seal-title"
        case .ballots: return "\(base)/print"
        }
    }
}

extension Readiness.Standing {
    fileprivate var name: String {
        switch self {
        case .done: "done"
        case .missing: "missing"
        case .blocking: "blocking"
        case .later: "later"
        }
    }

    fileprivate var tone: String {
        switch self {
        case .done: "good"
        case .missing: "wait"
        case .blocking: "bad"
        case .later: ""
        }
    }
}
