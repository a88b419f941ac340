import Foundation
import Participation
import Postgres
import PublicRecord
import TestSupport
import Testing

/// A whole vote in three channels, under each policy for people who appear in two of them. Every expected figure is
/// derived by hand below.
///
/// Projects: 1 bench (30 €), 2 tree (60 €), 3 lamp (90 €). At most two, within 100 €: 1,3 (120 €) and 2,3 (150 €) are
/// over the budget. Groups have at least 10 ballots.
///
/// **Papers** (400 in 5 batches at 3 places), as they really are:
///
///     batch      papers   1,2   1    2    3    blank  invalid                              counted
///     ecole-1      100     40        10   30     8    6 over_budget, 4 torn, 2 too_many       80
///     ecole-2       60          50               5    5 illegible                             50
///     marche-1     120          10       100    10                                           110
///     mairie-1     112     40        60          0    12 over_budget                         100
///     mairie-2       8                     5     2    1 identifying_mark                        5
///     sum          400     80   60   70  135    25    30                                     345
///
/// bench 80 + 60 = 140, tree 80 + 70 = 150, lamp 135. mairie-2 counts 5, fewer than 10: it joins the smallest other
/// batch, ecole-2, in a group of 55.
///
/// **Kiosk** (20 at mairie): 12 lamp, 8 bench. **Online** (300 cast): 150 bench and tree, 30 tree, 20 blank, 100 lamp.
///
/// **Twelve people in two channels**, all at ecole. Early ones (6) vote online, for the lamp, and then come to the
/// table; late ones (6) take a paper and then try online.
///
/// - `first_stands`: the early ones get no paper, the late ones no ballot. 300 online, 400 on paper.
/// - `paper_prevails`: the early ones get a paper, their 6 online ballots for the lamp are annulled: 294 online live.
/// - `online_prevails`: the early ones are handed a paper all the same, from the printed list of a table without network;
///   their online ballots stand, and the late ones get no ballot. At ecole 154 marks and 160 papers: −6.
///
/// Totals: bench 150 + 8 + 140 = 298, tree 150 + 30 + 150 = 330, lamp 100 + 12 + 135 = 247, or 241 where six online
/// ballots are annulled. Valid ballots, blank ones too: 300 + 20 + 345 + 25 = 690, or 684. Tree (60 €) and bench (30 €)
/// are funded, 10 € are left.
@Suite struct MixedVoteTests {
    private struct Pile {
        let handle: String, place: String
        let papers: [(line: String, times: Int)]
        var lines: [String] { papers.flatMap { Array(repeating: $0.line, count: $0.times) } }
    }

    private static let piles = [
        Pile(
            handle: "ecole-1", place: "ecole",
            papers: [("1,2", 40), ("2", 10), ("3", 30), ("-", 8), ("1,3", 6), ("!torn", 4), ("1,2,3", 2)]),
        Pile(handle: "ecole-2", place: "ecole", papers: [("1", 50), ("-", 5), ("!2", 5)]),
        Pile(handle: "marche-1", place: "marche", papers: [("3", 100), ("1", 10), ("-", 10)]),
        Pile(handle: "mairie-1", place: "mairie", papers: [("2", 60), ("1,2", 40), ("2,3", 12)]),
        Pile(handle: "mairie-2", place: "mairie", papers: [("3", 5), ("-", 2), ("!identifying_mark", 1)]),
    ]

    /// What A and B read wrongly: the batch, the paper from 1, who, and what they wrote.
    private static let mistakes: [(batch: String, paper: Int, letter: PaperEntry.Letter, line: String)] = [
        ("ecole-1", 3, .b, "1"), ("ecole-1", 51, .a, "2"), ("ecole-1", 100, .b, "-"), ("marche-1", 7, .b, "-"),
        ("mairie-1", 1, .a, "2,3"), ("mairie-2", 8, .a, "3"),
    ]

    @Test(arguments: ["first_stands", "paper_prevails", "online_prevails"])
    func `a mixed vote closes, counts and verifies under every policy`(policy: String) async throws {
        var settings = Counters.settings
        settings.policy = policy
        settings.smallCell = 10
        try await withCounters(settings) { desk in
            for pile in Self.piles { try await desk.declare(pile.handle, pile.lines.count, at: pile.place) }
            try await vote(desk, policy)
            try await desk.close()
            try await read(desk)
            try await desk.count()

            if policy == "online_prevails" {
                await #expect(throws: VoteRefusal.accountOpen(["ecole"])) {
                    try await desk.polls.counts.publish(desk.vote.id, by: desk.actor("officer"))
                }
                let id = try await desk.discrepancies.write(
                    "Six bulletins ont été remis d’après la liste imprimée à des personnes qui avaient voté en ligne.",
                    place: "ecole", in: desk.vote.id,
                    by: desk.actor("second"))
                await #expect(throws: ClosingRefusal.anotherOfficerNeeded) {
                    try await desk.discrepancies.confirm(id, in: desk.vote.id, by: desk.actor("second"))
                }
                try await desk.discrepancies.confirm(id, in: desk.vote.id, by: desk.actor("officer"))
            }
            try await checkAccount(try await desk.accounts.account(of: desk.vote.id), policy)
            try await desk.polls.counts.publish(desk.vote.id, by: desk.actor("officer"))
            try await checkResult(desk, policy)
            try await certify(desk)
            try await checkRecord(desk)
        }
    }

    // MARK: Voting

    private func vote(_ desk: Counters, _ policy: String) async throws {
        let marks = Marks(pool: desk.pool, correspondent: PlainMarkLetters())
        let places = try await Places(pool: desk.pool).list(of: desk.vote.id)
        func place(_ handle: String) -> ID<Place> { places.first { $0.handle == handle }!.id }
        let early = try await desk.voters(6)
        let late = try await desk.voters(6)
        let officer = desk.actor("officer")

        // Late ones take their paper first.
        for person in late { try await marks.make(for: person, at: place("ecole"), by: officer) }
        let ballots: [Ballot] =
            Array(repeating: .approval(["bench", "tree"]), count: 150)
            + Array(repeating: .approval(["tree"]), count: 30)
            + Array(repeating: .approval([]), count: 20)
            + Array(repeating: .approval(["lamp"]), count: 94)
        try await desk.cast(ballots, by: try await desk.voters(ballots.count))
        try await desk.cast(Array(repeating: .approval(["lamp"]), count: 6), by: early)
        for person in late {
            await #expect(throws: Ballots.Refusal.votedElsewhere(channel: "paper")) {
                try await desk.cast([.approval(["lamp"])], by: [person])
            }
        }
        for person in early {
            let attempt = { _ = try await marks.make(for: person, at: place("ecole"), by: officer) }
            if policy == "paper_prevails" {
                try await attempt()
            } else {
                await #expect(throws: MarkRefusal.self) { try await attempt() }
            }
        }
        // 160 papers at ecole: 6 of late ones, and 6 of early ones except where the first stands.
        let others = ["ecole": policy == "first_stands" ? 154 : 148, "marche": 120, "mairie": 120]
        for (handle, number) in others {
            let people = try await desk.voters(number)
            for person in people { try await marks.make(for: person, at: place(handle), by: officer) }
        }
        try await kiosk(desk, place("mairie"))
    }

    private func kiosk(_ desk: Counters, _ place: ID<Place>) async throws {
        let devices = Devices(pool: desk.pool, secrets: desk.polls.secrets)
        let kiosks = Kiosks(pool: desk.pool, secrets: desk.polls.secrets)
        let officer = desk.actor("officer")
        let device = try #require(
            try await devices.find(
                try await devices.open(.kiosk, named: "Borne 1", remark: "", at: place, by: officer)))
        let people = try await desk.voters(20)
        for (index, person) in people.enumerated() {
            _ = try await kiosks.open(
                for: person, named: "PERSONNE", on: device.id, at: place, consent: .readAloud, by: officer)
            let token = try #require(try await kiosks.begin(on: device))
            let session = try #require(
                try await Sessions(pool: desk.pool, secrets: desk.polls.secrets).find(token: token))
            let id = try #require(session.voting?.kiosk)
            let (who, seat) = try #require(try await kiosks.voter(id))
            let choice = index < 12 ? "lamp" : "bench"
            _ = try await desk.ballots.cast(
                .approval([choice]), by: .kiosk(who, at: seat), in: desk.vote, nonce: FormNonce())
            try await kiosks.end(id)
        }
    }

    // MARK: Reading the papers

    private func read(_ desk: Counters) async throws {
        for pile in Self.piles {
            func lines(_ letter: PaperEntry.Letter) -> [String] {
                var lines = pile.lines
                for mistake in Self.mistakes where mistake.batch == pile.handle && mistake.letter == letter {
                    lines[mistake.paper - 1] = mistake.line
                }
                return lines
            }
            // Ana reads the small batch on the screen and the others from her files; Bob reads all from files.
            if pile.handle == "mairie-2" {
                try await desk.enter(lines(.a), .a, of: pile.handle, by: "ana")
            } else {
                try await desk.load(desk.sheet(lines(.a), .a, pile.handle), .a, of: pile.handle, by: "ana")
            }
            try await desk.load(desk.sheet(lines(.b), .b, pile.handle), .b, of: pile.handle, by: "bob")
            let batch = try await desk.batch(pile.handle)
            let expected = Self.mistakes.filter { $0.batch == pile.handle }.map(\.paper)
            let differences = try await desk.settlements.differences(of: batch)
            #expect(differences.map(\.paper) == expected, "\(pile.handle)")
            for paper in expected {
                try await desk.settlements.decide(
                    pile.lines[paper - 1], paper: paper, because: "Relu sur le bulletin.", in: batch.id,
                    by: desk.actor("carol"))
            }
            try await desk.settlements.settle(batch.id, by: desk.actor("carol"))
        }
    }

    // MARK: Checking

    private func checkAccount(_ account: ClosingAccount, _ policy: String) async throws {
        #expect(account.isClosed)
        let online = try #require(account.lines.first)
        #expect(online.online.made == 300)
        #expect(online.online.annulled == (policy == "paper_prevails" ? 6 : 0))
        #expect(online.sealed == (policy == "paper_prevails" ? 294 : 300))
        let ecole = try #require(account.lines.first { $0.place == "ecole" })
        #expect(ecole.paper.made == (policy == "online_prevails" ? 154 : 160) && ecole.papers == 160)
        #expect(ecole.paper.annulled == 0)
        #expect(ecole.explained == (policy == "online_prevails" ? -6 : 0))
        #expect(ecole.counted == 130 && ecole.blank == 13)
        #expect(
            ecole.invalid == [.init("illegible", 5), .init("over_budget", 6), .init("too_many", 2), .init("torn", 4)])
        let mairie = try #require(account.lines.first { $0.place == "mairie" })
        #expect(mairie.kiosk.live == 20 && mairie.sealed == 20 && mairie.paper.live == 120 && mairie.papers == 120)
        #expect(account.whole.papers == 400 && account.whole.counted == 345 && account.whole.blank == 25)
        #expect(account.whole.invalidPapers == 30)
        #expect(account.whole.live == (policy == "first_stands" ? 720 : 714))
    }

    private func checkResult(_ desk: Counters, _ policy: String) async throws {
        let isPaper = policy == "paper_prevails"
        let vote = try await desk.now()
        let result = try #require(try await Results(pool: desk.pool).find(vote))
        #expect(result.votes == ["bench": 298, "tree": 330, "lamp": isPaper ? 241 : 247])
        #expect(result.voters == (isPaper ? 684 : 690))
        #expect(result.order == ["tree", "bench"])
        #expect(result.left == 1_000)
        let columns = try #require(try await Results(pool: desk.pool).columns(vote))
        #expect(columns.paper.ballots == ["bench": 140, "tree": 150, "lamp": 135])
        #expect(columns.sealed.ballots == ["bench": 158, "tree": 180, "lamp": isPaper ? 106 : 112])
        let groups = Dictionary(result.counts.map { ($0.group, $0) }) { first, _ in first }
        #expect(
            Set(groups.keys) == [
                "kiosk:mairie", "online", "paper:ecole-1", "paper:ecole-2+paper:mairie-2", "paper:mairie-1",
                "paper:marche-1",
            ])
        let joined = try #require(groups["paper:ecole-2+paper:mairie-2"])
        #expect(joined.ballots == 68 && joined.valid == 55 && joined.blank == 7 && joined.invalid == 6)
        #expect(groups["online"]?.valid == (isPaper ? 274 : 280))
        #expect(groups["online"]?.blank == 20)

        // Files of the batches that stand alone are shown, with both entries; those of joined batches are not.
        let shown = try await RecordFiles(pool: desk.pool).list(of: desk.vote.id)
        #expect(shown.count == 3 * 3 + (policy == "online_prevails" ? 1 : 0))
    }

    private func certify(_ desk: Counters) async throws {
        try await desk.certificates.sign(desk.vote.id, by: desk.actor("officer"))
        await #expect(throws: ClosingRefusal.alreadySigned) {
            try await desk.certificates.sign(desk.vote.id, by: desk.actor("officer"))
        }
        await #expect(throws: ClosingRefusal.oneSignature) {
            try await desk.certificates.certify(desk.vote.id, by: desk.actor("officer"))
        }
        try await desk.certificates.sign(desk.vote.id, by: desk.actor("custodian"))
        try await desk.certificates.certify(desk.vote.id, by: desk.actor("officer"))
        let standing = try await desk.certificates.standing(of: desk.vote.id)
        #expect(standing.officers == ["returning_officer-1", "custodian-1"])
        #expect(standing.certifiedAt != nil)
    }

    private func checkRecord(_ desk: Counters) async throws {
        let files = try await desk.polls.files(of: try await desk.now())
        let report = try verify(RecordSource(files: files))
        #expect(report.holds, "\(report.checks.filter { $0.outcome == .failed })")
        for check in [CheckID.v6, .v7, .v8, .v9, .v10, .v11, .v12, .v14] {
            #expect(report[check]?.outcome == .ok, "\(check)")
        }
        let (status, output) = try secondVerdict(files)
        #expect(status == 0, "\(output)")
    }
}

/// What `Public/verify.py` says of a record: its exit status and what it printed.
func secondVerdict(_ files: [String: [UInt8]]) throws -> (status: Int32, output: String) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "record-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for (path, bytes) in files {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }
    let process = Foundation.Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-B", TestCluster.repository + "/Public/verify.py", folder.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
}
