/// Money and limits while a rule runs on one envelope.
struct Ledger {
    /// One envelope and the projects that compete for it.
    struct Envelope: Sendable {
        var district: String?
        var money: Int64
        var projects: [Int]
    }

    /// What stays as it is while money is spent; shared by all copies of a ledger.
    private final class Terms: Sendable {
        let election: Election
        let envelope: Envelope
        let limits: Membership

        init(_ election: Election, _ envelope: Envelope, _ limits: Membership) {
            self.election = election
            self.envelope = envelope
            self.limits = limits
        }
    }

    private let terms: Terms
    /// Money left, in cents.
    fileprivate(set) var left: Int64
    /// Selected projects, in order.
    private(set) var order: [Int] = []
    private(set) var isSelected: [Bool]
    /// The selected projects of each group, those of earlier envelopes included.
    private(set) var taken: [[Int]]

    init(_ election: Election, envelope: Envelope, limits: Membership, taken: [[Int]]) {
        terms = Terms(election, envelope, limits)
        left = envelope.money
        isSelected = [Bool](repeating: false, count: election.projects.count)
        self.taken = taken
    }

    var election: Election { terms.election }
    var envelope: Envelope { terms.envelope }
    private var limits: Membership { terms.limits }

    /// Whether quotas or exclusive groups exist.
    var hasLimits: Bool { !terms.limits.groups.isEmpty }

    func fits(_ project: Int) -> Bool { terms.election.projects[project].cost <= left }

    /// A reason other than money for which the project can no longer be funded.
    func bar(_ project: Int) -> Refusal? {
        if terms.election.projects[project].isWithdrawn { return .withdrawn }
        for group in terms.limits.groupsOf[project] where taken[group].count >= limits.groups[group].most {
            switch limits.groups[group].kind {
            case .quota(let name):
                return .quota(name: name, most: limits.groups[group].most)
            case .exclusive:
                return .exclusive(with: taken[group].first.map { terms.election.projects[$0].id } ?? "")
            }
        }
        return nil
    }

    /// Begins once more like `start`, in which nothing is funded yet, in the memory that is there already: a count that
    /// raises its shares begins thousands of times.
    mutating func begin(as start: Ledger) {
        for project in order { isSelected[project] = false }
        order.removeAll(keepingCapacity: true)
        left = start.left
        if hasLimits { taken = start.taken }
    }

    /// Funds a project; an add1 run may go below zero, which is how overspending is seen.
    mutating func select(_ project: Int) {
        left -= terms.election.projects[project].cost
        isSelected[project] = true
        order.append(project)
        for group in terms.limits.groupsOf[project] { taken[group].append(project) }
    }
}

extension Ledger {
    /// Gives a project all that is left.
    mutating func selectInPart(_ project: Int) -> Int64 {
        let amount = left
        select(project)
        left = 0
        return amount
    }
}

/// Quotas and exclusive groups by project index.
struct Membership: Sendable {
    enum Kind: Sendable {
        case quota(String)
        case exclusive
    }

    var groups: [(kind: Kind, most: Int)] = []
    var groupsOf: [[Int]]

    init(_ parameters: Parameters, in election: Election) throws(TallyError) {
        groupsOf = [[Int]](repeating: [], count: election.projects.count)
        guard !parameters.quotas.isEmpty || !parameters.exclusive.isEmpty else { return }
        let indices = Dictionary(uniqueKeysWithValues: election.projects.enumerated().map { ($1.id, $0) })
        for quota in parameters.quotas {
            guard quota.most >= 0 else { throw .unusableParameter("quotas") }
            try add(.quota(quota.name), most: quota.most, quota.projects, indices)
        }
        for rivals in parameters.exclusive { try add(.exclusive, most: 1, rivals, indices) }
    }

    private mutating func add(
        _ kind: Kind, most: Int, _ ids: [String], _ indices: [String: Int]
    ) throws(TallyError) {
        for id in Set(ids) {
            guard let index = indices[id] else { throw .unknownProject(id) }
            groupsOf[index].append(groups.count)
        }
        groups.append((kind, most))
    }
}
