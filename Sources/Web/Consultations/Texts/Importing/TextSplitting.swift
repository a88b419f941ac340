import Participation

/// Takes a text apart into the blocks that are annotated, and puts them together again for whoever edits it.
///
/// A block is what Markdown takes for one on the first level; each item of a list is one by itself. The words of a block
/// stay as they were typed; of a heading the marks go, its level is kept beside.
enum TextSplitting {
    /// How much is taken apart: a long statute has a tenth of it.
    static let bytes = 2 << 20

    /// The blocks of `markdown`, in order; nil when it is too long or nested too deeply.
    static func blocks(of markdown: String) -> [TextBlock]? {
        let text: String = markdown.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        guard let document = MarkdownDocument(text, limit: bytes) else { return nil }
        let lines: [Substring] = text.split(separator: "\n", omittingEmptySubsequences: false)
        var blocks: [TextBlock] = []
        for node in document.blocks {
            switch node.kind {
            case "thematic_break": continue
            case "heading":
                blocks.append(TextBlock(level: node.level, body: heading(words(node, of: lines))))
            case "list":
                for item in node.children { blocks.append(TextBlock(level: 0, body: words(item, of: lines))) }
            default: blocks.append(TextBlock(level: 0, body: words(node, of: lines)))
            }
        }
        return blocks.filter { !$0.body.isEmpty }
    }

    /// The Markdown of a whole text: what ``blocks(of:)`` takes apart into the same blocks.
    static func markdown(of blocks: [TextBlock]) -> String {
        blocks.map { block in
            block.level == 0 ? block.body : "\(String(repeating: "#", count: block.level)) \(block.body)"
        }.joined(separator: "\n\n")
    }

    /// The lines of a block as they were typed, without the empty ones around them.
    private static func words(_ node: MarkdownDocument.Node, of lines: [Substring]) -> String {
        let range: Range<Int> = (node.lines.lowerBound - 1)..<min(node.lines.upperBound, lines.count)
        var taken: ArraySlice<Substring> = lines[range]
        while let last = taken.last, last.allSatisfy(\.isWhitespace) { taken.removeLast() }
        while let first = taken.first, first.allSatisfy(\.isWhitespace) { taken.removeFirst() }
        return taken.joined(separator: "\n")
    }

    /// A heading in one line, without the signs before and after it and the line below it.
    private static func heading(_ typed: String) -> String {
        var lines: [Substring] = typed.split(separator: "\n")
        guard lines.count == 1 else {
            lines.removeLast()
            return lines.map { $0[...].trimming(while: \.isWhitespace) }.joined(separator: " ")
        }
        var words: Substring = lines[0][...].trimming(while: \.isWhitespace).drop { $0 == "#" }
        let bare: Substring = words.trimming(while: { $0 == "#" })
        // Signs at the end belong to the heading's marks where a blank stands before them.
        if bare.last?.isWhitespace == true || bare.isEmpty { words = bare }
        return String(words.trimming(while: \.isWhitespace))
    }
}
