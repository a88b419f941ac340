import HTTPTypes
import Hummingbird

/// Puts the headers that tell browsers what not to do on every answer. Stands outside everything that can throw:
/// headers added after `next` are lost when `next` throws.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = AppContext

    private let headers: [HTTPField]

    /// - Parameter images: the origin of a server that images may come from beside this service; nil for none.
    init(isSecure: Bool, images: String? = nil) {
        var headers = Self.always(images: images.map { " " + $0 } ?? "")
        if isSecure {
            headers.append(HTTPField(name: .strictTransportSecurity, value: "max-age=31536000"))
        }
        self.headers = headers
    }

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for header in headers where !response.headers.contains(header.name) {
            response.headers.append(header)
        }
        return response
    }

    /// `same-origin` for the referrer, since with `no-referrer` browsers send `Origin: null` with our own forms.
    private static func always(images: String) -> [HTTPField] {
        let policy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:\(images); font-src 'self'; "
            + "connect-src 'self'; manifest-src 'self'; media-src 'self'; worker-src 'self'; form-action 'self'; "
            + "base-uri 'none'; frame-ancestors 'none'"
        return [HTTPField(name: .contentSecurityPolicy, value: policy)] + fixed
    }

    private static let fixed: [HTTPField] = [
        HTTPField(name: .xContentTypeOptions, value: "nosniff"),
        HTTPField(name: HTTPField.Name("Referrer-Policy")!, value: "same-origin"),
        HTTPField(name: HTTPField.Name("X-Frame-Options")!, value: "DENY"),
        HTTPField(
            name: HTTPField.Name("Permissions-Policy")!,
            value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        HTTPField(name: HTTPField.Name("Cross-Origin-Opener-Policy")!, value: "same-origin"),
        HTTPField(name: HTTPField.Name("Cross-Origin-Resource-Policy")!, value: "same-origin"),
    ]
}
