import Crypto
import Foundation

/// The one code of somebody who answers: it opens what they have written so far, and afterwards what they sent.
///
/// 16 letters and digits that are not mistaken for one another carry 77 bits. The database has keyed hashes, one for the
/// draft and another for the answer, which cannot be laid side by side without the secret of the installation.
public struct ResponseCode: Hashable, Sendable {
    private static let alphabet: [UInt8] = Array("23456789ABCDEFGHJKMNPQRSTVWXY".utf8)
    static let length = 16

    /// Its letters, without anything between them.
    public let letters: String

    /// A code that nobody can guess.
    public init() {
        self.init(drawn: Self.length)
    }

    private init(drawn length: Int) {
        var generator = SystemRandomNumberGenerator()
        letters = String(
            decoding: (0..<length).map { _ in Self.alphabet.randomElement(using: &generator)! }, as: UTF8.self)
    }

    /// The code that was typed: case, blanks and hyphens do not matter. Nil unless it has the letters of one.
    public init?(_ typed: String) {
        guard let letters = Self.letters(in: typed, length: Self.length) else { return nil }
        self.letters = letters
    }

    /// In groups of four, as people copy it.
    public var groups: [String] {
        stride(from: 0, to: letters.count, by: 4).map { String(letters.dropFirst($0).prefix(4)) }
    }

    /// `XXXX-XXXX-XXXX-XXXX`.
    public var text: String { groups.joined(separator: "-") }

    // MARK: One-time codes

    /// A one-time code, `XXXX-XXXX-XXXX`: 12 letters of the same kind.
    static func drawOneTime() -> String { ResponseCode(drawn: 12).text }

    /// The letters of a code of that length; nil for everything else.
    static func letters(in typed: String, length: Int) -> String? {
        guard typed.utf8.count <= 64 else { return nil }
        let letters: [UInt8] = typed.uppercased().utf8.filter { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") }
        guard letters.count == length, letters.allSatisfy(alphabet.contains) else { return nil }
        return String(decoding: letters, as: UTF8.self)
    }

    // MARK: Hashes and keys

    func draftHash(_ secrets: Secrets) -> [UInt8] {
        secrets.keyedHash(Array(letters.utf8), label: "answer draft")
    }

    func responseHash(_ secrets: Secrets) -> [UInt8] {
        secrets.keyedHash(Array(letters.utf8), label: "answer withdrawal")
    }

    /// What an answer on its way is found by: another than once it has arrived, so that two readings of the database
    /// cannot be joined by it.
    func incomingHash(_ secrets: Secrets) -> [UInt8] {
        secrets.keyedHash(Array(letters.utf8), label: "answer on its way")
    }

    func key(_ secrets: Secrets) -> SymmetricKey {
        SymmetricKey(data: secrets.keyedHash(Array(letters.utf8), label: "answer draft key"))
    }
}
