import Foundation
import FoundationXML
@testable import Participation
import Testing
@testable import Web

/// Feeds, byte by byte, as a reader of feeds meets them.
@Suite("Frame: feeds") struct AtomTests {
    private struct Thing {}

    private static let id = ID<Thing>(UUID(uuidString: "0190B0A0-0000-7000-8000-000000000001")!)
    private static let noon = Date(timeIntervalSince1970: 1_763_726_400)

    private static func feed(_ entries: [AtomFeed.Entry]) -> String {
        AtomFeed(
            title: "Nouvelles & suites", path: "/a.atom", page: "/a", language: .french, since: noon, entries: entries
        ).xml(city: "Ville <d’essai>", url: "https://city.example")
    }

    @Test func `an entry has its identity, its dates, its author and its words, none of which breaks the document`()
        throws
    {
        let xml: String = Self.feed([
            AtomFeed.Entry(
                Self.id, title: "Un banc \u{0} & « deux »", path: "/a/1?b=1&c=2", updated: Self.noon + 3600,
                published: Self.noon, author: "Ada <script>", language: .german, html: "<p>Ja & nein</p>")
        ])
        for part in [
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"fr\">", "<id>https://city.example/a.atom</id>",
            "<title>Nouvelles &amp; suites</title>", "<name>Ville &lt;d’essai&gt;</name>", "<entry xml:lang=\"de\">",
            "<id>urn:uuid:0190b0a0-0000-7000-8000-000000000001</id>", "<title>Un banc  &amp; « deux »</title>",
            "<published>2025-11-21T12:00:00Z</published>", "<updated>2025-11-21T13:00:00Z</updated>",
            "<name>Ada &lt;script&gt;</name>", "href=\"https://city.example/a/1?b=1&amp;c=2\"",
            "<content type=\"html\">&lt;p&gt;Ja &amp; nein&lt;/p&gt;</content>",
        ] {
            #expect(xml.contains(part), "\(part) in \(xml)")
        }
        #expect(XMLParser(data: Data(xml.utf8)).parse())
    }

    @Test func `a feed changed when its latest entry did, and without entries when it began`() {
        #expect(Self.feed([]).contains("<updated>2025-11-21T12:00:00Z</updated>"))
        let entries: [AtomFeed.Entry] = [7200, 60].map {
            AtomFeed.Entry(Self.id, title: "x", path: "/x", updated: Self.noon + $0, html: "")
        }
        let feed: String = Self.feed(entries)
        #expect(feed.components(separatedBy: "<entry>")[0].contains("2025-11-21T14:00:00Z"))
        #expect(!feed.contains("<published>") && !feed.contains("<entry xml:lang"))
    }
}
