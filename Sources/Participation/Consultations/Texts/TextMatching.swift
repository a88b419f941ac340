import Foundation

/// Which paragraph of the version that is read now each block of a draft goes on as.
///
/// What is the same word for word is the same paragraph, wherever it stands. What is left is compared by the words in
/// common (Sørensen–Dice over words): the likest pairs first, and no pair below the threshold. Headings are compared
/// with headings. It is a proposal: an agent sees it and may say otherwise.
struct TextMatching {
    /// From which likeness on two wordings are one paragraph: half of the words, nearly all where there are few.
    static let threshold = 0.5, thresholdOfFew = 0.8, few = 6

    /// A paragraph of the version that is read now.
    struct Known {
        let paragraph: ID<TextParagraph>
        let block: TextBlock
    }

    /// The paragraph of each block, in the order of the blocks; nil for a new one. No paragraph is given twice.
    ///
    /// - Parameter chosen: what an agent said of a block, by its index: nil for a new paragraph.
    static func match(
        _ blocks: [TextBlock], with known: [Known], chosen: [Int: ID<TextParagraph>?] = [:]
    ) -> [ID<TextParagraph>?] {
        var result: [ID<TextParagraph>?] = Array(repeating: nil, count: blocks.count)
        var open: [Int] = []
        var taken: Set<ID<TextParagraph>> = []
        for index in blocks.indices {
            guard let choice = chosen[index] else {
                open.append(index)
                continue
            }
            if let choice, taken.insert(choice).inserted { result[index] = choice }
        }
        // The same words: the first with the first, where they stand more than once.
        var same: [TextBlock: [Int]] = [:]
        for (index, known) in known.enumerated().reversed() where !taken.contains(known.paragraph) {
            same[known.block.flattened, default: []].append(index)
        }
        var free = Set(known.indices.filter { !taken.contains(known[$0].paragraph) })
        var changed: [Int] = []
        for index in open {
            if let found = same[blocks[index].flattened]?.popLast() {
                result[index] = known[found].paragraph
                free.remove(found)
            } else {
                changed.append(index)
            }
        }
        for pair in likest(changed, of: blocks, with: free, of: known)
        where result[pair.new] == nil && free.contains(pair.old) {
            result[pair.new] = known[pair.old].paragraph
            free.remove(pair.old)
        }
        return result
    }

    private struct Pair {
        let new: Int
        let old: Int
        let likeness: Double
        /// How far apart they stand, in parts of the text.
        let distance: Double
    }

    /// All pairs that are like enough, the likest first, the nearest first among those as like.
    private static func likest(
        _ changed: [Int], of blocks: [TextBlock], with free: Set<Int>, of known: [Known]
    ) -> [Pair] {
        let left: [Int] = free.sorted()
        let bags: [Int: Bag] = Dictionary(uniqueKeysWithValues: left.map { ($0, Bag(known[$0].block.body)) })
        // A word that half the text has says little about a paragraph: who has a rarer one in common is compared.
        var holders: [Substring: [Int]] = [:]
        for index in left { for word in bags[index]!.counts.keys { holders[word, default: []].append(index) } }
        let common: Int = max(40, left.count / 8)
        var pairs: [Pair] = []
        for new in changed {
            let bag = Bag(blocks[new].body)
            var candidates: Set<Int> = []
            for word in bag.counts.keys {
                if let found = holders[word], found.count <= common { candidates.formUnion(found) }
            }
            for old in candidates where (known[old].block.level == 0) == (blocks[new].level == 0) {
                let likeness: Double = bag.likeness(to: bags[old]!)
                let isShort: Bool = min(bag.total, bags[old]!.total) < few
                guard likeness >= (isShort ? thresholdOfFew : threshold) else { continue }
                let distance: Double =
                    abs(Double(new) / Double(blocks.count) - Double(old) / Double(max(known.count, 1)))
                pairs.append(Pair(new: new, old: old, likeness: likeness, distance: distance))
            }
        }
        return pairs.sorted { ($1.likeness, $0.distance, $0.new, $0.old) < ($0.likeness, $1.distance, $1.new, $1.old) }
    }

    /// The words of a text, each as often as it stands there.
    private struct Bag {
        let counts: [Substring: Int]
        let total: Int

        init(_ text: String) {
            let words: [Substring] = text.lowercased().split { !$0.isLetter && !$0.isNumber }
            counts = Dictionary(words.map { ($0, 1) }, uniquingKeysWith: +)
            total = words.count
        }

        func likeness(to other: Bag) -> Double {
            guard total + other.total > 0 else { return 0 }
            let common: Int = counts.reduce(0) { $0 + min($1.value, other.counts[$1.key] ?? 0) }
            return 2 * Double(common) / Double(total + other.total)
        }
    }
}

extension TextBlock {
    /// The block with its line ends and blanks all alike: a line broken elsewhere changes no word.
    public var flattened: TextBlock {
        TextBlock(level: level, body: body.split(whereSeparator: \.isWhitespace).joined(separator: " "))
    }
}
