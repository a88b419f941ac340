import Crypto

/// Which of two projects that a rule cannot tell apart comes first. Every order is total: where its own criterion
/// is equal, the id as text decides.
public enum TieOrder: Sendable, Hashable {
    /// By id as text, code point by code point.
    case lexico
    /// Numeric ids first, by value; the others as text.
    case natural
    /// Cheaper first; then more votes.
    case minCost
    /// Dearer first; then more votes.
    case maxCost
    /// More votes first; then cheaper.
    case maxVotes
    /// In the order of the definition or file.
    case file
    /// By SHA-256 of the seed followed by the id, both UTF-8: a lottery that anyone can repeat once the seed is public.
    case draw(seed: String)

    /// The orders that need no seed.
    public static let allCases: [TieOrder] = [.lexico, .natural, .minCost, .maxCost, .maxVotes, .file]

    /// The order of that name, or `nil`: `lexico`, `natural`, `min_cost`, `max_cost`, `max_votes`, `file` or
    /// `draw:` followed by the seed.
    public init?(name: String) {
        if let known = Self.allCases.first(where: { $0.name == name }) {
            self = known
        } else if name.hasPrefix("draw:"), name.utf8.count > 5 {
            self = .draw(seed: String(name.dropFirst(5)))
        } else {
            return nil
        }
    }

    /// The name used on the command line, in definitions and in records.
    public var name: String {
        switch self {
        case .lexico: "lexico"
        case .natural: "natural"
        case .minCost: "min_cost"
        case .maxCost: "max_cost"
        case .maxVotes: "max_votes"
        case .file: "file"
        case .draw(let seed): "draw:" + seed
        }
    }

    /// For each project its place in the order, 0 the first.
    func places(in election: Election) -> [Int] {
        let projects = election.projects
        let text = projects.map { Array($0.id.utf8) }
        let order: [Int]
        switch self {
        case .file:
            order = Array(projects.indices)
        case .lexico:
            order = projects.indices.sorted { text[$0].lexicographicallyPrecedes(text[$1]) }
        case .natural:
            let numbers = text.map(Self.number)
            order = projects.indices.sorted { a, b in
                switch (numbers[a], numbers[b]) {
                case (let x?, let y?) where x != y:
                    x.count != y.count ? x.count < y.count : x.lexicographicallyPrecedes(y)
                case (.some, nil): true
                case (nil, .some): false
                default: text[a].lexicographicallyPrecedes(text[b])
                }
            }
        case .minCost, .maxCost, .maxVotes:
            let votes = election.votes
            order = projects.indices.sorted { a, b in
                let (x, y) = (projects[a].cost, projects[b].cost)
                let cheaper = x < y
                return switch self {
                case .minCost where x != y: cheaper
                case .maxCost where x != y: !cheaper
                case _ where votes[a] != votes[b]: votes[a] > votes[b]
                case .maxVotes where x != y: cheaper
                default: text[a].lexicographicallyPrecedes(text[b])
                }
            }
        case .draw(let seed):
            let tickets = text.map { Array(SHA256.hash(data: Array(seed.utf8) + $0)) }
            order = projects.indices.sorted { a, b in
                tickets[a] == tickets[b]
                    ? text[a].lexicographicallyPrecedes(text[b]) : tickets[a].lexicographicallyPrecedes(tickets[b])
            }
        }
        var places = [Int](repeating: 0, count: order.count)
        for (place, project) in order.enumerated() { places[project] = place }
        return places
    }

    /// The digits of a numeric id without leading zeros, or `nil` for any other id.
    private static func number(_ id: [UInt8]) -> [UInt8]? {
        guard !id.isEmpty, id.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return Array(id.drop { $0 == 0x30 })
    }
}

/// Text order by code points, the same on every machine and in every language.
func precedesAsText(_ a: String, _ b: String) -> Bool {
    a.utf8.lexicographicallyPrecedes(b.utf8)
}
