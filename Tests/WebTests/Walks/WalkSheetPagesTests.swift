import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation
@testable import Web

/// The walk sheet over HTTP: the page, the plain form, and where phones send what waited.
@Suite struct WalkSheetPagesTests {
    @Test func `the address of the QR code opens the sheet, which says first whom to call`()
        async throws
    {
        try await withSheet { sheet in
            let browser: Browser = sheet.browser()
            let page: Client.Answer = try await browser.get(sheet.address)
            #expect(page.status == 200)
            let danger: String.Index = try #require(page.text.range(of: "href=\"tel:112\"")).lowerBound
            #expect(try danger < #require(page.text.range(of: "<form id=\"sheet\"")).lowerBound)
            #expect(page.text.contains("What do you see?"))
            #expect(page.header("permissions-policy")?.contains("geolocation=(self)") == true)
            #expect(
                try await browser.get("/").header("permissions-policy")?.contains("geolocation=()") == true)

            let entrance: Client.Answer = try await browser.get("/walks/gare/sheet")
            #expect(entrance.status == 200 && !entrance.text.contains("<form id=\"sheet\""))
            #expect(try await browser.get("/walks/gare/sheet?code=aaaa-aaaa").status == 422)
            // Typed with capitals, a blank or a hyphen it is the same code.
            let typed = "\(sheet.walk.code.prefix(4).uppercased())%20\(sheet.walk.code.suffix(4))"
            #expect(
                try await browser.get("/walks/gare/sheet?code=\(typed)").text.contains("<form id=\"sheet\"")
            )
            #expect(try await browser.get("/walks/nowhere/sheet").status == 404)

            try await sheet.walk.move(startsIn: .hours(3))
            #expect(try await browser.get(sheet.address).text.contains("two hours before the walk"))
            try await sheet.walk.move(startsIn: .hours(-40), sheetClosesIn: -1)
            #expect(try await browser.get(sheet.address).text.contains("data-over"))
            try await sheet.pool.execute("test.hide", "UPDATE walk SET published_at = NULL")
            #expect(try await browser.get(sheet.address).status == 404)
        }
    }

    @Test func `without JavaScript an observation and its photo are sent, once, and taken back`()
        async throws
    {
        try await withSheet { sheet in
            let browser: Browser = sheet.browser()
            try await browser.get(sheet.address)
            let fields: [(String, String)] = sheet.fields(token: browser.token)
            let body: [UInt8] = sheet.multipart(fields, photo: try Uploads.fixture("photo.jpg"))
            for _ in 0..<2 {
                let sent: Client.Answer = try await browser.send(
                    "POST", "/walks/gare/sheet", body, type: Sheet.multipart)
                #expect(sent.status == 303)
                let next: Client.Answer = try await browser.get(try #require(sent.header("location")))
                #expect(
                    next.text.contains("Sent: 1 observation")
                        && next.text.contains("Its photo has arrived too."))
            }
            #expect(try await sheet.counts() == [1, 1])
            let gone: Client.Answer = try await browser.submit(
                "/walks/gare/sheet/removal",
                ["code": sheet.walk.code, "id": fields.value("id"), "key": fields.value("key")])
            #expect(gone.status == 303)
            #expect(try await sheet.counts() == [0, 0])
        }
    }

    @Test func `a form that is refused keeps what was typed, and asks for the photo again`()
        async throws
    {
        try await withSheet { sheet in
            let browser: Browser = sheet.browser()
            try await browser.get(sheet.address)
            let fields: [(String, String)] = sheet.fields(token: browser.token).map { name, value in
                name == "kind" ? (name, "") : (name, value)
            }
            let body: [UInt8] = sheet.multipart(fields, photo: try Uploads.fixture("photo.webp"))
            let answer: Client.Answer = try await browser.send(
                "POST", "/walks/gare/sheet", body, type: Sheet.multipart)
            #expect(answer.status == 422)
            #expect(answer.text.contains("href=\"#kind\"") && answer.text.contains("href=\"#photo\""))
            #expect(answer.text.contains("A bench &amp; a lamp"))
            #expect(try await sheet.counts() == [0, 0])
            // A photo that is none does not hold the words up.
            let wrong: [UInt8] = sheet.multipart(
                sheet.fields(token: browser.token), photo: try Uploads.fixture("picture.gif"))
            let sent: Client.Answer = try await browser.send(
                "POST", "/walks/gare/sheet", wrong, type: Sheet.multipart)
            let next: Client.Answer = try await browser.get(try #require(sent.header("location")))
            #expect(next.text.contains("Its photo could not be taken"))
            #expect(try await sheet.counts() == [1, 0])
            // Without the token of its page nothing is stored.
            let forged: [UInt8] = sheet.multipart(sheet.fields(token: "x"), photo: nil)
            #expect(
                try await browser.send("POST", "/walks/gare/sheet", forged, type: Sheet.multipart).status
                    == 403)
        }
    }

    @Test func `a phone sends without a session, again and again, and it counts once`() async throws {
        try await withSheet { sheet in
            let note: [(String, String)] = sheet.fields(token: nil)
            for _ in 0..<3 {
                let answer: Client.Answer = try await sheet.post("/walks/gare/sheet/observations", note)
                #expect(answer.status == 200 && answer.text.contains("\"state\":\"kept\""))
                #expect(answer.header("set-cookie") == nil)
            }
            let photos = "/walks/gare/sheet/observations/\(note.value("id"))/photos"
            let photo: [UInt8] = sheet.multipart(
                [
                    ("code", sheet.walk.code), ("key", note.value("key")),
                    ("id", "6f0f3f0a-5d7e-4c1b-9a55-0b7b6f5f1a11"), ("alt", ""),
                ], photo: try Uploads.fixture("photo.webp"))
            for _ in 0..<2 {
                let answer: Client.Answer = try await sheet.client.send(
                    "POST", photos, [("Content-Type", Sheet.multipart), ("Origin", "http://localhost:8080")],
                    body: photo)
                #expect(answer.status == 200 && answer.text.contains("\"state\":\"kept\""))
            }
            #expect(try await sheet.counts() == [1, 1])
            let alt: Row? = try await sheet.pool.one("test.alt", "SELECT alt FROM medium")
            #expect(try alt?.get("alt") == "A bench & a lamp")

            let removal: Client.Answer = try await sheet.post(
                "/walks/gare/sheet/observations/\(note.value("id"))/removal", note)
            #expect(removal.status == 200 && removal.text.contains("taken_back"))
            #expect(
                try await sheet.post("/walks/gare/sheet/observations", note).text.contains("taken_back"))
            #expect(try await sheet.counts() == [0, 0])
        }
    }

    @Test
    func `other sites, wrong codes, late and long ones are refused with a word for the program`()
        async throws
    {
        try await withSheet { sheet in
            let path = "/walks/gare/sheet/observations"
            let note: [(String, String)] = sheet.fields(token: nil)
            #expect(try await sheet.post(path, note, origin: "https://evil.example").status == 403)
            #expect(try await sheet.post(path, note, origin: nil).status == 403)
            let wrong = note.map { $0.0 == "code" ? ($0.0, "aaaaaaaa") : $0 }
            let guess: Client.Answer = try await sheet.post(path, wrong)
            #expect(guess.status == 403 && guess.text.contains("\"state\":\"wrong_code\""))
            let empty = note.map { $0.0 == "words" ? ($0.0, "") : $0 }
            let refused: Client.Answer = try await sheet.post(path, empty)
            #expect(refused.status == 422 && refused.text.contains("Say what you see."))
            let long = note.map { $0.0 == "words" ? ($0.0, String(repeating: "x", count: 70_000)) : $0 }
            #expect(try await sheet.post(path, long).status == 413)
            try await sheet.walk.move(startsIn: .hours(3))
            let early: Client.Answer = try await sheet.post(path, note)
            #expect(early.status == 409 && early.text.contains("\"state\":\"early\""))
            try await sheet.walk.move(startsIn: .hours(-40), sheetClosesIn: -1)
            let late: Client.Answer = try await sheet.post(path, note)
            #expect(late.status == 409 && late.text.contains("\"state\":\"closed\""))
            #expect(try await sheet.counts() == [0, 0])
        }
    }

    @Test func `a walk's phones coming back at once pass, a flood does not`() {
        let doors = NotingDoors()
        let network = Network(address: "192.0.2.1")
        func passed(_ door: Buckets, of count: Int) -> Int {
            (0..<count).filter { _ in (try? door.take(network)) != nil }.count
        }
        // Twenty phones behind one operator, forty observations each.
        #expect(passed(doors.notes, of: 800) == 800)
        #expect(passed(doors.photos, of: 400) == 400)
        #expect(passed(doors.notes, of: 5_000) < 1_000)
        #expect(passed(doors.photos, of: 5_000) < 1_000)
    }

    @Test
    func
        `the copy that a phone keeps is nobody's, and its program reaches no further than the sheet`()
        async throws
    {
        try await withSheet { sheet in
            let copy: Client.Answer = try await sheet.client.get(
                sheet.address, [("Sheet-Copy", "1"), ("Accept-Language", "de")])
            #expect(copy.status == 200 && copy.text.contains("Was Sie sehen"))
            #expect(copy.token == nil && copy.header("set-cookie") == nil)
            #expect(Int(copy.header("sheet-closes") ?? "") != nil)
            // Kept the evening before, it is there; the page itself is not open yet.
            try await sheet.walk.move(startsIn: .hours(20))
            #expect(
                try await sheet.client.get(sheet.address, [("Sheet-Copy", "1")]).text.contains(
                    "<form id=\"sheet\""))
            try await sheet.walk.move(startsIn: .hours(-40), sheetClosesIn: -1)
            #expect(try await sheet.client.get(sheet.address, [("Sheet-Copy", "1")]).status == 410)
            let worker: Client.Answer = try await sheet.client.get("/walks/gare/sheet/worker.js")
            #expect(worker.header("service-worker-allowed") == "/walks/gare/sheet")
            #expect(worker.header("cache-control") == "no-cache")
            #expect(worker.text.contains("\"/assets/walk-sheet."))
            #expect(!worker.text.contains("\"./"))
        }
    }

    @Test func `the crew counts, reads and hangs up the code; for others none of it is there`()
        async throws
    {
        try await withSheet { sheet in
            try await sheet.walk.enlist(try await sheet.account("Nour"))
            try await sheet.walk.observation("Une rampe glissante")
            let nour: Browser = try await sheet.signedIn("Nour")
            let page: Client.Answer = try await nour.get("/walks/gare/sheet/crew")
            #expect(
                page.text.contains("Une rampe glissante")
                    && page.text.contains("1 observation has arrived, 0 photos"))
            #expect(
                try await nour.submit("/walks/gare/sheet/crew", ["women": "douze", "men": "4"]).status
                    == 422)
            #expect(
                try await nour.submit("/walks/gare/sheet/crew", ["women": "12", "men": "4"]).status == 303)
            #expect(try await nour.get("/walks/gare/sheet/crew").text.contains("value=\"12\""))
            let poster: Client.Answer = try await nour.get("/walks/gare/sheet/poster")
            #expect(
                poster.text.contains(WalkCode.grouped(sheet.walk.code)) && poster.text.contains("<svg"))
            // The crew opens the sheet without the code; the address that the phone keeps has it.
            #expect(try await nour.get("/walks/gare/sheet").header("location") == sheet.address)

            let ada: Browser = try await sheet.signedIn("Ada")
            for path in ["/walks/gare/sheet/crew", "/walks/gare/sheet/poster"] {
                #expect(try await ada.get(path).status == 404)
                #expect(try await sheet.browser().get(path).status == 303)
            }
            #expect(try await ada.submit("/walks/gare/sheet/crew", ["women": "1"]).status == 404)
        }
    }

    @Test func `the log tells nothing of what was sent`() async throws {
        let log = Log()
        try await withSheet(log: log) { sheet in
            let note: [(String, String)] = sheet.fields(token: nil)
            try await sheet.browser().get(sheet.address)
            _ = try await sheet.post("/walks/gare/sheet/observations", note)
            _ = try await sheet.post("/walks/gare/sheet/observations/\(note.value("id"))/removal", note)
            let lines: String = log.all.map(\.text).filter { $0.hasPrefix("Answered") }.joined(separator: "\n")
            #expect(lines.contains("/walks/{walk}/sheet/observations/{observation}/removal"))
            for secret in [
                note.value("id"), note.value("key"), sheet.walk.code, "bench", "127.0.0.1", "gare",
            ] {
                #expect(!lines.contains(secret), "the log holds \(secret)")
            }
        }
    }
}

/// A city with a walk that goes on now.
struct Sheet: Sendable {
    static let multipart = "multipart/form-data; boundary=leaf"

    let client: Client
    let pool: Pool
    let walk: WalkFixture
    let accounts: Accounts

    var address: String { "/walks/gare/sheet?code=\(walk.code)" }

    func browser() -> Browser { Browser(client: client, language: .english) }

    func account(_ name: String) async throws -> ID<Account> {
        try await accounts.create(
            email: "\(name.lowercased())@example.fr", name: name, password: Quarter.password,
            language: .english,
            roles: [], by: .operator
        ).id
    }

    func signedIn(_ name: String) async throws -> Browser {
        let rows: [Row] = try await pool.query(
            "test.account", "SELECT 1 FROM account WHERE name = \(name)")
        if rows.isEmpty { _ = try await account(name) }
        let browser: Browser = browser()
        try await browser.get("/sign-in")
        try await browser.submit(
            "/sign-in", ["email": "\(name.lowercased())@example.fr", "password": Quarter.password])
        return browser
    }

    /// A whole observation, as the form and phones send it.
    func fields(token: String?) -> [(String, String)] {
        (token.map { [("token", $0)] } ?? []) + [
            ("code", walk.code), ("id", UUID().uuidString.lowercased()), ("key", Token().text),
            ("language", "en"),
            ("stop", walk.stops[0].description), ("kind", "problem"), ("words", "A bench & a lamp"),
            ("feeling", "-1"),
            ("concerned", "women"), ("concerned", "seniors"), ("manner", "alone"), ("people", ""),
            ("theme", ""),
            ("priority", ""), ("latitude", ""), ("longitude", ""), ("accuracy", ""), ("place", ""),
        ]
    }

    func multipart(_ fields: [(String, String)], photo: [UInt8]?) -> [UInt8] {
        var body: [UInt8] = []
        for (name, value) in fields {
            body += Array(
                "--leaf\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
        }
        if let photo {
            body += Array(
                "--leaf\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\n".utf8)
            body += photo + Array("\r\n".utf8)
        }
        return body + Array("--leaf--\r\n".utf8)
    }

    /// Sends a form as the program of the sheet does, without any cookie.
    func post(
        _ path: String, _ fields: [(String, String)], origin: String? = "http://localhost:8080"
    ) async throws -> Client.Answer {
        let body: String = fields.map { "\($0)=\(PercentDecoding.encode($1))" }.joined(separator: "&")
        return try await client.post(path, body, [("Accept-Language", "en")], origin: origin)
    }

    /// Observations and photos in the database.
    func counts() async throws -> [Int] {
        let row: Row? = try await pool.one(
            "test.counts",
            """
            SELECT (SELECT count(*) FROM observation) AS notes, (SELECT count(*) FROM observation_photo) AS photos
            """)
        return [try row!.get("notes"), try row!.get("photos")]
    }
}

extension [(String, String)] {
    /// The value of the field.
    fileprivate func value(_ name: String) -> String { first { $0.0 == name }?.1 ?? "" }
}

/// Runs `body` in a city of its own with a walk that goes on now.
func withSheet(log: Log = Log(), _ body: @escaping @Sendable (Sheet) async throws -> Void)
    async throws
{
    try await withDatabase { pool in
        let site = try Site(
            city: Site.City(
                name: "Tilleul-sur-Loire",
                help: .init(place: "Mairie", hours: "lundi, 9 h – 17 h", phone: "02 00 00 00 00")),
            resources: FrameSite.project.path(percentEncoded: false), secrets: FrameSite.secrets)
        let walk: WalkFixture = try await .make(pool)
        let accounts = Accounts(
            pool: pool, secrets: FrameSite.secrets, passwords: Passwords(),
            correspondent: Letters(site: site))
        try await withService(
            site, sessions: SessionSource(Sessions(pool: pool, secrets: FrameSite.secrets)), log: log,
            routes: { site, routes in
                City(pool: pool, secrets: FrameSite.secrets, host: "city.example", mailFolder: nil)
                    .add(to: routes, site: site)
            }
        ) { client in
            try await body(Sheet(client: client, pool: pool, walk: walk, accounts: accounts))
        }
    }
}
