import Testing
@testable import Web

@Suite("Files of Public")
struct StaticFilesTests {
    @Test("have an address of their content, kept for a year")
    func fingerprints() async throws {
        let site = try FrameSite.development()
        let sheet = try #require(site.assets.url("site.css"))
        #expect(sheet.wholeMatch(of: /\/assets\/site\.[0-9a-f]{16}\.css/) != nil)
        try await withService(site) { client async throws in
            let answer = try await client.get(sheet)
            #expect(answer.status == 200)
            #expect(answer.header("cache-control") == "public, max-age=31536000, immutable")
            #expect(answer.header("content-type") == "text/css; charset=utf-8")
            let etag = try #require(answer.header("etag"))
            for match in [etag, "W/\(etag)", "\"other\", \(etag)", "*"] {
                let again = try await client.get(sheet, [("If-None-Match", match)])
                #expect(again.status == 304 && again.body.isEmpty && again.header("etag") == etag)
            }
            #expect(try await client.get(sheet, [("If-None-Match", "\"other\"")]).status == 200)
            let plain = try await client.get("/assets/site.css")
            #expect(plain.header("cache-control") == "public, no-cache")
            #expect(plain.body == answer.body)
            #expect(try await client.get("/robots.txt").text == "User-agent: *\n")
        }
    }

    @Test("come compressed to browsers that accept it")
    func gzip() async throws {
        let site = try FrameSite.development()
        let sheet = try #require(site.assets.url("site.css"))
        try await withService(site) { client async throws in
            let plain = try await client.get(sheet)
            let small = try await client.get(sheet, [("Accept-Encoding", "br, gzip;q=0.8")])
            #expect(small.header("content-encoding") == "gzip")
            #expect(small.header("vary") == "Accept-Encoding" && plain.header("vary") == "Accept-Encoding")
            #expect(small.body.starts(with: [0x1F, 0x8B]) && small.body.count < plain.body.count / 2)
            #expect(small.header("content-length") == "\(small.body.count)")
            let refused = try await client.get(sheet, [("Accept-Encoding", "gzip;q=0, identity")])
            #expect(refused.header("content-encoding") == nil)
        }
    }

    @Test("name each other by these addresses")
    func links() async throws {
        let site = try FrameSite.development()
        let one = try #require(site.assets.url("test-one.js"))
        let two = try #require(site.assets.url("test-two.js"))
        try await withService(site) { client async throws in
            #expect(try await client.get(two).text.contains("from \"\(one)\""))
        }
    }

    @Test(
        "cannot be left",
        arguments: [
            "/assets/../Package.swift", "/assets/..%2fPackage.swift", "/../../etc/passwd", "/assets/%2e%2e/README.md",
            "/assets//etc/passwd", "/assets/site.css/../site.css", "/assets/site.css%00", "/assets/", "//site.css",
        ])
    func traversal(path: String) async throws {
        try await withService { client async throws in
            #expect(try await client.get(path).status == 404)
        }
    }
}
