import Crypto

/// A SHA-256 hash, held inline so that millions of them cost 32 bytes each and nothing more.
public struct Hash: Sendable, Hashable, Comparable, CustomStringConvertible {
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    /// How many bytes a hash has.
    public static let byteCount = 32

    private init(reading raw: UnsafeRawBufferPointer) {
        a = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
        b = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        c = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
        d = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
    }

    /// The hash of four words, the first bytes first.
    init(words a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64) {
        (self.a, self.b, self.c, self.d) = (a, b, c, d)
    }

    /// The hash whose 32 bytes these are; nil for any other length.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self = Array(bytes).withUnsafeBytes { Hash(reading: $0) }
    }

    /// The hash written as 64 lower-case hexadecimal digits; nil for any other text.
    public init?(hex: String) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// The hash written in base64; nil for any other text.
    public init?(base64: String) {
        guard let bytes = Base64.decode(base64) else { return nil }
        self.init(bytes: bytes)
    }

    /// SHA-256 of `bytes`.
    public init(of bytes: some Collection<UInt8>) {
        self.init(prefix: [], of: bytes)
    }

    /// SHA-256 of `prefix` followed by `bytes`.
    init(prefix: [UInt8], of bytes: some Collection<UInt8>) {
        var function = SHA256()
        prefix.withUnsafeBytes { function.update(bufferPointer: $0) }
        let done: Void? = bytes.withContiguousStorageIfAvailable {
            function.update(bufferPointer: UnsafeRawBufferPointer($0))
        }
        if done == nil {
            Array(bytes).withUnsafeBytes { function.update(bufferPointer: $0) }
        }
        self = function.finalize().withUnsafeBytes { Hash(reading: $0) }
    }

    /// SHA-256 of `prefix` followed by the bytes of two hashes.
    init(prefix: UInt8, _ left: Hash, _ right: Hash) {
        var function = SHA256()
        withUnsafeTemporaryAllocation(byteCount: 1 + 2 * Self.byteCount, alignment: 8) { buffer in
            buffer[0] = prefix
            left.write(to: buffer, at: 1)
            right.write(to: buffer, at: 1 + Self.byteCount)
            function.update(bufferPointer: UnsafeRawBufferPointer(buffer))
        }
        self = function.finalize().withUnsafeBytes { Hash(reading: $0) }
    }

    /// Writes the 32 bytes at an offset.
    func write(to buffer: UnsafeMutableRawBufferPointer, at offset: Int) {
        buffer.storeBytes(of: a.bigEndian, toByteOffset: offset, as: UInt64.self)
        buffer.storeBytes(of: b.bigEndian, toByteOffset: offset + 8, as: UInt64.self)
        buffer.storeBytes(of: c.bigEndian, toByteOffset: offset + 16, as: UInt64.self)
        buffer.storeBytes(of: d.bigEndian, toByteOffset: offset + 24, as: UInt64.self)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Self.byteCount) { buffer, count in
            write(to: UnsafeMutableRawBufferPointer(buffer), at: 0)
            count = Self.byteCount
        }
    }

    /// 64 lower-case hexadecimal digits.
    public var hex: String { Hex.encode(bytes) }

    /// The base64 form that checkpoints use.
    public var base64: String { Base64.encode(bytes) }

    /// The hexadecimal form.
    public var description: String { hex }

    /// The order of the bytes.
    public static func < (left: Hash, right: Hash) -> Bool {
        (left.a, left.b, left.c, left.d) < (right.a, right.b, right.c, right.d)
    }
}
