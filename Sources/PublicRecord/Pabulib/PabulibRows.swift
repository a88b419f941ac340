/// Rows of separated values with CSV quoting, read from bytes in one pass.
///
/// A quote opens a quoted field only as its first byte; inside, two quotes stand for one. A row ends at LF, CRLF or CR.
struct PabulibRows {
    /// Where the text of a field lies: in the file, or, when quotes had to be taken out, in `unquoted`.
    struct Field {
        var range: Range<Int>
        var isUnquoted: Bool
    }

    let bytes: [UInt8]
    /// The next byte to read.
    private(set) var position: Int
    /// The line of the next byte, counted from 1.
    private(set) var nextLine = 1
    /// The line on which the current row begins.
    private(set) var line = 0
    /// Where the current row begins.
    private(set) var start = 0
    private(set) var fields: [Field] = []
    /// The line of a quote that the current row never closes.
    private(set) var openQuote: Int?
    private var unquoted: [UInt8] = []

    init(_ bytes: [UInt8], from position: Int = 0, line: Int = 1) {
        self.bytes = bytes
        self.position = position
        nextLine = line
    }

    /// Reads the next row that is not blank. False at the end of the file.
    mutating func next() -> Bool {
        while position < bytes.count {
            readRow()
            if fields.count > 1 || !trimmed(0).isEmpty { return true }
        }
        return false
    }

    /// The text of field `index` without white space (no-break spaces too) at either end.
    func trimmed(_ index: Int) -> ArraySlice<UInt8> {
        let field = fields[index]
        let source = field.isUnquoted ? unquoted : bytes
        return trimmingSpace(source[field.range])
    }

    private mutating func readRow() {
        fields.removeAll(keepingCapacity: true)
        unquoted.removeAll(keepingCapacity: true)
        start = position
        line = nextLine
        let end = bytes.count
        while true {
            if position < end, bytes[position] == UInt8(ascii: "\"") {
                readQuotedField()
            } else {
                let first = position
                skipPlain()
                fields.append(Field(range: first..<position, isUnquoted: false))
            }
            guard position < end else { return }
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: ";") { continue }
            if byte == UInt8(ascii: "\r"), position < end, bytes[position] == UInt8(ascii: "\n") { position += 1 }
            nextLine += 1
            return
        }
    }

    /// Moves to the next separator or line end.
    private mutating func skipPlain() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ";"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): return
            default: position += 1
            }
        }
    }

    private mutating func readQuotedField() {
        let openedAt = nextLine
        let first = unquoted.count
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") {
                if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                    position += 1
                } else {
                    // Whatever follows a closing quote belongs to the field as it stands.
                    let rest = position
                    skipPlain()
                    unquoted.append(contentsOf: bytes[rest..<position])
                    fields.append(Field(range: first..<unquoted.count, isUnquoted: true))
                    return
                }
            } else if byte == UInt8(ascii: "\n") || (byte == UInt8(ascii: "\r") && !isFollowedByLineFeed) {
                nextLine += 1
            }
            unquoted.append(byte)
        }
        openQuote = openedAt
        fields.append(Field(range: first..<unquoted.count, isUnquoted: true))
    }

    private var isFollowedByLineFeed: Bool { position < bytes.count && bytes[position] == UInt8(ascii: "\n") }
}

/// Without ASCII white space and no-break spaces (U+00A0, U+202F) at either end.
func trimmingSpace(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var text = text
    while let first = text.first {
        if first == 0x20 || 0x09...0x0d ~= first {
            text = text.dropFirst()
        } else if text.starts(with: [0xc2, 0xa0]) {
            text = text.dropFirst(2)
        } else if first == 0xe2, text.starts(with: [0xe2, 0x80, 0xaf]) {
            text = text.dropFirst(3)
        } else {
            break
        }
    }
    while let last = text.last {
        if last == 0x20 || 0x09...0x0d ~= last {
            text = text.dropLast()
        } else if last == 0xa0, text.count >= 2, text[text.endIndex - 2] == 0xc2 {
            text = text.dropLast(2)
        } else if last == 0xaf, text.count >= 3, text[text.endIndex - 2] == 0x80, text[text.endIndex - 3] == 0xe2 {
            text = text.dropLast(3)
        } else {
            break
        }
    }
    return text
}

/// The first byte that is not UTF-8, if any.
func firstInvalidUTF8(_ bytes: [UInt8]) -> Int? {
    var index = 0
    let end = bytes.count
    while index < end {
        let lead = bytes[index]
        if lead < 0x80 {
            index += 1
            continue
        }
        let length: Int
        var lowest: UInt8 = 0x80
        var highest: UInt8 = 0xbf
        switch lead {
        case 0xc2...0xdf: length = 2
        case 0xe0...0xef:
            length = 3
            if lead == 0xe0 { lowest = 0xa0 }
            if lead == 0xed { highest = 0x9f }
        case 0xf0...0xf4:
            length = 4
            if lead == 0xf0 { lowest = 0x90 }
            if lead == 0xf4 { highest = 0x8f }
        default: return index
        }
        guard index + length <= end, lowest...highest ~= bytes[index + 1] else { return index }
        for offset in 2..<max(length, 2) where bytes[index + offset] & 0xc0 != 0x80 { return index }
        index += length
    }
    return nil
}

/// Numbers ids (byte strings) in the order in which they come.
struct IDTable {
    private var slots = [Int32](repeating: 0, count: 64)
    private var ends: [Int] = []
    private var text: [UInt8] = []

    /// How many ids are known.
    var count: Int { ends.count }

    /// The number of an id.
    func number(of id: ArraySlice<UInt8>) -> Int? {
        var slot = Self.hash(id) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if isEqual(number, id) { return number }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Adds an id; nil if it is known already.
    mutating func insert(_ id: ArraySlice<UInt8>) -> Int? {
        guard number(of: id) == nil else { return nil }
        text.append(contentsOf: id)
        ends.append(text.count)
        if ends.count * 2 > slots.count {
            slots = [Int32](repeating: 0, count: slots.count * 2)
            for number in 0..<ends.count { place(number) }
        } else {
            place(ends.count - 1)
        }
        return ends.count - 1
    }

    private func range(_ number: Int) -> Range<Int> { (number == 0 ? 0 : ends[number - 1])..<ends[number] }

    private func isEqual(_ number: Int, _ id: ArraySlice<UInt8>) -> Bool {
        let range = range(number)
        guard range.count == id.count else { return false }
        var mine = range.lowerBound
        for byte in id {
            if text[mine] != byte { return false }
            mine += 1
        }
        return true
    }

    private mutating func place(_ number: Int) {
        var slot = Self.hash(text[range(number)]) & (slots.count - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(number + 1)
    }

    private static func hash(_ id: ArraySlice<UInt8>) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in id { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        hash ^= hash >> 29
        return Int(truncatingIfNeeded: hash & 0x7fff_ffff_ffff_ffff)
    }
}
