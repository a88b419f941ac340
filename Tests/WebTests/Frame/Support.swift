import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix
@testable import Participation
import Synchronization
@testable import Web

/// The whole service on a free port, with routes of a test, for as long as `body` runs.
func withService(
    _ site: Site? = nil, sessions: SessionSource = .nobody, settings: ServerSettings? = nil, log: Log = Log(),
    ready: @escaping @Sendable () async throws -> Void = {},
    routes: (Site, RouterGroup<AppContext>) -> Void = { _, _ in },
    _ body: @Sendable (Client) async throws -> Void
) async throws {
    let site = try site ?? FrameSite.development()
    var settings = settings ?? ServerSettings()
    settings.port = 0
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let service = application(
        site: site, sessions: sessions, settings: settings, logger: log.logger, ready: ready,
        started: { port.yield($0) }, routes: { routes(site, $0) })
    try await withThrowingTaskGroup { group in
        group.addTask { try await service.run() }
        for await port in ports {
            do {
                try await body(Client(port: port))
            } catch {
                group.cancelAll()
                throw error
            }
            break
        }
        group.cancelAll()
        // A server that is cancelled ends with an error, which is what a test wants here.
        while let result = await group.nextResult() { _ = result }
    }
}

extension SessionSource {
    /// Nobody is signed in, and nobody asks the database.
    static let nobody = SessionSource(find: { _ in nil })

    /// One session, opened by `token`.
    static func one(_ session: Session, token: Token, finds: Counter = Counter()) -> SessionSource {
        SessionSource(find: {
            finds.add()
            return $0 == token ? session : nil
        })
    }
}

/// Counts from any thread.
final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock(\.self) }
    func add() { count.withLock { $0 += 1 } }
}

/// The pages of the project and a few more that only tests show.
enum FrameSite {
    static let secrets = Secrets(master: Array(repeating: 7, count: 32))

    static func development(
        publicURL: String = "http://localhost:8080", isDevelopment: Bool = true, isBehindProxy: Bool = false
    ) throws -> Site {
        try Site(
            city: Site.City(
                name: "Tilleul-sur-Loire",
                help: .init(place: "Mairie, 1 place du Tilleul", hours: "lundi, 9 h – 17 h", phone: "02 00 00 00 00"),
                publicURL: publicURL, isBehindProxy: isBehindProxy, isDevelopment: isDevelopment),
            resources: resources.path(percentEncoded: false), secrets: secrets)
    }

    static var project: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
    }

    /// A copy of `Public`, of the layouts and of the frame's own templates, with the templates of these tests.
    private static let resources: URL = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tilleul-frame-\(UUID())")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let tests = folder.appending(path: "Templates/test")
            try FileManager.default.createDirectory(at: tests, withIntermediateDirectories: true)
            let layouts = ["page", "bare", "mail", "print"].map { "Templates/\($0).mustache" }
            for name in ["Public", "Templates/parts", "Templates/frame", "Templates/strings"] + layouts {
                try FileManager.default.copyItem(at: project.appending(path: name), to: folder.appending(path: name))
            }
            for (name, text) in templates {
                try Data(text.utf8).write(to: tests.appending(path: "\(name).mustache"))
            }
            try Data("export const one = 1;\n".utf8).write(to: folder.appending(path: "Public/test-one.js"))
            try Data("import { one } from \"./test-one.js\";\nconsole.log(one);\n".utf8)
                .write(to: folder.appending(path: "Public/test-two.js"))
            try Data("User-agent: *\n".utf8).write(to: folder.appending(path: "Public/robots.txt"))
        } catch {
            preconditionFailure("the templates cannot be copied: \(error)")
        }
        return folder
    }()

    private static let templates = [
        "words": "{{<page}}{{$main}}{{#view}}<p id=\"words\">{{words}}</p>{{/view}}{{/main}}{{/page}}",
        "form": """
        {{<page}}{{$main}}{{#view}}<form method="post" action="{{action}}">
        <input type="hidden" name="token" value="{{frame.token}}"></form>{{/view}}{{/main}}{{/page}}
        """,
        "letter": "{{<mail}}{{$main}}{{#view}}{{words}}\n[[frame.sign-in]]{{/view}}{{/main}}{{/mail}}",
    ]
}

struct WordsPage: PageView {
    static let template = "test/words"
    static let sample = WordsPage(words: "words")
    let words: String
}

struct FormPage: PageView {
    static let template = "test/form"
    static let sample = FormPage(action: "/form")
    let action: String
}

struct LetterPage: PageView {
    static let template = "test/letter"
    static let sample = LetterPage(words: "words")
    let words: String
}

/// What the service logged.
final class Log: Sendable {
    struct Line: Sendable {
        let level: Logger.Level
        let text: String
    }

    private let lines = Mutex<[Line]>([])

    var all: [Line] { lines.withLock(\.self) }
    var text: String { all.map(\.text).joined(separator: "\n") }
    func lines(_ level: Logger.Level) -> [Line] { all.filter { $0.level == level } }

    var logger: Logger {
        Logger(label: "test") { _ in Handler(log: self) }
    }

    private struct Handler: LogHandler {
        let log: Log
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }
            log.lines.withLock { $0.append(Line(level: event.level, text: "\(event.message) \(all)")) }
        }
    }
}

/// Speaks HTTP/1.1 over a socket, byte by byte, so that a test can send what no library would.
struct Client: Sendable {
    let port: Int

    struct Answer: Sendable {
        let status: Int
        let headers: [(name: String, value: String)]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        func header(_ name: String) -> String? { headers.first { $0.name == name.lowercased() }?.value }
        func all(_ name: String) -> [String] { headers.filter { $0.name == name.lowercased() }.map(\.value) }
        /// The `name=value` parts of the cookies that this answer sets.
        var cookies: String {
            all("set-cookie").map { String($0.prefix { $0 != ";" }) }.joined(separator: "; ")
        }
        /// The form token in the page.
        var token: String? {
            text.firstMatch(of: /name="token" value="([^"]*)"/).map { String($0.1) }
        }
    }

    func get(_ path: String, _ headers: [(String, String)] = [], method: String = "GET") async throws -> Answer {
        try await send(method, path, headers, body: nil)
    }

    /// Posts as a browser would from a page of the service.
    func post(
        _ path: String, _ body: String, _ headers: [(String, String)] = [],
        type: String? = "application/x-www-form-urlencoded", origin: String? = "http://localhost:8080"
    ) async throws -> Answer {
        var all = headers
        if let type { all.append(("Content-Type", type)) }
        if let origin { all.append(("Origin", origin)) }
        return try await send("POST", path, all, body: Array(body.utf8))
    }

    func send(
        _ method: String, _ path: String, _ headers: [(String, String)], body: [UInt8]?
    ) async throws -> Answer {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost:8080\r\nConnection: close\r\n"
        if let body { head += "Content-Length: \(body.count)\r\n" }
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        let bytes = try await raw(Array((head + "\r\n").utf8) + (body ?? []))
        return try Self.parse(bytes, hasBody: method != "HEAD")
    }

    /// Sends bytes and reads until the other end closes.
    func raw(_ bytes: [UInt8]) async throws -> [UInt8] {
        try await connection { inbound, outbound in
            try? await outbound.write(ByteBuffer(bytes: bytes))
            var all: [UInt8] = []
            do {
                for try await part in inbound { all += part.readableBytesView }
            } catch is IOError {
                // Closed the hard way; what came before is the answer.
            }
            return all
        }
    }

    func connection<Result: Sendable>(
        _ body:
            @Sendable (
                NIOAsyncChannelInboundStream<ByteBuffer>, NIOAsyncChannelOutboundWriter<ByteBuffer>
            ) async throws -> Result
    ) async throws -> Result {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose(body)
    }

    static func parse(_ bytes: [UInt8], hasBody: Bool = true) throws -> Answer {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { throw NoAnswer() }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        guard let first = lines.first, let status = Int(first.split(separator: " ")[1]) else { throw NoAnswer() }
        let headers = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (line[..<colon].lowercased(), String(value))
        }
        return Answer(status: status, headers: headers, body: Array(bytes[end.upperBound...]))
    }

    struct NoAnswer: Error {}
}
