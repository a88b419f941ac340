import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation
@testable import Web

/// What pages, files and prints of walks show to everybody: never what is not published, never a photo that is not
/// cleared, and never what would hurt a program that reads them.
@Suite struct WalkPagesTests {
    private static let secret = "Ne pas montrer"

    /// Every address that everybody may ask for.
    private static func addresses(_ walk: WalkFixture) -> [String] {
        let base = "/walks/\(walk.handle)"
        let all = "/processes/diagonales/walks"
        return [
            "\(base)/observations", "\(base)/observations?layer=grid", "\(base)/observations?q=montrer",
            "\(base)/observations.csv", "\(base)/observations.geojson", "\(base)/observations.gpx",
            "\(base)/observations/map.geojson", "\(base)/analysis", "\(base)/report", "\(base)/report?version=1",
            "\(base)/comparison", "\(all)/observations", "\(all)/observations.csv", "\(all)/observations.geojson",
            "\(all)/observations/map.geojson", "\(all)/analysis",
        ]
    }

    /// A walk with one observation of each state, a photo that is cleared and one that is not, and a report.
    private static func prepare(_ forum: Forum) async throws -> (walk: WalkFixture, cleared: String, raw: String) {
        let before: WalkFixture = try await .make(
            forum.pool, in: forum.process, handle: "avant", startsIn: .hours(-900))
        let walk: WalkFixture = try await .make(forum.pool, handle: "gare", after: before, startsIn: .hours(-3))
        try await before.observation("Il y a un an", state: .published, number: 1)
        try await before.observation(secret)
        let seen: ID<Observation> = try await walk.observation(
            "=1+1 écrivez à ada@example.fr ou au 06 12 34 56 78 <b>&amp;", stop: nil, state: .published, number: 1)
        try await walk.observation(secret)
        try await walk.observation(secret, state: .setAside, number: 2)
        var ids: [String] = []
        for (position, isCleared) in [(1, true), (2, false)] {
            let id = ID<Medium>()
            ids.append("\(id)")
            try await forum.pool.execute(
                "test.medium", "INSERT INTO medium (id, kind, name, alt) VALUES (\(id), 'image', 'x.webp', 'Un banc')")
            try await forum.pool.execute(
                "test.rendition",
                """
                INSERT INTO medium_rendition (medium_id, kind, rendition, media_type, width, height, bytes)
                SELECT \(id), 'image', one, 'image/webp', 4, 3, 'x'::bytea FROM unnest(ARRAY['large', 'small']) AS one
                """)
            try await forum.pool.execute(
                "test.photo",
                """
                INSERT INTO observation_photo (client_id, observation_id, medium_id, purpose, position, cleared_at)
                VALUES (gen_random_uuid(), \(seen), \(id), 'seen', \(position), CASE WHEN \(isCleared) THEN now() END)
                """)
        }
        let reports = WalkReports(pool: forum.pool)
        try await reports.write(
            WalkReportFacts(introduction: Texts(["fr": "Bienvenue"])), for: walk.id, by: .operator)
        try await reports.publish(walk.id, by: .operator)
        return (walk, ids[0], ids[1])
    }

    private static func text(_ forum: Forum, _ address: String) async throws -> (status: Int, body: String) {
        let browser: Browser = forum.browser()
        let page = try await browser.get(address)
        let isChunked: Bool = page.header("transfer-encoding") == "chunked"
        return (page.status, isChunked ? Self.joined(page.body) : page.text)
    }

    /// The pieces of a body that was sent while it was read (RFC 9112, section 7.1), one after the other.
    private static func joined(_ body: [UInt8]) -> String {
        var (bytes, rest): ([UInt8], ArraySlice<UInt8>) = ([], body[...])
        while let end = rest.firstIndex(of: UInt8(ascii: "\r")),
            let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16), size > 0
        {
            bytes += rest[(end + 2)..<(end + 2 + size)]
            rest = rest[(end + 2 + size + 2)...]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `nothing that is not published is on any page or in any file, for anybody`() async throws {
        try await withForum { forum in
            let (walk, cleared, raw) = try await Self.prepare(forum)
            for address in Self.addresses(walk) {
                let (status, body) = try await Self.text(forum, address)
                #expect(status == 200, "\(address)")
                #expect(!body.contains(Self.secret) && !body.contains(raw), "\(address)")
                // Nor by its number alone: one observation is all there is.
                #expect(!body.contains("/observations/2"), "\(address)")
            }
            #expect(try await Self.text(forum, "/walks/gare/report").body.contains(cleared))
            try await forum.pool.execute("test.hide", "UPDATE walk SET published_at = NULL WHERE id = \(walk.id)")
            for address in Self.addresses(walk) where address.hasPrefix("/walks/") {
                #expect(try await Self.text(forum, address).status == 404, "\(address)")
            }
            for address in Self.addresses(walk) where !address.hasPrefix("/walks/") {
                let (status, body) = try await Self.text(forum, address)
                #expect(status == 200 && !body.contains("Bienvenue") && !body.contains("gare"), "\(address)")
            }
        }
    }

    @Test func `files hold no formula, no contact and no markup of what was said`() async throws {
        try await withForum { forum in
            let (walk, _, _) = try await Self.prepare(forum)
            let csv: String = try await Self.text(forum, "/walks/\(walk.handle)/observations.csv").body
            let rows: [CSVRow] = try CSVParser.rows(of: Array(csv.utf8))
            #expect(rows.count == 2 && rows[0].texts == OpenObservation.columns)
            #expect(rows[1].texts[11].hasPrefix("'=1+1") && rows[1].texts[11].contains("[…] ou au […]"))
            let gpx: String = try await Self.text(forum, "/walks/\(walk.handle)/observations.gpx").body
            #expect(gpx.contains("&lt;b&gt;&amp;amp;") && !gpx.contains("example.fr") && gpx.contains("<trkpt"))
            let json: String = try await Self.text(forum, "/walks/\(walk.handle)/observations.geojson").body
            let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
            #expect((parsed?["features"] as? [Any])?.count == 1 && !json.contains("example.fr"))
            #expect(!json.contains("received") && !json.contains("device"))
        }
    }

    @Test(arguments: [
        ("appelez le 06.12.34.56.78 !", "appelez le […] !"), ("+33 6 12 34 56 78", "[…]"),
        ("a.b@c-d.fr, merci", "[…], merci"),
        ("le bus 12 passe à 7 h 30, 2 fois sur 10", "le bus 12 passe à 7 h 30, 2 fois sur 10"),
        ("depuis 2019, 15 000 €", "depuis 2019, 15 000 €"),
    ])
    func `what could reach somebody is masked, and no other number`(_ said: String, _ shown: String) {
        #expect(Contacts.masked(said) == shown)
    }

    @Test func `an agent publishes what somebody else has not changed meanwhile`() async throws {
        try await withForum { forum in
            let (walk, _, _) = try await Self.prepare(forum)
            let desk = "/desk/processes/diagonales/walks/\(walk.handle)/report"
            let agent: Browser = try await forum.signedIn("Agathe")
            let form = try await agent.get("\(desk)/facts")
            #expect(form.status == 200 && form.text.contains("Bienvenue"))
            try await WalkReports(pool: forum.pool).write(
                WalkReportFacts(introduction: Texts(["fr": "Autrement"])), for: walk.id, by: .operator)
            let refused = try await agent.submit("\(desk)/facts", ["revision": "1", "introduction-fr": "Trop tard"])
            #expect(refused.status == 422 && refused.text.contains("Trop tard"))
            let malformed = try await agent.submit(
                "\(desk)/facts", ["revision": "2", "started_at": "hier", "length": "loin"])
            #expect(malformed.status == 422 && malformed.text.contains("hier"))
            let ada: Browser = try await forum.signedIn("Ada")
            for path in ["", "/facts", "/preview", "/sections/new", "/recommendations/new"] {
                #expect(try await ada.get(desk + path).status == 404)
                #expect(try await forum.browser().get(desk + path).status != 200)
            }
        }
    }
}
