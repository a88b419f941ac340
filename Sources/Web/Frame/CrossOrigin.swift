import HTTPTypes
import Hummingbird

/// Refuses forms that another site sends in a reader's name, before anything else looks at them.
///
/// Every browser of the last years says where a form comes from: with `Sec-Fetch-Site` on https and on localhost, with
/// `Origin` everywhere. `Sec-Fetch-Site` cannot be set by a page, so when it is there it decides alone: `same-origin`
/// passes, even `same-site` and `none` do not. Without it, `Origin` must be ours. A request with neither comes from no
/// browser that we could protect; it is refused as well, and a program that posts on purpose sends `Origin`.
/// The token of the form is checked on top of this, by ``Site/form(_:_:limit:)``.
struct CrossOrigin: RouterMiddleware {
    typealias Context = AppContext

    let publicURL: String
    let isDevelopment: Bool

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        switch request.method {
        case .get, .head, .options: break
        default: guard isOurs(request) else { throw Refusal.foreignOrigin }
        }
        return try await next(request, context)
    }

    private func isOurs(_ request: Request) -> Bool {
        if let site = request.headers[HTTPField.Name("Sec-Fetch-Site")!] { return site == "same-origin" }
        guard let origin = request.headers[.origin] else { return false }
        if origin == publicURL { return true }
        // In development the service is reached by more names than one: localhost, 127.0.0.1, a port chosen by a test.
        return isDevelopment && request.head.authority.map { origin == "http://\($0)" } == true
    }
}
