public import Crypto
import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The secrets of one installation, all derived from 32 random bytes that its operator keeps in one file.
///
/// Losing the file ends every session and makes every unused link and voting code worthless; it opens no ballot.
public struct Secrets: Sendable {
    private let master: SymmetricKey

    /// Secrets derived from `master`, which holds 32 bytes.
    public init(master: [UInt8]) {
        precondition(master.count == Self.length, "a master secret is 32 bytes long")
        self.master = SymmetricKey(data: master)
    }

    /// The secrets kept in `file`. A file that does not exist is created, readable by its owner alone, so that
    /// several processes starting at once agree on one. Refuses a file of another length or one others may read.
    public static func load(file: String) throws -> Secrets {
        try create(file: file)
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SecretsFault.unreadable(file: file) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SecretsFault.unreadable(file: file) }
        guard status.st_mode & 0o077 == 0 else { throw SecretsFault.readableByOthers(file: file) }
        var bytes = [UInt8](repeating: 0, count: length + 1)
        guard read(descriptor, &bytes, bytes.count) == length else { throw SecretsFault.wrongLength(file: file) }
        return Secrets(master: Array(bytes.prefix(length)))
    }

    /// The key for one purpose, named by `label`: HKDF-SHA256 of the master secret (RFC 5869).
    public func derive(label: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: master, salt: Array("tilleul".utf8), info: Array(label.utf8), outputByteCount: 32)
    }

    /// HMAC-SHA256 of `bytes` under the key named by `label`: how tokens, codes and addresses are stored.
    public func keyedHash(_ bytes: [UInt8], label: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: derive(label: label)))
    }

    private static let length = 32

    /// Writes a new secret beside `file` and links it into place: whoever comes second keeps the first one's.
    private static func create(file: String) throws {
        guard access(file, F_OK) != 0 else { return }
        let draft = "\(file).\(getpid()).\(UInt32.random(in: 0 ... .max))"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SecretsFault.unwritable(file: file) }
        defer {
            close(descriptor)
            unlink(draft)
        }
        let secret = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        guard write(descriptor, secret, secret.count) == secret.count, fsync(descriptor) == 0 else {
            throw SecretsFault.unwritable(file: file)
        }
        guard link(draft, file) == 0 || errno == EEXIST else { throw SecretsFault.unwritable(file: file) }
    }
}

/// Why the file of the master secret cannot be used.
public enum SecretsFault: Error, Equatable, CustomStringConvertible {
    case unreadable(file: String)
    case unwritable(file: String)
    case readableByOthers(file: String)
    case wrongLength(file: String)

    /// What the operator reads on the command line.
    public var description: String {
        switch self {
        case .unreadable(let file): "The secret in \(file) cannot be read."
        case .unwritable(let file): "The secret cannot be written to \(file)."
        case .readableByOthers(let file): "The secret in \(file) can be read by others: chmod 600 \(file)"
        case .wrongLength(let file): "The secret in \(file) is not 32 bytes long."
        }
    }
}
