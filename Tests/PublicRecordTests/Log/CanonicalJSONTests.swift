import Testing

@testable import PublicRecord

@Suite("Canonical JSON")
struct CanonicalJSONTests {
    @Test("Members are sorted by UTF-16 code units, as RFC 8785 shows")
    func order() {
        let value: CanonicalJSON = [
            "\u{20AC}": "Euro Sign", "\r": "Carriage Return", "\u{FB33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\u{1F600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{F6}": "Latin Small Letter O",
        ]
        let expected =
            #"{"\r":"Carriage Return","1":"One",""# + "\u{80}" + #"":"Control","ö":"Latin Small Letter O","€":"#
            + #""Euro Sign","😀":"Emoji: Grinning Face",""# + "\u{FB33}" + #"":"Hebrew Letter Dalet With Dagesh"}"#
        #expect(String(decoding: value.encoded(), as: UTF8.self) == expected)
    }

    @Test("Only what must be escaped is escaped")
    func escapes() throws {
        let value: CanonicalJSON = .string("€$\u{F}\nA'B\"\\\\\"/\u{8}\u{C}\t\r\u{7F}\u{0}")
        let expected = #""€$\u000f\nA'B\"\\\\\"/\b\f\t\r"# + "\u{7F}" + #"\u0000""#
        #expect(String(decoding: value.encoded(), as: UTF8.self) == expected)
        #expect(try CanonicalJSON(parsing: value.encoded()) == value)
    }

    @Test(
        "Canonical texts come back as they are",
        arguments: [
            "null", "true", "false", "0", "-1", "9007199254740991", "-9007199254740991", "\"\"", "[]", "{}",
            #"[[],{"a":[null,true]},"é"]"#, #"{"a":1,"b":{"c":[1,2,3]}}"#, "\"😀\"",
        ])
    func roundTrip(text: String) throws {
        #expect(try CanonicalJSON(parsing: text.utf8).encoded() == Array(text.utf8))
    }

    @Test(
        "Texts that say the same in another way are read only where canonical form is not asked for",
        arguments: [
            " 1", "1\n", "[1, 2]", #"{"b":1,"a":2}"#, #""\u0041""#, #""\/""#, #""\u00e9""#, #""\ud83d\ude00""#,
            #""\u000F""#,
        ])
    func otherForms(text: String) throws {
        #expect(throws: JSONError.self) { try CanonicalJSON(parsing: text.utf8) }
        _ = try CanonicalJSON(parsing: text.utf8, canonical: false)
    }

    @Test(
        "What is not JSON, or not for the record, is refused in either form",
        arguments: [
            "", " ", "nul", "truE", "01", "-0", "-", "+1", "1.0", "1e3", "0.5", "9007199254740992", "1 2", "[1,]",
            "[1", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"{1:2}"#,
            #"""#, #""\"#, #""\x""#, #""\u12"#, #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, "\"\u{1}\"", "\"\n\"",
            "'a'", "NaN", "Infinity", "[1]]", "// a\n1", "99999999999999999999999999",
        ])
    func refused(text: String) {
        #expect(throws: JSONError.self) { try CanonicalJSON(parsing: text.utf8, canonical: false) }
        #expect(throws: JSONError.self) { try CanonicalJSON(parsing: text.utf8) }
    }

    @Test("Invalid UTF-8 is refused: overlong forms, surrogates, cut sequences")
    func utf8() {
        for bytes: [UInt8] in [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xFF], [0xF4, 0x90, 0x80, 0x80]] {
            #expect(throws: JSONError.self) { try CanonicalJSON(parsing: [0x22] + bytes + [0x22]) }
        }
    }

    @Test("Two spellings of an accented name are two names")
    func normalisation() throws {
        let text = "{\"e\u{301}\":1,\"\u{E9}\":2}"
        #expect(try CanonicalJSON(parsing: text.utf8).encoded() == Array(text.utf8))
        #expect(CanonicalJSON.string("e\u{301}") != CanonicalJSON.string("\u{E9}"))
    }

    @Test("Nesting has a limit, and the limit is reached without a crash")
    func depth() throws {
        let fine = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(try CanonicalJSON(parsing: fine.utf8).encoded() == Array(fine.utf8))
        #expect(throws: JSONError.self) {
            try CanonicalJSON(parsing: String(repeating: "[", count: 1_000_000).utf8)
        }
        #expect(throws: JSONError.self) {
            try CanonicalJSON(parsing: String(repeating: "{\"a\":", count: 1_000_000).utf8)
        }
    }

    @Test("Fields that nobody takes are refused")
    func unknownFields() throws {
        var fields = try CanonicalJSON.Fields(["a": 1, "b": 2])
        #expect(try fields.integer("a") == 1)
        #expect(throws: JSONError.self) { try fields.end() }
        #expect(try fields.count("b") == 2)
        try fields.end()
        #expect(throws: JSONError.self) { try fields.integer("a") }
    }

    @Test("No bytes crash the reader, and what it accepts as canonical is what it writes")
    func fuzz() throws {
        var random = SeededRandom(seed: 3)
        let seed = Array(#"{"a":[1,-2,null,true],"b":{"c":"é\n\"x\u0001"},"d":"\ud83d\ude00"}"#.utf8)
        let useful = Array(#"{}[]",:\u0123456789abcdefntr-.e "#.utf8)
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let position = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes[position] = useful.randomElement(using: &random) ?? 0
                case 2: bytes.remove(at: position)
                default: bytes.insert(useful.randomElement(using: &random) ?? 0, at: position)
                }
                if bytes.isEmpty { bytes = [0x30] }
            }
            if let value = try? CanonicalJSON(parsing: bytes) { #expect(value.encoded() == bytes) }
            if let value = try? CanonicalJSON(parsing: bytes, canonical: false) {
                #expect(try CanonicalJSON(parsing: value.encoded()) == value)
            }
        }
    }
}

@Suite("Hexadecimal and base64")
struct TextTests {
    @Test("Base64 has one form for each bytes")
    func base64() {
        for (text, bytes) in [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar")] {
            #expect(Base64.encode(Array(bytes.utf8)) == text)
            #expect(Base64.decode(text) == Array(bytes.utf8))
        }
        for text in ["Z", "Zg", "Zg=", "Zh==", "Zm9=", "====", "Zg==Zg==", "Zm 9", "Zm9v\n", "-_==", "Z===", "=Zg="] {
            #expect(Base64.decode(text) == nil, "\(text)")
        }
    }

    @Test("Hexadecimal is lower case and even")
    func hex() {
        #expect(Hex.encode([0, 0xAF, 0xFF]) == "00afff")
        #expect(Hex.decode("00afff") == [0, 0xAF, 0xFF])
        for text in ["0", "AF", "0x", "g0", " 0"] { #expect(Hex.decode(text) == nil) }
    }
}
