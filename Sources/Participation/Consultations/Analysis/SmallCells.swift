/// Which cells of a table may be published: none that speaks of fewer than ``least`` people, and none from which such a
/// one could be worked out.
///
/// Zero is published: it speaks of nobody. Small cells are left out (primary suppression), then others until no sum that
/// is published gives one of them back (secondary suppression). Terms and method after A. Hundepool and others,
/// Statistical Disclosure Control, Wiley 2012, chapter 4.
public enum SmallCells {
    /// The fewest people that a published cell speaks of.
    public static let least = 5

    /// Whether a count may not be published by itself.
    public static func isSmall(_ count: Int) -> Bool { (1..<least).contains(count) }

    // MARK: One line of counts

    /// What is left out of counts whose sum is known.
    ///
    /// Of what is left out there are always two or more, and any one of them could be ``least`` or more for all that the
    /// rest tells; so nobody can tell which of them are the small ones.
    public static func hidden<Key: Hashable & Comparable>(in counts: [Key: Int]) -> Set<Key> {
        let line: [(key: Key, count: Int)] = counts.filter { $0.value > 0 }.map { ($0.key, $0.value) }
            .sorted { ($0.count, $0.key) < ($1.count, $1.key) }
        var hidden: Set<Key> = Set(line.filter { isSmall($0.count) }.map(\.key))
        guard !hidden.isEmpty else { return [] }
        for one in line where !hidden.contains(one.key) {
            if isSafe(line.filter { hidden.contains($0.key) }.map(\.count)) { break }
            hidden.insert(one.key)
        }
        return hidden
    }

    /// What is left out of counts each of which says how many of `people` said yes to something: those of whom only a few
    /// said no are left out too.
    public static func hidden<Key: Hashable & Comparable>(in counts: [Key: Int], of people: Int) -> Set<Key> {
        hidden(in: counts).union(counts.filter { isSmall(people - $0.value) && $0.value > 0 }.keys)
    }

    /// Whether counts with a known sum, all of them above zero, hide one another.
    static func isSafe(_ counts: [Int]) -> Bool {
        counts.isEmpty || counts.count >= 2 && counts.reduce(0, +) - (counts.count - 1) >= least
    }

    // MARK: A table with its sums

    /// What is left out of a table, with the sums of its lines. The last row and the last column are those sums; the
    /// corner of both is the sum of all.
    public struct Grid: Hashable, Sendable {
        /// A place of the table; the place behind the last row or column stands for the sums.
        public struct Place: Hashable, Sendable {
            /// Its row and its column, from 0.
            public let row: Int, column: Int

            /// A place of the table.
            public init(row: Int, column: Int) {
                self.row = row
                self.column = column
            }
        }

        /// The places that are left out.
        public let hidden: Set<Place>
        /// Whether so few people stand in the table that nothing of it is published.
        public let isEmpty: Bool

        /// Whether the cell or the sum may be shown.
        public func shows(_ row: Int, _ column: Int) -> Bool {
            !isEmpty && !hidden.contains(Place(row: row, column: column))
        }
    }

    /// What is left out of a table of counts, all rows equally long.
    ///
    /// Each line of the table, its sum included, is protected by itself. Then no cell may be the only way between two
    /// parts of what is left out: every cell that is left out lies on a circle of such cells, along which counts could be
    /// shifted without changing any sum that is published (D. Gusfield, A Graph Theoretic Approach to Statistical Data
    /// Security, SIAM Journal on Computing 17, 1988).
    public static func grid(_ counts: [[Int]]) -> Grid {
        let (rows, columns) = (counts.count, counts.first?.count ?? 0)
        let total: Int = counts.reduce(0) { $0 + $1.reduce(0, +) }
        guard total >= least else { return Grid(hidden: [], isEmpty: true) }
        var full: [[Int]] = counts.map { $0 + [$0.reduce(0, +)] }
        full.append((0...columns).map { column in full.reduce(0) { $0 + $1[column] } })
        var state = GridState(full, rows: rows, columns: columns)
        state.protect()
        // Where nothing is left that could hide a cell, the table as a whole does.
        return state.isProtected ? Grid(hidden: state.hidden, isEmpty: false) : Grid(hidden: [], isEmpty: true)
    }

    /// The places that are left out so far. The sum of all is known and is no place.
    private struct GridState {
        let full: [[Int]]
        let rows: Int, columns: Int
        var hidden: Set<Grid.Place> = []

        init(_ full: [[Int]], rows: Int, columns: Int) {
            self.full = full
            self.rows = rows
            self.columns = columns
            for place in places where isSmall(count(place)) { hidden.insert(place) }
        }

        func count(_ place: Grid.Place) -> Int { full[place.row][place.column] }

        /// All places that may be left out, in their order.
        var places: [Grid.Place] {
            (0...rows).flatMap { row in (0...columns).map { Grid.Place(row: row, column: $0) } }
                .filter { !($0.row == rows && $0.column == columns) }
        }

        /// The lines: each row with its sum, each column with its sum, and the two lines of sums.
        var lines: [[Grid.Place]] {
            let all: [Grid.Place] = places
            return (0...rows).map { row in all.filter { $0.row == row } }
                + (0...columns).map { column in all.filter { $0.column == column } }
        }

        mutating func protect() {
            while let place = next() { hidden.insert(place) }
        }

        var isProtected: Bool { bridges().isEmpty && lines.allSatisfy(isSafeLine) }

        /// One more place to leave out; nil once everything is protected.
        private func next() -> Grid.Place? {
            for line in lines {
                let left: [Int] = line.filter(hidden.contains).map(count)
                guard !left.isEmpty, left.count < 2 || !isSafeLine(line) else { continue }
                if let place = smallest(line) { return place }
            }
            for bridge in bridges() {
                let near: [Grid.Place] = places.filter { $0.row == bridge.row || $0.column == bridge.column }
                if let place = smallest(near) ?? smallest(places) { return place }
            }
            return nil
        }

        /// Whether the cells of a line that are left out hide one another, for whoever knows the rest of the line.
        private func isSafeLine(_ line: [Grid.Place]) -> Bool {
            let isOfSums: Bool = line.allSatisfy { $0.row == rows } || line.allSatisfy { $0.column == columns }
            let left: [Grid.Place] = line.filter(hidden.contains)
            let sum: Grid.Place? = isOfSums ? nil : left.first { $0.row == rows || $0.column == columns }
            // Where the sum is left out too, the line alone tells nothing but that the two are one.
            return sum != nil && left.count > 1 || isSafe(left.map(count))
        }

        /// The smallest count above zero that is still shown, those whose other line hides something already first.
        private func smallest(_ line: [Grid.Place]) -> Grid.Place? {
            line.filter { !hidden.contains($0) && count($0) > 0 }.min { one, other in
                let (first, second) = (isAlone(one), isAlone(other))
                if first != second { return second }
                return (count(one), one.row, one.column) < (count(other), other.row, other.column)
            }
        }

        private func isAlone(_ place: Grid.Place) -> Bool {
            !hidden.contains { $0.row == place.row } || !hidden.contains { $0.column == place.column }
        }

        /// The places that are left out and that a chain of sums gives back: the bridges of the graph whose nodes are the
        /// lines and whose edges are the places left out.
        private func bridges() -> [Grid.Place] {
            hidden.sorted { ($0.row, $0.column) < ($1.row, $1.column) }.filter { place in
                var (seen, open): (Set<Int>, [Int]) = ([place.row], [place.row])
                while let node = open.popLast() {
                    for other in hidden where other != place {
                        let (row, column) = (other.row, rows + 1 + other.column)
                        for (from, to) in [(row, column), (column, row)] where from == node {
                            if seen.insert(to).inserted { open.append(to) }
                        }
                    }
                }
                return !seen.contains(rows + 1 + place.column)
            }
        }
    }
}
