import Foundation
import Postgres
import TestSupport

@testable import Participation
@testable import Web

/// A draft of Ada’s in a city with all its pages, and files to send to it.
struct Uploads: Sendable {
    let client: Client
    let pool: Pool
    let ada: Browser
    let draft: ID<Proposal>
    let path: String

    /// A browser in which `name` has signed in; nobody when nil.
    func browser(_ name: String?) async throws -> Browser {
        let browser = Browser(client: client, language: .english)
        guard let name else { return browser }
        try await browser.get("/sign-in")
        try await browser.submit(
            "/sign-in", ["email": "\(name.lowercased())@example.fr", "password": Quarter.password])
        return browser
    }

    /// What the proposal has now.
    func kept() async throws -> [Medium] { try await ProposalMedia(pool: pool).list(of: draft) }

    static func fixture(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: FrameSite.project.appending(path: "Tests/Fixtures/media/\(name)")))
    }

    /// The smallest PDF with a page, with more in its catalogue.
    static func pdf(catalogue: String = "") -> [UInt8] {
        let objects = [
            "<</Type/Catalog/Pages 2 0 R\(catalogue)>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>",
            "<</Length 8>>\nstream\n0 0 m  S\nendstream",
        ]
        var text = "%PDF-1.7\n"
        var offsets: [Int] = []
        for (index, object) in objects.enumerated() {
            offsets.append(text.utf8.count)
            text += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = text.utf8.count
        text += "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for offset in offsets {
            text += "\(String(repeating: "0", count: 10 - "\(offset)".count))\(offset) 00000 n \n"
        }
        text += "trailer<</Size \(objects.count + 1)/Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n"
        return Array(text.utf8)
    }

    /// A PDF that qpdf has encrypted, with a password for whoever opens it or with none.
    static func encrypted(password: String) async throws -> [UInt8] {
        let command = Command(
            ["qpdf", "--encrypt", password, "owner", "256", "--", "/dev/stdin", "-"], limit: .seconds(30))
        return try await command.run(pdf())
    }
}

/// Runs `body` with a draft of Ada’s.
func withUploads(
    settings: ServerSettings? = nil, _ body: @escaping @Sendable (Uploads) async throws -> Void
) async throws {
    try await withDatabase { pool in
        let site = try Site(
            city: Site.City(
                name: "Tilleul-sur-Loire",
                help: .init(
                    place: "Mairie, 1 place du Tilleul", hours: "lundi, 9 h – 17 h", phone: "02 00 00 00 00"),
                isDevelopment: true),
            resources: FrameSite.project.path(percentEncoded: false), secrets: FrameSite.secrets)
        let accounts = Accounts(
            pool: pool, secrets: FrameSite.secrets, passwords: Passwords(),
            correspondent: Letters(site: site))
        var people: [String: ID<Account>] = [:]
        for name in ["Ada", "Bob"] {
            people[name] = try await accounts.create(
                email: "\(name.lowercased())@example.fr", name: name, password: Quarter.password,
                language: .english,
                roles: [], by: .operator
            ).id
        }
        let (draft, number) = try await draft(of: people["Ada"], pool)
        let city = City(pool: pool, secrets: FrameSite.secrets, host: "localhost", mailFolder: nil)
        try await withService(
            site, sessions: SessionSource(Sessions(pool: pool, secrets: FrameSite.secrets)),
            settings: settings,
            routes: { site, routes in city.add(to: routes, site: site) }
        ) { client in
            let nobody = Uploads(
                client: client, pool: pool, ada: Browser(client: client, language: .english), draft: draft,
                path: "/proposals/\(number)/media")
            let ada: Browser = try await nobody.browser("Ada")
            try await ada.get(nobody.path)
            try await body(Uploads(client: client, pool: pool, ada: ada, draft: draft, path: nobody.path))
        }
    }
}

private func draft(of author: ID<Account>?, _ pool: Pool) async throws -> (ID<Proposal>, Int64) {
    let process: ID<Participation.Process> = try await Processes(pool: pool).create(
        ProcessDraft(
            slug: "diagonales", title: Texts(["fr": "Diagonales"]), summary: Texts([:]),
            description: Texts([:]),
            phases: []), by: .operator)
    let id = ID<Proposal>()
    let thread = UUID()
    let rows = try await pool.pipeline([
        ("test.call", "INSERT INTO proposal_call (process_id) VALUES (\(process))"),
        ("test.thread", "INSERT INTO thread (id) VALUES (\(thread))"),
        (
            "test.proposal",
            """
            INSERT INTO proposal (id, process_id, thread_id, language, title, body)
            VALUES (\(id), \(process), \(thread), 'fr', 'Un tilleul', 'De l’ombre.') RETURNING number
            """
        ),
        (
            "test.author",
            "INSERT INTO proposal_author (proposal_id, place, account_id) VALUES (\(id), 1, \(author))"
        ),
    ])
    return (id, try rows[2][0].get("number"))
}

extension Browser {
    /// Sends a form with a file, under whatever name and type.
    @discardableResult
    func upload(
        _ path: String, _ fields: KeyValuePairs<String, String> = [:], file: [UInt8],
        name: String = "photo.jpg",
        type: String = "image/jpeg"
    ) async throws -> Client.Answer {
        var body: [UInt8] = []
        for (field, value) in [("token", token)] + fields.map({ ($0.key, $0.value) }) {
            body += "--x\r\nContent-Disposition: form-data; name=\"\(field)\"\r\n\r\n\(value)\r\n".utf8
        }
        body +=
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\nContent-Type: \(type)\r\n\r\n"
            .utf8
        body += file
        body += "\r\n--x--\r\n".utf8
        return try await send("POST", path, body, type: "multipart/form-data; boundary=x")
    }
}
