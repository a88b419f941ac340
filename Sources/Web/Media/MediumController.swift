import HTTPTypes
import Hummingbird
import NIOCore
import Participation

/// Serves photos and documents, to whoever may see what they hang on.
struct MediumController: Sendable {
    private let media: Media

    /// The files of `media`.
    init(media: Media) {
        self.media = media
    }

    /// Adds `/media/{medium}/{rendition}`.
    func add(to routes: RouterGroup<AppContext>) {
        routes.get("/media/{medium}/{rendition}", use: show)
    }

    @Sendable private func show(_ request: Request, _ context: AppContext) async throws -> Response {
        let id: ID<Medium> = try context.id("medium", of: Medium.self)
        guard let rendition = Medium.Rendition(rawValue: try context.parameter("rendition")),
            let served = try await media.find(
                id, rendition, for: context.account?.id, known: Self.hashes(request.headers[.ifNoneMatch] ?? ""))
        else { throw Absent() }
        var headers: HTTPFields = [
            .contentType: served.type,
            .eTag: "\"\(Base64URL.encode(served.hash))\"",
            .cacheControl: served.caching,
            // Opened on its own, it may do nothing at all.
            .contentSecurityPolicy: "default-src 'none'; sandbox",
        ]
        if served.bytes.isEmpty { return Response(status: .notModified, headers: headers) }
        if rendition == .document {
            headers[.contentDisposition] =
                "attachment; filename=\"document.pdf\"; filename*=UTF-8''\(PercentDecoding.encode(served.name))"
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: served.bytes)))
    }

    /// The hashes among the entity tags that a browser has. A proxy may have made them weak.
    private static func hashes(_ header: String) -> [[UInt8]] {
        header.split(separator: ",").prefix(8).compactMap { tag in
            let words = tag.trimming(while: \.isWhitespace)
            let strong = words.hasPrefix("W/") ? words.dropFirst(2) : words
            return Base64URL.decode(String(strong.trimming { $0 == "\"" }))
        }
    }
}

extension Media.Served {
    /// A rendition never changes, but it may be taken back; those of a draft stay out of caches that others share.
    fileprivate var caching: String {
        if isLasting { return "public, max-age=31536000, immutable" }
        return isPublic ? "public, no-cache" : "private, no-cache"
    }
}

extension Medium {
    /// Where a form of it is served.
    func address(_ rendition: Rendition) -> String { "/media/\(id)/\(rendition.rawValue)" }
}
