import CCMark

/// What residents write: CommonMark with tables, strike-through and bare links, read by cmark-gfm.
///
/// What can come out is what ``MarkdownWriter`` writes, and nothing else: HTML that was typed is shown as it was typed,
/// an image becomes a link to it (a page asks no other server for anything), and a link leads to the web, to a mailbox,
/// to a telephone or to a page of this service.
public enum Markdown {
    /// The HTML of `text`, to be placed with `{{{…}}}`. Headings begin at `h3`, below those of the page.
    public static func html(_ text: String) -> String {
        guard let document = MarkdownDocument(text) else { return asTyped(text) }
        var writer = MarkdownWriter()
        document.walk { writer.take($0, isEntering: $1) }
        return writer.html
    }

    /// The HTML of a heading of that level, from 1 to 6, whose words are `text`: of one line.
    public static func heading(_ text: String, level: Int) -> String {
        let whole: String = html(text)
        let isLine: Bool = whole.hasPrefix("<p>") && whole.hasSuffix("</p>\n")
        let words: String = isLine ? String(whole.dropFirst(3).dropLast(5)) : text.escapedForHTML
        return "<h\(level)>\(words)</h\(level)>\n"
    }

    /// The words of `text` without their marks, paragraphs parted by an empty line: for letters and feeds.
    public static func plain(_ text: String) -> String {
        guard let document = MarkdownDocument(text) else { return text }
        var paragraphs: [String] = []
        var words = ""
        document.walk { node, isEntering in
            switch (node.kind, isEntering) {
            case ("text", true), ("code", true), ("html_inline", true): words += node.literal
            case ("softbreak", true), ("linebreak", true): words += "\n"
            case ("code_block", true), ("html_block", true):
                paragraphs.append(node.literal[...].trimming(while: \.isWhitespace).description)
            case ("table_cell", false): words += " "
            case ("paragraph", false), ("heading", false), ("table_row", false), ("table_header", false):
                paragraphs.append(words[...].trimming(while: \.isWhitespace).description)
                words = ""
            default: break
            }
        }
        return paragraphs.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// The beginning of `text` in one line of at most `characters`, cut between two words.
    public static func excerpt(_ text: String, characters: Int = 200) -> String {
        let words = plain(text).split(whereSeparator: \.isWhitespace)
        var line = ""
        for word in words {
            guard line.count + 1 + word.count <= characters else {
                return (line.isEmpty ? String(word.prefix(characters - 1)) : line) + "…"
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return line
    }

    /// A text too long or too deep to be read as Markdown, with its line breaks.
    private static func asTyped(_ text: String) -> String {
        "<p>\(text.escapedForHTML.replacing("\n", with: "<br>\n"))</p>\n"
    }
}
