/// The head of a log: its name, how many entries it has and their root (c2sp.org/tlog-checkpoint).
public struct Checkpoint: Sendable, Equatable {
    /// The name of the log, which is also the name of its key.
    public let origin: String
    /// How many entries the log has.
    public let size: Int
    /// The root of their Merkle tree.
    public let root: Hash
    /// Further lines, which this log never writes and a reader keeps as they are.
    public let extensions: [String]

    /// A checkpoint by its parts.
    public init(origin: String, size: Int, root: Hash, extensions: [String] = []) {
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// Reads the text of a checkpoint's note.
    ///
    /// Nil unless it has an origin, a size in plain decimal digits, a root of 32 bytes, and no empty line.
    public init?(text: String) {
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard lines.popLast() == "", lines.count >= 3, !lines.contains(""), let root = Hash(base64: lines[2])
        else { return nil }
        let digits = Array(lines[1].utf8)
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }), digits.count == 1 || digits[0] != 0x30,
            let size = Int(lines[1]), Int64(size) <= CanonicalJSON.safeIntegers.upperBound
        else { return nil }
        self.init(origin: lines[0], size: size, root: root, extensions: Array(lines[3...]))
    }

    /// The text that the log's key signs.
    public var text: String {
        ([origin, String(size), root.base64] + extensions).map { $0 + "\n" }.joined()
    }
}
