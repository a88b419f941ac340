import HTTPTypes
public import Hummingbird
import HummingbirdCore
public import Logging
public import NIOCore
import Participation

/// How the service listens.
public struct ServerSettings: Sendable {
    /// The address to listen at.
    public var host: String
    /// The port to listen at; 0 takes any free one.
    public var port: Int
    /// Connections served at once. More wait until one ends.
    public var connections: Int
    /// How long a connection may stay without a whole request: between two requests, and while a head arrives.
    public var idle: TimeAmount
    /// How slowly bodies may come and answers may be taken.
    var slow = SlowClients.Limits()

    /// Listens at `host` and `port`.
    public init(
        host: String = "127.0.0.1", port: Int = 8080, connections: Int = 2_000, idle: TimeAmount = .seconds(30)
    ) {
        self.host = host
        self.port = port
        self.connections = connections
        self.idle = idle
    }
}

/// The whole service over HTTP, as the server and the tests run it.
///
/// - Parameters:
///   - ready: throws when the service cannot work: the database does not answer, its schema is out of date.
///   - started: called with the port once connections are accepted.
///   - routes: adds the routes of the capabilities, inside all the middleware.
public func application(
    site: Site, sessions: SessionSource, settings: ServerSettings = ServerSettings(), logger: Logger,
    ready: @escaping @Sendable () async throws -> Void,
    started: @escaping @Sendable (Int) async -> Void = { _ in },
    routes: (RouterGroup<AppContext>) -> Void
) -> some ApplicationProtocol {
    let router = Router(context: AppContext.self, options: [.autoGenerateHeadEndpoints])
    let table = RouteTable()

    // Middleware applies to routes added after it: these two are for machines and pass through none.
    addProbes(to: router, ready: ready)
    if site.city.isBehindProxy { router.add(middleware: ForwardedAddress()) }
    router.add(middleware: SecurityHeaders(isSecure: site.cookies.secure, images: site.city.tiles?.origin))
    router.add(middleware: RequestLog())
    router.add(middleware: Compression())
    router.add(middleware: ErrorPages(site: site, routes: table))
    router.add(middleware: StaticFiles(assets: site.assets))
    let group = router.group()
        .add(middleware: CrossOrigin(publicURL: site.city.publicURL, isDevelopment: site.city.isDevelopment))
        .add(middleware: SessionMiddleware(source: sessions, cookies: site.cookies))
        .add(middleware: KioskBound(cookies: site.cookies))
        .add(middleware: LocaleMiddleware(cookies: site.cookies))
    routes(group)
    table.fill(from: router)

    return Application(
        router: router,
        server: .http1(
            configuration: .init(
                additionalChannelHandlers: [SlowClients(limits: settings.slow)],
                idleTimeout: settings.idle,
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16 * 1024, maxHeaderListSize: 32 * 1024, maxHeaderFieldCount: 100))),
        configuration: ApplicationConfiguration(
            address: .hostname(settings.host, port: settings.port),
            availableConnectionsDelegate: MaximumAvailableConnections(settings.connections)),
        onServerRunning: { channel in await started(channel.localAddress?.port ?? settings.port) },
        logger: logger)
}

/// Adds the routes that tell machines how the service is: whether its process lives, and whether it can work.
///
/// - Parameter ready: throws when the service cannot work.
public func addProbes(to router: Router<AppContext>, ready: @escaping @Sendable () async throws -> Void) {
    router.get("/healthz") { _, _ in Answer.plain(.ok, "ok\n") }
    router.get("/readyz") { _, context in
        do {
            try await ready()
            return Answer.plain(.ok, "ready\n")
        } catch {
            context.logger.error("The service is not ready", metadata: ["error": "\(String(reflecting: error))"])
            let reason = Outage.explains(error) ? "the database does not answer" : "see the log"
            var answer = Answer.plain(.serviceUnavailable, "not ready: \(reason)\n")
            answer.headers[.retryAfter] = "30"
            return answer
        }
    }
}

enum Answer {
    static func plain(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/plain; charset=utf-8", .xContentTypeOptions: "nosniff"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
