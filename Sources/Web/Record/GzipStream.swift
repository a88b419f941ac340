import CZlib

/// Compresses what is added piece by piece into one gzip member (RFC 1952).
final class GzipStream {
    private var stream = z_stream()

    /// Nothing compressed yet.
    init() throws {
        guard tilleul_deflate_init_gzip(&stream, 6) == Z_OK else { throw OutOfMemory() }
    }

    deinit {
        deflateEnd(&stream)
    }

    /// The compressed bytes that are complete after these; often none.
    func add(_ bytes: [UInt8]) throws -> [UInt8] { try deflate(bytes, Z_NO_FLUSH) }

    /// The rest of the member, after these last bytes.
    func finish(_ bytes: [UInt8]) throws -> [UInt8] { try deflate(bytes, Z_FINISH) }

    private func deflate(_ bytes: [UInt8], _ flush: Int32) throws -> [UInt8] {
        var input: [UInt8] = bytes
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        try input.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            repeat {
                let written: Int = try piece.withUnsafeMutableBufferPointer { piece in
                    stream.next_out = piece.baseAddress
                    stream.avail_out = UInt32(piece.count)
                    guard CZlib.deflate(&stream, flush) != Z_STREAM_ERROR else { throw OutOfMemory() }
                    return piece.count - Int(stream.avail_out)
                }
                output += piece[..<written]
            } while stream.avail_out == 0
        }
        return output
    }

    struct OutOfMemory: Error {}
}
