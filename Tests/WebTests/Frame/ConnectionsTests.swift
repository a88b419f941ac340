import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing
@testable import Web

@Suite("Connections")
struct ConnectionsTests {
    private static func routes(site: Site, group: RouterGroup<AppContext>) {
        group.get("/page") { request, context in
            site.page(WordsPage(words: "hello"), title: "Hello", request, context)
        }
        group.post("/read") { request, _ in
            _ = try await request.bytes(limit: 1 << 20)
            return site.see("/page")
        }
    }

    private func settings(idle: TimeAmount = .seconds(30)) -> ServerSettings {
        var settings = ServerSettings(idle: idle)
        settings.slow = .init(bytesPerSecond: 100, grace: .milliseconds(500), linger: .milliseconds(500))
        return settings
    }

    private static let head = "POST /read HTTP/1.1\r\nHost: a\r\nOrigin: http://localhost:8080\r\n"

    /// Sends `bytes` one by one, `pause` apart, until the other end closes the connection; returns how many it took.
    @discardableResult
    private func send(_ bytes: String, pause: Duration = .zero, to client: Client) async throws -> Int {
        let sent = Counter()
        try await client.connection { inbound, outbound in
            await withTaskGroup { group in
                group.addTask {
                    for byte in bytes.utf8 {
                        do {
                            try await outbound.write(ByteBuffer(bytes: [byte]))
                            sent.add()
                            try await Task.sleep(for: pause)
                        } catch { return }
                    }
                }
                do { for try await _ in inbound {} } catch {}
                group.cancelAll()
            }
        }
        return sent.value
    }

    /// Holds a connection without a word, from the moment it stands until the other end or `hold` closes it.
    private func hold(_ client: Client, stands: @escaping @Sendable () -> Void) async throws {
        try await client.connection { inbound, _ in
            stands()
            do { for try await _ in inbound {} } catch {}
        }
    }

    @Test("a body that trickles in is cut off, though never idle", .timeLimit(.minutes(5)))
    func slowBody() async throws {
        try await withService(settings: settings(), routes: Self.routes) { client async throws in
            try await client.connection { inbound, outbound in
                try await outbound.write(ByteBuffer(string: Self.head + "Content-Length: 100000\r\n\r\n"))
                await withTaskGroup { group in
                    group.addTask {
                        while (try? await outbound.write(ByteBuffer(string: "x"))) != nil {
                            do { try await Task.sleep(for: .milliseconds(100)) } catch { return }
                        }
                    }
                    // Without an end this would last for hours.
                    do { for try await _ in inbound {} } catch {}
                    group.cancelAll()
                }
            }
        }
    }

    @Test("a head that trickles in is cut off", .timeLimit(.minutes(5)))
    func slowHead() async throws {
        try await withService(settings: settings(idle: .seconds(1)), routes: Self.routes) { client async throws in
            let head = "GET /page HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 10_000)
            #expect(try await send(head, pause: .milliseconds(100), to: client) < head.utf8.count)
        }
    }

    @Test("a connection without a request is closed after a while", .timeLimit(.minutes(5)))
    func idle() async throws {
        try await withService(settings: settings(idle: .seconds(1)), routes: Self.routes) { client async throws in
            try await send("", to: client)
            try await send("GET /page HTTP/1.1\r\nHost: a\r\n\r\n", to: client)
        }
    }

    @Test("an answer that nobody takes is cut off", .timeLimit(.minutes(5)))
    func slowReader() async throws {
        let (cuts, cut) = AsyncStream.makeStream(of: Void.self)
        try await withService(
            settings: settings(),
            routes: { _, group in
                group.get("/endless") { _, _ in
                    Response(
                        status: .ok,
                        body: ResponseBody { writer in
                            do {
                                while true { try await writer.write(ByteBuffer(repeating: 0x61, count: 65_536)) }
                            } catch {
                                cut.yield()
                                throw error
                            }
                        })
                }
            }
        ) { client async throws in
            let group = MultiThreadedEventLoopGroup.singleton
            let channel = try await ClientBootstrap(group: group)
                .channelOption(.autoRead, value: false)
                .channelOption(.socketOption(.so_rcvbuf), value: 4096)
                .connect(host: "127.0.0.1", port: client.port).get()
            try await channel.writeAndFlush(ByteBuffer(string: "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n"))
            for await _ in cuts { break }
            try await channel.close()
        }
    }

    @Test("an unwanted body is not read to its end", .timeLimit(.minutes(5)))
    func unwantedBody() async throws {
        try await withService(settings: settings(), routes: Self.routes) { client async throws in
            let answer = try await client.raw(
                Array((Self.head + "Content-Length: 900000000\r\n\r\n" + String(repeating: "x", count: 5000)).utf8))
            #expect(try Client.parse(answer).status == 413)
            #expect(try Client.parse(answer).header("connection") == "close")
        }
    }

    /// Something that is no request, under a name, since some of it is long and some cannot be printed.
    struct Nonsense: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
    }

    private static let nonsense = [
        Nonsense(testDescription: "no method", text: "GARBAGE\r\n\r\n"),
        Nonsense(testDescription: "a version to come", text: "GET / HTTP/9.9\r\n\r\n"),
        Nonsense(testDescription: "a negative length", text: "GET /page HTTP/1.1\r\nContent-Length: -5\r\n\r\n"),
        Nonsense(
            testDescription: "a chunk without length",
            text: head + "Content-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        Nonsense(testDescription: "control characters", text: "\u{0}\u{1}\r\n\r\n"),
        Nonsense(testDescription: "a blank in a name", text: "GET /page HTTP/1.1\r\nBad Header: x\r\n\r\n"),
        Nonsense(
            testDescription: "a long header",
            text: "GET /page HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 100_000))\r\n\r\n"),
    ]

    @Test("what is no HTTP is answered 400 or cut off, and never a fault", arguments: nonsense)
    func malformed(nonsense: Nonsense) async throws {
        let log = Log()
        try await withService(settings: settings(idle: .seconds(1)), log: log, routes: Self.routes) {
            client async throws in
            let answer = String(decoding: try await client.raw(Array(nonsense.text.utf8)), as: UTF8.self)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4") || answer.hasPrefix("HTTP/1.1 505"))
            #expect(log.lines(.error).isEmpty)
        }
    }

    @Test("odd characters in cookies, headers and paths are no fault")
    func oddCharacters() async throws {
        let log = Log()
        try await withService(log: log, routes: Self.routes) { client async throws in
            for cookie in [
                "session=é€", "session=\u{1}", "=;;=;session", "session=\(String(repeating: "a", count: 9000))",
                "flash=x.y", "flash=é", "language=xx; theme=zz; visit=é",
            ] {
                let answer = try await client.get(
                    "/page", [("Cookie", cookie), ("Accept-Language", "é;q=x,,;;,de;q=é")])
                #expect(answer.status == 200 || answer.status == 400)
            }
            for path in ["/é", "/%E9", "/page?%zz", "/page?lang=%zz", "/page?lang=é", "/%00", "/page#x", "*"] {
                #expect(try await client.get(path).status < 500)
            }
            #expect(log.lines(.error).isEmpty)
        }
    }

    @Test("asked to stop, the service answers what it has begun, and ends", .timeLimit(.minutes(5)))
    func gracefulShutdown() async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        var settings = settings()
        settings.port = 0
        let site = try FrameSite.development()
        let service = application(
            site: site, sessions: .nobody, settings: settings, logger: Log().logger, ready: {},
            started: { port.yield($0) },
            routes: { group in
                group.get("/slow") { request, context in
                    begin.yield()
                    try await Task.sleep(for: .seconds(1))
                    return site.page(WordsPage(words: "finished"), title: "Slow", request, context)
                }
            })
        let services = ServiceGroup(configuration: .init(services: [service], logger: Log().logger))
        async let running: Void = services.run()
        for await port in ports {
            let client = Client(port: port)
            let (stood, stand) = AsyncStream.makeStream(of: Void.self)
            async let idle: Void = hold(client) { stand.yield() }
            for await _ in stood { break }
            async let answer = client.get("/slow")
            for await _ in begun { break }
            await services.triggerGracefulShutdown()
            #expect(try await answer.text.contains("finished"))
            try await idle
            break
        }
        try await running
    }

    @Test("only so many connections are served at once; the others wait", .timeLimit(.minutes(5)))
    func cap() async throws {
        var settings = settings(idle: .minutes(5))
        settings.connections = 2
        try await withService(settings: settings, routes: Self.routes) { client async throws in
            let (stood, stand) = AsyncStream.makeStream(of: Void.self)
            let answered = Counter()
            try await withThrowingTaskGroup { group in
                for _ in 0..<2 {
                    group.addTask { try await self.hold(client) { stand.yield() } }
                }
                var both = stood.makeAsyncIterator()
                for _ in 0..<2 { _ = await both.next() }
                async let third = {
                    let answer = try await client.get("/page")
                    answered.add()
                    return answer
                }()
                try await Task.sleep(for: .seconds(1))
                #expect(answered.value == 0)
                // The two give up; the third has its turn.
                group.cancelAll()
                #expect(try await third.status == 200)
            }
        }
    }
}
