import HTTPTypes
import Hummingbird
import Participation

/// What makes a browser a kiosk: a cookie, given when an officer opens it with a report.
extension Site {
    /// The token of the kiosk that this browser is; nil for any other browser.
    func kioskToken(_ request: Request) -> Token? {
        cookies.value(.kiosk, of: request).flatMap { Token($0) }
    }

    /// Makes the browser a kiosk and takes the officer's session out of it: residents use it next.
    func openingKiosk(_ token: Token) -> Response {
        // A day is longer than any place is open.
        var response: Response = clearing(see("/kiosk"))
        response.setCookie(cookies.setting(.kiosk, to: token.text, seconds: 86_400))
        return response
    }

    /// `response`, after which the browser is any browser again.
    func closingKiosk(_ response: Response) -> Response {
        var response = response
        response.setCookie(cookies.clearing(.kiosk))
        return response
    }

    /// `response`, which also takes from the browser all that the person before left in it.
    func clearing(_ response: Response) -> Response {
        var response = response
        for cookie in [CookieJar.Name.session, .visit, .language, .theme] {
            response.setCookie(cookies.clearing(cookie))
        }
        response.headers[.clearSiteData] = "\"cache\", \"storage\""
        return response
    }
}

/// Keeps a kiosk on its own pages while nobody votes at it: whatever address is left in the browser's history leads to
/// the page that waits. Officers may sign in, to close it.
struct KioskBound: RouterMiddleware {
    typealias Context = AppContext

    let cookies: CookieJar

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        guard cookies.value(.kiosk, of: request) != nil, context.session == nil, !Self.isOpen(request.uri.path) else {
            return try await next(request, context)
        }
        var response = Response.redirect(to: "/kiosk")
        response.headers[.cacheControl] = "no-store"
        return response
    }

    private static func isOpen(_ path: String) -> Bool {
        ["/kiosk", "/assets", "/sign-in", "/help"].contains { path == $0 || path.hasPrefix("\($0)/") }
    }
}

extension HTTPField.Name {
    static let clearSiteData = HTTPField.Name("Clear-Site-Data")!
}
