/// An election in the Pabulib format: META, PROJECTS, VOTES (pabulib.org/format; arXiv 2305.11035).
///
/// Everything the file says is kept; `election(doubles:)` gives what the counting rules need.
public struct PabulibFile: Sendable {
    /// The `vote_type` of META.
    public enum VoteType: String, Sendable, Hashable, CaseIterable {
        /// A set of projects.
        case approval
        /// One project.
        case chooseOne = "choose-1"
        /// Projects in order.
        case ordinal
        /// Points with a limited sum.
        case cumulative
        /// Points without a limited sum.
        case scoring

        /// How the counting rules see such a ballot.
        public var ballotType: BallotType {
            switch self {
            case .approval, .chooseOne: .approval
            case .ordinal: .ranking
            case .cumulative, .scoring: .points
            }
        }
    }

    /// What to do with a ballot that names a project twice.
    public enum Doubles: String, Sendable, Hashable, CaseIterable {
        /// Count it once; of two numbers of points the last stands.
        case once
        /// Count it as often as it is named, as some official counts did.
        case count
    }

    /// META in file order.
    public var meta: [(key: String, value: String)]
    /// The `vote_type`.
    public var voteType: VoteType
    /// The `budget`, in cents.
    public var budget: Int64
    /// PROJECTS in file order, by result in published files.
    public var projects: [PabulibProject]
    /// VOTES in file order.
    public var votes: PabulibVotes

    /// A META value; `nil` if missing.
    public func meta(_ key: String) -> String? { meta.first { $0.key == key }?.value }

    /// `min_project_score_threshold`, as the parameters of a count.
    public var parameters: Parameters {
        let points = meta("min_project_score_threshold").flatMap { wholePart(of: $0) }
        return Parameters(threshold: points.map { .support($0) })
    }

    /// A META value that counts something, such as `max_length` or `max_sum_points`; `nil` if missing or unusable.
    public func number(_ key: String) -> Int64? { meta(key).flatMap { wholePart(of: $0) } }

    /// `max_sum_cost` in cents: the limit of a knapsack ballot.
    public var maximumCost: Int64? {
        meta("max_sum_cost").flatMap { Cents.parse(ArraySlice($0.utf8)).amount }
    }

    /// The election that the rules count.
    public func election(doubles: Doubles = .once) throws(TallyError) -> Election {
        var profile = ProfileBuilder()
        var line: [(project: Int32, score: Int64)] = []
        for vote in 0..<votes.count {
            line.removeAll(keepingCapacity: true)
            let range = votes.choiceRange(vote)
            switch voteType {
            case .approval, .chooseOne:
                for choice in range { line.append((votes.choices[choice], 1)) }
            case .cumulative, .scoring:
                for choice in range { line.append((votes.choices[choice], votes.points[choice])) }
            case .ordinal:
                let places = doubles == .once ? distinct(range) : Array(range)
                for (position, choice) in places.enumerated() {
                    line.append((votes.choices[choice], Int64(places.count - position)))
                }
            }
            try profile.add(merged(line, doubles: doubles))
        }
        let ballotType = voteType.ballotType
        let plain = projects.map(\.project)
        return try Election(budget: budget, projects: plain, ballotType: ballotType, profile: profile.profile)
    }

    /// The choices of a ballot without later mentions of the same project.
    private func distinct(_ range: Range<Int>) -> [Int] {
        var seen: Set<Int32> = []
        return range.filter { seen.insert(votes.choices[$0]).inserted }
    }

    /// Ordered by project, a project named twice brought to one entry.
    private func merged(
        _ line: [(project: Int32, score: Int64)], doubles: Doubles
    ) -> [(project: Int32, score: Int64)] {
        guard line.count > 1 else { return line }
        // Stable, so that the last mention of a project stays last.
        let order = line.indices.sorted { (line[$0].project, $0) < (line[$1].project, $1) }
        var result: [(project: Int32, score: Int64)] = []
        result.reserveCapacity(line.count)
        for index in order {
            if let last = result.last, last.project == line[index].project {
                let score = doubles == .count ? last.score + line[index].score : line[index].score
                result[result.count - 1].score = score
            } else {
                result.append(line[index])
            }
        }
        return result
    }
}

/// A line of PROJECTS.
public struct PabulibProject: Sendable, Hashable {
    /// `project_id`.
    public var id: String
    /// `cost`, in cents.
    public var cost: Int64
    /// `name`.
    public var name: String?
    /// `votes`: how many ballots named it, according to the file.
    public var votes: Int64?
    /// `score`: its points, according to the file.
    public var score: Int64?
    /// `selected`: 0 no, 1 yes, 2 by another rule, 3 in reserve.
    public var selected: Int?
    /// `district`, or `neighborhood` or `subunit` where there is none.
    public var district: String?
    /// `category`, split at commas.
    public var categories: [String]
    /// `description`.
    public var description: String?
    /// `latitude`, as written.
    public var latitude: String?
    /// `longitude`, as written.
    public var longitude: String?
    /// `public_id`.
    public var publicID: String?
    /// Every column as written, empty ones and `None` left out.
    public var columns: [String: String]
    /// Marked as withdrawn after the vote, by the cost 999999999.
    public var isWithdrawn: Bool
    /// Its line in the file.
    public var line: Int

    /// The project as the counting rules see it.
    public var project: Project { Project(id: id, cost: cost, district: district, isWithdrawn: isWithdrawn) }
}

/// A line of VOTES.
public struct PabulibVote: Sendable, Hashable {
    /// `voter_id`.
    public var voter: String
    /// `vote`: project ids in the order given; empty for a blank ballot.
    public var choices: [String]
    /// `points`, as many as choices, for ballots with points.
    public var points: [Int64]?
    /// `voting_method`: `internet`, `paper`, or as written.
    public var method: String?
    /// Every other column as written, empty ones and `None` left out; a ranking may come with `points` of its own.
    public var columns: [String: String]
    /// Its line in the file.
    public var line: Int
}

/// The lines of VOTES, kept as numbers; a line's text is read again when it is asked for.
public struct PabulibVotes: Sendable, RandomAccessCollection {
    let bytes: [UInt8]
    let header: [String]
    let ids: [String]
    let hasPoints: Bool
    /// Where each line begins in the file, and its number.
    var rows: [Int] = []
    var lines: [Int32] = []
    var starts: [Int] = [0]
    /// Project indices, line after line.
    var choices: [Int32] = []
    /// Points, parallel to `choices`, if the ballots have points.
    var points: [Int64] = []

    /// The first line's index.
    public var startIndex: Int { 0 }
    /// One beyond the last.
    public var endIndex: Int { rows.count }

    func choiceRange(_ vote: Int) -> Range<Int> { starts[vote]..<starts[vote + 1] }

    /// A line of VOTES.
    public subscript(_ vote: Int) -> PabulibVote {
        var reader = PabulibRows(bytes, from: rows[vote], line: Int(lines[vote]))
        _ = reader.next()
        var columns: [String: String] = [:]
        for (index, column) in header.enumerated() where index < reader.fields.count {
            let value = String(decoding: reader.trimmed(index), as: UTF8.self)
            if !value.isEmpty, value.lowercased() != "none" { columns[column] = value }
        }
        let range = choiceRange(vote)
        let voter = columns.removeValue(forKey: "voter_id") ?? ""
        let method = columns.removeValue(forKey: "voting_method")
        columns["vote"] = nil
        if hasPoints { columns["points"] = nil }
        return PabulibVote(
            voter: voter, choices: range.map { ids[Int(choices[$0])] }, points: hasPoints ? Array(points[range]) : nil,
            method: method, columns: columns, line: Int(lines[vote]))
    }
}

/// What reading a file gave: the file, unless there are errors, and everything found on the way.
public struct PabulibReading: Sendable {
    /// The election; `nil` if any problem is an error.
    public var file: PabulibFile?
    /// Errors and warnings in the order of the file.
    public var problems: [PabulibProblem]

    /// The problems that make the file unusable.
    public var errors: [PabulibProblem] { problems.filter { $0.severity == .error } }
    /// The problems that do not.
    public var warnings: [PabulibProblem] { problems.filter { $0.severity == .warning } }
}

/// Amounts of money as text.
public enum Cents {
    /// An amount with a point or a comma and any number of decimals.
    struct Reading {
        /// In cents, rounded towards zero; `nil` if the text is not an amount or is beyond every budget.
        var amount: Int64?
        var isNegative = false
        /// Whether decimals beyond the second were not zero.
        var hasFraction = false
    }

    static func parse(_ text: ArraySlice<UInt8>) -> Reading {
        var reading = Reading()
        var rest = text
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") {
            reading.isNegative = rest.first == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        var amount: Int64 = 0
        var digits = 0
        var decimals: Int?
        for byte in rest {
            if 0x30...0x39 ~= byte {
                digits += 1
                if let places = decimals {
                    if places >= 2 {
                        if byte != 0x30 { reading.hasFraction = true }
                        continue
                    }
                    decimals = places + 1
                }
                amount = amount * 10 + Int64(byte - 0x30)
                if amount > Limits.money { return reading }
            } else if decimals == nil, byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",") {
                decimals = 0
            } else {
                return reading
            }
        }
        for _ in (decimals ?? 0)..<2 { amount *= 10 }
        guard digits > 0, amount <= Limits.money else { return reading }
        reading.amount = reading.isNegative ? -amount : amount
        return reading
    }

    /// An amount in units of the currency: `12.50`, or `12` when there are no cents.
    public static func units(_ cents: Int64) -> String {
        let sign = cents < 0 ? "-" : ""
        let (whole, part) = cents.magnitude.quotientAndRemainder(dividingBy: 100)
        return part == 0 ? "\(sign)\(whole)" : "\(sign)\(whole).\(part < 10 ? "0" : "")\(part)"
    }

    /// The amount in cents of text such as `12`, `12.5` or `12,50`; `nil` for anything else, negative amounts
    /// and more than two decimals included.
    public static func amount(_ text: String) -> Int64? {
        let reading = parse(ArraySlice(text.utf8))
        return reading.isNegative || reading.hasFraction ? nil : reading.amount
    }
}

/// A number from zero up, rounded up if it has decimals.
func wholePart(of text: String) -> Int64? {
    let reading = Cents.parse(trimmingSpace(ArraySlice(text.utf8)))
    guard let cents = reading.amount, cents >= 0 else { return nil }
    return (cents + 99) / 100 + (reading.hasFraction && cents % 100 == 0 ? 1 : 0)
}
