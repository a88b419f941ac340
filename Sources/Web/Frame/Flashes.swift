import Crypto
import Foundation
import Hummingbird
import Participation

/// A sentence that the next page shows once: "Your address has been changed."
public struct Flash: Hashable, Sendable {
    let key: String
    let arguments: [String: String]
    let isError: Bool

    /// Something has been done; `key` names the sentence.
    public static func done(_ key: String, _ arguments: [String: String] = [:]) -> Flash {
        Flash(key: key, arguments: arguments, isError: false)
    }

    /// Something could not be done; `key` names the sentence.
    public static func failed(_ key: String, _ arguments: [String: String] = [:]) -> Flash {
        Flash(key: key, arguments: arguments, isError: true)
    }
}

/// Carries a ``Flash`` to the next page in a signed cookie that lives for a minute.
struct Flashes: Sendable {
    private struct Letter: Codable {
        let k: String
        let a: [String: String]
        let e: Bool
    }

    private let key: SymmetricKey

    init(secrets: Secrets) {
        self.key = secrets.derive(label: "flash")
    }

    func write(_ flash: Flash) -> String {
        let letter = Letter(k: flash.key, a: flash.arguments.mapValues { String($0.prefix(200)) }, e: flash.isError)
        guard let text = try? JSONEncoder().encode(letter) else { return "" }
        return "\(Base64URL.encode(text)).\(Base64URL.encode(HMAC<SHA256>.authenticationCode(for: text, using: key)))"
    }

    /// Nil for everything that `write` did not write.
    func read(_ cookie: String) -> Flash? {
        let parts = cookie.split(separator: ".")
        guard parts.count == 2, let text = Base64URL.decode(String(parts[0])),
            let code = Base64URL.decode(String(parts[1])),
            HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: text, using: key),
            let letter = try? JSONDecoder().decode(Letter.self, from: Data(text))
        else { return nil }
        return Flash(key: letter.k, arguments: letter.a, isError: letter.e)
    }
}
