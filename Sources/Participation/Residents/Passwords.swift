import CArgon2
import Crypto
import Foundation

/// Hashes passwords with Argon2id (RFC 9106), on a few threads of its own.
///
/// Argon2id takes memory and time on purpose. So that neither a crowd nor an attacker can take all of either, the work
/// never runs on the threads that serve requests, the number of threads is fixed, and the queue has an end.
public final class Passwords: Sendable {
    /// How much work one hash costs.
    public struct Cost: Hashable, Sendable {
        /// KiB of memory.
        public let memory: UInt32
        /// Passes over that memory.
        public let passes: UInt32

        /// 19 MiB and two passes: the OWASP recommendation for one lane.
        public static let standard = Cost(memory: 19_456, passes: 2)

        /// Refuses to be cheaper than the standard.
        public init(memory: UInt32, passes: UInt32) {
            precondition(memory >= 19_456 && passes >= 2, "cheaper than the standard")
            self.memory = memory
            self.passes = passes
        }

        /// How a hash of this cost begins, in the PHC string format.
        var prefix: String { "$argon2id$v=19$m=\(memory),t=\(passes),p=1$" }
    }

    /// What comparing a password with a hash says.
    enum Verdict: Sendable {
        case wrong
        case right
        /// Right, but the hash was made at another cost: hash it again while the password is at hand.
        case rightButStale
    }

    private let cost: Cost
    private let threads: BoundedThreads
    private let nobody: String

    /// Hashes at `cost` on `threads` threads, with at most `waiting` jobs waiting for one of them.
    public init(cost: Cost = .standard, threads: Int = 2, waiting: Int = 64) {
        self.cost = cost
        self.threads = BoundedThreads(name: "argon2", threads: threads, waiting: waiting)
        // The hash of nobody's password: all zeros, which no password gives in practice.
        let salt = Data(Self.salt()).base64EncodedString().filter { $0 != "=" }
        let digest = Data(repeating: 0, count: 32).base64EncodedString().filter { $0 != "=" }
        self.nobody = cost.prefix + salt + "$" + digest
    }

    /// The PHC string of `password` under a new salt. Throws `Overloaded` when too many wait already.
    func hash(_ password: String) async throws -> String {
        let cost = cost
        let bytes = Array(PasswordRules.normalise(password).utf8)
        return try await threads.run { try Self.hash(bytes, cost: cost) }
    }

    /// Compares `password` with `hash`, or, when there is no hash, with nobody's: the time is the same.
    /// Throws `Overloaded` when too many wait already.
    func verify(_ password: String, against hash: String?) async throws -> Verdict {
        let cost = cost
        let encoded = hash ?? nobody
        let bytes = Array(PasswordRules.normalise(password).utf8)
        // Nobody has such a password; hashing it would only cost.
        let tried = bytes.count <= 4 * PasswordRules.length.upperBound ? bytes : []
        let matches = try await threads.run { argon2id_verify(encoded, tried, tried.count) == ARGON2_OK.rawValue }
        guard matches, hash != nil else { return .wrong }
        return encoded.hasPrefix(cost.prefix) ? .right : .rightButStale
    }

    private static func hash(_ password: [UInt8], cost: Cost) throws -> String {
        let salt = salt()
        let capacity = argon2_encodedlen(cost.passes, cost.memory, 1, UInt32(salt.count), 32, Argon2_id)
        var encoded = [CChar](repeating: 0, count: capacity)
        let code = argon2id_hash_encoded(
            cost.passes, cost.memory, 1, password, password.count, salt, salt.count, 32, &encoded, capacity)
        guard code == ARGON2_OK.rawValue else { throw HashingFault(code: code) }
        return String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func salt() -> [UInt8] {
        SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }
    }
}

/// libargon2 could not hash, most likely for want of memory.
struct HashingFault: Error {
    let code: Int32
}
