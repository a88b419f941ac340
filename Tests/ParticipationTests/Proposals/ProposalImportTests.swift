import Foundation
import Participation
import Postgres
import TestSupport
import Testing

/// Files of other platforms: what is taken, what is told, and what comes twice.
@Suite struct ProposalImportTests {
    /// As Decidim exports: nested names, a column per language, an apostrophe before what a spreadsheet calculates.
    static let decidim = """
        id;author/name;title/en;title/fr;body/en;body/fr;address;latitude;longitude;state;reference;published_at;cost
        1;Rose Abel;;Un banc;;"Pour s’asseoir,
        à l’ombre";1 rue du Pré;47.75;7.33;accepted;M-PROP-1;2024-03-05 10:11:12 UTC;1200
        2;;;'=SOMME(A1);;'+33 1 23;;;;;M-PROP-2;2024-03-06;
        3;Ali;;Retirée;;Non;;;;withdrawn;M-PROP-3;;
        """

    @Test func `an export of Decidim is understood without a word, and its authors are those of the rows`()
        async throws
    {
        try await withSquare { square in
            let found: ProposalImport = try await square.receive(Self.decidim)
            #expect(found.columns[3] == .title && found.columns[2] == nil && found.columns[5] == .body)
            #expect(found.columns[0] == nil && found.columns[10] == .reference)
            let tried: ProposalImport = try await square.attempt(found)
            #expect(tried.rows == 3 && tried.fresh == 2 && tried.known == 0 && tried.wrong == 0)
            #expect(try await square.town.count("proposal") == 0)
            try await square.imports.write(found.id, by: square.agent)
            let rows: [Row] = try await square.pool.query(
                "test.imported",
                """
                SELECT proposal.title, proposal.body, proposal.cost, proposal.latitude, author.name,
                       author.account_id, (proposal.published_at AT TIME ZONE 'Europe/Paris')::date::text AS day
                FROM proposal LEFT JOIN proposal_author AS author ON author.proposal_id = proposal.id
                ORDER BY proposal.number
                """)
            #expect(try rows.map { try $0.get("title", as: String.self) } == ["Un banc", "=SOMME(A1)"])
            #expect(try rows[0].get("body") == "Pour s’asseoir,\nà l’ombre" && rows[1].get("body") == "+33 1 23")
            #expect(try rows[0].get("cost", as: Int64?.self) == 120_000 && rows[0].get("day") == "2024-03-05")
            #expect(try rows.map { try $0.get("name", as: String?.self) } == ["Rose Abel", nil])
            #expect(try rows.allSatisfy { try $0.get("account_id", as: UUID?.self) == nil })
            #expect(try await square.town.count("proposal_follower") == 0)
            #expect(try await square.town.count("proposal_version") == 2)
        }
    }

    @Test func `a file that comes again adds only what is new`() async throws {
        try await withSquare { square in
            try await square.importAll("reference,title,body\nA,Un banc,Ici\nB,Un puits,Là\n")
            let again: ProposalImport = try await square.attempt(
                try await square.receive("reference,title,body\nA,Un banc vert,Ici\nC,Un arbre,Là\nB,Un puits,Là\n"))
            #expect(again.fresh == 1 && again.known == 2)
            try await square.imports.write(again.id, by: square.agent)
            #expect(try await square.titles() == ["Un banc", "Un puits", "Un arbre"])
            let done: ProposalImport = try #require(
                try await square.imports.find(again.id, of: square.process))
            #expect(done.state == .written && done.done == 1)
            // What is written is not written again, and the file is forgotten.
            await #expect(throws: ProposalImportRefusal.wrongStep) {
                try await square.imports.write(again.id, by: square.agent)
            }
        }
    }

    @Test func `every wrong row is told with its line and its field, and the others are taken`() async throws {
        try await withSquare { square in
            let file = """
                reference,title,body,latitude,longitude,cost,date,theme
                1,,Texte,,,,,
                2,\(String(repeating: "x", count: 151)),Texte,,,,,
                3,Bon,Texte,91,7,cher,bientôt,Nulle part
                4,Bon,Texte,47.7,,,,
                5,Bon,Texte,,,,,
                5,Encore,Texte,,,,,
                6,Court,Texte
                7,Bien,Texte,"47,75",7.3,"12,50",2024-01-02,
                """
            let tried: ProposalImport = try await square.attempt(try await square.receive(file))
            #expect(tried.rows == 8 && tried.fresh == 2 && tried.wrong == 6)
            let problems: [ProposalImport.Problem] = try await square.imports.problems(of: tried.id)
            let told: [String] = problems.map { "\($0.line) \($0.field?.rawValue ?? "-") \($0.reason.rawValue)" }
            #expect(
                told == [
                    "2 title missing", "3 title too_long", "4 theme unknown", "4 latitude not_degrees",
                    "4 cost not_amount", "4 published_at not_date", "5 longitude missing", "7 reference twice",
                    "8 - field_count",
                ])
            try await square.imports.write(tried.id, by: square.agent)
            #expect(try await square.titles() == ["Bon", "Bien"])
        }
    }

    @Test(arguments: [",", ";", "\t"])
    func `separators, a byte order mark and Windows letters are recognised`(separator: String) async throws {
        try await withSquare { square in
            let text: String =
                ["reference", "titre", "description"].joined(separator: separator) + "\r\n"
                + ["1", "Été", "Où ?"].joined(separator: separator) + "\r\n"
            try await square.importAll([0xEF, 0xBB, 0xBF] + Array(text.utf8))
            let latin: [UInt8] = text.replacing("1", with: "2").unicodeScalars.map { UInt8($0.value) }
            try await square.importAll(latin)
            #expect(try await square.titles() == ["Été", "Été"])
        }
    }

    @Test func `files that are none are refused with a reason`() async throws {
        try await withSquare { square in
            func refusal(_ bytes: [UInt8]) async throws -> ProposalImportRefusal? {
                do {
                    _ = try await square.receive(bytes)
                    return nil
                } catch let refusal as ProposalImportRefusal { return refusal }
            }
            #expect(try await refusal([]) == .empty)
            #expect(try await refusal(Array("reference,title,body\n".utf8)) == .empty)
            #expect(try await refusal([0xFF, 0xFE, 0x41, 0x00]) == .utf16)
            #expect(try await refusal(Array("a,b\n1,\"x\n".utf8)) == .broken(line: 2))
            let wide: String = Array(repeating: "c", count: 1001).joined(separator: ",")
            #expect(try await refusal(Array("\(wide)\n\(wide)\n".utf8)) == .tooManyColumns(most: 1000))
            let ada: Actor = try await square.resident("Ada")
            await #expect(throws: NotAllowed.self) { try await square.receive("a,b\n1,2\n", by: ada) }
        }
    }

    @Test func `a thousand columns are read, and a row with the character NUL is told`() async throws {
        try await withSquare { square in
            let more: String = (4...1000).map { "c\($0)" }.joined(separator: ",")
            let head = "reference,title,body,\(more)\n"
            let rest: String = String(repeating: ",", count: 997)
            let found: ProposalImport = try await square.receive("\(head)1,Un,Texte\(rest)\n2,N\u{0}l,Texte\(rest)\n")
            #expect(found.header.count == 1000)
            let tried: ProposalImport = try await square.attempt(found)
            #expect(tried.fresh == 1 && tried.wrong == 1)
            #expect(try await square.imports.problems(of: tried.id).map(\.reason) == [.control])
        }
    }

    @Test func `columns that are missing or stand twice are told, and steps keep their order`() async throws {
        try await withSquare { square in
            let found: ProposalImport = try await square.receive("x,y,z\n1,2,3\n")
            #expect(found.columns == [nil, nil, nil])
            #expect(
                try await refusals(of: ProposalImportRefusal.self) {
                    try await square.imports.attempt(
                        found.id, columns: [.title, .title, nil], language: .french, by: square.agent)
                } == [.columnMissing(.reference), .columnMissing(.body), .columnTwice(.title)])
            await #expect(throws: ProposalImportRefusal.wrongStep) {
                try await square.imports.write(found.id, by: square.agent)
            }
            try await square.imports.giveUp(found.id, by: square.agent)
            let forgotten: ProposalImport? = try await square.imports.find(found.id, of: square.process)
            #expect(forgotten == nil)
        }
    }

    @Test func `bytes of any kind are refused or told, never more`() async throws {
        try await withSquare { square in
            var generator = SeededGenerator(state: 20_261_121)
            let alphabet: [UInt8] = Array("reference,title;body\t\"'=+-@|\r\n 1é\u{0}".utf8) + [0xFF, 0xFE, 0x80, 0xC3]
            for _ in 0..<150 {
                let noise: [UInt8] = (0..<Int.random(in: 1...400, using: &generator)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
                }
                do {
                    let found: ProposalImport = try await square.receive(
                        Array("reference,title,body\n".utf8) + noise)
                    let tried: ProposalImport = try await square.attempt(found)
                    #expect(tried.fresh + tried.wrong <= tried.rows)
                    try await square.imports.write(found.id, by: square.agent)
                } catch is ProposalImportRefusal {
                } catch is Refused<ProposalImportRefusal> {
                }
            }
        }
    }

    @Test func `ten thousand rows are written in parts, and what was interrupted is gone on with`() async throws {
        try await withSquare { square in
            let rows: String = (1...10_000).map { "R\($0),Proposition \($0),Le texte de la proposition \($0)" }
                .joined(separator: "\n")
            let tried: ProposalImport = try await square.attempt(
                try await square.receive("reference,title,body\n\(rows)\n"))
            #expect(tried.fresh == 10_000)
            // Stopped long ago, after the first part had been written.
            try await square.importAll("reference,title,body\n" + rows.prefix(while: { $0 != "\n" }) + "\n")
            try await square.pool.execute(
                "test.stalled",
                """
                UPDATE proposal_import SET state = 'writing', touched_at = now() - interval '1 hour'
                WHERE id = \(tried.id)
                """)
            #expect(try await square.imports.find(tried.id, of: square.process)?.isStalled == true)
            try await square.imports.write(tried.id, by: square.agent)
            #expect(try await square.imports.find(tried.id, of: square.process)?.done == 9_999)
            #expect(try await square.town.count("proposal") == 10_000)
            #expect(try await square.town.count("proposal_version") == 10_000)
        }
    }
}

/// The same numbers every time (SplitMix64).
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed: UInt64 = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Square {
    var imports: ProposalImports { ProposalImports(pool: pool, zone: Self.zone) }

    func receive(_ file: [UInt8], by actor: Actor? = nil) async throws -> ProposalImport {
        let id: ID<ProposalImport> = try await imports.receive(
            file, name: "proposals.csv", for: process, language: .french, by: actor ?? agent)
        return try #require(try await imports.find(id, of: process))
    }

    func receive(_ file: String, by actor: Actor? = nil) async throws -> ProposalImport {
        try await receive(Array(file.utf8), by: actor)
    }

    /// Tries a file with the columns that were guessed.
    func attempt(_ found: ProposalImport) async throws -> ProposalImport {
        try await imports.attempt(found.id, columns: found.columns, language: found.language, by: agent)
        return try #require(try await imports.find(found.id, of: process))
    }

    func importAll(_ file: [UInt8]) async throws {
        let found: ProposalImport = try await attempt(try await receive(file))
        try await imports.write(found.id, by: agent)
    }

    func importAll(_ file: String) async throws { try await importAll(Array(file.utf8)) }

    /// The titles of all proposals, in the order in which they came.
    func titles() async throws -> [String] {
        try await pool.query("test.titles", "SELECT title FROM proposal ORDER BY number").map { try $0.get("title") }
    }
}
