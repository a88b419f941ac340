import Foundation
import Participation
import Postgres
import PublicRecord
import Testing

/// Files for rolls: read whole, refused whole, compared, confirmed.
@Suite struct RollImportTests {
    @Test func `a list becomes a version, in the order of the names`() async throws {
        try await withElectorate { town in
            let ready: RollImport = try await town.read(Electorate.list)
            #expect(ready.state == .ready)
            #expect(ready.columns == [.familyName, .givenNames, .birthDate, .address, .postcode, .email])
            #expect([ready.rows, ready.added, ready.changed, ready.removed] as [Int] == [7, 7, 0, 0])
            #expect(ready.difference.added.count == 7)
            #expect(try await town.rolls.size(of: town.vote.id) == 0)
            try await town.imports.confirm(ready.id, by: .operator)
            let lines: [RollEntry] = try await town.rolls.lines(of: town.vote.id)
            #expect(
                lines.map(\.familyName) == [
                    "Dupont", "Dupont", "Le Goff", "Martin", "Martin", "Müller-Lefèvre", "Petit",
                ])
            #expect(lines.map(\.line) == Array(1...7))
            #expect(Set(lines.map(\.person)).count == 7)
            #expect(lines[1].birthDate == Day("1980-02-29"))
            #expect(try await town.rolls.versions(of: town.vote.id).map(\.number) == [1])
            #expect(try await town.polls.number("SELECT count(*) AS n FROM roll_row") == 0)
            #expect(try await town.polls.number("SELECT count(*) AS n FROM roll_piece") == 0)
        }
    }

    @Test(arguments: [";", ",", "\t", "|"], [true, false])
    func `separators and encodings make no difference`(separator: String, isUTF8: Bool) async throws {
        try await withElectorate { town in
            let text: String = Electorate.list.replacing(";", with: separator).replacing("’", with: "'")
            let file: [UInt8] =
                isUTF8 ? [0xEF, 0xBB, 0xBF] + Array(text.utf8) : text.unicodeScalars.map { UInt8($0.value) }
            let id: ID<RollImport> = try await town.receive(file)
            let read: RollImport = try await town.imports.read(id, by: .operator)
            #expect(read.state == .ready)
            try await town.imports.confirm(id, by: .operator)
            #expect(try await town.entry("muller lefevre")?.givenNames == "Éloïse")
        }
    }

    @Test func `columns are guessed in three languages and corrected by the agent`() async throws {
        func guessed(_ headers: [String]) -> [String] { RollColumns.guess(headers).map { $0?.rawValue ?? "-" } }
        #expect(
            guessed(["NOM DE FAMILLE", "Prénom(s)", "Né(e) le", "Bureau"])
                == ["family_name", "given_names", "birth_date", "-"])
        #expect(
            guessed(["Surname", "First name", "Date of birth", "ZIP code"])
                == ["family_name", "given_names", "birth_date", "postcode"])
        #expect(
            guessed(["Nachname", "Vornamen", "Geburtsdatum", "Straße", "PLZ"])
                == ["family_name", "given_names", "birth_date", "address", "postcode"])
        #expect(guessed(["Nom", "Nom"]) == ["family_name", "-"])
        try await withElectorate { town in
            let id: ID<RollImport> = try await town.receive(Array("A;B;C\nDupont;Marie;1980-01-02\n".utf8))
            let reasons: [RollRefusal] = try await refusals(of: RollRefusal.self) {
                try await town.imports.choose([.familyName, .familyName, nil], of: id, by: .operator)
            }
            #expect(reasons == [.columnMissing(.givenNames), .columnMissing(.birthDate), .columnTwice(.familyName)])
            try await town.imports.choose([.familyName, .givenNames, .birthDate], of: id, by: .operator)
            #expect(try await town.imports.read(id, by: .operator).state == .ready)
        }
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let row: String
        let field: RollField?
        let reason: RollProblem.Reason
        var testDescription: String { reason.rawValue }
    }

    static let bad: [Bad] = [
        Bad(row: "Dupont;Marie;29/02/1980;;extra;;", field: nil, reason: .fieldCount),
        Bad(row: "\"Dupont\"x;Marie;29/02/1980;;;", field: .familyName, reason: .textAfterQuote),
        Bad(row: "Du\u{0}pont;Marie;29/02/1980;;;", field: .familyName, reason: .control),
        Bad(row: ";Marie;29/02/1980;;;", field: .familyName, reason: .missing),
        Bad(row: "Dupont;;29/02/1980;;;", field: .givenNames, reason: .missing),
        Bad(row: "Dupont;Marie;;;;", field: .birthDate, reason: .missing),
        Bad(row: "\(String(repeating: "x", count: 201));Marie;29/02/1980;;;", field: .familyName, reason: .tooLong),
        Bad(row: "Dupont;Marie;29/02/1981;;;", field: .birthDate, reason: .badDate),
        Bad(row: "Dupont;Marie;02/29/1980;;;", field: .birthDate, reason: .badDate),
        Bad(row: "Dupont;Marie;hier;;;", field: .birthDate, reason: .badDate),
        Bad(row: "Dupont;Marie;3,12;;;", field: .birthDate, reason: .badDate),
        Bad(row: "Dupont;Marie;29/02/80;;;", field: .birthDate, reason: .shortYear),
        Bad(row: "Dupont;Marie;29280;;;", field: .birthDate, reason: .mangledDate),
        Bad(row: "Dupont;Marie;########;;;", field: .birthDate, reason: .mangledDate),
        Bad(row: "Dupont;Marie;29/02/1780;;;", field: .birthDate, reason: .badYear),
        Bad(row: "Dupont;Marie;01/01/2999;;;", field: .birthDate, reason: .badYear),
        Bad(row: "DupontÃ©;Marie;29/02/1980;;;", field: .familyName, reason: .mangledText),
        Bad(row: "Dupont;Marie;29/02/1980;;;pas une adresse", field: .email, reason: .badEmail),
        Bad(row: "Martin;Paul;04/07/1990;;;\nMARTIN; paul ;1990-07-04;;;", field: nil, reason: .duplicate),
        Bad(row: "\"Dupont;Marie;29/02/1980;;;\nPetit;Zoé;30/06/2015;;;", field: nil, reason: .unclosedQuote),
        Bad(row: "\(String(repeating: "x", count: 1_100_000));Marie;29/02/1980;;;", field: nil, reason: .rowTooLong),
    ]

    @Test(arguments: bad) func `a bad line is told with its line and its column, and nothing is stored`(_ bad: Bad)
        async throws
    {
        try await withElectorate { town in
            let read: RollImport = try await town.read(
                "Nom;Prénoms;Date de naissance;Adresse;Code postal;Courriel\nBon;Jean;01/01/1970;;;\n\(bad.row)\n")
            #expect(read.state == .refused)
            let problems: [RollProblem] = try await town.imports.problems(of: read.id)
            #expect(problems.map(\.reason) == [bad.reason])
            #expect(problems.map(\.field) == [bad.field])
            #expect(problems.map(\.line) == [bad.reason == .duplicate ? 4 : 3])
            await #expect(throws: RollRefusal.wrongStep) {
                try await town.imports.confirm(read.id, by: .operator)
            }
            for table in ["roll_row", "roll_entry", "person", "roll_version"] as [String] {
                let left: Int = try await town.polls.number("SELECT count(*) AS n FROM \(sql: .identifier(table))")
                #expect(left == 0)
            }
        }
    }

    @Test func `every problem of every line is told at once`() async throws {
        try await withElectorate { town in
            let rows: String = (0..<300).map { _ in ";;32/13/1980\n" }.joined()
            let read: RollImport = try await town.read("Nom;Prénom;Naissance\nBon;Jean;01/01/1970\n\(rows)")
            #expect(read.problems == 900)
            let problems: [RollProblem] = try await town.imports.problems(of: read.id, limit: 1000)
            #expect(problems.count == 900)
            #expect(problems.prefix(3).map(\.field) == [.familyName, .givenNames, .birthDate])
            #expect(problems.last?.line == 302)
        }
    }

    @Test func `files that are no lists are refused and forgotten`() async throws {
        try await withElectorate { town in
            let files: [(RollRefusal?, [UInt8])] = [
                (.empty, []), (.empty, Array("Nom;Prénom\n".utf8)), (.workbook, Array("PK\u{3}\u{4}rest".utf8)),
                (.utf16, [0xFF, 0xFE] + Array("Nom\nDupont\n".utf16).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
                (nil, Array((String(repeating: "x", count: 10_000_000) + "\n").utf8)),
            ]
            for (refusal, file) in files {
                let thrown: RollRefusal? = await #expect(throws: RollRefusal.self) { _ = try await town.receive(file) }
                if case .unreadableHeader(let problem) = thrown {
                    #expect(problem.reason == .rowTooLong)
                } else {
                    #expect(thrown == refusal)
                }
            }
            for table in ["roll_import", "roll_piece"] as [String] {
                let left: Int = try await town.polls.number("SELECT count(*) AS n FROM \(sql: .identifier(table))")
                #expect(left == 0)
            }
        }
    }

    @Test func `a second version shows what it changes, and changes nothing before it is confirmed`() async throws {
        try await withElectorate { town in
            try await town.confirm(Electorate.list)
            let before: [RollEntry] = try await town.rolls.lines(of: town.vote.id)
            let second: String = """
                Nom;Prénoms;Date de naissance;Adresse;Code postal;Courriel
                DUPONT;Marie-Anne;29/02/1980;2 rue Neuve;68100;famille.dupont@example.fr
                Dupont;Jean;03/05/1978;1 rue du Tilleul;68100;famille.dupont@example.fr
                Müller-Lefèvre;Éloïse;12/11/1999;4 quai d’Oran;68200;
                Le Goff;Yann;01/02/1950;;68100;
                Petit;Zoé;30/06/2015;9 rue Basse;68100;
                Martin;Paul;04/07/1990;;68100;
                Nouveau;Noé;05/05/2001;;68100;
                """
            let ready: RollImport = try await town.read(second)
            #expect([ready.added, ready.changed, ready.removed, ready.kept] as [Int] == [1, 1, 1, 0])
            #expect(ready.difference.changed.map(\.before.address) == ["1 rue du Tilleul"])
            #expect(ready.difference.changed.map(\.after.address) == ["2 rue Neuve"])
            #expect(ready.difference.removed.map(\.birth) == ["1990-07-14"])
            #expect(try await town.rolls.lines(of: town.vote.id) == before)
            try await town.imports.confirm(ready.id, by: .operator)
            #expect(try await town.rolls.size(of: town.vote.id) == 7)
            let marie: RollEntry = try #require(try await town.entry("dupont marie"))
            #expect(marie.address == "2 rue Neuve")
            #expect(marie.person == before.first { $0.givenNames == "Marie Anne" }?.person)
            // Whoever comes back is the same person.
            try await town.confirm(Electorate.list)
            let back: [RollEntry] = try await town.rolls.lines(of: town.vote.id)
            #expect(Set(back.map(\.person)) == Set(before.map(\.person)))
            #expect(try await town.rolls.versions(of: town.vote.id).map(\.number) == [3, 2, 1])
        }
    }

    @Test func `a difference that is out of date is not confirmed`() async throws {
        try await withElectorate { town in
            let first: RollImport = try await town.read(Electorate.list)
            try await town.confirm(Electorate.list)
            await #expect(throws: RollRefusal.outdated) { try await town.imports.confirm(first.id, by: .operator) }
            await #expect(throws: NotAllowed.self) { try await town.imports.giveUp(first.id, by: .visitor) }
            try await town.imports.giveUp(first.id, by: .operator)
            #expect(try await town.imports.list(of: town.vote.id).isEmpty)
        }
    }

    @Test func `whoever has a mark stays, whatever a later file says, and the record tells of the amendment`()
        async throws
    {
        try await withElectorate { draft in
            let town: Electorate = try await draft.opened()
            let jean: RollEntry = try #require(try await town.entry("dupont jean"))
            try await town.polls.cast(["tree"], jean.person, town.vote)
            let ready: RollImport = try await town.read("Nom;Prénom;Naissance\nLe Goff;Yann;01/02/1950\n")
            #expect([ready.removed, ready.kept] as [Int] == [5, 1])
            #expect(ready.difference.kept.map(\.givenNames) == ["Jean"])
            try await town.imports.confirm(ready.id, by: .operator)
            #expect(try await town.rolls.lines(of: town.vote.id).map(\.givenNames) == ["Jean", "Yann"])
            let files: [String: [UInt8]] = try await town.polls.files(of: town.vote)
            #expect(try verify(RecordSource(files: files)).holds)
            let acts = try await town.polls.number(
                "SELECT count(*) AS n FROM record_entry WHERE entry::text LIKE \("%" + Data("amend_roll".utf8).map { String(format: "%02x", $0) }.joined() + "%")"
            )
            #expect(acts == 1)
        }
    }

    @Test func `a reading that was interrupted is taken up again`() async throws {
        try await withElectorate { town in
            let id: ID<RollImport> = try await town.receive(Array(Electorate.list.utf8))
            try await town.polls.pool.execute(
                "test.stall",
                "UPDATE roll_import SET state = 'reading', done = 10, touched_at = now() - interval '1 minute'")
            #expect(try await town.imports.find(id, of: town.vote.id)?.isStalled == true)
            #expect(try await town.imports.read(id, by: .operator).state == .ready)
        }
    }
}
