import Foundation
public import Participation

/// The fields of a form or of a query, in the order they came, repeated names included.
///
/// Reading is where blanks at both ends go, line ends become `\n`, and letters take their composed form (NFC).
/// Nothing else in the service does that again. ``raw(_:)`` gives what was typed.
public struct Fields: Sendable {
    let pairs: [(name: String, value: String)]

    init(pairs: [(name: String, value: String)]) {
        self.pairs = pairs
    }

    /// Reads `application/x-www-form-urlencoded` bytes (WHATWG URL, section 5.1). Refuses broken percent signs, bytes
    /// that are not UTF-8, the character NUL, which no database column holds, and more than `limit` fields.
    init(urlEncoded bytes: some Collection<UInt8>, limit: Int = 2_000) throws(Refusal) {
        var pairs: [(name: String, value: String)] = []
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            guard pairs.count < limit else { throw .tooLarge }
            let equals = pair.firstIndex(of: UInt8(ascii: "="))
            guard let name = PercentDecoding.text(pair[..<(equals ?? pair.endIndex)], plusIsSpace: true),
                let value = PercentDecoding.text(
                    equals.map { pair[pair.index(after: $0)...] } ?? pair[pair.endIndex...], plusIsSpace: true)
            else { throw .malformed }
            pairs.append((name, value))
        }
        self.pairs = pairs
    }

    /// The names, in the order they came, repeated ones as often as they came.
    public var names: [String] { pairs.map(\.name) }

    /// Whether a field of that name came, even empty: a ticked box, a pressed button.
    public func has(_ name: String) -> Bool { pairs.contains { $0.name == name } }

    /// What was typed, unchanged; empty when there is no such field. Passwords are read with this.
    public func raw(_ name: String) -> String { pairs.first { $0.name == name }?.value ?? "" }

    /// The first value of that name, tidied; empty when there is none.
    public func text(_ name: String) -> String { Self.tidy(raw(name)) }

    /// Every value of that name, tidied, in order.
    public func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map { Self.tidy($0.value) }
    }

    /// A whole number as people type it: blanks of any width are ignored. Nil for everything else.
    public func integer(_ name: String) -> Int? {
        Int(text(name).filter { !$0.isWhitespace })
    }

    /// An identity; nil when the field is missing or not a UUID.
    public func id<Owner>(_ name: String, of owner: Owner.Type) -> ID<Owner>? { ID(text(name)) }

    private static func tidy(_ text: String) -> String {
        // Tokens, numbers and identifiers are most of what comes, and are tidy already.
        if text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) { return text }
        return text.replacing("\r\n", with: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
            .precomposedStringWithCanonicalMapping
    }
}

/// Percent signs, decoded in one place.
enum PercentDecoding {
    /// The text of `bytes`; nil for a percent sign without two hexadecimal digits, for bytes that are not UTF-8, and
    /// for the character NUL.
    static func text(_ bytes: some Collection<UInt8>, plusIsSpace: Bool) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index != bytes.endIndex {
            var byte = bytes[index]
            bytes.formIndex(after: &index)
            if byte == UInt8(ascii: "%") {
                guard index != bytes.endIndex, let high = digit(bytes[index]) else { return nil }
                bytes.formIndex(after: &index)
                guard index != bytes.endIndex, let low = digit(bytes[index]) else { return nil }
                bytes.formIndex(after: &index)
                byte = high << 4 | low
            } else if plusIsSpace, byte == UInt8(ascii: "+") {
                byte = UInt8(ascii: " ")
            }
            guard byte != 0 else { return nil }
            decoded.append(byte)
        }
        return String(validating: decoded, as: UTF8.self)
    }

    /// `text` with everything but unreserved characters as percent signs (RFC 3986, section 2.3).
    static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
