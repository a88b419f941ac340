import CArgon2
public import Crypto
import Foundation

/// The private half of a vote's seal as the custodian keeps it: a small text file, encrypted with a passphrase.
///
/// The service keeps nothing of it: whoever loses the file or the passphrase loses the ballots, and whoever has only
/// the database can read none. The key of encryption is Argon2id (64 MiB, 3 passes) of the passphrase; the cipher is
/// ChaCha20-Poly1305, with the public half as authenticated data.
public struct CustodianKey: Sendable {
    /// The private key itself.
    public let key: Curve25519.KeyAgreement.PrivateKey

    /// A new key.
    init() {
        key = Curve25519.KeyAgreement.PrivateKey()
    }

    /// The 32 bytes of the public half.
    var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }

    /// The file for the custodian.
    ///
    /// - Throws: `VoteRefusal.shortPassphrase`; `Overloaded` when too many wait for the hash.
    func file(passphrase: String) async throws -> String {
        guard passphrase.count >= 12 else { throw VoteRefusal.shortPassphrase }
        let salt: [UInt8] = Array(SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) })
        let box = try ChaChaPoly.seal(
            key.rawRepresentation, using: try await Self.stretch(passphrase, salt: salt), authenticating: publicKey)
        let content = Content(
            format: Self.format, publicKey: Data(publicKey).base64EncodedString(),
            salt: Data(salt).base64EncodedString(), sealed: box.combined.base64EncodedString())
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(content), as: UTF8.self) + "\n"
    }

    /// The key in a custodian's file.
    ///
    /// - Throws: `VoteRefusal.wrongKey` for a text that is no such file, another passphrase, or a file whose public
    ///   half is not `publicKey`.
    init(file: String, passphrase: String, publicKey: [UInt8]) async throws {
        guard file.utf8.count <= 4096,
            let content = try? JSONDecoder().decode(Content.self, from: Data(file.utf8)),
            content.format == Self.format, let salt = Data(base64Encoded: content.salt), salt.count == 16,
            let sealed = Data(base64Encoded: content.sealed), let box = try? ChaChaPoly.SealedBox(combined: sealed),
            Data(base64Encoded: content.publicKey).map(Array.init) == publicKey
        else { throw VoteRefusal.wrongKey }
        let secret = try await Self.stretch(passphrase, salt: Array(salt))
        guard let bytes = try? ChaChaPoly.open(box, using: secret, authenticating: publicKey),
            let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: bytes),
            Array(key.publicKey.rawRepresentation) == publicKey
        else { throw VoteRefusal.wrongKey }
        self.key = key
    }

    private static let format = "tilleul-custodian-key-v1"
    private static let threads = BoundedThreads(name: "custodian", threads: 1, waiting: 8)

    private struct Content: Codable {
        let format: String
        let publicKey: String
        let salt: String
        let sealed: String

        enum CodingKeys: String, CodingKey {
            case format, salt, sealed
            case publicKey = "public_key"
        }
    }

    private static func stretch(_ passphrase: String, salt: [UInt8]) async throws -> SymmetricKey {
        let bytes: [UInt8] = Array(passphrase.precomposedStringWithCompatibilityMapping.utf8)
        return try await threads.run {
            var output = [UInt8](repeating: 0, count: 32)
            let code = argon2id_hash_raw(3, 65_536, 1, bytes, bytes.count, salt, salt.count, &output, output.count)
            guard code == ARGON2_OK.rawValue else { throw HashingFault(code: code) }
            return SymmetricKey(data: output)
        }
    }
}
