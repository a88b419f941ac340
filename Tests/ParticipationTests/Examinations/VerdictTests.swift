import Foundation
import Participation
import Postgres
import Testing

/// Opinions, the answer of the city, and what the authors say to it.
@Suite struct VerdictTests {
    static let opinion = OpinionDraft(
        feasibility: .withChanges, words: Texts(["fr": "Plus petite."]),
        costs: [
            CostLine(kind: .investment, label: "Bassin", cents: 300_000),
            CostLine(kind: .running, label: "Eau", cents: 20_000),
        ])

    @Test func `a later opinion takes the place of the one before, and only what stands is summed`() async throws {
        try await withHall { hall in
            let proposal: Proposal = try await hall.examined(by: try await hall.square.resident("Ada"))
            var draft: OpinionDraft = Self.opinion
            draft.answers = [hall.question: .no, ID(): .yes]
            try await hall.examinations.give(
                draft, for: hall.roads, on: proposal.number, of: hall.process, by: hall.rosa)
            draft.answers = [hall.question: .yes]
            draft.costs[0].cents = 250_000
            try await hall.examinations.give(
                draft, for: hall.roads, on: proposal.number, of: hall.process, by: hall.rosa)
            try await hall.examinations.give(
                Self.opinion, for: hall.parks, on: proposal.number, of: hall.process, by: hall.agent)
            let examination: Examination = try await hall.file(proposal).examinations[0]
            #expect(examination.opinions.count == 3)
            #expect(examination.standing.count == 2)
            #expect(examination.cost(.investment) == 550_000)
            #expect(examination.cost(.running) == 40_000)
            // The question of another list is no question here.
            #expect(examination.standing.first { $0.service == hall.roads }?.answers.map(\.answer) == [.yes])
            #expect(examination.awaited.isEmpty)
            let line: FileLine = try await hall.files.list(FileFilter(), of: hall.process, by: hall.agent)[0]
            #expect(line.state == .ready)
        }
    }

    @Test func `an opinion is given for one's own service, on a file that it has, before the answer`() async throws {
        try await withHall { hall in
            let ada: Actor = try await hall.square.resident("Ada")
            let proposal: Proposal = try await hall.square.proposal("Un puits", by: ada)
            try await hall.assignments.assign(
                [proposal.number], to: [hall.roads], due: Hall.later, of: hall.process, by: hall.agent)
            func give(_ service: ID<ExaminingService>, _ actor: Actor) async throws {
                try await hall.examinations.give(
                    Self.opinion, for: service, on: proposal.number, of: hall.process, by: actor)
            }
            await #expect(throws: NotAllowed.self) { try await give(hall.parks, hall.rosa) }
            await #expect(throws: NotAllowed.self) { try await give(hall.roads, hall.paul) }
            await #expect(throws: NotAllowed.self) { try await give(hall.roads, ada) }
            await #expect(throws: ExaminationRefusal.notAssigned) { try await give(hall.parks, hall.agent) }
            try await hall.verdicts.decide(
                hall.verdict(.accepted), on: proposal.number, of: hall.process, by: hall.agent)
            await #expect(throws: ExaminationRefusal.alreadyDecided) { try await give(hall.roads, hall.rosa) }
        }
    }

    @Test func `what is not published is nobody's, and notes never are`() async throws {
        try await withHall { hall in
            let proposal: Proposal = try await hall.examined(by: try await hall.square.resident("Ada"))
            try await hall.examinations.give(
                Self.opinion, for: hall.roads, on: proposal.number, of: hall.process, by: hall.rosa)
            try await hall.examinations.note(
                "Le maire hésite.", on: proposal.number, of: hall.process, by: hall.rosa)
            try await hall.verdicts.decide(
                hall.verdict(.refused), on: proposal.number, of: hall.process, by: hall.agent)
            let before: Examination = try await hall.examinations.published(of: proposal.id)[0]
            #expect(before.opinions.isEmpty && before.verdict == nil && before.assignments.isEmpty)
            #expect(try await hall.square.now(proposal).status == .inExamination)
            let file: ProposalFile = try await hall.file(proposal, by: hall.paul)
            #expect(file.notes[file.examinations[0].id]?.map(\.words) == ["Le maire hésite."])
            #expect(try await hall.verdicts.publish([proposal.number], of: hall.process, by: hall.agent) == 1)
            let after: Examination = try await hall.examinations.published(of: proposal.id)[0]
            #expect(after.opinions.count == 1)
            #expect(after.verdict?.reason?(.french) == "Trop cher")
            #expect(try await hall.square.now(proposal).status == .refused)
            let record: FileRecord = try await hall.files.export(of: hall.process, by: hall.agent)[0]
            #expect(record.investment == 300_000 && record.reason?(.french) == "Trop cher")
        }
    }

    @Test func `of two agents who answer at once, one is told that the other was quicker`() async throws {
        try await withHall { hall in
            let proposal: Proposal = try await hall.examined(by: try await hall.square.resident("Ada"))
            let results: [Bool] = await withTaskGroup(of: Bool.self) { group in
                for outcome in Verdict.Outcome.allCases {
                    group.addTask {
                        do {
                            try await hall.verdicts.decide(
                                hall.verdict(outcome), on: proposal.number, of: hall.process, by: hall.agent)
                            return true
                        } catch ExaminationRefusal.alreadyDecided {
                            return false
                        } catch {
                            Issue.record(error)
                            return false
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.sorted { !$0 && $1 } == [false, true])
            #expect(try await hall.number("SELECT count(*) AS n FROM verdict") == 1)
            // Published twice at once, it is told once.
            async let one: Int? = try? hall.verdicts.publish([proposal.number], of: hall.process, by: hall.agent)
            async let two: Int? = try? hall.verdicts.publish([proposal.number], of: hall.process, by: hall.agent)
            let published: [Int] = [await one, await two].compactMap(\.self)
            #expect(published == [1])
            #expect(try await hall.square.letters(to: "Ada").count(where: { $0.hasPrefix("proposal_") }) == 1)
        }
    }

    @Test func `answers need three languages, a reason of the process, and can be taken back until published`()
        async throws
    {
        try await withHall { hall in
            let proposal: Proposal = try await hall.examined(by: try await hall.square.resident("Ada"))
            func decide(_ draft: VerdictDraft) async throws {
                try await hall.verdicts.decide(draft, on: proposal.number, of: hall.process, by: hall.agent)
            }
            var draft: VerdictDraft = hall.verdict(.refused)
            draft.words = Texts(["fr": "Non.", "de": "Nein."])
            await #expect(throws: ExaminationRefusal.wordless(.english)) { try await decide(draft) }
            draft = hall.verdict(.refused)
            draft.reason = nil
            await #expect(throws: ExaminationRefusal.reasonless) { try await decide(draft) }
            draft.reason = ID()
            await #expect(throws: ExaminationRefusal.reasonless) { try await decide(draft) }
            try await decide(hall.verdict(.refused))
            try await hall.verdicts.takeBack(proposal.number, of: hall.process, by: hall.agent)
            await #expect(throws: ExaminationRefusal.notDecided) {
                try await hall.verdicts.takeBack(proposal.number, of: hall.process, by: hall.agent)
            }
            await #expect(throws: ExaminationRefusal.notDecided) {
                try await hall.verdicts.publish([proposal.number], of: hall.process, by: hall.agent)
            }
            try await decide(hall.verdict(.accepted, cost: 5_000))
            try await hall.verdicts.publish([proposal.number], of: hall.process, by: hall.agent)
            await #expect(throws: ExaminationRefusal.notDecided) {
                try await hall.verdicts.takeBack(proposal.number, of: hall.process, by: hall.agent)
            }
        }
    }

    @Test func `many answers are published together, and each is told in the reader's language`() async throws {
        try await withHall { hall in
            let ada: Actor = try await hall.square.resident("Ada")
            let well: Proposal = try await hall.examined("Un puits", by: ada)
            let tree: Proposal = try await hall.examined("Un arbre", by: ada)
            let bench: Proposal = try await hall.examined("Un banc", by: ada)
            let greta: Actor = try await hall.square.resident("Greta")
            let follower: ID<Account> = try #require(greta.account)
            try await hall.pool.execute(
                "test.german", "UPDATE account SET language = 'de' WHERE id = \(follower)")
            try await hall.pool.execute(
                "test.follow",
                "INSERT INTO proposal_follower (proposal_id, account_id) VALUES (\(well.id), \(follower))")
            // Somebody without an address finds a letter printed for them.
            try await hall.pool.execute(
                "test.paper",
                "INSERT INTO proposal_author (proposal_id, place, name) VALUES (\(tree.id), 9, 'Mme Brun')")
            try await hall.verdicts.decide(
                hall.verdict(.accepted), on: well.number, of: hall.process, by: hall.agent)
            try await hall.verdicts.decide(
                hall.verdict(.refused), on: tree.number, of: hall.process, by: hall.agent)
            #expect(
                try await hall.verdicts.publish(
                    [well.number, tree.number, bench.number], of: hall.process, by: hall.agent) == 2)
            #expect(try await hall.square.letters(to: "Greta") == ["proposal_accepted"])
            let body: String = try await hall.pool.query(
                "test.body", "SELECT body FROM outbox WHERE recipient = 'greta@example.fr'")[0].get("body")
            #expect(body == "Greta, german")
            #expect(try await hall.square.now(bench).status == .inExamination)
            let waiting: [PrintedLetters.Waiting] = try await hall.letters.waiting(
                of: hall.process, by: hall.agent)
            #expect(waiting.map(\.recipient) == ["Mme Brun"])
            #expect(try await hall.letters.finish(waiting.map(\.id), of: hall.process, by: hall.agent) == 1)
            #expect(try await hall.letters.waiting(of: hall.process, by: hall.agent).isEmpty)
            #expect(try await hall.number("SELECT count(*) AS n FROM printed_letter WHERE body <> ''") == 0)
        }
    }

    @Test func `an author adapts the proposal once when asked, answers the verdict once, and is examined again`()
        async throws
    {
        try await withHall { hall in
            let ada: Actor = try await hall.square.resident("Ada")
            let proposal: Proposal = try await hall.examined(by: ada)
            let account: ID<Account> = try #require(ada.account)
            func answer(_ wording: (title: String, body: String)? = nil, _ actor: Actor? = nil) async throws {
                try await hall.answers.answer("D’accord.", wording: wording, to: proposal.number, by: actor ?? ada)
            }
            await #expect(throws: ExaminationRefusal.nothingToAnswer) { try await answer() }
            try await hall.verdicts.ask(
                Texts(["fr": "Plus petite ?"]), of: proposal.number, in: hall.process, by: hall.agent)
            await #expect(throws: ExaminationRefusal.alreadyAsked) {
                try await hall.verdicts.ask(
                    Texts(["fr": "Encore ?"]), of: proposal.number, in: hall.process, by: hall.agent)
            }
            #expect(try await hall.square.letters(to: "Ada").last == "adaptation_wanted")
            let bruno: Actor = try await hall.square.resident("Bruno")
            await #expect(throws: NotAllowed.self) { try await answer(nil, bruno) }
            #expect(try await hall.answers.cause(on: proposal.number, by: account) == .adaptation)
            try await answer(("Une petite fontaine", "Avec un banc."))
            await #expect(throws: ExaminationRefusal.alreadyAnswered) { try await answer() }
            #expect(try await hall.square.now(proposal).title == "Une petite fontaine")
            #expect(
                try await hall.number(
                    "SELECT max(number) AS n FROM proposal_version WHERE proposal_id = \(proposal.id) AND reason = 'adapted'"
                )
                    == 2)
            await #expect(throws: ExaminationRefusal.alreadyDecided) {
                try await hall.examinations.open(proposal.number, of: hall.process, by: hall.agent)
            }
            try await hall.verdicts.decide(
                hall.verdict(.refused), on: proposal.number, of: hall.process, by: hall.agent)
            await #expect(throws: ExaminationRefusal.alreadyAnswered) { try await answer() }
            try await hall.verdicts.publish([proposal.number], of: hall.process, by: hall.agent)
            #expect(try await hall.answers.cause(on: proposal.number, by: account) == .verdict)
            try await answer()
            #expect(try await hall.answers.cause(on: proposal.number, by: account) == nil)
            try await hall.examinations.open(proposal.number, of: hall.process, by: hall.agent)
            let file: ProposalFile = try await hall.file(proposal)
            #expect(file.examinations.map(\.round) == [2, 1])
            #expect(file.examinations[1].answers.map(\.cause) == [.adaptation, .verdict])
            #expect(file.proposal.status == .inExamination)
        }
    }

    @Test func `agents of another process, residents and nobody learn no more than when there is nothing`() async throws
    {
        try await withHall { hall in
            let ada: Actor = try await hall.square.resident("Ada")
            let proposal: Proposal = try await hall.examined(by: ada)
            let other: ID<Participation.Process> = try await Square.call("ailleurs", Square.ideas, hall.pool)
            let stranger: Account = try await hall.square.town.resident(
                "Samir", roles: [HeldRole(.participationAgent, for: .process(other))])
            let strangers: [Actor] = [
                .official(stranger.id, .participationAgent), .official(stranger.id, .examiner), ada, .visitor,
                // An examiner does what agents do as little as anybody.
                hall.paul,
            ]
            for actor in strangers {
                await #expect(throws: NotAllowed.self) {
                    try await hall.assignments.assign(
                        [proposal.number], to: [hall.roads], due: Hall.later, of: hall.process, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await hall.verdicts.decide(
                        hall.verdict(.refused), on: proposal.number, of: hall.process, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await hall.verdicts.publish([proposal.number], of: hall.process, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await hall.verdicts.ask(
                        Texts(["fr": "?"]), of: proposal.number, in: hall.process, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await hall.examinations.open(proposal.number, of: hall.process, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await hall.files.export(of: hall.process, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await hall.letters.waiting(of: hall.process, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await hall.settings.retireService(hall.parks, of: hall.process, by: actor)
                }
            }
            for actor in strangers.dropLast() {
                await #expect(throws: NotAllowed.self) { try await hall.file(proposal, by: actor) }
                await #expect(throws: NotAllowed.self) {
                    try await hall.files.list(FileFilter(), of: hall.process, by: actor)
                }
                await #expect(throws: NotAllowed.self) {
                    try await hall.examinations.note("?", on: proposal.number, of: hall.process, by: actor)
                }
            }
            // The right role for the wrong process opens nothing of this one.
            await #expect(throws: NotAllowed.self) {
                try await hall.files.open(
                    proposal.number, of: other, by: .official(stranger.id, .participationAgent))
            }
        }
    }
}
