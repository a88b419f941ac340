import Foundation
import Postgres
import PublicRecord
import TestSupport
import Testing

@testable import Participation

/// Similar proposals, held to the pairs of `Tests/Fixtures/similar` among the projects of all Pabulib files.
@Suite struct SimilarTests {
    private struct Pair {
        let kind: String
        let isSimilar: Bool
        let title: String
        let other: String
    }

    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")

    private static func pairs() throws -> [Pair] {
        let text = try String(
            contentsOf: fixtures.appending(path: "similar/pairs.csv"), encoding: .utf8)
        var rows: [[String]] = []
        var parser = PairRows(text)
        while let row = parser.next() { rows.append(row) }
        return rows.dropFirst().map {
            Pair(kind: $0[0], isSimilar: $0[1] == "1", title: $0[2], other: $0[3])
        }
    }

    /// The projects of every file as published proposals, each in the language of its vote, as near as the city has it.
    private static func load(_ square: Square) async throws -> Int {
        let folder: URL = fixtures.appending(path: "pabulib")
        let names: [String] = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".pb") }.sorted()
        var (titles, languages): ([String], [String]) = ([], [])
        for name in names {
            let reading = PabulibFile.parse(Array(try Data(contentsOf: folder.appending(path: name))))
            let file: PabulibFile = try #require(reading.file)
            for project in file.projects {
                titles.append(String((project.name ?? "").prefix(150)))
                languages.append(name.hasPrefix("France") ? "fr" : "en")
            }
        }
        try await square.pool.execute(
            "test.projects",
            """
            WITH project AS (
                SELECT title, language, gen_random_uuid() AS id, gen_random_uuid() AS thread
                FROM unnest(\(titles), \(languages)) AS given (title, language)),
            threads AS (INSERT INTO thread (id) SELECT thread FROM project)
            INSERT INTO proposal (id, process_id, thread_id, language, title, body, status, published_at)
            SELECT id, \(square.process), thread, language, title, title, 'received', now() FROM project
            """)
        return titles.count
    }

    @Test func `nine in ten known duplicates are found, and nine in ten found are duplicates`()
        async throws
    {
        try await withSquare { square in
            #expect(try await Self.load(square) == 172)
            // Sooner or later the server counts words by itself: what is found may not depend on that.
            try await square.pool.execute("test.analyze", "ANALYZE proposal")
            let similar = SimilarProposals(pool: square.pool)
            var found: [String: (right: Int, all: Int)] = [:]
            var (right, wrong) = (0, 0)
            for pair in try Self.pairs() {
                let answers: [String] = try await similar.like(
                    title: pair.other, language: .french, in: square.process
                ).map(\.title)
                let isFound: Bool = pair.isSimilar && answers.contains(String(pair.title.prefix(150)))
                if pair.isSimilar {
                    let before = found[pair.kind] ?? (0, 0)
                    found[pair.kind] = (before.right + (isFound ? 1 : 0), before.all + 1)
                }
                right += isFound ? 1 : 0
                wrong += answers.count - (isFound ? 1 : 0)
            }
            func share(_ kind: String) -> Double {
                found[kind].map { Double($0.right) / Double($0.all) } ?? 0
            }
            #expect(share("typo") == 1 && share("order") == 1 && share("accents") == 1, "\(found)")
            #expect(share("synonym") >= 0.65, "\(found)")
            let recall = Double(right) / Double(found.values.reduce(0) { $0 + $1.all })
            let precision = Double(right) / Double(right + wrong)
            print("Known duplicates: recall \(recall), precision \(precision), \(found)")
            #expect(recall >= 0.93 && precision >= 0.9, "recall \(recall), precision \(precision)")
        }
    }

    @Test func `texts that are alike make up for titles that are only a little`() async throws {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bench: Proposal = try await square.proposal("Des bancs pour le quai Nord", by: ada)
            let similar = SimilarProposals(pool: square.pool)
            func like(_ title: String, _ body: String) async throws -> [Int64] {
                try await similar.like(title: title, body: body, language: .french, in: square.process).map(
                    \.number)
            }
            #expect(try await like("Asseyons-nous au quai Nord", "") == [])
            #expect(
                try await like("Asseyons-nous au quai Nord", "Des bancs pour le quai Nord, et voilà.") == [
                    bench.number
                ])
            #expect(
                try await like("Asseyons-nous au quai Nord", "Il fait froid dans la piscine de la ville.") == [])
            #expect(try await like("", "") == [])
            #expect(try await like("de la", "") == [])
            let own: [SimilarProposal] = try await similar.like(
                title: bench.title, language: .french, in: square.process, excluding: bench.id)
            #expect(own == [])
        }
    }

    @Test func `the desk sees pairs, without those that were joined or withdrawn, a page at a time`()
        async throws
    {
        try await withSquare { square in
            let ada: Actor = try await square.resident("Ada")
            let bench: Proposal = try await square.proposal("Un banc rue des Lilas", by: ada)
            let again: Proposal = try await square.proposal("Banc, rue des Lilas", by: ada)
            let pool: Proposal = try await square.proposal("Une piscine", by: ada)
            let similar = SimilarProposals(pool: square.pool)
            let (found, next) = try await similar.duplicates(in: square.process)
            #expect(found.map(\.number) == [again.number, bench.number] && next == nil)
            #expect(found[0].similar.map(\.number) == [bench.number])
            let first = try await similar.duplicates(in: square.process, size: 1)
            #expect(first.found.isEmpty && first.next == pool.number)
            let second = try await similar.duplicates(in: square.process, before: first.next, size: 1)
            #expect(second.found.map(\.number) == [again.number])
            try await square.joins.join(
                [again.number], into: bench.number, because: "La même idée.", in: square.process,
                by: square.agent)
            #expect(try await similar.duplicates(in: square.process).found.isEmpty)
        }
    }
}

/// Rows of a CSV file whose quoted fields hold no line ends.
private struct PairRows {
    private var lines: ArraySlice<Substring>

    init(_ text: String) {
        lines = text.split(separator: "\n")[...]
    }

    mutating func next() -> [String]? {
        guard let line = lines.popFirst() else { return nil }
        var fields: [String] = [""]
        var isQuoted = false
        var wasQuote = false
        for character in line {
            if character == "\"" {
                // Two in a row within quotation marks are one.
                if !isQuoted, wasQuote { fields[fields.count - 1].append("\"") }
                isQuoted.toggle()
                wasQuote = true
                continue
            }
            wasQuote = false
            if character == ",", !isQuoted {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
}
