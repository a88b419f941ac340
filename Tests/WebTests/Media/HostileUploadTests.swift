import Foundation
import NIOCore
import Postgres
import TestSupport
import Testing

@testable import Participation
@testable import Web

/// Files that mean no good, sent as a browser or a script would send them. Each is refused with words, keeps what was
/// typed beside it, and leaves nothing behind; those that are taken come out clean.
@Suite("Hostile uploads", .serialized, .timeLimit(.minutes(20)))
struct HostileUploadTests {
    /// A file and what the page says of it; nil for one that is taken.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var name = "photo.jpg"
        var type = "image/jpeg"
        let refusal: String?
        let file: @Sendable () async throws -> [UInt8]

        init(
            _ words: String, name: String = "photo.jpg", type: String = "image/jpeg", refusal: String?,
            _ file: @escaping @Sendable () async throws -> [UInt8]
        ) {
            testDescription = words
            self.name = name
            self.type = type
            self.refusal = refusal
            self.file = file
        }
    }

    static let cases: [Case] = [
        // Taken, beside what is not.
        Case("a photo", refusal: nil) { try Uploads.fixture("photo.jpg") },
        Case("a photo that says it is a text", name: "notes.txt", type: "text/plain", refusal: nil) {
            try Uploads.fixture("photo.png")
        },
        Case("a document", name: "plan.pdf", type: "application/pdf", refusal: nil) { Uploads.pdf() },
        Case("a photo with a page after its end", refusal: nil) {
            try Uploads.fixture("photo.jpg") + Array("<html><script>alert(1)</script></html>".utf8)
        },
        Case("an image with more data than pixels", refusal: nil) {
            try Uploads.fixture("bomb-data.png")
        },
        Case("an image with a profile that unpacks to 64 MB", refusal: nil) {
            try Uploads.fixture("bomb-profile.png")
        },
        Case("a document with a page after its end", name: "plan.pdf", refusal: nil) {
            Uploads.pdf() + Array("<html><script>alert(1)</script></html>".utf8)
        },
        // What is none of the kinds, whatever it is called.
        Case("a drawing with a script", name: "plan.svg", type: "image/svg+xml", refusal: "svg") {
            Array(
                "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"
                    .utf8)
        },
        Case("a drawing with a script that says it is a photo", refusal: "svg") {
            Array("\u{FEFF}\n <svg onload=\"alert(1)\"/>".utf8)
        },
        Case("a page that says it is a photo", refusal: "html") {
            Array("<!DOCTYPE html><script>alert(1)</script>".utf8)
        },
        Case(
            "a picture that is a page and a script too", name: "p.gif", type: "image/gif", refusal: "gif"
        ) {
            Array("GIF89a/*<html><script>*/=1;alert(1)//</script>".utf8)
        },
        Case("a moving picture", name: "p.gif", type: "image/gif", refusal: "gif") {
            try Uploads.fixture("picture.gif")
        },
        Case(
            "an archive called a document", name: "plan.pdf", type: "application/pdf", refusal: "office"
        ) {
            [0x50, 0x4B, 0x03, 0x04] + Array(repeating: 0, count: 400)
        },
        Case("a program called a photo", refusal: "unknown") {
            [0x7F, 0x45, 0x4C, 0x46] + Array(repeating: 7, count: 99)
        },
        Case("a photo of a telephone", name: "IMG.HEIC", refusal: "heic") {
            [0, 0, 0, 24] + Array("ftypheic".utf8) + Array(repeating: 0, count: 99)
        },
        Case("nothing", refusal: "empty") { [] },
        // Broken, or larger inside than outside.
        Case("a photo cut off", refusal: "damaged") {
            Array(try Uploads.fixture("photo.jpg").prefix(20_000))
        },
        Case("an image cut off", refusal: "damaged") {
            Array(try Uploads.fixture("photo.png").prefix(1_500))
        },
        Case("the beginning of a photo alone", refusal: "damaged") {
            [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0]
        },
        Case("a header that promises 60,000 × 60,000", refusal: "pixels") {
            try Uploads.fixture("huge-header.png")
        },
        Case("49 KB that unpack to 400 million pixels", refusal: "pixels") {
            try Uploads.fixture("bomb-pixels.png")
        },
        Case("11 MB", refusal: "too_large") {
            try Uploads.fixture("photo.jpg") + Array(repeating: 0, count: 11 << 20)
        },
        // Documents that act or hide.
        Case("a document with a script", name: "plan.pdf", refusal: "active") {
            Uploads.pdf(catalogue: "/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>")
        },
        Case("a document with a script under a disguised name", name: "plan.pdf", refusal: "active") {
            Uploads.pdf(catalogue: "/OpenAction<</S/J#61vaScript/J#53(app.alert\\(1\\))>>")
        },
        Case("a document that starts a program", name: "plan.pdf", refusal: "active") {
            Uploads.pdf(catalogue: "/OpenAction<</S/Launch/F(calc.exe)>>")
        },
        Case("a document with another file in it", name: "plan.pdf", refusal: "active") {
            Uploads.pdf(catalogue: "/Names<</EmbeddedFiles<</Names[(a)<</Type/Filespec/F(a)>>]>>>>")
        },
        Case("a document with a password", name: "plan.pdf", refusal: "encrypted") {
            try await Uploads.encrypted(password: "secret")
        },
        Case("a document with restrictions", name: "plan.pdf", refusal: "encrypted") {
            try await Uploads.encrypted(password: "")
        },
        Case("the beginning of a document alone", name: "plan.pdf", refusal: "damaged") {
            Array("%PDF-1.7\n".utf8)
        },
    ]

    @Test("a file is taken and comes out clean, or refused with words", arguments: cases)
    func upload(of sample: Case) async throws {
        let file: [UInt8] = try await sample.file()
        try await withUploads { uploads in
            let answer = try await uploads.ada.upload(
                uploads.path, ["alt": "A street < 3 m wide"], file: file, name: sample.name,
                type: sample.type)
            let kept: [Medium] = try await uploads.kept()
            guard let refusal = sample.refusal else {
                #expect(answer.status == 303, "\(answer.text)")
                let medium = try #require(kept.first)
                for rendition in Medium.Rendition.allCases {
                    let served = try await uploads.ada.get(medium.address(rendition))
                    guard served.status == 200 else { continue }
                    #expect(!served.text.contains("<script") && !served.text.contains("GPS"))
                    #expect(served.header("x-content-type-options") == "nosniff")
                    #expect(served.header("content-security-policy") == "default-src 'none'; sandbox")
                    #expect(
                        served.header("content-type")
                            == (rendition == .document ? "application/pdf" : "image/webp"))
                    #expect(
                        (served.header("content-disposition")?.hasPrefix("attachment") == true)
                            == (rendition == .document))
                }
                return
            }
            #expect(answer.status == 422, "\(answer.status)")
            let words: String = try StringTable(
                directory: FrameSite.project.appending(path: "Templates/strings").path, timeZone: .gmt
            )[.english]("media.refusal.\(refusal)", ["megabytes": "10", "megapixels": "50"])
            #expect(
                answer.text.contains(words.escapedForHTML.replacing("&#39;", with: "’")), "\(answer.text)")
            #expect(answer.text.contains("A street &lt; 3 m wide"))
            #expect(kept.isEmpty)
            let rows = try await uploads.pool.one("test.count", "SELECT count(*) AS n FROM medium")
            #expect(try rows?.get("n", as: Int.self) == 0)
        }
    }

    @Test("a name is kept without path, and without letters that deceive")
    func names() async throws {
        try await withUploads { uploads in
            for name in [
                "../../../etc/cron.d/x.png", "C:\\x\\photo\u{202E}gnp.exe", "a%0D%0ASet-Cookie: a=b.pdf",
            ] {
                let isPDF: Bool = name.hasSuffix("pdf")
                let answer = try await uploads.ada.upload(
                    uploads.path, ["alt": "A street"],
                    file: isPDF ? Uploads.pdf() : Uploads.fixture("photo.png"),
                    name: name)
                #expect(answer.status == 303, "\(answer.text)")
            }
            let kept: [Medium] = try await uploads.kept()
            #expect(kept.map(\.name) == ["x.png", "photognp.exe", "aSet-Cookie: a=b.pdf"])
            let saved = try await uploads.ada.get(kept[2].address(.document))
            #expect(saved.header("set-cookie") == nil)
            #expect(
                saved.header("content-disposition")
                    == "attachment; filename=\"document.pdf\"; filename*=UTF-8''aSet-Cookie%3A%20a%3Db.pdf")
            // A name with the character NUL ends the reading of the form.
            let nul = try await uploads.ada.upload(
                uploads.path, ["alt": "A street"], file: Uploads.fixture("photo.png"), name: "a\0b.png")
            #expect([303, 400].contains(nul.status))
            #expect(try await uploads.kept().allSatisfy { !$0.name.contains("\0") })
        }
    }

    @Test("what is larger than anything that could be meant is not read at all")
    func large() async throws {
        try await withUploads { uploads in
            let head = """
                POST \(uploads.path) HTTP/1.1\r\nHost: localhost:8080\r\nOrigin: http://localhost:8080\r\n\
                Cookie: session=\(uploads.ada.cookie("session") ?? "")\r\n\
                Content-Type: multipart/form-data; boundary=x\r\nContent-Length: \(1 << 30)\r\n\r\n--x\r\n
                """
            let answer = try Client.parse(try await uploads.client.raw(Array(head.utf8)))
            #expect(answer.status == 413)
            #expect(answer.header("connection") == "close")
            #expect(try await uploads.kept().isEmpty)
        }
    }

    @Test("a client that sends a file byte by byte is cut off")
    func slow() async throws {
        var settings = ServerSettings()
        settings.slow.grace = .milliseconds(500)
        settings.slow.bytesPerSecond = 1 << 20
        try await withUploads(settings: settings) { uploads in
            let head = """
                POST \(uploads.path) HTTP/1.1\r\nHost: localhost:8080\r\nOrigin: http://localhost:8080\r\n\
                Cookie: session=\(uploads.ada.cookie("session") ?? "")\r\n\
                Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 100000\r\n\r\n--x\r\n
                """
            let began = ContinuousClock.now
            let answer: [UInt8] = try await uploads.client.raw(Array(head.utf8))
            #expect(answer.isEmpty)
            #expect(began.duration(to: .now) < .seconds(10))
            #expect(try await uploads.kept().isEmpty)
        }
    }

    @Test("a form without its token, from elsewhere or from somebody else adds nothing")
    func strangers() async throws {
        try await withUploads { uploads in
            let photo: [UInt8] = try Uploads.fixture("photo.png")
            let bob: Browser = try await uploads.browser("Bob")
            try await bob.get("/account")
            #expect(try await bob.get(uploads.path).status == 404)
            #expect(try await bob.upload(uploads.path, ["alt": "x"], file: photo).status == 404)
            #expect(
                try await uploads.browser(nil).upload(uploads.path, ["alt": "x"], file: photo).status == 403
            )
            let fresh: Browser = try await uploads.browser(nil)
            fresh.plant("session", uploads.ada.cookie("session") ?? "")
            #expect(try await fresh.upload(uploads.path, ["alt": "x"], file: photo).status == 403)
            #expect(try await uploads.kept().isEmpty)

            #expect(try await uploads.ada.upload(uploads.path, ["alt": "x"], file: photo).status == 303)
            let address: String = try #require(try await uploads.kept().first).address(.small)
            #expect(try await uploads.ada.get(address).header("cache-control") == "private, no-cache")
            #expect(try await bob.get(address).status == 404)
            #expect(try await uploads.browser(nil).get(address).status == 404)
            #expect(try await uploads.client.get("/media/\(UUID())/small").status == 404)
            #expect(try await uploads.ada.get(address + "er").status == 404)

            try await uploads.pool.execute(
                "test.publish",
                "UPDATE proposal SET status = 'received', published_at = now() WHERE id = \(uploads.draft)")
            let open = try await uploads.client.get(address)
            #expect(open.status == 200 && FileType(open.body) == .webp)
            #expect(open.header("cache-control") == "public, max-age=31536000, immutable")
            let tag: String = try #require(open.header("etag"))
            let again = try await uploads.client.get(address, [("If-None-Match", "\"x\", W/\(tag)")])
            #expect(again.status == 304 && again.body.isEmpty && again.header("etag") == tag)
            let head = try await uploads.client.get(address, method: "HEAD")
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head.header("content-length") == String(open.body.count))
        }
    }

    @Test("the page adds, describes, orders and takes away without a script")
    func page() async throws {
        try await withUploads { uploads in
            let photo: [UInt8] = try Uploads.fixture("photo.png")
            let missing = try await uploads.ada.upload(uploads.path, file: photo)
            #expect(missing.status == 422 && missing.text.contains("Say what the photo shows"))
            try await uploads.ada.upload(uploads.path, ["decorative": "1"], file: photo, name: "one.png")
            try await uploads.ada.upload(uploads.path, ["alt": "Two"], file: photo, name: "two.png")
            let two: Medium = try #require(try await uploads.kept().last)
            #expect(try await uploads.ada.submit("\(uploads.path)/\(two.id)/rank").status == 303)
            #expect(try await uploads.kept().map(\.name) == ["two.png", "one.png"])
            let empty = try await uploads.ada.submit("\(uploads.path)/\(two.id)/description", ["alt": ""])
            #expect(empty.status == 422 && empty.text.contains("id=\"alt-\(two.id)-problem\""))
            try await uploads.ada.submit("\(uploads.path)/\(two.id)/description", ["alt": "A tree"])
            #expect(try await uploads.kept().map(\.alt) == ["A tree", ""])
            #expect(try await uploads.ada.submit("\(uploads.path)/\(two.id)/removal").status == 303)
            #expect(try await uploads.kept().map(\.name) == ["one.png"])
            #expect(try await uploads.ada.get(uploads.path).text.contains("Decorative photo"))
        }
    }
}
