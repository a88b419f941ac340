import CCMark

/// A text as cmark-gfm understands it.
final class MarkdownDocument {
    /// One piece of it, valid while the document is.
    struct Node {
        fileprivate let pointer: OpaquePointer

        /// What it is, in cmark's words: `paragraph`, `text`, `table_row`, …
        var kind: String { String(cString: cmark_node_get_type_string(pointer)) }
        /// The letters of a text, of code or of HTML that was typed.
        var literal: String { cmark_node_get_literal(pointer).map { String(cString: $0) } ?? "" }
        /// Where a link or an image leads.
        var address: String { cmark_node_get_url(pointer).map { String(cString: $0) } ?? "" }
        /// Of a heading, from 1 to 6.
        var level: Int { Int(cmark_node_get_heading_level(pointer)) }
        /// Whether a list has numbers, and its first one.
        var isNumbered: Bool { cmark_node_get_list_type(pointer) == CMARK_ORDERED_LIST }
        var start: Int { Int(cmark_node_get_list_start(pointer)) }
        /// Whether the items of a list are single lines rather than paragraphs.
        var isTight: Bool { cmark_node_get_list_tight(pointer) != 0 }
        var parent: Node? { cmark_node_parent(pointer).map(Node.init(pointer:)) }
        var previous: Node? { cmark_node_previous(pointer).map(Node.init(pointer:)) }
        var next: Node? { cmark_node_next(pointer).map(Node.init(pointer:)) }
        var hasChildren: Bool { cmark_node_first_child(pointer) != nil }
        /// The first and the last line of the text that it comes from, from 1.
        var lines: ClosedRange<Int> {
            let first = Int(cmark_node_get_start_line(pointer))
            return first...max(first, Int(cmark_node_get_end_line(pointer)))
        }
        /// What it holds directly, in order.
        var children: [Node] {
            var found: [Node] = []
            var next: Node? = cmark_node_first_child(pointer).map(Node.init(pointer:))
            while let node = next {
                found.append(node)
                next = node.next
            }
            return found
        }
    }

    /// How much is read as Markdown: 64 KB, 50 levels, and tables of 5,000 cells, which cmark fills up to their
    /// widest row.
    static let bytes = 64 * 1024
    private static let levels = 50, cells = 5_000

    private let root: OpaquePointer

    /// The pieces that the whole is made of: paragraphs, headings, lists.
    var blocks: [Node] { Node(pointer: root).children }

    /// Reads `text`; nil when it is too long or too deep for a page.
    ///
    /// - Parameter limit: the most bytes, where a text is read to be taken apart rather than shown.
    init?(_ text: String, limit: Int = MarkdownDocument.bytes) {
        guard text.utf8.count <= limit, let root = Self.parse(text) else { return nil }
        self.root = root
        guard depth <= Self.levels else { return nil }
    }

    deinit { cmark_node_free(root) }

    /// Calls `take` for every piece, once on entering and, when it can hold others, once on leaving.
    func walk(_ take: (Node, _ isEntering: Bool) -> Void) {
        guard let iterator = cmark_iter_new(root) else { return }
        defer { cmark_iter_free(iterator) }
        while true {
            let event = cmark_iter_next(iterator)
            guard event != CMARK_EVENT_DONE, let node = cmark_iter_get_node(iterator) else { return }
            take(Node(pointer: node), event == CMARK_EVENT_ENTER)
        }
    }

    private var depth: Int {
        var deepest = 0, depth = 0
        walk { node, isEntering in
            guard node.hasChildren else { return }
            depth += isEntering ? 1 : -1
            deepest = max(deepest, depth)
        }
        return deepest
    }

    private static let register: Void = cmark_gfm_core_extensions_ensure_registered()

    private static func parse(_ text: String) -> OpaquePointer? {
        _ = register
        guard let parser = cmark_parser_new(CMARK_OPT_DEFAULT) else { return nil }
        defer { cmark_parser_free(parser) }
        for name in ["autolink", "strikethrough"] + (mayHoldTables(text) ? ["table"] : []) {
            guard let found = cmark_find_syntax_extension(name) else { continue }
            cmark_parser_attach_syntax_extension(parser, found)
        }
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
        }
        return cmark_parser_finish(parser)
    }

    private static func mayHoldTables(_ text: String) -> Bool {
        var lines = 1, bars = 0, widest = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "|"): bars += 1
            case UInt8(ascii: "\n"):
                lines += 1
                bars = 0
            default: continue
            }
            widest = max(widest, bars)
        }
        return widest > 0 && (widest + 1) * lines <= cells
    }
}
