/// Keeps rows of open data from telling who somebody is: k-anonymity by local suppression.
///
/// A table is k-anonymous when every combination of the values that outsiders may know of a person, here district, age
/// band and way of answering, is shared by k rows or by none (P. Samarati, *Protecting Respondents' Identities in
/// Microdata Release*, IEEE Transactions on Knowledge and Data Engineering 13(6), 2001; L. Sweeney, *k-Anonymity: a Model
/// for Protecting Privacy*, International Journal of Uncertainty, Fuzziness and Knowledge-based Systems 10(5), 2002).
/// What is hidden counts as a value of its own.
public enum Anonymity {
    /// The fewest people of a combination.
    public static let k = 5
    /// Stands where a value is hidden.
    public static let hidden = "*"

    /// What outsiders may know of a person who answered.
    public struct Traits: Hashable, Sendable, Comparable {
        /// The code of the district, the key of the age band, and the way of answering; empty where nobody said.
        public var district: String, ageBand: String, way: String

        /// Traits.
        public init(district: String, ageBand: String, way: String) {
            self.district = district
            self.ageBand = ageBand
            self.way = way
        }

        /// In the order of the values.
        public static func < (left: Traits, right: Traits) -> Bool {
            (left.district, left.ageBand, left.way) < (right.district, right.ageBand, right.way)
        }

        /// How many of the values are hidden.
        var depth: Int { [district, ageBand, way].count { $0 == Anonymity.hidden } }
    }

    /// What is shown for each combination of traits; nil where nothing can be, since there are fewer than k rows in all.
    ///
    /// Combinations of fewer than k rows lose the district; what is still too few then loses the age band, and after that
    /// the way. Where fewer than k rows have nothing left to lose, the smallest combinations that still show something
    /// join them, until they are k. The same counts always give the same answer.
    public static func shown(for counts: [Traits: Int], k: Int = Anonymity.k) -> [Traits: Traits]? {
        let counts: [Traits: Int] = counts.filter { $0.value > 0 }
        guard counts.values.reduce(0, +) >= k else { return counts.isEmpty ? [:] : nil }
        var shown: [Traits: Traits] = Dictionary(uniqueKeysWithValues: counts.keys.map { ($0, $0) })
        func sizes() -> [Traits: Int] {
            shown.reduce(into: [:]) { sizes, pair in sizes[pair.value, default: 0] += counts[pair.key] ?? 0 }
        }
        for trait in [\Traits.district, \.ageBand, \.way] {
            let sizes: [Traits: Int] = sizes()
            for (own, now) in shown where sizes[now, default: 0] < k { shown[own]?[keyPath: trait] = hidden }
        }
        let nothing = Traits(district: hidden, ageBand: hidden, way: hidden)
        while let few = sizes()[nothing], few < k {
            // There is another one: all rows together are k at least.
            let next: Traits = sizes().filter { $0.key != nothing }.min { left, right in
                (left.value, -left.key.depth, left.key) < (right.value, -right.key.depth, right.key)
            }!.key
            for (own, now) in shown where now == next { shown[own] = nothing }
        }
        return shown
    }
}
