/// The batches of paper ballots, and the places that they come from (V9, and the paper side of V10).
struct BatchBook {
    struct Batch {
        let name: String
        let place: String
        let papers: Int
        let entry: Int
        var entered: [String] = []
        var settled: Settled?
    }

    struct Settled {
        let counted: Int
        let blank: Int
        let invalid: [Entry.ReasonCount]

        /// Nil when no `Int` holds the sum.
        var papers: Int? {
            var sum = counted
            for part in [blank] + invalid.map(\.count) {
                let (next, overflow) = sum.addingReportingOverflow(part)
                if overflow { return nil }
                sum = next
            }
            return sum
        }
    }

    private(set) var batches: [Batch] = []
    private var numbers: [String: Int] = [:]
    private(set) var discrepancies: [String: Int] = [:]

    var isEmpty: Bool { batches.isEmpty && discrepancies.isEmpty }

    mutating func visit(_ entry: Entry, _ index: Int, _ findings: inout Findings) {
        switch entry {
        case .batchDeclared(let batch, let place, let papers, _):
            guard numbers[batch] == nil else {
                findings.fail(.batchTwice, entry: index, batch)
                return
            }
            numbers[batch] = batches.count
            batches.append(Batch(name: batch, place: place, papers: papers, entry: index))
        case .batchEntered(let batch, let letter, _, let rows):
            guard let number = numbers[batch] else {
                findings.fail(.batchUndeclared, entry: index, batch)
                return
            }
            if batches[number].settled != nil || batches[number].entered.contains(letter) {
                findings.fail(.batchEntries, entry: index, "\(batch), \(letter)")
            }
            if rows > batches[number].papers { findings.fail(.batchRows, entry: index, batch) }
            batches[number].entered.append(letter)
        case .batchSettled(let batch, let counted, let blank, let invalid, _):
            guard let number = numbers[batch] else {
                findings.fail(.batchUndeclared, entry: index, batch)
                return
            }
            guard batches[number].settled == nil else {
                findings.fail(.batchTwice, entry: index, batch)
                return
            }
            let settled = Settled(counted: counted, blank: blank, invalid: invalid)
            if Set(batches[number].entered).count < 2 { findings.fail(.batchEntries, entry: index, batch) }
            if settled.papers != batches[number].papers {
                findings.fail(
                    .batchSum, entry: index,
                    "\(batch): \(batches[number].papers) papers, \(settled.papers.map(String.init) ?? "more") settled")
            }
            for reason in invalid where !Definition.invalidReasons.contains(reason.reason) {
                findings.fail(.batchReason, entry: index, "\(batch), \(reason.reason)")
            }
            batches[number].settled = settled
        case .staffActed(Entry.reopening, _, let batch?):
            // Its entries stay, and it must be settled again.
            guard let number = numbers[batch], batches[number].settled != nil else {
                findings.fail(.batchReopened, entry: index, batch)
                return
            }
            batches[number].settled = nil
        case .discrepancyRecorded(let place, let count, _, _):
            discrepancies[place, default: 0] &+= count
        default: break
        }
    }

    /// V9, once everything was read.
    ///
    /// - Parameter openedPapers: how many papers were opened.
    func report(isPublished: Bool, openedPapers: Int, _ findings: inout Findings) {
        if batches.isEmpty && openedPapers == 0 && !findings.fails(.v9) {
            findings.skip(.v9, "no papers")
            return
        }
        if isPublished {
            for batch in batches where batch.settled == nil {
                findings.fail(.batchUnsettled, entry: batch.entry, batch.name)
            }
            let counted = batches.reduce(0) { $0 &+ ($1.settled?.counted ?? 0) }
            if counted != openedPapers {
                findings.fail(.batchOpened, "\(counted) counted, \(openedPapers) opened")
            }
        }
        findings.figure(.v9, "batches", batches.count)
        findings.figure(.v9, "papers", batches.reduce(0) { $0 &+ $1.papers })
    }

    /// V10, once the vote is closed: marks − annulments = ballots ± recorded discrepancies.
    func balance(_ account: [Entry.ClosingLine], isPublished: Bool, _ findings: inout Findings) {
        var marks = 0
        var ballots = 0
        var paper: [String: (marks: Int, ballots: Int)] = [:]
        for line in account {
            let live = line.counts.marks - line.counts.annulled
            marks += live
            if line.channel == .paper {
                paper[line.place ?? "", default: (0, 0)].marks += live
            } else {
                ballots += line.counts.sealed
                if live != line.counts.sealed {
                    let place = Place(channel: line.channel, name: line.place).text
                    findings.fail(.balanceOfPlace, "\(place): \(live) live marks, \(line.counts.sealed) sealed ballots")
                }
            }
        }
        if isPublished {
            for batch in batches {
                let papers = batch.settled?.papers ?? 0
                paper[batch.place, default: (0, 0)].ballots &+= papers
                ballots &+= papers
            }
            for (place, count) in discrepancies {
                paper[place, default: (0, 0)].ballots &+= count
                ballots &+= count
            }
            for (place, sums) in paper.sorted(by: { $0.key.precedesByCodePoint($1.key) })
            where sums.marks != sums.ballots {
                findings.fail(
                    .balanceOfPlace, "paper, \(place): \(sums.marks) live marks, \(sums.ballots) papers")
            }
            if marks != ballots { findings.fail(.balanceOfWhole, "\(marks) live marks, \(ballots) ballots") }
        }
        findings.figure(.v10, "live_marks", marks)
        findings.figure(.v10, "ballots", ballots)
        findings.figure(.v10, "discrepancies", discrepancies.values.reduce(0) { $0 &+ Int(clamping: $1.magnitude) })
    }
}
