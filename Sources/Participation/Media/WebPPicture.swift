/// The picture of a WebP file, without what else lies in it.
///
/// libvips 8.14 keeps the EXIF of a photo in its WebP, place included, even where it is told to strip it. A WebP is a
/// list of chunks (RFC 9649): those of the picture are kept, and nothing else.
enum WebPPicture {
    /// Header of the canvas, lossy and lossless picture, transparency.
    private static let kept: Set<String> = ["VP8X", "VP8 ", "VP8L", "ALPH"]
    /// Of what the header announces, only transparency is left.
    private static let alpha: UInt8 = 0x10

    /// The file with nothing but its picture; nil for bytes that are not a whole WebP.
    static func alone(in bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count >= 12, name(bytes, 0) == "RIFF", name(bytes, 8) == "WEBP" else { return nil }
        var chunks: [UInt8] = []
        var position = 12
        while position < bytes.count {
            guard position + 8 <= bytes.count else { return nil }
            let kind: String = name(bytes, position)
            let size: Int = (0..<4).reduce(0) { $0 | Int(bytes[position + 4 + $1]) << (8 * $1) }
            // A chunk of an odd length is followed by a byte that says nothing.
            let end: Int = position + 8 + size + size % 2
            guard size > 0, end <= bytes.count else { return nil }
            if kept.contains(kind) {
                let start: Int = chunks.count
                chunks += bytes[position..<end]
                if kind == "VP8X" { chunks[start + 8] &= alpha }
            }
            position = end
        }
        guard !chunks.isEmpty else { return nil }
        let length: Int = chunks.count + 4
        return Array("RIFF".utf8) + (0..<4).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array("WEBP".utf8)
            + chunks
    }

    private static func name(_ bytes: [UInt8], _ position: Int) -> String {
        String(decoding: bytes[position..<position + 4], as: UTF8.self)
    }
}
