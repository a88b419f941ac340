import Testing
@testable import Web

@Suite("Fields of a form")
struct FieldsTests {
    private func read(_ text: String) throws -> Fields { try Fields(urlEncoded: Array(text.utf8)) }

    @Test("keep repeated names, in their order")
    func repeated() throws {
        let fields = try read("project=3&name=a&project=1&project=2")
        #expect(fields.all("project") == ["3", "1", "2"])
        #expect(fields.names == ["project", "name", "project", "project"])
        #expect(fields.text("project") == "3")
    }

    @Test("decode percent signs and plus signs")
    func decoding() throws {
        let fields = try read("a=%C3%A9t%c3%a9+2026&b%5B%5D=1%2B1&c")
        #expect(fields.text("a") == "été 2026")
        #expect(fields.text("b[]") == "1+1")
        #expect(fields.has("c"))
        #expect(fields.text("c") == "")
        #expect(!fields.has("d"))
    }

    @Test(
        "are refused when they cannot be read",
        arguments: ["a=%zz", "a=%", "a=%4", "a=%FF%FE", "%C3=1", "a=%00", "a=b%00c", "a=\u{0}"])
    func malformed(text: String) {
        #expect(throws: Refusal.malformed) { try read(text) }
    }

    @Test("are refused when there are too many")
    func tooMany() throws {
        #expect(try read(Array(repeating: "a=1", count: 2000).joined(separator: "&")).all("a").count == 2000)
        #expect(throws: Refusal.tooLarge) {
            try read(Array(repeating: "a=1", count: 2001).joined(separator: "&"))
        }
    }

    @Test("are tidied once, and what was typed stays")
    func tidy() throws {
        let fields = try read("a=%20+%C2%A0e%CC%81te%0D%0Aici%20%0A")
        #expect(fields.text("a") == "\u{E9}te\nici")
        #expect(Array(fields.text("a").unicodeScalars).count == 7)
        #expect(fields.raw("a") == "  \u{A0}e\u{301}te\r\nici \n")
    }

    @Test(
        "read whole numbers as people type them",
        arguments: [
            ("12", 12), ("%201%20000%20", 1000), ("1%E2%80%AF234", 1234), ("-3", -3), ("1.5", nil), ("", nil),
            ("99999999999999999999", nil), ("0x10", nil),
        ] as [(String, Int?)])
    func integers(text: String, expected: Int?) throws {
        #expect(try read("n=\(text)").integer("n") == expected)
    }

    @Test("survive any bytes: a value or a refusal, and writing back gives the same")
    func fuzz() throws {
        var random = SplitMix(seed: 2026)
        let alphabet = Array("a=&%+z0Ff;\u{0}é ".utf8) + [0xFF, 0xC3, 0x80]
        for _ in 0..<20_000 {
            let bytes = (0..<Int(random.next() % 40)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            guard let fields = try? Fields(urlEncoded: bytes) else { continue }
            let written = fields.pairs.map { "\(PercentDecoding.encode($0.name))=\(PercentDecoding.encode($0.value))" }
            let again = try Fields(urlEncoded: Array(written.joined(separator: "&").utf8))
            #expect(again.pairs.map(\.name) == fields.pairs.map(\.name))
            #expect(again.pairs.map(\.value) == fields.pairs.map(\.value))
        }
    }
}

/// Random numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
