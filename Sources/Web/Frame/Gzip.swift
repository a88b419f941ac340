import CZlib
import NIOCore

/// Compression for whole answers (RFC 1952).
enum Gzip {
    /// `bytes` as one gzip member. Level 1 is the fastest, 9 the smallest.
    static func compress(_ bytes: ByteBuffer, level: Int32) -> ByteBuffer? {
        bytes.withUnsafeReadableBytes { compress($0, level: level) }
    }

    /// `bytes` as one gzip member; nil when zlib has no memory.
    static func compress(_ bytes: UnsafeRawBufferPointer, level: Int32) -> ByteBuffer? {
        guard bytes.count < Int32.max else { return nil }
        var stream = z_stream()
        guard tilleul_deflate_init_gzip(&stream, level) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        var output = ByteBufferAllocator().buffer(capacity: bound)
        var isComplete = false
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { target in
            // zlib reads its input through a pointer that it declares mutable, and does not write to it.
            stream.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
            stream.avail_in = UInt32(bytes.count)
            stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
            stream.avail_out = UInt32(bound)
            isComplete = deflate(&stream, Z_FINISH) == Z_STREAM_END
            return bound - Int(stream.avail_out)
        }
        return isComplete ? output : nil
    }

    /// Whether a request accepts gzip: `Accept-Encoding` names it, or `*`, without refusing it by `q=0`.
    static func isAccepted(_ header: String?) -> Bool {
        guard let header else { return false }
        for part in header.utf8.split(separator: UInt8(ascii: ",")) {
            let pieces = part.split(separator: UInt8(ascii: ";"))
            guard let coding = pieces.first.map({ Self.word($0) }), coding == "gzip" || coding == "*" else { continue }
            let refused = pieces.dropFirst().contains { piece in
                let weight = Self.word(piece)
                return weight.hasPrefix("q=") && Double(weight.dropFirst(2)) == 0
            }
            return !refused
        }
        return false
    }

    private static func word(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }, as: UTF8.self)
            .lowercased()
    }
}
