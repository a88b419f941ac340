import HTTPTypes
import Hummingbird
import NIOCore

/// Compresses pages and other text for browsers that accept it. Form tokens differ from page to page (``FormTokens``),
/// so the length of a compressed page says nothing about them.
struct Compression: RouterMiddleware {
    typealias Context = AppContext

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        try await Self.compressed(try await next(request, context), for: request)
    }

    /// The answer with a smaller body where that helps and the browser accepts it.
    static func compressed(_ answer: Response, for request: Request) async throws -> Response {
        var response = answer
        guard let type = response.headers[.contentType], isText(type),
            response.headers[.contentEncoding] == nil, let length = response.body.contentLength,
            (512...8 << 20).contains(length)
        else { return response }
        response.headers.append(HTTPField(name: .vary, value: "Accept-Encoding"))
        guard Gzip.isAccepted(request.headers[.acceptEncoding]) else { return response }
        let collector = Collector()
        try await response.body.write(collector)
        guard let small = Gzip.compress(collector.whole.buffer, level: 3) else { return response }
        response.headers[.contentEncoding] = "gzip"
        response.body = ResponseBody(byteBuffer: small)
        return response
    }

    private static func isText(_ type: String) -> Bool {
        type.hasPrefix("text/") || type.hasPrefix("application/json") || type.hasPrefix("application/atom+xml")
            || type.hasPrefix("image/svg+xml")
    }
}

/// Takes the body of an answer into memory. A body of known length is there already, so nothing waits.
private struct Collector: ResponseBodyWriter {
    final class Whole {
        var buffer = ByteBuffer()
    }

    let whole = Whole()

    mutating func write(_ buffer: ByteBuffer) async throws {
        whole.buffer.writeImmutableBuffer(buffer)
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
