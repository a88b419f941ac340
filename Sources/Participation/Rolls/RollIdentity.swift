import Crypto

/// By what a person is the same one in two versions of a roll: the number that the roll gives them, or else names and
/// birth, or else names and address. Only a hash of it is kept and compared.
enum RollIdentity {
    /// The identity of whoever has the number.
    static func ofNumber(_ number: String) -> [UInt8] {
        hash("number", [NameText.squeezed(NameText.key(number))])
    }

    /// The identity of whoever has no number.
    static func of(family: String, given: String, birth: String, address: String, postcode: String) -> [UInt8] {
        birth.isEmpty
            ? hash("address", [family, given, NameText.key(address), NameText.key(postcode)])
            : hash("birth", [family, given, birth])
    }

    private static func hash(_ kind: String, _ parts: [String]) -> [UInt8] {
        var text: [UInt8] = Array(kind.utf8)
        for part in parts {
            text.append(0)
            text += part.utf8
        }
        return Array(SHA256.hash(data: text).prefix(16))
    }
}
