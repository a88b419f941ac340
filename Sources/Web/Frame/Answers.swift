public import Hummingbird
public import Participation

extension Site {
    /// Sends the reader on to `path` of this service after what they did, with a sentence for the next page.
    public func see(_ path: String, flash: Flash? = nil) -> Response {
        var response = Response.redirect(to: SafePath.checked(path) ?? "/")
        response.headers[.cacheControl] = "no-store"
        if let flash { response.setCookie(cookies.setting(.flash, to: flashes.write(flash), seconds: 60)) }
        return response
    }

    /// `response`, which also begins the session of `token` in the reader's browser.
    public func signingIn(_ token: Token, _ response: Response) -> Response {
        var response = response
        response.setCookie(cookies.setting(.session, to: token.text))
        return response
    }

    /// `response`, which also takes the session out of the reader's browser.
    public func signingOut(_ response: Response) -> Response {
        var response = response
        response.setCookie(cookies.clearing(.session))
        return response
    }

    /// The token of the reader's session, to end it by; nil when there is none.
    public func sessionToken(_ request: Request) -> Token? {
        cookies.value(.session, of: request).flatMap { Token($0) }
    }

    /// A download: `bytes` of `type`, saved under `name`, which is plain ASCII.
    public func download(_ bytes: [UInt8], name: String, type: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: type,
                .contentDisposition: "attachment; filename=\"\(name.filter { $0.isASCII && $0 != "\"" })\"",
                .cacheControl: "private, no-cache",
            ],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
