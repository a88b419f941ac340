public import Hummingbird
import NIOCore
public import Participation
import Synchronization

/// What travels with one request: who asks, in which language, from where, and what the router found.
public struct AppContext: RequestContext {
    /// What Hummingbird keeps for a request.
    public var coreContext: CoreRequestContextStorage

    /// The language the answer is written in: the reader's cookie, then their account's, then their browser's.
    public var language: Language { state.language ?? .french }

    /// The session behind the request; nil for a visitor without one.
    public var session: Session? { state.session }

    /// The address of the visitor: of the other end of the connection, or what a proxy of ours tells. Never logged.
    public var remoteAddress: String? { state.forwardedAddress ?? peerAddress }

    private let peerAddress: String?

    /// What several middlewares and the page share while the request is answered.
    let state: RequestState

    /// The context of a request that has just arrived.
    public init(source: ApplicationRequestContextSource) {
        self.coreContext = .init(source: source)
        self.peerAddress = source.channel.remoteAddress?.ipAddress
        self.state = RequestState()
    }

    /// The short number under which a fault of this request is logged and shown, such as `7K2M-Q9XD`.
    public var requestID: String { state.requestID }
}

/// Everything about a request that becomes known while it is answered. One per request, shared by reference, so that
/// the error page outside the session middleware still knows the reader's language.
final class RequestState: Sendable {
    private struct Values {
        var language: Language?
        var session: Session?
        var requestID: String?
        var secret: FormTokens.Secret?
        var forwardedAddress: String?
    }

    private let values = Mutex(Values())

    var language: Language? {
        get { values.withLock { $0.language } }
        set { values.withLock { $0.language = newValue } }
    }

    var session: Session? {
        get { values.withLock { $0.session } }
        set { values.withLock { $0.session = newValue } }
    }

    /// The secret that this request's form tokens are bound to, once a form has been rendered or read.
    var secret: FormTokens.Secret? {
        get { values.withLock { $0.secret } }
        set { values.withLock { $0.secret = newValue } }
    }

    /// The visitor's address as a proxy tells it.
    var forwardedAddress: String? {
        get { values.withLock { $0.forwardedAddress } }
        set { values.withLock { $0.forwardedAddress = newValue } }
    }

    /// Made on first use, so that an ordinary request does without.
    var requestID: String {
        values.withLock {
            if let known = $0.requestID { return known }
            let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
            let letters = (0..<8).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] }
            let id = "\(String(letters[..<4]))-\(String(letters[4...]))"
            $0.requestID = id
            return id
        }
    }
}
