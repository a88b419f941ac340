import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1
import Participation

/// The page that says what went wrong, and what to do next.
struct ErrorPage: PageView {
    static let template = "frame/error"
    static let sample = ErrorPage(heading: "Heading", text: "Text", requestID: "7K2M-Q9XD")

    let heading: String
    let text: String
    /// The number to tell somebody who helps; only a fault has one.
    let requestID: String?
}

/// Turns every error into a page in the reader's language. A refusal or something absent is no event; everything else
/// is a fault, logged once with the number that the page shows.
struct ErrorPages: RouterMiddleware {
    typealias Context = AppContext

    let site: Site
    let routes: RouteTable

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPParserError {
            // What came is no HTTP. The server below answers 400 and ends the connection.
            throw error
        } catch {
            var response = answer(to: error, request, context)
            if request.method == .head { response = response.createHeadResponse() }
            return response
        }
    }

    private func answer(to error: any Error, _ request: Request, _ context: AppContext) -> Response {
        // Routes that do not exist are not inside the middleware that settles the language.
        if context.state.language == nil {
            if let answer = ReaderChoice.answer(request, jar: site.cookies) { return answer }
            context.state.language = ReaderChoice.language(
                of: request, account: context.account?.language, jar: site.cookies)
        }
        switch error {
        case let refusal as Refusal:
            var response = page(refusal.status, refusal.reason, refusal.arguments, request, context)
            // The rest of a body that was too long is not worth reading.
            if refusal.status == .contentTooLarge { response.headers[.connection] = "close" }
            if refusal.status == .tooManyRequests { response.headers[.retryAfter] = "60" }
            return response
        case is Absent:
            return page(.notFound, "error.absent", [:], request, context)
        case is NotAllowed where context.account != nil:
            return page(.forbidden, "error.not_allowed", [:], request, context)
        case is SignInNeeded, is NotAllowed:
            if request.method == .get || request.method == .head {
                return site.see("/sign-in?next=\(PercentDecoding.encode(request.target))")
            }
            return page(.forbidden, "error.signed_out", [:], request, context)
        case let error as any HTTPResponseError where error.status.kind == .clientError:
            return answer(toStatus: error.status, request, context)
        case let error where Outage.explains(error):
            return unavailable(because: error, request, context)
        default:
            return fault(error, request, context)
        }
    }

    /// What the router, or the server below it, refused.
    private func answer(
        toStatus status: HTTPResponse.Status, _ request: Request, _ context: AppContext
    ) -> Response {
        switch status {
        case .notFound:
            let methods = routes.methods(at: request.uri.path)
            if methods.isEmpty { return page(.notFound, "error.absent", [:], request, context) }
            var response = page(.methodNotAllowed, "error.method", [:], request, context)
            response.headers[.allow] = methods.joined(separator: ", ")
            return response
        case .contentTooLarge: return answer(to: Refusal.tooLarge, request, context)
        case .unsupportedMediaType: return answer(to: Refusal.wrongType, request, context)
        default: return page(status, "error.malformed", [:], request, context)
        }
    }

    /// Nothing is wrong with the request; the same one may be answered in a moment.
    private func unavailable(because error: any Error, _ request: Request, _ context: AppContext) -> Response {
        context.logger.warning(
            "A request met an outage",
            metadata: ["route": "\(context.endpointPath ?? "-")", "error": "\(String(reflecting: error))"])
        var response = page(.serviceUnavailable, "error.unavailable", [:], request, context)
        response.headers[.retryAfter] = "30"
        return response
    }

    private func fault(_ error: any Error, _ request: Request, _ context: AppContext) -> Response {
        context.logger.error(
            "A request failed",
            metadata: [
                "request": "\(context.requestID)",
                "method": "\(request.method)",
                "route": "\(context.endpointPath ?? "-")",
                "error": "\(String(reflecting: error))",
            ])
        return page(.internalServerError, "error.fault", [:], request, context, requestID: context.requestID)
    }

    private func page(
        _ status: HTTPResponse.Status, _ key: String, _ arguments: [String: String], _ request: Request,
        _ context: AppContext, requestID: String? = nil
    ) -> Response {
        let strings = site.strings(context)
        let heading = strings(Self.headings[status.code] ?? "error.heading")
        let view = ErrorPage(heading: heading, text: strings(key, arguments), requestID: requestID)
        return site.page(view, title: heading, request, context, status: status)
    }

    private static let headings = [
        403: "error.heading.403", 404: "error.heading.404", 405: "error.heading.405", 409: "error.heading.409",
        410: "error.heading.410", 413: "error.heading.413", 429: "error.heading.429", 500: "error.heading.500",
        503: "error.heading.503",
    ]
}
