/// A credential held inline; a vote has as many as voters.
struct CredentialKey: Hashable {
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    init(_ bytes: [UInt8]) {
        high = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// A channel and the place, if it has one.
struct Place: Hashable {
    let channel: Channel
    let name: String?

    /// For a report.
    var text: String { name.map { "\(channel.rawValue), \($0)" } ?? channel.rawValue }
}

/// Eighty bits in the order of their letters.
struct TrackerKey: Comparable {
    let high: UInt64
    let low: UInt16

    static func < (left: TrackerKey, right: TrackerKey) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

/// An entry as the checks look at it. Three kinds make up nearly the whole of a log, one or more for each voter; they
/// are recognised by their canonical bytes, and everything else is read as JSON.
enum ScannedEntry {
    case mark(CredentialKey, Place)
    case sealed(CredentialKey, Hash)
    case opened(OpenedEntry)
    case other(Entry)

    /// A `ballot.opened`.
    struct OpenedEntry {
        let channel: Channel?
        let group: String
        let choices: ChoicesReader.Reading
        let mark: Mark

        enum Mark {
            case tracker(TrackerKey)
            case paper(Int)
            case unreadable
        }
    }
}

/// Recognises the frequent kinds by their bytes.
struct EntryScanner {
    private var reader: ChoicesReader
    private var places: [[UInt8]: String?] = [:]

    private static let markHeads = Channel.allCases.map { channel in
        (channel: channel, bytes: Array("{\"channel\":\"\(channel.rawValue)\",\"credential\":\"".utf8))
    }
    private static let markMiddle = Array(#"","kind":"mark.made","place":"#.utf8)
    private static let sealedHead = Array(#"{"credential":""#.utf8)
    private static let sealedMiddle = Array(#"","envelope":""#.utf8)
    private static let sealedTail = Array(#"","kind":"ballot.sealed"}"#.utf8)
    private static let openedHeads = [Channel.online, .kiosk].map { channel in
        (channel: channel, bytes: Array("{\"channel\":\"\(channel.rawValue)\",\"choices\":".utf8))
    }
    private static let openedGroup = Array(#","group":""#.utf8)
    private static let openedKind = Array(#","kind":"ballot.opened","tracker":""#.utf8)
    private static let trackerLength = 19

    /// A scanner of a vote's log; without its definition, choices are only known to be JSON.
    init(_ definition: Definition?) {
        reader = ChoicesReader(definition)
    }

    /// The entry in these bytes, exactly as `Entry(bytes:)` reads it.
    mutating func scan(_ bytes: ArraySlice<UInt8>) throws(EntryError) -> ScannedEntry {
        let fast = bytes.withUnsafeBytes { fastScan($0, base: bytes.startIndex, bytes) }
        if let fast { return fast }
        let entry = try Entry(bytes: bytes)
        switch entry {
        case .markMade(let credential, let channel, let place):
            return .mark(CredentialKey(credential), Place(channel: channel, name: place))
        case .ballotSealed(let credential, let envelope):
            return .sealed(CredentialKey(credential), envelope)
        case .ballotOpened(let channel, let group, let choices, let mark):
            let own: ScannedEntry.OpenedEntry.Mark =
                switch mark {
                case .tracker(let tracker): .tracker(TrackerKey(tracker))
                case .paper(let serial): .paper(serial)
                case .unreadable: .unreadable
                }
            return .opened(
                ScannedEntry.OpenedEntry(
                    channel: channel, group: group, choices: reader.read(choices), mark: own))
        default:
            return .other(entry)
        }
    }

    private mutating func fastScan(
        _ raw: UnsafeRawBufferPointer, base: Int, _ bytes: ArraySlice<UInt8>
    ) -> ScannedEntry? {
        if raw.has(Self.sealedHead, at: 0) {
            let (credential, envelope) = (Self.sealedHead.count, Self.sealedHead.count + 32 + Self.sealedMiddle.count)
            guard raw.count == envelope + 64 + Self.sealedTail.count, raw.has(Self.sealedMiddle, at: credential + 32),
                raw.has(Self.sealedTail, at: envelope + 64), let key = raw.credential(at: credential),
                let hash = raw.hash(at: envelope)
            else { return nil }
            return .sealed(key, hash)
        }
        for head in Self.openedHeads where raw.has(head.bytes, at: 0) {
            return opened(raw, head.bytes.count, head.channel, base, bytes)
        }
        for head in Self.markHeads where raw.has(head.bytes, at: 0) {
            let middle = head.bytes.count + 32
            guard let key = raw.credential(at: head.bytes.count), raw.has(Self.markMiddle, at: middle),
                let place = place(bytes[(base + middle + Self.markMiddle.count)...])
            else { return nil }
            return .mark(key, Place(channel: head.channel, name: place))
        }
        return nil
    }

    private mutating func opened(
        _ raw: UnsafeRawBufferPointer, _ start: Int, _ channel: Channel, _ base: Int, _ bytes: ArraySlice<UInt8>
    ) -> ScannedEntry? {
        let tracker = raw.count - 2 - Self.trackerLength
        let kind = tracker - Self.openedKind.count
        guard kind > start, raw.has(Self.openedKind, at: kind), raw[raw.count - 2] == UInt8(ascii: "\""),
            raw[raw.count - 1] == UInt8(ascii: "}"), raw[kind - 1] == UInt8(ascii: "\""),
            let key = raw.tracker(at: tracker)
        else { return nil }
        // Quotes inside a text are escaped, so the last such bytes begin the member called group.
        var group = kind - 2
        while group > start, !raw.has(Self.openedGroup, at: group) { group -= 1 }
        guard group > start else { return nil }
        let name = group + Self.openedGroup.count
        guard name < kind - 1 else { return nil }
        for position in name..<kind - 1 {
            let byte = raw[position]
            // Names with anything but plain characters are left to the reader of JSON.
            guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { return nil }
        }
        guard let choices = reader.read(bytes[base + start..<base + group]) else { return nil }
        return .opened(
            ScannedEntry.OpenedEntry(
                channel: channel, group: String(decoding: raw[name..<kind - 1], as: UTF8.self), choices: choices,
                mark: .tracker(key)))
    }

    /// The place at the end of a mark; nil when the bytes are not one place and the end of the entry.
    private mutating func place(_ tail: ArraySlice<UInt8>) -> String?? {
        let bytes = Array(tail)
        if let known = places[bytes] { return .some(known) }
        guard bytes.last == UInt8(ascii: "}"), let value = try? CanonicalJSON(parsing: bytes.dropLast()) else {
            return nil
        }
        let place: String?
        switch value {
        case .null: place = nil
        case .string(let name) where !name.isEmpty: place = name
        default: return nil
        }
        if places.count < 10_000 { places[bytes] = place }
        return .some(place)
    }
}

extension TrackerKey {
    init(_ tracker: Tracker) {
        high = tracker.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        low = tracker.bytes.suffix(2).reduce(0) { $0 << 8 | UInt16($1) }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func has(_ bytes: [UInt8], at offset: Int) -> Bool {
        guard offset >= 0, offset + bytes.count <= count else { return false }
        for position in 0..<bytes.count where self[offset + position] != bytes[position] { return false }
        return true
    }

    /// Sixteen lower-case hexadecimal digits.
    private func word(at offset: Int) -> UInt64? {
        guard offset + 16 <= count else { return nil }
        var word: UInt64 = 0
        for position in offset..<offset + 16 {
            guard let digit = Hex.value(of: self[position]) else { return nil }
            word = word << 4 | UInt64(digit)
        }
        return word
    }

    fileprivate func credential(at offset: Int) -> CredentialKey? {
        guard let high = word(at: offset), let low = word(at: offset + 16) else { return nil }
        return CredentialKey(high: high, low: low)
    }

    fileprivate func hash(at offset: Int) -> Hash? {
        guard let a = word(at: offset), let b = word(at: offset + 16), let c = word(at: offset + 32),
            let d = word(at: offset + 48)
        else { return nil }
        return Hash(words: a, b, c, d)
    }

    /// `XXXX-XXXX-XXXX-XXXX` in the alphabet of trackers.
    fileprivate func tracker(at offset: Int) -> TrackerKey? {
        var high: UInt64 = 0
        var low: UInt16 = 0
        var letters = 0
        for position in 0..<19 {
            let byte = self[offset + position]
            if position % 5 == 4 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard byte < 0x80 else { return nil }
            let value = TrackerKey.letters[Int(byte)]
            guard value < 32 else { return nil }
            // Thirteen letters are 65 bits: the last bit of the thirteenth belongs to the low word.
            switch letters {
            case 0..<12: high = high << 5 | UInt64(value)
            case 12:
                high = high << 4 | UInt64(value >> 1)
                low = UInt16(value & 1)
            default: low = low << 5 | UInt16(value)
            }
            letters += 1
        }
        return TrackerKey(high: high, low: low)
    }
}

extension TrackerKey {
    /// The value of each letter, 32 for other characters.
    fileprivate static let letters: [UInt8] = {
        var table = [UInt8](repeating: 32, count: 128)
        for (value, letter) in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8.enumerated() {
            table[Int(letter)] = UInt8(value)
        }
        return table
    }()
}
