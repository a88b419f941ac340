import TestSupport
import Testing

@testable import Postgres

@Suite(.emptyDatabase) struct ErrorTests {
    init() async throws {
        try await TestDatabase.pool.withConnection { connection in
            try await connection.script(
                "test.schema",
                """
                CREATE TABLE street (name text CONSTRAINT street_name_key PRIMARY KEY);
                CREATE TABLE resident (
                    mail text NOT NULL CONSTRAINT resident_mail_unique UNIQUE,
                    age integer CONSTRAINT resident_age_positive CHECK (age > 0),
                    street text CONSTRAINT resident_street_known REFERENCES street
                );
                INSERT INTO resident (mail) VALUES ('zoe@example.org');
                """)
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let kind: PostgresError.Kind
        let state: String
        let constraint: String?
        let sql: SQL
        var testDescription: String { state }
    }

    @Test(arguments: [
        Case(
            kind: .uniqueViolation, state: "23505", constraint: "resident_mail_unique",
            sql: "INSERT INTO resident (mail) VALUES (\("zoe@example.org"))"),
        Case(
            kind: .checkViolation, state: "23514", constraint: "resident_age_positive",
            sql: "INSERT INTO resident (mail, age) VALUES ('secret', \(-4711))"),
        Case(
            kind: .foreignKeyViolation, state: "23503", constraint: "resident_street_known",
            sql: "INSERT INTO resident (mail, street) VALUES ('secret', \("secret"))"),
        Case(
            kind: .notNullViolation, state: "23502", constraint: nil,
            sql: "INSERT INTO resident (mail, age) VALUES (\(nil as String?), 4711)"),
        Case(kind: .other, state: "22P02", constraint: nil, sql: "SELECT \("secret")::integer"),
        Case(kind: .other, state: "22P02", constraint: nil, sql: "SELECT \("secret")::uuid"),
        Case(kind: .other, state: "22P02", constraint: nil, sql: "SELECT \("secret")::json"),
        Case(kind: .other, state: "22007", constraint: nil, sql: "SELECT \("secret")::date"),
        Case(kind: .other, state: "22003", constraint: nil, sql: "SELECT \("471147114711")::integer"),
        Case(kind: .other, state: "22012", constraint: nil, sql: "SELECT 1 / \(0)"),
        Case(kind: .other, state: "22021", constraint: nil, sql: "SELECT \("secret\0")"),
        Case(kind: .other, state: "42P01", constraint: nil, sql: "SELECT 1 FROM absent"),
        Case(kind: .other, state: "42601", constraint: nil, sql: "SELEKT"),
    ])
    func `an error carries state, constraint and query, and no value`(refused: Case) async throws {
        let error = try #require(
            await #expect(throws: PostgresError.self) {
                try await TestDatabase.pool.execute("residents.add", refused.sql)
            })
        #expect(error.kind == refused.kind)
        #expect(error.sqlState == refused.state)
        #expect(error.constraint == refused.constraint)
        #expect(error.query == "residents.add")
        var everything = ""
        dump(error, to: &everything)
        for value in ["secret", "4711", "zoe"] { #expect(!everything.contains(value), "\(everything)") }
    }

    @Test func `a connection survives its errors`() async throws {
        try await TestDatabase.pool.withConnection { connection in
            for _ in 0..<10 {
                await #expect(throws: PostgresError.self) { try await connection.query("test.bad", "SELECT 1 / 0") }
                try await stillWorks(connection)
            }
        }
    }
}
