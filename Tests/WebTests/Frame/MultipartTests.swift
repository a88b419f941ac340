import NIOCore
import Testing
@testable import Web

@Suite("Forms with files")
struct MultipartTests {
    private static let form = """
        preamble that nobody reads\r
        --x7\r
        Content-Disposition: form-data; name="token"\r
        \r
        secret\r
        --x7\r
        content-disposition: form-data; name="file"; filename="a;b %22é%22.pb"\r
        Content-Type: application/octet-stream\r
        \r
        line\r
        --x\r
        --x7 is not at the start\r
        --x7\r
        Content-Disposition: form-data; name="empty"\r
        \r
        \r
        --x7--\r
        epilogue
        """

    private func read(
        _ text: String, piece: Int = .max, boundary: String = "x7", limits: MultipartForm.Limits = .init()
    ) throws -> MultipartForm {
        let bytes = Array(text.utf8)
        let pieces = stride(from: 0, to: bytes.count, by: max(1, min(piece, bytes.count))).map {
            Array(bytes[$0..<min(bytes.count, $0 + min(piece, bytes.count))])
        }
        return try MultipartForm(bytes: pieces, boundary: boundary, limits: limits)
    }

    @Test("read the same however the network cuts them", arguments: [1, 2, 3, 7, 50, Int.max])
    func pieces(size: Int) throws {
        // The sample holds a line that begins like the boundary and goes on: that is a boundary to RFC 2046 as well,
        // so it is taken out here and tried below.
        let text = Self.form.replacing("--x7 is not at the start\r\n", with: "")
        let form = try read(text, piece: size)
        #expect(form.fields.text("token") == "secret")
        #expect(form.fields.has("empty"))
        #expect(form.fields.text("empty") == "")
        let file = try #require(form.file("file"))
        #expect(file.name == "a;b \"é\".pb")
        #expect(String(buffer: file.bytes) == "line\r\n--x")
        #expect(form.file("token") == nil)
    }

    @Test("that end early or go wrong are refused")
    func malformed() throws {
        let text = Self.form.replacing("--x7 is not at the start\r\n", with: "")
        #expect(throws: Refusal.malformed) { try read(Self.form) }
        for length in stride(from: 0, to: text.utf8.count - 14, by: 3) {
            #expect(throws: Refusal.malformed) { try read(String(decoding: text.utf8.prefix(length), as: UTF8.self)) }
        }
        #expect(throws: Refusal.malformed) { try read(text, boundary: "other") }
        #expect(throws: Refusal.malformed) { try read(text, boundary: "") }
        #expect(throws: Refusal.malformed) { try read("--x7\r\nContent-Type: a\r\n\r\n1\r\n--x7--") }
        #expect(throws: Refusal.malformed) {
            try read("--x7\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\u{0}\r\n--x7--")
        }
    }

    @Test("keep to their limits")
    func limits() throws {
        let text = Self.form.replacing("--x7 is not at the start\r\n", with: "")
        #expect(throws: Refusal.tooLarge) { try read(text, limits: .init(total: 100)) }
        #expect(throws: Refusal.tooLarge) { try read(text, limits: .init(fields: 5)) }
        #expect(throws: Refusal.tooLarge) { try read(text, limits: .init(parts: 2)) }
        let endless = "--x7\r\nContent-Disposition: form-data; name=\"a\"; x=\"" + String(repeating: "y", count: 9000)
        #expect(throws: Refusal.malformed) { try read(endless) }
    }

    @Test("with no file chosen have no file")
    func noFile() throws {
        let form = try read(
            "--x7\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\"\r\n\r\n\r\n--x7--\r\n")
        #expect(form.file("file") == nil)
    }

    @Test("survive any bytes, and the same bytes cut elsewhere give the same answer")
    func fuzz() throws {
        var random = SplitMix(seed: 7)
        let pieces = [
            "--x7", "\r\n", "\r\n\r\n", "--", "\r", "\n", "Content-Disposition: form-data; name=\"a\"",
            "; filename=\"b\"", "\"", "=", ";", "x", "\u{0}", "é", "x7",
        ]
        for _ in 0..<5_000 {
            let text = (0..<Int(random.next() % 24)).map { _ in pieces[Int(random.next() % UInt64(pieces.count))] }
                .joined()
            let whole = outcome(text, piece: .max)
            let cut = outcome(text, piece: Int(random.next() % 5) + 1)
            #expect(whole == cut, "\(text.debugDescription)")
        }
    }

    private func outcome(_ text: String, piece: Int) -> String {
        do {
            let form = try read(text, piece: piece)
            return form.fields.pairs.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
                + (form.file("a").map { "|\($0.name) \(String(buffer: $0.bytes))" } ?? "")
        } catch {
            return "\(error)"
        }
    }
}
