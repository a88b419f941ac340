/// What the header of an image says of its size. Read before anything is decoded: a few bytes can promise a picture of
/// many gigabytes.
enum ImageHeader {
    /// The size of the image in `bytes`; nil when its header is broken or it is no image of `type`.
    static func size(_ type: FileType, _ bytes: [UInt8]) -> Medium.Size? {
        let size: (width: Int, height: Int)? =
            switch type {
            case .jpeg: jpeg(bytes)
            case .png: png(bytes)
            case .webp: webp(bytes)
            default: nil
            }
        guard let size, size.width > 0, size.height > 0 else { return nil }
        return Medium.Size(width: size.width, height: size.height)
    }

    /// ISO/IEC 15948, section 11.2.2: the first chunk is IHDR.
    private static func png(_ bytes: [UInt8]) -> (Int, Int)? {
        guard bytes.count >= 33, bytes[12..<16].elementsEqual("IHDR".utf8) else { return nil }
        return (big(bytes, 16, 4), big(bytes, 20, 4))
    }

    /// ITU T.81, annex B: markers with lengths, up to the first start of frame.
    private static func jpeg(_ bytes: [UInt8]) -> (Int, Int)? {
        var at = 2
        while at + 9 < bytes.count {
            guard bytes[at] == 0xFF else { return nil }
            let marker = bytes[at + 1]
            switch marker {
            case 0xFF: at += 1
            case 0x01, 0xD0...0xD8: at += 2
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                return (big(bytes, at + 7, 2), big(bytes, at + 5, 2))
            case 0xD9, 0xDA: return nil
            default:
                let length = big(bytes, at + 2, 2)
                guard length >= 2 else { return nil }
                at += 2 + length
            }
        }
        return nil
    }

    /// RFC 9649, section 2: the first chunk is VP8, VP8L or VP8X.
    private static func webp(_ bytes: [UInt8]) -> (Int, Int)? {
        guard bytes.count >= 30 else { return nil }
        switch String(decoding: bytes[12..<16], as: UTF8.self) {
        case "VP8 ":
            guard bytes[23] == 0x9D, bytes[24] == 0x01, bytes[25] == 0x2A else { return nil }
            return (little(bytes, 26, 2) & 0x3FFF, little(bytes, 28, 2) & 0x3FFF)
        case "VP8L":
            guard bytes[20] == 0x2F else { return nil }
            let bits = little(bytes, 21, 4)
            return ((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1)
        case "VP8X":
            return (little(bytes, 24, 3) + 1, little(bytes, 27, 3) + 1)
        default: return nil
        }
    }

    private static func big(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
        bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func little(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
        bytes[start..<start + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
