import Foundation
import Participation
import Postgres
import TestSupport
import Testing

@testable import Web

/// The pages on which agents prepare a walk, as browsers meet them.
@Suite struct WalkDeskTests {
    private static let base = "/desk/processes/diagonales/walks"

    private func begin(_ browser: Browser, _ handle: String = "gare") async throws -> Client.Answer {
        try await browser.get("\(Self.base)/new")
        return try await browser.submit(
            "\(Self.base)/new",
            [
                "title-fr": "La gare", "handle": handle, "starts_at": "2090-03-01T18:00",
                "ends_at": "2090-03-01T20:00", "light": "night",
            ])
    }

    private static func upload(_ file: String, to path: String, _ browser: Browser) async throws
        -> Client.Answer
    {
        let head = "--b\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n\(browser.token)\r\n"
        let part =
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.gpx\"\r\n\r\n\(file)\r\n--b--\r\n"
        return try await browser.send(
            "POST", path, Array((head + part).utf8), type: "multipart/form-data; boundary=b")
    }

    @Test func `an agent begins a walk; residents and visitors find nothing there`() async throws {
        try await withForum { forum in
            let agathe: Browser = try await forum.signedIn("Agathe")
            #expect(try await agathe.get(Self.base).text.contains("No walk is being prepared"))
            #expect(try await begin(agathe).status == 303)
            #expect(try await agathe.get("\(Self.base)/gare").text.contains("6 points are missing"))
            #expect(try await begin(agathe).status == 422)
            let pages: [String] =
                [
                    "", "/new", "/gare", "/gare/purpose", "/gare/time", "/gare/place", "/gare/route",
                    "/gare/route/import",
                    "/gare/themes", "/gare/crew", "/gare/removal",
                ].map { Self.base + $0 } + ["/desk/walk-templates", "/desk/walk-templates/new"]
            let ada: Browser = try await forum.signedIn("Ada")
            for page in pages {
                #expect(try await agathe.get(page).status == 200, "\(page)")
                #expect(try await ada.get(page).status == 404, "\(page)")
            }
            #expect(try await agathe.get("\(Self.base)/nowhere/route").status == 404)
            #expect(try await forum.browser().get("/walks/gare").status == 404)
        }
    }

    @Test func `a form that is wrong comes back with what was typed`() async throws {
        try await withForum { forum in
            let agathe: Browser = try await forum.signedIn("Agathe")
            _ = try await begin(agathe)
            let page: Client.Answer = try await agathe.get("\(Self.base)/gare/time")
            let answer: Client.Answer = try await agathe.submit(
                "\(Self.base)/gare/time",
                [
                    "revision": "1", "starts_at": "2090-03-01T18:00", "ends_at": "2090-03-01T17:00",
                    "places": "12",
                    "most_companions": "2",
                ])
            #expect(page.status == 200 && answer.status == 422)
            #expect(answer.text.contains("value=\"12\"") && answer.text.contains("ends after it begins"))
        }
    }

    @Test(arguments: [
        ("<!DOCTYPE gpx><gpx/>", "DOCTYPE"), ("PK\u{3}\u{4}", "KMZ"), ("", "The file is empty"),
        (
            "<gpx><trk><trkseg><trkpt lat=\"NaN\" lon=\"1\"/></trkseg></trk></gpx>",
            "Point 1 has no readable"
        ),
        ("{\"type\":\"LineString\",\"coordinates\":[]}", "has no route"), ("hello", "neither a GPX"),
    ])
    func `a hostile file is refused in the reader's language and changes nothing`(
        file: String, words: String
    ) async throws {
        try await withForum { forum in
            let agathe: Browser = try await forum.signedIn("Agathe")
            _ = try await begin(agathe)
            let path = "\(Self.base)/gare/route/import"
            try await agathe.get(path)
            let answer: Client.Answer = try await Self.upload(file, to: path, agathe)
            #expect(answer.status == 422)
            #expect(answer.text.contains(words))
            let row: Row? = try await forum.pool.one(
                "test.lines", "SELECT count(*) AS lines FROM route WHERE line IS NOT NULL")
            #expect(try row?.get("lines") == 0)
        }
    }

    @Test func `what a file says is shown first, and kept when the form is saved`() async throws {
        try await withForum { forum in
            let agathe: Browser = try await forum.signedIn("Agathe")
            _ = try await begin(agathe)
            let path = "\(Self.base)/gare/route"
            try await agathe.get("\(path)/import")
            let file = "{\"type\":\"LineString\",\"coordinates\":[[7.33,47.74],[7.34,47.75]]}"
            let shown: Client.Answer = try await Self.upload(file, to: "\(path)/import", agathe)
            #expect(shown.status == 200)
            #expect(shown.text.contains("A route of 2 points, 1.3 km long."))
            #expect(shown.text.contains("47.74, 7.33\n47.75, 7.34"))
            let walks = Walks(pool: forum.pool)
            let walk: Walk = try #require(try await walks.find("gare"))
            #expect(try await walks.route(walk.route)?.length == nil)
            let form: KeyValuePairs<String, String> = [
                "revision": "1", "line": "47.74, 7.33\n47.75, 7.34", "item": "0",
                "item-0-title-fr": "Le square",
                "item-0-latitude": "47,745", "item-0-longitude": "7,335",
            ]
            #expect(try await agathe.submit(path, form).status == 303)
            let route: Route = try #require(try await walks.route(walk.route))
            #expect(route.length == 1340 && route.stops.map(\.point.latitude) == [47.745])
            let stale: Client.Answer = try await agathe.submit(path, form)
            #expect(
                stale.status == 422 && stale.text.contains("Somebody else has changed this meanwhile"))
        }
    }
}
