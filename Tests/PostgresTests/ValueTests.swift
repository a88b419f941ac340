import Foundation
import TestSupport
import Testing

@testable import Postgres

@Suite(.emptyDatabase) struct ValueTests {
    private func roundTrip<T: PostgresEncodable & PostgresDecodable & Sendable>(_ value: T) async throws -> T {
        try await TestDatabase.pool.one("test.value", "SELECT \(value) AS value")!.get("value")
    }

    @Test func `numbers come back as they were, the extremes too`() async throws {
        for value in [0, 1, -1, .max, .min] as [Int] { #expect(try await roundTrip(value) == value) }
        for value in [0, .max, .min] as [Int64] { #expect(try await roundTrip(value) == value) }
        for value in [0, .max, .min] as [Int32] { #expect(try await roundTrip(value) == value) }
        for value in [0, .max, .min] as [Int16] { #expect(try await roundTrip(value) == value) }
        for value in [0, -0.0, 1.5, .pi, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude] {
            #expect(try await roundTrip(value) == value)
        }
        #expect(try await roundTrip(Double.nan).isNaN)
        for value in [true, false] { #expect(try await roundTrip(value) == value) }
    }

    @Test func `random values come back as they were`() async throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let number = Int.random(in: .min ... .max, using: &generator)
            let double = Double(bitPattern: .random(in: 0...UInt64.max, using: &generator))
            let scalars = (0..<Int.random(in: 0...40)).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 1...0x10FFFF, using: &generator))
            }
            let text = String(String.UnicodeScalarView(scalars))
            let bytes = (0..<Int.random(in: 0...300)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let id = UUID()
            let texts = (0..<Int.random(in: 0...5)).map { String(text.prefix($0)) }
            let numbers = (0..<Int.random(in: 0...5)).map { _ in Int.random(in: -5...5, using: &generator) }
            let chunks = (0..<Int.random(in: 0...3)).map { Array(bytes.prefix($0)) }
            let row = try await TestDatabase.pool.one(
                "test.random",
                """
                SELECT \(number) AS number, \(double) AS double, \(text) AS text, \(bytes) AS bytes, \(id) AS id,
                    \(texts) AS texts, \(numbers) AS numbers, \(chunks) AS chunks, \([id, id]) AS ids,
                    \(nil as String?) AS nothing
                """)!
            #expect(try row.get("number") == number)
            #expect(try row.get("double", as: Double.self).bitPattern == double.bitPattern || double.isNaN)
            #expect(try Array(row.get("text", as: String.self).utf8) == Array(text.utf8))
            #expect(try row.get("bytes") == bytes)
            #expect(try row.get("id") == id)
            #expect(try row.get("texts") == texts)
            #expect(try row.get("numbers") == numbers)
            #expect(try row.get("chunks") == chunks)
            #expect(try row.get("ids") == [id, id])
            #expect(try row.get("nothing", as: String?.self) == nil)
        }
    }

    @Test func `an instant keeps its microseconds`() async throws {
        let microsecond = Date(timeIntervalSince1970: 1_763_700_000.123456)
        #expect(abs(try await roundTrip(microsecond).timeIntervalSince(microsecond)) < 1e-6)
        let row = try await TestDatabase.pool.one(
            "test.instants",
            """
            SELECT timestamptz '2000-01-01 00:00:00+00' AS millennium, timestamptz '1969-12-31 23:59:59.5+00' AS before,
                date '2024-02-29' AS leap, timestamp '2024-02-29 12:00' AS noon, 'infinity'::timestamptz AS never,
                \(Date(timeIntervalSince1970: 951_782_400))::text AS text
            """)!
        #expect(try row.get("millennium", as: Date.self).timeIntervalSince1970 == 946_684_800)
        #expect(try row.get("before", as: Date.self).timeIntervalSince1970 == -0.5)
        #expect(try row.get("leap", as: Date.self).timeIntervalSince1970 == 1_709_164_800)
        #expect(try row.get("noon", as: Date.self).timeIntervalSince1970 == 1_709_208_000)
        #expect(try row.get("never", as: Date.self).timeIntervalSinceReferenceDate == .infinity)
        #expect(try row.get("text", as: String.self) == "2000-02-29 00:00:00+00")
        #expect(try await roundTrip(Date.distantFuture) == .distantFuture)
        #expect(
            try await roundTrip(Date(timeIntervalSinceReferenceDate: -.infinity)).timeIntervalSinceReferenceDate < 0)
    }

    @Test func `text reads from every type that is text, and from numeric`() async throws {
        let pool = TestDatabase.pool
        try await pool.execute("test.type", "CREATE TYPE colour AS ENUM ('rouge', 'vert')")
        let columns: KeyValuePairs = [
            "'a'::text": "a", "'a'::varchar(3)": "a", "'a'::char(3)": "a  ", "'a'::name": "a", "'a'::\"char\"": "a",
            "'{\"a\": 1}'::json": "{\"a\": 1}", "'{\"a\":1}'::jsonb": "{\"a\": 1}", "'vert'::colour": "vert",
            "0::numeric": "0", "-1.50::numeric": "-1.50",
            "123456789012345678901234567890.0001::numeric":
                "123456789012345678901234567890.0001", "0.00001::numeric": "0.00001", "10000::numeric": "10000",
            "'NaN'::numeric": "NaN", "100000000::numeric": "100000000", "99999999.9999::numeric(12,4)": "99999999.9999",
        ]
        for (expression, expected) in columns {
            let row = try await pool.one("test.text", "SELECT \(sql: SQL(script: expression)) AS value")
            #expect(try row!.get("value", as: String.self) == expected, "\(expression)")
        }
    }

    @Test func `numeric agrees with what the server writes`() async throws {
        for _ in 0..<200 {
            let digits = String((0..<Int.random(in: 1...30)).map { _ in "0123456789".randomElement()! })
            let decimals = String((0..<Int.random(in: 0...12)).map { _ in "0123456789".randomElement()! })
            let text = (Bool.random() ? "-" : "") + digits + (decimals.isEmpty ? "" : "." + decimals)
            let row = try await TestDatabase.pool.one(
                "test.numeric", "SELECT \(text)::numeric AS value, \(text)::numeric::text AS written")!
            #expect(try row.get("value", as: String.self) == row.get("written", as: String.self))
        }
    }

    @Test func `smaller integers widen and larger ones do not narrow`() async throws {
        let row = try await TestDatabase.pool.one("test.widths", "SELECT 1::int2 AS a, 2::int4 AS b, 3::int8 AS c")!
        #expect(try row.get("a", as: Int.self) == 1)
        #expect(try row.get("a", as: Int32.self) == 1)
        #expect(try row.get("b", as: Int64.self) == 2)
        #expect(throws: PostgresError.self) { try row.get("c", as: Int32.self) }
        #expect(throws: PostgresError.self) { try row.get("b", as: Int16.self) }
    }

    enum Colour: String, PostgresEncodable, PostgresDecodable { case rouge, vert }

    @Test func `an enum travels as its raw value`() async throws {
        #expect(try await roundTrip(Colour.vert) == .vert)
        #expect(try await roundTrip(Colour?.none) == nil)
        let row = try await TestDatabase.pool.one("test.colour", "SELECT 'bleu' AS value")!
        let error = #expect(throws: PostgresError.self) { try row.get("value", as: Colour.self) }
        #expect(error?.message.contains("bleu") == false)
    }

    @Test func `a column that does not fit is an error that names query, column and types but no value`() async throws {
        let row = try await TestDatabase.pool.one(
            "residents.find", "SELECT 'secret' AS mail, NULL::bigint AS age, ARRAY['a', NULL] AS names")!
        let wrong = #expect(throws: PostgresError.self) { try row.get("mail", as: Int.self) }
        #expect(wrong?.description == "residents.find: the column “mail” holds text, which does not read as Int")
        let null = #expect(throws: PostgresError.self) { try row.get("age", as: Int.self) }
        #expect(null?.description == "residents.find: the column “age” is NULL, Int expected")
        let absent = #expect(throws: PostgresError.self) { try row.get("height", as: Int.self) }
        #expect(absent?.kind == .result)
        #expect(throws: PostgresError.self) { try row.get("names", as: [String].self) }
    }

    @Test func `rows and counts are those of the statement`() async throws {
        let pool = TestDatabase.pool
        #expect(try await pool.query("test.none", "SELECT 1 WHERE false").isEmpty)
        #expect(try await pool.one("test.none", "SELECT 1 WHERE false") == nil)
        let rows = try await pool.query("test.many", "SELECT n FROM generate_series(1, \(1000)) AS n ORDER BY n")
        #expect(try rows.map { try $0.get("n", as: Int.self) } == Array(1...1000))
        let error = await #expect(throws: PostgresError.self) {
            try await pool.one("test.many", "SELECT generate_series(1, 2)")
        }
        #expect(error?.kind == .result)
        try await pool.execute("test.create", "CREATE TABLE thing (n bigint)")
        #expect(try await pool.execute("test.insert", "INSERT INTO thing SELECT generate_series(1, \(7))") == 7)
        #expect(try await pool.execute("test.update", "UPDATE thing SET n = n + 1 WHERE n > \(5)") == 2)
        #expect(try await pool.execute("test.delete", "DELETE FROM thing WHERE false") == 0)
    }
}
