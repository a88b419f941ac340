import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// Answers as open data: nothing in the file tells who somebody is, and the file never changes.
@Suite struct OpenAnswerTests {
    private static func rows(_ inquiry: Inquiry) async throws -> (
        set: OpenAnswerSet, rows: [[String: String]]
    ) {
        let open = OpenAnswers(pool: inquiry.pool)
        let set: OpenAnswerSet = try #require(try await open.sets(of: inquiry.consultation).first)
        var rows: [OpenAnswer] = []
        while true {
            let piece: [OpenAnswer] = try await open.rows(of: set, after: rows.last?.number ?? 0)
            if piece.isEmpty { break }
            rows += piece
        }
        let names: [String] = set.columns.map(\.name)
        return (set, rows.map { Dictionary(uniqueKeysWithValues: zip(names, $0.cells)) })
    }

    @Test
    func
        `each combination of district, age band and way covers five people, and nothing written is in it`()
        async throws
    {
        try await withInquiry { inquiry in
            let crowd = MapPoint(latitude: 47.7512, longitude: 7.3310)!
            let alone = MapPoint(latitude: 47.7012, longitude: 7.2010)!
            try await inquiry.answer(1203, place: crowd)
            try await inquiry.answer(3, district: "sud", place: alone)
            try await inquiry.answer(2, district: "sud", age: "vieux", way: "paper", number: "97")
            try await inquiry.answer(6, district: "sud", age: "vieux", other: "Mon secret")
            try await inquiry.write()
            try await inquiry.syntheses.publish(inquiry.consultation, by: inquiry.agent)
            let (set, rows) = try await Self.rows(inquiry)
            #expect(set.answers == 1214 && set.published == 1214 && rows.count == 1214)
            #expect(rows.map { $0["number"] } == (1...1214).map { "\($0)" })
            let groups: [[String?]: [[String: String]]] = Dictionary(grouping: rows) {
                [$0["district"], $0["age_band"], $0["way"]]
            }
            #expect(groups.values.allSatisfy { $0.count >= 5 }, "\(groups.mapValues(\.count))")
            #expect(groups[["sud", "vieux", "link"]]?.count == 6)
            #expect(set.hiddenDistrict == rows.count { $0["district"] == "*" } && set.hiddenDistrict >= 5)
            #expect(set.hiddenWay == rows.count { $0["way"] == "*" })
            let text: String = rows.map { $0.values.joined(separator: ";") }.joined(separator: "\n")
            #expect(
                !text.contains("secret") && !text.contains("Chez moi") && !text.contains("2026-11-21"))
            #expect(rows.count { $0["voeu"] == "ombre _other" } == 6)
            #expect(rows.allSatisfy { $0["jour"] == "2026-11" && $0["note"] == "4" })
            // Places are cells that enough people share.
            #expect(
                rows.count { $0["lieu.latitude"] == "47.7525" && $0["lieu.longitude"] == "7.33125" } == 1203
            )
            #expect(set.hiddenPlace == 3 && rows.count { $0["lieu.latitude"] == "" } == 11)
            // A number is a class; one that few are in is hidden, and so is the only other one, which would give it away.
            #expect(rows.allSatisfy { $0["combien"] == "*" || $0["combien"] == "" })
        }
    }

    @Test func `a file is made once, whatever becomes of the answers, and has no order of theirs`()
        async throws
    {
        try await withInquiry { inquiry in
            for wish in ["ombre", "bancs"] { try await inquiry.answer(40, wishes: [wish]) }
            try await inquiry.write()
            try await inquiry.syntheses.publish(inquiry.consultation, by: inquiry.agent)
            let before: [[String: String]] = try await Self.rows(inquiry).rows
            let order: [String] = before.compactMap { $0["voeu"] }
            #expect(order != order.sorted() && order != order.sorted(by: >))
            try await inquiry.pool.execute("test.delete", "DELETE FROM response")
            try await inquiry.syntheses.write(
                .said, Texts(["fr": "Autre."]), of: inquiry.consultation, by: inquiry.agent)
            try await inquiry.syntheses.publish(
                inquiry.consultation, change: Texts(["fr": "Un mot"]), by: inquiry.agent)
            #expect(try await Self.rows(inquiry).rows == before)
            for statement: SQL in ["UPDATE open_answer SET way = '*'", "DELETE FROM open_answer"] {
                await #expect(throws: PostgresError.self) {
                    try await inquiry.pool.execute("test.change", statement)
                }
            }
        }
    }

    @Test func `where fewer than five people answered, no row is published`() async throws {
        try await withInquiry { inquiry in
            try await inquiry.answer(4)
            try await inquiry.write()
            try await inquiry.syntheses.publish(inquiry.consultation, by: inquiry.agent)
            let (set, rows) = try await Self.rows(inquiry)
            #expect(set.answers == 4 && set.published == 0 && rows.isEmpty)
        }
    }
}
