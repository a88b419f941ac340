import Foundation
import Testing

@testable import Participation

/// Files of separated values, good and bad, cut into pieces at every place.
@Suite struct CSVTests {
    static let fields: [[String]] = [
        ["nom", "prénom", "né le"], ["Dupont", "Marie-Ève", "1980-02-29"],
        ["D’Arc; Jeanne", "dite \"la Pucelle\"", ""],
        ["deux\nlignes", "trois\r\nlignes", "|"], ["Œuvre", "ß", "Ñ"], ["", "", "x"],
    ]

    static func write(_ rows: [[String]], separator: String, end: String, always: Bool) -> String {
        rows.map { row in
            row.map { field in
                let needs: Bool = always || field.contains { "\",;\t|\n\r".contains($0) || $0.isNewline }
                return needs ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
            }.joined(separator: separator) + end
        }.joined()
    }

    @Test(arguments: [",", ";", "\t", "|"], ["\n", "\r\n", "\r"])
    func `every separator and line end gives the same rows`(separator: String, end: String) throws {
        for always in [false, true] {
            for mark in [[], [0xEF, 0xBB, 0xBF]] as [[UInt8]] {
                let file: [UInt8] =
                    mark + Array(Self.write(Self.fields, separator: separator, end: end, always: always).utf8)
                #expect(CSVFormat(of: file).separator == separator.utf8.first)
                let rows: [CSVRow] = try CSVParser.rows(of: file)
                #expect(rows.map(\.texts) == Self.fields)
                #expect(rows.allSatisfy { $0.problem == nil })
            }
        }
    }

    @Test func `Latin-1 and Windows-1252 become letters`() throws {
        let file: [UInt8] = Array("nom;lieu\nM\u{FC}ller;Le Mans\n".unicodeScalars.map { UInt8($0.value) })
        #expect(CSVFormat(of: file).encoding == .windows1252)
        #expect(try CSVParser.rows(of: file)[1].texts == ["Müller", "Le Mans"])
        let quoted: [UInt8] = Array("a;b\n".utf8) + [0x8C, 0x75, 0x76, 0x72, 0x65, 0x3B, 0x92, 0x80, 0x0A]
        #expect(try CSVParser.rows(of: quoted)[1].texts == ["Œuvre", "’€"])
        let nothing: [UInt8] = Array("a;b\n".utf8) + [0x81, 0xE9, 0x3B, 0x0A]
        #expect(try CSVParser.rows(of: nothing)[1].problem == .notText(field: 0))
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        let problem: CSVProblem?
        let fault: CSVFault?
        var testDescription: String { name }
    }

    static let bad: [Bad] = [
        Bad(name: "one field more", text: "a,b\n1,2,3\n", problem: .fieldCount(expected: 2, found: 3), fault: nil),
        Bad(name: "one field less", text: "a,b\n1\n", problem: .fieldCount(expected: 2, found: 1), fault: nil),
        Bad(name: "text after a quotation", text: "a,b\n\"1\"x,2\n", problem: .textAfterQuote(field: 0), fault: nil),
        Bad(name: "NUL", text: "a,b\n1,\u{0}\n", problem: .control(field: 1), fault: nil),
        Bad(name: "a bell", text: "a,b\n\u{7},2\n", problem: .control(field: 0), fault: nil),
        Bad(
            name: "a quotation that is never closed", text: "a,b\n1,2\n\"3,4\n5,6\n", problem: nil,
            fault: .unclosedQuote(line: 3)),
        Bad(
            name: "a row too long", text: "a,b\n" + String(repeating: "x", count: 200) + ",2\n", problem: nil,
            fault: .rowTooLong(line: 2, limit: 100)),
        Bad(
            name: "a quotation that swallows the file", text: "a,b\n\"" + String(repeating: "x\n", count: 200),
            problem: nil, fault: .unclosedQuote(line: 2)),
        Bad(
            name: "too many fields", text: "a,b\n" + String(repeating: ",", count: 20) + "\n", problem: nil,
            fault: .tooManyFields(line: 2, limit: 10)),
        Bad(
            name: "a file too long", text: String(repeating: "a,b\n", count: 500), problem: nil,
            fault: .fileTooLong(limit: 1500)),
    ]

    @Test(arguments: bad) func `a bad file is refused with its line`(_ bad: Bad) throws {
        let limits = CSVParser.Limits(file: 1500, row: 100, fields: 10)
        do {
            let rows: [CSVRow] = try CSVParser.rows(of: Array(bad.text.utf8), limits: limits)
            #expect(bad.fault == nil)
            #expect(rows.last?.problem == bad.problem)
        } catch { #expect(error == bad.fault) }
    }

    @Test func `UTF-16 is told by its mark`() throws {
        #expect(throws: CSVFault.utf16) { try CSVParser.rows(of: [0xFF, 0xFE, 0x61, 0, 0x0A, 0]) }
        #expect(throws: CSVFault.utf16) { try CSVParser.rows(of: [0xFE, 0xFF, 0, 0x61, 0, 0x0A]) }
    }

    /// Random files: however one is cut into pieces, the rows are the same; and what was written is read again.
    @Test func `pieces make no difference`() throws {
        var generator = Seeded(state: 20_261_121)
        let letters: [String] = ["a", "é", "\"", ",", ";", "\n", "\r\n", " ", "’", "\t", "0"]
        for _ in 0..<400 {
            let width = Int.random(in: 1...4, using: &generator)
            let rows: [[String]] = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                (0..<width).map { _ in
                    let text: String = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                        letters.randomElement(using: &generator)!
                    }.joined()
                    return "x\(text)y"
                }
            }
            let file: [UInt8] = Array(Self.write(rows, separator: ";", end: "\n", always: false).utf8)
            let format = CSVFormat(separator: UInt8(ascii: ";"))
            #expect(try CSVParser.rows(of: file, format: format).map(\.texts) == rows)
            var parser = CSVParser(format)
            var read: [CSVRow] = []
            var rest: ArraySlice<UInt8> = file[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...min(7, rest.count), using: &generator)
                try parser.read(Array(rest.prefix(count)), into: &read)
                rest = rest.dropFirst(count)
            }
            try parser.finish(into: &read)
            #expect(read.map(\.texts) == rows)
        }
    }

    /// Any bytes at all: rows or a fault, never a trap; and pieces agree with the whole.
    @Test func `noise is refused or read, and never traps`() {
        var generator = Seeded(state: 7)
        let bytes: [UInt8] = Array("\",;\t|\r\n\u{0}aé".utf8) + [0x80, 0xC3, 0xFF]
        let limits = CSVParser.Limits(file: 400, row: 60, fields: 8)
        for _ in 0..<2000 {
            let file: [UInt8] = (0..<Int.random(in: 0...300, using: &generator)).map { _ in
                bytes.randomElement(using: &generator)!
            }
            let format = CSVFormat(of: file)
            func outcome(pieces: Int) -> Result<[[String]], CSVFault> {
                var parser = CSVParser(format, limits: limits)
                var rows: [CSVRow] = []
                do {
                    for start in stride(from: 0, to: file.count, by: pieces) {
                        try parser.read(Array(file[start..<min(start + pieces, file.count)]), into: &rows)
                    }
                    try parser.finish(into: &rows)
                    return .success(rows.map(\.texts))
                } catch { return .failure(error) }
            }
            let whole: Result<[[String]], CSVFault> = outcome(pieces: max(1, file.count))
            #expect(outcome(pieces: 1) == whole)
            #expect(outcome(pieces: 13) == whole)
        }
    }
}

/// A generator that gives the same numbers every time (splitmix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
