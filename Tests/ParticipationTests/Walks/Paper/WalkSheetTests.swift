import Foundation
import Postgres
import TestSupport
import Testing

@testable import Participation

/// Printed sheets of a walk: their numbers, what is entered of them, and what is refused.
@Suite("Walk sheets", .database)
struct WalkSheetTests {
    /// A walk with an agent, a note-taker of its crew and somebody else.
    private struct Stand {
        let walk: WalkFixture
        let agent: Actor, crew: Actor, stranger: Actor
        let sheets: WalkSheets

        static func make(_ pool: Pool) async throws -> Stand {
            let town = Town(pool: pool)
            let walk: WalkFixture = try await .make(pool)
            let note: ID<Account> = try await town.resident("Nora").id
            try await walk.enlist(note)
            return Stand(
                walk: walk,
                agent: .official(
                    try await town.resident("Agathe", roles: [HeldRole(.participationAgent)]).id, .participationAgent),
                crew: .resident(note), stranger: .resident(try await town.resident("Sacha").id),
                sheets: WalkSheets(pool: pool, zone: "Europe/Paris"))
        }

        /// The first sheet of the first stop.
        func sheet() async throws -> SheetNumber {
            try #require(SheetNumber(try await sheets.issue(1, in: .german, for: walk.id, by: agent).lowerBound))
        }

        func line(_ number: Int, _ words: String = "Un banc cassé", place: String = "") -> SheetLine {
            SheetLine(
                line: number, theme: walk.themes[0], kind: .problem, feeling: .bad, concerned: [.women, .seniors],
                place: place, words: words)
        }

        func entry(_ lines: SheetLine...) -> SheetEntry { SheetEntry(lines: lines, language: .german) }

        func file(_ number: SheetNumber) async throws -> WalkSheetFile {
            try #require(try await sheets.file(number, of: walk.id, by: agent))
        }
    }

    // MARK: Numbers

    @Test("a wrong digit and two digits that changed places are found")
    func check() throws {
        // The example of the standard.
        #expect(SheetNumber(794)?.text == "0794-5")
        #expect(SheetNumber(12)?.text == "0012-8")
        #expect(SheetNumber(typed: "0012-8")?.number == 12)
        #expect(SheetNumber(typed: "128")?.number == 12)
        #expect(SheetNumber(typed: " 0012 8 ")?.number == 12)
        for number in [1, 12, 907, 4321, 9999] {
            let digits = Array(try #require(SheetNumber(number)).text.filter(\.isNumber))
            for place in digits.indices {
                for digit in "0123456789" where digit != digits[place] {
                    var wrong: [Character] = digits
                    wrong[place] = digit
                    #expect(SheetNumber(typed: String(wrong)) == nil)
                }
            }
        }
        for text in ["", "8", "0012-5", "0012-8a", "123456", "００１２８", "-"] { #expect(SheetNumber(typed: text) == nil) }
        #expect(SheetNumber(0) == nil && SheetNumber(10_000) == nil)
    }

    @Test("numbers follow one another by stop, so that nobody's sheets stand side by side")
    func issue() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let first = try await stand.sheets.issue(2, in: .french, for: stand.walk.id, by: stand.agent)
        #expect(first == 1...8)
        let list: [WalkSheet] = try await stand.sheets.list(of: stand.walk.id, by: stand.agent)
        #expect(list.map(\.stopNumber) == [1, 1, 2, 2, 3, 3, nil, nil])
        #expect(
            try await stand.sheets.issue(3, of: .stop(2), in: .english, .large, for: stand.walk.id, by: stand.agent)
                == 9...11)
        #expect(try await stand.sheets.runs(of: stand.walk.id, by: stand.agent).map(\.numbers) == [9...11, 1...8])
        for (copies, part, refusal) in [
            (0, WalkSheets.Part.all, WalkSheetRefusal.copies), (101, .all, .copies), (1, .stop(4), .noSuchStop),
        ] {
            await #expect(throws: refusal) {
                try await stand.sheets.issue(copies, of: part, in: .french, for: stand.walk.id, by: stand.agent)
            }
        }
    }

    @Test("two agents who issue at once get different numbers")
    func race() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let ranges: [ClosedRange<Int>] = try await withThrowingTaskGroup(of: ClosedRange<Int>.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    try await stand.sheets.issue(1, of: .between, in: .french, for: stand.walk.id, by: stand.agent)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(ranges.map(\.lowerBound).sorted() == Array(1...6))
    }

    // MARK: Entering

    @Test("what stands on a sheet waits to be read, with its sheet and its line")
    func enter() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let number: SheetNumber = try await stand.sheet()
        try await stand.sheets.enter(
            stand.entry(stand.line(1), stand.line(4, "Ein Baum")), from: number, of: stand.walk.id, by: stand.agent)
        let file: WalkSheetFile = try await stand.file(number)
        #expect(file.lines.map(\.line) == [stand.line(1), stand.line(4, "Ein Baum")])
        #expect(file.lines.allSatisfy { $0.state == .received && $0.number == nil })
        #expect(file.language == .german)
        #expect(file.sheet.state == .entered && file.sheet.enteredBy == "Agathe")
        let row: Row = try #require(
            try await TestDatabase.pool.one(
                "test.observation",
                """
                SELECT channel, sheet, sheet_line, stop_id, key_hash, manner, people, (id::text LIKE '%-4%') AS random
                FROM observation WHERE sheet_line = 4
                """))
        #expect(try row.get("channel") == "paper" && row.get("sheet") == number.text)
        #expect(try row.get("stop_id", as: UUID.self) == stand.walk.stops[0].uuid)
        #expect(try row.get("key_hash", as: [UInt8]?.self) == nil)
        let acts: [Act] = try await Acts(pool: TestDatabase.pool).list(kinds: ["walk_sheet"])
        #expect(acts.map(\.act) == ["walk_sheet_entered"])
        #expect(acts.first?.detail.contains("\"lines\": \"2\"") == true)
        #expect(acts.first?.detail.contains("Baum") == false)
    }

    @Test("a sheet is entered once, also when two enter it at the same moment")
    func once() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let number: SheetNumber = try await stand.sheet()
        let outcomes: [Bool] = await withTaskGroup(of: Bool.self) { group in
            for actor in [stand.agent, stand.crew, stand.agent] {
                group.addTask {
                    do {
                        try await stand.sheets.enter(
                            stand.entry(stand.line(1)), from: number, of: stand.walk.id, by: actor)
                        return true
                    } catch { return false }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter(\.self).count == 1)
        #expect(try await stand.file(number).lines.count == 1)
        await #expect(throws: Refused(WalkSheetRefusal.alreadyEntered)) {
            try await stand.sheets.enter(stand.entry(), from: number, of: stand.walk.id, by: stand.crew)
        }
    }

    @Test("the same line of a sheet twice is refused by the database itself")
    func lineTwice() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let number: SheetNumber = try await stand.sheet()
        await #expect(throws: Refused(WalkSheetRefusal.lineTwice)) {
            try await stand.sheets.enter(
                stand.entry(stand.line(1), stand.line(1, "Encore")), from: number, of: stand.walk.id, by: stand.agent)
        }
        #expect(try await stand.file(number).sheet.state == .issued)
        // A line hangs on a sheet that was issued, whoever writes it.
        await #expect(throws: PostgresError.self) {
            try await TestDatabase.pool.execute(
                "test.stray",
                """
                INSERT INTO observation (id, walk_id, route_id, stop_id, kind, words, language, channel, sheet,
                                         sheet_line, received_on)
                VALUES (gen_random_uuid(), \(stand.walk.id), \(stand.walk.route), \(stand.walk.stops[0]), 'idea', 'x',
                        'fr', 'paper', '0099-9', 1, current_date)
                """)
        }
    }

    @Test("everything that is wrong is said at once")
    func refusals() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let range = try await stand.sheets.issue(1, in: .french, for: stand.walk.id, by: stand.agent)
        let between: SheetNumber = try #require(SheetNumber(range.upperBound))
        var entry: SheetEntry = stand.entry(
            SheetLine(line: 1, theme: ID(), place: "ici", words: ""),
            SheetLine(line: 2, kind: .idea, words: String(repeating: "x", count: 2001)),
            SheetLine(line: 3, kind: .idea, place: String(repeating: "x", count: 301), words: "x"),
            SheetLine(line: 4, kind: .idea, place: "ici", words: String(repeating: "👩‍👩‍👧‍👦", count: 2000)))
        entry.people = 4
        await #expect(
            throws: Refused<WalkSheetRefusal>(reasons: [
                .people, .kindMissing(line: 1), .noSuchTheme(line: 1), .wordsMissing(line: 1), .placeMissing(line: 2),
                .wordsTooLong(line: 2), .placeTooLong(line: 3), .wordsTooLong(line: 4),
            ])
        ) { try await stand.sheets.enter(entry, from: between, of: stand.walk.id, by: stand.agent) }
        #expect(try await stand.file(between).sheet.state == .issued)
        // A group has several people; a sheet of a stop needs no place.
        let first: SheetNumber = try #require(SheetNumber(1))
        var group: SheetEntry = stand.entry(stand.line(1))
        group.manner = .group
        group.people = 4
        try await stand.sheets.enter(group, from: first, of: stand.walk.id, by: stand.agent)
        let file: WalkSheetFile = try await stand.file(first)
        #expect(file.manner == .group && file.people == 4)
    }

    // MARK: Rights

    @Test("agents do everything, the crew enters and corrects, and nobody else knows the sheets")
    func rights() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let number: SheetNumber = try await stand.sheet()
        let walk: ID<Walk> = stand.walk.id
        for actor in [stand.stranger, .visitor, .code] {
            await #expect(throws: NotAllowed.self) { try await stand.sheets.list(of: walk, by: actor) }
            await #expect(throws: NotAllowed.self) { try await stand.sheets.file(number, of: walk, by: actor) }
            await #expect(throws: NotAllowed.self) {
                try await stand.sheets.enter(stand.entry(), from: number, of: walk, by: actor)
            }
        }
        for actor in [stand.stranger, stand.crew] {
            await #expect(throws: NotAllowed.self) {
                try await stand.sheets.issue(1, in: .french, for: walk, by: actor)
            }
            await #expect(throws: NotAllowed.self) { try await stand.sheets.lose(number, of: walk, by: actor) }
            await #expect(throws: NotAllowed.self) { try await stand.sheets.undo(number, of: walk, by: actor) }
        }
        // A number that does not exist looks like one that is not yours.
        await #expect(throws: NotAllowed.self) {
            try await stand.sheets.enter(
                stand.entry(), from: try #require(SheetNumber(77)), of: walk, by: stand.agent)
        }
        try await stand.sheets.enter(stand.entry(stand.line(1)), from: number, of: walk, by: stand.crew)
        try await stand.sheets.correct(stand.entry(stand.line(1, "Deux bancs")), of: number, of: walk, by: stand.crew)
        #expect(try await stand.file(number).sheet.enteredBy == "Nora")
    }

    // MARK: Later

    @Test("a correction keeps what stood there before, and leaves alone what somebody has read")
    func correct() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let number: SheetNumber = try await stand.sheet()
        let walk: ID<Walk> = stand.walk.id
        await #expect(throws: Refused(WalkSheetRefusal.notEntered)) {
            try await stand.sheets.correct(stand.entry(stand.line(1)), of: number, of: walk, by: stand.agent)
        }
        try await stand.sheets.enter(
            stand.entry(stand.line(1), stand.line(2), stand.line(3)), from: number, of: walk, by: stand.crew)
        // Nothing that differs is no correction.
        try await stand.sheets.correct(
            stand.entry(stand.line(1), stand.line(2), stand.line(3)), of: number, of: walk, by: stand.agent)
        #expect(try await stand.file(number).changes.isEmpty)
        var changed: SheetLine = stand.line(1, "Un banc bleu")
        changed.kind = .strength
        try await stand.sheets.correct(
            stand.entry(changed, stand.line(2), stand.line(7, "Oubliée")), of: number, of: walk, by: stand.agent)
        let file: WalkSheetFile = try await stand.file(number)
        #expect(file.lines.map(\.line) == [changed, stand.line(2), stand.line(7, "Oubliée")])
        #expect(file.changes.map(\.line) == [1, 3, 7])
        #expect(file.changes.map(\.words) == ["Un banc cassé", "Un banc cassé", nil])
        #expect(file.changes.map(\.kind) == [.problem, .problem, nil])
        #expect(file.changes.first?.by == "Agathe")
        // What an agent takes out of a line is not kept beside it either.
        let seen: Row = try #require(
            try await TestDatabase.pool.one("test.seen", "SELECT id FROM observation WHERE sheet_line = 1"))
        try await Corrections(pool: TestDatabase.pool).redact(
            try seen.get("id"), from: "Un banc bleu", to: "Un banc", of: walk, by: stand.agent)
        #expect(try await stand.file(number).changes.map(\.words) == [nil, "Un banc cassé", nil])
        changed.words = "Un banc"
        try await TestDatabase.pool.execute(
            "test.publish",
            "UPDATE observation SET state = 'published', published_at = now(), number = 1 WHERE sheet_line = 2")
        await #expect(throws: Refused(WalkSheetRefusal.lineRead(line: 2))) {
            try await stand.sheets.correct(
                stand.entry(changed, stand.line(2, "Autre chose")), of: number, of: walk, by: stand.agent)
        }
        try await stand.sheets.correct(stand.entry(), of: number, of: walk, by: stand.agent)
        #expect(try await stand.file(number).lines.map(\.line) == [stand.line(2)])
    }

    @Test("a line that others are joined to is neither left out nor undone")
    func joined() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let number: SheetNumber = try await stand.sheet()
        let walk: ID<Walk> = stand.walk.id
        try await stand.sheets.enter(
            stand.entry(stand.line(1), stand.line(2)), from: number, of: walk, by: stand.agent)
        let target: Row = try #require(
            try await TestDatabase.pool.one("test.line", "SELECT id FROM observation WHERE sheet_line = 1"))
        let other: ID<Observation> = try await stand.walk.observation("Le même banc")
        try await ObservationJoins(pool: TestDatabase.pool).join(
            [other], into: try target.get("id"), of: walk, by: stand.agent)
        await #expect(throws: Refused(WalkSheetRefusal.lineRead(line: 1))) {
            try await stand.sheets.correct(stand.entry(stand.line(2)), of: number, of: walk, by: stand.agent)
        }
        await #expect(throws: Refused(WalkSheetRefusal.alreadyRead)) {
            try await stand.sheets.undo(number, of: walk, by: stand.agent)
        }
        try await stand.sheets.correct(stand.entry(stand.line(1)), of: number, of: walk, by: stand.agent)
        #expect(try await stand.file(number).lines.map(\.line.line) == [1])
    }

    @Test("an entry is undone while nobody has read any of it")
    func undo() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let number: SheetNumber = try await stand.sheet()
        let walk: ID<Walk> = stand.walk.id
        try await stand.sheets.enter(stand.entry(stand.line(1), stand.line(2)), from: number, of: walk, by: stand.agent)
        try await stand.sheets.undo(number, of: walk, by: stand.agent)
        #expect(try await stand.file(number).sheet.state == .issued)
        #expect(try await stand.file(number).lines.isEmpty)
        await #expect(throws: Refused(WalkSheetRefusal.notEntered)) {
            try await stand.sheets.undo(number, of: walk, by: stand.agent)
        }
        try await stand.sheets.enter(stand.entry(stand.line(1)), from: number, of: walk, by: stand.agent)
        try await TestDatabase.pool.execute("test.read", "UPDATE observation SET state = 'set_aside'")
        await #expect(throws: Refused(WalkSheetRefusal.alreadyRead)) {
            try await stand.sheets.undo(number, of: walk, by: stand.agent)
        }
    }

    @Test("a lost sheet is found before it is entered, and a blank one is entered without lines")
    func lost() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let number: SheetNumber = try await stand.sheet()
        let walk: ID<Walk> = stand.walk.id
        try await stand.sheets.lose(number, of: walk, by: stand.agent)
        #expect(try await stand.sheets.counts(of: walk, by: stand.crew) == [.issued: 3, .entered: 0, .lost: 1])
        await #expect(throws: Refused(WalkSheetRefusal.lost)) {
            try await stand.sheets.enter(stand.entry(), from: number, of: walk, by: stand.agent)
        }
        try await stand.sheets.find(number, lostBy: walk, by: stand.agent)
        try await stand.sheets.enter(stand.entry(), from: number, of: walk, by: stand.agent)
        await #expect(throws: WalkSheetRefusal.alreadyEntered) {
            try await stand.sheets.lose(number, of: walk, by: stand.agent)
        }
        #expect(try await stand.sheets.list(of: walk, .entered, by: stand.agent).map(\.lines) == [0])
    }

    // MARK: Pictures

    @Test("pictures of a sheet are seen by agents and crew, and never by anybody else, whatever is published")
    func scans() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let number: SheetNumber = try await stand.sheet()
        let walk: ID<Walk> = stand.walk.id
        try await stand.sheets.enter(stand.entry(stand.line(1)), from: number, of: walk, by: stand.agent)
        try await TestDatabase.pool.execute(
            "test.publish", "UPDATE observation SET state = 'published', published_at = now(), number = 1")
        let bytes: [UInt8] = Array(
            try Data(contentsOf: URL(filePath: "\(TestCluster.repository)/Tests/Fixtures/media/photo.png")))
        let picture: PreparedMedium = try await Media.prepare(
            UploadedFile(name: "photo.png", bytes: bytes), alt: "Feuille")
        let medium: ID<Medium> = try await stand.sheets.add(picture, to: number, of: walk, by: stand.crew)
        let media = Media(pool: TestDatabase.pool)
        for reader in [stand.agent.account, stand.crew.account] {
            #expect(try await media.find(medium, .large, for: reader)?.isPublic == false)
        }
        for reader in [nil, stand.stranger.account] {
            #expect(try await media.find(medium, .large, for: reader) == nil)
        }
        await #expect(throws: NotAllowed.self) {
            try await stand.sheets.remove(medium, of: number, of: walk, by: stand.stranger)
        }
        for _ in 1..<WalkSheets.mostScans { try await stand.sheets.add(picture, to: number, of: walk, by: stand.crew) }
        await #expect(throws: WalkSheetRefusal.tooManyScans) {
            try await stand.sheets.add(picture, to: number, of: walk, by: stand.crew)
        }
        try await stand.sheets.remove(medium, of: number, of: walk, by: stand.crew)
        #expect(try await media.find(medium, .large, for: stand.agent.account) == nil)
        #expect(try await stand.file(number).scans.count == 3)
    }

    // MARK: The demonstration

    @Test("a walk is moved in time in a demonstration alone, and by the operator alone")
    func staging() async throws {
        let stand: Stand = try await .make(TestDatabase.pool)
        let walks = Walks(pool: TestDatabase.pool)
        let past = Date(timeIntervalSince1970: 1_700_000_000)
        await #expect(throws: NotAllowed.self) {
            try await walks.stage(stand.walk.id, at: past, code: "code0001", by: .operator)
        }
        try await TestDatabase.pool.execute("test.demonstration", "UPDATE process SET demonstration = true")
        await #expect(throws: NotAllowed.self) {
            try await walks.stage(stand.walk.id, at: past, code: "code0001", by: stand.agent)
        }
        try await walks.stage(stand.walk.id, at: past, code: "code0001", by: .operator)
        let walk: Walk = try #require(try await walks.find(stand.walk.handle))
        #expect(walk.gathering.startsAt == past && walk.code == "code0001")
        #expect(walk.gathering.endsAt == past.addingTimeInterval(7200))
        #expect(walk.sheetClosesAt == past.addingTimeInterval(7200 + 86_400))
    }
}
