import Configuration
import Foundation
import Participation

/// How letters leave the house, as the operator has set it.
enum MailSettings: Sendable {
    /// Into files of the data directory: for development.
    case folder
    /// By a command that works as sendmail does.
    case command(Sendmail)
    /// By a mail server; with a name and its password for one that asks who we are.
    case server(SMTP.Server, user: String?, password: Password)

    /// Where a password is. A file is read when letters are sent: other commands do without it.
    enum Password: Sendable {
        case none
        case text(String)
        case file(String)
    }

    /// Reads the settings below `tilleul`.
    ///
    /// - Throws: `Failure` when they contradict each other, or would send a password in the open.
    static func load(_ settings: ConfigReader) throws -> MailSettings {
        let command: String? = settings.string(forKey: "sendmail")
        guard let host = settings.string(forKey: "smtp.host") else {
            guard let command else { return .folder }
            guard let sendmail = Sendmail(command: command) else {
                throw Failure(message: "TILLEUL_SENDMAIL names no program.", status: 2)
            }
            return .command(sendmail)
        }
        guard command == nil else {
            throw Failure(message: "TILLEUL_SMTP_HOST and TILLEUL_SENDMAIL are both set: choose one.", status: 2)
        }
        let word: String = settings.string(forKey: "smtp.security") ?? SMTP.Server.Security.startTLS.rawValue
        guard let security = SMTP.Server.Security(rawValue: word) else {
            throw Failure(message: "TILLEUL_SMTP_SECURITY is “\(word)”; it can be starttls, tls or none.", status: 2)
        }
        let port: Int? = settings.int(forKey: "smtp.port")
        guard port.map({ (1...65_535).contains($0) }) ?? true, !host.contains(where: { "/@ ".contains($0) }) else {
            throw Failure(message: "TILLEUL_SMTP_HOST or TILLEUL_SMTP_PORT names no server.", status: 2)
        }
        let server = SMTP.Server(
            host: host, port: port, security: security, authorities: settings.string(forKey: "smtp.ca.file"))
        let user: String? = settings.string(forKey: "smtp.user")
        return .server(server, user: user, password: user == nil ? .none : try password(settings, security))
    }

    private static func password(_ settings: ConfigReader, _ security: SMTP.Server.Security) throws -> Password {
        guard security != .none else {
            throw Failure(
                message: "TILLEUL_SMTP_USER needs TILLEUL_SMTP_SECURITY starttls or tls: a password never travels in "
                    + "the open.", status: 2)
        }
        if let password = settings.string(forKey: "smtp.password", isSecret: true) { return .text(password) }
        if let file = settings.string(forKey: "smtp.password.file") { return .file(file) }
        throw Failure(
            message: "TILLEUL_SMTP_USER is set; set TILLEUL_SMTP_PASSWORD or TILLEUL_SMTP_PASSWORD_FILE as well.",
            status: 2)
    }

    /// What takes the letters; `folder` is where they are written when nothing is set.
    func transport(folder: String) throws -> any MailTransport {
        switch self {
        case .folder: return MailFolder(path: folder)
        case .command(let sendmail): return sendmail
        case .server(var server, let user, let password):
            let secret: String =
                switch password {
                case .none: ""
                case .text(let text): text
                case .file(let path):
                    String(decoding: try Console.read(path), as: UTF8.self).trimmingCharacters(in: .newlines)
                }
            server.credentials = user.map { (user: $0, password: secret) }
            return SMTP(server)
        }
    }
}
