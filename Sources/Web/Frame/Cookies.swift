import HTTPTypes
import Hummingbird

/// The cookies of the service. On https each name begins with `__Host-`, which ties it to this host, this path and an
/// encrypted connection; on plain http, which only development uses, browsers would refuse that prefix.
public struct CookieJar: Sendable {
    /// A cookie of the service.
    enum Name: String, Sendable {
        /// The token of a session.
        case session
        /// What the forms of somebody who is not signed in are bound to.
        case visit
        /// A message for the next page.
        case flash
        case language
        case theme
        /// The token of a device that an officer opened for residents to vote at.
        case kiosk
        /// The codes of what somebody has begun to answer, or has sent.
        case answers
        /// The token of a device that an agent opened for people to answer a questionnaire at.
        case answeringKiosk = "answering-kiosk"
    }

    let secure: Bool

    func name(_ name: Name) -> String {
        secure ? "__Host-\(name.rawValue)" : name.rawValue
    }

    /// The value of a cookie of `request`; nil when it is missing, or not made of the characters we put into cookies.
    /// A browser that sends a name twice gets the first.
    func value(_ cookie: Name, of request: Request) -> String? {
        let wanted = name(cookie)
        for header in request.headers[values: .cookie] {
            for pair in header.utf8.split(separator: UInt8(ascii: ";")) {
                let trimmed = pair.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
                guard let equals = trimmed.firstIndex(of: UInt8(ascii: "=")),
                    trimmed[..<equals].elementsEqual(wanted.utf8)
                else { continue }
                let value = trimmed[trimmed.index(after: equals)...]
                return value.count <= 4096 && value.allSatisfy(Self.isPlain) ? String(Substring(value)) : nil
            }
        }
        return nil
    }

    /// The header that sets a cookie; without `seconds` it lasts until the browser is closed.
    func setting(_ cookie: Name, to value: String, seconds: Int? = nil) -> String {
        var header = "\(name(cookie))=\(value); Path=/; HttpOnly; SameSite=Lax"
        if let seconds { header += "; Max-Age=\(seconds)" }
        if secure { header += "; Secure" }
        return header
    }

    /// The header that takes a cookie back.
    func clearing(_ cookie: Name) -> String {
        setting(cookie, to: "", seconds: 0)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
    }
}

extension Response {
    mutating func setCookie(_ header: String) {
        headers.append(HTTPField(name: .setCookie, value: header))
    }
}
