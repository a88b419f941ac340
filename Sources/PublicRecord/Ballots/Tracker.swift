import Crypto

/// The mark by which a resident finds their own ballot among the opened ones: 80 bits, shown as four groups of four
/// letters without look-alikes (Crockford's base 32: no I, L, O, U).
///
/// One half comes from the server and one from the resident, so that neither can hand the same tracker to two people
/// who voted alike (a clash attack).
public struct Tracker: Sendable, Hashable {
    private static let letters: [UInt8] = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The ten bytes.
    public let bytes: [UInt8]

    /// A tracker from the server's five random bytes and the resident's five.
    public init(server: [UInt8], resident: [UInt8]) {
        precondition(server.count == 5 && resident.count == 5, "each half of a tracker has 40 bits")
        bytes = server + resident
    }

    /// The tracker as people typed it: case, blanks and hyphens do not matter; O, I and L are read as 0, 1 and 1.
    /// Nil when it does not have sixteen letters of the alphabet.
    public init?(_ text: String) {
        guard let bytes = Self.bytes(text), bytes.count == 10 else { return nil }
        self.bytes = bytes
    }

    /// The tracker as it is shown and published: `XXXX-XXXX-XXXX-XXXX`.
    public var text: String {
        var letters: [UInt8] = []
        for (position, letter) in Self.encode(bytes).enumerated() {
            if position > 0, position % 4 == 0 { letters.append(UInt8(ascii: "-")) }
            letters.append(letter)
        }
        return String(decoding: letters, as: UTF8.self)
    }

    /// The resident's half from the eight letters that their browser drew, or nil when it is not such a half.
    public static func half(letters: String) -> [UInt8]? {
        guard let bytes = bytes(letters), bytes.count == 5 else { return nil }
        return bytes
    }

    /// The resident's half from a word they typed: the first 40 bits of the SHA-256 of its UTF-8 bytes, so that they
    /// can recompute it with any tool.
    public static func half(word: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(word.utf8)).prefix(5))
    }

    private static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                output.append(letters[Int(buffer >> UInt32(bits) & 31)])
            }
        }
        return output
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        var output: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for character in text.utf8 {
            if character == UInt8(ascii: "-") || character == UInt8(ascii: " ") { continue }
            let upper: UInt8 =
                switch character {
                case UInt8(ascii: "a")...UInt8(ascii: "z"): character - 32
                default: character
                }
            let letter: UInt8 =
                switch upper {
                case UInt8(ascii: "O"): UInt8(ascii: "0")
                case UInt8(ascii: "I"), UInt8(ascii: "L"): UInt8(ascii: "1")
                default: upper
                }
            guard let value = letters.firstIndex(of: letter), output.count < 10 else { return nil }
            buffer = (buffer << 5 | UInt32(value)) & 0xFFFF
            bits += 5
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        return bits == 0 ? output : nil
    }
}
