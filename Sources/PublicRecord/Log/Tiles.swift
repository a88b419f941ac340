/// The stored hashes of a tree: those of complete subtrees of 256^`level` entries, from which every tile of every
/// published size is served (c2sp.org/tlog-tiles, tiles of height 8).
///
/// A tile of level L at N with width W is simply the stored hashes N · 256 ..< N · 256 + W of that level.
public struct StoredHash: Sendable, Hashable {
    /// The level of tiles; 0 for the entries' own hashes.
    public let level: Int
    /// The position among the hashes of this level.
    public let index: Int
    /// The hash.
    public let hash: Hash

    /// The hash at `index` of `level`.
    public init(level: Int, index: Int, hash: Hash) {
        self.level = level
        self.index = index
        self.hash = hash
    }
}

/// What must be at hand of a tree to append to it and know its root: the last, incomplete tile of each level.
public struct TileFrontier: Sendable, Equatable {
    /// How many entries the tree has.
    public private(set) var size: Int
    /// For each level the hashes of its last tile; fewer than 256 in each.
    private var levels: [[Hash]]

    /// The empty tree.
    public init() {
        size = 0
        levels = []
    }

    /// The stored hashes that make the frontier of a tree of `size` entries: for each level, from 0 up, the range of
    /// positions; the range is empty where the level ends with a full tile.
    public static func needed(size: Int) -> [(level: Int, indices: Range<Int>)] {
        var needed: [(level: Int, indices: Range<Int>)] = []
        var count = size
        while count > 0 {
            needed.append((needed.count, count / Tiles.width * Tiles.width..<count))
            count /= Tiles.width
        }
        return needed
    }

    /// The frontier of a tree of `size` entries, from stored hashes.
    ///
    /// - Parameter lookup: the hashes of one level at the positions asked for; see ``needed(size:)``.
    public init(size: Int, lookup: (_ level: Int, _ indices: Range<Int>) throws -> [Hash]) throws {
        self.size = size
        levels = try Self.needed(size: size).map { level, indices in
            indices.isEmpty ? [] : try lookup(level, indices)
        }
    }

    /// Appends an entry by its leaf hash.
    ///
    /// - Returns: the hashes to store: the leaf's own and those of the subtrees that it completes, lowest level first.
    @discardableResult
    public mutating func append(_ leaf: Hash) -> [StoredHash] {
        var stored: [StoredHash] = []
        append(leaf) { stored.append($0) }
        return stored
    }

    /// Appends an entry by its leaf hash and hands each hash to store to `store`, lowest level first.
    public mutating func append(_ leaf: Hash, store: (StoredHash) -> Void) {
        var hash = leaf
        var index = size
        var level = 0
        size += 1
        while true {
            if level == levels.count { levels.append([]) }
            levels[level].append(hash)
            store(StoredHash(level: level, index: index, hash: hash))
            guard levels[level].count == Tiles.width else { return }
            hash = Tiles.root(of: levels[level])
            levels[level].removeAll(keepingCapacity: true)
            index /= Tiles.width
            level += 1
        }
    }

    /// The root of the tree.
    public var root: Hash {
        // Each level's hashes are folded into what stands to their right, from the entries up.
        var right: Hash?
        for hashes in levels {
            var range = CompactRange()
            for hash in hashes { range.append(hash) }
            for hash in range.hashes.reversed() {
                right = right.map { MerkleTree.nodeHash(hash, $0) } ?? hash
            }
        }
        return right ?? MerkleTree.emptyRoot
    }
}

/// Names and contents of the published files of a log (c2sp.org/tlog-tiles).
public enum Tiles {
    /// How many hashes a full tile has, and how many entries a full bundle.
    public static let width = 256
    /// An entry's length is written in two bytes.
    public static let maximumEntryLength = 65_535

    /// The root of the subtree over the hashes of one full tile.
    public static func root(of hashes: [Hash]) -> Hash {
        MerkleTree.root(of: hashes)
    }

    /// The published files of a tree of `size` entries that are full or end it: hash tiles of every level and bundles.
    public static func paths(size: Int) -> [TilePath] {
        var paths: [TilePath] = []
        for kind in [TilePath.Kind.entries] + (0..<8).map(TilePath.Kind.hashes) {
            let level = if case .hashes(let level) = kind { level } else { 0 }
            let count = size >> (8 * level)
            for index in 0..<count / width { paths.append(TilePath(kind, index: index)) }
            if count % width > 0 { paths.append(TilePath(kind, index: count / width, width: count % width)) }
        }
        return paths
    }

    /// The stored hash that a subtree of any height is computed from: the subtree's root is the root over the stored
    /// hashes of `level` at `indices`.
    public static func storedHashes(for subtree: MerkleTree.Subtree) -> (level: Int, indices: Range<Int>) {
        let (level, height) = (subtree.level / 8, subtree.level % 8)
        return (level, subtree.index << height..<(subtree.index + 1) << height)
    }

    /// The bytes of a hash tile.
    public static func encode(_ hashes: [Hash]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: hashes.count * Hash.byteCount) { buffer, count in
            for (index, hash) in hashes.enumerated() {
                hash.write(to: UnsafeMutableRawBufferPointer(buffer), at: index * Hash.byteCount)
            }
            count = hashes.count * Hash.byteCount
        }
    }

    /// The hashes of a tile; nil when the length is not that of 1 to 256 hashes.
    public static func hashes(_ bytes: [UInt8]) -> [Hash]? {
        guard !bytes.isEmpty, bytes.count.isMultiple(of: Hash.byteCount), bytes.count <= width * Hash.byteCount
        else { return nil }
        return stride(from: 0, to: bytes.count, by: Hash.byteCount).compactMap {
            Hash(bytes: bytes[$0..<$0 + Hash.byteCount])
        }
    }

    /// The bytes of an entry bundle: each entry after its length in two bytes, big-endian.
    ///
    /// An entry longer than 65,535 bytes cannot be written and is a fault of the caller.
    public static func bundle(_ entries: some Sequence<[UInt8]>) -> [UInt8] {
        var bytes: [UInt8] = []
        for entry in entries {
            precondition(entry.count <= maximumEntryLength, "an entry has at most 65,535 bytes")
            bytes.append(UInt8(entry.count >> 8))
            bytes.append(UInt8(entry.count & 0xFF))
            bytes.append(contentsOf: entry)
        }
        return bytes
    }

    /// The entries of a bundle; nil when a length points past the end or there are more than 256.
    public static func entries(_ bytes: [UInt8]) -> [ArraySlice<UInt8>]? {
        var entries: [ArraySlice<UInt8>] = []
        var position = 0
        while position < bytes.count {
            guard position + 2 <= bytes.count, entries.count < width else { return nil }
            let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            position += 2
            guard position + length <= bytes.count else { return nil }
            entries.append(bytes[position..<position + length])
            position += length
        }
        return entries
    }
}

/// Where a tile or an entry bundle lies below the log: `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`.
public struct TilePath: Sendable, Hashable, CustomStringConvertible {
    /// What the file holds.
    public enum Kind: Sendable, Hashable {
        /// Hashes of a level, 0 to 63.
        case hashes(Int)
        /// Entries.
        case entries
    }

    /// What the file holds.
    public let kind: Kind
    /// The position of the tile among those of its kind.
    public let index: Int
    /// How many hashes or entries: 256, or fewer in the last tile of a published size.
    public let width: Int

    /// The tile of a kind at `index`, full unless a width is given.
    public init(_ kind: Kind, index: Int, width: Int = Tiles.width) {
        self.kind = kind
        self.index = index
        self.width = width
    }

    /// Reads a path as the specification writes it; nil for every other spelling.
    public init?(_ path: String) {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Array.init)
        guard parts.count >= 3, parts[0] == Array("tile".utf8) else { return nil }
        if parts[1] == Array("entries".utf8) {
            kind = .entries
        } else {
            guard let level = Self.number(parts[1]), level <= 63 else { return nil }
            kind = .hashes(level)
        }
        var names = parts[2...]
        var width = Tiles.width
        if names.count >= 2, let last = names.last, names[names.endIndex - 2].suffix(2) == Array(".p".utf8)[...] {
            guard let partial = Self.number(last), (1..<Tiles.width).contains(partial) else { return nil }
            width = partial
            names.removeLast()
            names[names.endIndex - 1].removeLast(2)
        }
        // Six groups of three digits are more entries than a log can have.
        guard names.count <= 6 else { return nil }
        var index = 0
        for (position, name) in zip(names.indices, names) {
            var digits = name[...]
            if position < names.endIndex - 1 {
                guard digits.popFirst() == UInt8(ascii: "x") else { return nil }
            }
            guard digits.count == 3, let value = Self.digits(digits) else { return nil }
            if position == names.startIndex, names.count > 1, value == 0 { return nil }
            index = index * 1000 + value
        }
        self.index = index
        self.width = width
    }

    private static func digits(_ text: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for character in text {
            guard (0x30...0x39).contains(character) else { return nil }
            value = value * 10 + Int(character - 0x30)
        }
        return value
    }

    private static func number(_ text: [UInt8]) -> Int? {
        guard (1...3).contains(text.count), text.count == 1 || text[0] != 0x30 else { return nil }
        return digits(text[...])
    }

    /// The name of the N-th tile: groups of three digits, all but the last after an `x`, as in `x001/x234/067`.
    public static func name(of index: Int) -> String {
        var groups: [String] = []
        var rest = index
        repeat {
            let digits = String(rest % 1000)
            groups.append(String(repeating: "0", count: 3 - digits.count) + digits)
            rest /= 1000
        } while rest > 0
        return (groups.dropFirst().reversed().map { "x" + $0 } + groups.prefix(1)).joined(separator: "/")
    }

    /// The path.
    public var description: String {
        let folder =
            switch kind {
            case .hashes(let level): String(level)
            case .entries: "entries"
            }
        let name = "tile/\(folder)/\(Self.name(of: index))"
        return width == Tiles.width ? name : "\(name).p/\(width)"
    }
}
