import Crypto
import Foundation
import Hummingbird
import Participation

/// The hidden `token` field of every form, which another site cannot know.
///
/// Somebody signed in gets a token bound to their session. A visitor gets a random cookie the first time a form is
/// shown, and tokens bound to that cookie; nothing is stored for them. A token is a keyed hash of what it is bound to,
/// covered by a one-time pad that is new in every page: the page is compressed together with text that others may
/// choose, and without the pad the length of the compressed page would give the token away letter by letter.
public struct FormTokens: Sendable {
    /// What the tokens of one request are bound to.
    struct Secret: Sendable {
        let binding: [UInt8]
        /// The value of the visitor's cookie when this answer has to set it.
        let newCookie: String?
    }

    private let key: SymmetricKey

    init(secrets: Secrets) {
        self.key = secrets.derive(label: "form")
    }

    /// A token for `binding`, different each time.
    func token(for binding: [UInt8]) -> String {
        let pad = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        let code = HMAC<SHA256>.authenticationCode(for: binding, using: key)
        return Base64URL.encode(pad + zip(pad, code).map { $0 ^ $1 })
    }

    /// Whether `token` was made for `binding`. Takes the same time wherever they differ.
    func isValid(_ token: String, for binding: [UInt8]) -> Bool {
        guard let bytes = Base64URL.decode(token), bytes.count == 64 else { return false }
        let code = zip(bytes[..<32], bytes[32...]).map { $0 ^ $1 }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: binding, using: key)
    }

    /// What the tokens of this request are bound to; with `create`, a visitor without a cookie gets one.
    func secret(of request: Request, _ context: AppContext, jar: CookieJar, create: Bool) -> Secret? {
        if let known = context.state.secret { return known }
        let secret: Secret
        if let session = context.session {
            secret = Secret(binding: Array("session \(session.id)".utf8), newCookie: nil)
        } else if let cookie = jar.value(.visit, of: request), cookie.utf8.count == 22 {
            secret = Secret(binding: Array("visit \(cookie)".utf8), newCookie: nil)
        } else if create {
            let cookie = Base64URL.encode(SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) })
            secret = Secret(binding: Array("visit \(cookie)".utf8), newCookie: cookie)
        } else {
            return nil
        }
        context.state.secret = secret
        return secret
    }
}
