import HTTPTypes
public import Hummingbird
import NIOCore

extension Site {
    /// The fields of a form sent by one of our own pages.
    ///
    /// Throws a ``Refusal``: 415 unless it is `application/x-www-form-urlencoded`, 413 when it is longer than `limit`
    /// bytes, 400 when it cannot be read, 403 when its token is not one of this visitor's.
    public func form(_ request: Request, _ context: AppContext, limit: Int = 64 * 1024) async throws -> Fields {
        guard request.mediaType == "application/x-www-form-urlencoded" else { throw Refusal.wrongType }
        let fields = try Fields(urlEncoded: await request.bytes(limit: limit).readableBytesView)
        try check(token: fields.raw("token"), request, context)
        return fields
    }

    /// A form with files in it, `multipart/form-data`. Refuses as ``form(_:_:limit:)`` does, and a form that `limits`
    /// do not allow.
    public func multipartForm(
        _ request: Request, _ context: AppContext, limits: MultipartForm.Limits = .init()
    ) async throws -> MultipartForm {
        let form = try await MultipartForm(request, limits: limits)
        try check(token: form.fields.raw("token"), request, context)
        return form
    }

    private func check(token: String, _ request: Request, _ context: AppContext) throws(Refusal) {
        guard let secret = tokens.secret(of: request, context, jar: cookies, create: false),
            tokens.isValid(token, for: secret.binding)
        else { throw .staleForm }
    }
}

extension Request {
    /// The content type without its parameters, in small letters.
    var mediaType: String {
        let type = headers[.contentType] ?? ""
        return type.prefix { $0 != ";" }.trimming(while: \.isWhitespace).lowercased()
    }

    /// The whole body. Throws a refusal (413) when it is longer than `limit`, before reading it if it says so itself.
    public func bytes(limit: Int) async throws -> ByteBuffer {
        if let length = headers[.contentLength].flatMap(Int.init), length > limit { throw Refusal.tooLarge }
        var whole = ByteBuffer()
        for try await part in body {
            guard whole.readableBytes + part.readableBytes <= limit else { throw Refusal.tooLarge }
            whole.writeImmutableBuffer(part)
        }
        return whole
    }
}
