/// The opened ballots: their order, their groups, their choices and their count (V7, V8, V11, V12).
struct OpenedBook {
    private enum Position: Comparable {
        case unreadable
        case tracker(TrackerKey)
        case paper(group: [UInt8], serial: Int)

        private var rank: Int {
            switch self {
            case .unreadable: 0
            case .tracker: 1
            case .paper: 2
            }
        }

        static func < (left: Position, right: Position) -> Bool {
            switch (left, right) {
            case (.tracker(let one), .tracker(let other)): one < other
            case (.paper(let one, let serial), .paper(let other, let otherSerial)):
                one == other ? serial < otherSerial : one.lexicographicallyPrecedes(other)
            default: left.rank < right.rank
            }
        }
    }

    private struct Line: Hashable {
        let channel: Channel?
        let group: String
    }

    private let definition: Definition?
    private var count: BallotCount?
    private var countError: ResultError?
    private var last: Position?
    private var lines: [Line: Int] = [:]
    private var valid = 0
    private var blank = 0
    private var invalid = 0
    private(set) var sealed = 0
    private(set) var papers = 0

    var isEmpty: Bool { lines.isEmpty }

    init(_ definition: Definition?) {
        self.definition = definition
        guard let definition else { return }
        do throws(ResultError) { count = try BallotCount(definition) } catch { countError = error }
    }

    mutating func visit(_ entry: ScannedEntry.OpenedEntry, _ index: Int, _ findings: inout Findings) {
        let position: Position
        switch entry.mark {
        case .unreadable: position = .unreadable
        case .tracker(let tracker): position = .tracker(tracker)
        case .paper(let serial): position = .paper(group: Array(entry.group.utf8), serial: serial)
        }
        if let last {
            if position < last || (position == last && position > .unreadable) {
                findings.fail(position == last ? .trackerTwice : .trackerOrder, entry: index)
            }
        }
        last = position
        if case .paper = position { papers += 1 } else { sealed += 1 }
        lines[Line(channel: entry.channel, group: entry.group), default: 0] += 1
        read(entry, index, &findings)
    }

    private mutating func read(_ entry: ScannedEntry.OpenedEntry, _ index: Int, _ findings: inout Findings) {
        switch entry.choices {
        case .valid(let ballot):
            if ballot.isBlank { blank += 1 } else { valid += 1 }
            add(.valid(ballot), entry.channel, entry.group)
        case .invalid(let reason):
            invalid += 1
            if case .paper = entry.mark { findings.fail(.paperInvalid, entry: index, reason) }
            add(.invalid(reason), entry.channel, entry.group)
        case .notNormal: findings.fail(.choicesNotNormal, entry: index)
        case .wrongShape: findings.fail(.choicesShape, entry: index)
        case .unknown: break
        }
    }

    private mutating func add(
        _ content: BallotCount.Content, _ channel: Channel?, _ group: String, times: Int = 1
    ) {
        do throws(ResultError) { try count?.add(content, channel: channel, group: group, times: times) } catch {
            countError = error
            count = nil
        }
    }

    /// V7 and V8, once everything was read.
    func report(liveEnvelopes: Int, isPublished: Bool, _ findings: inout Findings) {
        if isPublished {
            if sealed != liveEnvelopes {
                findings.fail(.openedCount, "\(liveEnvelopes) live envelopes, \(sealed) opened ballots")
            }
        } else if sealed > liveEnvelopes {
            findings.fail(.openedCount, "\(liveEnvelopes) live envelopes, \(sealed) opened ballots")
        } else {
            findings.skip(.v7, isEmpty ? "no ballot is opened yet" : "ballots are being opened")
        }
        findings.figure(.v7, "live", liveEnvelopes)
        findings.figure(.v7, "opened", sealed)
        if isEmpty {
            findings.skip(.v8, isPublished ? "no ballots" : "no ballot is opened yet")
        } else if definition == nil {
            findings.skip(.v8, "without the definition no ballot can be checked")
        }
        findings.figure(.v8, "valid", valid)
        findings.figure(.v8, "blank", blank)
        findings.figure(.v8, "invalid", invalid)
    }

    /// V11: the groups are those that the marks and batches make.
    ///
    /// - Returns: the groups as they should be; nil without a definition.
    func reportGroups(
        _ account: [Entry.ClosingLine], _ batches: BatchBook, _ findings: inout Findings
    ) -> Groups? {
        guard let definition else {
            findings.skip(.v11, "without the definition no size is known")
            return nil
        }
        var cells: [Groups.Cell] = []
        for line in account where line.channel != .paper {
            cells.append(Groups.Cell(channel: line.channel, unit: line.place, ballots: line.counts.sealed))
        }
        for batch in batches.batches {
            cells.append(Groups.Cell(channel: .paper, unit: batch.name, ballots: batch.settled?.counted ?? 0))
        }
        let groups = Groups(cells, smallCell: definition.smallCell)
        var expected: [Line: Int] = [:]
        for group in groups.groups { expected[Line(channel: group.channel, group: group.name)] = group.ballots }
        if expected != lines {
            for (line, size) in lines.sorted(by: { $0.key.group.precedesByCodePoint($1.key.group) })
            where expected[line] != size {
                let fault: Fault = size < definition.smallCell && lines.count > 1 ? .groupTooSmall : .groupDiffers
                findings.fail(fault, "\(line.group): \(size) opened, \(expected[line] ?? 0) expected")
            }
            for (line, size) in expected.sorted(by: { $0.key.group.precedesByCodePoint($1.key.group) })
            where lines[line] == nil {
                findings.fail(.groupDiffers, "\(line.group): none opened, \(size) expected")
            }
        }
        if lines.isEmpty {
            findings.skip(.v11, "no ballots")
        } else if let small = groups.groups.first(where: { $0.ballots < definition.smallCell }) {
            findings.note(
                .v11, "“\(small.name)” has only \(small.ballots) ballots, and there is nothing it could be joined with")
        }
        findings.figure(.v11, "groups", lines.count)
        findings.figure(.v11, "smallest", lines.values.min() ?? 0)
        findings.figure(.v11, "small_cell", definition.smallCell)
        return groups
    }

    /// V12: the result that the ballots give, byte for byte.
    mutating func reportResult(
        _ published: [UInt8]?, named: (hash: Hash, rule: String, entry: Int)?, definitionHash: Hash,
        groups: Groups?, _ batches: BatchBook, _ findings: inout Findings
    ) {
        guard let named else {
            if published == nil {
                findings.skip(.v12, "no result is published yet")
            } else {
                findings.fail(.resultUnannounced)
            }
            return
        }
        guard let definition, let groups else {
            findings.skip(.v12, "without the definition nothing can be counted")
            return
        }
        if !named.rule.isSameBytes(as: definition.counting.rule) {
            findings.fail(.resultRule, entry: named.entry, named.rule)
        }
        for batch in batches.batches {
            guard let settled = batch.settled else { continue }
            let name = Groups.Cell(channel: .paper, unit: batch.name, ballots: 0).name
            let group = groups.group(of: .paper, unit: batch.name)?.name ?? name
            if settled.blank > 0 { add(.valid(definition.ballot.blank), .paper, group, times: settled.blank) }
            for reason in settled.invalid { add(.invalid(reason.reason), .paper, group, times: reason.count) }
        }
        guard let published else {
            findings.fail(.resultMissing, entry: named.entry)
            return
        }
        if Hash(of: published) != named.hash { findings.fail(.resultHash, entry: named.entry) }
        do throws(ResultError) {
            if let countError { throw countError }
            guard let result = try count?.result(definitionHash: definitionHash) else { return }
            if result.bytes != published { findings.fail(.resultDiffers, Self.difference(result.bytes, published)) }
            findings.figure(.v12, "projects", definition.projects.count)
            findings.figure(.v12, "winners", result.outcome.winners.count)
            findings.figure(.v12, "cost", Int(result.outcome.cost))
        } catch {
            findings.fail(.resultUncountable, "\(error)")
        }
    }

    /// Which members of the two results differ.
    private static func difference(_ own: [UInt8], _ published: [UInt8]) -> String {
        guard case .object(let mine)? = try? CanonicalJSON(parsing: own),
            case .object(let theirs)? = try? CanonicalJSON(parsing: published)
        else { return "it is not canonical JSON" }
        let names = mine.filter { member in
            !theirs.contains { $0.name.isSameBytes(as: member.name) && $0.value == member.value }
        }
        return names.isEmpty ? "further members" : names.map(\.name).joined(separator: ", ")
    }
}

extension BallotRules {
    /// The blank ballot.
    public var blank: Ballot {
        switch type {
        case .approval: .approval([])
        case .points: .points([])
        case .ranking: .ranking([])
        case .grades: .grades([])
        }
    }
}
