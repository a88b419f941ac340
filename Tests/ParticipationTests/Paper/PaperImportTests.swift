import Foundation
import Participation
import Postgres
import PublicRecord
import Testing

/// Files of papers: everything wrong is told at once, nothing is stored, and what is right is stored whole.
@Suite struct PaperImportTests {
    private typealias Reason = PaperRowProblem.Reason

    /// Files for entry A of `ecole-1`, which declares three papers, and everything that is wrong with each.
    static let refused: [(file: String, problems: [PaperRowProblem])] = [
        ("", [.init(line: nil, column: nil, .empty)]),
        ("paper;choices\n", [.init(line: nil, column: nil, .empty)]),
        ("bulletin;choix\n1;3\n", [.init(line: 1, column: nil, .header)]),
        ("1;3\n2;3\n3;-\n", [.init(line: 1, column: nil, .header)]),
        ("paper;choices;name\n1;3;Ada\n", [.init(line: 1, column: "name", .unknownColumn("name"))]),
        (
            "paper,choices\n1,3,1\n2,-\n3,-\n",
            [.init(line: 2, column: nil, .fieldCount(expected: 2, found: 3))]
        ),
        (
            "paper;choices\n1;3\n2;99\nx;1\n0;1\n",
            [
                .init(line: nil, column: nil, .moreRows(4, papers: 3)),
                .init(line: 3, column: "choices", .choices(.unknownNumber("99"))),
                .init(line: 4, column: "paper", .paperNumber("x")), .init(line: 5, column: "paper", .paperNumber("0")),
            ]
        ),
        (
            "paper;choices\n1;3\n2;1\n2;2\n",
            [.init(line: 4, column: "paper", .paperTwice(2, line: 3))]
        ),
        (
            "paper;choices\n1;3\n2;1\n3;2\n4;1\n",
            [
                .init(line: nil, column: nil, .moreRows(4, papers: 3)),
                .init(line: 5, column: "paper", .paperBeyond(4, papers: 3)),
            ]
        ),
        ("paper;choices\n1;3\n", [.init(line: nil, column: nil, .missingRows(count: 2, first: [2, 3]))]),
        (
            "paper;choices\n1;03.12\n2;12-Mar\n3;3.12\n",
            [
                .init(line: 2, column: "choices", .choices(.decimal("03.12"))),
                .init(line: 3, column: "choices", .choices(.date("12-Mar"))),
                .init(line: 4, column: "choices", .choices(.decimal("3.12"))),
            ]
        ),
        (
            "paper;choices\n1;2026-12-03\n2;\n3;!laid\n",
            [
                .init(line: 2, column: "choices", .choices(.date("2026-12-03"))),
                .init(line: 3, column: "choices", .choices(.empty)),
                .init(line: 4, column: "choices", .choices(.unknownReason("laid"))),
            ]
        ),
        (
            "paper;choices;batch\n1;3;ecole-2\n2;-;ecole-1\n3;-;ecole-1\n",
            [.init(line: 2, column: "batch", .otherBatch("ecole-2"))]
        ),
        (
            "paper;choices;entry\n1;3;B\n2;-;A\n3;-;A\n",
            [.init(line: 2, column: "entry", .otherEntry("B"))]
        ),
        (
            "paper;choices;definition\n1;3;0123456789ab\n2;-;0123456789ab\n3;-;01\n",
            [
                .init(line: 2, column: "definition", .otherDefinition("0123456789ab")),
                .init(line: 3, column: "definition", .otherDefinition("0123456789ab")),
                .init(line: 4, column: "definition", .otherDefinition("01")),
            ]
        ),
        (
            "paper;choices;edition\n1;3;1\n2;-;2\n3;-;x\n",
            [
                .init(line: 3, column: "edition", .otherEdition("2")),
                .init(line: 4, column: "edition", .otherEdition("x")),
            ]
        ),
        ("paper;choices\n1;\"3\n2;-\n3;-\n", [.init(line: 2, column: nil, .unreadable)]),
        ("PK\u{3}\u{4}", [.init(line: nil, column: nil, .notCSV)]),
    ]

    @Test(arguments: refused)
    func `a file with mistakes is refused with all of them, and nothing is stored`(
        file: String, problems: [PaperRowProblem]
    ) async throws {
        try await withCounters { desk in
            try await desk.declare("ecole-1", 3)
            try await desk.declare("ecole-2", 3)
            try await desk.close()
            await #expect(throws: BatchRefusal.file(problems, more: 0)) {
                try await desk.load(file, .a, of: "ecole-1", by: "ana")
            }
            for table in ["paper_import", "batch_entry", "batch_line", "record_file"] {
                #expect(try await desk.rows(of: table) == 0, "\(table)")
            }
        }
    }

    @Test func `a row of ten megabytes and a file beyond every batch are refused`() async throws {
        try await withCounters { desk in
            try await desk.declare("ecole-1", 3)
            try await desk.close()
            let long = "paper;choices\n1;" + String(repeating: "3,", count: 5 << 20) + "\n"
            await #expect(throws: BatchRefusal.file([.init(line: 2, column: nil, .rowTooLong)], more: 0)) {
                try await desk.load(long, .a, of: "ecole-1", by: "ana")
            }
            let huge = "paper;choices\n" + String(repeating: "1;3\n", count: 17 << 20)
            await #expect(throws: BatchRefusal.file([.init(line: nil, column: nil, .fileTooLong)], more: 0)) {
                try await desk.load(huge, .a, of: "ecole-1", by: "ana")
            }
            #expect(try await desk.rows(of: "batch_entry") == 0)
        }
    }

    @Test func `the same file is read once, whoever brings it`() async throws {
        try await withCounters { desk in
            try await desk.declare("ecole-1", 2)
            try await desk.close()
            let file = "paper;choices\n1;3\n2;1\n"
            try await desk.load(file, .a, of: "ecole-1", by: "ana")
            await #expect(throws: BatchRefusal.sameFile) { try await desk.load(file, .b, of: "ecole-1", by: "bob") }
            await #expect(throws: BatchRefusal.sameFile) { try await desk.load(file, .a, of: "ecole-1", by: "ana") }
            // On its own sheet the second entry may say the same.
            try await desk.load(desk.sheet(["3", "1"], .b, "ecole-1"), .b, of: "ecole-1", by: "bob")
            #expect(try await desk.batch("ecole-1").state == .comparing)
        }
    }

    @Test func `spreadsheets may write it as they do: byte order mark, commas, Windows line ends`() async throws {
        try await withCounters { desk in
            try await desk.declare("ecole-1", 3)
            try await desk.close()
            try await desk.load(
                "\u{FEFF}Paper,Choices\r\n1,\"1,2\"\r\n3,!torn\r\n\r\n2,-", .a, of: "ecole-1", by: "ana")
            let lines = try await desk.pool.query("test.lines", "SELECT content FROM batch_line ORDER BY paper")
                .map { try $0.get("content", as: String.self) }
            #expect(lines == ["1,2", "-", "!torn"])
        }
    }

    @Test func `an import that was interrupted goes on, and counts for nothing before its end`() async throws {
        try await withCounters { desk in
            try await desk.declare("ecole-1", 12_000)
            try await desk.close()
            let bytes = Array(desk.sheet(Array(repeating: "1,2", count: 12_000), .a, "ecole-1").utf8)
            let (batch, vote) = (try await desk.batch("ecole-1"), try await desk.now())
            let id = try await desk.imports.begin(bytes, as: .a, of: batch, in: vote, by: desk.actor("ana"))
            // Half way, somebody pulls the plug.
            let crash = Task {
                try await desk.imports.complete(id) { stored, _ in
                    if stored >= 5000 { withUnsafeCurrentTask { $0?.cancel() } }
                }
            }
            _ = await crash.result
            let half = try #require(try await desk.imports.find(id))
            #expect(half.stored >= 5000 && half.finishedAt == nil)
            #expect(try await desk.batch("ecole-1").entry(.a)?.submittedAt == nil)
            await #expect(throws: BatchRefusal.importUnderWay) {
                try await desk.entries.submit(
                    try await desk.batch("ecole-1").entry(.a)!.id, of: batch.id, by: desk.actor("ana"))
            }
            // The same file again is the same import.
            let again = try await desk.imports.begin(bytes, as: .a, of: batch, in: vote, by: desk.actor("ana"))
            #expect(again == id)
            try await desk.imports.complete(id)
            #expect(try await desk.batch("ecole-1").entry(.a)?.submittedAt != nil)
            #expect(try await desk.rows(of: "batch_line") == 12_000)
        }
    }

    @Test func `a hundred thousand papers are stored in parts`() async throws {
        try await withCounters { desk in
            try await desk.declare("ecole-1", 100_000)
            try await desk.close()
            let lines = (0..<100_000).map { ["1,2", "3", "-", "2,3", "!torn"][$0 % 5] }
            try await desk.load(desk.sheet(lines, .a, "ecole-1"), .a, of: "ecole-1", by: "ana")
            let counted = try await desk.polls.number("SELECT count(*) AS n FROM batch_line WHERE outcome = 'counted'")
            #expect(counted == 40_000)
        }
    }
}
