public import Foundation

/// A way for letters to leave the house.
public protocol MailTransport: Sendable {
    /// Hands `message` over; throws when it was not accepted, and it will be tried again later.
    func deliver(_ message: MailMessage) async throws
}

/// An error of a transport that knows whether it is of use to ask again.
public protocol MailFailure: Error {
    /// The letter can never arrive.
    var isFinal: Bool { get }
}

/// Hands letters to a command that works as sendmail does: `msmtp -t`, `sendmail -t -i`.
///
/// The command runs without a shell, reads the message from standard input, finds the recipient in its headers, and
/// ends with 0 when it took it.
public struct Sendmail: MailTransport {
    /// Why a letter was not taken.
    public enum Failure: MailFailure, Equatable, CustomStringConvertible {
        /// The command cannot be started.
        case notFound(command: String)
        /// The command ended with a status other than 0.
        case refused(status: Int32)
        /// The command did not end in time and was stopped.
        case tookTooLong

        /// The command knows no such recipient: `EX_NOUSER` of sysexits.h.
        public var isFinal: Bool { self == .refused(status: 67) }

        /// One line for the log.
        public var description: String {
            switch self {
            case .notFound(let command): "the mail command \(command) cannot be started"
            case .refused(let status): "the mail command ended with status \(status)"
            case .tookTooLong: "the mail command took too long"
            }
        }
    }

    private let executable: String
    private let command: Command

    /// Uses `command`, whose words are separated by blanks; nil when it has none. The command is stopped after `limit`.
    public init?(command: String, limit: Duration = .seconds(60)) {
        let words = command.split(separator: " ").map(String.init)
        guard let first = words.first else { return nil }
        self.executable = first
        self.command = Command(words, limit: limit)
    }

    /// Runs the command once.
    public func deliver(_ message: MailMessage) async throws {
        do {
            _ = try await command.run(message.bytes)
        } catch let failure as Command.Failure {
            switch failure {
            case .notFound: throw Failure.notFound(command: executable)
            case .ended(let status, _): throw Failure.refused(status: status)
            case .tookTooLong: throw Failure.tookTooLong
            }
        }
    }
}

/// Writes letters as files, for development: `<data-dir>/mail/<identity>.eml`. The names sort by time.
public struct MailFolder: MailTransport {
    /// A letter found in the folder.
    public struct Entry: Sendable {
        /// The file, relative to the folder.
        public let name: String
        /// The address it is for.
        public let recipient: String
        /// Its subject, decoded.
        public let subject: String
        /// Its text, decoded.
        public let body: String
        /// When it was written.
        public let date: Date

        /// A letter under the name of its file.
        public init(name: String, recipient: String, subject: String, body: String, date: Date) {
            self.name = name
            self.recipient = recipient
            self.subject = subject
            self.body = body
            self.date = date
        }
    }

    private let path: String

    /// The folder at `path`, created when the first letter is written.
    public init(path: String) {
        self.path = path
    }

    /// Writes the letter under another name and moves it into place, so that nobody reads half of it.
    public func deliver(_ message: MailMessage) async throws {
        let folder = URL(filePath: path, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Data(message.bytes).write(to: folder.appending(component: "\(message.id).eml"), options: .atomic)
    }

    /// The latest letters first, at most `limit`. Only letters that this type wrote are understood.
    public func list(limit: Int = 50) throws -> [Entry] {
        let folder = URL(filePath: path, directoryHint: .isDirectory)
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        return names.filter { $0.hasSuffix(".eml") }.sorted(by: >).prefix(limit).compactMap { name in
            guard let data = try? Data(contentsOf: folder.appending(component: name)) else { return nil }
            return Entry(name: name, message: String(decoding: data, as: UTF8.self))
        }
    }
}

extension MailFolder.Entry {
    /// Reads back what ``MailMessage`` wrote.
    init?(name: String, message: String) {
        guard let blank = message.range(of: "\r\n\r\n") else { return nil }
        let headers = message[..<blank.lowerBound].replacingOccurrences(of: "\r\n ", with: " ")
            .components(separatedBy: "\r\n")
        func header(_ key: String) -> String {
            headers.first { $0.hasPrefix("\(key): ") }.map { String($0.dropFirst(key.count + 2)) } ?? ""
        }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
        guard let date = formatter.date(from: header("Date")) else { return nil }
        self.init(
            name: name, recipient: header("To").trimmingCharacters(in: CharacterSet(charactersIn: "<>")),
            subject: Self.plain(encodedWords: header("Subject")),
            body: Self.plain(quotedPrintable: String(message[blank.upperBound...])), date: date)
    }

    private static func plain(encodedWords text: String) -> String {
        guard text.hasPrefix("=?utf-8?B?") else { return text }
        let bytes = text.components(separatedBy: " ").compactMap { word in
            Data(base64Encoded: String(word.dropFirst("=?utf-8?B?".count).dropLast("?=".count)))
        }
        return String(decoding: bytes.joined(), as: UTF8.self)
    }

    private static func plain(quotedPrintable text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.replacingOccurrences(of: "=\r\n", with: "").utf8)[...]
        while let byte = rest.popFirst() {
            let code = String(decoding: rest.prefix(2), as: UTF8.self)
            if byte == UInt8(ascii: "="), rest.count >= 2, let value = UInt8(code, radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else if byte != UInt8(ascii: "\r") {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
