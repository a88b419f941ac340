import Foundation

/// Names as they are compared: two spellings of one name have one key.
///
/// Case, accents, hyphens, apostrophes, points and doubled blanks make no difference; ligatures are written out
/// (œ = oe, ß = ss). What is not a Latin letter keeps its own identity in lower case.
public enum NameText {
    /// The words of `text`, normalised, with one blank between them.
    public static func key(_ text: String) -> String {
        var key: [UInt8] = []
        key.reserveCapacity(text.utf8.count)
        var text = text
        text.withUTF8 { bytes in
            if bytes.allSatisfy({ $0 < 0x80 }) {
                for byte in bytes { append(ascii: byte, to: &key) }
            } else {
                for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars { append(scalar, to: &key) }
            }
        }
        if key.last == 0x20 { key.removeLast() }
        return String(decoding: key, as: UTF8.self)
    }

    /// The words of a key.
    static func words(_ key: String) -> [Substring] {
        key.split(separator: " ")
    }

    /// Whether two keys are one name: the same words in any order, or the same letters without the blanks
    /// (Le Goff and Legoff, D’Arc and Darc).
    static func isSame(_ left: String, _ right: String) -> Bool {
        left == right || words(left).sorted() == words(right).sorted() || squeezed(left) == squeezed(right)
    }

    /// The letters of a key without the blanks between its words.
    static func squeezed(_ key: String) -> String {
        key.filter { $0 != " " }
    }

    private static func append(ascii byte: UInt8, to key: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): key.append(byte)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): key.append(byte | 0x20)
        default: if let last = key.last, last != 0x20 { key.append(0x20) }
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to key: inout [UInt8]) {
        if scalar.isASCII { return append(ascii: UInt8(scalar.value), to: &key) }
        if let letters = ligatures[scalar.value] {
            key += letters.utf8
            return
        }
        for part in String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars {
            if part.isASCII {
                append(ascii: UInt8(part.value), to: &key)
            } else if (0x300...0x36F).contains(part.value) {
                // An accent.
            } else if part.properties.isAlphabetic {
                key += part.properties.lowercaseMapping.utf8
            } else {
                append(ascii: 0x20, to: &key)
            }
        }
    }

    /// Letters that Unicode does not decompose.
    private static let ligatures: [UInt32: String] = [
        0xC6: "ae", 0xE6: "ae", 0x152: "oe", 0x153: "oe", 0xDF: "ss", 0x1E9E: "ss", 0xD8: "o", 0xF8: "o", 0x141: "l",
        0x142: "l", 0xD0: "d", 0xF0: "d", 0x110: "d", 0x111: "d", 0xDE: "th", 0xFE: "th", 0x131: "i",
    ]
}
