/// Majority judgment (Balinski and Laraki 2011): projects in the order of their majority values.
///
/// The majority grade is the lower median of a project's grades. The majority value is the sequence of majority grades
/// obtained by striking one median grade after the other; two sequences are compared at the first place where they
/// differ. Since striking medians walks outward from the middle of the sorted grades, a sequence is a short list of
/// runs, whatever the number of ballots.
struct MajorityJudgment {
    /// For each project, ballots per grade, the worst first; ungraded counts as the worst.
    let counts: [[Int64]]
    private let values: [[Run]]

    /// `length` pairs of grades, one from below and one from above the middle.
    private struct Run: Hashable {
        var first: Int
        var second: Int
        var length: Int64
    }

    init(counts: [[Int64]]) {
        self.counts = counts
        values = counts.map(Self.value)
    }

    init(_ election: Election, scale: Int) {
        let profile = election.profile
        var counts = [[Int64]](repeating: [Int64](repeating: 0, count: scale), count: election.projects.count)
        for ballot in profile.weights.indices {
            for entry in profile.entries(of: ballot) {
                counts[Int(profile.projects[entry])][Int(profile.score(entry))] += profile.weights[ballot]
            }
        }
        for project in counts.indices { counts[project][0] += election.voters - counts[project].reduce(0, +) }
        self.init(counts: counts)
    }

    /// Positive if `a` is judged better than `b`.
    func compare(_ a: Int, _ b: Int) -> Int {
        var (left, right) = (values[a][...], values[b][...])
        while var x = left.popFirst(), var y = right.popFirst() {
            if x.first != y.first { return x.first > y.first ? 1 : -1 }
            if x.second != y.second { return x.second > y.second ? 1 : -1 }
            let length = min(x.length, y.length)
            x.length -= length
            y.length -= length
            if x.length > 0 { left.insert(x, at: left.startIndex) }
            if y.length > 0 { right.insert(y, at: right.startIndex) }
        }
        return 0
    }

    /// The majority gauge of a project.
    func gauge(_ project: Int) -> Gauge {
        let counts = counts[project]
        let voters = counts.reduce(0, +)
        let grade = Self.grade(at: max(0, (voters - 1) / 2), in: counts)
        let below = counts[..<grade].reduce(0, +)
        let above = counts[(grade + 1)...].reduce(0, +)
        return Gauge(
            grade: counts.count - 1 - grade, above: above, below: below, sign: above > below ? "+" : "-",
            counts: counts.reversed())
    }

    /// The grade at a position in the sorted list of all grades, the worst first.
    private static func grade(at position: Int64, in counts: [Int64]) -> Int {
        var passed: Int64 = 0
        for (grade, count) in counts.enumerated() {
            passed += count
            if position < passed { return grade }
        }
        return 0
    }

    /// The majority value as runs. With an odd number of ballots the middle grade stands alone at first.
    private static func value(_ counts: [Int64]) -> [Run] {
        let voters = counts.reduce(0, +)
        guard voters > 0 else { return [] }
        let isOdd = voters % 2 == 1
        var low = (voters - 1) / 2
        var high = low + 1
        var runs: [Run] = []
        if isOdd {
            let middle = grade(at: low, in: counts)
            runs.append(Run(first: middle, second: middle, length: 1))
            low -= 1
        }
        // `ends[g]` is the number of grades at or below g.
        var ends: [Int64] = []
        for count in counts { ends.append((ends.last ?? 0) + count) }
        while low >= 0, high < voters {
            let first = grade(at: low, in: counts)
            let second = grade(at: high, in: counts)
            let untilFirst = low - (first == 0 ? 0 : ends[first - 1]) + 1
            let untilSecond = ends[second] - high
            let length = min(untilFirst, untilSecond)
            // After an odd start the lower side comes first, after an even one too: the pair (low, high).
            runs.append(Run(first: first, second: second, length: length))
            low -= length
            high += length
        }
        return runs
    }
}
