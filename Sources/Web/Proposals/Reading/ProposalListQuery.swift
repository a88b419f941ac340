import Foundation
import Participation

/// Which proposals a reader wants to see, and in which order; it stands in the address.
struct ProposalListQuery {
    /// The orders of a list, as the address names them.
    enum Order: String, CaseIterable {
        case best, newest, supports, shuffled
    }

    let words: String
    /// A status, or a phase that stands for several.
    let state: String
    /// The handle of a theme, the code of a district, a band of costs.
    let theme: String, district: String
    let cost: CostBand?
    let order: Order
    /// What shuffles; nil where the address has none.
    let seed: Int64?
    /// Where the page begins.
    let cursor: ProposalCursor?
    /// Shows the map above the list.
    let isMap: Bool

    /// The query of an address; unknown values are the default ones.
    init(_ fields: Fields) {
        words = String(fields.text("q").prefix(100))
        state = fields.text("state")
        theme = fields.text("theme")
        district = fields.text("district")
        cost = CostBand(rawValue: fields.text("cost"))
        order = Order(rawValue: fields.text("sort")) ?? (words.isEmpty ? .newest : .best)
        seed = fields.integer("seed").map(Int64.init)
        cursor = ProposalCursor(fields.text("at"))
        isMap = fields.text("view") == "map"
    }

    /// The address of the list of `here`, with other pages, seeds and views than this one's.
    func address(_ here: String, at cursor: ProposalCursor? = nil, seed: Int64? = nil, isMap: Bool? = nil) -> String {
        var parts: [(String, String)] = [
            ("q", words), ("state", state), ("theme", theme), ("district", district), ("cost", cost?.rawValue ?? ""),
        ]
        if order != (words.isEmpty ? .newest : .best) { parts.append(("sort", order.rawValue)) }
        if order == .shuffled, let seed = seed ?? self.seed { parts.append(("seed", String(seed))) }
        if isMap ?? self.isMap { parts.append(("view", "map")) }
        if let cursor { parts.append(("at", cursor.description)) }
        let query: String = parts.filter { !$0.1.isEmpty }
            .map { "\($0.0)=\(PercentDecoding.encode($0.1))" }.joined(separator: "&")
        return query.isEmpty ? here : "\(here)?\(query)"
    }

    /// The same filters for another address.
    func filters(of address: String) -> String { self.address(address, isMap: false) }

    /// The search of the query among the themes and districts that there are.
    func search(themes: [Theme], districts: [District]) -> ProposalSearch {
        ProposalSearch(
            words: words, statuses: statuses, theme: themes.first { $0.slug == theme }?.id,
            district: districts.first { $0.code == district }?.code, cost: cost, order: searchOrder)
    }

    private var searchOrder: ProposalSearch.Order {
        switch order {
        case .best: .bestMatch
        case .newest: .newest
        case .supports: .mostSupported
        case .shuffled: .shuffled(seed: seed ?? 0)
        }
    }

    private var statuses: Set<Proposal.Status> {
        if let group = ProposalStateGroup(rawValue: state) { return Set(group.statuses) }
        return Proposal.Status(rawValue: state).map { [$0] } ?? []
    }
}

/// The statuses by the part of a process in which a proposal gets them.
enum ProposalStateGroup: String, CaseIterable {
    case ideas, examination, vote
    case followUp = "follow_up"
    case ended

    var statuses: [Proposal.Status] {
        switch self {
        case .ideas: [.received]
        case .examination: [.inExamination, .accepted, .refused]
        case .vote: [.onBallot, .selected, .notSelected]
        case .followUp: [.underWay, .done, .abandoned]
        case .ended: [.joined, .withdrawn]
        }
    }
}
