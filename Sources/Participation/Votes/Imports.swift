import Crypto
public import Foundation
public import Postgres
public import PublicRecord

/// Votes made from Pabulib files, and their ballots cast again.
public struct Imports: Sendable {
    private let pool: Pool
    private let votes: Votes
    private let ballots: Ballots

    /// Imports into the database of `pool`.
    public init(pool: Pool, secrets: Secrets) {
        self.pool = pool
        votes = Votes(pool: pool)
        ballots = Ballots(pool: pool, secrets: secrets)
    }

    /// What an import decides beside the file.
    public struct Options: Sendable {
        /// The handle of the vote; its title, the file's description when nil.
        public var slug: String, title: Texts?
        /// The names of the rule and the tie order; nil takes the file's rule, and `lexico`.
        public var rule: String?, tie: String?
        /// When the vote opens and closes; nil opens it now, for thirty days.
        public var opens: Date?, closes: Date?
        /// Whether the vote is demonstration data.
        public var demonstration: Bool

        /// Options with the defaults named above.
        public init(
            slug: String, title: Texts? = nil, rule: String? = nil, tie: String? = nil, opens: Date? = nil,
            closes: Date? = nil, demonstration: Bool = false
        ) {
            self.slug = slug
            self.title = title
            self.rule = rule
            self.tie = tie
            self.opens = opens
            self.closes = closes
            self.demonstration = demonstration
        }
    }

    /// The file has problems: all of them, errors and warnings.
    public struct UnreadableFile: Error, Sendable {
        /// In the order of the file.
        public let problems: [PabulibProblem]
    }

    /// Creates a vote with the projects of a Pabulib file.
    ///
    /// - Returns: the warnings of the file.
    /// - Throws: `UnreadableFile`, with every problem and nothing stored; what `Votes.create` throws.
    @discardableResult
    public func importVote(
        _ bytes: [UInt8], into process: ID<Process>, options: Options, by actor: Actor
    ) async throws -> [PabulibProblem] {
        let (file, warnings) = try Self.read(bytes)
        try await votes.create(
            try VoteSettings(file, options: options), projects: VoteProject.all(of: file), in: process,
            demonstration: options.demonstration, by: actor)
        return warnings
    }

    /// The same into the process with the handle `slug`, which is made with the vote, or not at all, when there is none.
    @discardableResult
    public func importVote(
        _ bytes: [UInt8], intoProcess slug: String, options: Options, by actor: Actor
    ) async throws -> [PabulibProblem] {
        let (file, warnings) = try Self.read(bytes)
        let settings = try VoteSettings(file, options: options)
        let projects: [VoteProject] = VoteProject.all(of: file)
        try await Processes.refusing {
            try await Votes.refusing {
                try await pool.transaction("vote.import") { transaction in
                    let known: Row? = try await transaction.one(
                        "vote.import_process", "SELECT id FROM process WHERE slug = \(slug)")
                    let process: ID<Process> =
                        if let known { ID(try known.get("id", as: UUID.self)) } else {
                            try await Processes.create(
                                ProcessDraft(
                                    slug: slug, title: Texts(["fr": slug]), summary: Texts([:]),
                                    description: Texts([:]), phases: []), by: actor, in: transaction)
                        }
                    try await Votes.create(
                        settings, projects: projects, in: process, demonstration: options.demonstration, by: actor,
                        in: transaction)
                }
            }
        }
        return warnings
    }

    private static func read(_ bytes: [UInt8]) throws -> (file: PabulibFile, warnings: [PabulibProblem]) {
        let reading: PabulibReading = PabulibFile.parse(bytes)
        guard let file = reading.file else {
            throw UnreadableFile(problems: reading.problems.sorted { ($0.line ?? .max) < ($1.line ?? .max) })
        }
        return (file, reading.warnings)
    }

    /// A ballot of a file that was not cast, and why.
    public struct Skipped: Sendable {
        /// Its line in the file.
        public let line: Int
        /// Every reason.
        public let reasons: [Invalidity]
    }

    /// Casts every ballot of a file in an open vote, each for a person of its own, through `Ballots.cast`.
    ///
    /// A replay that was interrupted can be started again: each ballot is cast once.
    ///
    /// - Parameter progress: called now and then with the number of ballots behind and the number in all.
    /// - Returns: how many were cast, and those that the definition does not allow.
    public func replay(
        _ bytes: [UInt8], in vote: Vote, progress: @Sendable (Int, Int) -> Void = { _, _ in }
    ) async throws -> (cast: Int, skipped: [Skipped]) {
        let reading: PabulibReading = PabulibFile.parse(bytes)
        guard let file = reading.file else { throw UnreadableFile(problems: reading.problems) }
        guard let opening = vote.opening else { throw Ballots.Refusal.notYetOpen }
        let checker: BallotChecker = opening.checker
        var cast = 0
        var skipped: [Skipped] = []
        for start in stride(from: 0, to: file.votes.count, by: 200) {
            let part = file.votes[start..<Swift.min(start + 200, file.votes.count)]
            var valid: [(person: ID<Person>, ballot: Ballot)] = []
            for line in part {
                do {
                    let lines: [BallotLine] = BallotLine.lines(of: line, type: file.voteType)
                    let ballot = try checker.ballot(Self.graded(lines, checker.rules))
                    valid.append((Self.person(line.voter, vote), ballot))
                } catch {
                    skipped.append(Skipped(line: line.line, reasons: error.reasons))
                }
            }
            try await pool.execute(
                "replay.person",
                "INSERT INTO person (id) SELECT unnest(\(valid.map(\.person.uuid))::uuid[]) ON CONFLICT DO NOTHING")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, item) in valid.enumerated() {
                    if index >= 8 { try await group.next() }
                    group.addTask {
                        _ = try await ballots.cast(
                            item.ballot, by: .code(item.person), in: vote, nonce: Self.nonce(item.person, vote))
                    }
                }
                try await group.waitForAll()
            }
            cast += valid.count
            progress(start + part.count, file.votes.count)
        }
        return (cast, skipped)
    }

    /// The lines with grades where the vote has grades: as many points as there are grades below.
    private static func graded(_ lines: [BallotLine], _ rules: BallotRules) -> [BallotLine] {
        guard rules.type == .grades else { return lines }
        return lines.map { line in
            let place: Int = rules.grades.count - 1 - (Int(line.value) ?? -1)
            return BallotLine(line.project, rules.grades.indices.contains(place) ? rules.grades[place] : line.value)
        }
    }

    /// The person for whom a line is cast, always the same one.
    private static func person(_ voter: String, _ vote: Vote) -> ID<Person> {
        var bytes: [UInt8] = Array(SHA256.hash(data: Array("replay person \(vote.id) \(voter)".utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let uuid: UUID = bytes.withUnsafeBytes { UUID(uuid: $0.load(as: uuid_t.self)) }
        return ID(uuid)
    }

    private static func nonce(_ person: ID<Person>, _ vote: Vote) -> FormNonce {
        let digest = SHA256.hash(data: Array("replay nonce \(vote.id) \(person)".utf8))
        // Sixteen bytes always make a nonce.
        return FormNonce(Hex.encode(Array(digest.prefix(16))))!
    }
}

extension VoteSettings {
    /// The settings that a Pabulib file describes.
    fileprivate init(_ file: PabulibFile, options: Imports.Options) throws {
        let projects: Int = file.projects.filter { !$0.isWithdrawn }.count
        func count(_ key: String) -> Int? { file.number(key).map { Int(clamping: $0) } }
        let maximum: Int = file.voteType == .chooseOne ? 1 : min(count("max_length") ?? projects, projects)
        let ballot: BallotRules
        switch file.voteType {
        case .approval, .chooseOne:
            ballot = BallotRules(
                type: .approval, minimum: min(max(count("min_length") ?? 1, 1), maximum), maximum: maximum,
                budgetLimit: file.maximumCost)
        case .cumulative, .scoring:
            let total: Int = count("max_sum_points") ?? 9999
            ballot = BallotRules(
                type: .points, minimum: min(max(count("min_length") ?? 1, 1), maximum), maximum: maximum,
                pointsPerProject: min(count("max_points") ?? total, 9999), pointsInTotal: total)
        case .ordinal:
            ballot = BallotRules(
                type: .ranking, minimum: min(max(count("min_length") ?? 1, 1), maximum), maximum: maximum)
        }
        let opens: Date = options.opens ?? Date()
        let rule: String = options.rule ?? Rule.pabulib(file.meta("rule")).name
        // Files give a threshold under any rule; only some read it.
        let readsThreshold: Bool = Rule(name: rule)?.readsThreshold ?? false
        let description: String = file.meta("description") ?? options.slug
        let language: String = ["fr", "en", "de"].first { $0 == file.meta("language") } ?? "fr"
        self.init(
            slug: options.slug, title: options.title ?? Texts([language: description]), budget: file.budget,
            currency: file.meta("currency") ?? "EUR", ballot: ballot,
            counting: Definition.Counting(
                rule: rule, tie: options.tie ?? "lexico",
                threshold: readsThreshold ? file.number("min_project_score_threshold") : nil),
            opens: opens, closes: options.closes ?? opens.addingTimeInterval(30 * 86_400))
    }
}

extension Rule {
    /// The rule that a Pabulib file names; a rule of the city's own is counted by support.
    fileprivate static func pabulib(_ name: String?) -> Rule {
        switch name {
        case "greedy-threshold": .greedyThreshold
        case "greedy-no-skip": .greedyNoSkip
        case "equalshares/add1": .equalSharesCity
        case "equalshares/add1-comparison": .equalSharesCityCompared
        default: .greedyVotes
        }
    }
}

extension VoteProject {
    /// The projects of a file. A project keeps its number where all numbers are plain and different.
    fileprivate static func all(of file: PabulibFile) -> [VoteProject] {
        let projects: [PabulibProject] = file.projects.filter { !$0.isWithdrawn }
        let numbers: [Int] = projects.compactMap { project in
            Int(project.id).flatMap { (1...99_999).contains($0) && String($0) == project.id ? $0 : nil }
        }
        let keepsNumbers: Bool = numbers.count == projects.count && Set(numbers).count == numbers.count
        let language: String = ["fr", "en", "de"].first { $0 == file.meta("language") } ?? "fr"
        return projects.enumerated().map { index, project in
            VoteProject(
                number: keepsNumbers ? numbers[index] : index + 1, key: project.id,
                title: Texts([language: project.name ?? project.id]),
                description: Texts([language: project.description ?? ""]), cost: project.cost,
                district: project.district, category: project.categories.first)
        }
    }
}

extension BallotLine {
    /// The lines of a file's ballot; a project that is named twice stands once, with its last points.
    fileprivate static func lines(of vote: PabulibVote, type: PabulibFile.VoteType) -> [BallotLine] {
        var lines: [BallotLine] = []
        var places: [String: Int] = [:]
        for (index, choice) in vote.choices.enumerated() {
            let value: String =
                switch type {
                case .approval, .chooseOne: ""
                case .ordinal: String(lines.count + 1)
                case .cumulative, .scoring: vote.points.map { String($0[index]) } ?? ""
                }
            if let place = places[choice] {
                if type != .ordinal { lines[place].value = value }
            } else {
                places[choice] = lines.count
                lines.append(BallotLine(choice, value))
            }
        }
        return lines
    }
}
