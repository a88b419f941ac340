/// What changed from one version of a text to another, paragraph by paragraph.
public struct TextComparison: Sendable {
    /// What became of one paragraph.
    public enum Change: String, Sendable, CaseIterable {
        case unchanged, reworded, moved
        case movedAndReworded = "moved_and_reworded"
        case added, removed
    }

    /// One paragraph of either version.
    public struct Entry: Sendable {
        /// What became of it.
        public let change: Change
        /// As it was, and as it is: one is nil for what came or went.
        public let before: TextPassage?, after: TextPassage?
    }

    /// The paragraphs in the order of the later version; what went stands after what it stood after.
    public let entries: [Entry]

    /// How many paragraphs changed in which way.
    public var counts: [Change: Int] { Dictionary(entries.map { ($0.change, 1) }, uniquingKeysWith: +) }

    /// Compares two versions; a draft too, as its passages say.
    public init(from before: [TextPassage], to after: [TextPassage]) {
        let old: [ID<TextParagraph>: Int] = Dictionary(
            uniqueKeysWithValues: before.enumerated().compactMap { index, passage in
                passage.paragraph.map { ($0.id, index) }
            })
        let origins: [Int?] = after.map { passage in passage.paragraph.flatMap { old[$0.id] } }
        let kept = Set(origins.compactMap(\.self))
        let inOrder: Set<Int> = Self.longestRun(origins.compactMap(\.self))
        var entries: [Entry] = []
        var next = 0
        func removed(before limit: Int) {
            while next < limit {
                if !kept.contains(next) {
                    entries.append(Entry(change: .removed, before: before[next], after: nil))
                }
                next += 1
            }
        }
        for (passage, origin) in zip(after, origins) {
            guard let origin else {
                entries.append(Entry(change: .added, before: nil, after: passage))
                continue
            }
            let isMoved: Bool = !inOrder.contains(origin)
            if !isMoved { removed(before: origin) }
            let isReworded: Bool = before[origin].block.flattened != passage.block.flattened
            let change: Change =
                isMoved ? (isReworded ? .movedAndReworded : .moved) : (isReworded ? .reworded : .unchanged)
            entries.append(Entry(change: change, before: before[origin], after: passage))
        }
        removed(before: before.count)
        self.entries = entries
    }

    /// The longest run of places that stayed in order (patience): whoever is not in it has moved.
    private static func longestRun(_ places: [Int]) -> Set<Int> {
        // tops[n]: the index of the smallest end of a run of n + 1 places; links lead back along it.
        var tops: [Int] = []
        var links: [Int?] = []
        for (index, place) in places.enumerated() {
            var (low, high) = (0, tops.count)
            while low < high {
                let middle: Int = (low + high) / 2
                if places[tops[middle]] < place { low = middle + 1 } else { high = middle }
            }
            links.append(low > 0 ? tops[low - 1] : nil)
            if low < tops.count { tops[low] = index } else { tops.append(index) }
        }
        var run: Set<Int> = []
        var link: Int? = tops.last
        while let index = link {
            run.insert(places[index])
            link = links[index]
        }
        return run
    }
}
