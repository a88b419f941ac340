/// Distinct ballots in one block of memory: ballot `i` holds the entries `starts[i]..<starts[i + 1]`,
/// each a project index and its score, ordered by project.
struct Profile: Sendable {
    var starts: [Int] = [0]
    var projects: [Int32] = []
    /// Scores by entry; empty as long as every score is 1, which approvals always are.
    private(set) var scores: [Int32] = []
    /// How often each distinct ballot was cast.
    var weights: [Int64] = []
    /// All ballots.
    var voters: Int64 = 0

    func entries(of ballot: Int) -> Range<Int> { starts[ballot]..<starts[ballot + 1] }

    func score(_ entry: Int) -> Int64 { scores.isEmpty ? 1 : Int64(scores[entry]) }

    /// Adds ballots that name one project.
    mutating func appendBallot(project: Int32, score: Int32 = 1, times: Int64) {
        append(project, score)
        starts.append(projects.count)
        weights.append(times)
        voters += times
    }

    fileprivate mutating func append(_ project: Int32, _ score: Int32) {
        if scores.isEmpty, score != 1 { scores = [Int32](repeating: 1, count: projects.count) }
        projects.append(project)
        if !scores.isEmpty || score != 1 { scores.append(score) }
    }
}

/// Groups equal ballots as they arrive, in time linear in their length.
struct ProfileBuilder {
    private(set) var profile = Profile()
    /// Open addressing: distinct ballot number + 1, or 0 for a free slot.
    private var slots = [UInt32](repeating: 0, count: 64)
    private var hashes: [UInt64] = []

    /// Adds one ballot whose entries are ordered by project and name none twice.
    mutating func add(_ line: [(project: Int32, score: Int64)], times: Int64 = 1) throws(TallyError) {
        guard times >= 0, times <= Limits.voters, profile.voters <= Limits.voters else { throw .tooLarge }
        guard line.allSatisfy({ 0...Limits.score ~= $0.score }) else { throw .tooLarge }
        guard times > 0 else { return }
        profile.voters += times
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for (project, score) in line {
            hash = Self.mix(hash ^ UInt64(truncatingIfNeeded: project))
            hash = Self.mix(hash ^ UInt64(bitPattern: score))
        }
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let known = Int(slots[slot]) - 1
            if hashes[known] == hash, isEqual(known, line) {
                profile.weights[known] += times
                return
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = UInt32(profile.weights.count + 1)
        hashes.append(hash)
        profile.weights.append(times)
        for (project, score) in line { profile.append(project, Int32(score)) }
        profile.starts.append(profile.projects.count)
        if profile.weights.count * 2 > slots.count { grow() }
    }

    private func isEqual(_ ballot: Int, _ line: [(project: Int32, score: Int64)]) -> Bool {
        let entries = profile.entries(of: ballot)
        guard entries.count == line.count else { return false }
        for (offset, entry) in entries.enumerated()
        where profile.projects[entry] != line[offset].project || profile.score(entry) != line[offset].score {
            return false
        }
        return true
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for (ballot, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(ballot + 1)
        }
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var value = value &* 0x9e37_79b9_7f4a_7c15
        value ^= value >> 32
        value = value &* 0xd6e8_feb8_6659_fd93
        return value ^ (value >> 29)
    }
}
