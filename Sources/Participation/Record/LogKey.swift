import Crypto
import PublicRecord
import Synchronization

/// The key that signs the log of one vote: derived from the installation's secret and the origin, so that whoever has
/// only the database can sign nothing, and pinned at opening, so that another secret is noticed.
struct LogKey: Sendable {
    private let signer: NoteSigner

    /// The key of an open vote.
    ///
    /// - Throws: `WrongSecret` when the installation's secret is not the one the vote was opened with.
    init(_ secrets: Secrets, opening: VoteOpening) throws {
        try self.init(secrets, origin: opening.definition.origin, publicKey: opening.logKey)
    }

    /// The key of an origin, whose public half must be the one given.
    init(_ secrets: Secrets, origin: String, publicKey: [UInt8]) throws {
        guard let signer = Self.signer(secrets, origin: origin), signer.key.publicKey == publicKey else {
            throw WrongSecret()
        }
        self.signer = signer
    }

    /// The public half that opening pins.
    static func publicKey(_ secrets: Secrets, origin: String) throws -> [UInt8] {
        guard let signer = signer(secrets, origin: origin) else { throw WrongSecret() }
        return signer.key.publicKey
    }

    /// The text as a signed note.
    func sign(_ text: String) throws -> String {
        String(decoding: try signer.sign(text: text).bytes, as: UTF8.self)
    }

    private static func signer(_ secrets: Secrets, origin: String) -> NoteSigner? {
        let seed: [UInt8] = secrets.derive(label: "record \(origin)").withUnsafeBytes { Array($0) }
        return NoteSigner(name: origin, seed: seed)
    }
}

/// The keys of the logs whose receipts are being signed, derived once: deriving one takes longer than signing with it.
final class LogKeys: Sendable {
    private static let most = 100

    private let secrets: Secrets
    private let known = Mutex<[[UInt8]: LogKey]>([:])

    init(_ secrets: Secrets) {
        self.secrets = secrets
    }

    /// The key of an open vote.
    ///
    /// - Throws: `WrongSecret` as `LogKey` does.
    func key(of opening: VoteOpening) throws -> LogKey {
        // Both, so that a pinned key which the database gives another vote is derived and refused.
        let name: [UInt8] = opening.logKey + Array(opening.definition.origin.utf8)
        if let key = known.withLock({ $0[name] }) { return key }
        let key = try LogKey(secrets, opening: opening)
        known.withLock { known in
            if known.count >= Self.most { known.removeAll() }
            known[name] = key
        }
        return key
    }
}

/// The file of the master secret is not the one with which the vote was opened.
public struct WrongSecret: Error, Sendable, CustomStringConvertible {
    /// What the operator reads on the command line.
    public var description: String {
        "The secret of this installation is not the one with which the vote was opened; restore the file `secret`."
    }
}
