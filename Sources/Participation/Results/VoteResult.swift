import PublicRecord

/// A published result, read from the very bytes that are published.
public struct VoteResult: Sendable {
    /// The bytes of `result.json`.
    public let bytes: [UInt8]
    /// The projects funded, in the order in which the rule took them.
    public let order: [String]
    /// What they cost together, and what is left, in cents.
    public let cost: Int64, left: Int64
    /// The ballots counted, blank ones too.
    public let voters: Int64
    /// Points and number of ballots by project.
    public let support: [String: Int64], votes: [String: Int64]
    /// The ballots by channel and group.
    public let counts: [GroupCount]
    /// What was decided about each project, in order.
    public let decisions: [Decision]
    /// How the shares of equal shares ended, by envelope.
    public let shares: [Share]
    /// How equal shares compared with the count by support, by envelope.
    public let comparisons: [Comparison]
    /// The majority gauge of each project, for majority judgment.
    public let gauges: [String: Gauge]

    /// The ballots of one group.
    public struct GroupCount: Sendable {
        /// The channel, nil where the group joins several.
        public let channel: String?
        /// The name of the group.
        public let group: String
        /// All ballots, the valid ones that are not blank, the blank ones, and the invalid ones.
        public let ballots: Int, valid: Int, blank: Int, invalid: Int
    }

    /// What the rule decided about a project. Amounts are in cents.
    public struct Decision: Sendable {
        /// Counts from 1.
        public let round: Int
        /// The part of the rule that decided: `rule`, `completion` or `part`.
        public let phase: String
        /// The project's identifier.
        public let project: String
        /// The district whose envelope it competed for; nil for the city-wide one.
        public let envelope: String?
        /// Its points and its cost.
        public let support: Int64, cost: Int64
        /// Whether it was funded.
        public let isSelected: Bool
        /// What it receives, where that is less than its cost.
        public let amount: Int64?
        /// The code of the reason of a refusal, and its arguments.
        public let reason: String?, arguments: [String: String]
        /// The money left before and after.
        public let before: Int64, after: Int64
        /// The projects it was level with.
        public let tiedWith: [String]
        /// Who paid, under equal shares.
        public let payment: Payment?
    }

    /// Who paid for a project under equal shares.
    public struct Payment: Sendable {
        /// Ballots that paid, those among them that paid all they had left, and the price of a point in cents.
        public let payers: Int64, spent: Int64, price: Int64
    }

    /// The shares of an envelope.
    public struct Share: Sendable {
        /// The district, nil for the whole city.
        public let envelope: String?
        /// Cents per ballot, as `n` or `n/d`.
        public let perVoter: String
        /// How often the count was made, and why not again.
        public let runs: Int, stop: String
    }

    /// Equal shares against the count by support.
    public struct Comparison: Sendable {
        /// The district, nil for the whole city.
        public let envelope: String?
        /// Ballots that have more of their projects in the one, and in the other.
        public let preferShares: Int64, preferGreedy: Int64
        /// Whether the count by support stands.
        public let keptGreedy: Bool
    }

    /// A majority gauge.
    public struct Gauge: Sendable {
        /// The place of the majority grade among the labels, 0 the best.
        public let grade: Int
        /// Ballots above and below it.
        public let above: Int64, below: Int64
        /// Ballots by grade, the best first.
        public let counts: [Int64]
    }

    init(bytes: [UInt8]) throws {
        var fields = try CanonicalJSON.Fields(try CanonicalJSON(parsing: bytes))
        self.bytes = bytes
        order = try fields.strings("order")
        cost = try fields.integer("cost")
        left = try fields.integer("left")
        voters = try fields.integer("voters")
        support = try fields.integers("support")
        votes = try fields.integers("votes")
        counts = try fields.array("counts").map { item in
            var count = try CanonicalJSON.Fields(item)
            return GroupCount(
                channel: try count.stringOrNull("channel"), group: try count.string("group"),
                ballots: try count.count("ballots"), valid: try count.count("valid"), blank: try count.count("blank"),
                invalid: try count.integers("invalid").values.reduce(0) { $0 + Int($1) })
        }
        decisions = try fields.array("steps").map { try Decision($0) }
        shares = try fields.list("shares").map { item in
            var share = try CanonicalJSON.Fields(item)
            return Share(
                envelope: try share.stringOrNull("envelope"), perVoter: try share.string("per_voter"),
                runs: try share.count("runs"), stop: try share.string("stop"))
        }
        comparisons = try fields.list("comparisons").map { item in
            var comparison = try CanonicalJSON.Fields(item)
            return Comparison(
                envelope: try comparison.stringOrNull("envelope"),
                preferShares: try comparison.integer("prefer_shares"),
                preferGreedy: try comparison.integer("prefer_greedy"),
                keptGreedy: try comparison.bool("kept_greedy"))
        }
        var gauges: [String: Gauge] = [:]
        if case .object(let members) = fields.optional("gauges") ?? .null {
            for member in members { gauges[member.name] = try Gauge(member.value) }
        }
        self.gauges = gauges
    }
}

extension VoteResult.Decision {
    fileprivate init(_ json: CanonicalJSON) throws {
        var fields = try CanonicalJSON.Fields(json)
        round = try fields.count("round")
        phase = try fields.string("phase")
        project = try fields.string("project")
        envelope = try fields.stringOrNull("envelope")
        support = try fields.integer("support")
        cost = try fields.integer("cost")
        isSelected = try fields.string("decision") != "refused"
        before = try fields.integer("before")
        after = try fields.integer("after")
        var code: String?
        var arguments: [String: String] = [:]
        if case .object(let members) = fields.optional("reason") ?? .null {
            for member in members {
                switch member.value {
                case .string(let text) where member.name == "code": code = text
                case .string(let text): arguments[member.name] = text
                case .integer(let number): arguments[member.name] = String(number)
                default: break
                }
            }
        }
        reason = code
        self.arguments = arguments
        if case .integer(let part) = fields.optional("amount") { amount = part } else { amount = nil }
        if let tie = fields.optional("tie") {
            var inner = try CanonicalJSON.Fields(tie)
            tiedWith = try inner.strings("with")
        } else {
            tiedWith = []
        }
        payment = try fields.optional("payment").map { json in
            var inner = try CanonicalJSON.Fields(json)
            return VoteResult.Payment(
                payers: try inner.integer("payers"), spent: try inner.integer("spent"),
                price: try inner.integer("price"))
        }
    }
}

extension VoteResult.Gauge {
    fileprivate init(_ json: CanonicalJSON) throws {
        var fields = try CanonicalJSON.Fields(json)
        grade = try fields.count("grade")
        above = try fields.integer("above")
        below = try fields.integer("below")
        counts = try fields.array("counts").map { count in
            guard case .integer(let number) = count else { return 0 }
            return number
        }
    }
}

extension CanonicalJSON.Fields {
    fileprivate mutating func integers(_ name: String) throws(JSONError) -> [String: Int64] {
        var integers: [String: Int64] = [:]
        for member in try members(name) {
            guard case .integer(let number) = member.value else { continue }
            integers[member.name] = number
        }
        return integers
    }

    /// The array of that name, empty where there is none.
    fileprivate mutating func list(_ name: String) throws(JSONError) -> [CanonicalJSON] {
        if case .array(let items) = optional(name) { items } else { [] }
    }
}
