/// Counts an election.
///
/// The outcome is exact and depends on nothing but the arguments: no clock, no chance, no floating point, and not the
/// order of the ballots. `Documentation/Counting.md` defines every rule.
public func tally(
    _ election: Election, rule: Rule, tie: TieOrder, parameters: Parameters = Parameters()
) throws(TallyError) -> Outcome {
    guard rule.reads(election.ballotType) else { throw .unsuitedBallots(rule: rule, ballots: election.ballotType) }
    var count = try Count(election, rule: rule, tie: tie, parameters: parameters)
    try count.run()
    return count.outcome()
}

/// One count under way: the rule applied to each envelope in turn.
struct Count {
    let election: Election
    let rule: Rule
    let tie: TieOrder
    let parameters: Parameters
    /// Whether clear comparisons may be decided by bounded floating point; the outcome is the same either way.
    let isFiltered: Bool
    let places: [Int]
    let limits: Membership
    var trace: Trace
    var order: [Int] = []
    var cost: Int64 = 0
    var money: Int64 = 0
    /// What each group of projects has been given so far, over all envelopes.
    var taken: [[Int]] = []
    var shares: [Share] = []
    var comparisons: [Comparison] = []
    var gauges: [String: Gauge] = [:]

    init(
        _ election: Election, rule: Rule, tie: TieOrder, parameters: Parameters, isFiltered: Bool = true
    ) throws(TallyError) {
        guard parameters.step > 0, parameters.step <= Limits.money else { throw .unusableParameter("step") }
        let all = parameters.envelopes.values.reduce(Int128(election.budget)) { $0 + Int128($1) }
        guard parameters.envelopes.values.allSatisfy({ $0 >= 0 }), all <= Int128(Limits.money) else {
            throw .unusableParameter("envelopes")
        }
        self.election = election
        self.rule = rule
        self.tie = tie
        self.parameters = parameters
        self.isFiltered = isFiltered
        places = tie.places(in: election)
        limits = try Membership(parameters, in: election)
        taken = [[Int]](repeating: [], count: limits.groups.count)
        trace = Trace(election, tie: tie)
    }

    /// Districts first, in the order of their names, so that what they leave can go to the city.
    mutating func run() throws(TallyError) {
        let districts = parameters.envelopes.keys.sorted(by: precedesAsText)
        var leftovers: Int64 = 0
        for district in districts {
            let projects = election.projects.indices.filter { election.projects[$0].district == district }
            let money = parameters.envelopes[district, default: 0]
            leftovers += try run(Ledger.Envelope(district: district, money: money, projects: projects))
            self.money += money
        }
        let rest = election.projects.indices.filter { index in
            guard let district = election.projects[index].district else { return true }
            return parameters.envelopes[district] == nil
        }
        let extra = parameters.leftoversToCity ? leftovers : 0
        _ = try run(Ledger.Envelope(district: nil, money: election.budget + extra, projects: rest))
        money += election.budget
    }

    /// Counts one envelope and returns what it leaves.
    private mutating func run(_ envelope: Ledger.Envelope) throws(TallyError) -> Int64 {
        trace.envelope = envelope.district
        let firstStep = trace.steps.count
        var ledger = Ledger(election, envelope: envelope, limits: limits, taken: taken)
        let greedy = Greedy(election: election, places: places, tie: tie)
        let threshold = try parameters.threshold?.points(voters: election.voters)
        switch rule {
        case .greedyVotes:
            greedy.fund(envelope.projects, by: .support, ledger: &ledger, trace: &trace)
        case .greedyThreshold, .greedyNoSkip:
            greedy.fund(
                envelope.projects, by: .support, stopsAtFirstMisfit: rule == .greedyNoSkip, threshold: threshold,
                ledger: &ledger, trace: &trace)
        case .greedyPerCost:
            greedy.fund(envelope.projects, by: .supportPerCost, ledger: &ledger, trace: &trace)
        case .phragmen:
            let problem = SharesProblem(
                election, envelope: envelope, utility: .cost, places: places,
                isWhole: parameters.envelopes.isEmpty, keepsFree: true)
            Phragmen.run(
                problem, isFiltered: isFiltered, ranking: greedy.ranking(of: envelope.projects, by: .support),
                ledger: &ledger, trace: &trace)
        case .majorityJudgment:
            runMajorityJudgment(envelope, greedy, ledger: &ledger)
        default:
            if let variant = EqualSharesCount.Variant(rule) {
                runEqualShares(variant, envelope, greedy, ledger: &ledger)
            }
        }
        if parameters.fundsOneInPart { fundOneInPart(since: firstStep, ledger: &ledger) }
        taken = ledger.taken
        order += ledger.order
        cost += envelope.money - ledger.left
        return ledger.left
    }

    private mutating func runEqualShares(
        _ variant: EqualSharesCount.Variant, _ envelope: Ledger.Envelope, _ greedy: Greedy, ledger: inout Ledger
    ) {
        let problem = SharesProblem(
            election, envelope: envelope, utility: variant.utility, places: places,
            isWhole: parameters.envelopes.isEmpty)
        let count = EqualSharesCount(
            variant: variant, problem: problem, ledger: ledger, step: parameters.step, isFiltered: isFiltered)
        var result = count.settle()
        shares.append(result.share)
        let ranking = greedy.ranking(of: envelope.projects, by: .support)

        if variant.isCompared {
            var rival = ledger
            var rivalTrace = trace
            greedy.fund(envelope.projects, by: .support, ledger: &rival, trace: &rivalTrace)
            let (preferShares, preferGreedy) = count.compare(result.ledger.order, rival.order)
            let keepsGreedy = preferGreedy > preferShares
            let rejected = (keepsGreedy ? result.ledger : rival).order.map { election.projects[$0].id }
            comparisons.append(
                Comparison(
                    envelope: envelope.district, preferShares: preferShares, preferGreedy: preferGreedy,
                    keptGreedy: keepsGreedy, rejected: rejected.sorted(by: precedesAsText)))
            if keepsGreedy {
                (ledger, trace) = (rival, rivalTrace)
                return
            }
        }
        count.traceSelections(&result, into: &trace)
        ledger = result.ledger
        if variant.isCompleted {
            let rest = ranking.filter { !result.ledger.isSelected[$0] }
            greedy.fund(rest, by: .support, phase: .completion, ledger: &ledger, trace: &trace)
        } else {
            count.traceRefusals(&result, ranking: ranking, into: &trace)
        }
    }

    /// Gives what is left to the best-placed project of the envelope that only lacked money.
    private mutating func fundOneInPart(since firstStep: Int, ledger: inout Ledger) {
        guard ledger.left > 0 else { return }
        let lacking = trace.steps[firstStep...].filter { step in
            switch step.decision {
            case .refused(.doesNotFit), .refused(.afterStop), .refused(.supportersShort): step.support > 0
            default: false
            }
        }
        let books = ledger
        let projects = election.projects
        let indices = lacking.compactMap { step in projects.firstIndex { $0.id == step.project } }
        guard let project = indices.first(where: { books.bar($0) == nil && !books.fits($0) }) else { return }
        let before = ledger.left
        let amount = ledger.selectInPart(project)
        trace.add(project, phase: .part, before: before, after: 0, decision: .selectedInPart(amount))
    }

    private mutating func runMajorityJudgment(
        _ envelope: Ledger.Envelope, _ greedy: Greedy, ledger: inout Ledger
    ) {
        guard case .grades(let scale) = election.ballotType else { return }
        let judgment = MajorityJudgment(election, scale: scale)
        let places = places
        let ranking = envelope.projects.sorted { a, b in
            let order = judgment.compare(a, b)
            return order != 0 ? order > 0 : places[a] < places[b]
        }
        for project in envelope.projects { gauges[election.projects[project].id] = judgment.gauge(project) }
        greedy.fund(ranking, isLevel: { judgment.compare($0, $1) == 0 }, ledger: &ledger, trace: &trace)
    }

    func outcome() -> Outcome {
        let ids = order.map { election.projects[$0].id }
        let names = election.projects.map(\.id)
        return Outcome(
            rule: rule, tie: tie, winners: ids.sorted(by: precedesAsText), order: ids, cost: cost, left: money - cost,
            voters: election.voters, support: Dictionary(uniqueKeysWithValues: zip(names, election.support)),
            votes: Dictionary(uniqueKeysWithValues: zip(names, election.votes)), steps: trace.steps, shares: shares,
            comparisons: comparisons, gauges: gauges)
    }
}
