import BigInt

/// Phragmén's sequential rule for approval ballots with costs (Brill et al.).
///
/// Money flows to every ballot at one rate; a project is bought as soon as its supporters together hold its cost, and
/// they then hold nothing. A ballot therefore holds the time since its last purchase, and project `p` is bought at
///
///     time(p) = (cost + Σ time of each supporter's last purchase) / supporters,
///
/// a linear form in earlier times with whole coefficients. As in equal shares, floating point with a bound on its
/// error decides clear comparisons and exact fractions the others.
struct Phragmen {
    private struct Contender {
        var candidate: Int
        var low: Double
        var about: Double
    }

    /// A time `numerator / (denominator · weight)`.
    private struct Time {
        var numerator: BigInt
        var weight: Int64
    }

    private let problem: SharesProblem
    private let isFiltered: Bool
    /// The time each ballot last paid, and the purchase it paid for, -1 for none.
    private var last: [Double]
    private var lastRound: [Int32]
    private var error = 0.0
    private var floors: [Double]
    private var open: [Int]
    /// For each purchase: the candidate, and how many supporters had last paid at each earlier purchase.
    private var purchases: [(candidate: Int, since: [Int64])] = []
    private var times: [BigInt] = []
    private var denominator: BigInt = 1

    /// `problem` must hold free projects among its candidates, since here they are bought at time zero like any other.
    init(_ problem: SharesProblem, isFiltered: Bool) {
        self.problem = problem
        self.isFiltered = isFiltered
        last = [Double](repeating: 0, count: problem.weights.count)
        lastRound = [Int32](repeating: -1, count: problem.weights.count)
        floors = [Double](repeating: 0, count: problem.candidates.count)
        open = Array(problem.candidates.indices)
    }

    private static let unit = 0x1p-52

    /// The projects that can be bought first, all at the same moment, in tie order; empty when none is left.
    mutating func next(isLeftOut: (Int) -> Bool) -> (level: [Int], about: Double) {
        open.removeAll { isLeftOut(problem.candidates[$0]) }
        let order = open.sorted { floors[$0] < floors[$1] }
        var best = Double.infinity
        var contenders: [Contender] = []
        for candidate in order {
            if isFiltered, floors[candidate] > best { break }
            let about = estimate(candidate)
            let terms = problem.starts[candidate + 1] - problem.starts[candidate]
            let within = error + about * Double(terms + 8) * Self.unit
            floors[candidate] = max(floors[candidate], about - within)
            best = min(best, about + within)
            contenders.append(Contender(candidate: candidate, low: about - within, about: about))
        }
        if isFiltered { contenders.removeAll { $0.low > best } }
        guard let first = contenders.first else { return ([], 0) }
        guard contenders.count > 1 else { return ([first.candidate], first.about) }

        catchUp()
        var earliest = time(first.candidate)
        var level = [first.candidate]
        for contender in contenders.dropFirst() {
            let time = time(contender.candidate)
            let (left, right) = (time.numerator * BigInt(earliest.weight), earliest.numerator * BigInt(time.weight))
            if left < right {
                (earliest, level) = (time, [contender.candidate])
            } else if left == right {
                level.append(contender.candidate)
            }
        }
        let about = Fraction.approximation(earliest.numerator, denominator * BigInt(earliest.weight))
        // Candidates are numbered in tie order.
        return (level.sorted(), about)
    }

    /// Buys a candidate at the time that `next` gave.
    mutating func buy(_ candidate: Int, about: Double) {
        let terms = problem.starts[candidate + 1] - problem.starts[candidate]
        var since = [Int64](repeating: 0, count: purchases.count)
        for index in problem.starts[candidate]..<problem.starts[candidate + 1] {
            let ballot = Int(problem.supporters[index])
            if lastRound[ballot] >= 0 {
                since[Int(lastRound[ballot])] += problem.election.profile.weights[ballot]
            }
            last[ballot] = about
            lastRound[ballot] = Int32(purchases.count)
        }
        error += about * Double(terms + 8) * Self.unit
        purchases.append((candidate, since))
        open.removeAll { $0 == candidate }
    }

    private func estimate(_ candidate: Int) -> Double {
        var sum = problem.costs[candidate]
        for index in problem.starts[candidate]..<problem.starts[candidate + 1] {
            let ballot = Int(problem.supporters[index])
            sum += last[ballot] * problem.weights[ballot]
        }
        return sum / Double(problem.points[candidate])
    }

    private func time(_ candidate: Int) -> Time {
        var since = [Int64](repeating: 0, count: times.count)
        for index in problem.starts[candidate]..<problem.starts[candidate + 1] {
            let ballot = Int(problem.supporters[index])
            if lastRound[ballot] >= 0 {
                since[Int(lastRound[ballot])] += problem.election.profile.weights[ballot]
            }
        }
        return Time(numerator: sum(candidate, since), weight: problem.points[candidate])
    }

    private func sum(_ candidate: Int, _ since: [Int64]) -> BigInt {
        var sum = BigInt(problem.cost(candidate)) * denominator
        for (round, weight) in since.enumerated() where weight != 0 { sum += times[round] * BigInt(weight) }
        return sum
    }

    /// Brings the exact times up to the last purchase.
    private mutating func catchUp() {
        for round in times.count..<purchases.count {
            let (candidate, since) = purchases[round]
            let numerator = sum(candidate, since)
            let weight = BigInt(problem.points[candidate])
            let common = numerator.greatestCommonDivisor(with: weight)
            let factor = weight / common
            for earlier in times.indices where factor != 1 { times[earlier] *= factor }
            denominator *= factor
            times.append(numerator / common)
        }
    }
}

extension Phragmen {
    /// Runs the rule on an envelope: projects dearer than it are dropped first, unsupported ones come last, and the
    /// rule stops as soon as one of the projects that are level does not fit.
    static func run(
        _ problem: SharesProblem, isFiltered: Bool, ranking: [Int], ledger: inout Ledger, trace: inout Trace
    ) {
        let projects = problem.election.projects
        let money = ledger.envelope.money
        var phragmen = Phragmen(problem, isFiltered: isFiltered)
        var misfit: Int?
        while misfit == nil {
            let books = ledger
            let (level, about) = phragmen.next { projects[$0].cost > money || books.bar($0) != nil }
            guard let first = level.first else { break }
            let tied = level.map { problem.candidates[$0] }
            misfit = tied.first { !books.fits($0) }
            if misfit == nil {
                let before = ledger.left
                ledger.select(problem.candidates[first])
                phragmen.buy(first, about: about)
                trace.add(
                    problem.candidates[first], phase: .rule, before: before, after: ledger.left, decision: .selected,
                    level: Array(tied.dropFirst()))
            }
        }
        var unsupported = ranking.filter { problem.candidateOf[$0] < 0 && projects[$0].cost <= money }
        unsupported.sort { problem.places[$0] < problem.places[$1] }
        while misfit == nil {
            let books = ledger
            unsupported.removeAll { books.isSelected[$0] || books.bar($0) != nil }
            guard let first = unsupported.first else { break }
            misfit = unsupported.first { !books.fits($0) }
            if misfit == nil {
                let before = ledger.left
                ledger.select(first)
                trace.add(
                    first, phase: .rule, before: before, after: ledger.left, decision: .selected,
                    level: Array(unsupported.dropFirst()))
            }
        }
        for project in ranking where !ledger.isSelected[project] {
            let refusal: Refusal
            if let bar = ledger.bar(project) {
                refusal = bar
            } else if projects[project].cost > money {
                refusal = .tooExpensive
            } else if let misfit, misfit != project {
                refusal = .afterStop(at: projects[misfit].id)
            } else {
                refusal = .doesNotFit
            }
            trace.add(project, phase: .rule, before: ledger.left, after: ledger.left, decision: .refused(refusal))
        }
    }
}
