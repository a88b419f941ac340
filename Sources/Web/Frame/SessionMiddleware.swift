import HTTPTypes
import Hummingbird
public import Participation

/// How the frame reaches the sessions of `Participation`. Tests put their own in.
public struct SessionSource: Sendable {
    let find: @Sendable (Token) async throws -> Session?
    let renew: @Sendable (Token) async throws -> Token?

    /// Sessions kept in the database.
    public init(_ sessions: Sessions) {
        self.init(find: { try await sessions.find(token: $0) }, renew: { try await sessions.renew($0) })
    }

    /// Sessions found by `find` and given a new token by `renew`.
    public init(
        find: @escaping @Sendable (Token) async throws -> Session?,
        renew: @escaping @Sendable (Token) async throws -> Token? = { _ in nil }
    ) {
        self.find = find
        self.renew = renew
    }
}

/// Finds the session of a request by its cookie. A visitor without one costs no query.
struct SessionMiddleware: RouterMiddleware {
    typealias Context = AppContext

    let source: SessionSource
    let cookies: CookieJar

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        guard let token = cookies.value(.session, of: request).flatMap({ Token($0) }) else {
            return try await next(request, context)
        }
        let session = try await source.find(token)
        context.state.session = session
        let renewed = session?.renewalDue == true ? try await source.renew(token) : nil
        var response = try await next(request, context)
        let isReplaced = response.headers[values: .setCookie].contains { $0.hasPrefix("\(cookies.name(.session))=") }
        if !isReplaced {
            if let renewed {
                response.setCookie(cookies.setting(.session, to: renewed.text))
            } else if session == nil {
                response.setCookie(cookies.clearing(.session))
            }
        }
        return response
    }
}

/// Takes the visitor's address from the proxy in front of the service: the last address of `X-Forwarded-For`, the one
/// that the proxy itself has added. Anything before it is the visitor's own claim.
struct ForwardedAddress: RouterMiddleware {
    typealias Context = AppContext

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        if let last = request.headers[values: HTTPField.Name("X-Forwarded-For")!].last?.split(separator: ",").last {
            context.state.forwardedAddress = String(last.trimming(while: \.isWhitespace))
        }
        return try await next(request, context)
    }
}

/// Settles the language of a request, and answers `?lang=de`.
struct LocaleMiddleware: RouterMiddleware {
    typealias Context = AppContext

    let cookies: CookieJar

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        if let answer = ReaderChoice.answer(request, jar: cookies) { return answer }
        context.state.language = ReaderChoice.language(
            of: request, account: context.account?.language, jar: cookies)
        return try await next(request, context)
    }
}
