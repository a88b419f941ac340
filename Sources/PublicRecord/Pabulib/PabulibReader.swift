extension PabulibFile {
    /// Reads a `.pb` file and reports every problem in it. Any bytes are safe; the time is linear in their number.
    public static func parse(_ bytes: [UInt8]) -> PabulibReading {
        var reader = PabulibReader(bytes)
        reader.read()
        return reader.reading()
    }
}

/// Reads one file from its first byte to its last.
struct PabulibReader {
    private enum Section: String, CaseIterable {
        case meta = "META"
        case projects = "PROJECTS"
        case votes = "VOTES"
    }

    /// Problems beyond this number are not listed: a wrong separator should not cost a gigabyte.
    private static let mostProblems = 10_000

    private let bytes: [UInt8]
    private var rows: PabulibRows
    private var problems: [PabulibProblem] = []
    private var hasErrors = false
    private var isFull = false

    private var section: Section?
    private var seen: Set<Section> = []
    private var header: [String] = []
    private var headerIsUsable = false

    private var meta: [(key: String, value: String)] = []
    private var metaLines: [String: Int] = [:]
    private var projects: [PabulibProject] = []
    private var ids = IDTable()
    private var idTexts: Set<String> = []
    private var voters = IDTable()
    private var voterLines: [Int32] = []
    private var voteType: PabulibFile.VoteType?
    private var votes = PabulibVotes(bytes: [], header: [], ids: [], hasPoints: false)
    private var columns = VoteColumns()
    private var limits = BallotLimits()

    /// Where a line of VOTES keeps what is needed of it.
    private struct VoteColumns {
        var voter = 0
        var vote = 0
        var points: Int?
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        rows = PabulibRows(bytes, from: bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0)
    }

    mutating func read() {
        if let index = firstInvalidUTF8(bytes) {
            let line = bytes[..<index].reduce(into: 1) { count, byte in if byte == UInt8(ascii: "\n") { count += 1 } }
            report(line, .notUTF8)
            return
        }
        while rows.next() {
            if let line = rows.openQuote {
                report(line, .openQuote)
                break
            }
            if let title = sectionTitle() {
                begin(title)
            } else {
                switch section {
                case nil: report(rows.line, .outsideSection)
                case .meta: readMeta()
                case .projects: readProject()
                case .votes: readVote()
                }
            }
        }
        for section in Section.allCases where !seen.contains(section) {
            report(nil, .missingSection(section.rawValue))
        }
        checkCounts()
    }

    func reading() -> PabulibReading {
        guard !hasErrors, let voteType, let budget = budget().amount else {
            return PabulibReading(file: nil, problems: problems)
        }
        let file = PabulibFile(meta: meta, voteType: voteType, budget: budget, projects: projects, votes: votes)
        return PabulibReading(file: file, problems: problems)
    }

    private mutating func report(_ line: Int?, _ kind: PabulibProblem.Kind) {
        let problem = PabulibProblem(line: line, kind: kind)
        if problem.severity == .error { hasErrors = true }
        if problems.count < Self.mostProblems {
            problems.append(problem)
        } else if !isFull {
            isFull = true
            problems.append(PabulibProblem(line: line, kind: .more))
            hasErrors = true
        }
    }

    // MARK: Sections

    /// The section a line opens: its first field is the title and no other field has text.
    private func sectionTitle() -> Section? {
        let first = rows.trimmed(0)
        guard first.count <= 8, let text = Section(rawValue: String(decoding: first, as: UTF8.self).uppercased()),
            rows.fields.indices.dropFirst().allSatisfy({ rows.trimmed($0).isEmpty })
        else { return nil }
        return text
    }

    private mutating func begin(_ title: Section) {
        if !seen.insert(title).inserted { report(rows.line, .repeatedSection(title.rawValue)) }
        section = title
        header = []
        headerIsUsable = false
        let line = rows.line
        // A title straight after a title has no header; the row must then be read as the title it is.
        let saved = rows
        guard rows.next(), rows.openQuote == nil, sectionTitle() == nil else {
            report(line, .missingHeader(title.rawValue))
            rows = saved
            return
        }
        readHeader(title)
    }

    private mutating func readHeader(_ title: Section) {
        header = rows.fields.indices.map { String(decoding: rows.trimmed($0), as: UTF8.self).lowercased() }
        while header.last == "" { header.removeLast() }
        headerIsUsable = true
        for (index, column) in header.enumerated() where !column.isEmpty && header[..<index].contains(column) {
            report(rows.line, .repeatedColumn(section: title.rawValue, column: column))
            headerIsUsable = false
        }
        let needed =
            switch title {
            case .meta: ["key", "value"]
            case .projects: ["project_id", "cost"]
            case .votes: ["voter_id", "vote"]
            }
        for column in needed where !header.contains(column) {
            report(rows.line, .missingColumn(section: title.rawValue, column: column))
            headerIsUsable = false
        }
        if title == .votes { prepareVotes(line: rows.line) }
    }

    /// Whether the row has as many fields as its header; empty ones too many are only odd.
    private mutating func hasRightWidth() -> Bool {
        let found = rows.fields.count
        if found == header.count { return true }
        if found > header.count, (header.count..<found).allSatisfy({ rows.trimmed($0).isEmpty }) {
            report(rows.line, .extraFields)
            return true
        }
        report(rows.line, .fieldCount(found: found, expected: header.count))
        return false
    }

    private func text(_ field: Int) -> String { String(decoding: rows.trimmed(field), as: UTF8.self) }

    // MARK: META

    private mutating func readMeta() {
        guard headerIsUsable else { return }
        guard rows.fields.count >= 2 else {
            report(rows.line, .fieldCount(found: rows.fields.count, expected: 2))
            return
        }
        let key = text(0).lowercased()
        var value = text(1)
        // A comment may hold separators that nobody quoted.
        for field in rows.fields.indices.dropFirst(2) where !rows.trimmed(field).isEmpty {
            value += ";" + text(field)
        }
        guard metaLines[key] == nil else {
            report(rows.line, ["budget", "vote_type"].contains(key) ? .repeatedMeta(key) : .ignoredMeta(key))
            return
        }
        metaLines[key] = rows.line
        meta.append((key, value))
        let isNumber = value.isEmpty || value.lowercased() == "none" || wholePart(of: value) != nil
        switch key {
        case "budget":
            let budget = budget()
            if budget.amount == nil {
                report(rows.line, .unusableBudget(value))
            } else if budget.isNegative {
                report(rows.line, .negativeBudget(value))
            } else if budget.hasFraction {
                report(rows.line, .budgetFraction(value))
            }
        case "vote_type":
            voteType = PabulibFile.VoteType(rawValue: value.lowercased())
            if voteType == nil { report(rows.line, .unknownVoteType(value)) }
        case "min_project_score_threshold" where !isNumber:
            report(rows.line, .unusableNumber(key: key, value: value))
        case "min_length", "max_length", "max_points", "min_sum_points", "max_sum_points":
            if !isNumber { report(rows.line, .ignoredLimit(key: key, value: value)) }
        default: break
        }
    }

    private func value(_ key: String) -> String? { meta.first { $0.key == key }?.value }

    private func budget() -> Cents.Reading {
        value("budget").map { Cents.parse(trimmingSpace(ArraySlice($0.utf8))) } ?? Cents.Reading()
    }

    // MARK: PROJECTS

    private mutating func readProject() {
        guard headerIsUsable, hasRightWidth() else { return }
        var values: [String: String] = [:]
        var costText = ""
        for (index, column) in header.enumerated() where !column.isEmpty {
            let value = text(index)
            if column == "cost" { costText = value }
            if !value.isEmpty, value.lowercased() != "none" || column == "project_id" { values[column] = value }
        }
        guard let id = values["project_id"] else {
            report(rows.line, .missingProjectID)
            return
        }
        let cost = Cents.parse(ArraySlice(costText.utf8))
        if cost.amount == nil || cost.hasFraction {
            report(rows.line, .unusableCost(project: id, value: costText))
        } else if cost.isNegative {
            report(rows.line, .negativeCost(project: id, value: costText))
        }
        // Two spellings that Unicode holds equal are one id too: nobody could tell them apart on a ballot.
        guard ids.insert(ArraySlice(id.utf8)) != nil, idTexts.insert(id).inserted else {
            let first = projects.first { $0.id == id }?.line ?? rows.line
            report(rows.line, .duplicateProject(id: id, first: first))
            return
        }
        var selected: Int?
        if let code = values["selected"] {
            selected = wholePart(of: code).flatMap { 0...3 ~= $0 ? Int($0) : nil }
            if selected == nil { report(rows.line, .unknownSelected(project: id, value: code)) }
        }
        let categories = values["category"] ?? values["categories"] ?? ""
        projects.append(
            PabulibProject(
                id: id, cost: cost.amount ?? 0, name: values["name"], votes: values["votes"].flatMap { Int64($0) },
                score: values["score"].flatMap { Int64($0) }, selected: selected,
                district: values["district"] ?? values["neighborhood"] ?? values["neighbourhood"] ?? values["subunit"],
                categories: categories.split(separator: ",").map { trimmed(String($0)) }.filter { !$0.isEmpty },
                description: values["description"], latitude: values["latitude"], longitude: values["longitude"],
                publicID: values["public_id"], columns: values, isWithdrawn: cost.amount == Self.withdrawnCost,
                line: rows.line))
    }

    /// 999999999 in units of currency marks a project withdrawn after the vote.
    private static let withdrawnCost: Int64 = 99_999_999_900

    private func trimmed(_ text: String) -> String {
        String(decoding: trimmingSpace(ArraySlice(text.utf8)), as: UTF8.self)
    }

    // MARK: VOTES

    private mutating func prepareVotes(line: Int) {
        for key in ["budget", "vote_type"] where metaLines[key] == nil { report(nil, .missingMeta(key)) }
        let hasPoints = voteType?.ballotType == .points
        columns = VoteColumns(
            voter: header.firstIndex(of: "voter_id") ?? 0, vote: header.firstIndex(of: "vote") ?? 0,
            points: hasPoints ? header.firstIndex(of: "points") : nil)
        if hasPoints, columns.points == nil {
            report(line, .missingColumn(section: Section.votes.rawValue, column: "points"))
            headerIsUsable = false
        }
        limits = BallotLimits { key in value(key).flatMap { wholePart(of: $0) } }
        limits.sumOfCosts = value("max_sum_cost").flatMap { Cents.amount($0) }
        votes = PabulibVotes(bytes: bytes, header: header, ids: projects.map(\.id), hasPoints: hasPoints)
    }

    private mutating func readVote() {
        guard headerIsUsable, hasRightWidth() else { return }
        let voter = rows.trimmed(columns.voter)
        if let number = voters.number(of: voter) {
            report(rows.line, .duplicateVoter(id: text(columns.voter), first: Int(voterLines[number])))
        } else if voters.insert(voter) != nil {
            voterLines.append(Int32(clamping: rows.line))
        }
        let first = votes.choices.count
        let hasChoices = readChoices()
        let hasPoints = columns.points == nil || readPoints(columns.points ?? 0, choices: first)
        guard hasChoices, hasPoints else {
            votes.choices.removeSubrange(first...)
            if columns.points != nil { votes.points.removeSubrange(first...) }
            return
        }
        votes.rows.append(rows.start)
        votes.lines.append(Int32(clamping: rows.line))
        votes.starts.append(votes.choices.count)
        checkBallot(votes.rows.count - 1)
    }

    /// Appends the projects of the current line; false if one does not exist.
    private mutating func readChoices() -> Bool {
        let list = rows.trimmed(columns.vote)
        if list.isEmpty || (isNone(list) && ids.number(of: list) == nil) { return true }
        var areKnown = true
        var rest = list
        while let part = nextPart(&rest) {
            if part.isEmpty {
                report(rows.line, .emptyChoice(voter: text(columns.voter)))
            } else if let project = ids.number(of: part) {
                votes.choices.append(Int32(project))
            } else {
                // Keeps its place until the line is dropped, so that the points are still counted against it.
                votes.choices.append(-1)
                areKnown = false
                let id = String(decoding: part, as: UTF8.self)
                report(rows.line, .unknownProject(voter: text(columns.voter), project: id))
            }
        }
        return areKnown
    }

    /// Appends the points of the current line; false if they are not one whole number per project.
    private mutating func readPoints(_ field: Int, choices first: Int) -> Bool {
        let list = rows.trimmed(field)
        let projects = votes.choices.count - first
        var areUsable = true
        var count = 0
        var rest = isNone(list) ? [] : list
        while let part = nextPart(&rest) {
            if part.isEmpty { continue }
            count += 1
            let reading = Cents.parse(part)
            if let cents = reading.amount, cents % 100 == 0, cents >= 0, cents / 100 <= Limits.score,
                !reading.hasFraction
            {
                votes.points.append(cents / 100)
            } else {
                areUsable = false
                votes.points.append(0)
                let value = String(decoding: part, as: UTF8.self)
                report(rows.line, .unusablePoints(voter: text(columns.voter), value: value))
            }
        }
        if count != projects {
            report(rows.line, .pointsCount(voter: text(columns.voter), points: count, projects: projects))
            return false
        }
        return areUsable
    }

    /// Cuts the part before the next comma off `rest`; `nil` when nothing is left.
    private func nextPart(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard !rest.isEmpty else { return nil }
        var end = rest.startIndex
        while end < rest.endIndex, rest[end] != UInt8(ascii: ",") { end += 1 }
        let part = rest[rest.startIndex..<end]
        rest = end < rest.endIndex ? rest[(end + 1)...] : []
        return trimmingSpace(part)
    }

    private func isNone(_ text: ArraySlice<UInt8>) -> Bool {
        text.count == 4 && String(decoding: text, as: UTF8.self).lowercased() == "none"
    }

    // MARK: Sums

    /// Says where the ballot breaks a limit of META or names a project twice.
    private mutating func checkBallot(_ vote: Int) {
        let range = votes.choiceRange(vote)
        if range.count > 1 {
            var sorted = votes.choices[range]
            sorted.sort()
            var last: Int32 = -1
            var reported: Int32 = -1
            for project in sorted {
                if project == last, project != reported {
                    reported = project
                    report(rows.line, .repeatedChoice(voter: text(columns.voter), project: projects[Int(project)].id))
                }
                last = project
            }
        }
        guard !limits.isEmpty else { return }
        let points = columns.points == nil ? [] : votes.points[range]
        let costs = limits.sumOfCosts == nil ? [] : votes.choices[range].map { projects[Int($0)].cost }
        for key in limits.broken(length: range.count, points: points, costs: costs) {
            report(rows.line, .beyondLimit(voter: text(columns.voter), key: key))
        }
    }

    /// Compares what the file announces with what it holds.
    private mutating func checkCounts() {
        let found = ["num_projects": projects.count, "num_votes": votes.rows.count]
        for key in ["num_projects", "num_votes"] {
            if let announced = value(key), let count = found[key], wholePart(of: announced).map(Int.init) != count {
                report(metaLines[key], .announcedCount(key: key, announced: announced, found: count))
            }
        }
        guard !hasErrors else { return }
        var counted = [Int64](repeating: 0, count: projects.count)
        var scored = counted
        for vote in votes.rows.indices {
            let range = votes.choiceRange(vote)
            for (position, choice) in range.enumerated() {
                let project = Int(votes.choices[choice])
                counted[project] += 1
                scored[project] += votes.hasPoints ? votes.points[choice] : Int64(range.count - position)
            }
        }
        let hasScores = voteType?.ballotType != .approval
        for (index, project) in projects.enumerated() {
            if let declared = project.votes, declared != counted[index] {
                let kind = PabulibProblem.Kind.declaredCount(
                    project: project.id, column: "votes", declared: declared, found: counted[index])
                report(project.line, kind)
            }
            if hasScores, let declared = project.score, declared != scored[index] {
                let kind = PabulibProblem.Kind.declaredCount(
                    project: project.id, column: "score", declared: declared, found: scored[index])
                report(project.line, kind)
            }
        }
    }
}

/// What META allows a ballot.
private struct BallotLimits {
    var minimumLength: Int64?
    var maximumLength: Int64?
    var minimumSum: Int64?
    var maximumSum: Int64?
    var maximumPoints: Int64?
    var sumOfCosts: Int64?

    init() {}

    init(_ number: (String) -> Int64?) {
        minimumLength = number("min_length")
        maximumLength = number("max_length")
        minimumSum = number("min_sum_points")
        maximumSum = number("max_sum_points")
        maximumPoints = number("max_points")
    }

    var isEmpty: Bool {
        [minimumLength, maximumLength, minimumSum, maximumSum, maximumPoints, sumOfCosts].allSatisfy { $0 == nil }
    }

    /// The keys of the limits that a ballot breaks. A blank ballot breaks none.
    func broken(length: Int, points: ArraySlice<Int64>, costs: [Int64]) -> [String] {
        guard length > 0 else { return [] }
        var keys: [String] = []
        if let minimumLength, length < minimumLength { keys.append("min_length") }
        if let maximumLength, length > maximumLength { keys.append("max_length") }
        if !points.isEmpty {
            let sum = points.reduce(0, +)
            if let minimumSum, sum < minimumSum { keys.append("min_sum_points") }
            if let maximumSum, sum > maximumSum { keys.append("max_sum_points") }
            if let maximumPoints, points.contains(where: { $0 > maximumPoints }) { keys.append("max_points") }
        }
        if let sumOfCosts {
            // Saturating: a ballot can name a dear project often enough to overflow.
            var sum: Int64 = 0
            for cost in costs { sum = min(sum + cost, 2 * Limits.money) }
            if sum > sumOfCosts { keys.append("max_sum_cost") }
        }
        return keys
    }
}
