import CCurl
import Foundation

/// Hands letters to a mail server by SMTP.
///
/// libcurl blocks, so it runs on a thread of its own; the connection is kept from one letter to the next.
public struct SMTP: MailTransport {
    /// The server, and how to speak to it.
    public struct Server: Sendable {
        /// How the connection is protected.
        public enum Security: String, Sendable, CaseIterable {
            /// The connection begins in the open and must be encrypted before anything is said.
            case startTLS = "starttls"
            /// The connection is encrypted from its first byte.
            case tls
            /// The connection is open to everybody on the way: for a server on the same machine.
            case none
        }

        /// The name of the server, to which its certificate must belong.
        public var host: String
        /// The port; nil takes the usual one: 587, 465 or 25.
        public var port: Int?
        /// The name and password to sign in with; nil for a server that asks for none.
        public var credentials: (user: String, password: String)?
        /// How the connection is protected.
        public var security: Security
        /// A file of certificates to trust instead of the machine's own.
        public var authorities: String?
        /// How long a letter may take in all, and the connection of it.
        public var limit: Duration = .seconds(60), connectLimit: Duration = .seconds(15)

        /// A server, reached in the safest way that is usual.
        public init(
            host: String, port: Int? = nil, credentials: (user: String, password: String)? = nil,
            security: Security = .startTLS, authorities: String? = nil
        ) {
            self.host = host
            self.port = port
            self.credentials = credentials
            self.security = security
            self.authorities = authorities
        }

        fileprivate var usualPort: Int {
            switch security {
            case .startTLS: 587
            case .tls: 465
            case .none: 25
            }
        }
    }

    /// Why a letter was not taken. No word of the server's is kept: it may name the recipient.
    public struct Failure: MailFailure, Equatable, CustomStringConvertible {
        /// At which step the letter stopped.
        public enum Step: Sendable, Hashable {
            /// Nothing answers under that name and port.
            case connecting
            /// The server does not encrypt, or its certificate is not trusted.
            case securing
            /// The server refuses name or password.
            case signingIn
            /// The server refuses the address that the letter comes from.
            case sender
            /// The server refuses the address that the letter is for.
            case recipient
            /// The server refuses the letter, or the connection broke.
            case sending
            /// The server took too long.
            case waiting
        }

        /// Where it stopped.
        public let step: Step
        /// The three digits of the server's answer; nil without one.
        public let answer: Int?
        private let server: String

        init(_ step: Step, answer: Int? = nil, server: String) {
            self.step = step
            self.answer = answer
            self.server = server
        }

        /// The server knows the recipient's address, and that no letter will ever reach it.
        public var isFinal: Bool { step == .recipient && [550, 551, 553].contains(answer) }

        /// One line for the log.
        public var description: String {
            let what =
                switch step {
                case .connecting: "cannot be reached"
                case .securing: "offers no encryption that can be trusted"
                case .signingIn: "refuses the name or the password"
                case .sender: "refuses the address that letters come from"
                case .recipient: "refuses the recipient"
                case .sending: "did not take the letter"
                case .waiting: "took too long"
                }
            return "the mail server \(server) \(what)" + (answer.map { " (\($0))" } ?? "")
        }
    }

    private let line: Line
    private let threads: BoundedThreads

    /// Sends by `server`.
    public init(_ server: Server) {
        line = Line(server)
        threads = BoundedThreads(name: "smtp", threads: 1, waiting: 16)
    }

    /// Hands over one letter; returns when the server has answered for it.
    public func deliver(_ message: MailMessage) async throws {
        try await threads.run { try line.send(message) }
    }
}

/// One connection to the server, used by one thread.
private final class Line: @unchecked Sendable {
    // Unchecked: only the one thread of its owner sends, and whoever lets go of it last is alone with it.
    private let server: SMTP.Server
    private let address: String
    private var curl: UnsafeMutableRawPointer?

    private static let isReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(_ server: SMTP.Server) {
        self.server = server
        address = "\(server.host):\(server.port ?? server.usualPort)"
    }

    deinit {
        curl_easy_cleanup(curl)
    }

    func send(_ message: MailMessage) throws {
        if curl == nil, Self.isReady { curl = curl_easy_init() }
        guard let curl else { throw SMTP.Failure(.sending, server: address) }
        var complaint = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        let code: CURLcode = complaint.withUnsafeMutableBufferPointer { room in
            prepare(curl, for: message)
            tilleul_curl_set_buffer(curl, CURLOPT_ERRORBUFFER, room.baseAddress)
            let recipients = curl_slist_append(nil, message.recipient)
            defer { curl_slist_free_all(recipients) }
            tilleul_curl_set_list(curl, CURLOPT_MAIL_RCPT, recipients)
            let letter = Pages(message.bytes)
            return withExtendedLifetime(letter) {
                tilleul_curl_set_reader(curl, Pages.read, Unmanaged.passUnretained(letter).toOpaque())
                let code: CURLcode = curl_easy_perform(curl)
                // Forgets every pointer into this call and keeps the connection.
                curl_easy_reset(curl)
                return code
            }
        }
        guard code != CURLE_OK else { return }
        let words = String(decoding: complaint.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // A connection on which something went wrong is not used again.
        curl_easy_cleanup(curl)
        self.curl = nil
        throw failure(code, words)
    }

    private func prepare(_ curl: UnsafeMutableRawPointer, for message: MailMessage) {
        let scheme = server.security == .tls ? "smtps" : "smtp"
        let domain = message.sender.split(separator: "@").last ?? "localhost"
        // The path is what we call ourselves: the domain of the letters, not the name of this machine.
        tilleul_curl_set_text(curl, CURLOPT_URL, "\(scheme)://\(address)/\(domain)")
        tilleul_curl_set_text(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        tilleul_curl_set_text(curl, CURLOPT_PROXY, "")
        tilleul_curl_set_number(curl, CURLOPT_NOSIGNAL, 1)
        tilleul_curl_set_number(curl, CURLOPT_UPLOAD, 1)
        tilleul_curl_set_number(curl, CURLOPT_CONNECTTIMEOUT_MS, server.connectLimit.milliseconds)
        tilleul_curl_set_number(curl, CURLOPT_TIMEOUT_MS, server.limit.milliseconds)
        if server.security == .startTLS { tilleul_curl_set_number(curl, CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        if let authorities = server.authorities { tilleul_curl_set_text(curl, CURLOPT_CAINFO, authorities) }
        if let credentials = server.credentials {
            tilleul_curl_set_text(curl, CURLOPT_USERNAME, credentials.user)
            tilleul_curl_set_text(curl, CURLOPT_PASSWORD, credentials.password)
        }
        tilleul_curl_set_text(curl, CURLOPT_MAIL_FROM, message.sender)
    }

    /// What libcurl's code and words stand for: the words of its own that begin with a command and end with an answer.
    private func failure(_ code: CURLcode, _ words: String) -> SMTP.Failure {
        let step: SMTP.Failure.Step =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT: .connecting
            case CURLE_OPERATION_TIMEDOUT: .waiting
            case CURLE_LOGIN_DENIED: .signingIn
            case CURLE_USE_SSL_FAILED, CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION,
                CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER:
                .securing
            default:
                words.hasPrefix("MAIL failed") ? .sender : words.hasPrefix("RCPT failed") ? .recipient : .sending
            }
        let answer: Int? = words.split(separator: " ").last.flatMap { Int($0) }.flatMap { (400...599) ~= $0 ? $0 : nil }
        return SMTP.Failure(step, answer: answer, server: address)
    }
}

/// The bytes of a letter, which libcurl takes piece by piece.
private final class Pages {
    private let bytes: [UInt8]
    private var taken = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    static let read: tilleul_curl_reader = { room, size, count, source in
        guard let room, let source else { return 0 }
        let pages = Unmanaged<Pages>.fromOpaque(source).takeUnretainedValue()
        let piece: ArraySlice<UInt8> = pages.bytes[pages.taken...].prefix(size * count)
        UnsafeMutableRawBufferPointer(start: room, count: piece.count).copyBytes(from: piece)
        pages.taken += piece.count
        return piece.count
    }
}

extension Duration {
    fileprivate var milliseconds: Int {
        Int(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
