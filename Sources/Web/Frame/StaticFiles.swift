import HTTPTypes
import Hummingbird

/// Answers for the files of `Public` from memory, before the router is asked.
struct StaticFiles: RouterMiddleware {
    typealias Context = AppContext

    let assets: Assets

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        guard request.method == .get || request.method == .head, let file = assets.file(at: request.uri.path) else {
            return try await next(request, context)
        }
        context.coreContext.endpointPath.value = "/assets"
        let gzip = Gzip.isAccepted(request.headers[.acceptEncoding]) ? file.gzip : nil
        let body = gzip ?? file.body
        var headers: HTTPFields = [
            .contentType: file.type,
            .contentLength: String(body.readableBytes),
            .eTag: file.etag,
            .cacheControl: file.isForever ? "public, max-age=31536000, immutable" : "public, no-cache",
        ]
        if file.gzip != nil { headers[.vary] = "Accept-Encoding" }
        if gzip != nil { headers[.contentEncoding] = "gzip" }
        if Self.matches(request.headers[.ifNoneMatch], file.etag) {
            headers[.contentLength] = nil
            return Response(status: .notModified, headers: headers)
        }
        return Response(
            status: .ok, headers: headers, body: request.method == .head ? .init() : .init(byteBuffer: body))
    }

    /// Weak comparison (RFC 9110, section 8.8.3.2): the compressed form counts as the same file.
    private static func matches(_ header: String?, _ etag: String) -> Bool {
        guard let header else { return false }
        return header.split(separator: ",").contains { candidate in
            let tag = candidate.trimming(while: \.isWhitespace)
            return tag == "*" || tag == etag || tag == "W/\(etag)"
        }
    }
}
