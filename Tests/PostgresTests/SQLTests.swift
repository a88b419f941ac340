import Foundation
import TestSupport
import Testing

@testable import Postgres

@Suite struct SQLTests {
    @Test func `an interpolated value becomes a numbered parameter`() {
        let sql: SQL = "SELECT \(1), \("two")"
        #expect(sql.text == "SELECT $1, $2")
        #expect(sql.parameters.map(\.type) == [.int8, .text])
    }

    @Test func `a spliced statement is renumbered with its parameters`() {
        let inner: SQL = "a = \(10) AND b = \("é") AND c = \(nil as Int?)"
        let sql: SQL = "SELECT \(true) WHERE \(sql: inner) OR \(sql: inner) LIMIT \(5)"
        #expect(sql.text == "SELECT $1 WHERE a = $2 AND b = $3 AND c = $4 OR a = $5 AND b = $6 AND c = $7 LIMIT $8")
        #expect(sql.parameters.map(\.length) == [1, 8, 2, -1, 8, 2, -1, 8])
        #expect(
            sql.parameters.map(\.position)
                == sql.text.utf8.indices.filter { sql.text.utf8[$0] == 36 }.map {
                    sql.text.utf8.distance(from: sql.text.utf8.startIndex, to: $0)
                })
    }

    @Test func `a splice of more than nine parameters keeps their order`() {
        let list = (1...12).map { "\($0)" as SQL }.joined(separator: ", ")
        let sql: SQL = "VALUES (\(0), \(sql: list))"
        #expect(sql.text == "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")
        #expect(sql.bytes.count == 13 * 8)
    }

    @Test(arguments: [
        "plain", "Robert\"; DROP TABLE resident; --", "naïve", "with space", "\"", "a\"\"b",
    ])
    func `an identifier is quoted whatever it holds`(name: String) {
        let quoted = SQL.identifier(name).text
        #expect(quoted.hasPrefix("\"") && quoted.hasSuffix("\""))
        #expect(quoted.dropFirst().dropLast().replacingOccurrences(of: "\"\"", with: "").contains("\"") == false)
    }

    @Test(
        .emptyDatabase,
        arguments: [
            "'; DROP TABLE victim; --", "$1", "\\'; SELECT pg_sleep(10)", "\") OR 1=1", "é\u{0301}\u{1F333}", "",
            "E'\\x00'", String(repeating: "'", count: 10_000),
        ])
    func `a bound text comes back as it was and does nothing`(text: String) async throws {
        let pool = TestDatabase.pool
        try await pool.execute("test.create", "CREATE TABLE victim (content text)")
        try await pool.execute("test.insert", "INSERT INTO victim VALUES (\(text))")
        let row = try await pool.one("test.select", "SELECT content FROM victim WHERE content = \(text)")
        #expect(try row?.get("content", as: String.self) == text)
    }
}
