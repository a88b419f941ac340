import Testing

@testable import PublicRecord

@Suite("Reading .pb files")
struct PabulibReaderTests {
    private static let head = "META\nkey;value\nbudget;100\nvote_type;approval\n"
    private static let projects = "PROJECTS\nproject_id;cost\na;60\nb;40.5\n"

    private func parse(_ text: String) -> PabulibReading { PabulibFile.parse(Array(text.utf8)) }

    private func kinds(_ text: String) -> [PabulibProblem.Kind] { parse(text).problems.map(\.kind) }

    @Test("A small file")
    func small() throws {
        let reading = parse(
            Self.head + Self.projects + "VOTES\nvoter_id;vote;age;voting_method\n1;a,b;30;internet\n2;;;paper\n3;b;;")
        let file = try #require(reading.file)
        #expect(reading.problems.isEmpty)
        #expect(file.budget == 10_000)
        #expect(file.projects.map(\.cost) == [6_000, 4_050])
        #expect(file.votes.map(\.choices) == [["a", "b"], [], ["b"]])
        #expect(file.votes.map(\.method) == ["internet", "paper", nil])
        #expect(file.votes[0].columns == ["age": "30"])
        #expect(file.votes.map(\.line) == [11, 12, 13])
        let election = try file.election()
        #expect(election.voters == 3)
        #expect(election.support == [1, 2])
    }

    @Test("BOM, CRLF, CR, quotes, line breaks in quotes, no-break spaces, title in any case, extra separators")
    func habits() throws {
        let text =
            "\u{FEFF}Meta\r\nkey;value\r\nbudget;\u{A0}1000,50\u{A0}\r\nvote_type;Choose-1\r\n\r\n"
            + "projects;;\r\nproject_id;cost;name;category\r\n"
            + "x 1;12;\"A \"\"good\"\" one; with\r\nmore\";parks, water\r\n\u{202F}2 ;0;\"b\"c;None\r\n"
            + "VOTES\rvoter_id;vote\r\"v;1\"; x 1 \rv2;2"
        let reading = parse(text)
        let file = try #require(reading.file)
        #expect(reading.problems.isEmpty)
        #expect(file.budget == 100_050)
        #expect(file.projects.map(\.id) == ["x 1", "2"])
        #expect(file.projects[0].name == "A \"good\" one; with\r\nmore")
        #expect(file.projects[0].categories == ["parks", "water"])
        #expect(file.projects[1].name == "bc")
        #expect(file.projects[1].categories.isEmpty)
        #expect(file.votes.map(\.voter) == ["v;1", "v2"])
        #expect(file.votes.map(\.choices) == [["x 1"], ["2"]])
        #expect(file.votes.map(\.line) == [13, 14])
    }

    @Test("Points, ranks and choose-1 become the election the rules count")
    func types() throws {
        let projects = "PROJECTS\nproject_id;cost\na;1\nb;1\nc;1\n"
        let points = parse(
            "META\nkey;value\nbudget;9\nvote_type;cumulative\n" + projects
                + "VOTES\nvoter_id;vote;points\n1;c,a;3,2\n2;;\n3;b;0\n")
        #expect(try points.file?.election().support == [2, 0, 3])
        #expect(try points.file?.election().votes == [1, 1, 1])
        let ranks = parse(
            "META\nkey;value\nbudget;9\nvote_type;ordinal\n" + projects + "VOTES\nvoter_id;vote\n1;c,a,b\n2;b\n")
        #expect(try ranks.file?.election().support == [2, 2, 3])
        #expect(ranks.file?.voteType.ballotType == .ranking)
    }

    @Test("A project named twice is reported, and counted once or as often as named")
    func doubles() throws {
        let text = Self.head + Self.projects + "VOTES\nvoter_id;vote\n1;a,b,a\n"
        let reading = parse(text)
        #expect(reading.problems.map(\.kind) == [.repeatedChoice(voter: "1", project: "a")])
        #expect(reading.errors.isEmpty)
        let file = try #require(reading.file)
        #expect(try file.election().support == [1, 1])
        #expect(try file.election(doubles: .count).support == [2, 1])
        #expect(file.votes[0].choices == ["a", "b", "a"])
    }

    @Test("Amsterdam's doubles: the official count counts them twice")
    func officialDoubles() throws {
        let ballots = "1;a,a\n2;a\n"
        let declared = "PROJECTS\nproject_id;cost;votes\na;60;3\nb;40;0\n"
        let reading = parse(Self.head + declared + "VOTES\nvoter_id;vote\n" + ballots)
        #expect(reading.problems.map(\.code) == ["repeated_choice"])
    }

    @Test("Selected codes, withdrawn projects, places, older names of columns")
    func columns() throws {
        let text =
            Self.head
            + "PROJECTS\nproject_id;cost;votes;score;selected;neighbourhood;latitude;longitude;target;public_id\n"
            + "a;60;1;1;1;north;47.5;7.25;all;7\nb;999999999;1;;3;;;;;\nc;5;0;;9;;;;;\n"
            + "VOTES\nvoter_id;vote\n1;a\n2;b\n"
        let reading = parse(text)
        let file = try #require(reading.file)
        #expect(reading.problems.map(\.kind) == [.unknownSelected(project: "c", value: "9")])
        #expect(file.projects.map(\.selected) == [1, 3, nil])
        #expect(file.projects.map(\.isWithdrawn) == [false, true, false])
        #expect(file.projects[0].district == "north")
        #expect(file.projects[0].latitude == "47.5" && file.projects[0].longitude == "7.25")
        #expect(file.projects[0].publicID == "7")
        #expect(file.projects[0].columns["target"] == "all")
    }

    @Test("Every problem is reported with its line")
    func everyProblem() {
        let text = """
            META
            key;value
            budget;-5
            vote_type;cumulative
            num_projects;9
            PROJECTS
            project_id;cost
            a;10
            a;20
            b;-1
            c;12.345
            d;cheap
            e
            ;4
            VOTES
            voter_id;vote;points
            1;a;1,2
            2;a,zz;1,1
            3;a;x
            3;a;1.5
            4;a,b,c;1
            5;a
            """
        let reading = parse(text)
        #expect(reading.file == nil)
        let expected: [PabulibProblem] = [
            PabulibProblem(line: 3, kind: .negativeBudget("-5")),
            PabulibProblem(line: 9, kind: .duplicateProject(id: "a", first: 8)),
            PabulibProblem(line: 10, kind: .negativeCost(project: "b", value: "-1")),
            PabulibProblem(line: 11, kind: .unusableCost(project: "c", value: "12.345")),
            PabulibProblem(line: 12, kind: .unusableCost(project: "d", value: "cheap")),
            PabulibProblem(line: 13, kind: .fieldCount(found: 1, expected: 2)),
            PabulibProblem(line: 14, kind: .missingProjectID),
            PabulibProblem(line: 17, kind: .pointsCount(voter: "1", points: 2, projects: 1)),
            PabulibProblem(line: 18, kind: .unknownProject(voter: "2", project: "zz")),
            PabulibProblem(line: 19, kind: .unusablePoints(voter: "3", value: "x")),
            PabulibProblem(line: 20, kind: .duplicateVoter(id: "3", first: 19)),
            PabulibProblem(line: 20, kind: .unusablePoints(voter: "3", value: "1.5")),
            PabulibProblem(line: 21, kind: .pointsCount(voter: "4", points: 1, projects: 3)),
            PabulibProblem(line: 22, kind: .fieldCount(found: 2, expected: 3)),
            PabulibProblem(line: 5, kind: .announcedCount(key: "num_projects", announced: "9", found: 4)),
        ]
        #expect(reading.problems == expected)
        for problem in reading.problems {
            #expect(problem.sentence.hasPrefix("line \(problem.line ?? 0): "))
            #expect(!problem.code.isEmpty)
        }
    }

    @Test("Sections and headers")
    func sections() {
        #expect(kinds("") == ["META", "PROJECTS", "VOTES"].map { .missingSection($0) })
        #expect(kinds("hello;world\n").first == .outsideSection)
        #expect(kinds(Self.head + Self.projects) == [.missingSection("VOTES")])
        #expect(kinds("META\nPROJECTS\nproject_id;cost\n").contains(.missingHeader("META")))
        #expect(
            kinds(Self.head + "PROJECTS\nproject_id;price\n").contains(
                .missingColumn(section: "PROJECTS", column: "cost")))
        #expect(
            kinds(Self.head + "PROJECTS\nproject_id;cost;cost\n").contains(
                .repeatedColumn(section: "PROJECTS", column: "cost")))
        #expect(kinds(Self.head + Self.head).contains(.repeatedSection("META")))
        #expect(kinds(Self.head + Self.projects + "VOTES\nvoter_id;vote\n1;\"a\n2;b\n") == [.openQuote])
        let noMeta = "META\nkey;value\n" + Self.projects + "VOTES\nvoter_id;vote\n"
        #expect(kinds(noMeta) == [.missingMeta("budget"), .missingMeta("vote_type")])
        let noPoints = "META\nkey;value\nbudget;1\nvote_type;scoring\n" + Self.projects + "VOTES\nvoter_id;vote\n1;a\n"
        #expect(kinds(noPoints) == [.missingColumn(section: "VOTES", column: "points")])
        #expect(
            kinds("META\nkey;value\nbudget;1e3\nvote_type;best\n").prefix(2) == [
                .unusableBudget("1e3"), .unknownVoteType("best"),
            ])
    }

    @Test("META: what the count needs must be clear, the rest is only remarked on")
    func meta() throws {
        let rest = Self.projects + "VOTES\nvoter_id;vote\n"
        #expect(kinds(Self.head + "budget;7\n" + rest) == [.repeatedMeta("budget")])
        #expect(
            kinds(Self.head + "min_project_score_threshold;10%\n" + rest)
                == [.unusableNumber(key: "min_project_score_threshold", value: "10%")])
        let odd = parse(Self.head + "comment;a;b\ncomment;c\nmax_length;many\nmin_length;None\n" + rest)
        #expect(odd.problems.map(\.kind) == [.ignoredMeta("comment"), .ignoredLimit(key: "max_length", value: "many")])
        #expect(odd.file?.meta("comment") == "a;b")
        #expect(odd.problems.first?.description == "6: warning: META gives comment twice; the first stands")
    }

    @Test("Bytes that are not UTF-8 are refused with their line")
    func encoding() {
        for bytes in [
            [0xff], [0xc3, 0x28], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xc0, 0x80],
        ] {
            let reading = PabulibFile.parse(Array("META\nkey;value\nunit;".utf8) + bytes.map { UInt8($0) })
            #expect(reading.problems == [PabulibProblem(line: 3, kind: .notUTF8)])
        }
    }

    @Test("Ids that Unicode holds equal are one id")
    func canonicalIDs() {
        let text = Self.head + "PROJECTS\nproject_id;cost\né;1\ne\u{301};2\nVOTES\nvoter_id;vote\n"
        #expect(kinds(text) == [.duplicateProject(id: "e\u{301}", first: 7)])
    }

    @Test("Amounts of money")
    func amounts() {
        #expect(Cents.amount("12") == 1_200)
        #expect(Cents.amount("12.5") == 1_250)
        #expect(Cents.amount("12,50") == 1_250)
        #expect(Cents.amount("12.500") == 1_250)
        #expect(Cents.amount("12.505") == nil)
        for text in ["", "-1", ".", "1.2.3", "1e3", "0x10", "1 000", "99999999999999999999"] {
            #expect(Cents.amount(text) == nil, "\(text)")
        }
        #expect(Cents.units(1_250) == "12.50" && Cents.units(5) == "0.05" && Cents.units(-700) == "-7")
        let reading = parse(
            "META\nkey;value\nbudget;10.999\nvote_type;approval\n" + Self.projects + "VOTES\nvoter_id;vote\n")
        #expect(reading.problems.map(\.kind) == [.budgetFraction("10.999")])
        #expect(reading.file?.budget == 1_099)
    }

    @Test("A very large number of problems is cut short")
    func manyProblems() {
        let rows = String(repeating: "1;zz\n", count: 20_000)
        let reading = parse(Self.head + Self.projects + "VOTES\nvoter_id;vote\n" + rows)
        #expect(reading.problems.count == 10_001)
        #expect(reading.problems.last?.kind == .more)
    }

    @Test("Limits of META and declared counts are compared, as warnings")
    func warnings() throws {
        let text =
            "META\nkey;value\nbudget;100\nvote_type;approval\nmax_length;1\nmin_length;1\nmax_sum_cost;80\nnum_votes;2\n"
            + "PROJECTS\nproject_id;cost;votes\na;60;1\nb;40;5\n" + "VOTES\nvoter_id;vote\n1;a,b\n2;\n3;b\n"
        let reading = parse(text)
        #expect(reading.file != nil)
        #expect(
            reading.problems.map(\.kind) == [
                .beyondLimit(voter: "1", key: "max_length"), .beyondLimit(voter: "1", key: "max_sum_cost"),
                .announcedCount(key: "num_votes", announced: "2", found: 3),
                .declaredCount(project: "b", column: "votes", declared: 5, found: 2),
            ])
    }

    @Test("The fixtures are read without a word", arguments: Fixtures.cities + Fixtures.ties)
    func fixtures(name: String) throws {
        let reading = PabulibFile.parse(try Fixtures.bytes(name + ".pb"))
        #expect(reading.problems.isEmpty)
        let file = try #require(reading.file)
        #expect(Int(file.meta("num_votes") ?? "") == file.votes.count)
    }

    @Test("The threshold of META becomes a parameter")
    func threshold() throws {
        #expect(try Fixtures.file("Poland_Katowice_2022_Koszutka").parameters.threshold == .support(50))
        #expect(try Fixtures.file("France_Toulouse_2019").parameters.threshold == nil)
    }
}

@Suite("Writing .pb files")
struct PabulibWriterTests {
    @Test("What is read and written again says the same", arguments: Fixtures.cities + Fixtures.ties)
    func roundTrip(name: String) throws {
        let file = try Fixtures.file(name)
        let again = try #require(PabulibFile.parse(file.bytes()).file)
        #expect(again.meta.map(\.key) == file.meta.map(\.key))
        #expect(again.meta.map(\.value) == file.meta.map(\.value))
        #expect(again.projects.map(\.columns) == file.projects.map(\.columns))
        #expect(again.votes.count == file.votes.count)
        #expect(zip(again.votes, file.votes).allSatisfy { $0.choices == $1.choices && $0.points == $1.points })
        #expect(zip(again.votes, file.votes).allSatisfy { $0.voter == $1.voter && $0.columns == $1.columns })
        #expect(again.bytes() == file.bytes())
    }

    @Test("Separators, quotes and line breaks survive or become spaces")
    func quoting() throws {
        let bytes = PabulibFile.bytes(
            meta: [("budget", "12.50"), ("vote_type", "cumulative"), ("comment", "a;b \"c\"\nd")],
            projects: [
                PabulibProject(id: "p;1", cost: 1_050, name: "\"A\" é\u{2028}b", categories: ["x", "y"]),
                PabulibProject(id: "2", cost: 0, isWithdrawn: true),
            ],
            votes: [PabulibVote(voter: "1", choices: ["2"], points: [3], method: "paper")], hasPoints: true)
        let file = try #require(PabulibFile.parse(bytes).file)
        #expect(file.budget == 1_250)
        #expect(file.meta("comment") == "a;b \"c\" d")
        #expect(file.projects.map(\.id) == ["p;1", "2"])
        #expect(file.projects[0].cost == 1_050)
        #expect(file.projects[0].name == "\"A\" é b")
        #expect(file.projects[0].categories == ["x", "y"])
        #expect(file.projects[1].isWithdrawn)
        #expect(file.votes[0].points == [3] && file.votes[0].method == "paper")
    }
}
