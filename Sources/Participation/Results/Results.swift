public import Postgres
import PublicRecord

/// Published results.
public struct Results: Sendable {
    let pool: Pool

    /// The results kept in the database of `pool`.
    public init(pool: Pool) {
        self.pool = pool
    }

    /// The result of the vote, once it is published; nil before.
    public func find(_ vote: Vote) async throws -> VoteResult? {
        guard vote.publishedAt != nil else { return nil }
        let row: Row? = try await pool.one(
            "result.find", "SELECT result FROM vote_count WHERE vote_id = \(vote.id.uuid)")
        return try row.map { try VoteResult(bytes: try $0.get("result")) }
    }
}

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

    /// The ballots of one group.
    public struct GroupCount: Sendable {
        /// The channel, nil where the group joins several.
        public let channel: String?
        /// The name of the group.
        public let group: String
        /// All ballots, the valid ones that are not blank, the blank ones, and the invalid ones.
        public let ballots: Int, valid: Int, blank: Int, invalid: Int
    }

    /// What the rule decided about a project.
    public struct Decision: Sendable {
        /// The project's identifier.
        public let project: String
        /// Whether it was funded.
        public let isSelected: Bool
        /// The code of the reason of a refusal, and its arguments.
        public let reason: String?, arguments: [String: String]
        /// The money left before and after, in cents.
        public let before: Int64, after: Int64
        /// The projects it was level with.
        public let tiedWith: [String]
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
    }
}

extension VoteResult.Decision {
    fileprivate init(_ json: CanonicalJSON) throws {
        var fields = try CanonicalJSON.Fields(json)
        project = try fields.string("project")
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
        if let tie = fields.optional("tie") {
            var inner = try CanonicalJSON.Fields(tie)
            tiedWith = try inner.strings("with")
        } else {
            tiedWith = []
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
}
