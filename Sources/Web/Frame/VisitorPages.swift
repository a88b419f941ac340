import HTTPTypes
import Hummingbird
import Participation
import Synchronization

/// Pages that read the same for every visitor without a session, kept as finished answers.
///
/// Whoever owns one decides how long its pages are right: it goes with its owner. Nothing is kept that belongs to one
/// reader: not for a session, not with a message about what was just done, not with a form token, not with a cookie.
final class VisitorPages: Sendable {
    /// Everything of a request that such a page depends on.
    private struct Address: Hashable {
        let target: String
        let language: Language
        let isContrast: Bool
        let isCompressed: Bool
    }

    private static let most = 100
    private static let longestTarget = 200

    private let pages = Mutex<[Address: Response]>([:])

    /// The page as it was kept, or as `make` makes it now.
    func page(
        _ request: Request, _ context: AppContext, _ site: Site, make: () async throws -> Response
    ) async throws -> Response {
        guard context.session == nil, site.cookies.value(.flash, of: request) == nil,
            request.method == .get || request.method == .head, request.target.utf8.count <= Self.longestTarget
        else { return try await make() }
        let address = Address(
            target: request.target, language: context.language,
            isContrast: site.cookies.value(.theme, of: request) == "contrast",
            isCompressed: Gzip.isAccepted(request.headers[.acceptEncoding]))
        if let known = pages.withLock({ $0[address] }) { return known }
        var response: Response = try await make()
        if address.isCompressed { response = try await Compression.compressed(response, for: request) }
        // A form token was made or checked for this answer as soon as its secret is known.
        if response.status == .ok, context.state.secret == nil, response.headers[.setCookie] == nil {
            let kept: Response = response
            pages.withLock { pages in
                if pages.count >= Self.most { pages.removeAll() }
                pages[address] = kept
            }
        }
        return response
    }
}
