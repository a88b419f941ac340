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

    /// A form with one large file, which is handed over piece by piece once the form's token has been checked. The token
    /// must come before the file.
    public func streamedForm(
        _ request: Request, _ context: AppContext, limits: MultipartForm.Limits,
        take: (String, [UInt8]) async throws -> Void
    ) async throws -> MultipartForm {
        let form = try await MultipartForm(request, limits: limits) { fields, name, bytes in
            try check(token: fields.raw("token"), request, context)
            try await take(name, bytes)
        }
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

    /// How long the body says it is; nil when it does not say.
    var declaredLength: Int? { headers[.contentLength].flatMap { Int($0) } }

    /// The whole body. Throws a refusal (413) when it is longer than `limit`, before reading it if it says so itself.
    public func bytes(limit: Int) async throws -> ByteBuffer {
        if let length = declaredLength, length > limit { throw Refusal.tooLarge }
        var whole = ByteBuffer()
        for try await part in wholeBody() {
            guard whole.readableBytes + part.readableBytes <= limit else { throw Refusal.tooLarge }
            whole.writeImmutableBuffer(part)
        }
        return whole
    }

    /// The body, which ends with a refusal (400) when the connection broke before its end: the server below would take
    /// what came so far for everything, and half a ballot for a whole one.
    func wholeBody() -> WholeBody { WholeBody(body: body, declaredLength: declaredLength) }
}

/// The pieces of a body, checked for having come to their end. See ``Request/wholeBody()``.
struct WholeBody: AsyncSequence {
    struct AsyncIterator: AsyncIteratorProtocol {
        var pieces: RequestBody.AsyncIterator
        let declaredLength: Int?
        var count = 0

        mutating func next() async throws -> ByteBuffer? {
            guard let piece = try await pieces.next() else {
                if let declaredLength, declaredLength != count { throw Refusal.malformed }
                return nil
            }
            count += piece.readableBytes
            return piece
        }
    }

    let body: RequestBody
    let declaredLength: Int?

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(pieces: body.makeAsyncIterator(), declaredLength: declaredLength)
    }
}
