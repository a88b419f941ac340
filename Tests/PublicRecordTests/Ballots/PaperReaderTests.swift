import PublicRecord
import Testing

/// What operators type, and what becomes of it.
@Suite struct PaperReaderTests {
    private static func definition(_ ballot: BallotRules) -> Definition {
        Definition(
            origin: "city.example/votes/square/record", title: ["fr": "Le square"], languages: ["fr"], budget: 10_000,
            currency: "EUR",
            projects: (1...20).map {
                // The identifier is never the printed number: whoever mixes them up is found out.
                Definition.Project(
                    number: $0, id: "p\(100 - $0)", title: ["fr": "Projet \($0)"], cost: Int64($0) * 1000,
                    district: nil)
            }, ballot: ballot, counting: Definition.Counting(rule: "greedy_votes", tie: "lexico"),
            eligibility: ["desk"], channels: ["paper"], policy: "first_stands", revote: true, minimumAge: 0, opens: 0,
            closes: 600, smallCell: 3)
    }

    private static let approval = PaperReader(definition(BallotRules(type: .approval, maximum: 3, budgetLimit: 20_000)))
    private static let points = PaperReader(
        definition(BallotRules(type: .points, maximum: 5, pointsPerProject: 5, pointsInTotal: 10)))
    private static let ranking = PaperReader(definition(BallotRules(type: .ranking, maximum: 3)))
    private static let grades = PaperReader(
        definition(BallotRules(type: .grades, maximum: 20, grades: ["Très bien", "Bien", "À rejeter"])))

    @Test(arguments: [
        ("3,12", "3,12", PaperContent.Outcome.counted(.approval(["p88", "p97"]))),
        (" 12 , 03 ", "3,12", .counted(.approval(["p88", "p97"]))),
        ("12+3", "3,12", .counted(.approval(["p88", "p97"]))),
        ("7", "7", .counted(.approval(["p93"]))),
        ("-", "-", .blank),
        ("–", "-", .blank),
        ("3,3", "3,3", .invalid("duplicate")),
        ("1,2,3,4", "1,2,3,4", .invalid("too_many")),
        ("12,13", "12,13", .invalid("over_budget")),
        ("!torn", "!torn", .invalid("torn")),
        ("! Torn", "!torn", .invalid("torn")),
        ("!1", "!torn", .invalid("torn")),
        ("!5", "!missing", .invalid("missing")),
        ("!over_budget", "!over_budget", .invalid("over_budget")),
    ])
    func `approvals are read by their printed numbers`(
        typed: String, text: String, outcome: PaperContent.Outcome
    ) throws {
        #expect(try Self.approval.read(typed) == PaperContent(text: text, outcome: outcome))
    }

    @Test(arguments: [
        ("3:2,12:1", "3:2,12:1", PaperContent.Outcome.counted(.points([.init("p88", 1), .init("p97", 2)]))),
        ("12:1,3:2,4:0", "3:2,12:1", .counted(.points([.init("p88", 1), .init("p97", 2)]))),
        ("4:0", "-", .blank),
        ("3:6", "3:6", .invalid("points_per_project")),
        ("1:4,2:4,3:4", "1:4,2:4,3:4", .invalid("points_in_total")),
    ])
    func `points stand after a colon`(typed: String, text: String, outcome: PaperContent.Outcome) throws {
        #expect(try Self.points.read(typed) == PaperContent(text: text, outcome: outcome))
    }

    @Test func `ranks keep their order and grades have letters or labels`() throws {
        #expect(
            try Self.ranking.read("12>3") == PaperContent(text: "12>3", outcome: .counted(.ranking(["p88", "p97"]))))
        #expect(try Self.ranking.read("3>3").outcome == .invalid("duplicate"))
        let graded = PaperContent(text: "3=A,12=C", outcome: .counted(.grades([.init("p88", 2), .init("p97", 0)])))
        #expect(try Self.grades.read("3=A,12=C") == graded)
        #expect(try Self.grades.read("12=c, 3=très bien") == graded)
        #expect(throws: PaperProblem.unknownGrade("D")) { try Self.grades.read("3=D") }
    }

    @Test(arguments: [
        ("", PaperProblem.empty), ("   ", .empty), ("21", .unknownNumber("21")), ("3,0", .unknownNumber("0")),
        ("3,,12", .notANumber("")), ("3;12", .notANumber("3;12")), ("3 12", .notANumber("3 12")),
        ("3:2", .wrongValue("3:2")), ("!", .unknownReason("")), ("!9", .unknownReason("9")),
        ("!unreadable", .unknownReason("unreadable")),
        // What spreadsheets make of 3,12.
        ("3.12", .decimal("3.12")), ("03.12", .decimal("03.12")), ("3.12E+05", .decimal("3.12E+05")),
        ("12-Mar", .date("12-Mar")), ("12. Mär", .date("12. Mär")), ("03/12/2026", .date("03/12/2026")),
        ("2026-12-03", .date("2026-12-03")), ("03.12.2026", .date("03.12.2026")), ("3 déc", .date("3 déc")),
        ("99999999999", .unknownNumber("99999999999")),
    ])
    func `what no paper can say is refused`(typed: String, problem: PaperProblem) {
        #expect(throws: problem) { try Self.approval.read(typed) }
    }

    @Test func `points that a spreadsheet took for a time are refused`() {
        #expect(throws: PaperProblem.date("03:02:00")) { try Self.points.read("03:02:00") }
        #expect(throws: PaperProblem.noValue("3")) { try Self.points.read("3") }
        #expect(throws: PaperProblem.wrongValue("3:12345")) { try Self.points.read("3:12345") }
        #expect(throws: PaperProblem.wrongValue("3:-1")) { try Self.points.read("3:-1") }
    }

    /// Whatever is typed: it is refused, or its normal form is read as the same, and a counted ballot holds exactly the
    /// projects whose numbers stand in it.
    @Test func `reading the normal form again changes nothing, whatever is typed`() throws {
        var random = SeededRandom(seed: 2026)
        let pieces = [
            "1", "2", "3", "12", "20", "21", "0", "007", ",", ",", "+", ">", ":", "=", "A", "C", "Bien", "-", "!",
            "torn",
            "1", " ", ".", "/", "é", "\u{0}", "9999", "\u{1F333}", "\t", "!missing", "!2", "−",
        ]
        var read = 0
        for reader in [Self.approval, Self.points, Self.ranking, Self.grades] {
            for _ in 0..<20_000 {
                let typed = (0..<Int.random(in: 0...9, using: &random))
                    .map { _ in pieces.randomElement(using: &random)! }.joined()
                guard let content = try? reader.read(typed) else { continue }
                read += 1
                #expect(try reader.read(content.text) == content, "\(typed)")
                if case .counted(let ballot) = content.outcome {
                    #expect(!ballot.isBlank)
                    #expect(reader.text(of: ballot) == content.text, "\(typed)")
                }
                if case .blank = content.outcome { #expect(content.text == "-") }
            }
        }
        #expect(read > 1000)
    }

    @Test func `a file of a batch has one text, and any other is none`() throws {
        let file = PaperFile(
            batch: "ecole-1", reading: "A", salt: [UInt8](repeating: 7, count: 16), lines: ["3,12", "-", "!torn"])
        #expect(PaperFile(bytes: file.bytes) == file)
        #expect(
            String(decoding: file.bytes, as: UTF8.self)
                == "tilleul-batch-v1;ecole-1;A;07070707070707070707070707070707\npaper;choices\n1;3,12\n2;-\n3;!torn\n")
        var random = SeededRandom(seed: 7)
        for _ in 0..<2000 {
            var bytes = file.bytes
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            if bytes == file.bytes { continue }
            // A changed letter gives another file or none, never the same one.
            if let other = PaperFile(bytes: bytes) { #expect(other != file) }
        }
    }
}
