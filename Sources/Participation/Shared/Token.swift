import Crypto
import Foundation

/// 32 random bytes that open something for whoever holds them: a session, or a link in a letter.
///
/// Only a keyed hash of them is ever stored.
public struct Token: Hashable, Sendable {
    /// The bytes themselves, as a cookie or a link carries them.
    public let bytes: [UInt8]

    /// A token nobody can guess.
    public init() {
        self.bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
    }

    /// The token of these bytes; nil unless there are 32.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// The token written as `text`; nil unless `text` is 32 bytes in unpadded base64url (RFC 4648, section 5).
    public init?(_ text: String) {
        let alphabet = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
            default: false
            }
        }
        guard alphabet, text.utf8.count == 43 else { return nil }
        // By bytes: replacing in strings is slow, and every request with a session comes by here.
        let standard: [UInt8] = text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: byte
            }
        }
        guard let data = Data(base64Encoded: Data(standard + [UInt8(ascii: "=")])), data.count == 32 else { return nil }
        self.bytes = Array(data)
    }

    /// The 43 characters of unpadded base64url that go into a link or a cookie.
    public var text: String {
        Data(bytes).base64EncodedString()
            .replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_")
            .replacingOccurrences(of: "=", with: "")
    }

    func hash(_ secrets: Secrets, label: String) -> [UInt8] {
        secrets.keyedHash(bytes, label: label)
    }
}
