import BigInt

// The method of equal shares (Peters, Pierczyński, Skowron 2021), exact and fast.
//
// Every ballot starts with the same share of the money. A project is affordable at price r per point if its
// supporters, each paying r for every point they gave it or all they have left, together pay its cost. The project
// with the best value, points of utility per money, is bought first.
//
// Exactness without big numbers in the inner loop rests on one observation. A ballot that has never been emptied has
// paid the full price of everything it supports, so what it has left is
//
//     share − Σ price(j) · points(j)      over the projects j bought so far,
//
// and the exact price of any project is a linear form, with whole coefficients, in the share and the earlier prices.
// Ballots therefore carry floating-point money with a known bound on its error. A comparison that the bound decides
// is decided; any other one is decided by the linear form in exact arithmetic.

/// The part of an equal-shares count that does not depend on the size of the shares.
struct SharesProblem {
    /// How much a funded project is worth to a voter.
    enum Utility {
        /// Its cost, times points.
        case cost
        /// One, times points.
        case cardinality
    }

    let election: Election
    let utility: Utility
    let places: [Int]
    /// Supported projects that cost something, by project index.
    let candidates: [Int]
    /// Supported projects that cost nothing: bought before anything else.
    let free: [Int]
    /// For each project its place in `candidates`, or -1.
    let candidateOf: [Int32]
    /// Supporters of candidate `c`: `supporters[starts[c]..<starts[c + 1]]`, distinct ballots.
    let starts: [Int]
    let supporters: [Int32]
    /// Points, parallel to `supporters`; empty when every score is 1.
    let scores: [Double]
    /// How often each distinct ballot was cast.
    let weights: [Double]
    /// All points of a candidate.
    let points: [Int64]
    /// Costs in cents, by candidate.
    let costs: [Double]
    /// The highest score on any ballot.
    let highestScore: Double
    /// The ballots that share the money.
    let voters: Int64

    /// - Parameters:
    ///   - isWhole: whether every ballot shares the money, or only those that support a project of the envelope.
    ///   - keepsFree: whether projects that cost nothing are candidates like any other.
    init(
        _ election: Election, envelope: Ledger.Envelope, utility: Utility, places: [Int], isWhole: Bool,
        keepsFree: Bool = false
    ) {
        let profile = election.profile
        let projects = election.projects
        let supported = envelope.projects.filter { election.support[$0] > 0 && !projects[$0].isWithdrawn }
        let inTieOrder = supported.sorted { places[$0] < places[$1] }
        candidates = keepsFree ? inTieOrder : inTieOrder.filter { projects[$0].cost > 0 }
        free = keepsFree ? [] : inTieOrder.filter { projects[$0].cost == 0 }
        var candidateOf = [Int32](repeating: -1, count: projects.count)
        for (candidate, project) in candidates.enumerated() { candidateOf[project] = Int32(candidate) }

        var counts = [Int](repeating: 0, count: candidates.count)
        var highest: Int64 = 1
        var present: Int64 = 0
        var isCompeting = [Bool](repeating: false, count: projects.count)
        for project in envelope.projects { isCompeting[project] = true }
        for ballot in profile.weights.indices {
            var isPresent = isWhole
            for entry in profile.entries(of: ballot) {
                let score = profile.score(entry)
                let project = Int(profile.projects[entry])
                guard score > 0, isCompeting[project] else { continue }
                isPresent = true
                highest = max(highest, score)
                if candidateOf[project] >= 0 { counts[Int(candidateOf[project])] += 1 }
            }
            if isPresent { present += profile.weights[ballot] }
        }
        var starts = [0]
        for count in counts { starts.append(starts[starts.count - 1] + count) }
        var next = starts
        let total = starts[starts.count - 1]
        let isUniform = highest == 1
        let (supporters, scores) = Self.columns(total, isUniform: isUniform) { supporters, scores in
            for ballot in profile.weights.indices {
                for entry in profile.entries(of: ballot) {
                    let candidate = Int(candidateOf[Int(profile.projects[entry])])
                    let score = profile.score(entry)
                    guard score > 0, candidate >= 0 else { continue }
                    supporters[next[candidate]] = Int32(ballot)
                    if !isUniform { scores[next[candidate]] = Double(score) }
                    next[candidate] += 1
                }
            }
        }
        self.election = election
        self.utility = utility
        self.places = places
        self.candidateOf = candidateOf
        self.starts = starts
        self.supporters = supporters
        self.scores = scores
        weights = profile.weights.map { Double($0) }
        points = candidates.map { election.support[$0] }
        costs = candidates.map { Double(projects[$0].cost) }
        highestScore = Double(highest)
        voters = present
    }

    private static func columns(
        _ count: Int, isUniform: Bool, fill: (inout [Int32], inout [Double]) -> Void
    ) -> ([Int32], [Double]) {
        var supporters = [Int32](repeating: 0, count: count)
        var scores = [Double](repeating: 0, count: isUniform ? 0 : count)
        fill(&supporters, &scores)
        return (supporters, scores)
    }

    func cost(_ candidate: Int) -> Int64 { election.projects[candidates[candidate]].cost }

    /// What is compared between candidates at a price: money per unit of utility.
    func rate(_ candidate: Int, price: Double) -> Double {
        switch utility {
        case .cost: price / costs[candidate]
        case .cardinality: price
        }
    }
}

/// The money each ballot starts with, in cents: an exact fraction.
struct ShareSize: Equatable {
    var numerator: BigInt
    var denominator: BigInt

    var approximation: Double { Fraction.approximation(numerator, denominator) }
    var text: String { Fraction.text(numerator, denominator) }
}

/// One run of equal shares with shares of one size.
struct SharesRun {
    /// A bought candidate.
    struct Purchase {
        var candidate: Int
        /// Ballots that paid less than the full price and so all they had, in distinct ballots.
        var emptied: [Int32]
        /// Points of the ballots that paid the full price.
        var fullPoints: Int64
        /// Ballots that paid something, and those among them that paid all they had.
        var payers: Int64
        var spent: Int64
        /// The candidates that were exactly level with it.
        var level: [Int]
    }

    /// An exact price `numerator / (prices.denominator · fullPoints)` in cents per point, times the share's denominator.
    struct Price {
        var numerator: BigInt
        var fullPoints: Int64
        var emptied: [Int32]
    }

    private let problem: SharesProblem
    private let share: ShareSize
    private let isFiltered: Bool
    private let start: Double

    /// Money left by distinct ballot, in cents, wrong by at most `error`; exactly zero once emptied.
    private var money: [Double]
    private var isEmptied: [Bool]
    private var error = 0.0

    private(set) var purchases: [Purchase] = []
    /// The round in which a project was bought, by project index, or -1.
    private var roundOf: [Int32]
    /// Exact prices of the first purchases over one denominator, computed when they are needed.
    private var prices: [BigInt] = []
    private var denominator: BigInt = 1

    /// A price below which each candidate cannot fall, since money only goes down.
    private var floors: [Double]
    private var open: [Int]

    init(_ problem: SharesProblem, share: ShareSize, isFiltered: Bool) {
        self.problem = problem
        self.share = share
        self.isFiltered = isFiltered
        start = share.approximation
        money = [Double](repeating: start, count: problem.weights.count)
        isEmptied = [Bool](repeating: false, count: problem.weights.count)
        error = start * Self.unit
        roundOf = [Int32](repeating: -1, count: problem.election.projects.count)
        floors = problem.candidates.indices.map { problem.costs[$0] / Double(problem.points[$0]) * (1 - 4 * Self.unit) }
        open = Array(problem.candidates.indices)
    }

    /// Relative rounding error of one operation.
    private static let unit = 0x1p-52

    /// The weight of supporters counts at most this much relative error in a sum of that many terms.
    private func roundingOfSum(_ terms: Int) -> Double { Double(terms + 8) * Self.unit }

    // MARK: A round

    /// The candidate to buy next, `nil` when none is affordable. Candidates for which `isBarred` holds are left out.
    mutating func next(isBarred: (Int) -> Bool) -> (candidate: Int, level: [Int], price: Price?, about: Double)? {
        let rates = open.map { problem.rate($0, price: floors[$0]) }
        let order = open.indices.sorted { rates[$0] < rates[$1] }.map { (open[$0], rates[$0]) }
        var best = Double.infinity
        var contenders: [(candidate: Int, low: Double, about: Double, price: Price?)] = []
        var gone: [Int] = []
        for (candidate, rate) in order where !isBarred(problem.candidates[candidate]) {
            if isFiltered, rate > best { break }
            switch isFiltered ? estimate(candidate) : .unknown {
            case .unaffordable:
                gone.append(candidate)
            case .price(let about, let within):
                let low = problem.rate(candidate, price: about - within) * (1 - 4 * Self.unit)
                let high = problem.rate(candidate, price: about + within) * (1 + 4 * Self.unit)
                floors[candidate] = max(floors[candidate], (about - within) * (1 - 4 * Self.unit))
                best = min(best, high)
                contenders.append((candidate, low, about, nil))
            case .unknown:
                guard let (price, about) = exactPrice(candidate) else {
                    gone.append(candidate)
                    continue
                }
                floors[candidate] = max(floors[candidate], about * (1 - 4 * Self.unit))
                let high = problem.rate(candidate, price: about) * (1 + 8 * Self.unit)
                best = min(best, high)
                contenders.append((candidate, high * (1 - 16 * Self.unit), about, price))
            }
        }
        if !gone.isEmpty { open.removeAll { gone.contains($0) } }
        contenders.removeAll { $0.low > best }
        guard var winner = contenders.first else { return nil }
        guard contenders.count > 1 else { return (winner.candidate, [], winner.price, winner.about) }

        // The bounds overlap: exact prices decide, and the tie order decides exact ties.
        var level: [Int] = []
        var isFirst = true
        for contender in contenders {
            guard let price = contender.price ?? exactPrice(contender.candidate)?.price else { continue }
            var exact = contender
            exact.price = price
            if isFirst {
                winner = exact
                isFirst = false
                continue
            }
            let comparison = compare(price, contender.candidate, winner.price, winner.candidate)
            if comparison < 0 {
                winner = exact
                level = []
            } else if comparison == 0 {
                level.append(contender.candidate)
                // Candidates are numbered in tie order.
                if contender.candidate < winner.candidate {
                    level.append(winner.candidate)
                    level.removeAll { $0 == contender.candidate }
                    winner = exact
                }
            }
        }
        guard winner.price != nil else { return nil }
        return (winner.candidate, level.sorted(), winner.price, winner.about)
    }

    /// The sign of rate(a) - rate(b), exactly.
    private func compare(_ a: Price, _ first: Int, _ b: Price?, _ second: Int) -> Int {
        guard let b else { return -1 }
        var left = a.numerator * BigInt(b.fullPoints)
        var right = b.numerator * BigInt(a.fullPoints)
        if problem.utility == .cost {
            left *= BigInt(problem.cost(second))
            right *= BigInt(problem.cost(first))
        }
        return left == right ? 0 : left < right ? -1 : 1
    }

    // MARK: Estimates

    private enum Estimate {
        case unaffordable
        case price(Double, within: Double)
        case unknown
    }

    /// Sums of one pass over the supporters at a trial price.
    private struct Pass {
        /// Money of those who cannot pay the full price.
        var short = 0.0
        /// Points of those who can.
        var full = 0.0
        /// Points of those who could still pay a price a little higher.
        var firm = 0.0
        var shortCount = 0
    }

    /// Finds the price by raising it until the set of those who cannot pay it in full no longer grows.
    private func estimate(_ candidate: Int) -> Estimate {
        let cost = problem.costs[candidate]
        let terms = problem.starts[candidate + 1] - problem.starts[candidate]
        let slack = Double(problem.points[candidate]) * error + roundingOfSum(terms) * 4 * cost
        var price = floors[candidate]
        var shortCount = -1
        while true {
            let pass = pass(candidate, price: price)
            if pass.full == 0 {
                return pass.short + slack < cost ? .unaffordable : .unknown
            }
            let raised = (cost - pass.short) / pass.full
            if pass.shortCount == shortCount || raised <= price {
                // How far the price can be off: the error of the sum over the slope of what supporters pay.
                guard pass.firm * 2 >= pass.full else { return .unknown }
                let within = slack / pass.firm + raised * 4 * Self.unit
                return within < raised * Self.margin ? .price(raised, within: within) : .unknown
            }
            shortCount = pass.shortCount
            price = raised
        }
    }

    /// By how much, relatively, a price can be raised for a ballot to count as firmly able to pay it.
    private static let margin = 0x1p-20

    private func pass(_ candidate: Int, price: Double) -> Pass {
        let range = problem.starts[candidate]..<problem.starts[candidate + 1]
        var pass = Pass()
        let firmPrice = price * (1 + 2 * Self.margin)
        problem.supporters.withUnsafeBufferPointer { supporters in
            problem.weights.withUnsafeBufferPointer { weights in
                money.withUnsafeBufferPointer { money in
                    if problem.scores.isEmpty {
                        for index in range {
                            let ballot = Int(supporters[index])
                            let (held, weight) = (money[ballot], weights[ballot])
                            if held < price {
                                pass.short += held * weight
                                pass.shortCount += 1
                            } else {
                                pass.full += weight
                                if held > firmPrice { pass.firm += weight }
                            }
                        }
                    } else {
                        for index in range {
                            let ballot = Int(supporters[index])
                            let (held, weight, score) = (money[ballot], weights[ballot], problem.scores[index])
                            if held < price * score {
                                pass.short += held * weight
                                pass.shortCount += 1
                            } else {
                                pass.full += weight * score
                                if held > firmPrice * score { pass.firm += weight * score }
                            }
                        }
                    }
                }
            }
        }
        return pass
    }

    // MARK: Exact arithmetic

    private func score(_ index: Int) -> Int64 { problem.scores.isEmpty ? 1 : Int64(problem.scores[index]) }

    /// Adds what a ballot paid for each purchase, in points times its weight, to `coefficients`.
    private func addPaid(_ ballot: Int, to coefficients: inout [Int64], before round: Int) {
        let profile = problem.election.profile
        let weight = profile.weights[ballot]
        for entry in profile.entries(of: ballot) {
            let bought = Int(roundOf[Int(profile.projects[entry])])
            if bought >= 0, bought < round { coefficients[bought] += weight * profile.score(entry) }
        }
    }

    /// What ballots of that weight have left together, over `denominator`, times the share's denominator.
    private func held(weight: Int64, paid: [Int64]) -> BigInt {
        var sum = share.numerator * denominator * BigInt(weight)
        for (round, points) in paid.enumerated() where points != 0 { sum -= prices[round] * BigInt(points) }
        return sum
    }

    /// Brings the exact prices up to the last purchase.
    private mutating func catchUp() {
        for round in prices.count..<purchases.count {
            let purchase = purchases[round]
            var paid = [Int64](repeating: 0, count: round)
            var weight: Int64 = 0
            for ballot in purchase.emptied {
                weight += problem.election.profile.weights[Int(ballot)]
                addPaid(Int(ballot), to: &paid, before: round)
            }
            let cost = BigInt(problem.cost(purchase.candidate)) * share.denominator * denominator
            var price = cost - held(weight: weight, paid: paid)
            // price / (denominator · fullPoints): bring it over the common denominator, in lowest terms if cheap.
            let common = price.greatestCommonDivisor(with: BigInt(purchase.fullPoints))
            let factor = BigInt(purchase.fullPoints) / common
            price /= common
            if factor != 1 {
                for earlier in prices.indices { prices[earlier] *= factor }
                denominator *= factor
            }
            prices.append(price)
        }
    }

    /// The exact price of a candidate, or `nil` if its supporters cannot pay for it.
    private mutating func exactPrice(_ candidate: Int) -> (price: Price, about: Double)? {
        catchUp()
        let profile = problem.election.profile
        let range = problem.starts[candidate]..<problem.starts[candidate + 1]
        var full: [Int] = []
        var fullPoints: Int64 = 0
        for index in range where !isEmptied[Int(problem.supporters[index])] {
            full.append(index)
            fullPoints += profile.weights[Int(problem.supporters[index])] * score(index)
        }
        let cost = BigInt(problem.cost(candidate)) * share.denominator * denominator
        var paid = [Int64](repeating: 0, count: prices.count)
        var weight: Int64 = 0
        var emptied: [Int32] = []
        var numerator = cost
        // From below: a price at which too few are short is too low, so whoever is short of it stays short.
        while fullPoints > 0 {
            let about = approximation(numerator, fullPoints)
            var rest: [Int] = []
            for index in full {
                let ballot = Int(problem.supporters[index])
                if isShort(ballot, score: score(index), of: numerator, fullPoints, about: about) {
                    emptied.append(Int32(ballot))
                    weight += profile.weights[ballot]
                    fullPoints -= profile.weights[ballot] * score(index)
                    addPaid(ballot, to: &paid, before: prices.count)
                } else {
                    rest.append(index)
                }
            }
            if rest.count == full.count {
                return (Price(numerator: numerator, fullPoints: fullPoints, emptied: emptied), about)
            }
            full = rest
            numerator = cost - held(weight: weight, paid: paid)
        }
        return nil
    }

    /// numerator / (denominator · points · share denominator), about.
    private func approximation(_ numerator: BigInt, _ points: Int64) -> Double {
        Fraction.approximation(numerator, denominator * BigInt(points) * share.denominator)
    }

    /// Whether a ballot holds less than the full price; decided by the bound where it can be.
    private func isShort(
        _ ballot: Int, score: Int64, of numerator: BigInt, _ points: Int64, about: Double
    ) -> Bool {
        let price = about * Double(score)
        if isFiltered {
            let tolerance = error + (price + start) * 8 * Self.unit
            if money[ballot] < price - tolerance { return true }
            if money[ballot] > price + tolerance { return false }
        }
        return compareHeld(ballot, score: score, with: numerator, points) < 0
    }

    /// The sign of what a ballot holds minus the full price, exactly.
    private func compareHeld(_ ballot: Int, score: Int64, with numerator: BigInt, _ points: Int64) -> Int {
        let profile = problem.election.profile
        var left = share.numerator * denominator
        for entry in profile.entries(of: ballot) {
            let bought = Int(roundOf[Int(profile.projects[entry])])
            if bought >= 0 { left -= prices[bought] * BigInt(profile.score(entry)) }
        }
        let (held, price) = (left * BigInt(points), numerator * BigInt(score))
        return held == price ? 0 : held < price ? -1 : 1
    }

    // MARK: Buying

    /// Lets the supporters pay.
    mutating func buy(_ candidate: Int, level: [Int], price known: Price?, about: Double) {
        var exact = known
        var price = about
        if exact == nil, !pay(candidate, price: about) { exact = exactPrice(candidate)?.price }
        if let exact {
            price = approximation(exact.numerator, exact.fullPoints)
            payExactly(candidate, exact, about: price)
        }
        purchases[purchases.count - 1].level = level
        roundOf[problem.candidates[candidate]] = Int32(purchases.count - 1)
        open.removeAll { $0 == candidate }
    }

    /// Pays by estimate, if the estimate is close enough and no ballot is too near to being emptied to be sure.
    private mutating func pay(_ candidate: Int, price: Double) -> Bool {
        guard case .price(let price, let within) = estimate(candidate) else { return false }
        let newError = error + within * problem.highestScore + start * 4 * Self.unit
        guard newError < start * Self.drift else { return false }
        let range = problem.starts[candidate]..<problem.starts[candidate + 1]
        var emptied: [Int32] = []
        for index in range {
            let ballot = Int(problem.supporters[index])
            let payment = price * (problem.scores.isEmpty ? 1 : problem.scores[index])
            let tolerance = newError + payment * 8 * Self.unit
            if isEmptied[ballot] { continue }
            if money[ballot] < payment - tolerance {
                emptied.append(Int32(ballot))
            } else if money[ballot] <= payment + tolerance {
                return false
            }
        }
        let profile = problem.election.profile
        var (fullPoints, payers, spent): (Int64, Int64, Int64) = (0, 0, 0)
        for ballot in emptied {
            empty(Int(ballot))
            spent += profile.weights[Int(ballot)]
        }
        for index in range where !isEmptied[Int(problem.supporters[index])] {
            let ballot = Int(problem.supporters[index])
            let score = score(index)
            money[ballot] -= price * Double(score)
            fullPoints += profile.weights[ballot] * score
            payers += profile.weights[ballot]
        }
        error = newError
        purchases.append(
            Purchase(
                candidate: candidate, emptied: emptied, fullPoints: fullPoints, payers: payers + spent, spent: spent,
                level: []))
        return true
    }

    /// How far, relative to the share, money may drift from its exact value before exact prices are used.
    private static let drift = 0x1p-32

    private mutating func payExactly(_ candidate: Int, _ price: Price, about: Double) {
        let profile = problem.election.profile
        var (payers, spent): (Int64, Int64) = (0, 0)
        for ballot in price.emptied {
            empty(Int(ballot))
            spent += profile.weights[Int(ballot)]
        }
        let range = problem.starts[candidate]..<problem.starts[candidate + 1]
        var exactlyEmptied: [Int] = []
        for index in range where !isEmptied[Int(problem.supporters[index])] {
            let ballot = Int(problem.supporters[index])
            payers += profile.weights[ballot]
            let payment = about * Double(score(index))
            let tolerance = error + (payment + start) * 8 * Self.unit
            let isNear = !isFiltered || money[ballot] <= payment + tolerance
            if isNear, compareHeld(ballot, score: score(index), with: price.numerator, price.fullPoints) == 0 {
                exactlyEmptied.append(ballot)
            } else {
                money[ballot] -= payment
            }
        }
        payers += spent
        for ballot in exactlyEmptied {
            empty(ballot)
            spent += profile.weights[ballot]
        }
        error += start * 4 * Self.unit
        purchases.append(
            Purchase(
                candidate: candidate, emptied: price.emptied, fullPoints: price.fullPoints, payers: payers,
                spent: spent, level: []))
    }

    private mutating func empty(_ ballot: Int) {
        isEmptied[ballot] = true
        money[ballot] = 0
    }

    // MARK: Accounts

    /// Who paid for a purchase, and at what price.
    mutating func payment(round: Int) -> Payment {
        catchUp()
        let purchase = purchases[round]
        let price = prices[round] / (denominator * share.denominator)
        return Payment(payers: purchase.payers, spent: purchase.spent, price: Int64(clamping: price))
    }

    /// What the supporters of a candidate hold together, in cents, rounded down.
    mutating func held(by candidate: Int) -> Int64 {
        catchUp()
        var paid = [Int64](repeating: 0, count: prices.count)
        var weight: Int64 = 0
        for index in problem.starts[candidate]..<problem.starts[candidate + 1] {
            let ballot = Int(problem.supporters[index])
            if isEmptied[ballot] { continue }
            weight += problem.election.profile.weights[ballot]
            addPaid(ballot, to: &paid, before: prices.count)
        }
        return Int64(clamping: held(weight: weight, paid: paid) / (denominator * share.denominator))
    }
}
