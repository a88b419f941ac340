/// Merkle trees of RFC 6962 (and 9162): hashing, roots, and proofs of inclusion and consistency.
///
/// Proofs are made from the hashes of perfect subtrees, which a caller looks up where it keeps them; see ``Subtree``.
public enum MerkleTree {
    /// The root of the tree without entries: SHA-256 of nothing.
    public static let emptyRoot = Hash(of: [])

    /// The hash of an entry: SHA-256(0x00 ‖ entry).
    public static func leafHash(_ entry: some Collection<UInt8>) -> Hash {
        Hash(prefix: [0x00], of: entry)
    }

    /// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
    public static func nodeHash(_ left: Hash, _ right: Hash) -> Hash {
        Hash(prefix: 0x01, left, right)
    }

    /// The root of the tree over `leaves`.
    public static func root(of leaves: [Hash]) -> Hash {
        var range = CompactRange()
        for leaf in leaves { range.append(leaf) }
        return range.root
    }

    /// A perfect subtree: the 2^`level` entries that start at `index` · 2^`level`.
    public struct Subtree: Sendable, Hashable {
        /// The height; 0 is an entry's own hash.
        public let level: Int
        /// The position among the subtrees of this height.
        public let index: Int

        /// The subtree of height `level` at `index`.
        public init(level: Int, index: Int) {
            self.level = level
            self.index = index
        }
    }

    /// The hash of a perfect subtree, looked up wherever hashes are kept.
    public typealias Lookup = (Subtree) throws -> Hash

    /// The perfect subtrees, left to right, that together are the entries `start..<end`; `start` must begin one of
    /// them, as it does in every range that a proof asks for.
    static func cover(_ start: Int, _ end: Int) -> [Subtree] {
        var parts: [Subtree] = []
        var position = start
        while position < end {
            let largest = Int.bitWidth - 1 - (end - position).leadingZeroBitCount
            let level = position == 0 ? largest : min(largest, position.trailingZeroBitCount)
            parts.append(Subtree(level: level, index: position >> level))
            position += 1 << level
        }
        return parts
    }

    /// The root over the entries `start..<end` from the perfect subtrees that make it up.
    static func fold(_ hashes: [Hash]) -> Hash {
        guard var root = hashes.last else { return emptyRoot }
        for hash in hashes.dropLast().reversed() { root = nodeHash(hash, root) }
        return root
    }

    /// The root of the first `size` entries.
    public static func root(size: Int, lookup: Lookup) throws -> Hash {
        fold(try cover(0, size).map(lookup))
    }

    /// The largest power of two below `size`.
    private static func split(_ size: Int) -> Int {
        1 << (Int.bitWidth - 1 - (size - 1).leadingZeroBitCount)
    }

    /// The ranges of entries whose hashes make the inclusion proof, lowest first.
    private static func inclusionRanges(_ index: Int, _ start: Int, _ end: Int) -> [Range<Int>] {
        guard end - start > 1 else { return [] }
        let middle = start + split(end - start)
        return index < middle
            ? inclusionRanges(index, start, middle) + [middle..<end]
            : inclusionRanges(index, middle, end) + [start..<middle]
    }

    /// The ranges of entries whose hashes make the consistency proof, in its order.
    private static func consistencyRanges(_ old: Int, _ start: Int, _ end: Int, whole: Bool) -> [Range<Int>] {
        if old == end { return whole ? [] : [start..<end] }
        let middle = start + split(end - start)
        return old <= middle
            ? consistencyRanges(old, start, middle, whole: whole) + [middle..<end]
            : consistencyRanges(old, middle, end, whole: false) + [start..<middle]
    }

    /// The subtrees that ``inclusionProof(index:size:lookup:)`` will look up.
    public static func subtreesForInclusion(index: Int, size: Int) -> [Subtree] {
        guard (0..<size).contains(index) else { return [] }
        return inclusionRanges(index, 0, size).flatMap { cover($0.lowerBound, $0.upperBound) }
    }

    /// The subtrees that ``consistencyProof(old:new:lookup:)`` will look up.
    public static func subtreesForConsistency(old: Int, new: Int) -> [Subtree] {
        guard old > 0, old < new else { return [] }
        return consistencyRanges(old, 0, new, whole: true).flatMap { cover($0.lowerBound, $0.upperBound) }
    }

    /// Proof that entry `index` is in the tree of the first `size` entries (RFC 6962 section 2.1.1).
    ///
    /// Empty for an index outside the tree.
    public static func inclusionProof(index: Int, size: Int, lookup: Lookup) throws -> [Hash] {
        guard (0..<size).contains(index) else { return [] }
        return try inclusionRanges(index, 0, size).map { range in
            fold(try cover(range.lowerBound, range.upperBound).map(lookup))
        }
    }

    /// Proof that the tree of the first `old` entries is a prefix of that of the first `new` (section 2.1.2).
    ///
    /// Empty when either tree is empty or both are the same.
    public static func consistencyProof(old: Int, new: Int, lookup: Lookup) throws -> [Hash] {
        guard old > 0, old < new else { return [] }
        return try consistencyRanges(old, 0, new, whole: true).map { range in
            fold(try cover(range.lowerBound, range.upperBound).map(lookup))
        }
    }

    /// Whether `proof` shows that `leaf` is entry `index` of the tree of `size` entries with `root`
    /// (RFC 9162 section 2.1.3.2).
    public static func verifyInclusion(_ proof: [Hash], leaf: Hash, index: Int, size: Int, root: Hash) -> Bool {
        guard index >= 0, index < size else { return false }
        var node = index
        var last = size - 1
        var hash = leaf
        for step in proof {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                hash = nodeHash(step, hash)
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                hash = nodeHash(hash, step)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// Whether `proof` shows that the tree with `newRoot` grew from the one with `oldRoot` by appending alone
    /// (RFC 9162 section 2.1.4.2).
    public static func verifyConsistency(_ proof: [Hash], old: Int, new: Int, oldRoot: Hash, newRoot: Hash) -> Bool {
        guard old >= 0, old <= new else { return false }
        if old == new { return proof.isEmpty && oldRoot == newRoot }
        // Everything grows from nothing: there is no proof to give.
        if old == 0 { return proof.isEmpty && oldRoot == emptyRoot }
        var path = proof[...]
        if old.nonzeroBitCount == 1 { path = [oldRoot] + path }
        guard let first = path.popFirst() else { return false }
        var node = old - 1
        var last = new - 1
        while node & 1 == 1 {
            node >>= 1
            last >>= 1
        }
        var oldHash = first
        var newHash = first
        for step in path {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                oldHash = nodeHash(step, oldHash)
                newHash = nodeHash(step, newHash)
                while node & 1 == 0, node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                newHash = nodeHash(newHash, step)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && oldHash == oldRoot && newHash == newRoot
    }
}

/// The least one must keep of a tree to go on appending: the roots of its perfect subtrees, largest first.
public struct CompactRange: Sendable, Equatable {
    /// How many entries were appended.
    public private(set) var size = 0
    /// One hash for each one-bit of ``size``, the highest first.
    public private(set) var hashes: [Hash] = []

    /// The empty tree.
    public init() {}

    /// Appends an entry by its leaf hash.
    public mutating func append(_ leaf: Hash) {
        var hash = leaf
        for _ in 0..<size.trailingOneBits {
            hash = MerkleTree.nodeHash(hashes.removeLast(), hash)
        }
        hashes.append(hash)
        size += 1
    }

    /// The root of the tree.
    public var root: Hash { MerkleTree.fold(hashes) }
}

extension Int {
    fileprivate var trailingOneBits: Int { (~self).trailingZeroBitCount }
}
