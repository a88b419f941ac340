/// Writes the HTML of a ``MarkdownDocument``, piece by piece.
struct MarkdownWriter {
    /// What has been written so far.
    private(set) var html = ""
    /// The level of the last heading: none is more than one deeper than the one before.
    private var level = 2
    /// HTML has no link within a link; an image within one leaves its words only.
    private var links = 0

    /// Takes the beginning or the end of a piece.
    mutating func take(_ node: MarkdownDocument.Node, isEntering: Bool) {
        switch node.kind {
        case "text", "html_inline": html += node.literal.escapedForHTML
        case "code": html += "<code>\(node.literal.escapedForHTML)</code>"
        case "softbreak", "linebreak": html += "<br>\n"
        case "emph": tag("em", isEntering)
        case "strong": tag("strong", isEntering)
        case "strikethrough": tag("del", isEntering)
        case "link", "image": link(node, isEntering)
        case "paragraph": paragraph(node, isEntering)
        case "heading": heading(node, isEntering)
        case "block_quote": block("blockquote", isEntering)
        case "list": list(node, isEntering)
        case "item": block("li", isEntering)
        case "code_block": html += "<pre><code>\(node.literal.escapedForHTML)</code></pre>\n"
        case "html_block":
            html += "<p>\(String(node.literal[...].trimming(while: \.isWhitespace)).escapedForHTML)</p>\n"
        case "thematic_break": html += "<hr>\n"
        case "table": block("table", isEntering)
        case "table_header", "table_row": row(node, isEntering)
        case "table_cell": cell(node, isEntering)
        default: break
        }
    }

    private mutating func tag(_ name: String, _ isEntering: Bool) {
        html += isEntering ? "<\(name)>" : "</\(name)>"
    }

    private mutating func block(_ name: String, _ isEntering: Bool) {
        html += isEntering ? "<\(name)>" : "</\(name)>\n"
    }

    private mutating func paragraph(_ node: MarkdownDocument.Node, _ isEntering: Bool) {
        // The items of a tight list hold lines, not paragraphs.
        if node.parent?.parent?.kind == "list", node.parent?.parent?.isTight == true {
            if !isEntering, node.next != nil { html += "\n" }
        } else {
            block("p", isEntering)
        }
    }

    private mutating func heading(_ node: MarkdownDocument.Node, _ isEntering: Bool) {
        if isEntering { level = min(node.level + 2, level + 1, 6) }
        block("h\(level)", isEntering)
    }

    private mutating func list(_ node: MarkdownDocument.Node, _ isEntering: Bool) {
        let name = node.isNumbered ? "ol" : "ul"
        if isEntering, node.isNumbered, node.start != 1 {
            html += "<ol start=\"\(node.start)\">\n"
        } else {
            html += isEntering ? "<\(name)>\n" : "</\(name)>\n"
        }
    }

    private mutating func row(_ node: MarkdownDocument.Node, _ isEntering: Bool) {
        let isHead = node.kind == "table_header"
        if isEntering {
            if isHead { html += "<thead>" } else if node.previous?.kind == "table_header" { html += "<tbody>" }
            html += "<tr>"
        } else {
            html += "</tr>"
            if isHead { html += "</thead>\n" } else { html += node.next == nil ? "</tbody>\n" : "\n" }
        }
    }

    private mutating func cell(_ node: MarkdownDocument.Node, _ isEntering: Bool) {
        let isHead = node.parent?.kind == "table_header"
        html += isEntering ? (isHead ? "<th scope=\"col\">" : "<td>") : (isHead ? "</th>" : "</td>")
    }

    private mutating func link(_ node: MarkdownDocument.Node, _ isEntering: Bool) {
        let address: String? = Self.safe(node.address)
        if address != nil, !isEntering { links -= 1 }
        if links == 0, let address {
            html += isEntering ? "<a href=\"\(address.escapedForHTML)\" rel=\"nofollow ugc noopener\">" : "</a>"
        }
        if address != nil, isEntering { links += 1 }
        // A photo without words is called by its address.
        if isEntering, node.kind == "image", !node.hasChildren { html += node.address.escapedForHTML }
    }

    /// `address` when it leads to the web, to a mailbox, to a telephone, or to a page of this service; nil otherwise.
    /// Everything but ASCII letters of addresses becomes a percent sign.
    private static func safe(_ address: String) -> String? {
        let small = address.lowercased()
        let isAllowed =
            ["https://", "http://", "mailto:", "tel:"].contains { small.hasPrefix($0) && small.count > $0.count }
            || SafePath.checked(address) != nil
        guard isAllowed, address.utf8.count <= 2_000 else { return nil }
        var encoded = ""
        for byte in address.utf8 {
            switch byte {
            case 0x00...0x20, 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B...0x7D, 0x7F...0xFF:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            default: encoded.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return encoded
    }
}
