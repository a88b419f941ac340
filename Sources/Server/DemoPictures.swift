import Foundation

/// Plain drawings for the demonstration, made by program: a sky, the ground, and what stands there.
enum DemoPicture: String, CaseIterable {
    case bareGround, works, trees, bench, path

    private static let width = 480, height = 320

    /// What it shows, in words.
    var alt: String {
        switch self {
        case .bareGround: "Dessin : un terrain nu sous un ciel clair"
        case .works: "Dessin : un terrain en chantier, entouré de barrières"
        case .trees: "Dessin : des arbres plantés en ligne"
        case .bench: "Dessin : un banc sous un arbre"
        case .path: "Dessin : un chemin qui traverse une prairie"
        }
    }

    /// The drawing as a PNG (ISO/IEC 15948), its rows stored without compression: the service writes it anew.
    var png: [UInt8] {
        var rows: [UInt8] = []
        rows.reserveCapacity((3 * Self.width + 1) * Self.height)
        for y in 0..<Self.height {
            rows.append(0)
            for x in 0..<Self.width { rows += colour(x, y) }
        }
        let header: [UInt8] = Self.word(Self.width) + Self.word(Self.height) + [8, 2, 0, 0, 0]
        return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Self.chunk("IHDR", header)
            + Self.chunk("IDAT", Self.stored(rows)) + Self.chunk("IEND", [])
    }

    /// Three bytes: red, green, blue.
    private func colour(_ x: Int, _ y: Int) -> [UInt8] {
        let sky: [UInt8] = [205, 226, 236], ground: [UInt8] = [201, 188, 160], grass: [UInt8] = [150, 187, 120]
        let leaf: [UInt8] = [70, 125, 75], wood: [UInt8] = [120, 86, 55], fence: [UInt8] = [214, 110, 60]
        func isIn(_ left: Int, _ top: Int, _ wide: Int, _ high: Int) -> Bool {
            (left..<left + wide).contains(x) && (top..<top + high).contains(y)
        }
        func tree(_ left: Int) -> [UInt8]? {
            let (dx, dy) = (x - left, y - 120)
            if dx * dx + dy * dy < 45 * 45 { return leaf }
            return isIn(left - 6, 160, 12, 60) ? wood : nil
        }
        let meadow: [UInt8] = y < 200 ? sky : grass
        switch self {
        case .bareGround: return y < 200 ? sky : ground
        case .works:
            if y > 215, y < 245, (x / 30).isMultiple(of: 2) { return fence }
            return y < 200 ? sky : ground
        case .trees: return tree(90) ?? tree(240) ?? tree(390) ?? meadow
        case .bench:
            if isIn(250, 215, 140, 12) || isIn(262, 227, 10, 30) || isIn(368, 227, 10, 30) { return wood }
            return tree(130) ?? meadow
        case .path: return y > 200 && abs(x - 240) < (y - 190) ? ground : tree(70) ?? tree(410) ?? meadow
        }
    }

    // MARK: The format

    private static func word(_ number: Int) -> [UInt8] {
        let bits = UInt32(truncatingIfNeeded: number)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bits >> $0) }
    }

    private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
        let named: [UInt8] = Array(name.utf8) + data
        return word(data.count) + named + word(Int(checksum(named)))
    }

    /// zlib (RFC 1950) with stored blocks (RFC 1951, section 3.2.4).
    private static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var start = 0
        while start < bytes.count {
            let end = min(start + 0xFFFF, bytes.count)
            let length = UInt16(end - start)
            stream.append(end == bytes.count ? 1 : 0)
            for half in [length, ~length] { stream += [UInt8(half & 0xFF), UInt8(half >> 8)] }
            stream += bytes[start..<end]
            start = end
        }
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return stream + word(Int(high << 16 | low))
    }

    /// The CRC of PNG, byte by byte.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var register: UInt32 = 0xFFFF_FFFF
        for byte in bytes { register = crcTable[Int((register ^ UInt32(byte)) & 0xFF)] ^ (register >> 8) }
        return register ^ 0xFFFF_FFFF
    }

    private static let crcTable: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}
