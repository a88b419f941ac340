/// The equal-shares rules: what the shares are, whether and until when they are raised, what follows.
struct EqualSharesCount {
    /// One rule of the family.
    struct Variant {
        var utility: SharesProblem.Utility = .cost
        /// Shares are raised by the step until something stops them.
        var isRaised = false
        /// Shares start at a whole number of units of currency.
        var isWhole = false
        /// Raising stops when nothing supported fits any more; otherwise only before overspending.
        var stopsWhenExhaustive = true
        /// A completion by support follows.
        var isCompleted = false
        /// The greedy outcome stands if strictly more voters prefer it.
        var isCompared = false

        init?(_ rule: Rule) {
            switch rule {
            case .equalSharesCost: break
            case .equalSharesCard: utility = .cardinality
            case .equalSharesCostCompleted: isCompleted = true
            case .equalSharesCardCompleted: (utility, isCompleted) = (.cardinality, true)
            case .equalSharesCostRaised: isRaised = true
            case .equalSharesCardRaised: (utility, isRaised) = (.cardinality, true)
            case .equalSharesCostRaisedCompleted: (isRaised, isCompleted) = (true, true)
            case .equalSharesCardRaisedCompleted: (utility, isRaised, isCompleted) = (.cardinality, true, true)
            case .equalSharesCity: (isRaised, isWhole, stopsWhenExhaustive) = (true, true, false)
            case .equalSharesCityCompleted: (isRaised, isWhole, isCompleted) = (true, true, true)
            case .equalSharesCityCompared:
                (isRaised, isWhole, stopsWhenExhaustive, isCompared) = (true, true, false, true)
            default: return nil
            }
        }
    }

    /// A whole unit of currency, in cents.
    private static let unit: Int64 = 100

    let variant: Variant
    let problem: SharesProblem
    /// The envelope before anything is bought.
    let ledger: Ledger
    let step: Int64
    let isFiltered: Bool

    /// The books after the run that stands, and the run itself.
    struct Result {
        var run: SharesRun
        var ledger: Ledger
        var share: Share
    }

    /// Raises the shares as long as the variant says, and returns the run that stands.
    func settle() -> Result {
        var size = firstShare()
        var run = SharesRun(problem, isFiltered: isFiltered)
        var books = ledger
        spend(size, &run, &books)
        var runs = 1
        var stop: Share.Stop? = variant.isRaised ? nil : .once
        while stop == nil {
            if variant.stopsWhenExhaustive, isExhaustive(books) {
                stop = .exhaustive
            } else if isComplete(books) {
                stop = .complete
            } else {
                let raised = size.raised(by: step)
                spend(raised, &run, &books)
                runs += 1
                if books.left < 0 {
                    stop = .overspending
                    // The run before stands: go back to it.
                    spend(size, &run, &books)
                } else {
                    size = raised
                }
            }
        }
        let share = Share(
            envelope: ledger.envelope.district, perVoter: size.text, runs: runs, stop: stop ?? .once)
        return Result(run: run, ledger: books, share: share)
    }

    /// The money divided by the voters, in whole units of currency if the variant says so.
    private func firstShare() -> ShareSize {
        let money = ledger.envelope.money
        guard problem.voters > 0 else { return ShareSize(numerator: 0, denominator: 1) }
        if variant.isWhole {
            return ShareSize(numerator: Int128(money / Self.unit / problem.voters * Self.unit), denominator: 1)
        }
        return ShareSize(numerator: Int128(money), denominator: problem.voters)
    }

    /// Buys from the beginning until nothing is affordable, or until the envelope is overspent.
    private func spend(_ size: ShareSize, _ run: inout SharesRun, _ books: inout Ledger) {
        run.begin(with: size)
        books.begin(as: ledger)
        for project in problem.free where books.bar(project) == nil { books.select(project) }
        while books.left >= 0, let offer = next(&run, books) {
            books.select(problem.candidates[offer.candidate])
            if books.left >= 0 { run.buy(offer) }
        }
    }

    private func next(_ run: inout SharesRun, _ books: Ledger) -> SharesRun.Offer? {
        books.hasLimits ? run.next { books.bar($0) != nil } : run.next()
    }

    private func isExhaustive(_ ledger: Ledger) -> Bool {
        problem.candidates.allSatisfy { ledger.isSelected[$0] || ledger.bar($0) != nil || !ledger.fits($0) }
    }

    private func isComplete(_ ledger: Ledger) -> Bool {
        problem.candidates.allSatisfy { ledger.isSelected[$0] || ledger.bar($0) != nil }
    }

    /// One step for every project the run bought, in order.
    func traceSelections(_ result: inout Result, into trace: inout Trace) {
        let projects = problem.election.projects
        var left = ledger.left
        for project in result.ledger.order.prefix(result.ledger.order.count - result.run.purchases.count) {
            trace.add(project, phase: .rule, before: left, after: left, decision: .selected)
        }
        for round in result.run.purchases.indices {
            let purchase = result.run.purchases[round]
            let project = problem.candidates[purchase.candidate]
            let before = left
            left -= projects[project].cost
            trace.add(
                project, phase: .rule, before: before, after: left, decision: .selected,
                level: purchase.level.map { problem.candidates[$0] }, payment: result.run.payment(round: round))
        }
    }

    /// One step for every project the run did not buy, by support.
    func traceRefusals(_ result: inout Result, ranking: [Int], into trace: inout Trace) {
        for project in ranking where !result.ledger.isSelected[project] {
            let refusal: Refusal
            let candidate = Int(problem.candidateOf[project])
            if let bar = result.ledger.bar(project) {
                refusal = bar
            } else if candidate < 0 {
                refusal = .noSupport
            } else {
                refusal = .supportersShort(held: result.run.held(by: candidate))
            }
            let left = result.ledger.left
            trace.add(project, phase: .rule, before: left, after: left, decision: .refused(refusal))
        }
    }

    /// How many voters have more of their projects in one outcome than in the other.
    func compare(_ shares: [Int], _ greedy: [Int]) -> (preferShares: Int64, preferGreedy: Int64) {
        let profile = problem.election.profile
        var difference = [Int](repeating: 0, count: problem.election.projects.count)
        for project in shares { difference[project] += 1 }
        for project in greedy { difference[project] -= 1 }
        var (preferShares, preferGreedy): (Int64, Int64) = (0, 0)
        for ballot in profile.weights.indices {
            var balance = 0
            for entry in profile.entries(of: ballot) where profile.score(entry) > 0 {
                balance += difference[Int(profile.projects[entry])]
            }
            if balance > 0 { preferShares += profile.weights[ballot] }
            if balance < 0 { preferGreedy += profile.weights[ballot] }
        }
        return (preferShares, preferGreedy)
    }
}
