/// The order of kinds (V4): what may stand where in a log.
struct Timeline {
    private enum Stage: Int, Comparable {
        case unopened, open, closed, published, certified

        static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
    }

    private var stage = Stage.unopened
    private var deadline: Int64 = 0
    private var isEarlyClosingOnRecord = false
    private var rolls = 0

    var hasRoll: Bool { rolls > 0 }
    var isOpen: Bool { stage >= .open }
    var isClosed: Bool { stage >= .closed }
    var isPublished: Bool { stage >= .published }

    /// What the log has come to, for the line of the report.
    var text: String {
        switch stage {
        case .unopened: "not opened yet"
        case .open: "open"
        case .closed: "closed"
        case .published: "result published"
        case .certified: "certified"
        }
    }

    /// A mark, a sealed ballot: only while the vote is open.
    mutating func whileOpen(_ index: Int, _ kind: String, _ findings: inout Findings) {
        if stage < .open {
            findings.fail(.entryBeforeOpening, entry: index, kind)
        } else if stage > .open {
            findings.fail(.entryAfterClosing, entry: index, kind)
        }
    }

    /// An opened ballot: between closing and result.
    mutating func whileCounting(_ index: Int, _ kind: String, _ findings: inout Findings) {
        if stage < .closed {
            findings.fail(.entryBeforeClosing, entry: index, kind)
        } else if stage > .closed {
            findings.fail(.entryAfterResult, entry: index, kind)
        }
    }

    /// Batches and their account: from opening until the result.
    private func untilResult(_ index: Int, _ kind: String, _ findings: inout Findings) {
        if stage < .open {
            findings.fail(.entryBeforeOpening, entry: index, kind)
        } else if stage > .closed {
            findings.fail(.entryAfterResult, entry: index, kind)
        }
    }

    /// An entry of a kind that is not frequent.
    mutating func visit(_ entry: Entry, _ index: Int, _ findings: inout Findings) {
        switch entry {
        case .voteOpened(_, _, let closes, _):
            if stage > .unopened { findings.fail(.entryTwice, entry: index, entry.kind) }
            stage = max(stage, .open)
            deadline = closes
        case .rollCommitted:
            if stage > .unopened { findings.fail(.entryAfterClosing, entry: index, entry.kind) }
            if rolls > 0 { findings.fail(.entryTwice, entry: index, entry.kind) }
            rolls += 1
        case .markAnnulled:
            whileOpen(index, entry.kind, &findings)
        case .batchDeclared, .batchEntered, .batchSettled, .discrepancyRecorded:
            untilResult(index, entry.kind, &findings)
        case .voteClosed(let at, _):
            if stage < .open { findings.fail(.entryBeforeOpening, entry: index, entry.kind) }
            if stage > .open { findings.fail(.entryTwice, entry: index, entry.kind) }
            if at < deadline, !isEarlyClosingOnRecord { findings.fail(.closedTooEarly, entry: index) }
            stage = max(stage, .closed)
        case .resultPublished:
            if stage < .closed { findings.fail(.entryBeforeClosing, entry: index, entry.kind) }
            if stage > .closed { findings.fail(.entryTwice, entry: index, entry.kind) }
            stage = max(stage, .published)
        case .voteCertified:
            if stage < .published { findings.fail(.entryBeforeResult, entry: index, entry.kind) }
            if stage > .published { findings.fail(.entryTwice, entry: index, entry.kind) }
            stage = max(stage, .certified)
        case .staffActed(let act, _, _):
            if act == "close_early" { isEarlyClosingOnRecord = true }
        case .markMade, .ballotSealed, .ballotOpened:
            // The scanner hands these over in their own form.
            break
        }
    }
}
