import Crypto
import Foundation
public import PublicRecord

/// A random number of a rendered form, 128 bits: it makes a second submission of the form return the first answer,
/// and it opens the receipt.
public struct FormNonce: Sendable, Hashable {
    let bytes: [UInt8]

    /// A nonce nobody can guess.
    public init() {
        bytes = Random.bytes(16)
    }

    /// The nonce in a form's hidden field; nil unless the text is 32 lower-case hexadecimal digits.
    public init?(_ text: String) {
        guard let bytes = Hex.decode(text), bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// 32 lower-case hexadecimal digits.
    public var text: String { Hex.encode(bytes) }
}

/// What opens a receipt: it stands in the address of the receipt's page and nowhere in the database.
public struct ReceiptToken: Sendable, Hashable {
    private let bytes: [UInt8]

    /// The token of the receipt of the ballot that was confirmed with this form.
    public init(_ nonce: FormNonce) {
        bytes = Array(SHA256.hash(data: Array("tilleul receipt".utf8) + nonce.bytes).prefix(16))
    }

    /// The token in an address; nil unless the text is 32 lower-case hexadecimal digits.
    public init?(_ text: String) {
        guard let bytes = Hex.decode(text), bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// 32 lower-case hexadecimal digits.
    public var text: String { Hex.encode(bytes) }

    /// What the database knows of it.
    var hash: [UInt8] { Array(SHA256.hash(data: Array("tilleul receipt row".utf8) + bytes)) }

    var key: SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: bytes), info: Array("tilleul receipt key".utf8), outputByteCount: 32)
    }
}

/// A kept receipt that its token opens and that is none: the database was altered.
struct UnreadableReceipt: Error {}

/// A receipt as the resident sees it again: the signed promise and what they chose.
public struct CastReceipt: Sendable {
    /// Origin, credential, envelope and tracker.
    public let receipt: Receipt
    /// The receipt's text signed by the log's key, as a signed note.
    public let note: String
    /// What was chosen.
    public let ballot: Ballot

    /// Encrypted so that only the token opens it.
    func seal(token: ReceiptToken, definition: Definition) throws -> [UInt8] {
        let content: CanonicalJSON = [
            "choices": ballot.json(grades: definition.ballot.grades), "note": .string(note),
            "receipt": .string(receipt.text),
        ]
        return Array(try ChaChaPoly.seal(content.encoded(), using: token.key).combined)
    }

    init(receipt: Receipt, note: String, ballot: Ballot) {
        self.receipt = receipt
        self.note = note
        self.ballot = ballot
    }

    init(sealed: [UInt8], token: ReceiptToken, checker: BallotChecker) throws {
        let bytes: Data = try ChaChaPoly.open(try ChaChaPoly.SealedBox(combined: sealed), using: token.key)
        var fields = try CanonicalJSON.Fields(try CanonicalJSON(parsing: Array(bytes)))
        guard let receipt = Receipt(text: try fields.string("receipt")) else { throw UnreadableReceipt() }
        let lines: [BallotLine] = try Ballot.lines(try fields.value("choices"), type: checker.rules.type)
        self.init(
            receipt: receipt, note: try fields.string("note"), ballot: try checker.ballot(lines))
    }
}
