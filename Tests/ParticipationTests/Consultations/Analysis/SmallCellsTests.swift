import Foundation
import Testing

@testable import Participation

/// What is left out of published tables: nobody can work it out again.
@Suite struct SmallCellsTests {
    @Test func `no sum gives a small count away, and none is known to be small`() {
        var draw = Draw(seed: 7)
        for _ in 0..<20_000 {
            let counts: [Int: Int] = Dictionary(
                uniqueKeysWithValues: (0..<Int.random(in: 1...8, using: &draw)).map {
                    ($0, [0, 1, 2, 3, 4, 5, 6, 12, 40].randomElement(using: &draw)!)
                })
            let hidden: Set<Int> = SmallCells.hidden(in: counts)
            #expect(counts.allSatisfy { !SmallCells.isSmall($0.value) || hidden.contains($0.key) })
            let small: Bool = counts.values.contains(where: SmallCells.isSmall)
            #expect(hidden.isEmpty == !small)
            guard small, counts.values.reduce(0, +) >= SmallCells.least else { continue }
            let left: Int = hidden.reduce(0) { $0 + counts[$1]! }
            let shown: Bool = hidden.count < counts.values.count { $0 > 0 }
            // With each of the others at least one, any of them could be five or more; or all of the line is left out.
            #expect(hidden.count >= 2 && left - (hidden.count - 1) >= SmallCells.least || !shown)
        }
    }

    @Test func `nobody learns that a few did not choose something`() {
        let hidden: Set<String> = SmallCells.hidden(in: ["a": 98, "b": 40, "c": 0], of: 100)
        #expect(hidden == ["a"])
        #expect(SmallCells.hidden(in: ["a": 100, "b": 40], of: 100).isEmpty)
    }

    /// The cells and sums that are left out, as the unknowns of the equations that everybody knows; those whose value
    /// follows from them.
    private static func solved(_ counts: [[Int]], _ grid: SmallCells.Grid) -> Set<SmallCells.Grid.Place> {
        let (rows, columns) = (counts.count, counts[0].count)
        let unknown: [SmallCells.Grid.Place] = grid.hidden.sorted { ($0.row, $0.column) < ($1.row, $1.column) }
        var equations: [[Double]] = []
        // Each row and each column: its cells are its sum; the sums of rows, and those of columns, are the sum of all.
        for row in 0...rows {
            equations.append(
                unknown.map { $0.row == row ? (row < rows && $0.column == columns ? -1 : 1) : 0 })
        }
        for column in 0...columns {
            equations.append(
                unknown.map { $0.column == column ? (column < columns && $0.row == rows ? -1 : 1) : 0 })
        }
        // Gauss and Jordan: what stands alone in its equation is known.
        var pivot = 0
        for column in unknown.indices {
            guard let found = (pivot..<equations.count).first(where: { abs(equations[$0][column]) > 1e-9 }) else {
                continue
            }
            equations.swapAt(pivot, found)
            let scale: Double = equations[pivot][column]
            equations[pivot] = equations[pivot].map { $0 / scale }
            for other in equations.indices where other != pivot && abs(equations[other][column]) > 1e-9 {
                let factor: Double = equations[other][column]
                for place in unknown.indices { equations[other][place] -= factor * equations[pivot][place] }
            }
            pivot += 1
        }
        var solved: Set<SmallCells.Grid.Place> = []
        for equation in equations {
            let places: [Int] = equation.indices.filter { abs(equation[$0]) > 1e-9 }
            if places.count == 1 { solved.insert(unknown[places[0]]) }
        }
        return solved
    }

    @Test func `no cell of a table follows from its sums`() {
        var draw = Draw(seed: 11)
        // Tables of enough people that are left out as a whole: a few of very small ones.
        var withheld = 0
        for _ in 0..<3_000 {
            let columns = Int.random(in: 2...6, using: &draw)
            let counts: [[Int]] = (0..<Int.random(in: 2...6, using: &draw)).map { _ in
                (0..<columns).map { _ in [0, 0, 1, 2, 3, 5, 7, 12, 30].randomElement(using: &draw)! }
            }
            let grid: SmallCells.Grid = SmallCells.grid(counts)
            guard !grid.isEmpty else {
                let people: Int = counts.flatMap(\.self).reduce(0, +)
                withheld += people < SmallCells.least ? 0 : 1
                continue
            }
            let full: [[Int]] = counts.map { $0 + [$0.reduce(0, +)] }
            for row in counts.indices {
                for column in 0...columns {
                    #expect(!(grid.shows(row, column) && SmallCells.isSmall(full[row][column])))
                }
            }
            let given: Set<SmallCells.Grid.Place> = Self.solved(counts, grid)
            #expect(given.isEmpty, "\(counts) \(given)")
            if full.allSatisfy({ $0.allSatisfy { !SmallCells.isSmall($0) } }),
                (0..<columns).allSatisfy({ column in
                    !SmallCells.isSmall(counts.reduce(0) { $0 + $1[column] })
                })
            {
                #expect(grid.hidden.isEmpty)
            }
        }
        #expect(withheld < 300)
    }

    @Test func `what is asked of few is not shown, and what weighs hidden counts goes with them`() {
        var scale = QuestionFigures(question: "mark", kind: .scale)
        (scale.asked, scale.answered, scale.counts) = (30, 30, ["1": 2, "2": 8, "3": 20])
        #expect(scale.middle != nil && scale.published.middle == nil && scale.published.counts == ["3": 20])
        var ranking = QuestionFigures(question: "order", kind: .ranking)
        (ranking.asked, ranking.answered) = (30, 30)
        (ranking.ranks, ranking.scores) = (["a": [3, 27], "b": [27, 3]], ["a": 3, "b": 27])
        #expect(ranking.published.scores.isEmpty && ranking.published.ranks.isEmpty)
        var number = QuestionFigures(question: "number", kind: .number)
        (number.asked, number.answered) = (6, 6)
        number.numbers = NumberFigures([(1, 6)])
        #expect(number.published.numbers?.least == nil && number.published.numbers?.median == nil)
        var few = QuestionFigures(question: "one", kind: .single)
        (few.asked, few.answered, few.counts) = (100, 4, ["a": 4])
        #expect(few.published.isHidden && few.published.answered == 0 && few.published.counts.isEmpty)
    }
}
