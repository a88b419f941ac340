import CZlib

/// A zip file (APPNOTE 6.3) that somebody sent, of which single parts are read.
///
/// Everything it says of itself is checked before anything is taken out: how many parts there are, how long they say
/// they are, that they do not lie over one another, and that their names stay within the file. What is taken out is
/// counted while it is inflated, whatever it was said to be.
struct ZipFile {
    /// Why it is not read.
    enum Problem: Error, Hashable {
        /// It is no zip file, it ends too early, or its parts are not what it says.
        case damaged
        case encrypted
        /// More parts, or longer ones, than any text needs.
        case tooLarge
        /// A name that leads out of the file, or that stands there twice.
        case strangeNames
    }

    /// The most parts, and the most bytes of one that is taken out, and of all together as the file declares them.
    static let parts = 2_000, longestPart = 16 << 20, longest = 256 << 20

    private struct Entry {
        let method: UInt16
        let checksum: UInt32
        let packed: Int, length: Int, offset: Int
    }

    private let bytes: [UInt8]
    private let entries: [String: Entry]

    /// The names of its parts.
    var names: some Sequence<String> { entries.keys }

    /// Reads the directory of a zip file.
    init(_ bytes: [UInt8]) throws(Problem) {
        self.bytes = bytes
        let reader = Reader(bytes: bytes)
        guard let end = Self.end(of: reader) else { throw .damaged }
        let (count, length, start) = (
            Int(reader.short(end + 10)), Int(reader.long(end + 12)), Int(reader.long(end + 16))
        )
        // One file on one disk, short enough for the numbers of old.
        guard reader.long(end + 4) == 0, start + length <= end else { throw .damaged }
        guard count <= Self.parts else { throw .tooLarge }
        var entries: [String: Entry] = [:]
        var (place, declared) = (start, 0)
        for _ in 0..<count {
            guard place + 46 <= end, reader.long(place) == 0x0201_4B50 else { throw .damaged }
            guard reader.short(place + 8) & 1 == 0 else { throw .encrypted }
            let nameLength = Int(reader.short(place + 28))
            guard place + 46 + nameLength <= end else { throw .damaged }
            let name = String(decoding: bytes[(place + 46)..<(place + 46 + nameLength)], as: UTF8.self)
            let entry = Entry(
                method: reader.short(place + 10), checksum: reader.long(place + 16),
                packed: Int(reader.long(place + 20)), length: Int(reader.long(place + 24)),
                offset: Int(reader.long(place + 42)))
            guard Self.isPlain(name), entries.updateValue(entry, forKey: name) == nil else { throw .strangeNames }
            declared += entry.length
            guard declared <= Self.longest else { throw .tooLarge }
            place += 46 + nameLength + Int(reader.short(place + 30)) + Int(reader.short(place + 32))
        }
        // Parts that lie over one another make a small file of a huge one.
        var last = 0
        for entry in entries.values.sorted(by: { $0.offset < $1.offset }) {
            guard entry.offset >= last, entry.offset + 30 + entry.packed <= start else { throw .damaged }
            last = entry.offset + 30 + entry.packed
        }
        self.entries = entries
    }

    /// What a part holds; nil when there is none of that name.
    func part(_ name: String) throws(Problem) -> [UInt8]? {
        guard let entry = entries[name] else { return nil }
        guard entry.length <= Self.longestPart else { throw .tooLarge }
        let reader = Reader(bytes: bytes)
        guard entry.offset + 30 <= bytes.count, reader.long(entry.offset) == 0x0403_4B50 else { throw .damaged }
        let start: Int = entry.offset + 30 + Int(reader.short(entry.offset + 26)) + Int(reader.short(entry.offset + 28))
        guard start + entry.packed <= bytes.count else { throw .damaged }
        let packed: ArraySlice<UInt8> = bytes[start..<(start + entry.packed)]
        let content: [UInt8] = try entry.method == 0 ? Array(packed) : Self.inflated(packed, entry)
        guard content.count == entry.length, Self.checksum(content) == entry.checksum else { throw .damaged }
        return content
    }

    /// A zip file of these parts alone, not compressed.
    static func make(_ parts: [(name: String, content: [UInt8])]) -> [UInt8] {
        var (file, directory): ([UInt8], [UInt8]) = ([], [])
        func short(_ value: Int) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8 & 0xFF)] }
        func long(_ value: Int) -> [UInt8] { short(value & 0xFFFF) + short(value >> 16 & 0xFFFF) }
        for (name, content) in parts {
            let name = Array(name.utf8)
            let facts: [UInt8] =
                short(20) + short(0x0800) + short(0) + short(0) + short(0x21) + long(Int(checksum(content)))
                + long(content.count) + long(content.count) + short(name.count) + short(0)
            directory +=
                long(0x0201_4B50) + short(20) + facts + short(0) + short(0) + short(0) + long(0) + long(file.count)
                + name
            file += long(0x0403_4B50) + facts + name + content
        }
        let end: [UInt8] =
            long(0x0605_4B50) + short(0) + short(0) + short(parts.count) + short(parts.count) + long(directory.count)
            + long(file.count) + short(0)
        return file + directory + end
    }

    // MARK: Parts

    private struct Reader {
        let bytes: [UInt8]

        func short(_ place: Int) -> UInt16 { UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8 }
        func long(_ place: Int) -> UInt32 { UInt32(short(place)) | UInt32(short(place + 2)) << 16 }
    }

    /// Where the directory's end stands: last in the file, before a comment of at most 64 KB.
    private static func end(of reader: Reader) -> Int? {
        let count: Int = reader.bytes.count
        guard count >= 22 else { return nil }
        return stride(from: count - 22, through: max(0, count - 22 - 0xFFFF), by: -1).first {
            reader.long($0) == 0x0605_4B50
        }
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix("/") && !name.contains("\\") && !name.contains("\0") && !name.contains(":")
            && !name.split(separator: "/", omittingEmptySubsequences: false).contains("..")
    }

    private static func inflated(_ packed: ArraySlice<UInt8>, _ entry: Entry) throws(Problem) -> [UInt8] {
        guard entry.method == 8 else { throw .damaged }
        var stream = z_stream()
        guard tilleul_inflate_init_raw(&stream) == Z_OK else { throw .damaged }
        defer { inflateEnd(&stream) }
        // One byte more than was declared: whoever fills it has declared too little.
        let room: Int = entry.length + 1
        var status: Int32 = Z_OK
        var packed = Array(packed)
        let content: [UInt8] = [UInt8](unsafeUninitializedCapacity: room) { target, count in
            packed.withUnsafeMutableBufferPointer { source in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(room)
                status = inflate(&stream, Z_FINISH)
                count = room - Int(stream.avail_out)
            }
        }
        guard content.count <= entry.length else { throw .tooLarge }
        guard status == Z_STREAM_END else { throw .damaged }
        return content
    }

    private static func checksum(_ content: [UInt8]) -> UInt32 {
        content.withUnsafeBufferPointer { UInt32(crc32(0, $0.baseAddress, UInt32($0.count))) }
    }
}
