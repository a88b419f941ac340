import Testing

@testable import Participation

/// Which block is which paragraph, by words alone.
@Suite struct TextMatchingTests {
    private static func known(_ blocks: [TextBlock]) -> [TextMatching.Known] {
        blocks.map { TextMatching.Known(paragraph: ID(), block: $0) }
    }

    private static func plain(_ bodies: [String]) -> [TextBlock] { bodies.map { TextBlock(level: 0, body: $0) } }

    /// The index in `old` of what each block of `new` goes on as; nil for a new one.
    private static func matched(_ old: [TextBlock], _ new: [TextBlock]) -> [Int?] {
        let known: [TextMatching.Known] = known(old)
        return TextMatching.match(new, with: known).map { id in known.firstIndex { $0.paragraph == id } }
    }

    @Test func `the same words are the same paragraph wherever they stand, and lines broken elsewhere change nothing`()
    {
        let old: [TextBlock] = Self.plain(["Un banc au soleil.", "Deux arbres\nsur la place.", "Trois."])
        let new: [TextBlock] = Self.plain(["Trois.", "Neuf.", "Deux arbres sur\nla place.", "Un banc au soleil."])
        #expect(Self.matched(old, new) == [2, nil, 1, 0])
    }

    @Test func `half of the words in common is the same paragraph, and few words must nearly all be there`() {
        let old: [TextBlock] = Self.plain([
            "Les vélos sont attachés aux arceaux de la place.", "Article 1", "Le marché a lieu chaque jeudi matin.",
        ])
        let new: [TextBlock] = Self.plain([
            "Article 2", "Les vélos et trottinettes sont attachés aux arceaux.", "Tout autre chose est écrit ici.",
        ])
        #expect(Self.matched(old, new) == [nil, 0, nil])
        // The likest pair comes first, whatever the order.
        let rivals: [TextBlock] = Self.plain(["un deux trois quatre cinq six", "un deux trois quatre cinq sept"])
        #expect(
            Self.matched(
                rivals, Self.plain(["un deux trois quatre cinq sept huit", "un deux trois quatre cinq six neuf"]))
                == [1, 0])
    }

    @Test func `what stands twice is two paragraphs, and a heading is no paragraph of text`() {
        let old: [TextBlock] = Self.plain(["Rien.", "Rien.", "La place est à tous les habitants."])
        #expect(Self.matched(old, Self.plain(["Rien.", "Rien.", "Rien."])) == [0, 1, nil])
        let heading = TextBlock(level: 2, body: "La place est à tous les habitants.")
        #expect(Self.matched(old, [heading]) == [nil])
        #expect(Self.matched([heading], [TextBlock(level: 3, body: heading.body)]) == [0])
    }

    @Test func `what an agent said comes before what the words say, and nobody gets a paragraph twice`() {
        let known: [TextMatching.Known] = Self.known(Self.plain(["Un banc.", "Un arbre."]))
        let blocks: [TextBlock] = Self.plain(["Un banc.", "Un arbre.", "Une fontaine."])
        let new: ID<TextParagraph>? = nil
        let chosen: [Int: ID<TextParagraph>?] = [0: new, 2: known[0].paragraph, 1: known[0].paragraph]
        let matched: [ID<TextParagraph>?] = TextMatching.match(blocks, with: known, chosen: chosen)
        #expect(matched == [nil, known[0].paragraph, nil])
    }

    @Test func `a thousand paragraphs, half of them reworded, are matched in a moment`() {
        let words: [String] = (0..<400).map { "mot\($0)" }
        func paragraph(_ index: Int) -> [String] { (0..<40).map { words[(index * 7 + $0 * $0) % 400] } + ["n\(index)"] }
        let old: [TextBlock] = Self.plain((0..<1_000).map { paragraph($0).joined(separator: " ") })
        let new: [TextBlock] = Self.plain(
            (0..<1_000).map { index in
                let all: [String] = paragraph(index)
                return (index.isMultiple(of: 2) ? all : Array(all.dropFirst(6)) + ["autrement"]).joined(separator: " ")
            })
        let clock = ContinuousClock()
        var result: [Int?] = []
        let time: Duration = clock.measure { result = Self.matched(old, new) }
        #expect(result == (0..<1_000).map { $0 })
        #expect(time < .seconds(20))
    }

    @Test func `a comparison says what stayed, moved, was reworded, came and went, in the order of reading`() {
        let ids: [ID<TextParagraph>] = (0..<5).map { _ in ID() }
        func passage(_ place: Int, _ id: Int?, _ body: String) -> TextPassage {
            TextPassage(
                place: place, block: TextBlock(level: 0, body: body),
                paragraph: id.map { TextParagraph(id: ids[$0], number: $0 + 1, comments: 0, suggestions: 0) },
                isChosen: false, hasReply: false)
        }
        let before: [TextPassage] = [passage(1, 0, "a"), passage(2, 1, "b"), passage(3, 2, "c"), passage(4, 3, "d")]
        let after: [TextPassage] = [passage(1, 0, "a"), passage(2, 3, "d"), passage(3, 2, "c!"), passage(4, nil, "e")]
        let entries: [TextComparison.Entry] = TextComparison(from: before, to: after).entries
        #expect(entries.count == 5)
        let moved: Int = entries.count { $0.change == .moved || $0.change == .movedAndReworded }
        #expect(moved == 1)
        #expect(entries.first?.change == .unchanged && entries.contains { $0.change == .added })
        #expect(entries.first { $0.change == .removed }?.before?.block.body == "b")
        #expect(TextComparison(from: before, to: before).counts == [.unchanged: 4])
    }
}
