import Crypto
public import Foundation
import HTTPTypes
public import Hummingbird
import NIOCore
public import Participation

/// A feed that readers follow without an account: Atom (RFC 4287).
public struct AtomFeed: Sendable {
    /// One thing that happened.
    public struct Entry: Sendable {
        let id: String
        let title: String
        let path: String
        let updated: Date
        let published: Date?
        let author: String?
        let language: Language?
        let html: String

        /// What happened to `object`, or what it is: its identity is that of the entry for good.
        ///
        /// - Parameters:
        ///   - path: of the page about it.
        ///   - author: who wrote it; nil for the city.
        ///   - language: in which it is written, when that is not the feed's.
        ///   - html: made by ``Markdown/html(_:)`` or by a template, never by hand.
        public init<Owner>(
            _ object: ID<Owner>, title: String, path: String, updated: Date, published: Date? = nil,
            author: String? = nil, language: Language? = nil, html: String
        ) {
            id = "urn:uuid:\(object)"
            self.title = title
            self.path = path
            self.updated = updated
            self.published = published
            self.author = author
            self.language = language
            self.html = html
        }
    }

    let title: String
    let path: String
    let page: String
    let language: Language
    let since: Date
    let entries: [Entry]

    /// A feed served at `path`, about what stands on the page `page`.
    ///
    /// - Parameters:
    ///   - since: when what it is about began: a feed without an entry has changed then.
    ///   - entries: the latest first.
    public init(title: String, path: String, page: String, language: Language, since: Date, entries: [Entry]) {
        self.title = title
        self.path = path
        self.page = page
        self.language = language
        self.since = since
        self.entries = entries
    }

    /// The document, for a city of that name whose pages are below `url`.
    func xml(city: String, url: String) -> String {
        var lines: [String] = [
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"\(language.rawValue)\">",
            "<id>\(Self.escaped(url + path))</id>", "<title>\(Self.escaped(title))</title>",
            "<updated>\(Self.moment(entries.map(\.updated).max() ?? since))</updated>",
            "<author><name>\(Self.escaped(city))</name></author>",
            "<link rel=\"self\" type=\"application/atom+xml\" href=\"\(Self.escaped(url + path))\"/>",
            "<link rel=\"alternate\" type=\"text/html\" href=\"\(Self.escaped(url + page))\"/>",
        ]
        for entry in entries {
            let language: String = entry.language.map { " xml:lang=\"\($0.rawValue)\"" } ?? ""
            lines += [
                "<entry\(language)>", "<id>\(entry.id)</id>", "<title>\(Self.escaped(entry.title))</title>",
                "<updated>\(Self.moment(entry.updated))</updated>",
            ]
            if let published = entry.published { lines.append("<published>\(Self.moment(published))</published>") }
            if let author = entry.author {
                lines.append("<author><name>\(Self.escaped(author))</name></author>")
            }
            lines += [
                "<link rel=\"alternate\" type=\"text/html\" href=\"\(Self.escaped(url + entry.path))\"/>",
                "<content type=\"html\">\(Self.escaped(entry.html))</content>", "</entry>",
            ]
        }
        return lines.joined(separator: "\n") + "\n</feed>\n"
    }

    /// A moment as RFC 3339 writes it.
    private static func moment(_ date: Date) -> String { date.formatted(.iso8601) }

    /// `text` between two tags or in an attribute, without the characters that XML 1.0 cannot hold.
    private static func escaped(_ text: String) -> String {
        let allowed = text.unicodeScalars.filter { scalar in
            switch scalar.value {
            case 0x9, 0xA, 0xD, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
            default: false
            }
        }
        return String(String.UnicodeScalarView(allowed)).escapedForHTML
    }
}

extension Site {
    /// The answer with a feed; nothing but its tag when the reader has it already.
    public func feed(_ feed: AtomFeed, _ request: Request) -> Response {
        let xml: String = feed.xml(city: city.name, url: city.publicURL)
        let tag = "\"\(Base64URL.encode(SHA256.hash(data: Data(xml.utf8))))\""
        let headers: HTTPFields = [
            .contentType: "application/atom+xml; charset=utf-8", .contentLanguage: feed.language.rawValue,
            // It is written in the reader's language, so no cache may share it.
            .cacheControl: "private, no-cache", .eTag: tag,
        ]
        // Compressed on the way, the tag may come back as a weak one.
        if let known = request.headers[.ifNoneMatch], known.contains(tag) {
            return Response(status: .notModified, headers: headers)
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: xml)))
    }
}
