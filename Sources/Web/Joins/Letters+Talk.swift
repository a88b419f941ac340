import Participation

extension ProposalNotice.Event {
    /// What the words of letters about suggestions, joins and splits mention besides the proposal itself.
    var mentioned: [String: String] {
        switch self {
        case .suggestionMade(let number), .suggestionAccepted(let number): ["suggestion": String(number)]
        case .suggestionRefused(let number, let reason): ["suggestion": String(number), "reason": reason]
        case .joined(let into, let title, let reason):
            ["other": String(into), "otherTitle": title, "reason": reason]
        case .joinUndone(let reason): ["reason": reason]
        case .gained(let number, let title): ["other": String(number), "otherTitle": title]
        case .split(let part, let title, let reason):
            ["other": String(part), "otherTitle": title, "reason": reason]
        default: [:]
        }
    }

    /// Where the letter leads, when that is not the page of the proposal.
    func path(of proposal: Int64) -> String? {
        switch self {
        case .suggestionMade(let number), .suggestionAccepted(let number), .suggestionRefused(let number, _):
            "/proposals/\(proposal)/suggestions/\(number)"
        case .split(let part, _, _): "/proposals/\(part)"
        default: nil
        }
    }
}
