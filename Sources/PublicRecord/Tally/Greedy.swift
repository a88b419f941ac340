/// The greedy rules, and the completion by support that follows equal shares.
struct Greedy {
    /// What a project is ranked by.
    enum Merit {
        case support
        case supportPerCost
    }

    let election: Election
    let places: [Int]
    let tie: TieOrder

    /// Projects from the best to the worst.
    func ranking(of projects: [Int], by merit: Merit) -> [Int] {
        let (support, all, places) = (election.support, election.projects, places)
        return projects.sorted { a, b in
            let order = Self.compare((support[a], all[a].cost), (support[b], all[b].cost), by: merit)
            return order != 0 ? order > 0 : places[a] < places[b]
        }
    }

    /// Positive if `a` has more merit. Per cost: support ÷ cost by cross-multiplication; a supported project that
    /// costs nothing is better than any that costs something.
    private static func compare(
        _ a: (support: Int64, cost: Int64), _ b: (support: Int64, cost: Int64), by merit: Merit
    ) -> Int {
        switch merit {
        case .support:
            return (a.support > b.support ? 1 : 0) - (a.support < b.support ? 1 : 0)
        case .supportPerCost:
            if a.cost == 0 || b.cost == 0 {
                let (isFree, isFreeToo) = (a.cost == 0 && a.support > 0, b.cost == 0 && b.support > 0)
                if isFree || isFreeToo { return (isFree ? 1 : 0) - (isFreeToo ? 1 : 0) }
                return (a.support > 0 ? 1 : 0) - (b.support > 0 ? 1 : 0)
            }
            let (left, right) = (Int128(a.support) * Int128(b.cost), Int128(b.support) * Int128(a.cost))
            return (left > right ? 1 : 0) - (left < right ? 1 : 0)
        }
    }

    private func isLevel(_ a: Int, _ b: Int, by merit: Merit) -> Bool {
        let (first, second) = (election.projects[a].cost, election.projects[b].cost)
        return Self.compare((election.support[a], first), (election.support[b], second), by: merit) == 0
    }

    /// Ranks by merit and funds.
    func fund(
        _ projects: [Int], by merit: Merit, stopsAtFirstMisfit: Bool = false, threshold: Int64? = nil,
        phase: Step.Phase = .rule, ledger: inout Ledger, trace: inout Trace
    ) {
        fund(
            ranking(of: projects, by: merit), isLevel: { isLevel($0, $1, by: merit) },
            stopsAtFirstMisfit: stopsAtFirstMisfit, threshold: threshold, phase: phase, ledger: &ledger,
            trace: &trace)
    }

    /// Walks `ranking`, funds what fits and records one step per project.
    func fund(
        _ ranking: [Int], isLevel: (Int, Int) -> Bool, stopsAtFirstMisfit: Bool = false, threshold: Int64? = nil,
        phase: Step.Phase = .rule, ledger: inout Ledger, trace: inout Trace
    ) {
        var stop: Int?
        for (place, project) in ranking.enumerated() {
            let before = ledger.left
            let decision: Step.Decision
            if let bar = ledger.bar(project) {
                decision = .refused(bar)
            } else if let threshold, election.support[project] < threshold {
                decision = .refused(.belowThreshold(threshold))
            } else if let stop {
                decision = .refused(.afterStop(at: election.projects[stop].id))
            } else if ledger.fits(project) {
                ledger.select(project)
                decision = .selected
            } else {
                if stopsAtFirstMisfit { stop = project }
                let isHopeless = election.projects[project].cost > ledger.envelope.money
                decision = .refused(isHopeless ? .tooExpensive : .doesNotFit)
            }
            trace.add(
                project, phase: phase, before: before, after: ledger.left, decision: decision,
                level: level(place, in: ranking, isLevel))
        }
    }

    /// The projects around `place` that the rule itself could not tell from it.
    private func level(_ place: Int, in ranking: [Int], _ isLevel: (Int, Int) -> Bool) -> [Int] {
        var first = place
        while first > 0, isLevel(ranking[first - 1], ranking[place]) { first -= 1 }
        var last = place
        while last + 1 < ranking.count, isLevel(ranking[last + 1], ranking[place]) { last += 1 }
        return first == last ? [] : (first...last).filter { $0 != place }.map { ranking[$0] }
    }
}

/// Collects the steps of a count.
struct Trace {
    let election: Election
    let tie: TieOrder
    var envelope: String?
    private(set) var steps: [Step] = []

    init(_ election: Election, tie: TieOrder) {
        self.election = election
        self.tie = tie
    }

    mutating func add(
        _ project: Int, phase: Step.Phase, before: Int64, after: Int64, decision: Step.Decision, level: [Int] = [],
        payment: Payment? = nil
    ) {
        let others = level.map { election.projects[$0].id }
        steps.append(
            Step(
                round: steps.count + 1, phase: phase, project: election.projects[project].id,
                support: election.support[project], cost: election.projects[project].cost, envelope: envelope,
                moneyBefore: before, moneyAfter: after, decision: decision,
                tie: others.isEmpty ? nil : Tie(with: others, brokenBy: tie.name), payment: payment))
    }
}
