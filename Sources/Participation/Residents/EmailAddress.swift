/// An address as accounts are known by: in lower case, and shaped so that it can safely stand in a letter's header.
///
/// Whether it exists is proven by the letter that reaches it, and by nothing else.
public struct EmailAddress: Hashable, Sendable {
    /// The normalised address.
    public let text: String

    /// The address in `text`; nil unless it is `name@domain.tld` in ASCII, of at most 254 characters.
    public init?(_ text: String) {
        let lowered = text.lowercased()
        let parts = lowered.split(separator: "@", omittingEmptySubsequences: false)
        guard lowered.utf8.count <= 254, parts.count == 2,
            Self.isLocalPart(parts[0]), Self.isDomain(parts[1])
        else { return nil }
        self.text = lowered
    }

    /// What comes before the sign.
    public var localPart: String { String(text.prefix { $0 != "@" }) }

    private static func isLocalPart(_ part: Substring) -> Bool {
        (1...64).contains(part.utf8.count) && part.first != "." && part.last != "." && !part.contains("..")
            && part.utf8.allSatisfy { isAlphanumeric($0) || "!#$%&'*+-/=?^_`{|}~.".utf8.contains($0) }
    }

    private static func isDomain(_ part: Substring) -> Bool {
        let labels = part.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
            }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
