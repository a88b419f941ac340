/// The published result of a vote, recomputed by anyone from the definition and the opened ballots.
///
/// The same record gives the same bytes: integers and text only, in canonical JSON.
public struct ResultDocument: Sendable {
    /// The name of the format.
    public static let format = "tilleul-result-v1"

    /// What the counting rule decided.
    public let outcome: Outcome
    /// The bytes of `result.json`.
    public let bytes: [UInt8]

    /// The result of a vote whose ballots were all opened.
    ///
    /// - Parameter definitionHash: the SHA-256 of the published `definition.json`.
    /// - Throws: `ResultError`.
    public init(
        definition: Definition, definitionHash: Hash, ballots: some Sequence<OpenedBallot>
    ) throws(ResultError) {
        var count = try BallotCount(definition)
        for ballot in ballots {
            let content: BallotCount.Content = ballot.ballot.map { .valid($0) } ?? .invalid(BallotCount.unreadable)
            try count.add(content, channel: ballot.channel, group: ballot.group)
        }
        self = try count.result(definitionHash: definitionHash)
    }

    fileprivate init(_ definition: Definition, _ definitionHash: Hash, _ outcome: Outcome, counts: [CanonicalJSON]) {
        self.outcome = outcome
        let counting = definition.counting
        var parameters: [CanonicalJSON.Member] = [
            .init("step", counting.step.map { .integer($0) } ?? .null),
            .init("threshold", counting.threshold.map { .integer($0) } ?? .null),
        ]
        if !counting.constraints.isEmpty { parameters.append(.init("constraints", counting.constraints.json)) }
        let own: [CanonicalJSON.Member] = [
            .init("format", .string(Self.format)),
            .init("origin", .string(definition.origin)),
            .init("definition", .string(definitionHash.hex)),
            .init("budget", .integer(definition.budget)),
            .init("currency", .string(definition.currency)),
            .init("counts", .array(counts)),
            .init("parameters", .object(parameters)),
        ]
        guard case .object(let members) = CanonicalJSON(outcome.document) else {
            preconditionFailure("an outcome is published as an object")
        }
        bytes = CanonicalJSON.object(own + members).encoded()
    }
}

/// Why a vote cannot be counted.
public enum ResultError: Error, Sendable, Hashable {
    /// The definition names a rule that nobody knows.
    case unknownRule(String)
    /// The definition names a tie order that nobody knows.
    case unknownTie(String)
    /// The rule cannot count these projects and ballots.
    case tally(TallyError)
}

/// Counts the ballots of a vote one by one, for the result.
public struct BallotCount {
    /// What a ballot turned out to be.
    public enum Content: Sendable {
        /// Valid; blank ones too.
        case valid(Ballot)
        /// Invalid, with the code of the reason.
        case invalid(String)
    }

    /// The reason of an envelope that could not be opened.
    public static let unreadable = "unreadable"

    private struct Line: Hashable {
        let channel: Channel?
        let group: String
    }

    private struct Counts {
        var valid = 0
        var blank = 0
        var invalid: [String: Int] = [:]
    }

    private let definition: Definition
    private let rule: Rule
    private let tie: TieOrder
    private var election: ElectionBuilder
    private var lines: [Line: Counts] = [:]

    /// Begins the count of a vote.
    public init(_ definition: Definition) throws(ResultError) {
        guard let rule = Rule(name: definition.counting.rule) else {
            throw .unknownRule(definition.counting.rule)
        }
        guard let tie = TieOrder(name: definition.counting.tie) else { throw .unknownTie(definition.counting.tie) }
        self.definition = definition
        self.rule = rule
        self.tie = tie
        do throws(TallyError) {
            election = try ElectionBuilder(
                budget: definition.cityBudget, projects: definition.competitors,
                ballotType: BallotType(definition.ballot))
        } catch { throw .tally(error) }
    }

    /// Counts a ballot, `times` times.
    public mutating func add(
        _ content: Content, channel: Channel?, group: String, times: Int = 1
    ) throws(ResultError) {
        switch content {
        case .valid(let ballot):
            do throws(TallyError) { try election.add(Choices(ballot), times: Int64(times)) } catch {
                throw .tally(error)
            }
            addToCounts(content, isBlank: ballot.isBlank, channel: channel, group: group, times: times)
        case .invalid:
            addToCounts(content, isBlank: false, channel: channel, group: group, times: times)
        }
    }

    private mutating func addToCounts(
        _ content: Content, isBlank: Bool, channel: Channel?, group: String, times: Int
    ) {
        var counts = lines[Line(channel: channel, group: group), default: Counts()]
        switch content {
        case .valid where isBlank: counts.blank += times
        case .valid: counts.valid += times
        case .invalid(let reason): counts.invalid[reason, default: 0] += times
        }
        lines[Line(channel: channel, group: group)] = counts
    }

    /// The result of everything counted so far.
    public func result(definitionHash: Hash) throws(ResultError) -> ResultDocument {
        let outcome: Outcome
        do throws(TallyError) {
            outcome = try tally(try election.election(), rule: rule, tie: tie, parameters: definition.parameters)
        } catch { throw .tally(error) }
        let sorted = lines.sorted { one, other in
            one.key.group.isSameBytes(as: other.key.group)
                ? (one.key.channel?.rawValue ?? "").precedesByCodePoint(other.key.channel?.rawValue ?? "")
                : one.key.group.precedesByCodePoint(other.key.group)
        }
        let counts = sorted.map { line, counts -> CanonicalJSON in
            [
                "channel": CanonicalJSON(line.channel?.rawValue), "group": .string(line.group),
                "ballots": .integer(Int64(counts.valid + counts.blank + counts.invalid.values.reduce(0, +))),
                "valid": .integer(Int64(counts.valid)), "blank": .integer(Int64(counts.blank)),
                "invalid": .object(counts.invalid.map { .init($0.key, .integer(Int64($0.value))) }),
            ]
        }
        return ResultDocument(definition, definitionHash, outcome, counts: counts)
    }
}

extension BallotType {
    /// The ballots of a definition as the tally names them.
    public init(_ rules: BallotRules) {
        switch rules.type {
        case .approval: self = .approval
        case .points: self = .points
        case .ranking: self = .ranking
        case .grades: self = .grades(scale: rules.grades.count)
        }
    }
}

extension Choices {
    /// A ballot as the tally reads it.
    public init(_ ballot: Ballot) {
        switch ballot {
        case .approval(let projects): self = .approval(projects)
        case .points(let scores):
            self = .points(Dictionary(scores.map { ($0.project, Int64($0.value)) }) { first, _ in first })
        case .ranking(let projects): self = .ranking(projects)
        case .grades(let scores):
            self = .grades(Dictionary(scores.map { ($0.project, $0.value) }) { first, _ in first })
        }
    }
}

extension CanonicalJSON {
    /// A published outcome.
    init(_ plain: Plain) {
        self =
            switch plain {
            case .integer(let number): .integer(number)
            case .text(let text): .string(text)
            case .truth(let truth): .bool(truth)
            case .list(let values): .array(values.map { CanonicalJSON($0) })
            case .object(let values): .object(values.map { Member($0.key, CanonicalJSON($0.value)) })
            case .none: .null
            }
    }
}
