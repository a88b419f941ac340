/// A template taken apart, for tests that look inside. The library keeps its own reading to itself.
indirect enum Tag {
    case value(String, isRaw: Bool)
    case section(String, isInverted: Bool, [Tag])
    case partial(String)
    case layout(String, blocks: [String: [Tag]])
    case block(String, [Tag])
}

/// Reads the tags of a template; text between them is dropped.
struct TagReader {
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private var rest: Substring

    static func read(_ source: String) throws -> [Tag] {
        var reader = TagReader(rest: source[...])
        return try reader.tags(until: nil)
    }

    private init(rest: Substring) {
        self.rest = rest
    }

    private mutating func tags(until name: String?) throws -> [Tag] {
        var tags: [Tag] = []
        while let tag = next() {
            let inner = tag.text.dropFirst().trimmingPrefix(while: \.isWhitespace)
            let label = String(inner.reversed().drop(while: \.isWhitespace).reversed())
            switch tag.text.first {
            case _ where tag.isRaw: tags.append(.value(tag.text.filter { !$0.isWhitespace }, isRaw: true))
            case "!", "%", "=": break
            case "&": tags.append(.value(label, isRaw: true))
            case "#": tags.append(.section(label, isInverted: false, try self.tags(until: label)))
            case "^": tags.append(.section(label, isInverted: true, try self.tags(until: label)))
            case "$": tags.append(.block(label, try self.tags(until: label)))
            case ">": tags.append(.partial(label))
            case "<":
                var blocks: [String: [Tag]] = [:]
                for case .block(let name, let content) in try self.tags(until: label) { blocks[name] = content }
                tags.append(.layout(label, blocks: blocks))
            case "/":
                guard label == name else { throw Fault(description: "/\(label) closes \(name ?? "nothing")") }
                return tags
            default: tags.append(.value(tag.text.filter { !$0.isWhitespace }, isRaw: false))
            }
        }
        if let name { throw Fault(description: "\(name) is not closed") }
        return tags
    }

    private mutating func next() -> (text: Substring, isRaw: Bool)? {
        guard let open = rest.firstRange(of: "{{") else { return nil }
        let isRaw = rest[open.upperBound...].first == "{"
        let start = isRaw ? rest.index(after: open.upperBound) : open.upperBound
        guard let close = rest[start...].firstRange(of: isRaw ? "}}}" : "}}") else { return nil }
        let text = rest[start..<close.lowerBound]
        rest = rest[close.upperBound...]
        return (text, isRaw)
    }
}
