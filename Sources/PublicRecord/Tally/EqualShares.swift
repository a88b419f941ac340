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

/// The part of an equal-shares count that does not depend on the size of the shares. A class, because every run looks
/// at it all the time and nobody changes it.
final class SharesProblem: Sendable {
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
    /// How often each supporter's ballot was cast, parallel to `supporters`: what is read one after the other comes
    /// from memory long before what is looked up by ballot.
    let supporterWeights: [Double]
    /// How often each distinct ballot was cast.
    let weights: [Double]
    /// All points of a candidate.
    let points: [Int64]
    /// Costs in cents, by candidate.
    let costs: [Double]
    /// What each candidate costs per point when nobody is short, a little rounded down, and the rate at that price:
    /// where its price and rate start. And the candidates by that rate.
    let floors: [Double]
    let rates: [Double]
    let byRate: [Int]
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

        var starts = [Int](repeating: 0, count: candidates.count + 1)
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
                guard candidateOf[project] >= 0 else { continue }
                highest = max(highest, score)
                starts[Int(candidateOf[project]) + 1] += 1
            }
            if isPresent { present += profile.weights[ballot] }
        }
        for candidate in candidates.indices { starts[candidate + 1] += starts[candidate] }

        var next = starts
        var supporters = [Int32](repeating: 0, count: starts[candidates.count])
        var scores = [Double](repeating: 0, count: highest == 1 ? 0 : supporters.count)
        for ballot in profile.weights.indices {
            for entry in profile.entries(of: ballot) {
                let candidate = Int(candidateOf[Int(profile.projects[entry])])
                let score = profile.score(entry)
                guard score > 0, candidate >= 0 else { continue }
                supporters[next[candidate]] = Int32(ballot)
                if highest > 1 { scores[next[candidate]] = Double(score) }
                next[candidate] += 1
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
        supporterWeights = supporters.map { Double(profile.weights[Int($0)]) }
        let points = candidates.map { election.support[$0] }
        let costs = candidates.map { Double(projects[$0].cost) }
        let floors = zip(costs, points).map { $0 / Double($1) * (1 - 8 * SharesRun.unit) }
        let rates = zip(floors, costs).map { floor, cost in
            Self.rate(utility, price: floor, cost: cost) * (1 - 8 * SharesRun.unit)
        }
        self.costs = costs
        self.floors = floors
        self.rates = rates
        byRate = rates.indices.sorted { (rates[$0], $0) < (rates[$1], $1) }
        self.points = points
        highestScore = Double(highest)
        voters = present
    }

    func cost(_ candidate: Int) -> Int64 { election.projects[candidates[candidate]].cost }

    /// What is compared between candidates at a price: money per unit of utility.
    func rate(_ candidate: Int, price: Double) -> Double {
        Self.rate(utility, price: price, cost: costs[candidate])
    }

    private static func rate(_ utility: Utility, price: Double, cost: Double) -> Double {
        switch utility {
        case .cost: price / cost
        case .cardinality: price
        }
    }
}

/// The money each ballot starts with, in cents: an exact fraction.
struct ShareSize: Equatable {
    var numerator: Int128
    var denominator: Int64

    /// The same to within three rounding errors.
    var approximation: Double {
        let high = Int64(truncatingIfNeeded: numerator >> 62)
        let low = Int64(truncatingIfNeeded: numerator & 0x3fff_ffff_ffff_ffff)
        return (Double(high) * 0x1p62 + Double(low)) / Double(denominator)
    }

    /// In lowest terms as `n/d`, or `n` when it is whole.
    var text: String {
        var (a, b) = (numerator, Int128(denominator))
        while b != 0 { (a, b) = (b, a % b) }
        let (n, d) = a == 0 ? (numerator, Int128(denominator)) : (numerator / a, Int128(denominator) / a)
        return d == 1 ? "\(n)" : "\(n)/\(d)"
    }

    /// The share raised by some cents.
    func raised(by cents: Int64) -> ShareSize {
        ShareSize(numerator: numerator + Int128(cents) * Int128(denominator), denominator: denominator)
    }
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
        /// The price in cents per point, wrong by at most `within`.
        var price: Double
        var within: Double
        /// The candidates that were exactly level with it.
        var level: [Int]
    }

    /// An exact price, `numerator / (denominator · fullPoints · share.denominator)` in cents per point.
    struct Price {
        var numerator: BigInt
        var fullPoints: Int64
        var emptied: [Int32]
    }

    /// A candidate and what is known of its price.
    struct Offer {
        var candidate: Int
        /// The price, wrong by at most `within`.
        var about: Double
        var within: Double
        /// Points of all supporters that have money left, if each of them can certainly pay the full price: the price is
        /// then exactly the cost divided by that.
        var fullPoints: Int64?
        /// The exact price, where it was needed.
        var exact: Price?
        /// The candidates that are exactly level with it.
        var level: [Int] = []
    }

    private let problem: SharesProblem
    private let isFiltered: Bool
    private var share: ShareSize
    private var start: Double

    /// Money left by distinct ballot, in cents, wrong by at most `error`. Zero for an emptied ballot and only for one.
    private var money: [Double]
    private var error = 0.0

    private(set) var purchases: [Purchase] = []
    /// The round in which a project was bought, by project index, or -1.
    private var roundOf: [Int32]
    /// Exact prices of the first purchases over one denominator, computed when they are needed.
    private var prices: [BigInt] = []
    private var denominator: BigInt = 1

    /// A price and a rate below which each candidate cannot fall, since money only goes down.
    private var floors: [Double]
    private var rates: [Double]
    /// Candidates that may still be affordable, by rate.
    private var open: [Int]
    private var offers: [Offer] = []

    init(_ problem: SharesProblem, isFiltered: Bool) {
        self.problem = problem
        self.isFiltered = isFiltered
        share = ShareSize(numerator: 0, denominator: 1)
        start = 0
        money = [Double](repeating: 0, count: problem.weights.count)
        roundOf = [Int32](repeating: -1, count: problem.election.projects.count)
        floors = problem.floors
        rates = problem.rates
        open = problem.byRate
    }

    /// Relative rounding error of one operation.
    fileprivate static let unit = 0x1p-52
    /// The least money of a ballot that is not emptied: below every error, and not zero.
    private static let crumb = Double.leastNormalMagnitude
    /// By how much, relatively, a price can be raised for a ballot to count as firmly able to pay it.
    private static let margin = 0x1p-14
    /// How far, relative to the share, money may drift from its exact value before it is computed afresh.
    private static let drift = 0x1p-22

    /// Gives every ballot its share and forgets all purchases.
    mutating func begin(with share: ShareSize) {
        self.share = share
        start = share.approximation
        for ballot in money.indices { money[ballot] = max(start, Self.crumb) }
        error = start * 3 * Self.unit
        for purchase in purchases { roundOf[problem.candidates[purchase.candidate]] = -1 }
        purchases.removeAll(keepingCapacity: true)
        prices.removeAll(keepingCapacity: true)
        denominator = 1
        // Element by element, into memory that is there already.
        for candidate in floors.indices {
            floors[candidate] = problem.floors[candidate]
            rates[candidate] = problem.rates[candidate]
        }
        open.removeAll(keepingCapacity: true)
        open.append(contentsOf: problem.byRate)
    }

    // MARK: A round

    /// The candidate to buy next, `nil` when none is affordable. Candidates for which `isBarred` holds are left out.
    mutating func next(isBarred: ((Int) -> Bool)? = nil) -> Offer? {
        var best = Double.infinity
        offers.removeAll(keepingCapacity: true)
        var isAnyGone = false
        for place in open.indices {
            let candidate = open[place]
            if isFiltered, rates[candidate] > best { break }
            if let isBarred, isBarred(problem.candidates[candidate]) { continue }
            let floor: Double
            switch assess(candidate, unlessAbove: best) {
            case .unaffordable:
                open[place] = -1
                isAnyGone = true
                continue
            case .above(let price):
                floor = price
            case .offer(let offer):
                floor = offer.about - offer.within
                best = min(best, problem.rate(candidate, price: offer.about + offer.within) * (1 + 8 * Self.unit))
                offers.append(offer)
            }
            floors[candidate] = max(floors[candidate], floor * (1 - 4 * Self.unit))
            rates[candidate] = problem.rate(candidate, price: floors[candidate]) * (1 - 4 * Self.unit)
        }
        if isAnyGone { open.removeAll { $0 < 0 } }
        sortOpen()
        let highest = best
        var contenders = offers.count
        if contenders > 1 {
            offers.removeAll { rates[$0.candidate] > highest }
            contenders = offers.count
        }
        guard contenders > 1 else { return offers.first }
        return bestOfClose()
    }

    /// Only the rates of a round's first few candidates have changed, so that insertion is quick.
    private mutating func sortOpen() {
        for place in open.indices.dropFirst() {
            let candidate = open[place]
            let rate = rates[candidate]
            var hole = place
            while hole > 0, rates[open[hole - 1]] > rate {
                open[hole] = open[hole - 1]
                hole -= 1
            }
            open[hole] = candidate
        }
    }

    private enum Assessment {
        case unaffordable
        case above(price: Double)
        case offer(Offer)
    }

    private mutating func assess(_ candidate: Int, unlessAbove best: Double) -> Assessment {
        if isFiltered {
            switch estimate(candidate, unlessAbove: best) {
            case .unaffordable: return .unaffordable
            case .above(let price): return .above(price: price)
            case .price(let about, let within, let fullPoints):
                return .offer(Offer(candidate: candidate, about: about, within: within, fullPoints: fullPoints))
            case .unknown: break
            }
        }
        return exactOffer(candidate).map { .offer($0) } ?? .unaffordable
    }

    /// The bounds of the offers overlap: exact prices decide, and the tie order decides exact ties.
    private mutating func bestOfClose() -> Offer? {
        let isSimple = offers.allSatisfy { $0.fullPoints != nil }
        let exact = isSimple ? offers : offers.compactMap { $0.exact == nil ? exactOffer($0.candidate) : $0 }
        guard var winner = exact.first else { return nil }
        for offer in exact.dropFirst() {
            let comparison = compare(offer, winner)
            if comparison < 0 {
                winner = offer
            } else if comparison == 0 {
                // Candidates are numbered in tie order.
                var first = offer.candidate < winner.candidate ? offer : winner
                first.level = winner.level + [max(offer.candidate, winner.candidate)]
                winner = first
            }
        }
        winner.level.sort()
        return winner
    }

    /// The sign of rate(a) - rate(b), exactly.
    private func compare(_ a: Offer, _ b: Offer) -> Int {
        if let first = a.fullPoints, let second = b.fullPoints {
            let (costA, costB): (Int64, Int64) =
                problem.utility == .cost ? (1, 1) : (problem.cost(a.candidate), problem.cost(b.candidate))
            let (left, right) = (Int128(costA) * Int128(second), Int128(costB) * Int128(first))
            return left == right ? 0 : left < right ? -1 : 1
        }
        guard let first = a.exact, let second = b.exact else { return 0 }
        var left = first.numerator * BigInt(second.fullPoints)
        var right = second.numerator * BigInt(first.fullPoints)
        if problem.utility == .cost {
            left *= BigInt(problem.cost(b.candidate))
            right *= BigInt(problem.cost(a.candidate))
        }
        return left == right ? 0 : left < right ? -1 : 1
    }

    // MARK: Estimates

    private enum Estimate {
        case unaffordable
        /// The price is at least that, and the rate above the one asked about.
        case above(price: Double)
        case price(Double, within: Double, fullPoints: Int64?)
        /// Too close to call in floating point.
        case unknown
    }

    /// Sums of one pass over the supporters at a trial price. Sums of weights and points are exact.
    private struct Pass {
        /// Money of those who cannot pay the full price, how many they are, and their weight unless emptied.
        var short = 0.0
        var shortCount = 0
        var loose = 0.0
        /// Points of those who can.
        var full = 0.0
        /// Points, and weight, of those who could not pay a price a little higher.
        var shaky = 0.0
        var shakyWeight = 0.0
    }

    /// Finds the price by raising it until the set of those who cannot pay it in full no longer grows. Every price on
    /// the way is a lower bound, so that most candidates are found to be too dear at once.
    ///
    /// - Parameter best: a rate; what is certainly above it need not be known better.
    private func estimate(_ candidate: Int, unlessAbove best: Double) -> Estimate {
        let cost = problem.costs[candidate]
        var price = floors[candidate]
        var shortCount = -1
        while true {
            let pass = pass(candidate, price: price)
            // The error of what the short pay together, and of what all pay: those who firmly pay in full add none.
            let rounding = Double(pass.shortCount + 8) * Self.unit * (pass.short + pass.shaky * price)
            let slack = (pass.loose + pass.shakyWeight) * error + rounding
            if pass.full == 0 {
                return pass.short + slack < cost ? .unaffordable : .unknown
            }
            let raised = (cost - pass.short) / pass.full
            let lowest = raised * (1 - 8 * Self.unit) - slack / pass.full
            if problem.rate(candidate, price: lowest) * (1 - 8 * Self.unit) > best { return .above(price: lowest) }
            if pass.shortCount == shortCount || raised <= price {
                let firm = pass.full - pass.shaky
                guard firm * 2 >= pass.full else { return .unknown }
                // How far the price can be off: the error over the slope of what supporters pay.
                let within = slack / firm + raised * 8 * Self.unit
                guard within < raised * Self.margin else { return .unknown }
                let isFull = pass.loose == 0 && pass.shakyWeight == 0
                return .price(raised, within: within, fullPoints: isFull ? Int64(pass.full) : nil)
            }
            shortCount = pass.shortCount
            price = raised
        }
    }

    private func pass(_ candidate: Int, price: Double) -> Pass {
        let range = problem.starts[candidate]..<problem.starts[candidate + 1]
        var pass = Pass()
        let firmPrice = price * (1 + 2 * Self.margin)
        let cushion = 4 * error
        let isUniform = problem.scores.isEmpty
        problem.supporters.withUnsafeBufferPointer { supporters in
            problem.supporterWeights.withUnsafeBufferPointer { weights in
                problem.scores.withUnsafeBufferPointer { scores in
                    money.withUnsafeBufferPointer { money in
                        for index in range {
                            let ballot = Int(supporters[index])
                            let (held, weight) = (money[ballot], weights[index])
                            let score = isUniform ? 1 : scores[index]
                            if held < price * score {
                                pass.short += held * weight
                                pass.shortCount += 1
                                if held > 0 { pass.loose += weight }
                            } else {
                                pass.full += weight * score
                                if held <= firmPrice * score + cushion {
                                    pass.shaky += weight * score
                                    pass.shakyWeight += weight
                                }
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

    private func isEmptied(_ ballot: Int) -> Bool { money[ballot] == 0 }

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
        var sum = BigInt(share.numerator) * denominator * BigInt(weight)
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
            let cost = BigInt(problem.cost(purchase.candidate)) * BigInt(share.denominator) * denominator
            var price = cost - held(weight: weight, paid: paid)
            // Bring price / (denominator · fullPoints) over the common denominator.
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
    private mutating func exactOffer(_ candidate: Int) -> Offer? {
        catchUp()
        let profile = problem.election.profile
        let range = problem.starts[candidate]..<problem.starts[candidate + 1]
        var full: [Int] = []
        var fullPoints: Int64 = 0
        for index in range where !isEmptied(Int(problem.supporters[index])) {
            full.append(index)
            fullPoints += profile.weights[Int(problem.supporters[index])] * score(index)
        }
        let cost = BigInt(problem.cost(candidate)) * BigInt(share.denominator) * denominator
        var paid = [Int64](repeating: 0, count: prices.count)
        var weight: Int64 = 0
        var emptied: [Int32] = []
        var numerator = cost
        // From below: a price at which too few are short is too low, so whoever is short of it stays short.
        while fullPoints > 0 {
            let about = approximation(numerator, fullPoints)
            var rest: [Int] = []
            var points = fullPoints
            for index in full {
                let ballot = Int(problem.supporters[index])
                if isShort(ballot, score: score(index), of: numerator, fullPoints, about: about) {
                    emptied.append(Int32(ballot))
                    weight += profile.weights[ballot]
                    points -= profile.weights[ballot] * score(index)
                    addPaid(ballot, to: &paid, before: prices.count)
                } else {
                    rest.append(index)
                }
            }
            if rest.count == full.count {
                let price = Price(numerator: numerator, fullPoints: fullPoints, emptied: emptied)
                return Offer(candidate: candidate, about: about, within: about * 8 * Self.unit, exact: price)
            }
            (full, fullPoints) = (rest, points)
            numerator = cost - held(weight: weight, paid: paid)
        }
        return nil
    }

    /// numerator / (denominator · points · share denominator), about.
    private func approximation(_ numerator: BigInt, _ points: Int64) -> Double {
        Fraction.approximation(numerator, denominator * BigInt(points) * BigInt(share.denominator))
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
        var left = BigInt(share.numerator) * denominator
        for entry in profile.entries(of: ballot) {
            let bought = Int(roundOf[Int(profile.projects[entry])])
            if bought >= 0 { left -= prices[bought] * BigInt(profile.score(entry)) }
        }
        let (held, price) = (left * BigInt(points), numerator * BigInt(score))
        return held == price ? 0 : held < price ? -1 : 1
    }

    // MARK: Buying

    /// Lets the supporters pay.
    mutating func buy(_ offer: Offer) {
        if offer.exact != nil || !pay(offer) {
            if let exact = offer.exact == nil ? exactOffer(offer.candidate) : offer { payExactly(exact) }
        }
        purchases[purchases.count - 1].level = offer.level
        roundOf[problem.candidates[offer.candidate]] = Int32(purchases.count - 1)
        if let place = open.firstIndex(of: offer.candidate) { open.remove(at: place) }
        if error > start * Self.drift { refresh() }
    }

    /// Pays by estimate, unless some ballot is too near to being emptied to be sure.
    private mutating func pay(_ offer: Offer) -> Bool {
        let (candidate, about, problem) = (offer.candidate, offer.about, problem)
        let newError = error + offer.within * problem.highestScore + start * 4 * Self.unit
        let range = problem.starts[candidate]..<problem.starts[candidate + 1]
        let isUniform = problem.scores.isEmpty
        let tolerance = newError + about * problem.highestScore * 8 * Self.unit
        var emptied: [Int32] = []
        var isSure = true
        money.withUnsafeBufferPointer { money in
            for index in range {
                let ballot = Int(problem.supporters[index])
                let payment = about * (isUniform ? 1 : problem.scores[index])
                let held = money[ballot]
                if held > payment + tolerance || held == 0 { continue }
                if held < payment - tolerance {
                    emptied.append(Int32(ballot))
                } else {
                    isSure = false
                    break
                }
            }
        }
        guard isSure else { return false }
        let profile = problem.election.profile
        var (fullPoints, payers, spent): (Int64, Int64, Int64) = (0, 0, 0)
        for ballot in emptied {
            money[Int(ballot)] = 0
            spent += profile.weights[Int(ballot)]
        }
        money.withUnsafeMutableBufferPointer { money in
            for index in range {
                let ballot = Int(problem.supporters[index])
                guard money[ballot] != 0 else { continue }
                let score = isUniform ? 1 : problem.scores[index]
                money[ballot] = max(money[ballot] - about * score, Self.crumb)
                fullPoints += profile.weights[ballot] * Int64(score)
                payers += profile.weights[ballot]
            }
        }
        error = newError
        purchases.append(
            Purchase(
                candidate: candidate, emptied: emptied, fullPoints: fullPoints, payers: payers + spent,
                spent: spent, price: about, within: offer.within, level: []))
        return true
    }

    private mutating func payExactly(_ offer: Offer) {
        guard let price = offer.exact else { return }
        let profile = problem.election.profile
        var (payers, spent): (Int64, Int64) = (0, 0)
        for ballot in price.emptied {
            money[Int(ballot)] = 0
            spent += profile.weights[Int(ballot)]
        }
        payers = spent
        let range = problem.starts[offer.candidate]..<problem.starts[offer.candidate + 1]
        for index in range where !isEmptied(Int(problem.supporters[index])) {
            let ballot = Int(problem.supporters[index])
            payers += profile.weights[ballot]
            let payment = offer.about * Double(score(index))
            let tolerance = error + (payment + start) * 8 * Self.unit
            let isNear = !isFiltered || money[ballot] <= payment + tolerance
            // Who pays the full price and has nothing left pays like the others but is emptied all the same.
            if isNear, compareHeld(ballot, score: score(index), with: price.numerator, price.fullPoints) == 0 {
                money[ballot] = 0
                spent += profile.weights[ballot]
            } else {
                money[ballot] = max(money[ballot] - payment, Self.crumb)
            }
        }
        error += start * 12 * Self.unit
        purchases.append(
            Purchase(
                candidate: offer.candidate, emptied: price.emptied, fullPoints: price.fullPoints, payers: payers,
                spent: spent, price: offer.about, within: offer.within, level: []))
    }

    /// Computes all money afresh from the exact prices, which takes the drift out of it.
    private mutating func refresh() {
        catchUp()
        let profile = problem.election.profile
        let exact = prices.map { Fraction.approximation($0, denominator * BigInt(share.denominator)) }
        for ballot in money.indices where !isEmptied(ballot) {
            var held = start
            for entry in profile.entries(of: ballot) {
                let bought = Int(roundOf[Int(profile.projects[entry])])
                if bought >= 0 { held -= exact[bought] * Double(profile.score(entry)) }
            }
            money[ballot] = max(held, Self.crumb)
        }
        error = start * Double(4 * prices.count + 4) * Self.unit
    }

    // MARK: Accounts

    /// Who paid for a purchase, and at what price.
    mutating func payment(round: Int) -> Payment {
        let purchase = purchases[round]
        var price = certainFloor(purchase.price, within: purchase.within)
        if price == nil {
            catchUp()
            price = Int64(clamping: prices[round] / (denominator * BigInt(share.denominator)))
        }
        return Payment(payers: purchase.payers, spent: purchase.spent, price: price ?? 0)
    }

    /// What the supporters of a candidate hold together, in cents, rounded down.
    mutating func held(by candidate: Int) -> Int64 {
        let range = problem.starts[candidate]..<problem.starts[candidate + 1]
        let weights = problem.election.profile.weights
        var (sum, weight) = (0.0, Int64(0))
        for index in range where !isEmptied(Int(problem.supporters[index])) {
            let ballot = Int(problem.supporters[index])
            sum += money[ballot] * problem.weights[ballot]
            weight += weights[ballot]
        }
        let within = Double(weight) * error + Double(range.count + 8) * Self.unit * sum
        if let cents = certainFloor(sum, within: within) { return cents }
        catchUp()
        var paid = [Int64](repeating: 0, count: prices.count)
        for index in range where !isEmptied(Int(problem.supporters[index])) {
            addPaid(Int(problem.supporters[index]), to: &paid, before: prices.count)
        }
        return Int64(clamping: held(weight: weight, paid: paid) / (denominator * BigInt(share.denominator)))
    }

    /// The whole part of a number known to within some error, if the error leaves no doubt about it.
    private func certainFloor(_ value: Double, within: Double) -> Int64? {
        guard isFiltered, value < 0x1p50 else { return nil }
        let (low, high) = ((value - within).rounded(.down), (value + within).rounded(.down))
        return low == high ? Int64(low) : nil
    }
}
